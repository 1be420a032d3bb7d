/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS that begins after other bytes: what is in it is read as without them. */

#include <inspect/sources/http/wsi-http-sniffer.h>
#include <inspect/sources/tls/wsi-tls-sniffer.h>
#include <string.h>

#include "inspector/listing.h"
#include "inspector/upgrade.h"
#include "lib/rows.h"
#include "tls-talk.h"

#define MAX_STEPS 6
#define MAX_TALKS 6
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define CONNECT "CONNECT server.example:443 HTTP/1.1\r\nHost: server.example:443\r\n\r\n"
#define CONNECTED "HTTP/1.1 200 Connection established\r\n\r\n"
#define SOCKS_5_ASKED "\5\1\0\3\16server.example\1\xbb"
#define SOCKS_5_GRANTED "\5\0\0\1\0\0\0\0\0\0"
#define SOCKS_4_ASKED "\4\1\1\xbb\0\0\0\1user\0server.example\0"
#define SOCKS_4_GRANTED "\0\x5a\0\0\0\0\0\0"
#define PROXY_1 "PROXY TCP4 192.0.2.1 192.0.2.2 4000 443\r\n"
#define PROXY_2 "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\xf\xa0\1\xbb"
#define OPENED "1 opened; "
#define DECRYPTED "1 opened: Decrypted: TLS 1."
#define CONVERSATION "1 request: GET /chat HTTP/1.1; " \
  "1 response: HTTP/1.1 101 Switching Protocols; 1 < text 'Hello'; 1 > text 'Hello'; " \
  "1 close: Connection ended without a Close frame"
#define SCRIPT ">" UPGRADE_REQUEST "|<" UPGRADE_RESPONSE "|<" HELLO "|>" MASKED_HELLO
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define HELLO_RECORD "\x16\x03\x01\x00\x31\x01\x00\x00\x2d\x03\x03"

typedef struct
{
  guint       side;
  const char *bytes;
  gsize       length;
} Step;

#define C(text) { 0, text, sizeof text - 1 }
#define S(text) { 1, text, sizeof text - 1 }

/* The bytes before TLS, and the number of TLS connections in each other: in each but the last one
 * there is a CONNECT.  The last step may be in one segment with the ClientHello. */
static const struct
{
  const char *name;
  Step        steps[MAX_STEPS];
  guint       n_tls;
  gboolean    is_joined;
  Step        answer;           /* answer that comes after the ClientHello */
} cases[] = {
  { "connect", { C (CONNECT), S (CONNECTED) }, 1, FALSE, { 0 } },
  { "connect-with-a-reason-of-a-body", { C (CONNECT), S ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }, 1, FALSE, { 0 } },
  { "connect-after-a-refusal",
    { C (CONNECT), S ("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno"), C (CONNECT), S (CONNECTED) }, 1, FALSE, { 0 } },
  { "connect-twice", { C (CONNECT), S (CONNECTED), C (CONNECT), S (CONNECTED) }, 1, FALSE, { 0 } },
  { "socks-5", { C ("\5\1\0"), S ("\5\0"), C (SOCKS_5_ASKED), S (SOCKS_5_GRANTED) }, 1, FALSE, { 0 } },
  { "socks-5-with-a-password",
    { C ("\5\2\0\2"), S ("\5\2"), C ("\1\4user\4pass"), S ("\1\0"), C (SOCKS_5_ASKED), S (SOCKS_5_GRANTED) }, 1, FALSE, { 0 } },
  { "socks-5-that-is-not-waited-for", { C ("\5\1\0"), S ("\5\0"), C (SOCKS_5_ASKED) }, 1, TRUE, { 0 } },
  { "socks-5-that-answers-later", { C ("\5\1\0"), S ("\5\0"), C (SOCKS_5_ASKED) }, 1, FALSE, S (SOCKS_5_GRANTED) },
  { "socks-5-that-answers-with-tls", { C ("\5\1\0"), S ("\5\0"), C (SOCKS_5_ASKED) }, 1, TRUE, S (SOCKS_5_GRANTED) },
  { "socks-4", { C (SOCKS_4_ASKED), S (SOCKS_4_GRANTED) }, 1, FALSE, { 0 } },
  { "socks-then-connect",
    { C ("\5\1\0"), S ("\5\0"), C (SOCKS_5_ASKED), S (SOCKS_5_GRANTED), C (CONNECT), S (CONNECTED) }, 1, FALSE, { 0 } },
  { "a-proxy-header-of-version-2", { C (PROXY_2) }, 1, FALSE, { 0 } },
  { "a-proxy-header-of-version-2-in-one-segment", { C (PROXY_2) }, 1, TRUE, { 0 } },
  { "a-proxy-header-of-version-1", { C (PROXY_1) }, 1, FALSE, { 0 } },
  { "a-proxy-header-of-version-1-in-one-segment", { C (PROXY_1) }, 1, TRUE, { 0 } },
  { "a-proxy-header-then-connect", { C (PROXY_1 CONNECT), S (CONNECTED) }, 1, FALSE, { 0 } },
  { "empty-lines", { C ("\r\n\r\n") }, 1, TRUE, { 0 } },
  { "another-protocol-that-changes-to-tls", { C ("\0\0\0\10\4\xd2\x16\x2f"), S ("S") }, 1, FALSE, { 0 } },
  { "a-proxy-with-tls", { { 0 } }, 2, FALSE, { 0 } },
  { "a-proxy-with-tls-behind-connect", { C (CONNECT), S (CONNECTED) }, 2, FALSE, { 0 } },
  { "four-in-each-other", { C (CONNECT), S (CONNECTED) }, 4, FALSE, { 0 } },
  { "five-in-each-other-with-the-first-at-the-beginning", { { 0 } }, 5, FALSE, { 0 } },
};
static const gsize pieces[] = { 65536, 1, 7, 1000 };

