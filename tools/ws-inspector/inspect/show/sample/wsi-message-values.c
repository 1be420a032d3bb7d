/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sample/wsi-message-values.h"

#include <string.h>

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/json/wsi-json-string.h"
#include "inspect/decode/json/wsi-json.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/filter/wsi-decoded-path.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_STEPS WSI_MESSAGE_VALUES_MAX_STEPS
#define MAX_PATHS 64            /* paths of one message */
#define MAX_SEARCHED 24         /* paths that are searched, each in all of the message */
#define MAX_NODES 128           /* parts of one message */
#define MAX_TEXTS 4             /* messages within a frame */
/* Elements that are read of a list that is the whole message; of other lists, only the first
 * one. */
#define MAX_ELEMENTS 8
#define MAX_INDEX_DIGITS 9
#define BYTES_OF_UNPACKING 32768        /* bytes whose reading takes as long as to begin
                                         * unpacking */
/* A name is made valid UTF-8 for people: then it is no longer the name. */
#define REPLACEMENT "\357\277\275"

struct _WsiMessageValues
{
  WsiTakeMessageValue take;
  gpointer            user_data;
  WsiDescription     *found;    /* description of the values at one path */
  GString            *names[MAX_STEPS];
  const char         *steps[MAX_STEPS];
  guint               n_steps;

  /* Numbers of the message that is read. */
  WsiMessageEffort    effort;
  guint               n_wrappings, n_texts, n_paths;
};

WsiMessageValues *
wsi_message_values_new (WsiTakeMessageValue take,
                        gpointer            user_data)
{
  WsiMessageValues *self = g_new0 (WsiMessageValues, 1);

  self->take = take;
  self->user_data = user_data;
  self->found = wsi_description_new ();
  for (guint i = 0; i < MAX_STEPS; i++)
    self->names[i] = g_string_new (NULL);
  return self;
}

void
wsi_message_values_free (WsiMessageValues *self)
{
  wsi_description_free (self->found);
  for (guint i = 0; i < MAX_STEPS; i++)
    g_string_free (self->names[i], TRUE);
  g_free (self);
}

/* Gives a value.  names: those of the steps; NULL: the value is that of a field. */
static void
message_values_take (WsiMessageValues      *self,
                     const char            *name,
                     const char *const     *names,
                     const WsiDescription  *description,
                     const WsiDecodedField *value)
{
  const WsiMessageValue taken = {
    name, names, names != NULL ? self->n_steps : 0, description, value,
  };

  self->effort.n_values++;
  self->take (&taken, self->user_data);
}

/* The values that were found at a path. */
static void
message_values_take_found (WsiMessageValues  *self,
                           const char        *path,
                           const char *const *names,
                           const char        *format)
{
  const WsiDecodedField *value = NULL;

  while ((value = wsi_description_find (self->found, format, value)) != NULL)
    message_values_take (self, path, names, self->found, value);
}

/* JSON is read in one pass, because most messages are JSON: a tree would take several times as
 * long. */
static const char *const elements[MAX_ELEMENTS] = {
  "[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]",
};

typedef struct
{
  WsiJsonScanner scanner;
  guint64        indexes[MAX_STEPS];    /* index of the next element, by depth */
} JsonWalk;

/* Takes the name of the next step, and goes to its value.  FALSE: no filter has such a step, or it
 * is one of many. */
static gboolean
message_values_take_step (WsiMessageValues *self,
                          JsonWalk         *walk,
                          WsiJsonToken     *token)
{
  guint64 *index = &walk->indexes[self->n_steps];
  GString *name = self->names[self->n_steps];

  if (token->kind != WSI_JSON_NAME)
    {
      guint max = self->n_steps == 0 ? MAX_ELEMENTS : 1;

      self->steps[self->n_steps] = *index < max ? elements[*index] : "";
      return (*index)++ < max;
    }

  g_string_truncate (name, 0);
  wsi_json_unescape (walk->scanner.at + token->at, token->length, name);
  self->steps[self->n_steps] = name->str;
  wsi_json_scanner_next (&walk->scanner, token);
  return strlen (name->str) == name->len && wsi_decoded_path_make_step (name->str).name != NULL;
}

static void
take_json_value (WsiMessageValues *self,
                 JsonWalk         *walk,
                 WsiJsonToken     *token)
{
  gboolean is_wanted = message_values_take_step (self, walk, token);
  gboolean is_container = token->kind == WSI_JSON_OBJECT || token->kind == WSI_JSON_ARRAY;
  g_autofree char *path = NULL;
  WsiJsonValue value;

  if (!wsi_json_is_value (token->kind))
    return;

  if (is_wanted && is_container && self->n_steps + 1 < MAX_STEPS)
    {
      walk->indexes[++self->n_steps] = 0;
      return;
    }
  if (!wsi_json_scanner_skip (&walk->scanner, token) || !is_wanted || is_container)
    return;

  value = (WsiJsonValue) { token->kind, walk->scanner.at + token->at, token->length };
  self->n_steps++;
  self->n_paths++;
  path = wsi_decoded_path_format (&wsi_json_decoder, self->steps, self->n_steps);
  wsi_description_clear (self->found);
  wsi_json_add_field (self->found, wsi_json_decoder.name, &value);
  message_values_take_found (self, path, self->steps, wsi_json_decoder.name);
  self->n_steps--;
}

