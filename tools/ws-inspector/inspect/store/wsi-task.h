/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Work in a thread, of which nothing is dropped in the thread. */
#pragma once

#include <gio/gio.h>

/* Runs a task as g_task_run_in_thread (), which drops the last reference to a task in its thread if
 * the callback was faster, and with it the source object and the data: a widget, a row.  Here the
 * context of the task drops them.  The function returns a result of the task, and does nothing
 * after that. */
void wsi_task_run_in_thread (GTask          *self,
                             GTaskThreadFunc function);
