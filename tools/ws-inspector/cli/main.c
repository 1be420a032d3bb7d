/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>

#include "cli/recordings/wsi-recording-verbs.h"
#include "cli/live/wsi-live-verbs.h"
#include "cli/print/wsi-frame-view.h"
#include "cli/print/wsi-output.h"
#include "cli/table/wsi-options.h"
#include "cli/table/wsi-verbs.h"
#include "cli/verbs/wsi-byte-verbs.h"
#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "inspect/filter/grammar/wsi-field.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/save/formats/wsi-export.h"

static WsiExit
cli_main_run_verb (const WsiVerbRow  *row,
                   const WsiOptions  *options,
                   const char *const *arguments)
{
  switch (row->verb)
    {
    case WSI_VERB_CONNECT:
      return wsi_connect_verb (options, arguments);
    case WSI_VERB_SERVE:
      return wsi_serve_verb (options, arguments);
    case WSI_VERB_PROXY:
      return wsi_proxy_verb (options, arguments);
    case WSI_VERB_BROWSER:
      return wsi_browser_verb (options, arguments);
    case WSI_VERB_CAPTURE:
      return wsi_capture_verb (options, arguments);
    case WSI_VERB_ATTACH:
      return wsi_attach_verb (options, arguments);
    case WSI_VERB_DECODE:
      return wsi_decode_verb (options, arguments);
    case WSI_VERB_READ:
      return wsi_read_verb (options, arguments);
    case WSI_VERB_FOLLOW:
      return wsi_follow_verb (options, arguments);
    case WSI_VERB_STATS:
      return wsi_stats_verb (options, arguments);
    case WSI_VERB_FIELDS:
      return wsi_fields_verb (options, arguments);
    case WSI_VERB_CONVERT:
      return wsi_convert_verb (options, arguments);
    case WSI_VERB_COMMAND:
      return wsi_command_verb (options, arguments);
    case WSI_VERB_KEY:
      return wsi_key_verb (options, arguments);
    case WSI_VERB_CHECKS:
      return wsi_checks_verb (options, arguments);
    case WSI_VERB_DEMO:
      return wsi_demo_verb (options, arguments);
    }

  g_assert_not_reached ();
}

/* row: a verb; NULL: the help of the program. */
static WsiExit
print_help (const WsiVerbRow *row)
{
  g_autofree char *help = wsi_verbs_make_help (row);

  wsi_output_line ("%s", g_strchomp (help));
  return WSI_EXIT_CLEAN;
}

static WsiExit
print_version (void)
{
  wsi_output_line ("wsinspect %u.%u.%u", wsp_get_major_version (), wsp_get_minor_version (),
                   wsp_get_micro_version ());
  return WSI_EXIT_CLEAN;
}

static GStrv
list_words (const char *option)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);

  if (g_str_equal (option, "to"))
    for (guint i = 0; i < WSI_N_FORMATS; i++)
      g_ptr_array_add (words, g_strdup (wsi_format_get_name (i)));
  else if (g_str_equal (option, "field"))
    {
      for (guint i = 0; i < wsi_fields_get_n (fields); i++)
        g_ptr_array_add (words, g_strdup (wsi_fields_get (fields, i)->name));
      for (guint i = 0; i < wsi_fields_get_n_aliases (fields); i++)
        g_ptr_array_add (words, g_strdup (wsi_fields_get_alias (fields, i)));
    }
  else if (g_str_equal (option, "decoder"))
    for (gsize i = 0; i < n_decoders; i++)
      g_ptr_array_add (words, g_strdup (decoders[i]->name));
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

static WsiExit
cli_main_complete (char **words)
{
  g_autofree char *found = wsi_verbs_complete ((const char *const *) words, list_words);

  if (found[0] != '\0')
    wsi_output_line ("%s", g_strchomp (found));
  return WSI_EXIT_CLEAN;
}

static WsiExit
cli_main_refuse (const char *word)
{
  g_autofree char *text = NULL;

  if (word != NULL)
    text = g_strdup_printf ("unknown command \"%s\"; see wsinspect --help", word);
  else
    text = g_strdup ("missing command; see wsinspect --help");

  wsi_output_error (text);
  return WSI_EXIT_USAGE;
}

/* Returns the arguments after "--", which are those of another program, and takes them off.  NULL
 * follows the last one. */
static const char *const *
split_arguments (int   *argc,
                 char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (g_str_equal (argv[i], "--"))
      {
        *argc = i;
        argv[i] = NULL;
        return (const char *const *) &argv[i + 1];
      }

  return (const char *const *) &argv[*argc];
}

/* argv: begins with the name of the verb. */
static WsiExit
cli_main_parse_and_run (const WsiVerbRow *row,
                        const char       *program,
                        int               argc,
                        char            **argv)
{
  g_auto (WsiOptions) options;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_unknown;

  wsi_options_init (&options);
  options.program = program;
  if (row->verb == WSI_VERB_BROWSER || row->verb == WSI_VERB_CAPTURE)
    options.program_arguments = split_arguments (&argc, argv);
  if (wsi_options_parse (&options, row->verb, &argc, &argv, &error) && options.is_help)
    return print_help (row);

  if (error == NULL && wsi_verbs_check_arguments (row, argc - 1, &error))
    return cli_main_run_verb (row, &options, (const char *const *) argv + 1);

  is_unknown = g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION);
  text = g_strconcat (error->message, is_unknown ? "; see wsinspect " : NULL, row->name, " --help",
                      NULL);
  wsi_output_error (text);
  return WSI_EXIT_USAGE;
}

static WsiExit
cli_main_run (int    argc,
              char **argv)
{
  const char *word = argc > 1 ? argv[1] : NULL;
  const WsiVerbRow *row = word != NULL ? wsi_verbs_find (word) : NULL;

  g_set_prgname ("wsinspect");
  if (row != NULL)
    return cli_main_parse_and_run (row, argv[0], argc - 1, argv + 1);

  if (g_strcmp0 (word, "--help") == 0 || g_strcmp0 (word, "-h") == 0)
    return print_help (NULL);

  if (g_strcmp0 (word, "--version") == 0)
    return print_version ();

  if (g_strcmp0 (word, "--complete") == 0)
    return cli_main_complete (argv + 2);

  return cli_main_refuse (word);
}

int
main (int    argc,
      char **argv)
{
  wsi_output_init ();
  return wsi_output_end (cli_main_run (argc, argv));
}
