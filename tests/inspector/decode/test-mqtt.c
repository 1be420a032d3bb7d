/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* MQTT 3.1.1 and 5.  The messages are written by hand after the specifications. */

#include "inspect/decode/wsi-hex.h"

#include "inspector/decode/decoder-cases.h"
#include "lib/rows.h"

#define CASE_5 .facts = { .mqtt_version = 5 }, .subprotocol = "mqtt"
#define CASE_4 .facts = { .mqtt_version = 4 }, .subprotocol = "mqtt"

static const DecoderCase cases[] = {
  { "connect-without-a-subprotocol", DECODER_HEX,
    "10 14 00 04 4d 51 54 54 04 c2 00 3c 00 02 61 62 00 01 75 00 01 70", "mqtt",
    "MQTT CONNECT client ab", .fields = "mqtt.type=CONNECT\nmqtt.client=ab\nrequest=connect 0\n",
    .nodes = "packets @0+22\n"
             "  packet @0+22 = CONNECT\n"
             "    protocol: text @4+4 = MQTT\n"
             "    version: number @8+1 = 4\n"
             "    flags: number @9+1 = 194\n"
             "    keep alive: number @10+2 = 60\n"
             "    client: text @14+2 = ab\n"
             "    user name: text @18+1 = u\n"
             "    password: bytes @21+1\n" },
  { "connack-is-its-reply", DECODER_HEX, "20 02 00 05", "mqtt", "MQTT CONNACK reason 5",
    .fields = "mqtt.type=CONNACK\nmqtt.reason=5\nreply=connect 0\n", CASE_4 },
  { "publish-with-json", DECODER_HEX, "30 0a 00 01 74 7b 22 61 22 3a 31 7d", "mqtt",
    "MQTT PUBLISH t QoS 0: {\"a\":1}",
    .fields = "mqtt.type=PUBLISH\nmqtt.topic=t\nmqtt.qos=0\nmqtt.retain=no\n",
    .nodes = "packets @0+12\n"
             "  packet @0+12 = PUBLISH\n"
             "    topic: text @4+1 = t\n"
             "    payload: object @5+7\n"
             "      a: number @10+1 = 1\n", CASE_4 },
  { "publish-that-is-acknowledged-is-a-request", DECODER_HEX, "33 06 00 01 74 01 02 78", "mqtt",
    "MQTT PUBLISH t id 258 QoS 1 retained: x",
    .fields = "mqtt.type=PUBLISH\nmqtt.topic=t\nmqtt.id=258\nmqtt.qos=1\nmqtt.retain=yes\n"
              "request=publish 258\n", CASE_4 },
  { "puback-is-its-reply", DECODER_HEX, "40 02 01 02", "mqtt", "MQTT PUBACK id 258",
    .fields = "mqtt.type=PUBACK\nmqtt.id=258\nreply=publish 258\n", CASE_4 },
  { "subscribe-has-each-filter", DECODER_HEX, "82 0a 00 07 00 01 61 00 00 01 62 02", "mqtt",
    "MQTT SUBSCRIBE a id 7",
    .fields = "mqtt.type=SUBSCRIBE\nmqtt.topic=a\nmqtt.topic=b\nmqtt.id=7\nrequest=subscribe 7\n", CASE_4 },
  { "properties-of-version-5", DECODER_HEX,
    "32 14 00 01 74 00 07 0c 26 00 01 6b 00 01 76 23 00 09 01 01 68 69", "mqtt",
    "MQTT PUBLISH t id 7 QoS 1: hi",
    .nodes = "packets @0+22\n"
             "  packet @0+22 = PUBLISH\n"
             "    topic: text @4+1 = t\n"
             "    id: number @5+2 = 7\n"
             "    length of properties: number @7+1 = 12\n"
             "    user property: text @11+1 = k\n"
             "    its value: text @14+1 = v\n"
             "    topic alias: number @16+2 = 9\n"
             "    payload format: number @19+1 = 1\n"
             "    payload: text @20+2 = hi\n", CASE_5 },
  { "disconnect-of-version-5-has-a-reason", DECODER_HEX, "e0 07 8e 05 1f 00 02 6e 6f", "mqtt",
    "MQTT DISCONNECT reason 142 no", .fields = "mqtt.type=DISCONNECT\nmqtt.reason=142\n", CASE_5 },
  { "packets-follow-each-other", DECODER_HEX, "c0 00 d0 00", "mqtt", "MQTT PINGREQ, PINGRESP",
    .fields = "mqtt.type=PINGREQ\nmqtt.type=PINGRESP\nrequest=ping 0\n", CASE_4 },
  { "packet-that-goes-on-says-what-is-missing", DECODER_HEX, "30 81 80 01 00 01 74 78", "mqtt",
    "MQTT part of a packet", .fields = "",
    .nodes = "packets @0+8\n"
             "  packet @0+8 = PUBLISH\n"
             "    topic: text @6+1 = t\n"
             "    payload: text @7+1 = x\n"
             "    problem @8+0 = 16381 bytes of the packet are missing (at offset 8)\n", CASE_4 },
  { "text-longer-than-the-packet-is-named", DECODER_HEX, "30 04 ff ff 74 78", "mqtt",
    "MQTT PUBLISH QoS 0", .fields = "mqtt.type=PUBLISH\nmqtt.qos=0\nmqtt.retain=no\n",
    .nodes = "packets @0+6\n"
             "  packet @0+6 = PUBLISH\n"
             "    problem @2+4 = the packet ends within its part \"topic\" (at offset 2)\n", CASE_4 },
  { "bytes-after-a-packet-are-named", DECODER_HEX, "c0 00 00 01", "mqtt",
    "MQTT PINGREQ [no packet at offset 2]",
    .nodes = "packets @0+4\n"
             "  packet @0+2 = PINGREQ\n"
             "  problem @2+2 = no packet begins here (at offset 2)\n", CASE_4 },
  { "json-in-a-list", DECODER_HEX, "30 06 00 01 74 5b 37 5d", "mqtt", "MQTT PUBLISH t QoS 0: [7]", CASE_4 },
  { "packet-without-properties", DECODER_HEX, "40 02 01 02", "mqtt", "MQTT PUBACK id 258",
    .nodes = "packets @0+4\n"
             "  packet @0+4 = PUBACK\n"
             "    id: number @2+2 = 258\n", CASE_5 },
  { "properties-that-are-unknown", DECODER_HEX, "e0 04 00 02 7f 7e", "mqtt", "MQTT DISCONNECT reason 0",
    .nodes = "packets @0+6\n"
             "  packet @0+6 = DISCONNECT\n"
             "    reason: number @2+1 = 0\n"
             "    length of properties: number @3+1 = 2\n"
             "    problem @4+2 = the packet ends within its part \"unknown property\" (at offset 4)\n", CASE_5 },
  { "properties-that-are-cut", DECODER_HEX, "90 04 00 07 05 01", "mqtt", "MQTT SUBACK id 7",
    .nodes = "packets @0+6\n"
             "  packet @0+6 = SUBACK\n"
             "    id: number @2+2 = 7\n"
             "    length of properties: number @4+1 = 5\n"
             "    problem @5+1 = the packet ends within its part \"properties\" (at offset 5)\n", CASE_5 },
  { "filters-end-with-the-packet", DECODER_HEX, "a2 05 00 07 00 01 61", "mqtt", "MQTT UNSUBSCRIBE a id 7",
    .nodes = "packets @0+7\n"
             "  packet @0+7 = UNSUBSCRIBE\n"
             "    id: number @2+2 = 7\n"
             "    filter: text @6+1 = a\n", CASE_4 },
  { "codes-end-with-the-packet", DECODER_HEX, "90 03 00 07 01", "mqtt", "MQTT SUBACK id 7 reason 1",
    .nodes = "packets @0+5\n"
             "  packet @0+5 = SUBACK\n"
             "    id: number @2+2 = 7\n"
             "    reason: number @4+1 = 1\n", CASE_4 },
  { "byte-of-no-packet-does-not-go-on", DECODER_HEX, "c0 00 05", "mqtt", "MQTT PINGREQ [no packet at offset 2]",
    CASE_4 },
  { "packet-of-a-beginning", DECODER_HEX, "30 05 00 01 74", "mqtt", "MQTT PUBLISH t QoS 0: ", CASE_4,
    .extent = WSI_EXTENT_BEGINNING },
  { "packet-whose-head-is-cut-goes-on", DECODER_HEX, "c0 00 30", "mqtt", "MQTT PINGREQ, part of a packet",
    .nodes = "packets @0+3\n"
             "  packet @0+2 = PINGREQ\n"
             "  part of a packet @2+1\n", CASE_4 },
  { "byte-of-a-head", DECODER_HEX, "10", "mqtt", "MQTT part of a packet", .fields = "", .subprotocol = "mqtt" },
  { "byte-of-a-head-of-any-protocol", DECODER_HEX, "10", "bytes", .fields = "" },
  { "byte-with-flags-of-no-packet", DECODER_HEX, "11", "bytes", .fields = "", .subprotocol = "mqtt" },
  { "head-of-a-beginning", DECODER_HEX, "c0 00 30", "mqtt", "MQTT PINGREQ", CASE_4, .extent = WSI_EXTENT_BEGINNING },
  { "length-of-five-bytes-is-no-packet", DECODER_HEX, "30 ff ff ff ff ff ff", "bytes", .fields = "", CASE_4 },
  { "ping-without-a-subprotocol-is-bytes", DECODER_HEX, "c0 00", "bytes", .fields = "" },
  { "SEC-115-topic-with-escapes", DECODER_HEX, "30 07 00 05 1b 5b 32 4a 00", "mqtt",
    "MQTT PUBLISH \\x1b[2J\\x00 QoS 0: ",
    .fields = "mqtt.type=PUBLISH\nmqtt.topic=\\x1b[2J\\x00\nmqtt.qos=0\nmqtt.retain=no\n", CASE_4 },
};

