/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One line of a trace as words, numbers, quoted text and rows of bytes.
 * Private to the trace reader. */
#pragma once

#include "lib/tap.h"
#include "lib/trace.h"

typedef struct
{
  const char *at;
  size_t length;
} TraceWord;

typedef enum                    /* of a length in angle brackets, "<02>" */
{
  TRACE_LENGTH_REFUSED,         /* a length is an error: the line has no frames */
  TRACE_LENGTH_PLAIN,
  TRACE_LENGTH_MASKED,          /* the length of a masked frame; the key 37 fa 21 3d follows it */
  TRACE_LENGTH_MASKED_AT_RANDOM,
} TraceLength;

typedef struct
{
  const char *at, *end;         /* rest of the line */
  TraceBlock **arena;
  TraceError *error;
  WscRole role;                 /* role of the tested side */
  TraceLength length;
} TraceLine;

typedef struct
{
  const char *word;
  int value;
} TraceWordRow;

void *trace_arena_take (TraceBlock **arena, size_t size);                  /* zeroed */
/* Makes room for one more item after n items; the array may move. */
void *trace_arena_grow (TraceBlock **arena, void *items, size_t n, size_t item_size);
char *trace_arena_copy (TraceBlock **arena, const char *at, size_t length);
void  trace_arena_free (TraceBlock **arena);

/* Makes the line of "text" up to its end, without blanks there; returns what follows it. */
const char *trace_line_begin (TraceLine *self, const char *text);
bool trace_line_fail (TraceLine *, const char *format, ...) TAP_FORMAT (2, 3);
bool trace_line_is_at_end    (TraceLine *self);
TraceWord trace_line_peek    (TraceLine *self);                            /* length 0 at the end */
bool trace_line_take_word    (TraceLine *self, TraceWord *word);           /* fails at the end */
bool trace_line_take_if      (TraceLine *self, const char *word);
bool trace_line_take_number  (TraceLine *self, uint64_t *number);
bool trace_line_take_text    (TraceLine *self, WscBytes *text);            /* a word or "text" */
bool trace_line_take_quoted  (TraceLine *self, WscBytes *text);
bool trace_line_take_bytes  (TraceLine *self, TraceData *data); /* up to the line's end */
bool trace_line_end          (TraceLine *self);               /* fails if something is left */
/* Whether the line begins a trace: "# WS-1 ..."; the line is at its number then. */
bool trace_line_take_title   (TraceLine *self);
bool trace_word_is           (TraceWord word, const char *text);
bool trace_word_is_row_number (TraceWord word);                           /* WS-1, WIN-A-01 */
bool trace_word_find         (TraceWord word, const TraceWordRow *rows, size_t n_rows, int *value);
