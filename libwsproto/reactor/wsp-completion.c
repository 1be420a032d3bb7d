/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Returns the result of an asynchronous call to its callback.  The callback runs in the context
 * that is the thread-default one during the call, or in the object's context if no context was
 * pushed.  A callback in the object's context (nearly every callback) is a due call of the reactor.
 * A callback in another context is a GSource, which such a due call attaches.
 *
 * context and thread are set when the result is queued in another context, perhaps of another
 * thread.
 * The source object, the kept one, the result and the reactor are released in the thread of the
 * source object.
 * A completion without another reference after the callback, and without data of the program, is
 * used again for a later call: all members from reactor on are 0 until then.
 *
 * In the child of a fork () the results of earlier calls are the parent's.  A later call gets its
 * result from a reactor of the child, also if its object is inherited: the result is an error then.
 *
 * docs/rationales/threads-and-contexts.md has the reasons.
 */
#include "reactor/wsp-completion-private.h"

#include "core/fault.h"
#include "reactor/wsp-cancellation-private.h"
#include "reactor/wsp-spare-results-private.h"

/* GObject keeps flags in the low bits of qdata. */
#define QDATA_FLAGS ((gsize) 7)

struct _WspCompletion
{
  GObject             parent_instance;

  WspReactor         *reactor;
  WspDue              due;
  GObject            *source_object;
  gconstpointer       tag;
  GCancellable       *cancellable;
  WspCancellation    *cancellation;     /* watches the cancellable; NULL: no call waits to be
                                           cancelled */
  WspCompletionFunc   cancel;
  WspReactorEnd       end;              /* end of the reactor; added while the call waits and can be
                                           cancelled */
  gpointer            subject;
  GAsyncReadyCallback callback;
  gpointer            user_data;
  GObject            *kept;             /* argument of after (); NULL: nothing follows the
                                           callback */
  WspCompletionAfter  after;
  GMainContext       *caller;           /* main context that gets the callback; NULL: the reactor
                                           calls back */
  GMainContext       *context;          /* main context that the object belongs to, with its thread;
                                           NULL: not set */
  GThread            *thread;

  GError             *error;
  gint64              number;
  gpointer            pointer;
  GDestroyNotify      destroy;
};

static gpointer
get_user_data (GAsyncResult *result)
{
  return WSP_COMPLETION (result)->user_data;
}

static GObject *
get_source_object (GAsyncResult *result)
{
  WspCompletion *self = WSP_COMPLETION (result);

  return self->source_object != NULL ? g_object_ref (self->source_object) : NULL;
}

static gboolean
is_tagged (GAsyncResult *result,
           gpointer      tag)
{
  return WSP_COMPLETION (result)->tag == tag;
}

static void
wsp_completion_async_result_init (GAsyncResultIface *iface)
{
  iface->get_user_data = get_user_data;
  iface->get_source_object = get_source_object;
  iface->is_tagged = is_tagged;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WspCompletion, wsp_completion, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT,
                                                      wsp_completion_async_result_init))

static void
call_cancel (gpointer owner)
{
  g_autoptr (WspCompletion) self = g_object_ref (WSP_COMPLETION (owner));

  self->cancel (self, self->source_object);
}

static void
reactor_completion_on_ended (WspReactorEnd *end,
                             WspReactor    *reactor)
{
  call_cancel (WSP_OWNER_OF (end, WspCompletion, end));
}

static void
call_back (WspCompletion *self)
{
  if (self->callback != NULL)
    self->callback (self->source_object, G_ASYNC_RESULT (self), self->user_data);
}

/* Call it in the thread of the source object. */
static void
reactor_completion_end_call (WspCompletion *self)
{
  g_autoptr (GObject) kept = g_steal_pointer (&self->kept);

  if (kept != NULL)
    self->after (kept);
}

static gboolean
end_call_in_context (gpointer user_data)
{
  reactor_completion_end_call (WSP_COMPLETION (user_data));
  return G_SOURCE_REMOVE;
}

