/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/decode/decoder-cases.h"

#include "inspect/decode/wsi-hex.h"

#include <string.h>

#define MAX_LINES 100
#define MAX_SUMMARY (16 * WSI_DESCRIPTION_MAX_SUMMARY)  /* characters that are escaped, and words */
#define MAX_CHANGED 256         /* bytes of a message */

static GBytes *
read_message (const DecoderCase *row)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  if (row->form == DECODER_TEXT)
    return g_bytes_new (row->message, strlen (row->message));

  bytes = wsi_hex_parse (row->message, &error);
  g_assert_no_error (error);
  return bytes;
}

static WsiDecodeInput
make_input (const DecoderCase *row,
            GBytes            *bytes)
{
  WsiDecodeInput input = {
    .form = row->form == DECODER_HEX ? WSI_MESSAGE_BINARY : WSI_MESSAGE_TEXT,
    .subprotocol = row->subprotocol, .path = row->path, .facts = row->facts, .extent = row->extent,
  };

  input.at = g_bytes_get_data (bytes, &input.length);
  return input;
}

static void
append_field (GString               *text,
              const WsiDescription  *description,
              const WsiDecodedField *field)
{
  g_string_append_printf (text, "%s=", field->name);
  switch (field->kind)
    {
    case WSI_FIELD_TEXT:
      wsi_text_append_escaped (text, (const char *) wsi_description_get_text (description, field),
                               field->length, G_MAXSIZE, WSI_CHARSET_UTF8);
      break;
    case WSI_FIELD_WHOLE:
      g_string_append_printf (text, "%" G_GINT64_FORMAT, field->whole);
      break;
    case WSI_FIELD_REAL:
      g_string_append_printf (text, "%g", field->real);
      break;
    case WSI_FIELD_BOOLEAN:
      g_string_append (text, field->whole ? "yes" : "no");
      break;
    }
  g_string_append_c (text, '\n');
}

static char *
print_fields (const WsiDescription *description)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < description->fields->len; i++)
    append_field (text, description, &g_array_index (description->fields, WsiDecodedField, i));
  if (description->pairing != WSI_PAIRING_NONE)
    g_string_append_printf (text, "%s=%s\n",
                            description->pairing == WSI_PAIRING_REQUEST ? "request" : "reply",
                            description->pair->str);
  if (description->error_field != NULL)
    {
      g_assert_nonnull (wsi_description_find (description, description->error_field, NULL));
      g_string_append_printf (text, "%s says %s\n", description->error_field,
                              description->error->str);
    }
  return g_string_free (text, FALSE);
}

static void
append_line (const char *line,
             gpointer    text)
{
  g_string_append_printf (text, "%s\n", line);
}

static void
check_case (const DecoderCase *row,
            const WsiDecoder  *forced)
{
  g_autoptr (GBytes) bytes = read_message (row);
  g_autoptr (WsiDescription) description = wsi_description_new ();
  g_autoptr (GString) nodes = g_string_new (NULL);
  g_autoptr (WsiDecodeNode) root = NULL;
  g_autofree char *fields = NULL;
  WsiDecodeInput input = make_input (row, bytes);
  const WsiDecoder *decoder = forced != NULL ? forced : wsi_decoder_list_guess (&input, NULL, NULL);

  g_assert_cmpstr (decoder->name, ==, row->decoder);
  root = wsi_decoder_list_decode (decoder, &input, bytes);
  wsi_decode_node_print_away (root, WSI_CHARSET_UTF8, append_line, nodes);
  wsi_decoder_list_describe (decoder, &input, description);
  fields = print_fields (description);
  if (row->summary != NULL)
    g_assert_cmpstr (description->summary->str, ==, row->summary);
  if (row->fields != NULL)
    g_assert_cmpstr (fields, ==, row->fields);
  if (row->nodes != NULL)
    g_assert_cmpstr (nodes->str, ==, row->nodes);
}

static void
test_case (gconstpointer data)
{
  check_case (data, NULL);
}

static void
test_forced (gconstpointer data)
{
  const DecoderCase *row = data;

  check_case (row, wsi_decoder_list_find (row->decoder));
}

static void
test_path (gconstpointer data)
{
  const DecoderPath *row = data;
  const DecoderCase message = { .form = row->form, .message = row->message };
  g_autoptr (GBytes) bytes = read_message (&message);
  g_autoptr (WsiDescription) description = wsi_description_new ();
  g_autoptr (WsiDescription) found = wsi_description_new ();
  g_autofree char *fields = NULL;
  WsiDecodeInput input = make_input (&message, bytes);
  const WsiDecoder *decoder = wsi_decoder_list_find (row->decoder);
  g_autofree char *format = g_strndup (row->fields, strcspn (row->fields, "="));
  /* A sanitizer sees what is read after them. */
  g_autofree WsiDecodeStep *path = g_memdup2 (row->path, row->n_steps * sizeof (WsiDecodeStep));

  wsi_decoder_list_describe (decoder, &input, description);
  wsi_decoder_list_find_path (decoder, &input, description,
                              row->fields[0] != '\0' ? format : row->decoder, path, row->n_steps,
                              found);
  fields = print_fields (found);
  g_assert_cmpstr (fields, ==, row->fields);
}

