/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connections of a program that we are attached to: its records in, a recorder's calls out. */
#pragma once

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/program/wsi-program-record.h"

G_BEGIN_DECLS

typedef struct _WsiProgramConnections WsiProgramConnections;

typedef struct
{
  /* Asks the program for all positions, because records were lost. */
  void (*ask)(gpointer data);
  /* Is called when the program has reported the connections whose threads answer. */
  void (*shown)(gpointer data);
} WsiProgramFuncs;

/* wanted: numbers of the connections that were asked for; none = all. */
WsiProgramConnections *wsi_program_connections_new  (WsiRecorder           *recorder,
                                                     const guint32         *wanted,
                                                     guint                  n_wanted,
                                                     const WsiProgramFuncs *funcs,
                                                     gpointer               data);
/* Frees the connections, and closes the open ones. */
void                   wsi_program_connections_free (WsiProgramConnections *self,
                                                     const WsiSentence     *sentence);
/* The number of connections that are open, or were asked for, and were not reported. */
guint                  wsi_program_connections_get_n_silent (const WsiProgramConnections *self);
/* Takes a record after the hello.  FALSE: it is damaged. */
gboolean               wsi_program_connections_take (WsiProgramConnections  *self,
                                                     const WsiProgramRecord *record,
                                                     GError                **error);

G_END_DECLS
