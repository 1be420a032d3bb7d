/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/base/wsp-library.h>
#include <libwsproto/base/wsp-error.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/limits/wsp-deflate-options.h>

#include <string.h>

#include "handshake/wsp-handshake-private.h"
#include "lib/heads.h"
#include "session/wsp-session-private.h"

#include "lib/log-watch.h"

#define REQUEST \
  "Host: example.org\r\n" \
  "Upgrade: websocket\r\n" \
  "Connection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n"
#define OFFER_OF_DEFLATE "Sec-WebSocket-Extensions: permessage-deflate\r\n"
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static WspHeaders *
parse (const char *block)
{
  return parse_headers (block, NULL);
}

static WspHandshake *
new_server (const char *more)
{
  g_autofree char *block = g_strconcat (REQUEST, more, NULL);
  g_autoptr (WspHeaders) headers = parse (block);
  g_autoptr (GError) error = NULL;
  WspHandshake *handshake = wsp_handshake_new_server ("GET", "/chat?a=b", "HTTP/1.1", headers,
                                                      &error);

  g_assert_no_error (error);
  return handshake;
}

static void
test_server_properties (void)
{
  g_autoptr (WspHandshake) handshake = new_server ("Origin: https://a\r\n"
                                                   "Sec-WebSocket-Protocol: chat\r\n"
                                                   "Sec-WebSocket-Protocol: mail, news\r\n");
  static const struct
  {
    const char *name, *text;
  } texts[] = {
    { "method", "GET" }, { "path", "/chat" }, { "query", "a=b" }, { "host", "example.org" },
    { "origin", "https://a" }, { "uri", NULL }, { "subprotocol", NULL },
  };
  g_auto (GStrv) offered = NULL;
  guint status;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = NULL;

      g_object_get (handshake, texts[i].name, &text, NULL);
      g_assert_cmpstr (text, ==, texts[i].text);
    }

  g_object_get (handshake, "offered-subprotocols", &offered, "response-status", &status, NULL);
  g_assert_cmpuint (g_strv_length (offered), ==, 3);
  g_assert_cmpstr (offered[2], ==, "news");
  g_assert_cmpuint (status, ==, 0);
}

