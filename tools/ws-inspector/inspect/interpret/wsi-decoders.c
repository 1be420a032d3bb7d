/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/interpret/wsi-decoders.h"

#include "inspect/decode/binary/wsi-cbor.h"
#include "inspect/decode/binary/wsi-msgpack.h"
#include "inspect/decode/binary/wsi-protobuf.h"
#include "inspect/decode/json/wsi-json.h"
#include "inspect/decode/mqtt/wsi-mqtt.h"
#include "inspect/decode/protocols/wsi-protocols.h"
#include "inspect/decode/wrapped/wsi-base64.h"
#include "inspect/decode/wrapped/wsi-brotli.h"
#include "inspect/decode/wrapped/wsi-gzip.h"
#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/decode/xml/wsi-xml.h"

#include <string.h>

/* The bytes of an empty message: decoders may add to a pointer. */
static const guint8 nothing[1];

/* Bytes that are unpacked for each summary, so that a list of bombs can be scrolled. */
#define MAX_DESCRIBED (1024 * 1024)

static const WsiDecoder *const decoders[] = {
  &wsi_socket_io_decoder,
  &wsi_graphql_decoder,
  &wsi_json_rpc_decoder,
  &wsi_signalr_decoder,
  &wsi_stomp_decoder,
  &wsi_wamp_decoder,
  &wsi_mqtt_decoder,
  &wsi_sockjs_decoder,
  &wsi_json_decoder,
  &wsi_msgpack_decoder,
  &wsi_cbor_decoder,
  &wsi_protobuf_decoder,
  &wsi_xml_decoder,
  &wsi_gzip_decoder,
  &wsi_zlib_decoder,
  &wsi_brotli_decoder,
  &wsi_base64_decoder,
  &wsi_text_decoder,
  &wsi_bytes_decoder,
};

const WsiDecoder *const *
wsi_decoders_get_all (gsize *n_decoders)
{
  *n_decoders = G_N_ELEMENTS (decoders);
  return decoders;
}

const WsiDecoder *
wsi_decoders_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (decoders); i++)
    if (g_str_equal (decoders[i]->name, name))
      return decoders[i];
  return NULL;
}

typedef enum
{
  COMPARE_WHOLE,
  COMPARE_BEGINNING,
} Comparison;

/* Whether one of the words is the text, or its beginning. */
static gboolean
has_word (const char *words,
          const char *text,
          Comparison  comparison)
{
  const char *at = words;

  while (words != NULL && text != NULL && *at != '\0')
    {
      gsize length = strcspn (at, " ");

      if (strncmp (at, text, length) == 0
          && (comparison == COMPARE_BEGINNING || text[length] == '\0'))
        return TRUE;
      at += length + (at[length] == ' ');
    }
  return FALSE;
}

WsiBegin
wsi_decoders_classify (const WsiDecodeInput *input)
{
  guint8 byte = input->length > 0 ? input->at[0] : '\0';

  if (input->length == 0)
    return WSI_BEGIN_ANY;
  if (g_ascii_isalpha (byte))
    return WSI_BEGIN_LETTER;
  if (g_ascii_isdigit (byte))
    return WSI_BEGIN_DIGIT;
  switch (byte)
    {
    case '{':
      return WSI_BEGIN_BRACE;
    case '[':
      return WSI_BEGIN_BRACKET;
    case '<':
      return WSI_BEGIN_ANGLE;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      return WSI_BEGIN_BLANK;
    default:
      return WSI_BEGIN_OTHER;
    }
}

/* A decoder that cannot read the message is not chosen by its name. */
static guint
rate (const WsiDecoder     *decoder,
      const WsiDecodeInput *input,
      WsiBegin              begin)
{
  guint score;

  if (decoder->begins != WSI_BEGIN_ANY && begin != WSI_BEGIN_ANY && (decoder->begins & begin) == 0)
    return 0;

  score = decoder->probe (input);
  if (score == WSI_SCORE_NONE)
    return 0;
  if (has_word (decoder->subprotocols, input->subprotocol, COMPARE_WHOLE))
    return score + 2 * (WSI_SCORE_MAX + 1);
  if (has_word (decoder->paths, input->path, COMPARE_BEGINNING))
    return score + WSI_SCORE_MAX + 1;
  return score;
}

static WsiDecodeInput
limit (const WsiDecodeInput *input)
{
  WsiDecodeInput beginning = *input;

  if (input->length == 0)
    beginning.at = nothing;
  if (input->length <= WSI_PROBE_LENGTH)
    return beginning;

  beginning.length = WSI_PROBE_LENGTH;
  beginning.extent = WSI_EXTENT_BEGINNING;
  return beginning;
}

