/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Message builder: pieces in, one message out.
 *
 * (1) capacity > length whenever data is set: there is always room for the NUL behind a text.
 */
#include "connection/message/wsp-message-builder-private.h"
#include "connection/message/wsp-message-private.h"

#define FIRST_CAPACITY 4096

/* A message that comes in one piece gets exactly its size. */
static gboolean
make_room (WspMessageBuilder *self,
           gsize              length)
{
  gsize needed = self->length + length + 1;
  gsize capacity = self->data == NULL ? needed : MAX (self->capacity, FIRST_CAPACITY);

  if (length >= G_MAXSIZE - 1 - self->length)
    return FALSE;

  if (self->data != NULL && needed <= self->capacity)
    return TRUE;

  while (capacity < needed)
    capacity = capacity > G_MAXSIZE / 2 ? needed : capacity * 2;

  guint8 *data = g_try_realloc (self->data, capacity);

  if (data == NULL)
    return FALSE;

  self->data = data;
  self->capacity = capacity;
  return TRUE;
}

gboolean
wsp_message_builder_add (WspMessageBuilder *self,
                         const guint8      *data,
                         gsize              length)
{
  if (!make_room (self, length))
    return FALSE;

  if (length > 0)
    memcpy (self->data + self->length, data, length);
  self->length += length;

  g_assert (self->capacity > self->length);     /* (1) */
  return TRUE;
}

WspMessage *
wsp_message_builder_end (WspMessageBuilder *self,
                         WspMessageType     type)
{
  guint8 *data = self->data;
  gsize length = self->length;

  g_assert (data != NULL);

  data[length] = '\0';
  *self = (WspMessageBuilder) { NULL, 0, 0 };
  return wsp_message_new_take (type, data, length);
}

void
wsp_message_builder_clear (WspMessageBuilder *self)
{
  g_free (self->data);
  *self = (WspMessageBuilder) { NULL, 0, 0 };
}
