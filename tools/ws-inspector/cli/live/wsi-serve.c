/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include <inttypes.h>

#include "cli/files/wsi-save.h"
#include "inspect/sources/wsi-signals.h"
#include "cli/live/wsi-live-target.h"
#include "cli/live/wsi-tls.h"
#include "cli/print/wsi-json-printer.h"
#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-printer.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/trust/wsi-tls-sentence.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-sentence.h"

#define DEFAULT_PORT 8080

static void
serve_on_connection (WspServer     *server,
                     WspConnection *connection)
{
  wsi_tls_print_connection (connection);
}

static void
serve_on_handshake_failed (WspServer      *server,
                           GSocketAddress *address,
                           WspHandshake   *handshake,
                           const GError   *error,
                           WsiListing     *listing)
{
  g_autofree char *known = wsi_sentence_to_string (wsi_tls_sentence_of_client (error));
  g_autofree char *text = g_strconcat ("Handshake rejected: ",
                                       known != NULL ? known : error->message, NULL);

  wsi_output_sentence (listing->redactor, text);
}

static void
serve_on_stopped (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  wsi_source_stop_finish (WSI_SOURCE (source), result);
  g_main_loop_quit (data);
}

static gboolean
serve_on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
serve_on_full (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
serve_print_place (WsiServerSource *source,
                   WsiListing      *listing)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  wsi_listing_print_place (listing, wsi_source_get_uri (WSI_SOURCE (source)), NULL);
  g_object_get (wsi_server_source_get_server (source), "tls-certificate", &certificate, NULL);
  if (certificate != NULL && !listing->options->is_quiet && wsi_listing_is_text (listing))
    wsi_tls_print_certificate (certificate);
}

/* Runs until a signal, then until all connections are closed.  A second signal ends the program at
 * once. */
static void
run_server (WsiServerSource *source,
            WsiListing      *listing)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  WsiSignals signals = { 0 };

  /* Signals are handled before the address is printed: a script may send a signal as soon as it has
   * read the address. */
  wsi_signals_attach (&signals, NULL, serve_on_signal, loop);
  serve_print_place (source, listing);
  wsi_source_start (WSI_SOURCE (source));
  wsi_listing_set_on_full (listing, serve_on_full, loop);
  g_main_loop_run (loop);
  wsi_source_stop_async (WSI_SOURCE (source), serve_on_stopped, loop);
  g_main_loop_run (loop);
  wsi_signals_clear (&signals);
}

/* listen: LISTEN; NULL = the port of --port. */
static WsiTarget *
serve_make_target (const WsiOptions *options,
                   const char       *listen,
                   GError          **error)
{
  gint64 port = options->port >= 0 ? options->port : DEFAULT_PORT;
  g_autofree char *text = g_strdup_printf ("%" PRIi64, port);
  WsiTarget *target;

  if (listen != NULL && options->port >= 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "expected LISTEN or --port, not both");
      return NULL;
    }

  target = wsi_live_target_new (WSI_TARGET_SERVER, options, error);
  if (target != NULL)
    wsi_target_set_text (target, WSI_TARGET_LISTEN, listen != NULL ? listen : text);
  return target;
}

static WsiPrinter *
make_printer (WsiStore        *store,
              WsiServerSource *source,
              WsiListing      *listing)
{
  WspServer *server = wsi_server_source_get_server (source);

  if (listing->options->is_quiet)
    return NULL;

  if (wsi_listing_is_text (listing))
    {
      g_signal_connect (server, "connection", G_CALLBACK (serve_on_connection), NULL);
      g_signal_connect (server, "handshake-failed", G_CALLBACK (serve_on_handshake_failed),
                        listing);
    }
  return wsi_printer_new (store, wsi_source_get_recorder (WSI_SOURCE (source)), listing,
                          WSI_TIMES_LIVE, WSI_NUMBERING_CONNECTIONS);
}

static WsiExit
serve_end_output (WsiListing *listing,
                  WsiPrinter *printer,
                  WsiSave    *save)
{
  if (printer != NULL)
    wsi_printer_end (printer);
  else
    wsi_listing_end (listing);
  return save != NULL ? wsi_save_end (save, WSI_EXIT_CLEAN) : WSI_EXIT_CLEAN;
}

/* If output is quiet and no file is written, there is no store, and the server has no tap. */
static WsiExit
serve_serve (const WsiTarget *target,
             WsiListing      *listing,
             GError         **error)
{
  const WsiOptions *options = listing->options;
  g_autoptr (WsiStore) store = wsi_save_new_store (options);
  g_autoptr (WsiRecorder) recorder =
    store != NULL ? wsi_recorder_new (store, WSP_ROLE_SERVER) : NULL;
  WsiExit status = WSI_EXIT_USAGE;
  g_autoptr (WsiSource) source = wsi_live_target_make (target, recorder, WSI_PLACE_OWNER, &status);
  g_autoptr (WsiPrinter) printer = NULL;
  g_autoptr (WsiSave) save = NULL;

  if (source == NULL)
    return status;

  printer = make_printer (store, WSI_SERVER_SOURCE (source), listing);
  if (options->write != NULL)
    {
      save = wsi_save_new (options, store, listing->redactor, WSI_SAVE_AT_ONCE, error);
      if (save == NULL)
        return WSI_EXIT_USAGE;
    }

  run_server (WSI_SERVER_SOURCE (source), listing);
  return serve_end_output (listing, printer, save);
}

WsiExit
wsi_serve_verb (const WsiOptions  *options,
                const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = serve_make_target (options, arguments[0], &error);
  WsiListing listing = { 0 };
  WsiExit status = WSI_EXIT_USAGE;

  if (target != NULL && wsi_listing_init (&listing, options, &error))
    status = serve_serve (target, &listing, &error);
  if (error != NULL)
    wsi_output_error (error->message);
  wsi_listing_clear (&listing);
  return status;
}
