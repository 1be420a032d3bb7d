/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whose handshake and whose certificate a handler of `accept-certificate` is asked about, and which
 * handshake `event` is about: servers A and B and a proxy P, each with another certificate that is
 * not trusted.  Each row runs with the TLS of the library and with that of GIO. */
#include "endpoint/far/dialed.h"
#include "endpoint/knock.h"

#define N_CALLS 2

typedef enum
{
  HOST_A,
  HOST_B,
  HOST_P,
  N_HOSTS,
} HostIndex;

static const CertificateKind certificates[N_HOSTS] = {
  CERTIFICATE_SELF_SIGNED, CERTIFICATE_OTHER_NAME, CERTIFICATE_NAME_ONLY,
};

typedef enum
{
  NO_PROXY,
  HTTP_PROXY,
  HTTPS_PROXY,
  HTTPS_PROXY_AT_FIRST,         /* localhost is connected to without the proxy, which leads to A */
  HTTPS_PROXY_AT_LAST,          /* likewise, but the proxy leads to B, as the others */
  SOCKS_PROXY,
} ProxyKind;

typedef enum
{
  ACCEPTS_ALL,
  ACCEPTS_A,                    /* a pin: the certificate of A at the name and port of A */
  ACCEPTS_B,
  CANCELS,                      /* and accepts */
} Handler;

/* In URIs and places A, B and P are the ports.  A redirect leads from A to the URI.  asked has the
 * places of the event RESOLVING, and in brackets the peers that a handler is asked about. */
static const struct
{
  const char *name;
  ProxyKind   proxy;
  Handler     handler;
  const char *uris[N_CALLS], *redirect;
  const char *asked[N_CALLS];
  gboolean    is_open[N_CALLS];
} cases[] = {
  { "name", NO_PROXY, ACCEPTS_ALL, { "wss://localhost:A/" }, NULL,
    { "localhost:A [localhost:A]" }, { TRUE } },
  { "address", NO_PROXY, ACCEPTS_ALL, { "wss://127.0.0.1:A/" }, NULL,
    { "127.0.0.1:A [127.0.0.1:A]" }, { TRUE } },
  { "dot-after-the-name", NO_PROXY, ACCEPTS_ALL, { "wss://localhost.:A/" }, NULL,
    { "localhost.:A [localhost:A]" }, { TRUE } },
  { "two-calls", NO_PROXY, ACCEPTS_ALL, { "wss://localhost:A/", "wss://127.0.0.1:B/" }, NULL,
    { "localhost:A [localhost:A]", "127.0.0.1:B [127.0.0.1:B]" }, { TRUE, TRUE } },
  { "pin-of-a-with-two-calls", NO_PROXY, ACCEPTS_A, { "wss://localhost:B/", "wss://localhost:A/" }, NULL,
    { "localhost:B [localhost:B]", "localhost:A [localhost:A]" }, { FALSE, TRUE } },
  { "pin-of-b-with-two-calls", NO_PROXY, ACCEPTS_B, { "wss://localhost:B/", "wss://localhost:A/" }, NULL,
    { "localhost:B [localhost:B]", "localhost:A [localhost:A]" }, { TRUE, FALSE } },
  { "redirect", NO_PROXY, ACCEPTS_ALL, { "wss://localhost:A/" }, "wss://127.0.0.1:B/",
    { "localhost:A [localhost:A] 127.0.0.1:B [127.0.0.1:B]" }, { TRUE } },
  { "redirect-from-ws", NO_PROXY, ACCEPTS_ALL, { "ws://localhost:A/" }, "wss://127.0.0.1:B/",
    { "localhost:A 127.0.0.1:B [127.0.0.1:B]" }, { TRUE } },
  { "pin-of-a-with-a-redirect", NO_PROXY, ACCEPTS_A, { "wss://localhost:A/" }, "wss://localhost:B/",
    { "localhost:A [localhost:A] localhost:B [localhost:B]" }, { FALSE } },
  { "http-proxy", HTTP_PROXY, ACCEPTS_ALL, { "wss://inside.example:B/" }, NULL,
    { "inside.example:B [inside.example:B]" }, { TRUE } },
  { "https-proxy", HTTPS_PROXY, ACCEPTS_ALL, { "wss://inside.example:B/" }, NULL,
    { "inside.example:B [127.0.0.1:P] [inside.example:B]" }, { TRUE } },
  { "https-proxy-of-ws", HTTPS_PROXY, ACCEPTS_ALL, { "ws://inside.example:B/" }, NULL,
    { "inside.example:B [127.0.0.1:P]" }, { TRUE } },
  { "pin-of-b-with-an-https-proxy", HTTPS_PROXY, ACCEPTS_B, { "wss://inside.example:B/" }, NULL,
    { "inside.example:B [127.0.0.1:P]" }, { FALSE } },
  { "redirect-to-an-https-proxy", HTTPS_PROXY_AT_LAST, ACCEPTS_ALL, { "wss://localhost:A/" },
    "wss://inside.example:B/",
    { "localhost:A [localhost:A] inside.example:B [127.0.0.1:P] [inside.example:B]" }, { TRUE } },
  { "redirect-from-an-https-proxy", HTTPS_PROXY_AT_FIRST, ACCEPTS_ALL, { "wss://inside.example:A/" },
    "wss://localhost:B/",
    { "inside.example:A [127.0.0.1:P] [inside.example:A] localhost:B [localhost:B]" }, { TRUE } },
  { "socks-proxy", SOCKS_PROXY, ACCEPTS_ALL, { "wss://inside.example:B/" }, NULL,
    { "inside.example:B [inside.example:B]" }, { TRUE } },
  { "handler-that-cancels", NO_PROXY, CANCELS, { "wss://localhost:A/" }, "wss://localhost:B/",
    { "localhost:A [localhost:A]" }, { FALSE } },
  { "handler-that-cancels-at-an-https-proxy", HTTPS_PROXY, CANCELS, { "wss://inside.example:B/" }, NULL,
    { "inside.example:B [127.0.0.1:P]" }, { FALSE } },
};

