/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A pipe that is a WsiWaiting. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_TYPE_WAIT_STREAM (wsi_wait_stream_get_type ())

G_DECLARE_FINAL_TYPE (WsiWaitStream, wsi_wait_stream, WSI, WAIT_STREAM, GFilterInputStream)

/* Makes a stream that waits; one that never waits, such as a file, is returned unchanged. */
GInputStream *wsi_wait_stream_new (GInputStream * base);

G_END_DECLS
