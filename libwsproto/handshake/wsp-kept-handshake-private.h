/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake of a connection as one block of bytes, which the connection keeps while
 * its WspHandshake was not asked for: an equal WspHandshake can be made from the block. */
#pragma once

#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/session/wsp-session.h>

#include "core/handshake/header-fields.h"

typedef struct _WspKeptHandshake WspKeptHandshake;

typedef struct                  /* a request that a server has accepted without a WspHandshake */
{
  WscBytes           target;
  WscFields          fields;
  WspDeflateOptions *deflate;   /* settings of permessage-deflate; NULL: off */
  GQuark             route;
  gconstpointer      address;   /* address of the peer, as a struct sockaddr */
  gsize              address_length;
} WspAcceptedRequest;

/* NULL: handshake itself must be kept, because code of the program has a reference to it or has
 * attached data, or because it is not that of an open connection. */
WspKeptHandshake *wsp_kept_handshake_new             (WspHandshake *handshake);
WspKeptHandshake *wsp_kept_handshake_new_for_request (const WspAcceptedRequest *request);
/* session, uri: of the connection; uri is NULL on a server.  The caller records the certificate of
 * the peer. */
WspHandshake     *wsp_kept_handshake_make            (WspKeptHandshake *self,
                                                      WspSession       *session,
                                                      const char       *uri);
GQuark            wsp_kept_handshake_get_route       (const WspKeptHandshake *self);
void              wsp_kept_handshake_free            (WspKeptHandshake *self);