typedef struct
{
  guint    i;                   /* row of cases */
  Far     *hosts[N_HOSTS];
  char    *redirect, *uris[N_CALLS];
  gboolean is_by_gio;           /* GIO did TLS with the server */
  FarRoute route;
  Dialed   calls[N_CALLS];
  GString *asked[N_CALLS];
} Scene;

/* Two calls have the same scheme. */
static gboolean
has_tls (const Scene *self,
         HostIndex    host)
{
  const char *redirect = cases[self->i].redirect;

  return g_str_has_prefix (redirect != NULL && host == HOST_B ? redirect : cases[self->i].uris[0],
                           "wss");
}

static void
serve_host (FarPeer     *peer,
            const Scene *self,
            HostIndex    host)
{
  if (has_tls (self, host) &&
      !far_begin_tls (peer, certificates[host], G_TLS_AUTHENTICATION_NONE))
    return;

  g_autofree char *head = far_read_head (peer);

  if (head == NULL)
    return;

  if (host == HOST_B || self->redirect == NULL)
    {
      far_switch (peer, head);
      return;
    }

  g_autofree char *response = g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\n"
                                               "Content-Length: 0\r\n\r\n", self->redirect);

  far_write (peer, response);
}

static void
serve_a (FarPeer *peer,
         gpointer data)
{
  serve_host (peer, data, HOST_A);
  far_note (peer->far, "end");
}

static void
serve_b (FarPeer *peer,
         gpointer data)
{
  serve_host (peer, data, HOST_B);
}

/* The port of a host for its letter. */
static char *
put_ports (const Scene *self,
           const char  *uri)
{
  GString *text = g_string_new (uri);

  for (guint i = 0; i < N_HOSTS; i++)
    {
      const char letter[] = { ':', "ABP"[i], '\0' };
      g_autofree char *port = g_strdup_printf (":%u", far_get_port (self->hosts[i]));

      g_string_replace (text, letter, port, 0);
    }

  return g_string_free (text, FALSE);
}

static HostIndex
find_host (const Scene     *self,
           GNetworkAddress *address)
{
  for (guint i = 0; i < N_HOSTS; i++)
    {
      if (g_network_address_get_port (address) == far_get_port (self->hosts[i]))
        return (HostIndex) i;
    }

  g_assert_not_reached ();
}

