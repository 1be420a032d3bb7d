/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-watching.h"

#include "inspect/sources/wsi-signals.h"
#include "cli/live/wsi-live-target.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/store/wsi-sentence.h"
#include "inspect/store/wsi-store.h"
#include "inspect/targets/wsi-target-start.h"

void
wsi_watching_clear (WsiWatching *self)
{
  if (self->source != NULL)
    wsi_source_close (self->source);
  g_clear_object (&self->source);
  g_clear_object (&self->printer);
  g_clear_pointer (&self->save, wsi_save_free);
  g_clear_object (&self->recorder);
  g_clear_object (&self->merger);
  g_clear_object (&self->store);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  wsi_listing_clear (&self->listing);
}

WsiExit
wsi_watching_get_status (const WsiSentence *failure)
{
  static const struct
  {
    WsiSentenceId id;
    WsiExit       status;
  } statuses[] = {
    { WSI_SENTENCE_CAPTURING_NOT_PERMITTED, WSI_EXIT_NOT_PERMITTED },
    { WSI_SENTENCE_CAPTURING_REFUSED, WSI_EXIT_USAGE },
    { WSI_SENTENCE_PACKETS_NOT_WRITTEN, WSI_EXIT_OUTPUT_FAILED },
    { WSI_SENTENCE_STARTED_NOT, WSI_EXIT_USAGE },
  };

  for (guint i = 0; failure != NULL && i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i].id == failure->id)
      return statuses[i].status;
  return WSI_EXIT_CONNECTION_FAILED;
}

/* The exit status says how the program has ended that was started. */
static gboolean
is_in_status (const WsiSentence *sentence,
              WsiWatching       *self)
{
  return self->interrupt != NULL && sentence != NULL &&
         (sentence->id == WSI_SENTENCE_PROGRAM_ENDED ||
          sentence->id == WSI_SENTENCE_STARTED_STATUS ||
          sentence->id == WSI_SENTENCE_STARTED_SIGNAL);
}

/* Prints what the source reports, such as a client that could not be connected; it goes on.  The
 * verb ends with the source. */
static void
watching_on_changed (WsiSource   *source,
                     WsiWatching *self)
{
  g_autofree char *sentence = wsi_sentence_to_string (wsi_source_get_sentence (source));
  WsiSourceState state = wsi_source_get_state (source);

  wsi_merger_flush (self->merger);
  if (sentence != NULL && !is_in_status (wsi_source_get_sentence (source), self))
    wsi_output_error (sentence);
  if (state == WSI_SOURCE_FAILED ||
      wsi_watching_get_status (wsi_source_get_sentence (source)) == WSI_EXIT_OUTPUT_FAILED)
    self->status = wsi_watching_get_status (wsi_source_get_sentence (source));
  if (state == WSI_SOURCE_FAILED || (state == WSI_SOURCE_ENDED && !self->is_stopping))
    g_main_loop_quit (self->loop);
}

static void
watching_on_stopped (GObject      *source,
                     GAsyncResult *result,
                     gpointer      data)
{
  WsiWatching *self = data;

  wsi_source_stop_finish (WSI_SOURCE (source), result);
  g_main_loop_quit (self->loop);
}

/* Ends the source in good order, and then the loop. */
static void
watching_stop (WsiWatching *self)
{
  self->is_stopping = TRUE;
  wsi_source_stop_async (self->source, watching_on_stopped, self);
}

void
wsi_watching_interrupt (WsiWatching *self)
{
  if (self->is_interrupted || (self->interrupt == NULL && self->is_stopping))
    g_main_loop_quit (self->loop);
  else if (self->interrupt != NULL)
    self->interrupt (self->user_data);
  else
    watching_stop (self);
  self->is_interrupted = TRUE;
}

static gboolean
watching_on_signal (gpointer data)
{
  wsi_watching_interrupt (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
watching_on_full (gpointer data)
{
  watching_on_signal (data);
  return G_SOURCE_REMOVE;
}

static gboolean
make_output (WsiWatching *self,
             GError     **error)
{
  const WsiOptions *options = self->options;

  if (!options->is_quiet)
    self->printer = wsi_printer_new (self->store, self->recorder, &self->listing,
                                     WSI_TIMES_RECORDED, WSI_NUMBERING_CONNECTIONS);
  if (options->write != NULL)
    self->save = wsi_save_new (options, self->store, self->listing.redactor, WSI_SAVE_AT_ONCE,
                               error);
  return options->write == NULL || self->save != NULL;
}

/* If rows are neither shown nor saved, a proxy has no recorder, and other sources record no
 * payload. */
static void
make_recorder (WsiWatching     *self,
               const WsiTarget *target)
{
  const WsiOptions *options = self->options;
  gboolean is_seen = !options->is_quiet || options->write != NULL;
  const WsiStoreLimits limits = {
    .max_records = WSI_CLI_MAX_RECORDS,
    .max_memory = wsi_options_get_max_memory (options, WSI_CLI_MAX_PAYLOAD),
    .max_stored = is_seen ? WSI_CLI_MAX_PAYLOAD : 0, .event_rows = WSI_EVENT_ROWS_CONVERSATIONS,
  };
  const WsiLaneOptions lane = wsi_target_get_lane (target);

  if (!is_seen && wsi_target_get_kind (target) == WSI_TARGET_PROXY)
    return;

  self->store = wsi_store_new_with_limits (&limits);
  self->recorder = wsi_recorder_new_in_lane (self->store, WSP_ROLE_CLIENT, self->merger, &lane);
}

gboolean
wsi_watching_begin (WsiWatching      *self,
                    const WsiOptions *options,
                    const WsiTarget  *target)
{
  g_autoptr (GError) error = NULL;

  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->merger = wsi_merger_new (NULL);
  if (wsi_listing_init (&self->listing, options, &error))
    {
      make_recorder (self, target);
      self->source = wsi_live_target_make (target, self->recorder, WSI_PLACE_THREAD,
                                           &self->status);
      if (self->source == NULL)
        return FALSE;
      if (make_output (self, &error))
        return TRUE;
    }

  wsi_output_error (error->message);
  self->status = WSI_EXIT_USAGE;
  return FALSE;
}

void
wsi_watching_run (WsiWatching *self)
{
  WsiSignals signals = { 0 };

  wsi_signals_attach (&signals, NULL, watching_on_signal, self);
  g_signal_connect (self->source, "changed", G_CALLBACK (watching_on_changed), self);
  wsi_source_start (self->source);
  wsi_listing_set_on_full (&self->listing, watching_on_full, self);
  g_main_loop_run (self->loop);

  wsi_signals_clear (&signals);
  wsi_merger_flush (self->merger);
  if (self->printer != NULL)
    wsi_printer_end (self->printer);
  else
    wsi_listing_end (&self->listing);
  if (self->save != NULL)
    self->status = wsi_save_end (self->save, self->status);
}

WsiExit
wsi_watching_watch (const WsiOptions *options,
                    const WsiTarget  *target,
                    const GError     *error)
{
  g_auto (WsiWatching) watching = { 0 };

  if (target == NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  if (wsi_watching_begin (&watching, options, target))
    wsi_watching_run (&watching);
  return watching.status;
}
