/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/environment.h"

#include <stdlib.h>

const char *
wsc_environment_get (const char *name)
{
  return secure_getenv (name);
}
