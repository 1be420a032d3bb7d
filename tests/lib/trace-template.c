/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/trace-template.h"

#include <string.h>

static bool
is_capital (char c)
{
  return c >= 'A' && c <= 'Z';
}

/* The next "$NAME" at or behind a place; the word is its name.  at is NULL if there is none. */
static TraceWord
find_name (const char *at,
           const char *end)
{
  TraceWord name = { 0 };

  while (at < end && !(*at == '$' && at + 1 < end && is_capital (at[1])))
    at++;
  if (at == end)
    return name;

  name.at = at + 1;
  while (name.at + name.length < end &&
         (is_capital (name.at[name.length]) || name.at[name.length] == '-'))
    name.length++;
  return name;
}

/* The index of a column, or the number of columns. */
static size_t
find_column (const TraceTemplate *self,
             TraceWord            name)
{
  size_t i = 0;

  while (i < self->n_columns && (self->columns[i].length != name.length ||
                                 memcmp (self->columns[i].at, name.at, name.length) != 0))
    i++;
  return i;
}

static bool
read_columns (TraceTemplate *self,
              TraceLine     *line)
{
  while (!trace_line_is_at_end (line))
    {
      TraceWord name;
      size_t n = 0;

      if (!trace_line_take_word (line, &name))
        return false;
      while (n < name.length && (is_capital (name.at[n]) || (n > 0 && name.at[n] == '-')))
        n++;
      if (n < name.length)
        return trace_line_fail (line, "a column has a name in capitals: %.*s", (int) name.length,
                                name.at);
      if (find_column (self, name) < self->n_columns)
        return trace_line_fail (line, "the column %.*s stands twice", (int) name.length, name.at);
      if (self->n_columns == TRACE_MAX_COLUMNS)
        return trace_line_fail (line, "a template has at most %d columns", TRACE_MAX_COLUMNS);
      self->columns[self->n_columns++] = name;
    }
  return self->n_columns > 0 || trace_line_fail (line, "a template has columns");
}

/* Each name of the lines is a column, and each column is in the lines. */
static bool
check_columns (const TraceTemplate *self,
               TraceLine           *line)
{
  bool is_used[TRACE_MAX_COLUMNS] = { false };
  const char *at = self->lines.at;

  for (unsigned number = self->lines.number; at < self->lines.end; number++)
    {
      at = trace_line_begin (line, at);
      for (TraceWord name = find_name (line->at, line->end); name.at != NULL;
           name = find_name (name.at, line->end))
        {
          size_t column = find_column (self, name);

          if (column == self->n_columns)
            {
              line->error->line = number;
              return trace_line_fail (line, "$%.*s is no column", (int) name.length, name.at);
            }
          is_used[column] = true;
        }
    }
  for (size_t i = 0; i < self->n_columns; i++)
    if (!is_used[i])
      return trace_line_fail (line, "no line has the column $%.*s", (int) self->columns[i].length,
                              self->columns[i].at);
  return true;
}

bool
trace_template_begin (TraceTemplate *self,
                      TraceLines     lines,
                      TraceLine     *line)
{
  *self = (TraceTemplate) { .number = lines.number - 1, .lines = lines };
  return read_columns (self, line) && check_columns (self, line);
}

bool
trace_template_end (TraceTemplate *self,
                    TraceLine     *line)
{
  const TraceTemplate ended = *self;

  *self = (TraceTemplate) { 0 };
  if (ended.number == 0 || ended.n_rows > 0)
    return true;
  line->error->line = ended.number;
  return trace_line_fail (line, "the template has no row");
}

/* A value ends at the next "|" that is not in a text. */
static TraceWord
take_value (TraceLine *line)
{
  TraceWord value = { 0 };
  bool is_text = false;

  trace_line_is_at_end (line);
  value.at = line->at;
  for (; line->at < line->end && (is_text || *line->at != '|'); line->at++)
    if (*line->at == '"')
      is_text = !is_text;
    else if (is_text && *line->at == '\\' && line->at + 1 < line->end)
      line->at++;

  value.length = (size_t) (line->at - value.at);
  while (value.length > 0 && value.at[value.length - 1] == ' ')
    value.length--;
  line->at += line->at < line->end;
  return value;
}

bool
trace_template_read_row (TraceTemplate *self,
                         TraceRow      *row,
                         TraceLine     *line)
{
  size_t n = 0;

  if (self->number == 0)
    return trace_line_fail (line, "a row stands behind a template or another row");

  *row = (TraceRow) { 0 };
  for (; !trace_line_is_at_end (line) && n < self->n_columns; n++)
    {
      row->values[n] = take_value (line);
      if (row->values[n].length == 0)
        break;
    }
  if (n < self->n_columns)
    return trace_line_fail (line, "the value of %.*s is missing", (int) self->columns[n].length,
                            self->columns[n].at);

  self->n_rows++;
  return trace_line_end (line);
}

void
trace_template_fill (const TraceTemplate *self,
                     const TraceRow      *row,
                     TraceLine           *line)
{
  const char *at = line->at;
  size_t length = (size_t) (line->end - line->at);
  char *filled;
  TraceWord name = find_name (at, line->end);

  if (name.at == NULL)
    return;

  for (; name.at != NULL; name = find_name (name.at, line->end))
    length += row->values[find_column (self, name)].length;
  filled = trace_arena_take (line->arena, length + 1);
  length = 0;
  for (name = find_name (at, line->end); name.at != NULL; name = find_name (at, line->end))
    {
      const TraceWord value = row->values[find_column (self, name)];
      const size_t n_before = (size_t) (name.at - 1 - at);

      memcpy (filled + length, at, n_before);
      memcpy (filled + length + n_before, value.at, value.length);
      length += n_before + value.length;
      at = name.at + name.length;
    }
  memcpy (filled + length, at, (size_t) (line->end - at));
  line->end = filled + length + (line->end - at);
  line->at = filled;
}
