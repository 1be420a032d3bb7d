/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* wsinspect in the process of a test: each command line that reads a file, with its output.  Verbs
 * that connect or listen print by the same functions. */
#pragma once

#include <glib.h>

/* A command line: what it prints.  IN_FILE in it is the input. */
typedef enum
{
  PRINTS_TEXT,                  /* UTF-8 without control characters */
  PRINTS_COLOURS,               /* UTF-8 with escape sequences */
  PRINTS_JSON,                  /* one JSON value */
  PRINTS_JSON_LINES,
  PRINTS_BYTES,                 /* any bytes */
} Prints;

typedef struct
{
  const char *words;            /* words of the command line, separated by blanks */
  Prints      prints;
} CommandLine;

/* All of them: of CommandLine. */
const GPtrArray *in_process_get_lines (void);
/* Runs it.  NULL: it has ended and what it printed is right; else what is wrong. */
char            *in_process_run       (const CommandLine *line,
                                       GBytes            *input,
                                       GBytes           **output);
