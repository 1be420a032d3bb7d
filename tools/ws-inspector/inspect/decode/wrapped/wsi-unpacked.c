/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wrapped/wsi-unpacked.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"

G_DEFINE_QUARK (wsi - unpacked - error - quark, wsi_unpacked_error)

void
wsi_unpacked_init (WsiUnpacked *self,
                   gsize        max_length,
                   WsiWords     words)
{
  self->bytes = g_byte_array_new ();
  self->max_length = max_length;
  self->words = words;
}

gboolean
wsi_unpacked_append (WsiUnpacked  *self,
                     const guint8 *at,
                     gsize         length)
{
  gsize n = MIN (length, self->max_length - self->bytes->len);

  if (n > 0)
    g_byte_array_append (self->bytes, at, n);
  return n == length;
}

void
wsi_unpacked_set_limit_error (const WsiUnpacked *self,
                              gsize              n_read,
                              GError           **error)
{
  g_set_error (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_LIMIT,
               wsi_words_choose (self->words,
                                 N_("unpacks to more than %zu bytes (%zu : 1 so far)")),
               self->max_length, self->max_length / MAX (n_read, 1));
}

/* A wrapping does not say whether text or bytes are in it. */
GBytes *
wsi_unpacked_finish (WsiUnpacked    *self,
                     WsiMessageForm *form,
                     GError        **error)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->bytes));
  g_autoptr (GBytes) beginning = g_bytes_new_from_bytes (bytes, 0, MIN (g_bytes_get_size (bytes),
                                                                        WSI_PROBE_LENGTH));

  if (g_bytes_get_size (bytes) == 0 && error != NULL && *error != NULL)
    return NULL;

  *form = wsi_text_is_readable (beginning) ? WSI_MESSAGE_TEXT : WSI_MESSAGE_BINARY;
  return g_steal_pointer (&bytes);
}
