/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any recording as a source, in a thread of its own. */
#include "inspect/sources/files/wsi-recording.h"
#include "inspect/sources/files/wsi-recording-set.h"
#include "inspect/sources/wsi-file-source.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROW_OF_COMMENT 6
#define N_TEXTS 100
#define FIRST_LINE "{\"type\":\"wsinspect-session\",\"version\":1}\n"
#define OPEN "{\"type\":\"open\",\"conn\":1,\"t\":1," \
  "\"role\":\"client\",\"handshake\":\"missing\"}\n"

typedef struct
{
  WsiStore  *store;
  WsiMerger *merger;
  WsiSource *source;
} Reading;

static void
reading_clear (Reading *self)
{
  wsi_merger_close (self->merger);
  wsi_source_close (self->source);
  g_clear_object (&self->source);
  g_clear_object (&self->merger);
  g_clear_object (&self->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static WsiRecorder *
reading_init (Reading * self)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiLaneOptions options = { .kind = WSI_LANE_RECORDED };

  *self = (Reading) {
    .store = wsi_store_new_with_limits (&limits), .merger = wsi_merger_new (NULL),
  };
  return wsi_recorder_new_in_lane (self->store, WSP_ROLE_CLIENT, self->merger, &options);
}

/* To its end. */
static void
run (Reading *self)
{
  wsi_source_start (self->source);
  while (wsi_source_get_state (self->source) < WSI_SOURCE_ENDED)
    g_main_context_iteration (NULL, TRUE);
  wsi_merger_flush (self->merger);
}

static void
read_file (Reading *self,
           GFile   *file)
{
  g_autoptr (WsiRecorder) recorder = reading_init (self);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  g_list_store_append (files, file);
  self->source =
    WSI_SOURCE (wsi_file_source_new (recorder, WSI_PLACE_THREAD, G_LIST_MODEL (files), NULL,
                                     NULL));
  run (self);
}

static GFile *
write_bytes (GBytes *bytes)
{
  g_autoptr (GFileIOStream) io = NULL;
  g_autoptr (GFile) file = g_file_new_tmp (NULL, &io, NULL);

  g_assert_true (g_file_replace_contents (file, g_bytes_get_data (bytes, NULL),
                                          g_bytes_get_size (bytes), NULL, FALSE, 0, NULL, NULL,
                                          NULL));
  return g_steal_pointer (&file);
}

static void
read_bytes (Reading *self,
            GBytes  *bytes)
{
  g_autoptr (GFile) file = write_bytes (bytes);

  read_file (self, file);
  g_file_delete (file, NULL, NULL);
}

static void
read_path (Reading    *self,
           const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  read_file (self, file);
}

static guint
count_messages (WsiStore *store)
{
  guint n = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      n += wsi_record_is_frame (record) && !wsi_record_is_control (record) &&
           wsi_record_is_fin (record);
    }
  return n;
}

static const struct
{
  const char *name;
  WsiFormat   format;
} formats[] = {
  { "session", WSI_FORMAT_SESSION },
  { "capture", WSI_FORMAT_PCAPNG },
  { "har", WSI_FORMAT_HAR },
};

static void
test_format (gconstpointer data)
{
  WsiFormat format = formats[GPOINTER_TO_UINT (data)].format;
  g_auto (Scene) scene = { 0 };
  g_auto (Reading) reading = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  scene_init (&scene);
  scene_play (&scene);
  bytes = scene_save (&scene, format, WSI_REDACTION_NONE);
  read_bytes (&reading, bytes);
  g_assert_null (wsi_source_get_sentence (reading.source));
  g_assert_cmpint (wsi_source_get_state (reading.source), ==, WSI_SOURCE_ENDED);
  g_assert_cmpuint (count_messages (reading.store), ==, count_messages (scene.store));
}

/* Each format once, and a file that is missing: it does not keep the others from being read. */
static void
test_together (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Reading) reading = { 0 };
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) missing = NULL;
  g_autofree char *sentence = NULL;

  scene_init (&scene);
  scene_play (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) bytes = scene_save (&scene, formats[i].format, WSI_REDACTION_NONE);
      g_autoptr (GFile) file = write_bytes (bytes);

      g_list_store_append (files, file);
    }
  missing = g_file_new_for_path ("/nonexistent/a.pcap");
  g_list_store_append (files, missing);
  recorder = reading_init (&reading);
  reading.source = WSI_SOURCE (wsi_file_source_new (recorder, WSI_PLACE_THREAD,
                                                    G_LIST_MODEL (files), NULL, NULL));
  run (&reading);

  g_assert_cmpint (wsi_source_get_state (reading.source), ==, WSI_SOURCE_FAILED);
  sentence = wsi_sentence_to_string (wsi_source_get_sentence (reading.source));
  g_assert_true (g_str_has_prefix (sentence, "/nonexistent/a.pcap: no such file"));
  g_assert_cmpuint (count_messages (reading.store), ==,
                    G_N_ELEMENTS (formats) * count_messages (scene.store));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (G_LIST_MODEL (files), i);

      g_file_delete (file, NULL, NULL);
    }
}

