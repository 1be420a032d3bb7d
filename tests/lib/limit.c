/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every program that this is linked into ends after a while, whatever it waits for, and says where
 * it waited.  The runner of the tests has a nearer limit for each program; this one is for one that
 * runs alone.  A test that knows how long it may take calls alarm () with less. */
#define _GNU_SOURCE             /* dladdr () */
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_S 1800            /* valgrind takes its time */
#define MAX_FRAMES 16
#define MAX_TEXT 1024

/* One line: what reads TAP keeps no more. */
static int
describe_frames (char *text,
                 int   size)
{
  void *frames[MAX_FRAMES];
  int n_frames = backtrace (frames, MAX_FRAMES), length = 0;

  for (int i = 2; i < n_frames && length < size; i++)    /* behind the handler and its signal */
    {
      Dl_info info = { 0 };
      const char *file;

      if (dladdr (frames[i], &info) == 0)
        continue;

      file = strrchr (info.dli_fname, '/');
      file = file != NULL ? file + 1 : info.dli_fname;
      if (info.dli_sname != NULL)
        length += snprintf (text + length, size - length, "%s < ", info.dli_sname);
      else
        length += snprintf (text + length, size - length, "%s+0x%lx < ", file,
                            (unsigned long) ((char *) frames[i] - (char *) info.dli_fbase));
    }

  return length < size ? length : size;
}

static void
give_up (int number)
{
  char text[MAX_TEXT] = "Bail out! A time limit of this program is over, it was in ";
  int length = strlen (text);

  length += describe_frames (text + length, MAX_TEXT - 1 - length);
  text[length < MAX_TEXT ? length : MAX_TEXT - 1] = '\n';
  length = write (STDOUT_FILENO, text, length + 1);
  abort ();
}

__attribute__ ((constructor))
static void
set_limit (void)
{
  void *frame;

  backtrace (&frame, 1);        /* loads what it needs: not in the handler */
  signal (SIGALRM, give_up);
  alarm (LIMIT_S);
}
