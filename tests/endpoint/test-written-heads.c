/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Heads that are written from random parts: either a part is refused, or the head that is sent
 * has exactly the requested content.  The seed is g_test's. */
#include <libwsproto/wsproto.h>
#include <string.h>

#include "connection/wire.h"
#include "core/handshake/authority.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/http-head.h"
#include "endpoint/dialing/wsp-tunnel-private.h"
#include "endpoint/opening/wsp-response-private.h"

#define N_HEADS 3000

static const char *const pieces[] = {
  "h", "example.org", "a", "b", "9", "xn--a", "\xc3\xbc", "-", ".", "_", "~", "%20", "%41", "%3a", "%40", "%2f",
  "/", "?", "&", "=", ";", ",", "!", "$", "'", "(", ")", "*", "+", "\"", "\\", "|", "^", "`", "{", "}", "<", ">",
  ":", "@", "#", "[", "]", "%", "%0d%0a", "%0D%0AEvil:%201", "%00", "%09", "%25", "%7f", "%ff", "%zz",
  "\r", "\n", "\r\nEvil: 1", "\t", " ", "\x7f", "\x01", "\xff", "::1", "fe80::1%25lo", "%250d", "..",
};

/* Mostly one of the first n_fine characters: letters and digits. */
static char *
make_part (guint max_pieces)
{
  const guint n_fine = 6;
  GString *part = g_string_new (NULL);
  guint n = g_test_rand_int_range (0, max_pieces + 1);

  for (guint i = 0; i < n; i++)
    {
      guint end = g_test_rand_int_range (0, 4) > 0 ? n_fine : G_N_ELEMENTS (pieces);

      g_string_append (part, pieces[g_test_rand_int_range (0, end)]);
    }
  if (g_test_rand_int_range (0, 200) == 0)
    {
      g_autofree char *run = g_strnfill (3000, 'x');

      g_string_append (part, run);
    }

  return g_string_free (part, FALSE);
}

/* Sometimes with brackets, credentials and a port. */
static char *
make_authority (void)
{
  static const char *const ports[] = { ":1", ":80", ":65535", ":0", ":99999", ":-1", ":8 0", ":x" };
  g_autofree char *login = make_part (2);
  g_autofree char *password = make_part (2);
  g_autofree char *host = make_part (3);
  guint kind = g_test_rand_int_range (0, 12);
  const char *port = kind < G_N_ELEMENTS (ports) ? ports[kind] : "";

  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      return g_strconcat (login, ":", password, "@", host, port, NULL);
    case 1:
      return g_strconcat ("[fe80::1", g_test_rand_bit () ? "%25" : "", host, "]", port, NULL);
    default:
      return g_strconcat (host, port, NULL);
    }
}

static char *
make_uri (void)
{
  g_autofree char *authority = make_authority ();
  g_autofree char *path = make_part (3);
  g_autofree char *query = make_part (2);

  if (g_test_rand_int_range (0, 10) == 0)
    return g_strconcat ("ws+unix:/nowhere/", path, ":/", query, NULL);

  return g_strconcat ("ws://", authority, "/", path, g_test_rand_bit () ? "?" : "", query, NULL);
}

typedef struct
{
  WscHttpHead     *head;
  const WscHeader *fields;
  gsize            n_fields;
} Parsed;

static void
parsed_clear (Parsed *self)
{
  wsc_http_head_free (self->head);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parsed, parsed_clear)

/* One head with nothing after it, whose lines are header fields. */
static void
parse (Parsed     *self,
       const char *text,
       gsize       length,
       WscHeadKind kind)
{
  const WscHeadLimits limits = {
    .max_size = G_MAXINT, .max_line = G_MAXINT, .max_fields = G_MAXINT
  };
  gsize used = 0;

  self->head = wsc_http_head_new (kind, &limits);
  g_assert_cmpint (wsc_http_head_take (self->head, (WscBytes) { (const guint8 *) text, length },
                                       &used), ==, WSC_FAULT_NONE);
  g_assert_cmpuint (used, ==, length);
  self->fields = wsc_http_head_get_fields (self->head, &self->n_fields);
}

/* A field that occurs once; NULL: it does not occur. */
static char *
dup_field (const Parsed *self,
           const char   *name)
{
  char *value = NULL;

  for (gsize i = 0; i < self->n_fields; i++)
    {
      if (!wsc_text_is_ignoring_case (self->fields[i].name, name))
        continue;

      g_assert_null (value);
      value = g_strndup ((const char *) self->fields[i].value.at, self->fields[i].value.length);
    }

  return value;
}

static void
check_field (const Parsed *self,
             const char   *name,
             const char   *expected)
{
  g_autofree char *value = dup_field (self, name);
  g_autofree char *stripped = g_strdup (expected);

  if (stripped != NULL)
    g_strstrip (stripped);
  g_assert_cmpstr (value, ==, stripped);
}