static void
take_json (WsiMessageValues     *self,
           const WsiDecodeInput *input)
{
  JsonWalk walk = { .indexes = { 0 } };
  WsiJsonToken token;

  wsi_json_scanner_init (&walk.scanner, input->at, input->length);
  wsi_json_scanner_next (&walk.scanner, &token);
  self->n_steps = 0;
  while (walk.scanner.fault == WSI_JSON_FAULT_NONE && walk.scanner.depth > 0 &&
         self->n_paths < MAX_PATHS)
    {
      wsi_json_scanner_next (&walk.scanner, &token);
      if (token.kind == WSI_JSON_OBJECT_END || token.kind == WSI_JSON_ARRAY_END)
        self->n_steps -= self->n_steps > 0;
      else
        take_json_value (self, &walk, &token);
    }
  self->effort.n_bytes += walk.scanner.position;
}

/* The parts of a message of another format with paths. */
typedef struct
{
  WsiMessageValues     *values;
  const WsiDecoder     *format;         /* format whose name begins the paths */
  const WsiDecodeInput *input;
  GPtrArray            *seen;           /* paths that were seen; several parts may have one */
} Parts;

static gboolean
is_digits (const char *name)
{
  gsize n = strspn (name, "0123456789");

  return n > 0 && n <= MAX_INDEX_DIGITS && name[n] == '\0';
}

/* Takes the values at a path as filters find them.  FALSE: there are none. */
static gboolean
take_path (Parts             *parts,
           const char *const *names)
{
  WsiMessageValues *self = parts->values;
  g_autofree char *path = wsi_decoded_path_format (parts->format, names, self->n_steps);
  WsiDecodeStep steps[MAX_STEPS];

  if (g_ptr_array_find_with_equal_func (parts->seen, path, g_str_equal, NULL))
    return TRUE;

  for (guint i = 0; i < self->n_steps; i++)
    steps[i] = wsi_decoded_path_make_step (names[i]);
  wsi_description_clear (self->found);
  parts->format->find (parts->input, steps, self->n_steps, self->found);
  self->effort.n_bytes += parts->input->length;
  self->effort.n_nodes++;
  if (self->found->fields->len == 0)
    return FALSE;

  message_values_take_found (self, path, names, parts->format->name);
  g_ptr_array_add (parts->seen, g_steal_pointer (&path));
  return TRUE;
}

/* Names of digits may be numbers: of fields of Protocol Buffers, or of a map. */
static void
take_leaf (Parts *parts)
{
  WsiMessageValues *self = parts->values;
  g_autoptr (GPtrArray) indexes = g_ptr_array_new_with_free_func (g_free);
  gboolean has_digits = FALSE;

  self->n_paths++;
  for (guint i = 0; i < self->n_steps; i++)
    {
      gboolean is_number = is_digits (self->steps[i]);

      has_digits |= is_number;
      g_ptr_array_add (indexes, is_number ? g_strdup_printf ("[%s]", self->steps[i])
                                          : g_strdup (self->steps[i]));
    }
  if (!has_digits || !take_path (parts, (const char *const *) indexes->pdata))
    take_path (parts, self->steps);
}

static gboolean
has_enough (const WsiMessageValues *self)
{
  return self->n_paths >= MAX_SEARCHED || self->effort.n_nodes >= MAX_NODES;
}

/* Calls itself once for each step, of which there are MAX_STEPS, and for a part without a name
 * within it, such as the value behind a tag. */
static void
take_parts (Parts         *parts,
            WsiDecodeNode *node,
            guint          depth)
{
  WsiMessageValues *self = parts->values;
  guint max_elements = self->n_steps == 0 ? MAX_ELEMENTS : 1, n_elements = 0, n_children;

  if (node->expand == NULL && node->children == NULL)
    {
      if (self->n_steps > 0 && node->value != NULL && !g_str_equal (node->type, WSI_DECODE_REST))
        take_leaf (parts);
      return;
    }
  if (depth > 2 * MAX_STEPS)
    return;

  n_children = wsi_decode_node_get_n_children (node);
  self->effort.n_nodes += n_children;
  for (guint i = 0; i < n_children && n_elements < max_elements && !has_enough (self); i++)
    {
      WsiDecodeNode *child = wsi_decode_node_get_child (node, i);

      if (child->name == NULL)
        {
          take_parts (parts, child, depth + 1);
          continue;
        }
      n_elements += wsi_decoded_path_make_step (child->name).name == NULL;
      if (self->n_steps == MAX_STEPS || strstr (child->name, REPLACEMENT) != NULL)
        continue;

      self->steps[self->n_steps++] = child->name;
      take_parts (parts, child, depth + 1);
      self->n_steps--;
    }
}

