/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-text-error.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"

/* GLib returns a number above all characters for bytes that are none. */
#define NO_CHARACTER 0x110000

typedef struct
{
  gsize at;
} WsiTextErrorPrivate;

static void
wsi_text_error_private_init (WsiTextErrorPrivate *self)
{
  self->at = 0;
}

static void
wsi_text_error_private_copy (const WsiTextErrorPrivate *from,
                             WsiTextErrorPrivate       *to)
{
  to->at = from->at;
}

static void
wsi_text_error_private_clear (WsiTextErrorPrivate *self)
{
}

G_DEFINE_EXTENDED_ERROR (WsiTextError, wsi_text_error)

/* The place in its line: characters before it, plus one. */
static void
text_error_find_place (const char *text,
                       gsize       at,
                       guint      *line,
                       guint      *column)
{
  *line = *column = 1;
  for (gsize i = 0; i < at; i++)
    {
      *column += (text[i] & 0xc0) != 0x80;
      if (text[i] != '\n')
        continue;

      *line += 1;
      *column = 1;
    }
}

char *
wsi_text_error_quote (const char *at)
{
  gunichar character = g_utf8_get_char_validated (at, -1);
  char utf8[8] = "";

  if (*at == '\0')
    return g_strdup (_("the end"));
  if (*at == '\n')
    return g_strdup (_("the end of the line"));
  if (character >= NO_CHARACTER)
    return g_strdup_printf (_("the byte 0x%02x"), (guint) (guint8) at[0]);
  if (!wsi_text_may_be_shown (character))
    return g_strdup_printf ("U+%04X", character);

  g_unichar_to_utf8 (character, utf8);
  return g_strdup_printf ("'%s'", utf8);
}

gboolean
wsi_text_error_set (GError    **error,
                    const char *text,
                    gsize       at,
                    const char *expected)
{
  g_autofree char *received = wsi_text_error_quote (text + at);
  guint line, column;

  text_error_find_place (text, at, &line, &column);
  g_set_error (error, WSI_TEXT_ERROR, WSI_TEXT_ERROR_SYNTAX,
               _("line %u, column %u: expected %s, received %s"), line, column, expected, received);
  if (error != NULL)
    wsi_text_error_get_private (*error)->at = at;
  return FALSE;
}

gboolean
wsi_text_error_get_place (const GError *error,
                          gsize        *at)
{
  if (!g_error_matches (error, WSI_TEXT_ERROR, WSI_TEXT_ERROR_SYNTAX))
    return FALSE;

  *at = wsi_text_error_get_private (error)->at;
  return TRUE;
}

static gboolean
text_error_is_blank (char character)
{
  return character == '\0' || g_ascii_isspace (character);
}

void
wsi_text_error_find_range (const char *text,
                           gsize       at,
                           gsize      *begin,
                           gsize      *end)
{
  gsize seen = at;

  while (seen > 0 && text_error_is_blank (text[seen]))
    seen--;
  if (text_error_is_blank (text[seen]))
    seen = at;

  while (seen > 0 && (text[seen] & 0xc0) == 0x80)
    seen--;
  *begin = *end = seen;
  while (text[*end] != '\0' && (*end == seen || (text[*end] & 0xc0) == 0x80))
    *end += 1;
}
