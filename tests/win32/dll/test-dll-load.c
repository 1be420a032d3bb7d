/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* test-dll-load DLL: websocket.dll is loaded and freed many times, with a session in between, from
 * other folders, and while a session lives. */

#include <windows.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include <websocket.h>

#include "lib/tap.h"

#define N_LOADS 1000
#define N_FIRST 10              /* after these, memory and handles stay */
#define MAX_GROWTH 900          /* bytes; less than one of each load */
#define MAX_HEAPS 16

typedef struct
{
  __typeof__ (&WebSocketCreateClientHandle)   create;
  __typeof__ (&WebSocketBeginClientHandshake) begin;
  __typeof__ (&WebSocketDeleteHandle)         delete;
} Functions;

typedef struct
{
  size_t n_bytes;               /* of all heaps */
  HANDLE next_handle;
} Use;

/* ISO C has no other conversion from the result of GetProcAddress () to a function. */
static void *
find (HMODULE     dll,
      const char *name)
{
  union { FARPROC call; void *symbol; } found = { GetProcAddress (dll, name) };

  if (found.symbol == NULL)
    {
      printf ("Bail out! websocket.dll has no %s\n", name);
      exit (1);
    }

  return found.symbol;
}

static Functions
find_functions (HMODULE dll)
{
  union { void *symbols[3]; Functions functions; } found = {
    { find (dll, "WebSocketCreateClientHandle"), find (dll, "WebSocketBeginClientHandshake"),
      find (dll, "WebSocketDeleteHandle") },
  };

  return found.functions;
}

/* A handshake needs random numbers, and its end SHA-1, whose provider the handle keeps. */
static WEB_SOCKET_HANDLE
begin_session (const Functions *functions)
{
  static WEB_SOCKET_HTTP_HEADER host = { (PCHAR) "Host", 4, (PCHAR) "h", 1 };
  WEB_SOCKET_HANDLE handle = NULL;
  PWEB_SOCKET_HTTP_HEADER added;
  ULONG n_added;

  if (FAILED (functions->create (NULL, 0, &handle)))
    return NULL;

  if (FAILED (functions->begin (handle, NULL, 0, NULL, 0, &host, 1, &added, &n_added)))
    {
      functions->delete (handle);
      return NULL;
    }

  return handle;
}

static bool
load_and_free (const WCHAR *path)
{
  HMODULE dll = LoadLibraryW (path);
  WEB_SOCKET_HANDLE session;
  Functions functions;

  if (dll == NULL)
    return false;

  functions = find_functions (dll);
  session = begin_session (&functions);
  if (session != NULL)
    functions.delete (session);
  return FreeLibrary (dll) && session != NULL;
}

static size_t
get_heap_length (HANDLE heap)
{
  PROCESS_HEAP_ENTRY entry = { 0 };
  size_t n_bytes = 0;

  while (HeapWalk (heap, &entry))
    if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0)
      n_bytes += entry.cbData;
  return n_bytes;
}

/* Wine does not count handles, nor what a process has: a new handle has the first number that is
 * free, and the heaps are walked through. */
static Use
get_use (void)
{
  HANDLE heaps[MAX_HEAPS], handle = CreateEventW (NULL, FALSE, FALSE, NULL);
  const DWORD n_heaps = GetProcessHeaps (MAX_HEAPS, heaps);
  Use use = { 0, handle };

  for (DWORD i = 0; i < n_heaps && i < MAX_HEAPS; i++)
    use.n_bytes += get_heap_length (heaps[i]);
  CloseHandle (handle);
  return use;
}

/* bcrypt.dll stays: Wine loses memory when it frees that. */
static void
test_often (const WCHAR *path)
{
  HMODULE system = LoadLibraryW (L"bcrypt.dll");
  bool is_loaded = true;
  Use before = { 0 }, after;

  for (unsigned i = 0; i < N_LOADS; i++)
    {
      if (i == N_FIRST)
        before = get_use ();
      is_loaded = load_and_free (path) && is_loaded;
    }

  after = get_use ();
  FreeLibrary (system);
  tap_point (is_loaded && GetModuleHandleW (path) == NULL,
             "/win32/dll/loaded-and-freed-1000-times");
  tap_point (after.next_handle == before.next_handle, "/win32/dll/freed-handles-stay");
  tap_point (before.n_bytes > 0 && after.n_bytes <= before.n_bytes + MAX_GROWTH,
             "/win32/dll/freed-memory-stays");
  tap_diag ("handle %p, then %p; %zu bytes, then %zu", before.next_handle, after.next_handle,
            before.n_bytes, after.n_bytes);
}

/* A mistake of the program, which loses what the session had. */
static void
test_while_a_session_lives (const WCHAR *path)
{
  HMODULE dll = LoadLibraryW (path);
  Functions functions = find_functions (dll);
  bool is_begun = begin_session (&functions) != NULL;

  tap_point (FreeLibrary (dll) && GetModuleHandleW (path) == NULL && is_begun &&
             load_and_free (path), "/win32/dll/freed-while-a-session-lives");
}

static const struct
{
  const char *name;
  const WCHAR *folder;
} folders[] = {
  { "with-a-blank", L"a folder" },
  { "not-in-ascii", L"\x00fc\x6f22\x03c9" },
};

static void
test_folders (const WCHAR *path)
{
  WCHAR temporary[MAX_PATH], folder[2 * MAX_PATH], copy[3 * MAX_PATH];

  GetTempPathW (MAX_PATH, temporary);
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
    {
      wcscpy (folder, temporary);
      wcscat (folder, folders[i].folder);
      wcscpy (copy, folder);
      wcscat (copy, L"\\websocket.dll");
      CreateDirectoryW (folder, NULL);
      tap_point (CopyFileW (path, copy, FALSE) && load_and_free (copy),
                 "/win32/dll/loaded-from-a-folder-%s", folders[i].name);
      DeleteFileW (copy);
      RemoveDirectoryW (folder);
    }
}

int
main (int    argc,
      char **argv)
{
  WCHAR given[MAX_PATH], path[MAX_PATH];

  MultiByteToWideChar (CP_ACP, 0, argv[argc - 1], -1, given, MAX_PATH);
  GetFullPathNameW (given, MAX_PATH, path, NULL);
  if (!load_and_free (path))
    {
      printf ("Bail out! %s cannot be loaded: %u\n", argv[argc - 1], (unsigned) GetLastError ());
      return 1;
    }

  test_often (path);
  test_folders (path);
  test_while_a_session_lives (path);
  return tap_end ();
}
