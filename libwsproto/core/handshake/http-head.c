/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HTTP head: bytes in, first line and fields out (RFC 9112 2 to 5, RFC 6455 4.1 and 4.2.1).
 *
 * Reading is strict where other software differs: lines end in CR LF, nothing is folded, a colon
 * follows its name directly.  client-handshake.c and server-handshake.c check method, target,
 * status and fields.  Every byte is read once, when it arrives; a limit fails at the byte that
 * exceeds it.  A complete field or request line of the ordinary form is taken at once, with the
 * result of the states below.
 *
 *   request    METHOD -> TARGET -> VERSION --------+
 *   response   STATUS_VERSION -> STATUS -> REASON -+-> LINE_END -+
 *   fields     --------------------------------------------------+-> FIELD_START
 *
 *   FIELD_START -> NAME -> VALUE -> VALUE_END -> FIELD_START
 *   FIELD_START -> HEAD_END -> COMPLETE
 *
 * (1) n_taken bytes of the head are in text, or will be at the end of the call.
 *
 * Fields point into text, which does not move once the head is complete.
 *
 * docs/rationales/opening-handshake.md has the reasons.
 */

#include "core/handshake/http-head.h"

#include "core/bytes/byte-order.h"
#include "core/handshake/token-list.h"
#include "core/limits.h"

#include <assert.h>
#include <stdlib.h>

typedef enum
{
  READING_METHOD,
  READING_TARGET,
  READING_VERSION,
  READING_STATUS_VERSION,
  READING_STATUS,
  READING_REASON,
  READING_LINE_END,
  READING_FIELD_START,
  READING_NAME,
  READING_VALUE,
  READING_VALUE_END,
  READING_HEAD_END,
  READING_COMPLETE,
} Reading;

typedef struct
{
  uint32_t begin, length;       /* offset and length of the span in the text of the head */
} Span;

typedef struct
{
  Span name, value;
} FieldSpan;

struct WscHttpHead
{
  WscHeadKind kind;
  WscHeadLimits limits;
  Reading reading;
  WscFault fault;
  uint64_t fault_number;
  size_t n_visited;
  uint32_t n_taken;
  WscByteBuffer text;
  Span method, target, version, reason;
  unsigned status;
  FieldSpan field;              /* the field that is being read */
  FieldSpan *spans;
  size_t n_spans, capacity;
  WscHeader *fields;
};

const WscHeadLimits *
wsc_head_limits_or_default (const WscHeadLimits *limits)
{
  return limits != NULL ? limits : &wsc_default_head_limits;
}

static Reading
first_of (WscHeadKind kind)
{
  switch (kind)
    {
    case WSC_HEAD_REQUEST:
      return READING_METHOD;

    case WSC_HEAD_RESPONSE:
    case WSC_HEAD_PROXY_RESPONSE:
      return READING_STATUS_VERSION;

    case WSC_HEAD_FIELDS:
      return READING_FIELD_START;
    }
  assert (false);
  return READING_FIELD_START;
}

WscHttpHead *
wsc_http_head_new (WscHeadKind          kind,
                   const WscHeadLimits *limits)
{
  WscHttpHead *self = malloc (sizeof *self);

  if (self == NULL)
    return NULL;

  *self = (WscHttpHead) { .kind = kind, .reading = first_of (kind) };
  self->limits = *wsc_head_limits_or_default (limits);
  return self;
}

void
wsc_http_head_free (WscHttpHead *self)
{
  if (self == NULL)
    return;

  wsc_byte_buffer_clear (&self->text);
  free (self->spans);
  free (self->fields);
  free (self);
}

static WscFault
read_method (WscHttpHead *self,
             uint8_t      byte)
{
  if (byte == ' ' && self->method.length > 0)
    {
      self->target.begin = self->n_taken + 1;
      self->reading = READING_TARGET;
      return WSC_FAULT_NONE;
    }
  if (!wsc_byte_is_token (byte))
    return WSC_FAULT_REQUEST_LINE_MALFORMED;

  self->method.length++;
  return WSC_FAULT_NONE;
}

static WscFault
read_target (WscHttpHead *self,
             uint8_t      byte)
{
  if (byte == ' ' && self->target.length > 0)
    {
      self->version.begin = self->n_taken + 1;
      self->reading = READING_VERSION;
      return WSC_FAULT_NONE;
    }
  if (byte <= ' ' || byte == 0x7f)
    return WSC_FAULT_REQUEST_LINE_MALFORMED;

  self->target.length++;
  return WSC_FAULT_NONE;
}

/* "#" matches any digit. */
static bool
byte_fits (const char *pattern,
           size_t      i,
           uint8_t     byte)
{
  if (pattern[i] == '#')
    return byte >= '0' && byte <= '9';

  return pattern[i] == (char) byte;
}

