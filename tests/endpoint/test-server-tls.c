/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a TLS handshake of a server costs, beside one of GIO's server as it is made by default: that
 * one reads the list of authorities of the system for each connection. */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"

#include <sys/resource.h>
#include <unistd.h>

#define N_CLIENTS 24

typedef struct
{
  double time;                  /* seconds of CPU for a handshake, with its client */
  double bytes;                 /* resident for an open connection, with its client */
} Cost;

static double
get_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
get_resident (void)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  return (double) g_ascii_strtoull (strchr (text, ' '), NULL, 10) * (double) sysconf (_SC_PAGESIZE);
}

static gboolean
trust (void)
{
  return TRUE;
}

/* Knows no authorities at all, and costs accordingly. */
static GIOStream *
dial_tls (guint16 port)
{
  GType type = g_tls_backend_get_client_connection_type (g_tls_backend_get_default ());
  g_autoptr (GSocket) socket = g_socket_new_from_fd (knock_dial (port), NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  GIOStream *tls = g_initable_new (type, NULL, NULL, "base-io-stream", stream, "database", NULL,
                                   NULL);

  g_signal_connect (tls, "accept-certificate", G_CALLBACK (trust), NULL);
  return tls;
}

static void
run_until_answer (GIOStream *client)
{
  g_autoptr (GAsyncResult) result = NULL;
  char octet;

  g_input_stream_read_async (g_io_stream_get_input_stream (client), &octet, 1, 0, NULL, keep_result,
                             &result);
  run_until_result (&result);
  g_assert_cmpint (g_input_stream_read_finish (g_io_stream_get_input_stream (client), result, NULL),
                   ==, 1);
}

static void
ask (GIOStream *client)
{
  g_autoptr (GAsyncResult) result = NULL;
  GOutputStream *output = g_io_stream_get_output_stream (client);

  g_output_stream_write_all_async (output, KNOCK_REQUEST (""), strlen (KNOCK_REQUEST ("")), 0, NULL,
                                   keep_result, &result);
  run_until_result (&result);
  g_assert_true (g_output_stream_write_all_finish (output, result, NULL, NULL));
  run_until_answer (client);
}

static Cost
measure (guint16 port)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);
  double time = 0, bytes = 0;

  for (guint i = 0; i < N_CLIENTS + 4; i++)
    {
      if (i == 4)               /* what is made once has been made */
        {
          time = get_time ();
          bytes = get_resident ();
        }
      g_ptr_array_add (clients, dial_tls (port));
      ask (clients->pdata[i]);
    }

  return (Cost) {
           (get_time () - time) / N_CLIENTS,
           (get_resident () - bytes) / N_CLIENTS
  };
}

static void
answer_usual (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL));
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (source)), "x", 1, NULL,
                             NULL, NULL);
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *stream,
             GObject           *source,
             GPtrArray         *kept)
{
  GIOStream *tls = g_tls_server_connection_new (G_IO_STREAM (stream),
                                                authority_get_certificate (CERTIFICATE_GOOD), NULL);

  g_ptr_array_add (kept, tls);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), 0, NULL, answer_usual, NULL);
  return TRUE;
}

static Cost
measure_usual (void)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketService) service = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);

  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), kept);
  Cost cost = measure (port);

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  return cost;
}

static Cost
measure_ours (GTlsAuthenticationMode mode,
              GTlsDatabase          *database)
{
  g_autoptr (WspServer) server = wsp_server_new ();

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                "tls-authentication-mode", mode, "tls-database", database, NULL);
  Cost cost = measure (wsp_server_add_inet_port (server, "127.0.0.1", 0, NULL));

  return cost;
}

static void
test_cost (void)
{
  /* What is measured first finds no memory that others have freed. */
  Cost ours = measure_ours (G_TLS_AUTHENTICATION_NONE, NULL);
  Cost asking = measure_ours (G_TLS_AUTHENTICATION_REQUESTED, authority_get_database ());
  Cost usual = measure_usual ();

  g_test_message ("without a list %.2f ms, %.0f bytes; with one of its own %.2f ms, %.0f bytes; "
                  "with that of the system %.2f ms, %.0f bytes", ours.time * 1e3, ours.bytes,
                  asking.time * 1e3, asking.bytes, usual.time * 1e3, usual.bytes);
  if (usual.bytes < 1000 * 1000)
    {
      g_test_skip ("this system has no list of authorities that would cost anything");
      return;
    }

  g_assert_cmpfloat (ours.bytes * 5, <, usual.bytes);
  g_assert_cmpfloat (asking.bytes * 5, <, usual.bytes);
  g_assert_cmpfloat (ours.time * 2, <, usual.time);
  g_assert_cmpfloat (asking.time * 2, <, usual.time);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/server-tls/handshake/SEC-113-reads-no-list-of-authorities",
                   test_cost);

  int status = g_test_run ();

  authority_clear ();
  return status;
}
