/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The advice in errors of connecting, and in those of servers that end without a response. */
#include "connection/fault-stream.h"
#include "connection/narrow-stream.h"
#include "endpoint/far/dialed.h"

#include <string.h>

#include "endpoint/dialing/wsp-dial-error-private.h"

#define NO_SERVER "Cannot connect to here (check that a server listens there): "
#define NO_TLS "No TLS with here (if the server has no TLS, use ws://): "

typedef enum
{
  WHEN_CONNECTING,
  WHEN_CONNECTING_BY_A_PROXY,
  WHEN_IN_TLS,
  WHEN_IN_TLS_WITH_A_PROXY,
  WHEN_REFUSING_A_CERTIFICATE,
} When;

static const struct
{
  const char *claim;
  When        when;
  GQuark    (*domain) (void);
  int         code;
  const char *text;             /* text that the message begins with */
} errors[] = {
  { "name-not-found", WHEN_CONNECTING, g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND,
    "Cannot connect to here (check the host name): " },
  { "name-not-looked-up", WHEN_CONNECTING, g_resolver_error_quark,
    G_RESOLVER_ERROR_TEMPORARY_FAILURE, "Cannot connect to here (check the host name): " },
  { "refused", WHEN_CONNECTING, g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, NO_SERVER },
  { "not-reachable", WHEN_CONNECTING, g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE,
    "Cannot connect to here (check the network): " },
  { "other-code", WHEN_CONNECTING, g_io_error_quark, G_IO_ERROR_FAILED,
    "Cannot connect to here: " },
  { "other-domain", WHEN_CONNECTING, g_tls_error_quark, G_IO_ERROR_CONNECTION_REFUSED,
    "Cannot connect to here: " },
  { "by-a-proxy", WHEN_CONNECTING_BY_A_PROXY, g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED,
    "Cannot connect to here (by a proxy: see WspClient:proxy-resolver): " },
  { "not-tls", WHEN_IN_TLS, g_tls_error_quark, G_TLS_ERROR_NOT_TLS, NO_TLS },
  { "tls-of-a-proxy", WHEN_IN_TLS_WITH_A_PROXY, g_tls_error_quark, G_TLS_ERROR_NOT_TLS,
    "No TLS with here (if the proxy has no TLS, its URI is http://): " },
  { "bad-certificate-that-was-not-shown", WHEN_IN_TLS, g_tls_error_quark,
    G_TLS_ERROR_BAD_CERTIFICATE, "No TLS with here: " },
  { "bad-certificate", WHEN_REFUSING_A_CERTIFICATE, g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE,
    "Certificate of here is not trusted: expired" },
  { "other-error-after-a-certificate", WHEN_REFUSING_A_CERTIFICATE, g_tls_error_quark,
    G_TLS_ERROR_EOF, NO_TLS },
};

static void
explain (When     when,
         GError **error)
{
  switch (when)
    {
    case WHEN_CONNECTING:
      wsp_dial_error_explain_connect (error, "here", FALSE);
      return;
    case WHEN_CONNECTING_BY_A_PROXY:
      wsp_dial_error_explain_connect (error, "here", TRUE);
      return;
    case WHEN_IN_TLS:
      wsp_dial_error_explain_tls (error, WSP_DIAL_PEER_SERVER, "here", NULL, 0);
      return;
    case WHEN_IN_TLS_WITH_A_PROXY:
      wsp_dial_error_explain_tls (error, WSP_DIAL_PEER_PROXY, "here", NULL, 0);
      return;
    case WHEN_REFUSING_A_CERTIFICATE:
      wsp_dial_error_explain_tls (error, WSP_DIAL_PEER_SERVER, "here",
                                  authority_get_certificate (CERTIFICATE_EXPIRED),
                                  G_TLS_CERTIFICATE_EXPIRED);
      return;
    }
}

static void
test_advice (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = g_error_new_literal (errors[i].domain (), errors[i].code, "why");

  explain (errors[i].when, &error);
  g_assert_error (error, errors[i].domain (), errors[i].code);
  g_assert_true (g_str_has_prefix (error->message, errors[i].text));
  g_assert_true (g_str_has_suffix (error->message, ": why"));
}

/* Reads the request, and ends the stream with close_notify, if it is TLS. */
static void
end_stream (FarPeer *peer,
            gpointer data)
{
  g_free (far_read_head (peer));
}

static void
end_tls (FarPeer *peer,
         gpointer data)
{
  if (far_begin_tls (peer, CERTIFICATE_GOOD, G_TLS_AUTHENTICATION_NONE))
    g_free (far_read_head (peer));
}