/* If the context is freed before it runs func, only destroy is called. */
static void
queue_in_context (GMainContext  *context,
                  GSourceFunc    func,
                  gpointer       data,
                  GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, "[libwsproto] result");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, context);
}

/* Pushes the context, so that calls which the callback makes return their results in it, too. */
static gboolean
call_back_in_context (gpointer user_data)
{
  WspCompletion *self = WSP_COMPLETION (user_data);
  g_autoptr (GMainContext) context =
    g_main_context_ref (g_source_get_context (g_main_current_source ()));

  if (wsp_reactor_is_inherited (self->reactor))
    return G_SOURCE_REMOVE;     /* the parent calls back */

  g_main_context_push_thread_default (context);
  call_back (self);
  g_main_context_pop_thread_default (context);

  if (self->thread == g_thread_self () && wsp_reactor_is_in_thread (self->reactor))
    reactor_completion_end_call (self);
  else if (self->kept != NULL)
    queue_in_context (self->context, end_call_in_context, g_object_ref (self), g_object_unref);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  GObject       *source_object, *kept;
  gpointer       pointer;
  GDestroyNotify destroy;
  WspReactor    *reactor;
} Belongings;

static void
belongings_clear (Belongings *self)
{
  if (self->pointer != NULL)
    self->destroy (self->pointer);
  g_clear_object (&self->kept);
  g_clear_object (&self->source_object);
  wsp_reactor_unref (self->reactor);
}

static void
belongings_free (gpointer data)
{
  belongings_clear (data);
  g_free (data);
}

static gboolean
remove_source (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

static Belongings
get_belongings (const WspCompletion *self)
{
  Belongings found = {
    self->source_object, self->kept, self->pointer, self->destroy, self->reactor,
  };

  return found;
}

/* A spare completion has none. */
static void
release_belongings (WspCompletion *self)
{
  Belongings belongings = get_belongings (self);

  if (self->reactor == NULL)
    return;

  if (self->thread == NULL || self->thread == g_thread_self ())
    belongings_clear (&belongings);
  else
    queue_in_context (self->context, remove_source, g_memdup2 (&belongings, sizeof belongings),
                      belongings_free);
}

/* TRUE: there is no other reference, no weak reference, and no wrapper of a language. */
static gboolean
is_unused (WspCompletion *self)
{
  GObject *object = G_OBJECT (self);

  return g_atomic_int_get (&object->ref_count) == 1 &&
         ((gsize) g_atomic_pointer_get (&object->qdata) & ~QDATA_FLAGS) == 0;
}

/* Drops the caller's reference. */
static void
reactor_completion_let_go (WspCompletion *self)
{
  Belongings belongings;

  if (!is_unused (self) || wsp_reactor_has_ended (self->reactor) ||
      wsp_reactor_is_inherited (self->reactor))
    {
      g_object_unref (self);
      return;
    }

  belongings = get_belongings (self);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  memset (&self->reactor, 0, sizeof *self - G_STRUCT_OFFSET (WspCompletion, reactor));
  wsp_spare_results_keep (belongings.reactor, self);
  belongings_clear (&belongings);
}

/* Drops the caller's reference to the completion, which the result has taken. */
static void
reactor_completion_deliver (WspDue *due)
{
  WspCompletion *self = WSP_OWNER_OF (due, WspCompletion, due);
  g_autoptr (GMainContext) caller = g_steal_pointer (&self->caller);
  gboolean has_ended = wsp_reactor_has_ended (self->reactor) ||
                       wsp_reactor_is_inherited (self->reactor);

  if (caller != NULL && !has_ended)
    {
      self->context = g_main_context_ref (wsp_reactor_get_context (self->reactor));
      self->thread = g_thread_ref (g_thread_self ());
      queue_in_context (caller, call_back_in_context, self, g_object_unref);
      return;
    }

  if (!has_ended)
    call_back (self);
  reactor_completion_end_call (self);
  reactor_completion_let_go (self);
}

static void
reactor_completion_finish (WspCompletion *self)
{
  g_assert (!wsp_due_is_queued (&self->due));

  g_clear_pointer (&self->cancellation, wsp_cancellation_free);
  wsp_reactor_remove_end (self->reactor, &self->end);
  self->due.run = reactor_completion_deliver;
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
}

static void
wsp_completion_finalize (GObject *object)
{
  WspCompletion *self = WSP_COMPLETION (object);

  g_clear_pointer (&self->cancellation, wsp_cancellation_free);
  if (self->reactor != NULL)
    wsp_reactor_remove_end (self->reactor, &self->end);
  release_belongings (self);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->caller, g_main_context_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->thread, g_thread_unref);

  G_OBJECT_CLASS (wsp_completion_parent_class)->finalize (object);
}

