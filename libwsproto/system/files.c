/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/files.h"

bool
wsc_file_is_same (const struct stat *one,
                  const struct stat *other)
{
  const struct timespec *time = &one->WSC_TIME_OF_CHANGE;
  const struct timespec *other_time = &other->WSC_TIME_OF_CHANGE;

  return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
         one->st_size == other->st_size && time->tv_sec == other_time->tv_sec &&
         time->tv_nsec == other_time->tv_nsec;
}
