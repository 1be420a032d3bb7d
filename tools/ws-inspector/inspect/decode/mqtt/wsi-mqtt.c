/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* MQTT over WebSocket: the binary messages of a direction are one stream of packets.  A packet that
 * goes on in later messages is described with the one in which it ends. */

#include "inspect/decode/json/wsi-json.h"
#include "inspect/decode/mqtt/wsi-mqtt-joined.h"
#include "inspect/decode/mqtt/wsi-mqtt.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define MAX_PACKETS 20          /* packets of a message in its description */
#define DEFAULT_VERSION 4
#define VERSION_BITS 8
#define QOS(flags) (((flags) >> 1) & 3)

static guint
mqtt_probe (const WsiDecodeInput *input)
{
  WsiMqttPacket packet;
  const WsiMqttPart *protocol;
  guint score = WSI_SCORE_WEAK;

  if (input->form == WSI_MESSAGE_BINARY && input->before != NULL)
    return WSI_SCORE_SURE;
  if (input->form == WSI_MESSAGE_BINARY && wsi_mqtt_packet_is_head_cut (input->at, input->length))
    return WSI_SCORE_WEAK;
  if (input->form != WSI_MESSAGE_BINARY ||
      !wsi_mqtt_packet_parse (&packet, input->at, input->length, 0, DEFAULT_VERSION))
    return WSI_SCORE_NONE;

  protocol = packet.type == WSI_MQTT_CONNECT ? wsi_mqtt_packet_find (&packet, "protocol") : NULL;
  if (protocol != NULL && protocol->length >= 4 &&
      (memcmp (input->at + protocol->at, "MQTT", 4) == 0 ||
       memcmp (input->at + protocol->at, "MQIs", 4) == 0))
    score = WSI_SCORE_SURE;
  wsi_mqtt_packet_clear (&packet);
  return score;
}

static guint
get_version (const WsiDecodeInput *input)
{
  return input->facts.mqtt_version != 0 ? input->facts.mqtt_version : DEFAULT_VERSION;
}

static void
mqtt_append_text (const WsiMqttPacket *packet,
                  const char          *name,
                  const char          *before,
                  WsiDescription      *description)
{
  const WsiMqttPart *part = wsi_mqtt_packet_find (packet, name);

  if (part == NULL)
    return;

  wsi_description_append_word (description, before);
  wsi_description_append_peer (description, packet->bytes + part->at, part->length);
}

static void
mqtt_add_text (const WsiMqttPacket *packet,
               const char          *name,
               const char          *field,
               WsiDescription      *description)
{
  for (guint i = 0; i < packet->parts->len; i++)
    {
      const WsiMqttPart *part = &g_array_index (packet->parts, WsiMqttPart, i);

      if (part->kind == WSI_MQTT_TEXT && strcmp (part->name, name) == 0)
        wsi_description_add_text (description, field, packet->bytes + part->at, part->length);
    }
}

static void
mqtt_add_number (const WsiMqttPacket *packet,
                 const char          *name,
                 const char          *field,
                 const char          *before,
                 WsiDescription      *description)
{
  const WsiMqttPart *part = wsi_mqtt_packet_find (packet, name);

  if (part == NULL)
    return;

  wsi_description_append (description, "%s%u", before, part->number);
  wsi_description_add_whole (description, field, part->number);
}

