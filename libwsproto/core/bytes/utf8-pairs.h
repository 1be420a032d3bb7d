/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Checks of two neighbouring bytes, as three look-ups by nibble (an idea of Keiser and Lemire).
 *
 * Each table gives the set of errors that its nibble leaves possible; an error is present if all
 * three tables name it.  f0 and f5 to ff share RANGE_4; their low nibble distinguishes them.
 * TWO_CONTINUATIONS is an error only if the two bytes do not belong to a character of three or four
 * bytes. */
#pragma once

#include "core/types.h"

#define SEQUENCE_CUT      0x01  /* a lead byte that no continuation follows */
#define LEAD_MISSING      0x02  /* a continuation after ASCII */
#define OVERLONG_3        0x04  /* e0 80 to e0 9f */
#define SURROGATE         0x08  /* ed a0 to ed bf */
#define OVERLONG_2        0x10  /* c0, c1 */
#define BEYOND_UNICODE    0x20  /* f4 90 and above, second byte 90 or more */
#define RANGE_4           0x40  /* f0 80 to f0 8f; f5 80 to f5 8f and above */
#define TWO_CONTINUATIONS 0x80

#define OF_ANY_LOW_NIBBLE (SEQUENCE_CUT | LEAD_MISSING | TWO_CONTINUATIONS)
#define BEYOND_F4         (OF_ANY_LOW_NIBBLE | BEYOND_UNICODE | RANGE_4)
#define OF_CONTINUATION   (LEAD_MISSING | OVERLONG_2 | TWO_CONTINUATIONS)

/* possible errors by the upper nibble of the first byte */
static const uint8_t mistakes_by_first[16] = {
  LEAD_MISSING, LEAD_MISSING, LEAD_MISSING, LEAD_MISSING,
  LEAD_MISSING, LEAD_MISSING, LEAD_MISSING, LEAD_MISSING,
  TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
  SEQUENCE_CUT | OVERLONG_2,
  SEQUENCE_CUT,
  SEQUENCE_CUT | OVERLONG_3 | SURROGATE,
  SEQUENCE_CUT | BEYOND_UNICODE | RANGE_4,
};

/* possible errors by the lower nibble of the first byte */
static const uint8_t mistakes_by_low[16] = {
  OF_ANY_LOW_NIBBLE | OVERLONG_2 | OVERLONG_3 | RANGE_4,
  OF_ANY_LOW_NIBBLE | OVERLONG_2,
  OF_ANY_LOW_NIBBLE, OF_ANY_LOW_NIBBLE,
  OF_ANY_LOW_NIBBLE | BEYOND_UNICODE,
  BEYOND_F4, BEYOND_F4, BEYOND_F4, BEYOND_F4, BEYOND_F4, BEYOND_F4, BEYOND_F4, BEYOND_F4,
  BEYOND_F4 | SURROGATE,
  BEYOND_F4, BEYOND_F4,
};

/* possible errors by the upper nibble of the second byte */
static const uint8_t mistakes_by_second[16] = {
  SEQUENCE_CUT, SEQUENCE_CUT, SEQUENCE_CUT, SEQUENCE_CUT,
  SEQUENCE_CUT, SEQUENCE_CUT, SEQUENCE_CUT, SEQUENCE_CUT,
  OF_CONTINUATION | OVERLONG_3 | RANGE_4,
  OF_CONTINUATION | OVERLONG_3 | BEYOND_UNICODE,
  OF_CONTINUATION | SURROGATE | BEYOND_UNICODE,
  OF_CONTINUATION | SURROGATE | BEYOND_UNICODE,
  SEQUENCE_CUT, SEQUENCE_CUT, SEQUENCE_CUT, SEQUENCE_CUT,
};

/* Maximum values of the last bytes of a text: continuations must follow a lead byte. */
static const uint8_t max_at_end[16] = {
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0xdf, 0xbf,
};

/* A look-up that is loaded from byte 16 - n moves the last n bytes of a vector to the front and
 * sets the others to zero. */
static const uint8_t last_to_front[32] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
};
