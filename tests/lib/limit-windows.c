/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* limit.c for Windows: it names no functions. */
#include "lib/limit.h"

#include <windows.h>

#include <stdio.h>

#define LIMIT_S 1800

static const char *subject;
static HANDLE timer;

static VOID CALLBACK
give_up (PVOID   data,
         BOOLEAN is_timeout)
{
  printf ("Bail out! The time is over for %s\n", subject);
  fflush (stdout);
  TerminateProcess (GetCurrentProcess (), 3);
}

void
limit_set (unsigned    seconds,
           const char *what)
{
  subject = what;
  if (timer != NULL)
    (void) DeleteTimerQueueTimer (NULL, timer, NULL);
  CreateTimerQueueTimer (&timer, NULL, give_up, NULL, seconds * 1000, 0, WT_EXECUTEONLYONCE);
}

void
limit_clear (void)
{
  limit_set (LIMIT_S, "the whole program");
}

__attribute__ ((constructor))
static void
set_limit (void)
{
  limit_clear ();
}
