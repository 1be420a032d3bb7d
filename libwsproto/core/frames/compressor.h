/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What compresses for a deflater: bytes in, blocks of raw deflate out, each time up to the end of
 * a block (RFC 1951).  Each library that can do it has a file of its own. */
#pragma once

#include "core/frames/deflate.h"

typedef struct WscCompressor WscCompressor;

typedef struct
{
  void   (*free)(WscCompressor *self);
  void   (*reset)(WscCompressor *self);         /* forgets its window */
  /* Takes from the front of *input and returns the bytes made.  is_flushed: all of it is in what
   * was made so far, which ends with an empty block; there may be nothing more to make. */
  size_t (*take)(WscCompressor *self, WscBytes *input, WscBuffer output, bool *is_flushed);
} WscCompressorKind;

struct WscCompressor            /* the first member of each kind */
{
  const WscCompressorKind *kind;
  size_t n_bytes;              /* held, itself among them */
};

/* NULL: no memory. */
WscCompressor *wsc_compressor_new_zlib (const WscDeflateForm *form);
/* Only where ISA-L was built in, and only for a form that suits it. */
WscCompressor *wsc_compressor_new_isal (const WscDeflateForm *form);
bool           wsc_compressor_suits_isal (const WscDeflateForm *form);
