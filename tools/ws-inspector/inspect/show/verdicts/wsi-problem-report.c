/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/verdicts/wsi-problem-report.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/observe/wsp-handshake-check.h>

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/decode/wsi-summary.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/save/formats/parts/wsi-wall-time.h"
#include "inspect/show/header/wsi-refusal.h"
#include "inspect/show/models/wsi-conversation-title.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/show/verdicts/wsi-verdict-text.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

#define MAX_LAST_FRAMES 3
#define MAX_SCANNED 20000       /* rows before the end of a connection that are looked at */
#define MAX_RULES 3
#define MAX_BODY 300            /* bytes of a body in one line */
#define BETWEEN " · "

typedef struct
{
  const WsiProblemRow *row;
  WsiStore            *store;
  WsiRedactor         *redactor;
  WsiConversation     *conversation;    /* conversation of the row; NULL: none, or forgotten */
  GString             *text;
} Detail;

static void
problem_report_add (Detail     *self,
                    const char *part)
{
  if (self->text->len > 0)
    g_string_append (self->text, BETWEEN);
  g_string_append (self->text, part);
}

char *
wsi_problem_row_dup_title (const WsiProblemRow *self,
                           WsiStore            *store)
{
  g_autoptr (WsiConversation) conversation =
    self->conversation != 0 ? wsi_store_dup_conversation (store, self->conversation) : NULL;

  if (conversation != NULL)
    return wsi_conversation_title_dup (conversation);

  return self->conversation != 0 ? g_strdup_printf ("#%u", self->conversation)
                                 : g_strdup_printf (_("No. %" PRIu64), self->number + 1);
}

/* Adds words.  words: NULL = none. */
static void
problem_report_add_words (Detail     *self,
                          const char *words)
{
  g_autofree char *open = NULL;
  g_autofree char *shown = NULL;

  if (words == NULL)
    return;

  open = wsi_redactor_hide_text (self->redactor, words);
  shown = wsi_text_escape_sentence (open, WSI_CHARSET_UTF8);
  problem_report_add (self, shown);
}

static void
problem_report_add_check (Detail                  *self,
                          const WspHandshakeCheck *check)
{
  const char *section = wsp_handshake_check_get_section (check);
  g_autofree char *words = wsi_translate_text (wsp_handshake_check_get_text (check));
  g_autofree char *line = g_strdup_printf ("%s (%s)", words, section);

  problem_report_add_words (self, g_str_equal (section, "-") ? words : line);
}

/* Adds the broken rules, whose texts may quote the secrets of both heads. */
static void
add_rules (Detail *self)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (self->conversation);
  guint n = 0;

  if (report == NULL)
    return;

  wsi_redactor_learn_head (self->redactor, report->request);
  if (report->response != NULL)
    wsi_redactor_learn_head (self->redactor, report->response);
  for (guint i = 0; i < report->checks->len && n < MAX_RULES; i++)
    if (wsp_handshake_check_get_verdict (report->checks->pdata[i]) == WSP_HANDSHAKE_VERDICT_FAILED)
      {
        problem_report_add_check (self, report->checks->pdata[i]);
        n++;
      }
}

/* Hides the secrets of a body; NULL stays NULL. */
static GBytes *
hide_body (WsiRedactor *redactor,
           GBytes      *body)
{
  return body != NULL ? wsi_redactor_hide_bytes (redactor, WSI_MESSAGE_TEXT, NULL, body) : NULL;
}

static void
add_body (Detail *self)
{
  gboolean is_truncated;
  g_autoptr (GBytes) kept =
    wsi_refusal_dup_body (self->store, self->conversation, MAX_BODY + 1, &is_truncated);
  g_autoptr (GBytes) body = hide_body (self->redactor, kept);
  g_autofree char *escaped = body != NULL ? wsi_text_escape (body, MAX_BODY, WSI_CHARSET_UTF8)
                                          : NULL;
  g_autofree char *open = escaped != NULL ? wsi_redactor_hide_text (self->redactor, escaped) : NULL;
  g_autofree char *line = open != NULL ? g_strdup_printf (_("Body: %s"), open) : NULL;

  if (line != NULL)
    problem_report_add (self, line);
}

static void
problem_report_add_sentence (Detail *self)
{
  g_autofree char *words =
    wsi_translate_sentence (wsi_conversation_get_sentence (self->conversation));

  problem_report_add_words (self, words);
}

static char *
print_words (WsiVerdictKind kind,
             const char    *words)
{
  return g_strdup_printf (kind == WSI_VERDICT_ENDED ? _("Reason: %s") : _("Error: %s"), words);
}

