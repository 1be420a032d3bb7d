/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a pollable stream of a message is waited for with. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef gboolean (*WspStreamReadyFunc) (GObject *stream);

/* A source that is ready when is_ready says so.  It is asked before each poll of the main loop:
 * whatever changes the answer has happened in that loop, too. */
GSource *wsp_stream_source_new (GObject           *stream,
                                WspStreamReadyFunc is_ready,
                                GCancellable      *cancellable);

G_END_DECLS
