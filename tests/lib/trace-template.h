/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Traces of one shape: a template, and for each trace a row with the values of its columns.
 * Private to the trace reader. */
#pragma once

#include "lib/trace-line.h"

#define TRACE_MAX_COLUMNS 3

typedef struct
{
  const char *at, *end;         /* whole lines of the file */
  unsigned number;              /* number of the first line */
} TraceLines;

typedef struct
{
  unsigned number;              /* number of the line "template"; 0 = there is no template */
  TraceLines lines;             /* lines after the line "template" */
  TraceWord columns[TRACE_MAX_COLUMNS];
  size_t n_columns;
  unsigned n_rows;              /* number of rows that were read */
} TraceTemplate;

typedef struct
{
  TraceWord values[TRACE_MAX_COLUMNS];
} TraceRow;

/* line: behind the word "template", in the line before lines.  error->line is that line, and is
 * another one if that has the fault. */
bool trace_template_begin    (TraceTemplate *self, TraceLines lines, TraceLine *line);
/* Clears the template; fails if it had no rows. */
bool trace_template_end      (TraceTemplate *self, TraceLine *line);
bool trace_template_read_row (TraceTemplate *self, TraceRow *row, TraceLine *line);
/* Puts the row's values into a line of the template. */
void trace_template_fill     (const TraceTemplate *self, const TraceRow *row, TraceLine *line);
