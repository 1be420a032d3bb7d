/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/print/wsi-output.h"

#define END_OF_TINT "\x1b[0m"

static gboolean
may_have_colors (void)
{
  const char *terminal = g_getenv ("TERM"), *refusal = g_getenv ("NO_COLOR");

  return terminal != NULL && g_strcmp0 (terminal, "dumb") != 0 &&
         (refusal == NULL || refusal[0] == '\0');
}

void
wsi_screen_init (WsiScreen *self,
                 WsiColor   color)
{
  self->is_terminal = isatty (STDOUT_FILENO) == 1;
  self->has_colors = color == WSI_COLOR_ALWAYS ||
                     (color == WSI_COLOR_AUTO && self->is_terminal && may_have_colors ());
}

/* The width of the terminal, read for each line because the user may change it; 0 = not known. */
static guint
screen_count_columns (void)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static guint
screen_measure (gunichar character)
{
  if (g_unichar_iszerowidth (character))
    return 0;

  return g_unichar_iswide (character) ? 2 : 1;
}

/* text: without control characters.  columns: the width; 0 = not cut. */
static char *
cut_line (const char *text,
          guint       columns)
{
  const char *end = text;       /* the end of the text that fits before an ellipsis */
  guint n_columns = 0;

  if (columns == 0)
    return g_strdup (text);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      n_columns += screen_measure (g_utf8_get_char (at));
      if (n_columns < columns)
        end = g_utf8_next_char (at);
      if (n_columns > columns)
        {
          g_autofree char *begin = g_strndup (text, end - text);

          return g_strconcat (begin, wsi_output_get_charset () == WSI_CHARSET_UTF8 ? "…" : ">",
                              NULL);
        }
    }

  return g_strdup (text);
}

static const char *
get_code (WsiTint tint)
{
  switch (tint)
    {
    case WSI_TINT_NONE:
      return NULL;
    case WSI_TINT_SENT:
      return "\x1b[36m";
    case WSI_TINT_RECEIVED:
      return "\x1b[32m";
    case WSI_TINT_CONTROL:
      return "\x1b[2m";
    case WSI_TINT_FAULT:
      return "\x1b[1;31m";
    }

  g_assert_not_reached ();
}

void
wsi_screen_print (const WsiScreen *self,
                  WsiTint          tint,
                  const char      *title,
                  const char      *text)
{
  const char *code = self->has_colors ? get_code (tint) : NULL;

  wsi_output_line ("%s%s%s%s", code != NULL ? code : "", title, text,
                   code != NULL ? END_OF_TINT : "");
}

/* A line that is neither cut nor coloured is not copied: its line feed is appended to the line
 * itself. */
void
wsi_screen_line (const WsiScreen *self,
                 WsiTint          tint,
                 GString         *line)
{
  if (!self->is_terminal && !self->has_colors)
    {
      g_string_append_c (line, '\n');
      wsi_output_bytes (line->str, line->len);
    }
  else
    {
      g_autofree char *shown =
        cut_line (line->str, self->is_terminal ? screen_count_columns () : 0);
      const char *code = self->has_colors ? get_code (tint) : NULL;

      wsi_output_line ("%s%s%s", code != NULL ? code : "", shown, code != NULL ? END_OF_TINT : "");
    }
}
