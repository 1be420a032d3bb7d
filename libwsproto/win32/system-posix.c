/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "win32/system-private.h"

#include <string.h>

#include "system/environment.h"

bool
websocket_system_read_variable (const char *name,
                                char       *text,
                                size_t      size)
{
  const char *value = wsc_environment_get (name);
  const size_t length = value != NULL ? strlen (value) : size;

  if (length >= size)
    return false;

  memcpy (text, value, length + 1);
  return true;
}
