/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* When a session has something that would be lost, and the file that it is written to. */
#include "inspect/save/saving/wsi-document.h"
#include "inspector/client-text.h"
#include "inspector/full-disk.h"
#include "inspector/opened.h"
#include "inspector/started.h"

#include <glib/gstdio.h>
#include <string.h>

#include "inspect/sources/example/wsi-example.h"
#include "inspect/sources/wsi-client-source.h"

#define TIMEOUT_S 30
#define MANY_MS (60 * 1000)     /* longer than the test waits */
#define N_COMMENTS 100

#define RECORDING \
  "{\"type\":\"wsinspect-session\",\"version\":1,\"wall_us\":0,\"monotonic_us\":0}\n" \
  "{\"type\":\"open\",\"conn\":1,\"t\":1,\"role\":\"client\",\"handshake\":\"missing\"}\n" \
  "{\"type\":\"frame\",\"conn\":1,\"dir\":\"recv\",\"rsv\":0,\"opcode\":2,\"header\":2,\"length\":0}\n"

typedef struct
{
  WsiSession  *session;
  WsiDocument *document;
  char        *folder;
  GFile       *file;
} Place;

static void
place_init (Place *self)
{
  g_autofree char *path = NULL;

  self->session = opened_session ();
  self->document = wsi_document_new (self->session);
  self->folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  path = g_build_filename (self->folder, "a.wsinspect", NULL);
  self->file = g_file_new_for_path (path);
}

static void
place_clear (Place *self)
{
  g_clear_object (&self->document);
  g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
  g_file_delete (self->file, NULL, NULL);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_object_unref (self->file);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static void
wait_for_rows (Place  *place,
               guint64 n)
{
  while (wsi_store_get_end (wsi_session_get_store (place->session)) < n)
    g_main_context_iteration (NULL, TRUE);
}

/* A client and a server in one session: a text and its echo are two frames each. */
static void
capture (Place *place)
{
  WsiSource *server = started_server (place->session, 0, NULL);
  WsiSource *client = started_client (place->session, wsi_source_get_uri (server), NULL);

  while (wsi_source_get_state (client) != WSI_SOURCE_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (wsi_document_get_unsaved (place->document));
  client_text_send (client, "Hello");
  wait_for_rows (place, 4);
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  GAsyncResult **kept = data;

  *kept = g_object_ref (result);
}

static gboolean
finish (Place   *place,
        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsi_document_finish_async (place->document, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wsi_document_finish_finish (place->document, result, error);
}

static gboolean
save (Place       *place,
      WsiRedaction redaction,
      GError     **error)
{
  return wsi_document_save_as (place->document, place->file, redaction, NULL, error);
}

static gboolean
file_has (Place      *place,
          const char *text)
{
  g_autoptr (GBytes) bytes = g_file_load_bytes (place->file, NULL, NULL, NULL);

  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text)) !=
         NULL;
}

static void
test_live (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  capture (&place);
  g_assert_true (wsi_document_get_unsaved (place.document));
  g_assert_null (wsi_document_get_file (place.document));
  wsi_session_remove (place.session, wsi_session_get_source (place.session, 1));
  wsi_session_remove (place.session, wsi_session_get_source (place.session, 0));
  g_assert_true (wsi_document_get_unsaved (place.document));
}

static void
test_example (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  g_assert_nonnull (wsi_session_demonstrate (place.session, NULL, NULL));
  wait_for_rows (&place, 2);
  g_assert_false (wsi_document_get_unsaved (place.document));
}

static void
read_file (Place *place)
{
  WsiSource *source = started_file (place->session, place->file);

  while (wsi_source_get_state (source) != WSI_SOURCE_ENDED)
    g_main_context_iteration (NULL, TRUE);
}

/* A recording, which is in a file already. */
static void
read_recording (Place *place)
{
  g_assert_true (g_file_set_contents (g_file_peek_path (place->file), RECORDING, -1, NULL));
  read_file (place);
  g_assert_true (g_file_delete (place->file, NULL, NULL));
  g_assert_false (wsi_document_get_unsaved (place->document));
  g_object_unref (place->file);
  place->file = g_file_new_build_filename (place->folder, "saved.wsinspect", NULL);
}

static void
make_comment (Place *place)
{
  read_recording (place);
  wsi_store_set_comment (wsi_session_get_store (place->session), 0, "look at this");
}

static gboolean
has_comment (WsiStore *store)
{
  g_autofree char *comment = wsi_store_dup_comment (store, 0);

  return g_strcmp0 (comment, "look at this") == 0;
}

static void
make_mark (Place *place)
{
  read_recording (place);
  wsi_store_set_mark (wsi_session_get_store (place->session), 0, 1);
}

static gboolean
has_mark (WsiStore *store)
{
  return wsi_store_get_mark (store, 0) == 1;
}

static gboolean
has_message (WsiStore *store)
{
  g_autoptr (GBytes) payload = NULL;

  for (guint64 i = 0; payload == NULL && i < wsi_store_get_end (store); i++)
    payload = wsi_store_dup_payload (store, i, WSI_VIEW_UNMASKED, G_MAXSIZE);
  return payload != NULL && g_bytes_get_size (payload) == strlen ("Hello");
}

/* Drafts are those of the window. */
static const struct
{
  const char *name;
  void        (*make)(Place *place);
  gboolean    (*is_there)(WsiStore *store);
} made[] = {
  [WSI_MADE_FRAMES] = { "message", capture, has_message },
  [WSI_MADE_COMMENT] = { "comment", make_comment, has_comment },
  [WSI_MADE_MARK] = { "mark", make_mark, has_mark },
};

G_STATIC_ASSERT (G_N_ELEMENTS (made) == WSI_MADE_DRAFT && WSI_MADE_DRAFT == WSI_N_MADE - 1);

/* Each thing that a user makes is asked about, saved, and read again. */
static void
test_made (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Place) place = { 0 }, again = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  made[i].make (&place);
  g_assert_cmpuint (wsi_document_get_unsaved (place.document), ==, 1 << i);
  save (&place, WSI_REDACTION_NONE, &error);
  finish (&place, &error);
  g_assert_no_error (error);
  g_assert_false (wsi_document_get_unsaved (place.document));
  place_init (&again);
  g_set_object (&again.file, place.file);
  read_file (&again);
  g_assert_true (made[i].is_there (wsi_session_get_store (again.session)));
  g_assert_false (wsi_document_get_unsaved (again.document));
}

