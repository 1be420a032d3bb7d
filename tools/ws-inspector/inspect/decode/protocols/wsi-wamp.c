/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* WAMP 2 in JSON, MessagePack or CBOR: lists that begin with the number of a type.  With a batched
 * subprotocol a message has several: texts with a byte after each, or items with their lengths. */

#include "inspect/decode/binary/wsi-cbor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/binary/wsi-msgpack.h"
#include "inspect/decode/protocols/wsi-protocols.h"
#include "inspect/decode/protocols/wsi-value.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/store/memory/wsi-bytes.h"

/* The specification says \30 and not of which base: peers such as autobahn write 0x18. */
#define END_OF_TEXT 0x18
#define END_OF_RECORD 0x1e
#define LENGTH_SIZE 4
#define MAX_MESSAGES 20         /* messages of one frame in its description */

typedef enum
{
  PAIR_NONE,
  PAIR_REQUEST,
  PAIR_REPLY,
  PAIR_ERROR,                   /* an error, which has the type and request as its second and third
                                 * element */
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

typedef enum
{
  PACKING_SINGLE,
  PACKING_BATCHED,
} Packing;

/* How the lists of a message are written. */
typedef struct
{
  WsiItemRead read;             /* reader of the format's items; NULL: JSON */
  Packing     packing;
} Encoding;

/* One list in a message, and where the next one begins. */
typedef struct
{
  gsize at, length, end;
} Part;

/* Lists of less than 16 elements: the first byte tells MessagePack from CBOR. */
static WsiItemRead
guess_read (guint8 first)
{
  return first >> 4 == 9 ? wsi_msgpack_read : wsi_cbor_read;
}

/* Whether the byte may begin a list, in JSON or MessagePack. */
static gboolean
may_be_list (guint8 first)
{
  return first >> 5 == 4;
}

static Encoding
find_encoding (const WsiDecodeInput *input)
{
  const char *name = input->subprotocol != NULL ? input->subprotocol : "";
  Encoding encoding = { NULL, PACKING_SINGLE };

  if (g_str_has_prefix (name, "wamp.2.") && g_str_has_suffix (name, ".batched"))
    encoding.packing = PACKING_BATCHED;
  if (input->form == WSI_MESSAGE_TEXT)
    return encoding;

  if (g_str_has_prefix (name, "wamp.2.msgpack"))
    encoding.read = wsi_msgpack_read;
  else if (g_str_has_prefix (name, "wamp.2.cbor"))
    encoding.read = wsi_cbor_read;
  else
    encoding.read = guess_read (input->length > 0 ? input->at[0] : 0);
  return encoding;
}

static gboolean
wamp_is_end (guint8 byte)
{
  return byte == END_OF_TEXT || byte == END_OF_RECORD;
}

/* Takes the list at a place, which may be cut. */
static Part
wamp_take_part (const WsiDecodeInput *input,
                const Encoding       *encoding,
                gsize                 from)
{
  gsize left = input->length - from, end = from;

  if (encoding->packing == PACKING_SINGLE)
    return (Part) { from, left, input->length };

  if (encoding->read != NULL)
    {
      gsize head = MIN (left, LENGTH_SIZE);
      gsize length = MIN (wsi_item_read_number (input->at + from, head), left - head);

      return (Part) { from + head, length, from + head + length };
    }
  while (end < input->length && !wamp_is_end (input->at[end]))
    end++;
  return (Part) { from, end - from, end + (end < input->length) };
}

/* The place of the type in the table; its length: the list is no message. */
static gsize
find_type (const WsiValue *all)
{
  WsiValue first = wsi_value_get_element (all, 0);
  gint64 number;
  gsize i = 0;

  if (!wsi_value_to_whole (&first, &number))
    return G_N_ELEMENTS (types);

  while (i < G_N_ELEMENTS (types) && types[i].number != number)
    i++;
  return i;
}

static WsiValue
read_part (const WsiDecodeInput *input,
           const Encoding       *encoding,
           const Part           *part)
{
  const guint8 *at = part->length > 0 ? input->at + part->at : input->at;

  return wsi_value_begin (encoding->read, at, part->length);
}

/* The first message of each side has an object that no other list of numbers has. */
static guint
wamp_probe (const WsiDecodeInput *input)
{
  WsiValue all, details, roles;
  Encoding encoding;
  Part part;
  gsize i;

  if (input->length == 0 || (input->form == WSI_MESSAGE_BINARY && input->subprotocol == NULL &&
                             !may_be_list (input->at[0])))
    return WSI_SCORE_NONE;

  encoding = find_encoding (input);
  if (encoding.read == NULL && input->at[0] != '[')
    return WSI_SCORE_NONE;

  part = wamp_take_part (input, &encoding, 0);
  all = read_part (input, &encoding, &part);
  i = all.kind == WSI_JSON_ARRAY ? find_type (&all) : G_N_ELEMENTS (types);
  if (i == G_N_ELEMENTS (types))
    return WSI_SCORE_NONE;

  details = wsi_value_get_element (&all, 2);
  roles = wsi_value_get_member (&details, "roles");
  return types[i].number <= 2 && roles.kind == WSI_JSON_OBJECT ? WSI_SCORE_SURE : WSI_SCORE_WEAK;
}

static void
describe_request (const WsiValue *all,
                  gsize           type,
                  WsiDescription *description)
{
  WsiValue request = wsi_value_get_element (all, types[type].request);

  if (types[type].request == 0)
    return;

  wsi_value_append (description, &request);
  wsi_value_add_field (description, "wamp.request", &request);
  if (description->pairing != WSI_PAIRING_NONE || types[type].pair == PAIR_NONE)
    return;

  wsi_value_set_pair (description, types[type].pair == PAIR_REQUEST ? WSI_PAIRING_REQUEST
                                                                    : WSI_PAIRING_REPLY, &request);
}

static void
wamp_describe_message (const WsiValue *all,
                       WsiDescription *description)
{
  gsize type = find_type (all);
  WsiValue uri;

  if (type == G_N_ELEMENTS (types))
    return;

  wsi_description_append (description, " %s", types[type].name);
  wsi_description_add_text (description, "wamp.type", (const guint8 *) types[type].name,
                            strlen (types[type].name));
  describe_request (all, type, description);
  uri = wsi_value_get_element (all, types[type].uri);
  /* the number of the type is at place 0 */
  if (uri.kind == WSI_JSON_STRING)
    wsi_value_add_field (description, "wamp.uri", &uri);
  wsi_value_append (description, all);
}

static const char *
name_format (const Encoding *encoding)
{
  if (encoding->read == NULL)
    return "json";
  return encoding->read == wsi_msgpack_read ? "msgpack" : "cbor";
}

/* The pair is that of the first request or reply. */
static void
wamp_describe (const WsiDecodeInput *input,
               WsiDescription       *description)
{
  Encoding encoding = find_encoding (input);
  gsize at = 0;

  wsi_description_append (description, "WAMP");
  for (guint i = 0; i < MAX_MESSAGES && at < input->length; i++)
    {
      Part part = wamp_take_part (input, &encoding, at);
      WsiValue all = read_part (input, &encoding, &part);

      if (i == 0)
        wsi_description_set_content (description, name_format (&encoding), part.at, part.length);
      else
        wsi_description_append (description, ",");
      wamp_describe_message (&all, description);
      at = part.end;
    }
}

static void
wamp_set_node (WsiDecodeNode  *node,
               const Encoding *encoding,
               const WsiValue *all)
{
  gsize type = find_type (all);

  if (encoding->read == NULL)
    wsi_json_set_node (node);
  else if (encoding->read == wsi_msgpack_read)
    wsi_msgpack_set_node (node);
  else
    wsi_cbor_set_node (node);
  if (type < G_N_ELEMENTS (types))
    wsi_decode_node_set_value (node, "%s", types[type].name);
}

/* States of a node: the reader of its items. */
enum
{
  STATE_JSON,
  STATE_MSGPACK,
  STATE_CBOR,
};

static void
wamp_expand (WsiDecodeNode *node)
{
  static const WsiItemRead reads[] = {
    [STATE_JSON] = NULL, [STATE_MSGPACK] = wsi_msgpack_read, [STATE_CBOR] = wsi_cbor_read,
  };
  WsiDecodeInput input = { .at = wsi_bytes_get_data (node->bytes, NULL),
                           .length = node->offset + node->length };
  Encoding encoding = { reads[node->state], PACKING_BATCHED };
  gsize at = node->offset;

  for (guint i = 0; i < WSI_DECODE_PAGE && at < input.length; i++)
    {
      Part part = wamp_take_part (&input, &encoding, at);
      WsiValue all = read_part (&input, &encoding, &part);

      wamp_set_node (wsi_decode_node_add (node, NULL, "", part.at, part.length), &encoding, &all);
      at = part.end;
    }
  if (at < input.length)
    wsi_decode_node_add_rest (node, at, input.length - at, wamp_expand, node->state);
}

static void
wamp_decode (const WsiDecodeInput *input,
             WsiDecodeNode        *root)
{
  Encoding encoding = find_encoding (input);
  Part part = wamp_take_part (input, &encoding, 0);
  WsiValue all = read_part (input, &encoding, &part);
  guint64 state = encoding.read == wsi_msgpack_read ? STATE_MSGPACK : STATE_CBOR;

  if (encoding.packing == PACKING_SINGLE)
    {
      wamp_set_node (root, &encoding, &all);
      return;
    }
  root->type = "messages";
  wsi_decode_node_set_expand (root, wamp_expand, encoding.read == NULL ? STATE_JSON : state);
}

static const WsiDecoderField fields[] = {
  { "wamp.type", WSI_FIELD_TEXT, N_("Type of a message of WAMP, such as CALL") },
  { "wamp.request", WSI_FIELD_WHOLE, N_("Number of its request") },
  { "wamp.uri", WSI_FIELD_TEXT, N_("Procedure, topic, realm or error") },
};

const WsiDecoder wsi_wamp_decoder = {
  .name = "wamp", .title = "WAMP",
  .text_begins = WSI_BEGIN_BRACKET,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = wamp_probe, .describe = wamp_describe, .decode = wamp_decode,
};
