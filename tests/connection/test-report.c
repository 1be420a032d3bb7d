/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines that connections write into the log. */
#include "connection/wire.h"

#include <string.h>
#include <unistd.h>

#include "connection/report/wsp-report-private.h"
#include "connection/wsp-connection-private.h"
#include "lib/log-watch.h"
#include "lib/rows.h"

/* The lines in the form: level, blank, and the fields as KEY=VALUE. */
static GPtrArray *lines;

static GLogWriterOutput
keep_line (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  GString *line = g_string_new (level == G_LOG_LEVEL_INFO ? "info" : "other");

  for (gsize i = 0; i < n_fields; i++)
    g_string_append_printf (line, " %s=%s", fields[i].key, (const char *) fields[i].value);
  g_ptr_array_add (lines, g_string_free (line, FALSE));
  return G_LOG_WRITER_HANDLED;
}

static guint
count_lines (const char *part)
{
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += strstr (lines->pdata[i], part) != NULL;

  return n;
}

static void
set_debug (const char *domain)
{
  g_log_set_debug_enabled (domain != NULL);
  g_ptr_array_set_size (lines, 0);
}

static void
end_with (const char *hex,
          int        *fd)
{
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, fd);
  g_autoptr (Watched) server = watch (connection);

  wsp_connection_start_receiving (connection);
  wire_write (*fd, hex);
  run_until_closed (server);
  close (*fd);
}

static void
test_end (void)
{
  int fd;

  set_debug ("Wsp");
  end_with ("88 86 00 00 00 00 03 e9 1b 5b 32 4a", &fd);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_nonnull (strstr (lines->pdata[0], " unix: Open as server, subprotocol: none, "
                            "extensions: none PRIORITY=7 GLIB_DOMAIN=Wsp WSP_TOPIC=handshake"));
  g_assert_nonnull (strstr (lines->pdata[1], " unix: Closed cleanly by the peer with 1001 "
                            "\"\\x1b[2J\", answered with 1001 PRIORITY=7 GLIB_DOMAIN=Wsp "
                            "WSP_TOPIC=close WSP_CONNECTION="));
  g_assert_nonnull (strstr (lines->pdata[1], " WSP_PEER=unix WSP_CLOSE_CODE=1001"));
  set_debug (NULL);
}

static void
test_logging_off (void)
{
  int fd;

  set_debug (NULL);
  end_with ("88 82 00 00 00 00 03 e9", &fd);
  g_assert_cmpuint (lines->len, ==, 0);
}

/* One line, whatever the number of bad frames. */
static void
test_flood (void)
{
  int fd;

  set_debug ("Wsp");
  end_with ("c1 80 00 00 00 00 c1 80 00 00 00 00 c1 80 00 00 00 00 c1 80 00 00 00 00", &fd);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpuint (count_lines ("Failed by us with 1002: RSV bit is set"), ==, 1);
  set_debug (NULL);
}

static void
test_limit (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_debug (NULL);
  wire_limit (raw->connection, "max-frame-size", 4);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "82 85 00 00 00 00");
  run_until_closed (raw->watched);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_true (g_str_has_prefix (lines->pdata[0], "info "));
  g_assert_nonnull (strstr (lines->pdata[0], "Frame is larger than max-frame-size: 5, limit 4"));
  g_assert_nonnull (strstr (lines->pdata[0], " WSP_LIMIT=max-frame-size"));
  g_assert_nonnull (strstr (lines->pdata[0], " WSP_CONNECTION="));
}

static void
test_timeouts (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  set_debug (NULL);
  wsp_limits_set_idle_timeout (limits, 5);
  wsp_limits_set_close_timeout (limits, 5);
  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_start_receiving (raw->connection);
  run_until_closed (raw->watched);
  g_assert_cmpuint (count_lines ("WSP_LIMIT=idle-timeout"), ==, 1);
  g_assert_cmpuint (count_lines ("WSP_LIMIT=close-timeout"), ==, 1);
  g_assert_cmpuint (lines->len, ==, 2);
}

