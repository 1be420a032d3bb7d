/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An example to learn from: a client and a server, without a network between them, that show
 * fragments, control frames, compression, a fault and how connections end.  Each row has a comment
 * that explains it. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_EXAMPLE_PACE 400    /* milliseconds between two steps */

#define WSI_TYPE_EXAMPLE (wsi_example_get_type ())

G_DECLARE_FINAL_TYPE (WsiExample, wsi_example, WSI, EXAMPLE, WsiSource)

/* Makes an example; the recorder is one of a client. */
WsiExample *wsi_example_new (WsiRecorder * recorder,
                             WsiPlace      place,
                             guint         pace);

G_END_DECLS
