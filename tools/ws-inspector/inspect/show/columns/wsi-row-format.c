/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-format.h"

#include <libwsproto/wsproto.h>

#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/decode/wsi-summary.h"
#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/show/lines/wsi-text-matches.h"
#include "inspect/show/sentences/wsi-shown-sentence.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

#define MAX_DECODED (64 * 1024) /* bytes of a message that a cell is made from */
#define MAX_VALUES 16
#define US_PER_MS 1000
#define MAX_SEARCHED (32 * 1024)        /* bytes of content that are searched for a summary */
#define NEAR 24                 /* characters before a match that are not left out */
#define BEFORE 12               /* characters before a match that are shown */

/* The row that is written at the moment, cell by cell. */
typedef struct
{
  guint64               number;
  gboolean              is_decoded;
  GBytes               *payload;        /* payload of the row; NULL = not kept */
  const WsiDecoder     *decoder;        /* decoder of the row; NULL = the row is not decoded */
  WsiDecodeInput        input;
  const WsiDescription *description;    /* description of the row; NULL = not made yet */
  char                 *summary;
} Current;

struct _WsiRowFormat
{
  WsiStore        *store;
  WsiInterpreter  *interpreter;
  WsiInterpreter  *own;         /* own interpreter, used while no other one is set */
  WsiDescription  *description;
  WsiHiddenMessages *hidden;    /* messages with hidden values; NULL = nothing is hidden */
  WsiRedaction     redaction;   /* how secrets of sentences are hidden */
  WsiClock         clock;
  WsiUnit          unit;
  gboolean         has_microseconds;    /* times are shown with microseconds */
  char            *search;      /* text that is searched for; NULL = none */
  gboolean         has_reference;
  gint64           reference_us;        /* wall time that times are relative to */
  Current          current;
};

WsiRowFormat *
wsi_row_format_new (WsiStore *store)
{
  WsiRowFormat *self = g_new0 (WsiRowFormat, 1);

  self->store = g_object_ref (store);
  self->own = wsi_interpreter_new (store);
  self->interpreter = self->own;
  self->description = wsi_description_new ();
  return self;
}

void
wsi_row_format_forget (WsiRowFormat *self)
{
  g_clear_pointer (&self->current.payload, g_bytes_unref);
  g_clear_pointer (&self->current.summary, g_free);
  self->current = (Current) { 0 };
}

void
wsi_row_format_free (WsiRowFormat *self)
{
  wsi_row_format_forget (self);
  wsi_description_free (self->description);
  wsi_interpreter_free (self->own);
  g_free (self->search);
  g_object_unref (self->store);
  g_free (self);
}

void
wsi_row_format_set_interpreter (WsiRowFormat   *self,
                                WsiInterpreter *interpreter)
{
  self->interpreter = interpreter != NULL ? interpreter : self->own;
  wsi_row_format_forget (self);
}

void
wsi_row_format_set_hidden (WsiRowFormat      *self,
                           WsiHiddenMessages *messages)
{
  self->hidden = messages;
  wsi_row_format_forget (self);
}

void
wsi_row_format_set_redaction (WsiRowFormat *self,
                              WsiRedaction  level)
{
  self->redaction = level;
  wsi_row_format_forget (self);
}

void
wsi_row_format_set_clock (WsiRowFormat *self,
                          WsiClock      clock)
{
  self->clock = clock;
}

WsiClock
wsi_row_format_get_clock (WsiRowFormat *self)
{
  return self->clock;
}

void
wsi_row_format_set_microseconds (WsiRowFormat *self,
                                 gboolean      has_microseconds)
{
  self->has_microseconds = has_microseconds;
}

void
wsi_row_format_set_unit (WsiRowFormat *self,
                         WsiUnit       unit)
{
  self->unit = unit;
  wsi_row_format_forget (self);
}

WsiUnit
wsi_row_format_get_unit (WsiRowFormat *self)
{
  return self->unit;
}

