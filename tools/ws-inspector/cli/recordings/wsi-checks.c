/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-recording-verbs.h"

#include <string.h>

#include "cli/recordings/wsi-file-reader.h"
#include "cli/recordings/wsi-in-order.h"
#include "cli/files/wsi-file.h"
#include "cli/print/wsi-event-view.h"
#include "cli/print/wsi-handshake-text.h"
#include "cli/print/wsi-json-printer.h"
#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-problem-text.h"
#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/header/wsi-refusal.h"
#include "inspect/show/verdicts/wsi-problems.h"
#include "inspect/sources/files/wsi-recording.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-sentence.h"

#define MAX_BYTES (1024 * 1024)
#define MAX_BODY 300            /* bytes of a refusal that are printed */

/* The heads that one file holds. */
typedef struct
{
  GString *request, *response;
  gboolean has_empty_line;      /* the empty line that ends the request was read */
} Heads;

/* Whether the lines are the output of curl -v, which marks each line of a head; then lines without
 * a mark belong to no head. */
static gboolean
checks_is_marked (char **lines)
{
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "> ") || g_str_has_prefix (lines[i], "< "))
      return TRUE;

  return FALSE;
}

static void
checks_append_line (GString    *head,
                    const char *line)
{
  g_string_append_len (head, line, strcspn (line, "\r"));
  g_string_append (head, "\r\n");
}

static void
take_marked_line (Heads      *heads,
                  const char *line)
{
  const char *text = line[0] != '\0' && line[1] == ' ' ? line + 2 : line + strcspn (line, "\r");

  if (line[0] == '>')
    checks_append_line (heads->request, text);
  else if (line[0] == '<')
    checks_append_line (heads->response, text);
}

/* The response begins after the empty line of the request, and ends with an empty line. */
static void
checks_take_line (Heads      *heads,
                  const char *line)
{
  gboolean is_empty = line[0] == '\0' || line[0] == '\r';

  if (!heads->has_empty_line)
    {
      checks_append_line (heads->request, line);
      heads->has_empty_line = is_empty;
    }
  else if (!(is_empty && heads->response->len == 0) &&
           !g_str_has_suffix (heads->response->str, "\r\n\r\n"))
    checks_append_line (heads->response, line);
}

static WsiHandshakeReport *
checks_make_report (GBytes  *input,
                    GError **error)
{
  gsize length;
  const char *at = wsi_bytes_get_data (input, &length);
  g_autofree char *text = g_strndup (at, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean has_marks = checks_is_marked (lines);
  g_autoptr (GString) request_text = g_string_new (NULL);
  g_autoptr (GString) response_text = g_string_new (NULL);
  Heads heads = { request_text, response_text, FALSE };
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) response = NULL;

  for (guint i = 0; lines[i] != NULL && (lines[i + 1] != NULL || lines[i][0] != '\0'); i++)
    {
      if (has_marks)
        take_marked_line (&heads, lines[i]);
      else
        checks_take_line (&heads, lines[i]);
    }

  if (request_text->len == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "expected the head of a request, an empty line and the head of its "
                           "response, or the output of curl -v");
      return NULL;
    }

  request = g_bytes_new (request_text->str, request_text->len);
  if (response_text->len > 0)
    response = g_bytes_new (response_text->str, response_text->len);
  return wsi_handshake_report_new (request, response);
}

/* Prints the rules of both heads in one file. */
static WsiExit
check_heads (WsiListing   *listing,
             GInputStream *stream)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) input = wsi_file_read_all (stream, MAX_BYTES, &error);
  g_autoptr (WsiHandshakeReport) report = input != NULL ? checks_make_report (input, &error) : NULL;

  if (report == NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_INPUT_DAMAGED;
    }

  if (wsi_listing_is_json (listing))
    {
      WsiJsonPrinter json;

      wsi_listing_begin_event (&json, "handshake", 0);
      wsi_handshake_text_write (report, listing->redactor, WSI_DETAIL_FULL, &json);
      wsi_listing_add_event (listing, &json);
      wsi_listing_end (listing);
    }
  else
    {
      wsi_handshake_text_print_checks (report, listing->redactor);
      wsi_handshake_text_print_derivation (report);
    }
  return report->n_failed > 0 ? WSI_EXIT_CHECK_FAILED : WSI_EXIT_CLEAN;
}

