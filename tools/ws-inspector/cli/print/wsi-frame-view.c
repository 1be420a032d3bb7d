/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-frame-view.h"

#include "cli/print/wsi-output.h"
#include "inspect/decode/wsi-payload.h"
#include "inspect/tags/wsi-tags.h"
#include "inspect/memory/wsi-bytes.h"

#define NOT_KEPT "not-kept"
#define UNFINISHED "unfinished"

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

/* Takes the text. */
static WsiCell
make_string (char *text)
{
  return (WsiCell) { text != NULL ? WSI_CELL_STRING : WSI_CELL_NONE, 0, text };
}

static WsiCell
make_seconds (gint64 time_us)
{
  return (WsiCell) { WSI_CELL_LITERAL, 0,
                     g_strdup_printf ("%" G_GINT64_FORMAT ".%06d", time_us / G_USEC_PER_SEC,
                                      (int) (time_us % G_USEC_PER_SEC)) };
}

static WsiCell
get_number (const WsiFrameView *view)
{
  return make_number (view->number);
}

static WsiCell
get_seconds (const WsiFrameView *view)
{
  return view->time_us < 0 ? make_string (NULL) : make_seconds (view->time_us);
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
get_time (const WsiFrameView *view)
{
  return make_string (wsi_frame_format_time (view));
}

static WsiCell
get_conversation (const WsiFrameView *view)
{
  return make_number (MAX (view->conversation, 1));
}

static WsiCell
get_direction (const WsiFrameView *view)
{
  return make_string (g_strdup (view->frame.direction == WSP_DIRECTION_SENT ? "sent" : "recv"));
}

static WsiCell
get_kind (const WsiFrameView *view)
{
  return make_string (g_strdup (wsi_payload_name_kind (&view->frame)));
}

static WsiCell
get_opcode (const WsiFrameView *view)
{
  return make_number (view->frame.opcode);
}

gboolean
wsi_frame_is_known (const WsiFrameView *view)
{
  return view->record == NULL || (view->record->flags & WSI_RECORD_NO_FRAME) == 0;
}

/* A message of which the frames are not known has no bits. */
static WsiCell
make_bit (const WsiFrameView *view,
          gboolean            is_set)
{
  return wsi_frame_is_known (view) ? make_flag (is_set) : (WsiCell) { WSI_CELL_NONE, 0, NULL };
}

static WsiCell
get_fin (const WsiFrameView *view)
{
  return make_bit (view, view->frame.fin);
}

static WsiCell
get_rsv1 (const WsiFrameView *view)
{
  return make_bit (view, (view->frame.rsv & 4) != 0);
}

static WsiCell
get_rsv2 (const WsiFrameView *view)
{
  return make_bit (view, (view->frame.rsv & 2) != 0);
}

static WsiCell
get_rsv3 (const WsiFrameView *view)
{
  return make_bit (view, (view->frame.rsv & 1) != 0);
}

static WsiCell
get_masked (const WsiFrameView *view)
{
  return make_bit (view, view->frame.masked);
}

static WsiCell
get_mask (const WsiFrameView *view)
{
  return make_string (view->frame.masked ? g_strdup_printf ("%08x", view->frame.masking_key)
                                         : NULL);
}

static WsiCell
get_length (const WsiFrameView *view)
{
  return make_number (view->frame.inflated_length);
}

static WsiCell
get_wire_length (const WsiFrameView *view)
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
get_round_trip (const WsiFrameView *view)
{
  return view->round_trip_us < 0 ? make_string (NULL) : make_seconds (view->round_trip_us);
}

static WsiCell
get_offset (const WsiFrameView *view)
{
  return make_number (view->frame.offset);
}

static WsiCell
get_close_code (const WsiFrameView *view)
{
  WsiCell none = { WSI_CELL_NONE, 0, NULL };

  return view->frame.close_code == 0 ? none : make_number (view->frame.close_code);
}

/* NULL: it is no text, or a NUL byte is in it. */
static char *
dup_text (GBytes *bytes)
{
  gsize length;
  const char *at = bytes != NULL ? wsi_bytes_get_data (bytes, &length) : NULL;

  if (bytes == NULL || (length > 0 && !g_utf8_validate_len (at, length, NULL)))
    return NULL;

  return length > 0 ? g_strndup (at, length) : g_strdup ("");
}

static WsiCell
get_close_reason (const WsiFrameView *view)
{
  g_autoptr (GBytes) reason = view->frame.close_code != 0 && view->payload != NULL
                              ? wsp_frame_record_dup_close_reason (&view->frame, view->payload)
                              : NULL;

  return make_string (dup_text (reason));
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

char *
wsi_frame_format_flags (const WsiFrameView *view,
                        const char         *separator)
{
  static const struct
  {
    WspFrameFlags flag;
    const char   *word;
  } words[] = {
    { WSP_FRAME_FLAGS_REST, "rest-of-payload" }, { WSP_FRAME_FLAGS_GUESSED, "guessed" },
    { WSP_FRAME_FLAGS_CUT, "cut" }, { WSP_FRAME_FLAGS_GAP, "gap" },
    { WSP_FRAME_FLAGS_TRUNCATED, "truncated" }, { WSP_FRAME_FLAGS_COMPRESSED, "compressed" },
    { WSP_FRAME_FLAGS_NOT_INFLATED, "not-inflated" }, { WSP_FRAME_FLAGS_OPAQUE, "opaque" },
  };
  GString *text = view->is_unfinished ? g_string_new (UNFINISHED) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (!(view->frame.flags & words[i].flag))
        continue;

      if (text == NULL)
        text = g_string_new (words[i].word);
      else
        g_string_append_printf (text, "%s%s", separator, words[i].word);
    }

  return text != NULL ? g_string_free (text, FALSE) : NULL;
}

static WsiCell
get_flags (const WsiFrameView *view)
{
  g_autofree char *words = wsi_frame_format_flags (view, "\n");

  if (view->payload != NULL)
    return (WsiCell) { WSI_CELL_LIST, 0, g_steal_pointer (&words) };

  return (WsiCell) { WSI_CELL_LIST, 0, words == NULL ? g_strdup (NOT_KEPT)
                                       : g_strconcat (words, "\n" NOT_KEPT, NULL) };
}

static gboolean
is_text (const WsiFrameView *view)
{
  switch (wsp_frame_record_get_kind (&view->frame))
    {
    case WSP_FRAME_KIND_TEXT:
    case WSP_FRAME_KIND_CONTINUATION:
    case WSP_FRAME_KIND_PING:
    case WSP_FRAME_KIND_PONG:
      return TRUE;
    case WSP_FRAME_KIND_BINARY:
    case WSP_FRAME_KIND_CLOSE:
    case WSP_FRAME_KIND_RESERVED:
    case WSP_FRAME_KIND_BYTES:
      return FALSE;
    }

  g_assert_not_reached ();
}

static WsiCell
get_text (const WsiFrameView *view)
{
  return make_string (is_text (view) ? dup_text (view->payload) : NULL);
}

static WsiCell
get_base64 (const WsiFrameView *view)
{
  g_autofree char *text = is_text (view) ? dup_text (view->payload) : NULL;
  gsize length;
  const guint8 *at = view->payload != NULL ? wsi_bytes_get_data (view->payload, &length) : NULL;

  if (text != NULL || view->payload == NULL)
    return make_string (NULL);

  return make_string (length > 0 ? g_base64_encode (at, length) : g_strdup (""));
}

static WsiCell
get_decoder (const WsiFrameView *view)
{
  return make_string (g_strdup (wsi_decoded_view_get_name (view->decoded)));
}

static WsiCell
get_summary (const WsiFrameView *view)
{
  return make_string (g_strdup (wsi_decoded_view_get_summary (view->decoded)));
}

static WsiCell
get_comment (const WsiFrameView *view)
{
  return make_string (g_strdup (view->comment));
}

static WsiCell
get_tags (const WsiFrameView *view)
{
  g_auto (GStrv) tags = wsi_tags_list (view->comment);

  return (WsiCell) { WSI_CELL_LIST, 0, tags[0] != NULL ? g_strjoinv ("\n", tags) : NULL };
}

static const WsiColumn fields[] = {
  { "no", "number of the frame", get_number, NULL },
  { "t", "seconds since the start", get_seconds, NULL },
  { "time", "time of day, UTC", get_time, NULL },
  { "conn", "number of the connection", get_conversation, NULL },
  { "dir", "sent or recv", get_direction, NULL },
  { "type", "text, binary, continuation, ping, pong, close or reserved", get_kind, NULL },
  { "opcode", "opcode", get_opcode, NULL },
  { "fin", "FIN bit", get_fin, NULL },
  { "rsv1", "RSV1 bit", get_rsv1, NULL },
  { "rsv2", "RSV2 bit", get_rsv2, NULL },
  { "rsv3", "RSV3 bit", get_rsv3, NULL },
  { "masked", "MASK bit", get_masked, NULL },
  { "mask", "masking key", get_mask, NULL },
  { "len", "bytes of payload, inflated", get_length, NULL },
  { "wire", "bytes on the wire, with the header", get_wire_length, NULL },
  { "frames", "number of frames, of a message", get_frames, NULL },
  { "rtt", "seconds from the ping to this pong", get_round_trip, NULL },
  { "offset", "position in the bytes of its direction", get_offset, NULL },
  { "flags", "what is not usual about the frame, such as guessed or cut", get_flags, NULL },
  { "issues", "broken rules", get_faults, NULL },
  { "close.code", "close code", get_close_code, NULL },
  { "close.reason", "close reason", get_close_reason, NULL },
  { "text", "payload, if it is text", get_text, NULL },
  { "base64", "payload, if it is not", get_base64, NULL },
  { "decoder", "format of the message, if it is a known one", get_decoder, NULL },
  { "summary", "the message in one line, as its decoder describes it", get_summary, NULL },
  { "comment", "comment of the row, in a session file", get_comment, NULL },
  { "tag", "words of it with # before them", get_tags, NULL },
};

const WsiColumn *
wsi_columns_get_all (gsize *n_fields)
{
  *n_fields = G_N_ELEMENTS (fields);
  return fields;
}

/* A column of its own, or a field of a decoder. */
WsiColumn *
wsi_column_new (const char *name,
                GError    **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  WsiDecodedPath *path;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].name, name))
      return g_memdup2 (&fields[i], sizeof fields[i]);

  path = wsi_decoded_path_new (name);
  if (path != NULL)
    {
      WsiColumn *self = g_new0 (WsiColumn, 1);

      self->name = name;
      self->path = path;
      return self;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_string_append_printf (names, " %s", fields[i].name);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "unknown field \"%s\": expected one of%s, or a field of a decoder, such as json.a",
               name, names->str);
  return NULL;
}

