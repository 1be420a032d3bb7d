/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-item-format.h"

#include "inspect/decode/wsi-hex.h"

#include <string.h>

#define MAX_BYTES 24            /* bytes that are shown as digits */
#define MAX_SHOWN_DEPTH 16      /* depth of containers in a summary */
#define MAX_PROBED_ITEMS 64
#define MAX_PROBED_TEXT 256
#define MAX_CUT 3               /* bytes of a character that was cut */
#define SELF_DESCRIBED 55799    /* the tag that says "this is CBOR" */
#define TYPE_TIMESTAMP 0xff     /* -1 of MessagePack's extensions */

/* A probe opens fewer than a walk takes: it ends before WSI_ITEM_DEEP. */
G_STATIC_ASSERT (MAX_PROBED_ITEMS <= WSI_ITEM_MAX_OPEN);

/* Whether the beginning of a text is UTF-8. */
static gboolean
item_text_is_text (const WsiItem *item,
                   const guint8  *at)
{
  const char *text = (const char *) at + item->head_length;
  gsize length = MIN (item->length, MAX_PROBED_TEXT);
  const char *end;

  if (g_utf8_validate_len (text, length, &end))
    return TRUE;

  return length < item->stated_length && (gsize) (end - text) + MAX_CUT >= length;
}

static guint
score_item (const WsiItem *first,
            const WsiItem *second)
{
  if (first->kind == WSI_ITEM_TAG && first->number == SELF_DESCRIBED)
    return WSI_SCORE_SURE;
  if (first->kind == WSI_ITEM_MAP && second->kind == WSI_ITEM_TEXT)
    return WSI_SCORE_LIKELY;
  if (first->kind == WSI_ITEM_MAP || first->kind == WSI_ITEM_LIST)
    return WSI_SCORE_POSSIBLE;
  return WSI_SCORE_NONE;
}

guint
wsi_item_probe (WsiItemRead           read,
                const WsiDecodeInput *input)
{
  WsiItem items[2] = { { 0 }, { 0 } };
  WsiItemResult result = WSI_ITEM_READ;
  WsiItemWalk walk;

  if (input->form == WSI_MESSAGE_TEXT || input->length < 2)
    return WSI_SCORE_NONE;

  wsi_item_walk_init (&walk, read, input->at, input->length, 0);
  for (guint i = 0; i < MAX_PROBED_ITEMS && result == WSI_ITEM_READ; i++)
    {
      gsize position = walk.position;
      WsiItem item;

      result = wsi_item_walk_next (&walk, &item);
      if (result == WSI_ITEM_READ && item.kind == WSI_ITEM_TEXT &&
          !item_text_is_text (&item, input->at + position))
        return WSI_SCORE_NONE;
      if (i < G_N_ELEMENTS (items) && result == WSI_ITEM_READ)
        items[i] = item;
    }
  if (result == WSI_ITEM_INVALID ||
      (result == WSI_ITEM_CUT && input->extent == WSI_EXTENT_WHOLE) ||
      (result == WSI_ITEM_DONE && walk.position < input->length))
    return WSI_SCORE_NONE;
  return score_item (&items[0], &items[1]);
}

char *
wsi_item_format_real (double real,
                      gsize  n_bytes)
{
  gboolean is_single = n_bytes <= sizeof (float);
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char form[] = "%.15g";

  for (guint n_digits = is_single ? 6 : 15; n_digits <= 17; n_digits++)
    {
      double again;

      form[2] = '0' + n_digits / 10;
      form[3] = '0' + n_digits % 10;
      g_ascii_formatd (text, sizeof (text), form, real);
      again = g_ascii_strtod (text, NULL);
      if (again == real || (is_single && (float) again == (float) real))
        break;
    }
  return g_strdup (text);
}

/* Seconds and nanoseconds in 4, 8 or 12 bytes; FALSE: other bytes. */
static gboolean
item_text_append_time (GString      *text,
                       const guint8 *at,
                       gsize         length)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *shown = NULL;
  guint64 seconds = 0, nanoseconds = 0;

  if (length == 4)
    seconds = wsi_item_read_number (at, 4);
  else if (length == 8)
    {
      nanoseconds = wsi_item_read_number (at, 8) >> 34;
      seconds = wsi_item_read_number (at, 8) & 0x3ffffffff;
    }
  else if (length == 12)
    {
      nanoseconds = wsi_item_read_number (at, 4);
      seconds = wsi_item_read_number (at + 4, 8);
    }

  time = g_date_time_new_from_unix_utc ((gint64) seconds);
  if (time == NULL || (length != 4 && length != 8 && length != 12))
    return FALSE;

  shown = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  g_string_append (text, shown);
  if (nanoseconds > 0)
    g_string_append_printf (text, ".%09" G_GUINT64_FORMAT, nanoseconds);
  g_string_append_c (text, 'Z');
  return TRUE;
}

