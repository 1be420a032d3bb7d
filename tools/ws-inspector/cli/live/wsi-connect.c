/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include <libwsproto/observe/wsp-handshake-check.h>
#include <string.h>

#include "cli/files/wsi-save.h"
#include "inspect/sources/wsi-signals.h"
#include "cli/live/wsi-input.h"
#include "cli/live/wsi-live-target.h"
#include "cli/live/wsi-replay.h"
#include "cli/live/wsi-tls.h"
#include "cli/print/wsi-handshake-text.h"
#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-printer.h"
#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/show/verdicts/wsi-verdict-text.h"
#include "inspect/sources/sending/wsi-close-words.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-sentence.h"

#define MAX_BODY_SHOWN 512
/* looks at the traffic in one --wait: the connection is closed one look too late at most */
#define LOOKS_PER_WAIT 20

/* One run of the verb. */
typedef struct
{
  const WsiOptions *options;
  GMainLoop        *loop;
  WsiExit           status;
  WsiClientSource  *source;
  WsiListing        listing;
  WsiPrinter       *printer;    /* printer of the frames; NULL = the run is quiet */
  WsiSave          *save;       /* file that frames are written to; NULL = none */
  WsiReplay        *replay;     /* recorded connection that is sent again; NULL = none */
  WsiTarget        *target;
  WsiTlsWatch       tls_watch;
  WspConnection    *connection;
  WsiInput         *input;
  guint16           close_code;
  const char       *close_reason;       /* reason of the Close to send; NULL = none */
  guint64           n_messages; /* messages that were received */
  guint             wait_source, ping_source;   /* source ids of wait and pings; 0 = none */
  guint             n_quiet_looks;      /* looks in a row at which no bytes had come */
  guint64           n_received; /* bytes that were received before the last look for bytes */
} Run;

static void
run_clear (Run *run)
{
  g_clear_handle_id (&run->wait_source, g_source_remove);
  g_clear_handle_id (&run->ping_source, g_source_remove);
  g_clear_pointer (&run->input, wsi_input_free);
  g_clear_pointer (&run->loop, g_main_loop_unref);
  g_clear_object (&run->source);
  g_clear_object (&run->printer);
  g_clear_pointer (&run->save, wsi_save_free);
  g_clear_pointer (&run->replay, wsi_replay_free);
  g_clear_pointer (&run->target, wsi_target_free);
  g_clear_object (&run->connection);
  wsi_listing_clear (&run->listing);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* Makes the messages to send, and what the source connects to.  FALSE: an option or the recording
 * does not permit it. */
static gboolean
prepare_input (Run        *run,
               const char *uri,
               GError    **error)
{
  const WsiOptions *options = run->options;

  run->target = wsi_live_target_new (WSI_TARGET_CLIENT, options, error);
  if (run->target == NULL)
    return FALSE;

  if (uri != NULL)
    wsi_live_target_set_address (run->target, uri);
  if (options->replay != NULL)
    {
      const char *address = uri != NULL ? wsi_target_get_text (run->target, WSI_TARGET_ADDRESS)
                                        : NULL;

      run->replay = wsi_replay_new (options, error);
      if (run->replay == NULL || !wsi_replay_choose_uri (run->replay, options, address, error))
        return FALSE;

      wsi_replay_fill (run->replay, run->target);
    }
  else if (uri == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "expected one URI, such as ws://127.0.0.1:8080/, received 0 arguments; "
                           "see wsinspect connect --help");
      return FALSE;
    }

  run->input = wsi_input_new (options, run->replay != NULL
                              ? wsi_replay_get_script (run->replay) : NULL, error);
  return run->input != NULL;
}

static void
connect_close_connection (guint16     code,
                          const char *reason,
                          gpointer    data)
{
  Run *run = data;

  wsp_connection_close_async (run->connection, code, reason, NULL, NULL, NULL);
}

/* Received bytes without pongs: answers to --ping are no sign that the peer has more to say. */
static guint64
count_received (Run *run)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (run->connection);

  if (run->options->ping > 0)
    return run->n_messages;

  return stats->bytes_received;
}

/* Closes after a --wait without received bytes; bytes of an incomplete message count. */
static gboolean
look_for_answers (gpointer data)
{
  Run *run = data;
  guint64 n_received = count_received (run);

  run->n_quiet_looks = n_received == run->n_received ? run->n_quiet_looks + 1 : 0;
  run->n_received = n_received;
  if (run->n_quiet_looks < LOOKS_PER_WAIT)
    return G_SOURCE_CONTINUE;

  run->wait_source = 0;
  connect_close_connection (run->close_code, run->close_reason, run);
  return G_SOURCE_REMOVE;
}

