/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-heads-private.h"

#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/handshake/wsp-http-request.h>
#include <string.h>

#include "attach/wsp-attach-private.h"
#include "base/wsp-error-private.h"
#include "core/handshake/handshake-rules.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/server-handshake.h"
#include "core/handshake/token-list.h"
#include "handshake/wsp-handshake-private.h"
#include "http/wsp-headers-private.h"
#include "log/wsp-excerpt-private.h"
#include "tap/wsp-tap-private.h"

#define MAX_SHOWN_LINE 32       /* bytes of a malformed line that an error quotes */
#define MAX_REASON 100          /* bytes of a reason phrase that an error quotes */

typedef struct
{
  WspDirection direction;
  GBytes      *bytes;
  gint64       time_us;
} Passed;

struct _WspHeadLog
{
  GArray *passed;               /* bytes that have passed, in their order (Passed) */
};

WspHeaders *
wsp_heads_get_headers (WscHttpHead *head)
{
  gsize n_fields;
  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  return wsp_headers_new_for_fields (fields, n_fields);
}

char *
wsp_heads_dup_field (WscHttpHead *head,
                     const char  *name)
{
  WscFields fields;

  fields.at = wsc_http_head_get_fields (head, &fields.n);

  WscBytes value = wsc_fields_get (fields, name);

  return value.at != NULL ? g_strndup ((const char *) value.at, value.length) : NULL;
}

char *
wsp_heads_dup_host (WscHttpHead *head)
{
  WscFields fields;

  fields.at = wsc_http_head_get_fields (head, &fields.n);

  WscBytes host = wsc_request_get_authority (wsc_http_head_get_target (head), fields);

  return host.at != NULL ? g_strndup ((const char *) host.at, host.length) : NULL;
}

WspHeaders *
wsp_heads_copy (WspHeaders *headers)
{
  WspHeaders *copy = wsp_headers_new ();
  g_autofree WscHeader *fields = NULL;
  gsize n_fields;

  if (headers != NULL)
    {
      fields = wsp_headers_view (headers, &n_fields);
      wsp_headers_add_fields (copy, fields, n_fields);
    }

  return copy;
}

gboolean
wsp_heads_have (WspHeaders *headers,
                const char *name)
{
  for (guint i = 0; headers != NULL && i < wsp_headers_get_length (headers); i++)
    {
      if (g_ascii_strcasecmp (wsp_headers_get_name (headers, i), name) == 0)
        return TRUE;
    }

  return FALSE;
}

char *
wsp_heads_describe_response (const WscHttpHead *head)
{
  WscBytes reason = wsc_http_head_get_reason (head);
  g_autofree char *quoted = wsp_excerpt_quote (reason.at, reason.length, MAX_REASON);

  return g_strdup_printf ("status %u %.*s", wsc_http_head_get_status (head),
                          (int) strlen (quoted) - 2, quoted + 1);
}

char *
wsp_heads_describe_fault (const WscHttpHead   *head,
                          const WscHeadLimits *limits,
                          WscFault             fault,
                          const char         **limit)
{
  const WscOptions options = { .head = limits };
  guint64 number = head != NULL ? wsc_http_head_get_fault_number (head) : 0;
  g_autoptr (GError) error = NULL;

  wsp_error_from_fault (&error, fault, number, &options);
  *limit = wsp_error_name_limit (fault);
  return g_strdup (error->message);
}

static gboolean
heads_is_tls (WscBytes input)
{
  /* An alert, or a ClientHello. */
  return input.length >= 2 && (input.at[0] == 0x15 || input.at[0] == 0x16) && input.at[1] == 0x03;
}

static gsize
get_line_length (WscBytes input)
{
  const guint8 *end = input.length > 0 ? memchr (input.at, '\n', input.length) : NULL;

  return end != NULL ? (gsize) (end - input.at) + 1 : input.length;
}

