/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-json-printer.h"

#include "cli/print/wsi-output.h"
#include "inspect/decode/wsi-text.h"

#define LAST_ASCII 0x7f
#define FIRST_ASTRAL 0x10000

void
wsi_json_printer_init (WsiJsonPrinter *self)
{
  self->text = g_string_new (NULL);
  self->has_member = FALSE;
}

char *
wsi_json_printer_steal (WsiJsonPrinter *self)
{
  return g_string_free (g_steal_pointer (&self->text), FALSE);
}

static gboolean
json_printer_may_stay (gunichar   character,
                       WsiCharset charset)
{
  if (character > LAST_ASCII && charset == WSI_CHARSET_ASCII)
    return FALSE;

  return character != '"' && character != '\\' && wsi_text_may_be_shown (character);
}

static void
json_printer_append_escaped (GString *text,
                             gunichar character)
{
  static const struct
  {
    gunichar    character;
    const char *escape;
  } short_escapes[] = {
    { '"', "\\\"" }, { '\\', "\\\\" }, { '\n', "\\n" }, { '\r', "\\r" }, { '\t', "\\t" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (short_escapes); i++)
    if (short_escapes[i].character == character)
      {
        g_string_append (text, short_escapes[i].escape);
        return;
      }

  if (character < FIRST_ASTRAL)
    g_string_append_printf (text, "\\u%04x", character);
  else
    g_string_append_printf (text, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10),
                            0xdc00 + (character & 0x3ff));
}

/* The number of bytes before the first byte that needs an escape. */
static gsize
json_printer_count_plain (const char *at)
{
  gsize n = 0;

  while (at[n] >= ' ' && at[n] < LAST_ASCII && at[n] != '"' && at[n] != '\\')
    n++;

  return n;
}

static void
json_printer_append_quoted (GString    *text,
                            const char *utf8)
{
  WsiCharset charset = wsi_output_get_charset ();

  g_string_append_c (text, '"');
  for (const char *at = utf8; *at != '\0'; at = g_utf8_next_char (at))
    {
      gsize n_plain = json_printer_count_plain (at);
      gunichar character;

      g_string_append_len (text, at, n_plain);
      at += n_plain;
      if (*at == '\0')
        break;

      character = g_utf8_get_char (at);
      if (json_printer_may_stay (character, charset))
        g_string_append_unichar (text, character);
      else
        json_printer_append_escaped (text, character);
    }
  g_string_append_c (text, '"');
}

static void
json_printer_begin_member (WsiJsonPrinter *self,
                           const char     *name)
{
  if (self->has_member)
    g_string_append_c (self->text, ',');
  if (name != NULL)
    {
      json_printer_append_quoted (self->text, name);
      g_string_append_c (self->text, ':');
    }
  self->has_member = TRUE;
}

void
wsi_json_printer_open (WsiJsonPrinter *self,
                       const char     *name,
                       char            bracket)
{
  json_printer_begin_member (self, name);
  g_string_append_c (self->text, bracket);
  self->has_member = FALSE;
}

void
wsi_json_printer_close (WsiJsonPrinter *self,
                        char            bracket)
{
  g_string_append_c (self->text, bracket);
  self->has_member = TRUE;
}

void
wsi_json_printer_string (WsiJsonPrinter *self,
                         const char     *name,
                         const char     *utf8)
{
  json_printer_begin_member (self, name);
  json_printer_append_quoted (self->text, utf8);
}

void
wsi_json_printer_literal (WsiJsonPrinter *self,
                          const char     *name,
                          const char     *literal)
{
  json_printer_begin_member (self, name);
  g_string_append (self->text, literal);
}

void
wsi_json_printer_number (WsiJsonPrinter *self,
                         const char     *name,
                         guint64         number)
{
  g_autofree char *literal = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  wsi_json_printer_literal (self, name, literal);
}
