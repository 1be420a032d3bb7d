/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-payload.h"

#include "inspect/decode/wsi-hex.h"

#define MAX_TEXT 256
#define MAX_OCTETS 24

/* Untranslated, as the RFC has it. */
const char *
wsi_payload_name_kind (const WspFrameRecord *frame)
{
  switch (wsp_frame_record_get_kind (frame))
    {
    case WSP_FRAME_KIND_CONTINUATION:
      return "continuation";
    case WSP_FRAME_KIND_TEXT:
      return "text";
    case WSP_FRAME_KIND_BINARY:
      return "binary";
    case WSP_FRAME_KIND_CLOSE:
      return "close";
    case WSP_FRAME_KIND_PING:
      return "ping";
    case WSP_FRAME_KIND_PONG:
      return "pong";
    case WSP_FRAME_KIND_RESERVED:
      return "reserved";
    case WSP_FRAME_KIND_BYTES:
      return "bytes";
    }

  g_assert_not_reached ();
}

/* A continuation and a ping do not say what they hold: it is guessed. */
WsiPayloadForm
wsi_payload_choose_form (const WspFrameRecord *frame,
                         GBytes               *payload)
{
  switch (wsp_frame_record_get_kind (frame))
    {
    case WSP_FRAME_KIND_TEXT:
      return WSI_PAYLOAD_TEXT;
    case WSP_FRAME_KIND_BINARY:
    case WSP_FRAME_KIND_CLOSE:
    case WSP_FRAME_KIND_RESERVED:
      return WSI_PAYLOAD_HEX;
    case WSP_FRAME_KIND_CONTINUATION:
    case WSP_FRAME_KIND_PING:
    case WSP_FRAME_KIND_PONG:
    case WSP_FRAME_KIND_BYTES:
      return wsi_text_is_readable (payload) ? WSI_PAYLOAD_TEXT : WSI_PAYLOAD_HEX;
    }

  g_assert_not_reached ();
}

static char *
summarize_close (const WspFrameRecord *frame,
                 GBytes               *payload,
                 WsiCharset            charset)
{
  g_autoptr (GBytes) reason = wsp_frame_record_dup_close_reason (frame, payload);
  g_autofree char *text = NULL;

  if (reason == NULL || g_bytes_get_size (reason) == 0)
    return g_strdup_printf ("%u %s", frame->close_code,
                            wsp_close_code_describe (frame->close_code));

  text = wsi_text_escape (reason, MAX_TEXT, charset);
  return g_strdup_printf ("%u \"%s\" %s", frame->close_code, text,
                          wsp_close_code_describe (frame->close_code));
}

/* payload is NULL when it was not kept. */
char *
wsi_payload_summarize (const WspFrameRecord *frame,
                       GBytes               *payload,
                       WsiCharset            charset)
{
  g_autofree char *text = NULL;

  if (wsp_frame_record_get_kind (frame) == WSP_FRAME_KIND_CLOSE)
    return summarize_close (frame, payload, charset);

  if (payload == NULL)
    return g_strdup ("(not kept)");

  if (g_bytes_get_size (payload) == 0)
    return g_strdup ("");

  if (wsi_payload_choose_form (frame, payload) == WSI_PAYLOAD_HEX)
    return wsi_hex_line (payload, MAX_OCTETS);

  text = wsi_text_escape (payload, MAX_TEXT, charset);
  return g_strconcat ("\"", text, "\"", NULL);
}
