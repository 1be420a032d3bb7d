/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Answers of the platform's proxy resolver, by the URI that was asked about.  libproxy needs 0.1 ms
 * and a thread for each question.
 *
 * Each main context has answers of its own: an answer comes from the loop of the context that has
 * asked, and another context must not wait for that loop.  An answer is used until it is
 * WSP_PROXY_ANSWER_TIME old, or until n_drops changes.  Errors are not kept.
 *
 * While a question is pending, others for its URI wait for the same answer.  Each returns from a
 * source of its own, so that a callback which runs the main loop keeps none of them back. */
#include "endpoint/dialing/wsp-proxy-answers-private.h"

#include "base/wsp-fork-private.h"
#include "base/wsp-network-private.h"

struct _WspProxyAnswers
{
  GObject parent_instance;

  GQueue  pending;              /* questions without an answer (Question) */
  GQueue  kept;                 /* questions with an answer, the oldest first (Question) */
};

typedef struct
{
  grefcount        ref_count;
  WspProxyAnswers *answers;     /* NULL: the answer is there */
  char            *uri;
  int              n_drops;     /* n_drops when the question was asked */
  GCancellable    *cancellable; /* cancelled when nobody waits any more */
  GPtrArray       *waiting;     /* tasks of those who wait (GTask) */
  char           **proxies;     /* the answer; NULL: error, or no answer yet */
  GError          *error;
  gint64           end;         /* when the answer is too old */
} Question;

typedef struct                  /* the data of a task that waits */
{
  Question *question;
  GSource  *cancelled;          /* notices that the task is cancelled */
} Waiter;

static void wsp_proxy_answers_resolver_init (GProxyResolverInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WspProxyAnswers, wsp_proxy_answers, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      wsp_proxy_answers_resolver_init))

static int n_drops;             /* atomic: how often the answers of all contexts were dropped */

void
wsp_proxy_answers_drop (void)
{
  g_atomic_int_inc (&n_drops);
}

static Question *
question_ref (Question *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

static void
question_unref (Question *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_clear_object (&self->answers);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->waiting);
  g_strfreev (self->proxies);
  g_clear_error (&self->error);
  g_free (self->uri);
  g_free (self);
}

static Question *
question_find (GQueue     *questions,
               const char *uri)
{
  for (GList *link = questions->tail; link != NULL; link = link->prev)
    {
      Question *question = link->data;

      if (question->n_drops == g_atomic_int_get (&n_drops) && strcmp (question->uri, uri) == 0)
        return question;
    }

  return NULL;
}

static void
waiter_free (gpointer data)
{
  Waiter *self = data;

  question_unref (self->question);
  g_source_unref (self->cancelled);
  g_free (self);
}

static gboolean
waiter_return (gpointer data)
{
  GTask *task = data;
  Question *question = ((Waiter *) g_task_get_task_data (task))->question;

  if (question->error != NULL)
    g_task_return_error (task, g_error_copy (question->error));
  else
    g_task_return_pointer (task, g_strdupv (question->proxies), (GDestroyNotify) g_strfreev);
  return G_SOURCE_REMOVE;
}

static gboolean
waiter_on_cancelled (GCancellable *cancellable,
                     gpointer      data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Question *question = ((Waiter *) g_task_get_task_data (task))->question;

  g_ptr_array_remove (question->waiting, task);
  if (question->waiting->len == 0 && g_queue_remove (&question->answers->pending, question))
    {
      g_cancellable_cancel (question->cancellable);
      question_unref (question);
    }
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
question_add_waiter (Question *self,
                     GTask    *task)
{
  Waiter *waiter = g_new (Waiter, 1);

  waiter->question = question_ref (self);
  waiter->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_task_set_task_data (task, waiter, waiter_free);
  g_task_attach_source (task, waiter->cancelled, G_SOURCE_FUNC (waiter_on_cancelled));
  g_ptr_array_add (self->waiting, task);
}

static void
question_end_waiting (Question *self)
{
  for (guint i = 0; i < self->waiting->len; i++)
    {
      GTask *task = self->waiting->pdata[i];
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_destroy (((Waiter *) g_task_get_task_data (task))->cancelled);
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_task_attach_source (task, source, waiter_return);
    }
  g_ptr_array_set_size (self->waiting, 0);
}

static void
proxy_answers_keep (WspProxyAnswers *self,
                    Question        *question)
{
  question->end = g_get_monotonic_time () + WSP_PROXY_ANSWER_TIME;
  g_queue_push_tail (&self->kept, question_ref (question));
  if (self->kept.length > WSP_MAX_PROXY_ANSWERS)
    question_unref (g_queue_pop_head (&self->kept));
}

static void
proxy_answers_on_answer (GObject      *resolver,
                         GAsyncResult *result,
                         gpointer      data)
{
  Question *question = data;
  g_autoptr (WspProxyAnswers) self = g_steal_pointer (&question->answers);

  question->proxies =
    g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (resolver), result, &question->error);
  if (g_queue_remove (&self->pending, question))
    question_unref (question);
  if (question->proxies != NULL)
    proxy_answers_keep (self, question);
  question_end_waiting (question);
  question_unref (question);
}