static guint
find_call (const Scene  *self,
           WspHandshake *handshake)
{
  guint i = 0;

  while (self->calls[i].handshake != handshake)
    g_assert_cmpuint (++i, <, N_CALLS);
  g_assert_cmpstr (wsp_handshake_get_uri (handshake), ==, self->uris[i]);
  return i;
}

static void
note_place (Scene              *self,
            guint               call,
            const char         *format,
            GSocketConnectable *place)
{
  GNetworkAddress *address = G_NETWORK_ADDRESS (place);
  g_autofree char *text = g_strdup_printf ("%s:%c", g_network_address_get_hostname (address),
                                           "ABP"[find_host (self, address)]);

  if (self->asked[call]->len > 0)
    g_string_append_c (self->asked[call], ' ');
  g_string_append_printf (self->asked[call], format, text);
}

static void
on_event (WspClient          *client,
          WspHandshake       *handshake,
          GSocketClientEvent  event,
          GSocketConnectable *place,
          GIOStream          *stream,
          Scene              *self)
{
  guint call = find_call (self, handshake);

  if (event == G_SOCKET_CLIENT_RESOLVING)
    note_place (self, call, "%s", place);
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED)
    self->is_by_gio = G_IS_TLS_CONNECTION (stream);
}

static gboolean
on_certificate (WspClient           *client,
                WspHandshake        *handshake,
                GSocketConnectable  *peer,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                Scene               *self)
{
  guint call = find_call (self, handshake);
  HostIndex host = find_host (self, G_NETWORK_ADDRESS (peer));

  note_place (self, call, "[%s]", peer);
  g_assert_true (errors != 0);
  g_assert_true (g_tls_certificate_is_same (certificate,
                                            authority_get_certificate (certificates[host])));
  switch (cases[self->i].handler)
    {
    case ACCEPTS_ALL:
      break;
    case ACCEPTS_A:
      return host == HOST_A;
    case ACCEPTS_B:
      return host == HOST_B;
    case CANCELS:
      g_cancellable_cancel (self->calls[call].cancellable);
      break;
    }
  return TRUE;
}

static WspClient *
make_client (Scene *self)
{
  static const char *const schemes[] = {
    [HTTP_PROXY] = "http", [HTTPS_PROXY] = "https", [HTTPS_PROXY_AT_FIRST] = "https",
    [HTTPS_PROXY_AT_LAST] = "https", [SOCKS_PROXY] = "socks5",
  };
  char *localhost[] = { (char *) "localhost", NULL };
  ProxyKind kind = cases[self->i].proxy;
  g_autofree char *proxy = kind == NO_PROXY
                           ? NULL : g_strdup_printf ("%s://127.0.0.1:%u", schemes[kind],
                                                     far_get_port (self->hosts[HOST_P]));
  g_autoptr (GProxyResolver) resolver =
    g_simple_proxy_resolver_new (proxy, localhost);
  WspClient *client = g_object_new (WSP_TYPE_CLIENT, "proxy-resolver", resolver,
                                    "max-redirects", 1, NULL);

  g_signal_connect (client, "event", G_CALLBACK (on_event), self);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_certificate), self);
  return client;
}

static void
scene_init (Scene *self,
            guint  i)
{
  static const FarFunc proxies[] = {
    [NO_PROXY] = far_keep_silent, [HTTP_PROXY] = far_http_proxy, [HTTPS_PROXY] = far_https_proxy,
    [HTTPS_PROXY_AT_FIRST] = far_https_proxy, [HTTPS_PROXY_AT_LAST] = far_https_proxy,
    [SOCKS_PROXY] = far_socks_proxy,
  };

  HostIndex behind = cases[i].proxy == HTTPS_PROXY_AT_FIRST ? HOST_A : HOST_B;

  *self = (Scene) { .i = i };
  authority_get_database ();    /* threads of the hosts find them */
  for (guint j = 0; j < N_HOSTS; j++)
    authority_get_certificate (certificates[j]);
  for (guint j = 0; j < N_CALLS; j++)
    self->asked[j] = g_string_new (NULL);
  self->hosts[HOST_A] = far_new (serve_a, self);
  self->hosts[HOST_B] = far_new (serve_b, self);
  self->route = (FarRoute) { "inside.example", far_get_port (self->hosts[behind]), NULL, NULL,
                             certificates[HOST_P], NULL };
  self->hosts[HOST_P] = far_new (proxies[cases[i].proxy], &self->route);
  if (cases[i].redirect != NULL)
    self->redirect = put_ports (self, cases[i].redirect);
  for (guint j = 0; j < N_CALLS && cases[i].uris[j] != NULL; j++)
    self->uris[j] = put_ports (self, cases[i].uris[j]);
}