static const DecoderCase forced_cases[] = {
  { "nothing", DECODER_HEX, "", "mqtt", "MQTT", .nodes = "packets @0+0\n" },
  { "length-of-five-bytes", DECODER_HEX, "30 ff ff ff ff ff", "mqtt", "MQTT [no packet at offset 0]", .fields = "" },
};

static const DecoderScore scores[] = {
  { "packet", DECODER_HEX, "c0 00", "mqtt", .score = WSI_SCORE_WEAK },
  { "text-message", DECODER_HEX_TEXT, "c0 00", "mqtt", .score = WSI_SCORE_NONE },
  { "flags-of-another-packet", DECODER_HEX, "c1 00", "mqtt", .score = WSI_SCORE_NONE },
  { "connect", DECODER_HEX, "10 06 00 04 4d 51 54 54", "mqtt", .score = WSI_SCORE_SURE },
  { "connect-of-version-3", DECODER_HEX, "10 08 00 06 4d 51 49 73 64 70", "mqtt", .score = WSI_SCORE_SURE },
  { "connect-of-another-protocol", DECODER_HEX, "10 06 00 04 41 42 43 44", "mqtt", .score = WSI_SCORE_WEAK },
  { "connect-with-a-short-name", DECODER_HEX, "10 06 00 01 4d 51 54 54", "mqtt", .score = WSI_SCORE_WEAK },
};