/* A stream that keeps what is written, and whose input is empty. */
static GIOStream *
make_stream (GMemoryOutputStream **output)
{
  g_autoptr (GInputStream) input = g_memory_input_stream_new ();

  *output = G_MEMORY_OUTPUT_STREAM (g_memory_output_stream_new_resizable ());
  return g_simple_io_stream_new (input, G_OUTPUT_STREAM (*output));
}

typedef struct
{
  char *uri, *name, *value, *origin, *agent, *protocol;
} Parts;

static void
parts_clear (Parts *self)
{
  g_free (self->uri);
  g_free (self->name);
  g_free (self->value);
  g_free (self->origin);
  g_free (self->agent);
  g_free (self->protocol);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static void
make_parts (Parts *self)
{
  self->uri = make_uri ();
  self->name = g_test_rand_bit () ? make_part (2) : g_strdup ("X-Own");
  self->value = make_part (3);
  self->origin = g_test_rand_bit () ? make_part (2) : NULL;
  self->agent = g_test_rand_bit () ? make_part (1) : NULL;
  self->protocol = g_test_rand_bit () ? make_part (1) : NULL;
}

/* NULL: no such field. */
static const char *
get_agent (const Parts *parts)
{
  if (parts->agent == NULL)
    return "libwsproto/" WSP_VERSION_STRING;

  return parts->agent[0] != '\0' ? parts->agent : NULL;
}

static void
check_request (const Parts *parts,
               gboolean     has_own,
               const char  *text,
               gsize        length)
{
  g_auto (Parsed) parsed = { 0 };
  g_autofree char *host = NULL;
  g_autofree char *login = NULL;
  guint n_fields = 5 + has_own + (parts->origin != NULL) + (get_agent (parts) != NULL) +
                   (parts->protocol != NULL);

  parse (&parsed, text, length, WSC_HEAD_REQUEST);
  host = dup_field (&parsed, "Host");
  login = dup_field (&parsed, "Authorization");
  g_assert_nonnull (host);
  g_assert_true (wsc_authority_is_valid (wsc_text (host)));
  g_assert_cmpint (wsc_http_head_get_target (parsed.head).at[0], ==, '/');
  g_assert_cmpuint (parsed.n_fields, ==, n_fields + (login != NULL));
  if (has_own)
    check_field (&parsed, parts->name, parts->value);
  check_field (&parsed, "Origin", parts->origin);
  check_field (&parsed, "User-Agent", get_agent (parts));
  check_field (&parsed, "Sec-WebSocket-Protocol", parts->protocol);
}

static gboolean
append_own (WspHeaders  *headers,
            const Parts *parts)
{
  return wsp_headers_append (headers, parts->name, parts->value, NULL) &&
         g_ascii_strcasecmp (parts->name, "Host") != 0;
}

/* FALSE: a part was refused. */
static gboolean
write_request (const Parts *parts)
{
  const char *protocols[] = { parts->protocol, NULL };
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  gboolean has_own = append_own (headers, parts);
  g_autoptr (WspHandshake) handshake =
    wsp_handshake_new_client (parts->uri, protocols, headers, NULL);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "origin", parts->origin,
                                               "user-agent", parts->agent, NULL);
  g_autoptr (GMemoryOutputStream) output = NULL;
  g_autoptr (GIOStream) stream = make_stream (&output);
  g_autoptr (GAsyncResult) result = NULL;

  if (handshake == NULL)
    return FALSE;

  wsp_client_open_async (client, handshake, stream, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_null (wsp_client_open_finish (client, result, NULL));
  if (g_memory_output_stream_get_data_size (output) == 0)
    return FALSE;

  check_request (parts, has_own, g_memory_output_stream_get_data (output),
                 g_memory_output_stream_get_data_size (output));
  return TRUE;
}

static void
test_request (void)
{
  guint n_written = 0;

  for (guint i = 0; i < N_HEADS; i++)
    {
      g_auto (Parts) parts = { 0 };

      make_parts (&parts);
      n_written += write_request (&parts);
    }
  g_assert_cmpuint (n_written, >, N_HEADS / 20);
  g_assert_cmpuint (n_written, <, N_HEADS);
}

static void
on_tunnel (WspTunnel *tunnel,
           gpointer   is_done)
{
  *(gboolean *) is_done = TRUE;
}

static void
check_connect (const WspUri *uri,
               const char   *login,
               const char   *text,
               gsize         length)
{
  g_auto (Parsed) parsed = { 0 };

  parse (&parsed, text, length, WSC_HEAD_REQUEST);
  WscBytes target = wsc_http_head_get_target (parsed.head);
  g_autofree char *target_text = g_strndup ((const char *) target.at, target.length);

  g_assert_true (wsc_text_is (wsc_http_head_get_method (parsed.head), "CONNECT"));
  g_assert_true (wsc_authority_is_valid (target));
  g_assert_null (strchr (target_text, '%'));
  g_assert_cmpuint (parsed.n_fields, ==, login != NULL ? 2 : 1);
  check_field (&parsed, "Host", target_text);
  check_field (&parsed, "Proxy-Authorization", login);
}

static gboolean
write_connect (const char *text)
{
  g_autoptr (WspUri) uri = wsp_uri_parse (text, NULL);
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (GMemoryOutputStream) output = NULL;
  g_autoptr (GIOStream) stream = make_stream (&output);
  g_autofree char *login = g_test_rand_bit ()
                           ? wsp_credentials_make_basic ("me\r\nEvil: 1", "\n")
                           : NULL;
  gboolean is_done = FALSE;

  if (uri == NULL || uri->host == NULL)
    return FALSE;

  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_OURS,
                                                          NULL);
  WspTunnel *tunnel = wsp_tunnel_new (reactor, transport, uri, login, limits, NULL, on_tunnel,
                                      &is_done);

  run_until (&is_done);
  check_connect (uri, login, g_memory_output_stream_get_data (output),
                 g_memory_output_stream_get_data_size (output));
  wsp_tunnel_free (tunnel);
  run_pending ();
  return TRUE;
}

