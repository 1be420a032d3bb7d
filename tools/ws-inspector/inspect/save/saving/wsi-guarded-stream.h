/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A stream that can be cancelled from outside: exporters write without a cancellable of theirs. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_TYPE_GUARDED_STREAM (wsi_guarded_stream_get_type ())

G_DECLARE_FINAL_TYPE (WsiGuardedStream, wsi_guarded_stream, WSI, GUARDED_STREAM,
                      GFilterOutputStream)

/* Makes a stream that leaves its base stream open. */
GOutputStream *wsi_guarded_stream_new (GOutputStream * base,
                                       GCancellable * cancellable);

G_END_DECLS
