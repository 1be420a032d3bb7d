/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Deflate: one message in, compressed or inflated bytes out, in pieces (RFC 7692 7.2).
 *
 * Input: any part of a message.  Output: at most as much as the given memory holds.  This file
 * knows no frames, limits or text.  Nothing is allocated after a stream was created.
 *
 * A deflater holds back the last bytes of its output, so the tail 00 00 ff ff is never sent.
 * After a fault an inflater inflates nothing more.
 *
 * (1) One thread at a time uses a stream.
 *
 * If the window is smaller than the largest distance, each call of inflate produces at most a
 * window: zlib refuses only distances that reach before both the window and the call's output.
 *
 * docs/rationales/compression.md has the reasons.
 */

#include "core/frames/deflate.h"

#include "core/bytes/byte-order.h"
#include "core/frames/compressor.h"
#include "core/frames/zlib-memory.h"
#include "core/limits.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define AT_ONCE (1u << 30)      /* bytes per call: zlib counts in unsigned int */

static const uint8_t message_tail[WSC_DEFLATE_TAIL_LENGTH] = { 0x00, 0x00, 0xff, 0xff };

struct WscDeflater
{
  WscCompressor *compressor;
  atomic_flag    is_busy;       /* (1) */
  WscDeflateForm form;
  uint8_t        n_held;
  uint8_t        held[WSC_DEFLATE_TAIL_LENGTH];
};

struct WscInflater
{
  z_stream      zlib;
  WscZlibMemory memory;
  atomic_flag   is_busy;        /* (1) */
  uint8_t       window_bits;
  uint8_t       is_broken;
  uint8_t       is_after_last;  /* the block that is marked as the last one has ended */
};

static void
deflate_enter (atomic_flag *is_busy)
{
  bool was_busy = atomic_flag_test_and_set_explicit (is_busy, memory_order_acquire);

  assert (!was_busy);           /* (1) */
  (void) was_busy;
}

static void
deflate_leave (atomic_flag *is_busy)
{
  atomic_flag_clear_explicit (is_busy, memory_order_release);
}

static WscBuffer
buffer_after (WscBuffer buffer,
              size_t    n)
{
  assert (n <= buffer.length);
  return (WscBuffer) { n > 0 ? buffer.at + n : buffer.at, buffer.length - n };
}

static WscCompressor *
make_compressor (const WscDeflateForm *form)
{
#ifdef WSC_HAVE_ISAL
  if (wsc_compressor_suits_isal (form))
    return wsc_compressor_new_isal (form);
#endif
  return wsc_compressor_new_zlib (form);
}

WscDeflater *
wsc_deflater_new (uint8_t window_bits,
                  uint8_t level,
                  uint8_t memory_level)
{
  WscDeflater *self;

  assert (window_bits >= WSC_MIN_WINDOW_BITS && window_bits <= WSC_MAX_WINDOW_BITS);
  self = malloc (sizeof *self);
  if (self == NULL)
    return NULL;

  *self = (WscDeflater) { .form = { window_bits, level, memory_level } };
  atomic_flag_clear (&self->is_busy);
  self->compressor = make_compressor (&self->form);
  if (self->compressor == NULL)
    {
      free (self);
      return NULL;
    }
  return self;
}

void
wsc_deflater_free (WscDeflater *self)
{
  if (self == NULL)
    return;

  self->compressor->kind->free (self->compressor);
  free (self);
}

bool
wsc_deflater_is (const WscDeflater *self,
                 uint8_t            window_bits,
                 uint8_t            level,
                 uint8_t            memory_level)
{
  return wsc_deflate_form_equal (&self->form,
                                 &(WscDeflateForm) { window_bits, level, memory_level });
}

size_t
wsc_deflater_get_memory (const WscDeflater *self)
{
  return self != NULL ? sizeof *self + self->compressor->n_bytes : 0;
}

void
wsc_deflater_reset (WscDeflater *self)
{
  self->compressor->kind->reset (self->compressor);
  self->n_held = 0;
}

void
wsc_deflater_suspend (WscDeflater *self)
{
  WscCompressor *compressor = self->compressor;

  assert (self->n_held == 0);
  if (compressor->kind->suspend != NULL)
    compressor->kind->suspend (compressor);
}

static size_t
put_held (WscDeflater *self,
          WscBuffer    output)
{
  size_t n = self->n_held;

  memcpy (output.at, self->held, n);
  self->n_held = 0;
  return n;
}

