/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-close-code.h"

#include "core/frames/close-payload.h"

typedef struct
{
  guint16     first, last;
  const char *text;
} Description;

/* RFC 6455 7.4 and the IANA registry. */
static const Description descriptions[] = {
  { 0, 999, "Unused: never sent" },
  { 1000, 1000, "Normal closure: the purpose of the connection is fulfilled" },
  { 1001, 1001, "Going away: the server is shutting down, or the page was closed" },
  { 1002, 1002, "Protocol error: the peer broke a rule of the protocol" },
  { 1003, 1003, "Unsupported data: this type of message is not accepted" },
  { 1004, 1004, "Reserved: never sent" },
  { 1005, 1005, "No status received: the Close frame had no code; never sent" },
  { 1006, 1006, "Abnormal closure: the connection ended without a Close frame; never sent" },
  { 1007, 1007, "Invalid payload: data does not match its type, such as text that is not UTF-8" },
  { 1008, 1008, "Policy violation: a message violates a policy of the receiver" },
  { 1009, 1009, "Message too big: larger than the receiver accepts" },
  { 1010, 1010, "Mandatory extension: the server did not negotiate a required extension" },
  { 1011, 1011, "Internal error: unexpected error at the sender of this code" },
  { 1012, 1012, "Service restart: reconnect later" },
  { 1013, 1013, "Try again later: the server is overloaded" },
  { 1014, 1014, "Bad gateway: an upstream server gave no valid response" },
  { 1015, 1015, "TLS handshake failed; never sent" },
  { 1016, 2999, "Unassigned: reserved for later versions of the protocol and for extensions" },
  { 3000, 3999, "Registered: its meaning is in the registry of the library or framework in use" },
  { 4000, 4999, "Private: its meaning is agreed between the two applications" },
  { 5000, G_MAXUINT16, "Out of range: never sent" },
};

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
wsp_close_code_is_sendable (guint16 code)
{
  return wsc_close_code_may_be_sent (code);
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
wsp_close_code_describe (guint16 code)
{
  guint i = 0;

  while (code > descriptions[i].last)
    i++;

  return descriptions[i].text;
}
