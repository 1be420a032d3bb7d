/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A recorded store for the tests of filters. */
#pragma once

#include "inspect/filter/wsi-filter.h"

WsiStore *filter_scene_new   (void);
void      filter_scene_dump  (WsiStore *store);
/* How many rows of any store the filter finds. */
guint64   filter_scene_count (WsiStore   *store,
                              const char *text);
/* One record of any store, without what other records have taught a matcher. */
gboolean  filter_scene_match (WsiFilter *filter,
                              WsiStore  *store,
                              guint64    number);
