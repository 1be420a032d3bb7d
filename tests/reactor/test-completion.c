/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-completion-private.h"

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
  g_test_add_func ("/reactor/completion/cancel/gives-cancelled", test_cancel);
  g_test_add_func ("/reactor/completion/cancel/SEC-103-one-result-in-the-same-turn",
                   test_cancel_in_the_same_turn);

  return g_test_run ();
}