static void
test_accept (void)
{
  g_autoptr (WspHandshake) handshake = new_server ("Sec-WebSocket-Protocol: chat\r\n");
  g_autoptr (WspHeaders) own = parse ("Server: mine\r\n\r\n");
  g_autoptr (WspHeaders) late = parse ("Server: late\r\n\r\n");
  g_autoptr (GError) error = NULL;
  g_autofree char *chosen = NULL;
  WspHeaders *answer;
  guint status;

  g_assert_true (wsp_handshake_accept (handshake, "chat", own, &error));
  g_assert_no_error (error);
  answer = wsp_handshake_get_response_headers (handshake);
  g_assert_cmpstr (wsp_headers_get_name (answer, 0), ==, "Server");
  g_assert_cmpstr (wsp_headers_get_one (answer, "Sec-WebSocket-Accept"), ==, ACCEPT);
  g_assert_cmpstr (wsp_headers_get_one (answer, "Sec-WebSocket-Protocol"), ==, "chat");
  g_object_get (handshake, "response-status", &status, "subprotocol", &chosen, NULL);
  g_assert_cmpuint (status, ==, 101);
  g_assert_cmpstr (chosen, ==, "chat");

  g_assert_false (wsp_handshake_accept (handshake, NULL, NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  wsp_handshake_reject (handshake, 403, late, NULL);
  g_object_get (handshake, "response-status", &status, NULL);
  g_assert_cmpuint (status, ==, 101);
}

static void
test_accept_refused (void)
{
  g_autoptr (WspHandshake) handshake = new_server ("");
  g_autoptr (WspHeaders) own = parse ("Upgrade: h2c\r\n\r\n");
  g_autoptr (GError) error = NULL, second = NULL;

  g_assert_false (wsp_handshake_accept (handshake, "chat", NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED);
  g_assert_false (wsp_handshake_accept (handshake, NULL, own, &second));
  g_assert_error (second, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_true (wsp_handshake_accept (handshake, "", NULL, NULL));
  g_assert_null (wsp_handshake_get_subprotocol (handshake));
}

static const struct
{
  guint given, status;
} refusals[] = {
  { 0, 500 }, { 101, 500 }, { 200, 500 }, { 299, 500 }, { 300, 300 }, { 599, 599 }, { 600, 500 },
};

static guint n_warnings, n_criticals;
static gboolean is_warning_kept;
static WspHandshake *rejected_by_the_log;       /* when the next warning comes */

static GLogWriterOutput
keep_warning (GLogLevelFlags   level,
              const GLogField *fields,
              gsize            n_fields,
              gpointer         data)
{
  if (!is_warning_kept)
    return g_log_writer_default (level, fields, n_fields, data);

  n_warnings += level == G_LOG_LEVEL_WARNING;
  n_criticals += level == G_LOG_LEVEL_CRITICAL;
  if (rejected_by_the_log != NULL)
    wsp_handshake_reject (g_steal_pointer (&rejected_by_the_log), 404, NULL, NULL);
  return G_LOG_WRITER_HANDLED;
}

/* A body is kept whole or not at all. */
static const struct
{
  gsize length;
  guint status, n_warnings;
} bodies[] = {
  { 0, 403, 0 }, { 65537, 403, 0 }, { 1 << 20, 403, 0 }, { (1 << 20) + 1, 500, 1 },
};

static void
test_refusal_body (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (WspHandshake) handshake = new_server ("");
      g_autoptr (WspHeaders) headers = parse ("X: y\r\n\r\n");
      g_autofree char *page = g_strnfill (bodies[i].length, 'x');
      g_autoptr (GBytes) body = g_bytes_new_static (page, bodies[i].length);
      gboolean is_kept = bodies[i].status == 403;

      n_warnings = 0;
      is_warning_kept = TRUE;
      wsp_handshake_reject (handshake, 403, headers, body);
      is_warning_kept = FALSE;
      g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, bodies[i].status);
      g_assert_true (wsp_handshake_get_response_body (handshake) == (is_kept ? body : NULL));
      g_assert_true (wsp_handshake_get_response_headers (handshake) == (is_kept ? headers : NULL));
      g_assert_cmpuint (n_warnings, ==, bodies[i].n_warnings);
    }
}

static void
test_refusal_status (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (WspHandshake) handshake = new_server ("");
      guint status;

      n_warnings = 0;
      is_warning_kept = TRUE;
      wsp_handshake_reject (handshake, refusals[i].given, NULL, NULL);
      is_warning_kept = FALSE;
      g_object_get (handshake, "response-status", &status, NULL);
      g_assert_cmpuint (status, ==, refusals[i].status);
      g_assert_cmpuint (n_warnings, ==, refusals[i].given != refusals[i].status);
    }
}

/* The headers of the response that there would be, and no other reference to them. */
static void
test_reject_with_its_own_headers (void)
{
  g_autoptr (WspHandshake) handshake = new_server ("");
  WspHeaders *headers = wsp_handshake_get_response_headers (handshake);

  g_assert_nonnull (wsp_headers_get_one (headers, "Sec-WebSocket-Accept"));
  wsp_handshake_reject (handshake, 403, headers, NULL);
  headers = wsp_handshake_get_response_headers (handshake);
  g_assert_nonnull (wsp_headers_get_one (headers, "Sec-WebSocket-Accept"));
}

/* The first decision counts: the writer of the log makes it. */
static void
test_decision_in_a_warning (void)
{
  g_autoptr (WspHandshake) handshake = new_server ("");

  is_warning_kept = TRUE;
  rejected_by_the_log = handshake;
  wsp_handshake_reject (handshake, 101, NULL, NULL);
  is_warning_kept = FALSE;
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 404);
}

