/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A window without a display: which page it shows, what a refused or failed target leaves, and how
 * the last session goes on. */
#include "inspect/targets/wsi-window-model.h"

#include <glib/gstdio.h>

#include "inspector/full-disk.h"
#include "lib/rows.h"

#define TIMEOUT_S 30
#define FIRST_LINE \
  "{\"type\":\"wsinspect-session\",\"version\":1,\"wall_us\":0,\"monotonic_us\":0}\n"
#define ROWS \
  "{\"type\":\"open\",\"conn\":1,\"t\":1,\"role\":\"client\",\"handshake\":\"missing\"}\n" \
  "{\"type\":\"frame\",\"conn\":1,\"dir\":\"recv\",\"rsv\":0,\"opcode\":2,\"header\":2,\"length\":0}\n"
#define CLIENT "connect ws://127.0.0.1:1/"
#define SECOND "connect ws://127.0.0.1:1/second"
#define WRONG "connect ftp://127.0.0.1:1/"
#define SERVER "serve 0"

typedef struct
{
  GSettings    *settings;
  WsiShownRows *rows;
  WsiWindowModel *model;
  guint         n_sessions, n_reported, n_refused, n_started, n_continued;
  WsiTargetField field;         /* field that was refused last */
  char         *filter;         /* filter that the session was continued with; NULL = none */
} Place;

/* A session that has just begun has no source yet, and one that has ended is gone. */
static void
on_session_changed (Place *place)
{
  g_assert_null (wsi_window_model_get_source (place->model));
  place->n_sessions++;
}

static void
on_refused (Place           *place,
            const WsiTarget *target,
            guint            field,
            const GError    *error)
{
  g_assert_nonnull (error);
  g_assert_cmpint (wsi_window_model_get_page (place->model), ==, WSI_PAGE_START);
  place->n_refused++;
  place->field = field;
}

static void
on_started (Place           *place,
            const WsiTarget *target,
            WsiSource       *source)
{
  g_assert_nonnull (source);
  place->n_started++;
}

static void
on_continued (Place      *place,
              const char *filter)
{
  g_free (place->filter);
  place->filter = g_strdup (filter);
  place->n_continued++;
}

static void
place_init (Place *place)
{
  place->settings = g_settings_new (APP_ID);
  place->rows = wsi_shown_rows_new ();
  place->model = g_object_new (WSI_TYPE_WINDOW_MODEL, NULL);
  wsi_window_model_set_up (place->model, place->settings);
  wsi_window_model_set_rows (place->model, place->rows);
  g_signal_connect_swapped (place->model, "session-changed", G_CALLBACK (on_session_changed),
                            place);
  g_signal_connect_swapped (place->model, "reported", G_CALLBACK (g_atomic_int_inc),
                            &place->n_reported);
  g_signal_connect_swapped (place->model, "refused", G_CALLBACK (on_refused), place);
  g_signal_connect_swapped (place->model, "started", G_CALLBACK (on_started), place);
  g_signal_connect_swapped (place->model, "continued", G_CALLBACK (on_continued), place);
}

static void
place_clear (Place *place)
{
  wsi_window_model_drop_session (place->model);
  g_object_unref (place->model);
  g_object_unref (place->rows);
  g_settings_reset (place->settings, "last-sources");
  g_settings_reset (place->settings, "last-filter");
  g_object_unref (place->settings);
  g_free (place->filter);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static void
start (Place      *place,
       const char *line)
{
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);

  g_assert_nonnull (target);
  wsi_window_model_start (place->model, target);
}

static gboolean
give_up (gpointer data)
{
  g_error ("%s", "waited too long");
  return G_SOURCE_REMOVE;
}

static WsiSource *
get_source (Place *place,
            guint  i)
{
  return wsi_session_get_source (wsi_window_model_get_session (place->model), i);
}

static void
wait_for (Place         *place,
          guint          i,
          WsiSourceState state)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (wsi_source_get_state (get_source (place, i)) != state)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static void
