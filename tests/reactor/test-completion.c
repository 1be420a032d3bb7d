/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-spare-results-private.h"

static char tag, other_tag;

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GAsyncResult **kept = user_data;

  g_assert_null (*kept);
  *kept = g_object_ref (result);
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_result_comes_later (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GObject) source = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GTask) other = g_task_new (source, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (other, &tag);
  wsp_completion_return_number (wsp_completion_new (reactor, source, &tag, NULL, keep_result,
                                                    &kept), 42);
  g_assert_null (kept);
  iterate ();
  g_assert_nonnull (kept);
  g_assert_true (wsp_completion_is_valid (kept, source, &tag));
  g_assert_false (wsp_completion_is_valid (kept, source, &other_tag));
  g_assert_false (wsp_completion_is_valid (kept, NULL, &tag));
  g_assert_false (wsp_completion_is_valid (G_ASYNC_RESULT (other), source, &tag));
  g_assert_cmpint (wsp_completion_propagate_number (WSP_COMPLETION (kept), &error), ==, 42);
  g_assert_no_error (error);
}

static void
test_error (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;

  wsp_completion_return_error (wsp_completion_new (reactor, NULL, &tag, NULL, keep_result, &kept),
                               g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Too late"));
  iterate ();
  g_assert_cmpint (wsp_completion_propagate_number (WSP_COMPLETION (kept), &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static WspReactor *
ref_reactor_of (GMainContext *context)
{
  WspReactor *reactor;

  g_main_context_push_thread_default (context);
  reactor = wsp_reactor_ref_thread_default ();
  g_main_context_pop_thread_default (context);
  return reactor;
}

/* The object's own context is the thread-default one: no turn is lost. */
static void
test_own_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) kept = NULL;

  g_main_context_push_thread_default (context);
  WspReactor *reactor = wsp_reactor_ref_thread_default ();

  wsp_completion_return_number (wsp_completion_new (reactor, NULL, &tag, NULL, keep_result, &kept),
                                42);
  g_main_context_pop_thread_default (context);
  g_main_context_iteration (context, FALSE);
  g_assert_nonnull (kept);
  wsp_reactor_unref (reactor);
}

/* In another context of the same thread the result is released at once. */
static void
test_other_context (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GMainContext) context = g_main_context_new ();
  GObject *carried = g_object_new (G_TYPE_OBJECT, NULL);
  GAsyncResult *kept = NULL;

  g_object_add_weak_pointer (carried, (gpointer *) &carried);
  g_main_context_push_thread_default (context);
  wsp_completion_return_pointer (wsp_completion_new (reactor, NULL, &tag, NULL, keep_result, &kept),
                                 carried, g_object_unref);
  g_main_context_pop_thread_default (context);
  iterate ();
  g_assert_null (kept);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_assert_nonnull (kept);
  g_object_unref (kept);
  g_assert_null (carried);
}

/* The finish function is not called: what the result holds must still be freed. */
static void
test_not_finished (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  GObject *carried = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_add_weak_pointer (carried, (gpointer *) &carried);
  wsp_completion_return_pointer (wsp_completion_new (reactor, NULL, &tag, NULL, NULL, NULL),
                                 carried, g_object_unref);
  iterate ();
  g_assert_null (carried);
}

static void
on_cancel (WspCompletion *completion,
           gpointer       source_object)
{
  wsp_completion_return_cancelled (completion);
}

static void
test_cancel (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;
  WspCompletion *completion = wsp_completion_new (reactor, NULL, &tag, cancellable, keep_result,
                                                  &kept);

  wsp_completion_set_cancel_func (completion, on_cancel);
  iterate ();
  g_assert_null (kept);
  g_cancellable_cancel (cancellable);
  g_assert_null (kept);
  iterate ();
  g_assert_null (wsp_completion_propagate_pointer (WSP_COMPLETION (kept), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The result is returned and the cancellable is cancelled in the same turn: only the first
 * counts. */
static void
test_cancel_in_the_same_turn (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;
  WspCompletion *completion = wsp_completion_new (reactor, NULL, &tag, cancellable, keep_result,
                                                  &kept);

  wsp_completion_set_cancel_func (completion, on_cancel);
  g_cancellable_cancel (cancellable);
  wsp_completion_return_number (completion, 7);
  iterate ();
  g_assert_cmpint (wsp_completion_propagate_number (WSP_COMPLETION (kept), &error), ==, 7);
  g_assert_no_error (error);
}

/* The thread that cancels stays inside g_cancellable_cancel () until the call has ended. */
typedef struct
{
  GMutex   lock;
  GCond    changed;
  gboolean is_inside, has_ended;
} Inside;

static void
note (Inside   *inside,
      gboolean *step)
{
  g_mutex_lock (&inside->lock);
  *step = TRUE;
  g_cond_broadcast (&inside->changed);
  g_mutex_unlock (&inside->lock);
}

static void
wait_for (Inside         *inside,
          const gboolean *step)
{
  g_mutex_lock (&inside->lock);
  while (!*step)
    g_cond_wait (&inside->changed, &inside->lock);
  g_mutex_unlock (&inside->lock);
}

static void
stay_inside (GCancellable *cancellable,
             Inside       *inside)
{
  note (inside, &inside->is_inside);
  wait_for (inside, &inside->has_ended);
}

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* A handler of the program stays inside, before or after the library's handler.  If it is before,
 * GLib 2.74 leaks a source of g_cancellable_source_new () that goes in the meantime: the context
 * keeps it, and the leak checker finds it when the context has gone. */
static void
test_cancel_by_another_thread (gconstpointer is_before)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WspReactor) reactor = ref_reactor_of (context);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;
  WspCompletion *completion = wsp_completion_new (reactor, NULL, &tag, cancellable, keep_result,
                                                  &kept);
  Inside inside = { .is_inside = FALSE };
  GThread *thread;

  g_mutex_init (&inside.lock);
  g_cond_init (&inside.changed);
  if (is_before)
    g_signal_connect (cancellable, "cancelled", G_CALLBACK (stay_inside), &inside);
  wsp_completion_set_cancel_func (completion, on_cancel);
  if (!is_before)
    g_signal_connect (cancellable, "cancelled", G_CALLBACK (stay_inside), &inside);
  thread = g_thread_new ("cancels", cancel_in_thread, cancellable);
  wait_for (&inside, &inside.is_inside);
  if (is_before)
    wsp_completion_return_number (completion, 7);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_assert_nonnull (kept);
  note (&inside, &inside.has_ended);
  g_thread_join (thread);
  g_assert_cmpint (wsp_completion_propagate_number (WSP_COMPLETION (kept), &error), ==,
                   is_before ? 7 : -1);
  g_assert_true (is_before || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_mutex_clear (&inside.lock);
  g_cond_clear (&inside.changed);
}

static gpointer
cancel_each (gpointer data)
{
  GPtrArray *cancellables = data;

  for (guint i = 0; i < cancellables->len; i++)
    g_cancellable_cancel (g_ptr_array_index (cancellables, i));
  return NULL;
}

static void
on_cancel_one (WspCompletion *completion,
               gpointer       source_object)
{
  WspCompletion **running = wsp_completion_get_subject (completion);

  *running = NULL;
  wsp_completion_return_cancelled (completion);
}

/* Calls that end while another thread cancels them: each gets one result. */
static void
test_cancel_while_it_ends (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree GAsyncResult **kept = g_new0 (GAsyncResult *, 2000);
  g_autofree WspCompletion **running = g_new0 (WspCompletion *, 2000);
  GThread *thread;

  for (guint i = 0; i < 2000; i++)
    {
      GCancellable *cancellable = g_cancellable_new ();

      g_ptr_array_add (cancellables, cancellable);
      running[i] = wsp_completion_new (reactor, NULL, &tag, cancellable, keep_result, &kept[i]);
      wsp_completion_set_subject (running[i], &running[i]);
      wsp_completion_set_cancel_func (running[i], on_cancel_one);
    }
  thread = g_thread_new ("cancels", cancel_each, cancellables);
  for (guint i = 2000; i-- > 0;)
    {
      g_main_context_iteration (NULL, FALSE);
      if (running[i] != NULL)
        wsp_completion_return_number (running[i], i);
    }
  g_thread_join (thread);
  iterate ();
  for (guint i = 0; i < 2000; i++)
    {
      g_assert_nonnull (kept[i]);
      g_object_unref (kept[i]);
    }
}

static void
return_seven (GCancellable  *cancellable,
              WspCompletion *completion)
{
  wsp_completion_return_number (completion, 7);
}

/* A handler of the program, called before or after the library's, ends the call inside
 * g_cancellable_cancel (). */
static void
test_end_inside_cancel (gconstpointer is_before)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;
  WspCompletion *completion = wsp_completion_new (reactor, NULL, &tag, cancellable, keep_result,
                                                  &kept);

  if (is_before)
    g_signal_connect (cancellable, "cancelled", G_CALLBACK (return_seven), completion);
  wsp_completion_set_cancel_func (completion, on_cancel);
  if (!is_before)
    g_signal_connect (cancellable, "cancelled", G_CALLBACK (return_seven), completion);
  g_cancellable_cancel (cancellable);
  iterate ();
  g_assert_cmpint (wsp_completion_propagate_number (WSP_COMPLETION (kept), &error), ==, 7);
  g_assert_no_error (error);
}

static void
test_cancelled_before (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) kept = NULL;

  g_cancellable_cancel (cancellable);
  wsp_completion_set_cancel_func (wsp_completion_new (reactor, NULL, &tag, cancellable, keep_result,
                                                      &kept), on_cancel);
  g_assert_null (kept);
  iterate ();
  g_assert_nonnull (kept);
}

/* The context is freed when the cancellation waits in it. */
static void
test_cancel_and_end (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GMainContext *context = g_main_context_new ();
  g_autoptr (WspReactor) reactor = ref_reactor_of (context);
  GAsyncResult *kept = NULL;
  WspCompletion *completion = wsp_completion_new (reactor, NULL, &tag, cancellable, keep_result,
                                                  &kept);

  g_object_add_weak_pointer (G_OBJECT (completion), (gpointer *) &completion);
  wsp_completion_set_cancel_func (completion, on_cancel);
  g_cancellable_cancel (cancellable);
  g_main_context_unref (context);
  g_assert_null (kept);
  g_assert_null (completion);
}

typedef enum
{
  HOLDS_NOTHING,
  HOLDS_REFERENCE,
  HOLDS_DATA,
  HOLDS_WEAK_REFERENCE,
  HOLDS_TOGGLE_REFERENCE,
  HOLDS_WEAK_POINTER,
  N_HOLDS,
} Hold;

static const char *const hold_names[N_HOLDS] = {
  "nothing", "a-reference", "data", "a-weak-reference", "a-wrapper", "a-weak-pointer",
};

typedef struct
{
  Hold     hold;
  gpointer result;              /* pointer to the result, without a reference unless hold has one */
  GWeakRef weak;
} Holder;

static void
on_toggled (gpointer data,
            GObject *object,
            gboolean is_last)
{
}

static void
hold_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Holder *holder = user_data;

  holder->result = result;
  switch (holder->hold)
    {
    case HOLDS_REFERENCE:
      g_object_ref (result);
      return;
    case HOLDS_DATA:
      g_object_set_data (G_OBJECT (result), "of-the-program", holder);
      return;
    case HOLDS_WEAK_REFERENCE:
      g_weak_ref_init (&holder->weak, result);
      return;
    case HOLDS_TOGGLE_REFERENCE:
      g_object_add_toggle_ref (G_OBJECT (result), on_toggled, NULL);
      return;
    case HOLDS_WEAK_POINTER:
      g_object_add_weak_pointer (G_OBJECT (result), &holder->result);
      return;
    case HOLDS_NOTHING:
    case N_HOLDS:
      return;
    }
}

