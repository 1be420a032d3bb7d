/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each limit on a response to a client has a finite default, and is logged once with its name. */
#include "endpoint/far/dialed.h"
#include "lib/log-watch.h"

static GString *lines, *texts;

static GLogWriterOutput
keep_limit (GLogLevelFlags   level,
            const GLogField *fields,
            gsize            n_fields,
            gpointer         user_data)
{
  gboolean is_about_limits = FALSE, has_limit = FALSE;

  g_assert_cmpuint (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING), ==, 0);
  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "WSP_LIMIT") == 0)
        g_string_append_printf (lines, "%s\n", (const char *) fields[i].value);
      else if (strcmp (fields[i].key, "MESSAGE") == 0)
        g_string_append_printf (texts, "%s\n", (const char *) fields[i].value);
      is_about_limits |= g_strcmp0 (fields[i].value, "limits") == 0;
      has_limit |= strcmp (fields[i].key, "WSP_LIMIT") == 0;
    }
  if (is_about_limits && !has_limit)
    g_string_append (lines, "constant\n");
  return G_LOG_WRITER_HANDLED;
}

static void
serve_many_fields (FarPeer *peer,
                   gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  far_write (peer, "HTTP/1.1 200 OK\r\n");
  for (guint i = 0; i < 200; i++)
    far_write (peer, "A: b\r\n");
  far_wait_for_end (peer);
}

static void
serve_long_field (FarPeer *peer,
                  gpointer data)
{
  g_autofree char *head = far_read_head (peer);
  g_autofree char *value = g_strnfill (20 * 1024, 'b');

  far_write (peer, "HTTP/1.1 200 OK\r\nA: ");
  far_write (peer, value);
  far_wait_for_end (peer);
}

static void
serve_interim_responses (FarPeer *peer,
                         gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  for (guint i = 0; i < 20; i++)
    far_write (peer, "HTTP/1.1 100 Continue\r\n\r\n");
  far_wait_for_end (peer);
}

static const struct
{
  const char *limit;
  FarFunc     serve;
} breaches[] = {
  { "constant", serve_interim_responses },
  { "max-header-fields", serve_many_fields },
  { "max-head-size", serve_long_field },
  { "connect-timeout", far_keep_silent },
};

static void
test_breach (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / 2;
  gboolean is_proxy = GPOINTER_TO_UINT (data) % 2;
  g_autoptr (Far) far = far_new (breaches[i].serve, NULL);
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u", far_get_port (far));
  g_autofree char *line = g_strconcat (breaches[i].limit, "\n", NULL);
  g_autoptr (WspClient) client = dial_client (is_proxy ? uri : NULL);
  g_auto (Dialed) dialed = { 0 };

  if (breaches[i].serve == far_keep_silent)
    wsp_client_set_connect_timeout (client, 20);
  g_string_truncate (lines, 0);
  dial (&dialed, client, is_proxy ? "ws://inside.example/" : "ws://127.0.0.1:PORT/",
        far_get_port (far));
  g_assert_null (dialed.connection);
  g_assert_cmpstr (lines->str, ==, line);
}

/* Row 252: the limits that prevent a peer from using up memory, descriptors or time. */
static const char *const limits_of_peers[] = {
  "max-head-size", "max-header-fields", "max-refusal-body",
  "handshake-timeout", "max-message-size",
  "max-fragments", "max-send-queue", "max-read-ahead",
  "keepalive-interval", "keepalive-timeout", "close-timeout",
  "max-buffered-input", "max-bytes-per-turn",
};

static const char *const limits_of_servers[] = { "max-pending-handshakes", "max-connections" };

static void
check_finite (gpointer    object,
              const char *property)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) number = G_VALUE_INIT;

  g_value_init (&number, G_TYPE_UINT64);
  g_object_get_property (object, property, &value);
  g_assert_true (g_value_transform (&value, &number));
  g_assert_cmpuint (g_value_get_uint64 (&number), >, 0);
  g_assert_cmpuint (g_value_get_uint64 (&number), <=, 1 << 30);
}

static void
test_finite (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = wsp_client_new ();
  WspLimits *limits[] = { wsp_server_get_limits (server), wsp_client_get_limits (client) };

  for (guint i = 0; i < G_N_ELEMENTS (limits_of_peers) * 2; i++)
    check_finite (limits[i % 2], limits_of_peers[i / 2]);
  for (guint i = 0; i < G_N_ELEMENTS (limits_of_servers); i++)
    check_finite (server, limits_of_servers[i]);
}

static const char *const answers[] = {
  NULL, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "what\r\n\r\n", "",
};

/* For any result of the call. */
static void
test_secret (gconstpointer data)
{
  g_autoptr (Far) far = far_new (far_serve, (gpointer) answers[GPOINTER_TO_UINT (data)]);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  g_string_truncate (texts, 0);
  dial (&dialed, client, "ws://wanderer:ticket@127.0.0.1:PORT/", far_get_port (far));
  g_assert_contains (texts->str, "Opening handshake with ws://127.0.0.1:");
  g_assert_lacks (texts->str, "wanderer");
  g_assert_lacks (texts->str, "ticket");
  if (dialed.error != NULL)
    g_assert_lacks (dialed.error->message, "ticket");
}

int
main (int    argc,
      char **argv)
{
  /* Otherwise debug messages are not even created. */
  g_setenv ("G_MESSAGES_DEBUG", "Wsp", TRUE);
  g_test_init (&argc, &argv, NULL);
  lines = g_string_new (NULL);
  texts = g_string_new (NULL);
  log_watch (keep_limit);

  for (guint i = 0; i < G_N_ELEMENTS (breaches) * 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/dial-log/%s/%s",
                                               i % 2 ? "proxy" : "server", breaches[i / 2].limit);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_breach);
    }
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/dial-log/SEC-41-login-of-the-uri-%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_secret);
    }
  g_test_add_func ("/endpoint/dial-log/WS-252-defaults-are-finite", test_finite);

  int status = g_test_run ();

  g_string_free (lines, TRUE);
  g_string_free (texts, TRUE);
  return status;
}