static void
test_score (gconstpointer data)
{
  const DecoderScore *row = data;
  const DecoderCase message = {
    .form = row->form, .message = row->message, .extent = row->extent,
    .subprotocol = row->subprotocol, .path = row->path,
  };
  g_autoptr (GBytes) bytes = read_message (&message);
  WsiDecodeInput input = make_input (&message, bytes);

  g_assert_cmpuint (wsi_decoder_list_find (row->decoder)->probe (&input), ==, row->score);
}

static void
append_units (GByteArray *all,
              DecoderForm form,
              const char *text,
              guint       n)
{
  const DecoderCase message = { .form = form, .message = text };
  g_autoptr (GBytes) unit = read_message (&message);

  for (guint i = 0; i < n; i++)
    g_byte_array_append (all, g_bytes_get_data (unit, NULL), g_bytes_get_size (unit));
}

static void
test_pages (gconstpointer data)
{
  const DecoderPages *row = data;
  const DecoderCase message = { .form = row->form, .subprotocol = row->subprotocol };
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (WsiDescription) description = wsi_description_new ();
  g_autoptr (WsiDecodeNode) root = NULL;
  g_auto (GStrv) lines = NULL;
  WsiDecodeInput input;

  append_units (all, row->form, row->begin, 1);
  append_units (all, row->form, row->unit, row->n_units);
  append_units (all, row->form, row->end, 1);
  bytes = g_bytes_new (all->data, all->len);
  input = make_input (&message, bytes);
  root = wsi_decoder_list_decode (wsi_decoder_list_find (row->decoder), &input, bytes);
  g_assert_cmpuint (wsi_decode_node_get_n_children (root), <=, WSI_DECODE_PAGE + 1);
  wsi_decode_node_print_away (root, WSI_CHARSET_UTF8, append_line, text);
  lines = g_strsplit (text->str, "\n", -1);

  wsi_decoder_list_describe (wsi_decoder_list_find (row->decoder), &input, description);

  g_assert_cmpuint (description->summary->len, <=, MAX_SUMMARY);
  g_assert_cmpuint (row->n_units, >, 2 * WSI_DECODE_PAGE);
  g_assert_cmpuint (g_strv_length (lines), ==, 2 + row->n_units * row->n_lines + row->n_more);
  g_assert_null (strstr (text->str, "problem"));
}

/* A range is within its bytes; text is UTF-8.  An element of XML has a page of attributes, too. */
static void
check_node (WsiDecodeNode *node,
            guint         *n_left)
{
  gsize size = g_bytes_get_size (node->bytes);

  g_assert_cmpuint (wsi_decode_node_get_n_children (node), <=, 2 * WSI_DECODE_PAGE + 2);

  g_assert_cmpuint (node->depth, <=, WSI_DECODE_MAX_DEPTH + WSI_DECODE_MAX_WRAPPINGS);
  g_assert_cmpuint (node->offset, <=, size);
  g_assert_cmpuint (node->length, <=, size - node->offset);
  g_assert_true (node->value == NULL || g_utf8_validate (node->value, -1, NULL));
  g_assert_true (node->name == NULL || g_utf8_validate (node->name, -1, NULL));
  for (guint i = 0; *n_left > 0 && i < wsi_decode_node_get_n_children (node); i++)
    {
      (*n_left)--;
      check_node (wsi_decode_node_get_child (node, i), n_left);
    }
}

/* As filters do, mostly in vain. */
static void
find_paths (const WsiDecoder     *decoder,
            const WsiDecodeInput *input,
            const WsiDescription *description)
{
  static const WsiDecodeStep names[] = { { "a", 0 }, { "b", 0 } };
  static const WsiDecodeStep indexes[] = { { NULL, 0 }, { NULL, 0 }, { NULL, 1 } };
  g_autoptr (WsiDescription) found = wsi_description_new ();

  wsi_decoder_list_find_path (decoder, input, description, decoder->name, NULL, 0, found);
  wsi_decoder_list_find_path (decoder, input, description, decoder->name, names,
                              G_N_ELEMENTS (names), found);
  wsi_decoder_list_find_path (decoder, input, description, decoder->name, indexes,
                              G_N_ELEMENTS (indexes), found);
}

/* No format that reads the message better than the chosen one was left out. */
static void
check_probe (const WsiDecoder     *decoder,
             const WsiDecodeInput *input)
{
  guint score = decoder->probe (input), best;

  wsi_decoder_list_guess (input, NULL, &best);
  g_assert_cmpuint (score, <=, WSI_SCORE_MAX);
  g_assert_cmpuint (score, <=, best);
}

