/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP part of an opening handshake, for client and server: reads heads and bodies, writes, and
 * closes. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/limits/wsp-limits.h>

#include "core/handshake/http-head.h"
#include "endpoint/opening/wsp-body-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspUpgrade WspUpgrade;

typedef enum                    /* what the end of the peer's input means */
{
  WSP_UPGRADE_PEER_END_FAILS,
  WSP_UPGRADE_PEER_END_IS_LATE, /* the peer may still read: it fails a moment later */
} WspUpgradePeerEnd;

typedef void (*WspUpgradeFunc) (WspUpgrade *upgrade,
                                gpointer    owner);

/* Takes the transport, and reads nothing until the owner calls a function that begins a step.
 * ready is called when the step is complete or has failed: by the reactor, or inside the call that
 * begins the step.  The owner may free the upgrade in ready, so the call that begins a step is the
 * owner's last one before ready. */
WspUpgrade   *wsp_upgrade_new                 (WspReactor          *reactor,
                                               WspTransport        *transport,
                                               WscHeadKind          kind,
                                               const WscHeadLimits *limits,
                                               WspUpgradeFunc       ready,
                                               gpointer             owner);
void          wsp_upgrade_free                (WspUpgrade *self);
/* Sets the deadline of the steps that begin from now on.  A step that is not complete at its
 * deadline fails with TIMED_OUT. */
void          wsp_upgrade_set_deadline        (WspUpgrade *self,
                                               gint64      deadline);
/* Sets how many milliseconds input is read for after a failed write; 0: up to the deadline. */
void          wsp_upgrade_set_close_timeout   (WspUpgrade *self,
                                               guint       timeout);
void          wsp_upgrade_write               (WspUpgrade   *self,
                                               gconstpointer data,
                                               gsize         length);
/* TRUE: everything is written.  FALSE: ready is called when everything is written, or when
 * writing has failed. */
gboolean      wsp_upgrade_write_all           (WspUpgrade   *self,
                                               gconstpointer data,
                                               gsize         length);
/* body: written after head, not copied; NULL: no body. */
void          wsp_upgrade_write_response      (WspUpgrade *self,
                                               GBytes     *head,
                                               GBytes     *body);
/* bytes: input that was already read from the stream; the next head begins with these bytes. */
void          wsp_upgrade_put_back            (WspUpgrade *self,
                                               GBytes     *bytes);
void          wsp_upgrade_read_head           (WspUpgrade *self);
/* begun is called when the first bytes of a head were received, and more are expected. */
void          wsp_upgrade_set_begun_func      (WspUpgrade    *self,
                                               WspUpgradeFunc begun);
/* While a head is read: reads what has arrived, without waiting for the reactor. */
void          wsp_upgrade_read_now            (WspUpgrade *self);
/* While a head or a body is read: reads all that has arrived.  TRUE: the step has ended, and ready
 * was called, which may have freed self. */
gboolean      wsp_upgrade_read_rest           (WspUpgrade *self);
/* Reads the body of a refusal, within refusal-timeout and max-refusal-body.  If there is an error,
 * the body is the part that was read before it. */
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
/* Writes all output before the deadline, half-closes, and drains until the peer has closed, a
 * second at most. */
void          wsp_upgrade_finish              (WspUpgrade *self,
                                               gint64      deadline);

const GError *wsp_upgrade_get_error           (WspUpgrade *self);
gboolean      wsp_upgrade_has_expired         (WspUpgrade *self);       /* returns whether the error
                                                                           is that of the
                                                                           deadline */
WscFault      wsp_upgrade_get_fault           (WspUpgrade *self);       /* the rule that the head breaks */
WscHttpHead  *wsp_upgrade_get_head            (WspUpgrade *self);       /* returns the head; valid
                                                                           after ready was called
                                                                           without an error */
GBytes       *wsp_upgrade_dup_input           (WspUpgrade *self);       /* the head as received */
GBytes       *wsp_upgrade_dup_remaining_input (WspUpgrade *self);       /* after the head: frames, or a body; NULL: none */
GBytes       *wsp_upgrade_dup_body            (WspUpgrade *self);       /* the part that was read; NULL: no body was read */
gint64        wsp_upgrade_get_time            (WspUpgrade *self);       /* returns the time at which the head was complete */
/* Logs the input, each byte once.  The first call after wsp_upgrade_read_head () logs the head, or
 * the part of the head that was read; the second call logs the bytes that were read after the head.
 * A head with a fault and the bytes after the fault are logged as one piece.  log NULL: there are
 * no taps. */
void          wsp_upgrade_log_input           (WspUpgrade *self,
                                               WspHeadLog *log);
WspTransport *wsp_upgrade_get_transport       (WspUpgrade *self);
WspTransport *wsp_upgrade_steal_transport     (WspUpgrade *self);       /* afterwards only free it */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspUpgrade, wsp_upgrade_free)

G_END_DECLS
