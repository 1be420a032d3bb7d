/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include <string.h>

#include "cli/print/wsi-printer.h"
#include "inspect/sources/wsi-demo.h"

typedef struct
{
  GMainLoop *loop;
  WsiExit    status;
} Run;

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

static void
announce (WsiDemo    *demo,
          WsiListing *listing)
{
  g_autofree char *uri = wsi_demo_dup_uri (demo);

  if (wsi_listing_is_text (listing))
    wsi_output_line ("Connecting to the demo server at %s\n", uri);
}

static WsiExit
run_demo (const char *text,
          WsiListing *listing)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsiStore) store = wsi_store_new (WSI_CLI_MAX_RECORDS, WSI_CLI_MAX_PAYLOAD);
  g_autoptr (WsiDemo) demo = wsi_demo_new (store, text);
  g_autoptr (WsiPrinter) printer = NULL;
  g_autoptr (GError) error = NULL;
  Run run = { loop, WSI_EXIT_CLEAN };

  printer = wsi_printer_new (store, wsi_client_source_get_recorder (wsi_demo_get_client (demo)),
                             listing, WSI_TIMES_LIVE, WSI_NUMBERING_NONE);
  g_signal_connect (demo, "finished", G_CALLBACK (on_finished), &run);
  if (!wsi_demo_start (demo, &error))
    {
      wsi_output_error (error->message);
      return WSI_EXIT_CONNECTION_FAILED;
    }

  announce (demo, listing);
  g_main_loop_run (loop);
  wsi_printer_end (printer);
  return run.status;
}

/* A demonstration shows everything. */
WsiExit
wsi_demo_verb (const WsiOptions  *options,
               const char *const *arguments)
{
  WsiOptions shown = *options;
  WsiListing listing = { 0 };
  g_autoptr (GError) error = NULL;
  WsiExit status;

  shown.handshake = WSI_DETAIL_FULL;
  if (!wsi_listing_init (&listing, &shown, &error))
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  status = run_demo (arguments[0], &listing);
  if (wsi_listing_is_text (&listing))
    print_next_steps (options->program);
  wsi_listing_clear (&listing);
  return status;
}
