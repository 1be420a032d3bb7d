/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "tls-play.h"

#include <sys/socket.h>
#include <unistd.h>

#define MUCH (256 * 1024)

typedef enum
{
  STEP_GO_ON,                   /* all output leaves, and the session reads what arrives */
  STEP_CUT,                     /* this number of bytes leaves */
  STEP_FLIP,                    /* one bit of the output is changed before it leaves */
  STEP_INSERT,                  /* this number of bytes of the input is sent before the output */
  STEP_WRITE,                   /* the session writes this number of bytes */
  STEP_BYE,
  STEP_CLOSE,                   /* the owner of the transport closes it; the input says how */
  STEP_SHUTDOWN,                /* the owner of the transport shuts it down */
  STEP_AGAIN,                   /* the session begins a handshake, or changes its key */
  STEP_ALERT,                   /* the session sends this alert, fatal or a warning */
  N_STEPS,
} Step;

const char tls_play_pem[] =
  "-----BEGIN CERTIFICATE-----\n"
  "MIIBfzCCASWgAwIBAgIUTu6RMTiEB+riZl/zSCMJBYFAT1cwCgYIKoZIzj0EAwIw\n"
  "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA0NTUwMFoYDzIxMjYxMDI4\n"
  "MDQ1NTAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
  "PQMBBwNCAARfnEViN2aCPUd6IKEUaTxwCKgr5Re5arGDBdqOyrcpJMgUgtTWgXzU\n"
  "1YQNqy8Bf0FqcVBZ+z/+86BlIPaDh2h4o1MwUTAdBgNVHQ4EFgQUuCCFIp1vUgCX\n"
  "x1DRqZiBmbjuKpYwHwYDVR0jBBgwFoAUuCCFIp1vUgCXx1DRqZiBmbjuKpYwDwYD\n"
  "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAm3SUCvTR8tazIqaakqR7\n"
  "6z5NPx5uI8RrgCBh7Yh/NSICIGXcZjw/ZgxChPtFgxOd64A+bFlDUggbEtGdo4Pb\n"
  "x8sG\n"
  "-----END CERTIFICATE-----\n"
  "-----BEGIN PRIVATE KEY-----\n"
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSFAKdbzE/RbuK4M9\n"
  "/9srLjDLu8FUc0QeEs7gSK+YdcihRANCAARfnEViN2aCPUd6IKEUaTxwCKgr5Re5\n"
  "arGDBdqOyrcpJMgUgtTWgXzU1YQNqy8Bf0FqcVBZ+z/+86BlIPaDh2h4\n"
  "-----END PRIVATE KEY-----\n";

static void
iterate (void)
{
  for (guint i = 0; i < 8 && g_main_context_iteration (NULL, FALSE); i++)
    continue;
}

/* The transport */

static void
close_transport (TlsPlay          *play,
                 WspTransportClose how)
{
  if (play->transport != NULL)
    wsp_transport_close (play->transport, how);
  play->transport = NULL;
}

static gssize
read_some (TlsPlay *play)
{
  guint8 bytes[4096];
  const struct iovec vector = { bytes, sizeof bytes };
  gssize n = wsp_transport_read (play->transport, &vector, 1, NULL);

  REQUIRE (n <= (gssize) sizeof bytes);
  REQUIRE (n <= 0 || play->may_open);
  for (gssize i = 0; i < n; i++)
    REQUIRE (bytes[i] == (guint8) play->n_received++);
  return n;
}

static gssize
write_some (TlsPlay *play)
{
  static guint8 bytes[MUCH];
  const struct iovec vector = { bytes, play->n_to_write };
  gssize n = wsp_transport_write (play->transport, &vector, 1, NULL);

  REQUIRE (n <= 0 || play->may_open);
  if (n > 0)
    play->n_to_write -= n;
  return n;
}

static void
on_ready (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       owner)
{
  TlsPlay *play = owner;
  gssize n = WSP_TRANSPORT_WOULD_BLOCK;

  if (events & WSP_WATCH_READ)
    n = read_some (play);
  if (n != WSP_TRANSPORT_FAILED && events & WSP_WATCH_WRITE && play->n_to_write > 0)
    n = write_some (play);
  REQUIRE (play->n_received <= play->n_total);
  if (n == WSP_TRANSPORT_FAILED || n == 0)
    close_transport (play, WSP_TRANSPORT_CLOSE_GRACEFUL);
  else
    wsp_transport_set_events (transport, play->n_to_write > 0 ? WSP_WATCH_READ | WSP_WATCH_WRITE
                                                              : WSP_WATCH_READ);
}

/* The session */

static ssize_t
push (gnutls_transport_ptr_t data,
      const void            *bytes,
      size_t                 size)
{
  TlsPlay *play = data;

  g_byte_array_append (play->sent, bytes, size);
  return size;
}

static ssize_t
pull (gnutls_transport_ptr_t data,
      void                  *bytes,
      size_t                 size)
{
  TlsPlay *play = data;

  return recv (play->fd, bytes, size, MSG_DONTWAIT);
}