static void
test_connect (void)
{
  guint n_written = 0;

  for (guint i = 0; i < N_HEADS; i++)
    {
      g_autofree char *uri = make_uri ();

      n_written += write_connect (uri);
    }
  g_assert_cmpuint (n_written, >, N_HEADS / 20);
  g_assert_cmpuint (n_written, <, N_HEADS);
}

static void
test_response (void)
{
  const WspResponseDefaults defaults = { .methods = "GET" };

  for (guint i = 0; i < N_HEADS; i++)
    {
      g_auto (Parts) parts = { 0 };
      g_auto (Parsed) parsed = { 0 };
      g_autoptr (WspHeaders) headers = wsp_headers_new ();

      make_parts (&parts);
      gboolean has_own = wsp_headers_append (headers, parts.name, parts.value, NULL);
      g_autoptr (GBytes) answer = wsp_response_make_head (403, headers, 0, &defaults);
      gsize length;
      const char *text = g_bytes_get_data (answer, &length);

      parse (&parsed, text, length, WSC_HEAD_RESPONSE);
      g_assert_cmpuint (parsed.n_fields, ==, 3 + has_own);
      if (has_own)
        check_field (&parsed, parts.name, parts.value);
    }
}

/* Those that a server adds give way to the program's. */
static void
test_usual_fields (void)
{
  static const char *const names[] = { "Server", "Allow", "Date", "Content-Type" };
  const WspResponseDefaults defaults = { .server = "ours", .methods = "GET" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (names); i++)
    {
      const char *name = names[i / 2];
      gboolean is_own = i % 2;
      g_auto (Parsed) parsed = { 0 };
      g_autoptr (WspHeaders) headers = wsp_headers_new ();

      if (is_own)
        g_assert_true (wsp_headers_append (headers, name, "own", NULL));
      g_autoptr (GBytes) answer = wsp_response_make_head (405, headers, 1, &defaults);
      gsize length;
      const char *text = g_bytes_get_data (answer, &length);

      parse (&parsed, text, length, WSC_HEAD_RESPONSE);
      g_autofree char *value = dup_field (&parsed, name);

      g_assert_cmpint (g_strcmp0 (value, "own") == 0, ==, is_own);
      g_assert_nonnull (value);
    }
}

static void
test_without_body (void)
{
  static const guint statuses[] = { 200, 204, 304 };
  const WspResponseDefaults defaults = { .methods = "GET" };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GBytes) answer = wsp_response_make_head (statuses[i], NULL, 1, &defaults);
      gboolean has_body = strstr (g_bytes_get_data (answer, NULL), "Content-") != NULL;

      g_assert_cmpint (has_body, ==, statuses[i] == 200);
    }
}

static void
test_acceptance (void)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  GString *text = wsp_response_begin_acceptance (headers, "ours");

  g_assert_true (g_str_has_suffix (text->str, "\r\nServer: ours\r\n"));
  g_string_free (text, TRUE);

  g_assert_true (wsp_headers_append (headers, "Server", "own", NULL));
  text = wsp_response_begin_acceptance (headers, "ours");
  g_assert_null (strstr (text->str, "Server"));         /* the caller appends it */
  g_string_free (text, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/written-heads/SEC-38-request", test_request);
  g_test_add_func ("/endpoint/written-heads/SEC-38-connect", test_connect);
  g_test_add_func ("/endpoint/written-heads/SEC-38-response", test_response);
  g_test_add_func ("/endpoint/written-heads/response/own-fields-replace-usual-ones",
                   test_usual_fields);
  g_test_add_func ("/endpoint/written-heads/response/no-body-of-204-and-304", test_without_body);
  g_test_add_func ("/endpoint/written-heads/acceptance/own-server-replaces-the-usual-one",
                   test_acceptance);

  return g_test_run ();
}