wait_for_failure (Place *place,
                  guint  i)
{
  wait_for (place, i, WSI_SOURCE_FAILED);
}

static guint
count_sources (Place *place)
{
  WsiSession *session = wsi_window_model_get_session (place->model);

  return session != NULL ? wsi_session_get_n_sources (session) : 0;
}

static void
assert_shows (Place  *place,
              WsiPage page,
              guint   n_sources)
{
  g_assert_cmpint (wsi_window_model_get_page (place->model), ==, page);
  g_assert_cmpuint (count_sources (place), ==, n_sources);
  g_assert_cmpint (wsi_window_model_get_session (place->model) != NULL, ==, n_sources > 0);
  g_assert_cmpint (wsi_window_model_get_document (place->model) != NULL, ==, n_sources > 0);
}

static void
test_begin_and_end (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  assert_shows (&place, WSI_PAGE_START, 0);
  g_assert_null (wsi_window_model_dup_file_name (place.model));
  g_assert_null (wsi_window_model_get_source (place.model));
  start (&place, SERVER);
  wait_for (&place, 0, WSI_SOURCE_RUNNING);
  assert_shows (&place, WSI_PAGE_SESSION, 1);
  start (&place, SERVER);
  assert_shows (&place, WSI_PAGE_SESSION, 2);
  g_assert_cmpuint (place.n_sessions, ==, 1);
  wsi_window_model_show_page (place.model, WSI_PAGE_START);
  assert_shows (&place, WSI_PAGE_START, 2);
  wsi_window_model_return (place.model);
  assert_shows (&place, WSI_PAGE_SESSION, 2);
  wsi_window_model_end (place.model);
  assert_shows (&place, WSI_PAGE_START, 0);
  g_assert_cmpuint (place.n_sessions, ==, 2);
  g_assert_cmpuint (place.n_started, ==, 2);
}

/* A failed source has the page, so no sentence is reported; a form that is open stays. */
static void
test_failed (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  start (&place, CLIENT);
  wait_for_failure (&place, 0);
  assert_shows (&place, WSI_PAGE_FAILED, 1);
  g_assert_cmpuint (place.n_reported, ==, 0);
  wsi_window_model_show_page (place.model, WSI_PAGE_START);
  wsi_window_model_return (place.model);
  assert_shows (&place, WSI_PAGE_FAILED, 1);
  wsi_window_model_start_again (place.model);
  wsi_window_model_show_page (place.model, WSI_PAGE_START);
  wait_for_failure (&place, 0);
  assert_shows (&place, WSI_PAGE_START, 1);
  g_assert_cmpuint (place.n_reported, ==, 1);
}

/* A connection that is closed as it should be is no failure. */
static void
test_closed (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *line = NULL;
  WsiSession *session;
  guint limit;

  place_init (&place);
  start (&place, SERVER);
  line = g_strconcat ("connect ", wsi_source_get_uri (get_source (&place, 0)), NULL);
  start (&place, line);
  wait_for (&place, 1, WSI_SOURCE_RUNNING);
  wsi_source_stop_async (get_source (&place, 1), NULL, NULL);
  session = wsi_window_model_get_session (place.model);
  limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);
  while (wsi_session_get_ending (session) == WSI_ENDING_NONE)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  g_assert_cmpint (wsi_session_get_ending (session), ==, WSI_ENDING_CLEAN);
  g_assert_cmpuint (place.n_reported, ==, 0);
}

/* A server that refuses leaves the bytes of its response. */
static void
test_refusing (void)
{
  g_auto (Place) server = { 0 }, place = { 0 };
  g_autofree char *line = NULL;
  WsiStore *store;

  place_init (&server);
  start (&server, SERVER " --allow-origin=http://a.example");
  line = g_strconcat ("connect --origin=http://b.example ",
                      wsi_source_get_uri (get_source (&server, 0)), NULL);
  place_init (&place);
  start (&place, line);
  store = wsi_session_get_store (wsi_window_model_get_session (place.model));
  wait_for_failure (&place, 0);
  g_assert_cmpuint (wsi_store_get_end (store), >, 0);
  assert_shows (&place, WSI_PAGE_FAILED, 1);
}

