/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-listing.h"

#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/wsproto.h>

#include "cli/print/wsi-output.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-number.h"
#include "inspect/decode/wsi-summary.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/show/columns/wsi-row-format.h"
#include "inspect/store/memory/wsi-bytes.h"

#define KIND_COLUMNS 13

gboolean
wsi_listing_init (WsiListing       *self,
                  const WsiOptions *options,
                  GError          **error)
{
  *self = (WsiListing) {
    .options = options,
    .redactor = wsi_redactor_new ((WsiRedaction) options->redact),
    .line = g_string_new (NULL),
    .charset = wsi_output_get_charset (),
    .max_decoded = wsi_options_get_max_decoded (options),
  };
  self->hide = wsi_column_make_hide (self->redactor);
  if (options->is_by_message && options->is_by_frame)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "expected --messages or --frames, not both");
      return FALSE;
    }

  if (!wsi_decoded_view_init (&self->decoded, options->decoders, self->max_decoded, error))
    return FALSE;

  wsi_screen_init (&self->screen, options->color);
  if (options->filter != NULL)
    {
      self->filter = wsi_filter_new (options->filter, error);
      if (self->filter == NULL)
        {
          g_prefix_error_literal (error, "--filter: ");
          return FALSE;
        }
    }

  for (guint i = 0; options->fields != NULL && options->fields[i] != NULL; i++)
    {
      WsiColumn *field = wsi_column_new (options->fields[i], &self->hide, error);

      if (field == NULL)
        return FALSE;

      if (self->fields == NULL)
        self->fields = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_column_free);
      g_ptr_array_add (self->fields, field);
    }

  /* A filter that matches all rows is set, because with a filter requests wait for their
   * replies. */
  if (self->filter == NULL && wsi_columns_come_with_reply (self->fields))
    self->filter = wsi_filter_new ("reply or not reply", error);
  return TRUE;
}

void
wsi_listing_end (WsiListing *self)
{
  if (self->options->format == WSI_PRINT_JSON)
    wsi_output_line ("%s", self->is_begun ? "]" : "[]");
  if (self->n_parts > 0)
    {
      g_autofree char *count = wsi_output_count (self->n_parts, "message", 0);
      g_autofree char *text =
        g_strdup_printf ("%s %s left out, because not all bytes are known (see --messages)", count,
                         self->n_parts == 1 ? "was" : "were");

      wsi_output_error (text);
    }
}

void
wsi_listing_clear (WsiListing *self)
{
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  wsi_decoded_view_clear (&self->decoded);
  g_clear_pointer (&self->redactor, wsi_redactor_free);
  if (self->line != NULL)
    g_string_free (g_steal_pointer (&self->line), TRUE);
  g_clear_pointer (&self->filter, wsi_filter_unref);
}

gboolean
wsi_listing_is_text (const WsiListing *self)
{
  return self->fields == NULL &&
         (self->options->format == WSI_PRINT_TEXT || self->options->format == WSI_PRINT_HEX ||
          self->options->format == WSI_PRINT_TREE);
}

gboolean
wsi_listing_is_json (const WsiListing *self)
{
  return self->fields == NULL &&
         (self->options->format == WSI_PRINT_JSON || self->options->format == WSI_PRINT_JSONL);
}

gboolean
wsi_listing_is_by_message (const WsiListing *self)
{
  return self->options->is_by_message || self->options->format == WSI_PRINT_PAYLOAD;
}

gboolean
wsi_listing_wants_message (const WsiListing *self)
{
  return self->fields != NULL || wsi_listing_is_json (self) ||
         self->options->format == WSI_PRINT_TREE;
}

gsize
wsi_listing_get_max_payload (const WsiListing *self)
{
  return self->fields == NULL && self->options->format == WSI_PRINT_TEXT &&
         !self->options->is_followed
         ? WSI_SUMMARY_LENGTH : G_MAXSIZE;
}

static gboolean
listing_is_control (const WspFrameRecord *frame)
{
  switch (wsp_frame_record_get_kind (frame))
    {
    case WSP_FRAME_KIND_CLOSE:
    case WSP_FRAME_KIND_PING:
    case WSP_FRAME_KIND_PONG:
      return TRUE;
    case WSP_FRAME_KIND_CONTINUATION:
    case WSP_FRAME_KIND_TEXT:
    case WSP_FRAME_KIND_BINARY:
    case WSP_FRAME_KIND_RESERVED:
    case WSP_FRAME_KIND_BYTES:
      return FALSE;
    }

  g_assert_not_reached ();
}

