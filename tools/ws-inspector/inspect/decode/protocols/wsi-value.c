/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/protocols/wsi-value.h"

#include <string.h>

#include "inspect/decode/binary/wsi-item-format.h"
#include "inspect/decode/wsi-description.h"

static const WsiValue missing = { NULL, WSI_JSON_END, NULL, 0 };

static WsiValue
from_json (WsiJsonValue value)
{
  return (WsiValue) { NULL, value.kind, value.at, value.length };
}

static WsiJsonValue
to_json (const WsiValue *value)
{
  return (WsiJsonValue) { value->kind, value->at, value->length };
}

/* Bytes, extensions and what JSON does not have are shown, and have no other use here. */
static WsiJsonKind
value_name_kind (const WsiItem *item)
{
  static const WsiJsonKind kinds[WSI_ITEM_N_KINDS] = {
    [WSI_ITEM_NONE] = WSI_JSON_END, [WSI_ITEM_NIL] = WSI_JSON_NULL,
    [WSI_ITEM_UNDEFINED] = WSI_JSON_NULL, [WSI_ITEM_FALSE] = WSI_JSON_FALSE,
    [WSI_ITEM_TRUE] = WSI_JSON_TRUE, [WSI_ITEM_WHOLE] = WSI_JSON_NUMBER,
    [WSI_ITEM_NEGATIVE] = WSI_JSON_NUMBER, [WSI_ITEM_REAL] = WSI_JSON_NUMBER,
    [WSI_ITEM_TEXT] = WSI_JSON_STRING, [WSI_ITEM_BYTES] = WSI_JSON_NULL,
    [WSI_ITEM_EXTENSION] = WSI_JSON_NULL, [WSI_ITEM_SIMPLE] = WSI_JSON_NULL,
    [WSI_ITEM_LIST] = WSI_JSON_ARRAY, [WSI_ITEM_MAP] = WSI_JSON_OBJECT,
    [WSI_ITEM_TAG] = WSI_JSON_NULL, [WSI_ITEM_BREAK] = WSI_JSON_END,
  };

  return item->kind == WSI_ITEM_TEXT && item->count == WSI_ITEM_OPEN ? WSI_JSON_NULL
                                                                     : kinds[item->kind];
}

/* A value that is cut has what is there of it. */
static WsiValue
value_read_item (WsiItemRead   read,
                 const guint8 *at,
                 gsize         length)
{
  gsize end = 0;
  WsiItem item;

  if (length == 0)
    return missing;

  read (at, length, &item);
  if (value_name_kind (&item) == WSI_JSON_END)
    return missing;

  if (wsi_item_skip (read, at, length, &end) != WSI_ITEM_DONE)
    end = length;
  return (WsiValue) { read, value_name_kind (&item), at, end };
}

WsiValue
wsi_value_begin (WsiItemRead   read,
                 const guint8 *at,
                 gsize         length)
{
  return read == NULL ? from_json (wsi_json_begin (at, length))
    : value_read_item (read, at, length);
}

/* Goes over n items from a position on.  FALSE: there are fewer.  The bytes of a list
 * or a map end with its last item, or before it. */
static gboolean
skip_items (const WsiValue *value,
            gsize          *position,
            guint           n)
{
  for (guint i = 0; i < n; i++)
    if (wsi_item_skip (value->read, value->at, value->length, position) != WSI_ITEM_DONE)
      return FALSE;
  return *position < value->length;
}

WsiValue
wsi_value_get_element (const WsiValue *list,
                       guint           index)
{
  WsiJsonValue json = to_json (list);
  gsize position;
  WsiItem item;

  if (list->read == NULL)
    return from_json (wsi_json_get_element (&json, index));
  if (list->kind != WSI_JSON_ARRAY)
    return missing;

  list->read (list->at, list->length, &item);
  position = item.head_length;
  if (!skip_items (list, &position, index))
    return missing;
  return value_read_item (list->read, list->at + position, list->length - position);
}

/* A name has at least one byte, which a text in pieces has not.  After a text that is cut no value
 * is found. */
static gboolean
value_is_key (const WsiValue *object,
              gsize           position,
              const char     *name)
{
  const guint8 *at = object->at + position;
  WsiItem key;

  object->read (at, object->length - position, &key);
  return key.kind == WSI_ITEM_TEXT &&
         key.length == strlen (name) && memcmp (at + key.head_length, name, key.length) == 0;
}

