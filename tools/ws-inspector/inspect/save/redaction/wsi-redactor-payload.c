/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-redactor-private.h"

#include <string.h>

#include "inspect/decode/binary/wsi-protobuf.h"
#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "inspect/decode/json/wsi-json-string.h"
#include "inspect/decode/mqtt/wsi-mqtt.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/decode/xml/wsi-xml.h"
#include "inspect/store/memory/wsi-bytes.h"

#define PAYLOAD "payload"
#define CLOSE_CODE_LENGTH 2     /* bytes of a Close before the reason */
#define MIN_WRAPPED 16          /* bytes of base64 that may have a secret in them */
#define CBOR_PIECES 0x7f        /* first byte of a text of CBOR in pieces, whose words may be cut */

/* The search in a message, or in a text of one.  Bytes that are in others are only asked for
 * secrets. */
typedef struct
{
  WsiRedactor *redactor;
  GBytes      *bytes;
  gsize        n_before;        /* bytes of earlier messages, before those of this one */
  guint8      *copy;            /* copy with the hidden values; NULL = nothing is hidden so far */
  guint        n_wrappings;     /* number of messages that this message is in */
  gboolean     is_found;        /* a secret was found that is not hidden yet */
  gboolean     is_asked;        /* secrets are only looked for: the bytes are in other bytes */
} Search;

gboolean
wsi_redactor_hides_payload (const WsiRedactor *self,
                            const WsiRecord   *record)
{
  switch (self->level)
    {
    case WSI_REDACTION_DEFAULT:
      return (record->flags & WSI_RECORD_OF_HEAD) != 0;
    case WSI_REDACTION_STRICT:
      return TRUE;
    case WSI_REDACTION_NONE:
      break;
    }

  return FALSE;
}

static GBytes *
fill_behind (WsiRedactor *self,
             const char  *name,
             gsize        n_open,
             GBytes      *payload)
{
  gsize length = g_bytes_get_size (payload);
  char *shown = g_strnfill (length, 'x');

  self->n_hidden++;
  wsi_hidden_names_add (self->hidden, name);
  memcpy (shown, wsi_bytes_get_data (payload, NULL), n_open);
  return g_bytes_new_take (shown, length);
}

GBytes *
wsi_redactor_hide_whole (WsiRedactor *self,
                         GBytes      *payload)
{
  return fill_behind (self, PAYLOAD, 0, payload);
}

/* The code of a Close frame says how the connection ended, and is no secret. */
GBytes *
wsi_redactor_hide_payload (WsiRedactor     *self,
                           const WsiRecord *record,
                           GBytes          *payload)
{
  gboolean is_close = record->kind == WSP_FRAME_KIND_CLOSE;
  gsize length = payload != NULL ? g_bytes_get_size (payload) : 0;
  gsize n_open = is_close ? MIN (length, CLOSE_CODE_LENGTH) : 0;

  if (payload == NULL)
    return NULL;

  if (length == n_open || !wsi_redactor_hides_payload (self, record))
    return g_bytes_ref (payload);

  return fill_behind (self, is_close ? WSI_REDACTOR_CLOSE_REASON : PAYLOAD, n_open, payload);
}

guint64
wsi_redactor_get_n_unread (const WsiRedactor *self)
{
  return self->n_unread;
}

void
wsi_redactor_add_unread (WsiRedactor *self)
{
  self->n_unread++;
}

gboolean
wsi_redactor_reads_messages (const WsiRedactor *self)
{
  return self->level == WSI_REDACTION_DEFAULT;
}

/* Finds a word of a secret, also as JSON writes letters, and as base64 has the beginnings of
 * objects and elements. */
gboolean
wsi_redactor_find_word (WsiRedactor  *self,
                        guint        *state,
                        const guint8 *at,
                        gsize         length)
{
  static const char *const others[] = { "\\u00", "eyj", "eya", "ewo", "ew0", "w3s", "pd9", NULL };

  if (self->finder == NULL)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) names = NULL;

      g_strv_builder_addv (builder, (const char **) others);
      if (self->names != NULL)
        g_strv_builder_addv (builder, (const char **) self->names);
      names = g_strv_builder_end (builder);
      self->finder = wsi_word_finder_new (wsi_secret_name_get_words (),
                                          (const char *const *) names);
    }
  return wsi_word_finder_find (self->finder, state, at, length);
}

static gboolean
redactor_payload_has_word (WsiRedactor  *self,
                           const guint8 *at,
                           gsize         length)
{
  guint state = 0;

  return wsi_redactor_find_word (self, &state, at, length);
}

