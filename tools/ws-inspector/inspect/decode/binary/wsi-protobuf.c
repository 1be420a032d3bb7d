/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-protobuf.h"

#include "inspect/decode/binary/wsi-item-format.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define MAX_BYTES 24            /* bytes that are shown as digits */
#define MAX_SHOWN_DEPTH 8       /* depth of messages in a summary */
#define MAX_PROBED_FIELDS 64
#define MAX_LIKELY_NUMBER 1000
#define MAX_STEPS 64

/* The state of a node: the message goes on after its bytes. */
#define STATE_BEGINNING 1

/* Any bytes may be fields, so the score depends on numbers: messages use few of the possible
 * ones. */
static guint
protobuf_probe (const WsiDecodeInput *input)
{
  WsiProtobufResult result = WSI_PROTOBUF_READ;
  gsize position = 0;

  if (input->form == WSI_MESSAGE_TEXT || input->length < 2 ||
      wsi_protobuf_guess (input->at, input->length) == WSI_PROTOBUF_IS_TEXT)
    return WSI_SCORE_NONE;

  for (guint i = 0; i < MAX_PROBED_FIELDS && result == WSI_PROTOBUF_READ; i++)
    {
      WsiProtobufField field;

      result = wsi_protobuf_read (input->at + position, input->length - position, &field);
      if (result == WSI_PROTOBUF_INVALID || field.number > MAX_LIKELY_NUMBER ||
          (result == WSI_PROTOBUF_READ && field.wire == WSI_PROTOBUF_GROUP))
        return WSI_SCORE_NONE;
      position += wsi_protobuf_get_length (&field);
    }
  if (result == WSI_PROTOBUF_CUT && input->extent == WSI_EXTENT_WHOLE)
    return WSI_SCORE_NONE;
  return WSI_SCORE_POSSIBLE - 1;
}

/* Appends a number as each type that it may have. */
static void
protobuf_append_number (GString                *text,
                        const WsiProtobufField *field)
{
  guint32 bits = field->value;
  g_autofree char *shown = NULL;
  double real;
  float single;

  g_string_append_printf (text, "%" PRIu64, field->value);
  memcpy (&real, &field->value, sizeof (real));
  memcpy (&single, &bits, sizeof (single));
  if (field->wire == WSI_PROTOBUF_FIXED32)
    real = single;
  if (field->wire == WSI_PROTOBUF_VARINT && field->value > G_MAXINT64)
    g_string_append_printf (text, " (%" PRIi64 ")", (gint64) field->value);
  if (field->wire == WSI_PROTOBUF_VARINT || !isfinite (real))
    return;

  shown = wsi_item_format_real (real, field->length);
  g_string_append_printf (text, " (%s)", shown);
}

static void
protobuf_append_value (WsiDescription         *description,
                       const WsiProtobufField *field,
                       const guint8           *value,
                       WsiProtobufGuess        guess)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (guess == WSI_PROTOBUF_IS_TEXT)
    {
      wsi_description_append (description, "\"");
      wsi_description_append_peer (description, value, field->length);
      wsi_description_append (description, "\"");
      return;
    }
  if (field->wire == WSI_PROTOBUF_BYTES)
    wsi_hex_append (text, value, field->length, MAX_BYTES);
  else
    protobuf_append_number (text, field);
  wsi_description_append_word (description, text->str);
}

/* Whether there is a value, or the beginning of one that can be shown.  A head that is cut is of no
 * group, and only bytes have a prefix. */
static gboolean
protobuf_has_value (WsiProtobufResult       result,
                    const WsiProtobufField *field)
{
  if (result == WSI_PROTOBUF_CUT)
    return field->wire == WSI_PROTOBUF_GROUP || field->prefix_length > 0;

  return result == WSI_PROTOBUF_READ;
}

/* A message, or a field that has fields: where these end, and where the next field begins. */
typedef struct
{
  gsize end, next;
} Level;

/* Appends a field, or the beginning of one that has fields, which are the next level then.  FALSE:
 * no more can be read. */
