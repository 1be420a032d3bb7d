/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* libwebsockets as a peer; README.md in the folder above has the command line and the events. */

#include <libwebsockets.h>

#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_HEX 64
#define MAX_OFFER 200
#define MAX_URI 300

typedef struct
{
  bool is_server, is_echo, is_quiet;
  const char *deflate, *cert, *key, *ca, *protocol;
  char **words;                 /* words of a client: the URI, then the steps */
  int n_words;
} Options;

/* A message to be sent, after LWS_PRE bytes of room. */
typedef struct Message
{
  struct Message *next;
  unsigned char *room;
  size_t length, at;
  enum lws_write_protocol kind;
  int n_fragments;
} Message;

typedef struct
{
  unsigned char *received;          /* the received part of a message */
  size_t n_received, n_room;
  bool is_binary;
  Message *first, **last;
  int n_steps_done;
  unsigned char *expected;      /* expected message of the step in progress */
  size_t n_expected;
  bool is_closing;
} Session;

static Options options;
static struct lws_context *context;
static bool has_ended;          /* the only conversation of a client without --echo */

static void
tell_hex (const unsigned char *bytes,
          size_t               n)
{
  for (size_t i = 0; i < n; i++)
    printf ("%02x", bytes[i]);
}

static void
tell_message (const Session *session)
{
  unsigned char digest[SHA256_DIGEST_SIZE];
  struct sha256_ctx sha256;

  if (options.is_quiet)
    return;

  sha256_init (&sha256);
  sha256_update (&sha256, session->n_received, session->received);
  sha256_digest (&sha256, sizeof digest, digest);
  printf ("{\"event\": \"message\", \"type\": \"%s\", \"length\": %zu, \"sha256\": \"",
          session->is_binary ? "binary" : "text", session->n_received);
  tell_hex (digest, sizeof digest);
  printf ("\", \"hex\": \"");
  tell_hex (session->received, session->n_received <= MAX_HEX ? session->n_received : 0);
  puts ("\"}");
}

static void
tell_echo (const Session *session)
{
  bool is_equal = session->n_received == session->n_expected &&
                  memcmp (session->received, session->expected, session->n_received) == 0;

  printf ("{\"event\": \"echo\", \"type\": \"%s\", \"length\": %zu, \"is_equal\": %s}\n",
          session->is_binary ? "binary" : "text", session->n_received, is_equal ? "true" : "false");
}

/* The response of a server: its client has it only until it reports the connection as
 * established.  A libwebsockets server never reports its response. */
static char agreed[MAX_OFFER];

static void
tell_open (struct lws *wsi)
{
  const struct lws_protocols *protocol = lws_get_protocol (wsi);
  char token[100] = "";

  if (options.is_quiet)
    return;

  lws_hdr_custom_copy (wsi, token, sizeof token, "x-token:", 8);
  if (strcmp (protocol->name, "any") == 0)
    printf ("{\"event\": \"open\", \"protocol\": null, ");
  else
    printf ("{\"event\": \"open\", \"protocol\": \"%s\", ", protocol->name);
  printf (agreed[0] != 0 ? "\"extensions\": \"%s\", " : "\"extensions\": null, ", agreed);
  printf (token[0] != 0 ? "\"header\": \"%s\"}\n" : "\"header\": null}\n", token);
}

static void
tell_close (const unsigned char *payload,
            size_t               length)
{
  unsigned code = length >= 2 ? (unsigned) payload[0] << 8 | payload[1] : 1005;
  int n_reason = length >= 2 ? (int) length - 2 : 0;

  if (!options.is_quiet)
    printf ("{\"event\": \"close\", \"code\": %u, \"reason\": \"%.*s\"}\n", code, n_reason,
            n_reason > 0 ? (const char *) payload + 2 : "");
}

static void
session_queue (struct lws             *wsi,
               Session                *session,
               const unsigned char    *payload,
               size_t                  length,
               enum lws_write_protocol kind,
               int                     n_fragments)
{
  Message *message = calloc (1, sizeof *message);

  message->room = malloc (LWS_PRE + length + 1);
  if (length > 0)
    memcpy (message->room + LWS_PRE, payload, length);
  message->length = length;
  message->kind = kind;
  message->n_fragments = n_fragments;
  *session->last = message;
  session->last = &message->next;
  lws_callback_on_writable (wsi);
}