static WsiRecordingSet *
open_parts (Scene *into,
            Scene *from)
{
  WsiRecordingSet *recordings = wsi_recording_set_new (into->recorder, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) bytes = scene_save (from, formats[i].format, WSI_REDACTION_NONE);
      g_autoptr (GInputStream) file = g_memory_input_stream_new_from_bytes (bytes);
      g_autoptr (GInputStream) stream = wsi_recording_open_stream (file);

      wsi_recording_set_add (recordings, stream, formats[i].name, NULL);
    }
  g_assert_true (wsi_recording_set_open (recordings, NULL));
  return recordings;
}

static gboolean
is_in_order (WsiStore *store)
{
  gint64 time_us = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (wsi_record_is_frame (record) && record->time_us < time_us)
        return FALSE;

      time_us = wsi_record_is_frame (record) ? record->time_us : time_us;
    }
  return TRUE;
}

/* Steps of any size give the same rows.  The last rows come with the end of a file, and the first
 * ones long before. */
static void
test_steps (void)
{
  g_auto (Scene) scene = { 0 };
  guint64 end = 0;

  scene_init (&scene);
  scene_shake_hands (&scene);
  for (guint i = 0; i < N_TEXTS; i++)
    SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");

  for (guint n_at_once = 10000; n_at_once > 0; n_at_once /= 100)
    {
      g_auto (Scene) into = { 0 };
      g_autoptr (GError) error = NULL;
      WsiRecordingSet *recordings;
      guint n_steps = 0;

      scene_init (&into);
      recordings = open_parts (&into, &scene);
      while (wsi_recording_set_step (recordings, n_at_once, &error))
        {
          n_steps++;
          g_assert_cmpuint (wsi_store_get_end (into.store), <=, n_steps * n_at_once);
          g_assert_true (n_at_once > 1 || n_steps < N_TEXTS || wsi_store_get_end (into.store) > 0);
        }
      g_assert_no_error (error);
      g_assert_true (n_at_once > 1 || n_steps > N_TEXTS);
      g_assert_true (is_in_order (into.store));
      g_assert_true (end == 0 || wsi_store_get_end (into.store) == end);
      g_assert_false (wsi_recording_set_are_cut (recordings));
      end = wsi_store_get_end (into.store);
      wsi_recording_set_free (recordings);
    }
  g_assert_cmpuint (end, >, G_N_ELEMENTS (formats) * N_TEXTS);
}

#define PCAP_HEADER "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0"
#define EMPTY_PACKET "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static WsiRecording *
open_recording (Scene      *scene,
                const char *at,
                gsize       length)
{
  g_autoptr (GInputStream) bytes = g_memory_input_stream_new_from_data (at, length, NULL);
  g_autoptr (GInputStream) stream = wsi_recording_open_stream (bytes);

  return wsi_recording_new (stream, "test", scene->recorder, NULL, NULL);
}

/* Only a capture that was read to its end is known to have no WebSocket. */
static void
test_emptiness (void)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
    gboolean    is_empty;
  } cases[] = {
    { PCAP_HEADER, sizeof PCAP_HEADER - 1, TRUE },
    { PCAP_HEADER EMPTY_PACKET, sizeof PCAP_HEADER EMPTY_PACKET - 1, TRUE },
    { PCAP_HEADER "cut", sizeof PCAP_HEADER + 2, FALSE },
    { FIRST_LINE, sizeof FIRST_LINE - 1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (WsiRecording) recording = NULL;

      scene_init (&scene);
      recording = open_recording (&scene, cases[i].bytes, cases[i].length);
      while (wsi_recording_step (recording, 1, NULL))
        g_assert_false (wsi_recording_is_empty (recording));
      g_assert_cmpint (wsi_recording_is_empty (recording), ==, cases[i].is_empty);
    }
}

