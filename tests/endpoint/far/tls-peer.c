/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/tls-peer.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint/knock.h"
#include "lib/turns.h"

#define CHANGE_CIPHER_SPEC_SIZE 6

static ssize_t
push (gnutls_transport_ptr_t data,
      const void            *bytes,
      size_t                 size)
{
  TlsPeer *self = data;

  g_byte_array_append (self->sent, bytes, size);
  return size;
}

static ssize_t
pull (gnutls_transport_ptr_t data,
      void                  *bytes,
      size_t                 size)
{
  TlsPeer *self = data;
  gsize n = MIN (size, self->received->len);

  if (n == 0 && self->has_ended)
    return 0;
  if (n == 0)
    {
      gnutls_transport_set_errno (self->session, EAGAIN);
      return -1;
    }

  memcpy (bytes, self->received->data, n);
  g_byte_array_remove_range (self->received, 0, n);
  return n;
}

static gboolean
on_readable (int          fd,
             GIOCondition condition,
             gpointer     data)
{
  TlsPeer *self = data;
  guint8 bytes[16384];
  gssize n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT);

  if (n > 0)
    g_byte_array_append (self->received, bytes, n);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
    return G_SOURCE_CONTINUE;

  self->has_ended = TRUE;
  self->source = 0;
  return G_SOURCE_REMOVE;
}

static gnutls_certificate_credentials_t
make_credentials (void)
{
  gnutls_certificate_credentials_t credentials;

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&credentials), ==, 0);
  return credentials;
}

void
tls_peer_set_reads (TlsPeer *self,
                    gboolean reads)
{
  if (!reads && self->source != 0)
    {
      g_source_remove (self->source);
      self->source = 0;
    }
  else if (reads && self->source == 0 && self->fd >= 0 && !self->has_ended)
    self->source = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP, on_readable, self);
}

TlsPeer *
tls_peer_new (guint16     port,
              const char *priority,
              GBytes     *ticket)
{
  return tls_peer_new_for_fd (knock_dial (port), priority, ticket, 0);
}

TlsPeer *
tls_peer_new_for_fd (int         fd,
                     const char *priority,
                     GBytes     *ticket,
                     guint       flags)
{
  const gnutls_datum_t protocol = { (guint8 *) "http/1.1", 8 };
  TlsPeer *self = g_new0 (TlsPeer, 1);

  self->fd = fd;
  self->sent = g_byte_array_new ();
  self->received = g_byte_array_new ();
  tls_peer_set_reads (self, TRUE);
  flags |= GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;
  g_assert_cmpint (gnutls_init (&self->session, flags), ==, 0);
  g_assert_cmpint (gnutls_priority_set_direct (self->session, priority, NULL), ==, 0);
  gnutls_session_set_ptr (self->session, make_credentials ());
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE,
                          gnutls_session_get_ptr (self->session));
  gnutls_alpn_set_protocols (self->session, &protocol, 1, 0);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, push);
  gnutls_transport_set_pull_function (self->session, pull);
  if (ticket != NULL)
    gnutls_session_set_data (self->session, g_bytes_get_data (ticket, NULL),
                             g_bytes_get_size (ticket));
  return self;
}

void
tls_peer_set_certificate (TlsPeer         *self,
                          GTlsCertificate *certificate)
{
  g_autofree char *text = NULL;
  g_autofree char *key = NULL;

  g_object_get (certificate, "certificate-pem", &text, "private-key-pem", &key, NULL);

  const gnutls_datum_t texts[] = {
    { (guint8 *) text, strlen (text) },
    { (guint8 *) key, strlen (key) }
  };

  g_assert_cmpint (gnutls_certificate_set_x509_key_mem (gnutls_session_get_ptr (self->session),
                                                        &texts[0], &texts[1], GNUTLS_X509_FMT_PEM),
                   >=, 0);
}

void
tls_peer_hang_up (TlsPeer *self)
{
  tls_peer_set_reads (self, FALSE);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
tls_peer_reset (TlsPeer *self)
{
  const struct linger at_once = { 1, 0 };

  g_assert_cmpint (setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==, 0);
  tls_peer_hang_up (self);
}

void
tls_peer_free (TlsPeer *self)
{
  gnutls_certificate_credentials_t credentials = gnutls_session_get_ptr (self->session);

  tls_peer_hang_up (self);
  gnutls_deinit (self->session);
  gnutls_certificate_free_credentials (credentials);
  g_byte_array_unref (self->sent);
  g_byte_array_unref (self->received);
  g_free (self);
}

static gboolean
is_again (int result)
{
  return result < 0 && !gnutls_error_is_fatal (result);
}

/* Runs one turn of the main loop, in which an event must occur. */
static void
wait_for_something (void)
{
  guint limit = begin_wait (30);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

/* A change_cipher_spec alone, which TLS 1.3 sends for compatibility only, does not count as a
 * flight. */
gboolean
tls_peer_make_flight (TlsPeer *self)
{
  while (TRUE)
    {
      int result = gnutls_handshake (self->session);

      if (self->sent->len > CHANGE_CIPHER_SPEC_SIZE || !is_again (result))
        return !is_again (result);

      wait_for_something ();
    }
}

void
tls_peer_send_raw (TlsPeer      *self,
                   const guint8 *bytes,
                   gsize         length)
{
  while (length > 0)
    {
      gssize n = send (self->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno != EAGAIN && errno != EINTR)
        return;                 /* the server accepts no more */
      if (n < 0)
        g_main_context_iteration (NULL, FALSE);
      bytes += MAX (n, 0);
      length -= MAX (n, 0);
    }
}

void
tls_peer_deliver (TlsPeer *self)
{
  tls_peer_send_raw (self, self->sent->data, self->sent->len);
  g_byte_array_set_size (self->sent, 0);
}

void
tls_peer_do_handshake (TlsPeer *self)
{
  gboolean is_over;

  do
    {
      is_over = tls_peer_make_flight (self);
      tls_peer_deliver (self);
    }
  while (!is_over);
}

void
tls_peer_write (TlsPeer    *self,
                const char *text)
{
  g_assert_cmpint (gnutls_record_send (self->session, text, strlen (text)), ==, strlen (text));
  tls_peer_deliver (self);
}

gssize
tls_peer_receive (TlsPeer *self,
                  void    *bytes,
                  gsize    size)
{
  while (TRUE)
    {
      gssize n = gnutls_record_recv (self->session, bytes, size);

      if (n >= 0 || !is_again (n))
        return n;

      wait_for_something ();
    }
}

gboolean
tls_peer_expect (TlsPeer    *self,
                 const char *text)
{
  g_autoptr (GString) received = g_string_new (NULL);

  while (strstr (received->str, text) == NULL)
    {
      char bytes[4096];
      gssize n = tls_peer_receive (self, bytes, sizeof bytes);

      if (n <= 0)
        return FALSE;

      g_string_append_len (received, bytes, n);
    }

  return TRUE;
}

void
tls_peer_run_until_end (TlsPeer *self)
{
  while (!self->has_ended)
    wait_for_something ();
}

GBytes *
tls_peer_get_ticket (TlsPeer *self)
{
  gnutls_datum_t data;

  g_assert_cmpint (gnutls_session_get_data2 (self->session, &data), ==, 0);

  GBytes *ticket = g_bytes_new (data.data, data.size);

  gnutls_free (data.data);
  return ticket;
}