/* A damaged file has failed alike with rows and without; only without, all is lost. */
static void
test_damaged (gconstpointer data)
{
  const char *rows = data;
  g_auto (Place) place = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *contents = g_strconcat (FIRST_LINE, rows, "no line\n", NULL);
  g_autofree char *line = NULL;
  int file = g_file_open_tmp ("model-XXXXXX.wsinspect", &path, NULL);

  g_assert_true (g_close (file, NULL));
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  line = g_strconcat ("read ", path, NULL);
  place_init (&place);
  start (&place, line);
  wait_for_failure (&place, 0);
  assert_shows (&place, *rows != '\0' ? WSI_PAGE_SESSION : WSI_PAGE_FAILED, 1);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* Single quotes stand for double ones. */
#define BROWSER_PAGE \
  "{'method':'Target.attachedToTarget','params':{'sessionId':'S','targetInfo':{'targetId':'T'," \
  "'type':'page','title':'','url':'http://h/'}}}"
#define BROWSER_ROW \
  "{'method':'Network.webSocketFrameSent','params':{'requestId':'1','timestamp':1,'response':" \
  "{'opcode':1,'payloadData':'a'}},'sessionId':'S'}"

/* A browser that is watched, and then goes wrong: as no browser, or as one that is closed. */
static const struct
{
  const char *name;
  const char *texts[4];
  WsiPage     page;
  const char *sentence;
} browsers[] = {
  { "closed-with-rows", { BROWSER_PAGE, BROWSER_ROW, NULL }, WSI_PAGE_SESSION,
    "The browser was closed" },
  { "closed-without-rows", { BROWSER_PAGE, NULL }, WSI_PAGE_FAILED, "The browser was closed" },
  { "no-browser-with-rows", { BROWSER_PAGE, BROWSER_ROW, "no JSON", NULL }, WSI_PAGE_SESSION,
    "expected an object of JSON" },
  { "no-browser-without-rows", { "no JSON", NULL }, WSI_PAGE_FAILED, "expected an object of JSON" },
};

static gboolean
abort_connection (gpointer connection)
{
  wsp_connection_abort (connection);
  return G_SOURCE_REMOVE;
}

static void
play_browser (WspServer     *server,
              WspConnection *connection,
              gpointer       data)
{
  guint row = GPOINTER_TO_UINT (data);

  wsp_connection_start_receiving (connection);
  for (const char *const *text = browsers[row].texts; *text != NULL; text++)
    {
      g_autofree char *quoted = g_strdelimit (g_strdup (*text), "'", '"');

      wsp_connection_queue_text (connection, quoted, NULL);
    }
  if (g_str_has_prefix (browsers[row].name, "closed"))
    g_timeout_add_full (G_PRIORITY_DEFAULT, 200, G_SOURCE_FUNC (abort_connection),
                        g_object_ref (connection), g_object_unref);
}

static char *
make_browser_folder (WspServer *server)
{
  WspListener *listener =
    wsp_server_listen_inet (server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_DEFAULT, NULL);
  char *folder = g_dir_make_tmp ("test-model-XXXXXX", NULL);
  g_autofree char *name = g_build_filename (folder, "DevToolsActivePort", NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (listener);
  text = g_strdup_printf ("%u\n/devtools/browser/a\n", wsp_listener_get_port (listener));
  g_assert_true (g_file_set_contents (name, text, -1, NULL));
  return folder;
}

static void
test_browser (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Place) place = { 0 };
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autofree char *folder = make_browser_folder (server);
  g_autofree char *file = g_build_filename (folder, "DevToolsActivePort", NULL);
  g_autofree char *line = g_strconcat ("browser ", folder, NULL), *sentence = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (play_browser), GUINT_TO_POINTER (row));
  place_init (&place);
  start (&place, line);
  wait_for_failure (&place, 0);
  assert_shows (&place, browsers[row].page, 1);
  sentence = wsi_sentence_to_string (wsi_source_get_sentence (get_source (&place, 0)));
  g_assert_true (g_str_has_prefix (sentence, browsers[row].sentence));
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_one_of_two_failed (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  start (&place, CLIENT);
  start (&place, SERVER);
  wait_for_failure (&place, 0);
  assert_shows (&place, WSI_PAGE_SESSION, 2);
  g_assert_cmpuint (place.n_reported, ==, 1);
}

static void
test_refused (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *line = NULL;

  place_init (&place);
  start (&place, WRONG);
  assert_shows (&place, WSI_PAGE_START, 0);
  g_assert_cmpuint (place.n_refused, ==, 1);
  g_assert_cmpint (place.field, ==, WSI_TARGET_ADDRESS);
  line = wsi_target_print (wsi_window_model_get_target (place.model));
  g_assert_cmpstr (line, ==, WRONG);
  start (&place, SERVER);
  start (&place, WRONG);
  assert_shows (&place, WSI_PAGE_START, 1);
  g_assert_cmpuint (place.n_refused, ==, 2);
}

static void
test_demonstration (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  wsi_window_model_demonstrate (place.model, "a text", &error);
  g_assert_no_error (error);
  assert_shows (&place, WSI_PAGE_SESSION, 1);
  g_assert_null (wsi_window_model_get_target (place.model));
}

static void
set_lines (Place      *place,
           const char *first,
           const char *second)
{
  const char *const lines[] = { first, second, NULL };

  g_settings_set_strv (place->settings, "last-sources", lines);
  g_settings_set_string (place->settings, "last-filter", "recv");
  wsi_last_session_wait (wsi_window_model_get_last (place->model));
}

static void
test_continue (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  set_lines (&place, SERVER, CLIENT);
  wsi_window_model_continue (place.model);
  assert_shows (&place, WSI_PAGE_SESSION, 2);
  g_assert_cmpstr (place.filter, ==, "recv");
  g_settings_reset (place.settings, "last-filter");
  wsi_window_model_continue (place.model);
  g_assert_cmpuint (place.n_continued, ==, 1);
}

/* Without a session no list has rows to filter. */
static void
test_continue_nothing (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  set_lines (&place, NULL, NULL);
  wsi_window_model_continue (place.model);
  assert_shows (&place, WSI_PAGE_START, 0);
  g_assert_cmpuint (place.n_continued, ==, 0);
}

/* The others wait until the user has corrected the wrong one. */
static void
test_continue_wrong (void)
{
  g_auto (Place) place = { 0 };
  g_auto (GStrv) lines = NULL;

  place_init (&place);
  set_lines (&place, WRONG, SECOND);
  wsi_window_model_continue (place.model);
  assert_shows (&place, WSI_PAGE_START, 0);
  g_assert_null (place.filter);
  start (&place, CLIENT);
  assert_shows (&place, WSI_PAGE_SESSION, 2);
  g_assert_cmpstr (place.filter, ==, "recv");
  lines = g_settings_get_strv (place.settings, "last-sources");
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_cmpstr (lines[0], ==, CLIENT);
  g_assert_cmpstr (lines[1], ==, SECOND);
}

static void
test_filter (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *kept = NULL;

  place_init (&place);
  start (&place, SERVER);
  g_assert_true (wsi_shown_rows_set_filter (place.rows, "sent", NULL));
  wsi_window_model_end (place.model);
  kept = g_settings_get_string (place.settings, "last-filter");
  g_assert_cmpstr (kept, ==, "sent");
}

/* The file is named only while it is written. */
static void
wait_for_no_name (Place *place)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  for (;;)
    {
      g_autofree char *name = wsi_window_model_dup_file_name (place->model);

      if (name == NULL)
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (limit);
}

static void
test_file (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *folder = g_dir_make_tmp ("wsi-XXXXXX", NULL), *name = NULL, *own = NULL;
  g_autofree char *path = g_build_filename (folder, "a\nb.wsinspect", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path), missing = g_file_new_for_path ("/no/a");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_changed = 0;

  place_init (&place);
  start (&place, SERVER);
  own = g_strconcat ("connect ", wsi_source_get_uri (get_source (&place, 0)), NULL);
  g_assert_null (wsi_window_model_dup_file_name (place.model));
  g_signal_connect_swapped (place.model, "changed", G_CALLBACK (g_atomic_int_inc), &n_changed);
  g_assert_false (wsi_window_model_save_to (place.model, missing, WSI_REDACTION_DEFAULT,
                                            &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (n_changed, ==, 0);
  wsi_window_model_save_to (place.model, file, WSI_REDACTION_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);
  name = wsi_window_model_dup_file_name (place.model);
  g_assert_cmpstr (name, ==, "a\\nb.wsinspect");
  limit_files (0);
  start (&place, own);
  wait_for_no_name (&place);
  limit_files (RLIM_INFINITY);
  wsi_window_model_end (place.model);
  lines = g_settings_get_strv (place.settings, "last-sources");
  g_assert_cmpuint (g_strv_length (lines), ==, 0);
  g_assert_true (g_file_delete (file, NULL, &error));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

#ifdef __GLIBC__
static guint n_trims;

int malloc_trim (size_t pad);

/* In place of the C library's. */
int
malloc_trim (size_t pad)
{
  n_trims++;
  return 0;
}

/* Memory goes back to the system once the rows are freed, whatever has had them to the last. */
static void
test_memory (void)
{
  g_auto (Place) place = { 0 };
  WsiStore *store;

  place_init (&place);
  start (&place, SERVER);
  store = g_object_ref (wsi_session_get_store (wsi_window_model_get_session (place.model)));
  wsi_window_model_end (place.model);
  n_trims = 0;
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
  g_assert_cmpuint (n_trims, ==, 0);
  g_object_unref (store);
  g_assert_cmpuint (n_trims, ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
  g_assert_cmpuint (n_trims, ==, 1);
}
#endif

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/window-model/pages/a-session-begins-and-ends", test_begin_and_end);
  g_test_add_func ("/inspector/window-model/pages/the-only-source-has-failed", test_failed);
  g_test_add_func ("/inspector/window-model/pages/a-closed-connection-is-no-failure", test_closed);
  g_test_add_func ("/inspector/window-model/pages/a-server-refuses", test_refusing);
  g_test_add_data_func ("/inspector/window-model/pages/a-damaged-file-with-rows", ROWS,
                        test_damaged);
  g_test_add_data_func ("/inspector/window-model/pages/a-damaged-file-without-rows", "",
                        test_damaged);
  ADD_ROWS ("/inspector/window-model/browser", browsers, test_browser);
  g_test_add_func ("/inspector/window-model/pages/one-of-two-has-failed", test_one_of_two_failed);
  g_test_add_func ("/inspector/window-model/pages/a-refused-target-is-corrected", test_refused);
  g_test_add_func ("/inspector/window-model/pages/a-demonstration", test_demonstration);
  g_test_add_func ("/inspector/window-model/last/goes-on-with-its-filter", test_continue);
  g_test_add_func ("/inspector/window-model/last/nothing-goes-on", test_continue_nothing);
  g_test_add_func ("/inspector/window-model/last/goes-on-after-a-correction", test_continue_wrong);
  g_test_add_func ("/inspector/window-model/last/keeps-the-filter-of-the-list", test_filter);
  g_test_add_func ("/inspector/window-model/file/is-named-and-not-kept-twice", test_file);
#ifdef __GLIBC__
  g_test_add_func ("/inspector/window-model/memory/goes-back-after-a-session", test_memory);
#endif
  return g_test_run ();
}
