/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Searches: the CPU of counting the rows that a search finds. */
#pragma once

#include "scene-changes.h"

G_BEGIN_DECLS

void scene_measure_searches (Scene  *self,
                             SayFunc say);

G_END_DECLS
