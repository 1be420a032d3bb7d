/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The kernel's figures of this process. */

#include "client.h"

#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

static double
read_clock (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

double
client_now (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

double
client_cpu (void)
{
  return read_clock (CLOCK_PROCESS_CPUTIME_ID);
}

/* The file has the time on a processor, that in a queue for one, both in ns, and a count. */
double
client_delay (void)
{
  unsigned long long running = 0, waiting = 0;
  FILE *file = fopen ("/proc/thread-self/schedstat", "re");

  if (file == NULL)
    return 0;
  if (fscanf (file, "%llu %llu", &running, &waiting) != 2)
    waiting = 0;
  fclose (file);
  return 1e-9 * (double) waiting;
}

size_t
client_resident (void)
{
  unsigned long long kilobytes = 0;
  char line[200];
  FILE *file = fopen ("/proc/self/smaps_rollup", "re");

  if (file == NULL)
    return 0;
  while (fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "Rss: %llu kB", &kilobytes) == 1)
      break;
  fclose (file);
  return (size_t) kilobytes * 1024;
}

size_t
client_n_opened (void)
{
  const size_t *n_opened = dlsym (RTLD_DEFAULT, "client_files_n_opened");

  return n_opened != NULL ? __atomic_load_n (n_opened, __ATOMIC_RELAXED) : 0;
}