/* With --format=payload, bytes outside of frames and control frames are not printed. */
gboolean
wsi_listing_wants (const WsiListing     *self,
                   const WspFrameRecord *frame)
{
  gboolean is_payload = self->options->format == WSI_PRINT_PAYLOAD;

  if (is_payload && wsp_frame_record_get_kind (frame) == WSP_FRAME_KIND_BYTES)
    return FALSE;

  return !wsi_listing_is_full (self) &&
         !((self->options->hides_control || is_payload) && listing_is_control (frame));
}

gboolean
wsi_listing_is_full (const WsiListing *self)
{
  return self->options->limit >= 0 && self->n_frames >= (guint64) self->options->limit;
}

static void
check_full (WsiListing *self)
{
  if (self->on_full == NULL || !wsi_listing_is_full (self))
    return;

  g_idle_add (self->on_full, self->full_data);
  self->on_full = NULL;
}

void
wsi_listing_set_on_full (WsiListing *self,
                         GSourceFunc on_full,
                         gpointer    user_data)
{
  self->on_full = on_full;
  self->full_data = user_data;
  check_full (self);
}

/* Prints an element of the array, or a line. */
static void
print_json (WsiListing     *self,
            WsiJsonPrinter *json)
{
  g_autofree char *text = wsi_json_printer_steal (json);

  if (self->options->format == WSI_PRINT_JSON)
    wsi_output_line ("%s%s", self->is_begun ? "," : "[", text);
  else
    wsi_output_line ("%s", text);
  self->is_begun = TRUE;
}

static void
print_json_frame (WsiListing         *self,
                  const WsiFrameView *view)
{
  WsiJsonPrinter json;

  wsi_json_printer_init (&json);
  wsi_json_printer_open (&json, NULL, '{');
  if (self->fields == NULL)
    wsi_frame_view_add_members (view, &json);
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    {
      const WsiColumn *field = self->fields->pdata[i];
      WsiCell value = wsi_column_get (field, view);

      wsi_cell_add (&value, &json, field->name);
      g_free (value.text);
    }
  wsi_json_printer_close (&json, '}');
  print_json (self, &json);
}

/* Prints the values with a tab between them; a tab in a value is escaped.  A file or a pipe is
 * UTF-8 in each locale. */
static void
listing_print_fields (WsiListing         *self,
                      const WsiFrameView *view)
{
  WsiCharset charset = self->screen.is_terminal ? self->charset : WSI_CHARSET_UTF8;
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const WsiColumn *field = self->fields->pdata[i];
      WsiCell value = wsi_column_get (field, view);
      g_autofree char *text = wsi_cell_format (&value, charset);

      g_string_append_printf (line, "%s%s", i > 0 ? "\t" : "", text);
      g_free (value.text);
    }
  wsi_output_line ("%s", line->str);
}

/* Whether all bytes of the message are known. */
static gboolean
listing_is_whole (const WsiFrameView *view)
{
  const WspFrameFlags parts = WSP_FRAME_FLAGS_CUT | WSP_FRAME_FLAGS_GAP |
                              WSP_FRAME_FLAGS_TRUNCATED | WSP_FRAME_FLAGS_REST;

  return view->payload != NULL && !view->is_unfinished && (view->frame.flags & parts) == 0;
}

/* A terminal gets a peer's bytes escaped.  A part of a message is not printed, because it would
 * pass for a whole one. */
static void
listing_print_payload (WsiListing         *self,
                       const WsiFrameView *view)
{
  GBytes *payload = view->payload;
  gsize length = payload != NULL ? g_bytes_get_size (payload) : 0;
  g_autofree char *text = NULL;

  if (!listing_is_whole (view))
    {
      self->n_frames--;
      self->n_parts++;
      return;
    }

  if (self->options->is_base64)
    text = g_base64_encode (wsi_bytes_get_data (payload, NULL), length);
  else if (self->screen.is_terminal)
    text = wsi_text_escape (payload, G_MAXSIZE, self->charset);

  if (text != NULL)
    wsi_output_bytes (text, strlen (text));
  else
    wsi_output_bytes (wsi_bytes_get_data (payload, NULL), length);
  if (!self->options->is_bare)
    wsi_output_bytes (self->options->is_null ? "\0" : "\n", 1);
}

static WsiTint
choose_tint (const WspFrameRecord *frame)
{
  if (frame->fault != 0)
    return WSI_TINT_FAULT;
  if (listing_is_control (frame))
    return WSI_TINT_CONTROL;

  return frame->direction == WSP_DIRECTION_SENT ? WSI_TINT_SENT : WSI_TINT_RECEIVED;
}

