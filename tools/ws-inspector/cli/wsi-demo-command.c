/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/wsi-commands.h"

#include <string.h>

#include "cli/wsi-printer.h"
#include "inspect/sources/wsi-demo.h"

typedef struct
{
  GMainLoop *loop;
  WsiExit    status;
} Run;

static gboolean
parse_options (int     *argc,
               char  ***argv,
               GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[TEXT]");

  g_option_context_set_summary (context,
                                "Runs a client and a server in one process; also sends TEXT.");
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc <= 2)
    return TRUE;

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                       "expected one TEXT; quote it if it has spaces");
  return FALSE;
}

static void
on_finished (WsiDemo      *demo,
             const GError *error,
             Run          *run)
{
  if (error != NULL)
    {
      wsi_output_error (error->message);
      run->status = WSI_EXIT_CONNECTION_FAILED;
    }

  g_main_loop_quit (run->loop);
}

/* Quotes the path of the program for a shell. */
static char *
quote (const char *program)
{
  const char *p = program;

  while (g_ascii_isalnum (*p) || (*p != '\0' && strchr ("/._-+", *p) != NULL))
    p++;

  return *p == '\0' ? g_strdup (program) : g_shell_quote (program);
}

static void
print_next_steps (const char *program)
{
  g_autofree char *quoted = quote (program);

  wsi_output_line ("\nTry it yourself in two terminals:");
  wsi_output_line ("  %s serve --port 8080", quoted);
  wsi_output_line ("  %s connect ws://127.0.0.1:8080/", quoted);
}

WsiExit
wsi_demo_command (int         argc,
                  char      **argv,
                  const char *program)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsiStore) store = wsi_store_new (WSI_CLI_MAX_RECORDS, WSI_CLI_MAX_PAYLOAD);
  g_autoptr (WsiDemo) demo = NULL;
  g_autoptr (WsiPrinter) printer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  Run run = { loop, WSI_EXIT_CLEAN };

  if (!parse_options (&argc, &argv, &error))
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  demo = wsi_demo_new (store, argc == 2 ? argv[1] : NULL);
  printer = wsi_printer_new (store, wsi_client_source_get_recorder (wsi_demo_get_client (demo)),
                             WSI_DETAIL_FULL);
  g_signal_connect (demo, "finished", G_CALLBACK (on_finished), &run);
  if (!wsi_demo_start (demo, &error))
    {
      wsi_output_error (error->message);
      return WSI_EXIT_CONNECTION_FAILED;
    }

  uri = wsi_demo_dup_uri (demo);
  wsi_output_line ("Connecting to the demo server at %s\n", uri);
  g_main_loop_run (loop);
  print_next_steps (program);
  return run.status;
}
