/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Socket.IO (protocol 5 and before) in packets of Engine.IO (protocol 4 and 3): a digit for the
 * packet, and in messages a digit for the type, the number of attachments, the namespace, the
 * number of the acknowledgement, and JSON.  Binary messages are attachments. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"

#define ENGINE_MESSAGE 4
#define MAX_DIGITS 18

typedef enum
{
  CONNECT,
  DISCONNECT,
  EVENT,
  ACK,
  CONNECT_ERROR,
  BINARY_EVENT,
  BINARY_ACK,
  N_TYPES,
} Type;

static const char *const engine_names[] = {
  "open", "close", "ping", "pong", "message", "upgrade", "noop",
};

static const char *const type_names[N_TYPES] = {
  "CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK",
};

/* A packet: ranges within the message; length 0 = the part is not there. */
typedef struct
{
  guint engine;
  Type  type;                   /* type of the packet; N_TYPES = it is not one of Socket.IO */
  gsize attachments_length;
  gsize space, space_length;
  gsize id, id_length;
  gsize data;
} Packet;

static gsize
socket_io_count_digits (const WsiDecodeInput *input,
                        gsize                 from)
{
  gsize i = from;

  while (i < input->length && g_ascii_isdigit (input->at[i]))
    i++;
  return i - from;
}

static gint64
socket_io_read_digits (const WsiDecodeInput *input,
                       gsize                 from,
                       gsize                 length)
{
  gint64 number = 0;

  for (gsize i = 0; i < MIN (length, MAX_DIGITS); i++)
    number = number * 10 + (input->at[from + i] - '0');
  return number;
}

/* Parses a message.  FALSE: it is of another format. */
static gboolean
socket_io_parse (const WsiDecodeInput *input,
                 Packet               *packet)
{
  gsize at = 2, n;

  *packet = (Packet) { .type = N_TYPES, .data = 1 };
  if (input->form != WSI_MESSAGE_TEXT || input->length == 0 || input->at[0] < '0' ||
      input->at[0] - '0' >= (int) G_N_ELEMENTS (engine_names))
    return FALSE;

  packet->engine = input->at[0] - '0';
  if (packet->engine != ENGINE_MESSAGE || input->length < 2 || input->at[1] < '0' ||
      input->at[1] - '0' >= N_TYPES)
    return TRUE;

  packet->type = input->at[1] - '0';
  n = socket_io_count_digits (input, at);
  if (n > 0 && at + n < input->length && input->at[at + n] == '-')
    {
      packet->attachments_length = n;
      at += n + 1;
    }
  if (at < input->length && input->at[at] == '/')
    {
      const guint8 *comma = memchr (input->at + at, ',', input->length - at);
      gsize end = comma != NULL ? (gsize) (comma - input->at) : input->length;

      packet->space = at;
      packet->space_length = end - at;
      at = comma != NULL ? end + 1 : end;
    }
  packet->id = at;
  packet->id_length = socket_io_count_digits (input, at);
  packet->data = at + packet->id_length;
  return TRUE;
}

/* Whether what follows is what the type asks for: a list of arguments, an object, or nothing. */
static gboolean
has_data_of_type (const WsiDecodeInput *input,
                  const Packet         *packet)
{
  guint8 first = packet->data < input->length ? input->at[packet->data] : '\0';

  switch (packet->type)
    {
    case EVENT:
    case ACK:
    case BINARY_EVENT:
    case BINARY_ACK:
      return first == '[';
    case CONNECT:
    case CONNECT_ERROR:
      return first == '{' || first == '"' || (first == '\0' && packet->space_length > 0);
    case DISCONNECT:
      return first == '\0' && packet->space_length > 0;
    case N_TYPES:
      break;
    }
  return FALSE;
}

