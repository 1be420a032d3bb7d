/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/compressor.h"

#include "core/bytes/byte-order.h"
#include "core/frames/zlib-memory.h"
#include "core/limits.h"

#include <assert.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define LEAST_WINDOW_BITS 9     /* smallest window that zlib has for raw deflate */
#define AT_ONCE (1u << 30)      /* bytes per call: zlib counts in unsigned int */

typedef struct
{
  WscCompressor  base;
  z_stream       zlib;
  WscZlibMemory  memory;
  WscDeflateForm form;
} ZlibCompressor;

static void
zlib_compressor_note_length (ZlibCompressor *self)
{
  self->base.n_bytes = sizeof *self + wsc_zlib_memory_get_length (&self->memory);
}

/* zlib keeps 262 bytes of its window for input, so with 9 bits it refers to the last 250 bytes at
 * most, and serves for a window of 8 bits, too. */
static int
get_window_bits (const WscDeflateForm *form)
{
  return form->window_bits > LEAST_WINDOW_BITS ? form->window_bits : LEAST_WINDOW_BITS;
}

static bool
zlib_compressor_begin (ZlibCompressor *self)
{
  self->zlib = (z_stream) { .zalloc = wsc_zlib_allocate, .zfree = wsc_zlib_release,
                            .opaque = &self->memory };
  return deflateInit2 (&self->zlib, self->form.level, Z_DEFLATED, -get_window_bits (&self->form),
                       self->form.memory_level, Z_DEFAULT_STRATEGY) == Z_OK;
}

/* Allocates nothing: the block had room for the same stream before. */
static void
zlib_compressor_resume (ZlibCompressor *self)
{
  uint8_t window[WSC_MAX_WINDOW_LENGTH];
  unsigned length = (unsigned) wsc_zlib_memory_copy_window (&self->memory, window);
  bool is_begun;

  wsc_zlib_memory_begin (&self->memory);
  is_begun = zlib_compressor_begin (self) &&
             (length == 0 || deflateSetDictionary (&self->zlib, window, length) == Z_OK);
  assert (is_begun);
  (void) is_begun;
  zlib_compressor_note_length (self);
}

static void
suspend_zlib (WscCompressor *base)
{
  ZlibCompressor *self = (ZlibCompressor *) base;
  uint8_t window[WSC_MAX_WINDOW_LENGTH];
  unsigned length = 0;

  if (self->memory.is_window || !wsc_zlib_memory_is_whole (&self->memory) ||
      deflateGetDictionary (&self->zlib, window, &length) != Z_OK)
    return;

  deflateEnd (&self->zlib);
  wsc_zlib_memory_keep_window (&self->memory, (WscBytes) { window, length });
  zlib_compressor_note_length (self);
}

static void
free_zlib (WscCompressor *base)
{
  ZlibCompressor *self = (ZlibCompressor *) base;

  if (!self->memory.is_window)
    deflateEnd (&self->zlib);
  wsc_zlib_memory_clear (&self->memory);
  free (self);
}

static void
reset_zlib (WscCompressor *base)
{
  ZlibCompressor *self = (ZlibCompressor *) base;

  if (self->memory.is_window)
    zlib_compressor_resume (self);
  deflateReset (&self->zlib);
}

static size_t
take_zlib (WscCompressor *base,
           WscBytes      *input,
           WscBuffer      output,
           bool          *is_flushed)
{
  ZlibCompressor *self = (ZlibCompressor *) base;
  z_stream *zlib = &self->zlib;
  int flush = input->length <= AT_ONCE ? Z_SYNC_FLUSH : Z_NO_FLUSH, result;

  if (self->memory.is_window)
    zlib_compressor_resume (self);
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

static const WscCompressorKind zlib_kind = { free_zlib, reset_zlib, suspend_zlib, take_zlib };

/* Above what zlib's manual states: windows and hash chains, then hash table and pending output. */
static size_t
get_block_size (const WscDeflateForm *form)
{
  return WSC_ZLIB_STATE_LENGTH + ((size_t) 1 << (get_window_bits (form) + 2))
         + ((size_t) 1 << (form->memory_level + 9)) + ((size_t) 1 << (form->memory_level + 6));
}

WscCompressor *
wsc_compressor_new_zlib (const WscDeflateForm *form)
{
  ZlibCompressor *self = malloc (sizeof *self);

  if (self == NULL)
    return NULL;

  *self = (ZlibCompressor) { .base = { .kind = &zlib_kind }, .form = *form };
  if (!wsc_zlib_memory_init (&self->memory, get_block_size (form)))
    {
      free (self);
      return NULL;
    }
  if (!zlib_compressor_begin (self))
    {
      wsc_zlib_memory_clear (&self->memory);
      free (self);
      return NULL;
    }
  wsc_zlib_memory_give_back_unused (&self->memory);
  zlib_compressor_note_length (self);
  return &self->base;
}