static const DecoderPath paths[] = {
  { "member-of-a-payload", DECODER_HEX, "30 0a 00 01 74 7b 22 61 22 3a 31 7d", "mqtt", { { "a", 0 } }, 1, "json=1\n" },
  { "element-of-a-payload", DECODER_HEX, "30 06 00 01 74 5b 37 5d", "mqtt", { { NULL, 0 } }, 1, "json=7\n" },
};

static const DecoderRepeat repeats[] = {
  { "packets", DECODER_HEX, "c0 00", 100000 },
};

static const DecoderPages pages[] = {
  { "packets", DECODER_HEX, "", "c0 00", "", "mqtt", 2100, .n_lines = 1 },
};

/* A packet that began in a message before. */
static const struct
{
  const char *name, *before, *bytes;
  const char *summary;
  const char *left;             /* bytes that are kept for the next message; NULL: none */
  WsiExtent   extent;
  guint64     n_more;           /* number of bytes of the message that were not read */
  guint64     n_skipped;        /* number of bytes that are skipped after left */
} joined_cases[] = {
  { "ends-here", "30", "05 00 01 74 68 69", "MQTT PUBLISH t QoS 0: hi", NULL, .extent = WSI_EXTENT_WHOLE },
  { "goes-on", "30 05", "00 01 74", "MQTT part of a packet", "30 05 00 01 74", .extent = WSI_EXTENT_WHOLE },
  { "goes-on-in-a-beginning", "30 05", "00 01 74", "MQTT part of a packet", NULL, .extent = WSI_EXTENT_BEGINNING },
  { "goes-on-after-an-empty-message", "30 05", "", "MQTT", "30 05", .extent = WSI_EXTENT_WHOLE },
  { "goes-on-behind-bytes-that-are-not-read", "30 10", "00 01 74", "MQTT part of a packet", "30 10 00 01 74",
    .extent = WSI_EXTENT_BEGINNING, .n_more = 12, .n_skipped = 12 },
  { "ends-in-bytes-that-are-not-read", "30 10", "00 01 74", "MQTT PUBLISH t QoS 0: ", NULL,
    .extent = WSI_EXTENT_BEGINNING, .n_more = 13, .n_skipped = 0 },
  { "begins-before-bytes-that-are-not-read", "c0", "00 30 10 00 01 74", "MQTT PINGREQ, part of a packet", "30 10 00 01 74",
    .extent = WSI_EXTENT_BEGINNING, .n_more = 12, .n_skipped = 12 },
  { "is-in-bytes-that-are-not-read", "c0", "00 30 10 00 01 74", "MQTT PINGREQ, PUBLISH t QoS 0: ", NULL,
    .extent = WSI_EXTENT_BEGINNING, .n_more = 13, .n_skipped = 0 },
  { "has-no-length", "30 ff ff", "ff ff 00 00", "MQTT [no packet at offset 0]", NULL, .extent = WSI_EXTENT_WHOLE },
  { "is-shorter-than-what-is-there", "c0 00 00", "d0 00", "MQTT PINGRESP", NULL, .extent = WSI_EXTENT_WHOLE },
};