/* A loss names its file if several files are read.  All captures together are one. */
static void
test_losses (void)
{
  static const char torn[] = FIRST_LINE OPEN "{\"type\":\"fra";
  g_auto (Scene) scene = { 0 };
  WsiRecordingSet *recordings = NULL;
  g_auto (GStrv) losses = NULL;

  scene_init (&scene);
  recordings = wsi_recording_set_new (scene.recorder, NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GInputStream) bytes =
        i == 0 ? g_memory_input_stream_new_from_data (torn, -1, NULL)
               : g_memory_input_stream_new_from_data (PCAP_HEADER, sizeof PCAP_HEADER - 1, NULL);
      g_autoptr (GInputStream) stream = wsi_recording_open_stream (bytes);

      wsi_recording_set_add (recordings, stream, i == 0 ? "torn" : "capture", NULL);
    }
  g_assert_true (wsi_recording_set_open (recordings, NULL));
  while (wsi_recording_set_step (recordings, 1, NULL))
    continue;
  g_assert_true (wsi_recording_set_are_cut (recordings));
  losses = wsi_recording_set_dup_losses (recordings);
  g_assert_cmpuint (g_strv_length (losses), ==, 2);
  g_assert_true (g_str_has_prefix (losses[0], "torn: 12 bytes of the last line"));
  g_assert_true (g_str_has_prefix (losses[1], "No WebSocket was found"));
  wsi_recording_set_free (recordings);
}

static void
test_comment (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Reading) reading = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *comment = NULL;

  scene_init (&scene);
  scene_play (&scene);
  bytes = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  read_bytes (&reading, bytes);
  comment = wsi_store_dup_comment (reading.store, ROW_OF_COMMENT);
  g_assert_cmpstr (comment, ==, "a \"comment\"");
}

/* The row of another source is later, and not meant. */
static void
test_comment_of_merged (void)
{
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .source = "live" };
  g_auto (Reading) reading = { 0 };
  g_autoptr (WsiRecorder) file = reading_init (&reading);
  g_autoptr (WsiRecorder) other =
    wsi_recorder_new_in_lane (reading.store, WSP_ROLE_CLIENT, reading.merger, &live);
  g_autoptr (GListStore) nothing = g_list_store_new (G_TYPE_FILE);
  WsiConversation *conversation;
  g_autofree char *comment = NULL;

  reading.source =
    WSI_SOURCE (wsi_file_source_new (file, WSI_PLACE_THREAD, G_LIST_MODEL (nothing), NULL,
                                     NULL));
  conversation = wsi_recorder_open (file, &opening, 1);
  wsi_recorder_open (other, &opening, 2);
  wsi_recorder_event (file, conversation, WSI_EVENT_NOTE, WSI_SENTENCE (TEXT, "later"), 3);
  wsi_recorder_close (file, conversation, WSI_ENDING_CLEAN, WSI_SENTENCE (TEXT, "Closed"), 4);
  wsi_recorder_comment (file, conversation, 0, "about the end");
  wsi_recorder_event (file, conversation, WSI_EVENT_NOTE, WSI_SENTENCE (TEXT, "too late"), 5);
  wsi_merger_flush (reading.merger);
  comment = wsi_store_dup_comment (reading.store, 3);
  g_assert_cmpstr (comment, ==, "about the end");
  wsi_recorder_end (file);
  wsi_recorder_end (other);
}

static const struct
{
  const char *name, *contents;
  WsiSourceState state;
  const char *sentence;         /* part of the sentence about the end */
  guint64     n_rows;
} damaged[] = {
  { "unknown-format", "GIF89a", WSI_SOURCE_FAILED, "Unknown format: expected a capture", 0 },
  { "empty-file", "", WSI_SOURCE_FAILED, "Unknown format", 0 },
  { "rows-before-the-damage-are-there", FIRST_LINE OPEN "{]\n", WSI_SOURCE_FAILED,
    "Line 3, byte 110: ", 2 },
  { "session-of-a-later-version", "{\"type\":\"wsinspect-session\",\"version\":2}\n", WSI_SOURCE_FAILED,
    "Session file: expected version 1, received 2", 0 },
  { "magic-of-three-bytes", "\n\r\r", WSI_SOURCE_FAILED, "Unknown format", 0 },
  { "torn-line-is-named", FIRST_LINE OPEN "{\"type\":\"fra", WSI_SOURCE_ENDED,
    "12 bytes of the last line are left out", 2 },
};

static void
test_damaged (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Reading) reading = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (damaged[i].contents, strlen (damaged[i].contents));
  g_autofree char *sentence = NULL;

  read_bytes (&reading, bytes);
  sentence = wsi_sentence_to_string (wsi_source_get_sentence (reading.source));
  g_test_message ("%s", sentence);
  g_assert_cmpint (wsi_source_get_state (reading.source), ==, damaged[i].state);
  g_assert_nonnull (strstr (sentence, damaged[i].sentence));
  g_assert_cmpuint (wsi_store_get_end (reading.store), ==, damaged[i].n_rows);
}