static void
let_go (Holder *holder)
{
  switch (holder->hold)
    {
    case HOLDS_REFERENCE:
      g_object_unref (holder->result);
      return;
    case HOLDS_WEAK_REFERENCE:
      g_assert_null (g_weak_ref_get (&holder->weak));
      g_weak_ref_clear (&holder->weak);
      return;
    case HOLDS_TOGGLE_REFERENCE:
      g_object_remove_toggle_ref (holder->result, on_toggled, NULL);
      return;
    case HOLDS_WEAK_POINTER:
      g_assert_null (holder->result);
      return;
    case HOLDS_NOTHING:
    case HOLDS_DATA:
    case N_HOLDS:
      return;
    }
}

/* A result to which the program holds nothing is that of the next call, and has nothing of the
 * first one.  All others are left alone. */
static void
test_used_again (gconstpointer data)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GObject) source = g_object_new (G_TYPE_OBJECT, NULL);
  Holder holder = { .hold = GPOINTER_TO_UINT (data) };
  GObject *carried = g_object_new (G_TYPE_OBJECT, NULL);
  WspCompletion *next;
  GError *error = NULL;

  g_object_add_weak_pointer (carried, (gpointer *) &carried);
  wsp_completion_return_pointer (wsp_completion_new (reactor, source, &tag, NULL, hold_result,
                                                     &holder), carried, g_object_unref);
  iterate ();
  if (holder.hold != HOLDS_REFERENCE && holder.hold != HOLDS_TOGGLE_REFERENCE)
    g_assert_null (carried);
  if (holder.hold == HOLDS_DATA || holder.hold == HOLDS_WEAK_REFERENCE)
    holder.result = NULL;       /* it was freed, and its address may be that of the next one */
  next = wsp_completion_new (reactor, NULL, &other_tag, NULL, NULL, NULL);
  g_assert_cmpint (next == holder.result, ==, holder.hold == HOLDS_NOTHING);
  g_assert_false (wsp_completion_is_valid (G_ASYNC_RESULT (next), source, &tag));
  g_assert_true (wsp_completion_is_valid (G_ASYNC_RESULT (next), NULL, &other_tag));
  g_assert_null (wsp_completion_propagate_pointer (next, &error));
  g_assert_no_error (error);
  g_assert_null (g_object_get_data (G_OBJECT (next), "of-the-program"));
  wsp_completion_return_number (next, 0);
  iterate ();
  let_go (&holder);
}