static void
on_input_ended (gpointer data)
{
  Run *run = data;

  if (run->options->wait == 0)
    {
      connect_close_connection (run->close_code, run->close_reason, run);
      return;
    }

  run->n_received = count_received (run);
  run->wait_source = g_timeout_add (MAX (run->options->wait * 1000 / LOOKS_PER_WAIT, 1),
                                    look_for_answers, run);
}

static void
connect_on_message (WspConnection *connection,
                    WspMessage    *message,
                    Run           *run)
{
  run->n_messages++;
  if (run->options->count > 0 && run->n_messages == (guint64) run->options->count)
    connect_close_connection (run->close_code, run->close_reason, run);
}

static gboolean
connect_send_ping (gpointer data)
{
  Run *run = data;

  wsp_connection_ping_async (run->connection, NULL, NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static void
connect_on_closed (WspConnection *connection,
                   Run           *run)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);
  const GError *error = wsp_close_info_get_error (info);

  if (!wsp_close_info_is_clean (info))
    {
      wsi_output_error (error != NULL ? error->message : "connection ended without a Close frame");
      run->status = WSI_EXIT_CONNECTION_FAILED;
    }

  g_main_loop_quit (run->loop);
}

static void
print_failed_checks (WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);

  for (guint i = 0; report != NULL && i < report->checks->len; i++)
    {
      const WspHandshakeCheck *check = report->checks->pdata[i];
      g_autofree char *text = NULL;

      if (wsp_handshake_check_get_verdict (check) != WSP_HANDSHAKE_VERDICT_FAILED)
        continue;

      text = g_strdup_printf ("%s (%s)", wsp_handshake_check_get_text (check),
                              wsp_handshake_check_get_section (check));
      wsi_output_error_titled ("failed check", text);
    }
}

/* A hint begins with a small letter, because the words before it are not a sentence. */
static void
print_advice (const WsiRefusalAdvice *advice)
{
  g_autofree char *hint = g_strconcat (advice->text, advice->options != NULL ? ": " : NULL,
                                       advice->options, NULL);

  hint[0] = g_ascii_tolower (hint[0]);
  wsi_output_hint (hint);
}

/* Prints the body of a refusal, and a hint what to do. */
static void
print_refusal (Run *run)
{
  WsiAnswerer answerer = wsi_client_source_is_refused_by_proxy (run->source) ? WSI_ANSWERER_PROXY
                                                                             : WSI_ANSWERER_SERVER;
  WspHandshake *handshake = wsi_client_source_get_handshake (run->source);
  guint status = wsp_handshake_get_response_status (handshake);
  const WsiRefusalAdvice *advice = status != 0 ? wsi_refusal_find_advice (answerer, status) : NULL;
  GBytes *body = wsp_handshake_get_response_body (handshake);

  if (body != NULL && g_bytes_get_size (body) > 0)
    wsi_output_error_bytes ("body", body, MAX_BODY_SHOWN);
  if (advice != NULL)
    print_advice (advice);
}

static gboolean
prints_tls (Run *run)
{
  return !run->options->is_quiet && wsi_listing_is_text (&run->listing);
}

/* The diagnosis is printed first, then the heads, which the end of the conversation prints. */
static void
connect_fail (Run               *run,
              const WsiSentence *sentence)
{
  g_autofree char *text = wsi_sentence_to_string (sentence);
  WsiRecorder *recorder = wsi_source_get_recorder (WSI_SOURCE (run->source));
  WspHandshake *handshake = wsi_client_source_get_handshake (run->source);
  WsiConversation *conversation =
    recorder != NULL ? wsi_recorder_get_for (recorder, G_OBJECT (handshake)) : NULL;

  if (prints_tls (run))
    wsi_tls_print_handshake (handshake);
  wsi_output_error (text);
  if (conversation != NULL)
    print_failed_checks (conversation);
  print_refusal (run);
  if (conversation != NULL)
    wsi_recorder_close (recorder, conversation, WSI_ENDING_ABNORMAL,
                        WSI_SENTENCE (TEXT, "The opening handshake failed"),
                        wsi_recorder_get_now (recorder));
  run->status = WSI_EXIT_CONNECTION_FAILED;
  g_main_loop_quit (run->loop);
}

