/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-frame-view.h"

#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-number.h"
#include "inspect/decode/wsi-summary.h"
#include "inspect/show/columns/wsi-row-format.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-tags.h"

static WsiCell
make_number (guint64 number)
{
  return (WsiCell) { WSI_CELL_NUMBER, number, NULL };
}

static WsiCell
make_flag (gboolean is_set)
{
  return (WsiCell) { WSI_CELL_FLAG, is_set, NULL };
}

/* Takes ownership of the text. */
static WsiCell
make_string (char *text)
{
  return (WsiCell) { text != NULL ? WSI_CELL_STRING : WSI_CELL_NONE, 0, text };
}

static WsiCell
make_seconds (gint64 time_us)
{
  return (WsiCell) { WSI_CELL_LITERAL, 0, wsi_row_format_print_span (time_us) };
}

static WsiCell
frame_view_get_number (const WsiFrameView *view)
{
  return make_number (view->number);
}

static WsiCell
frame_view_get_seconds (const WsiFrameView *view)
{
  return view->time_us == WSI_NO_TIME ? make_string (NULL) : make_seconds (view->time_us);
}

char *
wsi_frame_format_time (const WsiFrameView *view)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (view->wall_us / G_USEC_PER_SEC);
  g_autofree char *text = second != NULL ? g_date_time_format (second, "%Y-%m-%dT%H:%M:%S") : NULL;

  if (text == NULL || view->wall_us <= 0)
    return NULL;

  return g_strdup_printf ("%s.%06dZ", text, (int) (view->wall_us % G_USEC_PER_SEC));
}

static WsiCell
frame_view_get_time (const WsiFrameView *view)
{
  return make_string (wsi_frame_format_time (view));
}

static WsiCell
frame_view_get_conversation (const WsiFrameView *view)
{
  return make_number (MAX (view->conversation, 1));
}

static WsiCell
frame_view_get_direction (const WsiFrameView *view)
{
  return make_string (g_strdup (view->frame.direction == WSP_DIRECTION_SENT ? "sent" : "recv"));
}

static WsiCell
frame_view_get_kind (const WsiFrameView *view)
{
  return make_string (g_strdup (wsi_summary_name_kind (&view->frame)));
}

/* FALSE: the view is a message whose source did not say of which frames it consists. */
static gboolean
frame_view_is_known (const WsiFrameView *view)
{
  return view->record == NULL || (view->record->flags & WSI_RECORD_NO_FRAME) == 0;
}

/* Whether the view has a frame header: bytes outside of frames have none. */
static gboolean
frame_view_is_frame (const WsiFrameView *view)
{
  return wsp_frame_record_get_kind (&view->frame) != WSP_FRAME_KIND_BYTES;
}

static WsiCell
frame_view_get_opcode (const WsiFrameView *view)
{
  return frame_view_is_frame (view) ? make_number (view->frame.opcode) : make_string (NULL);
}

/* The cell for a bit, which is empty for a message whose frames are not known. */
static WsiCell
make_bit (const WsiFrameView *view,
          gboolean            is_set)
{
  return frame_view_is_frame (view) && frame_view_is_known (view) ? make_flag (is_set)
    : make_string (NULL);
}

static WsiCell
frame_view_get_fin (const WsiFrameView *view)
{
  return make_bit (view, view->frame.fin);
}

static WsiCell
frame_view_get_rsv1 (const WsiFrameView *view)
{
  return make_bit (view, (view->frame.rsv & 4) != 0);
}

static WsiCell
frame_view_get_rsv2 (const WsiFrameView *view)
{
  return make_bit (view, (view->frame.rsv & 2) != 0);
}

static WsiCell
frame_view_get_rsv3 (const WsiFrameView *view)
{
  return make_bit (view, (view->frame.rsv & 1) != 0);
}

static WsiCell
frame_view_get_masked (const WsiFrameView *view)
{
  return make_bit (view, view->frame.masked);
}

static WsiCell
frame_view_get_mask (const WsiFrameView *view)
{
  return make_string (view->frame.masked ? g_strdup_printf ("%08x", view->frame.masking_key)
                                         : NULL);
}

static gboolean
frame_view_is_stopped (const WsiFrameView *view)
{
  return (view->frame.flags & WSP_FRAME_FLAGS_STOPPED) != 0;
}

static WsiCell
frame_view_get_length (const WsiFrameView *view)
{
  WsiCell none = { WSI_CELL_NONE, 0, NULL };

  return frame_view_is_stopped (view) ? none : make_number (view->frame.inflated_length);
}

