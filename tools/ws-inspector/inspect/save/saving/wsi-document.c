/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/saving/wsi-document.h"

#include <glib/gi18n.h>

#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-statistics.h"
#include "inspect/store/wsi-store.h"

struct _WsiDocument
{
  GObject     parent_instance;

  WsiSession *session;
  GFile      *file;             /* file that the session is saved to; NULL: none was chosen */
  WsiSaver   *saver;            /* saver of the file; NULL: nothing is written */
  guint       n_ending;         /* savers that still write the rest of their rows */
  GTask      *finishing;        /* task that waits for the savers; NULL = none does */
  GError     *error;            /* error of the first saver that has failed while finishing waits */
  gboolean    has_live;         /* a source observes, or has observed, traffic that is in no file */
  WsiMadeSet  notes;            /* notes that were made and are in no file */
  guint64     n_saved;          /* frames that are in a file that was finished */
  guint64     n_finishing;      /* frames of the file that is being finished */
};

enum
{
  FAILED,
  SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiDocument, wsi_document, G_TYPE_OBJECT)

/* Whether a source is live: files are there already, and the example can be played again. */
static gboolean
is_live (WsiSource *source)
{
  return wsi_source_get_kind (source) != WSI_SOURCE_KIND_FILE &&
         wsi_source_get_kind (source) != WSI_SOURCE_KIND_EXAMPLE;
}

/* Rows of a live source that come after the end of the file are in none. */
static gboolean
has_running (WsiDocument *self)
{
  for (guint i = 0; i < wsi_session_get_n_sources (self->session); i++)
    {
      WsiSource *source = wsi_session_get_source (self->session, i);

      if (is_live (source) && !wsi_source_has_ended (source))
        return TRUE;
    }
  return FALSE;
}

/* Handles a list of other sources; one that is removed leaves its rows. */
static void
on_sources_changed (WsiDocument *self,
                    guint        position,
                    guint        n_removed,
                    guint        n_added)
{
  for (guint i = position; i < position + n_added; i++)
    if (is_live (wsi_session_get_source (self->session, i)))
      self->has_live = TRUE;
}

/* Replaces the earlier file once no source observes any more. */
static void
document_on_state_changed (WsiDocument *self)
{
  if (self->saver != NULL && !has_running (self))
    wsi_saver_complete (self->saver);
}

static void
document_on_saved (WsiDocument *self,
                   WsiSaver    *saver)
{
  if (saver == self->saver)
    g_signal_emit (self, signals[SAVED], 0);
}

/* Notes that the user has made something; sources that are read have notes of their own. */
static void
document_on_noted (WsiDocument  *self,
                   guint64       number,
                   WsiNote       note,
                   WsiNoteOrigin origin)
{
  static const WsiMade made[] = {
#define NOTE(id, type, sentence) [WSI_NOTE_ ## id] = WSI_MADE_ ## id,
#include "inspect/store/wsi-made-rows.h"
  };

  if (origin == WSI_NOTE_OF_USER)
    self->notes |= 1 << made[note];
}

/* Keeps the first error. */
static void
keep_error (WsiDocument *self,
            WsiSaver    *saver)
{
  const char *sentence = wsi_saver_get_sentence (saver);

  if (sentence != NULL && self->error == NULL)
    self->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, sentence);
}

/* Handles the failure of a saver, also of one that writes the rest.  While the document is
 * finished, its task has the error. */
static void
document_on_failed (WsiDocument *self,
                    WsiSaver    *saver)
{
  if (self->finishing != NULL)
    keep_error (self, saver);
  else
    g_signal_emit (self, signals[FAILED], 0, wsi_saver_get_sentence (saver));
}

/* Drops the saver; the last reference waits for its file. */
static void
drop_saver (WsiDocument *self)
{
  if (self->saver != NULL)
    g_signal_handlers_disconnect_by_data (self->saver, self);
  g_clear_object (&self->saver);
}

static void
end_finishing (WsiDocument *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->finishing);

  if (self->error != NULL)
    {
      self->has_live = TRUE;
      g_task_return_error (task, g_steal_pointer (&self->error));
      return;
    }

  self->n_saved = self->n_finishing;
  g_task_return_boolean (task, TRUE);
}

/* Handles the end of a saver, whose signal has given the error before. */
static void
document_on_stopped (GObject      *saver,
                     GAsyncResult *result,
                     gpointer      data)
{
  g_autoptr (WsiDocument) self = data;

  self->n_ending--;
  g_signal_handlers_disconnect_by_data (saver, self);
  wsi_saver_stop_finish (WSI_SAVER (saver), result, NULL);
  if (self->finishing != NULL && self->n_ending == 0)
    end_finishing (self);
}

/* Lets a saver write the rest, which may take long. */
static void
retire_saver (WsiDocument *self)
{
  g_autoptr (WsiSaver) saver = g_steal_pointer (&self->saver);

  if (saver == NULL)
    return;

  self->n_ending++;
  wsi_saver_stop_async (saver, document_on_stopped, g_object_ref (self));
}

