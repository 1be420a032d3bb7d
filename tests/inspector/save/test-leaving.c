/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* When a session is left at once, when its file is completed before, and what the answers of a user
 * do. */
#include "inspect/save/saving/wsi-leaving.h"

#include <glib/gstdio.h>

#include "inspector/full-disk.h"
#include "inspector/opened.h"
#include "lib/rows.h"

#define TIMEOUT_S 30

typedef enum
{
  NO_SESSION,
  NOTHING_TO_LOSE,
  COMMENT,                      /* a comment that is in no file */
  DRAFT,
  WRITTEN,
  WRITTEN_AND_DRAFT,
  WITHOUT_ROOM,                 /* frames that were written to a disk that is full */
} Kept;

typedef enum
{
  NO_ANSWER,
  SAVE,
  DISCARD,
  STAY,
} Answer;

static const struct
{
  const char     *name;
  Kept            kept;
  guint           n_asked;
  Answer          answer;
  guint           n_left;
  WsiLeavingPhase phase;        /* phase at the end */
} cases[] = {
  { "no-session-is-left-at-once", NO_SESSION, 0, NO_ANSWER, 1, WSI_LEAVING_NOT },
  { "nothing-to-lose-is-left-at-once", NOTHING_TO_LOSE, 0, NO_ANSWER, 1, WSI_LEAVING_NOT },
  { "a-question-waits", COMMENT, 1, NO_ANSWER, 0, WSI_LEAVING_ASKED },
  { "discarded-is-left", COMMENT, 1, DISCARD, 1, WSI_LEAVING_NOT },
  { "the-user-stays", COMMENT, 1, STAY, 0, WSI_LEAVING_NOT },
  { "saved-is-completed-and-left", COMMENT, 1, SAVE, 1, WSI_LEAVING_NOT },
  { "a-file-is-completed-without-a-question", WRITTEN, 0, NO_ANSWER, 1, WSI_LEAVING_NOT },
  { "a-draft-asks", DRAFT, 1, NO_ANSWER, 0, WSI_LEAVING_ASKED },
  { "a-discarded-draft-is-left", DRAFT, 1, DISCARD, 1, WSI_LEAVING_NOT },
  { "a-draft-asks-before-the-file-is-completed", WRITTEN_AND_DRAFT, 1, DISCARD, 1,
    WSI_LEAVING_NOT },
  { "an-error-asks", WITHOUT_ROOM, 1, NO_ANSWER, 0, WSI_LEAVING_ASKED },
  { "an-error-and-discarded-is-left", WITHOUT_ROOM, 1, DISCARD, 1, WSI_LEAVING_NOT },
};

typedef struct
{
  WsiSession  *session;
  WsiDocument *document;
  WsiLeaving  *leaving;
  char        *folder;
  GFile       *file;
  guint        n_left, n_asked, n_notified;
  char        *sentence;        /* sentence of the last question */
  guint        unsaved;         /* unsaved things of the last question (WsiMadeSet) */
} Place;

static void
on_asked (Place      *place,
          guint       unsaved,
          const char *sentence)
{
  place->n_asked++;
  place->unsaved = unsaved;
  g_free (place->sentence);
  place->sentence = g_strdup (sentence);
}

static void
on_left (gpointer user_data)
{
  Place *place = user_data;

  place->n_left++;
}

static void
place_init (Place *place)
{
  g_autofree char *path = NULL;

  place->session = opened_session ();
  place->document = wsi_document_new (place->session);
  place->leaving = g_object_new (WSI_TYPE_LEAVING, NULL);
  g_signal_connect_swapped (place->leaving, "asked", G_CALLBACK (on_asked), place);
  g_signal_connect_swapped (place->leaving, "notify::finishing", G_CALLBACK (g_atomic_int_inc),
                            &place->n_notified);
  place->folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  path = g_build_filename (place->folder, "a.wsinspect", NULL);
  place->file = g_file_new_for_path (path);
}