WsiValue
wsi_value_get_member (const WsiValue *object,
                      const char     *name)
{
  WsiJsonValue json = to_json (object);
  gsize position;
  WsiItem item;

  if (object->read == NULL)
    return from_json (wsi_json_get_member (&json, name));
  if (object->kind != WSI_JSON_OBJECT)
    return missing;

  object->read (object->at, object->length, &item);
  position = item.head_length;
  while (position < object->length)
    {
      gboolean is_wanted = value_is_key (object, position, name);

      if (!skip_items (object, &position, 1))
        break;
      if (is_wanted)
        return value_read_item (object->read, object->at + position, object->length - position);
      if (!skip_items (object, &position, 1))
        break;
    }
  return missing;
}

gboolean
wsi_value_to_whole (const WsiValue *value,
                    gint64         *number)
{
  WsiJsonValue json = to_json (value);
  WsiItem item;

  if (value->read == NULL)
    return wsi_json_to_whole (&json, number);

  if (value->kind != WSI_JSON_NUMBER)
    return FALSE;

  value->read (value->at, value->length, &item);
  if (item.kind == WSI_ITEM_REAL || item.number > G_MAXINT64)
    return FALSE;

  *number = item.kind == WSI_ITEM_WHOLE ? (gint64) item.number : -1 - (gint64) item.number;
  return TRUE;
}

void
wsi_value_add_field (WsiDescription *description,
                     const char     *name,
                     const WsiValue *value)
{
  WsiJsonValue json = to_json (value);
  WsiItem item;

  if (value->kind == WSI_JSON_END)
    return;

  if (value->read == NULL)
    {
      wsi_json_add_field (description, name, &json);
      return;
    }
  value->read (value->at, value->length, &item);
  wsi_item_add_field (description, name, &item, value->at);
}

void
wsi_value_add_error (WsiDescription *description,
                     const char     *name,
                     const WsiValue *value)
{
  WsiJsonValue json = to_json (value);
  WsiItem item;

  if (value->kind != WSI_JSON_STRING)
    return;

  wsi_value_add_field (description, name, value);
  if (value->read == NULL)
    {
      wsi_json_set_error (description, name, &json);
      return;
    }
  value->read (value->at, value->length, &item);
  wsi_description_set_error (description, name, value->at + item.head_length, item.length);
}

void
wsi_value_append (WsiDescription *description,
                  const WsiValue *value)
{
  WsiJsonValue json = to_json (value);
  WsiItem item;

  if (value->kind == WSI_JSON_END)
    return;

  wsi_description_append (description, " ");
  if (value->read == NULL)
    {
      wsi_json_append (description, &json);
      return;
    }
  if (value->kind != WSI_JSON_STRING)
    {
      wsi_item_describe (value->read, value->at, value->length, description);
      return;
    }
  value->read (value->at, value->length, &item);
  wsi_description_append_peer (description, value->at + item.head_length, item.length);
}

/* Text has quotes, so that it is another name than a number.  The sides may write the same number
 * with different lengths. */
static void
set_item_pair (WsiDescription *description,
               WsiPairing      pairing,
               const WsiValue *value)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gint64 number;
  WsiItem item;

  value->read (value->at, value->length, &item);
  if (wsi_value_to_whole (value, &number))
    g_string_printf (name, "%" G_GINT64_FORMAT, number);
  else if (value->kind == WSI_JSON_STRING && item.length <= WSI_DESCRIPTION_MAX_SUMMARY)
    {
      g_string_append_c (name, '"');
      g_string_append_len (name, (const char *) value->at + item.head_length, item.length);
      g_string_append_c (name, '"');
    }
  wsi_description_set_pair (description, pairing, (const guint8 *) name->str, name->len);
}

void
wsi_value_set_pair (WsiDescription *description,
                    WsiPairing      pairing,
                    const WsiValue *value)
{
  WsiJsonValue json = to_json (value);

  if (value->read == NULL)
    wsi_json_set_pair (description, pairing, &json);
  else if (value->kind != WSI_JSON_END)
    set_item_pair (description, pairing, value);
}
