/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-tags.h"

#include <string.h>

static gboolean
is_in_tag (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_' || (guint8) c > G_MAXINT8;
}

/* The next tag from here on, with its #; NULL = none.  A # within a word does not begin one. */
static const char *
find_tag (const char *comment,
          const char *from,
          gsize      *length)
{
  const char *at = from;

  for (; at != NULL && (at = strchr (at, '#')) != NULL; at++)
    {
      gboolean is_begin = at == comment || g_ascii_isspace (at[-1]);

      for (*length = 1; is_begin && is_in_tag (at[*length]);)
        ++*length;
      if (*length > 1)
        return at;
    }
  return NULL;
}

GStrv
wsi_tags_list (const char *comment)
{
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *at = comment;
  gsize length;

  for (; (at = find_tag (comment, at, &length)) != NULL; at += length)
    {
      char *tag = g_strndup (at + 1, length - 1);

      if (!g_hash_table_contains (seen, tag))
        g_strv_builder_add (tags, tag);
      g_hash_table_add (seen, tag);
    }
  return g_strv_builder_end (tags);
}

/* The text without its tags and without the blanks before each of them. */
static GString *
tags_strip (const char *comment)
{
  GString *text = g_string_new (NULL);
  const char *from = comment, *at;
  gsize length;

  while ((at = find_tag (comment, from, &length)) != NULL)
    {
      g_string_append_len (text, from, at - from);
      while (text->len > 0 && g_ascii_isspace (text->str[text->len - 1]))
        g_string_truncate (text, text->len - 1);
      from = at + length;
    }
  return g_string_append (text, from != NULL ? from : "");
}

static void
tags_append_tag (GString    *text,
                 const char *tag)
{
  gsize before = text->len;

  g_string_append (text, text->len > 0 ? " #" : "#");
  for (gsize i = 0; tag[i] != '\0'; i++)
    if (is_in_tag (tag[i]))
      g_string_append_c (text, tag[i]);
  if (text->str[text->len - 1] == '#')
    g_string_truncate (text, before);
}

char *
wsi_tags_change (const char        *comment,
                 const char *const *tags)
{
  GString *text = tags_strip (comment);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                       NULL);

  g_strchug (text->str);
  text->len = strlen (text->str);
  for (gsize i = 0; tags[i] != NULL; i++)
    if (g_hash_table_add (seen, g_strdup (tags[i])))
      tags_append_tag (text, tags[i]);
  return g_string_free (text, text->len == 0);
}