/* The end of TCP, without close_notify. */
static void
cut_off_tls (FarPeer *peer,
             gpointer data)
{
  g_autoptr (GIOStream) base = g_object_ref (peer->stream);

  end_tls (peer, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), FALSE, TRUE,
                     NULL);
  g_input_stream_skip (g_io_stream_get_input_stream (base), 1 << 20, peer->cancellable, NULL);
}

#define ENDED "server closed the connection without a response (if it has TLS, use wss://): "
#define ENDED_TLS "server ended TLS without a response (it may require a certificate: "

static const struct
{
  const char *claim, *uri;
  FarFunc     serve;
  GQuark    (*domain) (void);
  int         code;
  const char *text;
} ends[] = {
  { "plain", "ws://localhost:PORT/", end_stream, g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED,
    "failed: " ENDED },
  { "tls", "wss://localhost:PORT/", end_tls, g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED,
    "failed: " ENDED_TLS },
  { "tls-in-its-middle", "wss://localhost:PORT/", cut_off_tls, g_tls_error_quark, G_TLS_ERROR_EOF,
    "failed: " ENDED_TLS },
};

static void
test_end (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (ends[i].serve, NULL);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "tls-database",
                                               authority_get_database (), NULL);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  dial (&dialed, client, ends[i].uri, far_get_port (server));
  dial_has_failed (&dialed, ends[i].domain (), ends[i].code, ends[i].text);
}

/* Status 400 is nginx's response to plain text on a port with TLS, and to a client without a
 * certificate. */
static void
refuse (FarPeer *peer,
        gpointer has_tls)
{
  if (!GPOINTER_TO_INT (has_tls) ||
      far_begin_tls (peer, CERTIFICATE_GOOD, G_TLS_AUTHENTICATION_NONE))
    far_serve (peer, (gpointer) "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
}

static void
test_bad_request (gconstpointer data)
{
  gboolean has_tls = GPOINTER_TO_INT (data);
  g_autoptr (Far) server = far_new (refuse, GINT_TO_POINTER (has_tls));
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  wsp_client_set_tls_database (client, authority_get_database ());
  dial (&dialed, client, has_tls ? "wss://localhost:PORT/" : "ws://localhost:PORT/",
        far_get_port (server));
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE,
                   has_tls ? "(check the URI, and set WspClient:tls-certificate if "
                             : "(check the URI, and use wss:// if ");
}

/* A server that refuses before it has read the whole request. */
static void
test_early_response (void)
{
  const char *refusal = "HTTP/1.1 400 Early\r\nContent-Length: 0\r\n\r\n";
  g_autoptr (NarrowStream) stream = narrow_stream_new (10);
  g_auto (Dialed) dialed = { 0 };

  dialed.client = wsp_client_new ();
  dialed.handshake = wsp_handshake_new_client ("ws://somewhere.example/", NULL, NULL, NULL);
  wsp_client_open_async (dialed.client, dialed.handshake, G_IO_STREAM (stream), NULL, keep_result,
                         &dialed.result);
  while (stream->written->len == 0)
    g_main_context_iteration (NULL, TRUE);
  stream->is_shut = TRUE;
  g_byte_array_append (stream->unread, (const guint8 *) refusal, strlen (refusal));
  dial_wait (&dialed);
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "status 400 Early");
}

/* Only an end is explained: the server may still be there. */
static void
test_no_end (void)
{
  const FaultPlan plan = { STREAM_POLLABLE, 1000, 2, FAULT_TIMED_OUT };
  g_autoptr (FaultStream) stream = fault_stream_new (&plan, WSP_ROLE_SERVER);
  g_auto (Dialed) dialed = { 0 };

  g_byte_array_append (fault_stream_get_peer (stream)->outgoing, (const guint8 *) "H", 1);
  dialed.client = wsp_client_new ();
  dialed.handshake = wsp_handshake_new_client ("wss://somewhere.example/", NULL, NULL, NULL);
  wsp_client_open_async (dialed.client, dialed.handshake, G_IO_STREAM (stream), NULL, keep_result,
                         &dialed.result);
  dial_wait (&dialed);
  dial_has_failed (&dialed, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "failed: timed out by the test");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/dial-error/advice/", errors[i].claim, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_advice);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/dial-error/no-response/", ends[i].claim,
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end);
    }
  g_test_add_data_func ("/endpoint/dial-error/response/bad-request-without-tls",
                        GINT_TO_POINTER (FALSE), test_bad_request);
  g_test_add_data_func ("/endpoint/dial-error/response/bad-request-with-tls",
                        GINT_TO_POINTER (TRUE), test_bad_request);
  g_test_add_func ("/endpoint/dial-error/response/before-the-request-was-read",
                   test_early_response);
  g_test_add_func ("/endpoint/dial-error/no-response/other-errors-stay-as-they-are", test_no_end);

  return g_test_run ();
}
