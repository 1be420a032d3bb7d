/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Observes the bytes of connections and makes records of them. */
#pragma once

#include "inspect/capture/wsi-conversation.h"
#include "inspect/capture/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_RECORDER (wsi_recorder_get_type ())

G_DECLARE_FINAL_TYPE (WsiRecorder, wsi_recorder, WSI, RECORDER, GObject)

WsiRecorder     *wsi_recorder_new (WsiStore * store,
                                   WspRole   role);
WspRole          wsi_recorder_get_role (WsiRecorder *self);
WsiConversation *wsi_recorder_get_for  (WsiRecorder *self,
                                        GObject     *source);

G_END_DECLS
