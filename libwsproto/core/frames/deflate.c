/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Deflate: one message in, compressed or inflated octets out, in pieces (RFC 7692 7.2).
 *
 * Goes in: whatever is there of a message.  Comes out: as much as the given memory holds, never
 * more. Knows no frame, no limit and no text; makes no memory after the streams but the window of
 * an inflater, which comes with its first octets.
 *
 * (1) A deflater holds back the last octets it made, so that the tail 00 00 ff ff never leaves.
 * (2) An inflater behind a fault is not used again.
 * (3) One thread at a time is inside a stream.
 * (4) While the window is smaller than any distance could be, no call of inflate makes more than a
 *     window: zlib itself refuses only what lies before the window and before the call's output.
 */

#include "core/frames/deflate.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define AT_ONCE (1u << 30)      /* zlib counts in unsigned int */

static const uint8_t message_tail[WSC_DEFLATE_TAIL_LENGTH] = { 0x00, 0x00, 0xff, 0xff };

typedef struct
{
  z_stream zlib;
  size_t   n_allocated;         /* octets: zlib gives none back before the stream ends */
  atomic_flag is_busy;          /* (3) */
} Stream;

struct WscDeflater
{
  Stream   stream;
  uint8_t  window_bits, level, memory_level;
  uint8_t  has_made;            /* octets of this message, held ones counted */
  uint8_t  n_held;
  uint8_t  held[WSC_DEFLATE_TAIL_LENGTH];
};

struct WscInflater
{
  Stream   stream;
  uint8_t  window_bits;
  uint8_t  is_broken;
  uint8_t  is_behind_last;      /* a block said to be the last has ended */
};

static void *
allocate (void    *opaque,
          unsigned n,
          unsigned size)
{
  Stream *stream = opaque;
  void *memory = size != 0 && n > SIZE_MAX / size ? NULL : malloc ((size_t) n * size);

  if (memory != NULL)
    stream->n_allocated += (size_t) n * size;
  return memory;
}

static void
release (void *opaque,
         void *memory)
{
  free (memory);
}

static void
stream_init (Stream *self)
{
  self->zlib = (z_stream) { .zalloc = allocate, .zfree = release, .opaque = self };
  self->n_allocated = 0;
  atomic_flag_clear (&self->is_busy);
}

static void
stream_enter (Stream *self)
{
  bool was_busy = atomic_flag_test_and_set_explicit (&self->is_busy, memory_order_acquire);

  assert (!was_busy);           /* (3) */
  (void) was_busy;
}

static void
stream_leave (Stream *self)
{
  atomic_flag_clear_explicit (&self->is_busy, memory_order_release);
}

/* Shows zlib the front of both. */
static void
stream_offer (Stream   *self,
              WscBytes  input,
              WscBuffer output)
{
  self->zlib.next_in = input.at;
  self->zlib.avail_in = (unsigned) (input.length < AT_ONCE ? input.length : AT_ONCE);
  self->zlib.next_out = output.at;
  self->zlib.avail_out = (unsigned) (output.length < AT_ONCE ? output.length : AT_ONCE);
}

static WscBuffer
buffer_after (WscBuffer buffer,
              size_t    n)
{
  assert (n <= buffer.length);
  return (WscBuffer) { n > 0 ? buffer.at + n : buffer.at, buffer.length - n };
}

WscDeflater *
wsc_deflater_new (uint8_t window_bits,
                  uint8_t level,
                  uint8_t memory_level)
{
  WscDeflater *self;

  assert (window_bits >= WSC_MIN_DEFLATE_WINDOW_BITS && window_bits <= WSC_MAX_WINDOW_BITS);
  self = malloc (sizeof *self);
  if (self == NULL)
    return NULL;

  *self = (WscDeflater) { .window_bits = window_bits, .level = level,
                          .memory_level = memory_level };
  stream_init (&self->stream);
  if (deflateInit2 (&self->stream.zlib, level, Z_DEFLATED, -window_bits, memory_level,
                    Z_DEFAULT_STRATEGY) != Z_OK)
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

  deflateEnd (&self->stream.zlib);
  free (self);
}

bool
wsc_deflater_is (const WscDeflater *self,
                 uint8_t            window_bits,
                 uint8_t            level,
                 uint8_t            memory_level)
{
  return self->window_bits == window_bits && self->level == level
         && self->memory_level == memory_level;
}

size_t
wsc_deflater_get_memory (const WscDeflater *self)
{
  return self != NULL ? sizeof *self + self->stream.n_allocated : 0;
}

