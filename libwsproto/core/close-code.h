/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Close codes and what they mean; the rows are in close-code-rows.h. */
#pragma once

#include "core/types.h"

enum
{
#define CLOSE_CODES(first, last, uses, text)
#define CLOSE_CODE(name, code, uses, text) WSC_CLOSE_ ## name = code,
#include "core/close-code-rows.h"
#undef CLOSE_CODE
#undef CLOSE_CODES
};

/* Returns a code that is no close code for a number that a close code cannot be. */
static inline uint16_t
wsc_close_code_narrow (unsigned number)
{
  return number <= UINT16_MAX ? (uint16_t) number : UINT16_MAX;
}

/* The same codes may be sent and received.  False for WSC_CLOSE_NO_STATUS, which stands for a
 * Close frame without a code. */
bool        wsc_close_code_is_sent         (uint16_t code);
/* The server that ended the connection loses its other connections too. */
bool        wsc_close_code_is_loss_for_all (uint16_t code);
/* The server goes on purpose, and has not failed. */
bool        wsc_close_code_is_planned      (uint16_t code);
const char *wsc_close_code_get_text        (uint16_t code);    /* never NULL */