/* Whether the bytes may be base64: a message that is base64 as a whole begins with so many of its
 * characters. */
static gboolean
may_be_wrapped (const guint8 *at,
                gsize         length)
{
  if (length < MIN_WRAPPED)
    return FALSE;

  for (gsize i = 0; i < MIN_WRAPPED; i++)
    if (!g_ascii_isalnum (at[i]) && strchr ("+/-_", at[i]) == NULL)
      return FALSE;

  return TRUE;
}

gboolean
wsi_redactor_has_pieces (const guint8 *at,
                         gsize         length)
{
  return memchr (at, CBOR_PIECES, length) != NULL;
}

gboolean
wsi_redactor_joins_messages (const WsiDecoder *decoder)
{
  return decoder == &wsi_mqtt_decoder;
}

gboolean
wsi_redactor_asks_for_message (WsiRedactor      *self,
                               const WsiDecoder *decoder,
                               const guint8     *at,
                               gsize             length)
{
  if (self->level != WSI_REDACTION_DEFAULT || length == 0)
    return FALSE;

  return (decoder != NULL && decoder->unwrap != NULL) || decoder == &wsi_mqtt_decoder ||
         may_be_wrapped (at, length) || wsi_redactor_has_pieces (at, length) ||
         redactor_payload_has_word (self, at, length);
}

static void
redactor_payload_fill (WsiDecodeValue form,
                       guint8        *at,
                       gsize          length)
{
  for (gsize i = 0; i < length; i++)
    if (form == WSI_DECODE_VALUE_SMALL)
      at[i] = (at[i] & 0xe0) | 1;
    else if (form == WSI_DECODE_VALUE_NUMBER)
      at[i] = '1';
    else if (form != WSI_DECODE_VALUE_DIGITS)
      at[i] = 'x';
    else if (g_ascii_isdigit (at[i]))
      at[i] = '1';
}

/* Hides a range; a value that is hidden already is not counted again. */
static void
hide_range (Search        *self,
            const char    *name,
            WsiDecodeValue form,
            gsize          offset,
            gsize          length)
{
  gsize n_skipped = offset < self->n_before ? MIN (self->n_before - offset, length) : 0;
  g_autofree guint8 *filled = NULL;
  const guint8 *at = wsi_bytes_get_data (self->bytes, NULL);

  if (self->is_asked)
    {
      self->is_found |= length > 0;
      return;
    }

  offset = offset + n_skipped - self->n_before;
  length -= n_skipped;
  if (length == 0)
    return;

  at = self->copy != NULL ? self->copy : at;
  filled = g_memdup2 (at + offset, length);
  redactor_payload_fill (form, filled, length);
  if (memcmp (filled, at + offset, length) == 0)
    return;

  if (self->copy == NULL)
    self->copy = g_memdup2 (at, g_bytes_get_size (self->bytes));
  memcpy (self->copy + offset, filled, length);
  self->redactor->n_hidden++;
  wsi_hidden_names_add (self->redactor->hidden, name);
}

static gboolean redactor_payload_has_secret (WsiRedactor  *redactor,
                                             const guint8 *at,
                                             gsize         length,
                                             guint         n_wrappings);

static GBytes *
redactor_payload_unescape (const WsiDecodeNode *node)
{
  const guint8 *at = (const guint8 *) wsi_bytes_get_data (node->bytes, NULL) + node->value_at;
  g_autoptr (GString) text = g_string_new (NULL);

  if (node->form == WSI_DECODE_VALUE_JSON)
    wsi_json_unescape (at - 1, node->value_length + 2, text);
  else if (node->form == WSI_DECODE_VALUE_XML)
    wsi_xml_unescape (at, node->value_length, text);
  else
    return g_bytes_new_from_bytes (node->bytes, node->value_at, node->value_length);

  return g_string_free_to_bytes (g_steal_pointer (&text));
}

/* Whether a text is a message of its own with a secret, such as JSON in JSON. */
static gboolean
is_secret_text (Search              *self,
                const WsiDecodeNode *node)
{
  g_autoptr (GBytes) text = NULL;
  const guint8 *at = (const guint8 *) wsi_bytes_get_data (node->bytes, NULL) + node->value_at;
  gsize length = node->value_length;

  if (node->form == WSI_DECODE_VALUE_NONE || node->form >= WSI_DECODE_VALUE_DIGITS || length < 2)
    return FALSE;

  /* The letters of a word are as they are, but for those of XML. */
  if (!may_be_wrapped (at, length) && !redactor_payload_has_word (self->redactor, at, length) &&
      (node->form != WSI_DECODE_VALUE_XML || memchr (at, '&', length) == NULL))
    return FALSE;

  text = redactor_payload_unescape (node);
  at = wsi_bytes_get_data (text, &length);
  return redactor_payload_has_secret (self->redactor, at, length, self->n_wrappings + 1);
}