static WscFault
read_version (WscHttpHead *self,
              uint8_t      byte)
{
  static const char pattern[] = "HTTP/#.#\r";

  if (!byte_fits (pattern, self->version.length, byte))
    return WSC_FAULT_REQUEST_LINE_MALFORMED;

  if (byte == '\r')
    self->reading = READING_LINE_END;
  else
    self->version.length++;
  return WSC_FAULT_NONE;
}

static WscFault
read_status_version (WscHttpHead *self,
                     uint8_t      byte)
{
  const char *pattern = self->kind == WSC_HEAD_PROXY_RESPONSE ? "HTTP/1.# " : "HTTP/1.1 ";

  if (!byte_fits (pattern, self->version.length, byte))
    return WSC_FAULT_STATUS_LINE_MALFORMED;

  if (byte == ' ')
    self->reading = READING_STATUS;
  else
    self->version.length++;
  return WSC_FAULT_NONE;
}

/* Some servers omit the space before an empty reason. */
static WscFault
read_status (WscHttpHead *self,
             uint8_t      byte)
{
  bool is_whole = self->status >= 100;

  if (is_whole && byte == '\r')
    {
      self->reading = READING_LINE_END;
      return WSC_FAULT_NONE;
    }
  if (is_whole && byte == ' ')
    {
      self->reason.begin = self->n_taken + 1;
      self->reading = READING_REASON;
      return WSC_FAULT_NONE;
    }
  if (is_whole || byte < '0' || byte > '9' || (self->status == 0 && byte == '0'))
    return WSC_FAULT_STATUS_LINE_MALFORMED;

  self->status = self->status * 10 + (byte - '0');
  return WSC_FAULT_NONE;
}

static WscFault
read_reason (WscHttpHead *self,
             uint8_t      byte)
{
  if (byte == '\r')
    {
      self->reading = READING_LINE_END;
      return WSC_FAULT_NONE;
    }
  if (wsc_byte_is_control (byte))
    return WSC_FAULT_STATUS_LINE_MALFORMED;

  self->reason.length++;
  return WSC_FAULT_NONE;
}

static WscFault
read_line_feed (WscHttpHead *self,
                uint8_t      byte,
                Reading      next)
{
  if (byte != '\n')
    return WSC_FAULT_LINE_END_MALFORMED;

  self->reading = next;
  return WSC_FAULT_NONE;
}

static WscFault
handshake_http_head_read_name (WscHttpHead *self,
                               uint8_t      byte)
{
  if (byte == ':' && self->field.name.length > 0)
    {
      self->reading = READING_VALUE;
      return WSC_FAULT_NONE;
    }
  if (byte == '\r')
    return WSC_FAULT_FIELD_WITHOUT_COLON;
  if (!wsc_byte_is_token (byte))
    return WSC_FAULT_FIELD_NAME_MALFORMED;

  self->field.name.length++;
  return WSC_FAULT_NONE;
}

static WscFault
read_field_start (WscHttpHead *self,
                  uint8_t      byte)
{
  if (byte == '\r')
    {
      self->reading = READING_HEAD_END;
      return WSC_FAULT_NONE;
    }
  if (byte == ' ' || byte == '\t')
    return WSC_FAULT_FIELD_FOLDED;
  if (self->n_spans == self->limits.max_fields)
    {
      self->fault_number = (uint64_t) self->n_spans + 1;
      return WSC_FAULT_TOO_MANY_FIELDS;
    }

  self->field = (FieldSpan) { .name = { .begin = self->n_taken } };
  self->reading = READING_NAME;
  return handshake_http_head_read_name (self, byte);
}

static bool
keep_field (WscHttpHead *self)
{
  if (self->n_spans == self->capacity)
    {
      size_t capacity = self->capacity > 0 ? 2 * self->capacity : 16;
      FieldSpan *spans = realloc (self->spans, capacity * sizeof *spans);

      if (spans == NULL)
        return false;
      self->spans = spans;
      self->capacity = capacity;
    }
  self->spans[self->n_spans++] = self->field;
  return true;
}

/* A value ends at its last byte that is not a blank, so values need no trimming. */
static WscFault
handshake_http_head_read_value (WscHttpHead *self,
                                uint8_t      byte)
{
  Span *value = &self->field.value;

  if (byte == '\r')
    {
      self->reading = READING_VALUE_END;
      return keep_field (self) ? WSC_FAULT_NONE : WSC_FAULT_OUT_OF_MEMORY;
    }
  if (wsc_byte_is_control (byte))
    return WSC_FAULT_FIELD_VALUE_MALFORMED;
  if (byte == ' ' || byte == '\t')
    return WSC_FAULT_NONE;

  if (value->length == 0)
    value->begin = self->n_taken;
  value->length = self->n_taken + 1 - value->begin;
  return WSC_FAULT_NONE;
}

