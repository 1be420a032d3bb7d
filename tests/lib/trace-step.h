/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines of a trace that are steps.  Private to the trace reader. */
#pragma once

#include "lib/trace-line.h"

/* word: the first word, which was taken from the line already.  All members of step but line are
 * 0. */
bool trace_step_read (TraceStep *step, TraceWord word, TraceLine *line);
