/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-http-sniffer.h"

#include <string.h>

#include "inspector/listing.h"
#include "inspector/upgrade.h"
#include "lib/rows.h"

#define MAX_STEPS 12
#define REFUSAL "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nno!\r\n"
#define REFUSED(body) "1 opened; 1 request: GET /chat HTTP/1.1; " \
  "1 response: HTTP/1.1 401 Unauthorized; 1 < bytes '" body "'; 1 close: Server refused the upgrade"
#define SECOND "2 opened; 2 request: GET /chat HTTP/1.1; " \
  "2 response: HTTP/1.1 101 Switching Protocols; 2 < text 'Hello'; 2 close: Connection ended without a Close frame"
#define REQUESTED "1 opened; 1 request: GET /chat HTTP/1.1; "
#define ANSWERED "1 response: HTTP/1.1 101 Switching Protocols; "
#define OPEN REQUESTED ANSWERED
#define ENDED "1 close: Connection ended without a Close frame"
#define HELLOS "1 < text 'Hello'; 1 > text 'Hello'; "
#define GUESSED "1 < text 'Hello' guessed; "
#define LETTERS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FRAMES "<" HELLO, ">" MASKED_HELLO

/* A step is > (client) or < (server) and its bytes; !N: so many bytes are missing, !? not known
 * how many; . is the end of the side. */
typedef struct
{
  const char *name, *steps[MAX_STEPS], *listing;
} Case;

