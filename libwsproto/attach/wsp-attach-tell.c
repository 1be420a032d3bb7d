/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Writes records about connections into the ring of the hub. */
#include "attach/wsp-attach-hub-private.h"

#include <string.h>

#define MAX_BYTES (32 * 1024)   /* bytes of a connection in one record */

static void
attach_tell_add_integer (GByteArray *record,
                         guint64     value,
                         guint       n_bytes)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (record, (const guint8 *) &value, n_bytes);
}

static void
attach_tell_add_block (GByteArray   *record,
                       const guint8 *block,
                       gsize         length)
{
  attach_tell_add_integer (record, length, 4);
  if (length > 0)
    g_byte_array_append (record, block, length);
}

gsize
wsp_attach_cut_text (const char *text,
                     gsize       max)
{
  const char *end = text + strnlen (text, max);

  if ((*end & 0xC0) == 0x80)    /* it is inside a character */
    end = g_utf8_find_prev_char (text, end);
  return end - text;
}

/* Text of the peer may be no UTF-8. */
static void
attach_tell_add_string (GByteArray *record,
                        const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  attach_tell_add_block (record, (const guint8 *) valid,
                         wsp_attach_cut_text (valid, WSP_ATTACH_MAX_TEXT));
}

/* A Unix socket has no text. */
static void
add_address (GByteArray     *record,
             GSocketAddress *address)
{
  g_autofree char *text = G_IS_INET_SOCKET_ADDRESS (address)
                          ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;

  attach_tell_add_string (record, text);
}

static void
attach_tell_add_head (GByteArray *record,
                      GBytes     *head)
{
  gsize length = 0;
  const guint8 *bytes = head != NULL ? g_bytes_get_data (head, &length) : NULL;

  attach_tell_add_block (record, bytes, length);
}

static gboolean
is_head_too_long (GBytes *head)
{
  return head != NULL && g_bytes_get_size (head) > WSP_ATTACH_MAX_HEAD;
}

/* The caller has the lock. */
static void
attach_tell_put (const WspAttachSubject *subject,
                 WspAttachKind           kind,
                 const GByteArray       *record)
{
  const WspAttachPart part = { record->data, record->len };

  wsp_attach_hub_put (kind, subject->number, g_get_real_time (), &part, 1);
}

static void
attach_tell_tell (GObject          *source,
                  WspAttachKind     kind,
                  const GByteArray *record)
{
  WspAttachSubject *subject;

  wsp_attach_hub_lock ();
  subject = wsp_attach_hub_find (source);
  if (subject != NULL)
    {
      subject->is_closed |= kind == WSP_ATTACH_CLOSED;
      attach_tell_put (subject, kind, record);
    }
  wsp_attach_hub_unlock ();
}

void
wsp_attach_tell_opened (GObject               *source,
                        const WspAttachOpened *opened)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();

  attach_tell_add_integer (record, opened->role, 1);
  attach_tell_add_string (record, opened->uri);
  add_address (record, opened->local);
  add_address (record, opened->remote);
  attach_tell_add_string (record, opened->extensions);
  attach_tell_add_string (record, opened->tls);
  attach_tell_tell (source, WSP_ATTACH_OPENED, record);
}

void
wsp_attach_tell_heads (GObject *source,
                       GBytes  *request,
                       GBytes  *response)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();

  if (is_head_too_long (request) || is_head_too_long (response))
    return;

  attach_tell_add_head (record, request);
  attach_tell_add_head (record, response);
  attach_tell_tell (source, WSP_ATTACH_HEADS, record);
}

/* From here on the offset counts the bytes that are sent as BYTES.  Returns the offset of the
 * position. */
static guint64
attach_tell_place (WspAttachWay            *way,
                   const WspAttachPosition *position)
{
  if (!way->is_told)
    way->offset = position->passed;
  way->is_told = TRUE;
  way->offset -= MIN (position->n_unread, way->offset);
  return way->offset + position->n_unsent;
}

static void
add_position (GByteArray              *record,
              const WspAttachPosition *position,
              guint64                  offset)
{
  attach_tell_add_integer (record, position->direction, 1);
  attach_tell_add_integer (record, offset, 8);
  attach_tell_add_integer (record, position->place, 1);
  attach_tell_add_integer (record, position->first, 1);
  attach_tell_add_integer (record, position->opcode, 1);
  attach_tell_add_integer (record, position->left, 8);
  g_byte_array_append (record, (const guint8 *) &position->key, sizeof position->key);
  attach_tell_add_block (record, position->window, position->window_length);
}

void
wsp_attach_tell_position (GObject                 *source,
                          const WspAttachPosition *position)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();
  WspAttachSubject *subject;

  wsp_attach_hub_lock ();
  subject = wsp_attach_hub_find (source);
  if (subject != NULL)
    {
      add_position (record, position,
                    attach_tell_place (&subject->ways[position->direction], position));
      if (position->direction == WSP_DIRECTION_RECEIVED)
        subject->is_position_due = FALSE;
      attach_tell_put (subject, WSP_ATTACH_POSITION, record);
    }
  wsp_attach_hub_unlock ();
}

void
wsp_attach_tell_beginning (GObject *source)
{
  wsp_attach_tell_position (source, &(WspAttachPosition) { .direction = WSP_DIRECTION_SENT });
  wsp_attach_tell_position (source, &(WspAttachPosition) { .direction = WSP_DIRECTION_RECEIVED });
}

/* The caller has the lock. */
static void
put_bytes (const WspAttachSubject *subject,
           WspAttachWay           *way,
           WspDirection            direction,
           const guint8           *bytes,
           gsize                   length,
           gint64                  wall_us)
{
  guint8 header[1 + sizeof (guint64)] = { (guint8) direction };
  const guint64 offset = GUINT64_TO_LE (way->offset);
  const WspAttachPart parts[] = { { header, sizeof header }, { bytes, length } };

  memcpy (header + 1, &offset, sizeof offset);
  wsp_attach_hub_put (WSP_ATTACH_BYTES, subject->number, wall_us, parts, G_N_ELEMENTS (parts));
  way->offset += length;
}

void
wsp_attach_tell_bytes (GObject      *source,
                       WspDirection  direction,
                       const guint8 *bytes,
                       gsize         length,
                       gint64        wall_us)
{
  WspAttachSubject *subject;
  WspAttachWay *way;
  gsize n;

  wsp_attach_hub_lock ();
  subject = wsp_attach_hub_find (source);
  way = subject != NULL ? &subject->ways[direction] : NULL;
  if (way != NULL && way->is_told)
    {
      for (; length > 0; bytes += n, length -= n)
        {
          n = MIN (length, MAX_BYTES);
          put_bytes (subject, way, direction, bytes, n, wall_us);
        }
    }
  wsp_attach_hub_unlock ();
}

void
wsp_attach_tell_closed (GObject    *source,
                        gboolean    is_clean,
                        const char *text)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();

  attach_tell_add_integer (record, is_clean, 1);
  attach_tell_add_string (record, text);
  attach_tell_tell (source, WSP_ATTACH_CLOSED, record);
}
