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

static int
is_trace (const struct dirent *entry)
{
  size_t length = strlen (entry->d_name);

  return length > strlen (".trace") &&
         strcmp (entry->d_name + length - strlen (".trace"), ".trace") == 0;
}

int
main (int    argc,
      char **argv)
{
  struct dirent **files = NULL;
  int n_files = argc == 2 ? scandir (argv[1], &files, is_trace, alphasort) : -1;

  if (n_files < 1)
    tap_point (false, "/traces/read/folder-with-traces");

  for (int i = 0; i < n_files; i++)
    {
      run_file (argv[1], files[i]->d_name);
      free (files[i]);
    }
  free (files);
  return tap_end ();
}