typedef struct
{
  char *folder, *path;
} Place;

static void
place_init (Place *self)
{
  self->folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "a.wsinspect", NULL);
}

static void
place_clear (Place *self)
{
  g_unlink (self->path);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static void
assert_failed (Reading    *reading,
               const char *sentence)
{
  g_autofree char *text = wsi_sentence_to_string (wsi_source_get_sentence (reading->source));

  g_test_message ("%s", text);
  g_assert_cmpint (wsi_source_get_state (reading->source), ==, WSI_SOURCE_FAILED);
  g_assert_nonnull (strstr (text, sentence));
}

static void
test_missing (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Reading) reading = { 0 };

  place_init (&place);
  read_path (&reading, place.path);
  assert_failed (&reading, "no such file (it was moved or removed");
}

static void
test_folder (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Reading) reading = { 0 };

  place_init (&place);
  read_path (&reading, place.folder);
  assert_failed (&reading, "expected a file, received a folder");
}

/* Without a writer, opening it would wait for ever. */
static void
test_pipe (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Reading) reading = { 0 };

  place_init (&place);
  g_assert_cmpint (mkfifo (place.path, 0600), ==, 0);
  read_path (&reading, place.path);
  assert_failed (&reading, "received a device or pipe");
}

#define N_SHORT 10              /* lines that are read at once */
#define N_LONG 10000
#define LINE "{\"type\":\"event\",\"conn\":1,\"t\":1,\"event\":\"note\",\"text\":\"a\"}\n"

/* The file is cut at the end of a line, where it may well end.  The bytes that were read before are
 * not missing. */
static void
test_shorter (gconstpointer data)
{
  const guint n_lines = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_auto (Place) place = { 0 };
  g_autoptr (GString) text = g_string_new (FIRST_LINE OPEN);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GInputStream) base = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (WsiRecording) recording = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = strlen (FIRST_LINE OPEN) + n_lines / 2 * strlen (LINE);
  gboolean is_read_before = n_lines == N_SHORT;

  scene_init (&scene);
  place_init (&place);
  for (guint i = 0; i < n_lines; i++)
    g_string_append (text, LINE);
  g_assert_true (g_file_set_contents (place.path, text->str, text->len, NULL));
  file = g_file_new_for_path (place.path);
  base = G_INPUT_STREAM (g_file_read (file, NULL, NULL));
  stream = wsi_recording_open_stream (base);
  recording = wsi_recording_new (stream, "test", scene.recorder, NULL, &error);
  g_assert_no_error (error);
  wsi_recording_step (recording, 1, NULL);
  g_assert_cmpint (truncate (place.path, length), ==, 0);
  g_assert_cmpint (wsi_recording_run (recording, &error), ==, is_read_before);
  if (is_read_before)
    {
      g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 1 + n_lines + 1);
      return;
    }

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_assert_nonnull (strstr (error->message, "became shorter while it was read"));
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 1 + n_lines / 2 + 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS ("/inspector/file-source/%s/is-read-whole", formats, test_format);
  ADD_ROWS ("/inspector/file-source/damaged", damaged, test_damaged);
  g_test_add_func ("/inspector/file-source/several/are-read-together", test_together);
  g_test_add_func ("/inspector/file-source/several/in-steps-of-any-size", test_steps);
  g_test_add_func ("/inspector/file-source/several/losses-name-their-file", test_losses);
  g_test_add_func ("/inspector/file-source/no-websocket/is-known-at-the-end", test_emptiness);
  g_test_add_func ("/inspector/file-source/comment/is-about-its-row", test_comment);
  g_test_add_func ("/inspector/file-source/comment/not-about-that-of-another-source",
                   test_comment_of_merged);
  g_test_add_func ("/inspector/file-source/missing-file/fails", test_missing);
  g_test_add_func ("/inspector/file-source/folder/fails", test_folder);
  g_test_add_func ("/inspector/file-source/pipe/fails-and-does-not-wait", test_pipe);
  g_test_add_data_func ("/inspector/file-source/shorter/what-is-missing-is-an-error",
                        GUINT_TO_POINTER (N_LONG), test_shorter);
  g_test_add_data_func ("/inspector/file-source/shorter/what-was-read-is-not-missing",
                        GUINT_TO_POINTER (N_SHORT), test_shorter);

  return g_test_run ();
}
