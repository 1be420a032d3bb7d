/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of a process that we have started. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_PROCESS_PATIENCE_US (2 * G_USEC_PER_SEC)    /* time until a process is killed */

/* Asks the process to end, waits for a while, and kills it: a browser writes its profile before it
 * ends. */
void wsi_process_end (GSubprocess *process);

G_END_DECLS
