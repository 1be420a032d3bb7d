/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-hex.h"

#define BYTES_IN_LINE 16

static void
append_bytes (GString      *text,
              const guint8 *at,
              gsize         length)
{
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, i == 0 ? "%02x" : " %02x", at[i]);
}

/* At most max_length bytes; dots replace the rest. */
char *
wsi_hex_line (GBytes *bytes,
              gsize   max_length)
{
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);
  GString *text = g_string_new (NULL);

  append_bytes (text, at, MIN (length, max_length));
  if (length > max_length)
    g_string_append (text, " ...");

  return g_string_free (text, FALSE);
}

static void
append_dump_line (GString      *text,
                  const guint8 *at,
                  gsize         place,
                  gsize         length)
{
  g_string_append_printf (text, "%08" G_GSIZE_MODIFIER "x  ", place);
  append_bytes (text, at + place, length);
  g_string_append_printf (text, "%*s", (int) (3 * (BYTES_IN_LINE - length) + 2), "");
  for (gsize i = 0; i < length; i++)
    g_string_append_c (text, g_ascii_isprint (at[place + i]) ? at[place + i] : '.');
  g_string_append_c (text, '\n');
}

char *
wsi_hex_dump (GBytes *bytes,
              gsize   max_length)
{
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);
  gsize n_shown = MIN (length, max_length);
  GString *text = g_string_new (NULL);

  for (gsize place = 0; place < n_shown; place += BYTES_IN_LINE)
    append_dump_line (text, at, place, MIN (BYTES_IN_LINE, n_shown - place));

  return g_string_free (text, FALSE);
}
