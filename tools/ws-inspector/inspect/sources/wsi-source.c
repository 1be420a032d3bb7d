/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The base class of all sources.  The owner's thread has the state and emits the signal.  The
 * source's context reports to it.
 *
 * After `abort` nothing of an implementation is called, and its thread has ended. */

#include "inspect/sources/wsi-source.h"

#include <glib/gi18n.h>

#include "inspect/sources/sending/wsi-sender.h"
#include "inspect/store/wsi-sentence.h"

typedef struct
{
  WsiRecorder   *recorder;      /* recorder of the source; NULL: nothing is recorded */
  WsiPlace       place;
  GMainContext  *owner, *context;
  GCancellable  *stop;          /* cancellable that is cancelled in the owner's thread */
  GCancellable  *cancellable;   /* cancellable that is cancelled in the source's context */
  GMainLoop     *loop;          /* main loop of the thread */
  GThread       *thread;        /* thread of the source; NULL: there is none */
  WsiSourceState state;
  char          *title, *uri;
  WsiSentence   *sentence;
  GSList        *stopping;      /* calls that wait for the end (GTask) */
  gboolean       is_closed;
} WsiSourcePrivate;

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WsiSource, wsi_source, G_TYPE_OBJECT)

static WsiSourcePrivate *
source_get_private (WsiSource * self)
{
  return wsi_source_get_instance_private (self);
}

/* Calls that still wait in the context hold references, and no thread runs it any more. */
static void
source_drain (GMainContext *context)
{
  g_main_context_push_thread_default (context);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);
}

static gboolean
abort_it (gpointer data)
{
  WsiSource *self = data;
  WsiSourcePrivate *private = source_get_private (self);

  g_cancellable_cancel (private->cancellable);
  if (private->state != WSI_SOURCE_NEW)
    WSI_SOURCE_GET_CLASS (self)->abort (self);
  if (private->recorder != NULL && private->place == WSI_PLACE_THREAD)
    wsi_recorder_end (private->recorder);
  if (private->loop != NULL)
    g_main_loop_quit (private->loop);
  return G_SOURCE_REMOVE;
}

/* Stops the recorder's waiting: its thread may wait for the writer, which is the caller's
 * thread. */
static void
stop_waiting (WsiSource *self)
{
  WsiSourcePrivate *private = source_get_private (self);

  g_cancellable_cancel (private->stop);
  if (private->recorder != NULL && private->place == WSI_PLACE_THREAD)
    wsi_recorder_stop_waiting (private->recorder);
}

/* Returns the tasks that wait for the end, and hold references until then. */
static void
return_stopping (WsiSource *self)
{
  g_autoslist (GTask) tasks = g_steal_pointer (&source_get_private (self)->stopping);

  for (GSList *task = tasks; task != NULL; task = task->next)
    g_task_return_boolean (task->data, TRUE);
}

void
wsi_source_close (WsiSource *self)
{
  WsiSourcePrivate *private = source_get_private (self);

  if (private->is_closed)
    return;

  private->is_closed = TRUE;
  stop_waiting (self);
  if (private->thread != NULL)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_callback (source, abort_it, self, NULL);
      g_source_set_priority (source, G_PRIORITY_HIGH);
      g_source_attach (source, private->context);
      g_thread_join (g_steal_pointer (&private->thread));
    }
  else
    {
      abort_it (self);
    }
  if (private->place == WSI_PLACE_THREAD)
    source_drain (private->context);
  return_stopping (self);
}

static void
wsi_source_dispose (GObject *object)
{
  wsi_source_close (WSI_SOURCE (object));
  G_OBJECT_CLASS (wsi_source_parent_class)->dispose (object);
}

static void
wsi_source_finalize (GObject *object)
{
  WsiSourcePrivate *private = source_get_private (WSI_SOURCE (object));

  g_clear_object (&private->recorder);
  g_clear_object (&private->stop);
  g_clear_object (&private->cancellable);
  g_clear_pointer (&private->loop, g_main_loop_unref);
  g_clear_pointer (&private->owner, g_main_context_unref);
  g_clear_pointer (&private->context, g_main_context_unref);
  g_free (private->title);
  g_free (private->uri);
  g_free (private->sentence);
  G_OBJECT_CLASS (wsi_source_parent_class)->finalize (object);
}

