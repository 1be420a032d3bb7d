/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-program-title.h"

#include <string.h>

#define SEPARATOR " · "         /* between the name and the title of a program */

/* Interpreters; what follows may be a version: "python3.11". */
static const char *const interpreters[] = {
  "python", "nodejs", "node", "gjs-console", "gjs", "ruby", "perl", "bash", "dash", "sh",
};

/* Options whose value is the next word. */
static const char *const options_with_value[] = {
  "-W", "-X", "-I", "-r", "--require", "--import", "-C", "--include-path",
};

static const char *
get_base (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

static gboolean
is_interpreter (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (interpreters); i++)
    if (g_str_has_prefix (name, interpreters[i]))
      {
        const char *version = name + strlen (interpreters[i]);

        if (strspn (version, "0123456789.") == strlen (version))
          return TRUE;
      }
  return FALSE;
}

static gboolean
program_title_has_value (const char *option)
{
  for (guint i = 0; i < G_N_ELEMENTS (options_with_value); i++)
    if (g_str_equal (options_with_value[i], option))
      return TRUE;
  return FALSE;
}

/* The word that names what an interpreter runs.  NULL: its program is no file.  "-e" of a shell has
 * no value. */
static const char *
find_script (const char        *interpreter,
             const char *const *words)
{
  gboolean is_shell = g_str_has_suffix (interpreter, "sh");

  for (guint i = 1; words[i] != NULL; i++)
    {
      if (g_str_equal (words[i], "-c") || (g_str_equal (words[i], "-e") && !is_shell))
        return NULL;
      if (g_str_equal (words[i], "-m"))
        return words[i + 1];
      if (words[i][0] != '-')
        return get_base (words[i]);
      if (program_title_has_value (words[i]) && words[i + 1] != NULL)
        i++;
    }
  return NULL;
}

char *
wsi_program_title_dup (const char *const *words)
{
  const char *name = get_base (words[0]);
  const char *script = is_interpreter (name) ? find_script (name, words) : NULL;

  return g_utf8_make_valid (script != NULL && *script != '\0' ? script : name, -1);
}

/* NULL: the command line cannot be read. */
static char *
dup_title_by_words (guint pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/cmdline", pid);
  g_autofree char *line = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  gsize length = 0;

  if (!g_file_get_contents (path, &line, &length, NULL) || length == 0 || *line == '\0')
    return NULL;

  for (gsize i = 0; i < length; i += strlen (line + i) + 1)
    g_ptr_array_add (words, line + i);
  g_ptr_array_add (words, NULL);
  return wsi_program_title_dup ((const char *const *) words->pdata);
}

/* Whether a title says more than the names of the program, which GLib gives where there is none. */
static gboolean
program_title_is_own (const char *given,
                      const char *name,
                      const char *title)
{
  return given != NULL && *given != '\0' && !g_str_equal (given, name) &&
         !g_str_equal (given, title) && !is_interpreter (given);
}

char *
wsi_program_title_dup_of_process (guint       pid,
                                  const char *name,
                                  const char *given)
{
  g_autofree char *by_words = dup_title_by_words (pid);
  const char *title = by_words != NULL ? by_words : name;
  g_autofree char *both = program_title_is_own (given, name, title)
                          ? g_strconcat (title, SEPARATOR, given, NULL) : g_strdup (title);

  for (char *at = both; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return g_steal_pointer (&both);
}

char *
wsi_program_title_dup_named (const char *name,
                             const char *title)
{
  g_autofree char *begin = g_strconcat (name, SEPARATOR, NULL);

  return g_str_equal (title, name) || g_str_has_prefix (title, begin)
         ? g_strdup (title) : g_strdup_printf ("%s (%s)", name, title);
}