static const char *
skip_prefix (const char *name)
{
  const char *colon = strrchr (name, ':');

  return colon != NULL ? colon + 1 : name + (name[0] == '@');
}

/* The name of the secret that a node is; NULL: it is none.  A name that is cut may be that of a
 * secret. */
static const char *
find_secret_name (Search              *self,
                  const WsiDecodeNode *node)
{
  const char *value = (const char *) wsi_bytes_get_data (node->bytes, NULL) + node->value_at;
  WsiSecrecy secrecy;

  if (node->name != NULL && strlen (node->name) > WSI_DECODE_MAX_VALUE)
    return node->name;

  if (node->name == NULL ||
      !redactor_payload_has_word (self->redactor, (const guint8 *) node->name, strlen (node->name)))
    return NULL;

  secrecy = wsi_redactor_get_secrecy (self->redactor, node->name);
  if (skip_prefix (node->name) != node->name)
    secrecy = MAX (secrecy, wsi_redactor_get_secrecy (self->redactor, skip_prefix (node->name)));
  if (secrecy == WSI_SECRECY_ALWAYS ||
      (secrecy == WSI_SECRECY_IF_RANDOM && node->form != WSI_DECODE_VALUE_NONE &&
       wsi_redactor_looks_random (value, node->value_length)))
    return node->name;

  return NULL;
}

static void redactor_payload_visit (Search        *self,
                                    WsiDecodeNode *node,
                                    const char    *secret);

/* The bytes of a packet that began in a message before, or what was unpacked: then all of the
 * message is hidden. */
static void
visit_other_bytes (Search        *self,
                   WsiDecodeNode *node,
                   gsize          n_before,
                   const char    *secret)
{
  Search inner = { .redactor = self->redactor, .bytes = node->bytes, .is_asked = TRUE,
                   .n_wrappings = self->n_wrappings };
  guint n_children = wsi_decode_node_get_n_children (node);

  if (n_before > 0 && !self->is_asked)
    {
      self->n_before = n_before;
      for (guint i = 0; i < n_children; i++)
        redactor_payload_visit (self, wsi_decode_node_get_child (node, i), secret);
      self->n_before = 0;
      return;
    }

  inner.is_found = secret != NULL;
  redactor_payload_visit (&inner, node, NULL);
  if (inner.is_found)
    hide_range (self, PAYLOAD, WSI_DECODE_VALUE_TEXT, 0, g_bytes_get_size (self->bytes));
}

static void
visit_children (Search        *self,
                WsiDecodeNode *node,
                const char    *secret)
{
  WsiDecodeNode *list = node;

  while (list != NULL)
    {
      guint n_children = wsi_decode_node_get_n_children (list);
      WsiDecodeNode *rest = NULL;

      for (guint i = 0; i < n_children && rest == NULL; i++)
        {
          WsiDecodeNode *child = wsi_decode_node_get_child (list, i);

          if (g_str_equal (child->type, WSI_DECODE_REST))
            rest = child;
          else
            redactor_payload_visit (self, child, secret);
        }
      if (n_children > (rest != NULL))
        g_ptr_array_remove_range (list->children, 0, n_children - (rest != NULL));
      list = rest;
    }
}

/* Visits a node.  One that cannot be read may be any value.  Calls itself once for each level, of
 * which there are WSI_DECODE_MAX_DEPTH. */
static void
redactor_payload_visit (Search        *self,
                        WsiDecodeNode *node,
                        const char    *secret)
{
  gboolean is_too_deep = node->depth >= WSI_DECODE_MAX_DEPTH && node->form == WSI_DECODE_VALUE_NONE;
  const char *name = secret != NULL ? secret : find_secret_name (self, node);

  if (is_too_deep)
    hide_range (self, PAYLOAD, WSI_DECODE_VALUE_TEXT, node->offset, node->length);
  else if (node->is_problem)
    hide_range (self, PAYLOAD, WSI_DECODE_VALUE_TEXT, node->value_at, node->value_length);
  else if (node->form != WSI_DECODE_VALUE_NONE &&
           (name != NULL || is_secret_text (self, node)))
    hide_range (self, name != NULL ? name : node->name != NULL ? node->name : PAYLOAD, node->form,
                node->value_at, node->value_length);
  else
    {
      /* the children may be those that have the name */
      g_autofree char *own = g_strdup (name);

      visit_children (self, node, own);
    }
}