static void
wsp_completion_class_init (WspCompletionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_completion_finalize;
}

static void
wsp_completion_init (WspCompletion *self)
{
}

/* Returns the thread-default context; NULL: none was pushed, or it is the object's context. */
static GMainContext *
ref_other_context (WspReactor *reactor)
{
  GMainContext *context = g_main_context_get_thread_default ();

  if (context == NULL || context == wsp_reactor_get_context (reactor))
    return NULL;

  return g_main_context_ref (context);
}

WspCompletion *
wsp_completion_new (WspReactor         *reactor,
                    gpointer            source_object,
                    gconstpointer       tag,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  g_autoptr (WspReactor) own = wsp_reactor_ref_own (reactor);
  WspCompletion *self = wsp_spare_results_take (own);

  if (self == NULL)
    self = g_object_new (WSP_TYPE_COMPLETION, NULL);
  self->reactor = g_steal_pointer (&own);
  self->source_object = source_object != NULL ? g_object_ref (source_object) : NULL;
  self->tag = tag;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->callback = callback;
  self->user_data = user_data;
  self->caller = callback != NULL ? ref_other_context (self->reactor) : NULL;

  return self;
}

void
wsp_completion_set_cancel_func (WspCompletion    *self,
                                WspCompletionFunc cancel)
{
  self->cancel = cancel;
  self->end.ended = reactor_completion_on_ended;
  wsp_reactor_add_end (self->reactor, &self->end);
  if (self->cancellable != NULL)
    self->cancellation = wsp_cancellation_new (self->reactor, self->cancellable, call_cancel, self);
}

void
wsp_completion_set_subject (WspCompletion *self,
                            gpointer       subject)
{
  self->subject = subject;
}

gpointer
wsp_completion_get_subject (WspCompletion *self)
{
  return self->subject;
}

gboolean
wsp_completion_is_cancelled (WspCompletion *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

void
wsp_completion_set_after (WspCompletion     *self,
                          GObject           *object,
                          WspCompletionAfter after)
{
  self->kept = g_object_ref (object);
  self->after = after;
}

void
wsp_completion_return_pointer (WspCompletion *self,
                               gpointer       pointer,
                               GDestroyNotify destroy)
{
  self->pointer = pointer;
  self->destroy = destroy;
  reactor_completion_finish (self);
}

void
wsp_completion_return_number (WspCompletion *self,
                              gint64         number)
{
  self->number = number;
  reactor_completion_finish (self);
}

void
wsp_completion_return_error (WspCompletion *self,
                             GError        *error)
{
  self->error = error;
  reactor_completion_finish (self);
}

void
wsp_completion_return_cancelled (WspCompletion *self)
{
  wsp_completion_return_error (self,
                               g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                    wsc_fault_get_text (WSC_FAULT_CANCELLED)));
}

gboolean
wsp_completion_is_valid (GAsyncResult *result,
                         gpointer      source_object,
                         gconstpointer tag)
{
  return WSP_IS_COMPLETION (result) &&
         WSP_COMPLETION (result)->source_object == source_object &&
         WSP_COMPLETION (result)->tag == tag;
}

gpointer
wsp_completion_propagate_pointer (WspCompletion *self,
                                  GError       **error)
{
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }

  return g_steal_pointer (&self->pointer);
}

gint64
wsp_completion_propagate_number (WspCompletion *self,
                                 GError       **error)
{
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return -1;
    }

  return self->number;
}