static void
wsi_document_dispose (GObject *object)
{
  WsiDocument *self = WSI_DOCUMENT (object);

  drop_saver (self);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (wsi_session_get_sources (self->session), self);
      g_signal_handlers_disconnect_by_data (wsi_session_get_store (self->session), self);
      g_signal_handlers_disconnect_by_data (self->session, self);
    }
  g_clear_object (&self->session);
  g_clear_object (&self->file);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (wsi_document_parent_class)->dispose (object);
}

static void
wsi_document_class_init (WsiDocumentClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_document_dispose;

  /* signal with a sentence: nothing more is written, or something is missing in the earlier file */
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  /* signal after save_as (): the rows that were there are on the disk */
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_document_init (WsiDocument *self)
{
}

WsiDocument *
wsi_document_new (WsiSession *session)
{
  WsiDocument *self = g_object_new (WSI_TYPE_DOCUMENT, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_swapped (wsi_session_get_sources (session), "items-changed",
                            G_CALLBACK (on_sources_changed), self);
  g_signal_connect_swapped (wsi_session_get_store (session), "noted",
                            G_CALLBACK (document_on_noted), self);
  g_signal_connect_swapped (session, "changed", G_CALLBACK (document_on_state_changed), self);
  on_sources_changed (self, 0, 0, wsi_session_get_n_sources (session));
  return self;
}

/* Whether one of the sources is a recording in this file. */
static gboolean
is_read_from (WsiDocument *self,
              GFile       *file)
{
  for (guint i = 0; i < wsi_session_get_n_sources (self->session); i++)
    {
      WsiSource *source = wsi_session_get_source (self->session, i);
      g_autoptr (GFile) read = NULL;

      if (wsi_source_get_kind (source) != WSI_SOURCE_KIND_FILE)
        continue;

      read = g_file_parse_name (wsi_source_get_uri (source));
      if (g_file_equal (read, file))
        return TRUE;
    }
  return FALSE;
}

gboolean
wsi_document_save_as (WsiDocument       *self,
                      GFile             *file,
                      WsiRedaction       redaction,
                      const char *const *secret_names,
                      GError           **error)
{
  const WsiExportOptions options = {
    .redaction = redaction, .mode = WSI_EXPORT_REPLACE, .secret_names = secret_names,
  };
  gboolean is_same = self->file != NULL && g_file_equal (self->file, file);
  WsiSaver *saver;

  if (is_read_from (self, file))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                   _("%s: expected another file than the one that is read (choose a new name)"),
                   g_file_peek_path (file));
      return FALSE;
    }

  saver = wsi_saver_new (wsi_session_get_store (self->session), file, &options, error);
  if (saver == NULL)
    return FALSE;

  /* The new file has the rows of the old one, which it replaces. */
  if (is_same && self->saver != NULL)
    {
      wsi_saver_drop (self->saver);
      g_signal_handlers_disconnect_by_data (self->saver, self);
    }
  retire_saver (self);
  self->saver = saver;
  g_set_object (&self->file, file);
  g_signal_connect_swapped (saver, "failed", G_CALLBACK (document_on_failed), self);
  g_signal_connect_swapped (saver, "saved", G_CALLBACK (document_on_saved), self);
  document_on_state_changed (self);
  return TRUE;
}

gboolean
wsi_document_is_in_place (WsiDocument *self)
{
  return self->saver != NULL && wsi_saver_is_in_place (self->saver);
}

GFile *
wsi_document_get_file (WsiDocument *self)
{
  return self->file;
}

gboolean
wsi_document_is_written (WsiDocument *self)
{
  return self->saver != NULL && wsi_saver_get_sentence (self->saver) == NULL;
}

static guint64
document_count_frames (WsiDocument *self)
{
  WsiTotals totals;
  guint64 n_frames = 0;

  wsi_statistics_get_totals (wsi_store_get_statistics (wsi_session_get_store (self->session)),
                             &totals);
  for (guint i = 0; i < G_N_ELEMENTS (totals.all.flows); i++)
    n_frames += totals.all.flows[i].n_frames;
  return n_frames;
}

WsiMadeSet
wsi_document_get_unsaved (WsiDocument *self)
{
  guint64 n_frames = document_count_frames (self);
  gboolean has_frames = self->has_live && n_frames > self->n_saved;

  if (wsi_document_is_written (self) || n_frames == 0)
    return 0;

  return self->notes | (has_frames ? 1 << WSI_MADE_FRAMES : 0);
}

void
wsi_document_finish_async (WsiDocument        *self,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  WsiStore *store = wsi_session_get_store (self->session);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (self->finishing == NULL);

  g_task_set_source_tag (task, wsi_document_finish_async);
  if (self->saver == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  /* a pause may still go on */
  wsi_store_append_gaps (store, g_get_real_time ());
  self->has_live = has_running (self);
  self->notes = 0;
  self->n_finishing = document_count_frames (self);
  keep_error (self, self->saver);
  self->finishing = g_steal_pointer (&task);
  retire_saver (self);
}

gboolean
wsi_document_finish_finish (WsiDocument  *self,
                            GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
