/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/saving/wsi-saver.h"
#include "inspector/full-disk.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TIMEOUT_S 30
#define OLD "an old file"
#define SECRET "Secret12345"
#define N_MANY 300
#define MAX_PARTS 100           /* of the product */

typedef struct
{
  Scene scene;
  char *folder;
  GFile *file;
} Place;

static void
place_init (Place *self)
{
  g_autofree char *path = NULL;

  scene_init (&self->scene);
  scene_play (&self->scene);
  self->folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  path = g_build_filename (self->folder, "a.wsinspect", NULL);
  self->file = g_file_new_for_path (path);
}

static void
place_clear (Place *self)
{
  g_file_delete (self->file, NULL, NULL);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);      /* nothing else was left there */
  g_object_unref (self->file);
  g_free (self->folder);
  scene_clear (&self->scene);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static gboolean
export (Place                  *place,
        const WsiExportOptions *options,
        GArray                 *rows,
        GCancellable           *cancellable,
        WsiExportReport        *report,
        GError                **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsi_export_async (place->scene.store, place->file, options, rows, cancellable, NULL, NULL,
                    keep_result, &result);
  return wsi_export_finish (wait_for_result (&result), report, error);
}

static GBytes *
read_file (Place *place)
{
  return g_file_load_bytes (place->file, NULL, NULL, NULL);
}

static gboolean
contains (GBytes     *bytes,
          const char *text)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text)) !=
         NULL;
}

static void
write_old (Place *place)
{
  g_assert_true (g_file_set_contents (g_file_peek_path (place->file), OLD, -1, NULL));
}

static void
assert_old (Place *place)
{
  g_autoptr (GBytes) bytes = read_file (place);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), OLD, strlen (OLD));
}

/* The file of each format is the one that the exporter makes. */
static void
test_format (gconstpointer data)
{
  const WsiExportOptions options = {
    .format = GPOINTER_TO_UINT (data), .redaction = WSI_REDACTION_NONE,
  };
  g_auto (Place) place = { 0 };
  g_autoptr (GBytes) expected = NULL, received = NULL;
  g_autoptr (GError) error = NULL;
  WsiExportReport report;

  place_init (&place);
  expected = scene_save (&place.scene, options.format, options.redaction);
  g_assert_true (export (&place, &options, NULL, NULL, &report, &error));
  g_assert_no_error (error);
  received = read_file (&place);
  g_assert_true (g_bytes_equal (received, expected));
  g_assert_cmpuint (report.n_rows, ==, wsi_store_get_end (place.scene.store));
  g_assert_cmpuint (report.n_hidden, ==, 0);
}

static void
test_redaction (void)
{
  const WsiExportOptions options = { .format = WSI_FORMAT_SESSION };
  g_auto (Place) place = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  WsiExportReport report;
  struct stat facts;

  place_init (&place);
  g_assert_true (export (&place, &options, NULL, NULL, &report, NULL));
  bytes = read_file (&place);
  g_assert_false (contains (bytes, SECRET));
  g_assert_cmpuint (report.n_hidden, >, 0);
  g_assert_cmpint (stat (g_file_peek_path (place.file), &facts), ==, 0);
  g_assert_cmpuint (facts.st_mode & 0777, ==, 0600);
}

