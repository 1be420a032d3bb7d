/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A refused handshake: its status and headers are available at once; its body is read for a
 * short time and up to a limit. */
#include "endpoint/far/dialed.h"
#include "lib/rows.h"

#define SHORT 50                /* milliseconds */
#define LONG 10                 /* seconds after which the test fails */
#define MAX_BODY 70000

typedef struct
{
  const char *head, *part;
  gboolean    is_endless;       /* TRUE if part is repeated until the client disconnects */
  FarGate    *gate;             /* gate: while it is shut, part waits; nullable */
} Refusal;

static void
pass_gate (FarGate *gate)
{
  if (gate != NULL)
    far_gate_pass (gate);
}

static void
refuse (FarPeer *peer,
        gpointer data)
{
  const Refusal *refusal = data;
  g_autofree char *head = far_read_head (peer);

  if (head == NULL || !far_write (peer, refusal->head))
    return;

  pass_gate (refusal->gate);
  while (far_write (peer, refusal->part) && refusal->is_endless)
    continue;
  far_wait_for_end (peer);
}

static WspClient *
make_client (const char *proxy,
             guint       timeout)
{
  WspClient *client = dial_client (proxy);

  g_object_set (wsp_client_get_limits (client), "refusal-timeout", timeout, NULL);
  g_object_set (wsp_client_get_limits (client), "max-refusal-body", (guint64) MAX_BODY, NULL);
  return client;
}

static const struct
{
  const char *name;
  Refusal     refusal;
  guint       timeout;
  const char *body;             /* body that the client gets; NULL: the first MAX_BODY bytes */
} bodies[] = {
  { "SEC-37-without-a-length", { "HTTP/1.1 403 No\r\n\r\n", "part", FALSE, NULL }, SHORT, "part" },
  { "SEC-37-empty", { "HTTP/1.1 403 No\r\n\r\n", "", FALSE, NULL }, SHORT, "" },
  { "SEC-37-shorter-than-its-length", { "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\n", "part", FALSE, NULL },
    SHORT, "part" },
  { "SEC-37-chunk-without-an-end",
    { "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n", "9\r\npart", FALSE, NULL }, SHORT, "part" },
  { "complete-is-not-waited-for", { "HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\n", "part", FALSE, NULL },
    LONG * 2000, "part" },
  { "SEC-34-endless-is-cut", { "HTTP/1.1 403 No\r\n\r\n", "part", TRUE, NULL }, LONG * 2000, NULL },
  { "SEC-34-longer-than-its-limit", { "HTTP/1.1 403 No\r\nContent-Length: 99999\r\n\r\n", "part", TRUE, NULL },
    LONG * 2000, NULL },
};

static void
check_body (Dialed     *dialed,
            const char *expected,
            gint64      begun)
{
  g_autofree char *body = dial_dup_body (dialed);

  g_assert_cmpuint (dial_get_status (dialed), ==, 403);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, LONG * G_USEC_PER_SEC);
  if (expected != NULL)
    g_assert_cmpstr (body, ==, expected);
  else
    g_assert_cmpuint (strlen (body), ==, MAX_BODY);
}

static void
test_server (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (refuse, (gpointer) & bodies[i].refusal);
  g_autoptr (WspClient) client = make_client (NULL, bodies[i].timeout);
  gint64 begun = g_get_monotonic_time ();
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "403 No");
  check_body (&dialed, bodies[i].body, begun);
}

static void
test_proxy (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) proxy = far_new (refuse, (gpointer) & bodies[i].refusal);
  g_autofree char *proxy_uri = far_make_uri ("http://127.0.0.1:PORT", proxy);
  g_autoptr (WspClient) client = make_client (proxy_uri, bodies[i].timeout);
  gint64 begun = g_get_monotonic_time ();
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "ws://inside.example/", 0);
  dial_has_failed (&dialed, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED, "403 No");
  check_body (&dialed, bodies[i].body, begun);
}

/* The body is sent only after a handler has seen the status. */
static void
on_status (WspHandshake *handshake,
           GParamSpec   *pspec,
           FarGate      *gate)
{
  g_autoptr (WspHeaders) headers = NULL;
  guint status;

  g_object_get (handshake, "response-status", &status, "response-headers", &headers, NULL);
  g_assert_cmpuint (status, ==, 403);
  g_assert_cmpstr (wsp_headers_get_one (headers, "X-Why"), ==, "because");
  far_gate_open (gate);
}

