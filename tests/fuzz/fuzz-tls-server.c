/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a server: the output of a GnuTLS client is cut, changed and mixed with other bytes, or all
 * bytes are from the input.  The server must return the beginning of the client's data.
 *
 * GnuTLS uses its own random bytes, and has no call to set them: no decision of the target depends
 * on them, but the same input does not give the same bytes twice.
 *
 * The first byte: 1 = TLS 1.3, else 1.2; 2 = the server writes much when it is open; 4 = the rest
 * are raw bytes.  Else each step is a byte, and what it takes. */
#include "fuzz/fuzz-input.h"
#include "reactor/tls/wsp-transport-tls-private.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MUCH (256 * 1024)

typedef enum
{
  STEP_GO_ON,                   /* all output leaves, and the client reads what arrives */
  STEP_CUT,                     /* this number of bytes leaves */
  STEP_FLIP,                    /* one bit of the output is changed before it leaves */
  STEP_INSERT,                  /* this number of bytes of the input is sent before the output */
  STEP_WRITE,                   /* the client writes this number of bytes */
  STEP_BYE,
  STEP_CLOSE,                   /* the owner of the server's transport closes it; the input says
                                 * how */
  STEP_SHUTDOWN,                /* the owner of the server's transport shuts it down */
  STEP_AGAIN,                   /* the client begins a handshake, or changes its key */
  N_STEPS,
} Step;

typedef struct
{
  WspTransport    *transport;   /* transport of the server; NULL: closed */
  gsize            n_received, n_to_write;
  int              fd;          /* socket of the client */
  gnutls_session_t session;
  gboolean         is_open;     /* TRUE if the handshake is done for the client */
  GByteArray      *sent;
  guint8           n_written;
  gsize            n_total;
} Play;

static const char pem[] =
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

static WspReactor *reactor;
static WspTlsContext *context;
static gnutls_certificate_credentials_t credentials;

static void
begin_process (void)
{
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, NULL);
  WspTlsSettings settings = { .certificate = certificate };

  settings.ticket_key = wsp_tls_make_ticket_key ();
  reactor = wsp_reactor_ref_thread_default ();
  context = wsp_tls_context_new (&settings, NULL);
  REQUIRE (context != NULL);
  g_bytes_unref (settings.ticket_key);
  gnutls_certificate_allocate_credentials (&credentials);
}

static void
iterate (void)
{
  for (guint i = 0; i < 8 && g_main_context_iteration (NULL, FALSE); i++)
    continue;
}

/* The server */

static void
close_transport (Play             *play,
                 WspTransportClose how)
{
  if (play->transport != NULL)
    wsp_transport_close (play->transport, how);
  play->transport = NULL;
}

static gssize
read_some (Play *play)
{
  guint8 bytes[4096];
  const struct iovec vector = { bytes, sizeof bytes };
  gssize n = wsp_transport_read (play->transport, &vector, 1, NULL);

  REQUIRE (n <= (gssize) sizeof bytes);
  for (gssize i = 0; i < n; i++)
    REQUIRE (bytes[i] == (guint8) play->n_received++);
  return n;
}

static gssize
write_some (Play *play)
{
  static guint8 bytes[MUCH];
  const struct iovec vector = { bytes, play->n_to_write };
  gssize n = wsp_transport_write (play->transport, &vector, 1, NULL);

  if (n > 0)
    play->n_to_write -= n;
  return n;
}

static void
on_ready (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       owner)
{
  Play *play = owner;
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

/* The client */

static ssize_t
push (gnutls_transport_ptr_t data,
      const void            *bytes,
      size_t                 size)
{
  Play *play = data;

  g_byte_array_append (play->sent, bytes, size);
  return size;
}

static ssize_t
pull (gnutls_transport_ptr_t data,
      void                  *bytes,
      size_t                 size)
{
  Play *play = data;

  return recv (play->fd, bytes, size, MSG_DONTWAIT);
}

static void
begin_play (Play  *play,
            guint8 config)
{
  int fds[2];

  REQUIRE (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  *play = (Play) { .fd = fds[0], .sent = g_byte_array_new () };
  play->n_to_write = config & 2 ? MUCH : 0;
  play->transport = wsp_transport_new_for_tls (reactor, fds[1], context);
  wsp_transport_set_owner (play->transport, on_ready, play);
  wsp_transport_set_events (play->transport, WSP_WATCH_READ | WSP_WATCH_WRITE);
  gnutls_init (&play->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  gnutls_priority_set_direct (play->session, config & 1 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3"
                                                        : "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL);
  gnutls_credentials_set (play->session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_ptr (play->session, play);
  gnutls_transport_set_push_function (play->session, push);
  gnutls_transport_set_pull_function (play->session, pull);
}

/* The rest of a graceful close ends with the socket of the client. */
static void
end_play (Play *play)
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
send_bytes (Play         *play,
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
send_pending (Play *play,
              gsize n)
{
  n = MIN (n, play->sent->len);
  send_bytes (play, play->sent->data, n);
  g_byte_array_remove_range (play->sent, 0, n);
}

static void
go_on (Play *play)
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
insert (Play      *play,
        FuzzInput *input)
{
  guint8 bytes[256];
  guint8 n = fuzz_take (input);

  for (guint i = 0; i < n; i++)
    bytes[i] = fuzz_take (input);
  send_bytes (play, bytes, n);
}

static void
write_record (Play *play,
              guint n)
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
begin_again (Play *play)
{
  if (gnutls_protocol_get_version (play->session) == GNUTLS_TLS1_3)
    gnutls_session_key_update (play->session, GNUTLS_KU_PEER);
  else
    gnutls_handshake (play->session);
}

static void
take_step (Play      *play,
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
  iterate ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { .at = data, .left = size };
  guint8 config = fuzz_take (&input);
  Play play;

  if (context == NULL)
    begin_process ();

  begin_play (&play, config);
  if (config & 4)
    send_bytes (&play, input.at, input.left);
  else
    gnutls_handshake (play.session);
  while (!(config & 4) && input.left > 0)
    take_step (&play, &input);
  end_play (&play);
  return 0;
}
