/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/choosing/wsi-decoder-list.h"

#include <string.h>

#include "inspect/decode/binary/wsi-cbor.h"
#include "inspect/decode/binary/wsi-msgpack.h"
#include "inspect/decode/binary/wsi-protobuf.h"
#include "inspect/decode/choosing/wsi-decoder-hints.h"
#include "inspect/decode/json/wsi-json.h"
#include "inspect/decode/mqtt/wsi-mqtt.h"
#include "inspect/decode/protocols/wsi-protocols.h"
#include "inspect/decode/wrapped/wsi-base64.h"
#include "inspect/decode/wrapped/wsi-brotli.h"
#include "inspect/decode/wrapped/wsi-gzip.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/decode/xml/wsi-xml.h"
#include "inspect/store/memory/wsi-bytes.h"

/* The bytes of an empty message: decoders may add to a pointer. */
static const guint8 nothing[1];

/* Bytes that are unpacked for each summary, so that a list of bombs can be scrolled. */
#define MAX_DESCRIBED (1024 * 1024)
#define MAX_TEXTS 100           /* texts within one message */

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
wsi_decoder_list_get_all (gsize *n_decoders)
{
  *n_decoders = G_N_ELEMENTS (decoders);
  return decoders;
}

const WsiDecoder *
wsi_decoder_list_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (decoders); i++)
    if (g_str_equal (decoders[i]->name, name))
      return decoders[i];
  return NULL;
}

/* The class of the first byte. */
static WsiBegin
decoder_list_classify (const WsiDecodeInput *input)
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

/* Whether a message of the format may begin so; WSI_BEGIN_ANY is any of all. */
static gboolean
decoder_list_may_begin (const WsiDecoder *decoder,
                        WsiMessageForm    form,
                        WsiBegin          begin)
{
  guint own = decoder->begins;

  if (form == WSI_MESSAGE_TEXT && decoder->text_begins != WSI_BEGIN_ANY)
    own = decoder->text_begins;
  return begin == WSI_BEGIN_ANY || own == WSI_BEGIN_ANY || (own & begin) != 0;
}

/* The decoders that a message is tried with, in their order: most are left out. */
typedef struct
{
  guint8 n;
  guint8 indices[G_N_ELEMENTS (decoders)];
} Candidates;

#define N_FORMS (WSI_MESSAGE_BINARY + 1)
#define N_BEGINS (2 * WSI_BEGIN_OTHER)  /* a class is one bit */

static gpointer
make_candidates (gpointer unused)
{
  Candidates *all = g_new0 (Candidates, N_FORMS * N_BEGINS);

  for (guint i = 0; i < N_FORMS * N_BEGINS; i++)
    for (guint8 k = 0; k < G_N_ELEMENTS (decoders); k++)
      if (decoder_list_may_begin (decoders[k], i / N_BEGINS, i % N_BEGINS))
        all[i].indices[all[i].n++] = k;
  return all;
}

static const Candidates *
get_candidates (WsiMessageForm form,
                WsiBegin       begin)
{
  static GOnce once = G_ONCE_INIT;
  const Candidates *all = g_once (&once, make_candidates, NULL);

  return &all[form * N_BEGINS + begin];
}

/* A decoder that cannot read the message is not chosen by its name. */
static guint
decoder_list_rate (const WsiDecoder     *decoder,
                   const WsiDecodeInput *input)
{
  guint score = decoder->probe (input);

  if (score == WSI_SCORE_NONE)
    return 0;
  return score + wsi_decoder_hints_find (decoder, input->subprotocol, input->path)
         * (WSI_SCORE_MAX + 1);
}

