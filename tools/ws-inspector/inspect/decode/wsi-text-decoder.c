/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-text-decoder.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-hex.h"

#define MAX_READ 512
#define MAX_BYTES 24

static guint
probe_text (const WsiDecodeInput *input)
{
  g_autoptr (GBytes) bytes = NULL;

  if (input->form == WSI_MESSAGE_TEXT)
    return WSI_SCORE_FALLBACK;

  bytes = g_bytes_new_static (input->at, MIN (input->length, MAX_READ));
  return input->length > 0 && wsi_text_is_readable (bytes) ? WSI_SCORE_FALLBACK : WSI_SCORE_NONE;
}

static void
text_decoder_describe_text (const WsiDecodeInput *input,
                            WsiDescription       *description)
{
  wsi_description_append (description, "\"");
  wsi_description_append_peer (description, input->at, input->length);
  wsi_description_append (description, "\"");
}

static void
text_decoder_decode_text (const WsiDecodeInput *input,
                          WsiDecodeNode        *root)
{
  root->type = "text";
  wsi_decode_node_set_text (root, input->at, input->length);
}

static guint
probe_bytes (const WsiDecodeInput *input)
{
  return WSI_SCORE_BYTES;
}

static void
describe_bytes (const WsiDecodeInput *input,
                WsiDescription       *description)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (input->at, input->length);
  g_autofree char *line = wsi_hex_line (bytes, MAX_BYTES);

  wsi_description_append_word (description, line);
}

static void
decode_bytes (const WsiDecodeInput *input,
              WsiDecodeNode        *root)
{
  g_autofree char *line = wsi_hex_line (root->bytes, MAX_BYTES);

  root->type = "bytes";
  wsi_decode_node_set_value (root, "%s", line);
}

const WsiDecoder wsi_text_decoder = {
  .name = "text", .title = N_("Text"),
  .probe = probe_text, .describe = text_decoder_describe_text, .decode = text_decoder_decode_text,
};

const WsiDecoder wsi_bytes_decoder = {
  .name = "bytes", .title = N_("Bytes"),
  .probe = probe_bytes, .describe = describe_bytes, .decode = decode_bytes,
};