/* The time that others are relative to.  FALSE: there is none yet. */
static gboolean
get_origin (WsiRowFormat *self,
            gint64       *time_us)
{
  *time_us = self->reference_us;
  return self->has_reference || wsi_store_get_begin (self->store, time_us);
}

void
wsi_row_format_set_reference (WsiRowFormat *self,
                              WsiRow       *row)
{
  self->has_reference = row != NULL;
  self->reference_us = row != NULL ? wsi_row_get_record (row)->time_us : 0;
}

char *
wsi_row_format_print_span (gint64 span_us)
{
  return g_strdup_printf ("%s%" G_GINT64_FORMAT ".%06d", span_us < 0 ? "-" : "",
                          ABS (span_us) / G_USEC_PER_SEC, (int) (ABS (span_us) % G_USEC_PER_SEC));
}

/* The part of a second that is shown: the rest is cut off, so that a search for the time that is
 * shown finds its row. */
static char *
print_fraction (gint64   part_us,
                gboolean has_microseconds)
{
  return has_microseconds ? g_strdup_printf ("%06d", (int) part_us)
                          : g_strdup_printf ("%03d", (int) (part_us / US_PER_MS));
}

static char *
row_format_show_span (gint64   span_us,
                      gboolean has_microseconds)
{
  const gint64 step_us = has_microseconds ? 1 : US_PER_MS;
  const gint64 cut_us = span_us < 0 ? -span_us + (step_us - -span_us % step_us) % step_us : span_us;
  const gint64 seconds = cut_us / G_USEC_PER_SEC;
  const char *sign = span_us < 0 ? "-" : "";
  g_autofree char *fraction = print_fraction (cut_us % G_USEC_PER_SEC, has_microseconds);

  return seconds < 60
         ? g_strdup_printf ("%s%d.%s", sign, (int) seconds, fraction)
         : g_strdup_printf ("%s%" G_GINT64_FORMAT ":%02d.%s", sign, seconds / 60,
                            (int) (seconds % 60), fraction);
}

static char *
print_wall_time (gint64   wall_us,
                 WsiClock clock,
                 gboolean has_microseconds)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = NULL, *fraction = NULL;

  if (wall_us < 0)
    return NULL;

  time = clock == WSI_CLOCK_LOCAL ? g_date_time_new_from_unix_local (wall_us / G_USEC_PER_SEC)
                                  : g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
  text = time != NULL ? g_date_time_format (time, "%H:%M:%S") : NULL;
  if (text == NULL)
    return NULL;

  fraction = print_fraction (wall_us % G_USEC_PER_SEC, has_microseconds);
  return g_strconcat (text, ".", fraction, clock == WSI_CLOCK_UTC ? "Z" : "", NULL);
}

/* The time between a row and what its clock begins with.  FALSE: there is no such time yet. */
static gboolean
row_format_get_span (WsiRowFormat *self,
                     WsiRow       *row,
                     WsiClock      clock,
                     gint64       *span_us)
{
  gint64 begin_us;
  /* the number before 0 is the last one of all, which no row has */
  gboolean is_there = clock == WSI_CLOCK_DELTA
                      ? wsi_store_get_time (self->store, wsi_row_get_number (row) - 1, &begin_us)
                      : get_origin (self, &begin_us);

  if (is_there)
    *span_us = wsi_row_get_record (row)->time_us - begin_us;
  return is_there;
}

static gboolean
is_of_day (WsiClock clock)
{
  return clock == WSI_CLOCK_LOCAL || clock == WSI_CLOCK_UTC;
}

char *
wsi_row_format_print_time (WsiRowFormat *self,
                           WsiRow       *row,
                           WsiClock      clock)
{
  gint64 span_us;

  if (is_of_day (clock))
    return print_wall_time (wsi_row_get_record (row)->time_us, clock, TRUE);

  return row_format_get_span (self, row, clock, &span_us) ? wsi_row_format_print_span (span_us)
    : NULL;
}

