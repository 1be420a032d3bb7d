/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-item-format.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/store/memory/wsi-bytes.h"

/* The state of a node: these, and the index of the first child above them. */
enum
{
  STATE_MAP = 1 << 0,
  STATE_ONE = 1 << 1,           /* the node is a child without an index */
  STATE_CUT = 1 << 2,           /* the range ends before the container does */
  STATE_BEGINNING = 1 << 3,     /* the message goes on: a cut range is not a problem */
  STATE_BITS = 4,
};

static const struct
{
  guint64     number;
  const char *name;
} tags[] = {
  { 0, "date and time" },
  { 1, "seconds since 1970" },
  { 2, "large number" },
  { 3, "large negative number" },
  { 4, "decimal fraction" },
  { 5, "large float" },
  { 21, "base64url follows" },
  { 22, "base64 follows" },
  { 23, "hexadecimal digits follow" },
  { 24, "CBOR in bytes" },
  { 32, "URI" },
  { 33, "base64url" },
  { 34, "base64" },
  { 36, "MIME message" },
  { 37, "UUID" },
  { 55799, "CBOR" },
};

static void
set_tag (WsiDecodeNode *node,
         guint64        number)
{
  wsi_decode_node_set_value (node, "%" PRIu64, number);
  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    if (tags[i].number == number)
      wsi_decode_node_set_value (node, "%" PRIu64 " (%s)", number, tags[i].name);
}

static const guint8 *
item_nodes_get_data (const WsiDecodeNode *node)
{
  return wsi_bytes_get_data (node->bytes, NULL);
}

/* Sets the range of a value.  A number without a byte of its own is in the last bits of the first
 * one. */
static void
set_value_range (WsiDecodeNode *node,
                 const WsiItem *item)
{
  gboolean is_number = item->kind == WSI_ITEM_WHOLE || item->kind == WSI_ITEM_NEGATIVE ||
                       item->kind == WSI_ITEM_REAL;
  gboolean is_text = item->kind == WSI_ITEM_TEXT || item->kind == WSI_ITEM_BYTES ||
                     item->kind == WSI_ITEM_EXTENSION;

  if (is_text)
    wsi_decode_node_set_value_range (node, WSI_DECODE_VALUE_TEXT,
                                     node->offset + item->head_length, item->length);
  else if (is_number && item->head_length > 1)
    wsi_decode_node_set_value_range (node, WSI_DECODE_VALUE_NUMBER, node->offset + 1,
                                     item->head_length - 1);
  else if (is_number)
    wsi_decode_node_set_value_range (node, WSI_DECODE_VALUE_SMALL, node->offset, 1);
}

static void
set_scalar (WsiDecodeNode *node,
            const WsiItem *item)
{
  const guint8 *at = item_nodes_get_data (node) + node->offset;
  g_autoptr (GString) text = NULL;

  set_value_range (node, item);
  if (item->kind == WSI_ITEM_TEXT)
    {
      wsi_decode_node_set_text (node, at + item->head_length, item->length);
      return;
    }
  text = g_string_new (NULL);
  wsi_item_append (text, item, at);
  if (text->len > 0)
    wsi_decode_node_set_value (node, "%s", text->str);
}

/* The number that the item states, which may be more than there are. */
static void
set_container (const WsiItemFormat *format,
               WsiDecodeNode       *node,
               const WsiItem       *item,
               guint64              state)
{
  if (item->kind == WSI_ITEM_TAG)
    set_tag (node, item->number);
  else if (item->count == WSI_ITEM_COUNTED)
    wsi_decode_node_set_value (node, "%" PRIu64 " %s", item->number,
                               item->kind == WSI_ITEM_MAP ? "entries" : "elements");

  wsi_decode_node_set_expand (node, format->expand, state);
  if (node->expand == NULL)
    wsi_decode_node_set_value (node, _("not shown: more than %u levels"), WSI_DECODE_MAX_DEPTH);
}

/* Sets the node to the item at its offset, up to the end of its range at most.  Returns its end;
 * if the item is not whole, that is the end of the range. */
