/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The result of an asynchronous call; the reactor runs the callbacks in order, or hands them over
 * to the context of the caller in order.  A GTask would run the callback inside the API call that
 * ends the task, or make an idle source for each call. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

#define WSP_TYPE_COMPLETION (wsp_completion_get_type ())
G_DECLARE_FINAL_TYPE (WspCompletion, wsp_completion, WSP, COMPLETION, GObject)

typedef void (*WspCompletionFunc) (WspCompletion *completion,
                                   gpointer       source_object);
typedef void (*WspCompletionAfter) (gpointer object);

/* callback NULL: no function is called, but the result is queued in the same way. */
WspCompletion *wsp_completion_new               (WspReactor         *reactor,
                                                 gpointer            source_object,
                                                 gconstpointer       tag,
                                                 GCancellable       *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer            user_data);
/* cancel is called if the cancellable is cancelled before there is a result: cancel sets the
 * result, or lets the call continue. */
void           wsp_completion_set_cancel_func   (WspCompletion    *self,
                                                 WspCompletionFunc cancel);
/* Data of the call for its cancel function. */
void           wsp_completion_set_subject       (WspCompletion *self,
                                                 gpointer       subject);
gpointer       wsp_completion_get_subject       (WspCompletion *self);
gboolean       wsp_completion_is_cancelled      (WspCompletion *self);
/* Keeps the object until the callback has returned, and then calls after () in the thread of the
 * source object. */
void           wsp_completion_set_after         (WspCompletion     *self,
                                                 GObject           *object,
                                                 WspCompletionAfter after);

/* A call gets its result once, by one of the following functions, which take the caller's reference
 * to the completion. */
void           wsp_completion_return_pointer    (WspCompletion *self,
                                                 gpointer       pointer,
                                                 GDestroyNotify destroy);
void           wsp_completion_return_number     (WspCompletion *self,
                                                 gint64         number);
void           wsp_completion_return_error      (WspCompletion *self,
                                                 GError        *error);
void           wsp_completion_return_cancelled  (WspCompletion *self);

gboolean       wsp_completion_is_valid          (GAsyncResult *result,
                                                 gpointer      source_object,
                                                 gconstpointer tag);
gpointer       wsp_completion_propagate_pointer (WspCompletion *self,
                                                 GError       **error);
gint64         wsp_completion_propagate_number  (WspCompletion *self,
                                                 GError       **error);            /* -1 = error */

G_END_DECLS
