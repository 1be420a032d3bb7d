/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each format, on a disk that is full from some write on: the first error ends the export.  Rows
 * that are gone, and rows before the first one. */

#include <string.h>

#include "inspector/scene.h"

#define FULL_TYPE_STREAM (full_stream_get_type ())

G_DECLARE_FINAL_TYPE (FullStream, full_stream, FULL, STREAM, GOutputStream)

/* A stream with room for so many writes. */
struct _FullStream
{
  GOutputStream parent;
  guint         n_left;
  guint         n_refused;
};

G_DEFINE_FINAL_TYPE (FullStream, full_stream, G_TYPE_OUTPUT_STREAM)

static gssize
full_stream_write (GOutputStream *stream,
                   const void    *bytes,
                   gsize          length,
                   GCancellable  *cancellable,
                   GError       **error)
{
  FullStream *self = FULL_STREAM (stream);

  if (self->n_left > 0)
    {
      self->n_left--;
      return (gssize) length;
    }
  self->n_refused++;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
  return -1;
}

static void
full_stream_class_init (FullStreamClass *class)
{
  G_OUTPUT_STREAM_CLASS (class)->write_fn = full_stream_write;
}

static void
full_stream_init (FullStream *self)
{
}

/* Connections that begin with a message without frames, with a response that is none, and with
 * bytes that are missing: the first ones, or those after a part of the head. */
static void
play_beginnings (Scene *scene)
{
  const WsiOpening unknown = { .handshake = WSI_HANDSHAKE_MISSING };
  g_autoptr (GBytes) text = g_bytes_new_static ("Hello", 5);

  scene->conversation = wsi_recorder_open (scene->recorder, &unknown, scene->now);
  wsi_recorder_message (scene->recorder, scene->conversation, WSP_DIRECTION_SENT, 1, text,
                        scene->now);
  scene_open (scene);
  wsi_recorder_skip (scene->recorder, scene->conversation, WSP_DIRECTION_SENT, 10, scene->now);
  scene_open (scene);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, REQUEST);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "garbage\r\n\r\n");
  scene_open (scene);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "GET / HTTP/1.1\r\nHost: ");
  wsi_recorder_skip (scene->recorder, scene->conversation, WSP_DIRECTION_SENT, 10, scene->now);
}

/* A connection with all that a frame can be, some of which little is known, and an event of none,
 * with a comment. */
static void
play (Scene *scene)
{
  const WsiOpening unknown = { .handshake = WSI_HANDSHAKE_MISSING };

  scene_init (scene);
  wsi_store_pause (scene->store, scene->now);
  wsi_store_set_comment (scene->store, 0, "zeroth");
  wsi_store_resume (scene->store, scene->now);
  scene_play (scene);
  wsi_store_set_comment (scene->store, 1, "first");
  play_beginnings (scene);
  scene->conversation = wsi_recorder_open (scene->recorder, &unknown, scene->now);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
  wsi_recorder_skip (scene->recorder, scene->conversation, WSP_DIRECTION_SENT, 10, scene->now);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x01\x02Hi");
  wsi_store_set_comment (scene->store, wsi_store_get_end (scene->store) - 1, "last");
  wsi_recorder_close (scene->recorder, scene->conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "Lost"), scene->now);
}

/* The first row of a connection that is kept.  Its heads are written before what follows them, also
 * without rows of their own. */
typedef enum
{
  FROM_ITS_BEGINNING,
  WITHOUT_HEADS,
  FROM_AFTER_HEADS,
  N_KEEPINGS,
} Keeping;

static gboolean
is_left_out (WsiStore *store,
             guint64   number,
             Keeping   keeping)
{
  const WsiRecord *record = wsi_store_get_record (store, number);

  if (record->kind != WSI_RECORD_KIND_EVENT)
    return FALSE;

  switch (record->event)
    {
    case WSI_EVENT_OPENED:
      return keeping == FROM_AFTER_HEADS;

    case WSI_EVENT_REQUEST:
    case WSI_EVENT_RESPONSE:
      return keeping != FROM_ITS_BEGINNING;

    default:
      return FALSE;
    }
}

static gboolean
write_all (WsiExporter *exporter,
           Keeping      keeping,
           GError     **error)
{
  const guint64 end = wsi_store_get_end (exporter->store);

  for (guint64 i = wsi_store_get_first (exporter->store); i < end; i++)
    if (!is_left_out (exporter->store, i, keeping) && !wsi_exporter_add (exporter, i, error))
      return FALSE;

  return wsi_exporter_note (exporter, end - 1, WSI_NOTE_COMMENT, error) &&
         wsi_exporter_end (exporter, error);
}

/* FALSE: it did not fail. */
static gboolean
fails_at (Scene    *scene,
          WsiFormat format,
          Keeping   keeping,
          guint     n_writes)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  FullStream *stream = g_object_new (FULL_TYPE_STREAM, NULL);
  g_autoptr (WsiExporter) exporter =
    wsi_format_open (format, scene->store, redactor, G_OUTPUT_STREAM (stream));
  g_autoptr (GError) error = NULL;

  /* Without a buffer, so that each write can be the one that fails. */
  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (exporter->stream), FALSE);
  g_set_object (&exporter->stream, G_OUTPUT_STREAM (stream));
  stream->n_left = n_writes;
  g_object_unref (stream);
  if (write_all (exporter, keeping, &error))
    {
      g_assert_no_error (error);
      g_assert_cmpuint (stream->n_refused, ==, 0);
      return FALSE;
    }

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (stream->n_refused, ==, 1);
  return TRUE;
}

