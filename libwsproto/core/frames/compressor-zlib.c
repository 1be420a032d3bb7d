/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/compressor.h"

#include "core/bytes/byte-order.h"
#include "core/frames/zlib-memory.h"

#include <assert.h>

#define ZLIB_CONST
#include <zlib.h>

#define LEAST_WINDOW_BITS 9     /* smallest window that zlib has for raw deflate */
#define AT_ONCE (1u << 30)      /* bytes per call: zlib counts in unsigned int */

typedef struct
{
  WscCompressor base;
  z_stream zlib;
} ZlibCompressor;

static void
free_zlib (WscCompressor *base)
{
  ZlibCompressor *self = (ZlibCompressor *) base;

  deflateEnd (&self->zlib);
  free (self);
}

static void
reset_zlib (WscCompressor *base)
{
  deflateReset (&((ZlibCompressor *) base)->zlib);
}

static size_t
take_zlib (WscCompressor *base,
           WscBytes      *input,
           WscBuffer      output,
           bool          *is_flushed)
{
  z_stream *zlib = &((ZlibCompressor *) base)->zlib;
  int flush = input->length <= AT_ONCE ? Z_SYNC_FLUSH : Z_NO_FLUSH, result;

  zlib->next_in = input->at;
  zlib->avail_in = (unsigned) (input->length < AT_ONCE ? input->length : AT_ONCE);
  zlib->next_out = output.at;
  zlib->avail_out = (unsigned) (output.length < AT_ONCE ? output.length : AT_ONCE);
  result = deflate (zlib, flush);
  /* Z_BUF_ERROR: all output was flushed before */
  assert (result == Z_OK || result == Z_BUF_ERROR);
  assert (zlib->avail_in == 0 || zlib->avail_out == 0);
  (void) result;
  *input = bytes_after (*input, (size_t) (zlib->next_in - input->at));
  *is_flushed = flush == Z_SYNC_FLUSH && zlib->avail_out > 0;
  return (size_t) (zlib->next_out - output.at);
}

static const WscCompressorKind zlib_kind = { free_zlib, reset_zlib, take_zlib };

/* zlib keeps 262 bytes of its window for input, so with 9 bits it refers to the last 250 bytes at
 * most, and serves for a window of 8 bits, too. */
static int
get_window_bits (const WscDeflateForm *form)
{
  return form->window_bits > LEAST_WINDOW_BITS ? form->window_bits : LEAST_WINDOW_BITS;
}

WscCompressor *
wsc_compressor_new_zlib (const WscDeflateForm *form)
{
  ZlibCompressor *self = malloc (sizeof *self);

  if (self == NULL)
    return NULL;

  *self = (ZlibCompressor) { .base = { &zlib_kind, sizeof *self } };
  self->zlib = (z_stream) { .zalloc = wsc_zlib_allocate, .zfree = wsc_zlib_release,
                            .opaque = &self->base.n_bytes };
  if (deflateInit2 (&self->zlib, form->level, Z_DEFLATED, -get_window_bits (form),
                    form->memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    {
      free (self);
      return NULL;
    }
  return &self->base;
}
