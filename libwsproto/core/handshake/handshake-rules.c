/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Handshake checks: two heads in, a result for every rule out (RFC 6455 4).
 *
 * The rules are those of server-handshake.h and client-handshake.h.  There the first rule that
 * fails ends the handshake; here every rule is checked, and a failure ends nothing.
 *
 * The rules of a head's fields are checked only if the head is complete.  A head that is not
 * well-formed fails one rule, and is mended for the others.
 * Text from a peer is escaped, and a text ends within its size.
 */

#include "core/handshake/handshake-rules.h"

#include "core/bytes/byte-buffer.h"
#include "core/bytes/byte-order.h"
#include "core/handshake/accept-key.h"
#include "core/handshake/client-handshake.h"
#include "core/handshake/deflate-offer.h"
#include "core/handshake/http-head.h"
#include "core/handshake/mended-head.h"
#include "core/handshake/server-handshake.h"

#include <assert.h>
#include <string.h>

#define MAX_SHOWN_BYTES 60
#define ROOM_AFTER_VALUE 90            /* columns that the text after a shortened value may have */

typedef struct                  /* a request's or a response's head */
{
  WscHttpHead *http;            /* parsed head; a malformed head is mended first; NULL: the head
                                   cannot be read */
  WscBytes bytes;
  size_t used;
  WscFault fault;               /* fault of the head's syntax; NONE: the head is well-formed */
  WscFields fields;
} Head;

typedef struct
{
  Head request, response;
  const WscHeadLimits *limits;
  bool is_http_2;               /* the request says that it is HTTP/2 (RFC 8441): it has no rules of
                                   HTTP/1.1 */
} Handshake;

typedef enum                    /* what must be present before a rule can be checked */
{
  NEEDS_NOTHING,
  NEEDS_REQUEST,
  NEEDS_RESPONSE_BYTES,
  NEEDS_RESPONSE,
  NEEDS_STATUS_101,
  NEEDS_STATUS_101_AND_REQUEST,
  NEEDS_STATUS_101_AND_KEY,
  NEEDS_STATUS_426,
} Need;

typedef struct
{
  char *to;
  size_t length;
} Text;

typedef WscFault (*FieldsRule) (WscFields fields);
typedef WscFault (*Rule) (const Handshake *handshake, const Head *head);
typedef bool (*Doubt) (const Head *head);
typedef void (*Show) (const Handshake *handshake, const Head *head, Text *text);

typedef struct
{
  const char *id, *section, *expected;
  Need need;
  bool is_of_http_1;
  /* a row has fields_rule or rule; a row that has neither can only give a warning, by doubt; hint
   * says what some peers do and others need not */
  FieldsRule fields_rule;
  Rule rule;
  Doubt doubt, hint;
  /* the field to show as received; NULL: show () writes the text */
  const char *field;
  Show show;
} CheckRow;

static void
add_byte (Text *text,
          char  byte)
{
  if (text->length + 1 < WSC_CHECK_TEXT_SIZE)
    text->to[text->length++] = byte;
  text->to[text->length] = '\0';
}

static void
handshake_rules_add_text (Text       *text,
                          const char *literal)
{
  for (; *literal != '\0'; literal++)
    add_byte (text, *literal);
}

static void
handshake_rules_add_number (Text       *text,
                            const char *before,
                            size_t      number,
                            const char *after)
{
  char digits[24], *first = digits + sizeof digits - 1;

  /* printf () of Windows 7 does not know %zu. */
  *first = '\0';
  do
    *--first = (char) ('0' + number % 10);
  while ((number /= 10) > 0);

  handshake_rules_add_text (text, before);
  handshake_rules_add_text (text, first);
  handshake_rules_add_text (text, after);
}