static void
test_at_once (void)
{
  FarGate *gate = far_gate_new ();
  const char *head = "HTTP/1.1 403 No\r\nX-Why: because\r\nContent-Length: 4\r\n\r\n";
  Refusal refusal = { head, "body", FALSE, gate };
  g_autoptr (Far) server = far_new (refuse, &refusal);
  g_autoptr (WspClient) client = make_client (NULL, LONG * 2000);
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);
  gint64 begun = g_get_monotonic_time ();
  Dialed dialed = { 0 };

  far_gate_shut (gate);
  dial_begin (&dialed, client, uri, NULL);
  g_signal_connect (dialed.handshake, "notify::response-status", G_CALLBACK (on_status), gate);
  dial_wait (&dialed);
  check_body (&dialed, "body", begun);
  dial_clear (&dialed);
  g_clear_pointer (&server, far_free);
  far_gate_free (gate);
}

#define LENGTH "Content-Length: 4\r\n\r\n"

/* The body is sent only after the handler was asked for credentials; it is read if there are
 * none. */
static const struct
{
  const char *name, *head, *field;
  gboolean    is_proxy;
  guint       n_answers;        /* number of first requests that the handler answers with
                                 * credentials */
} logins[] = {
  { "server-and-there-is-none", "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic\r\n" LENGTH, "Authorization", FALSE, 0 },
  { "server-and-another-is-refused", "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic\r\n" LENGTH, "Authorization", FALSE, 2 },
  { "proxy-and-there-is-none", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n" LENGTH, "Proxy-Authorization", TRUE, 0 },
  { "proxy-and-another-is-refused", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n" LENGTH, "Proxy-Authorization", TRUE,
    2 },
};

typedef struct
{
  const char *field;
  FarGate    *gate;
  guint       n_answers, n_asked;
} Asked;

static gboolean
on_authenticate (WspClient    *client,
                 WspHandshake *handshake,
                 gboolean      retrying,
                 Asked        *asked)
{
  g_autofree char *value = g_strdup_printf ("Basic %u", asked->n_asked);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  if (asked->n_asked == 0)
    far_gate_open (asked->gate);
  if (asked->n_asked++ == asked->n_answers)
    return FALSE;

  g_assert_true (wsp_headers_append (headers, asked->field, value, NULL));
  g_object_set (handshake, "request-headers", headers, NULL);
  return TRUE;
}

static void
test_login (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  FarGate *gate = far_gate_new ();
  Refusal refusal = { logins[i].head, "body", FALSE, gate };
  g_autoptr (Far) far = far_new (refuse, &refusal);
  g_autofree char *proxy = far_make_uri ("http://127.0.0.1:PORT", far);
  g_autoptr (WspClient) client = make_client (logins[i].is_proxy ? proxy : NULL, LONG * 2000);
  Asked asked = { logins[i].field, gate, logins[i].n_answers, 0 };
  gint64 begun = g_get_monotonic_time ();
  g_autofree char *body = NULL;
  Dialed dialed = { 0 };

  far_gate_shut (gate);
  g_signal_connect (client, "authenticate", G_CALLBACK (on_authenticate), &asked);
  dial (&dialed, client, logins[i].is_proxy ? "ws://inside.example/" : "ws://127.0.0.1:PORT/",
        far_get_port (far));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, LONG * G_USEC_PER_SEC);
  g_assert_cmpuint (asked.n_asked, ==, logins[i].n_answers + 1);
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "Who");
  body = dial_dup_body (&dialed);
  g_assert_cmpstr (body, ==, "body");
  dial_clear (&dialed);
  g_clear_pointer (&far, far_free);
  far_gate_free (gate);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *server = g_strdup_printf ("/endpoint/refusal/server/%s", bodies[i].name);
      g_autofree char *proxy = g_strdup_printf ("/endpoint/refusal/proxy/%s", bodies[i].name);

      g_test_add_data_func (server, GUINT_TO_POINTER (i), test_server);
      g_test_add_data_func (proxy, GUINT_TO_POINTER (i), test_proxy);
    }
  ADD_ROWS ("/endpoint/refusal/login-at-once", logins, test_login);
  g_test_add_func ("/endpoint/refusal/status-and-headers-come-before-the-body", test_at_once);

  return g_test_run ();
}
