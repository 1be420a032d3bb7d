/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session file with many frames, and messages that are hard to show. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BIG_LINE,                     /* a text in one long line */
  BIG_JSON,                     /* a JSON document in one line */
  BIG_COMBINING,                /* one letter and its combining marks */
  BIG_BINARY,
  N_BIG,
} BigKind;

const char *big_get_name   (BigKind kind);
guint       big_get_opcode (BigKind kind);
GBytes     *big_make       (BigKind kind,
                            gsize   length);
/* Number i of the frames is a JSON text with this number. */
void        recording_make (const char *path,
                            guint       n_frames);

G_END_DECLS