static void
add_escaped (Text   *text,
             uint8_t byte)
{
  static const char digits[] = "0123456789abcdef";

  if (byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\')
    {
      add_byte (text, (char) byte);
      return;
    }
  handshake_rules_add_text (text, "\\x");
  add_byte (text, digits[byte >> 4]);
  add_byte (text, digits[byte & 0xf]);
}

static void
add_quoted (Text    *text,
            WscBytes value)
{
  const size_t end = WSC_CHECK_TEXT_SIZE - ROOM_AFTER_VALUE;
  size_t n = 0;

  add_byte (text, '"');
  while (n < value.length && n < MAX_SHOWN_BYTES && text->length < end)
    add_escaped (text, value.at[n++]);
  handshake_rules_add_text (text, n < value.length ? "...\"" : "\"");
}

static void
handshake_rules_show_field (WscFields   fields,
                            const char *name,
                            Text       *text)
{
  size_t count = wsc_fields_count (fields, name);

  if (count == 0)
    {
      handshake_rules_add_text (text, "not present");
      return;
    }
  handshake_rules_add_text (text, "received ");
  if (count > 1)
    handshake_rules_add_number (text, "", count, " times, first ");
  add_quoted (text, wsc_fields_get (fields, name));
}

static void
handshake_rules_show_head (const Handshake *handshake,
                           const Head      *head,
                           Text            *text)
{
  if (head->fault == WSC_FAULT_NONE)
    {
      handshake_rules_add_number (text, "received ", head->fields.n, " header fields, ");
      handshake_rules_add_number (text, "", head->used, " bytes");
    }
  else if (head->fault == WSC_FAULT_PARTIAL)
    handshake_rules_add_number (text, "received ", head->bytes.length,
                                " bytes, but no empty line after the header fields");
  else
    handshake_rules_add_text (text, wsc_fault_get_text (head->fault));
}

static void
show_request_line (const Handshake *handshake,
                   const Head      *head,
                   Text            *text)
{
  handshake_rules_add_text (text, "received ");
  add_quoted (text, wsc_http_head_get_method (head->http));
  handshake_rules_add_text (text, " ");
  add_quoted (text, wsc_http_head_get_target (head->http));
  handshake_rules_add_text (text, " ");
  add_quoted (text, wsc_http_head_get_version (head->http));
}

static void
show_host (const Handshake *handshake,
           const Head      *head,
           Text            *text)
{
  WscRequestTarget target;

  handshake_rules_show_field (head->fields, "Host", text);
  if (wsc_fields_count (head->fields, "Host") == 1 &&
      wsc_request_target_parse (wsc_http_head_get_target (head->http), &target) == WSC_FAULT_NONE &&
      target.authority.at != NULL)
    {
      handshake_rules_add_text (text, ", ignored: the target has ");
      add_quoted (text, target.authority);
    }
}

static void
show_early_data (const Handshake *handshake,
                 const Head      *head,
                 Text            *text)
{
  handshake_rules_add_number (text, "received ", head->bytes.length - head->used, " bytes");
}

static void
handshake_rules_show_body (const Handshake *handshake,
                           const Head      *head,
                           Text            *text)
{
  bool is_coded = wsc_fields_count (head->fields, "Transfer-Encoding") > 0;

  handshake_rules_show_field (head->fields, is_coded ? "Transfer-Encoding" : "Content-Length",
                              text);
}

static void
show_accept (const Handshake *handshake,
             const Head      *head,
             Text            *text)
{
  WscBytes key = wsc_fields_get (handshake->request.fields, "Sec-WebSocket-Key");
  uint8_t digest[WSC_DIGEST_LENGTH], accept[WSC_ACCEPT_LENGTH];

  wsc_accept_key_derive (key, digest, accept);
  handshake_rules_add_text (text, "expected ");
  add_quoted (text, (WscBytes) { accept, sizeof accept });
  handshake_rules_add_text (text, ", ");
  handshake_rules_show_field (head->fields, "Sec-WebSocket-Accept", text);
}

static const struct
{
  unsigned first, last;
  const char *hint;
} hints[] = {
  { 100, 199, "interim response; the final response has not been received" },
  { 200, 299, "not a WebSocket endpoint: wrong path, or a proxy removed the Upgrade header" },
  { 300, 399, "redirect" },
  { 400, 400, "server rejected the request: see the request checks" },
  { 401, 401, "server requires authentication" },
  { 403, 403, "forbidden; often the Origin is not allowed" },
  { 404, 404, "no such path on the server" },
  { 405, 405, "GET is not allowed at this path" },
  { 407, 407, "proxy requires authentication" },
  { 410, 410, "path was removed" },
  { 426, 426, "server requires Upgrade or another version" },
  { 429, 429, "too many requests from this client" },
  { 502, 504, "proxy cannot reach the server" },
  { 500, 599, "server error, or a proxy cannot reach it" },
};

const char *
wsc_handshake_checks_get_hint (unsigned status)
{
  for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
    if (status >= hints[i].first && status <= hints[i].last)
      return hints[i].hint;
  return "server rejected the request";
}

static void
show_status (const Handshake *handshake,
             const Head      *head,
             Text            *text)
{
  unsigned status = wsc_http_head_get_status (head->http);
  WscBytes location = wsc_fields_get (head->fields, "Location");

  if (status >= 300 && status < 400 && location.at != NULL)
    {
      handshake_rules_add_number (text, "received ", status, ": redirect to ");
      add_quoted (text, location);
      return;
    }

  handshake_rules_add_number (text, "received ", status, " ");
  add_quoted (text, wsc_http_head_get_reason (head->http));
  if (status != 101)
    {
      handshake_rules_add_text (text, ": ");
      handshake_rules_add_text (text, wsc_handshake_checks_get_hint (status));
    }
  if (status == 403 && handshake->request.http != NULL &&
      wsc_fields_count (handshake->request.fields, "User-Agent") == 0)
    handshake_rules_add_text (text, ", or User-Agent is missing");
}

static WscFault
check_head (const Handshake *handshake,
            const Head      *head)
{
  return head->fault;
}

static WscFault
handshake_rules_check_request_line (const Handshake *handshake,
                                    const Head      *head)
{
  const WscHttpHead *http = head->http;

  return wsc_request_line_check (wsc_http_head_get_method (http), wsc_http_head_get_target (http),
                                 wsc_http_head_get_version (http));
}

static WscFault
check_protocols (const Handshake *handshake,
                 const Head      *head)
{
  return wsc_request_protocols_check (head->fields, handshake->limits);
}

static WscFault
handshake_rules_check_extensions (const Handshake *handshake,
                                  const Head      *head)
{
  return wsc_request_extensions_check (head->fields, handshake->limits);
}

static WscFault
check_status (const Handshake *handshake,
              const Head      *head)
{
  return wsc_response_status_check (wsc_http_head_get_status (head->http));
}

static WscFault
check_accept (const Handshake *handshake,
              const Head      *head)
{
  WscBytes key = wsc_fields_get (handshake->request.fields, "Sec-WebSocket-Key");

  return wsc_response_accept_check (head->fields, key);
}

static WscFault
check_response_extensions (const Handshake *handshake,
                           const Head      *head)
{
  WscDeflateParameters negotiated;
  WscFields request = handshake->request.fields;
  WscFault fault = wsc_response_extensions_check (head->fields, request, handshake->limits);

  return fault != WSC_FAULT_NONE ? fault
                                 : wsc_deflate_answer_check (head->fields, request, &negotiated);
}

static WscFault
check_response_protocol (const Handshake *handshake,
                         const Head      *head)
{
  return wsc_response_protocol_check (head->fields, handshake->request.fields);
}

static bool
is_origin_missing (const Head *head)
{
  return wsc_fields_count (head->fields, "Origin") == 0;
}

static bool
is_data_early (const Head *head)
{
  return head->used < head->bytes.length;
}

/* The client ignores it (RFC 9112 6.3). */
static bool
is_body_announced (const Head *head)
{
  return wsc_fields_announce_body (head->fields);
}

static bool
is_version_missing (const Head *head)
{
  return wsc_fields_count (head->fields, "Sec-WebSocket-Version") == 0;
}

static const CheckRow rows[WSC_N_HANDSHAKE_CHECKS] = {
  { .id = "request-head", .section = "4.2.1", .expected = "Request must be well-formed HTTP",
    .need = NEEDS_NOTHING, .rule = check_head, .show = handshake_rules_show_head },
  { .id = "request-line", .section = "4.1", .expected = "Request line must be GET, a path and HTTP/1.1",
    .need = NEEDS_REQUEST, .is_of_http_1 = true, .rule = handshake_rules_check_request_line, .show = show_request_line },
  { .id = "host", .section = "4.1", .expected = "Expected one Host header, host[:port]",
    .need = NEEDS_REQUEST, .is_of_http_1 = true, .fields_rule = wsc_request_host_check, .show = show_host },
  { .id = "upgrade", .section = "4.1", .expected = "Upgrade must contain \"websocket\"",
    .need = NEEDS_REQUEST, .is_of_http_1 = true, .fields_rule = wsc_request_upgrade_check, .field = "Upgrade" },
  { .id = "connection", .section = "4.1", .expected = "Connection must contain \"upgrade\"",
    .need = NEEDS_REQUEST, .is_of_http_1 = true, .fields_rule = wsc_connection_check, .field = "Connection" },
  { .id = "key", .section = "4.1", .expected = "Expected one Sec-WebSocket-Key: 16 bytes in base64",
    .need = NEEDS_REQUEST, .is_of_http_1 = true, .fields_rule = wsc_request_key_check, .field = "Sec-WebSocket-Key" },
  { .id = "version", .section = "4.1", .expected = "Expected one Sec-WebSocket-Version header with value 13",
    .need = NEEDS_REQUEST, .fields_rule = wsc_request_version_check,
    .field = "Sec-WebSocket-Version" },
  { .id = "protocols", .section = "4.1", .expected = "Sec-WebSocket-Protocol must list tokens without duplicates",
    .need = NEEDS_REQUEST, .rule = check_protocols, .field = "Sec-WebSocket-Protocol" },
  { .id = "extensions", .section = "9.1", .expected = "Sec-WebSocket-Extensions must list offers without duplicates",
    .need = NEEDS_REQUEST, .rule = handshake_rules_check_extensions, .field = "Sec-WebSocket-Extensions" },
  { .id = "origin", .section = "10.2", .expected = "Browsers send one Origin header, which the server can check",
    .need = NEEDS_REQUEST, .fields_rule = wsc_request_origin_check, .hint = is_origin_missing,
    .field = "Origin" },
  { .id = "request-body", .section = "4.2.1", .expected = "Request must not have a body",
    .need = NEEDS_REQUEST, .is_of_http_1 = true, .fields_rule = wsc_request_body_check, .show = handshake_rules_show_body },
  { .id = "early-data", .section = "4.1", .expected = "Client must not send data before the response",
    .need = NEEDS_REQUEST, .is_of_http_1 = true, .doubt = is_data_early, .show = show_early_data },
  { .id = "response-head", .section = "4.1", .expected = "Response must be well-formed HTTP/1.1",
    .need = NEEDS_RESPONSE_BYTES, .is_of_http_1 = true, .rule = check_head, .show = handshake_rules_show_head },
  { .id = "status", .section = "4.1", .expected = "Status must be 101",
    .need = NEEDS_RESPONSE, .is_of_http_1 = true, .rule = check_status, .show = show_status },
  { .id = "response-upgrade", .section = "4.1", .expected = "Response Upgrade must be exactly \"websocket\"",
    .need = NEEDS_STATUS_101, .is_of_http_1 = true, .fields_rule = wsc_response_upgrade_check, .field = "Upgrade" },
  { .id = "response-connection", .section = "4.1", .expected = "Response Connection must contain \"upgrade\"",
    .need = NEEDS_STATUS_101, .is_of_http_1 = true, .fields_rule = wsc_connection_check, .field = "Connection" },
  { .id = "accept", .section = "4.2.2", .expected = "Sec-WebSocket-Accept must match the key",
    .need = NEEDS_STATUS_101_AND_KEY, .is_of_http_1 = true, .rule = check_accept, .show = show_accept },
  { .id = "response-extensions", .section = "4.1", .expected = "Response extensions must match the offer",
    .need = NEEDS_STATUS_101_AND_REQUEST, .rule = check_response_extensions,
    .field = "Sec-WebSocket-Extensions" },
  { .id = "response-protocol", .section = "4.1", .expected = "Response subprotocol must be one that was offered",
    .need = NEEDS_STATUS_101_AND_REQUEST, .rule = check_response_protocol,
    .field = "Sec-WebSocket-Protocol" },
  { .id = "response-body", .section = "4.1", .expected = "Response must not have a body",
    .need = NEEDS_STATUS_101, .is_of_http_1 = true, .doubt = is_body_announced, .show = handshake_rules_show_body },
  { .id = "response-version", .section = "4.4",
    .expected = "Response with status 426 should list supported versions in Sec-WebSocket-Version",
    .need = NEEDS_STATUS_426, .doubt = is_version_missing, .field = "Sec-WebSocket-Version" },
};

/* No rule limits the size of a head: what is larger is not read. */
static const char *
reason_against_size (const Handshake *handshake,
                     const Head      *head)
{
  bool is_large = wsc_head_fault_is_of_size (head->fault) ||
                  (head->fault == WSC_FAULT_PARTIAL &&
                   head->bytes.length >= handshake->limits->max_size);

  return is_large && handshake->limits == &wsc_observed_head_limits
         ? "the head is larger than what is read: 1 MiB, 10000 fields" : NULL;
}

/* NULL: rules that need the request can be checked. */
static const char *
reason_against_request (const Handshake *handshake)
{
  return handshake->request.http != NULL ? NULL : "the request could not be read";
}

static const char *
reason_against_response (const Handshake *handshake)
{
  if (handshake->response.bytes.length == 0)
    return "no response was received";

  return handshake->response.http != NULL ? NULL : "the response could not be read";
}

/* RFC 8441 5: any 2xx is what 101 is in HTTP/1.1. */
static bool
has_status (const Handshake *handshake,
            unsigned         status)
{
  unsigned received = wsc_http_head_get_status (handshake->response.http);

  return handshake->is_http_2 && status == 101 ? received / 100 == 2 : received == status;
}

static const char *
reason_against_status (const Handshake *handshake,
                       unsigned         status)
{
  const char *reason = reason_against_response (handshake);

  if (reason != NULL || has_status (handshake, status))
    return reason;

  return status == 101 ? "the status is not 101" : "the status is not 426";
}

static const char *
reason_against_101 (const Handshake *handshake)
{
  const char *reason = reason_against_status (handshake, 101);

  return reason != NULL ? reason : reason_against_request (handshake);
}

static const char *
reason_against_key (const Handshake *handshake)
{
  const char *reason = reason_against_101 (handshake);

  if (reason != NULL || wsc_fields_count (handshake->request.fields, "Sec-WebSocket-Key") == 1)
    return reason;

  return "the request does not have exactly one key";
}

static const char *
reason_against_need (const Handshake *handshake,
                     Need             need)
{
  switch (need)
    {
    case NEEDS_NOTHING:
      return reason_against_size (handshake, &handshake->request);

    case NEEDS_REQUEST:
      return reason_against_request (handshake);

    case NEEDS_RESPONSE_BYTES:
      return handshake->response.bytes.length == 0 ? "no response was received"
             : reason_against_size (handshake, &handshake->response);

    case NEEDS_RESPONSE:
      return reason_against_response (handshake);

    case NEEDS_STATUS_101:
      return reason_against_status (handshake, 101);

    case NEEDS_STATUS_101_AND_REQUEST:
      return reason_against_101 (handshake);

    case NEEDS_STATUS_101_AND_KEY:
      return reason_against_key (handshake);

    case NEEDS_STATUS_426:
      return reason_against_status (handshake, 426);
    }
  assert (false);
  return NULL;
}

/* A status that refuses is checked in each version. */
static const char *
reason_against (const Handshake *handshake,
                const CheckRow  *row)
{
  const char *reason = reason_against_need (handshake, row->need);
  bool refuses = row->rule == check_status && reason == NULL && !has_status (handshake, 101);

  return handshake->is_http_2 && row->is_of_http_1 && !refuses ? "HTTP/2" : reason;
}

static const Head *
head_of (const Handshake *handshake,
         const CheckRow  *row)
{
  bool is_of_request = row->need == NEEDS_NOTHING || row->need == NEEDS_REQUEST;

  return is_of_request ? &handshake->request : &handshake->response;
}

static WscFault
run_check (const Handshake *handshake,
           const CheckRow  *row)
{
  const Head *head = head_of (handshake, row);

  if (row->fields_rule != NULL)
    return row->fields_rule (head->fields);

  return row->rule != NULL ? row->rule (handshake, head) : WSC_FAULT_NONE;
}

static void
handshake_rules_describe (const Handshake *handshake,
                          const CheckRow  *row,
                          Text            *text)
{
  const Head *head = head_of (handshake, row);

  handshake_rules_add_text (text, row->expected);
  handshake_rules_add_text (text, "; ");
  if (row->show != NULL)
    row->show (handshake, head, text);
  else
    handshake_rules_show_field (head->fields, row->field, text);
  handshake_rules_add_text (text, ".");
}

static void
make_check (const Handshake   *handshake,
            const CheckRow    *row,
            WscHandshakeCheck *check)
{
  const char *reason = reason_against (handshake, row);
  Text text = { check->text, 0 };
  WscFault fault;

  check->id = row->id;
  check->section = row->section;
  check->verdict = WSC_VERDICT_NOT_CHECKED;
  check->fault = WSC_FAULT_NONE;
  if (reason != NULL)
    {
      handshake_rules_add_text (&text, row->expected);
      handshake_rules_add_text (&text, "; not checked: ");
      handshake_rules_add_text (&text, reason);
      handshake_rules_add_text (&text, ".");
      return;
    }

  fault = run_check (handshake, row);
  check->fault = fault == WSC_FAULT_PARTIAL ? WSC_FAULT_NONE : fault;
  check->verdict = row->doubt != NULL && row->doubt (head_of (handshake, row))
                   ? WSC_VERDICT_WARNING
                   : row->hint != NULL && row->hint (head_of (handshake, row))
                   ? WSC_VERDICT_HINT : WSC_VERDICT_PASSED;
  if (fault != WSC_FAULT_NONE)
    check->verdict = WSC_VERDICT_FAILED;
  handshake_rules_describe (handshake, row, &text);
}

static void
handshake_rules_read_head (Head                *head,
                           WscHeadKind          kind,
                           WscBytes             bytes,
                           const WscHeadLimits *limits)
{
  head->bytes = bytes;
  head->http = wsc_observed_head_read (kind, limits, bytes, &head->fault, &head->used);
  if (head->http != NULL)
    head->fields.at = wsc_http_head_get_fields (head->http, &head->fields.n);
}

/* The version of HTTP/2 in the first line, where the kind of head has it; else nothing. */
static WscBytes
find_http_2 (WscBytes    head,
             WscHeadKind kind)
{
  static const char *const versions[] = { "HTTP/2.0", "HTTP/2" };
  const uint8_t *end = head.length > 0 ? memchr (head.at, '\n', head.length) : NULL;
  size_t length = end != NULL ? (size_t) (end - head.at) : 0;

  while (length > 0 && head.at[length - 1] == '\r')
    length--;
  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
    {
      size_t n = strlen (versions[i]);
      const uint8_t *at = kind == WSC_HEAD_RESPONSE || length < n ? head.at : head.at + length - n;

      if (length >= n && memcmp (at, versions[i], n) == 0)
        return (WscBytes) { at, n };
    }
  return (WscBytes) { NULL, 0 };
}

/* The same head in the version that is read.  false: no memory. */
static bool
write_as_http_1 (WscByteBuffer *buffer,
                 WscBytes       head,
                 WscBytes       version)
{
  static const uint8_t http_1[] = { 'H', 'T', 'T', 'P', '/', '1', '.', '1' };
  size_t before = (size_t) (version.at - head.at), after = before + version.length;

  return wsc_byte_buffer_append (buffer, (WscBytes) { head.at, before }) &&
         wsc_byte_buffer_append (buffer, (WscBytes) { http_1, sizeof http_1 }) &&
         wsc_byte_buffer_append (buffer, (WscBytes) { head.at + after, head.length - after });
}

/* Does nothing if the head is of another version. */
static void
replace_http_2 (WscBytes      *head,
                WscHeadKind    kind,
                WscByteBuffer *buffer)
{
  WscBytes version = find_http_2 (*head, kind);

  if (version.at != NULL && write_as_http_1 (buffer, *head, version))
    *head = wsc_byte_buffer_peek (buffer);
}

void
wsc_handshake_checks_run (WscHandshakeCheck    checks[WSC_N_HANDSHAKE_CHECKS],
                          WscBytes             request,
                          WscBytes             response,
                          const WscHeadLimits *limits)
{
  Handshake handshake = {
    .limits = wsc_head_limits_or_default (limits),
    .is_http_2 = find_http_2 (request, WSC_HEAD_REQUEST).at != NULL,
  };
  WscByteBuffer buffers[2] = { 0 };

  if (handshake.is_http_2)
    {
      replace_http_2 (&request, WSC_HEAD_REQUEST, &buffers[0]);
      replace_http_2 (&response, WSC_HEAD_RESPONSE, &buffers[1]);
    }
  handshake_rules_read_head (&handshake.request, WSC_HEAD_REQUEST, request, handshake.limits);
  handshake_rules_read_head (&handshake.response, WSC_HEAD_RESPONSE, response, handshake.limits);
  for (size_t i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    make_check (&handshake, &rows[i], &checks[i]);

  wsc_http_head_free (handshake.request.http);
  wsc_http_head_free (handshake.response.http);
  wsc_byte_buffer_clear (&buffers[0]);
  wsc_byte_buffer_clear (&buffers[1]);
}
