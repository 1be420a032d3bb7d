/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/saving/wsi-made.h"

#include <glib/gi18n.h>

char *
wsi_made_dup_sentences (WsiMadeSet made)
{
  static const char *const sentences[] = {
#define NOTE(id, type, sentence) [WSI_MADE_ ## id] = sentence,
#define MADE(id, sentence) [WSI_MADE_ ## id] = sentence,
#include "inspect/store/wsi-made-rows.h"
  };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < WSI_N_MADE; i++)
    if ((made & 1 << i) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", _(sentences[i]));
  return g_string_free (text, FALSE);
}