static void
session_drop_first (Session *session)
{
  Message *message = session->first;

  session->first = message->next;
  if (session->first == NULL)
    session->last = &session->first;
  free (message->room);
  free (message);
}

static void
fill_payload (unsigned char *bytes,
              size_t         n,
              bool           is_text)
{
  for (size_t i = 0; i < n; i++)
    bytes[i] = !is_text ? (unsigned char) (i * 7 % 251)
                : i == n - 1 && n % 2 == 1 ? 'x' : i % 2 == 0 ? 0xc3 : 0xa9;
}

/* Text in which earlier words are repeated at growing distances; peer.py explains why. */
static void
fill_noise (unsigned char *bytes,
            size_t         n)
{
  size_t at = 0, length = 384;
  uint32_t state = 1;

  while (at < n)
    {
      for (size_t i = 0; i < 2 * length && at < n; i++, at++)
        {
          state = state * 1664525 + 1013904223;
          bytes[at] = i < length ? "0123456789abcdef"[state >> 28]
                                  : bytes[at - length];
        }
      length = length < 24576 ? 2 * length : 384;
    }
}

/* "close:CODE:REASON", "ping:WORD", "noise:SIZE", "text:SIZE:FRAGMENTS" or "binary:…" */
static void
take_step (struct lws *wsi,
           Session    *session,
           const char *step)
{
  char kind[10] = "", second[100] = "", third[100] = "";
  bool is_text;

  sscanf (step, "%9[^:]:%99[^:]:%99[^:]", kind, second, third);
  if (strcmp (kind, "close") == 0)
    {
      if (second[0] != 0)
        lws_close_reason (wsi, (enum lws_close_status) atoi (second), (unsigned char *) third,
                          strlen (third));
      session->is_closing = true;
      lws_callback_on_writable (wsi);
      return;
    }
  if (strcmp (kind, "ping") == 0)
    {
      session_queue (wsi, session, (unsigned char *) second, strlen (second), LWS_WRITE_PING, 1);
      return;
    }

  is_text = strcmp (kind, "binary") != 0;
  session->n_expected = strtoul (second, NULL, 10);
  session->expected = realloc (session->expected, session->n_expected + 1);
  if (strcmp (kind, "noise") == 0)
    fill_noise (session->expected, session->n_expected);
  else
    fill_payload (session->expected, session->n_expected, is_text);
  session_queue (wsi, session, session->expected, session->n_expected,
                 is_text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY, third[0] != 0 ? atoi (third) : 1);
}

static void
take_next_step (struct lws *wsi,
                Session    *session)
{
  int at = session->n_steps_done + !options.is_server;

  if (at < options.n_words)
    {
      session->n_steps_done++;
      take_step (wsi, session, options.words[at]);
    }
}

static bool
has_steps (void)
{
  return !options.is_echo && options.n_words > !options.is_server;
}

static void
receive (struct lws *wsi,
         Session    *session,
         const void *in,
         size_t      length)
{
  if (session->n_received + length > session->n_room)
    {
      session->n_room = 2 * (session->n_received + length);
      session->received = realloc (session->received, session->n_room);
    }
  if (length > 0)
    memcpy (session->received + session->n_received, in, length);
  session->n_received += length;
  session->is_binary = lws_frame_is_binary (wsi);
  if (!lws_is_final_fragment (wsi))
    return;

  if (has_steps ())
    {
      tell_echo (session);
      take_next_step (wsi, session);
    }
  else
    {
      tell_message (session);
      session_queue (wsi, session, session->received, session->n_received,
                     session->is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT, 1);
    }
  session->n_received = 0;
}

static void
receive_pong (struct lws          *wsi,
              Session             *session,
              const unsigned char *payload,
              size_t               length)
{
  if (!has_steps ())
    return;

  printf ("{\"event\": \"pong\", \"is_equal\": true, \"hex\": \"");
  tell_hex (payload, length);
  puts ("\"}");
  take_next_step (wsi, session);
}