static void
wsi_source_class_init (WsiSourceClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_source_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_source_finalize;

  /* signal: the state or its sentence has changed */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_source_init (WsiSource *self)
{
  WsiSourcePrivate *private = source_get_private (self);

  private->stop = g_cancellable_new ();
  private->cancellable = g_cancellable_new ();
}

/* recorder may be NULL.  The implementation makes the objects of the source's context before the
 * start, while that context is pushed as the default of the owner's thread. */
void
wsi_source_construct (WsiSource   *self,
                      WsiRecorder *recorder,
                      WsiPlace     place)
{
  WsiSourcePrivate *private = source_get_private (self);

  g_set_object (&private->recorder, recorder);
  private->place = place;
  private->owner = g_main_context_ref_thread_default ();
  private->context = place == WSI_PLACE_THREAD ? g_main_context_new ()
                                               : g_main_context_ref (private->owner);
}

static gpointer
source_run (gpointer data)
{
  WsiSource *self = data;
  WsiSourcePrivate *private = source_get_private (self);

  g_main_context_push_thread_default (private->context);
  WSI_SOURCE_GET_CLASS (self)->begin (self);
  g_main_loop_run (private->loop);
  g_main_context_pop_thread_default (private->context);
  return NULL;
}

static void
set_state (WsiSource         *self,
           WsiSourceState     state,
           const WsiSentence *sentence)
{
  WsiSourcePrivate *private = source_get_private (self);
  g_autoptr (WsiSource) kept = g_object_ref (self);

  if (wsi_source_has_ended (self))
    return;

  private->state = state;
  g_free (private->sentence);
  private->sentence = wsi_sentence_copy (sentence);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
wsi_source_start (WsiSource *self)
{
  WsiSourcePrivate *private = source_get_private (self);

  g_return_if_fail (private->state == WSI_SOURCE_NEW && !private->is_closed);

  set_state (self, WSI_SOURCE_STARTING, NULL);
  if (private->place == WSI_PLACE_OWNER)
    {
      WSI_SOURCE_GET_CLASS (self)->begin (self);
      return;
    }

  private->loop = g_main_loop_new (private->context, FALSE);
  private->thread = g_thread_new ("source", source_run, self);
}

static void
end_stopping (WsiSource *self)
{
  WsiSourcePrivate *private = source_get_private (self);

  /* The thread and the lane of a source that has ended by itself end, too: other lanes wait for
   * one that is recorded. */
  if (private->stopping != NULL || private->place == WSI_PLACE_THREAD)
    wsi_source_close (self);
  return_stopping (self);
}

void
wsi_source_set_title (WsiSource  *self,
                      const char *title)
{
  WsiSourcePrivate *private = source_get_private (self);

  g_free (private->title);
  private->title = g_strdup (title);
}

/* A report of a source's thread: an idle source may not keep the last reference, as the thread
 * cannot wait for itself. */
typedef struct
{
  GWeakRef       source;
  WsiSourceState state;
  WsiSentence   *sentence;
  char          *title;         /* NULL: the title stays */
} Report;

static void
source_report_free (gpointer data)
{
  Report *report = data;

  g_weak_ref_clear (&report->source);
  g_free (report->sentence);
  g_free (report->title);
  g_free (report);
}

static gboolean
take_report (gpointer data)
{
  Report *report = data;
  g_autoptr (WsiSource) self = g_weak_ref_get (&report->source);

  if (self == NULL || source_get_private (self)->is_closed)
    return G_SOURCE_REMOVE;

  if (report->title != NULL)
    wsi_source_set_title (self, report->title);
  set_state (self, report->state, report->sentence);
  if (wsi_source_has_ended (self))
    end_stopping (self);
  return G_SOURCE_REMOVE;
}

void
wsi_source_report_titled (WsiSource         *self,
                          WsiSourceState     state,
                          const WsiSentence *sentence,
                          const char        *title)
{
  WsiSourcePrivate *private = source_get_private (self);
  Report *report = g_new0 (Report, 1);
  g_autoptr (GSource) source = NULL;

  g_weak_ref_init (&report->source, self);
  report->state = state;
  report->sentence = wsi_sentence_copy (sentence);
  report->title = g_strdup (title);
  if (private->place == WSI_PLACE_OWNER)
    {
      take_report (report);
      source_report_free (report);
      return;
    }

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, take_report, report, source_report_free);
  g_source_attach (source, private->owner);
}

void
wsi_source_report (WsiSource         *self,
                   WsiSourceState     state,
                   const WsiSentence *sentence)
{
  wsi_source_report_titled (self, state, sentence, NULL);
}

static gboolean
end_it (gpointer data)
{
  g_cancellable_cancel (source_get_private (data)->cancellable);
  WSI_SOURCE_GET_CLASS (data)->end (data);
  return G_SOURCE_REMOVE;
}

/* Runs function in the source's context, at once if that is the owner's. */
static void
source_invoke (WsiSource     *self,
               GSourceFunc    function,
               gpointer       data,
               GDestroyNotify destroy)
{
  WsiSourcePrivate *private = source_get_private (self);

  if (private->is_closed)
    {
      if (destroy != NULL)
        destroy (data);
      return;
    }

  g_main_context_invoke_full (private->context, G_PRIORITY_DEFAULT, function, data, destroy);
}

void
wsi_source_stop_async (WsiSource          *self,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  WsiSourcePrivate *private = source_get_private (self);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  gboolean is_first = private->stopping == NULL;

  g_task_set_source_tag (task, wsi_source_stop_async);
  private->stopping = g_slist_prepend (private->stopping, task);
  if (private->state == WSI_SOURCE_NEW || wsi_source_has_ended (self) || private->is_closed)
    end_stopping (self);
  else if (is_first)
    {
      stop_waiting (self);
      source_invoke (self, end_it, self, NULL);
    }
}

void
wsi_source_stop_finish (WsiSource    *self,
                        GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* Something to send, on its way to the source's context. */
typedef struct
{
  WsiSource       *source;      /* source of the connection; it outlives the call, which runs before
                                 * it is closed */
  WsiConversation *conversation;
  WsiOutgoing     *outgoing;    /* frame or message; NULL: the sender has taken it and the task */
  GTask           *task;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  if (sending->outgoing != NULL)
    {
      g_task_return_new_error (sending->task, WSP_ERROR, WSP_ERROR_CLOSED,
                               _("Connection is closed"));
      g_object_unref (sending->task);
      wsi_outgoing_free (sending->outgoing);
    }
  g_object_unref (sending->conversation);
  g_free (sending);
}

static gboolean
send_it (gpointer data)
{
  Sending *sending = data;
  WsiRecorder *recorder = source_get_private (sending->source)->recorder;
  WspConnection *connection =
    recorder != NULL ? wsi_recorder_find_connection (recorder, sending->conversation) : NULL;

  if (connection != NULL)
    wsi_sender_send (connection, g_steal_pointer (&sending->outgoing), sending->task);
  return G_SOURCE_REMOVE;
}

/* Takes what is to be sent.  The task has no source object: a thread of a source may not keep the
 * last reference to it. */
void
wsi_source_send_async (WsiSource          *self,
                       WsiConversation    *conversation,
                       WsiOutgoing        *outgoing,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->source = self;
  sending->conversation = g_object_ref (conversation);
  sending->outgoing = outgoing;
  sending->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (sending->task, wsi_source_send_async);
  g_task_set_check_cancellable (sending->task, FALSE);
  source_invoke (self, send_it, sending, sending_free);
}

gboolean
wsi_source_send_finish (GAsyncResult *result,
                        GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
wsi_source_can_reload (WsiSource *self)
{
  return WSI_SOURCE_GET_CLASS (self)->reload != NULL &&
         source_get_private (self)->state == WSI_SOURCE_RUNNING;
}

typedef struct
{
  WsiSource       *source;      /* source of the connection, which outlives the call */
  WsiConversation *conversation;
} Reloading;

static void
reloading_free (gpointer data)
{
  Reloading *reloading = data;

  g_object_unref (reloading->conversation);
  g_free (reloading);
}

static gboolean
reload_it (gpointer data)
{
  const Reloading *reloading = data;

  WSI_SOURCE_GET_CLASS (reloading->source)->reload (reloading->source, reloading->conversation);
  return G_SOURCE_REMOVE;
}

void
wsi_source_reload (WsiSource       *self,
                   WsiConversation *conversation)
{
  Reloading *reloading;

  g_return_if_fail (WSI_SOURCE_GET_CLASS (self)->reload != NULL);

  reloading = g_new0 (Reloading, 1);
  reloading->source = self;
  reloading->conversation = g_object_ref (conversation);
  source_invoke (self, reload_it, reloading, reloading_free);
}

WsiSourceKind
wsi_source_get_kind (WsiSource *self)
{
  return WSI_SOURCE_GET_CLASS (self)->kind;
}

WsiSourceState
wsi_source_get_state (WsiSource *self)
{
  return source_get_private (self)->state;
}

gboolean
wsi_source_is_running (WsiSource *self)
{
  WsiSourceState state = source_get_private (self)->state;

  return state == WSI_SOURCE_STARTING || state == WSI_SOURCE_RUNNING;
}

gboolean
wsi_source_has_ended (WsiSource *self)
{
  WsiSourceState state = source_get_private (self)->state;

  return state == WSI_SOURCE_ENDED || state == WSI_SOURCE_FAILED;
}

const WsiSentence *
wsi_source_get_sentence (WsiSource *self)
{
  return source_get_private (self)->sentence;
}

const char *
wsi_source_get_title (WsiSource *self)
{
  WsiSourcePrivate *private = source_get_private (self);

  return private->title != NULL ? private->title : private->uri;
}

const char *
wsi_source_get_line (WsiSource *self)
{
  WsiSourceKind kind = wsi_source_get_kind (self);

  return kind == WSI_SOURCE_KIND_SERVER || kind == WSI_SOURCE_KIND_PROXY
         ? wsi_source_get_uri (self) : NULL;
}

const char *
wsi_source_get_uri (WsiSource *self)
{
  return source_get_private (self)->uri;
}

void
wsi_source_set_uri (WsiSource  *self,
                    const char *uri)
{
  WsiSourcePrivate *private = source_get_private (self);

  g_free (private->uri);
  private->uri = g_strdup (uri);
}

WsiRecorder *
wsi_source_get_recorder (WsiSource *self)
{
  return source_get_private (self)->recorder;
}

WsiPlace
wsi_source_get_place (WsiSource *self)
{
  return source_get_private (self)->place;
}

GCancellable *
wsi_source_get_stop (WsiSource *self)
{
  return source_get_private (self)->stop;
}

GCancellable *
wsi_source_get_cancellable (WsiSource *self)
{
  return source_get_private (self)->cancellable;
}

GMainContext *
wsi_source_get_context (WsiSource *self)
{
  return source_get_private (self)->context;
}
