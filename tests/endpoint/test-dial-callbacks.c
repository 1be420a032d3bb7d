/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* In every signal of a client its handler cancels the call, drops the client, or runs the main
 * loop until the call has ended. */
#include "endpoint/far/dialed.h"

typedef enum
{
  IN_PREPARE,
  IN_RESOLVING,
  IN_CONNECTED,
  IN_PROXY_NEGOTIATED,
  IN_TLS_HANDSHAKING,
  IN_CERTIFICATE,
  IN_TLS_HANDSHAKED,
  IN_COMPLETE,
  IN_AUTHENTICATE,
  N_PLACES,
} Place;

typedef enum
{
  DO_CANCEL,
  DO_DROP,
  DO_CANCEL_AND_RUN,
  N_DEEDS,
} Deed;

static const char *const place_names[N_PLACES] = {
  "prepare", "event-resolving", "event-connected", "event-proxy-negotiated",
  "event-tls-handshaking", "accept-certificate", "event-tls-handshaked", "event-complete",
  "authenticate",
};

static const char *const deed_names[N_DEEDS] = { "cancel", "drop-client", "cancel-in-inner-loop" };

typedef struct
{
  Place      place;
  Deed       deed;
  WspClient *client;            /* the test's reference */
  Dialed     dialed;
  guint      n_done;
} Call;

static void
reach (Call *call,
       Place place)
{
  if (call->place != place || call->n_done++ > 0)
    return;

  if (call->deed != DO_DROP)
    g_cancellable_cancel (call->dialed.cancellable);
  if (call->deed == DO_CANCEL_AND_RUN)
    run_until_result (&call->dialed.result);
  g_clear_object (&call->client);
}

static void
on_prepare (WspClient    *client,
            WspHandshake *handshake,
            Call         *call)
{
  reach (call, IN_PREPARE);
}

static void
on_event (WspClient          *client,
          GSocketClientEvent  event,
          GSocketConnectable *place,
          GIOStream          *stream,
          Call               *call)
{
  const Place places[] = {
    [G_SOCKET_CLIENT_RESOLVING] = IN_RESOLVING,
    [G_SOCKET_CLIENT_RESOLVED] = N_PLACES,
    [G_SOCKET_CLIENT_CONNECTING] = N_PLACES,
    [G_SOCKET_CLIENT_CONNECTED] = IN_CONNECTED,
    [G_SOCKET_CLIENT_PROXY_NEGOTIATING] = N_PLACES,
    [G_SOCKET_CLIENT_PROXY_NEGOTIATED] = IN_PROXY_NEGOTIATED,
    [G_SOCKET_CLIENT_TLS_HANDSHAKING] = IN_TLS_HANDSHAKING,
    [G_SOCKET_CLIENT_TLS_HANDSHAKED] = IN_TLS_HANDSHAKED,
    [G_SOCKET_CLIENT_COMPLETE] = IN_COMPLETE,
  };

  reach (call, places[event]);
}

static gboolean
on_certificate (WspClient           *client,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                Call                *call)
{
  reach (call, IN_CERTIFICATE);
  return TRUE;
}

static gboolean
on_authenticate (WspClient    *client,
                 WspHandshake *handshake,
                 gboolean      retrying,
                 Call         *call)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  g_assert_true (wsp_headers_append (headers, "Authorization", "Basic abc", NULL));
  g_object_set (handshake, "request-headers", headers, NULL);
  reach (call, IN_AUTHENTICATE);
  return TRUE;
}

static void
serve_with_login (FarPeer *peer,
                  gpointer data)
{
  g_autofree char *head = NULL;

  if (!far_begin_tls (peer, CERTIFICATE_SELF_SIGNED, G_TLS_AUTHENTICATION_NONE) ||
      (head = far_read_head (peer)) == NULL)
    return;

  if (strstr (head, "\r\nAuthorization: Basic abc\r\n") != NULL)
    far_switch (peer, head);
  else
    far_write (peer, "HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n");
}

static void
test_callback (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  Call call = { .place = number / N_DEEDS, .deed = number % N_DEEDS };
  g_autoptr (Far) server = far_new (serve_with_login, NULL);
  FarRoute route = { "inside.example", far_get_port (server), NULL, NULL, CERTIFICATE_GOOD, NULL };
  g_autoptr (Far) proxy = far_new (far_http_proxy, &route);
  g_autofree char *proxy_uri = g_strdup_printf ("http://127.0.0.1:%u", far_get_port (proxy));

  authority_get_certificate (CERTIFICATE_SELF_SIGNED);
  call.client = dial_client (proxy_uri);
  g_signal_connect (call.client, "prepare", G_CALLBACK (on_prepare), &call);
  g_signal_connect (call.client, "event", G_CALLBACK (on_event), &call);
  g_signal_connect (call.client, "accept-certificate", G_CALLBACK (on_certificate), &call);
  g_signal_connect (call.client, "authenticate", G_CALLBACK (on_authenticate), &call);
  dial_begin (&call.dialed, call.client, "wss://inside.example/", NULL);
  dial_wait (&call.dialed);
  g_assert_cmpuint (call.n_done, >=, 1);
  if (call.deed == DO_DROP)
    dial_is_open (&call.dialed);
  else
    dial_has_failed (&call.dialed, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
  g_signal_handlers_disconnect_by_data (call.dialed.client, &call);
  dial_clear (&call.dialed);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < N_PLACES * N_DEEDS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/dial-callbacks/%s/RFC-19-%s",
                                               place_names[i / N_DEEDS], deed_names[i % N_DEEDS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_callback);
    }

  int status = g_test_run ();

  authority_clear ();
  return status;
}