static int
write_fragment (struct lws *wsi,
                Message    *message)
{
  const size_t size = (message->length + message->n_fragments - 1) / message->n_fragments;
  const size_t left = message->length - message->at;
  const bool is_first = message->at == 0, is_last = size == 0 || left <= size;
  const size_t n = is_last ? left : size;
  int flags = message->kind;

  if (message->n_fragments > 1 && message->kind != LWS_WRITE_PING)
    flags = lws_write_ws_flags (message->kind, is_first, is_last);
  if (lws_write (wsi, message->room + LWS_PRE + message->at, n, flags) < 0)
    return -1;

  message->at += n;
  return is_last;
}

static int
write_next (struct lws *wsi,
            Session    *session)
{
  int result;

  if (session->first == NULL)
    return session->is_closing ? -1 : 0;

  result = write_fragment (wsi, session->first);
  if (result > 0)
    session_drop_first (session);
  if (session->first != NULL)
    lws_callback_on_writable (wsi);
  return result < 0 ? -1 : 0;
}

static void
session_begin (struct lws *wsi,
               Session    *session)
{
  session->last = &session->first;
  tell_open (wsi);
  if (has_steps ())
    take_next_step (wsi, session);
}

static void
session_end (Session *session)
{
  while (session->first != NULL)
    session_drop_first (session);
  free (session->received);
  free (session->expected);
}

static int
is_refused (struct lws *wsi)
{
  char path[100];

  return lws_hdr_copy (wsi, path, sizeof path, WSI_TOKEN_GET_URI) > 0 &&
         strcmp (path, "/refused") == 0;
}

static int
on_event (struct lws               *wsi,
          enum lws_callback_reasons reason,
          void                     *user,
          void                     *in,
          size_t                    length)
{
  Session *session = user;
  int result = 0;

  if (reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION)
    result = is_refused (wsi);
  else if (reason == LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH)
    lws_hdr_copy (wsi, agreed, sizeof agreed, WSI_TOKEN_EXTENSIONS);
  else if (reason == LWS_CALLBACK_ESTABLISHED || reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
    session_begin (wsi, session);
  else if (reason == LWS_CALLBACK_RECEIVE || reason == LWS_CALLBACK_CLIENT_RECEIVE)
    receive (wsi, session, in, length);
  else if (reason == LWS_CALLBACK_SERVER_WRITEABLE || reason == LWS_CALLBACK_CLIENT_WRITEABLE)
    result = write_next (wsi, session);
  else if (reason == LWS_CALLBACK_RECEIVE_PONG || reason == LWS_CALLBACK_CLIENT_RECEIVE_PONG)
    receive_pong (wsi, session, in, length);
  else if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE)
    tell_close (in, length);
  else if (reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR)
    printf ("{\"event\": \"error\", \"text\": \"%s\"}\n", in != NULL ? (char *) in : "");
  else if (reason == LWS_CALLBACK_CLOSED || reason == LWS_CALLBACK_CLIENT_CLOSED)
    session_end (session);
  if (!options.is_server && !options.is_echo &&
      (reason == LWS_CALLBACK_CLIENT_CLOSED || reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR))
    has_ended = true;
  fflush (stdout);
  return result;
}

static void
connect_to (char *uri)
{
  struct lws_client_connect_info info = { .context = context, .ietf_version_or_minus_one = -1 };
  const char *scheme, *address, *path;
  char full_path[MAX_URI], host[MAX_URI];
  int port;

  if (lws_parse_uri (uri, &scheme, &address, &port, &path) != 0)
    return;

  snprintf (full_path, sizeof full_path, "/%s", path);
  snprintf (host, sizeof host, "%s:%d", address, port);
  info.address = address;
  info.port = port;
  info.path = full_path;
  info.host = host;
  info.protocol = options.protocol;
  info.local_protocol_name = options.protocol != NULL ? options.protocol : "any";
  info.ssl_connection = strcmp (scheme, "wss") == 0 ? LCCSCF_USE_SSL : 0;
  lws_client_connect_via_info (&info);
}

