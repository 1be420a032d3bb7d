/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frames of SockJS: o and h, a with a list of messages, c with a code and a reason; the client
 * sends lists of messages. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <string.h>

#define MAX_MESSAGES 100        /* of a frame, in its description */

static const char *
name_type (const WsiDecodeInput *input)
{
  guint8 first = input->length > 0 ? input->at[0] : '\0';
  gboolean is_alone = input->length == 1;

  if (input->form != WSI_MESSAGE_TEXT)
    return NULL;
  if (first == 'o' && is_alone)
    return "open";
  if (first == 'h' && is_alone)
    return "heartbeat";
  if (first == '[')
    return "messages";
  if (is_alone || input->length == 0 || input->at[1] != '[')
    return NULL;
  if (first == 'a')
    return "messages";
  return first == 'c' ? "close" : NULL;
}

static gsize
get_data (const WsiDecodeInput *input)
{
  return input->length > 0 && input->at[0] == '[' ? 0 : 1;
}

/* Such as /echo/123/abcdefgh/websocket. */
static gboolean
has_path (const WsiDecodeInput *input)
{
  const char *end = input->path != NULL ? strstr (input->path, "/websocket") : NULL;
  guint n_slashes = 0;

  if (end == NULL)
    return FALSE;

  for (const char *p = input->path; p < end; p++)
    n_slashes += *p == '/';
  return n_slashes >= 3;
}

static guint
probe (const WsiDecodeInput *input)
{
  WsiJsonValue all, first;

  if (name_type (input) == NULL)
    return WSI_SCORE_NONE;
  if (has_path (input))
    return WSI_SCORE_SURE;
  if (input->at[0] != 'a')
    return WSI_SCORE_WEAK;

  all = wsi_json_begin (input->at + 1, input->length - 1);
  first = wsi_json_get_element (&all, 0);
  return first.kind == WSI_JSON_STRING ? WSI_SCORE_LIKELY : WSI_SCORE_WEAK;
}

static void
describe_messages (const WsiJsonValue *all,
                   WsiDescription     *description)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, all->at, all->length);
  wsi_json_scanner_next (&scanner, &token);
  for (guint i = 0; i < MAX_MESSAGES && wsi_json_scanner_next (&scanner, &token) == WSI_JSON_STRING;
       i++)
    {
      WsiJsonValue message = { WSI_JSON_STRING, scanner.at + token.at, token.length };
      g_autoptr (GString) text = g_string_new (NULL);

      wsi_json_unescape (message.at, message.length, text);
      wsi_description_append (description, i > 0 ? ", \"" : " \"");
      wsi_description_append_peer (description, (const guint8 *) text->str, text->len);
      wsi_description_append (description, "\"");
      wsi_description_add_text (description, "sockjs.message", (const guint8 *) text->str,
                                text->len);
    }
}

static void
describe (const WsiDecodeInput *input,
          WsiDescription       *description)
{
  const char *type = name_type (input);
  WsiJsonValue all;

  wsi_description_append (description, "SockJS %s", type != NULL ? type : "");
  if (type == NULL)
    return;

  wsi_description_add_text (description, "sockjs.type", (const guint8 *) type, strlen (type));
  if (input->length < 2)
    return;

  all = wsi_json_begin (input->at + get_data (input), input->length - get_data (input));
  wsi_description_set_content (description, get_data (input), input->length - get_data (input));
  if (input->at[0] != 'c')
    {
      describe_messages (&all, description);
      return;
    }
  wsi_description_append (description, " ");
  wsi_json_append (description, &all);
}

static void
decode (const WsiDecodeInput *input,
        WsiDecodeNode        *root)
{
  const char *type = name_type (input);

  root->type = "frame";
  if (type == NULL)
    return;

  wsi_decode_node_set_value (root, "%s", type);
  if (input->length > 1)
    wsi_json_set_node (wsi_decode_node_add (root, NULL, "", get_data (input),
                                            input->length - get_data (input)));
}

static const WsiDecoderField fields[] = {
  { "sockjs.type", WSI_FIELD_TEXT, "Type of a frame of SockJS: open, heartbeat, messages or close" },
  { "sockjs.message", WSI_FIELD_TEXT, "Each of its messages" },
};

const WsiDecoder wsi_sockjs_decoder = {
  .name = "sockjs", .title = "SockJS", .begins = WSI_BEGIN_LETTER | WSI_BEGIN_BRACKET,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = probe, .describe = describe, .decode = decode,
};