typedef enum
{
  KEYS_BEFORE,
  KEYS_AFTER_THE_BYTES,
  KEYS_AFTER_THE_END,
  KEYS_NEVER,
} KeysTime;

typedef struct
{
  WsiStore        *store;
  WsiKeyLog       *keys;
  WsiKeyLogLine    line;
  WsiHttpSniffer  *http;
  WsiTlsSniffer   *sniffer;
  WsiTcpCounts     counts;
  WsiTcpConnection connection;
  GString         *closed;      /* server names of connections whose keys are missing */
} Scene;

static GObject *
note_closed (WsiTcpConnection *connection,
             const char       *name,
             gint64            time_us,
             gpointer          user_data)
{
  g_string_append_printf (((Scene *) user_data)->closed, "%s;", name);
  return NULL;
}

static const WsiTlsClosedFuncs closed_funcs = { note_closed, NULL };

static void
scene_init (Scene *self,
            guint  client)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiSegment first = {
    .source = { { 192, 0, 2, 1 }, 4000, G_SOCKET_FAMILY_IPV4 },
    .destination = { { 192, 0, 2, 2 }, 3128, G_SOCKET_FAMILY_IPV4 },
  };
  g_autoptr (WsiRecorder) recorder = NULL;

  memset (self, 0, sizeof *self);
  self->store = wsi_store_new_with_limits (&limits);
  self->keys = wsi_key_log_new ();
  self->closed = g_string_new (NULL);
  recorder = wsi_recorder_new (self->store, WSP_ROLE_CLIENT);
  self->http = wsi_http_sniffer_new (recorder, "test");
  self->sniffer = wsi_tls_sniffer_new (self->keys, &wsi_http_sniffer_listener, self->http,
                                       &closed_funcs, self);
  wsi_tcp_connection_init (&self->connection, &first, &wsi_tls_sniffer_listener, self->sniffer,
                           &self->counts);
  self->connection.client = client;
}