static void
test_saved (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  capture (&place);
  g_assert_true (save (&place, WSI_REDACTION_DEFAULT, &error));
  g_assert_true (wsi_document_is_written (place.document));
  g_assert_false (wsi_document_get_unsaved (place.document));
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  g_assert_true (finish (&place, &error));
  g_assert_no_error (error);
  g_assert_true (file_has (&place, "wsinspect-session"));
  g_assert_false (wsi_document_get_unsaved (place.document));
}

/* Comments of a recording are in its file already. */
static void
test_comments_meanwhile (gconstpointer data)
{
  WsiNoteOrigin origin = GPOINTER_TO_UINT (data);
  g_auto (Place) place = { 0 };
  WsiStore *store;

  place_init (&place);
  store = wsi_session_get_store (place.session);
  g_assert_nonnull (wsi_session_demonstrate (place.session, NULL, NULL));
  g_assert_true (wsi_session_is_running (place.session));
  if (origin == WSI_NOTE_OF_USER)
    wsi_store_set_comment (store, 0, "look at this");
  else
    wsi_store_set_recorded_comment (store, 0, "from the file");
  wait_for_rows (&place, 2);
  g_assert_cmpint (wsi_document_get_unsaved (place.document), ==,
                   origin == WSI_NOTE_OF_USER ? 1 << WSI_MADE_COMMENT : 0);
}

/* The connection goes on when its file is complete. */
static void
test_after_end (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  capture (&place);
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  g_assert_true (finish (&place, &error));
  g_assert_false (wsi_document_get_unsaved (place.document));
  client_text_send (wsi_session_get_source (place.session, 1), "one more");
  wait_for_rows (&place, wsi_store_get_end (wsi_session_get_store (place.session)) + 2);
  g_assert_true (wsi_document_get_unsaved (place.document));
}

