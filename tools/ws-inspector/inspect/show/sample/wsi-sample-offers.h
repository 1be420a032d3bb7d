/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a filter may go on at a place, by what was recorded: paths and values of a sample. */
#pragma once

#include "inspect/filter/grammar/wsi-completion.h"
#include "inspect/show/sample/wsi-sample.h"

G_BEGIN_DECLS

/* Adds at most max of them to the list of wsi_completion_list (), those that were seen most often
 * first. */
void wsi_sample_add_offers (WsiSample                *self,
                            const WsiCompletionPlace *place,
                            guint                     max,
                            GArray                   *list);

G_END_DECLS