/* A digit alone is a packet if the path or another message says so. */
static guint
socket_io_probe (const WsiDecodeInput *input)
{
  Packet packet;

  if (input->form == WSI_MESSAGE_BINARY)
    return WSI_SCORE_WEAK;
  if (!socket_io_parse (input, &packet))
    return WSI_SCORE_NONE;
  if (packet.type != N_TYPES)
    return has_data_of_type (input, &packet) ? WSI_SCORE_SURE : WSI_SCORE_WEAK;
  if (packet.engine == 0)
    {
      WsiJsonValue opening = wsi_json_begin (input->at + 1, input->length - 1);

      return wsi_json_get_member (&opening, "sid").kind == WSI_JSON_STRING ? WSI_SCORE_SURE
                                                                           : WSI_SCORE_NONE;
    }
  return WSI_SCORE_WEAK;
}

/* The data of an error: of a packet by its type, of an event by its name. */
static void
socket_io_describe_error (const WsiJsonValue *error,
                          WsiDescription     *description)
{
  WsiJsonValue text = wsi_json_get_member (error, "message");

  if (text.kind != WSI_JSON_STRING)
    text = *error;
  if (text.kind == WSI_JSON_END || text.kind == WSI_JSON_NULL)
    return;

  wsi_json_add_text (description, "sio.error", &text);
  wsi_json_set_error (description, "sio.error", &text);
}

static void
describe_event (const WsiDecodeInput *input,
                const Packet         *packet,
                WsiDescription       *description)
{
  WsiJsonValue data = wsi_json_begin (input->at + packet->data, input->length - packet->data);
  WsiJsonValue name = wsi_json_get_element (&data, 0);

  if ((packet->type == EVENT || packet->type == BINARY_EVENT) && name.kind == WSI_JSON_STRING)
    wsi_json_add_field (description, "sio.event", &name);
  if (packet->type == CONNECT_ERROR)
    socket_io_describe_error (&data, description);
  else if (packet->type == EVENT && (wsi_json_is_text (&name, "error") ||
                                     wsi_json_is_text (&name, "connect_error")))
    {
      WsiJsonValue error = wsi_json_get_element (&data, 1);

      socket_io_describe_error (&error, description);
    }
  if (data.kind == WSI_JSON_END)
    return;

  wsi_description_append (description, " ");
  wsi_json_append (description, &data);
  wsi_description_set_content (description, "json", packet->data, input->length - packet->data);
}

/* Describes the number of an acknowledgement, which is one of its namespace. */
static void
socket_io_describe_id (const WsiDecodeInput *input,
                       const Packet         *packet,
                       WsiDescription       *description)
{
  gboolean is_event = packet->type == EVENT || packet->type == BINARY_EVENT;
  gint64 id = socket_io_read_digits (input, packet->id, packet->id_length);
  g_autofree char *space = g_strndup ((const char *) input->at + packet->space,
                                      packet->space_length);
  g_autofree char *name = g_strdup_printf ("%s %" PRIi64, space, id);

  wsi_description_append (description, " id %" PRIi64, id);
  wsi_description_add_whole (description, "sio.id", id);
  wsi_description_set_pair (description, is_event ? WSI_PAIRING_REQUEST : WSI_PAIRING_REPLY,
                            (const guint8 *) name, strlen (name));
}

static void
socket_io_describe_message (const WsiDecodeInput *input,
                            const Packet         *packet,
                            WsiDescription       *description)
{
  const char *type = type_names[packet->type];

  wsi_description_append (description, "Socket.IO %s", type);
  wsi_description_add_text (description, "sio.type", (const guint8 *) type, strlen (type));
  if (packet->attachments_length > 0)
    {
      gint64 n = socket_io_read_digits (input, 2, packet->attachments_length);

      wsi_description_append (description, " %" PRIi64 " attachments", n);
      wsi_description_add_whole (description, "sio.attachments", n);
    }
  if (packet->space_length > 0)
    {
      const guint8 *space = input->at + packet->space;

      wsi_description_append (description, " ");
      wsi_description_append_peer (description, space, packet->space_length);
      wsi_description_add_text (description, "sio.namespace", space, packet->space_length);
    }
  if (packet->id_length > 0)
    socket_io_describe_id (input, packet, description);
  describe_event (input, packet, description);
}

