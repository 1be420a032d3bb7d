/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The compressor of a deflater: bytes in, blocks of raw deflate out, each time up to the end of a
 * block (RFC 1951).  Each compression library has a file of its own. */
#pragma once

#include "core/frames/deflate.h"

typedef struct WscCompressor WscCompressor;

typedef struct
{
  void   (*free)(WscCompressor *self);
  void   (*reset)(WscCompressor *self);         /* the compressor forgets its window */
  /* Call it after a flush: keeps only the window in memory until the next call.  NULL: the
   * compression library cannot do that. */
  void   (*suspend)(WscCompressor *self);
  /* Takes bytes from the front of *input and returns the number of bytes produced.  is_flushed: the
   * output so far contains all input and ends in an empty block. */
  size_t (*take)(WscCompressor *self, WscBytes *input, WscBuffer output, bool *is_flushed);
} WscCompressorKind;

struct WscCompressor            /* first member of each kind */
{
  const WscCompressorKind *kind;
  size_t n_bytes;              /* bytes of memory that the compressor holds, this struct included */
};

/* NULL: no memory. */
WscCompressor *wsc_compressor_new_zlib (const WscDeflateForm *form);
/* Defined only if ISA-L is built in.  wsc_compressor_suits_isal () must accept form. */
WscCompressor *wsc_compressor_new_isal (const WscDeflateForm *form);
bool           wsc_compressor_suits_isal (const WscDeflateForm *form);