/* Limits that are exceeded again and again. */
static void
test_send_queue (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  const gsize length = 1024 * 1024;
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, length);
  guint n_refused = 0;

  set_debug (NULL);
  wsp_limits_set_max_send_queue (limits, length);
  wsp_limits_set_send_high_water_mark (limits, 4096);
  wsp_connection_set_limits (raw->connection, limits);
  for (guint i = 0; i < 6; i++)
    n_refused += !wsp_connection_queue_message (raw->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                NULL);
  g_assert_cmpuint (n_refused, >, 1);
  g_assert_cmpuint (count_lines ("WSP_LIMIT=max-send-queue"), ==, 1);
  g_assert_cmpuint (count_lines ("WSP_LIMIT=send-high-water-mark"), ==, 1);
}

/* As if the first message had come six seconds ago; then two turns check whether that is long. */
static void
test_unread (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_debug (NULL);
  wire_write (raw->fd, "82 81 00 00 00 00 61");
  while (wsp_input_peek_held (&raw->connection->input)->undecided_since == 0)
    g_main_context_iteration (NULL, TRUE);
  raw->connection->input.held->undecided_since -= 6 * G_USEC_PER_SEC;
  for (guint i = 0; i < 2; i++)
    {
      wsp_connection_call_soon (raw->connection, WSP_DUE_AFTER_RESULTS);
      run_pending ();
    }
  g_assert_cmpuint (count_lines ("Messages wait for 5 s: expected a handler"), ==, 1);
  g_assert_cmpint (raw->connection->timer.deadline, >, g_get_monotonic_time ());
}

static void
start (WspConnection *connection)
{
  wsp_connection_start_receiving (connection);
}

static const struct
{
  const char *claim;
  gboolean    has_message;
  void (*act)(WspConnection *connection);
} read_rows[] = {
  { "no-message-has-come", FALSE, NULL },
  { "started-late", TRUE, start },
  { "aborted", TRUE, wsp_connection_abort },
};

/* No message waits for the program: nothing is logged. */
static void
test_not_unread (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_debug (NULL);
  run_pending ();
  if (read_rows[row].has_message)
    {
      wire_write (raw->fd, "82 81 00 00 00 00 61");
      while (wsp_input_peek_held (&raw->connection->input)->undecided_since == 0)
        g_main_context_iteration (NULL, TRUE);
      raw->connection->input.held->undecided_since -= 6 * G_USEC_PER_SEC;
      read_rows[row].act (raw->connection);
    }
  wsp_connection_call_soon (raw->connection, WSP_DUE_AFTER_RESULTS);
  run_pending ();
  g_assert_cmpuint (count_lines ("Messages wait"), ==, 0);
}

/* The program aborts before the time was found to be over, which is not logged then. */
static void
test_stalled_and_aborted (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  const gsize length = 4 * 1024 * 1024;
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, length);

  wsp_connection_start_receiving (raw->connection);
  g_assert_true (wsp_connection_queue_message (raw->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  run_pending ();
  set_debug (NULL);
  raw->connection->output.rest->last_taken -= 24 * 3600 * (gint64) G_USEC_PER_SEC;
  wsp_connection_abort (raw->connection);
  run_until_closed (raw->watched);
  g_assert_cmpuint (lines->len, ==, 0);
}

typedef enum
{
  DROP_OPEN,
  DROP_AFTER_OUR_CLOSE,         /* dropped after the Close that the idle timeout has sent */
  DROP_AFTER_THE_END,
  DROP_UNSTARTED,
} Drop;

static const struct
{
  const char *claim;
  Drop        when;
  guint       n_lines;
} drop_rows[] = {
  { "open-is-logged", DROP_OPEN, 1 },
  { "after-our-close-is-not-logged", DROP_AFTER_OUR_CLOSE, 0 },
  { "after-the-end-is-not-logged", DROP_AFTER_THE_END, 0 },
  { "without-a-stream-is-not-logged", DROP_UNSTARTED, 0 },
};

static void
bring_to (WspConnection *connection,
          Drop           when,
          int            fd)
{
  switch (when)
    {
    case DROP_OPEN:
    case DROP_UNSTARTED:
      return;
    case DROP_AFTER_OUR_CLOSE:
      wire_limit (connection, "idle-timeout", 5);
      g_free (wire_read (fd, 4));
      return;
    case DROP_AFTER_THE_END:
      close (fd);
      while (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_CLOSED)
        g_main_context_iteration (NULL, TRUE);
      return;
    }

  g_assert_not_reached ();
}

/* A connection that is dropped does not tell of its end: no program can take a close info. */
static void
test_dropped (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data), n_ended;
  Drop when = drop_rows[row].when;
  int fd = -1;
  WspConnection *connection = when == DROP_UNSTARTED ? g_object_new (WSP_TYPE_CONNECTION, NULL)
                                                     : wire_raw (WSP_ROLE_SERVER, &fd);

  set_debug ("Wsp");
  bring_to (connection, when, fd);
  run_pending ();
  n_ended = count_lines ("Ended abnormally");
  g_object_add_weak_pointer (G_OBJECT (connection), (gpointer *) &connection);
  g_object_unref (connection);
  g_assert_null (connection);
  g_assert_cmpuint (count_lines ("Dropped without a Close"), ==, drop_rows[row].n_lines);
  g_assert_cmpuint (count_lines ("Ended abnormally"), ==, n_ended);
  set_debug (NULL);
  if (when == DROP_OPEN || when == DROP_AFTER_OUR_CLOSE)
    close (fd);
}