static void
test_question (void)
{
  g_autoptr (WspHandshake) accepted = new_server (""), rejected = new_server ("");
  g_autoptr (WspHandshake) deferred = new_server (""), ended = new_server ("");
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_handshake_is_unhandled (accepted));
  g_assert_true (wsp_handshake_accept (accepted, NULL, NULL, NULL));
  wsp_handshake_reject (rejected, 403, NULL, NULL);
  wsp_handshake_defer (deferred);
  wsp_handshake_end (ended);
  g_assert_false (wsp_handshake_is_unhandled (accepted));
  g_assert_false (wsp_handshake_is_unhandled (rejected));
  g_assert_false (wsp_handshake_is_unhandled (deferred));
  g_assert_false (wsp_handshake_is_unhandled (ended));
  g_assert_false (wsp_handshake_accept (ended, NULL, NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
}

static void
test_embedding (void)
{
  g_autoptr (WspHandshake) handshake = new_server ("Sec-WebSocket-Protocol: chat\r\n");
  WspHeaders *answer = wsp_handshake_get_response_headers (handshake);

  g_assert_cmpstr (wsp_headers_get_one (answer, "sec-websocket-accept"), ==, ACCEPT);
  g_assert_null (wsp_headers_get_one (answer, "Sec-WebSocket-Protocol"));
  g_assert_true (wsp_handshake_accept (handshake, "chat", NULL, NULL));
  answer = wsp_handshake_get_response_headers (handshake);
  g_assert_cmpstr (wsp_headers_get_one (answer, "Sec-WebSocket-Protocol"), ==, "chat");
}

static void
test_headers_made_once (void)
{
  g_autoptr (WspHandshake) handshake = new_server ("");
  g_autoptr (WspHeaders) first =
    wsp_headers_ref (wsp_handshake_get_response_headers (handshake));

  g_assert_true (wsp_handshake_get_response_headers (handshake) == first);
}

/* Returns the code of the error, -1 for an open session. */
static int
open_session (WspHandshake *handshake,
              WspSession   *session)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean is_open = wsp_handshake_open (handshake, session, text, &error);

  g_assert_cmpint (is_open, ==, error == NULL);
  g_assert_cmpint (is_open, ==, text->len > 0);
  if (error != NULL)
    g_assert_true (error->domain == WSP_ERROR);

  return error == NULL ? -1 : error->code;
}

static void
test_open (void)
{
  g_autoptr (GBytes) noise = g_bytes_new_static ("GET / HTTP/1.1\r\nno field\r\n\r\n", 28);
  g_autoptr (WspHeaders) own = parse ("Host: a\r\n\r\n");
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_SERVER);
  g_autoptr (WspHandshake) asked = new_server (""), rejected = new_server ("");
  g_autoptr (WspHandshake) unread = wsp_handshake_new_checked (noise, NULL, NULL);
  g_autoptr (WspHandshake) client = wsp_handshake_new_client ("ws://a/", NULL, own, NULL);
  g_autoptr (WspHandshake) second = new_server ("Sec-WebSocket-Protocol: chat\r\n");

  wsp_handshake_reject (rejected, 403, NULL, NULL);
  g_assert_true (wsp_handshake_accept (second, "chat", NULL, NULL));

  g_assert_cmpint (open_session (client, session), ==, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (open_session (unread, session), ==, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (open_session (rejected, session), ==, WSP_ERROR_INVALID_OPERATION);
  g_assert_cmpint (open_session (asked, session), ==, -1);
  g_assert_null (session->details);
  g_assert_cmpint (open_session (second, session), ==, WSP_ERROR_INVALID_OPERATION);
  g_assert_null (wsp_session_get_subprotocol (session));
  g_assert_cmpstr (wsp_handshake_get_path (unread), ==, "/");
}

/* The negotiated parameters are in the headers: compression that is set after them has no
 * effect. */
static void
test_compression_set_late (void)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (WspHandshake) shown = new_server (OFFER_OF_DEFLATE);
  g_autoptr (WspHandshake) decided = new_server (OFFER_OF_DEFLATE);
  g_autoptr (WspHandshake) early = new_server (OFFER_OF_DEFLATE);

  g_assert_null (wsp_headers_get_one (wsp_handshake_get_response_headers (shown),
                                      "Sec-WebSocket-Extensions"));
  g_object_set (shown, "deflate", options, NULL);
  g_assert_true (wsp_handshake_accept (decided, NULL, NULL, NULL));
  g_object_set (decided, "deflate", options, NULL);
  g_object_set (early, "deflate", options, NULL);
  g_assert_true (wsp_handshake_accept (shown, NULL, NULL, NULL));

  g_assert_null (wsp_headers_get_one (wsp_handshake_get_response_headers (shown),
                                      "Sec-WebSocket-Extensions"));
  g_assert_null (wsp_headers_get_one (wsp_handshake_get_response_headers (decided),
                                      "Sec-WebSocket-Extensions"));
  g_assert_nonnull (wsp_headers_get_one (wsp_handshake_get_response_headers (early),
                                         "Sec-WebSocket-Extensions"));
}

