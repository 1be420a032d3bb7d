/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Mended head: a head with faults of syntax in, the head that http-head.c reads out.
 *
 * A line ends at its line feed.  A name ends at the first colon, and the blanks before the colon
 * are not part of it.  A line that begins with a blank goes on with the value before it.  A line
 * without a colon, or with a name that is no token, is nothing.  Controls in a value are blanks.
 * The target is all between method and version; what must not be in it is percent-encoded.
 *
 * docs/rationales/dissector.md has the reasons.
 */

#include "core/handshake/mended-head.h"

#include "core/bytes/byte-order.h"
#include "core/handshake/token-list.h"

#include <string.h>

#define MAX_GROWTH 4            /* of a head that is mended: "%00" for a byte, "\r\n" for "\n" */

const WscHeadLimits wsc_observed_head_limits = {
  .max_size = WSC_MAX_OBSERVED_HEAD,
  .max_line = WSC_MAX_OBSERVED_HEAD,
  .max_fields = WSC_MAX_OBSERVED_FIELDS,
  .max_protocols = WSC_MAX_OBSERVED_HEAD,
  .max_extensions = WSC_MAX_OBSERVED_HEAD,
  .max_parameters = WSC_MAX_OBSERVED_HEAD,
};

typedef struct
{
  WscByteBuffer text;
  bool is_complete;             /* there was memory for the whole text */
  bool has_field;               /* the text ends in a field, without its line end */
} Mended;

bool
wsc_head_fault_is_of_size (WscFault fault)
{
  return fault == WSC_FAULT_HEAD_TOO_BIG || fault == WSC_FAULT_LINE_TOO_LONG ||
         fault == WSC_FAULT_TOO_MANY_FIELDS;
}

size_t
wsc_head_end_take (WscHeadEnd *self,
                   WscBytes    bytes)
{
  size_t n = 0;

  while (n < bytes.length && !self->has_ended)
    {
      uint8_t byte = bytes.at[n++];

      self->has_ended = byte == '\n' && self->is_line_ended && self->has_text;
      if (byte != '\r')
        self->is_line_ended = byte == '\n';
      self->has_text |= byte != '\r' && byte != '\n';
    }
  return n;
}

static bool
mended_head_is_blank (uint8_t byte)
{
  return byte == ' ' || byte == '\t';
}

static void
mended_head_add (Mended  *self,
                 WscBytes bytes)
{
  if (bytes.length > 0 && !wsc_byte_buffer_append (&self->text, bytes))
    self->is_complete = false;
}

/* Takes a line from the front of *rest, without its end. */
static WscBytes
mended_head_take_line (WscBytes *rest)
{
  const uint8_t *end = memchr (rest->at, '\n', rest->length);
  size_t length = end != NULL ? (size_t) (end - rest->at) : rest->length;
  WscBytes line = bytes_first (*rest, length);

  *rest = bytes_after (*rest, end != NULL ? length + 1 : length);
  while (line.length > 0 && line.at[line.length - 1] == '\r')
    line.length--;
  return line;
}

static WscBytes
mended_head_take_word (WscBytes *rest)
{
  size_t length = 0;

  *rest = wsc_text_trimmed (*rest);
  while (length < rest->length && !mended_head_is_blank (rest->at[length]))
    length++;

  WscBytes word = bytes_first (*rest, length);

  *rest = wsc_text_trimmed (bytes_after (*rest, length));
  return word;
}

static WscBytes
take_last_word (WscBytes *rest)
{
  *rest = wsc_text_trimmed (*rest);

  size_t begin = rest->length;

  while (begin > 0 && !mended_head_is_blank (rest->at[begin - 1]))
    begin--;

  WscBytes word = bytes_after (*rest, begin);

  *rest = wsc_text_trimmed (bytes_first (*rest, begin));
  return word;
}

/* Adds runs of bytes that are not controls; each control becomes a blank. */
static void
add_without_controls (Mended  *self,
                      WscBytes value)
{
  while (value.length > 0)
    {
      size_t n = 0;

      while (n < value.length && !wsc_byte_is_control (value.at[n]))
        n++;
      mended_head_add (self, bytes_first (value, n));
      if (n < value.length)
        mended_head_add (self, wsc_text (" "));
      value = bytes_after (value, n < value.length ? n + 1 : n);
    }
}

static void
add_target (Mended  *self,
            WscBytes target)
{
  static const char digits[] = "0123456789ABCDEF";

  while (target.length > 0)
    {
      size_t n = 0;

      while (n < target.length && target.at[n] > ' ' && target.at[n] != 0x7f)
        n++;
      mended_head_add (self, bytes_first (target, n));
      if (n < target.length)
        {
          const uint8_t coded[] = { '%', (uint8_t) digits[target.at[n] >> 4],
                                    (uint8_t) digits[target.at[n] & 15] };

          mended_head_add (self, (WscBytes) { coded, sizeof coded });
        }
      target = bytes_after (target, n < target.length ? n + 1 : n);
    }
}

