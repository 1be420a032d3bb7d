/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wrapped/wsi-gzip.h"

#define ZLIB_CONST              /* next_in points to bytes that stay as they are */
#include <glib/gi18n.h>
#include <zlib.h>

#define BUFFER_SIZE (16 * 1024)
#define MAX_PIECE (1u << 30)    /* bytes of one call, whose lengths have 32 bits */
#define WINDOW_GZIP (15 + 16)
#define WINDOW_ZLIB 15
#define MIN_PROBED_OUTPUT 1

static void
gzip_set_error (WsiWords words,
                int      result,
                gsize    offset,
                GError **error)
{
  if (result == Z_BUF_ERROR)
    g_set_error (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_CUT,
                 wsi_words_choose (words, N_("the bytes end before the compressed data (at offset "
                                             "%zu)")), offset);
  else
    g_set_error (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_INVALID,
                 wsi_words_choose (words, N_("damaged at offset %zu")), offset);
}

/* The bytes of all members: gzip may have several.  Without further bytes inflate () gives
 * Z_BUF_ERROR, which ends the loop. */
static void
inflate_all (const WsiDecodeInput *input,
             int                   window,
             WsiUnpacked          *unpacked,
             GError              **error)
{
  z_stream stream = { .next_in = input->at };
  guint8 buffer[BUFFER_SIZE];
  int result = inflateInit2 (&stream, window);

  while (result == Z_OK)
    {
      gsize n_read = stream.next_in - input->at;

      stream.avail_in = MIN (input->length - n_read, MAX_PIECE);
      stream.next_out = buffer;
      stream.avail_out = sizeof (buffer);
      result = inflate (&stream, Z_NO_FLUSH);
      n_read = stream.next_in - input->at;
      if (!wsi_unpacked_append (unpacked, buffer, sizeof (buffer) - stream.avail_out))
        {
          wsi_unpacked_set_limit_error (unpacked, n_read, error);
          break;
        }
      if (result == Z_STREAM_END && n_read < input->length && window == WINDOW_GZIP)
        result = inflateReset (&stream);
      else if (result == Z_STREAM_END && n_read < input->length)
        g_set_error (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_AFTER,
                     wsi_words_choose (input->words, input->length - n_read == 1
                                                     ? N_("%zu byte after its end")
                                                     : N_("%zu bytes after its end")),
                     input->length - n_read);
      else if (result != Z_STREAM_END && result != Z_OK)
        gzip_set_error (input->words, result, n_read, error);
    }
  inflateEnd (&stream);
}

static GBytes *
gzip_unwrap (const WsiDecodeInput *input,
             int                   window,
             gsize                 max_length,
             WsiMessageForm       *form,
             GError              **error)
{
  g_autoptr (GError) own_error = NULL;
  WsiUnpacked unpacked;
  GBytes *bytes;

  wsi_unpacked_init (&unpacked, max_length, input->words);
  if (input->length > 0)
    inflate_all (input, window, &unpacked, &own_error);
  else
    gzip_set_error (input->words, Z_BUF_ERROR, 0, &own_error);
  bytes = wsi_unpacked_finish (&unpacked, form, &own_error);
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return bytes;
}

static GBytes *
unwrap_gzip (const WsiDecodeInput *input,
             gsize                 max_length,
             WsiMessageForm       *form,
             GError              **error)
{
  return gzip_unwrap (input, WINDOW_GZIP, max_length, form, error);
}

static GBytes *
unwrap_zlib (const WsiDecodeInput *input,
             gsize                 max_length,
             WsiMessageForm       *form,
             GError              **error)
{
  return gzip_unwrap (input, WINDOW_ZLIB, max_length, form, error);
}

/* The signature, and the only method that there is. */
static guint
probe_gzip (const WsiDecodeInput *input)
{
  gboolean is_gzip = input->length >= 3 && input->at[0] == 0x1f && input->at[1] == 0x8b &&
                     input->at[2] == 8;

  return is_gzip ? WSI_SCORE_SURE : WSI_SCORE_NONE;
}

/* The header has no signature: its check, and a beginning that inflates, have to do. */
static guint
probe_zlib (const WsiDecodeInput *input)
{
  g_autoptr (GBytes) bytes = NULL;
  WsiMessageForm form;

  if (input->form == WSI_MESSAGE_TEXT || input->length < 6 || (input->at[0] & 0x0f) != 8 ||
      input->at[0] >> 4 > 7 || (input->at[0] << 8 | input->at[1]) % 31 != 0 ||
      (input->at[1] & 0x20) != 0)
    return WSI_SCORE_NONE;

  bytes = unwrap_zlib (input, MIN_PROBED_OUTPUT, &form, NULL);
  return bytes != NULL ? WSI_SCORE_LIKELY + 1 : WSI_SCORE_NONE;
}

const WsiDecoder wsi_gzip_decoder = {
  .name = "gzip", .title = "gzip", .probe = probe_gzip, .unwrap = unwrap_gzip,
  .begins = WSI_BEGIN_OTHER,
};

const WsiDecoder wsi_zlib_decoder = {
  .name = "zlib", .title = "zlib", .probe = probe_zlib, .unwrap = unwrap_zlib,
  .text_begins = WSI_BEGIN_NEVER,
};