/* The bound of a length that is not known: the length exceeds this number. */
static WsiCell
frame_view_get_length_bound (const WsiFrameView *view)
{
  WsiCell none = { WSI_CELL_NONE, 0, NULL };

  return frame_view_is_stopped (view) ? make_number (view->frame.inflated_length) : none;
}

static WsiCell
frame_view_get_wire_length (const WsiFrameView *view)
{
  WsiCell none = { WSI_CELL_NONE, 0, NULL };

  return view->wire_length == 0 ? none : make_number (view->wire_length);
}

static WsiCell
get_frames (const WsiFrameView *view)
{
  WsiCell none = { WSI_CELL_NONE, 0, NULL };

  return view->n_frames == 0 ? none : make_number (view->n_frames);
}

static WsiCell
frame_view_get_round_trip (const WsiFrameView *view)
{
  return view->round_trip_us < 0 ? make_string (NULL) : make_seconds (view->round_trip_us);
}

static WsiCell
frame_view_get_offset (const WsiFrameView *view)
{
  return make_number (view->frame.offset);
}

static WsiCell
frame_view_get_close_code (const WsiFrameView *view)
{
  WsiCell none = { WSI_CELL_NONE, 0, NULL };

  return view->frame.close_code == 0 ? none : make_number (view->frame.close_code);
}

/* NULL: the bytes are not UTF-8, or have a NUL byte. */
static char *
frame_view_dup_text (GBytes *bytes)
{
  gsize length;
  const char *at = bytes != NULL ? wsi_bytes_get_data (bytes, &length) : NULL;

  if (bytes == NULL || (length > 0 && !g_utf8_validate_len (at, length, NULL)))
    return NULL;

  return length > 0 ? g_strndup (at, length) : g_strdup ("");
}

static WsiCell
frame_view_get_close_reason (const WsiFrameView *view)
{
  g_autoptr (GBytes) reason = view->frame.close_code != 0 && view->payload != NULL
                              ? wsp_frame_record_dup_close_reason (&view->frame, view->payload)
                              : NULL;

  return make_string (frame_view_dup_text (reason));
}

static WsiCell
get_faults (const WsiFrameView *view)
{
  GString *text = view->n_faults > 0 ? g_string_new (NULL) : NULL;

  for (guint i = 0; i < view->n_faults; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            wsp_fault_describe (view->faults[i]));
  return (WsiCell) { WSI_CELL_LIST, 0, text != NULL ? g_string_free (text, FALSE) : NULL };
}

static gboolean
frame_view_is_hidden (const WsiFrameView *view)
{
  return view->record != NULL && view->record->is_hidden;
}

/* Words for everything unusual about a frame, with the separator between them; NULL = nothing is
 * unusual. */
static char *
format_flags (const WsiFrameView *view,
              const char         *separator)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  guint position = 0;
  const char *word;

  if (view->is_unfinished)
    g_ptr_array_add (words, (gpointer) WSI_SUMMARY_UNFINISHED);
  if (frame_view_is_hidden (view))
    g_ptr_array_add (words, (gpointer) WSI_SUMMARY_HIDDEN);
  while ((word = wsi_summary_name_flag (view->frame.flags, &position)) != NULL)
    g_ptr_array_add (words, (gpointer) word);
  g_ptr_array_add (words, NULL);
  return words->len > 1 ? g_strjoinv (separator, (char **) words->pdata) : NULL;
}

static WsiCell
frame_view_get_flags (const WsiFrameView *view)
{
  g_autofree char *words = format_flags (view, "\n");

  if (view->payload != NULL)
    return (WsiCell) { WSI_CELL_LIST, 0, g_steal_pointer (&words) };

  return (WsiCell) { WSI_CELL_LIST, 0, words == NULL ? g_strdup (WSI_SUMMARY_NOT_KEPT)
                                       : g_strconcat (words, "\n" WSI_SUMMARY_NOT_KEPT, NULL) };
}

static gboolean
frame_view_is_text (const WsiFrameView *view)
{
  gsize length;
  const char *at = view->payload != NULL ? wsi_bytes_get_data (view->payload, &length) : NULL;

  return at != NULL && wsi_summary_is_text (&view->frame, at, length);
}

static WsiCell
frame_view_get_text (const WsiFrameView *view)
{
  return make_string (frame_view_is_text (view) ? frame_view_dup_text (view->payload) : NULL);
}

static WsiCell
frame_view_get_base64 (const WsiFrameView *view)
{
  gsize length;
  const guint8 *at = view->payload != NULL ? wsi_bytes_get_data (view->payload, &length) : NULL;

  if (at == NULL || frame_view_is_text (view))
    return make_string (NULL);

  return make_string (length > 0 ? g_base64_encode (at, length) : g_strdup (""));
}