static void
keep_sentence (char      **kept,
               const char *sentence)
{
  g_assert_null (*kept);
  *kept = g_strdup (sentence);
}

static gsize
get_size (GFile *file)
{
  g_autoptr (GBytes) bytes = g_file_load_bytes (file, NULL, NULL, NULL);

  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

static void
wait_for_size (GFile *file,
               gsize  size)
{
  gint64 limit = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;

  while (get_size (file) < size)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, limit);
      g_thread_yield ();
    }
}

/* Each change of a comment is a line of the file, after all rows. */
static void
write_comments (Place *place,
                GFile *file)
{
  WsiStore *store = wsi_session_get_store (place->session);
  gsize begin;

  wait_for_size (file, 1);
  begin = get_size (file);
  for (guint i = 0; i < N_COMMENTS; i++)
    wsi_store_set_comment (store, 0, "an earlier comment");
  wait_for_size (file, begin + N_COMMENTS * strlen ("an earlier comment"));
}

/* The disk has no room for the last comment in the former file; the next one is shorter, since it
 * has that comment alone.  The window does not wait for it. */
static void
test_error_of_former (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *sentence = NULL;
  g_autoptr (GFile) former = NULL;

  place_init (&place);
  path = g_build_filename (place.folder, "b.wsinspect", NULL);
  former = g_file_new_for_path (path);
  capture (&place);
  g_signal_connect_swapped (place.document, "failed", G_CALLBACK (keep_sentence), &sentence);
  g_assert_true (wsi_document_save_as (place.document, former, WSI_REDACTION_NONE, NULL, &error));
  write_comments (&place, former);
  limit_files (get_size (former));
  wsi_store_set_comment (wsi_session_get_store (place.session), 0, "late");
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  g_assert_null (sentence);
  while (sentence == NULL)
    g_main_context_iteration (NULL, TRUE);
  limit_files (RLIM_INFINITY);
  g_assert_nonnull (strstr (sentence, "b.wsinspect"));
  while (G_OBJECT (place.document)->ref_count > 1)      /* the former file has not ended */
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wsi_document_is_written (place.document));
  g_assert_true (finish (&place, &error));
  g_assert_true (file_has (&place, "late"));
  g_assert_true (g_file_delete (former, NULL, &error));
}

static void
test_failed (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  place_init (&place);
  capture (&place);
  g_signal_connect_swapped (place.document, "failed", G_CALLBACK (keep_sentence), &sentence);
  limit_files (1);
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  while (sentence == NULL)
    g_main_context_iteration (NULL, TRUE);
  limit_files (RLIM_INFINITY);
  g_assert_false (wsi_document_is_written (place.document));
  g_assert_true (wsi_document_get_unsaved (place.document));
}

/* The file of before is not written over the new one. */
static void
test_same_file (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  capture (&place);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (save (&place, WSI_REDACTION_STRICT, &error));
      wsi_store_set_comment (wsi_session_get_store (place.session), 0, "late");
      g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
      g_assert_true (finish (&place, &error));
      g_assert_no_error (error);
      g_assert_true (file_has (&place, "Hello"));
    }
}

static void
wait_until_in_place (Place *place)
{
  while (!wsi_document_is_in_place (place->document))
    g_main_context_iteration (NULL, TRUE);
}

/* A file that is there stays while a live source runs. */
static void
test_in_place (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  g_assert_false (wsi_document_is_in_place (place.document));
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), "old", -1, NULL));
  capture (&place);
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  wait_for_rows (&place, wsi_store_get_end (wsi_session_get_store (place.session)));
  client_text_send (wsi_session_get_source (place.session, 1), "one more");
  wait_for_rows (&place, wsi_store_get_end (wsi_session_get_store (place.session)) + 2);
  g_assert_false (wsi_document_is_in_place (place.document));
  g_assert_true (file_has (&place, "old"));
  wsi_session_stop (place.session);
  wait_until_in_place (&place);
  g_assert_true (file_has (&place, "one more"));
}