/* Where the time is not known, the offset in the stream is printed. */
static void
listing_append_time (const WsiListing   *self,
                     const WsiFrameView *view,
                     GString            *line)
{
  g_autofree char *wall = self->options->is_utc ? wsi_frame_format_time (view) : NULL;

  if (view->time_us == WSI_NO_TIME)
    {
      g_string_append_printf (line, "@%-10" G_GUINT64_FORMAT, view->frame.offset);
    }
  else if (wall != NULL)
    {
      g_string_append (line, wall);
    }
  else if (view->time_us < 0)
    {
      g_autofree char *time = wsi_row_format_print_span (view->time_us);

      g_string_append_printf (line, "%11s", time);
    }
  else
    {
      wsi_append_number (line, view->time_us / G_USEC_PER_SEC, 4, ' ');
      g_string_append_c (line, '.');
      wsi_append_number (line, view->time_us % G_USEC_PER_SEC, 6, '0');
    }
}

/* Appends number, time, connection, direction and kind. */
static void
append_begin (const WsiListing   *self,
              const WsiFrameView *view,
              GString            *line)
{
  const char *kind = wsi_summary_name_kind (&view->frame);
  gsize n_kind = strlen (kind);

  wsi_append_number (line, view->number, 6, ' ');
  g_string_append_c (line, ' ');
  listing_append_time (self, view, line);
  if (view->conversation != 0)
    {
      wsi_append_literal (line, " #");
      wsi_append_number (line, view->conversation, 0, ' ');
    }
  wsi_append_bytes (line, view->frame.direction == WSP_DIRECTION_SENT ? " -> " : " <- ", 4);
  wsi_append_bytes (line, kind, n_kind);
  wsi_append_bytes (line, "             ", KIND_COLUMNS - MIN (n_kind, KIND_COLUMNS - 1));
}

/* Prints the whole payload: text escaped, other payload in hexadecimal digits. */
static void
print_whole (WsiListing         *self,
             const WsiFrameView *view)
{
  g_autofree char *text = NULL;

  g_string_assign (self->line, view->frame.direction == WSP_DIRECTION_SENT ? "-> " : "<- ");
  wsi_frame_view_append_flags (view, self->line);

  if (view->payload == NULL)
    text = g_strdup ("(not kept)");
  else if (wsi_summary_choose_form (&view->frame, view->payload) == WSI_SUMMARY_TEXT)
    text = wsi_text_escape (view->payload, G_MAXSIZE, self->charset);
  else
    text = wsi_hex_line (view->payload, G_MAXSIZE);

  wsi_screen_print (&self->screen, choose_tint (&view->frame), self->line->str, text);
}

/* The last fragment of a message shows its own bytes, not the summary of the message. */
static void
append_summary (const WsiListing   *self,
                GString            *line,
                const WsiFrameView *view)
{
  const char *summary = view->message == NULL ? wsi_decoded_view_get_summary (view->decoded)
                                              : NULL;

  if (summary != NULL)
    wsi_text_append_sentence (line, summary, self->charset);
  else
    wsi_summary_append (line, &view->frame, view->payload, self->charset);
}

static void
listing_print_line (WsiListing         *self,
                    const WsiFrameView *view)
{
  WsiTint tint = self->screen.has_colors ? choose_tint (&view->frame) : WSI_TINT_NONE;

  g_string_truncate (self->line, 0);
  append_begin (self, view, self->line);
  wsi_frame_view_append (view, self->line);
  append_summary (self, self->line, view);
  if (view->round_trip_us >= 0)
    g_string_append_printf (self->line, "  after %.3f ms", view->round_trip_us / 1000.0);
  wsi_screen_line (&self->screen, tint, self->line);
  for (guint i = 0; i < view->n_faults; i++)
    {
      g_string_printf (self->line, "       FAULT: %s", wsp_fault_describe (view->faults[i]));
      wsi_screen_line (&self->screen, tint, self->line);
    }
}

static void
print_dump (const WsiFrameView *view)
{
  g_autofree char *dump = view->payload != NULL && g_bytes_get_size (view->payload) > 0
                          ? wsi_hex_dump (view->payload, G_MAXSIZE) : NULL;

  if (dump != NULL)
    wsi_output_line ("%s", g_strchomp (dump));
}

static void
listing_print_part (const char *line,
                    gpointer    listing)
{
  WsiListing *self = listing;

  g_string_assign (self->line, "       ");
  g_string_append (self->line, line);
  wsi_screen_line (&self->screen, WSI_TINT_NONE, self->line);
}