char *
wsi_row_format_show_time (WsiRowFormat *self,
                          WsiRow       *row,
                          WsiClock      clock)
{
  gint64 span_us;

  if (is_of_day (clock))
    return print_wall_time (wsi_row_get_record (row)->time_us, clock, self->has_microseconds);

  return row_format_get_span (self, row, clock, &span_us)
         ? row_format_show_span (span_us, self->has_microseconds) : NULL;
}

gboolean
wsi_row_format_get_message (WsiRowFormat   *self,
                            WsiRow         *row,
                            WsiMessageInfo *info)
{
  return self->unit == WSI_UNIT_MESSAGES &&
         wsi_store_get_message (self->store, wsi_row_get_record (row)->message, info);
}

static const char *
row_format_name_event (WsiEvent event)
{
  switch (event)
    {
    case WSI_EVENT_NONE:
      return "";
    case WSI_EVENT_OPENED:
      return "opened";
    case WSI_EVENT_REQUEST:
      return "request";
    case WSI_EVENT_RESPONSE:
      return "response";
    case WSI_EVENT_ENDED:
      return "ended";
    case WSI_EVENT_GAP:
      return "gap";
    case WSI_EVENT_FAULT:
      return "fault";
    case WSI_EVENT_DROPPED:
      return "dropped";
    case WSI_EVENT_EVICTED:
      return "evicted";
    case WSI_EVENT_PAUSED:
      return "paused";
    case WSI_EVENT_RESUMED:
      return "resumed";
    case WSI_EVENT_NOTE:
      return "note";
    }

  g_assert_not_reached ();
}

/* The frame of the row, or one like it that has the kind of its message. */
static WspFrameRecord
get_frame (WsiRowFormat *self,
           WsiRow       *row)
{
  WspFrameRecord frame = *wsi_row_get_frame (row);
  WsiMessageInfo info;

  if (wsi_row_format_get_message (self, row, &info))
    frame.opcode = info.opcode;
  return frame;
}

const char *
wsi_row_format_name_record (WsiStore        *store,
                            WsiUnit          unit,
                            const WsiRecord *record)
{
  WspFrameRecord frame;
  WsiMessageInfo info;

  if (record->kind == WSI_RECORD_KIND_EVENT)
    return row_format_name_event ((WsiEvent) record->event);

  wsi_record_to_frame (record, &frame);
  if (unit == WSI_UNIT_MESSAGES && wsi_store_get_message (store, record->message, &info))
    frame.opcode = info.opcode;
  return wsi_summary_name_kind (&frame);
}

const char *
wsi_row_format_name_kind (WsiRowFormat *self,
                          WsiRow       *row)
{
  return wsi_row_format_name_record (self->store, self->unit, wsi_row_get_record (row));
}

/* Sets the current row; the texts of another row are forgotten. */
static void
set_current (WsiRowFormat *self,
             WsiRow       *row)
{
  if (self->current.number == wsi_row_get_number (row))
    return;

  wsi_row_format_forget (self);
  self->current.number = wsi_row_get_number (row);
}

/* Hides secrets of a payload as in a copy: NULL stays NULL. */
static GBytes *
row_format_hide (WsiRowFormat *self,
                 WsiRow       *row,
                 gboolean      is_message,
                 GBytes       *payload)
{
  if (payload == NULL || self->hidden == NULL)
    return payload != NULL ? g_bytes_ref (payload) : NULL;

  return wsi_hidden_messages_hide_row (self->hidden, wsi_row_get_number (row),
                                       wsi_row_get_record (row), is_message, payload);
}

static GBytes *
dup_frame (WsiRowFormat *self,
           WsiRow       *row)
{
  g_autoptr (GBytes) payload = wsi_row_dup_payload (row, WSI_SUMMARY_LENGTH);

  return row_format_hide (self, row, FALSE, payload);
}

