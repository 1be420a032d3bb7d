/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls of WspServer and WspClient to a handshake.  WspServer has checked the request with its
 * own limits, and ends the handshake when it is too late for a decision. */
#pragma once

#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/limits/wsp-deflate-options.h>
#include <libwsproto/session/wsp-session.h>

#include "base/wsp-error-private.h"   /* what is wrong with a head */
#include "base/wsp-peer-certificate-private.h"
#include "core/handshake/server-handshake.h"
#include "http/wsp-uri-private.h"

#define WSP_NATIVE_ADDRESS_SIZE 28      /* bytes of the struct sockaddr of an IPv6 address */

typedef struct                  /* its pointers are valid as long as the handshake is not changed */
{
  const char  *subprotocol;     /* selected subprotocol; NULL: none */
  guint        status;          /* status of the decision; 0 = not decided */
  gboolean     is_ended;
  WspHeaders  *headers;         /* headers that the program has set for the response; NULL: none */
  GBytes      *body;
} WspHandshakeView;

typedef struct                  /* functions of the owner, called in its thread */
{
  /* accept () or reject () was called, on a client reject () alone, or respond () of its
   * WspHttpRequest.  The owner calls wsp_handshake_notify_status () later. */
  void        (*decided)(WspHandshake *handshake,
                         gpointer      owner);
  /* accept () was called without a subprotocol: returns the subprotocol to select; NULL: none. */
  const char *(*choose)(const char * const *offered,
                        gpointer            owner);
  /* Whether the owner serves the path of the request: accept () obeys it. */
  gboolean    (*serves)(WspHandshake *self,
                        gpointer      owner);
  /* proceed () was called: the request is undecided and no longer deferred, as if its handler had
   * returned TRUE. */
  void (*proceeded)(WspHandshake *self,
                    gpointer      owner);
} WspHandshakeFuncs;            /* a client's has no choose and no serves */

/* Creates a handshake for a request that has passed all checks, or was refused.  head: the head,
 * which is parsed again when a property of the request is read; if it is not complete or breaks a
 * rule, the lines before count.  funcs: NULL for none. */
WspHandshake    *wsp_handshake_new_checked  (GBytes                  *head,
                                             const WspHandshakeFuncs *funcs,
                                             gpointer                 owner);
/* Sets the peer's address from a struct sockaddr; the GSocketAddress is created when it is read. */
void             wsp_handshake_set_native_address (WspHandshake *self,
                                                   gconstpointer address,
                                                   gsize         length);
void             wsp_handshake_notify_status (WspHandshake *self);
/* A client's handshake can be deferred and rejected until wsp_handshake_end_preparing ().  Forgets
 * the decision and the response of an earlier call, and notifies.  If it is prepared for another
 * owner, this and the calls with this owner do nothing.  Runs code of the program. */
void             wsp_handshake_begin_preparing (WspHandshake            *self,
                                                const WspHandshakeFuncs *funcs,
                                                gpointer                 owner);
gboolean         wsp_handshake_is_deferred_for (WspHandshake *self,
                                                gpointer      owner);
void             wsp_handshake_end_preparing   (WspHandshake *self,
                                                gpointer      owner);
/* The call has failed: without a decision the handshake is abandoned. */
void             wsp_handshake_abandon_preparing (WspHandshake *self,
                                                  gpointer      owner);
WspHandshakeView wsp_handshake_view        (WspHandshake *self);
/* Returns whether the request is not decided and not deferred, and the handshake has not ended. */
gboolean         wsp_handshake_is_unhandled (WspHandshake *self);
/* Accepts a request that no handler has decided.  Calls neither decided nor notify. */
void             wsp_handshake_accept_by_default     (WspHandshake *self,
                                                      const char   *subprotocol);
/* Opens session as the program decided, and appends the header fields of the response to text.
 * An undecided request counts as accepted. */
gboolean         wsp_handshake_open        (WspHandshake *self,
                                            WspSession   *session,
                                            GString      *text,
                                            GError      **error);
/* Does the same as wsp_handshake_open (), without a WspHandshake.  custom: header fields set by the
 * program, may be NULL. */
gboolean         wsp_handshake_open_session (WspSession *session,
                                             const char *subprotocol,
                                             WspHeaders *custom,
                                             WscFields   request,
                                             GString    *text,
                                             GError    **error);
