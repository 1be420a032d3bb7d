/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-content.h"

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-task.h"

#define MAX_AT_ONCE (64 * 1024) /* bytes; more are read in a thread */
#define LIMIT (16 * 1024 * 1024)        /* bytes that are read until the user wants all */
#define N_VIEWS (WSI_VIEW_INFLATED + 1)

struct _WsiContent
{
  GObject         parent_instance;

  WsiStore       *store;
  WsiWholeMessage message;
  WsiWholeness    wholeness;
  gsize           limit;
  GBytes         *bytes[N_VIEWS];
  WsiContentState states[N_VIEWS];
  GCancellable   *cancellable;
};

G_DEFINE_FINAL_TYPE (WsiContent, wsi_content, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef struct
{
  WsiStore       *store;
  WsiWholeMessage message;
  WsiView         view;
  gsize           limit;
} Reading;

static void
content_reading_free (Reading *reading)
{
  g_object_unref (reading->store);
  g_free (reading);
}

static void
content_run_reading (GTask        *task,
                     gpointer      source,
                     gpointer      data,
                     GCancellable *cancellable)
{
  const Reading *reading = data;

  g_task_return_pointer (task, wsi_whole_message_dup_view (&reading->message, reading->store,
                                                           reading->view, reading->limit),
                         (GDestroyNotify) g_bytes_unref);
}

static void
content_take_bytes (WsiContent *self,
                    WsiView     view,
                    GBytes     *bytes)
{
  g_clear_pointer (&self->bytes[view], g_bytes_unref);
  self->bytes[view] = bytes;
  self->states[view] = bytes != NULL ? WSI_CONTENT_READ : WSI_CONTENT_MISSING;
}

static void
content_on_read (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  WsiContent *self = WSI_CONTENT (source);
  const Reading *reading = g_task_get_task_data (G_TASK (result));
  WsiView view = reading->view;
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    return;

  content_take_bytes (self, view, bytes);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
wsi_content_finalize (GObject *object)
{
  WsiContent *self = WSI_CONTENT (object);

  for (guint i = 0; i < N_VIEWS; i++)
    g_clear_pointer (&self->bytes[i], g_bytes_unref);
  g_object_unref (self->cancellable);
  g_object_unref (self->store);
  G_OBJECT_CLASS (wsi_content_parent_class)->finalize (object);
}

static void
wsi_content_class_init (WsiContentClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_content_finalize;
  signals[CHANGED] = g_signal_new ("changed", WSI_TYPE_CONTENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
wsi_content_init (WsiContent *self)
{
  self->limit = LIMIT;
  self->cancellable = g_cancellable_new ();
}

WsiContent *
wsi_content_new (WsiRow *row)
{
  WsiContent *self = g_object_new (WSI_TYPE_CONTENT, NULL);

  self->store = g_object_ref (wsi_row_get_store (row));
  self->wholeness = wsi_whole_message_init (&self->message, self->store,
                                            wsi_row_get_number (row));
  return self;
}

WsiStore *
wsi_content_get_store (WsiContent *self)
{
  return self->store;
}

const WsiWholeMessage *
wsi_content_get_message (WsiContent *self)
{
  return &self->message;
}

gboolean
wsi_content_is_gone (WsiContent *self)
{
  return self->wholeness == WSI_WHOLE_GONE;
}

guint64
wsi_content_get_number (WsiContent *self)
{
  return self->message.is_folded ? self->message.info.last : self->message.number;
}

WsiContentState
wsi_content_read (WsiContent *self,
                  WsiView     view)
{
  g_autoptr (GTask) task = NULL;
  Reading *reading;

  if (self->states[view] != WSI_CONTENT_UNREAD)
    return self->states[view];

  if (wsi_whole_message_get_length (&self->message) <= MAX_AT_ONCE)
    {
      content_take_bytes (self, view, wsi_whole_message_dup_view (&self->message, self->store, view,
                                                                  self->limit));
      return self->states[view];
    }

  reading = g_new (Reading, 1);
  *reading = (Reading) { g_object_ref (self->store), self->message, view, self->limit };
  self->states[view] = WSI_CONTENT_READING;
  task = g_task_new (self, self->cancellable, content_on_read, NULL);
  g_task_set_task_data (task, reading, (GDestroyNotify) content_reading_free);
  wsi_task_run_in_thread (task, content_run_reading);
  return WSI_CONTENT_READING;
}

GBytes *
wsi_content_get_bytes (WsiContent *self,
                       WsiView     view)
{
  return self->bytes[view];
}

GBytes *
wsi_content_dup_shown (WsiContent *self)
{
  GBytes *bytes = self->bytes[WSI_VIEW_INFLATED];
  g_autoptr (GBytes) reason = NULL;
  WspFrameRecord frame;

  wsi_record_to_frame (&self->message.record, &frame);
  if (wsp_frame_record_get_kind (&frame) == WSP_FRAME_KIND_CLOSE)
    reason = wsp_frame_record_dup_close_reason (&frame, bytes);
  return reason != NULL && g_bytes_get_size (reason) > 0 ? g_steal_pointer (&reason)
                                                         : g_bytes_ref (bytes);
}

gboolean
wsi_content_is_limited (WsiContent *self)
{
  return wsi_whole_message_get_length (&self->message) > self->limit;
}

void
wsi_content_remove_limit (WsiContent *self)
{
  /* bytes that are being read are only the beginning */
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->limit = G_MAXINT;
  for (guint i = 0; i < N_VIEWS; i++)
    {
      g_clear_pointer (&self->bytes[i], g_bytes_unref);
      self->states[i] = WSI_CONTENT_UNREAD;
    }
}

/* Cancels the reading; nothing is emitted afterwards. */
void
wsi_content_cancel (WsiContent *self)
{
  g_cancellable_cancel (self->cancellable);
}
