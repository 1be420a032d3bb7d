/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads the kernel's figures of the server: its time and memory.  The time of a thread is exact
 * only while that thread sleeps. */

#include "load.h"

#include <dirent.h>
#include <time.h>
#include <unistd.h>

#define MOST_WAITS 200

double
load_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

/* The schedstat of each thread, plus the time of ended ones: GIO ends the threads of TLS
 * handshakes. */
static double
read_run_time (pid_t pid)
{
  struct timespec time;
  clockid_t clock;

  if (clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    load_fail ("the server is gone");
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

/* There is no way to wait until a thread of another process sleeps: procfs cannot be polled, and
 * events of its switches require a right (CAP_PERFMON) that a user does not have. */
static double
read_settled_run_time (pid_t pid)
{
  double before = read_run_time (pid);

  for (unsigned i = 0; i < MOST_WAITS; i++)
    {
      usleep (1000);

      const double now = read_run_time (pid);

      if (now == before)
        break;
      before = now;
    }
  return before;
}

/* The counter's file has one number in the machine's representation (allocation-counter.c). */
static uint64_t
read_counter (const char *path)
{
  uint64_t number = 0;
  FILE *file = fopen (path, "re");

  if (file == NULL || fread (&number, sizeof number, 1, file) != 1)
    load_fail ("%s cannot be read", path);
  fclose (file);
  return number;
}

LoadCost
load_cost (const LoadOptions *options)
{
  LoadCost cost = { .time = load_now () };

  if (options->pid > 0)
    cost.cpu = read_settled_run_time (options->pid);
  if (options->counter != NULL)
    cost.n_allocations = read_counter (options->counter);
  return cost;
}

/* The number of its descriptors or threads. */
size_t
load_count (pid_t       pid,
            const char *what)
{
  char path[64];
  size_t n = 0;
  DIR *folder;

  if (pid <= 0)
    return 0;
  snprintf (path, sizeof path, "/proc/%d/%s", (int) pid, what);
  folder = opendir (path);
  if (folder == NULL)
    load_fail ("%s cannot be read", path);
  for (const struct dirent *entry = readdir (folder); entry != NULL; entry = readdir (folder))
    n += entry->d_name[0] != '.';
  closedir (folder);
  return n;
}

size_t
load_resident (pid_t pid)
{
  char path[64], line[200];
  unsigned long long kilobytes = 0;
  FILE *file;

  snprintf (path, sizeof path, "/proc/%d/smaps_rollup", (int) pid);
  file = fopen (path, "re");
  if (file == NULL)
    load_fail ("%s cannot be read", path);
  while (fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "Rss: %llu kB", &kilobytes) == 1)
      break;
  fclose (file);
  return (size_t) kilobytes * 1024;
}
