/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Notes all rules that one frame breaks, not only the first. */
#pragma once

#include "observe/wsp-frame-record.h"

#include "core/frames/frame-header.h"

G_BEGIN_DECLS

void wsp_rules_note_header_faults (WspFrameRecord          *record,
                                   const WscFrameHeader    *header,
                                   const WscOptions        *options,
                                   const WscFrameAllowance *allowed);
/* Overwrites the payload. */
void wsp_rules_note_close_faults  (WspFrameRecord *record,
                                   guint8         *payload,
                                   gsize           length);

G_END_DECLS
