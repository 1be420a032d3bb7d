/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A ring for the records that wait to be sent, in bounded memory: where there is no room, the
 * oldest ones are dropped whole (SEC-134).  Each reader has a place of its own.  The caller has a
 * lock. */
#pragma once

#include <glib.h>

#include "attach/wsp-attach-format.h"

G_BEGIN_DECLS

#define WSP_ATTACH_RING_SIZE (512 * 1024)
#define WSP_ATTACH_MAX_READERS 4

typedef struct _WspAttachRing WspAttachRing;

typedef struct                  /* the ring changes it */
{
  guint64     place;            /* place of the next record */
  guint64     n_dropped;        /* number of wanted records that were dropped before that place */
  GHashTable *wanted;           /* numbers of connections; NULL = all */
} WspAttachReader;

typedef struct                  /* a part of a record */
{
  gconstpointer at;
  gsize         length;
} WspAttachPart;

/* NULL: no memory. */
WspAttachRing *wsp_attach_ring_new    (void);
void           wsp_attach_ring_free   (WspAttachRing *self);
/* The reader gets what is put from now on.  FALSE: there are too many readers. */
gboolean       wsp_attach_ring_enter  (WspAttachRing   *self,
                                       WspAttachReader *reader);
void           wsp_attach_ring_leave  (WspAttachRing   *self,
                                       WspAttachReader *reader);
/* Puts a record, which must not exceed WSP_ATTACH_MAX_RECORD. */
void           wsp_attach_ring_put    (WspAttachRing       *self,
                                       WspAttachKind        kind,
                                       guint32              connection,
                                       gint64               time_us,
                                       const WspAttachPart *parts,
                                       guint                n_parts);
/* Copies the wanted records that fit, whole.  Returns their bytes. */
gsize          wsp_attach_ring_take   (WspAttachRing   *self,
                                       WspAttachReader *reader,
                                       guint8          *to,
                                       gsize            room);
/* The bytes that the reader has not taken, wanted or not. */
gsize          wsp_attach_ring_get_behind (const WspAttachRing   *self,
                                           const WspAttachReader *reader);
/* An integer of a record. */
guint32        wsp_attach_load         (const guint8 *at);
/* Writes a record of a few bytes to memory, and returns its length. */
gsize          wsp_attach_record_write (guint8       *to,
                                        WspAttachKind kind,
                                        guint32       connection,
                                        gint64        time_us,
                                        gconstpointer payload,
                                        gsize         length);

G_END_DECLS
