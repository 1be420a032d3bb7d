/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "bench/websocket/cpu-time.h"

#include <windows.h>

/* A FILETIME has units of 100 ns. */
static double
to_seconds (FILETIME time)
{
  return ((double) time.dwHighDateTime * 4294967296.0 + (double) time.dwLowDateTime) / 1e7;
}

double
get_cpu_time (void)
{
  FILETIME created, ended, kernel, user;

  GetProcessTimes (GetCurrentProcess (), &created, &ended, &kernel, &user);
  return to_seconds (kernel) + to_seconds (user);
}