const WsiDecoder *
wsi_decoders_guess (const WsiDecodeInput *input,
                    const WsiDecoder     *settled,
                    guint                *score)
{
  const WsiDecoder *best = &wsi_bytes_decoder;
  WsiDecodeInput beginning = limit (input);
  WsiBegin begin = wsi_decoders_classify (input);
  guint settled_score = settled != NULL ? rate (settled, &beginning, begin) : 0;
  guint best_score = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (decoders) && settled_score < WSI_SCORE_SURE; i++)
    {
      guint own = decoders[i] == settled ? settled_score
                                         : rate (decoders[i], &beginning, begin);

      if (own > best_score)
        {
          best = decoders[i];
          best_score = own;
        }
    }
  if (settled_score > 0 && best_score < WSI_SCORE_SURE)
    {
      best = settled;
      best_score = settled_score;
    }
  if (score != NULL)
    *score = best_score;
  return best;
}

/* The bytes within a wrapping, as a message of the same connection. */
static GBytes *
unwrap (const WsiDecoder     *decoder,
        const WsiDecodeInput *input,
        gsize                 max_length,
        WsiDecodeInput       *inner,
        GError              **error)
{
  WsiMessageForm form = WSI_MESSAGE_BINARY;
  GBytes *bytes = decoder->unwrap (input, max_length, &form, error);

  *inner = *input;
  if (bytes == NULL)
    return NULL;

  inner->at = g_bytes_get_data (bytes, &inner->length);
  if (inner->length == 0)
    inner->at = nothing;
  inner->form = form;
  inner->subprotocol = inner->path = NULL;
  if (error != NULL && *error != NULL)
    inner->extent = WSI_EXTENT_BEGINNING;
  return bytes;
}

static void
describe (const WsiDecoder     *decoder,
          const WsiDecodeInput *input,
          guint                 n_wrappings,
          WsiDescription       *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WsiDecodeInput inner;

  if (decoder->unwrap == NULL)
    {
      decoder->describe (input, description);
      return;
    }

  wsi_description_append (description, "%s: ", decoder->name);
  if (n_wrappings < WSI_DECODE_MAX_WRAPPINGS)
    bytes = unwrap (decoder, input, MAX_DESCRIBED, &inner, &error);
  if (bytes != NULL)
    describe (wsi_decoders_guess (&inner, NULL, NULL), &inner, n_wrappings + 1, description);
  if (error != NULL && !(input->extent == WSI_EXTENT_BEGINNING
                         && g_error_matches (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_CUT)))
    wsi_description_append (description, " [%s]", error->message);
  wsi_description_set_content (description, 0, 0);
}

void
wsi_decoders_describe (const WsiDecoder     *decoder,
                       const WsiDecodeInput *input,
                       WsiDescription       *description)
{
  describe (decoder, input, 0, description);
}

static void
decode (const WsiDecoder     *decoder,
        const WsiDecodeInput *input,
        guint                 n_wrappings,
        WsiDecodeNode        *root)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WsiDecodeInput inner;

  if (decoder->unwrap == NULL)
    {
      decoder->decode (input, root);
      return;
    }

  root->type = decoder->name;
  if (n_wrappings < WSI_DECODE_MAX_WRAPPINGS)
    bytes = unwrap (decoder, input, WSI_DECODE_MAX_LENGTH, &inner, &error);
  if (bytes != NULL)
    decode (wsi_decoders_guess (&inner, NULL, NULL), &inner, n_wrappings + 1,
            wsi_decode_node_add_bytes (root, NULL, "", bytes));
  if (error != NULL)
    wsi_decode_node_add_problem (root, 0, "%s", error->message);
}

WsiDecodeNode *
wsi_decoders_decode (const WsiDecoder     *decoder,
                     const WsiDecodeInput *input,
                     GBytes               *bytes)
{
  WsiDecodeNode *root = wsi_decode_node_new (bytes);

  decode (decoder, input, 0, root);
  return root;
}

static void
find_path (const WsiDecoder     *decoder,
           const char           *format,
           const WsiDecodeInput *input,
           const WsiDecodeStep  *path,
           guint                 n_steps,
           guint                 n_wrappings,
           WsiDescription       *description)
{
  g_autoptr (GBytes) bytes = NULL;
  WsiDecodeInput inner;

  if (decoder->find != NULL && g_str_equal (decoder->name, format))
    decoder->find (input, path, n_steps, description);
  if (decoder->unwrap == NULL || n_wrappings == WSI_DECODE_MAX_WRAPPINGS)
    return;

  bytes = unwrap (decoder, input, WSI_DECODE_MAX_LENGTH, &inner, NULL);
  if (bytes != NULL)
    find_path (wsi_decoders_guess (&inner, NULL, NULL), format, &inner, path, n_steps,
               n_wrappings + 1, description);
}

void
wsi_decoders_find_path (const WsiDecoder     *decoder,
                        const WsiDecodeInput *input,
                        const WsiDescription *description,
                        const char           *format,
                        const WsiDecodeStep  *path,
                        guint                 n_steps,
                        WsiDescription       *found)
{
  WsiDecodeInput content = *input;

  if (description->content_length == 0 || !g_str_equal (format, wsi_json_decoder.name))
    {
      find_path (decoder, format, input, path, n_steps, 0, found);
      return;
    }
  content.at += description->content;
  content.length = description->content_length;
  wsi_json_decoder.find (&content, path, n_steps, found);
}
