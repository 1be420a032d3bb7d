/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frames of SockJS: o and h, a with a list of messages, c with a code and a reason; the client
 * sends lists of messages. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/json/wsi-json-string.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_MESSAGES 100        /* messages of a frame in its description */

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
sockjs_get_data (const WsiDecodeInput *input)
{
  return input->length > 0 && input->at[0] == '[' ? 0 : 1;
}

/* Whether the path is one of SockJS, such as /echo/123/abcdefgh/websocket. */
static gboolean
sockjs_has_path (const WsiDecodeInput *input)
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
sockjs_probe (const WsiDecodeInput *input)
{
  WsiJsonValue all, first;

  if (name_type (input) == NULL)
    return WSI_SCORE_NONE;
  if (sockjs_has_path (input))
    return WSI_SCORE_SURE;
  if (input->at[0] != 'a')
    return WSI_SCORE_WEAK;

  all = wsi_json_begin (input->at + 1, input->length - 1);
  first = wsi_json_get_element (&all, 0);
  return first.kind == WSI_JSON_STRING ? WSI_SCORE_LIKELY : WSI_SCORE_WEAK;
}

/* The text after a position in the list, which begins at 0. */
static GBytes *
sockjs_take_text (const WsiDecodeInput *input,
                  gsize                *position)
{
  gsize begin = sockjs_get_data (input);
  const char *type = name_type (input);
  WsiJsonScanner scanner;
  WsiJsonToken token;
  GString *text;

  if (type == NULL || !g_str_equal (type, "messages"))
    return NULL;

  wsi_json_scanner_init (&scanner, input->at + begin, input->length - begin);
  if (*position == 0)
    wsi_json_scanner_next (&scanner, &token);
  else
    {
      wsi_json_scanner_resume (&scanner, input->at + begin, input->length - begin, *position,
                               WSI_JSON_ARRAY);
      scanner.expectation = WSI_JSON_EXPECT_COMMA;
    }
  if (wsi_json_scanner_next (&scanner, &token) != WSI_JSON_STRING)
    return NULL;

  text = g_string_new (NULL);
  wsi_json_unescape (scanner.at + token.at, token.length, text);
  *position = scanner.position;
  return g_string_free_to_bytes (text);
}

static void
sockjs_add_messages (const WsiDecodeInput *input,
                     WsiDescription       *description)
{
  gsize position = 0;

  for (guint i = 0; i < MAX_MESSAGES; i++)
    {
      g_autoptr (GBytes) text = sockjs_take_text (input, &position);
      const guint8 *at;
      gsize length;

      if (text == NULL)
        return;

      at = wsi_bytes_get_data (text, &length);
      wsi_description_add_text (description, "sockjs.message", at, length);
    }
}

/* The messages themselves are described after this, each by what it is. */
static void
sockjs_describe (const WsiDecodeInput *input,
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

  sockjs_add_messages (input, description);
  if (input->at[0] != 'c')
    return;

  all = wsi_json_begin (input->at + 1, input->length - 1);
  wsi_description_set_content (description, "json", 1, input->length - 1);
  wsi_description_append (description, " ");
  wsi_json_append (description, &all);
}

static void
sockjs_decode (const WsiDecodeInput *input,
               WsiDecodeNode        *root)
{
  const char *type = name_type (input);

  root->type = "frame";
  if (type == NULL)
    return;

  wsi_decode_node_set_value (root, "%s", type);
  if (input->length > 1)
    wsi_json_set_node (wsi_decode_node_add (root, NULL, "", sockjs_get_data (input),
                                            input->length - sockjs_get_data (input)));
}

static const WsiDecoderField fields[] = {
  { "sockjs.type", WSI_FIELD_TEXT, N_("Type of a frame of SockJS: open, heartbeat, messages or close") },
  { "sockjs.message", WSI_FIELD_TEXT, N_("Each of its messages") },
};

const WsiDecoder wsi_sockjs_decoder = {
  .name = "sockjs", .title = "SockJS", .begins = WSI_BEGIN_LETTER | WSI_BEGIN_BRACKET,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = sockjs_probe, .describe = sockjs_describe, .decode = sockjs_decode, .take_text = sockjs_take_text,
};
