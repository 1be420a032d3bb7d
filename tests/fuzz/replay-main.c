/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The main () of a fuzz target without a fuzzer: runs every file of a folder once.  The last name
 * printed is the one that failed. */

#include "fuzz/fuzz-tools.h"
#include "lib/tap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_FILE (1024 * 1024)

static bool
play_file (const char *folder,
           const char *name)
{
  char path[4096];
  uint8_t *data;
  size_t size;
  FILE *file;

  snprintf (path, sizeof path, "%s/%s", folder, name);
  file = fopen (path, "rb");
  if (file == NULL)
    return false;

  fprintf (stderr, "%s\n", name);
  data = malloc (MAX_FILE);
  size = fread (data, 1, MAX_FILE, file);
  fclose (file);

  /* Exactly of its size, so that a sanitizer detects an access beyond it. */
  data = realloc (data, size > 0 ? size : 1);
  LLVMFuzzerTestOneInput (data, size);
  free (data);
  return true;
}

static unsigned
play_folder (const char *folder)
{
  DIR *entries = opendir (folder);
  unsigned n_files = 0;
  struct dirent *entry;

  if (entries == NULL)
    return 0;

  while ((entry = readdir (entries)) != NULL)
    n_files += entry->d_name[0] != '.' && play_file (folder, entry->d_name);
  closedir (entries);
  return n_files;
}

int
main (int    n_arguments,
      char **arguments)
{
  unsigned n_files;

  if (n_arguments != 3)
    {
      fprintf (stderr, "%s TARGET FOLDER\n", arguments[0]);
      return 2;
    }

  n_files = play_folder (arguments[2]);
  tap_point (n_files > 0, "/fuzz/%s/replay/%u-files", arguments[1], n_files);
  return tap_end ();
}