static void
scene_clear (Scene *self)
{
  wsi_tcp_connection_clear (&self->connection);
  wsi_tls_sniffer_free (self->sniffer);
  wsi_http_sniffer_free (self->http);
  wsi_key_log_free (self->keys);
  g_string_free (self->closed, TRUE);
  g_object_unref (self->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
pass (Scene        *self,
      guint         side,
      const guint8 *at,
      gsize         length,
      gsize         piece)
{
  while (length > 0 && !self->connection.is_ignored)
    {
      const gsize n = MIN (length, piece);
      g_autofree guint8 *copy = g_memdup2 (at, n);      /* a read behind it is seen */

      self->connection.n_packets++;
      wsi_tls_sniffer_listener.bytes (&self->connection, side, copy, n, 1, self->sniffer);
      at += n;
      length -= n;
    }
}

/* The innermost has the conversation. */
static GPtrArray *
make_talks (guint       n_tls,
            const char *version)
{
  GPtrArray *talks = g_ptr_array_new_with_free_func ((GDestroyNotify) tls_talk_free);
  g_autoptr (TlsTalkPeers) peers = NULL;

  for (guint i = 0; i < n_tls; i++)
    {
      const TlsTalkPlan plan = {
        .client = version,
        .script = i == 0 ? SCRIPT : ">" CONNECT "|<" CONNECTED "|in",
        .separator = "|",
        .inner = i == 0 ? NULL : talks->pdata[i - 1],
      };

      g_clear_pointer (&peers, tls_talk_peers_free);    /* each has a session of its own */
      peers = tls_talk_peers_new ();
      g_ptr_array_add (talks, tls_talk_new (peers, &plan));
    }
  return talks;
}

static void
add_keys (Scene     *self,
          GPtrArray *talks)
{
  for (guint i = 0; i < talks->len; i++)
    {
      const GString *text = ((TlsTalk *) talks->pdata[i])->key_log;

      wsi_key_log_append (self->keys, &self->line, (const guint8 *) text->str, text->len);
    }
}

static void
pass_steps (Scene         *self,
            const Step    *steps,
            gboolean       is_joined,
            const Step    *answer,
            const TlsTalk *talk,
            gsize          piece)
{
  gboolean is_answered = answer == NULL || answer->bytes == NULL;
  guint n_steps = 0;

  while (n_steps < MAX_STEPS && steps[n_steps].bytes != NULL)
    n_steps++;
  for (guint i = 0; i < n_steps - is_joined; i++)
    pass (self, steps[i].side, (const guint8 *) steps[i].bytes, steps[i].length, piece);
  for (guint i = 0; i < talk->writes->len; i++)
    {
      const TlsTalkWrite *written = talk->writes->pdata[i];
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      if (i == 0 && is_joined)
        g_byte_array_append (bytes, (const guint8 *) steps[n_steps - 1].bytes,
                             (guint) steps[n_steps - 1].length);
      if (written->side == TLS_TALK_SERVER && !is_answered)
        {
          is_answered = TRUE;
          if (is_joined)
            g_byte_array_append (bytes, (const guint8 *) answer->bytes, (guint) answer->length);
          else
            pass (self, TLS_TALK_SERVER, (const guint8 *) answer->bytes, answer->length, piece);
        }
      g_byte_array_append (bytes, written->bytes->data, written->bytes->len);
      pass (self, written->side, bytes->data, bytes->len, piece);
    }
}

static void
close_connection (Scene *self)
{
  for (guint side = 0; side < 2 && !self->connection.is_ignored; side++)
    wsi_tls_sniffer_listener.end (&self->connection, side, WSI_TCP_END_FIN, 1, self->sniffer);
  wsi_tls_sniffer_listener.close (&self->connection, WSI_TCP_CLOSE_ENDED, 1, self->sniffer);
  g_assert_null (self->connection.outer);
  g_assert_null (self->connection.data);
}

static void
end_sniffer (Scene *self)
{
  wsi_tls_sniffer_end (self->sniffer);
  g_assert_cmpuint (wsi_tls_sniffer_get_n_held (self->sniffer), ==, 0);
  g_assert_cmpuint (wsi_http_sniffer_get_n_held (self->http), ==, 0);
}

static char *
describe (Scene *self)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  wsi_tls_report_describe (wsi_tls_sniffer_get_report (self->sniffer), lines);
  wsi_unread_describe (wsi_http_sniffer_get_unread (self->http), lines);
  texts = g_strv_builder_end (lines);
  return g_strjoinv ("; ", texts);
}

static void
play (Scene     *self,
      guint      i,
      GPtrArray *talks,
      gsize      piece,
      KeysTime   keys)
{
  wsi_tls_sniffer_set_may_get_keys (self->sniffer, keys != KEYS_BEFORE);
  if (keys == KEYS_BEFORE)
    add_keys (self, talks);
  pass_steps (self, cases[i].steps, cases[i].is_joined, &cases[i].answer,
              talks->pdata[talks->len - 1], piece);
  if (keys == KEYS_AFTER_THE_BYTES)
    {
      add_keys (self, talks);
      wsi_tls_sniffer_look_again (self->sniffer);
    }
  close_connection (self);
  if (keys == KEYS_AFTER_THE_END)
    add_keys (self, talks);
  end_sniffer (self);
}

/* Whenever the keys come, however the bytes are cut, and whether the SYN was seen or not. */
static void
test_opened (gconstpointer data)
{
  static const char *const versions[] = { TLS_1_3, TLS_1_2 };
  const guint i = GPOINTER_TO_UINT (data);

  for (guint version = 0; version < G_N_ELEMENTS (versions); version++)
    {
      g_autoptr (GPtrArray) talks = make_talks (cases[i].n_tls, versions[version]);

      for (guint j = 0; j < G_N_ELEMENTS (pieces) * 2 * KEYS_NEVER; j++)
        {
          const gsize piece = cases[i].is_joined ? 65536 : pieces[j % G_N_ELEMENTS (pieces)];
          const guint client = j / G_N_ELEMENTS (pieces) % 2 == 0 ? 0 : WSI_TCP_NO_SIDE;
          g_auto (Scene) scene;
          g_autofree char *listing = NULL;

          scene_init (&scene, client);
          play (&scene, i, talks, piece, (KeysTime) (j / G_N_ELEMENTS (pieces) / 2));
          listing = listing_make (scene.store);
          g_assert_true (g_str_has_prefix (listing, DECRYPTED));
          g_assert_cmpstr (strstr (listing, "1 request"), ==, CONVERSATION);
          g_assert_cmpstr (scene.closed->str, ==, "");
        }
    }
}

/* Each is named as a connection of TLS is. */
static void
test_without_keys (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) talks = make_talks (cases[i].n_tls, TLS_1_3);
  g_autofree char *report = NULL;
  g_auto (Scene) scene;

  scene_init (&scene, 0);
  play (&scene, i, talks, 65536, KEYS_NEVER);
  report = describe (&scene);
  g_assert_cmpstr (scene.closed->str, ==, "server.example;");
  g_assert_nonnull (strstr (report, "server.example"));
  g_assert_null (strstr (report, "in a tunnel"));
}

