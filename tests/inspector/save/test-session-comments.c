/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Notes that are written to a session file when their rows are there already, and read back. */

#include "inspect/capture/wsi-row-numbers.h"
#include "inspect/save/formats/wsi-export.h"
#include "inspect/sources/files/wsi-session-file.h"

#include <string.h>

#include "inspector/scene.h"
#include "lib/rows.h"

#define N_RANDOM 100
#define FIRST_LINE "{\"type\":\"wsinspect-session\",\"version\":1," \
  "\"wall_us\":0,\"monotonic_us\":0}\n"
#define OPEN "{\"type\":\"open\",\"conn\":1,\"no\":1,\"t\":1,\"role\":\"client\"," \
  "\"handshake\":\"missing\"}\n"
#define MESSAGE(no) "{\"type\":\"message\",\"conn\":1,\"no\":" no \
  ",\"dir\":\"sent\",\"opcode\":1,\"text\":\"a\"}\n"

/* A file that grows with its scene. */
typedef struct
{
  Scene          scene;
  GOutputStream *stream;
  WsiRedactor   *redactor;
  WsiExporter   *exporter;
} Growing;

static void
on_appended (Growing *self,
             guint64  first,
             guint64  n)
{
  for (guint64 i = first; i < first + n; i++)
    g_assert_true (wsi_exporter_add (self->exporter, i, NULL));
}

static void
on_noted (Growing *self,
          guint64  number,
          WsiNote  note)
{
  g_assert_true (wsi_exporter_note (self->exporter, number, note, NULL));
}

/* Rows that are there already are added. */
static void
grow (Growing     *self,
      WsiFormat    format,
      WsiRedaction level)
{
  self->stream = g_memory_output_stream_new_resizable ();
  self->redactor = wsi_redactor_new (level);
  self->exporter = wsi_format_open (format, self->scene.store, self->redactor, self->stream);
  on_appended (self, 0, wsi_store_get_end (self->scene.store));
  g_signal_connect_swapped (self->scene.store, "appended", G_CALLBACK (on_appended), self);
  g_signal_connect_swapped (self->scene.store, "noted", G_CALLBACK (on_noted), self);
}

static GBytes *
end (Growing *self)
{
  g_assert_true (wsi_exporter_end (self->exporter, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (self->stream));
}

static void
growing_clear (Growing *self)
{
  g_signal_handlers_disconnect_by_data (self->scene.store, self);
  wsi_exporter_free (self->exporter);
  wsi_redactor_free (self->redactor);
  g_object_unref (self->stream);
  scene_clear (&self->scene);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Growing, growing_clear)

static void
assert_comment (WsiStore   *store,
                guint64     number,
                const char *text)
{
  g_autofree char *comment = wsi_store_dup_comment (store, number);

  g_assert_cmpstr (comment, ==, text);
}

static void
note_all (WsiStore *store)
{
  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      g_autofree char *text = g_strdup_printf ("about %" G_GUINT64_FORMAT, i);

      wsi_store_set_comment (store, i, text);
      wsi_store_set_mark (store, i, 1 + i % 3);
    }
}

static void
assert_equal_notes (WsiStore *one,
                    WsiStore *two)
{
  g_assert_cmpuint (wsi_store_get_end (one), ==, wsi_store_get_end (two));
  for (guint64 i = 0; i < wsi_store_get_end (one); i++)
    {
      g_autofree char *text = wsi_store_dup_comment (one, i);

      assert_comment (two, i, text);
      g_assert_cmpuint (wsi_store_get_mark (two, i), ==, wsi_store_get_mark (one, i));
    }
}

/* The last rows of both directions may change places, and bytes that are in no frame
 * may be cut into more rows. */
static char *
join_notes (WsiStore *store,
            guint     direction)
{
  GString *all = g_string_new (NULL);

  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      g_autofree char *text = wsi_store_dup_comment (store, i);

      if (text != NULL && wsi_store_get_record (store, i)->direction == direction)
        g_string_append_printf (all, "%u %s\n", wsi_store_get_mark (store, i), text);
    }
  return g_string_free (all, FALSE);
}

