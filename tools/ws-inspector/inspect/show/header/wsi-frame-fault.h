/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which field of a frame breaks a rule. */
#pragma once

#include "inspect/show/header/wsi-frame-layout.h"

G_BEGIN_DECLS

/* The field that breaks a rule.  -1: the rule is about no field of the frame alone. */
int wsi_frame_layout_find_fault (const WsiFrameLayout *self,
                                 guint                 fault);

G_END_DECLS
