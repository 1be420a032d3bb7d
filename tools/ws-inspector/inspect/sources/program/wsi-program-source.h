/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A program that uses libwsproto and lets inspectors attach (wsp_attach_enable ()): its connections
 * are watched, and nothing can be sent on them. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_PROGRAM_SOURCE (wsi_program_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiProgramSource, wsi_program_source, WSI, PROGRAM_SOURCE, WsiSource)

/* Makes a source in a thread of its own.  program: a PID or a name.  connections: numbers of those
 * that are watched, as in the log of the program; n 0: all. */
WsiProgramSource *wsi_program_source_new (WsiRecorder * recorder,
                                          const char    *program,
                                          const guint32 * connections,
                                          guint          n);

G_END_DECLS