static WsiCell
get_decoder (const WsiFrameView *view)
{
  return make_string (g_strdup (wsi_decoded_view_get_name (view->decoded)));
}

static WsiCell
frame_view_get_summary (const WsiFrameView *view)
{
  return make_string (g_strdup (wsi_decoded_view_get_summary (view->decoded)));
}

static WsiCell
frame_view_get_comment (const WsiFrameView *view)
{
  return make_string (g_strdup (view->comment));
}

static WsiCell
frame_view_get_tags (const WsiFrameView *view)
{
  g_auto (GStrv) tags = wsi_tags_list (view->comment);

  return (WsiCell) { WSI_CELL_LIST, 0, tags[0] != NULL ? g_strjoinv ("\n", tags) : NULL };
}

static WsiCell
frame_view_get_payload_length (const WsiFrameView *view)
{
  return frame_view_is_known (view) ? make_number (view->frame.payload_length) : make_string (NULL);
}

static WsiCell
frame_view_get_bytes (const WsiFrameView *view)
{
  gsize length;
  const guint8 *at = view->payload != NULL ? wsi_bytes_get_data (view->payload, &length) : NULL;

  return make_string (at != NULL ? wsi_hex_digits (at, length) : NULL);
}

static WsiCell
frame_view_get_language (const WsiFrameView *view)
{
  const WsiDecoder *decoder = view->decoded->decoder;

  return make_string (decoder != NULL ? g_strdup (decoder->name) : NULL);
}

typedef enum
{
  IN_BOTH,
  IN_OBJECTS,                   /* a member of JSON objects; for -e the filter reads this field */
  IN_FIELDS,                    /* a field for -e that JSON objects do not have */
} Place;

/* Fields that are read from the view instead of the row, because the view may be a whole message,
 * and redacted.  The names are those of filters. */
static const struct
{
  const char *name;
  WsiGetCell  get;
  Place       place;
} views[] = {
  { "no", frame_view_get_number, IN_BOTH },
  { "t", frame_view_get_seconds, IN_BOTH },
  { "time", frame_view_get_time, IN_BOTH },
  { "conn", frame_view_get_conversation, IN_BOTH },
  { "dir", frame_view_get_direction, IN_BOTH },
  { "type", frame_view_get_kind, IN_BOTH },
  { "opcode", frame_view_get_opcode, IN_BOTH },
  { "fin", frame_view_get_fin, IN_BOTH },
  { "rsv1", frame_view_get_rsv1, IN_BOTH },
  { "rsv2", frame_view_get_rsv2, IN_BOTH },
  { "rsv3", frame_view_get_rsv3, IN_BOTH },
  { "masked", frame_view_get_masked, IN_BOTH },
  { "mask", frame_view_get_mask, IN_BOTH },
  { "len", frame_view_get_length, IN_BOTH },
  { "len_more_than", frame_view_get_length_bound, IN_OBJECTS },
  { "payload", frame_view_get_payload_length, IN_FIELDS },
  { "wire", frame_view_get_wire_length, IN_BOTH },
  { "frames", get_frames, IN_OBJECTS },
  { "rtt", frame_view_get_round_trip, IN_BOTH },
  { "offset", frame_view_get_offset, IN_BOTH },
  { "flags", frame_view_get_flags, IN_BOTH },
  { "issues", get_faults, IN_BOTH },
  { "close.code", frame_view_get_close_code, IN_BOTH },
  { "close.reason", frame_view_get_close_reason, IN_BOTH },
  { "text", frame_view_get_text, IN_BOTH },
  { "base64", frame_view_get_base64, IN_BOTH },
  { "bytes", frame_view_get_bytes, IN_FIELDS },
  { "decoder", get_decoder, IN_OBJECTS },
  { "lang", frame_view_get_language, IN_FIELDS },
  { "summary", frame_view_get_summary, IN_BOTH },
  { "comment", frame_view_get_comment, IN_BOTH },
  { "tag", frame_view_get_tags, IN_BOTH },
};

WsiGetCell
wsi_frame_view_find (const WsiFieldReader *reader)
{
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    if (views[i].place != IN_OBJECTS && wsi_field_reader_is_of (reader, views[i].name))
      return views[i].get;

  return NULL;
}

/* Adds a list.  text: an element in each line; NULL = no elements. */
static void
add_list (WsiJsonPrinter *json,
          const char     *name,
          const char     *text)
{
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  wsi_json_printer_open (json, name, '[');
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    wsi_json_printer_string (json, NULL, lines[i]);
  wsi_json_printer_close (json, ']');
}