/* Results that no call needs are freed at the second time. */
static void
test_trimmed (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();

  for (guint i = 0; i < 2 * WSP_MAX_SPARE_RESULTS; i++)
    wsp_completion_return_number (wsp_completion_new (reactor, NULL, &tag, NULL, NULL, NULL), 0);
  iterate ();
  g_assert_cmpuint (wsp_spare_results_trim (reactor), ==, WSP_MAX_SPARE_RESULTS);
  wsp_completion_return_number (wsp_completion_new (reactor, NULL, &tag, NULL, NULL, NULL), 0);
  iterate ();
  g_assert_cmpuint (wsp_spare_results_trim (reactor), ==, 1);
  g_assert_cmpuint (wsp_spare_results_trim (reactor), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reactor/completion/return/never-inside-the-call", test_result_comes_later);
  g_test_add_func ("/reactor/completion/return/error-is-handed-on", test_error);
  g_test_add_func ("/reactor/completion/return/unclaimed-result-is-released", test_not_finished);
  g_test_add_func ("/reactor/completion/return/in-the-own-context-at-once", test_own_context);
  g_test_add_func ("/reactor/completion/return/from-another-context-released-at-once",
                   test_other_context);
  for (Hold hold = 0; hold < N_HOLDS; hold++)
    {
      g_autofree char *path =
        g_strdup_printf ("/reactor/completion/used-again/%s-is-held", hold_names[hold]);

      g_test_add_data_func (path, GUINT_TO_POINTER (hold), test_used_again);
    }
  g_test_add_func ("/reactor/completion/used-again/unused-ones-are-freed", test_trimmed);
  g_test_add_func ("/reactor/completion/cancel/gives-cancelled", test_cancel);
  g_test_add_func ("/reactor/completion/cancel/SEC-103-one-result-in-the-same-turn",
                   test_cancel_in_the_same_turn);
  g_test_add_func ("/reactor/completion/cancel/before-the-call-comes-later", test_cancelled_before);
  g_test_add_data_func ("/reactor/completion/cancel/by-another-thread-that-stays-inside",
                        GINT_TO_POINTER (FALSE), test_cancel_by_another_thread);
  g_test_add_data_func ("/reactor/completion/cancel/by-another-thread-after-the-call-has-ended",
                        GINT_TO_POINTER (TRUE), test_cancel_by_another_thread);
  g_test_add_func ("/reactor/completion/cancel/by-another-thread-while-calls-end",
                   test_cancel_while_it_ends);
  g_test_add_data_func ("/reactor/completion/cancel/handler-before-ends-the-call",
                        GINT_TO_POINTER (TRUE), test_end_inside_cancel);
  g_test_add_data_func ("/reactor/completion/cancel/handler-after-ends-the-call",
                        GINT_TO_POINTER (FALSE), test_end_inside_cancel);
  g_test_add_func ("/reactor/completion/cancel/context-is-freed-before-it-is-told",
                   test_cancel_and_end);

  return g_test_run ();
}