static void
assert_equal_ways (WsiStore *one,
                   WsiStore *two)
{
  for (guint i = 0; i <= WSI_NO_DIRECTION; i++)
    {
      g_autofree char *written = join_notes (one, i);
      g_autofree char *read = join_notes (two, i);

      g_assert_cmpstr (read, ==, written);
    }
}

typedef void (*Check) (WsiStore *written,
                       WsiStore *read);

/* As from a pipe, which is read once. */
static gboolean
load_once (Scene   *scene,
           GBytes  *bytes,
           GError **error)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (WsiSessionFile) file = wsi_session_file_new (stream, scene->recorder, NULL, error);

  if (file != NULL)
    wsi_session_file_step (file, G_MAXUINT, error);
  wsi_recorder_close_all (scene->recorder,
                          WSI_SENTENCE (TEXT, "The file ends before the connection"));
  return *error == NULL;
}

/* From a pipe, and from a file, where comments come with their rows. */
static void
check_back (Growing *growing,
            Check    check)
{
  g_autoptr (GBytes) saved = end (growing);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Scene) other = { 0 };

      scene_init (&other);
      if (i == 0)
        load_once (&other, saved, &error);
      else
        scene_load (&other, saved, &error);
      g_assert_no_error (error);
      check (growing->scene.store, other.store);
    }
}

