/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Results of asynchronous calls that are not used any more, for the next calls of a main context: a
 * new object costs more than the call. */
#pragma once

#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

#define WSP_MAX_SPARE_RESULTS 1024

/* NULL: there is none. */
WspCompletion *wsp_spare_results_take  (WspReactor *reactor);
/* Takes the reference. */
void           wsp_spare_results_keep  (WspReactor    *reactor,
                                        WspCompletion *result);
/* Frees those that no call has needed since the last time.  The number of the others. */
guint          wsp_spare_results_trim  (WspReactor *reactor);

G_END_DECLS
