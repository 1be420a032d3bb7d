/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The queue for connecting: one connect at a time to each host, and a limited number to all
 * (RFC 6455 4.1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_MAX_CONNECT_PERMITS 30      /* the maximum number of connects of a client at the same time */

typedef struct _WspConnectQueue WspConnectQueue;
typedef struct _WspConnectPermit WspConnectPermit;
typedef void (*WspConnectPermitFunc) (WspConnectPermit *permit);

typedef enum
{
  WSP_CONNECT_PERMIT_NONE,
  WSP_CONNECT_PERMIT_QUEUED,
  WSP_CONNECT_PERMIT_GRANTED,
} WspConnectPermitState;

struct _WspConnectPermit        /* lives inside its owner; all zero: NONE */
{
  char                 *host;
  WspConnectPermitState state;
  WspConnectPermitFunc  granted;
  GList                 link;
};

WspConnectQueue      *wsp_connect_queue_new     (void);
void                  wsp_connect_queue_free    (WspConnectQueue *self);        /* call it when no permit is queued or granted */
/* QUEUED: granted is called inside the release of another permit. */
WspConnectPermitState wsp_connect_queue_acquire (WspConnectQueue     *self,
                                                 WspConnectPermit    *permit,
                                                 const char          *host,
                                                 WspConnectPermitFunc granted);
/* Releases a granted permit, or withdraws a queued permit, and grants the next permits. */
void                  wsp_connect_queue_release (WspConnectQueue  *self,
                                                 WspConnectPermit *permit);

G_END_DECLS