static void
scene_clear (Scene *self)
{
  for (guint i = 0; i < N_CALLS; i++)
    {
      dial_clear (&self->calls[i]);
      g_free (self->uris[i]);
      g_string_free (self->asked[i], TRUE);
    }
  for (guint i = 0; i < N_HOSTS; i++)
    far_free (self->hosts[i]);
  g_free (self->redirect);
}

/* The steps that the last request needed have times in their order, and the others have none. */
static void
check_times (const Scene *self)
{
  WspHandshake *handshake = self->calls[0].handshake;
  gboolean has_proxy = cases[self->i].proxy != NO_PROXY &&
                       cases[self->i].proxy != HTTPS_PROXY_AT_FIRST;
  gboolean is_secure = has_tls (self, HOST_B);
  gint64 before = 1;

  for (guint step = WSP_HANDSHAKE_STEP_BEGUN; step <= WSP_HANDSHAKE_STEP_ANSWERED; step++)
    {
      gint64 time = wsp_handshake_get_time_us (handshake, (WspHandshakeStep) step);

      if ((step == WSP_HANDSHAKE_STEP_PROXIED && !has_proxy) ||
          (step == WSP_HANDSHAKE_STEP_SECURED && !is_secure))
        {
          g_assert_cmpint (time, ==, 0);
          continue;
        }

      g_assert_cmpint (time, >=, before);
      before = time;
    }
}

