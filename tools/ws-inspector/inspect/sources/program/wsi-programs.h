/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The programs of this user that let inspectors attach. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_PROGRAM_READY,
  WSI_PROGRAM_SILENT,           /* the program has not said hello yet: it is stopped, or very
                                 * busy */
  WSI_PROGRAM_FULL,             /* the program serves as many inspectors as it can */
  WSI_PROGRAM_OTHER_VERSION,    /* the program has another version of the protocol */
} WsiProgramState;

typedef struct
{
  guint           pid;
  char           *name;         /* name of the program, never NULL */
  char           *title;        /* title of the program for the screen, never NULL */
  char           *library;      /* name of the library with its version; NULL: not known */
  guint           n_connections;
  WsiProgramState state;
} WsiProgram;

/* Sorted by name.  Takes at most half a second.  Sockets of programs that have ended are removed.
 * NULL: the folder is not to be trusted; without a folder there is no program. */
GPtrArray *wsi_programs_list    (GError **error);
/* Finds what a user names: a PID, or a name that one of the programs has.  0: an error. */
guint      wsi_programs_find    (const char *text,
                                 GError    **error);
/* Whether it may be a PID or the name of a program; looks for none. */
gboolean   wsi_programs_check   (const char *text,
                                 GError    **error);
/* Returns a connected descriptor that does not block, or -1. */
int        wsi_program_connect  (guint    pid,
                                 GError **error);
void       wsi_program_free     (WsiProgram *self);
/* Describes a program in one line: why it cannot be watched, or its connections. */
char      *wsi_program_describe (const WsiProgram *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiProgram, wsi_program_free)

G_END_DECLS
