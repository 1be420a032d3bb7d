/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tasks of a store in another thread.  The data of a task is dropped in its context, never in the
 * thread that works for it. */
#include "inspect/store/wsi-task.h"

#include <stdatomic.h>

#define N_TASKS 20000

typedef enum { RETURNS, FAILS, IS_CANCELLED } End;

static atomic_uint n_dropped, n_dropped_elsewhere;
static GThread *owner;

static void
drop (gpointer data)
{
  n_dropped++;
  n_dropped_elsewhere += g_thread_self () != owner;
}

static void
on_source_dropped (gpointer data,
                   GObject *source)
{
  drop (NULL);
}

static void
work (GTask        *task,
      gpointer      source,
      gpointer      data,
      GCancellable *cancellable)
{
  g_assert_true (g_thread_self () != owner);
  g_assert_true (G_IS_OBJECT (source));
  if (GPOINTER_TO_INT (data) == FAILS)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "failed");
  else
    g_task_return_int (task, 7);
}

static void
start (GCancellable       *cancellable,
       End                 end,
       GAsyncReadyCallback callback,
       gpointer            result)
{
  g_autoptr (GObject) source = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, result);

  owner = g_thread_self ();
  g_object_weak_ref (source, on_source_dropped, NULL);
  g_task_set_task_data (task, GINT_TO_POINTER (end), drop);
  wsi_task_run_in_thread (task, work);
}

static void
on_ended (GObject      *source,
          GAsyncResult *task,
          gpointer      result)
{
  g_assert_true (g_thread_self () == owner);
  *(GTask **) result = g_object_ref (G_TASK (task));
}

static GTask *
run (GCancellable *cancellable,
     End           end)
{
  GTask *task = NULL;

  start (cancellable, end, on_ended, &task);
  while (task == NULL)
    g_main_context_iteration (NULL, TRUE);
  return task;
}

static void
test_dropped (void)
{
  n_dropped = n_dropped_elsewhere = 0;
  for (guint i = 0; i < N_TASKS; i++)
    g_object_unref (run (NULL, RETURNS));
  while (n_dropped < 2 * N_TASKS)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_dropped_elsewhere, ==, 0);
}

static void
test_result (void)
{
  g_autoptr (GTask) task = run (NULL, RETURNS);

  g_assert_cmpint (g_task_propagate_int (task, NULL), ==, 7);
}

static void
test_error (void)
{
  g_autoptr (GTask) task = run (NULL, FAILS);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_task_propagate_int (task, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  task = run (cancellable, IS_CANCELLED);
  g_assert_cmpint (g_task_propagate_int (task, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inspector/task/dropped/in-its-context", test_dropped);
  g_test_add_func ("/inspector/task/ends/with-its-result", test_result);
  g_test_add_func ("/inspector/task/ends/with-its-error", test_error);
  g_test_add_func ("/inspector/task/ends/cancelled", test_cancelled);
  return g_test_run ();
}