static const struct
{
  const char *name, *address;
  guint       port;
} inet_cases[] = {
  { "192.0.2.1:80", "192.0.2.1", 80 },
  { "[2001:db8::1]:443", "2001:db8::1", 443 },
};

static void
test_peer_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (inet_cases); i++)
    {
      g_autoptr (GSocketAddress) address =
        g_inet_socket_address_new_from_string (inet_cases[i].address, inet_cases[i].port);
      g_autofree char *name = wsp_report_name_peer (address);

      g_assert_cmpstr (name, ==, inet_cases[i].name);
    }

  g_assert_null (wsp_report_name_peer (NULL));
}

static void
answer_keepalive (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wire_limit (raw->connection, "keepalive-interval", 5);
  wsp_connection_start_receiving (raw->connection);

  g_autofree char *ping = wire_read (raw->fd, 10);
  g_autofree char *pong = g_strconcat ("8a 88 00 00 00 00 ", ping + strlen ("89 08 "), NULL);

  wire_write (raw->fd, pong);
  while (strstr (raw->watched->log->str, "pong") == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* In a process of its own: WSP_DEBUG is read only once. */
static void
be_child (void)
{
  int fd;

  end_with ("01 83 00 00 00 00 61 62 63 89 80 00 00 00 00 80 80 00 00 00 00 "
            "88 82 00 00 00 00 03 e8", &fd);
  answer_keepalive ();
}

/* Each byte is in a read of its own. */
static void
receive_byte_by_byte (const char *hex)
{
  g_auto (GStrv) octets = g_strsplit (hex, " ", 0);
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wsp_connection_start_receiving (raw->connection);
  for (guint i = 0; octets[i] != NULL; i++)
    {
      wire_write (raw->fd, octets[i]);
      run_pending ();
    }
}

static const struct
{
  const char *name, *hex, *line;
} frame_cases[] = {
  { "payload-is-skipped", "82 85 01 02 03 04 61 62 63 64 65 8a 80 01 02 03 04", "pong, 0 bytes\n" },
  { "masked-close-code", "88 84 01 02 03 04 02 eb 6b 6b", "close, 4 bytes, code 1001\n" },
  { "close-without-code", "88 80 01 02 03 04", "close, 0 bytes, code 1005\n" },
  { "half-a-close-code", "88 81 01 02 03 04 02", "close, 1 bytes, code 1005\n" },
  { "16-bit-length", "82 fe 01 00 01 02 03 04", "binary, 256 bytes\n" },
  { "reserved-bit", "c1 81 00 00 00 00 78",
    "text, 1 bytes, rsv 4: RSV bit is set, but no negotiated extension uses it\n" },
  { "reserved-opcode", "83 80 00 00 00 00",
    "reserved, 0 bytes: Opcode is reserved and not negotiated\n" },
  { "not-masked", "89 00", "ping, 0 bytes: Frame from the client is not masked\n" },
  { "no-message", "80 80 00 00 00 00",
    "continuation, 0 bytes: Unexpected continuation frame: no message in progress\n" },
};

static char *
run_child (const char *topics,
           const char *hex)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *arguments[] = { program, "--child", hex, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "WSP_DEBUG", topics, TRUE);
  char *text = NULL;
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **) arguments, environment, G_SPAWN_DEFAULT, NULL, NULL,
                               NULL, &text, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  return text;
}