/* The message, where the row is the last frame of several; else the payload of the frame. */
static GBytes *
dup_content (WsiRowFormat *self,
             WsiRow       *row,
             gsize         max_length)
{
  const WsiRecord *record = wsi_row_get_record (row);
  gboolean is_end = (record->flags & WSI_RECORD_FRAGMENT) != 0 && wsi_record_is_fin (record);
  WsiMessageInfo info;
  gboolean is_message = wsi_row_format_get_message (self, row, &info) ? info.n_frames > 1 : is_end;
  g_autoptr (GBytes) payload = is_message
                               ? wsi_store_dup_message (self->store, record->message, max_length)
                               : wsi_row_dup_payload (row, max_length);

  return row_format_hide (self, row, is_message, payload);
}

static void
row_format_decode (WsiRowFormat *self,
                   WsiRow       *row)
{
  Current *current = &self->current;
  gsize length;
  const guint8 *at;

  set_current (self, row);
  if (current->is_decoded)
    return;

  current->is_decoded = TRUE;
  current->payload = dup_content (self, row, MAX_DECODED);
  if (current->payload == NULL)
    return;

  at = wsi_bytes_get_data (current->payload, &length);
  current->decoder = wsi_interpreter_prepare (self->interpreter, wsi_row_get_number (row),
                                              wsi_row_get_record (row), at, length,
                                              &current->input);
}

static const WsiDescription *
row_format_describe (WsiRowFormat *self)
{
  if (self->current.description == NULL)
    {
      self->current.input.words = WSI_WORDS_SHOWN;
      wsi_description_clear (self->description);
      wsi_decoder_list_describe (self->current.decoder, &self->current.input, self->description);
      self->current.description = self->description;
    }
  return self->current.description;
}

static gboolean
row_format_has_format (const WsiDecoder *decoder)
{
  return decoder != NULL && decoder != &wsi_text_decoder && decoder != &wsi_bytes_decoder;
}

/* Secrets of sentences are hidden where those of messages are. */
static char *
summarize_event (WsiRowFormat *self,
                 WsiRow       *row)
{
  WsiRedaction level = self->hidden != NULL ? WSI_REDACTION_NONE : self->redaction;
  guint fault = wsi_row_get_record (row)->fault;
  g_autofree WsiSentence *sentence =
    wsi_store_dup_event_sentence (self->store, wsi_row_get_number (row));
  g_autofree char *text = fault != 0 ? wsi_translate_fault (fault)
                                     : wsi_shown_sentence_dup (sentence, level);

  return text != NULL ? wsi_text_escape_sentence (text, WSI_CHARSET_UTF8) : g_strdup ("");
}

static char *
summarize_content (WsiRowFormat *self,
                   WsiRow       *row)
{
  g_autoptr (GBytes) beginning = NULL;
  WspFrameRecord frame = get_frame (self, row);
  WsiMessageInfo info;

  row_format_decode (self, row);
  if (row_format_has_format (self->current.decoder))
    return wsi_text_escape_sentence (row_format_describe (self)->summary->str, WSI_CHARSET_UTF8);

  beginning = wsi_row_format_get_message (self, row, &info)
              ? dup_content (self, row, WSI_SUMMARY_LENGTH)
              : dup_frame (self, row);
  return wsi_summary_new (&frame, beginning, WSI_CHARSET_UTF8);
}

static char *
row_format_summarize (WsiRowFormat *self,
                      WsiRow       *row)
{
  const WsiRecord *record = wsi_row_get_record (row);
  g_autofree char *content = NULL;
  g_autofree char *fault = NULL;

  if (record->kind == WSI_RECORD_KIND_EVENT)
    return summarize_event (self, row);

  content = summarize_content (self, row);
  if (record->fault != 0)
    {
      fault = wsi_translate_fault (record->fault);
      return g_strconcat (fault, *content != '\0' ? " · " : "", content, NULL);
    }
  if ((record->flags & WSI_RECORD_ROUND_TRIP) != 0)
    return g_strdup_printf ("%s%s%u.%03u ms", content, *content != '\0' ? " · " : "",
                            record->round_trip_us / 1000, record->round_trip_us % 1000);

  return g_steal_pointer (&content);
}