static void
item_text_append_extension (GString       *text,
                            const WsiItem *item,
                            const guint8  *content)
{
  if (item->number == TYPE_TIMESTAMP && item_text_append_time (text, content, item->length))
    return;

  g_string_append_printf (text, "type %d: ", (gint8) item->number);
  wsi_hex_append (text, content, item->length, MAX_BYTES);
}

static void
append_negative (GString *text,
                 guint64  number)
{
  if (number == G_MAXUINT64)
    g_string_append (text, "-18446744073709551616");
  else
    g_string_append_printf (text, "-%" G_GUINT64_FORMAT, number + 1);
}

static void
append_real (GString       *text,
             const WsiItem *item)
{
  g_autofree char *shown = wsi_item_format_real (item->real, item->head_length - 1);

  g_string_append (text, shown);
}

static const char *
get_word (WsiItemKind kind)
{
  return kind == WSI_ITEM_NIL ? "null" : kind == WSI_ITEM_UNDEFINED ? "undefined"
         : kind == WSI_ITEM_TRUE ? "true" : "false";
}

void
wsi_item_append (GString       *text,
                 const WsiItem *item,
                 const guint8  *at)
{
  const guint8 *content = item->length > 0 ? at + item->head_length : NULL;

  switch (item->kind)
    {
    case WSI_ITEM_NIL:
    case WSI_ITEM_UNDEFINED:
    case WSI_ITEM_FALSE:
    case WSI_ITEM_TRUE:
      g_string_append (text, get_word (item->kind));
      break;
    case WSI_ITEM_WHOLE:
    case WSI_ITEM_SIMPLE:
      g_string_append_printf (text, item->kind == WSI_ITEM_WHOLE
                              ? "%" G_GUINT64_FORMAT : "simple(%" G_GUINT64_FORMAT ")",
                              item->number);
      break;
    case WSI_ITEM_NEGATIVE:
      append_negative (text, item->number);
      break;
    case WSI_ITEM_REAL:
      append_real (text, item);
      break;
    case WSI_ITEM_TEXT:
      g_string_append_len (text, (const char *) content, item->length);
      break;
    case WSI_ITEM_BYTES:
      wsi_hex_append (text, content, item->length, MAX_BYTES);
      break;
    case WSI_ITEM_EXTENSION:
      item_text_append_extension (text, item, content);
      break;
    case WSI_ITEM_NONE:
    case WSI_ITEM_LIST:
    case WSI_ITEM_MAP:
    case WSI_ITEM_TAG:
    case WSI_ITEM_BREAK:
      break;
    }
}

void
wsi_item_add_field (WsiDescription *description,
                    const char     *name,
                    const WsiItem  *item,
                    const guint8   *at)
{
  const guint8 *content = item->length > 0 ? at + item->head_length : NULL;
  gboolean is_large = item->number > G_MAXINT64;

  if (item->kind == WSI_ITEM_TRUE || item->kind == WSI_ITEM_FALSE)
    wsi_description_add_boolean (description, name, item->kind == WSI_ITEM_TRUE);
  else if (item->kind == WSI_ITEM_WHOLE && is_large)
    wsi_description_add_real (description, name, item->number);
  else if (item->kind == WSI_ITEM_WHOLE)
    wsi_description_add_whole (description, name, item->number);
  else if (item->kind == WSI_ITEM_NEGATIVE && is_large)
    wsi_description_add_real (description, name, -1.0 - item->number);
  else if (item->kind == WSI_ITEM_NEGATIVE)
    wsi_description_add_whole (description, name, -1 - (gint64) item->number);
  else if (item->kind == WSI_ITEM_REAL)
    wsi_description_add_real (description, name, item->real);
  else if (item->count == WSI_ITEM_COUNTED &&
           (item->kind == WSI_ITEM_TEXT || item->kind == WSI_ITEM_BYTES ||
            item->kind == WSI_ITEM_EXTENSION))
    wsi_description_add_text (description, name, content, item->length);
}

