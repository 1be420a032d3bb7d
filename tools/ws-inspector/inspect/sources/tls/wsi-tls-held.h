/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Items that a side has sent and that could not be read yet: bytes, gaps and the end, in order.
 * docs/rationales/captures.md has the reasons. */
#pragma once

#include "inspect/sources/packets/wsi-tcp-connection.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_TLS_HELD_BYTES,
  WSI_TLS_HELD_GAP,
  WSI_TLS_HELD_END,
} WsiTlsHeldKind;

typedef struct
{
  WsiTlsHeldKind kind;
  WsiTcpEnd      end;
  guint64        order;         /* order among the items of both sides */
  guint64        length;        /* bytes that are left, or missing in a gap */
  gint64         time_us;
} WsiTlsHeldItem;

typedef struct
{
  GArray     *items;            /* items that are held (WsiTlsHeldItem); NULL: none */
  guint       first;
  GByteArray *bytes;            /* bytes of all items; NULL: none */
  gsize       n_used;
} WsiTlsHeld;

void                  wsi_tls_held_clear (WsiTlsHeld *self);
/* Adds an item.  at: its bytes, unless it is a gap or an end. */
void                  wsi_tls_held_add   (WsiTlsHeld           *self,
                                          const WsiTlsHeldItem *item,
                                          const guint8         *at);
/* The first item.  NULL: there is none. */
const WsiTlsHeldItem *wsi_tls_held_peek  (const WsiTlsHeld *self);
/* The bytes of the first item. */
const guint8         *wsi_tls_held_get_bytes (const WsiTlsHeld *self);
/* Takes so many bytes of the first item; with all of them, it is removed. */
void                  wsi_tls_held_use   (WsiTlsHeld *self,
                                          gsize       length);
/* Removes the first item, a gap or an end. */
void                  wsi_tls_held_drop  (WsiTlsHeld *self);
/* Bytes of memory that the items take. */
gsize                 wsi_tls_held_get_cost (const WsiTlsHeld *self);

G_END_DECLS