static gboolean
protobuf_append_field (WsiDescription *description,
                       const guint8   *at,
                       gsize          *position,
                       Level          *levels,
                       guint          *depth)
{
  gsize begin = *position, value;
  WsiProtobufField field;
  WsiProtobufResult result = wsi_protobuf_read (at + begin, levels[*depth].end - begin, &field);
  WsiProtobufGuess guess = WSI_PROTOBUF_IS_BYTES;

  if (!protobuf_has_value (result, &field))
    return FALSE;

  value = begin + field.head_length + field.prefix_length;
  *position = begin + wsi_protobuf_get_length (&field);
  wsi_description_append (description, "%" PRIu64 ": ", field.number);
  if (field.wire == WSI_PROTOBUF_BYTES)
    guess = wsi_protobuf_guess (at + value, field.length);
  if (field.wire != WSI_PROTOBUF_GROUP && guess != WSI_PROTOBUF_IS_MESSAGE)
    {
      protobuf_append_value (description, &field, at + value, guess);
      return result == WSI_PROTOBUF_READ;
    }

  wsi_description_append (description, "{");
  levels[++*depth] = (Level) { value + field.length, *position };
  *position = value;
  return *depth + 1 < MAX_SHOWN_DEPTH;
}

static void
protobuf_describe (const WsiDecodeInput *input,
                   WsiDescription       *description)
{
  Level levels[MAX_SHOWN_DEPTH] = { { input->length, input->length } };
  gsize position = 0, begin = description->summary->len;
  gboolean is_first = TRUE;
  guint depth = 0;

  while (position < input->length || depth > 0)
    {
      guint before = depth;

      if (position == levels[depth].end)
        {
          wsi_description_append (description, "}");
          position = levels[depth--].next;
          continue;
        }

      wsi_description_append (description, is_first ? "" : ", ");
      if (description->summary->len - begin > WSI_DESCRIPTION_MAX_SUMMARY ||
          !protobuf_append_field (description, input->at, &position, levels, &depth))
        {
          wsi_description_append (description, "…");
          return;
        }
      is_first = depth > before;
    }
}

static void protobuf_expand (WsiDecodeNode *node);

static const guint8 *
protobuf_get_data (const WsiDecodeNode *node)
{
  return wsi_bytes_get_data (node->bytes, NULL);
}

static void
protobuf_set_fields (WsiDecodeNode *node,
                     const char    *type,
                     guint64        state)
{
  node->type = type;
  wsi_decode_node_set_expand (node, protobuf_expand, state);
  if (node->expand == NULL)
    wsi_decode_node_set_value (node, _("not shown: more than %u levels"), WSI_DECODE_MAX_DEPTH);
}

static void
protobuf_set_bytes (WsiDecodeNode *node,
                    guint64        state)
{
  const guint8 *value = node->length > 0 ? protobuf_get_data (node) + node->offset : NULL;
  g_autoptr (GString) text = NULL;

  switch (wsi_protobuf_guess (value, node->length))
    {
    case WSI_PROTOBUF_IS_MESSAGE:
      protobuf_set_fields (node, "message", state);
      break;
    case WSI_PROTOBUF_IS_TEXT:
      node->type = "text";
      wsi_decode_node_set_text (node, value, node->length);
      break;
    case WSI_PROTOBUF_IS_BYTES:
      text = g_string_new (NULL);
      wsi_hex_append (text, value, node->length, MAX_BYTES);
      node->type = "bytes";
      wsi_decode_node_set_value (node, "%s", text->str);
      break;
    }
}

/* Adds a field as a child, whose range is that of its value. */
static void
protobuf_add_field (WsiDecodeNode          *parent,
                    gsize                   position,
                    const WsiProtobufField *field,
                    guint64                 state)
{
  static const char *const types[] = {
    [WSI_PROTOBUF_VARINT] = "varint", [WSI_PROTOBUF_FIXED64] = "fixed64",
    [WSI_PROTOBUF_FIXED32] = "fixed32",
  };
  g_autofree char *name = g_strdup_printf ("%" PRIu64, field->number);
  WsiDecodeNode *child = wsi_decode_node_add (parent, name, "",
                                              position + field->head_length + field->prefix_length,
                                              field->length);
  g_autoptr (GString) text = NULL;

  if (field->wire == WSI_PROTOBUF_BYTES)
    protobuf_set_bytes (child, state);
  else if (field->wire == WSI_PROTOBUF_GROUP)
    protobuf_set_fields (child, "group", state);
  else
    {
      text = g_string_new (NULL);
      protobuf_append_number (text, field);
      child->type = types[field->wire];
      wsi_decode_node_set_value (child, "%s", text->str);
    }
}

