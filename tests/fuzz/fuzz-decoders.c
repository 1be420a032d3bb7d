/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message of any bytes, read by every decoder: ranges are within the bytes, texts are UTF-8, the
 * limits hold, and what is offered to filters is a filter.  The first byte says of which form the
 * message is, and whether it goes on. */

#include <inspect/decode/choosing/wsi-decoder-list.h>
#include <inspect/decode/wsi-description.h>
#include <inspect/filter/grammar/wsi-lexer.h>
#include <inspect/filter/grammar/wsi-parser.h>
#include <inspect/filter/wsi-filter.h>
#include <inspect/show/sample/wsi-field-counts.h>
#include <inspect/show/sample/wsi-message-values.h>
#include <math.h>
#include <string.h>

#include "fuzz/fuzz-input.h"

#define MAX_NODES 3000

static const WsiDecodeStep path[] = { { "a", 0 }, { NULL, 1 } };

static void
check_node (WsiDecodeNode *node,
            guint         *n_left)
{
  gsize size = g_bytes_get_size (node->bytes);

  REQUIRE (node->depth <= WSI_DECODE_MAX_DEPTH + WSI_DECODE_MAX_WRAPPINGS);
  REQUIRE (node->offset <= size && node->length <= size - node->offset);
  REQUIRE (node->value == NULL || g_utf8_validate (node->value, -1, NULL));
  REQUIRE (node->name == NULL || g_utf8_validate (node->name, -1, NULL));
  for (guint i = 0; *n_left > 0 && i < wsi_decode_node_get_n_children (node); i++)
    {
      (*n_left)--;
      check_node (wsi_decode_node_get_child (node, i), n_left);
    }
}

static const char *const formats[] = { "json", "msgpack", "cbor" };

static const char *const subprotocols[8] = {
  NULL, "wamp.2.msgpack", "wamp.2.cbor", "wamp.2.json.batched", "wamp.2.msgpack.batched",
  "wamp.2.cbor.batched", "mqtt", "json",
};

static void
check_description (const WsiDescription *description,
                   gsize                 length)
{
  REQUIRE (g_utf8_validate (description->summary->str, description->summary->len, NULL));
  REQUIRE (description->fields->len <= WSI_DESCRIPTION_MAX_FIELDS);
  REQUIRE (description->content <= length);
  REQUIRE (description->content_length <= length - description->content);
  for (guint i = 0; i < description->fields->len; i++)
    {
      const WsiDecodedField *field = &g_array_index (description->fields, WsiDecodedField, i);

      REQUIRE (field->at + field->length <= description->texts->len);
    }
}

static WsiFields *
get_fields (void)
{
  static WsiFields *fields = NULL;

  if (fields == NULL)
    fields = wsi_filter_fields_new ();
  return fields;
}

/* In the form of the filter language; NULL: a number that it has no form for. */
static char *
print_value (const WsiMessageValue *value)
{
  const WsiDecodedField *field = value->value;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  switch (field->kind)
    {
    case WSI_FIELD_TEXT:
      return wsi_lexer_quote ((const char *) wsi_description_get_text (value->description, field),
                              MIN (field->length, WSI_FIELD_MAX_VALUE));
    case WSI_FIELD_WHOLE:
      return g_strdup_printf ("%" G_GINT64_FORMAT, field->whole);
    case WSI_FIELD_BOOLEAN:
      return g_strdup (field->whole != 0 ? "yes" : "no");
    case WSI_FIELD_REAL:
      if (!(fabs (field->real) < 1e6))
        return NULL;
      return g_strdup (g_ascii_formatd (number, sizeof number, "%.3f", field->real));
    }

  g_assert_not_reached ();
}

/* Whatever bytes there are, a value is found by a filter that is no longer than filters are. */
static void
check_value (const WsiMessageValue *value,
             gpointer               fields)
{
  g_autofree char *text = print_value (value), *condition = NULL;
  g_autoptr (WsiNode) node = NULL;

  REQUIRE (value->n_steps <= WSI_MESSAGE_VALUES_MAX_STEPS);
  if (strlen (value->name) > WSI_FIELD_MAX_NAME || text == NULL)
    return;

  condition = g_strdup_printf ("%s == %s", value->name, text);
  node = wsi_parser_parse (fields, condition, NULL);
  REQUIRE (node != NULL);
}

static void
play (const WsiDecoder     *decoder,
      const WsiDecodeInput *input,
      GBytes               *bytes)
{
  g_autoptr (WsiDescription) description = wsi_description_new (), found = wsi_description_new ();
  g_autoptr (WsiMessageValues) values = wsi_message_values_new (check_value, get_fields ());
  g_autoptr (WsiDecodeNode) root = NULL;
  guint n_left = MAX_NODES;

  REQUIRE (decoder->probe (input) <= WSI_SCORE_MAX);
  wsi_decoder_list_describe (decoder, input, description);
  check_description (description, input->length);
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    wsi_decoder_list_find_path (decoder, input, description, formats[i], path, G_N_ELEMENTS (path),
                                found);
  wsi_decoder_list_find_path (decoder, input, description, decoder->name, path, G_N_ELEMENTS (path),
                              found);
  root = wsi_decoder_list_decode (decoder, input, bytes);
  check_node (root, &n_left);
  wsi_message_values_take (values, decoder, input);
}

/* The message as two, the second of which goes on with the packet that the first one left. */
static void
play_halves (const WsiDecodeInput *input,
             GBytes               *bytes)
{
  const WsiDecoder *mqtt = wsi_decoder_list_find ("mqtt");
  g_autoptr (WsiDescription) description = wsi_description_new ();
  g_autoptr (GBytes) rest = NULL;
  WsiDecodeInput half = *input;

  half.length = input->length / 2;
  if (half.length == 0)
    return;

  wsi_decoder_list_describe (mqtt, &half, description);
  if (description->unfinished.bytes == NULL)
    return;

  rest = g_bytes_new_from_bytes (bytes, half.length, input->length - half.length);
  half.at = g_bytes_get_data (rest, &half.length);
  half.before = &description->unfinished;
  play (mqtt, &half, rest);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);
  WsiDecodeInput input = { .path = "/" };
  g_autoptr (GBytes) bytes = NULL;

  if (size == 0)
    return 0;

  bytes = g_bytes_new (data + 1, size - 1);
  input.at = g_bytes_get_data (bytes, &input.length);
  input.form = (data[0] & 1) != 0 ? WSI_MESSAGE_BINARY : WSI_MESSAGE_TEXT;
  input.extent = (data[0] & 2) != 0 ? WSI_EXTENT_BEGINNING : WSI_EXTENT_WHOLE;
  input.facts.mqtt_version = (data[0] & 4) != 0 ? 5 : 4;
  input.subprotocol = subprotocols[data[0] >> 3 & 7];
  for (gsize i = 0; i < n_decoders; i++)
    play (decoders[i], &input, bytes);
  play_halves (&input, bytes);
  return 0;
}
