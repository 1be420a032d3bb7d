/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The compressed forms of one message.  A message has few forms: the peers of a server differ only
 * in the size of their window, because the server chooses the other parameters.
 *
 * An entry of the list never changes: the list only grows, at its front.
 */
#include "connection/message/wsp-deflated-private.h"

#include "core/frames/deflate.h"

#define FIRST_ROOM 256

struct _WspDeflated
{
  WspDeflated   *next;
  WscDeflateForm form;
  GBytes        *bytes;
};

static WspDeflated *
deflated_find (WspDeflated          *list,
               const WscDeflateForm *form)
{
  while (list != NULL && !wsc_deflate_form_equal (&list->form, form))
    list = list->next;
  return list;
}

static GBytes *
deflate_whole (WscDeflater *deflater,
               WscBytes     left)
{
  GByteArray *made = g_byte_array_new ();
  const gsize room = MAX (left.length / 4, FIRST_ROOM);
  bool is_done = false;
  gsize n = 0;

  while (!is_done)
    {
      g_byte_array_set_size (made, n + room);
      n += wsc_deflater_take (deflater, &left, WSC_DEFLATE_MESSAGE,
                              (WscBuffer) { made->data + n, room }, &is_done);
    }
  g_byte_array_set_size (made, n);
  return g_byte_array_free_to_bytes (made);
}

/* Two threads may make the same form at the same time: then both stay in the list. */
static GBytes *
deflated_add (WspDeflated         **list,
              const WscDeflateForm *form,
              GBytes               *bytes)
{
  WspDeflated *added = g_new (WspDeflated, 1);

  added->form = *form;
  added->bytes = bytes;
  do
    added->next = g_atomic_pointer_get (list);
  while (!g_atomic_pointer_compare_and_exchange (list, added->next, added));
  return bytes;
}

GBytes *
wsp_deflated_get (WspDeflated         **list,
                  const WscDeflateForm *form,
                  WscBytes              payload,
                  WscDeflatePool       *streams,
                  guint32              *budget)
{
  WspDeflated *found = deflated_find (g_atomic_pointer_get (list), form);

  if (found != NULL)
    return found->bytes;

  if (payload.length > *budget)
    return NULL;

  WscDeflater *deflater = wsc_deflate_pool_take_deflater (streams, form->window_bits, form->level,
                                                          form->memory_level);

  if (deflater == NULL)
    return NULL;

  *budget -= (guint32) payload.length;

  GBytes *bytes = deflate_whole (deflater, payload);

  wsc_deflate_pool_give_deflater (streams, deflater);
  return deflated_add (list, form, bytes);
}

void
wsp_deflated_free (WspDeflated *list)
{
  while (list != NULL)
    {
      WspDeflated *next = list->next;

      g_bytes_unref (list->bytes);
      g_free (list);
      list = next;
    }
}