/* The elements of Sec-WebSocket-Protocol, up to the first that is not a token. */
char           **wsp_handshake_list_protocols (WscFields request);
/* Returns the URI with the credentials, which the property uri lacks; NULL on a server. */
const WspUri    *wsp_handshake_peek_uri    (WspHandshake *self);
WspDeflateOptions *wsp_handshake_peek_deflate (WspHandshake *self);
/* Sets the deflate options, until the request is decided. */
void             wsp_handshake_change_deflate (WspHandshake      *self,
                                               WspDeflateOptions *deflate);
/* Sets the deflate options of a client, unless the program has set others, or NULL. */
void             wsp_handshake_offer_deflate (WspHandshake      *self,
                                              WspDeflateOptions *deflate);
/* The deflate options of a server's response, with the values of the first call: the session and
 * all copies of the response agree.  NULL: messages are not compressed. */
WspDeflateOptions *wsp_handshake_use_deflate (WspHandshake *self);
/* The record functions set what was received or done.  A changed status notifies. */
void             wsp_handshake_record_response    (WspHandshake *self,
                                                   guint         status,
                                                   WspHeaders   *headers);
/* body: of a refusal; a client has cut it at max-refusal-body.  NULL: none. */
void             wsp_handshake_record_body        (WspHandshake *self,
                                                   GBytes       *body);
void             wsp_handshake_record_subprotocol (WspHandshake *self,
                                                   const char   *subprotocol);
/* route: 0 = none. */
void             wsp_handshake_record_route       (WspHandshake *self,
                                                   GQuark        route);
GQuark           wsp_handshake_peek_route         (WspHandshake *self);
void             wsp_handshake_record_address     (WspHandshake   *self,
                                                   GSocketAddress *address);
void             wsp_handshake_record_peer_certificate (WspHandshake        *self,
                                                        WspPeerCertificate  *certificate,
                                                        GTlsCertificateFlags errors);
/* Clears the times of later steps, which are those of an earlier request. */
void             wsp_handshake_record_time        (WspHandshake    *self,
                                                   WspHandshakeStep step,
                                                   gint64           time_us);
/* The address that the program has set; NULL: none. */
GSocketAddress  *wsp_handshake_peek_local_address (WspHandshake *self);
/* The head of the request, written again.  A client's has the fields that were sent. */
GBytes          *wsp_handshake_dup_head    (WspHandshake *self);
/* The head of a response that has accepted the request, written again. */
GBytes          *wsp_handshake_dup_accepting_head (WspHandshake *self);
/* Returns whether a server may decide about the request: it was made by the program, asks for a
 * WebSocket and is undecided. */
gboolean         wsp_handshake_may_check   (WspHandshake *self,
                                            GError      **error);
/* The response that was sent, whatever was decided before; status 0: none.  headers, body: those of
 * the refusal; NULL: none.  TRUE: the status has changed, and the caller notifies. */
gboolean         wsp_handshake_record_sent (WspHandshake *self,
                                            guint         status,
                                            WspHeaders   *headers,
                                            GBytes       *body);
/* Decides as wsp_server_process_handshake () has found.  Notifies. */
void             wsp_handshake_record_check   (WspHandshake      *self,
                                               const char        *subprotocol,
                                               WspDeflateOptions *deflate);
void             wsp_handshake_record_refusal (WspHandshake *self,
                                               guint         status,
                                               WspHeaders   *headers,
                                               GBytes       *body);
/* FALSE: it came by a listener, or a connection was made of it before. */
gboolean         wsp_handshake_may_adopt   (WspHandshake *self,
                                            GError      **error);
/* The deflate options that the response agreed to; NULL: none, or the program has not asked for the
 * fields of the response. */
WspDeflateOptions *wsp_handshake_peek_agreed_deflate (WspHandshake *self);
/* After this call accept () fails and reject () does nothing; funcs are not called any more. */
void             wsp_handshake_end         (WspHandshake *self);
/* As wsp_handshake_end (): a request without a decision is abandoned. */
void             wsp_handshake_end_request (WspHandshake *self);
/* TRUE at the first call after the request has ended without a decision: the caller cancels the
 * cancellable. */
gboolean         wsp_handshake_take_abandoned (WspHandshake *self);
/* Cancels it.  Runs code of the program. */
void             wsp_handshake_cancel      (WspHandshake *self);
