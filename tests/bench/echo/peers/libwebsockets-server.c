/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* libwebsockets-server PORT [deflate] [CERTIFICATE KEY]: sends every message back */

#include <libwebsockets.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE 65536          /* with its default, 4096, each write would be cut as well */

/* Larger messages are received in pieces, which it mixes up with ten connections. */
#define LARGE_AS_POWER_OF_2 "19"

typedef struct Waiting Waiting;

struct Waiting                  /* a message; its bytes follow, after the room that lws requires */
{
  Waiting *next;
  size_t length;
  enum lws_write_protocol type;
};

typedef struct                  /* of a connection, zeroed by lws */
{
  Waiting *first, **end;
  uint8_t *part;                /* the message in progress, if it is received in pieces */
  size_t part_length, part_capacity;
} Echo;

static uint8_t *
bytes_of (Waiting *waiting)
{
  return (uint8_t *) (waiting + 1) + LWS_PRE;
}

static int
add (struct lws    *wsi,
     Echo          *echo,
     const uint8_t *at,
     size_t         length)
{
  Waiting *waiting = malloc (sizeof *waiting + LWS_PRE + length);

  if (waiting == NULL)
    return -1;
  waiting->next = NULL;
  waiting->length = length;
  waiting->type = lws_frame_is_binary (wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
  memcpy (bytes_of (waiting), at, length);
  if (echo->first == NULL)
    echo->end = &echo->first;
  *echo->end = waiting;
  echo->end = &waiting->next;
  lws_callback_on_writable (wsi);
  return 0;
}

static int
receive (struct lws    *wsi,
         Echo          *echo,
         const uint8_t *at,
         size_t         length)
{
  const int is_end = lws_is_final_fragment (wsi) && lws_remaining_packet_payload (wsi) == 0;
  int result;

  if (is_end && echo->part_length == 0)
    return add (wsi, echo, at, length);
  if (echo->part_length + length > echo->part_capacity)
    {
      echo->part_capacity = 2 * (echo->part_length + length)
                            + (size_t) lws_remaining_packet_payload (wsi);
      echo->part = realloc (echo->part, echo->part_capacity);
      if (echo->part == NULL)
        return -1;
    }
  memcpy (echo->part + echo->part_length, at, length);
  echo->part_length += length;
  if (!is_end)
    return 0;
  result = add (wsi, echo, echo->part, echo->part_length);
  free (echo->part);
  echo->part = NULL;
  echo->part_length = echo->part_capacity = 0;
  return result;
}

static int
send_one (struct lws *wsi,
          Echo       *echo)
{
  Waiting *waiting = echo->first;
  int n;

  if (waiting == NULL)
    return 0;
  n = lws_write (wsi, bytes_of (waiting), waiting->length, waiting->type);
  echo->first = waiting->next;
  free (waiting);
  if (echo->first != NULL)
    lws_callback_on_writable (wsi);
  return n < 0 ? -1 : 0;
}

static int
on_event (struct lws               *wsi,
          enum lws_callback_reasons reason,
          void                     *user,
          void                     *in,
          size_t                    length)
{
  Echo *echo = user;

  switch ((int) reason)
    {
    case LWS_CALLBACK_ESTABLISHED:
      lws_set_extension_option (wsi, "permessage-deflate", "rx_buf_size", LARGE_AS_POWER_OF_2);
      lws_set_extension_option (wsi, "permessage-deflate", "tx_buf_size", LARGE_AS_POWER_OF_2);
      return 0;

    case LWS_CALLBACK_RECEIVE:
      return receive (wsi, echo, in, length);

    case LWS_CALLBACK_SERVER_WRITEABLE:
      return send_one (wsi, echo);

    case LWS_CALLBACK_CLOSED:
      while (echo->first != NULL)
        {
          Waiting *waiting = echo->first;

          echo->first = waiting->next;
          free (waiting);
        }
      free (echo->part);
      return 0;

    default:
      return 0;
    }
}

int
main (int    n_arguments,
      char **arguments)
{
  static const struct lws_protocols protocols[] = {
    { "chat", on_event, sizeof (Echo), READ_SIZE, 0, NULL, 0 },
    { NULL, NULL, 0, 0, 0, NULL, 0 },
  };
  static const struct lws_extension extensions[] = {
    { "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" },
    { NULL, NULL, NULL },
  };
  const int is_deflating = n_arguments > 2 && strcmp (arguments[2], "deflate") == 0;
  const int first = is_deflating ? 3 : 2;
  struct lws_context_creation_info info = {
    .port = n_arguments > 1 ? atoi (arguments[1]) : 0,
    .iface = "lo",
    .protocols = protocols,
    .extensions = is_deflating ? extensions : NULL,
    .options = LWS_SERVER_OPTION_DISABLE_IPV6,
  };
  struct lws_context *context;

  lws_set_log_level (LLL_ERR, NULL);
  if (n_arguments > first + 1)
    {
      info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
      info.ssl_cert_filepath = arguments[first];
      info.ssl_private_key_filepath = arguments[first + 1];
    }
  context = lws_create_context (&info);
  if (context == NULL)
    return 1;
  printf ("port %d\n", lws_get_vhost_listen_port (lws_get_vhost_by_name (context, "default")));
  fflush (stdout);
  while (lws_service (context, 0) >= 0)
    ;
  lws_context_destroy (context);
  return 0;
}