static gsize
item_nodes_set_node (const WsiItemFormat *format,
                     WsiDecodeNode       *node,
                     WsiItemResult       *result,
                     guint64              state)
{
  gsize end = node->offset + node->length, position = node->offset;
  WsiItem item;

  *result = WSI_ITEM_CUT;
  node->type = format->types[WSI_ITEM_NONE];
  if (node->length == 0)
    return end;

  *result = format->read (item_nodes_get_data (node) + position, node->length, &item);
  node->type = format->types[item.kind];
  if (item.kind != WSI_ITEM_TAG && item.kind != WSI_ITEM_LIST && item.kind != WSI_ITEM_MAP &&
      item.count == WSI_ITEM_COUNTED)
    {
      set_scalar (node, &item);
      if (item.kind == WSI_ITEM_BREAK)
        *result = WSI_ITEM_INVALID;
      node->length = item.head_length + item.length;
      return node->offset + node->length;
    }

  *result = wsi_item_skip (format->read, item_nodes_get_data (node), end, &position);
  if (*result == WSI_ITEM_DONE)
    node->length = position - node->offset;
  set_container (format, node, &item, (state & STATE_BEGINNING)
                 | (item.kind == WSI_ITEM_MAP ? STATE_MAP : 0)
                 | (item.kind == WSI_ITEM_TAG ? STATE_ONE : 0)
                 | (*result == WSI_ITEM_DONE ? 0 : STATE_CUT));
  return node->offset + node->length;
}

static gboolean
item_nodes_is_whole (WsiItemResult result)
{
  return result == WSI_ITEM_READ || result == WSI_ITEM_DONE;
}

/* Adds a problem at the position, where an invalid item has a byte. */
static void
item_nodes_add_problem (WsiDecodeNode *parent,
                        gsize          position,
                        WsiItemResult  result,
                        guint64        state)
{
  gsize end = parent->offset + parent->length;

  if (result == WSI_ITEM_INVALID)
    wsi_decode_node_add_problem (parent, position, _("no value begins with byte %02x here"),
                                 item_nodes_get_data (parent)[position]);
  else if (!(state & STATE_BEGINNING))
    wsi_decode_node_add_problem (parent, end, _("the bytes end within this value"));
}

/* Adds an item.  FALSE: it is not whole; a container says in its children why. */
static gboolean
add_item (const WsiItemFormat *format,
          WsiDecodeNode       *parent,
          const char          *name,
          gsize               *position,
          gsize                end,
          guint64              state)
{
  gsize begin = *position;
  WsiDecodeNode *child;
  WsiItem item;
  WsiItemResult result = format->read (item_nodes_get_data (parent) + begin, end - begin, &item);

  if (item.kind == WSI_ITEM_NONE || item.kind == WSI_ITEM_BREAK)
    {
      item_nodes_add_problem (parent, begin, result == WSI_ITEM_CUT ? result : WSI_ITEM_INVALID,
                              state);
      return FALSE;
    }

  child = wsi_decode_node_add (parent, name, "", begin, end - begin);
  *position = item_nodes_set_node (format, child, &result, state);
  if (item_nodes_is_whole (result))
    return TRUE;
  if (child->expand == NULL)
    item_nodes_add_problem (parent, begin, result, state);
  return FALSE;
}

/* The name of an entry, which may also be a text in pieces. */
static char *
item_nodes_make_name (const WsiItemFormat *format,
                      const WsiItem       *key,
                      const guint8        *at,
                      gsize                length)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize position = key->head_length;
  WsiItem piece = *key;

  if (key->kind != WSI_ITEM_TEXT)
    wsi_item_append (text, key, at);
  else if (key->count == WSI_ITEM_COUNTED)
    g_string_append_len (text, (const char *) at + position,
                         (gssize) MIN (key->length, WSI_DECODE_MAX_VALUE + 1));
  else
    while (text->len <= WSI_DECODE_MAX_VALUE && position < length &&
           format->read (at + position, length - position, &piece) == WSI_ITEM_READ &&
           piece.kind == WSI_ITEM_TEXT && piece.count == WSI_ITEM_COUNTED)
      {
        position += piece.head_length + piece.length;
        g_string_append_len (text, (const char *) at + position - piece.length,
                             (gssize) piece.length);
      }
  if (key->kind == WSI_ITEM_TEXT)
    {
      gsize n = MIN (text->len, WSI_DECODE_MAX_VALUE);
      g_autofree char *valid = g_utf8_make_valid (text->str, (gssize) n);

      return g_strconcat (valid, n < text->len ? "…" : NULL, NULL);
    }
  return g_strdup (text->len > 0 ? text->str : format->types[key->kind]);
}