/* The example can be played again: a file is complete without what it plays later. */
static void
test_in_place_of_example (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WsiExample) example = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), "old", -1, NULL));
  recorder = wsi_session_make_recorder (place.session, WSP_ROLE_CLIENT, NULL);
  example = wsi_example_new (recorder, WSI_PLACE_THREAD, MANY_MS);
  wsi_session_add (place.session, WSI_SOURCE (example));
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  wait_until_in_place (&place);
  g_assert_true (wsi_session_is_running (place.session));
}

static void
test_in_place_of_failed (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;
  WsiSource *client;

  place_init (&place);
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), "old", -1, NULL));
  client = started_client (place.session, "ws://127.0.0.1:1/", NULL);
  while (wsi_source_get_state (client) != WSI_SOURCE_FAILED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  wait_until_in_place (&place);
  g_assert_false (file_has (&place, "old"));
}

/* Rows that were read are in their file; a comment alone is about nothing. */
static void
test_recording (void)
{
  g_auto (Place) place = { 0 };
  WsiTotals totals;
  WsiStore *store;

  place_init (&place);
  store = wsi_session_get_store (place.session);
  wsi_store_set_comment (store, 0, "about nothing");
  g_assert_false (wsi_document_get_unsaved (place.document));
  wsi_store_set_comment (store, 0, NULL);
  g_clear_object (&place.document);
  place.document = wsi_document_new (place.session);
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), RECORDING, -1, NULL));
  read_file (&place);
  wsi_statistics_get_totals (wsi_store_get_statistics (store), &totals);
  g_assert_cmpuint (totals.all.flows[WSP_DIRECTION_RECEIVED].n_frames, ==, 1);
  g_assert_false (wsi_document_get_unsaved (place.document));
}

/* The recording would be gone before it is read. */
static void
test_read_from (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), "{}", -1, NULL));
  started_file (place.session, place.file);
  g_assert_false (save (&place, WSI_REDACTION_NONE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_true (file_has (&place, "{}"));
}

static void
test_no_folder (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GFile) missing = g_file_new_for_path ("/no/such/folder/a.wsinspect");
  g_autoptr (GError) error = NULL;

  place_init (&place);
  capture (&place);
  g_assert_true (save (&place, WSI_REDACTION_NONE, &error));
  g_assert_false (wsi_document_save_as (place.document, missing, WSI_REDACTION_NONE,
                                        NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (wsi_document_is_written (place.document));
  g_assert_true (wsi_document_get_file (place.document) == place.file);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/document/unsaved/frames-of-a-live-source", test_live);
  g_test_add_func ("/inspector/document/unsaved/not-the-example", test_example);
  g_test_add_func ("/inspector/document/unsaved/not-a-recording", test_recording);
  g_test_add_func ("/inspector/document/save/an-old-file-stays-while-a-source-runs", test_in_place);
  g_test_add_func ("/inspector/document/save/an-old-file-goes-without-a-source-that-runs",
                   test_in_place_of_failed);
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/document/made/", made[i].name,
                                           "-is-asked-about-saved-and-read-again", NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_made);
    }
  g_test_add_func ("/inspector/document/save/is-written-and-finished", test_saved);
  g_test_add_data_func ("/inspector/document/unsaved/comments-while-a-source-runs",
                        GUINT_TO_POINTER (WSI_NOTE_OF_USER), test_comments_meanwhile);
  g_test_add_data_func ("/inspector/document/unsaved/not-comments-of-a-recording",
                        GUINT_TO_POINTER (WSI_NOTE_RECORDED), test_comments_meanwhile);
  g_test_add_func ("/inspector/document/unsaved/frames-after-the-end-of-the-file", test_after_end);
  g_test_add_func ("/inspector/document/save/an-error-of-the-former-file-is-a-sentence",
                   test_error_of_former);
  g_test_add_func ("/inspector/document/save/not-to-a-full-disk", test_failed);
  g_test_add_func ("/inspector/document/save/an-old-file-goes-while-the-example-runs",
                   test_in_place_of_example);
  g_test_add_func ("/inspector/document/save/the-same-file-again", test_same_file);
  g_test_add_func ("/inspector/document/save/not-to-a-file-that-is-read", test_read_from);
  g_test_add_func ("/inspector/document/save/an-error-leaves-the-old-file-in-use", test_no_folder);
  return g_test_run ();
}
