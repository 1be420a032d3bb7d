/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An echo of a message that fits into the lent memory allocates nothing. */
#include "connection/tap-place.h"
#include "connection/wire.h"
#include "lib/allocations.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "attach/wsp-attach-private.h"
#include "connection/wsp-connection-private.h"
#include "lib/rows.h"

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
echo (int     fd,
      guint8 *bytes,
      gsize   frame_length,
      gsize   echo_length)
{
  gsize n_read = 0;

  g_assert_cmpint (write (fd, bytes, frame_length), ==, frame_length);
  while (n_read < echo_length)
    {
      gssize n = read (fd, bytes + frame_length, echo_length - n_read);

      if (n > 0)
        n_read += n;
      else
        g_main_context_iteration (NULL, FALSE);
    }
}

static gsize
make_frame (guint8 *frame,
            guint8  first,
            gsize   length)
{
  gsize n = length < 126 ? 6 : length < 65536 ? 8 : 14;

  memset (frame, 0, n);
  frame[0] = first;
  frame[1] = 0x80 | (n == 6 ? length : n == 8 ? 126 : 127);
  for (gsize at = n - 5; n > 6 && length > 0 && at > 1; at--, length >>= 8)
    frame[at] = length & 0xff;
  return n;
}

static const struct
{
  const char *name;
  guint8      first;
  gsize       length;
} cases[] = {
  { "20-bytes", 0x82, 20 },
  { "text-of-20-bytes", 0x81, 20 },
  { "1-KiB", 0x82, 1024 },
  { "16-KiB", 0x82, 16 * 1024 },
  { "text-of-20-KiB", 0x81, 20 * 1024 },
  { "64-KiB", 0x82, 64 * 1024 },
};

static void
expect_echoes_to_take_none (WspConnection *connection,
                            int            fd,
                            guint          index)
{
  gsize length = cases[index].length;
  g_autofree guint8 *bytes = g_malloc (2 * (14 + length));
  gsize header_length = make_frame (bytes, cases[index].first, length);
  guint64 n_before = 0;

  memset (bytes + header_length, 'x', length);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  wsp_connection_start_receiving (connection);
  for (guint i = 0; i < 200; i++)
    {
      if (i == 100)
        n_before = allocations_count ();
      echo (fd, bytes, header_length + length, header_length - 4 + length);
    }
  g_assert_cmpuint (allocations_count (), ==, n_before);

  close (fd);
  while (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_echo (gconstpointer data)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);

  expect_echoes_to_take_none (connection, fd, GPOINTER_TO_UINT (data));
}

typedef struct
{
  WspConnection *connection;
  TestPlaceTap  *tap;
} Observed;

static void
remove_tap (gpointer data)
{
  Observed *self = data;

  wsp_connection_remove_tap (self->connection, WSP_TAP (self->tap));
}

/* After a tap has removed itself while it is notified, sends allocate nothing again. */
static void
test_removed_tap (gconstpointer data)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  Observed observed = { .connection = connection };
  g_autoptr (TestPlaceTap) tap =
    test_place_tap_new (GPOINTER_TO_UINT (data), remove_tap, &observed);

  observed.tap = tap;
  wsp_connection_add_tap (connection, WSP_TAP (tap));
  expect_echoes_to_take_none (connection, fd, 0);
  g_assert_true (tap->was_reached);
}

/* An inspector attaches, and has left again when the messages pass. */
static void
watch_and_leave (WspConnection *connection)
{
  static const guint8 watch[] = { 13, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);
  guint8 told[4096];

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/wsproto-inspector/%d",
              g_getenv ("XDG_RUNTIME_DIR"), (int) getpid ());
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (write (fd, watch, sizeof watch), ==, sizeof watch);
  while (connection->link.taps == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (read (fd, told, sizeof told), >, 0);
  close (fd);
  while (wsp_attach_is_watched ())
    g_usleep (1000);
}

typedef enum
{
  OFFERED,
  WATCHED_AND_LEFT,
  N_OFFERS,
} Offer;

/* As far as it is empty. */
static void
remove_folder (const char *folder)
{
  g_autofree char *sockets = g_build_filename (folder, "wsproto-inspector", NULL);
  g_autofree char *name = g_strdup_printf ("%s/%d", sockets, (int) getpid ());

  unlink (name);
  rmdir (sockets);
  rmdir (folder);
}

static const char *const offer_names[] = { "offered", "watched-and-left" };

/* The sockets of inspectors cost no message anything while there is none. */
static void
test_offered (gconstpointer data)
{
  int fd;
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection = NULL;

  wsp_attach_enable (&error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_test_skip (error->message);
      return;
    }

  g_assert_no_error (error);
  connection = wire_raw (WSP_ROLE_SERVER, &fd);
  if (GPOINTER_TO_UINT (data) == WATCHED_AND_LEFT)
    watch_and_leave (connection);
  else
    g_assert_null (connection->link.taps);
  expect_echoes_to_take_none (connection, fd, 0);
}

/* Nothing is received, so the second message stays unread when the turn ends.  Without memory to
 * keep it in, the peer gets the Close at once. */
static void
test_unread (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  const gsize length = 30 * 1024;
  g_autofree guint8 *bytes = g_malloc (6 + 8 + length);
  g_autofree char *answer = NULL;

  run_pending ();
  memset (bytes, 0, 6 + 8 + length);
  make_frame (bytes, 0x82, 0);
  make_frame (bytes + 6, 0x82, length);
  g_assert_cmpint (write (fd, bytes, 6 + 8 + length), ==, 6 + 8 + length);
  allocations_refuse_above (length);
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
  allocations_refuse_above (SIZE_MAX);
  g_assert_cmpint (read (fd, bytes, 100), ==, 17);
  g_assert_cmpmem (bytes, 4, "\x88\x0f\x03\xf3", 4);
  close (fd);
}

/* The counter of allocations works. */
static void
test_counter (void)
{
  guint64 n_before = allocations_count ();

  g_free (g_malloc (100));
  g_assert_cmpuint (allocations_count (), ==, n_before + ALLOCATIONS_ARE_COUNTED);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("attach-XXXXXX", NULL);

  g_test_init (&argc, &argv, NULL);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);

  g_test_add_func ("/connection/allocations/counter", test_counter);
  if (ALLOCATIONS_ARE_COUNTED)
    g_test_add_func ("/connection/allocations/unread/no-memory-is-told-at-once", test_unread);
  ADD_ROWS_AS ("/connection/allocations/echo/%s-allocates-nothing", cases, test_echo);
  for (TapPlace place = 0; place < AT_STATE_CLOSING; place++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/allocations/removed-tap/%s-allocates-nothing",
                         tap_place_names[place]);

      g_test_add_data_func (path, GUINT_TO_POINTER (place), test_removed_tap);
    }

  for (Offer offer = 0; offer < N_OFFERS; offer++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/allocations/inspector/%s-allocates-nothing",
                         offer_names[offer]);

      g_test_add_data_func (path, GUINT_TO_POINTER (offer), test_offered);
    }

  int status = g_test_run ();

  remove_folder (folder);
  return status;
}