static void
protobuf_add_problem (WsiDecodeNode    *node,
                      gsize             position,
                      WsiProtobufResult result,
                      WsiProtobufField *field)
{
  if (result == WSI_PROTOBUF_INVALID)
    wsi_decode_node_add_problem (node, position, _("no field begins here"));
  else if (field->prefix_length > 0)
    wsi_decode_node_add_problem (node, node->offset + node->length,
                                 _("the bytes end within this field: %zu of %" PRIu64 " are there"),
                                 field->length, field->value);
  else if (field->wire != WSI_PROTOBUF_GROUP)
    wsi_decode_node_add_problem (node, position, _("the bytes end within this field"));
}

/* Adds the fields of a node, also of a rest, whose range has the fields that are left. */
static void
protobuf_expand (WsiDecodeNode *node)
{
  gsize position = node->offset, end = node->offset + node->length;

  for (guint i = 0; i < WSI_DECODE_PAGE && position < end; i++)
    {
      WsiProtobufField field;
      WsiProtobufResult result =
        wsi_protobuf_read (protobuf_get_data (node) + position, end - position,
                           &field);

      if (protobuf_has_value (result, &field))
        protobuf_add_field (node, position, &field, node->state);
      if (result != WSI_PROTOBUF_READ)
        {
          if (result == WSI_PROTOBUF_INVALID || node->state != STATE_BEGINNING)
            protobuf_add_problem (node, position, result, &field);
          return;
        }
      position += wsi_protobuf_get_length (&field);
    }
  if (position < end)
    wsi_decode_node_add_rest (node, position, end - position, protobuf_expand, node->state);
}

static void
protobuf_decode (const WsiDecodeInput *input,
                 WsiDecodeNode        *root)
{
  protobuf_set_fields (root, "message", input->extent == WSI_EXTENT_BEGINNING ? STATE_BEGINNING
                       : 0);
}

static void
protobuf_add_value (WsiDescription         *description,
                    const WsiProtobufField *field,
                    const guint8           *value)
{
  if (field->wire == WSI_PROTOBUF_BYTES)
    wsi_description_add_text (description, "protobuf", value, field->length);
  else if (field->wire != WSI_PROTOBUF_GROUP)
    wsi_description_add_whole (description, "protobuf", (gint64) field->value);
}

/* The steps of a path are numbers of fields, as a name or an index. */
static gboolean
is_step (const WsiDecodeStep *step,
         guint64              number)
{
  guint64 wanted = step->index;

  if (step->name != NULL &&
      !g_ascii_string_to_unsigned (step->name, 10, 1, G_MAXUINT32, &wanted, NULL))
    return FALSE;
  return wanted == number;
}

/* All fields with equal numbers are values of the path. */
static void
protobuf_find (const WsiDecodeInput *input,
               const WsiDecodeStep  *path,
               guint                 n_steps,
               WsiDescription       *description)
{
  Level levels[MAX_STEPS] = { { input->length, input->length } };
  gsize position = 0;
  guint depth = 0;

  if (n_steps == 0 || n_steps > MAX_STEPS)
    return;

  /* At the end of the bytes all levels end. */
  while (position < input->length)
    {
      WsiProtobufField field;
      gsize value;

      if (position == levels[depth].end)
        {
          position = levels[depth--].next;
          continue;
        }
      if (wsi_protobuf_read (input->at + position, levels[depth].end - position, &field)
          != WSI_PROTOBUF_READ)
        return;

      value = position + field.head_length + field.prefix_length;
      position += wsi_protobuf_get_length (&field);
      if (!is_step (&path[depth], field.number))
        continue;
      if (depth + 1 == n_steps)
        protobuf_add_value (description, &field, input->at + value);
      else if (field.wire == WSI_PROTOBUF_BYTES || field.wire == WSI_PROTOBUF_GROUP)
        {
          levels[++depth] = (Level) { value + field.length, position };
          position = value;
        }
    }
}

const WsiDecoder wsi_protobuf_decoder = {
  .name = "protobuf", .title = "Protocol Buffers",
  .text_begins = WSI_BEGIN_NEVER,
  .probe = protobuf_probe, .describe = protobuf_describe, .decode = protobuf_decode, .find = protobuf_find,
  .path_description = N_("Field of Protocol Buffers by numbers, such as protobuf[1][2]"),
};