/* Sets the pair: request and reply have the same word and number. */
static void
mqtt_set_pair (const WsiMqttPacket *packet,
               WsiDescription      *description)
{
  static const struct
  {
    const char *word;
    WsiPairing  pairing;
  } pairs[16] = {
    [WSI_MQTT_CONNECT] = { "connect", WSI_PAIRING_REQUEST },
    [WSI_MQTT_CONNACK] = { "connect", WSI_PAIRING_REPLY },
    [WSI_MQTT_PUBLISH] = { "publish", WSI_PAIRING_REQUEST },
    [WSI_MQTT_PUBACK] = { "publish", WSI_PAIRING_REPLY },
    [WSI_MQTT_PUBREC] = { "publish", WSI_PAIRING_REPLY },
    [WSI_MQTT_PUBREL] = { "release", WSI_PAIRING_REQUEST },
    [WSI_MQTT_PUBCOMP] = { "release", WSI_PAIRING_REPLY },
    [WSI_MQTT_SUBSCRIBE] = { "subscribe", WSI_PAIRING_REQUEST },
    [WSI_MQTT_SUBACK] = { "subscribe", WSI_PAIRING_REPLY },
    [WSI_MQTT_UNSUBSCRIBE] = { "unsubscribe", WSI_PAIRING_REQUEST },
    [WSI_MQTT_UNSUBACK] = { "unsubscribe", WSI_PAIRING_REPLY },
    [WSI_MQTT_PINGREQ] = { "ping", WSI_PAIRING_REQUEST },
    [WSI_MQTT_PINGRESP] = { "ping", WSI_PAIRING_REPLY },
  };
  const WsiMqttPart *id = wsi_mqtt_packet_find (packet, "id");
  g_autofree char *name = NULL;

  if (pairs[packet->type].word == NULL || (packet->type == WSI_MQTT_PUBLISH && id == NULL))
    return;

  name = g_strdup_printf ("%s %u", pairs[packet->type].word, id != NULL ? id->number : 0);
  wsi_description_set_pair (description, pairs[packet->type].pairing, (const guint8 *) name,
                            strlen (name));
}

static void
describe_publish (const WsiMqttPacket *packet,
                  WsiDescription      *description)
{
  const WsiMqttPart *payload = wsi_mqtt_packet_find (packet, "payload");
  WsiJsonValue content;

  wsi_description_append (description, " QoS %u%s", QOS (packet->flags),
                          (packet->flags & 1) != 0 ? " retained" : "");
  wsi_description_add_whole (description, "mqtt.qos", QOS (packet->flags));
  wsi_description_add_boolean (description, "mqtt.retain", packet->flags & 1);
  if (payload == NULL)
    return;

  wsi_description_append (description, ": ");
  wsi_description_append_peer (description, packet->bytes + payload->at, payload->length);
  content = wsi_json_read (packet->bytes + payload->at, payload->length);
  if (content.kind == WSI_JSON_OBJECT || content.kind == WSI_JSON_ARRAY)
    wsi_description_set_content (description, "json", payload->at, payload->length);
}

static void
describe_packet (const WsiMqttPacket *packet,
                 WsiDescription      *description)
{
  const char *type = wsi_mqtt_packet_name (packet);

  wsi_description_append (description, " %s", type);
  wsi_description_add_text (description, "mqtt.type", (const guint8 *) type, strlen (type));
  mqtt_append_text (packet, "client", " client ", description);
  mqtt_append_text (packet, "topic", " ", description);
  mqtt_append_text (packet, "filter", " ", description);
  mqtt_add_text (packet, "client", "mqtt.client", description);
  mqtt_add_text (packet, "topic", "mqtt.topic", description);
  mqtt_add_text (packet, "filter", "mqtt.topic", description);
  mqtt_add_number (packet, "id", "mqtt.id", " id ", description);
  mqtt_add_number (packet, "reason", "mqtt.reason", " reason ", description);
  mqtt_append_text (packet, "reason text", " ", description);
  if (packet->type == WSI_MQTT_PUBLISH)
    describe_publish (packet, description);
}

/* Describes packets in order; the pair is that of the first packet. */
static void
describe_in_order (const WsiMqttPacket *packet,
                   guint                n_before,
                   guint               *version,
                   WsiDescription      *description)
{
  wsi_description_append (description, n_before > 0 ? "," : "");
  describe_packet (packet, description);
  if (n_before == 0)
    mqtt_set_pair (packet, description);
  if (packet->type == WSI_MQTT_CONNECT)
    description->stated.mqtt_version = *version = MIN (packet->version, G_MAXUINT8);
}

/* Describes the beginning of a packet that goes on in the next message. */
static void
describe_part (const WsiDecodeInput *input,
               guint                 n_before,
               WsiDescription       *description)
{
  wsi_description_append (description, "%s %s", n_before > 0 ? "," : "",
                          wsi_words_choose (input->words, N_("part of a packet")));
}