/* Adds the words of the peer. */
static void
add_quote (Detail           *self,
           const WsiVerdict *verdict)
{
  g_autofree char *words = wsi_verdict_dup_words (verdict, self->store, self->row->number,
                                                  self->conversation);
  g_autofree char *open = words != NULL ? wsi_redactor_hide_reason (self->redactor, words) : NULL;
  g_autofree char *line = open != NULL ? print_words (verdict->kind, open) : NULL;

  if (line != NULL)
    problem_report_add (self, line);
}

/* Describes a frame, such as "↓ text 27". */
static char *
problem_report_describe_frame (const WsiRecord *record)
{
  WspFrameRecord frame;
  const char *arrow = record->direction == WSP_DIRECTION_SENT ? "↑"
                      : record->direction == WSP_DIRECTION_RECEIVED ? "↓" : "";

  wsi_record_to_frame (record, &frame);
  return g_strdup_printf (g_dngettext (NULL, "%s %s, %'" PRIu64 " byte",
                                       "%s %s, %'" PRIu64 " bytes",
                                       MIN (record->payload_length, G_MAXINT)),
                          arrow, wsi_summary_name_kind (&frame), record->payload_length);
}

/* Adds the last frames in their order.  Rows of other connections are between them. */
static void
add_last_frames (Detail *self)
{
  guint reading = wsi_store_begin_reading (self->store);
  guint64 first = MAX (wsi_store_get_first (self->store),
                       self->row->number - MIN (self->row->number, MAX_SCANNED));
  g_autofree char *frames = NULL;
  g_autofree char *line = NULL;
  guint n = 0;

  for (guint64 i = self->row->number; i > first && n < MAX_LAST_FRAMES; i--)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, i - 1);

      if (record != NULL && record->conversation == self->row->conversation &&
          wsi_record_is_frame (record))
        {
          g_autofree char *later = g_steal_pointer (&frames);
          g_autofree char *frame = problem_report_describe_frame (record);

          frames = g_strconcat (frame, later != NULL ? "; " : NULL, later, NULL);
          n++;
        }
    }
  wsi_store_end_reading (self->store, reading);
  line = frames != NULL ? g_strdup_printf (_("Last frames: %s"), frames)
                        : g_strdup (_("No frame was seen before"));
  problem_report_add (self, line);
}

static void
problem_report_add_event (Detail *self)
{
  g_autofree WsiSentence *sentence = wsi_store_dup_event_sentence (self->store, self->row->number);
  g_autofree char *words = wsi_translate_sentence (sentence);

  problem_report_add_words (self, words);
}

static gint64
problem_report_get_reply_time (Detail          *self,
                               const WsiRecord *reply)
{
  guint64 number;
  const WsiRecord *request = wsi_store_get_request (self->store, self->row->number, &number)
                             ? wsi_store_get_record (self->store, number) : NULL;

  return request != NULL ? reply->time_us - request->time_us : -1;
}

static void
problem_report_add_record (Detail           *self,
                           const WsiVerdict *verdict)
{
  guint reading = wsi_store_begin_reading (self->store);
  const WsiRecord *record = wsi_store_get_record (self->store, self->row->number);
  g_autofree char *frame = NULL;
  g_autofree char *time = NULL;
  gint64 time_us = -1;

  if (record != NULL && record->kind != WSI_RECORD_KIND_EVENT)
    {
      frame = problem_report_describe_frame (record);
      time_us = verdict->kind != WSI_VERDICT_SLOW ? -1
                : verdict->code == WSI_SLOW_PONG ? record->round_trip_us
                                                 : problem_report_get_reply_time (self, record);
    }
  wsi_store_end_reading (self->store, reading);
  time = time_us >= 0 ? g_strdup_printf (_("%.1f ms"), time_us / 1000.0) : NULL;
  if (time != NULL)
    problem_report_add (self, time);
  if (frame != NULL)
    problem_report_add (self, frame);
}

static void
problem_report_describe (Detail           *self,
                         const WsiVerdict *verdict)
{
  switch (verdict->kind)
    {
    case WSI_VERDICT_REFUSED:
      if (self->conversation == NULL)
        return;
      add_rules (self);
      add_body (self);
      if (self->text->len == 0)
        problem_report_add_sentence (self);
      return;
    case WSI_VERDICT_ENDED:
      if (self->conversation == NULL)
        return;
      add_quote (self, verdict);
      problem_report_add_sentence (self);
      add_last_frames (self);
      return;
    case WSI_VERDICT_MESSAGE:
      add_quote (self, verdict);
      problem_report_add_record (self, verdict);
      return;
    case WSI_VERDICT_RULE:
    case WSI_VERDICT_LIMIT:
    case WSI_VERDICT_SLOW:
      problem_report_add_record (self, verdict);
      return;
    case WSI_VERDICT_MISSING:
      problem_report_add_event (self);
      return;
    case WSI_N_VERDICT_KINDS:
      break;
    }

  g_assert_not_reached ();
}