static void
test_frames (void)
{
  static const char *const expected[] = {
    "frame received, text, 3 bytes, more follow\n",
    "frame received, ping, 0 bytes\n",
    "frame sent, pong, 0 bytes\n",
    "frame received, continuation, 0 bytes\n",
    "frame received, close, 2 bytes, code 1000\n",
    "frame sent, close, 2 bytes, code 1000\n",
  };
  g_autofree char *text = run_child ("frames", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_nonnull (strstr (text, expected[i]));
  g_assert_null (strstr (text, "read\n"));
  g_assert_null (strstr (text, "Closed cleanly"));
  g_assert_null (strstr (text, "abc"));
}

static void
test_frame (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *text = run_child ("frames", frame_cases[i].hex);
  g_autofree char *line = g_strconcat ("#1 unix: frame received, ", frame_cases[i].line, NULL);

  g_assert_nonnull (strstr (text, line));
}

static void
test_io (void)
{
  g_autofree char *text = run_child ("io,close", NULL);

  g_assert_nonnull (strstr (text, "#1 unix: 29 bytes read\n"));
  g_assert_nonnull (strstr (text, "#1 unix: Closed cleanly by the peer with 1000"));
  g_assert_null (strstr (text, "frame"));
}

/* Each ping of keepalive and its pong. */
static void
test_timers (void)
{
  g_autofree char *text = run_child ("timers,handshake", NULL);

  g_assert_nonnull (strstr (text, "#1 unix: Open as server"));
  g_assert_nonnull (strstr (text, "#2 unix: Keepalive sends a ping\n"));
  g_assert_nonnull (strstr (text, "#2 unix: Pong for keepalive's ping has come\n"));
  g_assert_null (strstr (text, "Closed"));
}

int
main (int    argc,
      char **argv)
{
  if (argc >= 2 && g_str_equal (argv[1], "--child"))
    {
      if (argc == 2)
        be_child ();
      else
        receive_byte_by_byte (argv[2]);
      return 0;
    }

  g_unsetenv ("G_MESSAGES_DEBUG");
  g_test_init (&argc, &argv, NULL);
  lines = g_ptr_array_new_with_free_func (g_free);
  log_watch (keep_line);

  g_test_add_func ("/connection/report/end/SEC-101-one-escaped-line", test_end);
  g_test_add_func ("/connection/report/end/SEC-101-no-flood", test_flood);
  g_test_add_func ("/connection/report/end/no-line-when-logging-is-off", test_logging_off);
  g_test_add_func ("/connection/report/limit/logged-once-with-its-property", test_limit);
  g_test_add_func ("/connection/report/limit/timeouts-are-logged", test_timeouts);
  g_test_add_func ("/connection/report/limit/send-queue-is-logged-once", test_send_queue);
  g_test_add_func ("/connection/report/limit/stalled-is-not-logged-when-aborted",
                   test_stalled_and_aborted);
  g_test_add_func ("/connection/report/unread/logged-once", test_unread);
  for (guint i = 0; i < G_N_ELEMENTS (read_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/connection/report/unread/not-logged/",
                                           read_rows[i].claim, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_not_unread);
    }
  for (guint i = 0; i < G_N_ELEMENTS (drop_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/connection/report/dropped/", drop_rows[i].claim, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_dropped);
    }
  g_test_add_func ("/connection/report/name-peer", test_peer_names);
  g_test_add_func ("/connection/report/trace/frames-are-printed", test_frames);
  ADD_ROWS ("/connection/report/trace", frame_cases, test_frame);
  g_test_add_func ("/connection/report/trace/io-and-close-are-printed", test_io);

  g_test_add_func ("/connection/report/timers/are-printed", test_timers);

  return g_test_run ();
}