/* A container in a summary. */
typedef struct
{
  WsiItemKind  kind;            /* kind of the item; WSI_ITEM_NONE: the message */
  WsiItemCount count;
  guint64      n_left, n_shown;
} Shown;

static const char *
get_brackets (WsiItemKind kind)
{
  return kind == WSI_ITEM_LIST ? "[]" : kind == WSI_ITEM_MAP ? "{}" : "()";
}

static void
append_separator (WsiDescription *description,
                  Shown          *level)
{
  if (level->kind == WSI_ITEM_MAP && level->n_shown % 2 == 1)
    wsi_description_append (description, ": ");
  else if (level->n_shown > 0)
    wsi_description_append (description, ", ");
  level->n_shown++;
  level->n_left--;
}

static void
item_text_append_value (WsiDescription *description,
                        const WsiItem  *item,
                        const guint8   *at)
{
  g_autoptr (GString) value = NULL;

  if (item->kind == WSI_ITEM_TEXT)
    {
      wsi_description_append (description, "\"");
      wsi_description_append_peer (description, at + item->head_length, item->length);
      wsi_description_append (description, "\"");
      return;
    }
  value = g_string_new (NULL);
  wsi_item_append (value, item, at);
  wsi_description_append (description, item->kind == WSI_ITEM_BYTES ? "h'%s'" : "%s", value->str);
}

static gboolean
item_text_is_container (const WsiItem *item)
{
  return item->count == WSI_ITEM_OPEN || item->kind == WSI_ITEM_LIST ||
         item->kind == WSI_ITEM_MAP || item->kind == WSI_ITEM_TAG;
}

/* Begins a container.  FALSE: enough is shown. */
static gboolean
item_text_begin_container (WsiDescription *description,
                           Shown          *levels,
                           guint          *depth,
                           const WsiItem  *item)
{
  if (item->kind == WSI_ITEM_TAG)
    wsi_description_append (description, "%" G_GUINT64_FORMAT, item->number);
  wsi_description_append (description, "%c", get_brackets (item->kind)[0]);
  if (*depth + 1 == MAX_SHOWN_DEPTH)
    return FALSE;

  levels[++*depth] = (Shown) { item->kind, item->count, wsi_item_get_n_items (item), 0 };
  return TRUE;
}

/* Ends containers.  The message itself has no count: the depth stays at 0. */
static void
end_containers (WsiDescription *description,
                Shown          *levels,
                guint          *depth)
{
  while (levels[*depth].count == WSI_ITEM_COUNTED && levels[*depth].n_left == 0)
    wsi_description_append (description, "%c", get_brackets (levels[(*depth)--].kind)[1]);
}

/* Appends an item.  FALSE: enough is shown, or no more can be read. */
static gboolean
item_text_append_item (WsiDescription *description,
                       Shown          *levels,
                       guint          *depth,
                       WsiItemResult   result,
                       const WsiItem  *item,
                       const guint8   *at)
{
  if (result != WSI_ITEM_READ && item->length == 0)
    return FALSE;
  if (item->kind == WSI_ITEM_BREAK)
    {
      if (*depth == 0 || levels[*depth].count == WSI_ITEM_COUNTED)
        return FALSE;
      wsi_description_append (description, "%c", get_brackets (levels[(*depth)--].kind)[1]);
      return TRUE;
    }

  append_separator (description, &levels[*depth]);
  if (item_text_is_container (item))
    return item_text_begin_container (description, levels, depth, item);
  item_text_append_value (description, item, at);
  return result == WSI_ITEM_READ;
}

/* Items of a message that is a sequence are separated as those of a list. */
void
wsi_item_describe (WsiItemRead     read,
                   const guint8   *at,
                   gsize           length,
                   WsiDescription *description)
{
  gsize begin = description->summary->len, position = 0;
  Shown levels[MAX_SHOWN_DEPTH] = { { WSI_ITEM_NONE, WSI_ITEM_OPEN, 0, 0 } };
  guint depth = 0;

  while (position < length || depth > 0)
    {
      WsiItem item;
      WsiItemResult result = read (at != NULL ? at + position : NULL, length - position, &item);

      if (description->summary->len - begin > WSI_DESCRIPTION_MAX_SUMMARY ||
          !item_text_append_item (description, levels, &depth, result, &item, at + position))
        {
          wsi_description_append (description, "…");
          return;
        }
      position += item.head_length + item.length;
      end_containers (description, levels, &depth);
    }
}
