/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "fuzz/decoder-play.h"

#include "fuzz/fuzz-input.h"

#define MAX_NODES 3000
#define MAX_SUMMARY (64 * 1024)

/* Ranges are within those of the parent, but for bytes that were unpacked. */
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
      WsiDecodeNode *child = wsi_decode_node_get_child (node, i);

      (*n_left)--;
      REQUIRE (child->bytes != node->bytes ||
               (child->offset >= node->offset &&
                child->offset + child->length <= node->offset + node->length));
      check_node (child, n_left);
    }
}

static void
check_paths (const WsiDecoder     *decoder,
             const WsiDecodeInput *input,
             const WsiDescription *description)
{
  static const WsiDecodeStep names[] = { { "a", 0 }, { "b", 0 }, { "@c", 0 } };
  static const WsiDecodeStep indexes[] = { { NULL, 1 }, { NULL, 0 } };
  g_autoptr (WsiDescription) found = wsi_description_new ();

  for (guint i = 0; i <= G_N_ELEMENTS (names); i++)
    wsi_decoder_list_find_path (decoder, input, description, decoder->name, names, i, found);
  wsi_decoder_list_find_path (decoder, input, description, decoder->name, indexes,
                              G_N_ELEMENTS (indexes), found);
  REQUIRE (found->fields->len <= WSI_DESCRIPTION_MAX_FIELDS);
}

static void
play (const WsiDecoder *decoder,
      GBytes           *bytes,
      WsiExtent         extent)
{
  WsiDecodeInput input = { .extent = extent, .form = WSI_MESSAGE_BINARY };
  g_autoptr (WsiDescription) description = wsi_description_new ();
  g_autoptr (WsiDecodeNode) root = NULL;
  guint n_left = MAX_NODES;

  input.at = g_bytes_get_data (bytes, &input.length);
  REQUIRE (decoder->probe (&input) <= WSI_SCORE_MAX);
  root = wsi_decoder_list_decode (decoder, &input, bytes);
  check_node (root, &n_left);
  wsi_decoder_list_describe (decoder, &input, description);
  REQUIRE (description->summary->len <= MAX_SUMMARY);
  REQUIRE (g_utf8_validate (description->summary->str, -1, NULL));
  check_paths (decoder, &input, description);
}

void
decoder_play (const WsiDecoder *decoder,
              const uint8_t    *data,
              size_t            size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  play (decoder, bytes, WSI_EXTENT_WHOLE);
  play (decoder, bytes, WSI_EXTENT_BEGINNING);
}
