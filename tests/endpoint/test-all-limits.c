/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every property of WspLimits, and those of WspServer that are limits: it is exceeded once, and the
 * log names it, with the number that was reached and the limit. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/log-watch.h"
#include "lib/rows.h"

#include <libwsproto/wsproto-session.h>
#include <unistd.h>

#define PATIENCE (20 * G_USEC_PER_SEC)
#define MAX_FDS 3

typedef struct
{
  WspLimits     *limits;
  WspServer     *server;        /* server with the limits of the test */
  WspConnection *connection;    /* connection of the server; NULL: none yet */
  guint16        port;
  int            fds[MAX_FDS];
  guint          n_fds;
  GAsyncResult  *result;
} Stage;

typedef void (*ActFunc) (Stage *self);

static guint n_criticals;
static gboolean are_criticals_expected;
static GPtrArray *lines;        /* log lines about limits: the property, a tab, the message */

static GLogWriterOutput
keep_limit (GLogLevelFlags   level,
            const GLogField *fields,
            gsize            n_fields,
            gpointer         user_data)
{
  const char *limit = NULL, *message = "";

  if ((level & G_LOG_LEVEL_CRITICAL) != 0 && are_criticals_expected)
    n_criticals++;
  else
    g_assert_cmpuint (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING), ==, 0);
  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "WSP_LIMIT") == 0)
        limit = fields[i].value;
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = fields[i].value;
    }
  if (limit != NULL)
    g_ptr_array_add (lines, g_strconcat (limit, "\t", message, NULL));
  return G_LOG_WRITER_HANDLED;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Stage         *self)
{
  g_set_object (&self->connection, connection);
}

static int
come (Stage *self)
{
  g_assert_cmpuint (self->n_fds, <, MAX_FDS);
  self->fds[self->n_fds] = knock_dial (self->port);
  return self->fds[self->n_fds++];
}

static void
ask (Stage      *self,
     const char *request)
{
  knock_send (come (self), request);
}