static void
test_full (gconstpointer data)
{
  const WsiFormat format = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };

  play (&scene);
  for (Keeping keeping = FROM_ITS_BEGINNING; keeping < N_KEEPINGS; keeping++)
    {
      guint n_writes = 0;

      while (fails_at (&scene, format, keeping, n_writes))
        n_writes++;
      g_test_message ("%u writes", n_writes);
      g_assert_cmpuint (n_writes, >, 0);
    }
}

static GBytes *
write_from (Scene    *scene,
            WsiFormat format,
            guint64   first,
            guint64   end)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiExporter) exporter = wsi_format_open (format, scene->store, redactor, stream);

  for (guint64 i = first; i < end; i++)
    g_assert_true (wsi_exporter_add (exporter, i, NULL));
  g_assert_true (wsi_exporter_end (exporter, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

/* A row that was removed adds nothing. */
static void
test_gone (gconstpointer data)
{
  const WsiFormat format = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) expected = NULL, found = NULL;
  guint64 end;

  play (&scene);
  end = wsi_store_get_end (scene.store);
  expected = write_from (&scene, format, 0, end);
  found = write_from (&scene, format, 0, end + 1);
  g_assert_true (g_bytes_equal (expected, found));
}

static char *
write_session (Scene  *scene,
               guint64 first)
{
  g_autoptr (GBytes) bytes =
    write_from (scene, WSI_FORMAT_SESSION, first, wsi_store_get_end (scene->store));

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Without the rows before any one of them, what is known of the connection comes first, in the
 * order of its parts, and each line has the number of its own row or none. */
static void
test_first_row (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_play (&scene);
  scene_push (&scene, WSP_DIRECTION_RECEIVED, "\x02\x01" "b", 3);
  for (guint64 first = 0; first + 1 < wsi_store_get_end (scene.store); first++)
    {
      g_autofree char *text = write_session (&scene, first);
      const char *open = strstr (text, "\"open\""), *request = strstr (text, "GET /chat");
      const char *response = strstr (text, "HTTP/1.1 101");
      const char *interim = strstr (text, "HTTP/1.1 103");
      guint64 last = 0;

      g_test_message ("from row %" G_GUINT64_FORMAT " on", first);
      g_assert_true (open != NULL && open < request && request < response);
      g_assert_true (interim == NULL || (request < interim && interim < response));
      for (const char *at = text; (at = strstr (at + 1, "\"no\":")) != NULL;)
        {
          guint64 number = g_ascii_strtoull (at + strlen ("\"no\":"), NULL, 10);

          g_assert_cmpuint (number, >, last);
          last = number;
        }
    }
}

static char *
take_text (WsiExporter   *exporter,
           GOutputStream *stream)
{
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (wsi_exporter_end (exporter, NULL));
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A comment on the row that was written last follows it, and needs no number: that of the row may
 * be another one.  One that is taken back names its row. */
static void
test_comment (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = NULL;
  guint64 last;

  scene_init (&scene);
  scene_play (&scene);
  last = wsi_store_get_end (scene.store) - 1;

  g_autoptr (WsiExporter) exporter =
    wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);

  g_assert_true (wsi_exporter_add (exporter, last, NULL));
  wsi_store_set_comment (scene.store, last, "about it");
  g_assert_true (wsi_exporter_note (exporter, last, WSI_NOTE_COMMENT, NULL));
  wsi_store_set_comment (scene.store, last, NULL);
  g_assert_true (wsi_exporter_note (exporter, last, WSI_NOTE_COMMENT, NULL));
  text = take_text (exporter, stream);
  g_assert_nonnull (strstr (text, "{\"type\":\"comment\",\"text\":\"about it\"}"));
  g_assert_nonnull (strstr (text, "{\"type\":\"comment\",\"no\":14"));
}

/* Events of no connection are rows of a session. */
static void
test_pause (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = NULL;

  scene_init (&scene);
  wsi_store_pause (scene.store, scene.now);
  wsi_store_resume (scene.store, scene.now);
  text = write_session (&scene, 0);
  g_assert_nonnull (strstr (text, "\"event\":\"paused\""));
  g_assert_nonnull (strstr (text, "\"event\":\"resumed\""));
}

/* Text with controls is written in base64. */
static void
test_controls (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02\x01\x02");
  text = write_session (&scene, 0);
  g_assert_nonnull (strstr (text, "\"base64\":\"AQI=\""));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < WSI_N_FORMATS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/exporter/ends-at-the-first-error/%s", wsi_format_get_name (i));

      g_autofree char *of_gone =
        g_strdup_printf ("/inspector/exporter/rows-that-are-gone/%s", wsi_format_get_name (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_full);
      g_test_add_data_func (of_gone, GUINT_TO_POINTER (i), test_gone);
    }
  g_test_add_func ("/inspector/exporter/session/from-any-row-on", test_first_row);
  g_test_add_func ("/inspector/exporter/session/comment-on-the-last-row", test_comment);
  g_test_add_func ("/inspector/exporter/session/events-of-no-connection", test_pause);
  g_test_add_func ("/inspector/exporter/session/text-with-controls", test_controls);

  return g_test_run ();
}
