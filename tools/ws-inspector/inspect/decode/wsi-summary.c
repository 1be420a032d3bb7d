/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-summary.h"

#include <glib/gi18n.h>
#include <libwsproto/wsproto.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_TEXT 256
#define MAX_OCTETS 24

const char *
wsi_summary_name_kind (const WspFrameRecord *frame)
{
  static const char *const names[] = {
    [WSP_FRAME_KIND_CONTINUATION] = "continuation", [WSP_FRAME_KIND_TEXT] = "text",
    [WSP_FRAME_KIND_BINARY] = "binary", [WSP_FRAME_KIND_CLOSE] = "close",
    [WSP_FRAME_KIND_PING] = "ping", [WSP_FRAME_KIND_PONG] = "pong",
    [WSP_FRAME_KIND_RESERVED] = "reserved", [WSP_FRAME_KIND_BYTES] = "bytes",
  };

  return names[wsp_frame_record_get_kind (frame)];
}

const char *
wsi_summary_name_flag (WspFrameFlags flags,
                       guint        *position)
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

  while (*position < G_N_ELEMENTS (words))
    {
      guint i = (*position)++;

      if (flags & words[i].flag)
        return words[i].word;
    }
  return NULL;
}

WsiSummaryForm
wsi_summary_choose_form (const WspFrameRecord *frame,
                         GBytes               *payload)
{
  switch (wsp_frame_record_get_kind (frame))
    {
    case WSP_FRAME_KIND_TEXT:
      return WSI_SUMMARY_TEXT;
    case WSP_FRAME_KIND_BINARY:
    case WSP_FRAME_KIND_CLOSE:
    case WSP_FRAME_KIND_RESERVED:
      return WSI_SUMMARY_HEX;
    case WSP_FRAME_KIND_CONTINUATION:
    case WSP_FRAME_KIND_PING:
    case WSP_FRAME_KIND_PONG:
    case WSP_FRAME_KIND_BYTES:
      return wsi_text_is_readable (payload) ? WSI_SUMMARY_TEXT : WSI_SUMMARY_HEX;
    }

  g_assert_not_reached ();
}

static gboolean
may_be_text (WspFrameKind kind)
{
  switch (kind)
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

gboolean
wsi_summary_is_text (const WspFrameRecord *frame,
                     gconstpointer         at,
                     gsize                 length)
{
  return may_be_text (wsp_frame_record_get_kind (frame)) &&
         (length == 0 || g_utf8_validate_len (at, length, NULL));
}

static void
summary_append_quoted (GString   *line,
                       GBytes    *bytes,
                       WsiCharset charset)
{
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);

  g_string_append_c (line, '"');
  wsi_text_append_escaped (line, at, length, MAX_TEXT, charset);
  g_string_append_c (line, '"');
}

char *
wsi_summary_explain_mark (const WspFrameRecord *frame,
                          GBytes               *payload)
{
  guint seconds;

  if (!wsp_frame_record_get_retry_after (frame, payload, &seconds))
    return NULL;

  return seconds == 0 ? g_strdup (_("sent to another server: back at once"))
                      : g_strdup_printf (_("back after %u s"), seconds);
}

static void
summary_append_close (GString              *line,
                      const WspFrameRecord *frame,
                      GBytes               *payload,
                      WsiCharset            charset)
{
  g_autoptr (GBytes) reason = wsp_frame_record_dup_close_reason (frame, payload);
  g_autofree char *mark = wsi_summary_explain_mark (frame, payload);

  g_string_append_printf (line, "%u ", frame->close_code);
  if (reason != NULL && g_bytes_get_size (reason) > 0)
    {
      summary_append_quoted (line, reason, charset);
      g_string_append_c (line, ' ');
    }
  if (mark != NULL)
    g_string_append_printf (line, "(%s) ", mark);
  g_string_append (line, _(wsp_close_code_describe (frame->close_code)));
}

void
wsi_summary_append (GString              *line,
                    const WspFrameRecord *frame,
                    GBytes               *payload,
                    WsiCharset            charset)
{
  gsize length;
  const guint8 *at = payload != NULL ? wsi_bytes_get_data (payload, &length) : NULL;

  if (wsp_frame_record_get_kind (frame) == WSP_FRAME_KIND_CLOSE)
    summary_append_close (line, frame, payload, charset);
  else if (payload == NULL)
    g_string_append (line, _("(not kept)"));
  else if (wsi_summary_choose_form (frame, payload) == WSI_SUMMARY_HEX)
    wsi_hex_append (line, at, length, MAX_OCTETS);
  else if (length > 0)
    summary_append_quoted (line, payload, charset);
}

char *
wsi_summary_new (const WspFrameRecord *frame,
                 GBytes               *payload,
                 WsiCharset            charset)
{
  GString *line = g_string_new (NULL);

  wsi_summary_append (line, frame, payload, charset);
  return g_string_free (line, FALSE);
}
