/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Command lines for sh, which mean what they show: nothing in a value is expanded, and characters
 * that a terminal obeys instead of showing are left out. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GString   *line;
  GPtrArray *notes;             /* sentences about what the command leaves out (char *) */
} WsiShell;

void wsi_shell_init      (WsiShell *self);
void wsi_shell_clear     (WsiShell *self);
/* Adds a word of ours, which is not quoted. */
void wsi_shell_add_word  (WsiShell   *self,
                          const char *word);
/* prefix, such as "--origin=", and a value of the peer's, as one word.  what: what it is. */
void wsi_shell_add_value (WsiShell   *self,
                          const char *prefix,
                          const char *value,
                          const char *what);
void wsi_shell_add_note  (WsiShell   *self,
                          const char *format,
                          ...) G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiShell, wsi_shell_clear)

G_END_DECLS
