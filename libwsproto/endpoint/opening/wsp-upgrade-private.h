/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP half of an opening handshake, for client and server: heads, bodies, the last word. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/session/wsp-limits.h>

#include "core/handshake/http-head.h"
#include "endpoint/opening/wsp-body-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspUpgrade WspUpgrade;
typedef void (*WspUpgradeFunc) (WspUpgrade *upgrade,
                                gpointer    owner);

/* Takes over the transport and begins to read a head at once.  ready is called when what was asked
 * for is there or has failed, by the reactor or inside a call made in ready; the owner may free
 * the upgrade in it, and calls nothing after asking. */
WspUpgrade   *wsp_upgrade_new                 (WspReactor          *reactor,
                                               WspTransport        *transport,
                                               WscHeadKind          kind,
                                               const WscHeadLimits *limits,
                                               WspUpgradeFunc       ready,
                                               gpointer             owner);
void          wsp_upgrade_free                (WspUpgrade *self);
void          wsp_upgrade_set_deadline        (WspUpgrade *self,
                                               gint64      deadline);   /* then it fails with TIMED_OUT */
void          wsp_upgrade_write               (WspUpgrade   *self,
                                               gconstpointer data,
                                               gsize         length);
/* TRUE: all has left.  FALSE: ready is called when it has, or has failed. */
gboolean      wsp_upgrade_write_all           (WspUpgrade   *self,
                                               gconstpointer data,
                                               gsize         length);
/* What somebody else has read already; before anything is written. */
void          wsp_upgrade_put_back            (WspUpgrade *self,
                                               GBytes     *bytes);
void          wsp_upgrade_read_head           (WspUpgrade *self);       /* another one, after ready */
/* The body of a refusal, for as long and as far as the limits want it; an error only means that
 * there is no more of it. */
void          wsp_upgrade_read_refusal        (WspUpgrade *self,
                                               guint       status,
                                               WspHeaders *headers,
                                               WspLimits  *limits);
/* While the owner ponders: ready is called, with an error, when the peer goes or the time is over.
 * What the peer sends meanwhile is kept, up to one read. */
void          wsp_upgrade_watch_peer          (WspUpgrade *self);
void          wsp_upgrade_finish              (WspUpgrade *self);       /* all written, half-closed, drained */

const GError *wsp_upgrade_get_error           (WspUpgrade *self);
WscFault      wsp_upgrade_get_fault           (WspUpgrade *self);       /* the rule that the head breaks */
WscHttpHead  *wsp_upgrade_get_head            (WspUpgrade *self);       /* after ready without an error */
GBytes       *wsp_upgrade_dup_input           (WspUpgrade *self);       /* the head as it came */
gboolean      wsp_upgrade_has_remaining_input (WspUpgrade *self);
GBytes       *wsp_upgrade_dup_remaining_input (WspUpgrade *self);       /* what came behind it: frames, or a body */
GBytes       *wsp_upgrade_dup_body            (WspUpgrade *self);       /* as far as it came; NULL: none was read */
gint64        wsp_upgrade_get_time            (WspUpgrade *self);       /* when the head was complete */
/* What has come, each byte once: the head, or as much of it as there is, and with the next call
 * what is behind it.  What breaks a rule is one piece.  log NULL: there are no taps. */
void          wsp_upgrade_log_input           (WspUpgrade *self,
                                               WspHeadLog *log);
WspTransport *wsp_upgrade_get_transport       (WspUpgrade *self);
WspTransport *wsp_upgrade_steal_transport     (WspUpgrade *self);       /* then it can only be freed */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspUpgrade, wsp_upgrade_free)

G_END_DECLS