/* Finds the line at which a head is refused: the head is read again, line by line. */
static WscBytes
heads_find_line (WscHeadKind kind,
                 WscBytes    input,
                 gboolean   *is_first)
{
  WscHttpHead *head = wsc_http_head_new (kind, NULL);
  WscBytes line = { input.at, 0 };
  WscFault fault = WSC_FAULT_PARTIAL;
  gsize used;

  *is_first = TRUE;
  while (head != NULL && fault == WSC_FAULT_PARTIAL && input.length > 0)
    {
      *is_first = line.length == 0;
      line = (WscBytes) { input.at, get_line_length (input) };
      fault = wsc_http_head_take (head, line, &used);
      input = (WscBytes) { input.at + line.length, input.length - line.length };
    }

  wsc_http_head_free (head);
  return line;
}

static gsize
get_public_length (WscBytes    line,
                   const char *ends)
{
  const gsize n_ends = strlen (ends);
  gsize n = 0;

  while (n < line.length && memchr (ends, line.at[n], n_ends) == NULL)
    n++;
  return n;
}

typedef enum                    /* which line of a head a fault is about */
{
  LINE_NONE,
  LINE_FIRST,
  LINE_FAULTY,                  /* the line at which reading ended */
} FaultLine;

static const struct
{
  WscFault  fault;
  FaultLine line;
} fault_lines[] = {
  { WSC_FAULT_REQUEST_LINE_MALFORMED, LINE_FIRST },
  { WSC_FAULT_METHOD_NOT_GET, LINE_FIRST },
  { WSC_FAULT_REQUEST_NOT_HTTP_1_1, LINE_FIRST },
  { WSC_FAULT_TARGET_MALFORMED, LINE_FIRST },
  { WSC_FAULT_STATUS_LINE_MALFORMED, LINE_FIRST },
  { WSC_FAULT_LINE_END_MALFORMED, LINE_FAULTY },
  { WSC_FAULT_FIELD_WITHOUT_COLON, LINE_FAULTY },
  { WSC_FAULT_FIELD_NAME_MALFORMED, LINE_FAULTY },
  { WSC_FAULT_FIELD_VALUE_MALFORMED, LINE_FAULTY },
  { WSC_FAULT_FIELD_FOLDED, LINE_FAULTY },
};

static FaultLine
get_fault_line (WscFault fault)
{
  for (guint i = 0; i < G_N_ELEMENTS (fault_lines); i++)
    {
      if (fault_lines[i].fault == fault)
        return fault_lines[i].line;
    }

  return LINE_NONE;
}

/* A query, a user name before a host, and the value of a field may be secret. */
static const char *
get_ends (WscHeadKind kind,
          gboolean    is_first)
{
  if (!is_first)
    return ": \t\r\n";

  return kind == WSC_HEAD_REQUEST ? "?:\r\n" : "\r\n";
}

static char *
show_line (WscHeadKind kind,
           WscBytes    input,
           FaultLine   which)
{
  gboolean is_first = TRUE;
  WscBytes line = which == LINE_FIRST ? (WscBytes) { input.at, get_line_length (input) }
                                      : heads_find_line (kind, input, &is_first);
  gsize length = get_public_length (line, get_ends (kind, is_first));
  g_autofree char *shown = wsp_excerpt_quote (line.at, length, MAX_SHOWN_LINE);

  return g_strconcat (": received ", shown, NULL);
}

/* The end of the text of a failed check, beginning with the received value; NULL: nothing was
 * received. */
static char *
dup_received (const WscHandshakeCheck *check)
{
  const char *received = strstr (check->text, "; ");

  g_assert (received != NULL);          /* the received value follows the expected one */
  if (g_str_has_prefix (received, "; not present"))
    return NULL;

  received += strlen ("; ");
  return g_strndup (received, strlen (received) - strlen ("."));
}

