/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-task.h"

typedef struct
{
  GTask          *task;
  GTaskThreadFunc function;
} Work;

static void
task_run (GTask        *carrier,
          gpointer      source,
          gpointer      data,
          GCancellable *cancellable)
{
  Work *work = data;
  GTask *task = work->task;

  work->function (task, g_task_get_source_object (task), g_task_get_task_data (task),
                  g_task_get_cancellable (task));
  g_task_return_boolean (carrier, TRUE);
}

/* The thread may still hold the carrier, which has nothing to drop. */
static void
task_on_run (GObject      *source,
             GAsyncResult *carrier,
             gpointer      data)
{
  Work *work = data;

  g_object_unref (work->task);
  g_free (work);
}

void
wsi_task_run_in_thread (GTask          *self,
                        GTaskThreadFunc function)
{
  Work *work = g_new (Work, 1);
  g_autoptr (GTask) carrier = g_task_new (NULL, NULL, task_on_run, work);

  *work = (Work) { g_object_ref (self), function };
  g_task_set_name (carrier, "[wsinspect] work in a thread");
  g_task_set_priority (carrier, g_task_get_priority (self));
  g_task_set_task_data (carrier, work, NULL);
  g_task_run_in_thread (carrier, task_run);
}
