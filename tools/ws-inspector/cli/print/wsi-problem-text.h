/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The groups of problems, as lines of text or as objects. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "inspect/show/verdicts/wsi-problems.h"

G_BEGIN_DECLS

/* Prints nothing if there is no problem. */
void wsi_problem_text_print (WsiProblems *problems,
                             WsiListing  *listing);

G_END_DECLS