/* Each decoder, not only the chosen one: a user may choose another. */
static void
play (const DecoderCase *row,
      const guint8      *at,
      gsize              length,
      WsiExtent          extent)
{
  g_autoptr (GBytes) bytes = g_bytes_new (at, length);
  g_autoptr (WsiDescription) description = wsi_description_new ();
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);

  for (gsize i = 0; i < n_decoders; i++)
    {
      WsiDecodeInput input = make_input (row, bytes);
      g_autoptr (WsiDecodeNode) root = NULL;
      guint n_left = MAX_LINES;

      input.extent = extent;
      check_probe (decoders[i], &input);
      root = wsi_decoder_list_decode (decoders[i], &input, bytes);
      check_node (root, &n_left);
      wsi_description_clear (description);
      wsi_decoder_list_describe (decoders[i], &input, description);
      g_assert_true (g_utf8_validate (description->summary->str, -1, NULL));
      g_assert_cmpuint (description->summary->len, <=, MAX_SUMMARY);
      find_paths (decoders[i], &input, description);
    }
}

static void
test_cut (gconstpointer data)
{
  const DecoderCase *row = data;
  g_autoptr (GBytes) bytes = read_message (row);
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i < MIN (length, MAX_CHANGED); i++)
    {
      play (row, at, i, WSI_EXTENT_BEGINNING);
      play (row, at, i, WSI_EXTENT_WHOLE);
    }
}

static void
test_changed (gconstpointer data)
{
  static const guint8 changes[] = { 0x01, 0x20, 0x80, 0xff };
  const DecoderCase *row = data;
  g_autoptr (GBytes) bytes = read_message (row);
  gsize length;
  g_autofree guint8 *copy = g_bytes_unref_to_data (g_steal_pointer (&bytes), &length);

  for (gsize i = 0; i < MIN (length, MAX_CHANGED); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (changes); j++)
      {
        copy[i] ^= changes[j];
        play (row, copy, length, WSI_EXTENT_WHOLE);
        copy[i] ^= changes[j];
      }
}

static void
add_cases (const char        *layer,
           const DecoderCase *cases,
           gsize              n_cases,
           GTestDataFunc      test)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *is = g_strdup_printf ("%s/is/%s", layer, cases[i].name);
      g_autofree char *cut = g_strdup_printf ("%s/cut-anywhere/%s", layer, cases[i].name);
      g_autofree char *changed = g_strdup_printf ("%s/changed-anywhere/%s", layer, cases[i].name);

      g_test_add_data_func (is, &cases[i], test);
      g_test_add_data_func (cut, &cases[i], test_cut);
      g_test_add_data_func (changed, &cases[i], test_changed);
    }
}

void
decoder_cases_add (const char        *layer,
                   const DecoderCase *cases,
                   gsize              n_cases)
{
  add_cases (layer, cases, n_cases, test_case);
}

void
decoder_cases_add_forced (const char        *layer,
                          const DecoderCase *cases,
                          gsize              n_cases)
{
  add_cases (layer, cases, n_cases, test_forced);
}

void
decoder_cases_add_paths (const char        *layer,
                         const DecoderPath *paths,
                         gsize              n_paths)
{
  for (gsize i = 0; i < n_paths; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/path/%s", layer, paths[i].name);

      g_test_add_data_func (path, &paths[i], test_path);
    }
}

void
decoder_cases_add_scores (const char         *layer,
                          const DecoderScore *scores,
                          gsize               n_scores)
{
  for (gsize i = 0; i < n_scores; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/score/%s", layer, scores[i].name);

      g_test_add_data_func (path, &scores[i], test_score);
    }
}

void
decoder_cases_add_pages (const char         *layer,
                         const DecoderPages *pages,
                         gsize               n_pages)
{
  for (gsize i = 0; i < n_pages; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/pages/%s", layer, pages[i].name);

      g_test_add_data_func (path, &pages[i], test_pages);
    }
}

static void
test_repeated (gconstpointer data)
{
  const DecoderRepeat *row = data;
  const DecoderCase message = { .form = row->form, .message = row->unit };
  g_autoptr (GByteArray) all = g_byte_array_new ();

  append_units (all, row->form, row->unit, row->n_units);
  play (&message, all->data, all->len, WSI_EXTENT_WHOLE);
  play (&message, all->data, all->len, WSI_EXTENT_BEGINNING);
}

void
decoder_cases_add_repeated (const char          *layer,
                            const DecoderRepeat *repeats,
                            gsize                n_repeats)
{
  for (gsize i = 0; i < n_repeats; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/repeated/%s", layer, repeats[i].name);

      g_test_add_data_func (path, &repeats[i], test_repeated);
    }
}