void
wsi_row_format_set_search (WsiRowFormat *self,
                           const char   *text)
{
  g_free (self->search);
  self->search = g_strdup (text);
  wsi_row_format_forget (self);
}

/* Finds the first match.  FALSE: there is none. */
static gboolean
find_match (WsiRowFormat *self,
            const char   *line,
            gsize        *match)
{
  g_autoptr (GArray) spans = wsi_text_matches_find (line, self->search);

  if (spans->len > 0)
    *match = g_array_index (spans, WsiSpan, 0).begin;
  return spans->len > 0;
}

/* The line without its beginning, if the match is far from it. */
static char *
begin_near (const char *line,
            gsize       match)
{
  const char *at = line + match;
  g_autofree char *shown = NULL;

  if (g_utf8_strlen (line, match) <= NEAR)
    return g_strdup (line);

  for (guint i = 0; i < BEFORE; i++)
    at = g_utf8_prev_char (at);
  shown = g_utf8_substring (at, 0, MIN (g_utf8_strlen (at, -1), WSI_SUMMARY_LENGTH));
  return g_strconcat ("…", shown, NULL);
}

/* The match may be behind the end of a summary, or in content that a decoder shows in other
 * words. */
static char *
summarize_near (WsiRowFormat *self,
                WsiRow       *row,
                const char   *summary)
{
  g_autoptr (GBytes) content = NULL;
  g_autofree char *line = NULL;
  gsize match;

  if (find_match (self, summary, &match))
    return begin_near (summary, match);

  if (wsi_row_get_record (row)->kind != WSI_RECORD_KIND_EVENT)
    content = dup_content (self, row, MAX_SEARCHED);
  if (content == NULL || !wsi_text_is_readable (content))
    return g_strdup (summary);

  line = wsi_text_escape (content, MAX_SEARCHED, WSI_CHARSET_UTF8);
  return find_match (self, line, &match) ? begin_near (line, match) : g_strdup (summary);
}

const char *
wsi_row_format_get_summary (WsiRowFormat *self,
                            WsiRow       *row)
{
  set_current (self, row);
  if (self->current.summary == NULL)
    {
      g_autofree char *summary = row_format_summarize (self, row);

      set_current (self, row);
      self->current.summary = self->search != NULL ? summarize_near (self, row, summary)
                                                   : g_steal_pointer (&summary);
    }
  return self->current.summary;
}

static char *
row_format_make_term (const WsiDescription  *values,
                      const WsiDecodedField *field)
{
  GString *text;

  if (field->kind == WSI_FIELD_TEXT)
    return wsi_lexer_quote ((const char *) wsi_description_get_text (values, field),
                            field->length);
  if (field->kind == WSI_FIELD_BOOLEAN)
    return g_strdup (field->whole ? "yes" : "no");

  text = g_string_new (NULL);
  wsi_description_print (values, field, text);
  return g_string_free (text, FALSE);
}

char *
wsi_row_format_print_values (WsiRowFormat   *self,
                             WsiRow         *row,
                             WsiDecodedPath *path,
                             char          **term)
{
  const WsiDecodedField *field = NULL;
  const WsiDescription *values = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  const char *name;

  row_format_decode (self, row);
  if (self->current.decoder != NULL)
    values = wsi_decoded_path_find (path, self->current.decoder, &self->current.input,
                                    row_format_describe (self), &name);
  if (values == NULL)
    return NULL;

  for (guint i = 0; i < MAX_VALUES; i++)
    {
      field = wsi_description_find (values, name, field);
      if (field == NULL)
        break;

      if (i == 0 && term != NULL)
        *term = row_format_make_term (values, field);
      g_string_append (text, i > 0 ? " " : "");
      wsi_description_print (values, field, text);
    }

  GString *shown = g_string_new (NULL);

  wsi_text_append_escaped (shown, text->str, text->len, WSI_ROW_MAX_TEXT, WSI_CHARSET_UTF8);
  return g_string_free (shown, FALSE);
}