static Question *
proxy_answers_ask (WspProxyAnswers *self,
                   const char      *uri)
{
  Question *question = g_new0 (Question, 1);

  g_ref_count_init (&question->ref_count);
  question->answers = g_object_ref (self);
  question->uri = g_strdup (uri);
  question->n_drops = g_atomic_int_get (&n_drops);
  question->cancellable = g_cancellable_new ();
  question->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_push_tail (&self->pending, question_ref (question));
  g_proxy_resolver_lookup_async (g_proxy_resolver_get_default (), uri, question->cancellable,
                                 proxy_answers_on_answer, question);
  return question;
}

static void
drop_old_answers (WspProxyAnswers *self)
{
  Question *oldest;

  while ((oldest = g_queue_peek_head (&self->kept)) != NULL &&
         (oldest->end <= g_get_monotonic_time () ||
          oldest->n_drops != g_atomic_int_get (&n_drops)))
    question_unref (g_queue_pop_head (&self->kept));
}

static void
wsp_proxy_answers_lookup_async (GProxyResolver     *resolver,
                                const char         *uri,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  WspProxyAnswers *self = WSP_PROXY_ANSWERS (resolver);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Question *question;

  g_task_set_source_tag (task, wsp_proxy_answers_lookup_async);
  drop_old_answers (self);
  question = question_find (&self->kept, uri);
  if (question != NULL)
    {
      g_task_return_pointer (task, g_strdupv (question->proxies), (GDestroyNotify) g_strfreev);
      g_object_unref (task);
      return;
    }

  question = question_find (&self->pending, uri);
  question_add_waiter (question != NULL ? question : proxy_answers_ask (self, uri), task);
}

static char **
wsp_proxy_answers_lookup_finish (GProxyResolver *resolver,
                                 GAsyncResult   *result,
                                 GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wsp_proxy_answers_finalize (GObject *object)
{
  WspProxyAnswers *self = WSP_PROXY_ANSWERS (object);

  g_queue_clear_full (&self->kept, (GDestroyNotify) question_unref);

  G_OBJECT_CLASS (wsp_proxy_answers_parent_class)->finalize (object);
}

static void
wsp_proxy_answers_resolver_init (GProxyResolverInterface *interface)
{
  interface->lookup_async = wsp_proxy_answers_lookup_async;
  interface->lookup_finish = wsp_proxy_answers_lookup_finish;
}

static void
proxy_answers_on_network_changed (GNetworkMonitor *monitor,
                                  gboolean         is_available,
                                  gpointer         data)
{
  wsp_proxy_answers_drop ();
}

/* The network monitor may ask D-Bus, and emits its signals in the thread-default context of the
 * first thread that gets it: this thread waits for nobody, and has none but the global one. */
static gpointer
watch_network (gpointer data)
{
  wsp_fork_hold_off ();
  g_signal_connect (wsp_network_get_monitor (), "network-changed",
                    G_CALLBACK (proxy_answers_on_network_changed), NULL);
  wsp_fork_admit ();
  return NULL;
}

/* The thread begins when the resolver is there, and so the monitor too, if libproxy needs it. */
static void
begin_watching_network (void)
{
  static int has_begun;
  GThread *thread;

  if (!g_atomic_int_compare_and_exchange (&has_begun, FALSE, TRUE))
    return;

  wsp_fork_hold_off ();
  wsp_network_make_resolver ();
  wsp_fork_admit ();
  thread = g_thread_try_new ("wsp-network", watch_network, NULL, NULL);
  if (thread != NULL)
    g_thread_unref (thread);
}

static void
wsp_proxy_answers_class_init (WspProxyAnswersClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_proxy_answers_finalize;
}

static void
wsp_proxy_answers_init (WspProxyAnswers *self)
{
  g_queue_init (&self->pending);
  g_queue_init (&self->kept);
}

GProxyResolver *
wsp_proxy_answers_of (WspReactor *reactor)
{
  GProxyResolver *self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_PROXIES);

  if (self == NULL)
    {
      begin_watching_network ();
      self = g_object_new (WSP_TYPE_PROXY_ANSWERS, NULL);
      wsp_reactor_set_part (reactor, WSP_REACTOR_PART_PROXIES, self, g_object_unref);
    }

  return self;
}
