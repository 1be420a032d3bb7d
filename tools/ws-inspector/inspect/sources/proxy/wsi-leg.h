/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One of the two connections of a proxy, with TLS or without.  Nothing here waits. */
#pragma once

#include "inspect/sources/proxy/wsi-poller.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_LEG_DONE,                 /* so many bytes */
  WSI_LEG_AGAIN,                /* nothing is possible now */
  WSI_LEG_ENDED,                /* the peer sends nothing more */
  WSI_LEG_BROKEN,               /* reset, or TLS has failed */
} WsiLegResult;

typedef struct _WsiLeg WsiLeg;

typedef void (*WsiLegFunc) (WsiLeg      *leg,
                            GIOCondition condition,
                            gpointer     user_data);

/* stream: a GSocketConnection, or a GTlsConnection after its handshake. */
WsiLeg      *wsi_leg_new   (GIOStream *stream,
                            WsiPoller *poller,
                            WsiLegFunc function,
                            gpointer   user_data);
/* Closes it. */
void         wsi_leg_free  (WsiLeg *self);
void         wsi_leg_wait  (WsiLeg      *self,
                            GIOCondition condition);
WsiLegResult wsi_leg_read  (WsiLeg *self,
                            guint8 *at,
                            gsize   size,
                            gsize  *n_read);
/* The rest of the bytes is written in a later call. */
WsiLegResult wsi_leg_write (WsiLeg       *self,
                            const guint8 *at,
                            gsize         length,
                            gsize        *n_written);
/* No more is written; the peer sees the end. */
void         wsi_leg_shut  (WsiLeg *self);
/* wsi_leg_free () then resets the connection. */
void         wsi_leg_set_reset (WsiLeg *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiLeg, wsi_leg_free)

G_END_DECLS