static void
socket_io_describe (const WsiDecodeInput *input,
                    WsiDescription       *description)
{
  Packet packet;
  const char *name;

  if (!socket_io_parse (input, &packet))
    {
      wsi_description_append (description, input->length == 1 ? "Socket.IO attachment, %zu byte"
                                                               : "Socket.IO attachment, %zu bytes",
                              input->length);
      return;
    }

  name = engine_names[packet.engine];
  wsi_description_add_text (description, "eio.type", (const guint8 *) name, strlen (name));
  if (packet.type != N_TYPES)
    {
      socket_io_describe_message (input, &packet, description);
      return;
    }
  wsi_description_append (description, "Engine.IO %s ", name);
  wsi_description_append_peer (description, input->at + 1, input->length - 1);
  if (packet.engine == 0)
    wsi_description_set_content (description, "json", 1, input->length - 1);
}

static void
decode_message (const WsiDecodeInput *input,
                const Packet         *packet,
                WsiDecodeNode        *root)
{
  WsiDecodeNode *node = wsi_decode_node_add (root, "type", "Socket.IO", 1, 1);

  wsi_decode_node_set_value (node, "%s", type_names[packet->type]);
  if (packet->attachments_length > 0)
    {
      node = wsi_decode_node_add (root, "attachments", "number", 2, packet->attachments_length);
      wsi_decode_node_set_text (node, input->at + 2, packet->attachments_length);
    }
  if (packet->space_length > 0)
    {
      node = wsi_decode_node_add (root, "namespace", "text", packet->space, packet->space_length);
      wsi_decode_node_set_text (node, input->at + packet->space, packet->space_length);
    }
  if (packet->id_length > 0)
    {
      node = wsi_decode_node_add (root, "id", "number", packet->id, packet->id_length);
      wsi_decode_node_set_text (node, input->at + packet->id, packet->id_length);
    }
}

static void
socket_io_decode (const WsiDecodeInput *input,
                  WsiDecodeNode        *root)
{
  WsiDecodeNode *node;
  Packet packet;

  if (!socket_io_parse (input, &packet))
    {
      root->type = "attachment";
      return;
    }

  root->type = "packet";
  node = wsi_decode_node_add (root, "packet", "Engine.IO", 0, 1);
  wsi_decode_node_set_value (node, "%s", engine_names[packet.engine]);
  if (packet.type != N_TYPES)
    decode_message (input, &packet, root);
  if (packet.data < input->length)
    wsi_json_set_node (wsi_decode_node_add (root, "data", "", packet.data,
                                            input->length - packet.data));
}

static const WsiDecoderField fields[] = {
  { "eio.type", WSI_FIELD_TEXT, N_("Packet of Engine.IO: open, close, ping, pong, message, upgrade or noop") },
  { "sio.type", WSI_FIELD_TEXT, N_("Packet of Socket.IO, such as EVENT or ACK") },
  { "sio.namespace", WSI_FIELD_TEXT, N_("Its namespace, if it has one") },
  { "sio.event", WSI_FIELD_TEXT, N_("Name of the event") },
  { "sio.error", WSI_FIELD_TEXT, N_("Text of an error, or of an event with this name") },
  { "sio.id", WSI_FIELD_WHOLE, N_("Number of the acknowledgement") },
  { "sio.attachments", WSI_FIELD_WHOLE, N_("Number of binary messages that follow") },
};

const WsiDecoder wsi_socket_io_decoder = {
  .name = "socket.io", .title = "Socket.IO",
  .text_begins = WSI_BEGIN_DIGIT,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = socket_io_probe, .describe = socket_io_describe, .decode = socket_io_decode,
};
