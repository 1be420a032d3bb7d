/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A recorded store for the tests of filters. */
#pragma once

#include "inspect/store/wsi-store.h"

WsiStore *filter_scene_new  (void);
void      filter_scene_dump (WsiStore *store);
