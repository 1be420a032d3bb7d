/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Compares filters as the parser has read them: texts with one meaning give equal trees. */
#pragma once

#include "inspect/filter/grammar/wsi-node.h"

gboolean filter_tree_is_equal (const WsiNode *self,
                               const WsiNode *other);