/* The fifth is not opened, but named. */
static void
test_depth (void)
{
  static const Step steps[MAX_STEPS] = { C (CONNECT), S (CONNECTED) };
  g_autoptr (GPtrArray) talks = make_talks (5, TLS_1_3);
  g_autofree char *report = NULL;
  g_autofree char *listing = NULL;
  g_auto (Scene) scene;

  scene_init (&scene, 0);
  add_keys (&scene, talks);
  pass_steps (&scene, steps, FALSE, NULL, talks->pdata[4], 65536);
  close_connection (&scene);
  end_sniffer (&scene);
  report = describe (&scene);
  listing = listing_make (scene.store);
  g_assert_cmpstr (listing, ==, "");
  g_assert_nonnull (strstr (report, "TLS in more than 4 tunnels on port 3128"));
}

/* Bytes that begin as a ClientHello, and are none. */
static const struct
{
  const char *name;
  Step        steps[MAX_STEPS];
  const char *listing;
} others[] = {
  { "half-a-hello", { C ("\5\1\0"), S ("\5\0"), C ("\x16\x03\x01") }, "" },
  { "a-hello-that-ends", { C ("\5\1\0"), S ("\5\0"), C (HELLO_RECORD) }, "" },
  { "a-hello-of-zeros", { C ("\5\1\0"), S ("\5\0"), C (HELLO_RECORD ZEROS ZEROS ZEROS) }, "" },
  { "a-hello-of-the-server", { C ("\5\1\0"), S ("\5\0"), C ("\x16\x03\x03\0\4\2\0\0\0") }, "" },
  { "http", { C (CONNECT), S (CONNECTED), C (UPGRADE_REQUEST), S (UPGRADE_RESPONSE HELLO), C (MASKED_HELLO) }, OPENED CONVERSATION },
};

