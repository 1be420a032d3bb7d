/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-protobuf.h"

#include "inspect/decode/wsi-text.h"

#include <string.h>

#define MAX_VARINT 10           /* bytes */
#define MAX_NUMBER ((1u << 29) - 1)
#define MAX_GROUPS 128          /* groups within each other */
#define MAX_GUESSED_FIELDS 256
#define MAX_GUESSED_TEXT 4096

/* Little end first, seven bits in a byte.  The tenth byte has one bit. */
static WsiProtobufResult
read_varint (const guint8 *at,
             gsize         length,
             guint64      *number,
             gsize        *n_bytes)
{
  *number = 0;
  for (gsize i = 0; i < MIN (length, MAX_VARINT); i++)
    {
      *number |= (guint64) (at[i] & 0x7f) << (7 * i);
      if (at[i] < 0x80)
        {
          *n_bytes = i + 1;
          return i + 1 == MAX_VARINT && at[i] > 1 ? WSI_PROTOBUF_INVALID : WSI_PROTOBUF_READ;
        }
    }
  return length < MAX_VARINT ? WSI_PROTOBUF_CUT : WSI_PROTOBUF_INVALID;
}

static guint64
read_fixed (const guint8 *at,
            gsize         length)
{
  guint64 number = 0;

  for (gsize i = 0; i < length; i++)
    number |= (guint64) at[i] << (8 * i);
  return number;
}

static WsiProtobufResult
protobuf_scanner_read_head (const guint8     *at,
                            gsize             length,
                            WsiProtobufField *field)
{
  WsiProtobufResult result;
  guint64 head;

  *field = (WsiProtobufField) { 0 };
  if (length == 0)
    return WSI_PROTOBUF_DONE;

  result = read_varint (at, length, &head, &field->head_length);
  if (result != WSI_PROTOBUF_READ)
    return result;
  if (head >> 3 == 0 || head >> 3 > MAX_NUMBER || (head & 7) > WSI_PROTOBUF_FIXED32)
    return WSI_PROTOBUF_INVALID;

  field->number = head >> 3;
  field->wire = head & 7;
  return WSI_PROTOBUF_READ;
}

static WsiProtobufResult
protobuf_scanner_read_bytes (const guint8     *at,
                             gsize             length,
                             WsiProtobufField *field)
{
  WsiProtobufResult result = read_varint (at, length, &field->value, &field->prefix_length);

  if (result != WSI_PROTOBUF_READ)
    return result;

  field->length = MIN (field->value, length - field->prefix_length);
  return field->length < field->value ? WSI_PROTOBUF_CUT : WSI_PROTOBUF_READ;
}

/* Reads a field that is not a group, after its head. */
static WsiProtobufResult
protobuf_scanner_read_value (const guint8     *at,
                             gsize             length,
                             WsiProtobufField *field)
{
  gsize size = field->wire == WSI_PROTOBUF_FIXED32 ? 4 : 8;

  if (field->wire == WSI_PROTOBUF_VARINT)
    return read_varint (at, length, &field->value, &field->length);
  if (field->wire == WSI_PROTOBUF_BYTES)
    return protobuf_scanner_read_bytes (at, length, field);

  field->length = MIN (size, length);
  if (length < size)
    return WSI_PROTOBUF_CUT;
  field->value = read_fixed (at, size);
  return WSI_PROTOBUF_READ;
}

gsize
wsi_protobuf_get_length (const WsiProtobufField *field)
{
  return field->head_length + field->prefix_length + field->length + field->end_length;
}

/* Finds the end of the group; groups within are ended by their own numbers. */
static WsiProtobufResult
find_group_end (const guint8     *at,
                gsize             length,
                WsiProtobufField *group)
{
  WsiProtobufResult result = WSI_PROTOBUF_READ;
  guint64 numbers[MAX_GROUPS] = { group->number };
  gsize position = 0;
  guint depth = 1;

  while (result == WSI_PROTOBUF_READ)
    {
      WsiProtobufField field;

      group->length = position;
      result = protobuf_scanner_read_head (at + position, length - position, &field);
      if (result != WSI_PROTOBUF_READ)
        break;
      position += field.head_length;
      if (field.wire == WSI_PROTOBUF_GROUP_END)
        {
          if (field.number != numbers[--depth])
            return WSI_PROTOBUF_INVALID;
          group->end_length = field.head_length;
          if (depth == 0)
            return WSI_PROTOBUF_READ;
          group->end_length = 0;
        }
      else if (field.wire == WSI_PROTOBUF_GROUP && depth == MAX_GROUPS)
        return WSI_PROTOBUF_INVALID;
      else if (field.wire == WSI_PROTOBUF_GROUP)
        numbers[depth++] = field.number;
      else
        {
          result = protobuf_scanner_read_value (at + position, length - position, &field);
          position += field.prefix_length + field.length;
        }
    }
  return result == WSI_PROTOBUF_DONE ? WSI_PROTOBUF_CUT : result;
}

static WsiProtobufResult
read_group (const guint8     *at,
            gsize             length,
            WsiProtobufField *group)
{
  WsiProtobufResult result = find_group_end (at, length, group);

  if (result == WSI_PROTOBUF_CUT)
    group->length = length;
  return result;
}

WsiProtobufResult
wsi_protobuf_read (const guint8     *at,
                   gsize             length,
                   WsiProtobufField *field)
{
  WsiProtobufResult result = protobuf_scanner_read_head (at, length, field);

  if (result != WSI_PROTOBUF_READ)
    return result;

  at += field->head_length;
  length -= field->head_length;
  if (field->wire == WSI_PROTOBUF_GROUP_END)
    return WSI_PROTOBUF_INVALID;
  return field->wire == WSI_PROTOBUF_GROUP ? read_group (at, length, field)
                                           : protobuf_scanner_read_value (at, length, field);
}

/* The fields of groups are looked at as those of the message: each byte once. */
static gboolean
protobuf_scanner_is_message (const guint8 *at,
                             gsize         length)
{
  gsize position = 0;
  guint n_groups = 0, i;

  for (i = 0; i < MAX_GUESSED_FIELDS && position < length; i++)
    {
      WsiProtobufField field;

      if (protobuf_scanner_read_head (at + position, length - position, &field) !=
          WSI_PROTOBUF_READ)
        return FALSE;
      position += field.head_length;
      if (field.wire == WSI_PROTOBUF_GROUP)
        n_groups++;
      else if (field.wire == WSI_PROTOBUF_GROUP_END && n_groups-- == 0)
        return FALSE;
      else if (field.wire != WSI_PROTOBUF_GROUP_END &&
               protobuf_scanner_read_value (at + position, length - position,
                                            &field) != WSI_PROTOBUF_READ)
        return FALSE;
      position += field.prefix_length + field.length;
    }
  return length > 0 && (n_groups == 0 || i == MAX_GUESSED_FIELDS);
}

/* A line feed, a tab and a carriage return are readable, and are also the heads of first fields. */
WsiProtobufGuess
wsi_protobuf_guess (const guint8 *at,
                    gsize         length)
{
  g_autoptr (GBytes) beginning = g_bytes_new_static (at, MIN (length, MAX_GUESSED_TEXT));
  gboolean is_readable = length > 0 && wsi_text_is_readable (beginning);

  if (is_readable && at[0] >= ' ')
    return WSI_PROTOBUF_IS_TEXT;
  if (protobuf_scanner_is_message (at, length))
    return WSI_PROTOBUF_IS_MESSAGE;
  return is_readable || length == 0 ? WSI_PROTOBUF_IS_TEXT : WSI_PROTOBUF_IS_BYTES;
}
