/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-wire-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "system/sockets.h"

#define MAX_RECORD_SIZE (18 * 1024)     /* 16 KiB of plain text, encrypted */
/* GnuTLS looks at the length of a message of a handshake only when all of it has arrived: of a
 * message of 16 MiB it keeps what arrives. */
#define MAX_WITHOUT_DATA (256 * 1024)

/* TLS 1.3 has the record for proxies on the way only (RFC 8446 D.4).  A client writes it alone,
 * when it has read a ServerHello; a server, and TLS 1.2, write it together with others. */
static const guint8 change_cipher_spec[] = { 20, 3, 3, 0, 1, 1 };

static void
keep_remainder (WspTlsRemainder *self,
                const guint8    *bytes,
                gsize            length)
{
  self->memory = self->at = g_memdup2 (bytes, length);
  self->length = length;
}

static void
drop_remainder (WspTlsRemainder *self)
{
  g_free (self->memory);
  *self = (WspTlsRemainder) { NULL, NULL, 0 };
}

/* Appends to the bytes that are stored. */
static void
extend_remainder (WspTlsRemainder *self,
                  const guint8    *bytes,
                  gsize            length)
{
  guint8 *memory = g_malloc (self->length + length);

  memcpy (memory, self->at, self->length);
  memcpy (memory + self->length, bytes, length);
  g_free (self->memory);
  self->memory = self->at = memory;
  self->length += length;
}

/* Returns how many bytes were sent.  After an error of the socket, all count as sent. */
static gsize
tls_wire_send_bytes (WspTlsWire   *self,
                     const guint8 *bytes,
                     gsize         length)
{
  gssize n;

  if (self->send_error != 0)
    return length;

  do
    n = wsc_socket_send (self->fd, bytes, length);
  while (n < 0 && errno == EINTR);

  if (n >= 0)
    return n;
  if (errno == EAGAIN)
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

  n = tls_wire_send_bytes (self, self->unsent.at, self->unsent.length);
  self->unsent.at += n;
  self->unsent.length -= n;
  if (self->unsent.length == 0)
    drop_remainder (&self->unsent);
}

/* Empties the output buffer; the wire keeps a copy of what cannot be sent now. */
static void
send_output (WspTlsWire *self)
{
  WspTlsBuffers *buffers = self->buffers;
  gsize length = buffers->n_output, n;

  buffers->n_output = 0;
  wsp_tls_wire_send_unsent (self);
  if (length == 0)
    return;

  if (self->unsent.length > 0)
    {
      extend_remainder (&self->unsent, buffers->output, length);
      return;
    }

  n = tls_wire_send_bytes (self, buffers->output, length);
  if (n < length)
    keep_remainder (&self->unsent, buffers->output + n, length - n);
}

static void
put_output (WspTlsWire   *self,
            const guint8 *bytes,
            gsize         length)
{
  WspTlsBuffers *buffers = self->buffers;

  while (length > 0)
    {
      gsize n = MIN (length, WSP_TLS_OUTPUT_SIZE - buffers->n_output);

      memcpy (buffers->output + buffers->n_output, bytes, n);
      buffers->n_output += n;
      bytes += n;
      length -= n;
      if (buffers->n_output == WSP_TLS_OUTPUT_SIZE)
        send_output (self);
    }
}

static ssize_t
tls_wire_push (gnutls_transport_ptr_t data,
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

/* A buffer that is not full means that no more input is available now. */
static ssize_t
tls_wire_receive (WspTlsWire *self)
{
  gssize n;

  do
    n = recv (self->fd, self->buffers->input, WSP_TLS_INPUT_SIZE, 0);
  while (n < 0 && errno == EINTR);

  self->n_receives = n == WSP_TLS_INPUT_SIZE ? self->n_receives - 1 : 0;
  if (n < 0 && errno != EAGAIN)
    self->receive_error = errno;
  self->unread.at = self->buffers->input;
  self->unread.length = MAX (n, 0);
  self->n_without_data += self->unread.length;
  return n;
}

gboolean
wsp_tls_wire_drop_input (WspTlsWire *self)
{
  ssize_t n;

  g_assert (!self->buffers->is_busy);
  drop_remainder (&self->unread);
  n = tls_wire_receive (self);
  drop_remainder (&self->unread);
  return n > 0 || (n < 0 && self->receive_error == 0);
}

static ssize_t
tls_wire_pull (gnutls_transport_ptr_t data,
               void                  *bytes,
               size_t                 size)
{
  WspTlsWire *self = data;
  gsize n;

  if (self->unread.length == 0)
    {
      ssize_t received = -1;

      drop_remainder (&self->unread);
      errno = EAGAIN;
      if (self->n_receives > 0)
        received = tls_wire_receive (self);
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

/* Does not write to the buffers, so their pages are not allocated before they are used. */
void
wsp_tls_buffers_init (WspTlsBuffers *self)
{
  self->is_busy = FALSE;
  self->n_output = 0;
}

void
wsp_tls_wire_init (WspTlsWire    *self,
                   WspTlsBuffers *buffers,
                   int            fd)
{
  self->buffers = buffers;
  self->fd = fd;
}

void
wsp_tls_wire_clear (WspTlsWire *self)
{
  drop_remainder (&self->unread);
  drop_remainder (&self->unsent);
}

void
wsp_tls_wire_attach (WspTlsWire      *self,
                     gnutls_session_t session)
{
  gnutls_transport_set_ptr (session, self);
  gnutls_transport_set_pull_function (session, tls_wire_pull);
  gnutls_transport_set_pull_timeout_function (session, pull_timeout);
  gnutls_transport_set_vec_push_function (session, tls_wire_push);
}

void
wsp_tls_wire_begin_call (WspTlsWire *self,
                         guint       n_receives)
{
  g_assert (!self->buffers->is_busy && self->buffers->n_output == 0);

  self->buffers->is_busy = TRUE;
  self->n_receives = n_receives;
  if (self->holds_change)
    put_output (self, change_cipher_spec, sizeof change_cipher_spec);
}

/* TRUE: GnuTLS has written a ChangeCipherSpec and waits for the rest of the server's flight.  The
 * record belongs to the client's next flight and is sent with it: one packet less. */
static gboolean
is_change_alone (WspTlsWire *self)
{
  const WspTlsBuffers *buffers = self->buffers;

  return buffers->n_output == sizeof change_cipher_spec &&
         memcmp (buffers->output, change_cipher_spec, sizeof change_cipher_spec) == 0;
}

void
wsp_tls_wire_end_call (WspTlsWire *self)
{
  if (self->unread.length == 0)
    drop_remainder (&self->unread);
  else if (self->unread.memory == NULL)
    keep_remainder (&self->unread, self->unread.at, self->unread.length);
  self->holds_change = is_change_alone (self);
  if (self->holds_change)
    self->buffers->n_output = 0;
  send_output (self);
  self->buffers->is_busy = FALSE;
}

gboolean
wsp_tls_wire_may_receive (WspTlsWire *self)
{
  return self->n_receives > 0 || self->unread.length > 0;
}

gboolean
wsp_tls_wire_is_flooded (WspTlsWire *self)
{
  return self->n_without_data > MAX_WITHOUT_DATA;
}

void
wsp_tls_wire_acknowledge (WspTlsWire *self)
{
  wsc_socket_acknowledge (self->fd);
}

void
wsp_tls_wire_reserve_record (WspTlsWire *self)
{
  if (self->buffers->n_output > WSP_TLS_OUTPUT_SIZE - MAX_RECORD_SIZE)
    send_output (self);
}