/* The packet that began in a message before.  Returns the bytes of this message in it. */
static gsize
describe_joined (const WsiDecodeInput *input,
                 guint                *version,
                 WsiDescription       *description)
{
  WsiMqttJoined joined;
  WsiMqttPacket packet;
  const guint8 *at;
  gsize length;

  if (input->before != NULL && input->length == 0)
    wsi_description_set_unfinished (description, input->before->bytes, input->before->n_skipped);
  if (!wsi_mqtt_join (input, &joined))
    return 0;

  at = wsi_bytes_get_data (joined.bytes, &length);
  if (joined.end == WSI_MQTT_GOES_ON)
    {
      describe_part (input, 0, description);
      wsi_mqtt_leave_joined (input, &joined, description);
    }
  else if (wsi_mqtt_packet_parse (&packet, at, length, 0, *version))
    {
      describe_in_order (&packet, 0, version, description);
      wsi_description_set_content (description, NULL, 0, 0);
      wsi_mqtt_packet_clear (&packet);
    }
  g_bytes_unref (joined.bytes);
  return joined.length;
}

/* Returns the bytes of the packet; 0: there is none, or its head is cut. */
static gsize
describe_next (const WsiDecodeInput *input,
               gsize                 at,
               guint                 n_before,
               guint                *version,
               WsiDescription       *description)
{
  const gboolean is_head_cut = wsi_mqtt_packet_is_head_cut (input->at + at, input->length - at);
  WsiMqttPacket packet = { 0 };

  if (!is_head_cut &&
      !wsi_mqtt_packet_parse (&packet, input->at, input->length, at, *version))
    {
      wsi_description_append (description, " ");
      wsi_description_append (description,
                              wsi_words_choose (input->words, N_("[no packet at offset %zu]")), at);
      return 0;
    }

  if (input->extent == WSI_EXTENT_WHOLE ? is_head_cut || packet.n_missing > 0
      : input->n_more > 0 && packet.n_missing > input->n_more)
    {
      describe_part (input, n_before, description);
      wsi_mqtt_leave_packet (input, at, description);
    }
  else if (!is_head_cut)
    {
      describe_in_order (&packet, n_before, version, description);
    }
  wsi_mqtt_packet_clear (&packet);
  return packet.length;
}

static void
mqtt_describe (const WsiDecodeInput *input,
               WsiDescription       *description)
{
  guint version = get_version (input);
  gsize at, n;

  wsi_description_append (description, "MQTT");
  at = describe_joined (input, &version, description);
  for (guint i = at > 0 ? 1 : 0; i < MAX_PACKETS && at < input->length; i++)
    {
      n = describe_next (input, at, i, &version, description);
      if (n == 0)
        return;
      at += n;
    }
}

static void
mqtt_add_part (WsiDecodeNode       *node,
               const WsiMqttPacket *packet,
               const WsiMqttPart   *part)
{
  static const char *const types[] = {
    [WSI_MQTT_NUMBER] = "number", [WSI_MQTT_TEXT] = "text", [WSI_MQTT_BYTES] = "bytes",
  };
  WsiDecodeNode *child;

  if (part->kind == WSI_MQTT_PROBLEM)
    {
      gsize n_head = MIN (part->number, part->length);

      child = wsi_decode_node_add_problem (node, part->at,
                                           _("the packet ends within its part \"%s\""),
                                           part->name);
      wsi_decode_node_set_value_range (child, WSI_DECODE_VALUE_TEXT, part->at + n_head,
                                       part->length - n_head);
      return;
    }

  child = wsi_decode_node_add (node, part->name, types[part->kind], part->at, part->length);
  wsi_decode_node_set_value_range (child, part->kind != WSI_MQTT_NUMBER ? WSI_DECODE_VALUE_TEXT
                                                                        : WSI_DECODE_VALUE_NONE,
                                   part->at, part->length);
  if (part->kind == WSI_MQTT_NUMBER)
    wsi_decode_node_set_value (child, "%u", part->number);
  else if (part->kind == WSI_MQTT_TEXT)
    wsi_decode_node_set_text (child, packet->bytes + part->at, part->length);
  else if (strcmp (part->name, "payload") == 0)
    wsi_json_set_node (child);
}