static WscFault
read_byte (WscHttpHead *self,
           uint8_t      byte)
{
  switch (self->reading)
    {
    case READING_METHOD:
      return read_method (self, byte);

    case READING_TARGET:
      return read_target (self, byte);

    case READING_VERSION:
      return read_version (self, byte);

    case READING_STATUS_VERSION:
      return read_status_version (self, byte);

    case READING_STATUS:
      return read_status (self, byte);

    case READING_REASON:
      return read_reason (self, byte);

    case READING_FIELD_START:
      return read_field_start (self, byte);

    case READING_NAME:
      return handshake_http_head_read_name (self, byte);

    case READING_VALUE:
      return handshake_http_head_read_value (self, byte);

    case READING_LINE_END:
    case READING_VALUE_END:
      return read_line_feed (self, byte, READING_FIELD_START);

    case READING_HEAD_END:
      return read_line_feed (self, byte, READING_COMPLETE);

    case READING_COMPLETE:
      break;
    }
  return WSC_FAULT_NONE;
}

static WscFault
check_limits (WscHttpHead *self,
              uint8_t      byte)
{
  if (self->reading < READING_LINE_END && self->n_taken >= self->limits.max_line && byte != '\r')
    {
      self->fault_number = (uint64_t) self->n_taken + 1;
      return WSC_FAULT_LINE_TOO_LONG;
    }
  if (self->n_taken >= self->limits.max_size)
    {
      self->fault_number = (uint64_t) self->n_taken + 1;
      return WSC_FAULT_HEAD_TOO_BIG;
    }
  return WSC_FAULT_NONE;
}

/* A line feed is valid only in the three states that follow a CR. */
static WscFault
check_line_feed (const WscHttpHead *self,
                 uint8_t            byte)
{
  bool is_awaited = self->reading == READING_LINE_END ||
                    self->reading == READING_VALUE_END ||
                    self->reading == READING_HEAD_END;

  return byte == '\n' && !is_awaited ? WSC_FAULT_LINE_END_MALFORMED : WSC_FAULT_NONE;
}

static WscFault
handshake_http_head_take_byte (WscHttpHead *self,
                               uint8_t      byte)
{
  WscFault fault = check_limits (self, byte);

  self->n_visited++;
  if (fault == WSC_FAULT_NONE)
    fault = check_line_feed (self, byte);
  if (fault == WSC_FAULT_NONE)
    fault = read_byte (self, byte);
  if (fault != WSC_FAULT_NONE)
    return fault;

  self->n_taken++;
  return WSC_FAULT_NONE;
}

static size_t
handshake_http_head_smaller (size_t a,
                             size_t b)
{
  return a < b ? a : b;
}

/* Takes "GET target HTTP/1.1" with its line end at once. 0 = another form, which is read byte by
 * byte. */
static size_t
take_plain_line (WscHttpHead *self,
                 WscBytes     bytes)
{
  static const char before[] = "GET ", after[] = " HTTP/1.1\r\n";
  const uint32_t n_before = sizeof before - 1, n_after = sizeof after - 1;
  const size_t max_length =
    handshake_http_head_smaller ((size_t) self->limits.max_line + 2, self->limits.max_size);
  WscBytes line = bytes_first (bytes, handshake_http_head_smaller (bytes.length, max_length)), rest;
  uint32_t n = n_before;

  if (self->reading != READING_METHOD || self->n_taken > 0 || line.length < n_before ||
      memcmp (line.at, before, n_before) != 0)
    return 0;

  while (n < line.length && line.at[n] > ' ' && line.at[n] != 0x7f)
    n++;
  rest = bytes_after (line, n);
  if (n == n_before || rest.length < n_after || memcmp (rest.at, after, n_after) != 0)
    return 0;

  self->method = (Span) { 0, n_before - 1 };
  self->target = (Span) { n_before, n - n_before };
  self->version = (Span) { n + 1, n_after - 3 };
  self->n_taken = n + n_after;
  self->n_visited += n + n_after;
  self->reading = READING_FIELD_START;
  return n + n_after;
}