/* The last bytes of the output are held back, because they may be the tail 00 00 ff ff. */
static size_t
hold_back (WscDeflater *self,
           WscBuffer    output,
           size_t       made)
{
  size_t n = made < sizeof self->held ? made : sizeof self->held;

  memcpy (self->held, output.at + made - n, n);
  self->n_held = (uint8_t) n;
  return made - n;
}

/* A message without output is empty, because some output is always held back.  zlib does not
 * flush twice; RFC 7692 7.2.3.6 has a byte for an empty message, which does not change the
 * window. */
static size_t
deflate_end_message (WscDeflater *self,
                     WscBuffer    output,
                     size_t       made)
{
  if (made == 0)
    {
      output.at[0] = 0x00;
      return 1;
    }

  assert (made >= sizeof message_tail &&
          memcmp (output.at + made - sizeof message_tail, message_tail,
                  sizeof message_tail) == 0);
  return made - sizeof message_tail;
}

size_t
wsc_deflater_take (WscDeflater  *self,
                   WscBytes     *input,
                   WscDeflateEnd end,
                   WscBuffer     output,
                   bool         *is_done)
{
  WscCompressor *compressor = self->compressor;
  size_t made;

  assert (output.length >= WSC_MIN_DEFLATE_OUTPUT);
  deflate_enter (&self->is_busy);
  made = put_held (self, output);
  made += compressor->kind->take (compressor, input, buffer_after (output, made), is_done);
  deflate_leave (&self->is_busy);
  return *is_done && end == WSC_DEFLATE_MESSAGE ? deflate_end_message (self, output, made)
                                                : hold_back (self, output, made);
}

static bool
inflater_begin (WscInflater *self)
{
  self->zlib = (z_stream) { .zalloc = wsc_zlib_allocate, .zfree = wsc_zlib_release,
                            .opaque = &self->memory };
  return inflateInit2 (&self->zlib, -self->window_bits) == Z_OK;
}

WscInflater *
wsc_inflater_new (uint8_t window_bits)
{
  WscInflater *self;

  assert (window_bits >= WSC_MIN_WINDOW_BITS && window_bits <= WSC_MAX_WINDOW_BITS);
  self = malloc (sizeof *self);
  if (self == NULL)
    return NULL;

  *self = (WscInflater) { .window_bits = window_bits };
  atomic_flag_clear (&self->is_busy);
  if (!wsc_zlib_memory_init (&self->memory, WSC_ZLIB_STATE_LENGTH + ((size_t) 1 << window_bits)))
    {
      free (self);
      return NULL;
    }
  if (!inflater_begin (self))
    {
      wsc_zlib_memory_clear (&self->memory);
      free (self);
      return NULL;
    }
  wsc_zlib_memory_give_back_unused (&self->memory);
  return self;
}

void
wsc_inflater_free (WscInflater *self)
{
  if (self == NULL)
    return;

  if (!self->memory.is_window)
    inflateEnd (&self->zlib);
  wsc_zlib_memory_clear (&self->memory);
  free (self);
}

bool
wsc_inflater_is (const WscInflater *self,
                 uint8_t            window_bits)
{
  return self->window_bits == window_bits;
}

size_t
wsc_inflater_get_memory (const WscInflater *self)
{
  return self != NULL ? sizeof *self + wsc_zlib_memory_get_length (&self->memory) : 0;
}

static bool
set_window (WscInflater *self,
            WscBytes     window)
{
  return window.length == 0 ||
         inflateSetDictionary (&self->zlib, window.at, (unsigned) window.length) == Z_OK;
}

/* Allocates nothing: the block had room for the same stream before. */
static void
inflater_resume (WscInflater *self)
{
  uint8_t window[WSC_MAX_WINDOW_LENGTH];
  size_t length = wsc_zlib_memory_copy_window (&self->memory, window);
  bool is_begun;

  wsc_zlib_memory_begin (&self->memory);
  is_begun = inflater_begin (self) && set_window (self, (WscBytes) { window, length });
  assert (is_begun);
  (void) is_begun;
}

size_t
wsc_inflater_copy_window (const WscInflater *self,
                          uint8_t           *to)
{
  unsigned length = 0;

  if (self->memory.is_window)
    return wsc_zlib_memory_copy_window (&self->memory, to);

  /* zlib does not change the stream, but has no const. */
  if (inflateGetDictionary ((z_stream *) &self->zlib, to, &length) != Z_OK)
    return 0;

  return length;
}

