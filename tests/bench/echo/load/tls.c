/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The TLS of the load generator: TLS 1.3, as most clients use it; certificates are not verified.
 * With LoadOptions.resumes each connection sends the latest ticket. */

#include "load.h"

#include <string.h>
#include <sys/epoll.h>

/* A copy: OpenSSL may invalidate the session of a connection that ends. */
static int
keep_session (SSL         *tls,
              SSL_SESSION *session)
{
  Load *load = SSL_CTX_get_app_data (SSL_get_SSL_CTX (tls));

  SSL_SESSION_free (load->session);
  load->session = SSL_SESSION_dup (session);
  return 0;                     /* it stays OpenSSL's */
}

void
load_tls_init (Load *self)
{
  self->tls = SSL_CTX_new (TLS_client_method ());
  SSL_CTX_set_min_proto_version (self->tls, TLS1_3_VERSION);
  SSL_CTX_set_mode (self->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                    | SSL_MODE_RELEASE_BUFFERS);
  if (!self->options->resumes)
    return;
  SSL_CTX_set_app_data (self->tls, self);
  SSL_CTX_set_session_cache_mode (self->tls,
                                  SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb (self->tls, keep_session);
}

void
load_tls_clear (Load *self)
{
  SSL_SESSION_free (self->session);
  SSL_CTX_free (self->tls);
}

void
load_tls_begin (LoadConnection *self,
                Load           *load)
{
  SSL_SESSION *session = load->session != NULL ? SSL_SESSION_dup (load->session) : NULL;

  self->tls = SSL_new (load->tls);
  self->shows_ticket = session != NULL;
  if (self->tls == NULL || SSL_set_fd (self->tls, self->fd) != 1 ||
      (session != NULL && SSL_set_session (self->tls, session) != 1))
    load_fail ("TLS cannot be begun");
  SSL_SESSION_free (session);
}

LoadProgress
load_tls_secure (LoadConnection *self,
                 Load           *load)
{
  const int result = SSL_connect (self->tls);
  const int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error (self->tls, result);

  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
    {
      load_watch (load, self, error == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT);
      return LOAD_MORE;
    }
  if (error != SSL_ERROR_NONE)
    load_fail ("the TLS handshake fails: %d", error);
  if (self->shows_ticket && !SSL_session_reused (self->tls))
    load_fail ("the server does not resume");
  return LOAD_DONE;
}

/* The first message of a client. */
size_t
load_tls_write_hello (Load    *self,
                      uint8_t *to,
                      size_t   capacity)
{
  SSL *tls = SSL_new (self->tls);
  BIO *out = BIO_new (BIO_s_mem ());
  int n;

  SSL_set_bio (tls, BIO_new (BIO_s_mem ()), out);
  SSL_connect (tls);
  n = BIO_read (out, to, (int) capacity);
  SSL_free (tls);
  if (n <= 0 || (size_t) n == capacity)
    load_fail ("there is no ClientHello");
  return (size_t) n;
}