/* The length of "name: value", with one blank, and its line end; 0 = another form. */
static size_t
measure_plain_field (WscBytes   bytes,
                     FieldSpan *field)
{
  size_t n_name = wsc_text_measure_token (bytes), n_value;
  WscBytes rest = bytes_after (bytes, n_name);

  if (n_name == 0 || rest.length < 4 || rest.at[0] != ':' || rest.at[1] != ' ')
    return 0;

  rest = bytes_after (rest, 2);
  n_value = wsc_text_measure_plain (rest);
  if (n_value == 0 || rest.at[0] == ' ' || rest.at[n_value - 1] == ' ' ||
      rest.length < n_value + 2 || rest.at[n_value] != '\r' || rest.at[n_value + 1] != '\n')
    return 0;

  field->name = (Span) { 0, (uint32_t) n_name };
  field->value = (Span) { (uint32_t) n_name + 2, (uint32_t) n_value };
  return n_name + 2 + n_value + 2;
}

/* Takes a field of the ordinary form at once. 0 = read byte by byte, so that a fault or an exceeded
 * limit is found at its byte. */
static size_t
take_plain_field (WscHttpHead *self,
                  WscBytes     bytes)
{
  FieldSpan field;
  size_t n;

  if (self->reading != READING_FIELD_START || self->n_spans == self->limits.max_fields)
    return 0;

  n = measure_plain_field (bytes, &field);
  if (n == 0 || n > self->limits.max_size - self->n_taken)
    return 0;

  field.name.begin += self->n_taken;
  field.value.begin += self->n_taken;
  self->field = field;
  if (!keep_field (self))
    return 0;

  self->n_taken += (uint32_t) n;
  self->n_visited += n;
  return n;
}

static WscBytes
span_of (const WscHttpHead *self,
         Span               span)
{
  WscBytes text = wsc_byte_buffer_peek (&self->text);

  return bytes_first (bytes_after (text, span.begin), span.length);
}

static bool
point_fields (WscHttpHead *self)
{
  if (self->n_spans == 0)
    return true;

  self->fields = malloc (self->n_spans * sizeof *self->fields);
  if (self->fields == NULL)
    return false;

  for (size_t i = 0; i < self->n_spans; i++)
    {
      self->fields[i].name = span_of (self, self->spans[i].name);
      self->fields[i].value = span_of (self, self->spans[i].value);
    }
  return true;
}

static WscFault
keep_text (WscHttpHead *self,
           WscBytes     text)
{
  if (!wsc_byte_buffer_append (&self->text, text))
    return WSC_FAULT_OUT_OF_MEMORY;

  assert (wsc_byte_buffer_peek (&self->text).length == self->n_taken);       /* (1) */
  if (self->reading != READING_COMPLETE)
    return WSC_FAULT_PARTIAL;

  return point_fields (self) ? WSC_FAULT_NONE : WSC_FAULT_OUT_OF_MEMORY;
}

WscFault
wsc_http_head_take (WscHttpHead *self,
                    WscBytes     bytes,
                    size_t      *used)
{
  WscFault fault = self->fault;
  size_t n = fault == WSC_FAULT_NONE ? take_plain_line (self, bytes) : 0;

  while (fault == WSC_FAULT_NONE && n < bytes.length && self->reading != READING_COMPLETE)
    {
      size_t n_field = take_plain_field (self, bytes_after (bytes, n));

      if (n_field == 0)
        fault = handshake_http_head_take_byte (self, bytes.at[n++]);
      n += n_field;
    }
  if (fault == WSC_FAULT_NONE && self->fields == NULL)
    fault = keep_text (self, bytes_first (bytes, n));

  if (fault == WSC_FAULT_NONE || fault == WSC_FAULT_PARTIAL)
    *used = n;
  else
    self->fault = fault;
  return fault;
}

WscBytes
wsc_http_head_get_method (const WscHttpHead *self)
{
  return span_of (self, self->method);
}

WscBytes
wsc_http_head_get_target (const WscHttpHead *self)
{
  return span_of (self, self->target);
}

WscBytes
wsc_http_head_get_version (const WscHttpHead *self)
{
  return span_of (self, self->version);
}

unsigned
wsc_http_head_get_status (const WscHttpHead *self)
{
  return self->status;
}

WscBytes
wsc_http_head_get_reason (const WscHttpHead *self)
{
  return span_of (self, self->reason);
}

const WscHeader *
wsc_http_head_get_fields (const WscHttpHead *self,
                          size_t            *n_fields)
{
  *n_fields = self->n_spans;
  return self->fields;
}

WscBytes
wsc_http_head_get_text (const WscHttpHead *self)
{
  return wsc_byte_buffer_peek (&self->text);
}

bool
wsc_http_head_has_first_line (const WscHttpHead *self)
{
  return self->kind != WSC_HEAD_FIELDS && self->reading > READING_LINE_END;
}

uint64_t
wsc_http_head_get_fault_number (const WscHttpHead *self)
{
  return self->fault_number;
}

size_t
wsc_http_head_get_n_visited (const WscHttpHead *self)
{
  return self->n_visited;
}
