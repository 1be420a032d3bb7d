/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A queue of calls, which run in the main context of their receiver. */
#pragma once

#include <glib.h>

typedef struct _WspCallQueue WspCallQueue;

typedef void (*WspCallFunc) (gpointer receiver,
                             gpointer content);

/* run: called in context while calls are queued, with the queue; it calls wsp_call_queue_run (). */
WspCallQueue *wsp_call_queue_new  (GMainContext *context,
                                   GSourceFunc   run,
                                   gpointer      receiver);
void          wsp_call_queue_free (WspCallQueue *self);
/* In the child of a fork (): nothing of the queue is used any more, and nothing freed, because a
 * thread that the child does not have may have been about to change it. */
void          wsp_call_queue_leave (WspCallQueue *self);
gpointer      wsp_call_queue_get_receiver (WspCallQueue *self);
/* Queues func (receiver, content), from any thread.  destroy is called after func, or alone if func
 * is NULL or the queue is freed first. */
void          wsp_call_queue_add  (WspCallQueue  *self,
                                   WspCallFunc    func,
                                   gpointer       content,
                                   GDestroyNotify destroy);
/* Runs the queued calls.  FALSE: no call was queued. */
gboolean      wsp_call_queue_run  (WspCallQueue *self);