/* The URIs of an echo client arrive on standard input, which the loop polls like a socket. */
static int
on_input (struct lws               *wsi,
          enum lws_callback_reasons reason,
          void                     *user,
          void                     *in,
          size_t                    length)
{
  static char line[MAX_URI];
  static size_t n_line;
  char bytes[4096];
  ssize_t n;

  if (reason != LWS_CALLBACK_RAW_RX_FILE)
    return 0;

  n = read (0, bytes, sizeof bytes);
  if (n <= 0)
    exit (0);
  for (ssize_t i = 0; i < n; i++)
    {
      line[n_line] = bytes[i] == '\n' ? 0 : bytes[i];
      if (bytes[i] != '\n')
        n_line = (n_line + 1) % sizeof line;
      else
        {
          connect_to (line);
          n_line = 0;
        }
    }
  return 0;
}

static void
options_parse (int    argc,
               char **argv)
{
  options.is_server = argc > 1 && strcmp (argv[1], "server") == 0;
  options.words = argv;
  for (int i = 2; i < argc; i++)
    if (strcmp (argv[i], "--echo") == 0)
      options.is_echo = true;
    else if (strcmp (argv[i], "--quiet") == 0)
      options.is_quiet = true;
    else if (strncmp (argv[i], "--deflate", 9) == 0)
      options.deflate = argv[i][9] == '=' ? argv[i] + 10 : "";
    else if (strncmp (argv[i], "--cert=", 7) == 0)
      options.cert = argv[i] + 7;
    else if (strncmp (argv[i], "--key=", 6) == 0)
      options.key = argv[i] + 6;
    else if (strncmp (argv[i], "--ca=", 5) == 0)
      options.ca = argv[i] + 5;
    else if (strncmp (argv[i], "--protocol=", 11) == 0)
      options.protocol = argv[i] + 11;
    else
      options.words[options.n_words++] = argv[i];
}

static void
listen_and_tell (void)
{
  printf ("{\"event\": \"listening\", \"port\": %d}\n",
          lws_get_vhost_listen_port (lws_get_vhost_by_name (context, "default")));
}

static void
begin_client (void)
{
  if (options.is_echo)
    lws_adopt_descriptor_vhost (lws_get_vhost_by_name (context, "default"), LWS_ADOPT_RAW_FILE_DESC,
                                (lws_sock_file_fd_type) { .filefd = 0 }, "input", NULL);
  else if (options.n_words > 0)
    connect_to (strdup (options.words[0]));
}

int
main (int    argc,
      char **argv)
{
  /* The first protocol is used for clients that offer none. */
  static const struct lws_protocols protocols[] = {
    { .name = "any", .callback = on_event, .per_session_data_size = sizeof (Session), .rx_buffer_size = 65536 },
    { .name = "chat", .callback = on_event, .per_session_data_size = sizeof (Session), .rx_buffer_size = 65536 },
    { .name = "input", .callback = on_input },
    { .name = NULL },
  };
  static char offer[MAX_OFFER];
  static struct lws_extension extensions[] = {
    { "permessage-deflate", lws_extension_callback_pm_deflate, offer },
    { NULL },
  };
  struct lws_context_creation_info info = { .iface = "127.0.0.1", .protocols = protocols,
                                            .gid = (gid_t) -1, .uid = (uid_t) -1 };

  options_parse (argc, argv);
  info.port = options.is_server ? 0 : CONTEXT_PORT_NO_LISTEN;
  if (options.deflate != NULL)
    {
      snprintf (offer, sizeof offer, "permessage-deflate%s%s", options.deflate[0] != 0 ? "; " : "",
                options.deflate);
      info.extensions = extensions;
    }
  info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
  if (options.cert != NULL || options.ca != NULL)
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.ssl_cert_filepath = options.cert;
  info.ssl_private_key_filepath = options.key;
  info.client_ssl_ca_filepath = options.ca;
  lws_set_log_level (LLL_ERR, NULL);
  context = lws_create_context (&info);
  if (context == NULL)
    return 1;

  printf ("{\"event\": \"version\", \"name\": \"libwebsockets\", \"version\": \"%s\"}\n",
          lws_get_library_version ());
  if (options.is_server)
    listen_and_tell ();
  else
    begin_client ();
  fflush (stdout);
  while (!has_ended && lws_service (context, 0) >= 0)
    continue;
  lws_context_destroy (context);
  return 0;
}
