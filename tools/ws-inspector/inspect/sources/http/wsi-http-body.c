/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the end of a body.  A body that breaks the rules has no end: TO_END. */

#include "inspect/sources/http/wsi-http-body.h"

#include <string.h>

#define MAX_DIGITS 15           /* digits of the size of a chunk */

static void
http_body_begin (WsiHttpBody     *self,
                 WsiHttpBodyState state,
                 guint64          n_left)
{
  *self = (WsiHttpBody) { .state = state, .n_left = n_left };
  if (state == WSI_HTTP_BODY_LENGTH && n_left == 0)
    self->state = WSI_HTTP_BODY_DONE;
}

void
wsi_http_body_begin_request (WsiHttpBody       *self,
                             const WsiHttpHead *head,
                             WsiHttpChunks      chunks)
{
  if (head->is_chunked)
    http_body_begin (self, WSI_HTTP_BODY_CHUNK_SIZE, 0);
  else
    http_body_begin (self, WSI_HTTP_BODY_LENGTH, head->has_length ? head->length : 0);
  self->chunks = chunks;
}

void
wsi_http_body_begin_response (WsiHttpBody       *self,
                              const WsiHttpHead *head,
                              WsiHttpMethod      method)
{
  if (head->status < 200 || head->status == 204 || head->status == 304 ||
      method == WSI_HTTP_METHOD_HEAD)
    http_body_begin (self, WSI_HTTP_BODY_DONE, 0);
  else if (head->is_chunked || head->has_length)
    wsi_http_body_begin_request (self, head, WSI_HTTP_CHUNKS_OBSERVED);
  else
    http_body_begin (self, WSI_HTTP_BODY_TO_END, 0);
}

/* Carriage return and line feed are one end of a line, and nothing else is. */
static gboolean
is_exact (WsiHttpBody *self,
          guint8       byte)
{
  const gboolean had_return = self->has_return;
  const gboolean is_after_size = self->state == WSI_HTTP_BODY_CHUNK_SIZE && self->n_digits > 0 &&
                                 g_ascii_xdigit_value ((char) byte) < 0;

  self->has_return = byte == '\r';
  if (had_return || byte == '\n')
    return had_return && byte == '\n';
  if (is_after_size && strchr ("\r; \t", byte) == NULL)
    return FALSE;

  return byte == '\r' || byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

static void
take_size (WsiHttpBody *self,
           guint8       byte)
{
  const int digit = g_ascii_xdigit_value ((char) byte);

  if (digit >= 0 && self->n_digits < MAX_DIGITS)
    {
      self->n_left = self->n_left << 4 | (guint) digit;
      self->n_digits++;
    }
  else if (digit >= 0 || self->n_digits == 0)
    {
      self->state = WSI_HTTP_BODY_TO_END;
    }
  else
    {
      self->state = WSI_HTTP_BODY_CHUNK_EXTENSION;
    }
}

static void
end_size (WsiHttpBody *self)
{
  self->state = self->n_left > 0 ? WSI_HTTP_BODY_CHUNK : WSI_HTTP_BODY_TRAILER;
  self->n_digits = 0;
  self->n_line = 0;
}

/* Takes a byte that is not of the body itself. */
static void
http_body_take_byte (WsiHttpBody *self,
                     guint8       byte)
{
  if (self->chunks == WSI_HTTP_CHUNKS_EXACT && !is_exact (self, byte))
    {
      self->state = WSI_HTTP_BODY_TO_END;
      return;
    }

  switch (self->state)
    {
    case WSI_HTTP_BODY_CHUNK_SIZE:
      take_size (self, byte);
      if (self->state == WSI_HTTP_BODY_CHUNK_EXTENSION && byte == '\n')
        end_size (self);
      break;
    case WSI_HTTP_BODY_CHUNK_EXTENSION:
      if (byte == '\n')
        end_size (self);
      break;
    case WSI_HTTP_BODY_CHUNK_END:
      if (byte == '\n')
        self->state = WSI_HTTP_BODY_CHUNK_SIZE;
      else if (byte != '\r')
        self->state = WSI_HTTP_BODY_TO_END;
      break;
    case WSI_HTTP_BODY_TRAILER:
      if (byte == '\n' && self->n_line == 0)
        self->state = WSI_HTTP_BODY_DONE;
      self->n_line = byte == '\n' ? 0 : self->n_line + (byte != '\r');
      break;
    case WSI_HTTP_BODY_DONE:
    case WSI_HTTP_BODY_LENGTH:
    case WSI_HTTP_BODY_CHUNK:
    case WSI_HTTP_BODY_TO_END:
      g_assert_not_reached ();
    }
}

static void
http_body_leave (WsiHttpBody *self,
                 guint64      n)
{
  if (self->state == WSI_HTTP_BODY_TO_END)
    return;

  self->n_left -= n;
  if (self->n_left == 0)
    self->state = self->state == WSI_HTTP_BODY_LENGTH ? WSI_HTTP_BODY_DONE
                                                      : WSI_HTTP_BODY_CHUNK_END;
}

static gboolean
is_inside (const WsiHttpBody *self)
{
  return self->state == WSI_HTTP_BODY_LENGTH || self->state == WSI_HTTP_BODY_CHUNK ||
         self->state == WSI_HTTP_BODY_TO_END;
}

gsize
wsi_http_body_take (WsiHttpBody  *self,
                    const guint8 *at,
                    gsize         length)
{
  gsize n_taken = 0;

  while (n_taken < length && self->state != WSI_HTTP_BODY_DONE)
    if (is_inside (self))
      {
        const gsize n = self->state == WSI_HTTP_BODY_TO_END
                        ? length - n_taken : MIN (self->n_left, length - n_taken);

        http_body_leave (self, n);
        n_taken += n;
      }
    else
      {
        http_body_take_byte (self, at[n_taken++]);
      }
  return n_taken;
}

gboolean
wsi_http_body_skip (WsiHttpBody *self,
                    guint64      length)
{
  if (self->state == WSI_HTTP_BODY_TO_END)
    return TRUE;
  if (!is_inside (self) || length > self->n_left)
    return FALSE;

  http_body_leave (self, length);
  return TRUE;
}
