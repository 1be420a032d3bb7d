/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the kernel knows of the server.  A thread's clock is exact only while that thread sleeps. */

#include "load.h"

#include <dirent.h>
#include <limits.h>
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

static uint64_t
read_number (const char *path)
{
  unsigned long long number = 0;
  FILE *file = fopen (path, "re");

  if (file == NULL)
    return 0;
  if (fscanf (file, "%llu", &number) != 1)
    number = 0;
  fclose (file);
  return number;
}

static uint64_t
read_run_time (pid_t pid)
{
  char path[64 + NAME_MAX];
  uint64_t sum = 0;
  DIR *folder;

  snprintf (path, sizeof path, "/proc/%d/task", (int) pid);
  folder = opendir (path);
  if (folder == NULL)
    load_fail ("the server is gone");
  for (struct dirent *entry = readdir (folder); entry != NULL; entry = readdir (folder))
    {
      if (entry->d_name[0] == '.')
        continue;
      snprintf (path, sizeof path, "/proc/%d/task/%s/schedstat", (int) pid, entry->d_name);
      sum += read_number (path);
    }
  closedir (folder);
  return sum;
}

static uint64_t
read_settled_run_time (pid_t pid)
{
  uint64_t before = read_run_time (pid);

  for (unsigned i = 0; i < MOST_WAITS; i++)
    {
      usleep (1000);

      const uint64_t now = read_run_time (pid);

      if (now == before)
        break;
      before = now;
    }
  return before;
}

/* The counter's file holds one number as it lies in memory (allocation-counter.c). */
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
    cost.cpu = 1e-9 * (double) read_settled_run_time (options->pid);
  if (options->counter != NULL)
    cost.n_allocations = read_counter (options->counter);
  return cost;
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
