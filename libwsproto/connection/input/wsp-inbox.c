/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/input/wsp-inbox-private.h"

void
wsp_inbox_push (WspInbox   *self,
                WspMessage *message)
{
  if (self->first == NULL)
    self->first = message;
  else
    self->last->next = message;
  self->last = message;
  self->length++;
  self->bytes += message->length;
}

WspMessage *
wsp_inbox_pop (WspInbox *self)
{
  WspMessage *message = self->first;

  if (message == NULL)
    return NULL;

  self->first = g_steal_pointer (&message->next);
  self->length--;
  self->bytes -= message->length;
  return message;
}
