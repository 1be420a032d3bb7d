/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The program that is started for a capture: with a private file for the keys of its TLS, and a
 * browser with a profile of its own.  Both are removed at the end.  docs/rationales/captures.md has
 * the reasons. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_STATUS_OF_SIGNAL 128        /* status of a program ended by signal N, minus N */

typedef struct _WsiStartedProgram WsiStartedProgram;

/* words: the program and its arguments.  NULL: there is no such program, or the file cannot be
 * made. */
WsiStartedProgram *wsi_started_program_new  (const char *const *words,
                                             GError           **error);
/* Ends the program, if it still runs. */
void               wsi_started_program_free (WsiStartedProgram *self);
/* Whether there is such a program. */
gboolean           wsi_started_program_check (const char *const *words,
                                              GError           **error);
/* The name of the Firefox that is installed, or the usual one. */
const char        *wsi_started_program_find_firefox (void);
/* The file in which the program writes the keys of its TLS. */
const char        *wsi_started_program_get_key_log (const WsiStartedProgram *self);
/* The name of its script, or of the program without its folder. */
char              *wsi_started_program_dup_title (const WsiStartedProgram *self);
gboolean           wsi_started_program_start (WsiStartedProgram *self,
                                              GError           **error);
/* Whether the program was started, and has ended. */
gboolean           wsi_started_program_has_ended (const WsiStartedProgram *self);
/* The status of a program that has ended; 128 + N: signal N has ended it. */
int                wsi_started_program_get_status (const WsiStartedProgram *self);
/* Whether processes that it has started go on without it, which is known on Linux only: not those
 * of a program that was asked to end. */
gboolean           wsi_started_program_has_left (const WsiStartedProgram *self);
/* Asks the program to end; what it leaves is then ended by wsi_started_program_free (), too. */
void               wsi_started_program_end   (WsiStartedProgram *self);
void               wsi_started_program_kill  (WsiStartedProgram *self);
/* Does the part of wsi_started_program_free () outside of this process, for a process that ends at
 * once. */
void               wsi_started_program_clean (WsiStartedProgram *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiStartedProgram, wsi_started_program_free)

G_END_DECLS
