/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "pages/pages.h"

#include <windows.h>

size_t
wsc_pages_get_size (void)
{
  SYSTEM_INFO info;

  GetSystemInfo (&info);
  return info.dwPageSize;
}

void *
wsc_pages_allocate (size_t length)
{
  return VirtualAlloc (NULL, length, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void
wsc_pages_free (void *at)
{
  if (at != NULL)
    VirtualFree (at, 0, MEM_RELEASE);
}

/* MEM_RESET: Windows takes the pages when it needs them, and does not write them to its file. */
void
wsc_pages_give_back (void  *at,
                     size_t length)
{
  if (length > 0)
    VirtualAlloc (at, length, MEM_RESET, PAGE_READWRITE);
}
