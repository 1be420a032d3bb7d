/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include <string.h>

#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-printer.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/wsi-demo.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-sentence.h"
#include "inspect/store/wsi-store.h"

typedef struct
{
  GMainLoop *loop;
  WsiExit    status;
} Run;

/* Prints why the demo has failed.  A connection that ends badly is diagnosed by its own
 * sentence. */
static void
demo_verb_on_changed (WsiSource *demo,
                      Run       *run)
{
  if (wsi_source_get_state (demo) == WSI_SOURCE_FAILED)
    {
      g_autofree char *text = wsi_sentence_to_string (wsi_source_get_sentence (demo));

      wsi_output_error (text);
      run->status = WSI_EXIT_CONNECTION_FAILED;
    }

  if (wsi_source_has_ended (demo))
    g_main_loop_quit (run->loop);
}

/* Quotes the path of the program for a shell. */
static char *
demo_verb_quote (const char *program)
{
  const char *p = program;

  while (g_ascii_isalnum (*p) || (*p != '\0' && strchr ("/._-+", *p) != NULL))
    p++;

  return *p == '\0' ? g_strdup (program) : g_shell_quote (program);
}

static void
print_next_steps (const char *program)
{
  g_autofree char *quoted = demo_verb_quote (program);

  wsi_output_line ("\nTry it yourself in two terminals:");
  wsi_output_line ("  %s serve --port 8080", quoted);
  wsi_output_line ("  %s connect ws://127.0.0.1:8080/", quoted);
}

static void
demo_verb_announce (WsiDemo    *demo,
                    WsiListing *listing)
{
  if (wsi_listing_is_text (listing))
    wsi_output_line ("Connecting to the demo server at %s\n",
                     wsi_source_get_uri (WSI_SOURCE (demo)));
}

static WsiExit
run_demo (const char *text,
          WsiListing *listing)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  gsize max_memory = wsi_options_get_max_memory (listing->options, WSI_CLI_MAX_PAYLOAD);
  g_autoptr (WsiStore) store = wsi_store_new (WSI_CLI_MAX_RECORDS, max_memory);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiDemo) demo = wsi_demo_new (recorder, WSI_PLACE_OWNER, text, &error);
  g_autoptr (WsiPrinter) printer = NULL;
  Run run = { loop, WSI_EXIT_CLEAN };

  if (demo == NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_CONNECTION_FAILED;
    }

  demo_verb_announce (demo, listing);
  printer = wsi_printer_new (store, recorder, listing, WSI_TIMES_LIVE, WSI_NUMBERING_NONE);
  g_signal_connect (demo, "changed", G_CALLBACK (demo_verb_on_changed), &run);
  wsi_source_start (WSI_SOURCE (demo));
  g_main_loop_run (loop);
  wsi_printer_end (printer);
  return run.status;
}

/* Runs the verb; a demonstration prints everything. */
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
