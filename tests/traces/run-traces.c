/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* trace-engine, trace-session, trace-win32 FOLDER: plays every trace of every *.trace in the
 * folder, in every cut, on the API that is linked. */

#include "lib/tap.h"
#include "traces/api.h"
#include "traces/play.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILES 256

static char *
read_file (const char *path)
{
  FILE *file = fopen (path, "rb");
  char *text;
  long length;
  size_t n_read;

  if (file == NULL)
    return NULL;

  fseek (file, 0, SEEK_END);
  length = ftell (file);
  rewind (file);
  text = malloc ((size_t) length + 1);
  assert (text != NULL);
  n_read = fread (text, 1, (size_t) length, file);
  text[n_read] = '\0';
  fclose (file);
  return text;
}

static void
run_trace (const Trace *trace)
{
  PlayFailure failure;
  char name[160];

  for (int cut = 0; cut < N_CUTS; cut++)
    {
      bool is_ok;

      if (!play_is_due (trace, (Cut) cut))
        continue;

      play_name (trace, (Cut) cut, name, sizeof name);
      is_ok = play_trace (trace, (Cut) cut, &failure);
      if (!is_ok)
        tap_diag ("%s:%u: %s", trace->file, failure.line, failure.text);
      tap_point (is_ok, "/traces/%s", name);
    }
}

static void
run_file (const char *folder,
          const char *file)
{
  char path[4096];
  char *text;
  TraceList list = { 0 };
  TraceError error = { 0 };
  bool is_read;

  snprintf (path, sizeof path, "%s/%s", folder, file);
  text = read_file (path);
  is_read = text != NULL && trace_list_read (&list, file, text, &error);
  if (!is_read)
    {
      tap_diag ("%s:%u: %s", file, error.line, text != NULL ? error.text : "cannot be opened");
      if (error.template_line > 0)
        tap_diag ("%s:%u: the line of its template", file, error.template_line);
      tap_point (false, "/traces/read/%s", file);
    }

  for (size_t i = 0; is_read && i < list.count; i++)
    if (api_plays (&list.at[i]))
      run_trace (&list.at[i]);
  trace_list_clear (&list);
  free (text);
}

static bool
is_trace (const char *name)
{
  size_t length = strlen (name);

  return length > strlen (".trace") && strcmp (name + length - strlen (".trace"), ".trace") == 0;
}

static int
compare_names (const void *a,
               const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Windows has no scandir (). */
static size_t
list_traces (const char *folder,
             char      **names)
{
  DIR *entries = opendir (folder);
  struct dirent *entry;
  size_t n = 0;

  while (entries != NULL && (entry = readdir (entries)) != NULL)
    if (is_trace (entry->d_name))
      {
        assert (n < MAX_FILES);
        names[n++] = strdup (entry->d_name);
      }

  if (entries != NULL)
    closedir (entries);
  qsort (names, n, sizeof *names, compare_names);
  return n;
}

int
main (int    argc,
      char **argv)
{
  char *names[MAX_FILES];
  size_t n_files = argc == 2 ? list_traces (argv[1], names) : 0;

  if (n_files == 0)
    tap_point (false, "/traces/read/folder-with-traces");

  for (size_t i = 0; i < n_files; i++)
    {
      run_file (argv[1], names[i]);
      free (names[i]);
    }
  return tap_end ();
}
