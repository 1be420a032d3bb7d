/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Ways to cut what a peer sends into reads, and the bytes that are not read yet. */
#pragma once

#include "core/types.h"

typedef enum
{
  CUT_WHOLE,                    /* as few reads as there is room for */
  CUT_BYTEWISE,
  CUT_TRAILING,                 /* the same, with the first byte of another frame after the last
                                 * byte */
  N_CUTS,
} Cut;

#define CUT_TRAILING_BYTE 0x8a

typedef struct
{
  Cut cut;
  uint8_t *at;                  /* bytes that were sent; begin to end were not read yet */
  size_t begin, end;
} Wire;

const char *cut_get_name (Cut cut);

void   wire_clear (Wire *self);
void   wire_add   (Wire *self, const uint8_t *at, size_t n);
size_t wire_left  (const Wire *self);
/* One read: returns how many bytes it has read. */
size_t wire_read  (Wire *self, const WscBuffer *buffers, unsigned n_buffers);