static char *
find_received (const WscHandshakeCheck *checks,
               WscFault                 fault)
{
  for (guint i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    {
      char *received = checks[i].fault == fault ? dup_received (&checks[i]) : NULL;

      if (received != NULL)
        return received;
    }

  return NULL;
}

static char *
heads_show_field (WscFault    fault,
                  WscHeadKind kind,
                  const char *request,
                  WscBytes    input)
{
  const WscBytes none = { NULL, 0 };
  g_autofree WscHandshakeCheck *checks = g_new0 (WscHandshakeCheck, WSC_N_HANDSHAKE_CHECKS);
  g_autofree char *received = NULL;

  if (kind == WSC_HEAD_REQUEST)
    wsc_handshake_checks_run (checks, input, none, NULL);
  else
    wsc_handshake_checks_run (checks, request != NULL ? wsc_text (request) : none, input, NULL);

  if (fault != WSC_FAULT_NONE)
    received = find_received (checks, fault);
  return received != NULL ? g_strconcat (": ", received, NULL) : g_strdup ("");
}

char *
wsp_heads_show_fault (WscFault    fault,
                      WscHeadKind kind,
                      const char *request,
                      GBytes     *input)
{
  FaultLine which = get_fault_line (fault);
  WscBytes bytes;

  bytes.at = g_bytes_get_data (input, &bytes.length);
  if (which == LINE_NONE)
    return heads_show_field (fault, kind, request, bytes);

  g_autofree char *line = show_line (kind, bytes, which);

  if (!heads_is_tls (bytes))
    return g_steal_pointer (&line);

  return g_strconcat (line, kind == WSC_HEAD_REQUEST
                            ? " (this is TLS: set WspServer:tls-certificate, or use ws://)"
                            : " (this is TLS: use wss://)", NULL);
}

static void
passed_clear (Passed *self)
{
  g_bytes_unref (self->bytes);
}

WspHeadLog *
wsp_head_log_new (void)
{
  WspHeadLog *self = g_new0 (WspHeadLog, 1);

  self->passed = g_array_new (FALSE, FALSE, sizeof (Passed));
  g_array_set_clear_func (self->passed, (GDestroyNotify) passed_clear);
  return self;
}

void
wsp_head_log_free (WspHeadLog *self)
{
  g_array_unref (self->passed);
  g_free (self);
}

void
wsp_head_log_add (WspHeadLog  *self,
                  WspDirection direction,
                  GBytes      *bytes,
                  gint64       time_us)
{
  if (g_bytes_get_size (bytes) == 0)
    return;

  Passed passed = { direction, g_bytes_ref (bytes), time_us };

  g_array_append_val (self->passed, passed);
}

static void
notify_tap (WspHeadLog *self,
            WspTap     *tap,
            GObject    *source)
{
  for (guint i = 0; i < self->passed->len; i++)
    {
      const Passed *passed = &g_array_index (self->passed, Passed, i);

      wsp_tap_notify_bytes (tap, source, passed->direction, passed->bytes, passed->time_us);
    }
  wsp_tap_notify_state (tap, source);
}

/* The first piece of each direction is a head. */
static GBytes *
find_head (const WspHeadLog *self,
           WspDirection      direction,
           guint            *number)
{
  for (*number = 0; *number < self->passed->len; (*number)++)
    {
      const Passed *passed = &g_array_index (self->passed, Passed, *number);

      if (passed->direction == direction)
        return passed->bytes;
    }

  return NULL;
}

/* Returns the part of a head that HEADS has; NULL: none. */
static GBytes *
cut_head (GBytes *head)
{
  if (head == NULL)
    return NULL;

  return g_bytes_new_from_bytes (head, 0, MIN (g_bytes_get_size (head), WSP_ATTACH_MAX_HEAD));
}

static gsize
heads_get_length (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

/* An opening may have no response.  The bytes that do not fit into HEADS are sent as BYTES, each
 * request before its response. */
static void
tell_passed (WspHeadLog *self,
             GObject    *source,
             WspRole     role)
{
  gint64 monotonic_to_wall = g_get_real_time () - g_get_monotonic_time ();
  WspDirection of_request = role == WSP_ROLE_CLIENT ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  guint numbers[2];
  GBytes *request = find_head (self, of_request, &numbers[0]);
  GBytes *response = find_head (self, !of_request, &numbers[1]);
  g_autoptr (GBytes) first = cut_head (request);
  g_autoptr (GBytes) second = heads_get_length (first) == heads_get_length (request)
  ? cut_head (response)
                                                                         : NULL;

  wsp_attach_tell_heads (source, first, second);
  wsp_attach_tell_beginning (source);
  for (guint i = 0; i < self->passed->len; i++)
    {
      const Passed *passed = &g_array_index (self->passed, Passed, i);
      gsize n_told = i == numbers[0] ? heads_get_length (first)
                     : i == numbers[1] ? heads_get_length (second) : 0;
      gsize length;
      const guint8 *bytes = g_bytes_get_data (passed->bytes, &length);

      wsp_attach_tell_bytes (source, passed->direction, bytes + n_told, length - n_told,
                             passed->time_us + monotonic_to_wall);
    }
}

static void
tell_refusal (WspHeadLog   *self,
              WspHandshake *handshake,
              WspRole       role)
{
  GObject *source = G_OBJECT (handshake);

  wsp_attach_show_new (source);
  wsp_attach_tell_opened (source, &(WspAttachOpened) {
    .role = role, .uri = wsp_handshake_get_uri (handshake),
    .remote = wsp_handshake_get_remote_address (handshake),
  });
  tell_passed (self, source, role);
  wsp_attach_tell_closed (source, FALSE, "");
  wsp_attach_remove (source);
}

/* A client sends first. */
static WspRole
heads_get_role (const WspHeadLog *self)
{
  return self->passed->len > 0 &&
         g_array_index (self->passed, Passed, 0).direction == WSP_DIRECTION_SENT
         ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER;
}

/* A malformed head counts as well: it may have been meant as a request for a WebSocket. */
static gboolean
heads_asks_for_websocket (const WspHeadLog *self,
                          WspRole           role)
{
  guint number;
  GBytes *head = find_head (self, role == WSP_ROLE_CLIENT ? WSP_DIRECTION_SENT
                                                          : WSP_DIRECTION_RECEIVED, &number);
  gsize length = 0;
  const char *text = head != NULL ? g_bytes_get_data (head, &length) : NULL;
  g_autofree char *lower = g_ascii_strdown (text != NULL ? text : "", length);

  return g_strstr_len (lower, length, "sec-websocket-") != NULL ||
         g_strstr_len (lower, length, "upgrade: websocket") != NULL;
}

/* No inspector gets the heads of ordinary HTTP. */
static void
tell_inspectors (WspHeadLog *self,
                 GObject    *source)
{
  WspRole role = heads_get_role (self);

  if (WSP_IS_HTTP_REQUEST (source))
    return;

  if (WSP_IS_HANDSHAKE (source))
    {
      if (heads_asks_for_websocket (self, role))
        tell_refusal (self, WSP_HANDSHAKE (source), role);
    }
  else
    {
      wsp_attach_show_new (source);
      tell_passed (self, source, role);
    }
}

static gpointer
copy_reference (gconstpointer tap,
                gpointer      user_data)
{
  return g_object_ref ((gpointer) tap);
}

void
wsp_head_log_notify (WspHeadLog *self,
                     GPtrArray  *taps,
                     GObject    *source)
{
  /* A tap may remove itself, or another one. */
  g_autoptr (GPtrArray) present = g_ptr_array_copy (taps, copy_reference, NULL);

  if (wsp_attach_is_watched ())
    tell_inspectors (self, source);
  for (guint i = 0; i < present->len; i++)
    notify_tap (self, present->pdata[i], source);
}
