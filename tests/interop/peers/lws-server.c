/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Server of libwebsockets that echoes: /refused is turned away. Tells what it sees, a JSON
   object a line. */

#include <libwebsockets.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGE (1024 * 1024)

typedef struct
{
  unsigned char *message;       /* LWS_PRE octets of room, then what came of the message so far */
  size_t length;
  int is_binary, is_due, is_open;
} Session;

static void
tell_message (const Session *session)
{
  printf ("{\"event\": \"message\", \"type\": \"%s\", \"hex\": \"",
          session->is_binary ? "binary" : "text");
  for (size_t i = 0; i < session->length; i++)
    printf ("%02x", session->message[LWS_PRE + i]);
  puts ("\"}");
}

static int
is_refused (struct lws *wsi)
{
  char path[100];

  return lws_hdr_copy (wsi, path, sizeof path, WSI_TOKEN_GET_URI) > 0
         && strcmp (path, "/refused") == 0;
}

static void
tell_open (struct lws *wsi)
{
  const struct lws_protocols *protocol = lws_get_protocol (wsi);
  char token[100] = "";

  lws_hdr_custom_copy (wsi, token, sizeof token, "x-token:", 8);
  if (strcmp (protocol->name, "any") == 0)
    printf ("{\"event\": \"open\", \"protocol\": null, ");
  else
    printf ("{\"event\": \"open\", \"protocol\": \"%s\", ", protocol->name);
  printf (token[0] != 0 ? "\"header\": \"%s\"}\n" : "\"header\": null}\n", token);
}

static int
receive (struct lws *wsi,
         Session    *session,
         const void *in,
         size_t      length)
{
  if (session->length + length > MAX_MESSAGE)
    return -1;

  memcpy (session->message + LWS_PRE + session->length, in, length);
  session->length += length;
  session->is_binary = lws_frame_is_binary (wsi);
  if (lws_is_final_fragment (wsi))
    {
      tell_message (session);
      session->is_due = 1;
      lws_callback_on_writable (wsi);
    }
  return 0;
}

static int
send_echo (struct lws *wsi,
           Session    *session)
{
  if (!session->is_due)
    return 0;

  lws_write (wsi, session->message + LWS_PRE, session->length,
             session->is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
  session->is_due = 0;
  session->length = 0;
  return 0;
}

static void
tell_close (const unsigned char *payload,
            size_t               length)
{
  unsigned code = length >= 2 ? (unsigned) payload[0] << 8 | payload[1] : 1005;
  int n_reason = length >= 2 ? (int) length - 2 : 0;

  printf ("{\"event\": \"close\", \"code\": %u, \"reason\": \"%.*s\"}\n", code, n_reason,
          n_reason > 0 ? (const char *) payload + 2 : "");
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
  else if (reason == LWS_CALLBACK_ESTABLISHED)
    {
      session->message = malloc (LWS_PRE + MAX_MESSAGE);
      tell_open (wsi);
    }
  else if (reason == LWS_CALLBACK_RECEIVE)
    result = receive (wsi, session, in, length);
  else if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
    result = send_echo (wsi, session);
  else if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE)
    tell_close (in, length);
  else if (reason == LWS_CALLBACK_CLOSED)
    free (session->message);
  fflush (stdout);
  return result;
}

int
main (void)
{
  /* The first protocol serves who offers none. */
  static const struct lws_protocols protocols[] = {
    { .name = "any", .callback = on_event, .per_session_data_size = sizeof (Session), .rx_buffer_size = 65536 },
    { .name = "chat", .callback = on_event, .per_session_data_size = sizeof (Session), .rx_buffer_size = 65536 },
    { .name = NULL },
  };
  struct lws_context_creation_info info = { .port = 0, .iface = "127.0.0.1", .protocols = protocols,
                                            .gid = (gid_t) -1, .uid = (uid_t) -1 };
  struct lws_context *context;
  struct lws_vhost *host;

  lws_set_log_level (LLL_ERR, NULL);
  context = lws_create_context (&info);
  if (context == NULL)
    return 1;

  host = lws_get_vhost_by_name (context, "default");
  printf ("{\"event\": \"version\", \"name\": \"libwebsockets\", \"version\": \"%s\"}\n",
          lws_get_library_version ());
  printf ("{\"event\": \"listening\", \"port\": %d}\n", lws_get_vhost_listen_port (host));
  fflush (stdout);
  while (lws_service (context, 0) >= 0)
    continue;
  lws_context_destroy (context);
  return 0;
}