/* Events and heads, too, and the end. */
static void
test_each_row (void)
{
  g_auto (Growing) growing = { 0 };

  scene_init (&growing.scene);
  grow (&growing, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  scene_play (&growing.scene);
  note_all (growing.scene.store);
  check_back (&growing, assert_equal_notes);
}

/* A file that is saved when its rows have their notes, also those of bytes that are in no frame,
 * which are read with the end of their connection. */
static void
test_with_rows (void)
{
  g_auto (Growing) growing = { 0 };

  scene_init (&growing.scene);
  scene_play (&growing.scene);
  note_all (growing.scene.store);
  grow (&growing, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  check_back (&growing, assert_equal_notes);
}

/* The last notes on bytes in no frame count; their lines come before the rows are made. */
static void
test_loose (void)
{
  static const char text[] =
    FIRST_LINE OPEN MESSAGE ("2")
    "{\"type\":\"bytes\",\"conn\":1,\"no\":3,\"t\":1,\"dir\":\"recv\",\"length\":1,"
    "\"base64\":\"/w==\"}\n"
    "{\"type\":\"comment\",\"text\":\"b\"}\n"
    "{\"type\":\"mark\",\"no\":3,\"mark\":1}\n"
    "{\"type\":\"comment\",\"no\":3,\"text\":\"a\"}\n"
    "{\"type\":\"mark\",\"no\":3,\"mark\":3}\n"
    "{\"type\":\"close\",\"conn\":1,\"no\":4,\"t\":1,\"ending\":\"abnormal\"}\n";
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  g_assert_true (load_once (&scene, bytes, &error));
  assert_comment (scene.store, 1, NULL);
  assert_comment (scene.store, 2, "a");
  g_assert_cmpuint (wsi_store_get_mark (scene.store, 2), ==, 3);
}

static void
test_random (gconstpointer data)
{
  for (guint seed = 0; seed < N_RANDOM; seed++)
    {
      g_auto (Growing) growing = { 0 };

      scene_play_random (&growing.scene, seed, GPOINTER_TO_UINT (data));
      wsi_recorder_close (growing.scene.recorder, growing.scene.conversation, WSI_ENDING_ABNORMAL,
                          WSI_SENTENCE (TEXT, "cut"), growing.scene.now);
      grow (&growing, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
      note_all (growing.scene.store);
      check_back (&growing, assert_equal_ways);
    }
}

static void
check_changes (WsiStore *written,
               WsiStore *read)
{
  assert_comment (read, 6, NULL);
  assert_comment (read, 2, "second");
  g_assert_cmpuint (wsi_store_get_mark (read, 6), ==, 0);
  g_assert_cmpuint (wsi_store_get_mark (read, 2), ==, 2);
}

static void
test_changes (void)
{
  g_auto (Growing) growing = { 0 };

  scene_init (&growing.scene);
  scene_play (&growing.scene);
  grow (&growing, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  wsi_store_set_comment (growing.scene.store, 6, NULL);
  wsi_store_set_comment (growing.scene.store, 2, "first");
  wsi_store_set_comment (growing.scene.store, 2, "second");
  wsi_store_set_mark (growing.scene.store, 6, 1);
  wsi_store_set_mark (growing.scene.store, 6, 0);
  wsi_store_set_mark (growing.scene.store, 2, 1);
  wsi_store_set_mark (growing.scene.store, 2, 2);
  check_back (&growing, check_changes);
}

static void
test_secret (void)
{
  g_auto (Growing) growing = { 0 };
  g_autoptr (GBytes) saved = NULL;

  scene_init (&growing.scene);
  scene_play (&growing.scene);
  grow (&growing, WSI_FORMAT_SESSION, WSI_REDACTION_DEFAULT);
  wsi_store_set_comment (growing.scene.store, 2, "see ws://me:Secret12345@h/?token=Secret12345");
  saved = end (&growing);
  g_assert_null (memmem (g_bytes_get_data (saved, NULL), g_bytes_get_size (saved), "Secret12345",
                         11));
}

/* A packet that is written has its comments. */
static void
test_capture (void)
{
  g_auto (Growing) growing = { 0 };
  g_autoptr (GBytes) saved = NULL;

  scene_init (&growing.scene);
  scene_play (&growing.scene);
  grow (&growing, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
  wsi_store_set_comment (growing.scene.store, 2, "much later");
  saved = end (&growing);
  g_assert_null (memmem (g_bytes_get_data (saved, NULL), g_bytes_get_size (saved), "much later",
                         10));
}

static void
on_read_comment (GArray *commented,
                 guint64 number)
{
  g_array_append_val (commented, number);
}

/* A reader of a growing file is notified of the row. */
static void
test_notified (void)
{
  static const char text[] = FIRST_LINE OPEN MESSAGE ("2") MESSAGE ("3")
                             "{\"type\":\"comment\",\"no\":2,\"text\":\"late\"}\n" MESSAGE ("4");
  g_auto (Scene) scene = { 0 };
  g_autoptr (GArray) commented = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);
  g_autoptr (WsiSessionFile) file = NULL;

  scene_init (&scene);
  g_signal_connect_swapped (scene.store, "noted", G_CALLBACK (on_read_comment), commented);
  file = wsi_session_file_new (stream, scene.recorder, NULL, NULL);
  g_assert_true (wsi_session_file_step (file, 3, NULL));
  g_assert_cmpuint (commented->len, ==, 0);
  g_assert_true (wsi_session_file_step (file, 1, NULL));
  g_assert_cmpuint (commented->len, ==, 1);
  g_assert_cmpuint (g_array_index (commented, guint64, 0), ==, 1);
}

static const struct
{
  const char *name, *lines;
  const char *problem;          /* problem of the file; NULL = the comments are read */
  guint64     row;              /* number of the only row with a comment, which is "a" */
} files[] = {
  { "about-the-row-before", MESSAGE ("2") "{\"type\":\"comment\",\"text\":\"a\"}\n", NULL, 1 },
  { "about-an-earlier-row", MESSAGE ("2") MESSAGE ("3") "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"}\n", NULL, 1 },
  { "rows-may-be-left-out", MESSAGE ("7") MESSAGE ("9") "{\"type\":\"comment\",\"no\":7,\"text\":\"a\"}\n", NULL, 1 },
  { "a-row-that-was-left-out", MESSAGE ("7") MESSAGE ("9") "{\"type\":\"comment\",\"no\":8,\"text\":\"a\"}\n", NULL, G_MAXUINT64 },
  { "a-row-that-is-yet-to-come", "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"}\n" MESSAGE ("2"), NULL, G_MAXUINT64 },
  { "the-first-row-with-that-number", MESSAGE ("2") MESSAGE ("2") "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"}\n", NULL, 1 },
  { "a-number-that-goes-back-is-none", MESSAGE ("9") MESSAGE ("2") "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"}\n", NULL, G_MAXUINT64 },
  { "the-largest-number", MESSAGE ("9223372036854775807") MESSAGE ("3")
    "{\"type\":\"comment\",\"no\":9223372036854775807,\"text\":\"a\"}\n", NULL, 1 },
  { "before-any-row", "{\"type\":\"comment\",\"no\":1,\"text\":\"a\"}\n", NULL, 0 },
  { "without-a-text-there-is-none", MESSAGE ("2") "{\"type\":\"comment\",\"no\":2,\"text\":\"b\"}\n"
    "{\"type\":\"comment\",\"no\":2}\n", NULL, G_MAXUINT64 },
  { "text-that-is-no-text", MESSAGE ("2") "{\"type\":\"comment\",\"no\":2,\"text\":[\"a\"]}\n", NULL, G_MAXUINT64 },
  { "neither-text-nor-number", MESSAGE ("2") "{\"type\":\"comment\",\"text\":\"a\"}\n" "{\"type\":\"comment\"}\n", NULL, 1 },
  { "number-below-1-is-refused", MESSAGE ("2") "{\"type\":\"comment\",\"no\":0,\"text\":\"a\"}\n", "the number of a row", G_MAXUINT64 },
  { "negative-number-is-refused", MESSAGE ("2") "{\"type\":\"comment\",\"no\":-2,\"text\":\"a\"}\n", "the number of a row", G_MAXUINT64 },
  { "number-as-text-is-refused", MESSAGE ("2") "{\"type\":\"comment\",\"no\":\"2\",\"text\":\"a\"}\n", "the number of a row", G_MAXUINT64 },
  { "fraction-is-refused", MESSAGE ("2") "{\"type\":\"comment\",\"no\":2.0,\"text\":\"a\"}\n", "the number of a row", G_MAXUINT64 },
};

static void
test_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = g_strconcat (FIRST_LINE OPEN, files[i].lines, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  g_assert_cmpint (load_once (&scene, bytes, &error), ==, files[i].problem == NULL);
  if (error != NULL && strstr (error->message, files[i].problem) == NULL)
    g_error ("\"%s\" is not in \"%s\"", files[i].problem, error->message);
  for (guint64 row = 0; row < wsi_store_get_end (scene.store); row++)
    assert_comment (scene.store, row, row == files[i].row ? "a" : NULL);
}

static const struct
{
  const char *name, *lines;
  const char *problem;          /* problem of the file; NULL = the marks are read */
  guint64     row;              /* number of the only row with a mark, which is 3 */
} marks[] = {
  { "of-a-row", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2,\"mark\":3}\n", NULL, 1 },
  { "with-members-of-later-versions", MESSAGE ("2") "{\"mark\":3,\"by\":[{}],\"no\":2,\"type\":\"mark\"}\n", NULL, 1 },
  { "of-an-earlier-row", MESSAGE ("2") MESSAGE ("3") "{\"type\":\"mark\",\"no\":2,\"mark\":3}\n", NULL, 1 },
  { "the-last-one-counts", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2,\"mark\":1}\n"
    "{\"type\":\"mark\",\"no\":2,\"mark\":3}\n", NULL, 1 },
  { "zero-takes-it-away", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2,\"mark\":3}\n"
    "{\"type\":\"mark\",\"no\":2,\"mark\":0}\n", NULL, G_MAXUINT64 },
  { "a-row-that-was-left-out", MESSAGE ("7") MESSAGE ("9") "{\"type\":\"mark\",\"no\":8,\"mark\":3}\n", NULL, G_MAXUINT64 },
  { "a-row-that-never-comes", MESSAGE ("2") "{\"type\":\"mark\",\"no\":9223372036854775807,\"mark\":3}\n", NULL, G_MAXUINT64 },
  { "negative-mark-is-none", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2,\"mark\":-3}\n", NULL, G_MAXUINT64 },
  { "larger-than-255-is-none", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2,\"mark\":256}\n", NULL, G_MAXUINT64 },
  { "longer-than-32-bits-is-none", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2,\"mark\":4294967299}\n", NULL, G_MAXUINT64 },
  { "text-is-none", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2,\"mark\":\"3\"}\n", NULL, G_MAXUINT64 },
  { "without-a-mark-is-none", MESSAGE ("2") "{\"type\":\"mark\",\"no\":2}\n", NULL, G_MAXUINT64 },
  { "row-0-is-refused", MESSAGE ("2") "{\"type\":\"mark\",\"no\":0,\"mark\":3}\n", "the number of a row", G_MAXUINT64 },
  { "negative-row-is-refused", MESSAGE ("2") "{\"type\":\"mark\",\"no\":-2,\"mark\":3}\n", "the number of a row", G_MAXUINT64 },
  { "no-row-is-refused", MESSAGE ("2") "{\"type\":\"mark\",\"mark\":3}\n", "the number of a row", G_MAXUINT64 },
};

static void
assert_marks (WsiStore *store,
              guint64   row)
{
  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    g_assert_cmpuint (wsi_store_get_mark (store, i), ==, i == row ? 3 : 0);
}

/* From a pipe, and from a file, which is read twice. */
static void
test_mark (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strconcat (FIRST_LINE OPEN, marks[i].lines, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  for (guint again = 0; again < 2; again++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (GError) error = NULL;

      scene_init (&scene);
      if (again == 0)
        load_once (&scene, bytes, &error);
      else
        scene_load (&scene, bytes, &error);
      g_assert_cmpint (error == NULL, ==, marks[i].problem == NULL);
      if (error != NULL)
        g_assert_nonnull (strstr (error->message, marks[i].problem));
      assert_marks (scene.store, marks[i].row);
    }
}

/* A file that is read twice: its late comments are known where their rows are read. */
static const struct
{
  const char *name, *lines;
  guint       n_lines;          /* number of lines after the first one that are read */
  guint64     row;              /* number of the only row that then has a comment, which is "a" */
} ahead[] = {
  { "with-its-row", MESSAGE ("2") MESSAGE ("3") "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"}\n", 2, 1 },
  { "damaged-one-is-none", MESSAGE ("2") MESSAGE ("3") "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"\n", 2, G_MAXUINT64 },
  { "number-below-1-is-none", MESSAGE ("0") MESSAGE ("-1") "{\"type\":\"comment\",\"no\":0,\"text\":\"a\"}\n"
    "{\"type\":\"comment\",\"no\":-1,\"text\":\"a\"}\n", 2, G_MAXUINT64 },
  { "before-one-that-comes-with-the-row", MESSAGE ("2") "{\"type\":\"comment\",\"text\":\"b\"}\n"
    "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"}\n", 2, 1 },
  { "last-one-may-take-it-away", MESSAGE ("2") "{\"type\":\"comment\",\"no\":2,\"text\":\"a\"}\n"
    "{\"type\":\"comment\",\"no\":2}\n", 1, G_MAXUINT64 },
};

static WsiSessionFile *
open_ahead (Scene      *scene,
            const char *text)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);
  g_autoptr (GInputStream) again = g_memory_input_stream_new_from_data (text, -1, NULL);
  WsiSessionFile *file = wsi_session_file_new (stream, scene->recorder, NULL, NULL);

  wsi_session_file_look_ahead (file, again);
  return file;
}

static void
test_ahead (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = g_strconcat (FIRST_LINE OPEN, ahead[i].lines, NULL);
  g_autoptr (WsiSessionFile) file = NULL;

  scene_init (&scene);
  file = open_ahead (&scene, text);
  g_assert_true (wsi_session_file_step (file, 1 + ahead[i].n_lines, NULL));
  g_assert_cmpuint (wsi_store_get_end (scene.store), >, 1);
  for (guint64 row = 0; row < wsi_store_get_end (scene.store); row++)
    assert_comment (scene.store, row, row == ahead[i].row ? "a" : NULL);
}

/* A row that is about no connection. */
static void
test_ahead_of_all (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiSessionFile) file = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  file = open_ahead (&scene, FIRST_LINE "{\"type\":\"event\",\"no\":1}\n"
                     "{\"type\":\"comment\",\"no\":1,\"text\":\"a\"}\n"
                     "{\"type\":\"comment\",\"text\":\"a\"}\n");
  wsi_session_file_step (file, G_MAXUINT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 0);
}

#define N_LATE 40
#define LATE_LENGTH (1024 * 1024)
#define MAX_AHEAD (16 * 1024 * 1024)

#define N_MARKS 1000000

/* Marks of rows that do not exist are bounded as comments are. */
static void
test_many_marks (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GString) text = g_string_new (FIRST_LINE OPEN MESSAGE ("2"));
  g_autoptr (WsiSessionFile) file = NULL;

  scene_init (&scene);
  for (guint i = 0; i < N_MARKS; i++)
    g_string_append_printf (text, "{\"type\":\"mark\",\"no\":%u,\"mark\":1}\n", 3 + i);
  g_string_append (text, "{\"type\":\"mark\",\"no\":2,\"mark\":3}\n");
  file = open_ahead (&scene, text->str);
  while (wsi_session_file_step (file, G_MAXUINT, NULL))
    ;
  assert_marks (scene.store, 1);
}

/* Comments that do not fit come with their own lines. */
static void
test_many_ahead (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *comment = g_strnfill (LATE_LENGTH, 'a');
  g_autoptr (GString) text = g_string_new (FIRST_LINE OPEN);
  g_autoptr (WsiSessionFile) file = NULL;
  guint n_known = 0;

  scene_init (&scene);
  for (guint i = 0; i < N_LATE; i++)
    g_string_append_printf (text, MESSAGE ("%u"), 2 + i);
  for (guint i = 0; i < N_LATE; i++)
    g_string_append_printf (text, "{\"type\":\"comment\",\"no\":%u,\"text\":\"%s\"}\n", 2 + i,
                            comment);
  file = open_ahead (&scene, text->str);
  g_assert_true (wsi_session_file_step (file, 1 + N_LATE, NULL));
  for (guint i = 0; i < N_LATE; i++)
    {
      g_autofree char *known = wsi_store_dup_comment (scene.store, 1 + i);

      n_known += known != NULL;
    }
  g_assert_cmpuint (n_known, ==, MAX_AHEAD / LATE_LENGTH - 1);
}

/* Each number is another row than the one before and one more: there are no runs. */
static void
test_memory (void)
{
  g_autoptr (WsiRowNumbers) numbers = wsi_row_numbers_new ();
  guint64 row;

  for (guint64 i = 1; i <= 1000000; i++)
    {
      const WsiNumberedRows rows = { .number = 2 * i, .first = i, .end = i + 1 };

      wsi_row_numbers_add (numbers, &rows);
      wsi_row_numbers_forget (numbers, i - MIN (i, 10));
    }
  g_assert_false (wsi_row_numbers_find (numbers, 2 * 900000, &row));
  g_assert_true (wsi_row_numbers_find (numbers, 2 * 999995, &row));
  g_assert_cmpuint (row, ==, 999995);
  g_assert_false (wsi_row_numbers_find (numbers, 2 * 999995 + 1, &row));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/session-comments/late/each-row-of-a-connection", test_each_row);
  g_test_add_func ("/inspector/session-comments/with-rows/each-row-of-a-connection",
                   test_with_rows);
  g_test_add_func ("/inspector/session-comments/with-rows/bytes-in-no-frame", test_loose);
  g_test_add_data_func ("/inspector/session-comments/late/each-row-of-random-streams", NULL,
                        test_random);
  g_test_add_data_func ("/inspector/session-comments/late/each-row-of-random-streams-with-gaps",
                        GUINT_TO_POINTER (8), test_random);
  g_test_add_func ("/inspector/session-comments/late/may-change-and-go", test_changes);
  g_test_add_func ("/inspector/session-comments/late/secrets-are-hidden", test_secret);
  g_test_add_func ("/inspector/session-comments/late/not-in-a-capture", test_capture);
  g_test_add_func ("/inspector/session-comments/late/reader-is-notified-of-the-row", test_notified);
  g_test_add_func ("/inspector/session-comments/numbers/of-rows-that-are-gone-are-forgotten",
                   test_memory);
  ADD_ROWS ("/inspector/session-comments/ahead", ahead, test_ahead);
  g_test_add_func ("/inspector/session-comments/ahead/of-no-connection-is-left-out",
                   test_ahead_of_all);
  g_test_add_func ("/inspector/session-comments/ahead/bytes-are-bounded", test_many_ahead);
  g_test_add_func ("/inspector/session-comments/ahead/marks-are-bounded", test_many_marks);
  ADD_ROWS ("/inspector/session-comments/file", files, test_file);
  ADD_ROWS ("/inspector/session-comments/mark", marks, test_mark);

  return g_test_run ();
}
