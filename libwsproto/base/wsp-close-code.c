/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-close-code.h"

#include "core/close-code.h"

#define CLOSE_CODES(first, last, uses, text)
#define CLOSE_CODE(name, code, uses, text) \
  G_STATIC_ASSERT ((int) WSP_CLOSE_CODE_ ## name == (int) WSC_CLOSE_ ## name);
#include "core/close-code-rows.h"
#undef CLOSE_CODE
#undef CLOSE_CODES

/**
 * wsp_close_code_is_sendable:
 * @code: a close code
 *
 * Gets whether a Close frame with @code may be sent: 1000 to 1003, 1007 to 1014 and
 * 3000 to 4999.
 *
 * See RFC 6455, section 7.4.
 *
 * Returns: %TRUE if @code may be sent
 *
 * Since: 0.1
 */
gboolean
wsp_close_code_is_sendable (guint code)
{
  return wsc_close_code_is_sent (wsc_close_code_narrow (code));
}

/**
 * wsp_close_code_describe:
 * @code: a close code
 *
 * Gets the name and the meaning of a close code, as one English sentence that is not
 * translated. Every number has a description, including those that may not be sent.
 *
 * See RFC 6455, section 7.4.
 *
 * Returns: (transfer none): the description, never %NULL; static
 *
 * Since: 0.1
 */
const char *
wsp_close_code_describe (guint code)
{
  return wsc_close_code_get_text (wsc_close_code_narrow (code));
}
