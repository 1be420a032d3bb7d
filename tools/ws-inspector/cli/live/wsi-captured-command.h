/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The program that wsinspect capture runs while it captures: with a private file for the keys of
 * its TLS, and a browser with a profile of its own.  Both are removed at the end. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_STATUS_OF_SIGNAL 128        /* of a program that a signal has ended, plus its number */

typedef struct _WsiCapturedCommand WsiCapturedCommand;

/* words: the program and its arguments.  NULL: there is no such program, or the file cannot be
 * made. */
WsiCapturedCommand *wsi_captured_command_new  (const char *const *words,
                                               GError           **error);
/* Ends the program, if it still runs. */
void                wsi_captured_command_free (WsiCapturedCommand *self);
/* The file in which the program writes the keys of its TLS. */
const char         *wsi_captured_command_get_key_log (const WsiCapturedCommand *self);
gboolean            wsi_captured_command_start  (WsiCapturedCommand *self,
                                                 GError            **error);
/* Waits for the end of the program. */
void                wsi_captured_command_wait_async  (WsiCapturedCommand *self,
                                                      GAsyncReadyCallback callback,
                                                      gpointer            user_data);
/* The status of the program; 128 + N: signal N has ended it. */
int                 wsi_captured_command_wait_finish (GAsyncResult *result);
/* Asks the program to end. */
void                wsi_captured_command_end    (WsiCapturedCommand *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiCapturedCommand, wsi_captured_command_free)

G_END_DECLS