/* Prints the tree once for each message, at its last frame. */
static void
print_tree (WsiListing         *self,
            const WsiFrameView *view)
{
  gboolean is_whole_frame = view->record == NULL ||
                            (view->record->flags & WSI_RECORD_FRAGMENT) == 0;

  if (is_whole_frame || view->n_frames > 0 || view->message != NULL)
    wsi_decoded_view_print_tree (view->decoded, self->charset, listing_print_part, self);
}

static void
listing_print_view (WsiListing         *self,
                    const WsiFrameView *view)
{
  switch (self->options->format)
    {
    case WSI_PRINT_JSON:
    case WSI_PRINT_JSONL:
      print_json_frame (self, view);
      return;
    case WSI_PRINT_PAYLOAD:
      listing_print_payload (self, view);
      return;
    case WSI_PRINT_TEXT:
    case WSI_PRINT_HEX:
    case WSI_PRINT_TREE:
      if (self->fields != NULL)
        listing_print_fields (self, view);
      else if (self->options->is_followed)
        print_whole (self, view);
      else
        listing_print_line (self, view);
      if (self->options->format == WSI_PRINT_HEX)
        print_dump (view);
      if (self->options->format == WSI_PRINT_TREE && self->fields == NULL)
        print_tree (self, view);
      return;
    }

  g_assert_not_reached ();
}

/* Whether a frame is described: not if its bytes are masked, or it continues a message. */
static gboolean
may_describe (const WsiListing   *self,
              const WsiFrameView *view)
{
  gboolean is_later_fragment = view->n_frames == 0 && view->message == NULL &&
                               view->record->kind == WSP_FRAME_KIND_CONTINUATION;

  return !is_later_fragment && self->options->format != WSI_PRINT_PAYLOAD &&
         !self->options->is_masked &&
         (!self->options->is_followed || self->options->format == WSI_PRINT_TREE);
}

/* Whether the payload is shown without hiding a part, as most payload is by default. */
static gboolean
listing_is_open (const WsiListing   *self,
                 const WsiFrameView *view)
{
  return view->record != NULL && !wsi_redactor_hides_payload (self->redactor, view->record);
}

static GBytes *
listing_hide (WsiListing         *self,
              const WsiFrameView *view,
              GBytes             *payload)
{
  const WsiRecord alone = { .kind = wsp_frame_record_get_kind (&view->frame) };

  return wsi_redactor_hide_payload (self->redactor, view->record != NULL ? view->record : &alone,
                                    payload);
}

static void
listing_describe (WsiListing   *self,
                  WsiFrameView *view)
{
  g_autoptr (GBytes) message =
    view->message != NULL ? listing_hide (self, view, view->message) : NULL;

  view->decoded = &self->decoded;
  self->decoded.is_redacted = self->options->redact == WSI_REDACTION_STRICT;
  self->decoded.decoder = NULL;
  if (may_describe (self, view))
    wsi_decoded_view_set (&self->decoded, view->number - 1, view->record,
                          message != NULL ? message : view->payload);
}

void
wsi_listing_add_frame (WsiListing   *self,
                       WsiFrameView *view)
{
  GBytes *open = view->payload;
  g_autoptr (GBytes) hidden = listing_is_open (self, view) ? NULL : listing_hide (self, view, open);

  if (hidden != NULL)
    view->payload = hidden;
  listing_describe (self, view);
  self->n_frames++;
  listing_print_view (self, view);
  check_full (self);
  view->payload = open;
}

void
wsi_listing_begin_event (WsiJsonPrinter *event,
                         const char     *name,
                         guint32         conversation)
{
  wsi_json_printer_init (event);
  wsi_json_printer_open (event, NULL, '{');
  wsi_json_printer_string (event, "event", name);
  if (conversation != 0)
    wsi_json_printer_number (event, "conn", conversation);
}

void
wsi_listing_add_event (WsiListing     *self,
                       WsiJsonPrinter *event)
{
  wsi_json_printer_close (event, '}');
  print_json (self, event);
}

void
wsi_listing_print_place (WsiListing *self,
                         const char *uri,
                         const char *target)
{
  g_autofree char *text = target != NULL
                          ? g_strconcat ("Listening on ", uri, " for ", target, NULL)
                          : g_strconcat ("Listening on ", uri, NULL);
  WsiJsonPrinter event;

  if (wsi_listing_is_json (self))
    {
      wsi_listing_begin_event (&event, "listening", 0);
      wsi_json_printer_string (&event, "uri", uri);
      if (target != NULL)
        wsi_json_printer_string (&event, "target", target);
      wsi_listing_add_event (self, &event);
    }
  else if (wsi_listing_is_text (self))
    wsi_output_line ("%s", text);
  else
    wsi_output_error (text);
}