static void
connect_on_changed (WsiSource *source,
                    Run       *run)
{
  WsiSourceState state = wsi_source_get_state (source);

  if (state == WSI_SOURCE_FAILED)
    connect_fail (run, wsi_source_get_sentence (source));
  if (state != WSI_SOURCE_RUNNING)
    return;

  run->connection = g_object_ref (wsi_client_source_get_connection (run->source));
  if (prints_tls (run))
    wsi_tls_print_connection (run->connection);
  g_signal_connect (run->connection, "closed", G_CALLBACK (connect_on_closed), run);
  g_signal_connect (run->connection, "message", G_CALLBACK (connect_on_message), run);
  if (run->options->ping > 0)
    run->ping_source = g_timeout_add (MAX (run->options->ping * 1000, 1), connect_send_ping, run);
  wsi_input_begin (run->input, run->connection, on_input_ended, connect_close_connection, run);
}

/* The first signal closes the connection, the next one ends without waiting for the peer. */
static gboolean
connect_on_signal (gpointer data)
{
  Run *run = data;

  if (run->connection == NULL)
    {
      run->status = WSI_EXIT_CONNECTION_FAILED;
      g_main_loop_quit (run->loop);
    }
  else if (wsp_connection_get_state (run->connection) == WSP_CONNECTION_STATE_OPEN)
    wsp_connection_close_async (run->connection, WSP_CLOSE_CODE_GOING_AWAY, NULL, NULL, NULL, NULL);
  else
    wsp_connection_abort (run->connection);

  return G_SOURCE_CONTINUE;
}

static gboolean
connect_on_full (gpointer data)
{
  Run *run = data;

  if (run->connection != NULL)
    connect_close_connection (run->close_code, run->close_reason, run);
  else
    g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

/* Opens the outputs.  The last step of the preparation, because a new file is made. */
static gboolean
prepare_output (Run      *run,
                WsiStore *store,
                GError  **error)
{
  const WsiOptions *options = run->options;

  if (options->write != NULL)
    {
      run->save = wsi_save_new (options, store, run->listing.redactor, WSI_SAVE_AT_ONCE, error);
      if (run->save == NULL)
        return FALSE;
    }

  if (!options->is_quiet)
    run->printer = wsi_printer_new (store, wsi_source_get_recorder (WSI_SOURCE (run->source)),
                                    &run->listing, WSI_TIMES_LIVE, WSI_NUMBERING_NONE);
  return TRUE;
}

/* FALSE: the message was printed, and the status set. */
static gboolean
make_source (Run      *run,
             WsiStore *store)
{
  const WsiOptions *options = run->options;
  g_autoptr (WsiRecorder) recorder = store != NULL ? wsi_recorder_new (store, WSP_ROLE_CLIENT)
                                                   : NULL;
  WsiSource *source = wsi_live_target_make (run->target, recorder, WSI_PLACE_OWNER, &run->status);

  if (source == NULL)
    return FALSE;

  run->source = WSI_CLIENT_SOURCE (source);
  g_signal_connect (source, "changed", G_CALLBACK (connect_on_changed), run);
  run->tls_watch = (WsiTlsWatch) { .accepts_any = options->accepts_any };
  wsi_tls_watch (&run->tls_watch, wsi_client_source_get_client (run->source));
  return TRUE;
}

static gboolean
run_prepare (Run        *run,
             const char *uri)
{
  const WsiOptions *options = run->options;
  g_autoptr (WsiStore) store = wsi_save_new_store (options);
  g_autoptr (GError) error = NULL;

  run->loop = g_main_loop_new (NULL, FALSE);
  if (wsi_listing_init (&run->listing, options, &error) &&
      wsi_close_words_parse (options->close, &run->close_code, &run->close_reason, &error) &&
      prepare_input (run, uri, &error))
    {
      if (!make_source (run, store))
        return FALSE;
      if (prepare_output (run, store, &error))
        return TRUE;
    }

  wsi_output_error (error->message);
  run->status = WSI_EXIT_USAGE;
  return FALSE;
}

static void
run_loop (Run *run)
{
  WsiSignals signals = { 0 };

  wsi_signals_attach (&signals, NULL, connect_on_signal, run);
  wsi_source_start (WSI_SOURCE (run->source));
  wsi_listing_set_on_full (&run->listing, connect_on_full, run);
  g_main_loop_run (run->loop);

  wsi_signals_clear (&signals);
  if (run->printer != NULL)
    wsi_printer_end (run->printer);
  if (run->save != NULL)
    run->status = wsi_save_end (run->save, run->status);
}

WsiExit
wsi_connect_verb (const WsiOptions  *options,
                  const char *const *arguments)
{
  WsiOptions shown = *options;
  g_auto (Run) run = { .options = &shown };

  if (!run_prepare (&run, arguments[0]))
    return run.status;

  /* --conn is the number of the recorded connection, not of this one */
  shown.connection = -1;
  run_loop (&run);
  return run.status;
}
