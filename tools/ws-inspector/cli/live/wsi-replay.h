/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The messages and the headers that the client of a recorded connection has sent, to be sent once
 * more.  Headers are sent to the recorded server only; messages are sent to another server only if
 * the user says so (SEC-128). */
#pragma once

#include <libwsproto/wsproto.h>

#include "cli/table/wsi-options.h"
#include "inspect/compose/wsi-script.h"
#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

typedef struct _WsiReplay WsiReplay;

/* Reads the file of --replay. */
WsiReplay *wsi_replay_new  (const WsiOptions *options,
                            GError          **error);
void       wsi_replay_free (WsiReplay *self);
/* uri: NULL = the recorded URI. FALSE: the user refuses the URI, or the recorded URI cannot be
 * used. */
gboolean   wsi_replay_choose_uri (WsiReplay        *self,
                                  const WsiOptions *options,
                                  const char       *uri,
                                  GError          **error);
const WsiScript *wsi_replay_get_script (const WsiReplay *self);
/* Gives a target the URI, and what was recorded of the handshake where it has nothing: headers by
 * their names, subprotocols, the origin.  Hidden values are left out. */
void       wsi_replay_fill (const WsiReplay *self,
                            WsiTarget       *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiReplay, wsi_replay_free)

G_END_DECLS
