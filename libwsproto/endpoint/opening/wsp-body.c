/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads the body of a refusal.  A body has no faults, because it is only shown: malformed framing
 * ends the body.
 *
 * `left` is the number of bytes that may still be added, so a body never holds more than
 * max_length.
 */
#include "endpoint/opening/wsp-body-private.h"

#include "http/wsp-decimal-private.h"

typedef enum
{
  READING_BYTES,                /* left bytes, or up to the end of the stream */
  READING_CHUNK_SIZE,
  READING_CHUNK_EXTENSION,
  READING_CHUNK,
  READING_CHUNK_END,
  COMPLETE,
} BodyState;

struct _WspBody
{
  BodyState   state;
  gsize       left;
  guint64     chunk_left;
  guint       n_digits;
  GByteArray *bytes;
};

static gboolean
has_no_body (guint status)
{
  return status < 200 || status == 204 || status == 304;
}

WspBody *
wsp_body_new (WspHeaders *headers,
              guint       status,
              gsize       max_length)
{
  WspBody *self = g_new0 (WspBody, 1);
  const char *length = wsp_headers_get_one (headers, "Content-Length");
  guint64 announced = max_length;

  if (length != NULL)
    wsp_decimal_parse (length, max_length, &announced);

  self->bytes = g_byte_array_new ();
  self->left = max_length;
  if (wsp_headers_has_token (headers, "Transfer-Encoding", "chunked"))
    self->state = READING_CHUNK_SIZE;
  else
    self->left = announced;

  if (has_no_body (status) || self->left == 0)
    self->state = COMPLETE;
  return self;
}

void
wsp_body_free (WspBody *self)
{
  g_byte_array_unref (self->bytes);
  g_free (self);
}

static void
end_chunk_size (WspBody *self)
{
  if (self->chunk_left == 0)    /* or there was no digit */
    self->state = COMPLETE;
  else
    self->state = READING_CHUNK;
}

static void
take_size_byte (WspBody *self,
                char     byte)
{
  int digit = g_ascii_xdigit_value (byte);

  if (digit >= 0 && self->n_digits < 15)
    {
      self->chunk_left = self->chunk_left * 16 + digit;
      self->n_digits++;
    }
  else if (byte == '\n')
    end_chunk_size (self);
  else if (byte == '\r' || byte == ';' || byte == ' ' || byte == '\t')
    self->state = READING_CHUNK_EXTENSION;
  else
    self->state = COMPLETE;
}

static void
begin_chunk_size (WspBody *self)
{
  self->state = READING_CHUNK_SIZE;
  self->n_digits = 0;
  self->chunk_left = 0;
}

static gsize
take_chunk (WspBody      *self,
            const guint8 *bytes,
            gsize         length)
{
  gsize n = MIN (length, self->chunk_left);

  g_byte_array_append (self->bytes, bytes, n);
  self->chunk_left -= n;
  if (self->chunk_left == 0)
    self->state = READING_CHUNK_END;
  return n;
}

/* Takes at least one byte, unless the body is complete. */
static gsize
body_take_some (WspBody      *self,
                const guint8 *bytes,
                gsize         length)
{
  switch (self->state)
    {
    case READING_BYTES:
      g_byte_array_append (self->bytes, bytes, length);
      return length;
    case READING_CHUNK_SIZE:
      take_size_byte (self, bytes[0]);
      return 1;
    case READING_CHUNK_EXTENSION:
      if (bytes[0] == '\n')
        end_chunk_size (self);
      return 1;
    case READING_CHUNK:
      return take_chunk (self, bytes, length);
    case READING_CHUNK_END:
      if (bytes[0] == '\n')
        begin_chunk_size (self);
      else if (bytes[0] != '\r')
        self->state = COMPLETE;
      return 1;
    case COMPLETE:
      return 0;
    }

  g_assert_not_reached ();
}

gsize
wsp_body_take (WspBody      *self,
               const guint8 *bytes,
               gsize         length)
{
  gsize used = 0;

  while (used < length && self->state != COMPLETE)
    {
      gsize n = body_take_some (self, bytes + used, MIN (length - used, self->left));

      used += n;
      self->left -= n;
      if (self->left == 0)
        self->state = COMPLETE;
    }

  return used;
}

gboolean
wsp_body_is_complete (WspBody *self)
{
  return self->state == COMPLETE;
}

GBytes *
wsp_body_dup_bytes (WspBody *self)
{
  return g_bytes_new (self->bytes->data, self->bytes->len);
}