void
wsi_column_free (WsiColumn *self)
{
  g_clear_pointer (&self->path, wsi_decoded_path_free);
  g_free (self);
}

WsiCell
wsi_column_get (const WsiColumn    *self,
                const WsiFrameView *view)
{
  gboolean is_literal = FALSE;
  char *text;

  if (self->path == NULL)
    return self->get (view);

  text = wsi_decoded_view_dup_values (view->decoded, self->path, &is_literal);
  if (text == NULL)
    return make_string (NULL);

  return (WsiCell) { is_literal ? WSI_CELL_LITERAL : WSI_CELL_STRING, 0, text };
}

/* text: lines; NULL = none. */
static void
add_list (WsiJson    *json,
          const char *name,
          const char *text)
{
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  wsi_json_open (json, name, '[');
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    wsi_json_string (json, NULL, lines[i]);
  wsi_json_close (json, ']');
}

void
wsi_cell_add (const WsiCell *value,
              WsiJson       *json,
              const char    *name)
{
  switch (value->kind)
    {
    case WSI_CELL_NONE:
      break;
    case WSI_CELL_NUMBER:
      wsi_json_number (json, name, value->number);
      break;
    case WSI_CELL_FLAG:
      wsi_json_literal (json, name, value->number != 0 ? "true" : "false");
      break;
    case WSI_CELL_LITERAL:
      wsi_json_literal (json, name, value->text);
      break;
    case WSI_CELL_STRING:
      wsi_json_string (json, name, value->text);
      break;
    case WSI_CELL_LIST:
      add_list (json, name, value->text);
      break;
    }
}

/* However long it is: a value that was cut looks like a whole one. */
static char *
escape_value (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return wsi_text_escape (bytes, G_MAXSIZE, wsi_output_get_charset ());
}

char *
wsi_cell_format (const WsiCell *value)
{
  switch (value->kind)
    {
    case WSI_CELL_NONE:
      return g_strdup ("");
    case WSI_CELL_NUMBER:
    case WSI_CELL_FLAG:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, value->number);
    case WSI_CELL_LITERAL:
    case WSI_CELL_STRING:
    case WSI_CELL_LIST:
      return escape_value (value->text != NULL ? value->text : "");
    }

  g_assert_not_reached ();
}