typedef struct
{
  WsiListing  *listing;
  WsiStore    *store;
  WsiProblems *problems;        /* problems of the connections that are checked */
  WsiInOrder  *in_order;
  WsiExit      status;
} Checks;

static gboolean
checks_is_wanted (const Checks *self,
                  guint32       conversation)
{
  gint64 wanted = self->listing->options->connection;

  return wanted <= 0 || conversation == wanted;
}

/* A response that is missing because the recording ends is no failure. */
static gboolean
checks_has_failed (WsiConversation          *conversation,
                   const WsiHandshakeReport *report)
{
  return report->n_failed > 0 ||
         (report->response == NULL &&
          wsi_conversation_get_ending (conversation) != WSI_ENDING_CUT);
}

static void
checks_print_handshake (const Checks             *self,
                        WsiConversation          *conversation,
                        const WsiHandshakeReport *report)
{
  WsiRedactor *redactor = self->listing->redactor;
  g_autofree char *title = g_strdup_printf ("#%u ", wsi_conversation_get_number (conversation));

  if (wsi_handshake_text_has_failed (report))
    wsi_handshake_text_print_failed (report, title, redactor);
  else
    wsi_handshake_text_print_line (report, conversation, title, redactor);
  if (self->listing->options->handshake == WSI_DETAIL_FULL)
    wsi_handshake_text_print_full (report, redactor);
}

/* A browser may report that a connection has failed of which no request is known. */
static void
checks_take_failure (Checks          *self,
                     WsiConversation *conversation)
{
  const WsiSentence *sentence = wsi_conversation_get_sentence (conversation);
  g_autofree char *text = wsi_sentence_to_string (sentence);
  g_autofree char *line =
    g_strdup_printf ("#%u %s", wsi_conversation_get_number (conversation), text);

  if (!wsi_conversation_has_failed_in_browser (conversation))
    return;

  if (!wsi_conversation_was_open (conversation))
    self->status = WSI_EXIT_CHECK_FAILED;
  if (!wsi_listing_is_json (self->listing))
    wsi_output_sentence (self->listing->redactor, line);
}

/* NULL: the response has no body, or is no refusal, or payload is hidden. */
static char *
dup_line_of_body (const Checks    *self,
                  WsiConversation *conversation)
{
  gboolean is_truncated;
  g_autoptr (GBytes) body =
    wsi_refusal_dup_body (self->store, conversation, MAX_BODY, &is_truncated);
  gsize length;
  const char *at = body != NULL ? wsi_bytes_get_data (body, &length) : NULL;
  g_autofree char *text = at != NULL ? g_strndup (at, length) : NULL;
  const char *line = text != NULL ? text + strspn (text, " \t\r\n") : "";
  g_autofree char *valid = g_utf8_make_valid (line, (gssize) strcspn (line, "\r\n"));

  return *valid != '\0' && self->listing->options->redact != WSI_REDACTION_STRICT
         ? wsi_redactor_hide_text (self->listing->redactor, valid) : NULL;
}

static void
write_handshake (const Checks             *self,
                 WsiConversation          *conversation,
                 const WsiHandshakeReport *report,
                 const char               *body)
{
  WsiListing *listing = self->listing;
  WsiJsonPrinter json;

  wsi_listing_begin_event (&json, "handshake", wsi_conversation_get_number (conversation));
  wsi_event_view_add_handshake (&json, listing, self->store, conversation);
  wsi_handshake_text_write (report, listing->redactor, listing->options->handshake, &json);
  if (body != NULL)
    wsi_json_printer_string (&json, "body", body);
  wsi_listing_add_event (listing, &json);
}

