/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/table/wsi-options.h"

#include <string.h>

#include "inspect/save/formats/wsi-format-rows.h"

#define DEFAULT_WAIT 1.0
#define DEFAULT_MAX_DECODED (16 * 1024 * 1024)

#define WORD(name, word, suffix, title, open) " " word

static const WsiOptionRow rows[] = {
#define ROW(name, letter, kind, field, verbs, argument, min, max, text) \
  { name, letter, WSI_OPTION_ ## kind, G_STRUCT_OFFSET (WsiOptions, field), verbs, argument, min, max, text },
#include "cli/table/wsi-option-rows.h"
#undef ROW
};

const WsiOptionRow *
wsi_options_get_rows (gsize *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}

void
wsi_options_init (WsiOptions *self)
{
  *self = (WsiOptions) { .wait = DEFAULT_WAIT };
  self->limit = self->max_decoded = self->port = self->max_message = self->count = -1;
  self->connection = self->message = -1;
}

void
wsi_options_clear (WsiOptions *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    switch (rows[i].kind)
      {
      case WSI_OPTION_STRING:
      case WSI_OPTION_FILE:
        g_free (G_STRUCT_MEMBER (char *, self, rows[i].offset));
        break;
      case WSI_OPTION_STRINGS:
        g_strfreev (G_STRUCT_MEMBER (GStrv, self, rows[i].offset));
        break;
      case WSI_OPTION_FLAG:
      case WSI_OPTION_CHOICE:
      case WSI_OPTION_INTEGER:
      case WSI_OPTION_SECONDS:
        break;
      }
  wsi_options_init (self);
}

gsize
wsi_options_get_max_decoded (const WsiOptions *self)
{
  return self->max_decoded > 0 ? (gsize) self->max_decoded : DEFAULT_MAX_DECODED;
}

/* The memory for payloads: a compressed message is kept twice, on the wire and inflated. */
gsize
wsi_options_get_max_memory (const WsiOptions *self,
                            gsize             usual)
{
  return self->max_decoded > DEFAULT_MAX_DECODED ? usual + 2 * (gsize) self->max_decoded : usual;
}

/* word: an option as GOption passes it, "--format" or "-T". */
static const WsiOptionRow *
options_find_row (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (word + strspn (word, "-"), rows[i].name) == 0 ||
        (rows[i].letter != 0 && word[1] == rows[i].letter && word[2] == '\0'))
      return &rows[i];

  g_assert_not_reached ();
}

static gboolean
options_refuse (const WsiOptionRow *row,
                const char         *expected,
                const char         *value,
                GError            **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "invalid --%s: expected %s, received \"%s\"", row->name, expected, value);
  return FALSE;
}

static gboolean
options_read_choice (const WsiOptionRow *row,
                     const char         *value,
                     WsiOptions         *options,
                     GError            **error)
{
  g_auto (GStrv) words = g_strsplit (row->argument, "|", -1);
  g_autofree char *expected = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], value) == 0)
      {
        G_STRUCT_MEMBER (int, options, row->offset) = i;
        return TRUE;
      }

  expected = g_strjoinv (" or ", words);
  return options_refuse (row, expected, value, error);
}

