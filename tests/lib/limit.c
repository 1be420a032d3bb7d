/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Limits the time of a test program.  A program with this file ends after LIMIT_S seconds, whatever
 * it waits for, and prints the functions in which its threads were.  The runner of the tests has a
 * shorter limit for each program; this limit is for a program that runs without the runner. */
#define _GNU_SOURCE             /* dladdr (), tgkill () */
#include "lib/limit.h"

#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_S 1800            /* valgrind takes its time */
#define LAST_S 5                /* for saying so */
#define MAX_FRAMES 16
#define NAP_US 10000

static const char *subject;
static char text[4000];         /* one line: what reads TAP keeps no more */
static size_t length;
static volatile sig_atomic_t has_answered;

static void
add (const char *one,
     const char *other)
{
  int n = snprintf (text + length, sizeof text - length, "%s%s", one, other);

  length = n < (int) (sizeof text - length) ? length + n : sizeof text - 1;
}

static void
add_frames (void)
{
  void *frames[MAX_FRAMES];
  int n_frames = backtrace (frames, MAX_FRAMES);

  for (int i = 3; i < n_frames; i++)    /* after this, the handler and its signal */
    {
      Dl_info info = { 0 };
      char offset[32];

      if (dladdr (frames[i], &info) == 0)
        continue;

      const char *file = strrchr (info.dli_fname, '/');

      snprintf (offset, sizeof offset, "+0x%lx",
                (unsigned long) ((char *) frames[i] - (char *) info.dli_fbase));
      if (info.dli_sname != NULL)
        add (" < ", info.dli_sname);
      else
        {
          add (" < ", file != NULL ? file + 1 : info.dli_fname);
          add (offset, "");
        }
    }
}

static void
tell (int number)
{
  add_frames ();
  has_answered = 1;
}

static void
ask_thread (const char *id)
{
  has_answered = 0;
  add ("; thread ", id);
  if (tgkill (getpid (), atoi (id), SIGUSR2) != 0)
    return;

  for (int i = 0; i < 100 && !has_answered; i++)
    usleep (NAP_US);
}

static void
ask_others (void)
{
  DIR *threads = opendir ("/proc/self/task");
  struct dirent *entry;

  while (threads != NULL && (entry = readdir (threads)) != NULL)
    if (entry->d_name[0] != '.' && atoi (entry->d_name) != gettid ())
      ask_thread (entry->d_name);
}

static void
give_up (int number)
{
  signal (SIGALRM, SIG_DFL);
  signal (SIGUSR2, tell);
  alarm (LAST_S);
  add ("Bail out! The time is over for ", subject);
  add ("; the program was in", "");
  add_frames ();
  ask_others ();
  text[length] = '\n';
  has_answered = write (STDOUT_FILENO, text, length + 1) > 0;
  abort ();
}

void
limit_set (unsigned    seconds,
           const char *what)
{
  subject = what;
  alarm (seconds);
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
  void *frame;

  if (getenv ("FAULTY_CALLS_SEED") != NULL && dlsym (RTLD_DEFAULT, "n_faulty_calls") == NULL)
    {
      puts ("Bail out! No call is faulty: the library of LD_PRELOAD was not loaded");
      exit (1);
    }

  backtrace (&frame, 1);        /* loads what it needs: not in the handler */
  signal (SIGALRM, give_up);
  limit_clear ();
}
