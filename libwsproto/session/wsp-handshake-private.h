/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a server of ours does with a handshake, beside what any program can: it has judged the
 * request by limits of its own, and it knows when nobody waits for a decision any more. */
#pragma once

#include <libwsproto/session/wsp-deflate-options.h>
#include <libwsproto/session/wsp-handshake.h>
#include <libwsproto/session/wsp-session.h>

#include "core/handshake/server-handshake.h"

typedef struct                  /* nothing of it is owned */
{
  const char  *origin, *host;   /* NULL: not in the request */
  const char  *subprotocol;     /* the one that was chosen */
  char       **offered;
  guint        status;          /* 0 = not decided */
  gboolean     is_ended;
  WspHeaders  *headers;         /* of the answer, as the program gave them; may be NULL */
  GBytes      *body;
} WspHandshakeView;

/* For a request that keeps every rule; its target is one of those that can be parsed. */
WspHandshake     *wsp_handshake_new_judged (WscBytes    target,
                                            WspHeaders *headers);
WspHandshakeView  wsp_handshake_view       (WspHandshake *self);
/* Opens session the way that was decided; the headers of the answer stay with the handshake.
 * Without a decision the request counts as accepted. */
WspHeaders       *wsp_handshake_open       (WspHandshake *self,
                                            WspSession   *session,
                                            GError      **error);       /* borrowed */
/* NULL: messages are not compressed. */
const WspDeflateOptions *wsp_handshake_peek_compression (WspHandshake *self);
/* A decision comes too late from now on. */
void              wsp_handshake_end        (WspHandshake *self);
