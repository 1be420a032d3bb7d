/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Waits in the thread of a reactor for a GCancellable, which any thread may cancel.  The source of
 * g_cancellable_source_new () would do that, too, but GLib 2.74 leaks it if it is destroyed while
 * another thread is still inside g_cancellable_cancel (). */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct _WspCancellation WspCancellation;
typedef void (*WspCancellationFunc) (gpointer owner);

/* cancelled is called once, in a later dispatch, also if the cancellable is cancelled already.  The
 * owner keeps the reactor alive. */
WspCancellation *wsp_cancellation_new  (WspReactor         *reactor,
                                        GCancellable       *cancellable,
                                        WspCancellationFunc cancelled,
                                        gpointer            owner);
/* In the thread of the reactor; cancelled is not called any more. */
void             wsp_cancellation_free (WspCancellation *self);

G_END_DECLS
