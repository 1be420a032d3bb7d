/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include "inspect/sources/wsi-signals.h"
#include "cli/live/wsi-live-target.h"
#include "cli/live/wsi-watching.h"
#include "cli/print/wsi-json-printer.h"
#include "inspect/sources/dumpcap/wsi-dumpcap-source.h"
#include "inspect/sources/dumpcap/wsi-dumpcap.h"
#include "inspect/store/wsi-sentence.h"

typedef struct
{
  WsiWatching      watching;
  const WsiTarget *target;
  gboolean         has_begun;   /* the source has begun to capture */
  WsiSignals       guard;       /* signal handlers while a program runs, or what it leaves behind */
} CaptureRun;

static WsiDumpcapSource *
capture_verb_get_source (const CaptureRun *run)
{
  return WSI_DUMPCAP_SOURCE (run->watching.source);
}

static void
capture_run_clear (CaptureRun *run)
{
  wsi_output_on_broken (NULL, NULL);
  wsi_watching_clear (&run->watching);
  wsi_signals_clear (&run->guard);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CaptureRun, capture_run_clear)

static WsiExit
list_interfaces (void)
{
  g_autofree WsiSentence *obstacle = NULL;
  g_autoptr (GPtrArray) interfaces = wsi_dumpcap_list (NULL, &obstacle);
  g_autofree char *text = wsi_sentence_to_string (obstacle);

  if (interfaces == NULL)
    {
      wsi_output_error (text);
      return wsi_watching_get_status (obstacle);
    }

  for (guint i = 0; i < interfaces->len; i++)
    {
      const WsiDumpcapInterface *interface = interfaces->pdata[i];

      if (*interface->description != '\0')
        wsi_output_line ("%s (%s)", interface->name, interface->description);
      else
        wsi_output_line ("%s", interface->name);
    }
  return WSI_EXIT_CLEAN;
}

/* The words of a filter need no quotes, as those of tcpdump. */
static WsiTarget *
capture_verb_make_target (const WsiOptions  *options,
                          const char *const *arguments,
                          GError           **error)
{
  g_autoptr (WsiTarget) target = wsi_live_target_new (WSI_TARGET_CAPTURE, options, error);
  g_autofree char *filter = arguments[0] != NULL ? g_strjoinv (" ", (GStrv) arguments + 1) : NULL;
  WsiTargetField wrong;

  if (target == NULL)
    return NULL;

  if (arguments[0] != NULL)
    {
      wsi_target_set_text (target, WSI_TARGET_INTERFACE, arguments[0]);
      wsi_target_set_text (target, WSI_TARGET_PACKET_FILTER, filter);
    }
  return wsi_target_check (target, &wrong, error) ? g_steal_pointer (&target) : NULL;
}

static const char *
capture_verb_get_text (const CaptureRun *run,
                       WsiTargetField    field,
                       const char       *usual)
{
  const char *text = wsi_target_get_text (run->target, field);

  return *text != '\0' ? text : usual;
}

/* The first line says that packets are captured; in formats without lines it is an error line. */
static void
print_beginning (CaptureRun *run)
{
  WsiListing *listing = &run->watching.listing;
  const char *interface = capture_verb_get_text (run, WSI_TARGET_INTERFACE, WSI_DUMPCAP_ANY);
  const char *filter = capture_verb_get_text (run, WSI_TARGET_PACKET_FILTER, WSI_DUMPCAP_TCP);
  g_autofree char *text = g_strconcat ("Capturing on ", interface, ": ", filter, NULL);
  WsiJsonPrinter event;

  if (wsi_listing_is_json (listing))
    {
      wsi_listing_begin_event (&event, "capturing", 0);
      wsi_json_printer_string (&event, "interface", interface);
      wsi_json_printer_string (&event, "filter", filter);
      wsi_listing_add_event (listing, &event);
    }
  else if (wsi_listing_is_text (listing))
    wsi_output_sentence (listing->redactor, text);
  else
    wsi_output_error (text);
}

/* Asks the program to end; the source ends with it. */
static void
capture_verb_interrupt (gpointer data)
{
  wsi_dumpcap_source_end_program (capture_verb_get_source (data));
}

static void
capture_verb_on_changed (WsiSource  *source,
                         CaptureRun *run)
{
  if (run->has_begun || run->watching.is_stopping ||
      wsi_source_get_state (source) != WSI_SOURCE_RUNNING)
    return;

  run->has_begun = TRUE;
  print_beginning (run);
  if (*wsi_target_get_text (run->target, WSI_TARGET_ARGUMENTS) != '\0')
    {
      run->watching.interrupt = capture_verb_interrupt;
      run->watching.user_data = run;
    }
}

/* A limit of the listing ends the program early, which is not a failure of the program. */
static WsiExit
capture_verb_get_status (const CaptureRun *run)
{
  const WsiWatching *watching = &run->watching;

  if (watching->status != WSI_EXIT_CLEAN || wsi_listing_is_full (&watching->listing))
    return watching->status;

  /* A second signal does not wait for the program, but kills it. */
  wsi_source_close (watching->source);
  return (WsiExit) wsi_dumpcap_source_get_program_status (capture_verb_get_source (run));
}

/* Handles a signal that comes before the source runs. */
static gboolean
on_guard (gpointer data)
{
  CaptureRun *run = data;

  if (!run->watching.is_interrupted)
    wsi_watching_interrupt (&run->watching);
  return G_SOURCE_CONTINUE;
}

/* No signal ends wsinspect from the time before the program has files until they are removed. */
static void
begin_guard (CaptureRun *run)
{
  wsi_signals_attach (&run->guard, NULL, on_guard, run);
  for (guint i = 0; i < WSI_N_SIGNALS; i++)
    if (run->guard.sources[i] != NULL)
      g_source_set_priority (run->guard.sources[i], G_PRIORITY_LOW);
}

static void
capture_verb_clean (gpointer data)
{
  const CaptureRun *run = data;

  if (run->watching.source != NULL)
    wsi_dumpcap_source_clean_program (capture_verb_get_source (run));
}

/* The words of the program may be anything, and are set without the checks of a form. */
static WsiExit
capture_verb_capture (const WsiOptions *options,
                      WsiTarget        *target)
{
  g_auto (CaptureRun) run = { .target = target };

  if (options->program_arguments[0] != NULL)
    begin_guard (&run);
  wsi_target_set_words (target, options->program_arguments);
  wsi_output_on_broken (capture_verb_clean, &run);
  if (!wsi_watching_begin (&run.watching, options, target))
    return run.watching.status;

  g_signal_connect (run.watching.source, "changed", G_CALLBACK (capture_verb_on_changed), &run);
  wsi_watching_run (&run.watching);
  return capture_verb_get_status (&run);
}

WsiExit
wsi_capture_verb (const WsiOptions  *options,
                  const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = NULL;

  if (options->is_list && arguments[0] == NULL && options->program_arguments[0] == NULL)
    return list_interfaces ();

  if (options->is_list)
    g_set_error_literal (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "--list needs no interface, no filter and no command");
  else if (options->key_log != NULL && options->program_arguments[0] != NULL)
    g_set_error_literal (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "--keylog is for the traffic of other programs: a command has a key log of "
                         "its own");
  else
    target = capture_verb_make_target (options, arguments, &error);
  if (target != NULL)
    return capture_verb_capture (options, target);

  wsi_output_error (error->message);
  return WSI_EXIT_USAGE;
}
