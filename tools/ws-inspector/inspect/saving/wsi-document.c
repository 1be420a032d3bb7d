/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/saving/wsi-document.h"

struct _WsiDocument
{
  GObject     parent_instance;

  WsiSession *session;
  GFile      *file;             /* NULL: none was chosen */
  WsiSaver   *saver;            /* NULL: nothing is written */
  gboolean    has_live;         /* a source has observed what is in no file */
  gboolean    has_comments;     /* new ones */
};

enum
{
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiDocument, wsi_document, G_TYPE_OBJECT)

/* Files are there already, and the example can be played again. */
static gboolean
is_live (WsiSource *source)
{
  return wsi_source_get_kind (source) != WSI_SOURCE_KIND_FILE &&
         wsi_source_get_kind (source) != WSI_SOURCE_KIND_EXAMPLE;
}

/* A source that is removed leaves its rows. */
static void
on_sources_changed (WsiDocument *self)
{
  for (guint i = 0; i < wsi_session_get_n_sources (self->session); i++)
    if (is_live (wsi_session_get_source (self->session, i)))
      self->has_live = TRUE;
}

/* Sources that are read have comments of their own. */
static void
on_commented (WsiDocument *self)
{
  if (!wsi_session_is_capturing (self->session))
    self->has_comments = TRUE;
}

static void
on_failed (WsiDocument *self)
{
  g_signal_emit (self, signals[FAILED], 0);
}

/* The last reference to the saver waits for its file. */
static void
drop_saver (WsiDocument *self)
{
  if (self->saver != NULL)
    g_signal_handlers_disconnect_by_data (self->saver, self);
  g_clear_object (&self->saver);
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
    }
  g_clear_object (&self->session);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (wsi_document_parent_class)->dispose (object);
}

static void
wsi_document_class_init (WsiDocumentClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_document_dispose;

  /* Nothing more is written; the sentence says why. */
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
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
  g_signal_connect_swapped (wsi_session_get_store (session), "commented",
                            G_CALLBACK (on_commented), self);
  on_sources_changed (self);
  return self;
}

/* One of its sources is a recording in this file. */
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
                   "%s: expected another file than the one that is read (choose a new name)",
                   g_file_peek_path (file));
      return FALSE;
    }

  /* Two savers would write the same file in turn. */
  if (is_same)
    drop_saver (self);
  saver = wsi_saver_new (wsi_session_get_store (self->session), file, &options, error);
  if (saver == NULL)
    return FALSE;

  drop_saver (self);
  self->saver = saver;
  g_set_object (&self->file, file);
  g_signal_connect_swapped (saver, "failed", G_CALLBACK (on_failed), self);
  return TRUE;
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

const char *
wsi_document_get_sentence (WsiDocument *self)
{
  return self->saver != NULL ? wsi_saver_get_sentence (self->saver) : NULL;
}

gboolean
wsi_document_has_unsaved (WsiDocument *self)
{
  WsiTotals totals;
  guint64 n_frames = 0;

  if (wsi_document_is_written (self))
    return FALSE;

  wsi_statistics_get_totals (wsi_store_get_statistics (wsi_session_get_store (self->session)),
                             &totals);
  for (guint i = 0; i < G_N_ELEMENTS (totals.all.flows); i++)
    n_frames += totals.all.flows[i].n_frames;
  return n_frames > 0 && (self->has_live || self->has_comments);
}

static void
on_stopped (GObject      *saver,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  WsiDocument *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!wsi_saver_stop_finish (WSI_SAVER (saver), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  self->has_live = self->has_comments = FALSE;
  g_task_return_boolean (task, TRUE);
}

void
wsi_document_finish_async (WsiDocument        *self,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (WsiSaver) saver = g_steal_pointer (&self->saver);

  g_task_set_source_tag (task, wsi_document_finish_async);
  if (saver == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_signal_handlers_disconnect_by_data (saver, self);
  self->has_live = TRUE;
  wsi_saver_stop_async (saver, on_stopped, g_steal_pointer (&task));
}

gboolean
wsi_document_finish_finish (WsiDocument  *self,
                            GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
