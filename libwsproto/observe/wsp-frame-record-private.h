/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "observe/wsp-frame-record.h"

G_BEGIN_DECLS

/* Notes a broken rule.  fault 0: no rule was broken. */
void wsp_frame_record_add_fault (WspFrameRecord *self,
                                 guint           fault);

G_END_DECLS
