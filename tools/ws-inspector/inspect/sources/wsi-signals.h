/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Signals that ask the program to end: SIGINT (Ctrl+C), SIGTERM (kill), and SIGHUP, which comes
 * when the terminal is closed, and is left alone if it was ignored, as by nohup. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_N_SIGNALS 3

/* Signal handlers; zero-initialized: none is attached. */
typedef struct
{
  GSource *sources[WSI_N_SIGNALS];
} WsiSignals;

/* Lets function run in the context at each of these signals, until it returns G_SOURCE_REMOVE: then
 * the next signal of this kind ends the program. */
void wsi_signals_attach (WsiSignals   *self,
                         GMainContext *context,
                         GSourceFunc   function,
                         gpointer      user_data);
void wsi_signals_clear  (WsiSignals *self);

/* A GCancellable that such a signal cancels: reading ends, and the file that is being written is
 * completed. */
typedef struct _WsiInterrupt WsiInterrupt;

WsiInterrupt *wsi_interrupt_new             (void);
void          wsi_interrupt_free            (WsiInterrupt *self);
GCancellable *wsi_interrupt_get_cancellable (WsiInterrupt *self);

G_END_DECLS
