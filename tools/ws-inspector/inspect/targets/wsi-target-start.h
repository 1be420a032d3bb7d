/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes the source that a target asks for. */
#pragma once

#include "inspect/sources/wsi-session.h"
#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

/* Adds the source to the session, which starts it; the reference is the session's.  NULL: a field
 * is wrong, and nothing was added.  Later failures show in the state of the source. */
WsiSource *wsi_target_start (const WsiTarget *self,
                             WsiSession      *session,
                             WsiTargetField  *wrong,
                             GError         **error);
/* Another text for WSI_TARGET_LISTEN, once the start has failed with G_IO_ERROR_ADDRESS_IN_USE.
 * NULL: no port near is free. */
char      *wsi_target_dup_free_listen (const WsiTarget *self);

G_END_DECLS
