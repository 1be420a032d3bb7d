/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-copied-text.h"

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <string.h>

static char *
copy_hex (const guint8 *at,
          gsize         length)
{
  GString *text = g_string_new (NULL);

  wsi_hex_append (text, at, length, length);
  return g_string_free (text, FALSE);
}

/* Takes all characters but NUL as they are: the user asked for the text. */
static char *
copied_text_copy_text (const char *at,
                       gsize       length)
{
  g_autoptr (GString) text = g_string_sized_new (length + 1);
  const char *end = at + length, *good;

  while (at < end)
    {
      g_utf8_validate_len (at, end - at, &good);
      g_string_append_len (text, at, good - at);
      at = good;
      if (at < end)
        at += wsi_text_append_character (text, at, 1, 0);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
wsi_copied_text_new (GBytes     *bytes,
                     WsiLineForm form)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);

  if (length == 0)
    return g_strdup ("");

  return form == WSI_LINES_HEX ? copy_hex (at, length)
    : copied_text_copy_text ((const char *) at, length);
}
