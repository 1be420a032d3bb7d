/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-descriptors.h"

#include <sys/resource.h>

/* Programs that close all descriptors of a child one by one take long with more. */
#define MAX_DESCRIPTORS (1024 * 1024)

void
wsi_descriptors_raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 ||
      limit.rlim_cur >= MIN (limit.rlim_max, MAX_DESCRIPTORS))
    return;

  limit.rlim_cur = MIN (limit.rlim_max, MAX_DESCRIPTORS);
  setrlimit (RLIMIT_NOFILE, &limit);
}