static void
test_other (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);

  for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
    {
      g_auto (Scene) scene;
      g_autofree char *listing = NULL;

      scene_init (&scene, 0);
      for (guint k = 0; k < MAX_STEPS && others[i].steps[k].bytes != NULL; k++)
        pass (&scene, others[i].steps[k].side, (const guint8 *) others[i].steps[k].bytes,
              others[i].steps[k].length, pieces[j]);
      close_connection (&scene);
      end_sniffer (&scene);
      listing = listing_make (scene.store);
      g_assert_cmpstr (listing, ==, others[i].listing);
    }
}

/* The response is missing, and bytes in the tunnel. */
static void
test_gaps (void)
{
  static const Step steps[MAX_STEPS] = { { 0 } };
  g_autoptr (GPtrArray) talks = make_talks (1, TLS_1_3);
  g_auto (Scene) scene;
  g_autofree char *listing = NULL;

  scene_init (&scene, 0);
  add_keys (&scene, talks);
  pass (&scene, 0, (const guint8 *) CONNECT, strlen (CONNECT), 65536);
  wsi_tls_sniffer_listener.gap (&scene.connection, 1, strlen (CONNECTED), 1, scene.sniffer);
  pass_steps (&scene, steps, FALSE, NULL, talks->pdata[0], 65536);
  wsi_tls_sniffer_listener.gap (&scene.connection, 1, 100, 1, scene.sniffer);
  close_connection (&scene);
  end_sniffer (&scene);
  listing = listing_make (scene.store);
  g_assert_nonnull (strstr (listing, "1 < text 'Hello'; 1 > text 'Hello'; 1 gap <"));
}

/* Tunnels that wait for keys hold no more than connections of TLS do. */
static void
test_room (void)
{
  enum { N = 100, SIZE = 300 * 1000 };
  static const Step steps[MAX_STEPS] = { C (CONNECT), S (CONNECTED) };
  g_autoptr (GPtrArray) talks = make_talks (2, TLS_1_3);
  g_autofree guint8 *block = g_malloc0 (SIZE);
  g_autofree char *listing = NULL;
  WsiTcpConnection first;
  g_auto (Scene) scene;

  scene_init (&scene, 0);
  wsi_tls_sniffer_set_may_get_keys (scene.sniffer, TRUE);
  first = scene.connection;
  for (guint i = 0; i < N; i++)
    {
      scene.connection = first;
      pass_steps (&scene, steps, FALSE, NULL, talks->pdata[1], 65536);
      pass (&scene, 1, block, SIZE, 65536);
      g_assert_cmpuint (wsi_tls_sniffer_get_n_held (scene.sniffer), <=, 16 * 1024 * 1024);
      close_connection (&scene);
    }
  add_keys (&scene, talks);
  end_sniffer (&scene);
  listing = listing_make (scene.store);
  g_assert_nonnull (strstr (listing, "text 'Hello'"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *opened = g_strdup_printf ("/inspector/tunnel/opened/%s", cases[i].name);
      g_autofree char *named = g_strdup_printf ("/inspector/tunnel/without-keys/%s", cases[i].name);

      g_test_add_data_func (opened, GUINT_TO_POINTER (i), test_opened);
      g_test_add_data_func (named, GUINT_TO_POINTER (i), test_without_keys);
    }
  ADD_ROWS ("/inspector/tunnel/none", others, test_other);
  g_test_add_func ("/inspector/tunnel/the-fifth-in-each-other-is-named", test_depth);
  g_test_add_func ("/inspector/tunnel/gaps", test_gaps);
  g_test_add_func ("/inspector/tunnel/room", test_room);
  return g_test_run ();
}