char *
wsi_problem_row_dup_detail (const WsiProblemRow *self,
                            const WsiVerdict    *verdict,
                            WsiStore            *store,
                            WsiRedactor         *redactor)
{
  g_autoptr (WsiConversation) conversation =
    self->conversation != 0 ? wsi_store_dup_conversation (store, self->conversation) : NULL;
  Detail detail = {
    .row = self, .store = store, .redactor = redactor, .conversation = conversation,
    .text = g_string_new (NULL),
  };

  problem_report_describe (&detail, verdict);
  return g_string_free (detail.text, FALSE);
}

char *
wsi_problem_dup_words (const WsiProblem *self,
                       WsiRedactor      *redactor)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->words->len; i++)
    {
      g_autofree char *open = wsi_redactor_hide_reason (redactor, self->words->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", open);
    }
  if (self->has_more_words)
    g_string_append (text, "; …");
  return text->len > 0 ? print_words (self->verdict.kind, text->str) : NULL;
}

static void
problem_report_append_line (GString    *report,
                            const char *name,
                            const char *text)
{
  if (text != NULL)
    g_string_append_printf (report, "%s: %s\n", name, text);
}

static void
problem_report_append_row (GString             *report,
                           const WsiProblem    *problem,
                           const WsiProblemRow *row,
                           WsiStore            *store,
                           WsiRedactor         *redactor)
{
  g_autofree char *title = wsi_problem_row_dup_title (row, store);
  g_autofree char *time = wsi_wall_time_to_text (row->time_us);
  g_autofree char *detail = wsi_problem_row_dup_detail (row, &problem->verdict, store, redactor);

  g_string_append_printf (report, _("No. %" PRIu64), row->number + 1);
  g_string_append_printf (report, BETWEEN "%s" BETWEEN "%s%s%s\n", time, title,
                          *detail != '\0' ? BETWEEN : "", detail);
}

/* Appends the whole body of one refusal. */
static void
append_body (GString             *report,
             const WsiProblemRow *row,
             WsiStore            *store,
             WsiRedactor         *redactor)
{
  g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (store, row->conversation);
  gboolean is_truncated = FALSE;
  g_autoptr (GBytes) kept =
    conversation != NULL ? wsi_refusal_dup_body (store, conversation, WSI_MAX_SHOWN_BODY,
                                                 &is_truncated) : NULL;
  g_autoptr (GBytes) body = hide_body (redactor, kept);
  g_autofree char *text = body != NULL ? wsi_refusal_format_body (body) : NULL;
  g_autofree char *open = text != NULL ? wsi_redactor_hide_text (redactor, text) : NULL;

  if (open != NULL)
    g_string_append_printf (report, "\n%s%s\n", open, is_truncated ? "…" : "");
}

char *
wsi_problem_dup_report (const WsiProblem    *problem,
                        const WsiProblemRow *row,
                        guint                slow_ms,
                        WsiStore            *store,
                        WsiRedactor         *redactor)
{
  const WsiVerdict *verdict = &problem->verdict;
  GString *report = g_string_new (NULL);
  g_autofree char *title = wsi_verdict_dup_title (verdict, slow_ms);
  g_autofree char *words = wsi_problem_dup_words (problem, redactor);
  g_autofree char *meaning = wsi_verdict_dup_meaning (verdict);
  g_autofree char *count = wsi_problem_dup_count (problem);
  g_autofree char *filter = wsi_problem_dup_filter (problem, slow_ms);
  g_autofree char *peer = problem->peer != NULL
                          ? wsi_text_escape_line (problem->peer, WSI_CHARSET_UTF8) : NULL;

  g_string_append_printf (report, "%s\n%s%s", title, words != NULL ? words : "",
                          words != NULL ? "\n" : "");
  problem_report_append_line (report, _("Meaning"), meaning);
  problem_report_append_line (report, _("Peer"), peer);
  problem_report_append_line (report, _("What to do"), wsi_verdict_get_advice (verdict));
  problem_report_append_line (report, _("Rows"), row == NULL ? count : NULL);
  problem_report_append_line (report, _("Filter"), row == NULL ? filter : NULL);
  g_string_append_c (report, '\n');
  if (row != NULL)
    problem_report_append_row (report, problem, row, store, redactor);
  for (guint i = 0; row == NULL && i < problem->rows->len; i++)
    problem_report_append_row (report, problem, &g_array_index (problem->rows, WsiProblemRow, i),
                               store, redactor);
  if (row != NULL && verdict->kind == WSI_VERDICT_REFUSED)
    append_body (report, row, store, redactor);
  return g_string_free (report, FALSE);
}
