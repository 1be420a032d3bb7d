/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-recording-verbs.h"

#include <string.h>

#include "cli/recordings/wsi-file-reader.h"
#include "cli/recordings/wsi-in-order.h"
#include "cli/files/wsi-file.h"
#include "cli/print/wsi-handshake-text.h"
#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/files/wsi-recording.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"

#define MAX_BYTES (1024 * 1024)

/* The heads that one file holds. */
typedef struct
{
  GString *request, *response;
  gboolean has_empty_line;      /* the empty line that ends the request was read */
} Heads;

/* Whether the lines are the output of curl -v, which marks each line of a head; then lines without
 * a mark belong to no head. */
static gboolean
is_marked (char **lines)
{
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "> ") || g_str_has_prefix (lines[i], "< "))
      return TRUE;

  return FALSE;
}

static void
append_line (GString    *head,
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
    append_line (heads->request, text);
  else if (line[0] == '<')
    append_line (heads->response, text);
}

/* The response begins after the empty line of the request, and ends with an empty line. */
static void
take_line (Heads      *heads,
           const char *line)
{
  gboolean is_empty = line[0] == '\0' || line[0] == '\r';

  if (!heads->has_empty_line)
    {
      append_line (heads->request, line);
      heads->has_empty_line = is_empty;
    }
  else if (!(is_empty && heads->response->len == 0) &&
           !g_str_has_suffix (heads->response->str, "\r\n\r\n"))
    append_line (heads->response, line);
}

static WsiHandshakeReport *
make_report (GBytes  *input,
             GError **error)
{
  gsize length;
  const char *at = wsi_bytes_get_data (input, &length);
  g_autofree char *text = g_strndup (at, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean has_marks = is_marked (lines);
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
        take_line (&heads, lines[i]);
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
check_heads (const WsiOptions *options,
             GInputStream     *stream)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new ((WsiRedaction) options->redact);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) input = wsi_file_read_all (stream, MAX_BYTES, &error);
  g_autoptr (WsiHandshakeReport) report = input != NULL ? make_report (input, &error) : NULL;

  if (report == NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_INPUT_DAMAGED;
    }

  wsi_handshake_text_print_checks (report, redactor);
  wsi_handshake_text_print_derivation (report);
  return report->n_failed > 0 ? WSI_EXIT_CHECK_FAILED : WSI_EXIT_CLEAN;
}

typedef struct
{
  const WsiOptions *options;
  WsiRedactor      *redactor;
  WsiInOrder       *in_order;
  WsiExit           status;
} Checks;

/* A response that is missing because the recording ends is no failure. */
static gboolean
has_failed (WsiConversation          *conversation,
            const WsiHandshakeReport *report)
{
  return report->n_failed > 0 ||
         (report->response == NULL &&
          wsi_conversation_get_ending (conversation) != WSI_ENDING_CUT);
}

static void
print_connection (gpointer         checks,
                  WsiConversation *conversation)
{
  Checks *self = checks;
  guint32 number = wsi_conversation_get_number (conversation);
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);
  g_autofree char *title = g_strdup_printf ("#%u ", number);

  if (report == NULL || (self->options->connection > 0 && number != self->options->connection))
    return;

  if (wsi_handshake_text_has_failed (report))
    {
      if (has_failed (conversation, report))
        self->status = WSI_EXIT_CHECK_FAILED;
      wsi_handshake_text_print_failed (report, title, self->redactor);
    }
  else
    wsi_handshake_text_print_line (report, conversation, title, self->redactor);
  if (self->options->handshake == WSI_DETAIL_FULL)
    wsi_handshake_text_print_full (report, self->redactor);
}

static void
on_conversation (Checks          *self,
                 WsiConversation *conversation)
{
  g_signal_connect_swapped (conversation, "ended", G_CALLBACK (wsi_in_order_add), self->in_order);
}

static gboolean
wants_more (gpointer checks)
{
  return TRUE;
}

/* Prints a line for each connection, and the rules that failed. */
static WsiExit
check_recordings (const WsiOptions  *options,
                  GInputStream      *first,
                  const char *const *paths)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new ((WsiRedaction) options->redact);
  Checks checks = { options, redactor, NULL, WSI_EXIT_CLEAN };
  g_autoptr (WsiInOrder) in_order = wsi_in_order_new (print_connection, &checks);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFileReader) reader =
    wsi_file_reader_new (options, first, paths, g_strv_length ((GStrv) paths),
                         WSI_FILE_READER_FOR_LISTING, &error);
  WsiExit status;

  if (reader == NULL)
    return wsi_file_reader_fail (error);

  checks.in_order = in_order;
  g_signal_connect_swapped (wsi_file_reader_get_recorder (reader), "conversation",
                            G_CALLBACK (on_conversation), &checks);
  status = wsi_file_reader_run (reader, wants_more, &checks);
  wsi_in_order_end (in_order);
  return status == WSI_EXIT_CLEAN ? checks.status : status;
}

WsiExit
wsi_checks_verb (const WsiOptions  *options,
                 const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  WsiRecordingFormat format = WSI_RECORDING_NONE;

  if (arguments[1] != NULL)
    return check_recordings (options, NULL, arguments);

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
         ? check_recordings (options, stream, arguments) : check_heads (options, stream);
}
