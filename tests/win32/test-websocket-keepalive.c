/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* test-websocket-keepalive [ask]: the variable of the keepalive interval.  A process reads it once,
 * so this program starts itself with "ask" for each value, and never asks. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <websocket.h>

#include "lib/tap.h"

#define VARIABLE "WSPROTO_KEEPALIVE_INTERVAL"
#ifdef _WIN32
#define MAX_CHARACTERS 32766    /* Windows has no longer variable */
#else
#define MAX_CHARACTERS 40000
#endif

typedef struct
{
  unsigned result, value, size, later_result, later_value;
} Keepalive;

/* Windows has putenv () alone, and empties a variable by taking it away.  The text stays valid. */
static void
set_variable (const char *value)
{
  static char text[sizeof VARIABLE + MAX_CHARACTERS + 1];

  snprintf (text, sizeof text, "%s=%s", VARIABLE, value);
  putenv (text);
}

static int
ask (void)
{
  ULONG value = 0, later_value = 0, size = 4, later_size = 4;
  HRESULT result, later_result;

  result = WebSocketGetGlobalProperty (WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, &value, &size);
  set_variable ("77777");
  later_result = WebSocketGetGlobalProperty (WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE,
                                             &later_value, &later_size);
  printf ("%u %u %u %u %u\n", (unsigned) result, (unsigned) value, (unsigned) size,
          (unsigned) later_result, (unsigned) later_value);
  return 0;
}

static bool
ask_in_child (const char *program,
              Keepalive  *told)
{
  char command[4096];
  FILE *child;
  int n_read;

  fflush (stdout);
  snprintf (command, sizeof command, "\"%s\" ask", program);
  child = popen (command, "r");
  if (child == NULL)
    return false;

  n_read = fscanf (child, "%u %u %u %u %u", &told->result, &told->value, &told->size,
                   &told->later_result, &told->later_value);
  return pclose (child) == 0 && n_read == 5;
}

static const struct
{
  const char *name, *setting;
  unsigned value;
} keepalive_cases[] = {
  { "WIN-H-13-45000", "45000", 45000 },
  { "WIN-H-13-15000", "15000", 15000 },
  { "WIN-H-13-15001", "15001", 15001 },
  { "WIN-H-13-14999-becomes-15000", "14999", 15000 },
  { "WIN-H-13-0-becomes-15000", "0", 15000 },
  { "WIN-H-13-leading-zeros-are-a-number", "00020000", 20000 },
  { "WIN-H-13-largest", "4294967295", 4294967295 },
  { "WIN-H-13-beyond-32-bits-is-the-default", "4294967296", 30000 },
  { "WIN-H-13-beyond-64-bits-is-the-default", "18446744073709591616", 30000 },
  { "WIN-H-13-empty-is-the-default", "", 30000 },
  { "WIN-H-13-word-is-the-default", "often", 30000 },
  { "WIN-H-13-number-and-word-is-the-default", "60000ms", 30000 },
  { "WIN-H-13-negative-is-the-default", "-1", 30000 },
  { "WIN-H-13-plus-sign-is-the-default", "+60000", 30000 },
  { "WIN-H-13-blank-before-is-the-default", " 60000", 30000 },
  { "WIN-H-13-blank-inside-is-the-default", "60 000", 30000 },
  { "WIN-H-13-hexadecimal-is-the-default", "0xffff", 30000 },
};

static bool
is_read_once (const char *program,
              const char *name,
              unsigned    value)
{
  Keepalive told = { 0 };
  bool is_told = ask_in_child (program, &told);

  tap_point (is_told && told.result == S_OK && told.size == 4 && told.value == value,
             "/win32/websocket/keepalive/%s", name);
  return is_told && told.later_result == S_OK && told.later_value == told.value;
}

/* The number 45000 with zeros before it. */
static const struct
{
  const char *name;
  int n_characters;
  unsigned value;
} length_cases[] = {
  { "WIN-H-13-63-characters", 63, 45000 },
  { "WIN-H-13-64-characters-are-the-default", 64, 30000 },
  { "WIN-H-13-longest-is-the-default", MAX_CHARACTERS, 30000 },
};

static bool
is_length_read_once (const char *program,
                     size_t      i)
{
  static char digits[MAX_CHARACTERS + 1];

  snprintf (digits, sizeof digits, "%0*d", length_cases[i].n_characters, 45000);
  set_variable (digits);
  return is_read_once (program, length_cases[i].name, length_cases[i].value);
}

int
main (int    argc,
      char **argv)
{
  bool is_always_read_once;

  if (argc > 1)
    return ask ();

  is_always_read_once = is_read_once (argv[0], "WIN-H-12-default-is-30000-milliseconds", 30000);
  for (size_t i = 0; i < sizeof keepalive_cases / sizeof keepalive_cases[0]; i++)
    {
      set_variable (keepalive_cases[i].setting);
      if (!is_read_once (argv[0], keepalive_cases[i].name, keepalive_cases[i].value))
        is_always_read_once = false;
    }
  for (size_t i = 0; i < sizeof length_cases / sizeof length_cases[0]; i++)
    is_always_read_once = is_length_read_once (argv[0], i) && is_always_read_once;

  tap_point (is_always_read_once, "/win32/websocket/keepalive/WIN-H-13-variable-is-read-once");
  return tap_end ();
}
