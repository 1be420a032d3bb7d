/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts readers, so that memory is not freed while it is read.  Readers do not wait, and neither
 * does the writer: it asks whether all who may still see something have left. */
#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct
{
  atomic_uint generation;       /* generation of readers that begin now: 0 or 1 */
  atomic_uint n_inside[2];      /* readers of each generation */
  guint64     n_begun, n_ended; /* grace periods so far; only the writer uses the numbers */
  gboolean    is_turned;        /* the period that has begun is in its second half */
} WsiReaders;                   /* counts of readers; all zero: there are none */

guint    wsi_readers_begin      (WsiReaders *self);
void     wsi_readers_end        (WsiReaders *self,
                                 guint       reading);
/* A ticket for memory that was made unreachable just now. */
guint64  wsi_readers_get_ticket (const WsiReaders *self);
/* Whether the readers of a ticket have left; only the writer asks. */
gboolean wsi_readers_have_left  (WsiReaders *self,
                                 guint64     ticket);

G_END_DECLS