/* False: it is no request line. */
static bool
add_request_line (Mended  *self,
                  WscBytes line)
{
  WscBytes method = mended_head_take_word (&line), version = take_last_word (&line);

  if (!wsc_text_is_token (method) || line.length == 0 ||
      !wsc_text_begins_with (version, "HTTP/"))
    return false;

  mended_head_add (self, method);
  mended_head_add (self, wsc_text (" "));
  add_target (self, line);
  mended_head_add (self, wsc_text (" HTTP/"));
  mended_head_add (self, bytes_after (version, strlen ("HTTP/")));
  return true;
}

/* The strict reader reads HTTP/1.1 alone. */
static bool
add_status_line (Mended  *self,
                 WscBytes line)
{
  WscBytes version = mended_head_take_word (&line), status = mended_head_take_word (&line);

  if (!wsc_text_begins_with (version, "HTTP/"))
    return false;

  mended_head_add (self, wsc_text ("HTTP/1.1 "));
  mended_head_add (self, status);
  mended_head_add (self, wsc_text (" "));
  add_without_controls (self, line);
  return true;
}

static bool
add_first_line (Mended     *self,
                WscHeadKind kind,
                WscBytes   *rest)
{
  WscBytes line = { NULL, 0 };
  bool is_valid;

  if (kind == WSC_HEAD_FIELDS)
    return true;

  while (line.length == 0 && rest->length > 0)
    line = mended_head_take_line (rest);
  is_valid = kind == WSC_HEAD_REQUEST ? add_request_line (self, line)
                                      : add_status_line (self, line);
  mended_head_add (self, wsc_text ("\r\n"));
  return is_valid;
}

static void
end_field (Mended *self)
{
  if (self->has_field)
    mended_head_add (self, wsc_text ("\r\n"));
  self->has_field = false;
}

static void
mended_head_add_field (Mended  *self,
                       WscBytes line)
{
  const uint8_t *colon = memchr (line.at, ':', line.length);
  size_t length = colon != NULL ? (size_t) (colon - line.at) : 0;
  WscBytes name = wsc_text_trimmed (bytes_first (line, length));

  end_field (self);
  if (!wsc_text_is_token (name))
    return;

  mended_head_add (self, name);
  mended_head_add (self, wsc_text (": "));
  add_without_controls (self, wsc_text_trimmed (bytes_after (line, length + 1)));
  self->has_field = true;
}

static void
add_fold (Mended  *self,
          WscBytes line)
{
  if (!self->has_field)
    return;

  mended_head_add (self, wsc_text (" "));
  add_without_controls (self, wsc_text_trimmed (line));
}

WscHttpHead *
wsc_mended_head_read (WscHeadKind kind,
                      WscBytes    head,
                      WscFault   *fault)
{
  WscHeadLimits limits = wsc_observed_head_limits;
  Mended mended = { .is_complete = true };
  WscHttpHead *read;
  WscBytes line;
  size_t used;

  limits.max_size = limits.max_line = MAX_GROWTH * WSC_MAX_OBSERVED_HEAD;
  read = wsc_http_head_new (kind, &limits);
  *fault = add_first_line (&mended, kind, &head) ? WSC_FAULT_NONE
           : kind == WSC_HEAD_REQUEST ? WSC_FAULT_REQUEST_LINE_MALFORMED
           : WSC_FAULT_STATUS_LINE_MALFORMED;
  while (head.length > 0 && (line = mended_head_take_line (&head)).length > 0)
    {
      if (mended_head_is_blank (line.at[0]))
        add_fold (&mended, line);
      else
        mended_head_add_field (&mended, line);
    }
  end_field (&mended);
  mended_head_add (&mended, wsc_text ("\r\n"));
  if (read == NULL || !mended.is_complete)
    *fault = WSC_FAULT_OUT_OF_MEMORY;
  if (*fault == WSC_FAULT_NONE)
    *fault = wsc_http_head_take (read, wsc_byte_buffer_peek (&mended.text), &used);

  wsc_byte_buffer_clear (&mended.text);
  if (*fault == WSC_FAULT_NONE)
    return read;

  wsc_http_head_free (read);
  return NULL;
}

WscHttpHead *
wsc_observed_head_read (WscHeadKind          kind,
                        const WscHeadLimits *limits,
                        WscBytes             bytes,
                        WscFault            *fault,
                        size_t              *used)
{
  WscHttpHead *head = wsc_http_head_new (kind, limits);
  WscHeadEnd end = { 0 };
  WscFault unread;

  *fault = head != NULL ? wsc_http_head_take (head, bytes, used) : WSC_FAULT_OUT_OF_MEMORY;
  if (*fault == WSC_FAULT_NONE)
    return head;

  wsc_http_head_free (head);
  if (*fault == WSC_FAULT_PARTIAL || wsc_head_fault_is_of_size (*fault))
    return NULL;

  *used = wsc_head_end_take (&end, bytes);
  return end.has_ended ? wsc_mended_head_read (kind, bytes_first (bytes, *used), &unread) : NULL;
}