/* The window of a new stream makes data after the last block valid, too. */
void
wsc_inflater_suspend (WscInflater *self)
{
  uint8_t window[WSC_MAX_WINDOW_LENGTH];
  size_t length;

  if (self->memory.is_window || self->is_broken || !wsc_zlib_memory_is_whole (&self->memory))
    return;

  length = wsc_inflater_copy_window (self, window);
  inflateEnd (&self->zlib);
  wsc_zlib_memory_keep_window (&self->memory, (WscBytes) { window, length });
  self->is_after_last = 0;
}

void
wsc_inflater_reset (WscInflater *self)
{
  if (self->memory.is_window)
    inflater_resume (self);
  inflateReset (&self->zlib);
  self->is_broken = 0;
  self->is_after_last = 0;
}

bool
wsc_inflater_set_window (WscInflater *self,
                         WscBytes     window)
{
  assert (window.length <= (size_t) 1 << self->window_bits);
  return set_window (self, window);
}

static WscFault
break_stream (WscInflater *self,
              WscFault     fault)
{
  self->is_broken = 1;
  return fault;
}

static size_t
room_at_once (const WscInflater *self,
              size_t             room)
{
  size_t window = (size_t) 1 << self->window_bits;

  return self->window_bits < WSC_MAX_WINDOW_BITS && room > window ? window : room;
}

/* Calls zlib once.  Without input and pending output nothing changes. */
static WscFault
inflate_once (WscInflater *self,
              WscBytes    *input,
              WscBuffer    room,
              int          flush,
              size_t      *made)
{
  z_stream *zlib = &self->zlib;
  int result;

  room.length = room_at_once (self, room.length);
  zlib->next_in = input->at;
  zlib->avail_in = (unsigned) (input->length < AT_ONCE ? input->length : AT_ONCE);
  zlib->next_out = room.at;
  zlib->avail_out = (unsigned) (room.length < AT_ONCE ? room.length : AT_ONCE);
  result = inflate (zlib, flush);
  *input = bytes_after (*input, (size_t) (zlib->next_in - input->at));
  *made += (size_t) (zlib->next_out - room.at);
  switch (result)
    {
    case Z_STREAM_END:
      self->is_after_last = 1;
      return WSC_FAULT_NONE;

    case Z_OK:
    case Z_BUF_ERROR:
      return WSC_FAULT_NONE;

    case Z_MEM_ERROR:
      return break_stream (self, WSC_FAULT_OUT_OF_MEMORY);

    default:
      return break_stream (self, WSC_FAULT_DEFLATE_CORRUPT);
    }
}

/* Data after the block that is marked as the last is inflated, too.  Its window is the output so
 * far, as for each block (7.2.3.4). */
static void
begin_after_last (WscInflater *self)
{
  inflateResetKeep (&self->zlib);
  self->is_after_last = 0;
}

WscFault
wsc_inflater_take (WscInflater *self,
                   WscBytes    *input,
                   WscBuffer    output,
                   size_t      *made)
{
  WscFault fault = self->is_broken ? WSC_FAULT_DEFLATE_CORRUPT : WSC_FAULT_NONE;

  *made = 0;
  deflate_enter (&self->is_busy);
  if (self->memory.is_window)
    inflater_resume (self);
  while (!self->is_broken && *made < output.length)
    {
      if (self->is_after_last && input->length > 0)
        begin_after_last (self);
      fault = inflate_once (self, input, buffer_after (output, *made), Z_SYNC_FLUSH, made);
      if (input->length == 0 && self->zlib.avail_out > 0)
        break;
    }
  deflate_leave (&self->is_busy);
  return fault;
}

/* Whether the tail was the empty block that ends a message: a block has ended, is not marked as the
 * last, and no bit is left over. */
static bool
is_between_blocks (const WscInflater *self)
{
  return (self->zlib.data_type & (128 | 7)) == 128;
}

WscFault
wsc_inflater_end (WscInflater *self)
{
  WscBytes tail = { message_tail, sizeof message_tail };
  WscFault fault = self->is_broken ? WSC_FAULT_DEFLATE_CORRUPT : WSC_FAULT_NONE;
  uint8_t unwanted[1];
  size_t made = 0;

  if (self->is_after_last)
    return fault;

  deflate_enter (&self->is_busy);
  if (self->memory.is_window)
    inflater_resume (self);
  while (!self->is_broken && !self->is_after_last && tail.length > 0 && made == 0)
    fault = inflate_once (self, &tail, (WscBuffer) { unwanted, sizeof unwanted }, Z_BLOCK, &made);
  deflate_leave (&self->is_busy);
  if (fault != WSC_FAULT_NONE)
    return fault;

  return made == 0 && is_between_blocks (self)
         ? WSC_FAULT_NONE : break_stream (self, WSC_FAULT_DEFLATE_TRUNCATED);
}
