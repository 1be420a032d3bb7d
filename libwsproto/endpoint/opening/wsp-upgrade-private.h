/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP part of an opening handshake, for client and server: reads heads and bodies, writes, and
 * closes. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/session/wsp-limits.h>

#include "core/handshake/http-head.h"
#include "endpoint/opening/wsp-body-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspUpgrade WspUpgrade;

typedef enum                    /* what it means that the peer's stream of bytes ends */
{
  WSP_UPGRADE_PEER_END_FAILS,
  WSP_UPGRADE_PEER_END_IS_FINE, /* the peer may still read, as far as is known */
} WspUpgradePeerEnd;

typedef void (*WspUpgradeFunc) (WspUpgrade *upgrade,
                                gpointer    owner);

/* Takes the transport; nothing is read before a step is asked for.  ready is called when the step
 * is complete or has failed, by the reactor or inside the call that asks for the step.  The owner
 * may free the upgrade in it, and calls nothing else after it has asked for a step. */
WspUpgrade   *wsp_upgrade_new                 (WspReactor          *reactor,
                                               WspTransport        *transport,
                                               WscHeadKind          kind,
                                               const WscHeadLimits *limits,
                                               WspUpgradeFunc       ready,
                                               gpointer             owner);
void          wsp_upgrade_free                (WspUpgrade *self);
/* Sets the deadline of the steps that begin from now on, which then fail with TIMED_OUT. */
void          wsp_upgrade_set_deadline        (WspUpgrade *self,
                                               gint64      deadline);
void          wsp_upgrade_write               (WspUpgrade   *self,
                                               gconstpointer data,
                                               gsize         length);
/* TRUE: everything is written.  FALSE: ready is called when everything is written, or when
 * writing has failed. */
gboolean      wsp_upgrade_write_all           (WspUpgrade   *self,
                                               gconstpointer data,
                                               gsize         length);
/* body: written after the data and not copied; NULL: none. */
void          wsp_upgrade_write_response      (WspUpgrade *self,
                                               GBytes     *head,
                                               GBytes     *body);
/* Input that was already read from the stream; the next head begins with it. */
void          wsp_upgrade_put_back            (WspUpgrade *self,
                                               GBytes     *bytes);
void          wsp_upgrade_read_head           (WspUpgrade *self);
/* The body of a refusal, within refusal-timeout and max-refusal-body; an error only ends the
 * body. */
void          wsp_upgrade_read_refusal        (WspUpgrade *self,
                                               guint       status,
                                               WspHeaders *headers,
                                               WspLimits  *limits);
/* While the owner has not decided: ready is called, with an error, when the peer closes or the
 * deadline passes.  Input is kept, one read at most. */
void          wsp_upgrade_watch_peer          (WspUpgrade       *self,
                                               WspUpgradePeerEnd end);
/* The deadline no longer counts for the present step. */
void          wsp_upgrade_unset_timer         (WspUpgrade *self);
/* Writes all within write_time microseconds, half-closes, and drains until the peer has closed, a
 * second at most. */
void          wsp_upgrade_finish              (WspUpgrade *self,
                                               gint64      write_time);

const GError *wsp_upgrade_get_error           (WspUpgrade *self);
gboolean      wsp_upgrade_has_expired         (WspUpgrade *self);       /* the error is that of the deadline */
WscFault      wsp_upgrade_get_fault           (WspUpgrade *self);       /* the rule that the head breaks */
WscHttpHead  *wsp_upgrade_get_head            (WspUpgrade *self);       /* after ready without an error */
GBytes       *wsp_upgrade_dup_input           (WspUpgrade *self);       /* the head as received */
GBytes       *wsp_upgrade_dup_remaining_input (WspUpgrade *self);       /* after the head: frames, or a body; NULL: none */
GBytes       *wsp_upgrade_dup_body            (WspUpgrade *self);       /* what was read of it; NULL: no body was asked for */
gint64        wsp_upgrade_get_time            (WspUpgrade *self);       /* when the head was complete */
/* Logs the input, each byte once: first the head, or what was read of it; with the next call what
 * was read after it.  A faulty head and what follows are one piece.  log NULL: there are no
 * taps. */
void          wsp_upgrade_log_input           (WspUpgrade *self,
                                               WspHeadLog *log);
WspTransport *wsp_upgrade_get_transport       (WspUpgrade *self);
WspTransport *wsp_upgrade_steal_transport     (WspUpgrade *self);       /* afterwards only free it */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspUpgrade, wsp_upgrade_free)

G_END_DECLS