static void
place_clear (Place *place)
{
  g_clear_object (&place->leaving);
  g_object_unref (place->document);
  g_object_run_dispose (G_OBJECT (place->session));
  g_object_unref (place->session);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
  g_file_delete (place->file, NULL, NULL);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_object_unref (place->file);
  g_free (place->folder);
  g_free (place->sentence);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
give_up (gpointer data)
{
  g_error ("%s", "waited too long");
  return G_SOURCE_REMOVE;
}

static void
save (Place *place)
{
  g_autoptr (GError) error = NULL;

  wsi_document_save_as (place->document, place->file, WSI_REDACTION_NONE, NULL, &error);
  g_assert_no_error (error);
}

static void
reach (Place *place,
       Kept   kept)
{
  if (kept == NOTHING_TO_LOSE || kept == NO_SESSION || kept == DRAFT)
    return;

  g_assert_nonnull (wsi_session_demonstrate (place->session, NULL, NULL));
  while (wsi_store_get_end (wsi_session_get_store (place->session)) < 2)
    g_main_context_iteration (NULL, TRUE);
  wsi_store_set_comment (wsi_session_get_store (place->session), 0, "look at this");
  if (kept == WITHOUT_ROOM)
    limit_files (1);
  if (kept != COMMENT)
    save (place);
}

static void
wait_until_finished (Place *place)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (wsi_leaving_get_phase (place->leaving) == WSI_LEAVING_FINISHING)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  limit_files (RLIM_INFINITY);
}

static void
begin (Place *place,
       Kept   kept)
{
  gboolean has_draft = kept == DRAFT || kept == WRITTEN_AND_DRAFT;

  wsi_leaving_begin (place->leaving, kept == NO_SESSION ? NULL : place->document,
                     has_draft ? 1 << WSI_MADE_DRAFT : 0, on_left, place);
}

static void
answer (Place *place,
        Answer answer)
{
  switch (answer)
    {
    case NO_ANSWER:
      break;
    case SAVE:
      save (place);
      wsi_leaving_saved (place->leaving);
      break;
    case DISCARD:
      wsi_leaving_discard (place->leaving);
      break;
    case STAY:
      wsi_leaving_stay (place->leaving);
      break;
    }
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Place) place = { 0 };
  gboolean has_file = cases[i].kept >= WRITTEN || cases[i].answer == SAVE;

  place_init (&place);
  reach (&place, cases[i].kept);
  begin (&place, cases[i].kept);
  wait_until_finished (&place);
  answer (&place, cases[i].answer);
  wait_until_finished (&place);
  g_assert_cmpuint (place.n_asked, ==, cases[i].n_asked);
  if (cases[i].kept == COMMENT)
    g_assert_cmpuint (place.unsaved, ==, 1 << WSI_MADE_COMMENT);
  if (cases[i].kept == DRAFT || cases[i].kept == WRITTEN_AND_DRAFT)
    g_assert_cmpuint (place.unsaved, ==, 1 << WSI_MADE_DRAFT);
  g_assert_cmpint (place.sentence != NULL, ==, cases[i].kept == WITHOUT_ROOM);
  g_assert_cmpuint (place.n_left, ==, cases[i].n_left);
  g_assert_cmpint (wsi_leaving_get_phase (place.leaving), ==, cases[i].phase);
  /* The file is completed once: begun and ended. */
  g_assert_cmpuint (place.n_notified, ==, has_file ? 2 : 0);
}

/* A second one, such as a window that is closed while a question is open, changes nothing. */
static void
test_once (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  reach (&place, COMMENT);
  begin (&place, COMMENT);
  begin (&place, NO_SESSION);
  g_assert_cmpuint (place.n_asked, ==, 1);
  g_assert_cmpuint (place.n_left, ==, 0);
}

static void
on_gone (gpointer data,
         GObject *leaving)
{
  *(gboolean *) data = TRUE;
}

/* The window is gone before its file is complete. */
static void
test_gone (void)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);
  g_auto (Place) place = { 0 };
  gboolean is_gone = FALSE;

  place_init (&place);
  reach (&place, WRITTEN);
  begin (&place, WRITTEN);
  g_assert_cmpint (wsi_leaving_get_phase (place.leaving), ==, WSI_LEAVING_FINISHING);
  wsi_leaving_stay (place.leaving);
  g_object_weak_ref (G_OBJECT (place.leaving), on_gone, &is_gone);
  g_clear_object (&place.leaving);
  while (!is_gone)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  g_assert_cmpuint (place.n_left, ==, 0);
}

/* Answers of a dialog that is late. */
static void
test_unasked (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  wsi_leaving_saved (place.leaving);
  wsi_leaving_discard (place.leaving);
  wsi_leaving_stay (place.leaving);
  g_assert_cmpint (wsi_leaving_get_phase (place.leaving), ==, WSI_LEAVING_NOT);
  g_assert_cmpuint (place.n_left, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/leaving", cases, test_case);
  g_test_add_func ("/inspector/leaving/is-begun-once", test_once);
  g_test_add_func ("/inspector/leaving/a-window-that-is-gone-is-not-left", test_gone);
  g_test_add_func ("/inspector/leaving/answers-without-a-question-do-nothing", test_unasked);
  return g_test_run ();
}