/* Visits the whole message, whose nodes of other bytes are its children. */
static void
visit_whole (Search           *self,
             const WsiReading *reading,
             WsiDecodeNode    *root)
{
  gsize n_before = reading->before.bytes != NULL && reading->before.n_skipped == 0
                   ? g_bytes_get_size (reading->before.bytes) : 0;
  guint n_children = wsi_decode_node_get_n_children (root), i = 0;

  for (; i < n_children; i++)
    {
      WsiDecodeNode *child = wsi_decode_node_get_child (root, i);

      /* the strings of a frame have been searched themselves */
      if (child->bytes != root->bytes && reading->decoder->take_text == NULL)
        visit_other_bytes (self, child, n_before, NULL);
    }
  for (i = n_children; i > 0; i--)
    if (wsi_decode_node_get_child (root, i - 1)->bytes != root->bytes)
      g_ptr_array_remove_index (root->children, i - 1);
  redactor_payload_visit (self, root, NULL);
}

static gboolean
has_names (const WsiDecoder *decoder)
{
  return decoder != &wsi_text_decoder && decoder != &wsi_bytes_decoder &&
         decoder != &wsi_protobuf_decoder;
}

/* Whether a text has a secret; one that is in too many others has one if it has a word of one. */
static gboolean
redactor_payload_has_secret (WsiRedactor  *redactor,
                             const guint8 *at,
                             gsize         length,
                             guint         n_wrappings)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WsiDecodeNode) root = NULL;
  WsiDecodeInput input = {
    .at = at, .length = length, .form = WSI_MESSAGE_TEXT, .is_bare = TRUE,
  };
  Search search = { .redactor = redactor, .is_asked = TRUE, .n_wrappings = n_wrappings };
  const WsiDecoder *decoder;

  if (length == 0 ||
      !(may_be_wrapped (at, length) || redactor_payload_has_word (redactor, at, length)))
    return FALSE;
  if (n_wrappings > WSI_DECODE_MAX_WRAPPINGS)
    return TRUE;

  decoder = wsi_decoder_list_guess (&input, NULL, NULL);
  if (!has_names (decoder))
    return FALSE;

  bytes = g_bytes_new (at, length);
  input.at = wsi_bytes_get_data (bytes, NULL);
  root = wsi_decoder_list_decode (decoder, &input, bytes);
  search.bytes = bytes;
  for (guint i = 0; i < wsi_decode_node_get_n_children (root); i++)
    if (wsi_decode_node_get_child (root, i)->bytes != bytes)
      redactor_payload_visit (&search, wsi_decode_node_get_child (root, i), NULL);
  redactor_payload_visit (&search, root, NULL);
  return search.is_found;
}

GBytes *
wsi_redactor_hide_message (WsiRedactor      *self,
                           const WsiReading *reading)
{
  g_autoptr (WsiDecodeNode) root = NULL;
  Search search = { .redactor = self, .bytes = reading->bytes };
  WsiReading bare = *reading;
  gsize length;
  const guint8 *at = wsi_bytes_get_data (reading->bytes, &length);

  if (!has_names (reading->decoder))
    {
      self->n_unread += redactor_payload_has_word (self, at, length);
      return g_bytes_ref (reading->bytes);
    }

  bare.input.is_bare = TRUE;
  root = wsi_reading_decode (&bare);
  visit_whole (&search, reading, root);
  return search.copy != NULL ? g_bytes_new_take (search.copy, length)
                             : g_bytes_ref (reading->bytes);
}

GBytes *
wsi_redactor_hide_bytes (WsiRedactor   *self,
                         WsiMessageForm form,
                         const char    *subprotocol,
                         GBytes        *bytes)
{
  WsiReading reading = {
    .bytes = bytes, .input = { .form = form, .subprotocol = subprotocol },
  };

  reading.input.at = wsi_bytes_get_data (bytes, &reading.input.length);
  reading.decoder = wsi_decoder_list_guess (&reading.input, NULL, NULL);
  return wsi_redactor_asks_for_message (self, reading.decoder, reading.input.at,
                                        reading.input.length)
         ? wsi_redactor_hide_message (self, &reading) : g_bytes_ref (bytes);
}