static void
test_joined (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) bytes = wsi_hex_parse (joined_cases[i].bytes, NULL);
  g_autoptr (GBytes) before = wsi_hex_parse (joined_cases[i].before, NULL);
  g_autoptr (WsiDescription) description = wsi_description_new ();
  g_autofree char *left = NULL;
  const WsiUnfinished unfinished = { before, 0 };
  WsiDecodeInput input = { .before = &unfinished, .extent = joined_cases[i].extent,
                           .n_more = joined_cases[i].n_more };

  input.at = g_bytes_get_data (bytes, &input.length);
  wsi_decoder_list_describe (wsi_decoder_list_find ("mqtt"), &input, description);
  if (description->unfinished.bytes != NULL)
    left = wsi_hex_line (description->unfinished.bytes, G_MAXSIZE);

  g_assert_cmpstr (description->summary->str, ==, joined_cases[i].summary);
  g_assert_cmpstr (left, ==, joined_cases[i].left);
  g_assert_cmpuint (description->unfinished.n_skipped, ==, joined_cases[i].n_skipped);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/mqtt", cases, G_N_ELEMENTS (cases));
  decoder_cases_add_forced ("/inspector/mqtt", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_scores ("/inspector/mqtt", scores, G_N_ELEMENTS (scores));
  decoder_cases_add_paths ("/inspector/mqtt", paths, G_N_ELEMENTS (paths));
  decoder_cases_add_repeated ("/inspector/mqtt", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_pages ("/inspector/mqtt", pages, G_N_ELEMENTS (pages));
  ADD_ROWS ("/inspector/mqtt/joined", joined_cases, test_joined);

  return g_test_run ();
}
