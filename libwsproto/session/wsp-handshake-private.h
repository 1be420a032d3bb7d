/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a server of ours does with a handshake, beside what any program can: it has judged the
 * request by limits of its own, and it knows when nobody waits for a decision any more. */
#pragma once

#include <libwsproto/session/wsp-deflate-options.h>
#include <libwsproto/session/wsp-handshake.h>
#include <libwsproto/session/wsp-session.h>

#include "core/handshake/server-handshake.h"
#include "session/wsp-uri-private.h"
#include "session/wsp-session-error-private.h"   /* what is wrong with a head */

#define WSP_NATIVE_ADDRESS_SIZE 28      /* of an IPv6 address */

typedef struct                  /* nothing of it is owned */
{
  const char  *subprotocol;     /* the one that was chosen */
  char       **offered;
  guint        status;          /* 0 = not decided */
  gboolean     is_deferred;
  gboolean     is_ended;
  WspHeaders  *headers;         /* of the answer, as the program gave them; may be NULL */
  GBytes      *body;
} WspHandshakeView;

typedef void (*WspHandshakeFunc) (WspHandshake *handshake,
                                  gpointer      owner);

/* For a request that keeps every rule.  head: all of it, which is read again if somebody wants to
 * see what is in it.  decided is called by a decision, inside the call. */
WspHandshake    *wsp_handshake_new_checked  (GBytes          *head,
                                             WspHandshakeFunc decided,
                                             gpointer         owner);
/* Of the peer, in the words of the system; an object is made of it when it is asked for. */
void             wsp_handshake_set_native_address (WspHandshake *self,
                                                   gconstpointer address,
                                                   gsize         length);
WspHandshakeView wsp_handshake_view        (WspHandshake *self);
/* Neither decided, nor deferred, nor too late. */
gboolean         wsp_handshake_is_unhandled (WspHandshake *self);
/* Accepts on behalf of a program that is not asked. */
void             wsp_handshake_accept_by_default     (WspHandshake *self,
                                                      const char   *subprotocol);
/* Opens session the way that was decided, and appends the fields of the answer to text.  Without a
 * decision the request counts as accepted. */
gboolean         wsp_handshake_open        (WspHandshake *self,
                                            WspSession   *session,
                                            GString      *text,
                                            GError      **error);
/* The same for a request that nobody has made an object of.  custom: of the program, may be NULL. */
gboolean         wsp_handshake_open_session (WspSession *session,
                                             const char *subprotocol,
                                             WspHeaders *custom,
                                             WscFields   request,
                                             GString    *text,
                                             GError    **error);
/* The elements of Sec-WebSocket-Protocol, as far as it is a list of tokens. */
char           **wsp_handshake_list_protocols (WscFields request);
/* With the login that the property does not show; NULL on a server. */
const WspUri    *wsp_handshake_peek_uri    (WspHandshake *self);
/* NULL: messages are not compressed. */
const WspDeflateOptions *wsp_handshake_peek_compression (WspHandshake *self);
/* A decision comes too late from now on, and nobody is told of it. */
void             wsp_handshake_end         (WspHandshake *self);

/* A session of the pool, as if it were new: a server with auto-close.  compression may be NULL. */
WspSession      *wsp_session_pool_take     (WspLimits               *limits,
                                            const WspDeflateOptions *compression);
