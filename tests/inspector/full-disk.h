/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A limit of files, at which the system refuses to write as a full disk does. */
#pragma once

#include <glib.h>
#include <signal.h>
#include <sys/resource.h>

/* n_bytes: the most that a file of this process may have; RLIM_INFINITY lifts the limit. */
static inline void
limit_files (rlim_t n_bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (n_bytes, limit.rlim_max);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}
