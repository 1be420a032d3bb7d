/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/types.h"

typedef struct
{
  uint8_t n_due;                /* bytes that the character still needs */
  uint8_t low, high;            /* lowest and highest value of the next continuation byte */
  uint8_t unused;
} WscUtf8;                      /* all zero: between characters */

bool wsc_utf8_check        (WscUtf8 *self, WscBytes text);                    /* false at the first impossible byte */
bool wsc_utf8_unmask       (WscUtf8 *self, uint8_t *at, size_t n, uint32_t key);   /* unmasks and checks a text in one pass, in place */
bool wsc_utf8_unmask_whole (uint8_t *at, size_t n, uint32_t key);             /* as wsc_utf8_unmask
                                                                                 (), for a text that
                                                                                 is whole */
bool wsc_utf8_is_valid     (WscBytes text);                                   /* whole text */
