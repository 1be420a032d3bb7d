/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A target in words: "Connect to wss://host/path". */
#pragma once

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

/* Without secrets. */
char *wsi_target_dup_words (const WsiTarget *self);

G_END_DECLS
