/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Close payload: a code and a reason (RFC 6455 5.5.1, 7.4).
 *
 * Checks which codes and reasons may be received and which may be sent; writes nothing. */

#include "core/frames/close-payload.h"

#include "core/bytes/byte-order.h"
#include "core/bytes/utf8.h"
#include "core/close-code.h"
#include "core/limits.h"

/* A close payload is empty, or a code and a UTF-8 reason. */
WscFault
wsc_close_payload_check (WscBytes payload)
{
  if (payload.length == 0)
    return WSC_FAULT_NONE;

  if (payload.length == 1)
    return WSC_FAULT_CLOSE_LENGTH_ONE;

  if (!wsc_close_code_is_sent (read_uint16 (payload.at)))
    return WSC_FAULT_CLOSE_CODE_RESERVED;

  if (!wsc_utf8_is_valid (bytes_after (payload, 2)))
    return WSC_FAULT_CLOSE_REASON_NOT_UTF8;

  return WSC_FAULT_NONE;
}

/* WSC_CLOSE_NO_STATUS requests an empty Close frame, which has no reason. */
WscFault
wsc_close_payload_check_send (uint16_t code,
                              WscBytes reason)
{
  if (code == WSC_CLOSE_NO_STATUS)
    return reason.length == 0 ? WSC_FAULT_NONE : WSC_FAULT_CLOSE_REASON_WITHOUT_CODE;

  if (!wsc_close_code_is_sent (code))
    return WSC_FAULT_CLOSE_CODE_NOT_SENDABLE;

  if (reason.length > WSC_MAX_CLOSE_REASON)
    return WSC_FAULT_CLOSE_REASON_TOO_LONG;

  if (reason.length > 0 && reason.at == NULL)
    return WSC_FAULT_BUFFER_WITHOUT_MEMORY;

  if (!wsc_utf8_is_valid (reason))
    return WSC_FAULT_CLOSE_REASON_TO_SEND_NOT_UTF8;

  return WSC_FAULT_NONE;
}
