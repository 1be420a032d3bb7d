/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Long messages that come through the proxy, are selected, and are shown in each view. */
#pragma once

#include "recording.h"
#include "scene-changes.h"
#include "traffic.h"

G_BEGIN_DECLS

void scene_measure_message (Scene   *self,
                            Traffic *traffic,
                            BigKind  kind,
                            gsize    length,
                            SayFunc  say);

G_END_DECLS