static gboolean
read_integer (const WsiOptionRow *row,
              const char         *value,
              WsiOptions         *options,
              GError            **error)
{
  g_autofree char *expected = NULL;

  if (g_ascii_string_to_signed (value, 10, row->min, row->max,
                                &G_STRUCT_MEMBER (gint64, options, row->offset), NULL))
    return TRUE;

  expected = row->max == G_MAXINT64
             ? g_strdup_printf ("at least %" G_GINT64_FORMAT, row->min)
             : g_strdup_printf ("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, row->min, row->max);
  return options_refuse (row, expected, value, error);
}

/* Reads a time such as 1.5, 1.5s or 1500ms. */
static gboolean
read_seconds (const WsiOptionRow *row,
              const char         *value,
              WsiOptions         *options,
              GError            **error)
{
  g_autofree char *expected = NULL;
  char *end;
  double number = g_ascii_strtod (value, &end);
  double seconds = strcmp (end, "ms") == 0 ? number / 1000 : number;

  if (end != value && (*end == '\0' || strcmp (end, "s") == 0 || strcmp (end, "ms") == 0) &&
      seconds >= row->min && seconds <= row->max)
    {
      G_STRUCT_MEMBER (double, options, row->offset) = seconds;
      return TRUE;
    }

  expected = g_strdup_printf ("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                              " seconds, such as 1.5 or 500ms", row->min, row->max);
  return options_refuse (row, expected, value, error);
}

static gboolean
on_value (const char *word,
          const char *value,
          gpointer    data,
          GError    **error)
{
  const WsiOptionRow *row = options_find_row (word);

  switch (row->kind)
    {
    case WSI_OPTION_CHOICE:
      return options_read_choice (row, value, data, error);
    case WSI_OPTION_INTEGER:
      return read_integer (row, value, data, error);
    case WSI_OPTION_SECONDS:
      return read_seconds (row, value, data, error);
    case WSI_OPTION_FLAG:
    case WSI_OPTION_STRING:
    case WSI_OPTION_STRINGS:
    case WSI_OPTION_FILE:
      break;
    }

  g_assert_not_reached ();
}

static GOptionEntry
options_make_entry (const WsiOptionRow *row,
                    WsiOptions         *options)
{
  GOptionEntry entry = { row->name, row->letter, 0, G_OPTION_ARG_CALLBACK,
                         G_STRUCT_MEMBER_P (options, row->offset), row->text, row->argument };

  /* Texts are read as file names, because GOption would convert other texts from the encoding of
   * the locale. */

  switch (row->kind)
    {
    case WSI_OPTION_FLAG:
      entry.arg = G_OPTION_ARG_NONE;
      break;
    case WSI_OPTION_STRING:
    case WSI_OPTION_FILE:
      entry.arg = G_OPTION_ARG_FILENAME;
      break;
    case WSI_OPTION_STRINGS:
      entry.arg = G_OPTION_ARG_FILENAME_ARRAY;
      break;
    case WSI_OPTION_CHOICE:
    case WSI_OPTION_INTEGER:
    case WSI_OPTION_SECONDS:
      entry.flags = G_OPTION_FLAG_FILENAME;
      entry.arg_data = (gpointer) on_value;
      break;
    }

  return entry;
}

static gboolean
options_check_text (const WsiOptionRow *row,
                    const char         *text,
                    GError            **error)
{
  return text == NULL || g_utf8_validate (text, -1, NULL) ||
         options_refuse (row, "UTF-8", text, error);
}

/* All rows are checked: options of another verb have no value. */
static gboolean
check_texts (WsiOptions *self,
             GError    **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].kind == WSI_OPTION_STRING)
      {
        if (!options_check_text (&rows[i], G_STRUCT_MEMBER (char *, self, rows[i].offset), error))
          return FALSE;
      }
    else if (rows[i].kind == WSI_OPTION_STRINGS)
      {
        GStrv texts = G_STRUCT_MEMBER (GStrv, self, rows[i].offset);

        for (guint j = 0; texts != NULL && texts[j] != NULL; j++)
          if (!options_check_text (&rows[i], texts[j], error))
            return FALSE;
      }
  return TRUE;
}

/* An option that would have no effect is refused. */
static gboolean
check_format (const WsiOptions *self,
              WsiVerbs          verb,
              GError          **error)
{
  gboolean is_payload = self->format == WSI_PRINT_PAYLOAD;
  const char *problem = NULL;

  if ((self->is_null || self->is_bare || self->is_base64) && !is_payload)
    problem = "--null, --bare and --base64 need --format=payload";
  else if (self->is_bare && (self->is_null || self->is_base64))
    problem = "expected --bare, or --null and --base64, not both";
  else if (self->is_all && self->write == NULL)
    problem = "--all needs --write";
  else if (self->fields != NULL && is_payload)
    problem = "expected --field or --format=payload, not both";
  else if ((verb & (WSI_VERB_STATS | WSI_VERB_CHECKS | WSI_VERB_FIELDS)) != 0 &&
           self->format > WSI_PRINT_JSONL)
    problem = "invalid --format: expected text or json or jsonl for stats, checks and fields";
  if (problem != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, problem);
  return problem == NULL;
}

gboolean
wsi_options_parse (WsiOptions *self,
                   WsiVerbs    verb,
                   int        *argc,
                   char     ***argv,
                   GError    **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new ("wsinspect", "", "", self, NULL);
  GOptionEntry entries[G_N_ELEMENTS (rows) + 1] = { 0 };
  gsize n_entries = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].verbs & verb)
      entries[n_entries++] = options_make_entry (&rows[i], self);

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_help_enabled (context, FALSE);
  return g_option_context_parse (context, argc, argv, error) &&
         (self->is_help || (check_texts (self, error) && check_format (self, verb, error)));
}