static gboolean
item_nodes_add_entry (const WsiItemFormat *format,
                      WsiDecodeNode       *parent,
                      gsize               *position,
                      gsize                end,
                      guint64              state)
{
  const guint8 *at = item_nodes_get_data (parent) + *position;
  g_autofree char *name = NULL;
  WsiItemResult result;
  WsiItem key;

  if (format->read (at, end - *position, &key) == WSI_ITEM_READ)
    name = item_nodes_make_name (format, &key, at, end - *position);
  result = wsi_item_skip (format->read, item_nodes_get_data (parent), end, position);
  if (result != WSI_ITEM_DONE)
    {
      item_nodes_add_problem (parent, *position, result, state);
      return FALSE;
    }
  return add_item (format, parent, name, position, end, state);
}

static gboolean
item_nodes_add_element (const WsiItemFormat *format,
                        WsiDecodeNode       *parent,
                        gsize               *position,
                        gsize                end,
                        guint64              state,
                        guint64              index)
{
  g_autofree char *name = NULL;

  if (!(state & STATE_ONE))
    name = g_strdup_printf ("[%" PRIu64 "]", index);
  return add_item (format, parent, name, position, end, state);
}

static void
item_nodes_add_children (const WsiItemFormat *format,
                         WsiDecodeNode       *node,
                         gsize                position,
                         gsize                end,
                         guint64              state)
{
  guint64 index = state >> STATE_BITS;

  state &= (1 << STATE_BITS) - 1;
  for (guint i = 0; i < WSI_DECODE_PAGE && position < end; i++)
    if (!(state & STATE_MAP
          ? item_nodes_add_entry (format, node, &position, end, state)
          : item_nodes_add_element (format, node, &position, end, state, index + i)))
      return;

  if (position < end)
    wsi_decode_node_add_rest (node, position, end - position, format->expand,
                              (index + WSI_DECODE_PAGE) << STATE_BITS | state);
  else if (state & STATE_CUT)
    item_nodes_add_problem (node, position, WSI_ITEM_CUT, state);
}

void
wsi_item_set_node (const WsiItemFormat *format,
                   WsiDecodeNode       *node)
{
  gsize begin = node->offset;
  WsiItemResult result;

  item_nodes_set_node (format, node, &result, 0);
  if (node->expand == NULL && !item_nodes_is_whole (result))
    item_nodes_add_problem (node, begin, result, 0);
}

/* The range of a rest has children only. */
void
wsi_item_expand (const WsiItemFormat *format,
                 WsiDecodeNode       *node)
{
  gsize position = node->offset, end = node->offset + node->length;
  WsiItem item;

  if (!g_str_equal (node->type, WSI_DECODE_REST) && node->type != format->types[WSI_ITEM_NONE])
    {
      format->read (item_nodes_get_data (node) + position, node->length, &item);
      position += item.head_length;
      end -= item.count == WSI_ITEM_OPEN && !(node->state & STATE_CUT);
    }
  item_nodes_add_children (format, node, position, end, node->state);
}

/* Bytes after the first item are items of a sequence, or a mistake that is shown as one of them. */
void
wsi_item_decode (const WsiItemFormat  *format,
                 const WsiDecodeInput *input,
                 WsiDecodeNode        *root)
{
  guint64 state = input->extent == WSI_EXTENT_BEGINNING ? STATE_BEGINNING : 0;
  gsize length = root->length, position = 0;
  WsiItemResult result;

  result = wsi_item_skip (format->read, item_nodes_get_data (root), length, &position);
  if (result == WSI_ITEM_DONE && position < length)
    {
      root->type = format->types[WSI_ITEM_NONE];
      wsi_decode_node_set_value (root, _("several values"));
      wsi_decode_node_set_expand (root, format->expand, state);
      return;
    }

  item_nodes_set_node (format, root, &result, state);
  root->length = length;
  if (root->expand == NULL && !item_nodes_is_whole (result))
    item_nodes_add_problem (root, 0, result, state);
}
