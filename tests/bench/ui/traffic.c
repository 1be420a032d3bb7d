/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "traffic.h"

#include <string.h>

#define PERIOD_US 10000
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define REQUEST "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n"
#define TICK "{\"type\":\"tick\",\"price\":1.0871}"

typedef struct
{
  guint  opcode;
  gsize  fragment;
  GBytes *payload;
} Order;

struct _Traffic
{
  GSocketListener *listener;
  guint16          port, proxy_port;
  GThread         *server, *client;     /* threads of the peers; NULL until they are connected */
  GMutex           mutex;
  GCond            changed;
  guint            rate;
  gint64           begin_us;    /* time from which the present rate counts */
  GQueue           orders;      /* orders for the threads (Order) */
  gboolean         is_over;
};

Traffic *
traffic_new (void)
{
  Traffic *self = g_new0 (Traffic, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->listener = g_socket_listener_new ();
  if (!g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL))
    g_error ("no port on loopback");
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return self;
}

guint16
traffic_get_port (Traffic *self)
{
  return self->port;
}

static void
order_free (Order *order)
{
  g_bytes_unref (order->payload);
  g_free (order);
}

/* Payloads below 126 bytes have a length of one byte, the others of eight. */
static void
append_header (GByteArray *bytes,
               guint8      first,
               guint64     length)
{
  guint64 big = GUINT64_TO_BE (length);
  guint8 head[2] = { first, length < 126 ? length : 127 };

  g_byte_array_append (bytes, head, 2);
  if (length >= 126)
    g_byte_array_append (bytes, (const guint8 *) &big, sizeof big);
}

static void
write_bytes (GOutputStream *stream,
             gconstpointer  data,
             gsize          length)
{
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all (stream, data, length, NULL, NULL, &error))
    g_error ("traffic: %s", error->message);
}

static void
wait_for_period (Traffic *self)
{
  gint64 end_us = g_get_monotonic_time () + PERIOD_US;

  g_mutex_lock (&self->mutex);
  while (!self->is_over && g_cond_wait_until (&self->changed, &self->mutex, end_us))
    ;
  g_mutex_unlock (&self->mutex);
}

/* At most one fragment in each period: the proxy leaves out what the window cannot keep. */
static void
write_message (Traffic       *self,
               GOutputStream *stream,
               const Order   *order)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (order->payload, &length);

  for (gsize at = 0; at < length; at += order->fragment)
    {
      gsize n = MIN (order->fragment, length - at);
      g_autoptr (GByteArray) frame = g_byte_array_new ();

      append_header (frame, (at == 0 ? order->opcode : 0) | (at + n == length ? 0x80 : 0), n);
      g_byte_array_append (frame, data + at, n);
      write_bytes (stream, frame->data, frame->len);
      wait_for_period (self);
    }
}

static void
write_ticks (GOutputStream *stream,
             guint64        n)
{
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  for (guint64 i = 0; i < n; i++)
    {
      append_header (frames, 0x81, strlen (TICK));
      g_byte_array_append (frames, (const guint8 *) TICK, strlen (TICK));
    }
  write_bytes (stream, frames->data, frames->len);
}

/* Returns an order; NULL: the time for frames has come, or it is over. */
static Order *
wait_for_order (Traffic *self)
{
  gint64 end_us = g_get_monotonic_time () + PERIOD_US;

  while (!self->is_over && g_queue_is_empty (&self->orders))
    {
      if (self->rate == 0)
        g_cond_wait (&self->changed, &self->mutex);
      else if (!g_cond_wait_until (&self->changed, &self->mutex, end_us))
        break;
    }
  return g_queue_pop_head (&self->orders);
}

/* How many frames of the rate are due and not written yet. */
static guint64
count_due (Traffic *self,
           gint64  *begin_us,
           guint64 *n_written)
{
  guint64 n_due;

  if (self->begin_us != *begin_us)
    *n_written = 0;
  *begin_us = self->begin_us;
  n_due = self->rate * (g_get_monotonic_time () - self->begin_us) / G_USEC_PER_SEC;
  n_due = n_due > *n_written ? n_due - *n_written : 0;
  *n_written += n_due;
  return n_due;
}

static void
serve (Traffic       *self,
       GOutputStream *stream)
{
  gint64 begin_us = 0;
  guint64 n_written = 0;

  g_mutex_lock (&self->mutex);
  while (!self->is_over)
    {
      Order *order = wait_for_order (self);
      guint64 n_due = count_due (self, &begin_us, &n_written);

      g_mutex_unlock (&self->mutex);
      if (order != NULL)
        write_message (self, stream, order);
      g_clear_pointer (&order, order_free);
      if (n_due > 0)
        write_ticks (stream, n_due);
      g_mutex_lock (&self->mutex);
    }
  g_mutex_unlock (&self->mutex);
}

static gpointer
run_server (gpointer data)
{
  Traffic *self = data;
  g_autoptr (GSocketConnection) connection =
    g_socket_listener_accept (self->listener, NULL, NULL, NULL);
  GIOStream *stream = G_IO_STREAM (connection);
  char head[4096];

  /* The request is small, and comes at once. */
  if (g_input_stream_read (g_io_stream_get_input_stream (stream), head, sizeof head, NULL,
                           NULL) <= 0)
    g_error ("traffic: no request");
  write_bytes (g_io_stream_get_output_stream (stream), RESPONSE, strlen (RESPONSE));
  serve (self, g_io_stream_get_output_stream (stream));
  return NULL;
}

static gpointer
run_client (gpointer data)
{
  Traffic *self = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", self->proxy_port, NULL, NULL);
  GIOStream *stream = G_IO_STREAM (connection);
  g_autofree char *buffer = g_malloc (1024 * 1024);

  write_bytes (g_io_stream_get_output_stream (stream), REQUEST, strlen (REQUEST));
  while (g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, 1024 * 1024, NULL,
                              NULL) > 0)
    ;
  return NULL;
}

void
traffic_connect (Traffic *self,
                 guint16  proxy_port)
{
  self->proxy_port = proxy_port;
  self->server = g_thread_new ("server", run_server, self);
  self->client = g_thread_new ("client", run_client, self);
}

void
traffic_set_rate (Traffic *self,
                  guint    rate)
{
  g_mutex_lock (&self->mutex);
  self->rate = rate;
  self->begin_us = g_get_monotonic_time ();
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

void
traffic_send (Traffic *self,
              guint    opcode,
              GBytes  *payload,
              gsize    fragment)
{
  Order *order = g_new (Order, 1);

  *order = (Order) { opcode, fragment, g_bytes_ref (payload) };
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->orders, order);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* The proxy is still there: it passes the end on. */
void
traffic_free (Traffic *self)
{
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->server, g_thread_join);
  g_clear_pointer (&self->client, g_thread_join);
  g_queue_clear_full (&self->orders, (GDestroyNotify) order_free);
  g_object_unref (self->listener);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self);
}