static void
test_existing (void)
{
  const WsiExportOptions options = { .format = WSI_FORMAT_SESSION };
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  write_old (&place);
  g_assert_false (export (&place, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  assert_old (&place);
}

static void
test_replaced (void)
{
  const WsiExportOptions options = { .format = WSI_FORMAT_SESSION, .mode = WSI_EXPORT_REPLACE };
  g_auto (Place) place = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  place_init (&place);
  write_old (&place);
  g_assert_true (export (&place, &options, NULL, NULL, NULL, NULL));
  bytes = read_file (&place);
  g_assert_true (contains (bytes, "wsinspect-session"));
}

/* More than the kernel will write to a file. */
static void
play_much (Place *place)
{
  for (guint i = 0; i < N_MANY; i++)
    scene_play (&place->scene);
}

static void
test_full (gconstpointer data)
{
  const WsiExportOptions options = {
    .format = WSI_FORMAT_SESSION, .mode = GPOINTER_TO_UINT (data),
  };
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  play_much (&place);
  if (options.mode == WSI_EXPORT_REPLACE)
    write_old (&place);
  limit_files (1000);
  g_assert_false (export (&place, &options, NULL, NULL, NULL, &error));
  limit_files (RLIM_INFINITY);
  g_assert_nonnull (error);
  if (options.mode == WSI_EXPORT_REPLACE)
    assert_old (&place);
  else
    g_assert_false (g_file_query_exists (place.file, NULL));
}

/* Buffered bytes are written at the end. */
static void
test_full_at_end (void)
{
  const WsiExportOptions options = { .format = WSI_FORMAT_TEXT };
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  limit_files (10);
  g_assert_false (export (&place, &options, NULL, NULL, NULL, &error));
  limit_files (RLIM_INFINITY);
  g_assert_nonnull (error);
  g_assert_false (g_file_query_exists (place.file, NULL));
}

static void
test_cancelled (void)
{
  const WsiExportOptions options = { .format = WSI_FORMAT_HAR, .mode = WSI_EXPORT_REPLACE };
  g_auto (Place) place = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  place_init (&place);
  write_old (&place);
  g_cancellable_cancel (cancellable);
  g_assert_false (export (&place, &options, NULL, cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_old (&place);
}

static void
cancel_it (double   part,
           gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* However long an export takes: it is cancelled while it is shown. */
static void
test_progress (void)
{
  const WsiExportOptions options = { .format = WSI_FORMAT_HAR };
  g_auto (Place) place = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  play_much (&place);
  wsi_export_async (place.scene.store, place.file, &options, NULL, cancellable, cancel_it,
                    cancellable, keep_result, &result);
  if (wsi_export_finish (wait_for_result (&result), NULL, &error))
    g_assert_false (g_cancellable_is_cancelled (cancellable));
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Some rows, of which the first is gone. */
static void
test_rows (void)
{
  const WsiStoreLimits limits = { .max_records = 16384, .max_memory = 1000, .max_stored = 1000,
                                  .event_rows = WSI_EVENT_ROWS_CONVERSATIONS };
  WsiExportOptions options = { .format = WSI_FORMAT_TEXT };
  g_auto (Place) place = { 0 };
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint64));
  WsiExportReport report;
  guint64 number = 0;

  place_init (&place);
  scene_clear (&place.scene);
  place.scene.store = wsi_store_new_with_limits (&limits);
  place.scene.recorder = wsi_recorder_new (place.scene.store, WSP_ROLE_CLIENT);
  while (wsi_store_get_first (place.scene.store) == 0)
    scene_play (&place.scene);
  g_array_append_val (rows, number);
  number = wsi_store_get_end (place.scene.store) - 1;
  g_array_append_val (rows, number);
  g_assert_true (export (&place, &options, rows, NULL, &report, NULL));
  g_assert_cmpuint (report.n_gone, ==, 1);
  g_assert_cmpuint (report.n_rows, ==, 1);
  options.unit = WSI_EXPORT_MESSAGES;
  options.mode = WSI_EXPORT_REPLACE;
  g_assert_true (export (&place, &options, rows, NULL, &report, NULL));
  g_assert_cmpuint (report.n_gone, ==, 1);
  g_assert_cmpuint (report.n_rows, ==, 1);
}

/* The rows of the fragments of the first message that has some. */
static guint
find_fragments (WsiStore *store,
                guint64  *last)
{
  guint n = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if ((record->flags & WSI_RECORD_FRAGMENT) == 0 || wsi_record_is_control (record))
        continue;
      n++;
      *last = i;
    }
  return n;
}

/* The row of a message selects all of its frames, but not the ping between them. */
static void
test_messages (void)
{
  WsiExportOptions options = { .format = WSI_FORMAT_TEXT, .unit = WSI_EXPORT_MESSAGES };
  g_auto (Place) place = { 0 };
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint64));
  WsiExportReport report;
  guint64 number = 0;

  place_init (&place);
  g_assert_cmpuint (find_fragments (place.scene.store, &number), ==, 2);
  g_array_append_val (rows, number);
  g_assert_true (export (&place, &options, rows, NULL, &report, NULL));
  g_assert_cmpuint (report.n_rows, ==, 2);
  options.mode = WSI_EXPORT_REPLACE;
  scene_play (&place.scene);
  g_assert_true (export (&place, &options, rows, NULL, &report, NULL));
  g_assert_cmpuint (report.n_rows, ==, 2);
  number = wsi_store_get_end (place.scene.store) - 1;
  g_array_append_val (rows, number);
  g_assert_true (export (&place, &options, rows, NULL, &report, NULL));
  g_assert_cmpuint (report.n_rows, ==, 3);
  rows->len--;                  /* there is more behind the last one */
  g_assert_true (export (&place, &options, rows, NULL, &report, NULL));
  g_assert_cmpuint (report.n_rows, ==, 2);
  rows->len++;
  g_assert_true (export (&place, &options, NULL, NULL, &report, NULL));
  g_assert_cmpuint (report.n_rows, ==, wsi_store_get_end (place.scene.store));
  options.unit = WSI_EXPORT_FRAMES;
  g_assert_true (export (&place, &options, rows, NULL, &report, NULL));
  g_assert_cmpuint (report.n_rows, ==, 2);
}

static WsiSaver *
start_saver (Place        *place,
             WsiExportMode mode)
{
  g_autoptr (GError) error = NULL;
  const WsiExportOptions options = { .redaction = WSI_REDACTION_NONE, .mode = mode };
  WsiSaver *saver = wsi_saver_new (place->scene.store, place->file, &options, &error);

  g_assert_no_error (error);
  return saver;
}

static gboolean
stop_saver (WsiSaver *saver,
            GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsi_saver_stop_async (saver, keep_result, &result);
  return wsi_saver_stop_finish (saver, wait_for_result (&result), error);
}

static void
assert_is_back (Place *place,
                Scene *other)
{
  g_autoptr (GBytes) bytes = read_file (place);
  g_autoptr (GError) error = NULL;

  scene_init (other);
  g_assert_true (scene_load (other, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_store_get_end (other->store), ==, wsi_store_get_end (place->scene.store));
  scene_assert_equal_streams (&place->scene, other);
}

static void
assert_comment (Scene      *scene,
                guint64     number,
                const char *text)
{
  g_autofree char *comment = wsi_store_dup_comment (scene->store, number);

  g_assert_cmpstr (comment, ==, text);
}

/* A frame that was left out is a gap in the file: the ones after it are read as they were. */
static void
test_paused (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  WsiTotals totals, read;

  place_init (&place);
  scene_shake_hands (&place.scene);
  SCENE_PUSH (&place.scene, WSP_DIRECTION_RECEIVED, "\x01\x01" "a");
  wsi_store_pause (place.scene.store, place.scene.now);
  SCENE_PUSH (&place.scene, WSP_DIRECTION_RECEIVED, "\x80\x01" "b");
  SCENE_PUSH (&place.scene, WSP_DIRECTION_RECEIVED, "\x81\x01" "c");
  wsi_store_resume (place.scene.store, place.scene.now);
  SCENE_PUSH (&place.scene, WSP_DIRECTION_RECEIVED, "\x81\x01" "d");
  SCENE_PUSH (&place.scene, WSP_DIRECTION_RECEIVED, "\x81\x01" "e");
  wsi_recorder_close (place.scene.recorder, place.scene.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "end"), place.scene.now);
  bytes = scene_save (&place.scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  scene_init (&other);
  g_assert_true (scene_load (&other, bytes, &error));
  g_assert_no_error (error);
  wsi_statistics_get_totals (wsi_store_get_statistics (place.scene.store), &totals);
  wsi_statistics_get_totals (wsi_store_get_statistics (other.store), &read);
  g_assert_cmpuint (read.all.flows[WSP_DIRECTION_RECEIVED].n_frames, ==,
                    totals.all.flows[WSP_DIRECTION_RECEIVED].n_frames);
  g_assert_cmpuint (read.all.n_faults, ==, totals.all.n_faults);
}

/* The next thing after frames that were left out, in the pause or after it. */
typedef enum
{
  THEN_FRAME,
  THEN_NOTHING,
  THEN_CLOSED,
} Then;

static const struct
{
  const char *name;
  Then        then;
  const char *bytes;            /* bytes that arrive while the session is paused */
  guint64     n_bytes;          /* number of bytes that were received */
} left_out[] = {
  { "before-a-frame", THEN_FRAME, "\x81\x01" "c", 3 },
  { "before-nothing-more", THEN_NOTHING, "\x81\x01" "c" "\x81\x02" "de", 7 },
  { "before-the-end", THEN_CLOSED, "\x81\x01" "c", 3 },
  { "before-the-end-with-the-bytes-that-came", THEN_CLOSED, "\x81\x09" "abcd", 6 },
};

/* Returns how many bytes are missing by the gaps of the file; the number of these gaps. */
static guint64
sum_gaps (Scene *scene,
          guint *n_gaps)
{
  guint64 n_bytes = 0;

  *n_gaps = 0;
  for (guint64 i = 0; i < wsi_store_get_end (scene->store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene->store, i);

      if (record->kind != WSI_RECORD_KIND_EVENT || record->event != WSI_EVENT_GAP)
        continue;

      n_bytes += record->payload_length;
      *n_gaps += 1;
    }
  return n_bytes;
}

static void
test_gap (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint n_gaps;

  scene_init (&scene);
  scene_shake_hands (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x01" "a");
  wsi_store_pause (scene.store, scene.now);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, left_out[row].bytes);
  if (left_out[row].then == THEN_CLOSED)
    wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN,
                        WSI_SENTENCE (TEXT, "end"), scene.now);
  else
    wsi_store_resume (scene.store, scene.now);
  if (left_out[row].then == THEN_FRAME)
    SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x01" "d");

  bytes = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  scene_init (&other);
  g_assert_true (scene_load (&other, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sum_gaps (&other, &n_gaps), ==, left_out[row].n_bytes);
  g_assert_cmpuint (n_gaps, ==, 1);
}

/* Rows from before it began, and later ones. */
static void
test_saver (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  write_old (&place);
  saver = start_saver (&place, WSI_EXPORT_REPLACE);
  for (guint i = 0; i < 10; i++)
    scene_play (&place.scene);
  g_assert_true (stop_saver (saver, &error));
  g_assert_no_error (error);
  assert_is_back (&place, &other);
}

/* Without an end, as after a crash: what was announced is in the file soon. */
static void
test_as_it_goes (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  gint64 limit = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;
  gboolean is_there = FALSE;

  place_init (&place);
  saver = start_saver (&place, WSI_EXPORT_NEW);
  scene_open (&place.scene);
  wsi_recorder_close (place.scene.recorder, place.scene.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "the very end"), 9);
  wsi_store_set_comment (place.scene.store, 0, "much later");
  while (!is_there && g_get_monotonic_time () < limit)
    {
      g_autoptr (GBytes) bytes = read_file (&place);

      is_there = contains (bytes, "the very end") && contains (bytes, "much later");
      g_thread_yield ();
    }
  g_assert_true (is_there);
}

static void
test_comments (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autoptr (GError) error = NULL;
  guint64 last;

  place_init (&place);
  saver = start_saver (&place, WSI_EXPORT_NEW);
  scene_play (&place.scene);
  last = wsi_store_get_end (place.scene.store) - 1;
  wsi_store_set_comment (place.scene.store, last, "about the last");
  wsi_store_set_comment (place.scene.store, 2, "much later");
  g_assert_true (stop_saver (saver, &error));
  assert_is_back (&place, &other);
  assert_comment (&other, last, "about the last");
  assert_comment (&other, 2, "much later");
  assert_comment (&other, 6, "a \"comment\"");
}

/* The recording goes on. */
static void
test_saver_full (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autoptr (GError) error = NULL;
  guint n_failed = 0;

  place_init (&place);
  limit_files (1000);
  saver = start_saver (&place, WSI_EXPORT_NEW);
  g_signal_connect_swapped (saver, "failed", G_CALLBACK (g_atomic_int_inc), &n_failed);
  play_much (&place);
  while (n_failed == 0)
    g_main_context_iteration (NULL, TRUE);
  scene_play (&place.scene);
  limit_files (RLIM_INFINITY);
  g_assert_nonnull (strstr (wsi_saver_get_sentence (saver), "a.wsinspect: "));
  g_assert_false (stop_saver (saver, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (n_failed, ==, 1);
}

static void
wait_for (guint *n)
{
  while (*n == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* The old file is there until the new one is complete, and so is it after an error. */
static void
test_saver_full_over_old (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  guint n_failed = 0, n_saved = 0;

  place_init (&place);
  write_old (&place);
  play_much (&place);
  limit_files (1000);
  saver = start_saver (&place, WSI_EXPORT_REPLACE);
  g_signal_connect_swapped (saver, "failed", G_CALLBACK (g_atomic_int_inc), &n_failed);
  g_signal_connect_swapped (saver, "saved", G_CALLBACK (g_atomic_int_inc), &n_saved);
  wsi_saver_complete (saver);
  wait_for (&n_failed);
  g_assert_false (stop_saver (saver, NULL));
  limit_files (RLIM_INFINITY);
  g_assert_cmpuint (n_saved, ==, 0);
  g_assert_false (wsi_saver_is_in_place (saver));
  assert_old (&place);
}

/* The next fsync () has it, in the thread of the saver; 0 = none. */
static atomic_int sync_error;

/* In place of libc's, which a disk that is full only then answers with an error. */
int
fsync (int fd)
{
  if (sync_error == 0)
    return syscall (SYS_fsync, fd);

  errno = sync_error;
  return -1;
}

static const struct
{
  const char *name;
  gboolean    is_later;         /* TRUE if the first rows are on the disk when the error comes */
  gboolean    is_complete;
} syncs[] = {
  { "for-the-first-rows", FALSE, FALSE },
  { "before-it-replaces", TRUE, TRUE },
  { "at-the-end", TRUE, FALSE },
};

/* The old file stays then, and nothing says that the new one is saved. */
static void
test_sync (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autoptr (GError) error = NULL;
  guint n_failed = 0, n_saved = 0;

  place_init (&place);
  write_old (&place);
  sync_error = syncs[i].is_later ? 0 : ENOSPC;
  saver = start_saver (&place, WSI_EXPORT_REPLACE);
  g_signal_connect_swapped (saver, "failed", G_CALLBACK (g_atomic_int_inc), &n_failed);
  g_signal_connect_swapped (saver, "saved", G_CALLBACK (g_atomic_int_inc), &n_saved);
  wait_for (syncs[i].is_later ? &n_saved : &n_failed);
  sync_error = ENOSPC;
  if (syncs[i].is_complete)
    {
      wsi_saver_complete (saver);
      wait_for (&n_failed);
    }
  g_assert_false (stop_saver (saver, &error));
  sync_error = 0;
  g_assert_nonnull (strstr (error->message, g_strerror (ENOSPC)));
  g_assert_cmpuint (n_saved, ==, syncs[i].is_later);
  g_assert_false (wsi_saver_is_in_place (saver));
  assert_old (&place);
}

/* Things that the disk has no room for, once the rows of the beginning are there. */
static const struct
{
  const char *name;
  gboolean    has_rows;
  gsize       n_comment;        /* number of characters of the comment, six bytes each; 0 = the end
                                 * of the file is written */
} fulls[] = {
  { "a-comment", TRUE, 10 },
  { "a-comment-that-is-not-buffered", TRUE, 64 * 1024 },
  { "the-line-of-a-file-without-rows", FALSE, 0 },
};

static void
test_saver_full_later (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autofree char *comment = g_strnfill (fulls[i].n_comment, '\1');
  guint n_failed = 0, n_saved = 0;

  place_init (&place);
  if (!fulls[i].has_rows)
    {
      scene_clear (&place.scene);
      scene_init (&place.scene);
    }
  saver = start_saver (&place, WSI_EXPORT_NEW);
  g_signal_connect_swapped (saver, "failed", G_CALLBACK (g_atomic_int_inc), &n_failed);
  g_signal_connect_swapped (saver, "saved", G_CALLBACK (g_atomic_int_inc), &n_saved);
  wait_for (&n_saved);
  limit_files (1);
  if (fulls[i].n_comment > 0)
    {
      wsi_store_set_comment (place.scene.store, 0, comment);
      wait_for (&n_failed);
    }
  g_assert_false (stop_saver (saver, NULL));
  limit_files (RLIM_INFINITY);
}

/* A folder has come in place of the file that is to be replaced. */
static void
test_not_replaceable (gconstpointer data)
{
  gboolean is_complete = GPOINTER_TO_INT (data);
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autofree char *inside = NULL;
  guint n_failed = 0, n_saved = 0;

  place_init (&place);
  write_old (&place);
  saver = start_saver (&place, WSI_EXPORT_REPLACE);
  g_signal_connect_swapped (saver, "failed", G_CALLBACK (g_atomic_int_inc), &n_failed);
  g_signal_connect_swapped (saver, "saved", G_CALLBACK (g_atomic_int_inc), &n_saved);
  wait_for (&n_saved);
  inside = g_build_filename (g_file_peek_path (place.file), "inside", NULL);
  g_assert_true (g_file_delete (place.file, NULL, NULL));
  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
  if (is_complete)
    {
      wsi_saver_complete (saver);
      wait_for (&n_failed);
    }
  g_assert_false (stop_saver (saver, NULL));
  g_assert_false (wsi_saver_is_in_place (saver));
  g_assert_cmpint (g_rmdir (inside), ==, 0);
}

static void
test_replaced_late (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autoptr (GError) error = NULL;
  guint n_saved = 0;

  place_init (&place);
  write_old (&place);
  saver = start_saver (&place, WSI_EXPORT_REPLACE);
  g_signal_connect_swapped (saver, "saved", G_CALLBACK (g_atomic_int_inc), &n_saved);
  wait_for (&n_saved);
  assert_old (&place);
  wsi_saver_complete (saver);
  while (!wsi_saver_is_in_place (saver))
    g_main_context_iteration (NULL, TRUE);
  assert_is_back (&place, &other);
  wsi_store_set_comment (place.scene.store, 2, "after it");
  g_assert_true (stop_saver (saver, &error));
  g_assert_no_error (error);
  scene_clear (&other);
  assert_is_back (&place, &other);
  assert_comment (&other, 2, "after it");
  g_assert_cmpuint (n_saved, ==, 1);
}

/* Another saver writes the same file, and a part of a program that was killed is there. */
static void
test_not_replaced (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autofree char *part = NULL;

  place_init (&place);
  write_old (&place);
  part = g_strconcat (g_file_peek_path (place.file), ".part", NULL);
  g_assert_true (g_file_set_contents (part, "of another", -1, NULL));
  saver = start_saver (&place, WSI_EXPORT_REPLACE);
  wsi_saver_drop (saver);
  wsi_saver_complete (saver);
  g_assert_true (stop_saver (saver, NULL));
  assert_old (&place);
  g_assert_cmpint (g_unlink (part), ==, 0);
}

/* The window is closed before it is notified of the error. */
static void
test_dropped_full (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  limit_files (0);
  g_object_unref (start_saver (&place, WSI_EXPORT_NEW));
  limit_files (RLIM_INFINITY);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* A file that is there is replaced if asked for, and beside no more parts than a hundred. */
static void
test_parts (void)
{
  WsiExportOptions options = { .mode = WSI_EXPORT_NEW };
  g_auto (Place) place = { 0 };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  place_init (&place);
  write_old (&place);
  g_assert_null (wsi_saver_new (place.scene.store, place.file, &options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  for (guint i = 1; i <= MAX_PARTS; i++)
    {
      g_autofree char *number = i > 1 ? g_strdup_printf ("%u", i) : g_strdup ("");

      g_ptr_array_add (parts, g_strconcat (g_file_peek_path (place.file), ".part", number, NULL));
      g_assert_true (g_file_set_contents (parts->pdata[i - 1], "of another", -1, NULL));
    }
  options.mode = WSI_EXPORT_REPLACE;
  g_assert_null (wsi_saver_new (place.scene.store, place.file, &options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  for (guint i = 0; i < parts->len; i++)
    g_assert_cmpint (g_unlink (parts->pdata[i]), ==, 0);
  assert_old (&place);
}

/* A file is there at once, also without rows, and a comment waits for no row. */
static void
test_at_once (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  guint n_saved = 0;
  gboolean is_there = FALSE, is_closed = FALSE;

  place_init (&place);
  scene_clear (&place.scene);
  scene_init (&place.scene);
  saver = start_saver (&place, WSI_EXPORT_NEW);
  g_signal_connect_swapped (saver, "saved", G_CALLBACK (g_atomic_int_inc), &n_saved);
  wait_for (&n_saved);
  scene_open (&place.scene);
  wsi_recorder_close (place.scene.recorder, place.scene.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "the very end"), 9);
  while (!is_there)
    {
      g_autoptr (GBytes) bytes = read_file (&place);

      if (!is_closed && contains (bytes, "the very end"))
        {
          is_closed = TRUE;
          wsi_store_set_comment (place.scene.store, 0, "a late comment");
        }
      is_there = contains (bytes, "a late comment");
      g_thread_yield ();
    }
}

/* The file is complete also if the window is closed. */
static void
test_dropped (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Scene) other = { 0 };

  place_init (&place);
  g_object_unref (start_saver (&place, WSI_EXPORT_NEW));
  assert_is_back (&place, &other);
}

/* How the name of the file comes to lead to nothing, or to another file. */
static const struct
{
  const char *name;
  gboolean    is_replaced;
} removals[] = {
  { "removed", FALSE },
  { "replaced", TRUE },
};

/* Rows that are written then would be lost. */
static void
test_saver_removed (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Place) place = { 0 };
  g_autoptr (WsiSaver) saver = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  saver = start_saver (&place, WSI_EXPORT_NEW);
  if (removals[i].is_replaced)
    g_assert_true (g_file_set_contents (g_file_peek_path (place.file), "other", -1, NULL));
  else
    g_assert_true (g_file_delete (place.file, NULL, NULL));
  scene_shake_hands (&place.scene);
  g_assert_false (stop_saver (saver, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "removed or replaced while it was written"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < WSI_N_FORMATS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/saving/%s/is-what-its-exporter-writes",
                                               wsi_format_get_name (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_format);
    }
  g_test_add_func ("/inspector/saving/export/secrets-are-hidden-and-counted", test_redaction);
  g_test_add_func ("/inspector/saving/export/an-existing-file-is-an-error", test_existing);
  g_test_add_func ("/inspector/saving/export/replaces-if-asked", test_replaced);
  g_test_add_data_func ("/inspector/saving/export/a-full-disk-leaves-no-file",
                        GUINT_TO_POINTER (WSI_EXPORT_NEW), test_full);
  g_test_add_data_func ("/inspector/saving/export/a-full-disk-leaves-the-old-file",
                        GUINT_TO_POINTER (WSI_EXPORT_REPLACE), test_full);
  g_test_add_func ("/inspector/saving/export/a-full-disk-is-found-at-the-end", test_full_at_end);
  g_test_add_func ("/inspector/saving/saver/a-closed-window-hears-of-no-error", test_dropped_full);
  g_test_add_func ("/inspector/saving/saver/parts-have-a-bound", test_parts);
  g_test_add_func ("/inspector/saving/saver/a-file-without-rows-is-there-at-once", test_at_once);
  g_test_add_func ("/inspector/saving/export/cancelled-leaves-the-old-file", test_cancelled);
  g_test_add_func ("/inspector/saving/export/may-be-cancelled-while-it-is-shown", test_progress);
  g_test_add_func ("/inspector/saving/export/rows-that-are-gone-are-counted", test_rows);
  g_test_add_func ("/inspector/saving/export/frames-that-a-pause-left-out-are-a-gap", test_paused);
  ADD_ROWS_AS ("/inspector/saving/export/a-pause-is-a-gap-%s", left_out, test_gap);
  g_test_add_func ("/inspector/saving/export/a-message-is-all-of-its-frames", test_messages);
  g_test_add_func ("/inspector/saving/saver/everything-is-in-the-file", test_saver);
  g_test_add_func ("/inspector/saving/saver/writes-as-it-goes", test_as_it_goes);
  g_test_add_func ("/inspector/saving/saver/comments-may-be-late", test_comments);
  g_test_add_func ("/inspector/saving/saver/a-full-disk-is-a-sentence", test_saver_full);
  for (guint i = 0; i < G_N_ELEMENTS (removals); i++)
    {
      g_autofree char *name = g_strconcat ("/inspector/saving/saver/a-file-that-is-",
                                           removals[i].name, "-is-a-sentence", NULL);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_saver_removed);
    }
  g_test_add_func ("/inspector/saving/saver/a-full-disk-leaves-the-old-file",
                   test_saver_full_over_old);
  ADD_ROWS_AS ("/inspector/saving/saver/a-disk-is-full-%s", syncs, test_sync);
  ADD_ROWS_AS ("/inspector/saving/saver/a-disk-has-no-room-for-%s", fulls, test_saver_full_later);
  g_test_add_data_func ("/inspector/saving/saver/a-folder-is-not-replaced-when-complete",
                        GINT_TO_POINTER (TRUE), test_not_replaceable);
  g_test_add_data_func ("/inspector/saving/saver/a-folder-is-not-replaced-at-the-end",
                        GINT_TO_POINTER (FALSE), test_not_replaceable);
  g_test_add_func ("/inspector/saving/saver/replaces-the-old-file-when-complete",
                   test_replaced_late);
  g_test_add_func ("/inspector/saving/saver/two-do-not-replace-one-file", test_not_replaced);
  g_test_add_func ("/inspector/saving/saver/dropped-is-complete", test_dropped);

  return g_test_run ();
}
