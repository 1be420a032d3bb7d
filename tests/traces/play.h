/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Plays a trace on the API that is linked. */
#pragma once

#include "lib/cut.h"
#include "lib/trace.h"

typedef struct
{
  unsigned line;
  char text[400];
} PlayFailure;

bool play_is_due (const Trace *trace, Cut cut);               /* whether this trace is cut in this way */
bool play_trace  (const Trace *trace, Cut cut, PlayFailure *failure);

/* "engine/bytewise/WS-137-a-ping-is-answered" */
void play_name   (const Trace *trace, Cut cut, char *name, size_t size);