void
wsc_deflater_reset (WscDeflater *self)
{
  deflateReset (&self->stream.zlib);
  self->has_made = 0;
  self->n_held = 0;
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

/* What may turn out to be the tail stays behind. */
static size_t
hold_back (WscDeflater *self,
           WscBuffer    output,
           size_t       made)
{
  size_t n = made < sizeof self->held ? made : sizeof self->held;

  memcpy (self->held, output.at + made - n, n);
  self->n_held = (uint8_t) n;                           /* (1) */
  self->has_made = self->has_made || made > 0;
  return made - n;
}

/* A message of which nothing was made is empty: zlib does not flush a second time, and RFC 7692
 * 7.2.3.6 has an octet for it that changes no window. */
static size_t
end_message (WscDeflater *self,
             WscBuffer    output,
             size_t       made)
{
  if (made == 0 && !self->has_made)
    output.at[made++] = 0x00;
  else
    {
      assert (made >= sizeof message_tail
              && memcmp (output.at + made - sizeof message_tail, message_tail,
                         sizeof message_tail) == 0);
      made -= sizeof message_tail;                      /* (1) */
    }
  self->has_made = 0;
  return made;
}

size_t
wsc_deflater_take (WscDeflater  *self,
                   WscBytes     *input,
                   WscDeflateEnd end,
                   WscBuffer     output,
                   bool         *is_done)
{
  z_stream *zlib = &self->stream.zlib;
  size_t made;
  int result, flush;

  assert (output.length >= WSC_DEFLATE_MIN_OUTPUT);
  stream_enter (&self->stream);
  made = put_held (self, output);
  stream_offer (&self->stream, *input, buffer_after (output, made));
  flush = zlib->avail_in == input->length ? Z_SYNC_FLUSH : Z_NO_FLUSH;
  result = deflate (zlib, flush);
  assert (result == Z_OK || result == Z_BUF_ERROR);     /* the latter: it was flushed already */
  (void) result;
  stream_leave (&self->stream);

  *input = bytes_after (*input, (size_t) (zlib->next_in - input->at));
  made = (size_t) (zlib->next_out - output.at);
  *is_done = flush == Z_SYNC_FLUSH && zlib->avail_in == 0 && zlib->avail_out > 0;
  return *is_done && end == WSC_DEFLATE_MESSAGE ? end_message (self, output, made)
                                                : hold_back (self, output, made);
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
  stream_init (&self->stream);
  if (inflateInit2 (&self->stream.zlib, -window_bits) != Z_OK)
    {
      free (self);
      return NULL;
    }
  return self;
}

void
wsc_inflater_free (WscInflater *self)
{
  if (self == NULL)
    return;

  inflateEnd (&self->stream.zlib);
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
  return self != NULL ? sizeof *self + self->stream.n_allocated : 0;
}

void
wsc_inflater_reset (WscInflater *self)
{
  inflateReset (&self->stream.zlib);
  self->is_broken = 0;
  self->is_behind_last = 0;
}

static WscFault
break_stream (WscInflater *self,
              WscFault     fault)
{
  self->is_broken = 1;                                  /* (2) */
  return fault;
}

static size_t
room_at_once (const WscInflater *self,
              size_t             room)
{
  size_t window = (size_t) 1 << self->window_bits;

  return self->window_bits < WSC_MAX_WINDOW_BITS && room > window ? window : room;    /* (4) */
}

/* One call of zlib's; it changes nothing where there is neither input nor output waiting. */
static WscFault
inflate_once (WscInflater *self,
              WscBytes    *input,
              WscBuffer    room,
              int          flush,
              size_t      *made)
{
  z_stream *zlib = &self->stream.zlib;
  int result;

  room.length = room_at_once (self, room.length);
  stream_offer (&self->stream, *input, room);
  result = inflate (zlib, flush);
  *input = bytes_after (*input, (size_t) (zlib->next_in - input->at));
  *made += (size_t) (zlib->next_out - room.at);
  switch (result)
    {
    case Z_STREAM_END:
      self->is_behind_last = 1;
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

/* Behind the last block of a stream another one may begin; what was inflated so far stays its
 * window, as it would for any other block (7.2.3.4). */
static bool
may_go_on (WscInflater *self,
           WscBytes     input)
{
  if (!self->is_behind_last)
    return true;

  if (input.length == 0)
    return false;

  inflateResetKeep (&self->stream.zlib);
  self->is_behind_last = 0;
  return true;
}

WscFault
wsc_inflater_take (WscInflater *self,
                   WscBytes    *input,
                   WscBuffer    output,
                   size_t      *made)
{
  WscFault fault = self->is_broken ? WSC_FAULT_DEFLATE_CORRUPT : WSC_FAULT_NONE;

  *made = 0;
  stream_enter (&self->stream);
  while (!self->is_broken && *made < output.length && may_go_on (self, *input))
    {
      fault = inflate_once (self, input, buffer_after (output, *made), Z_SYNC_FLUSH, made);
      if (input->length == 0 && self->stream.zlib.avail_out > 0)
        break;
    }
  stream_leave (&self->stream);
  return fault;
}

/* Where a block has ended, no bit is left over and nothing was made of the tail, it was the empty
 * block it should be. */
static bool
is_between_blocks (const WscInflater *self)
{
  return (self->stream.zlib.data_type & (128 | 7)) == 128;
}

WscFault
wsc_inflater_end (WscInflater *self)
{
  WscBytes tail = { message_tail, sizeof message_tail };
  WscFault fault = self->is_broken ? WSC_FAULT_DEFLATE_CORRUPT : WSC_FAULT_NONE;
  uint8_t unwanted[1];
  size_t made = 0;

  if (self->is_behind_last || fault != WSC_FAULT_NONE)
    return fault;

  stream_enter (&self->stream);
  while (!self->is_broken && !self->is_behind_last && tail.length > 0 && made == 0)
    fault = inflate_once (self, &tail, (WscBuffer) { unwanted, sizeof unwanted }, Z_BLOCK, &made);
  stream_leave (&self->stream);
  if (fault != WSC_FAULT_NONE)
    return fault;

  return tail.length == 0 && made == 0 && is_between_blocks (self)
         ? WSC_FAULT_NONE : break_stream (self, WSC_FAULT_DEFLATE_TRUNCATED);
}
