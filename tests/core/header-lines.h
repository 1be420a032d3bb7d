/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Headers of a test as one text: lines of the form "Name: value", each with a line feed at its
 * end. */
#pragma once

#include "core/handshake/header-fields.h"

#include <assert.h>
#include <string.h>

#define MAX_HEADER_LINES 64

typedef struct
{
  WscHeader at[MAX_HEADER_LINES];
  size_t n;
} HeaderLines;

static inline HeaderLines
header_lines (const char *lines)
{
  HeaderLines result = { .n = 0 };

  while (*lines != '\0')
    {
      const char *colon = strstr (lines, ": "), *end = strchr (lines, '\n');

      assert (colon != NULL && end != NULL && colon < end && result.n < MAX_HEADER_LINES);
      result.at[result.n].name = (WscBytes) { (const uint8_t *) lines, (size_t) (colon - lines) };
      result.at[result.n].value = (WscBytes) { (const uint8_t *) colon + 2,
                                               (size_t) (end - colon - 2) };
      result.n++;
      lines = end + 1;
    }
  return result;
}

static inline WscFields
fields_of (const HeaderLines *lines)
{
  return (WscFields) { lines->at, lines->n };
}

/* Whether these are exactly the headers of the text, in the same order. */
static inline bool
headers_are (const WscHeader *headers,
             size_t           n_headers,
             const char      *lines)
{
  HeaderLines expected = header_lines (lines);

  if (n_headers != expected.n)
    return false;

  for (size_t i = 0; i < n_headers; i++)
    {
      if (!wsc_texts_are_equal (headers[i].name, expected.at[i].name) ||
          !wsc_texts_are_equal (headers[i].value, expected.at[i].value))
        return false;
    }
  return true;
}
