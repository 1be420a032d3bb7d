/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-variables.h"

#include "inspect/decode/wsi-text-error.h"
#include "inspect/decode/wsi-text.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define BRACES "{{"
#define ESCAPED_BRACES "\\{{"

/* A piece of a text: from here on, places of the expansion belong to this place of the text.  A
 * value belongs to its name as a whole. */
typedef struct
{
  gsize    at, origin;
  gboolean is_value;
} Piece;

static void
begin_piece (WsiExpansion *self,
             gsize         origin,
             gboolean      is_value)
{
  const Piece piece = { self->text->len, origin, is_value };

  g_array_append_val (self->pieces, piece);
}

static char *
print_counter (const WsiVariables *self)
{
  return g_strdup_printf ("%" PRIu64, self->counter);
}

static char *
variables_print_time (const WsiVariables *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
}

static char *
print_uuid (const WsiVariables *self)
{
  return g_uuid_string_random ();
}

static const struct
{
  const char *name;
  char *(*print)(const WsiVariables *);
} variables[] = {
  { "counter", print_counter },
  { "time", variables_print_time },
  { "uuid", print_uuid },
};

/* The next braces of a variable.  NULL: there are none.  A sanitizer's strstr () measures the whole
 * text. */
static char *
find_braces (const char *text)
{
  char *at = strchr (text, BRACES[0]);

  while (at != NULL && !wsi_text_begins_with (at, BRACES))
    at = strchr (at + 1, BRACES[0]);
  return at;
}

/* The length of the variable at the braces in bytes; 0 = they have no name in lower case, so they
 * are not a variable. */
static gsize
variables_measure (const char *at)
{
  gsize length = strlen (BRACES);

  while (g_ascii_islower (at[length]))
    length++;
  return length > strlen (BRACES) && wsi_text_begins_with (at + length, "}}") ? length + 2 : 0;
}

static gboolean
variables_append_value (WsiExpansion       *self,
                        const WsiVariables *values,
                        const char         *at,
                        gsize               length)
{
  const char *name = at + strlen (BRACES);
  gsize name_length = length - strlen (BRACES) - 2;

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      g_autofree char *value = NULL;

      if (strlen (variables[i].name) != name_length ||
          strncmp (variables[i].name, name, name_length) != 0)
        continue;

      value = variables[i].print (values);
      g_string_append (self->text, value);
      self->has_counter |= i == 0;
      return TRUE;
    }
  return FALSE;
}

WsiExpansion *
wsi_variables_expand (const WsiVariables *self,
                      const char         *text,
                      GError            **error)
{
  g_autoptr (WsiExpansion) made = g_new0 (WsiExpansion, 1);
  const char *rest = text;

  made->text = g_string_new (NULL);
  made->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  for (const char *at = find_braces (rest); at != NULL; at = find_braces (rest))
    {
      gboolean is_escaped = at > rest && at[-1] == '\\';
      gsize length = is_escaped ? 0 : variables_measure (at);

      begin_piece (made, rest - text, FALSE);
      g_string_append_len (made->text, rest, at - rest - is_escaped);
      begin_piece (made, at - text, length > 0);
      if (length == 0)
        g_string_append (made->text, BRACES);
      else if (!variables_append_value (made, self, at, length))
        {
          wsi_text_error_set (error, text, at - text + strlen (BRACES),
                              _("counter, time or uuid (to send the braces, write \\{{)"));
          return NULL;
        }
      rest = at + MAX (length, strlen (BRACES));
    }
  begin_piece (made, rest - text, FALSE);
  g_string_append (made->text, rest);
  return g_steal_pointer (&made);
}

gsize
wsi_expansion_find_origin (const WsiExpansion *self,
                           gsize               at)
{
  gsize low = 0, high = self->pieces->len;

  while (high - low > 1)
    {
      gsize middle = low + (high - low) / 2;

      if (g_array_index (self->pieces, Piece, middle).at <= at)
        low = middle;
      else
        high = middle;
    }

  const Piece *piece = &g_array_index (self->pieces, Piece, low);

  return piece->origin + (piece->is_value ? 0 : at - piece->at);
}

void
wsi_expansion_free (WsiExpansion *self)
{
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_clear_pointer (&self->pieces, g_array_unref);
  g_free (self);
}

char *
wsi_variables_escape (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, BRACES, -1);

  return g_strjoinv (ESCAPED_BRACES, parts);
}

char *
wsi_variables_mask (const char *text)
{
  char *masked = g_strdup (text);

  for (char *at = find_braces (masked); at != NULL; at = find_braces (at))
    {
      gsize length = at > masked && at[-1] == '\\' ? 0 : variables_measure (at);

      memset (at, '1', length);
      at += MAX (length, strlen (BRACES));
    }
  return masked;
}
