/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every step of connecting stalls; then the call is cancelled, times out, or loses its peer. */
#include "endpoint/far/dialed.h"

typedef enum
{
  STUCK_HTTP_PROXY,
  STUCK_HTTP_PROXY_HEAD,
  STUCK_HTTP_PROXY_BODY,
  STUCK_HTTPS_PROXY_TLS,
  STUCK_HTTPS_PROXY_HEAD,
  STUCK_SOCKS_PROXY,
  STUCK_SOCKS_PROXY_REQUEST,
  STUCK_TLS,
  STUCK_TLS_OVER_PROXY,
  STUCK_TLS_OVER_HTTPS_PROXY,
  STUCK_TLS_ANSWER,
  STUCK_ANSWER,
  STUCK_ANSWER_HEAD,
  STUCK_ANSWER_INTERIM,
  STUCK_ANSWER_BODY,
  N_STUCK,
} Stuck;

typedef enum
{
  END_CANCEL,
  END_TIMEOUT,
  END_PEER,
  N_ENDS,
} End;

static const struct
{
  const char *name, *proxy, *uri;
} steps[N_STUCK] = {
  [STUCK_HTTP_PROXY] = { "http-proxy", "http://127.0.0.1:PORT", "ws://inside.example/" },
  [STUCK_HTTP_PROXY_HEAD] = { "http-proxy-head", "http://127.0.0.1:PORT", "ws://inside.example/" },
  [STUCK_HTTP_PROXY_BODY] = { "http-proxy-body", "http://127.0.0.1:PORT", "ws://inside.example/" },
  [STUCK_HTTPS_PROXY_TLS] = { "SEC-113-https-proxy-tls", "https://127.0.0.1:PORT",
                              "ws://inside.example/" },
  [STUCK_HTTPS_PROXY_HEAD] = { "https-proxy-head", "https://127.0.0.1:PORT", "ws://inside.example/" },
  [STUCK_SOCKS_PROXY] = { "socks-proxy", "socks5://127.0.0.1:PORT", "ws://inside.example/" },
  [STUCK_SOCKS_PROXY_REQUEST] = { "socks-proxy-request", "socks5://127.0.0.1:PORT",
                                  "ws://inside.example/" },
  [STUCK_TLS] = { "SEC-113-tls", NULL, "wss://127.0.0.1:PORT/" },
  [STUCK_TLS_OVER_PROXY] = { "tls-over-proxy", "http://127.0.0.1:PORT", "wss://inside.example/" },
  [STUCK_TLS_OVER_HTTPS_PROXY] = { "tls-over-https-proxy", "https://127.0.0.1:PORT",
                                   "wss://inside.example/" },
  [STUCK_TLS_ANSWER] = { "tls-answer", NULL, "wss://127.0.0.1:PORT/" },
  [STUCK_ANSWER] = { "SEC-37-answer", NULL, "ws://127.0.0.1:PORT/" },
  [STUCK_ANSWER_HEAD] = { "answer-head", NULL, "ws://127.0.0.1:PORT/" },
  [STUCK_ANSWER_INTERIM] = { "answer-interim", NULL, "ws://127.0.0.1:PORT/" },
  [STUCK_ANSWER_BODY] = { "answer-body", NULL, "ws://127.0.0.1:PORT/" },
};

static const char *const end_names[N_ENDS] = { "cancel", "timeout", "peer-ends" };

typedef struct
{
  Stuck stuck;
  End   end;
} Case;

static gboolean
read_head_and_write (FarPeer    *peer,
                     const char *text)
{
  g_autofree char *head = far_read_head (peer);

  return head != NULL && far_write (peer, text);
}

static gboolean
begin_tls (FarPeer *peer)
{
  return far_begin_tls (peer, CERTIFICATE_GOOD, G_TLS_AUTHENTICATION_NONE);
}

static gboolean
be_asked_for_tls (FarPeer *peer)
{
  guint8 byte;

  return read_head_and_write (peer, "HTTP/1.1 200 Fine\r\n\r\n") && far_read (peer, &byte, 1);
}

static gboolean
greet_socks (FarPeer *peer)
{
  guint8 greeting[3], request[20];

  return far_read (peer, greeting, sizeof greeting) && far_write_bytes (peer, "\5\0", 2) &&
         far_read (peer, request, sizeof request);
}

/* FALSE: the client disconnected before the step was reached. */
static gboolean
reach (FarPeer *peer,
       Stuck    stuck)
{
  guint8 byte;

  switch (stuck)
    {
    case STUCK_HTTP_PROXY:
    case STUCK_ANSWER:
      return read_head_and_write (peer, "");
    case STUCK_HTTP_PROXY_HEAD:
    case STUCK_ANSWER_HEAD:
      return read_head_and_write (peer, "HTTP/1.1 200 Fine\r\nServer");
    case STUCK_HTTP_PROXY_BODY:
    case STUCK_ANSWER_BODY:
      return read_head_and_write (peer, "HTTP/1.1 404 None\r\nContent-Length: 9\r\n\r\npart");
    case STUCK_HTTPS_PROXY_HEAD:
      return begin_tls (peer) && read_head_and_write (peer, "HTTP/1.1 200 Fine\r\nServer");
    case STUCK_HTTPS_PROXY_TLS:
    case STUCK_SOCKS_PROXY:
    case STUCK_TLS:
      return far_read (peer, &byte, 1);
    case STUCK_SOCKS_PROXY_REQUEST:
      return greet_socks (peer);
    case STUCK_TLS_OVER_PROXY:
      return be_asked_for_tls (peer);
    case STUCK_TLS_OVER_HTTPS_PROXY:
      return begin_tls (peer) && be_asked_for_tls (peer);
    case STUCK_TLS_ANSWER:
      return begin_tls (peer) && read_head_and_write (peer, "");
    case STUCK_ANSWER_INTERIM:
      return read_head_and_write (peer, "HTTP/1.1 103 Wait\r\n\r\n");
    case N_STUCK:
      break;
    }

  g_assert_not_reached ();
}