static const Case cases[] = {
  { "upgrade/is-found", { ">" UPGRADE_REQUEST, "<" UPGRADE_RESPONSE, FRAMES }, OPEN HELLOS ENDED },
  { "upgrade/frames-may-follow-at-once",
    {
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE HELLO,
    },
    OPEN "1 < text 'Hello'; " ENDED },
  { "upgrade/a-close-frame-makes-it-clean",
    {
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE "\x88\x02\x03\xe8",
    },
    OPEN "1 < Close '\x03\xe8'; 1 close: Connection ended after a Close frame" },
  { "upgrade/a-side-that-failed-the-connection-is-named",
    {
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE "\x81\x01\xff",
      ">\x88\x82\x01\x01\x01\x01\x02\xee",
    },
    OPEN "1 < text '\xff'; 1 > Close '\x03\xef'; 1 close: Failed by the client with 1007: Invalid "
    "payload: data does not match its type, such as text that is not UTF-8" },
  { "upgrade/header-names-in-any-case",
    {
      ">GET / HTTP/1.1\r\nupgrade: h2c, WebSocket\r\n\r\n",
    },
    "1 opened; 1 request: GET / HTTP/1.1; 1 close: Connection ended before the response" },
  { "upgrade/blank-before-the-colon",
    {
      ">GET / HTTP/1.1\r\nUpgrade : websocket\r\n\r\n",
    },
    "1 opened; 1 request: GET / HTTP/1.1; 1 fault: Header name has an invalid character (RFC 6455 4.2.1); "
    "1 close: Connection ended before the response" },
  { "upgrade/folded",
    {
      ">GET / HTTP/1.1\r\nUpgrade: h2c,\r\n\twebsocket\r\n\r\n",
    },
    "1 opened; 1 request: GET / HTTP/1.1; 1 fault: Header line folding is not allowed (RFC 6455 4.2.1); "
    "1 close: Connection ended before the response" },
  { "upgrade/lines-of-line-feeds",
    {
      ">GET / HTTP/1.1 \nUpgrade:\n websocket\n\n",
      "<HTTP/1.1  101 Sure\nUpgrade: websocket\n\n",
      FRAMES,
    },
    "1 opened; 1 request: GET / HTTP/1.1 ; 1 fault: Request line is malformed: expected \"GET path HTTP/1.1\" (RFC 6455 4.2.1); "
    "1 response: HTTP/1.1  101 Sure; 1 fault: Status line is malformed or not HTTP/1.1 (RFC 6455 4.1); " HELLOS ENDED },
  { "upgrade/another-protocol-is-not-shown",
    {
      ">GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
      "<HTTP/1.1 101 Sure\r\nUpgrade: h2c\r\n\r\n",
      FRAMES,
    },
    "" },
  { "upgrade/a-path-that-names-it-is-none",
    {
      ">GET /websocket HTTP/1.1\r\n" HOST "\r\n",
      "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    },
    "" },

  { "before/plain-requests",
    {
      ">GET / HTTP/1.1\r\n\r\n",
      "<HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
      ">GET /a HTTP/1.1\r\n\r\n",
      "<HTTP/1.1 304 Not Modified\r\n\r\n",
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/requests-without-waiting",
    {
      ">GET / HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\n\r\n" UPGRADE_REQUEST,
      "<HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
      "abcHTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/a-body-that-looks-like-an-upgrade",
    {
      ">POST / HTTP/1.1\r\nContent-Length: 21\r\n\r\nUpgrade: websocket\r\n\r" UPGRADE_REQUEST,
      "<HTTP/1.1 100 Continue\r\n\r\n" "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nGET\r\n0\r\nA: b\r\n\r\n" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/chunks-of-the-request",
    {
      ">POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" "a\r\n0123456789\r\n0\r\n\r\n"
      UPGRADE_REQUEST,
      "<HTTP/1.1 204 No Content\r\n\r\n" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/an-empty-line", { ">\r\n\r\n" UPGRADE_REQUEST, "<" UPGRADE_RESPONSE, FRAMES }, OPEN HELLOS ENDED },
  { "before/an-empty-line-between-requests",
    {
      ">GET / HTTP/1.1\r\n\r\n\r\n",
      "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      ">\n" UPGRADE_REQUEST,
      "<\r\n" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/a-proxy-header",
    {
      ">PROXY TCP4 192.0.2.9 192.0.2.2 50000 80\r\n" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/a-proxy-header-and-an-empty-line",
    {
      ">PROXY UNKNOWN\r\n\r\n" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/a-cut-proxy-header", { ">PROXY TCP4 192.0.2.9 192.0" }, "" },
  { "before/a-method-that-begins-like-one",
    {
      ">PROPFIND / HTTP/1.1\r\n\r\n" UPGRADE_REQUEST,
      "<HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "before/interim-responses-are-its-own",
    {
      ">" UPGRADE_REQUEST,
      "<HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" UPGRADE_RESPONSE,
      FRAMES,
    },
    REQUESTED "1 response: HTTP/1.1 103 Early Hints\r\nLink: a; " ANSWERED HELLOS ENDED },

  { "refused/then-asked-again",
    {
      ">" UPGRADE_REQUEST,
      "<" REFUSAL,
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE HELLO,
    },
    REFUSED ("no!\r\n") "; " SECOND },
  { "refused/until-the-end", { ">" UPGRADE_REQUEST, "<HTTP/1.1 401 Unauthorized\r\n\r\nno", "<." }, REFUSED ("no") },
  { "refused/within-its-body",
    {
      ">" UPGRADE_REQUEST,
      "<HTTP/1.1 401 Unauthorized\r\nContent-Length: 99\r\n\r\nno",
    },
    REFUSED ("no") },
  { "refused/another-request-follows",
    {
      ">" UPGRADE_REQUEST "GET / HTTP/1.1\r\n\r\n",
      "<" REFUSAL "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    },
    REFUSED ("no!\r\n") },
  { "refused/by-silence",
    {
      ">" UPGRADE_REQUEST,
    },
    "1 opened; 1 request: GET /chat HTTP/1.1; 1 close: Connection ended before the response" },

  { "tunnel/upgrade-behind-connect",
    {
      ">CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
      "<HTTP/1.1 200 Connection established\r\n\r\n",
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "tunnel/after-a-refusal",
    {
      ">CONNECT a:80 HTTP/1.1\r\n\r\n",
      "<HTTP/1.1 407 Authenticate\r\nContent-Length: 2\r\n\r\nno",
      ">CONNECT a:80 HTTP/1.1\r\n\r\n",
      "<HTTP/1.1 200 Yes\r\n\r\n",
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "tunnel/tls-is-not-read",
    {
      ">CONNECT a:443 HTTP/1.1\r\n\r\n",
      "<HTTP/1.1 200 Yes\r\n\r\n",
      ">\x16\x03\x01\x02\x02",
      "<\x16\x03\x03\x02\x02",
    },
    "" },

  { "other/tls", { ">\x16\x03\x01\x02\x02GET ", "<\x16\x03\x03\x02\x02" }, "" },
  { "other/http-2", { ">PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "<\x01\x01\x04" }, "" },
  { "other/the-server-speaks-first", { "<220 mail.example.com ESMTP\r\n", ">EHLO client\r\n", "<250 ok\r\n" }, "" },
  { "other/frames-where-a-request-should-be",
    {
      ">" MASKED_HELLO MASKED_HELLO MASKED_HELLO,
      "<" HELLO HELLO HELLO,
    },
    "" },
};

/* Whole pieces only: where bytes are missing, the beginning of a segment is a hint. */
static const Case gap_cases[] = {
  { "gap/in-a-message-goes-on-after-it",
    {
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      "<\x81\x7e\x01\x01" "abc",
      "<!251",
      "<xyz" HELLO,
    },
    OPEN "1 < text 'abc'; 1 gap <251; 1 < bytes 'xyz'; 1 < text 'Hello'; " ENDED },
  { "gap/between-frames",
    {
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE HELLO,
      "<!7",
      "<" HELLO HELLO HELLO,
    },
    OPEN "1 < text 'Hello'; 1 gap <7; " GUESSED GUESSED GUESSED ENDED },
  { "gap/of-the-response",
    {
      ">" UPGRADE_REQUEST,
      "<!99",
      "<" HELLO,
      "<" HELLO,
      "<" HELLO,
      ">" MASKED_HELLO,
    },
    REQUESTED "1 gap <99; " GUESSED GUESSED GUESSED "1 > text 'Hello'; " ENDED },
  { "gap/of-the-request",
    { ">!99", "<" UPGRADE_RESPONSE, "<" HELLO, ">" MASKED_HELLO },
    "1 opened; 1 gap >0; 1 < text 'Hello'; 1 > text 'Hello' guessed; " ENDED },
  { "gap/of-both-heads",
    { ">!99", "<!99", "<" HELLO, "<" HELLO, "<" HELLO, ">" MASKED_HELLO },
    "1 opened; 1 gap >0; 1 gap <0; " GUESSED GUESSED GUESSED "1 > text 'Hello' guessed; " ENDED },
  { "gap/in-the-body-of-another-response",
    {
      ">GET / HTTP/1.1\r\n\r\n",
      "<HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc",
      "<!20",
      "<defghij",
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "gap/in-a-head-before-the-upgrade",
    {
      ">GET / HTTP/1.1\r\nA: ",
      ">!20",
      ">b\r\n\r\n",
      "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE,
      FRAMES,
    },
    OPEN HELLOS ENDED },
  { "gap/of-a-refusal",
    {
      ">" UPGRADE_REQUEST,
      "<!99",
      ">" UPGRADE_REQUEST,
      "<" UPGRADE_RESPONSE HELLO,
    },
    REQUESTED "1 gap <99; 1 close: Response is not in the capture; " SECOND },
  { "gap/of-early-frames",
    { ">" UPGRADE_REQUEST, ">!11", ">" MASKED_HELLO, "<" UPGRADE_RESPONSE HELLO },
    REQUESTED "1 gap >11; 1 response: HTTP/1.1 101 Switching Protocols; 1 < text 'Hello'; "
    "1 > text 'Hello' guessed; " ENDED },

  { "middle/of-frames",
    { ">!?", "<!?", "<" HELLO, "<" HELLO, "<" HELLO, ">" MASKED_HELLO },
    "1 opened; 1 gap >0; 1 gap <0; " GUESSED GUESSED GUESSED "1 > text 'Hello' guessed; " ENDED },
  { "middle/one-frame-is-enough-at-the-end",
    { "<!?", "<" HELLO },
    "1 opened; 1 gap >0; 1 gap <0; " GUESSED ENDED },
  { "middle/of-a-frame",
    { "<!?", "<abcd", "<efgh", "<" HELLO, "<" HELLO, "<" HELLO },
    "1 opened; 1 gap >0; 1 gap <0; " GUESSED GUESSED GUESSED ENDED },
  { "middle/a-bad-byte-before-frames",
    { ">!?", "<!?", ">?", ">" MASKED_HELLO, "<" HELLO, ">" MASKED_HELLO, "<" HELLO, ">" MASKED_HELLO },
    "1 opened; 1 gap >0; 1 gap <0; 1 > text 'Hello' guessed; " GUESSED
    "1 > text 'Hello' guessed; " GUESSED "1 > text 'Hello' guessed; " ENDED },
  { "middle/a-frame-that-began-before",
    { "<!?", "<\x01\x05" "Hel", "<lo" HELLO, "<\x01\x7d" "abc", "<" HELLO, "<" HELLO, "<" HELLO },
    "1 opened; 1 gap >0; 1 gap <0; " GUESSED GUESSED GUESSED ENDED },
  { "middle/of-http",
    { ">!?", "<!?", "<body of a page", ">" UPGRADE_REQUEST, "<" UPGRADE_RESPONSE, FRAMES },
    OPEN HELLOS ENDED },
  { "middle/the-request-before-the-gap-of-the-other-side",
    { ">" UPGRADE_REQUEST, "<!?", "<" UPGRADE_RESPONSE, FRAMES }, OPEN HELLOS ENDED },
  { "middle/the-client-is-held-behind-the-gap",
    { ">" UPGRADE_REQUEST, "<!?", ">" MASKED_HELLO, "<" UPGRADE_RESPONSE HELLO },
    REQUESTED "1 > text 'Hello'; " ANSWERED "1 < text 'Hello'; " ENDED },
  { "middle/frames-behind-the-gap",
    { ">" UPGRADE_REQUEST, "<!?", "<" HELLO HELLO HELLO, ">" MASKED_HELLO },
    REQUESTED "1 gap <0; " GUESSED GUESSED GUESSED "1 > text 'Hello'; " ENDED },
  { "middle/another-gap-is-the-response",
    { ">" UPGRADE_REQUEST, "<!?", "<!99", ">" MASKED_HELLO MASKED_HELLO MASKED_HELLO },
    REQUESTED "1 gap <0; 1 > text 'Hello'; 1 > text 'Hello'; 1 > text 'Hello'; " ENDED },
  { "middle/the-response-is-never-seen",
    { ">" UPGRADE_REQUEST, "<!?", ">" MASKED_HELLO },
    REQUESTED "1 gap <0; 1 > text 'Hello'; " ENDED },
  { "middle/of-tls", { ">!?", "<!?", ">\x17\x03\x03\x02\x02", "<\x17\x03\x03\x02\x02" }, "" },
  { "middle/of-letters", { ">!?", ">" LETTERS LETTERS LETTERS LETTERS }, "" },
  { "middle/of-reserved-bits", { "<!?", "<\xa1\x05" "Hello" }, "" },
  { "middle/of-a-length-in-too-many-bytes", { "<!?", "<\x81\x7e\x01\x7f" "Hello" }, "" },
  { "middle/of-both-masks", { "<!?", "<" HELLO MASKED_HELLO HELLO }, "" },
};

typedef struct
{
  WsiStore        *store;
  WsiHttpSniffer  *sniffer;
  WsiTcpCounts     counts;
  WsiTcpConnection connection;
} Scene;

static void
scene_init (Scene *self)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiSegment first = {
    .source = { { 192, 0, 2, 1 }, 4000, G_SOCKET_FAMILY_IPV4 },
    .destination = { { 192, 0, 2, 2 }, 80, G_SOCKET_FAMILY_IPV4 },
  };
  g_autoptr (WsiRecorder) recorder = NULL;

  memset (self, 0, sizeof *self);
  self->store = wsi_store_new_with_limits (&limits);
  recorder = wsi_recorder_new (self->store, WSP_ROLE_CLIENT);
  self->sniffer = wsi_http_sniffer_new (recorder, "test");
  wsi_tcp_connection_init (&self->connection, &first, &wsi_http_sniffer_listener, self->sniffer,
                           &self->counts);
}

static void
scene_clear (Scene *self)
{
  wsi_tcp_connection_clear (&self->connection);
  g_clear_pointer (&self->sniffer, wsi_http_sniffer_free);
  g_clear_object (&self->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
push (Scene      *self,
      guint       side,
      const char *bytes,
      gsize       piece)
{
  gsize length = strlen (bytes);

  while (length > 0 && !self->connection.is_ignored)
    {
      const gsize n = MIN (length, piece);

      wsi_http_sniffer_listener.bytes (&self->connection, side, (const guint8 *) bytes, n, 1,
                                       self->sniffer);
      bytes += n;
      length -= n;
    }
}

static void
play (Scene      *self,
      const char *step,
      gsize       piece)
{
  const WsiTcpListener *listener = &wsi_http_sniffer_listener;
  const guint side = *step == '<' ? 1 : 0;

  if (self->connection.is_ignored)
    return;

  if (strcmp (step + 1, ".") == 0)
    listener->end (&self->connection, side, WSI_TCP_END_FIN, 1, self->sniffer);
  else if (step[1] == '!')
    listener->gap (&self->connection, side,
                   step[2] == '?' ? WSI_TCP_UNKNOWN_LENGTH : g_ascii_strtoull (step + 2, NULL, 10),
                   1, self->sniffer);
  else
    push (self, side, step + 1, piece);
}

static char *
play_all (const Case *test,
          guint       client,
          gsize       piece)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene.connection.client = client;
  for (guint i = 0; test->steps[i] != NULL; i++)
    play (&scene, test->steps[i], piece);
  if (!scene.connection.is_ignored)
    wsi_http_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  return listing_make (scene.store);
}

/* However the bytes are cut, and whether the SYN was seen or not. */
static void
test_case (gconstpointer data)
{
  const Case *test = data;

  for (gsize piece = 1; piece < 400; piece++)
    for (guint client = 0; client <= WSI_TCP_NO_SIDE; client += WSI_TCP_NO_SIDE)
      {
        g_autofree char *listing = play_all (test, client, piece);

        g_assert_cmpstr (listing, ==, test->listing);
      }
}

static void
test_gap_case (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *listing = play_all (test, WSI_TCP_NO_SIDE, G_MAXSIZE);

  g_assert_cmpstr (listing, ==, test->listing);
}

/* Heads of these sizes: a large one is read, a larger one ends at its empty line. */
static const struct
{
  const char *name;
  gsize       n_letters;
  const char *before, *after;   /* text before and after the letters */
  gboolean    is_of_response;
  const char *listing;          /* rows that the sniffer makes; NULL: the same as of a small head */
} size_cases[] = {
  { "request-of-100-kB", 100000, "A: ", "\r\n", FALSE, NULL },
  { "request-of-1-MiB", 1024 * 1024 - 1000, "A: ", "\r\n", FALSE, NULL },
  { "request-of-3-MiB", 3 * 1024 * 1024, "A: ", "\r\n", FALSE,
    "1 opened; 1 gap >0; 1 < text 'Hello'; 1 > text 'Hello' guessed; " },
  { "response-of-100-kB", 100000, "A: ", "\r\n", TRUE, NULL },
  { "response-of-3-MiB", 3 * 1024 * 1024, "A: ", "\r\n", TRUE,
    REQUESTED "1 gap <0; " },
};

static char *
make_large (const char *head,
            gsize       i)
{
  const gsize n_end = strlen ("\r\n");
  g_autoptr (GString) made = g_string_new (head);
  g_autofree char *letters = g_strnfill (size_cases[i].n_letters, 'x');

  g_string_truncate (made, made->len - n_end);
  g_string_append_printf (made, "%s%s%s\r\n", size_cases[i].before, letters,
                          size_cases[i].after);
  return g_string_free (g_steal_pointer (&made), FALSE);
}

static void
test_size (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *request = size_cases[i].is_of_response ? g_strdup (">" UPGRADE_REQUEST)
                             : make_large (">" UPGRADE_REQUEST, i);
  g_autofree char *response = size_cases[i].is_of_response ? make_large ("<" UPGRADE_RESPONSE, i)
                              : g_strdup ("<" UPGRADE_RESPONSE);
  g_autofree char *listing = NULL;

  scene_init (&scene);
  play (&scene, request, 1460);
  play (&scene, response, 1460);
  for (guint n = 0; n < 3; n++)
    {
      play (&scene, "<" HELLO, G_MAXSIZE);
      play (&scene, ">" MASKED_HELLO, G_MAXSIZE);
    }
  wsi_http_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  listing = listing_make (scene.store);

  g_assert_false (scene.connection.is_ignored);
  g_assert_true (g_str_has_prefix (listing, size_cases[i].listing != NULL ? size_cases[i].listing
                                            : OPEN HELLOS));
  g_assert_cmpint (size_cases[i].listing != NULL, ==,
                   wsi_http_sniffer_get_n_lost (scene.sniffer) == 1);
  g_assert_cmpuint (wsi_http_sniffer_get_n_held (scene.sniffer), ==, 0);
  g_assert_true (g_str_has_suffix (listing, ENDED));
}

#define ALL_HELD (16 * 1024 * 1024)

/* Many connections with half a head each share the room, and a small one beside them is read. */
static const struct
{
  const char *name;
  guint       n_connections, n_rounds;
  gsize       n_letters;        /* number of letters of each connection in a round */
} crowds[] = {
  { "large-ones", 400, 3, 60000 },
  { "small-ones-that-grow", 3000, 6, 1500 },
};

static void
test_crowd (gconstpointer data)
{
  const gsize k = GPOINTER_TO_SIZE (data);
  const guint n = crowds[k].n_connections;
  g_auto (Scene) scene = { 0 };
  g_autofree char *letters = g_strnfill (crowds[k].n_letters, 'x');
  g_autofree char *request = g_strconcat ("GET /", letters, NULL);
  g_autofree WsiTcpConnection *connections = g_new0 (WsiTcpConnection, n);
  g_autofree char *listing = NULL;

  scene_init (&scene);
  for (guint i = 0; i < n; i++)
    connections[i] = scene.connection;
  push (&scene, 0, "GET /chat HTT", G_MAXSIZE);
  for (guint round = 0; round < crowds[k].n_rounds; round++)
    for (guint i = 0; i < n; i++)
      wsi_http_sniffer_listener.bytes (&connections[i], 0, (const guint8 *) request,
                                       strlen (request), 1, scene.sniffer);

  g_assert_cmpuint (wsi_http_sniffer_get_n_held (scene.sniffer), <=, ALL_HELD);
  g_assert_cmpuint (wsi_http_sniffer_get_n_lost (scene.sniffer), >, n / 4);
  push (&scene, 0, strstr (UPGRADE_REQUEST, "P/1.1"), G_MAXSIZE);
  push (&scene, 1, UPGRADE_RESPONSE HELLO, G_MAXSIZE);
  for (guint i = 0; i < n; i++)
    if (!connections[i].is_ignored)
      wsi_http_sniffer_listener.close (&connections[i], WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  wsi_http_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  listing = listing_make (scene.store);

  g_assert_cmpstr (listing, ==, OPEN "1 < text 'Hello'; " ENDED);
  g_assert_cmpuint (wsi_http_sniffer_get_n_held (scene.sniffer), ==, 0);
}

#define N_FEEDS 3000

/* Many servers that alone send: none waits for an answer until all have no room. */
static void
test_feeds (void)
{
  const WsiTcpListener *listener = &wsi_http_sniffer_listener;
  g_auto (Scene) scene = { 0 };
  g_autofree char *message = g_strnfill (4 + 2048, 'x');
  g_autofree WsiTcpConnection *connections = g_new0 (WsiTcpConnection, N_FEEDS);

  memcpy (message, "\x81\x7e\x08\0", 4);
  scene_init (&scene);
  for (guint i = 0; i < N_FEEDS; i++)
    {
      connections[i] = scene.connection;
      for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
        listener->gap (&connections[i], side, WSI_TCP_UNKNOWN_LENGTH, 1, scene.sniffer);
    }
  for (guint round = 0; round < 4; round++)
    for (guint i = 0; i < N_FEEDS; i++)
      listener->bytes (&connections[i], 1, (const guint8 *) message, 4 + 2048, 1,
                       scene.sniffer);

  g_assert_cmpuint (wsi_http_sniffer_get_n_lost (scene.sniffer), ==, 0);
  for (guint i = 0; i < N_FEEDS; i++)
    listener->close (&connections[i], WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  g_assert_cmpuint (wsi_http_sniffer_get_n_held (scene.sniffer), ==, 0);
}

/* The bulk of one side is in the middle of a frame; the other side has sent one whole frame. */
static void
test_bulk (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *letters = g_strnfill (100000, 'x');
  g_autofree char *bulk = g_strconcat ("<", letters, NULL);
  g_autofree char *listing = NULL;

  scene_init (&scene);
  scene.connection.client = WSI_TCP_NO_SIDE;
  play (&scene, ">!?", G_MAXSIZE);
  play (&scene, "<!?", G_MAXSIZE);
  play (&scene, ">" MASKED_HELLO, G_MAXSIZE);
  play (&scene, bulk, 1460);
  for (guint n = 0; n < 3; n++)
    play (&scene, "<" HELLO, G_MAXSIZE);
  wsi_http_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  listing = listing_make (scene.store);

  g_assert_nonnull (strstr (listing, "1 > text 'Hello' guessed; "));
  g_assert_nonnull (strstr (listing, GUESSED GUESSED GUESSED));
}

/* A port that is named needs no evidence; HTTP is read as always. */
static void
test_named_port (void)
{
  static const struct
  {
    guint16     port;
    const char *steps[MAX_STEPS], *listing;
  } rows[] = {
    { 81, { ">!?", "<!?", "<xyz" }, "" },
    { 80, { ">!?", "<!?", "<xyz" }, "1 opened; 1 gap >0; 1 gap <0; 1 < bytes 'xyz'; " ENDED },
    { 80, { ">" UPGRADE_REQUEST, "<" UPGRADE_RESPONSE, FRAMES }, OPEN HELLOS ENDED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Scene) scene = { 0 };
      g_autofree char *listing = NULL;

      scene_init (&scene);
      scene.connection.client = WSI_TCP_NO_SIDE;
      wsi_http_sniffer_read_as_websocket (scene.sniffer, rows[i].port);
      for (guint n = 0; rows[i].steps[n] != NULL; n++)
        play (&scene, rows[i].steps[n], G_MAXSIZE);
      wsi_http_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
      listing = listing_make (scene.store);
      g_assert_cmpstr (listing, ==, rows[i].listing);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_EACH_ROW ("/inspector/http-sniffer/%s", cases, test_case);
  ADD_EACH_ROW ("/inspector/http-sniffer/%s", gap_cases, test_gap_case);
  ADD_ROWS ("/inspector/http-sniffer/held", size_cases, test_size);
  g_test_add_func ("/inspector/http-sniffer/middle/of-a-port-that-is-named", test_named_port);
  g_test_add_func ("/inspector/http-sniffer/middle/one-masked-frame-beside-bulk", test_bulk);
  g_test_add_func ("/inspector/http-sniffer/held/many-feeds-do-not-wait", test_feeds);
  ADD_ROWS ("/inspector/http-sniffer/held/many-heads-share-the-room", crowds, test_crowd);

  return g_test_run ();
}