static int
open_with (Stage      *self,
           const char *more)
{
  g_autofree char *request = g_strdup_printf (KNOCK_GET ("/", "%s"), more);
  int fd = come (self);

  knock_send (fd, request);
  g_free (knock_read (fd, "\r\n\r\n"));
  while (self->connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  return fd;
}

static int
open_pushing (Stage *self)
{
  int fd = open_with (self, "");

  wsp_connection_start_receiving (self->connection);
  return fd;
}

/* Requests */

static void
send_long_head (Stage *self)
{
  ask (self, KNOCK_REQUEST ("A: 0123456789012345678901234567890123456789012345678901234567890123456"
                            "789012345678901234567890123456789012345678901234567890123456789\r\n"));
}

static void
send_request (Stage *self)
{
  ask (self, KNOCK_REQUEST (""));
}

static void
come_and_wait (Stage *self)
{
  come (self);
}

static void
come_twice (Stage *self)
{
  gint64 end = g_get_monotonic_time () + 50 * 1000;

  come (self);
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (lines->len, ==, 0);         /* one connection is allowed */
  come (self);
}

static void
join_twice (Stage *self)
{
  open_with (self, "");
  ask (self, KNOCK_REQUEST (""));
}

/* Frames of a connected client */

static void
send_frames (Stage      *self,
             const char *frames)
{
  wire_write (open_pushing (self), frames);
}

static void
send_frame_of_5 (Stage *self)
{
  send_frames (self, "82 85 00 00 00 00 01 02 03 04 05");
}

static void
send_fragments (Stage *self)
{
  send_frames (self, "02 80 00 00 00 00 00 80 00 00 00 00 00 80 00 00 00 00");
}

static void
send_pings (Stage *self)
{
  send_frames (self, "89 80 00 00 00 00 89 80 00 00 00 00 89 80 00 00 00 00");
}

static void
send_large_fragment (Stage *self)
{
  static const guint8 header[] = { 0x02, 0xff, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0 };
  g_autofree guint8 *frame = g_malloc0 (sizeof header + 3 * 65536);
  int fd = open_pushing (self);
  gsize sent = 0;

  memcpy (frame, header, sizeof header);
  while (sent < sizeof header + 3 * 65536 && lines->len == 0)
    {
      gssize n = write (fd, frame + sent, sizeof header + 3 * 65536 - sent);

      sent += MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
send_bomb (Stage *self)
{
  g_autoptr (GConverter) deflater =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9));
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  const gsize length = 4 * 1024 * 1024;
  g_autofree guint8 *zeros = g_malloc0 (length);
  guint8 frame[8 + 16384] = { 0xc2, 0xfe };
  gsize n_read, n;

  g_object_set (self->server, "deflate", options, NULL);
  g_assert_cmpint (g_converter_convert (deflater, zeros, length, frame + 8, sizeof frame - 8,
                                        G_CONVERTER_INPUT_AT_END, &n_read, &n, NULL), ==,
                   G_CONVERTER_FINISHED);
  frame[2] = n >> 8;
  frame[3] = n;

  int fd = open_with (self, "Sec-WebSocket-Extensions: permessage-deflate\r\n");

  wsp_connection_start_receiving (self->connection);
  g_assert_cmpint (write (fd, frame, 8 + n), ==, 8 + n);
}

static void
send_unread (Stage *self)
{
  int fd = open_with (self, "");

  wsp_connection_receive_async (self->connection, NULL, keep_result, &self->result);
  wire_write (fd, "82 80 00 00 00 00 82 80 00 00 00 00 82 80 00 00 00 00");
}

static void
open_and_wait (Stage *self)
{
  open_pushing (self);
}

static void
close_and_wait (Stage *self)
{
  open_pushing (self);
  wsp_connection_close_async (self->connection, 1000, NULL, NULL, NULL, NULL);
}

/* More than a socket of the loopback accepts without a reader. */
static void
send_much (Stage *self)
{
  g_autofree guint8 *zeros = g_malloc0 (1024 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 1024 * 1024);

  open_pushing (self);
  for (guint i = 0; i < 64; i++)
    wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

/* The first message waits, and the second finds its receiver slow. */
static void
broadcast_twice (Stage *self)
{
  g_autofree guint8 *zeros = g_malloc0 (15 * 1024 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 15 * 1024 * 1024);

  open_pushing (self);
  wsp_server_broadcast (self->server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  for (gint64 end = g_get_monotonic_time () + 60000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  wsp_server_broadcast (self->server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

/* act NULL: no input can exceed it. */
static const struct
{
  const char *name;
  ActFunc     act;
  guint64     limit;
} limit_cases[] = {
  { "max-head-size", send_long_head, 256 },
  { "max-header-fields", send_request, 3 },
  { "max-refusal-body", NULL, 0 },              /* a longer body is cut */
  { "refusal-timeout", NULL, 0 },               /* the part that was received is the body */
  { "handshake-timeout", come_and_wait, 1000 },
  { "max-message-size", send_frame_of_5, 4 },
  { "max-frame-size", send_frame_of_5, 4 },
  { "max-fragments", send_fragments, 2 },
  { "fragment-size", NULL, 0 },                 /* of sent messages */
  { "max-inflate-ratio", send_bomb, 10 },
  { "send-high-water-mark", send_much, 4096 },
  { "send-low-water-mark", NULL, 0 },                /* the lower bound of send-high-water-mark */
  { "max-send-queue", send_much, 1024 * 1024 },
  { "max-read-ahead", send_unread, 1 },
  { "max-pings-per-second", send_pings, 2 },
  { "keepalive-interval", NULL, 0 },            /* only the time of a ping */
  { "keepalive-timeout", open_and_wait, 30 },
  { "idle-timeout", open_and_wait, 30 },
  { "close-timeout", close_and_wait, 30 },
  { "max-buffered-input", send_large_fragment, 100000 },
  { "max-bytes-per-turn", NULL, 0 },            /* a budget: other data waits for the next turn */
  /* Limits of the server, from here on: */
  { "max-pending-handshakes", come_twice, 1 },
  { "max-connections", join_twice, 1 },
  { "max-connections-per-address", join_twice, 1 },
  { "max-connection-age", NULL, 0 },           /* a Close, as planned: nothing has failed */
  { "max-send-delay", broadcast_twice, 20 },
};

#define N_OF_SERVER 5
#define N_OF_LIMITS (G_N_ELEMENTS (limit_cases) - N_OF_SERVER)

static void
stage_init (Stage *self,
            guint  row)
{
  g_autoptr (GError) error = NULL;

  *self = (Stage) { .limits = wsp_limits_new (), .server = wsp_server_new () };
  if (g_str_equal (limit_cases[row].name, "keepalive-timeout"))
    wire_set_number (self->limits, "keepalive-interval", 5);
  if (g_str_has_prefix (limit_cases[row].name, "max-send-"))
    wire_set_number (self->limits, "send-high-water-mark", G_MAXUINT64);
  wire_set_number (row < N_OF_LIMITS ? G_OBJECT (self->limits) : G_OBJECT (self->server),
                   limit_cases[row].name, limit_cases[row].limit);
  g_object_set (self->server, "limits", self->limits, NULL);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  self->port = listen_on_free_port (self->server, NULL);
  g_assert_no_error (error);
}

static void
stage_clear (Stage *self)
{
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
  for (guint i = 0; i < self->n_fds; i++)
    close (self->fds[i]);
  run_pending ();
  g_clear_object (&self->result);
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  g_clear_object (&self->limits);
  run_pending ();
}

/* Waits for the first line about a limit. */
static const char *
wait_for_line (void)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (lines->len == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
  return lines->pdata[0];
}

/* The timeout expires when it should, not at twice its time. */
static void
check_time (guint  row,
            gint64 begin)
{
  gint64 elapsed = (g_get_monotonic_time () - begin) / 1000;

  if (!g_str_equal (limit_cases[row].name, "handshake-timeout"))
    return;

  g_assert_cmpint (elapsed, >=, limit_cases[row].limit);
  g_assert_cmpint (elapsed, <, 2 * limit_cases[row].limit);
}

/* The words that consist of digits (an address does not): the limit, and the number that reached
 * or exceeded it. */
static void
check_numbers (const char *line,
               guint64     limit)
{
  g_auto (GStrv) words = g_strsplit_set (line, " ,", -1);
  guint n_limits = 0, n_reached = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint64 number;

      if (!g_ascii_string_to_unsigned (words[i], 10, 0, G_MAXUINT64, &number, NULL))
        continue;

      n_limits += number == limit;
      n_reached += number >= limit;
    }
  g_test_message ("%s", line);
  g_assert_cmpuint (n_limits, >=, 1);
  g_assert_cmpuint (n_reached, >=, 2);
}

static void
test_limit (gconstpointer data)
{
  const guint row = GPOINTER_TO_UINT (data);
  g_autofree char *name = g_strconcat (limit_cases[row].name, "\t", NULL);
  Stage stage;

  if (limit_cases[row].act == NULL)
    return;

  g_ptr_array_set_size (lines, 0);
  stage_init (&stage, row);

  gint64 begin = g_get_monotonic_time ();

  limit_cases[row].act (&stage);

  const char *line = wait_for_line ();

  check_time (row, begin);
  g_assert_true (g_str_has_prefix (line, name));
  g_assert_nonnull (strstr (line + strlen (name), limit_cases[row].name));
  check_numbers (line + strlen (name), limit_cases[row].limit);
  stage_clear (&stage);
}

static guint
count_lines (const char *begin)
{
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += strstr (lines->pdata[i], begin) != NULL;
  return n;
}

static const char *const slow_lines[] = {
  [WSP_SLOW_POLICY_CLOSE] = "Receiver is closed because it is slow: send queue is full: ",
  [WSP_SLOW_POLICY_SKIP] = "Broadcasts skip a receiver because it is slow: send queue is full: ",
};

/* A receiver that never reads is skipped by each broadcast: one line is enough. */
static void
test_slow (gconstpointer data)
{
  static const guint8 zeros[64 * 1024];
  const WspSlowPolicy policy = GPOINTER_TO_UINT (data);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, sizeof zeros);
  Stage stage = { .limits = wsp_limits_new (), .server = wsp_server_new () };
  guint n_missed = 0;

  g_ptr_array_set_size (lines, 0);
  wsp_limits_set_max_send_queue (stage.limits, 256 * 1024);
  g_object_set (stage.server, "limits", stage.limits, "slow-policy", policy, NULL);
  g_signal_connect (stage.server, "connection", G_CALLBACK (on_connection), &stage);
  stage.port = listen_on_free_port (stage.server, NULL);
  open_pushing (&stage);
  g_assert_cmpuint (wsp_server_broadcast (stage.server, message, WSP_SEND_FLAGS_DEFAULT, NULL), ==,
                    1);
  for (guint i = 0; i < 1000 && n_missed < 3; i++)
    {
      n_missed += wsp_server_broadcast (stage.server, message, WSP_SEND_FLAGS_DEFAULT, NULL) == 0;
      run_pending ();
    }
  g_assert_cmpuint (n_missed, ==, 3);
  g_assert_cmpuint (count_lines (slow_lines[policy]), ==, 1);
  g_assert_cmpuint (count_lines (slow_lines[!policy]), ==, 0);
  stage_clear (&stage);
}

/* In the order of the class, so that none is forgotten. */
static void
test_complete (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  guint n;
  g_autofree GParamSpec **pspecs =
    g_object_class_list_properties (G_OBJECT_GET_CLASS (limits), &n);

  for (guint i = 0; i < MIN (n, N_OF_LIMITS); i++)
    g_assert_cmpstr (pspecs[i]->name, ==, limit_cases[i].name);
  g_assert_cmpuint (n, ==, N_OF_LIMITS);
}

static GObject *
make_connection (void)
{
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_CLIENT, &fd);

  close (fd);
  return G_OBJECT (connection);
}

/* No object with limits is without them, and none takes it in silence. */
static void
test_null (void)
{
  g_autoptr (GObject) server = G_OBJECT (wsp_server_new ());
  g_autoptr (GObject) client = G_OBJECT (wsp_client_new ());
  g_autoptr (GObject) connection = make_connection ();
  g_autoptr (GObject) session = G_OBJECT (wsp_session_new (WSP_ROLE_CLIENT));
  GObject *objects[] = { server, client, connection, session };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      g_autoptr (WspLimits) before = NULL;
      g_autoptr (WspLimits) after = NULL;

      g_object_get (objects[i], "limits", &before, NULL);
      n_criticals = 0;
      are_criticals_expected = TRUE;
      g_object_set (objects[i], "limits", NULL, NULL);
      are_criticals_expected = FALSE;
      g_assert_cmpuint (n_criticals, ==, 1);
      g_object_get (objects[i], "limits", &after, NULL);
      g_assert_nonnull (after);
      g_assert_true (after == before);
    }
}

int
main (int    argc,
      char **argv)
{
  /* Otherwise debug messages are not even created. */
  g_setenv ("G_MESSAGES_DEBUG", "Wsp", TRUE);
  g_test_init (&argc, &argv, NULL);
  lines = g_ptr_array_new_with_free_func (g_free);
  log_watch (keep_limit);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);

  g_test_add_func ("/endpoint/all-limits/null-is-a-critical-and-changes-nothing", test_null);
  g_test_add_func ("/endpoint/all-limits/every-property-has-its-row", test_complete);
  g_test_add_data_func ("/endpoint/all-limits/closed-receiver-is-logged",
                        GUINT_TO_POINTER (WSP_SLOW_POLICY_CLOSE), test_slow);
  g_test_add_data_func ("/endpoint/all-limits/skipped-receiver-is-logged-once",
                        GUINT_TO_POINTER (WSP_SLOW_POLICY_SKIP), test_slow);
  ADD_ROWS ("/endpoint/all-limits/named-with-both-numbers", limit_cases, test_limit);

  int status = g_test_run ();

  g_ptr_array_unref (lines);
  return status;
}
