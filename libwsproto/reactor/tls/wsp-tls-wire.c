/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-wire-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define MAX_RECORD_SIZE (18 * 1024)     /* 16 KiB of plain text, encrypted */

static void
keep_rest (WspTlsRest   *self,
           const guint8 *bytes,
           gsize         length)
{
  self->memory = self->at = g_memdup2 (bytes, length);
  self->length = length;
}

static void
drop_rest (WspTlsRest *self)
{
  g_free (self->memory);
  *self = (WspTlsRest) { NULL, NULL, 0 };
}

/* More behind what waits already. */
static void
extend_rest (WspTlsRest   *self,
             const guint8 *bytes,
             gsize         length)
{
  guint8 *memory = g_malloc (self->length + length);

  memcpy (memory, self->at, self->length);
  memcpy (memory + self->length, bytes, length);
  g_free (self->memory);
  self->memory = self->at = memory;
  self->length += length;
}

/* How many have left.  What can never leave counts as if it had. */
static gsize
send_bytes (WspTlsWire   *self,
            const guint8 *bytes,
            gsize         length)
{
  gssize n;

  if (self->send_error != 0)
    return length;

  do
    n = send (self->fd, bytes, length, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  if (n >= 0)
    return n;
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return 0;

  self->send_error = errno;
  return length;
}

void
wsp_tls_wire_send_unsent (WspTlsWire *self)
{
  gsize n;

  if (self->unsent.length == 0)
    return;

  n = send_bytes (self, self->unsent.at, self->unsent.length);
  self->unsent.at += n;
  self->unsent.length -= n;
  if (self->unsent.length == 0)
    drop_rest (&self->unsent);
}

/* Empties the room for output: what does not leave becomes the wire's own. */
static void
send_output (WspTlsWire *self)
{
  WspTlsRooms *rooms = self->rooms;
  gsize length = rooms->n_output, n;

  rooms->n_output = 0;
  wsp_tls_wire_send_unsent (self);
  if (length == 0)
    return;

  if (self->unsent.length > 0)
    {
      extend_rest (&self->unsent, rooms->output, length);
      return;
    }

  n = send_bytes (self, rooms->output, length);
  if (n < length)
    keep_rest (&self->unsent, rooms->output + n, length - n);
}

static void
put_output (WspTlsWire   *self,
            const guint8 *bytes,
            gsize         length)
{
  WspTlsRooms *rooms = self->rooms;

  while (length > 0)
    {
      gsize n = MIN (length, WSP_TLS_OUTPUT_SIZE - rooms->n_output);

      memcpy (rooms->output + rooms->n_output, bytes, n);
      rooms->n_output += n;
      bytes += n;
      length -= n;
      if (rooms->n_output == WSP_TLS_OUTPUT_SIZE)
        send_output (self);
    }
}

static ssize_t
push (gnutls_transport_ptr_t data,
      const giovec_t        *vectors,
      int                    n_vectors)
{
  gsize total = 0;

  for (int i = 0; i < n_vectors; i++)
    {
      put_output (data, vectors[i].iov_base, vectors[i].iov_len);
      total += vectors[i].iov_len;
    }

  return total;
}

/* A room that was not filled has all there was. */
static ssize_t
receive (WspTlsWire *self)
{
  gssize n;

  do
    n = recv (self->fd, self->rooms->input, WSP_TLS_INPUT_SIZE, 0);
  while (n < 0 && errno == EINTR);

  self->n_receives = n == WSP_TLS_INPUT_SIZE ? self->n_receives - 1 : 0;
  if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    self->receive_error = errno;
  self->unread.at = self->rooms->input;
  self->unread.length = MAX (n, 0);
  return n;
}

gboolean
wsp_tls_wire_read_past (WspTlsWire *self)
{
  ssize_t n;

  g_assert (!self->rooms->is_busy);
  drop_rest (&self->unread);
  n = receive (self);
  drop_rest (&self->unread);
  return n > 0 || (n < 0 && self->receive_error == 0);
}

static ssize_t
pull (gnutls_transport_ptr_t data,
      void                  *bytes,
      size_t                 size)
{
  WspTlsWire *self = data;
  gsize n;

  if (self->unread.length == 0)
    {
      ssize_t received = -1;

      drop_rest (&self->unread);
      errno = EAGAIN;
      if (self->n_receives > 0)
        received = receive (self);
      if (received <= 0)
        return received;
    }

  n = MIN (size, self->unread.length);
  memcpy (bytes, self->unread.at, n);
  self->unread.at += n;
  self->unread.length -= n;
  return n;
}

static int
pull_timeout (gnutls_transport_ptr_t data,
              unsigned int           milliseconds)
{
  WspTlsWire *self = data;

  return self->unread.length > 0;
}

/* The bytes stay untouched until there are some. */
void
wsp_tls_rooms_init (WspTlsRooms *self)
{
  self->is_busy = FALSE;
  self->n_output = 0;
}

void
wsp_tls_wire_init (WspTlsWire  *self,
                   WspTlsRooms *rooms,
                   int          fd)
{
  self->rooms = rooms;
  self->fd = fd;
}

void
wsp_tls_wire_clear (WspTlsWire *self)
{
  drop_rest (&self->unread);
  drop_rest (&self->unsent);
}

void
wsp_tls_wire_attach (WspTlsWire      *self,
                     gnutls_session_t session)
{
  gnutls_transport_set_ptr (session, self);
  gnutls_transport_set_pull_function (session, pull);
  gnutls_transport_set_pull_timeout_function (session, pull_timeout);
  gnutls_transport_set_vec_push_function (session, push);
}

void
wsp_tls_wire_begin_call (WspTlsWire *self,
                         guint       n_receives)
{
  g_assert (!self->rooms->is_busy && self->rooms->n_output == 0);

  self->rooms->is_busy = TRUE;
  self->n_receives = n_receives;
}

void
wsp_tls_wire_end_call (WspTlsWire *self)
{
  if (self->unread.length == 0)
    drop_rest (&self->unread);
  else if (self->unread.memory == NULL)
    keep_rest (&self->unread, self->unread.at, self->unread.length);
  send_output (self);
  self->rooms->is_busy = FALSE;
}

gboolean
wsp_tls_wire_may_receive (WspTlsWire *self)
{
  return self->n_receives > 0 || self->unread.length > 0;
}

void
wsp_tls_wire_make_room (WspTlsWire *self)
{
  if (self->rooms->n_output > WSP_TLS_OUTPUT_SIZE - MAX_RECORD_SIZE)
    send_output (self);
}
