/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/ticket-server.h"

#include <errno.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "endpoint/far/tls-server.h"

void
ticket_server_plan_init (TicketServerPlan *plan,
                         CertificateKind   certificate,
                         int               n_tickets)
{
  authority_get_certificate (certificate);
  plan->certificate = certificate;
  plan->n_tickets = n_tickets;
  g_assert_cmpint (gnutls_session_ticket_key_generate (&plan->key), ==, GNUTLS_E_SUCCESS);
}

void
ticket_server_plan_clear (TicketServerPlan *plan)
{
  gnutls_free (plan->key.data);
}

static ssize_t
pull (gnutls_transport_ptr_t data,
      void                  *bytes,
      size_t                 size)
{
  FarPeer *peer = data;
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (peer->stream), bytes, size,
                                  peer->cancellable, NULL);

  errno = EIO;                  /* in case that it failed: GnuTLS must not call again */
  return n;
}

static ssize_t
push (gnutls_transport_ptr_t data,
      const void            *bytes,
      size_t                 size)
{
  gboolean is_written = far_write_bytes (data, bytes, size);

  errno = EIO;
  return is_written ? (ssize_t) size : -1;
}

static void
note_handshake (FarPeer         *peer,
                gnutls_session_t session)
{
  if (gnutls_session_get_flags (session) & GNUTLS_SFLAGS_EARLY_DATA)
    far_note (peer->far, "early data");
  far_note (peer->far, gnutls_session_is_resumed (session) ? "resumed" : "full");
}

/* GnuTLS can queue 32 messages. */
static void
send_tickets (gnutls_session_t session,
              guint            n_left)
{
  while (n_left > 0)
    {
      guint n = MIN (n_left, 16);

      if (gnutls_session_ticket_send (session, n, 0) != GNUTLS_E_SUCCESS)
        return;
      n_left -= n;
    }
}

static void
serve (FarPeer                *peer,
       const TicketServerPlan *plan,
       gnutls_session_t        session)
{
  int result;

  if (g_atomic_int_get (&plan->way) == TICKET_SERVER_REFUSES_HELLO)
    {
      gnutls_alert_send (session, GNUTLS_AL_FATAL, GNUTLS_A_HANDSHAKE_FAILURE);
      return;
    }

  if (g_atomic_int_get (&plan->way) == TICKET_SERVER_HOLDS_HELLO)
    return;

  do
    result = gnutls_handshake (session);
  while (result < 0 && gnutls_error_is_fatal (result) == 0);
  if (result != GNUTLS_E_SUCCESS)
    {
      gnutls_alert_send_appropriate (session, result);
      return;
    }

  note_handshake (peer, session);
  if (gnutls_protocol_get_version (session) == GNUTLS_TLS1_3)
    send_tickets (session, g_atomic_int_get (&plan->n_tickets));
  if (g_atomic_int_get (&plan->way) == TICKET_SERVER_ALERTS_RESUMED &&
      gnutls_session_is_resumed (session))
    gnutls_alert_send (session, GNUTLS_AL_FATAL, GNUTLS_A_INTERNAL_ERROR);
  else
    tls_server_respond (session);
}

static char *
read_file (const char *file)
{
  g_autofree char *path = authority_dup_path (file);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* CERTIFICATE_GOOD, and that of the authority behind it. */
static gnutls_certificate_credentials_t
load_chain (void)
{
  g_autofree char *first = read_file ("good.pem");
  g_autofree char *second = read_file ("ca.pem");
  g_autofree char *chain = g_strconcat (first, second, NULL);
  g_autofree char *key = read_file ("key");
  const gnutls_datum_t chain_datum = { (guint8 *) chain, strlen (chain) };
  const gnutls_datum_t key_datum = { (guint8 *) key, strlen (key) };
  gnutls_certificate_credentials_t credentials;

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&credentials), ==, GNUTLS_E_SUCCESS);
  g_assert_cmpint (gnutls_certificate_set_x509_key_mem (credentials, &chain_datum, &key_datum,
                                                        GNUTLS_X509_FMT_PEM), >=, 0);
  return credentials;
}

void
ticket_server_serve (FarPeer *peer,
                     gpointer data)
{
  const TicketServerPlan *plan = data;
  gnutls_certificate_credentials_t credentials =
    plan->shows_authority ? load_chain () : tls_server_load_certificate (plan->certificate);
  gnutls_session_t session;

  gnutls_init (&session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL | GNUTLS_NO_AUTO_SEND_TICKET |
               GNUTLS_ENABLE_EARLY_DATA);
  if (plan->priority != NULL)
    gnutls_priority_set_direct (session, plan->priority, NULL);
  else
    gnutls_set_default_priority (session);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_session_ticket_enable_server (session, &plan->key);
  if (plan->wants_certificate)
    gnutls_certificate_server_set_request (session, GNUTLS_CERT_REQUEST);
  gnutls_transport_set_ptr (session, peer);
  gnutls_transport_set_pull_function (session, pull);
  gnutls_transport_set_push_function (session, push);
  serve (peer, plan, session);
  far_wait_for_end (peer);
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (credentials);
}
