/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every program that this is linked into ends after a while, whatever it waits for.  The runner of
 * the tests has a nearer limit for each of them; this one is for a program that runs alone. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define LIMIT_S 1800            /* valgrind takes its time */

static void
give_up (int number)
{
  static const char text[] = "Bail out! The program has not ended within half an hour\n";
  ssize_t n = write (STDOUT_FILENO, text, sizeof text - 1);

  (void) n;
  abort ();
}

__attribute__ ((constructor))
static void
set_limit (void)
{
  signal (SIGALRM, give_up);
  alarm (LIMIT_S);
}
