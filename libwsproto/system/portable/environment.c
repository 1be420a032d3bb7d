/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A program that has more rights by another way than its user or group is not recognized. */
#include "system/environment.h"

#include <stdlib.h>
#include <unistd.h>

const char *
wsc_environment_get (const char *name)
{
  return getuid () == geteuid () && getgid () == getegid () ? getenv (name) : NULL;
}