static void
check_call (Scene *self,
            guint  i)
{
  g_assert_cmpstr (self->asked[i]->str, ==, cases[self->i].asked[i]);
  if (cases[self->i].is_open[i])
    dial_is_open (&self->calls[i]);
  else if (cases[self->i].handler == CANCELS)
    dial_has_failed (&self->calls[i], G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
  else
    dial_has_failed (&self->calls[i], G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted");
}

/* A handler that has cancelled the call has accepted nothing: the server sees TLS fail. */
static void
check_no_tls (Scene *self)
{
  g_autofree char *notes = NULL;

  while (notes == NULL || strstr (notes, "end\n") == NULL)
    {
      run_pending ();
      g_free (notes);
      notes = far_dup_notes (self->hosts[HOST_A]);
    }
  g_assert_lacks (notes, "TLS, ALPN");
}

/* Both calls run at the same time. */
static void
run_case (guint i)
{
  g_autoptr (WspClient) client = NULL;
  Scene scene;

  scene_init (&scene, i);
  client = make_client (&scene);
  for (guint j = 0; j < N_CALLS && scene.uris[j] != NULL; j++)
    dial_begin (&scene.calls[j], client, scene.uris[j], NULL);
  for (guint j = 0; j < N_CALLS && scene.uris[j] != NULL; j++)
    {
      dial_wait (&scene.calls[j]);
      check_call (&scene, j);
    }

  if (cases[i].handler == CANCELS && cases[i].proxy == NO_PROXY)
    check_no_tls (&scene);
  if (cases[i].is_open[0])
    check_times (&scene);
  if (cases[i].is_open[0] && (cases[i].proxy == NO_PROXY || cases[i].proxy == HTTP_PROXY))
    g_assert_cmpint (scene.is_by_gio, ==, knock_leaves_tls_to_gio ());
  scene_clear (&scene);
}

typedef void (*Run) (guint i);

static void
run_by_gio (Run   run,
            guint i)
{
  const char *before = g_getenv ("WSP_TLS");
  g_autofree char *kept = g_strdup (before);

  g_setenv ("WSP_TLS", "gio", TRUE);
  run (i);
  if (kept != NULL)
    g_setenv ("WSP_TLS", kept, TRUE);
  else
    g_unsetenv ("WSP_TLS");
}

static void
test_case (gconstpointer data)
{
  run_case (GPOINTER_TO_UINT (data));
}

static void
test_case_by_gio (gconstpointer data)
{
  run_by_gio (run_case, GPOINTER_TO_UINT (data));
}

typedef struct                  /* two reconnectors with one client, which accepts that of A */
{
  Scene         *scene;
  WspHandshake  *asked[N_CALLS];
  guint          n_connected, n_failed;
} Keeping;

static gboolean
on_kept_certificate (WspClient           *client,
                     WspHandshake        *handshake,
                     GSocketConnectable  *peer,
                     GTlsCertificate     *certificate,
                     GTlsCertificateFlags errors,
                     Keeping             *self)
{
  HostIndex host = find_host (self->scene, G_NETWORK_ADDRESS (peer));

  g_assert_cmpstr (wsp_handshake_get_uri (handshake), ==, self->scene->uris[host]);
  g_set_object (&self->asked[host], handshake);
  return host == HOST_A;
}

static void
on_kept_connected (WspReconnector *reconnector,
                   WspConnection  *connection,
                   Keeping        *self)
{
  g_assert_cmpstr (wsp_reconnector_get_uri (reconnector), ==, self->scene->uris[HOST_A]);
  g_assert_true (wsp_connection_get_handshake (connection) == self->asked[HOST_A]);
  wsp_connection_start_receiving (connection);
  self->n_connected++;
}

static void
on_kept_failed (WspReconnector *reconnector,
                WspHandshake   *handshake,
                const GError   *error,
                Keeping        *self)
{
  g_assert_cmpstr (wsp_reconnector_get_uri (reconnector), ==, self->scene->uris[HOST_B]);
  g_assert_true (handshake == self->asked[HOST_B]);
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  self->n_failed++;
}

static gboolean
on_kept_question (WspReconnector *reconnector,
                  WspHandshake   *handshake,
                  const GError   *error,
                  Keeping        *self)
{
  g_assert_true (handshake == self->asked[HOST_B]);
  return FALSE;
}

/* i: of the row with two calls. */
static void
run_reconnectors (guint i)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  WspReconnector *reconnectors[N_CALLS];
  Keeping keeping = { 0 };
  Scene scene;

  scene_init (&scene, i);
  keeping.scene = &scene;
  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_kept_certificate), &keeping);
  for (guint j = 0; j < N_CALLS; j++)
    {
      reconnectors[j] = wsp_reconnector_new (scene.uris[j], client);
      g_signal_connect (reconnectors[j], "connected", G_CALLBACK (on_kept_connected), &keeping);
      g_signal_connect (reconnectors[j], "attempt-failed", G_CALLBACK (on_kept_failed), &keeping);
      g_signal_connect (reconnectors[j], "should-retry", G_CALLBACK (on_kept_question), &keeping);
      wsp_reconnector_start (reconnectors[j]);
    }

  run_until_count (&keeping.n_connected, 1);
  run_until_count (&keeping.n_failed, 1);
  for (guint j = 0; j < N_CALLS; j++)
    {
      wsp_reconnector_stop (reconnectors[j]);
      g_object_unref (reconnectors[j]);
      g_clear_object (&keeping.asked[j]);
    }
  scene_clear (&scene);
  run_pending ();
}

static void
test_reconnectors (gconstpointer data)
{
  run_reconnectors (GPOINTER_TO_UINT (data));
}

static void
test_reconnectors_by_gio (gconstpointer data)
{
  run_by_gio (run_reconnectors, GPOINTER_TO_UINT (data));
}

static void
add_row (const char   *name,
         const char   *way,
         guint         i,
         GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/endpoint/dial-peer/%s/%s", way, name);

  g_test_add_data_func (path, GUINT_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      add_row (cases[i].name, "tls-of-the-library", i, test_case);
      add_row (cases[i].name, "tls-of-gio", i, test_case_by_gio);
      if (strcmp (cases[i].name, "two-calls") != 0)
        continue;

      add_row ("two-reconnectors", "tls-of-the-library", i, test_reconnectors);
      add_row ("two-reconnectors", "tls-of-gio", i, test_reconnectors_by_gio);
    }

  return g_test_run ();
}
