/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/tls/wsi-tls-held.h"

void
wsi_tls_held_clear (WsiTlsHeld *self)
{
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  self->first = 0;
  self->n_used = 0;
}

void
wsi_tls_held_add (WsiTlsHeld           *self,
                  const WsiTlsHeldItem *item,
                  const guint8         *at)
{
  if (self->items == NULL)
    self->items = g_array_new (FALSE, FALSE, sizeof (WsiTlsHeldItem));
  g_array_append_vals (self->items, item, 1);
  if (item->kind != WSI_TLS_HELD_BYTES)
    return;

  if (self->bytes == NULL)
    self->bytes = g_byte_array_new ();
  g_byte_array_append (self->bytes, at, (guint) item->length);
}

static WsiTlsHeldItem *
tls_held_get_first (const WsiTlsHeld *self)
{
  return self->items != NULL ? &g_array_index (self->items, WsiTlsHeldItem, self->first) : NULL;
}

const WsiTlsHeldItem *
wsi_tls_held_peek (const WsiTlsHeld *self)
{
  return tls_held_get_first (self);
}

const guint8 *
wsi_tls_held_get_bytes (const WsiTlsHeld *self)
{
  return self->bytes->data + self->n_used;
}

void
wsi_tls_held_use (WsiTlsHeld *self,
                  gsize       length)
{
  WsiTlsHeldItem *item = tls_held_get_first (self);

  self->n_used += length;
  item->length -= length;
  if (item->length == 0)
    wsi_tls_held_drop (self);
}

void
wsi_tls_held_drop (WsiTlsHeld *self)
{
  self->first++;
  if (self->first == self->items->len)
    wsi_tls_held_clear (self);
}

gsize
wsi_tls_held_get_cost (const WsiTlsHeld *self)
{
  return (self->bytes != NULL ? self->bytes->len : 0) +
         (self->items != NULL ? self->items->len * sizeof (WsiTlsHeldItem) : 0);
}
