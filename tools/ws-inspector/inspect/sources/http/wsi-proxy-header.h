/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The header of HAProxy's PROXY protocol, version 1 or 2, with which a load balancer tells whose
 * connection it passes on. */
#pragma once

#include "inspect/sources/packets/wsi-packet.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_PROXY_HEADER_NONE,        /* no PROXY header: the bytes begin with something else */
  WSI_PROXY_HEADER_MORE,        /* more bytes are needed */
  WSI_PROXY_HEADER_READ,
} WsiProxyHeader;

/* used: the length of a header that was read.  client: whose connection it is; family 0: the header
 * does not say. */
WsiProxyHeader wsi_proxy_header_read (const guint8 *at,
                                      gsize         length,
                                      gsize        *used,
                                      WsiEndpoint  *client);

G_END_DECLS