static void
checks_take_connection (gpointer         checks,
                        WsiConversation *conversation)
{
  Checks *self = checks;
  guint32 number = wsi_conversation_get_number (conversation);
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);
  g_autofree char *body = dup_line_of_body (self, conversation);
  g_autofree char *line = body != NULL ? g_strdup_printf ("  Body: %s", body) : NULL;

  if (!checks_is_wanted (self, number))
    return;

  checks_take_failure (self, conversation);
  if (report == NULL)
    return;

  if (wsi_handshake_text_has_failed (report) && checks_has_failed (conversation, report))
    self->status = WSI_EXIT_CHECK_FAILED;
  if (wsi_listing_is_json (self->listing))
    write_handshake (self, conversation, report, body);
  else
    {
      checks_print_handshake (self, conversation, report);
      if (line != NULL)
        wsi_output_sentence (self->listing->redactor, line);
    }
}

/* A decoder pairs a reply with its request before the reply is checked. */
static void
checks_on_appended (Checks *self,
                    guint64 first,
                    guint64 n_records)
{
  for (guint64 i = first; i < first + n_records; i++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, i);

      wsi_interpreter_learn (self->listing->decoded.interpreter, i, record);
      if (checks_is_wanted (self, record->conversation))
        wsi_problems_take (self->problems, i);
    }
}

static void
checks_on_conversation (Checks          *self,
                        WsiConversation *conversation)
{
  g_signal_connect_swapped (conversation, "ended", G_CALLBACK (wsi_in_order_add), self->in_order);
}

static gboolean
checks_wants_more (gpointer checks)
{
  return TRUE;
}

/* Prints a line for each connection, the rules that failed, and what else is wrong. */
static WsiExit
check_recordings (WsiFileReader *reader,
                  WsiListing    *listing)
{
  WsiStore *store = wsi_file_reader_get_store (reader);
  g_autoptr (WsiProblems) problems = wsi_problems_new (store);
  Checks checks = { listing, store, problems, NULL, WSI_EXIT_CLEAN };
  g_autoptr (WsiInOrder) in_order = wsi_in_order_new (checks_take_connection, &checks);
  WsiExit status;

  checks.in_order = in_order;
  wsi_interpreter_set_store (listing->decoded.interpreter, store);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (checks_on_appended), &checks);
  g_signal_connect_swapped (wsi_file_reader_get_recorder (reader), "conversation",
                            G_CALLBACK (checks_on_conversation), &checks);
  status = wsi_file_reader_run (reader, checks_wants_more, &checks);
  wsi_in_order_end (in_order);
  wsi_problem_text_print (problems, listing);
  wsi_listing_end (listing);
  return status == WSI_EXIT_CLEAN ? checks.status : status;
}

static WsiExit
check_heads_of (const WsiOptions *options,
                GInputStream     *stream)
{
  g_autoptr (GError) error = NULL;
  WsiListing listing = { 0 };
  WsiExit status = wsi_listing_init (&listing, options, &error)
                   ? check_heads (&listing, stream) : wsi_file_reader_fail (error);

  wsi_listing_clear (&listing);
  return status;
}

WsiExit
wsi_checks_verb (const WsiOptions  *options,
                 const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  WsiRecordingFormat format = WSI_RECORDING_NONE;

  if (arguments[1] != NULL)
    return wsi_file_reader_list (options, NULL, arguments, check_recordings);

  stream = wsi_file_open (arguments[0], &error);
  if (stream != NULL)
    format = wsi_recording_detect (stream, NULL, &error);
  if (error != NULL)
    {
      if (stream != NULL)
        g_prefix_error (&error, "%s: ", arguments[0]);
      return wsi_file_reader_fail (error);
    }

  return format != WSI_RECORDING_NONE
         ? wsi_file_reader_list (options, stream, arguments, check_recordings)
         : check_heads_of (options, stream);
}