void
wsi_cell_add (const WsiCell  *value,
              WsiJsonPrinter *json,
              const char     *name)
{
  switch (value->kind)
    {
    case WSI_CELL_NONE:
      break;
    case WSI_CELL_NUMBER:
      wsi_json_printer_number (json, name, value->number);
      break;
    case WSI_CELL_FLAG:
      wsi_json_printer_literal (json, name, value->number != 0 ? "true" : "false");
      break;
    case WSI_CELL_LITERAL:
      wsi_json_printer_literal (json, name, value->text);
      break;
    case WSI_CELL_STRING:
      wsi_json_printer_string (json, name, value->text);
      break;
    case WSI_CELL_LIST:
      add_list (json, name, value->text);
      break;
    }
}

void
wsi_frame_view_add_members (const WsiFrameView *view,
                            WsiJsonPrinter     *json)
{
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    if (views[i].place != IN_FIELDS)
      {
        WsiCell value = views[i].get (view);

        wsi_cell_add (&value, json, views[i].name);
        g_free (value.text);
      }
}

/* Appends the reserved bits that are set, and for an inflated frame its length on the wire. */
static void
frame_view_append_extension (GString            *line,
                             const WsiFrameView *view)
{
  const WspFrameRecord *frame = &view->frame;

  for (guint i = 1; i <= 3; i++)
    if (frame->rsv & 8 >> i)
      g_string_append_printf (line, "RSV%u  ", i);
  if (frame->inflated_length != frame->payload_length)
    g_string_append_printf (line, "(%" G_GUINT64_FORMAT " on the wire)  ", view->wire_length);
}

void
wsi_frame_view_append_flags (const WsiFrameView *view,
                             GString            *line)
{
  gboolean is_usual = (view->frame.flags & ~WSP_FRAME_FLAGS_COMPRESSED) == 0;
  g_autofree char *flags = is_usual && !view->is_unfinished && !frame_view_is_hidden (view)
                           ? NULL : format_flags (view, " ");

  if (flags != NULL)
    g_string_append_printf (line, "[%s]  ", flags);
}

/* Appends the number with the same width, so that the next columns keep their place. */
static void
frame_view_append_number (GString            *line,
                          const WsiFrameView *view)
{
  if (frame_view_is_stopped (view))
    g_string_append_printf (line, "> %" G_GUINT64_FORMAT, view->frame.inflated_length);
  else
    wsi_append_number (line, view->frame.inflated_length, 7, ' ');
}

/* Appends the number with "byte" or "bytes", with the same width, too. */
static void
append_length (GString            *line,
               const WsiFrameView *view)
{
  frame_view_append_number (line, view);
  wsi_append_bytes (line, view->frame.inflated_length == 1 ? " byte   " : " bytes  ", 8);
}

static void
append_frame (GString            *line,
              const WsiFrameView *view)
{
  const WspFrameRecord *frame = &view->frame;

  if (!frame_view_is_known (view))
    {
      wsi_append_literal (line, "    ");
      append_length (line, view);
      wsi_append_literal (line, "frames unknown ");
      return;
    }

  wsi_append_bytes (line, frame->fin ? "FIN " : "... ", 4);
  append_length (line, view);
  if (frame->masked)
    {
      wsi_append_literal (line, "mask ");
      wsi_append_hex (line, frame->masking_key);
      wsi_append_literal (line, "  ");
    }
  else
    wsi_append_literal (line, "no mask        ");
  frame_view_append_extension (line, view);
}

static void
append_message (GString            *line,
                const WsiFrameView *view)
{
  const char *separator = " (";

  frame_view_append_number (line, view);
  wsi_append_bytes (line, view->frame.inflated_length == 1 ? " byte " : " bytes", 6);
  if (view->wire_length > 0)
    {
      g_string_append_printf (line, " (%" G_GUINT64_FORMAT " on the wire", view->wire_length);
      separator = ", ";
    }
  if (view->n_frames > 1)
    g_string_append_printf (line, "%s%" G_GUINT64_FORMAT " frames", separator, view->n_frames);
  g_string_append (line, view->wire_length > 0 || view->n_frames > 1 ? ")  " : "  ");
}

void
wsi_frame_view_append (const WsiFrameView *view,
                       GString            *line)
{
  if (view->n_frames > 0)
    append_message (line, view);
  else
    append_frame (line, view);
  wsi_frame_view_append_flags (view, line);
}
