/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* WAMP 2 in JSON: lists that begin with the number of a type. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <string.h>

typedef enum
{
  PAIR_NONE,
  PAIR_REQUEST,
  PAIR_REPLY,
  PAIR_ERROR,                   /* of the type and request that are its second and third element */
} Pair;

/* The elements of a message by their place; 0 = it has none. */
static const struct
{
  guint       number;
  const char *name;
  guint8      request, uri;
  Pair        pair;
} types[] = {
  { 1, "HELLO", 0, 1, PAIR_NONE },
  { 2, "WELCOME", 0, 0, PAIR_NONE },
  { 3, "ABORT", 0, 2, PAIR_NONE },
  { 4, "CHALLENGE", 0, 0, PAIR_NONE },
  { 5, "AUTHENTICATE", 0, 0, PAIR_NONE },
  { 6, "GOODBYE", 0, 2, PAIR_NONE },
  { 8, "ERROR", 2, 4, PAIR_ERROR },
  { 16, "PUBLISH", 1, 3, PAIR_REQUEST },
  { 17, "PUBLISHED", 1, 0, PAIR_REPLY },
  { 32, "SUBSCRIBE", 1, 3, PAIR_REQUEST },
  { 33, "SUBSCRIBED", 1, 0, PAIR_REPLY },
  { 34, "UNSUBSCRIBE", 1, 0, PAIR_REQUEST },
  { 35, "UNSUBSCRIBED", 1, 0, PAIR_REPLY },
  { 36, "EVENT", 0, 0, PAIR_NONE },
  { 48, "CALL", 1, 3, PAIR_REQUEST },
  { 49, "CANCEL", 1, 0, PAIR_NONE },
  { 50, "RESULT", 1, 0, PAIR_REPLY },
  { 64, "REGISTER", 1, 3, PAIR_REQUEST },
  { 65, "REGISTERED", 1, 0, PAIR_REPLY },
  { 66, "UNREGISTER", 1, 0, PAIR_REQUEST },
  { 67, "UNREGISTERED", 1, 0, PAIR_REPLY },
  { 68, "INVOCATION", 1, 0, PAIR_REQUEST },
  { 69, "INTERRUPT", 1, 0, PAIR_NONE },
  { 70, "YIELD", 1, 0, PAIR_REPLY },
};

/* The place of the type in the table; its length: the message is of another format. */
static gsize
find_type (const WsiJsonValue *all)
{
  WsiJsonValue first = wsi_json_get_element (all, 0);
  gint64 number;
  gsize i = 0;

  if (!wsi_json_to_whole (&first, &number))
    return G_N_ELEMENTS (types);

  while (i < G_N_ELEMENTS (types) && types[i].number != number)
    i++;
  return i;
}

/* The first message of each side has an object that no other list of numbers has. */
static guint
probe (const WsiDecodeInput *input)
{
  WsiJsonValue all, details;
  gsize i;

  if (input->form != WSI_MESSAGE_TEXT || input->length == 0 || input->at[0] != '[')
    return WSI_SCORE_NONE;

  all = wsi_json_begin (input->at, input->length);
  i = find_type (&all);
  if (i == G_N_ELEMENTS (types))
    return WSI_SCORE_NONE;

  details = wsi_json_get_element (&all, 2);
  if (types[i].number <= 2 && wsi_json_get_member (&details, "roles").kind == WSI_JSON_OBJECT)
    return WSI_SCORE_SURE;
  return WSI_SCORE_WEAK;
}

static void
describe_pair (const WsiJsonValue *all,
               gsize               type,
               WsiDescription     *description)
{
  WsiJsonValue request = wsi_json_get_element (all, types[type].request);

  if (types[type].request == 0)
    return;

  wsi_description_append (description, " ");
  wsi_json_append (description, &request);
  wsi_json_add_field (description, "wamp.request", &request);
  if (types[type].pair == PAIR_REQUEST)
    wsi_json_set_pair (description, WSI_PAIRING_REQUEST, &request);
  else if (types[type].pair != PAIR_NONE)
    wsi_json_set_pair (description, WSI_PAIRING_REPLY, &request);
}

static void
describe (const WsiDecodeInput *input,
          WsiDescription       *description)
{
  WsiJsonValue all = wsi_json_begin (input->at, input->length), uri;
  gsize type = find_type (&all);

  wsi_description_append (description, "WAMP");
  if (type == G_N_ELEMENTS (types))
    return;

  wsi_description_append (description, " %s", types[type].name);
  wsi_description_add_text (description, "wamp.type", (const guint8 *) types[type].name,
                            strlen (types[type].name));
  wsi_description_set_content (description, 0, input->length);
  describe_pair (&all, type, description);
  uri = wsi_json_get_element (&all, types[type].uri);
  if (types[type].uri != 0 && uri.kind == WSI_JSON_STRING)
    wsi_json_add_field (description, "wamp.uri", &uri);
  wsi_description_append (description, " ");
  wsi_json_append (description, &all);
}

static void
decode (const WsiDecodeInput *input,
        WsiDecodeNode        *root)
{
  WsiJsonValue all = wsi_json_begin (input->at, input->length);
  gsize type = find_type (&all);

  wsi_json_set_node (root);
  if (type < G_N_ELEMENTS (types))
    wsi_decode_node_set_value (root, "%s", types[type].name);
}

static const WsiDecoderField fields[] = {
  { "wamp.type", WSI_FIELD_TEXT, "Type of a message of WAMP, such as CALL" },
  { "wamp.request", WSI_FIELD_WHOLE, "Number of its request" },
  { "wamp.uri", WSI_FIELD_TEXT, "Procedure, topic, realm or error" },
};

const WsiDecoder wsi_wamp_decoder = {
  .name = "wamp", .title = "WAMP", .subprotocols = "wamp.2.json",
  .begins = WSI_BEGIN_BRACKET,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = probe, .describe = describe, .decode = decode,
};
