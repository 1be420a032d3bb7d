/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Compression at level 1 by ISA-L: three times as fast as zlib, and the output is not longer.
 * IsalCompressor has the smallest state that ISA-L offers, so ISA-L is used only where zlib would
 * take at least as much memory.  docs/rationales/compression.md has the reasons. */

#include "core/frames/compressor.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#include <isa-l/igzip_lib.h>

#define AT_ONCE (1u << 30)      /* bytes per call: ISA-L counts in uint32_t */

typedef struct
{
  WscCompressor base;
  struct isal_zstream isal;
  uint8_t is_flushed;           /* no input was taken since the last flush */
  alignas (16) uint8_t level_buffer[ISAL_DEF_LVL1_SMALL];
} IsalCompressor;

static void
free_isal (WscCompressor *base)
{
  free (base);
}

static void
reset_isal (WscCompressor *base)
{
  IsalCompressor *self = (IsalCompressor *) base;

  isal_deflate_reset (&self->isal);
  self->is_flushed = 1;
}

static size_t
take_isal (WscCompressor *base,
           WscBytes      *input,
           WscBuffer      output,
           bool          *is_flushed)
{
  IsalCompressor *self = (IsalCompressor *) base;
  struct isal_zstream *isal = &self->isal;
  bool is_all = input->length <= AT_ONCE;
  int result;

  /* Without input, ISA-L would add an empty block at a second flush, and two of them for an empty
   * message. */
  *is_flushed = input->length == 0 && self->is_flushed;
  if (*is_flushed)
    return 0;

  isal->flush = is_all ? SYNC_FLUSH : NO_FLUSH;
  isal->gzip_flag = IGZIP_DEFLATE;
  isal->end_of_stream = 0;
  isal->next_in = (uint8_t *) input->at;        /* ISA-L only reads the input */
  isal->avail_in = (uint32_t) (is_all ? input->length : AT_ONCE);
  isal->next_out = output.at;
  isal->avail_out = (uint32_t) (output.length < AT_ONCE ? output.length : AT_ONCE);
  result = isal_deflate (isal);
  assert (result == COMP_OK && (isal->avail_in == 0 || isal->avail_out == 0));
  (void) result;
  *input = bytes_after (*input, (is_all ? input->length : AT_ONCE) - isal->avail_in);
  *is_flushed = is_all && isal->avail_out > 0;
  self->is_flushed = *is_flushed;
  return (size_t) (isal->next_out - output.at);
}

static const WscCompressorKind isal_kind = { free_isal, reset_isal, NULL, take_isal };

/* of_zlib is the memory that zlib's manual states: windows and hash chains, then hash table and
 * pending output.  ISA-L refers to all bytes of its window, which has 9 bits and more. */
bool
wsc_compressor_suits_isal (const WscDeflateForm *form)
{
  size_t of_zlib = ((size_t) 1 << (form->window_bits + 2))
                   + ((size_t) 1 << (form->memory_level + 9));

  return form->level == 1 && form->window_bits > WSC_MIN_WINDOW_BITS &&
         sizeof (IsalCompressor) <= of_zlib;
}

WscCompressor *
wsc_compressor_new_isal (const WscDeflateForm *form)
{
  IsalCompressor *self = malloc (sizeof *self);

  if (self == NULL)
    return NULL;

  self->base = (WscCompressor) { &isal_kind, sizeof *self };
  self->is_flushed = 1;
  isal_deflate_init (&self->isal);
  self->isal.level = 1;
  self->isal.level_buf = self->level_buffer;
  self->isal.level_buf_size = sizeof self->level_buffer;
  self->isal.hist_bits = form->window_bits;
  return &self->base;
}