static void
set_packet (WsiDecodeNode       *node,
            const WsiMqttPacket *packet)
{
  wsi_decode_node_set_value (node, "%s", wsi_mqtt_packet_name (packet));
  for (guint i = 0; i < packet->parts->len; i++)
    mqtt_add_part (node, packet, &g_array_index (packet->parts, WsiMqttPart, i));
  if (packet->n_missing > 0)
    wsi_decode_node_add_problem (node, packet->at + packet->length,
                                 ngettext ("%" PRIu64 " byte of the packet is missing",
                                           "%" PRIu64 " bytes of the packet are missing",
                                           MIN (packet->n_missing, G_MAXINT)), packet->n_missing);
}

/* The state of the node is the version, and above it the length of what is of a packet before. */
static void
mqtt_expand (WsiDecodeNode *node)
{
  const guint8 *bytes = wsi_bytes_get_data (node->bytes, NULL);
  gsize end = node->offset + node->length;
  gsize at = node->offset + MIN (node->length, node->state >> VERSION_BITS);
  guint version = node->state & ((1 << VERSION_BITS) - 1);

  for (guint i = 0; i < WSI_DECODE_PAGE && at < end; i++)
    {
      WsiMqttPacket packet;

      if (wsi_mqtt_packet_is_head_cut (bytes + at, end - at))
        {
          wsi_decode_node_add (node, NULL, "part of a packet", at, end - at);
          return;
        }
      if (!wsi_mqtt_packet_parse (&packet, bytes, end, at, version))
        {
          wsi_decode_node_add_problem (node, at, _("no packet begins here"));
          return;
        }
      set_packet (wsi_decode_node_add (node, NULL, "packet", at, packet.length), &packet);
      version = MIN (packet.version, G_MAXUINT8);
      at += packet.length;
      wsi_mqtt_packet_clear (&packet);
    }
  if (at < end)
    wsi_decode_node_add_rest (node, at, end - at, mqtt_expand, version);
}

/* The packet that began before has bytes of its own.  Returns how many are of this message. */
static gsize
decode_joined (const WsiDecodeInput *input,
               WsiDecodeNode        *root,
               guint                *version)
{
  g_autoptr (GBytes) bytes = NULL;
  WsiMqttJoined joined;
  WsiMqttPacket packet;
  WsiDecodeNode *node;
  gsize length;

  if (!wsi_mqtt_join (input, &joined))
    return 0;

  bytes = joined.bytes;
  node = wsi_decode_node_add_bytes (root, NULL, "packet of several messages", bytes);
  if (!wsi_mqtt_packet_parse (&packet, wsi_bytes_get_data (bytes, &length),
                              g_bytes_get_size (bytes), 0, *version))
    return joined.length;

  set_packet (node, &packet);
  *version = MIN (packet.version, G_MAXUINT8);
  wsi_mqtt_packet_clear (&packet);
  return joined.length;
}

static void
mqtt_decode (const WsiDecodeInput *input,
             WsiDecodeNode        *root)
{
  guint version = get_version (input);
  gsize length = decode_joined (input, root, &version);

  root->type = "packets";
  wsi_decode_node_set_expand (root, mqtt_expand, (guint64) length << VERSION_BITS | version);
}

static const WsiDecoderField fields[] = {
  { "mqtt.type", WSI_FIELD_TEXT, N_("Type of a packet of MQTT, such as PUBLISH") },
  { "mqtt.topic", WSI_FIELD_TEXT, N_("Its topic, or each filter of topics") },
  { "mqtt.id", WSI_FIELD_WHOLE, N_("Number of the packet") },
  { "mqtt.qos", WSI_FIELD_WHOLE, N_("Quality of service of a PUBLISH") },
  { "mqtt.retain", WSI_FIELD_BOOLEAN, N_("A PUBLISH that is retained") },
  { "mqtt.client", WSI_FIELD_TEXT, N_("Client of a CONNECT") },
  { "mqtt.reason", WSI_FIELD_WHOLE, N_("Reason or return code, the first one") },
};

const WsiDecoder wsi_mqtt_decoder = {
  .name = "mqtt", .title = "MQTT",
  .text_begins = WSI_BEGIN_NEVER,
  .begins = WSI_BEGIN_LETTER | WSI_BEGIN_DIGIT | WSI_BEGIN_BLANK | WSI_BEGIN_ANGLE | WSI_BEGIN_OTHER,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = mqtt_probe, .describe = mqtt_describe, .decode = mqtt_decode,
};
