/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/sending/wsi-close-words.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

const guint16 wsi_close_codes[] = {
  WSP_CLOSE_CODE_NORMAL, WSP_CLOSE_CODE_GOING_AWAY, WSP_CLOSE_CODE_PROTOCOL_ERROR,
  WSP_CLOSE_CODE_UNSUPPORTED_DATA, WSP_CLOSE_CODE_INVALID_PAYLOAD,
  WSP_CLOSE_CODE_POLICY_VIOLATION, WSP_CLOSE_CODE_TOO_BIG, WSP_CLOSE_CODE_MANDATORY_EXTENSION,
  WSP_CLOSE_CODE_INTERNAL_ERROR, WSP_CLOSE_CODE_SERVICE_RESTART,
  WSP_CLOSE_CODE_TRY_AGAIN_LATER, WSP_CLOSE_CODE_BAD_GATEWAY, 0,
};

gboolean
wsi_close_words_check (guint64     code,
                       const char *reason,
                       GError    **error)
{
  gsize length = reason != NULL ? strlen (reason) : 0;

  if (code <= G_MAXUINT16 && wsp_close_code_is_sendable (code) &&
      (reason == NULL || (length <= WSI_MAX_CLOSE_REASON &&
                          g_utf8_validate (reason, -1, NULL))))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               ngettext ("invalid close: expected a code that may be sent (such as 1000, or 3000 "
                         "to 4999) and a reason of at most %d bytes of UTF-8, received code %" PRIu64
                         " and a reason of %zu byte",
                         "invalid close: expected a code that may be sent (such as 1000, or 3000 "
                         "to 4999) and a reason of at most %d bytes of UTF-8, received code %" PRIu64
                         " and a reason of %zu bytes", MIN (length, G_MAXINT)),
               WSI_MAX_CLOSE_REASON, code, length);
  return FALSE;
}

gboolean
wsi_close_words_parse (const char  *word,
                       guint16     *code,
                       const char **reason,
                       GError     **error)
{
  const char *colon = word != NULL ? strchr (word, ':') : NULL;
  g_autofree char *digits = colon != NULL ? g_strndup (word, colon - word) : g_strdup (word);
  guint64 number = WSP_CLOSE_CODE_NORMAL;

  *reason = colon != NULL ? colon + 1 : NULL;
  if (digits != NULL && !g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT16, &number, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("invalid close: expected CODE or CODE:REASON, received \"%s\""), word);
      return FALSE;
    }

  if (!wsi_close_words_check (number, *reason, error))
    return FALSE;

  *code = number;
  return TRUE;
}