/* The HTTP server has sent the response when the session opens: both have the same parameters. */
static void
test_compression_changed_late (void)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (WspHandshake) handshake = new_server (OFFER_OF_DEFLATE);
  g_autoptr (WspSession) session = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *sent;

  g_object_set (handshake, "deflate", options, NULL);
  sent = wsp_headers_get_one (wsp_handshake_get_response_headers (handshake),
                              "Sec-WebSocket-Extensions");
  g_assert_nonnull (strstr (sent, "server_max_window_bits=12"));
  g_object_set (options, "server-window-bits", 9, NULL);
  session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_SERVER, "deflate",
                          wsp_handshake_use_deflate (handshake), NULL);
  g_assert_true (wsp_handshake_open (handshake, session, text, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text->str, sent));
}

#define FIVE(letter) letter "1," letter "2," letter "3," letter "4," letter "5"
#define TEN(letter) FIVE (letter) "," FIVE (letter "a")
#define TWENTY(letter) TEN (letter) "," TEN (letter "b")
#define TOO_MANY TWENTY ("d") "," TWENTY ("e") "," TWENTY ("f") "," TWENTY ("g")

static const struct
{
  const char *method, *version, *block;
  int         code;
} refused_requests[] = {
  { "GET", "HTTP/1.1", "Host: a\r\n", WSP_ERROR_NOT_WEBSOCKET },
  { "POST", "HTTP/1.0", "Host: a\r\n", WSP_ERROR_NOT_WEBSOCKET },
  { "POST", "HTTP/1.1", REQUEST, WSP_ERROR_INVALID_FORMAT },
  { "GET", "1.0", REQUEST, WSP_ERROR_INVALID_FORMAT },
  { "GET", "1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\n", WSP_ERROR_INVALID_FORMAT },
  { "GET", "1.1", REQUEST "Sec-WebSocket-Version: 8\r\n", WSP_ERROR_INVALID_FORMAT },
  { "GET", "1.1", REQUEST "Sec-WebSocket-Protocol: " TOO_MANY "\r\n", WSP_ERROR_TOO_BIG },
};

static void
test_request_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused_requests); i++)
    {
      g_autoptr (WspHeaders) headers = parse (refused_requests[i].block);
      g_autoptr (GError) error = NULL;

      g_assert_null (wsp_handshake_new_server (refused_requests[i].method, "/",
                                               refused_requests[i].version, headers, &error));
      g_assert_error (error, WSP_ERROR, refused_requests[i].code);
      g_assert_null (wsp_handshake_new_server (refused_requests[i].method, "/",
                                               refused_requests[i].version, headers, NULL));
    }
}

