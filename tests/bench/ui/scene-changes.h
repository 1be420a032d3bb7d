/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows that change all at once: a filter, messages for frames, another format of the times. */
#pragma once

#include "scene.h"

G_BEGIN_DECLS

typedef void (*SayFunc) (const char *name,
                         double      figure);

/* A bare list gets its model anew. */
void scene_measure_changes (Scene  *self,
                            SayFunc say);

G_END_DECLS
