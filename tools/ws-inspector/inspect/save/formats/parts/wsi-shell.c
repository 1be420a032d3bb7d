/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/parts/wsi-shell.h"

#include "inspect/decode/wsi-text.h"

#define MAX_NAMED 8             /* characters that a note names */

void
wsi_shell_init (WsiShell *self)
{
  *self = (WsiShell) {
    .line = g_string_new (NULL),
    .notes = g_ptr_array_new_with_free_func (g_free),
  };
}

void
wsi_shell_clear (WsiShell *self)
{
  if (self->line != NULL)
    g_string_free (self->line, TRUE);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
}

void
wsi_shell_add_note (WsiShell   *self,
                    const char *format,
                    ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

void
wsi_shell_add_word (WsiShell   *self,
                    const char *word)
{
  if (self->line->len > 0)
    g_string_append_c (self->line, ' ');
  g_string_append (self->line, word);
}

/* Leaves characters out of a value.  named: the characters that were left out. */
static char *
leave_out (const char *value,
           GString    *named)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  GString *shown = g_string_new (NULL);
  guint n_left_out = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (wsi_text_may_be_shown (character))
        g_string_append_unichar (shown, character);
      else if (n_left_out++ < MAX_NAMED)
        g_string_append_printf (named, "%sU+%04X", named->len > 0 ? " " : "", character);
    }

  if (n_left_out > MAX_NAMED)
    g_string_append_printf (named, " and %u more", n_left_out - MAX_NAMED);
  return g_string_free (shown, FALSE);
}

void
wsi_shell_add_value (WsiShell   *self,
                     const char *prefix,
                     const char *value,
                     const char *what)
{
  g_autoptr (GString) named = g_string_new (NULL);
  g_autofree char *shown = leave_out (value, named);
  g_autofree char *quoted = g_shell_quote (shown);

  if (named->len > 0)
    wsi_shell_add_note (self, "%s: left out %s", what, named->str);
  wsi_shell_add_word (self, prefix);
  g_string_append (self->line, quoted);
}
