/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include "cli/files/wsi-save.h"
#include "cli/files/wsi-signals.h"
#include "cli/live/wsi-live-target.h"
#include "cli/print/wsi-json-line.h"
#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-printer.h"
#include "inspect/capture/lanes/wsi-merger.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-sentence.h"
#include "inspect/store/wsi-store.h"
#include "inspect/targets/wsi-target-start.h"

#define REWRITE_HINT "the target may expect its own name in Host: use --rewrite-host"

typedef struct
{
  const WsiOptions *options;
  WsiListing        listing;
  WsiStore         *store;
  WsiMerger        *merger;
  WsiRecorder      *recorder;
  WsiSource        *source;
  WsiPrinter       *printer;    /* NULL: quiet */
  WsiSave          *save;       /* NULL: no file is written */
  GMainLoop        *loop;
  gboolean          is_stopping;
  WsiExit           status;
} Run;

static void
run_clear (Run *run)
{
  if (run->source != NULL)
    wsi_source_close (run->source);
  g_clear_object (&run->source);
  g_clear_object (&run->printer);
  g_clear_pointer (&run->save, wsi_save_free);
  g_clear_object (&run->recorder);
  g_clear_object (&run->merger);
  g_clear_object (&run->store);
  g_clear_pointer (&run->loop, g_main_loop_unref);
  wsi_listing_clear (&run->listing);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* Statuses with which servers refuse a Host that is not theirs. */
static gboolean
is_of_host (guint status)
{
  return status == 400 || status == 403 || status == 404 || status == 421;
}

static void
on_handshake (WsiConversation *conversation)
{
  if (is_of_host (wsi_conversation_get_status (conversation)))
    wsi_output_hint (REWRITE_HINT);
}

static void
on_conversation (WsiRecorder     *recorder,
                 WsiConversation *conversation)
{
  g_signal_connect (conversation, "handshake", G_CALLBACK (on_handshake), NULL);
}

/* Prints why a client or the target could not be connected; the proxy goes on.  Ends the program if
 * the proxy itself has failed. */
static void
on_changed (WsiSource *source,
            Run       *run)
{
  g_autofree char *sentence = wsi_sentence_to_string (wsi_source_get_sentence (source));

  wsi_merger_flush (run->merger);
  if (sentence != NULL)
    wsi_output_error (sentence);
  if (wsi_source_get_state (source) != WSI_SOURCE_FAILED)
    return;

  run->status = WSI_EXIT_CONNECTION_FAILED;
  g_main_loop_quit (run->loop);
}

static void
on_stopped (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Run *run = data;

  wsi_source_stop_finish (WSI_SOURCE (source), result);
  g_main_loop_quit (run->loop);
}

static gboolean
on_signal (gpointer data)
{
  Run *run = data;

  if (!run->is_stopping)
    wsi_source_stop_async (run->source, on_stopped, run);
  else
    g_main_loop_quit (run->loop);
  run->is_stopping = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_full (gpointer data)
{
  on_signal (data);
  return G_SOURCE_REMOVE;
}

/* FALSE: the message was printed, and the status set. */
static gboolean
make_source (Run       *run,
             WsiTarget *target)
{
  const WsiLaneOptions lane = wsi_target_get_lane (target);

  run->recorder = wsi_recorder_new_in_lane (run->store, WSP_ROLE_CLIENT, run->merger, &lane);
  run->source = wsi_live_target_make (target, run->recorder, WSI_PLACE_THREAD, &run->status);
  if (run->source != NULL && !run->options->is_rewriting)
    g_signal_connect (run->recorder, "conversation", G_CALLBACK (on_conversation), NULL);
  return run->source != NULL;
}

static gboolean
prepare_output (Run     *run,
                GError **error)
{
  if (!run->options->is_quiet)
    run->printer = wsi_printer_new (run->store, run->recorder, &run->listing, WSI_TIMES_RECORDED,
                                    WSI_NUMBERING_CONNECTIONS);
  if (run->options->write != NULL)
    run->save = wsi_save_new (run->options, run->store, run->listing.redactor, WSI_SAVE_AT_ONCE,
                              error);
  return run->options->write == NULL || run->save != NULL;
}

static gboolean
run_prepare (Run               *run,
             const char *const *arguments)
{
  const WsiStoreLimits limits = {
    .max_records = WSI_CLI_MAX_RECORDS,
    .max_memory = wsi_options_get_max_memory (run->options, WSI_CLI_MAX_PAYLOAD),
    .max_stored = WSI_CLI_MAX_PAYLOAD, .event_rows = WSI_EVENT_ROWS_CONVERSATIONS,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_live_target_new (WSI_TARGET_PROXY, run->options, &error);

  run->loop = g_main_loop_new (NULL, FALSE);
  run->store = wsi_store_new_with_limits (&limits);
  run->merger = wsi_merger_new (NULL);
  if (target != NULL && wsi_listing_init (&run->listing, run->options, &error))
    {
      wsi_target_set_text (target, WSI_TARGET_LISTEN, arguments[0]);
      wsi_target_set_text (target, WSI_TARGET_ADDRESS, arguments[1]);
      if (!make_source (run, target))
        return FALSE;
      if (prepare_output (run, &error))
        return TRUE;
    }

  wsi_output_error (error->message);
  run->status = WSI_EXIT_USAGE;
  return FALSE;
}

/* Prints the address in every format: with --format=payload as an error line. */
static void
print_place (Run        *run,
             const char *target)
{
  const char *uri = wsi_source_get_uri (run->source);
  g_autofree char *text = g_strconcat ("Listening on ", uri, " for ", target, NULL);
  WsiJsonLine event;

  if (wsi_listing_is_json (&run->listing))
    {
      wsi_listing_begin_event (&event, "listening", 0);
      wsi_json_line_string (&event, "uri", uri);
      wsi_json_line_string (&event, "target", target);
      wsi_listing_add_event (&run->listing, &event);
    }
  else if (wsi_listing_is_text (&run->listing))
    wsi_output_line ("%s", text);
  else
    wsi_output_error (text);
}

static void
run_loop (Run *run)
{
  WsiSignals signals = { 0 };

  wsi_signals_attach (&signals, NULL, on_signal, run);
  g_signal_connect (run->source, "changed", G_CALLBACK (on_changed), run);
  wsi_source_start (run->source);
  wsi_listing_set_on_full (&run->listing, on_full, run);
  g_main_loop_run (run->loop);

  wsi_signals_clear (&signals);
  wsi_merger_flush (run->merger);
  if (run->printer != NULL)
    wsi_printer_end (run->printer);
  else
    wsi_listing_end (&run->listing);
  if (run->save != NULL)
    run->status = wsi_save_end (run->save, run->status);
}

WsiExit
wsi_proxy_verb (const WsiOptions  *options,
                const char *const *arguments)
{
  g_auto (Run) run = { .options = options };

  if (!run_prepare (&run, arguments))
    return run.status;

  print_place (&run, arguments[1]);
  run_loop (&run);
  return run.status;
}
