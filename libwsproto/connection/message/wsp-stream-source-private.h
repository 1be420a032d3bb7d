/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The source with which a program waits for a pollable stream of a message. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef gboolean (*WspStreamReadyFunc) (GObject *stream);

/* Makes a source that is ready while is_ready returns TRUE.  The source calls is_ready before and
 * after each poll of the main loop, because the result changes only in that loop. */
GSource *wsp_stream_source_new (GObject           *stream,
                                WspStreamReadyFunc is_ready,
                                GCancellable      *cancellable);

G_END_DECLS
