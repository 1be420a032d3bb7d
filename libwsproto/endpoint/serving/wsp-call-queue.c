/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A queue of calls that the threads of a server make of each other.
 *
 * Calls of one sender to one receiver run in the order in which they were queued.
 */
#include "endpoint/serving/wsp-call-queue-private.h"

typedef struct
{
  WspCallFunc    func;
  gpointer       content;
  GDestroyNotify destroy;
} Call;

struct _WspCallQueue
{
  GMutex   lock;
  GArray  *calls;               /* queued calls (Call) */
  GArray  *batch;               /* the calls that the receiver is running */
  guint    n_run;               /* index of the next call of the batch */
  GSource *source;
  gpointer receiver;            /* a WspServer or a WspWorker */
};

static void
call_clear (gpointer data)
{
  Call *call = data;

  if (call->destroy != NULL)
    call->destroy (call->content);
}

static void
run_call (Call    *call,
          gpointer receiver)
{
  if (call->func != NULL)
    call->func (receiver, call->content);
  call_clear (call);
}

static GArray *
calls_new (void)
{
  GArray *calls = g_array_new (FALSE, FALSE, sizeof (Call));

  g_array_set_clear_func (calls, call_clear);
  return calls;
}

static void
take_batch (WspCallQueue *self)
{
  GArray *done = self->batch;

  g_mutex_lock (&self->lock);
  self->batch = self->calls;
  self->calls = done;
  g_array_set_size (done, 0);
  self->n_run = 0;
  g_mutex_unlock (&self->lock);
}

/* Call this when all calls of the batch have run. */
static void
sleep_without_calls (WspCallQueue *self)
{
  g_mutex_lock (&self->lock);
  if (self->calls->len == 0)
    g_source_set_ready_time (self->source, -1);
  g_mutex_unlock (&self->lock);
}

/* A call may run the main loop, which continues the batch: the source stays ready until all
 * calls have run.  FALSE: no call was queued. */
gboolean
wsp_call_queue_run (WspCallQueue *self)
{
  if (self->n_run == self->batch->len)
    take_batch (self);

  gboolean has_calls = self->batch->len > 0;

  while (self->n_run < self->batch->len)
    {
      Call call = g_array_index (self->batch, Call, self->n_run);

      g_array_index (self->batch, Call, self->n_run).destroy = NULL;
      self->n_run++;
      run_call (&call, self->receiver);
    }

  sleep_without_calls (self);
  return has_calls;
}

static gboolean
call_queue_dispatch (GSource    *source,
                     GSourceFunc callback,
                     gpointer    user_data)
{
  return callback (user_data);
}

static GSourceFuncs call_queue_funcs = {
  .dispatch = call_queue_dispatch,
};

WspCallQueue *
wsp_call_queue_new (GMainContext *context,
                    GSourceFunc   run,
                    gpointer      receiver)
{
  WspCallQueue *self = g_new0 (WspCallQueue, 1);

  g_mutex_init (&self->lock);
  self->calls = calls_new ();
  self->batch = calls_new ();
  self->receiver = receiver;
  self->source = g_source_new (&call_queue_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[libwsproto] calls of a server");
  g_source_set_callback (self->source, run, self, NULL);
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);
  return self;
}

void
wsp_call_queue_free (WspCallQueue *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_array_unref (self->calls);
  g_array_unref (self->batch);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
wsp_call_queue_leave (WspCallQueue *self)
{
  g_source_destroy (self->source);
}

void
wsp_call_queue_add (WspCallQueue  *self,
                    WspCallFunc    func,
                    gpointer       content,
                    GDestroyNotify destroy)
{
  Call call = { func, content, destroy };

  g_mutex_lock (&self->lock);
  g_array_append_val (self->calls, call);
  g_source_set_ready_time (self->source, 0);
  g_mutex_unlock (&self->lock);
}

gpointer
wsp_call_queue_get_receiver (WspCallQueue *self)
{
  return self->receiver;
}
