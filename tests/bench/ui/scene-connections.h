/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The window serves clients of another process, each of which connects, sends one message and
 * closes.  The age of the last row of the list and of the sidebar, the time of the main thread for
 * each connection, and its memory. */
#pragma once

#include "scene-changes.h"

G_BEGIN_DECLS

/* n_kept: 0 = rate is that of connections; else that of messages on so many connections, which stay
 * open. */
void scene_measure_connections (Scene      *self,
                                const char *peers,
                                guint       rate,
                                guint       ms,
                                guint       n_kept,
                                SayFunc     say);

G_END_DECLS
