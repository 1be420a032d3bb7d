/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Words for a source. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

const char *wsi_source_text_get_state (WsiSource *source);

G_END_DECLS