static void
take_tree (WsiMessageValues     *self,
           const WsiDecoder     *format,
           const WsiDecodeInput *input)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (input->at, input->length);
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WsiDecodeNode) root = wsi_decoder_list_decode (format, input, bytes);
  Parts parts = { self, format, input, seen };

  self->effort.n_bytes += input->length;
  self->n_steps = 0;
  take_parts (&parts, root, 0);
}

/* Paths lead into the message itself, or into its content, such as that of a frame of STOMP. */
static void
take_paths (WsiMessageValues     *self,
            const WsiDecoder     *decoder,
            const WsiDecodeInput *input,
            const WsiDescription *description)
{
  const WsiDecoder *format = decoder;
  WsiDecodeInput content = *input;

  if (description->content_length > 0)
    {
      content.at += description->content;
      content.length = description->content_length;
      format = wsi_decoder_list_find (description->content_format);
    }
  if (format->find == NULL || content.length == 0)
    return;

  if (format == &wsi_json_decoder)
    take_json (self, &content);
  else
    take_tree (self, format, &content);
}

/* Whether a filter can compare the value.  FALSE: it refuses or never finds a value of this kind in
 * the field.  A peer may write anything in the place of a text or a number. */
static gboolean
is_comparable (const WsiDecoder      *decoder,
               const WsiDecodedField *value)
{
  for (gsize i = 0; i < decoder->n_fields; i++)
    {
      const WsiFieldKind kind = decoder->fields[i].kind;

      if (strcmp (decoder->fields[i].name, value->name) == 0)
        return kind == value->kind || (kind != WSI_FIELD_TEXT && kind != WSI_FIELD_WHOLE);
    }

  return TRUE;
}

static void
message_values_take_fields (WsiMessageValues     *self,
                            const WsiDecoder     *decoder,
                            const WsiDescription *description)
{
  for (guint i = 0; i < description->fields->len; i++)
    {
      const WsiDecodedField *value = &g_array_index (description->fields, WsiDecodedField, i);

      if (is_comparable (decoder, value))
        message_values_take (self, value->name, NULL, description, value);
    }
}

static void message_values_take_message (WsiMessageValues     *self,
                                         const WsiDecoder     *decoder,
                                         const WsiDecodeInput *input);

/* Takes the values of a message within another one, which may go on where the bytes end. */
static void
take_inner (WsiMessageValues     *self,
            const WsiDecodeInput *input,
            GBytes               *bytes,
            WsiMessageForm        form)
{
  WsiDecodeInput inner = *input;

  if (self->n_wrappings == WSI_DECODE_MAX_WRAPPINGS || g_bytes_get_size (bytes) == 0)
    return;

  inner.at = wsi_bytes_get_data (bytes, &inner.length);
  inner.extent = WSI_EXTENT_BEGINNING;
  inner.form = form;
  inner.subprotocol = inner.path = NULL;
  inner.before = NULL;
  self->n_wrappings++;
  message_values_take_message (self, wsi_decoder_list_guess (&inner, NULL, NULL), &inner);
  self->n_wrappings--;
}

/* wsi_decoder_list_describe () would unpack much more than is looked at here. */
static void
take_unwrapped (WsiMessageValues     *self,
                const WsiDecoder     *decoder,
                const WsiDecodeInput *input)
{
  WsiMessageForm form = WSI_MESSAGE_BINARY;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = decoder->unwrap (input, WSI_MESSAGE_VALUES_MAX_LENGTH, &form, &error);

  self->effort.n_bytes += BYTES_OF_UNPACKING;
  if (bytes != NULL)
    take_inner (self, input, bytes, form);
}

static void
message_values_take_texts (WsiMessageValues     *self,
                           const WsiDecoder     *decoder,
                           const WsiDecodeInput *input)
{
  gsize position = 0;

  for (; decoder->take_text != NULL && self->n_texts < MAX_TEXTS; self->n_texts++)
    {
      g_autoptr (GBytes) bytes = decoder->take_text (input, &position);

      if (bytes == NULL)
        return;
      take_inner (self, input, bytes, WSI_MESSAGE_TEXT);
    }
}

/* Takes the values of a message; a format without fields has its content in all of it. */
static void
message_values_take_message (WsiMessageValues     *self,
                             const WsiDecoder     *decoder,
                             const WsiDecodeInput *input)
{
  g_autoptr (WsiDescription) description = NULL;

  if (decoder->unwrap != NULL)
    {
      take_unwrapped (self, decoder, input);
      return;
    }

  description = wsi_description_new ();
  if (decoder->n_fields > 0)
    {
      decoder->describe (input, description);
      self->effort.n_bytes += input->length;
      message_values_take_fields (self, decoder, description);
    }
  take_paths (self, decoder, input, description);
  message_values_take_texts (self, decoder, input);
}

WsiMessageEffort
wsi_message_values_take (WsiMessageValues     *self,
                         const WsiDecoder     *decoder,
                         const WsiDecodeInput *input)
{
  self->effort = (WsiMessageEffort) { 0 };
  self->n_wrappings = self->n_texts = self->n_paths = 0;
  message_values_take_message (self, decoder, input);
  return self->effort;
}
