/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/line.h"
#include "lib/heads.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LITTLE_ROOM 4096
#define MUCH_ROOM (1 << 20)

const char *const line_kind_names[N_LINE_KINDS] = {
  [SOCKET_OF_PACKETS] = "takes-all",
  [SOCKET_WITH_LITTLE_ROOM] = "little-room",
  [STREAM_OF_1000_BYTES] = "1000-bytes-at-once",
  [STREAM_OF_3_BYTES] = "3-bytes-at-once",
};

/* The tap */

G_DECLARE_FINAL_TYPE (LineTapObject, line_tap_object, TEST, LINE_TAP, GObject)

struct _LineTapObject
{
  GObject parent_instance;
  Line   *line;                 /* line whose bytes are checked; NULL: nothing is checked */
};

static guint64
get_bytes_sent (Line *self)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (self->connection);

  return stats->bytes_sent;
}

/* At this moment the other end has exactly the bytes of which the tap has been notified. */
static void
on_bytes (WspTap      *tap,
          GObject     *source,
          WspDirection direction,
          GBytes      *bytes,
          gint64       time_us)
{
  Line *self = TEST_LINE_TAP (tap)->line;
  gsize length = g_bytes_get_size (bytes);

  if (direction != WSP_DIRECTION_SENT || self == NULL)
    return;

  g_assert_cmpuint (length, >, 0);
  g_byte_array_append (self->notified, g_bytes_get_data (bytes, NULL), length);
  g_array_append_val (self->notified_writes, length);
  g_ptr_array_add (self->kept_bytes, g_bytes_ref (bytes));
  line_drain (self);
  g_assert_cmpuint (self->arrived->len, ==, self->notified->len);
  g_assert_cmpuint (get_bytes_sent (self), ==, self->notified->len);
}

static void
line_tap_object_tap_init (WspTapInterface *iface)
{
  iface->bytes_passed = on_bytes;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LineTapObject, line_tap_object, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, line_tap_object_tap_init))

static void
line_tap_object_class_init (LineTapObjectClass *class)
{
}

static void
line_tap_object_init (LineTapObject *self)
{
}

/* The line */

static GIOStream *
make_socket (Line *self)
{
  gboolean is_packets = self->kind == SOCKET_OF_PACKETS;
  int room = is_packets ? MUCH_ROOM : LITTLE_ROOM;
  int pair[2];
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (socketpair (AF_UNIX, is_packets ? SOCK_SEQPACKET : SOCK_STREAM, 0, pair), ==, 0);
  self->fd = pair[0];
  g_assert_cmpint (setsockopt (pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room), ==, 0);

  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], &error);

  g_assert_no_error (error);
  return g_object_new (G_TYPE_SOCKET_CONNECTION, "socket", socket, NULL);
}

static GIOStream *
make_stream (Line *self)
{
  if (self->kind == SOCKET_OF_PACKETS || self->kind == SOCKET_WITH_LITTLE_ROOM)
    return make_socket (self);

  self->narrow = narrow_stream_new (self->kind == STREAM_OF_3_BYTES ? 3 : 1000);
  self->narrow->wide_room = self->kind == STREAM_OF_3_BYTES ? 997 : 0;
  return g_object_ref (G_IO_STREAM (self->narrow));
}

static void
add_tap (Line   *self,
         LineTap kind)
{
  LineTapObject *tap = g_object_new (line_tap_object_get_type (), NULL);

  tap->line = kind == LINE_CHECKED ? self : NULL;
  self->tap = WSP_TAP (tap);
  wsp_connection_add_tap (self->connection, self->tap);
}

void
line_init (Line       *self,
           WspRole     role,
           LineKind    kind,
           const char *extensions,
           LineTap     tap)
{
  *self = (Line) {
    .role = role, .kind = kind, .fd = -1,
    .arrived = g_byte_array_new (),
    .writes = g_array_new (FALSE, FALSE, sizeof (gsize)),
    .notified = g_byte_array_new (),
    .notified_writes = g_array_new (FALSE, FALSE, sizeof (gsize)),
    .kept_bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref),
    .results = g_array_new (FALSE, FALSE, sizeof (gsize)),
  };

  g_autoptr (GIOStream) stream = make_stream (self);

  self->connection =
    wsp_connection_new_for_stream (stream, role, NULL, EXTENSIONS (extensions), NULL, NULL);
  if (tap != LINE_UNTAPPED)
    add_tap (self, tap);
}

void
line_clear (Line *self)
{
  if (self->arrived == NULL)
    return;

  wsp_connection_abort (self->connection);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (self->connection);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_clear_object (&self->narrow);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->tap);
  g_byte_array_unref (self->arrived);
  g_byte_array_unref (self->notified);
  g_array_unref (self->writes);
  g_array_unref (self->notified_writes);
  g_array_unref (self->results);
  g_ptr_array_unref (self->kept_bytes);
}

void
line_answer (Line       *self,
             guint8      first,
             const char *payload)
{
  gsize length = strlen (payload);
  guint8 header[] = { first, length | (self->role == WSP_ROLE_SERVER ? 0x80 : 0), 0, 0, 0, 0 };
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  g_byte_array_append (frame, header, self->role == WSP_ROLE_SERVER ? 6 : 2);
  g_byte_array_append (frame, (const guint8 *) payload, length);
  if (self->narrow != NULL)
    g_byte_array_append (self->narrow->unread, frame->data, frame->len);
  else
    g_assert_cmpint (send (self->fd, frame->data, frame->len, MSG_NOSIGNAL), ==, frame->len);
}

static void
drain_socket (Line *self)
{
  g_autofree guint8 *bytes = g_malloc (MUCH_ROOM);
  gssize n;

  while ((n = recv (self->fd, bytes, MUCH_ROOM, MSG_DONTWAIT)) > 0)
    {
      gsize length = n;

      g_byte_array_append (self->arrived, bytes, length);
      g_array_append_val (self->writes, length);
    }
}

void
line_drain (Line *self)
{
  if (self->narrow == NULL)
    {
      drain_socket (self);
      return;
    }

  GByteArray *written = self->narrow->written;
  GArray *writes = self->narrow->writes;

  g_byte_array_append (self->arrived, written->data, written->len);
  g_array_append_vals (self->writes, writes->data, writes->len);
  g_byte_array_set_size (written, 0);
  g_array_set_size (writes, 0);
}

void
line_run (Line *self)
{
  gsize before;

  do
    {
      before = self->arrived->len;
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      line_drain (self);
    }
  while (self->arrived->len > before);
}

void
line_note_result (GObject      *source,
                  GAsyncResult *result,
                  gpointer      line)
{
  Line *self = line;
  gsize n_notified = self->notified->len;

  g_array_append_val (self->results, n_notified);
}

/* The bytes that the tap has kept are still those that were sent. */
static void
check_kept (Line *self)
{
  gsize at = 0;

  for (guint i = 0; i < self->kept_bytes->len; i++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (self->kept_bytes->pdata[i], &length);

      g_assert_cmpmem (data, length, self->arrived->data + at, length);
      at += length;
    }
}

void
line_check_bytes (Line *self)
{
  g_assert_cmpmem (self->notified->data, self->notified->len,
                   self->arrived->data, self->arrived->len);
  check_kept (self);
  if (self->kind == SOCKET_WITH_LITTLE_ROOM)    /* its writes cannot be distinguished */
    return;

  g_assert_cmpmem (self->notified_writes->data, self->notified_writes->len * sizeof (gsize),
                   self->writes->data, self->writes->len * sizeof (gsize));
}