static void
get_stuck (FarPeer *peer,
           gpointer data)
{
  const Case *number = data;

  if (!reach (peer, number->stuck))
    return;

  far_note (peer->far, "reached");
  if (number->end != END_PEER)
    far_wait_for_end (peer);
}

static gboolean
is_reached (Far *far)
{
  g_autofree char *notes = far_dup_notes (far);

  return strstr (notes, "reached\n") != NULL;
}

static void
check_outcome (const Case *number,
               Dialed     *dialed)
{
  const gboolean is_refused = number->stuck == STUCK_ANSWER_BODY;

  if (number->end == END_CANCEL)
    dial_has_failed (dialed, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
  else if (is_refused)          /* the response takes precedence over the timeout */
    dial_has_failed (dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "status 404 None");
  else if (number->end == END_TIMEOUT)
    dial_has_failed (dialed, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "limit connect-timeout");
  else
    g_assert_true (dialed->connection == NULL && (dialed->error->domain == G_IO_ERROR ||
                                                  dialed->error->domain == G_TLS_ERROR));
}

static void
test_step (gconstpointer data)
{
  Case number = { GPOINTER_TO_UINT (data) / N_ENDS, GPOINTER_TO_UINT (data) % N_ENDS };
  g_autoptr (Far) far = far_new (get_stuck, &number);
  const char *format = steps[number.stuck].proxy;
  g_autofree char *proxy = format != NULL ? far_make_uri (format, far) : NULL;
  g_autofree char *uri = far_make_uri (steps[number.stuck].uri, far);
  WspClient *client = dial_client (proxy);
  guint timeout;
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  /* The result depends on the step that was reached: even a slow machine must reach it. */
  timeout = number.stuck == STUCK_ANSWER_BODY ? 1500 : 50;
  wsp_client_set_connect_timeout (client, number.end == END_TIMEOUT ? timeout : 0);
  wsp_client_set_tls_database (client, authority_get_database ());
  dial_begin (&dialed, client, uri, NULL);

  /* The call holds a reference to the client. */
  g_object_unref (client);
  while (number.end == END_CANCEL && !is_reached (far))
    g_main_context_iteration (NULL, FALSE);
  if (number.end == END_CANCEL)
    g_cancellable_cancel (dialed.cancellable);
  dial_wait (&dialed);
  check_outcome (&number, &dialed);
}

/* Before anything was done, and while another call is being served. */
static void
test_early_cancel (void)
{
  Case number = { STUCK_ANSWER, END_CANCEL };
  g_autoptr (Far) far = far_new (get_stuck, &number);
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", far);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) first = { 0 };
  g_auto (Dialed) second = { 0 };
  g_auto (Dialed) third = { 0 };

  dial_begin (&first, client, uri, NULL);
  dial_begin (&second, client, uri, NULL);
  g_cancellable_cancel (second.cancellable);
  dial_begin (&third, client, uri, NULL);
  dial_wait (&second);
  dial_has_failed (&second, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
  while (!is_reached (far))
    g_main_context_iteration (NULL, FALSE);

  g_cancellable_cancel (third.cancellable);
  dial_wait (&third);
  dial_has_failed (&third, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
  g_assert_cmpuint (far_get_count (far), ==, 1);
  g_cancellable_cancel (first.cancellable);
  dial_wait (&first);
  dial_has_failed (&first, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
}

static void
drip (FarPeer *peer,
      gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  far_write (peer, "HTTP/1.1 101 Slowly\r\n");
  while (far_write (peer, "A: b\r\n") && !g_cancellable_is_cancelled (peer->cancellable))
    {
      GPollFD nothing = { -1, 0, 0 };

      g_poll (&nothing, 1, 5);
    }
}

/* Row SEC-37: a single line from time to time does not move the deadline. */
static void
test_drip (void)
{
  g_autoptr (Far) far = far_new (drip, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  g_object_set (wsp_client_get_limits (client), "max-header-fields", G_MAXINT, NULL);
  wsp_client_set_connect_timeout (client, 60);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (far));
  dial_has_failed (&dialed, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < N_STUCK * N_ENDS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/dial-steps/%s/WS-19-%s",
                                               steps[i / N_ENDS].name, end_names[i % N_ENDS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_step);
    }
  g_test_add_func ("/endpoint/dial-steps/WS-19-WS-9-cancelled-early", test_early_cancel);
  g_test_add_func ("/endpoint/dial-steps/SEC-37-drip", test_drip);

  return g_test_run ();
}
