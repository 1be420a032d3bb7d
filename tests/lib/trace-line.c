/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/trace-line.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ROWS(table) (sizeof (table) / sizeof *(table))

enum
{
  MAX_BYTES = 64 << 20,        /* largest number of bytes of one DATA, so that a typo does not fill
                                * the memory */
};

struct TraceBlock
{
  TraceBlock *next;
  max_align_t memory[];
};

void *
trace_arena_take (TraceBlock **arena,
                  size_t       size)
{
  TraceBlock *block = calloc (1, sizeof *block + size);

  assert (block != NULL);
  block->next = *arena;
  *arena = block;
  return block->memory;
}

void *
trace_arena_grow (TraceBlock **arena,
                  void        *items,
                  size_t       n,
                  size_t       item_size)
{
  void *larger;

  if (n > 0 && (n & (n - 1)) != 0)
    return items;

  larger = trace_arena_take (arena, (n > 0 ? 2 * n : 1) * item_size);
  if (n > 0)
    memcpy (larger, items, n * item_size);
  return larger;
}

char *
trace_arena_copy (TraceBlock **arena,
                  const char  *at,
                  size_t       length)
{
  char *copy = trace_arena_take (arena, length + 1);

  memcpy (copy, at, length);
  return copy;
}

void
trace_arena_free (TraceBlock **arena)
{
  while (*arena != NULL)
    {
      TraceBlock *block = *arena;

      *arena = block->next;
      free (block);
    }
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

const char *
trace_line_begin (TraceLine  *self,
                  const char *text)
{
  size_t length = strcspn (text, "\n");

  self->at = text;
  self->end = text + length;
  self->length = TRACE_LENGTH_REFUSED;
  while (self->end > self->at && is_blank (self->end[-1]))
    self->end--;
  return text + length + (text[length] == '\n');
}

bool
trace_line_fail (TraceLine  *self,
                 const char *format,
                 ...)
{
  va_list arguments;

  va_start (arguments, format);
  vsnprintf (self->error->text, sizeof self->error->text, format, arguments);
  va_end (arguments);
  return false;
}

bool
trace_line_is_at_end (TraceLine *self)
{
  while (self->at < self->end && is_blank (*self->at))
    self->at++;
  return self->at == self->end;
}

TraceWord
trace_line_peek (TraceLine *self)
{
  TraceWord word = { self->at, 0 };

  if (trace_line_is_at_end (self))
    return word;

  word.at = self->at;
  while (word.at + word.length < self->end && !is_blank (word.at[word.length]))
    word.length++;
  return word;
}

bool
trace_line_take_word (TraceLine *self,
                      TraceWord *word)
{
  *word = trace_line_peek (self);
  if (word->length == 0)
    return trace_line_fail (self, "the line ends too early");

  self->at = word->at + word->length;
  return true;
}

bool
trace_line_take_if (TraceLine  *self,
                    const char *text)
{
  TraceWord word = trace_line_peek (self);

  if (!trace_word_is (word, text))
    return false;

  self->at = word.at + word.length;
  return true;
}

static bool
parse_number (const char *at,
              size_t      length,
              uint64_t   *number)
{
  *number = 0;
  for (size_t i = 0; i < length; i++)
    {
      if (at[i] < '0' || at[i] > '9' || *number > UINT64_MAX / 10 - 1)
        return false;
      *number = *number * 10 + (uint64_t) (at[i] - '0');
    }
  return length > 0;
}

bool
trace_line_take_number (TraceLine *self,
                        uint64_t  *number)
{
  TraceWord word;

  if (!trace_line_take_word (self, &word))
    return false;
  if (!parse_number (word.at, word.length, number))
    return trace_line_fail (self, "not a number: %.*s", (int) word.length, word.at);
  return true;
}

static int
hex_digit (char c)
{
  const char *digits = "0123456789abcdef";
  const char *found = c != '\0' ? strchr (digits, c) : NULL;

  return found != NULL ? (int) (found - digits) : -1;
}

static bool
take_escape (TraceLine *self,
             uint8_t   *byte)
{
  size_t left = (size_t) (self->end - self->at);

  if (left >= 1 && (*self->at == '"' || *self->at == '\\'))
    {
      *byte = (uint8_t) *self->at++;
      return true;
    }
  if (left >= 3 && *self->at == 'x' && hex_digit (self->at[1]) >= 0 && hex_digit (self->at[2]) >= 0)
    {
      *byte = (uint8_t) (hex_digit (self->at[1]) << 4 | hex_digit (self->at[2]));
      self->at += 3;
      return true;
    }
  return trace_line_fail (self, "unknown escape in a text");
}

bool
trace_line_take_quoted (TraceLine *self,
                        WscBytes  *text)
{
  uint8_t *to;
  size_t length = 0;

  if (trace_line_is_at_end (self) || *self->at != '"')
    return trace_line_fail (self, "a text in quotation marks is due");

  self->at++;
  to = trace_arena_take (self->arena, (size_t) (self->end - self->at) + 1);
  while (self->at < self->end && *self->at != '"')
    {
      uint8_t byte = (uint8_t) *self->at++;

      if (byte == '\\' && !take_escape (self, &byte))
        return false;
      to[length++] = byte;
    }
  if (self->at == self->end)
    return trace_line_fail (self, "a text has no end");

  self->at++;
  *text = (WscBytes) { to, length };
  return true;
}

bool
trace_line_take_text (TraceLine *self,
                      WscBytes  *text)
{
  TraceWord word = trace_line_peek (self);

  if (word.length > 0 && *word.at == '"')
    return trace_line_take_quoted (self, text);
  if (!trace_line_take_word (self, &word))
    return false;

  text->at = (const uint8_t *) trace_arena_copy (self->arena, word.at, word.length);
  text->length = word.length;
  return true;
}

static bool
append_bytes (TraceLine *self,
              TraceData *data,
              WscBytes   bytes,
              uint64_t   count)
{
  uint8_t *larger;
  size_t added = bytes.length * (size_t) count;

  if (count > MAX_BYTES || added > MAX_BYTES || data->length + added > MAX_BYTES)
    return trace_line_fail (self, "more than %d bytes", MAX_BYTES);

  larger = trace_arena_take (self->arena, data->length + added + 1);
  if (data->length > 0)
    memcpy (larger, data->at, data->length);
  for (size_t i = 0; i < added; i++)
    larger[data->length + i] = bytes.at[i % bytes.length];
  data->at = larger;
  data->length += added;
  return true;
}

static bool
take_count (TraceLine *self,
            uint64_t  *count)
{
  const char *begin;

  *count = 1;
  if (self->at < self->end && *self->at == '*')
    {
      begin = ++self->at;
      while (self->at < self->end && !is_blank (*self->at))
        self->at++;
      if (!parse_number (begin, (size_t) (self->at - begin), count))
        return trace_line_fail (self, "a count is due behind *");
    }
  if (self->at < self->end && !is_blank (*self->at))
    return trace_line_fail (self, "a blank is due behind bytes: %.*s",
                            (int) (self->end - self->at), self->at);
  return true;
}

static bool
take_hex (TraceLine *self,
          uint8_t   *byte)
{
  if (self->end - self->at < 2 || hex_digit (self->at[0]) < 0 || hex_digit (self->at[1]) < 0)
    return trace_line_fail (self, "two hex digits, a text or <mask ...> are due: %.*s",
                            (int) (self->end - self->at), self->at);

  *byte = (uint8_t) (hex_digit (self->at[0]) << 4 | hex_digit (self->at[1]));
  self->at += 2;
  return true;
}

/* "<mask" is here. */
static bool
take_mask (TraceLine *self,
           TraceData *data)
{
  uint8_t key[4] = { 0 };
  TraceMask mask = { .at = data->length, .key = TRACE_KEY_RANDOM };

  self->at += strlen ("<mask");
  if (self->at < self->end && *self->at != '>')
    {
      mask.key = TRACE_KEY_GIVEN;
      for (int i = 0; i < 4; i++)
        if (trace_line_is_at_end (self) || !take_hex (self, &key[i]))
          return trace_line_fail (self, "<mask> takes four bytes or none");
    }
  if (self->at == self->end || *self->at++ != '>')
    return trace_line_fail (self, "<mask has no >");

  data->masks = trace_arena_grow (self->arena, data->masks, data->n_masks, sizeof mask);
  data->masks[data->n_masks++] = mask;
  return append_bytes (self, data, (WscBytes) { key, 4 }, 1);
}

/* A length is here: "<02>", "<7e 01 00>".  In the frame of a client it has the mask's bit, and the
 * key follows. */
static bool
take_length (TraceLine *self,
             TraceData *data)
{
  static const uint8_t usual_key[4] = { 0x37, 0xfa, 0x21, 0x3d };
  static const uint8_t no_key[4];
  const bool is_random = self->length == TRACE_LENGTH_MASKED_AT_RANDOM;
  TraceMask mask = { .key = is_random ? TRACE_KEY_RANDOM : TRACE_KEY_GIVEN };
  uint8_t bytes[9];
  size_t n = 0;

  if (self->length == TRACE_LENGTH_REFUSED)
    return trace_line_fail (self, "only bytes and what is sent to the network have frames");

  self->at++;
  while (n < sizeof bytes && !trace_line_is_at_end (self) && *self->at != '>')
    if (!take_hex (self, &bytes[n++]))
      return false;
  if (trace_line_is_at_end (self) || *self->at++ != '>')
    return trace_line_fail (self, "the length has no >");
  if (n == 0 || bytes[0] > 0x7f || n != (bytes[0] == 0x7e ? 3 : bytes[0] == 0x7f ? 9 : 1))
    return trace_line_fail (self, "a length is 00 to 7d, 7e and two bytes, or 7f and eight");
  if (self->length == TRACE_LENGTH_PLAIN)
    return append_bytes (self, data, (WscBytes) { bytes, n }, 1);

  bytes[0] |= 0x80;
  mask.at = data->length + n;
  data->masks = trace_arena_grow (self->arena, data->masks, data->n_masks, sizeof mask);
  data->masks[data->n_masks++] = mask;
  return append_bytes (self, data, (WscBytes) { bytes, n }, 1) &&
         append_bytes (self, data, (WscBytes) { is_random ? no_key : usual_key, 4 }, 1);
}

static bool
take_token (TraceLine *self,
            TraceData *data)
{
  WscBytes bytes;
  uint8_t byte;
  uint64_t count;

  if (*self->at == '<')
    {
      bool is_mask = self->end - self->at >= 6 && memcmp (self->at, "<mask", 5) == 0;

      return is_mask ? take_mask (self, data) : take_length (self, data);
    }
  if (*self->at == '"')
    {
      if (!trace_line_take_quoted (self, &bytes))
        return false;
    }
  else
    {
      if (!take_hex (self, &byte))
        return false;
      bytes = (WscBytes) { &byte, 1 };
    }
  return take_count (self, &count) && append_bytes (self, data, bytes, count);
}

bool
trace_line_take_bytes (TraceLine *self,
                       TraceData *data)
{
  size_t first_mask = data->n_masks;

  if (trace_line_is_at_end (self))
    return trace_line_fail (self, "bytes are due");

  while (!trace_line_is_at_end (self))
    if (!take_token (self, data))
      return false;

  for (size_t i = first_mask; i < data->n_masks; i++)
    data->masks[i].end = i + 1 < data->n_masks ? data->masks[i + 1].at : data->length;
  return true;
}

bool
trace_line_end (TraceLine *self)
{
  if (!trace_line_is_at_end (self))
    return trace_line_fail (self, "not understood: %.*s", (int) (self->end - self->at), self->at);
  return true;
}

bool
trace_word_is (TraceWord   word,
               const char *text)
{
  return word.length == strlen (text) && memcmp (word.at, text, word.length) == 0;
}

bool
trace_word_find (TraceWord           word,
                 const TraceWordRow *rows,
                 size_t              n_rows,
                 int                *value)
{
  for (size_t i = 0; i < n_rows; i++)
    if (trace_word_is (word, rows[i].word))
      {
        *value = rows[i].value;
        return true;
      }
  return false;
}

/* WS-1, TRAP-1, SEC-1, WIN-A-01 */
bool
trace_word_is_row_number (TraceWord word)
{
  static const char *const prefixes[] = { "WS-", "TRAP-", "SEC-", "WIN-" };

  for (size_t i = 0; i < N_ROWS (prefixes); i++)
    {
      size_t at = strlen (prefixes[i]);

      if (word.length <= at || memcmp (word.at, prefixes[i], at) != 0)
        continue;
      if (strcmp (prefixes[i], "WIN-") == 0)
        {
          if (word.length != strlen ("WIN-A-01") || word.at[4] < 'A' || word.at[4] > 'Z' ||
              word.at[5] != '-')
            return false;
          at += 2;
        }
      while (at < word.length && word.at[at] >= '0' && word.at[at] <= '9')
        at++;
      return at == word.length;
    }
  return false;
}

bool
trace_line_take_title (TraceLine *self)
{
  if (trace_line_is_at_end (self) || *self->at != '#')
    return false;

  self->at++;
  return trace_word_is_row_number (trace_line_peek (self));
}

void
trace_data_render (const TraceData *data,
                   const uint8_t    random_key[4],
                   uint8_t         *to)
{
  if (data->length > 0)
    memcpy (to, data->at, data->length);
  for (size_t i = 0; i < data->n_masks; i++)
    {
      const TraceMask *mask = &data->masks[i];

      if (mask->key == TRACE_KEY_RANDOM)
        memcpy (to + mask->at, random_key, 4);
      for (size_t j = mask->at + 4; j < mask->end; j++)
        to[j] ^= to[mask->at + (j - mask->at) % 4];
    }
}
