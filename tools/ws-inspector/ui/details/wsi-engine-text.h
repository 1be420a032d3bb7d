/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences about the engines of a connection. */
#pragma once

#include <glib.h>

#include "inspect/show/engine/wsi-engine-state.h"

G_BEGIN_DECLS

/* The state of a connection, whose engine has no queues of operations. */
char *wsi_engine_text_print_state (const WsiEngineState *state,
                                   WspRole               role);
/* The state, queues and buffers of one session, in lines. */
char *wsi_engine_text_print_side  (const WsiEngineSide *side,
                                   WspRole              role);
char *wsi_engine_text_print_kept  (const WsiActions *actions);
/* A step as a line: "#88 0.123456 client: ..." */
char *wsi_engine_text_print_step  (const WsiAction *action,
                                   gint64           origin_us,
                                   gboolean         has_queues);

G_END_DECLS
