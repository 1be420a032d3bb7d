/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "win32/system-private.h"

#include <windows.h>

/* The length of a variable that does not fit is the size that it needs; one that is empty, or not
 * there, has the length 0. */
bool
websocket_system_read_variable (const char *name,
                                char       *text,
                                size_t      size)
{
  const DWORD length = GetEnvironmentVariableA (name, text, (DWORD) size);

  return length > 0 && length < size;
}
