/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The one way from a target to its source, for the window and for wsinspect. */
#pragma once

#include "inspect/sources/wsi-session.h"
#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

/* The lane in which a source of the target records, if it has a thread. */
WsiLaneOptions wsi_target_get_lane (const WsiTarget *self);
/* Makes a source that is not started, so that signals can be connected first.  A server and a proxy
 * listen.  The target is none of files; recorder NULL: nothing is recorded, without a
 * thread.  NULL: a field is wrong. */
WsiSource *wsi_target_make_source (const WsiTarget *self,
                                   WsiRecorder     *recorder,
                                   WsiPlace         place,
                                   WsiTargetField  *wrong,
                                   GError         **error);
/* Checks the target, and adds its source to the session, which starts it; the reference is the
 * session's.  NULL: a field is wrong, and nothing was added.  Later failures show in the state of
 * the source. */
WsiSource *wsi_target_start (const WsiTarget *self,
                             WsiSession      *session,
                             WsiTargetField  *wrong,
                             GError         **error);
/* The target that the source was made of; NULL: it is one of files, or was made without one. */
const WsiTarget *wsi_target_find (WsiSource *source);
/* Another text for WSI_TARGET_LISTEN, once the start has failed with
 * G_IO_ERROR_ADDRESS_IN_USE.  NULL: no port near is free. */
char      *wsi_target_dup_free_listen (const WsiTarget *self);

G_END_DECLS