static WsiDecodeInput
decoder_list_limit (const WsiDecodeInput *input)
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
wsi_decoder_list_guess (const WsiDecodeInput *input,
                        const WsiDecoder     *settled,
                        guint                *score)
{
  const WsiDecoder *best = &wsi_bytes_decoder;
  WsiDecodeInput beginning = decoder_list_limit (input);
  WsiBegin begin = input->before != NULL ? WSI_BEGIN_ANY : decoder_list_classify (input);
  const Candidates *candidates = get_candidates (input->form, begin);
  guint settled_score = settled != NULL && decoder_list_may_begin (settled, input->form, begin)
                        ? decoder_list_rate (settled, &beginning) : 0;
  guint best_score = 0;

  for (guint i = 0; i < candidates->n && settled_score < WSI_SCORE_SURE; i++)
    {
      const WsiDecoder *decoder = decoders[candidates->indices[i]];
      guint own = decoder == settled ? settled_score : decoder_list_rate (decoder, &beginning);

      if (own > best_score)
        {
          best = decoder;
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

/* Nesting: how deep in other messages a message is, which may be in many. */
typedef struct
{
  guint  n_wrappings;
  guint *n_texts;               /* texts that may still be read within the message */
} Nesting;

static Nesting
get_inner (const Nesting *nesting)
{
  return (Nesting) { nesting->n_wrappings + 1, nesting->n_texts };
}

/* Bytes within a message, as a message of their own in the same connection. */
static void
init_inner (WsiDecodeInput       *inner,
            const WsiDecodeInput *input,
            GBytes               *bytes,
            WsiMessageForm        form)
{
  *inner = *input;
  inner->at = wsi_bytes_get_data (bytes, &inner->length);
  inner->form = form;
  inner->subprotocol = inner->path = NULL;
  inner->before = NULL;
}

static GBytes *
decoder_list_unwrap (const WsiDecoder     *decoder,
                     const WsiDecodeInput *input,
                     gsize                 max_length,
                     WsiDecodeInput       *inner,
                     GError              **error)
{
  WsiMessageForm form = WSI_MESSAGE_BINARY;
  GBytes *bytes = decoder->unwrap (input, max_length, &form, error);

  if (bytes == NULL)
    return NULL;

  init_inner (inner, input, bytes, form);
  if (error != NULL && *error != NULL)
    inner->extent = WSI_EXTENT_BEGINNING;
  return bytes;
}

/* Called for each text message within a frame, with the decoder that reads it. */
typedef void (*TakeText) (const WsiDecoder     *decoder,
                          const WsiDecodeInput *input,
                          GBytes               *bytes,
                          const Nesting        *nesting,
                          gpointer              user_data);

/* Walks over the text messages within a frame, but not over too many. */
static void
decoder_list_take_texts (const WsiDecoder     *decoder,
                         const WsiDecodeInput *input,
                         const Nesting        *nesting,
                         TakeText              take,
                         gpointer              user_data)
{
  Nesting within = get_inner (nesting);
  gsize position = 0;

  if (decoder->take_text == NULL || nesting->n_wrappings == WSI_DECODE_MAX_WRAPPINGS)
    return;

  while (*nesting->n_texts > 0)
    {
      g_autoptr (GBytes) bytes = decoder->take_text (input, &position);
      WsiDecodeInput inner;

      if (bytes == NULL)
        return;

      --*nesting->n_texts;
      init_inner (&inner, input, bytes, WSI_MESSAGE_TEXT);
      inner.extent = WSI_EXTENT_WHOLE;
      take (wsi_decoder_list_guess (&inner, NULL, NULL), &inner, bytes, &within, user_data);
    }
}

static void decoder_list_describe (const WsiDecoder     *decoder,
                                   const WsiDecodeInput *input,
                                   const Nesting        *nesting,
                                   WsiDescription       *description);

typedef struct
{
  WsiDescription *description;
  guint           n;            /* texts in the message */
} Texts;

/* The place of its content is a place in the text. */
static void
decoder_list_describe_text (const WsiDecoder     *decoder,
                            const WsiDecodeInput *input,
                            GBytes               *bytes,
                            const Nesting        *nesting,
                            gpointer              user_data)
{
  Texts *texts = user_data;

  wsi_description_append (texts->description, texts->n++ > 0 ? ", " : " ");
  decoder_list_describe (decoder, input, nesting, texts->description);
  wsi_description_set_content (texts->description, NULL, 0, 0);
}

static void
describe_unwrapped (const WsiDecoder     *decoder,
                    const WsiDecodeInput *input,
                    const Nesting        *nesting,
                    WsiDescription       *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Nesting within = get_inner (nesting);
  WsiDecodeInput inner;

  wsi_description_append (description, "%s: ", decoder->name);
  if (nesting->n_wrappings < WSI_DECODE_MAX_WRAPPINGS)
    bytes = decoder_list_unwrap (decoder, input, MAX_DESCRIBED, &inner, &error);
  if (bytes != NULL)
    decoder_list_describe (wsi_decoder_list_guess (&inner, NULL, NULL), &inner, &within,
                           description);
  if (error != NULL && !(input->extent == WSI_EXTENT_BEGINNING &&
                         g_error_matches (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_CUT)))
    wsi_description_append (description, " [%s]", error->message);
  wsi_description_set_content (description, NULL, 0, 0);
}

static void
decoder_list_describe (const WsiDecoder     *decoder,
                       const WsiDecodeInput *input,
                       const Nesting        *nesting,
                       WsiDescription       *description)
{
  if (decoder->unwrap != NULL)
    {
      describe_unwrapped (decoder, input, nesting, description);
      return;
    }
  decoder->describe (input, description);
  decoder_list_take_texts (decoder, input, nesting, decoder_list_describe_text,
                           &(Texts) { description, 0 });
}

void
wsi_decoder_list_describe (const WsiDecoder     *decoder,
                           const WsiDecodeInput *input,
                           WsiDescription       *description)
{
  guint n_texts = MAX_TEXTS;
  Nesting nesting = { 0, &n_texts };

  decoder_list_describe (decoder, input, &nesting, description);
}

static void decoder_list_decode (const WsiDecoder     *decoder,
                                 const WsiDecodeInput *input,
                                 const Nesting        *nesting,
                                 WsiDecodeNode        *root);

/* A message that is text and no more is shown as a string of the frame. */
static void
decoder_list_decode_text (const WsiDecoder     *decoder,
                          const WsiDecodeInput *input,
                          GBytes               *bytes,
                          const Nesting        *nesting,
                          gpointer              root)
{
  if (decoder != &wsi_text_decoder)
    decoder_list_decode (decoder, input, nesting,
                         wsi_decode_node_add_bytes (root, decoder->name, "", bytes));
}

static void
decode_unwrapped (const WsiDecoder     *decoder,
                  const WsiDecodeInput *input,
                  const Nesting        *nesting,
                  WsiDecodeNode        *root)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Nesting within = get_inner (nesting);
  WsiDecodeInput inner;

  root->type = decoder->name;
  if (nesting->n_wrappings < WSI_DECODE_MAX_WRAPPINGS)
    bytes = decoder_list_unwrap (decoder, input, WSI_DECODE_MAX_LENGTH, &inner, &error);
  if (bytes != NULL)
    decoder_list_decode (wsi_decoder_list_guess (&inner, NULL, NULL), &inner, &within,
                         wsi_decode_node_add_bytes (root, NULL, "", bytes));
  if (error != NULL)
    wsi_decode_node_add_problem (root, 0, "%s", error->message);
}

static void
decoder_list_decode (const WsiDecoder     *decoder,
                     const WsiDecodeInput *input,
                     const Nesting        *nesting,
                     WsiDecodeNode        *root)
{
  if (decoder->unwrap != NULL)
    {
      decode_unwrapped (decoder, input, nesting, root);
      return;
    }
  decoder->decode (input, root);
  decoder_list_take_texts (decoder, input, nesting, decoder_list_decode_text, root);
}

WsiDecodeNode *
wsi_decoder_list_decode (const WsiDecoder     *decoder,
                         const WsiDecodeInput *input,
                         GBytes               *bytes)
{
  WsiDecodeNode *root = wsi_decode_node_new (bytes);
  guint n_texts = MAX_TEXTS;
  Nesting nesting = { 0, &n_texts };
  WsiDecodeInput known = *input;

  root->is_bare = input->is_bare;
  known.words = WSI_WORDS_SHOWN;        /* trees are only shown, so their words are translated */
  /* Decoders reckon with offsets, also in a message without bytes. */
  if (known.at == NULL)
    known.at = nothing;
  decoder_list_decode (decoder, &known, &nesting, root);
  return root;
}

/* The path that is searched, of one format. */
typedef struct
{
  const char          *format;
  const WsiDecodeStep *path;
  guint                n_steps;
  WsiDescription      *found;
} Search;

static void find_path (Search               *search,
                       const WsiDecoder     *decoder,
                       const WsiDecodeInput *input,
                       const WsiDescription *description,
                       const Nesting        *nesting);

/* A description says where the text has its contents. */
static void
find_in_text (const WsiDecoder     *decoder,
              const WsiDecodeInput *input,
              GBytes               *bytes,
              const Nesting        *nesting,
              gpointer              search)
{
  g_autoptr (WsiDescription) description = wsi_description_new ();

  decoder_list_describe (decoder, input, nesting, description);
  find_path (search, decoder, input, description, nesting);
}

/* description: NULL = the message was not described. */
static void
find_path (Search               *search,
           const WsiDecoder     *decoder,
           const WsiDecodeInput *input,
           const WsiDescription *description,
           const Nesting        *nesting)
{
  g_autoptr (GBytes) bytes = NULL;
  Nesting within = get_inner (nesting);
  WsiDecodeInput inner = *input;

  if (description != NULL && description->content_length > 0 &&
      g_str_equal (search->format, description->content_format))
    {
      inner.at += description->content;
      inner.length = description->content_length;
      wsi_decoder_list_find (search->format)->find (&inner, search->path, search->n_steps,
                                                    search->found);
      return;
    }
  if (decoder->find != NULL && g_str_equal (decoder->name, search->format))
    decoder->find (input, search->path, search->n_steps, search->found);
  decoder_list_take_texts (decoder, input, nesting, find_in_text, search);
  if (decoder->unwrap == NULL || nesting->n_wrappings == WSI_DECODE_MAX_WRAPPINGS)
    return;

  bytes = decoder_list_unwrap (decoder, input, WSI_DECODE_MAX_LENGTH, &inner, NULL);
  if (bytes != NULL)
    find_path (search, wsi_decoder_list_guess (&inner, NULL, NULL), &inner, NULL, &within);
}

void
wsi_decoder_list_find_path (const WsiDecoder     *decoder,
                            const WsiDecodeInput *input,
                            const WsiDescription *description,
                            const char           *format,
                            const WsiDecodeStep  *path,
                            guint                 n_steps,
                            WsiDescription       *found)
{
  Search search = { format, path, n_steps, found };
  guint n_texts = MAX_TEXTS;
  Nesting nesting = { 0, &n_texts };

  find_path (&search, decoder, input, description, &nesting);
}
