/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-frame-view.h"

#include "inspect/decode/wsi-payload.h"

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

static WsiCell
get_fin (const WsiFrameView *view)
{
  return make_flag (view->frame.fin);
}

static WsiCell
get_rsv1 (const WsiFrameView *view)
{
  return make_flag ((view->frame.rsv & 4) != 0);
}

static WsiCell
get_rsv2 (const WsiFrameView *view)
{
  return make_flag ((view->frame.rsv & 2) != 0);
}

static WsiCell
get_rsv3 (const WsiFrameView *view)
{
  return make_flag ((view->frame.rsv & 1) != 0);
}

static WsiCell
get_masked (const WsiFrameView *view)
{
  return make_flag (view->frame.masked);
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
  const char *at = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

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
  const guint8 *at = view->payload != NULL ? g_bytes_get_data (view->payload, &length) : NULL;

  if (text != NULL || view->payload == NULL)
    return make_string (NULL);

  return make_string (length > 0 ? g_base64_encode (at, length) : g_strdup (""));
}

static const WsiColumn fields[] = {
  { "no", "number of the frame", get_number },
  { "t", "seconds since the start", get_seconds },
  { "time", "time of day, UTC", get_time },
  { "conn", "number of the connection", get_conversation },
  { "dir", "sent or recv", get_direction },
  { "type", "text, binary, continuation, ping, pong, close or reserved", get_kind },
  { "opcode", "opcode", get_opcode },
  { "fin", "FIN bit", get_fin },
  { "rsv1", "RSV1 bit", get_rsv1 },
  { "rsv2", "RSV2 bit", get_rsv2 },
  { "rsv3", "RSV3 bit", get_rsv3 },
  { "masked", "MASK bit", get_masked },
  { "mask", "masking key", get_mask },
  { "len", "bytes of payload, inflated", get_length },
  { "wire", "bytes on the wire, with the header", get_wire_length },
  { "frames", "number of frames, of a message", get_frames },
  { "rtt", "seconds from the ping to this pong", get_round_trip },
  { "offset", "position in the bytes of its direction", get_offset },
  { "flags", "what is not usual about the frame, such as guessed or cut", get_flags },
  { "issues", "broken rules", get_faults },
  { "close.code", "close code", get_close_code },
  { "close.reason", "close reason", get_close_reason },
  { "text", "payload, if it is text", get_text },
  { "base64", "payload, if it is not", get_base64 },
};

const WsiColumn *
wsi_columns_get_all (gsize *n_fields)
{
  *n_fields = G_N_ELEMENTS (fields);
  return fields;
}

const WsiColumn *
wsi_columns_find (const char *name,
                  GError    **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].name, name))
      return &fields[i];

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_string_append_printf (names, " %s", fields[i].name);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "unknown field \"%s\": expected one of%s", name, names->str);
  return NULL;
}