static void
test_target_refused (void)
{
  static const char *const targets[] = { "", "chat", "http://example.org:x/", "/a b", "*" };
  g_autoptr (WspHeaders) headers = parse (REQUEST);

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", targets[i]);
      g_assert_null (wsp_handshake_new_server ("GET", targets[i], "HTTP/1.1", headers, &error));
      g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_FORMAT);
    }
}

static const struct
{
  const char *uri;
  gboolean    is_fine;
} uris[] = {
  { "ws://example.org/chat?x=y", TRUE },
  { "WSS://example.org", TRUE },
  { "ws+unix:/run/socket", TRUE },
  { "http://example.org/", FALSE },
  { "ws://example.org/#top", FALSE },
  { "ws://example.org/a b", FALSE },
  { "ws://example.org/\r\nX: y", FALSE },
  { "ws://example.org/\x7f", FALSE },
  { "example.org", FALSE },
  { "", FALSE },
};

static void
test_uris (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uris[i].uri, NULL, NULL,
                                                                     &error);

      g_test_message ("%s", uris[i].uri);
      g_assert_cmpint (handshake != NULL, ==, uris[i].is_fine);
      if (!uris[i].is_fine)
        g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_client (void)
{
  static const char * const fine[] = { "chat", NULL };
  static const char * const split[] = { "chat\r\nX: y", NULL };
  g_autoptr (WspHeaders) own = parse ("Cookie: a=b\r\n\r\n");
  g_autoptr (WspHeaders) ours = parse ("Sec-WebSocket-Key: x\r\n\r\n");
  g_autoptr (WspHeaders) answer = parse ("Server: s\r\n\r\n");
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client ("ws://a/", fine, own, NULL);
  g_autoptr (WspHeaders) request = NULL;
  g_autoptr (GError) error = NULL, second = NULL;

  g_assert_null (wsp_handshake_new_client ("ws://a/", split, NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_null (wsp_handshake_new_client ("ws://a/", NULL, ours, &second));
  g_assert_error (second, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);

  g_object_get (handshake, "request-headers", &request, NULL);
  g_assert_true (request == own);
  g_assert_null (wsp_handshake_get_path (handshake));
  g_assert_null (wsp_handshake_get_response_headers (handshake));
  wsp_handshake_record_response (handshake, 503, answer);
  g_assert_true (wsp_handshake_get_response_headers (handshake) == answer);
}

static void
note_notify (WspHandshake *handshake,
             GParamSpec   *property,
             GString      *notified)
{
  g_string_append_printf (notified, "%s ", property->name);
}

static GString *
watch (WspHandshake *handshake)
{
  GString *notified = g_string_new (NULL);

  g_signal_connect (handshake, "notify", G_CALLBACK (note_notify), notified);
  return notified;
}

static void
test_writable (void)
{
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client ("ws://a/", NULL, NULL, NULL);
  g_autoptr (GString) notified = watch (handshake);
  g_autoptr (WspHeaders) first = parse ("Cookie: a=b\r\n\r\n");
  g_autoptr (WspHeaders) second = parse ("Cookie: c=d\r\n\r\n");
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

  g_assert_cmpuint (wsp_headers_get_length (wsp_handshake_get_request_headers (handshake)), ==, 0);
  wsp_handshake_set_request_headers (handshake, first);
  g_object_set (handshake, "request-headers", first, NULL);
  g_assert_true (wsp_handshake_get_request_headers (handshake) == first);
  wsp_handshake_set_request_headers (handshake, second);
  g_object_set (handshake, "deflate", NULL, NULL);
  g_object_set (handshake, "deflate", options, NULL);
  g_object_set (handshake, "deflate", options, NULL);
  g_assert_true (wsp_handshake_peek_deflate (handshake) == options);
  g_object_set (handshake, "deflate", NULL, NULL);
  wsp_handshake_record_response (handshake, 101, first);
  wsp_handshake_record_response (handshake, 101, second);
  g_object_set (handshake, "deflate", options, NULL);
  g_assert_null (wsp_handshake_peek_deflate (handshake));
  g_assert_true (wsp_handshake_get_response_headers (handshake) == second);
  g_assert_cmpstr (notified->str, ==,
                   "request-headers request-headers deflate deflate response-status ");
}

/* With the decision all that follows from it can be read. */
static void
test_decision_notified (void)
{
  g_autoptr (WspHandshake) accepted = new_server ("Sec-WebSocket-Protocol: chat\r\n");
  g_autoptr (WspHandshake) rejected = new_server ("");
  g_autoptr (GString) of_accepted = watch (accepted), of_rejected = watch (rejected);

  g_assert_true (wsp_handshake_accept (accepted, "chat", NULL, NULL));
  wsp_handshake_reject (accepted, 403, NULL, NULL);
  wsp_handshake_reject (rejected, 403, NULL, NULL);
  wsp_handshake_reject (rejected, 404, NULL, NULL);
  g_assert_cmpstr (of_accepted->str, ==, "response-status ");
  g_assert_cmpstr (of_rejected->str, ==, "response-status ");
}

static void
test_times (void)
{
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client ("ws://a/", NULL, NULL, NULL);

  g_assert_cmpint (wsp_handshake_get_time_us (handshake, WSP_HANDSHAKE_STEP_BEGUN), ==, 0);
  wsp_handshake_record_time (handshake, WSP_HANDSHAKE_STEP_BEGUN, 7);
  wsp_handshake_record_time (handshake, WSP_HANDSHAKE_STEP_ANSWERED, 9);
  g_assert_cmpint (wsp_handshake_get_time_us (handshake, WSP_HANDSHAKE_STEP_BEGUN), ==, 7);
  g_assert_cmpint (wsp_handshake_get_time_us (handshake, WSP_HANDSHAKE_STEP_SENT), ==, 0);
  g_assert_cmpint (wsp_handshake_get_time_us (handshake, WSP_HANDSHAKE_STEP_ANSWERED), ==, 9);
  wsp_handshake_record_time (handshake, WSP_HANDSHAKE_STEP_BEGUN, 11);
  g_assert_cmpint (wsp_handshake_get_time_us (handshake, WSP_HANDSHAKE_STEP_ANSWERED), ==, 0);
}

/* Wrong calls are criticals, and nothing changes. */
static void
test_misuse (void)
{
  g_autoptr (WspHandshake) server = new_server (""), client = NULL;
  g_autoptr (WspHeaders) headers = parse ("Cookie: a=b\r\n\r\n");
  g_autoptr (GString) notified = watch (server);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  client = wsp_handshake_new_client ("ws://a/", NULL, headers, NULL);
  n_criticals = 0;
  is_warning_kept = TRUE;
  wsp_handshake_set_request_headers (server, headers);
  wsp_handshake_set_request_headers (client, NULL);
  g_object_set (client, "request-headers", NULL, NULL);
  g_assert_false (wsp_handshake_accept (client, NULL, NULL, NULL));
  wsp_handshake_reject (client, 403, NULL, NULL);
  wsp_handshake_defer (client);
  g_assert_cmpint (wsp_handshake_get_time_us (client, (WspHandshakeStep) 7), ==, 0);
  is_warning_kept = FALSE;
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (n_criticals, ==, 7);
  g_assert_cmpstr (wsp_handshake_get_host (server), ==, "example.org");
  g_assert_true (wsp_handshake_get_request_headers (client) == headers);
  g_assert_cmpuint (wsp_handshake_get_response_status (client), ==, 0);
  g_assert_cmpstr (notified->str, ==, "");
}

/* As wsp_headers_get_one (): a field that occurs twice has no value. */
static void
test_request_header (void)
{
  static const char *const names[] = { "Host", "hOST", "Cookie", "X-Twice", "X-None", "" };
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_headers_append (headers, "Host", "example.org", &error));
  g_assert_true (wsp_headers_append (headers, "Cookie", "a=b", &error));
  g_assert_true (wsp_headers_append (headers, "X-Twice", "1", &error));
  g_assert_true (wsp_headers_append (headers, "X-Twice", "2", &error));

  g_autoptr (WspHandshake) client =
    wsp_handshake_new_client ("ws://localhost/", NULL, headers, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (wsp_handshake_get_request_header (client, names[i]), ==,
                     wsp_headers_get_one (headers, names[i]));
  g_assert_cmpstr (wsp_handshake_get_request_header (client, "cookie"), ==, "a=b");
  g_assert_null (wsp_handshake_get_request_header (client, "X-Twice"));

  g_autoptr (WspHandshake) empty = wsp_handshake_new_client ("ws://localhost/", NULL, NULL, NULL);

  g_assert_null (wsp_handshake_get_request_header (empty, "Cookie"));
}

static void
test_accept_key (void)
{
  g_autoptr (GBytes) digest = NULL;
  g_autofree char *accept = wsp_accept_key_derive ("dGhlIHNhbXBsZSBub25jZQ==", &digest);
  g_autofree char *alone = wsp_accept_key_derive ("", NULL);
  const guint8 *sum = g_bytes_get_data (digest, NULL);

  g_assert_cmpstr (accept, ==, ACCEPT);
  g_assert_cmpuint (g_bytes_get_size (digest), ==, 20);
  g_assert_cmphex (sum[0], ==, 0xb3);
  g_assert_cmphex (sum[19], ==, 0xea);
  g_assert_cmpuint (strlen (alone), ==, 28);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch (keep_warning);
  g_test_add_func ("/session/handshake/server/request-as-properties", test_server_properties);
  g_test_add_func ("/session/handshake/server/accept-decides-once", test_accept);
  g_test_add_func ("/session/handshake/server/accept-of-what-was-not-offered-refused",
                   test_accept_refused);
  g_test_add_func ("/session/handshake/server/rejected-body-is-whole-or-500", test_refusal_body);
  g_test_add_func ("/session/handshake/server/rejected-with-its-own-headers",
                   test_reject_with_its_own_headers);
  g_test_add_func ("/session/handshake/server/reject-without-a-refusal-is-500",
                   test_refusal_status);
  g_test_add_func ("/session/handshake/server/question-until-decided-deferred-or-ended",
                   test_question);
  g_test_add_func ("/session/handshake/server/headers-of-a-101-made-once", test_headers_made_once);
  g_test_add_func ("/session/handshake/server/opens-one-session-for-a-request", test_open);
  g_test_add_func ("/session/handshake/server/undecided-has-headers-of-a-101", test_embedding);
  g_test_add_func ("/session/handshake/server/plain-http-left-to-others", test_request_refused);
  g_test_add_func ("/session/handshake/server/target-of-another-form-refused", test_target_refused);
  g_test_add_func ("/session/handshake/server/compression-set-after-the-headers-has-no-effect",
                   test_compression_set_late);
  g_test_add_func ("/session/handshake/server/compression-changed-after-the-headers-has-no-effect",
                   test_compression_changed_late);
  g_test_add_func ("/session/handshake/client/SEC-38-uri-that-cannot-be-sent-refused", test_uris);
  g_test_add_func ("/session/handshake/client/request-and-outcome", test_client);
  g_test_add_func ("/session/handshake/client/time-of-each-step", test_times);
  g_test_add_func ("/session/handshake/writable-notifies-on-change-only", test_writable);
  g_test_add_func ("/session/handshake/decision-notifies-once", test_decision_notified);
  g_test_add_func ("/session/handshake/misuse-is-a-critical-without-effect", test_misuse);
  g_test_add_func ("/session/handshake/request-header/as-headers-get-one", test_request_header);
  g_test_add_func ("/session/handshake/accept-key/of-the-rfc", test_accept_key);
  g_test_add_func ("/session/handshake/server/decided-in-a-warning", test_decision_in_a_warning);
  return g_test_run ();
}