int
tls_play_begin (TlsPlay                         *self,
                guint8                           config,
                gboolean                         is_server,
                gnutls_certificate_credentials_t credentials)
{
  int fds[2];

  REQUIRE (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  *self = (TlsPlay) {
    .config = config, .is_server = is_server, .fd = fds[0], .sent = g_byte_array_new ()
  };
  self->n_to_write = config & TLS_PLAY_MUCH ? MUCH : 0;
  gnutls_init (&self->session, GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL |
               (is_server ? GNUTLS_SERVER : GNUTLS_CLIENT));
  gnutls_priority_set_direct (self->session,
                              config & TLS_PLAY_1_3 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3"
                                                    : "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, push);
  gnutls_transport_set_pull_function (self->session, pull);
  return fds[1];
}

void
tls_play_set_transport (TlsPlay      *self,
                        WspTransport *transport)
{
  self->transport = transport;
  wsp_transport_set_owner (transport, on_ready, self);
  wsp_transport_set_events (transport, WSP_WATCH_READ | WSP_WATCH_WRITE);
}

/* The rest of a graceful close ends with the socket of the session. */
static void
end_play (TlsPlay *play)
{
  iterate ();
  close (play->fd);
  iterate ();
  close_transport (play, WSP_TRANSPORT_CLOSE_NOW);
  iterate ();
  gnutls_deinit (play->session);
  g_byte_array_unref (play->sent);
}

static void
send_bytes (TlsPlay      *play,
            const guint8 *bytes,
            gsize         length)
{
  while (length > 0)
    {
      gssize n = send (play->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);

      iterate ();
      if (n <= 0)
        return;
      bytes += n;
      length -= n;
    }
}

static void
send_pending (TlsPlay *play,
              gsize    n)
{
  n = MIN (n, play->sent->len);
  send_bytes (play, play->sent->data, n);
  g_byte_array_remove_range (play->sent, 0, n);
}

static void
go_on (TlsPlay *play)
{
  guint8 bytes[4096];

  send_pending (play, play->sent->len);
  play->is_open = play->is_open || gnutls_handshake (play->session) == GNUTLS_E_SUCCESS;
  if (!play->is_open)
    return;

  for (guint i = 0; i < 32 && gnutls_record_recv (play->session, bytes, sizeof bytes) > 0; i++)
    iterate ();
}

static void
insert (TlsPlay   *play,
        FuzzInput *input)
{
  guint8 bytes[256];
  guint8 n = fuzz_take (input);

  for (guint i = 0; i < n; i++)
    bytes[i] = fuzz_take (input);
  send_bytes (play, bytes, n);
}

static void
write_record (TlsPlay *play,
              guint    n)
{
  guint8 bytes[256];

  for (guint i = 0; i < n; i++)
    bytes[i] = play->n_written + i;
  if (n == 0 || gnutls_record_send (play->session, bytes, n) != (gssize) n)
    return;

  play->n_written += n;
  play->n_total += n;
}

static void
begin_again (TlsPlay *play)
{
  if (gnutls_protocol_get_version (play->session) == GNUTLS_TLS1_3)
    gnutls_session_key_update (play->session, GNUTLS_KU_PEER);
  else if (play->is_server)
    gnutls_rehandshake (play->session);
  else
    gnutls_handshake (play->session);
}

static void
take_step (TlsPlay   *play,
           FuzzInput *input)
{
  Step step = fuzz_take (input) % N_STEPS;
  guint8 number = step == STEP_GO_ON || step == STEP_INSERT ? 0 : fuzz_take (input);

  if (step == STEP_GO_ON)
    go_on (play);
  else if (step == STEP_CUT)
    send_pending (play, 1 + number);
  else if (step == STEP_FLIP && play->sent->len > 0)
    play->sent->data[number * 7 % play->sent->len] ^= 1 << number % 8;
  else if (step == STEP_INSERT)
    insert (play, input);
  else if (step == STEP_WRITE)
    write_record (play, number);
  else if (step == STEP_BYE)
    gnutls_bye (play->session, GNUTLS_SHUT_WR);
  else if (step == STEP_CLOSE)
    close_transport (play, number % 2 ? WSP_TRANSPORT_CLOSE_GRACEFUL : WSP_TRANSPORT_CLOSE_NOW);
  else if (step == STEP_SHUTDOWN && play->transport != NULL)
    wsp_transport_shutdown (play->transport);
  else if (step == STEP_AGAIN && play->is_open)
    begin_again (play);
  else if (step == STEP_ALERT)
    gnutls_alert_send (play->session, number % 2 ? GNUTLS_AL_FATAL : GNUTLS_AL_WARNING, number / 2);
  iterate ();
}

void
tls_play_run (TlsPlay   *self,
              FuzzInput *input)
{
  iterate ();
  if (self->config & TLS_PLAY_RAW)
    send_bytes (self, input->at, input->left);
  else
    gnutls_handshake (self->session);
  while (!(self->config & TLS_PLAY_RAW) && input->left > 0)
    take_step (self, input);
  end_play (self);
}
