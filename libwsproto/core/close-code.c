/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Looks up close codes: each function reads a column of close-code-rows.h. */

#include "core/close-code.h"

enum
{
  NONE = 0,
  SENT = 1,
  PLAIN = 2,                    /* read by check-docs only: the bindings have their own list */
  LOSS_FOR_ALL = 4,
  PLANNED = 8,
};

typedef struct
{
  uint16_t last;
  uint8_t uses;
  const char *text;
} CodeRow;

/* The last row ends with UINT16_MAX, so every code has a row. */
static const CodeRow rows[] = {
#define CLOSE_CODES(first, last, uses, text) { last, uses, text },
#define CLOSE_CODE(name, code, uses, text) { code, uses, text },
#include "core/close-code-rows.h"
#undef CLOSE_CODE
#undef CLOSE_CODES
};

static const CodeRow *
core_close_code_row_of (uint16_t code)
{
  const CodeRow *row = rows;

  while (code > row->last)
    row++;

  return row;
}

bool
wsc_close_code_is_sent (uint16_t code)
{
  return core_close_code_row_of (code)->uses & SENT;
}

bool
wsc_close_code_is_loss_for_all (uint16_t code)
{
  return core_close_code_row_of (code)->uses & LOSS_FOR_ALL;
}

bool
wsc_close_code_is_planned (uint16_t code)
{
  return core_close_code_row_of (code)->uses & PLANNED;
}

const char *
wsc_close_code_get_text (uint16_t code)
{
  return core_close_code_row_of (code)->text;
}
