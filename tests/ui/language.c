/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "language.h"

#include <gtk/gtk.h>
#include <libintl.h>
#include <locale.h>

static const Language languages[] = {
  { "de", "de_DE", "Als Client verbinden" },
  { "fr", "fr_FR", "Se connecter en tant que client" },
};

static const Language *
find_language (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (g_strcmp0 (languages[i].name, name) == 0)
      return &languages[i];

  g_error ("expected one of the languages of the tests, received %s", name);
}

/* The home folder is one of this test: tests/with-display. */
static gboolean
make_locale (const Language *language)
{
  g_autofree char *name = g_strconcat (language->locale, ".UTF-8", NULL);
  g_autofree char *folder = g_build_filename (g_get_home_dir (), "locales", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const char *const command[] = { "localedef", "-i", language->locale, "-f", "UTF-8", path, NULL };

  g_setenv ("LANGUAGE", language->name, TRUE);
  if (setlocale (LC_ALL, name) != NULL)
    return TRUE;

  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_spawn_sync (NULL, (char **) command, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                     G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, NULL))
    return FALSE;

  g_setenv ("LOCPATH", folder, TRUE);
  return setlocale (LC_ALL, name) != NULL;
}

const Language *
language_set (const char *name,
              const char *folder)
{
  const Language *language = find_language (name);

  if (!make_locale (language))
    return NULL;

  gtk_disable_setlocale ();
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  return language;
}

/* Words that sentences in English have, and neither sentences in German and French nor the payloads
 * of the example. */
static const char *const english_words[] = {
  "the", "of", "has", "have", "with", "from", "which", "to", "not", "by",
  "were", "must", "should", "each", "its", "ends", "ended", "expected", "received", "sent",
  "peer", "without", "answered", "ago", NULL,
};

/* Random bytes may hold any short word: a key in base64, or a line of offset, bytes and text. */
#define KEY "[A-Za-z0-9+/]{22,}=+"
#define HEX_LINE "^[0-9a-f]{4,} +(?:[0-9a-f]{2} +)+.*$"
#define TYPE_OF_END "ended"             /* a filter compares it, in each language */

gboolean
language_has_english (const char *text)
{
  g_autoptr (GRegex) random = g_regex_new (KEY "|" HEX_LINE, G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *rest = g_regex_replace_literal (random, text, -1, 0, "", 0, NULL);
  g_autofree char *small = g_utf8_strdown (rest, -1);
  g_auto (GStrv) words = g_regex_split_simple ("[^\\p{L}_]+", small, G_REGEX_OPTIMIZE, 0);

  if (g_str_equal (text, TYPE_OF_END))
    return FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    if (g_strv_contains (english_words, words[i]))
      return TRUE;
  return FALSE;
}
