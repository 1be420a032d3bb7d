/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wrapped/wsi-brotli.h"

#include <brotli/decode.h>
#include <glib/gi18n.h>

#define BUFFER_SIZE (16 * 1024)
#define MIN_LIKELY_OUTPUT 16

static GBytes *
brotli_unwrap (const WsiDecodeInput *input,
               gsize                 max_length,
               WsiMessageForm       *form,
               GError              **error)
{
  BrotliDecoderState *state = BrotliDecoderCreateInstance (NULL, NULL, NULL);
  BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
  gsize n_left = input->length;
  const guint8 *next = input->at;
  g_autoptr (GError) own_error = NULL;
  WsiUnpacked unpacked;
  GBytes *bytes;

  wsi_unpacked_init (&unpacked, max_length, input->words);
  while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && own_error == NULL)
    {
      guint8 buffer[BUFFER_SIZE], *next_out = buffer;
      gsize n_free = sizeof (buffer);

      result = BrotliDecoderDecompressStream (state, &n_left, &next, &n_free, &next_out, NULL);
      if (!wsi_unpacked_append (&unpacked, buffer, sizeof (buffer) - n_free))
        wsi_unpacked_set_limit_error (&unpacked, input->length - n_left, &own_error);
    }
  BrotliDecoderDestroyInstance (state);

  if (own_error == NULL && result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
    g_set_error (&own_error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_CUT,
                 wsi_words_choose (input->words, N_("the bytes end before the compressed data (at "
                                                    "offset %zu)")), input->length);
  else if (own_error == NULL && result == BROTLI_DECODER_RESULT_ERROR)
    g_set_error (&own_error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_INVALID,
                 wsi_words_choose (input->words, N_("damaged before offset %zu")),
                 input->length - n_left);
  else if (own_error == NULL && n_left > 0)
    g_set_error (&own_error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_AFTER,
                 wsi_words_choose (input->words, n_left == 1 ? N_("%zu byte after its end")
                                                             : N_("%zu bytes after its end")),
                 n_left);
  bytes = wsi_unpacked_finish (&unpacked, form, &own_error);
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return bytes;
}

/* Brotli has no signature and no check, and many bytes are a beginning of it: only what becomes
 * text is taken for it.  To try costs more than all other formats together. */
static guint
brotli_probe (const WsiDecodeInput *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WsiMessageForm form;

  if (input->form == WSI_MESSAGE_TEXT || input->follows_unread)
    return WSI_SCORE_NONE;

  bytes = brotli_unwrap (input, WSI_PROBE_LENGTH, &form, &error);
  if (bytes == NULL || form != WSI_MESSAGE_TEXT || g_bytes_get_size (bytes) < MIN_LIKELY_OUTPUT)
    return WSI_SCORE_NONE;
  if (error == NULL || g_error_matches (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_LIMIT))
    return WSI_SCORE_LIKELY - 1;
  if (g_error_matches (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_CUT) &&
      input->extent == WSI_EXTENT_BEGINNING)
    return WSI_SCORE_LIKELY - 1;
  return WSI_SCORE_NONE;
}

const WsiDecoder wsi_brotli_decoder = {
  .name = "brotli", .title = "Brotli", .probe = brotli_probe, .unwrap = brotli_unwrap,
  .text_begins = WSI_BEGIN_NEVER,
};
