/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The choice of decoders in a store, pairing, and the fields that filters get of them. */

#include "inspect/decode/choosing/wsi-interpreter.h"

#include "inspect/capture/wsi-recorder.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/filter/wsi-filter.h"
#include "lib/rows.h"

#include <string.h>

#define MAX_ALL_REQUESTS 65536  /* of the product: requests that wait for their replies */

#define REQUEST "GET %s HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Protocol: %s\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Protocol: %s\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

/* A connection with this path and subprotocol begins; or it goes on with a message, or with bytes
 * as they are on the wire. */
typedef struct
{
  const char *path, *subprotocol;
  char        sign;             /* direction: '>' sent, '<' received; the same for wire bytes: 's'
                                 * and 'r' */
  guint       opcode;
  const char *message;
  gsize       length;
} Step;

#define CONNECT(path, subprotocol) { path, subprotocol, 0, 0, NULL, 0 }
#define TEXT(sign, message) { NULL, NULL, sign, 1, message, sizeof message - 1 }
#define BINARY(sign, message) { NULL, NULL, sign, 2, message, sizeof message - 1 }
#define WIRE(sign, bytes) { NULL, NULL, sign, 0, bytes, sizeof bytes - 1 }

static void
push (WsiRecorder     *recorder,
      WsiConversation *conversation,
      WspDirection     direction,
      const char      *at,
      gsize            length,
      gint64           time_us)
{
  g_autoptr (GBytes) bytes = g_bytes_new (at, length);

  wsi_recorder_push (recorder, conversation, direction, bytes, time_us);
}

static WsiConversation *
begin_conversation (WsiRecorder *recorder,
                    const Step  *step,
                    gint64       time_us)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .source = "test" };
  WsiConversation *conversation = wsi_recorder_open (recorder, &opening, time_us);
  g_autofree char *request = g_strdup_printf (REQUEST, step->path, step->subprotocol);
  g_autofree char *response = g_strdup_printf (RESPONSE, step->subprotocol);

  push (recorder, conversation, WSP_DIRECTION_SENT, request, strlen (request), time_us);
  push (recorder, conversation, WSP_DIRECTION_RECEIVED, response, strlen (response), time_us);
  return conversation;
}

/* Records follow each other in seconds. */
static WsiStore *
make_store (const Step *steps,
            gsize       n_steps)
{
  WsiStore *store = wsi_store_new (1000, 1 << 20);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  WsiConversation *conversation = NULL;

  for (gsize i = 0; i < n_steps; i++)
    {
      const Step *step = &steps[i];
      WspDirection direction = step->sign == '>' || step->sign == 's' ? WSP_DIRECTION_SENT
                                                                      : WSP_DIRECTION_RECEIVED;
      gint64 time_us = i * G_USEC_PER_SEC;

      if (step->path != NULL)
        conversation = begin_conversation (recorder, step, time_us);
      else if (step->opcode == 0)
        push (recorder, conversation, direction, step->message, step->length, time_us);
      else
        {
          g_autoptr (GBytes) payload = g_bytes_new (step->message, step->length);

          wsi_recorder_message (recorder, conversation, direction, step->opcode, payload, time_us);
        }
    }
  return store;
}

/* The names of the decoders, by record, with blanks between them; "-": it is not decoded. */
static char *
list_decoders (WsiStore   *store,
               const char *choice)
{
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  g_autoptr (GError) error = NULL;
  GString *names = g_string_new (NULL);

  if (choice != NULL)
    wsi_interpreter_choose (interpreter, choice, &error);
  g_assert_no_error (error);
  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);
      g_autoptr (GBytes) payload = wsi_store_dup_payload (store, i, WSI_VIEW_INFLATED, G_MAXSIZE);
      const WsiDecoder *decoder;
      WsiDecodeInput input;
      gsize length;
      const guint8 *at = g_bytes_get_data (payload, &length);

      wsi_interpreter_learn (interpreter, i, record);
      decoder = wsi_interpreter_prepare (interpreter, i, record, at, length, &input);
      g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "",
                              decoder != NULL ? decoder->name : "-");
    }
  return g_string_free (names, FALSE);
}

static const Step json_then_text[] = {
  CONNECT ("/", "x"),
  TEXT ('>', "{\"a\":1}"), TEXT ('>', "[2]"), TEXT ('<', "hello"), TEXT ('>', "{}"),
  TEXT ('>', "hello"), TEXT ('>', "{\"a\":2}"),
};

static const Step engine_io[] = {
  CONNECT ("/", "x"),
  TEXT ('>', "2"), TEXT ('<', "0{\"sid\":\"a\",\"upgrades\":[]}"), TEXT ('>', "40"),
  TEXT ('<', "40{\"sid\":\"b\"}"),
  TEXT ('<', "2"), TEXT ('>', "3"), TEXT ('>', "41"), TEXT ('>', "hello"),
};

static const Step fragments[] = {
  CONNECT ("/", "x"),
  WIRE ('r', "\x01\x05{\"a\":"), WIRE ('r', "\x00\x01" "1"), WIRE ('r', "\x89\x00"),
  WIRE ('r', "\x80\x01}"),
};

static const Step ends_of_two[] = {
  CONNECT ("/", "x"), TEXT ('>', "{}"), TEXT ('<', "{}"), CONNECT ("/", "x"), TEXT ('>', "{}"),
};

/* A number alone is a ping of Engine.IO where the messages before were of it. */
static const Step stays[] = {
  CONNECT ("/", "x"),
  TEXT ('>', "42[\"a\"]"), TEXT ('>', "42[\"b\"]"), TEXT ('>', "42[\"c\"]"), TEXT ('>', "3"),
  BINARY ('>', "\xff"), TEXT ('<', "3"),
};

/* The peer begins with JSON of no protocol. */
static const Step begins_otherwise[] = {
  CONNECT ("/", "x"),
  TEXT ('>', "{}"), TEXT ('>', "{}"), TEXT ('>', "{}"),
  TEXT ('>', "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"id\":1}"), TEXT ('>', "{}"),
};

static const struct
{
  const char *name;
  const Step *steps;
  gsize       n_steps;
  const char *choice;
  const char *decoders;
} choice_cases[] = {
#define STEPS(steps) steps, G_N_ELEMENTS (steps)
  { "engine-io-from-its-first-packet", STEPS (engine_io), NULL,
    "text socket.io socket.io socket.io socket.io socket.io socket.io text" },
  { "each-message-by-its-bytes", STEPS (json_then_text), NULL, "json json text json text json" },
  { "protocol-stays-in-both-directions-from-its-first-message", STEPS (stays), NULL,
    "socket.io socket.io socket.io socket.io socket.io socket.io" },
  { "override-of-all", STEPS (ends_of_two), "text", "text text text" },
  { "override-of-one-connection", STEPS (ends_of_two), "2=text", "json json text" },
  { "override-of-one-direction", STEPS (ends_of_two), "1:recv=bytes", "json bytes json" },
  { "guess-yields-to-one-that-is-sure", STEPS (begins_otherwise), NULL,
    "json json json json-rpc json" },
  { "fragment-by-its-message", STEPS (fragments), NULL, "json - - text" },
#undef STEPS
};

static void
test_choice (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = make_store (choice_cases[i].steps, choice_cases[i].n_steps);
  g_autofree char *names = list_decoders (store, choice_cases[i].choice);

  g_assert_cmpstr (names, ==, choice_cases[i].decoders);
}

static void
learn_all (WsiInterpreter *interpreter,
           WsiStore       *store)
{
  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    wsi_interpreter_learn (interpreter, i, wsi_store_get_record (store, i));
}

/* A PUBLISH before the CONNECT of MQTT 5 in its message, one after it, and one of another version
 * later.  In version 5 the byte after the topic is the length of properties. */
static const Step versions[] = {
  CONNECT ("/", "mqtt"),
  BINARY ('>', "\x30\5\0\1t\0a" "\x10\x0f\0\4MQTT\5\2\0\x3c\0\0\2ab"),
  BINARY ('>', "\x30\5\0\1t\0a"),
  BINARY ('>', "\x10\x0e\0\4MQTT\4\2\0\x3c\0\2ab"),
  BINARY ('>', "\x30\5\0\1t\0a"),
};

/* All are learned before the first one is shown, as filters do. */
static void
test_facts (void)
{
  static const char *const summaries[] = {
    "MQTT PUBLISH t QoS 0: \\x00a, CONNECT client ab", "MQTT PUBLISH t QoS 0: a",
    "MQTT CONNECT client ab", "MQTT PUBLISH t QoS 0: \\x00a",
  };
  g_autoptr (WsiStore) store = make_store (versions, G_N_ELEMENTS (versions));
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  g_autoptr (WsiDescription) description = wsi_description_new ();

  learn_all (interpreter, store);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (summaries); i++)
    {
      guint64 number = i / 2;
      g_autoptr (GBytes) payload = wsi_store_dup_payload (store, number, WSI_VIEW_INFLATED,
                                                          G_MAXSIZE);
      WsiDecodeInput input;
      gsize length;
      const guint8 *at = g_bytes_get_data (payload, &length);
      const WsiDecoder *decoder =
        wsi_interpreter_prepare (interpreter, number, wsi_store_get_record (store, number), at,
                                 length, &input);

      wsi_description_clear (description);
      wsi_decoder_list_describe (decoder, &input, description);
      g_assert_cmpstr (description->summary->str, ==, summaries[number]);
    }
}

/* Writes a request or reply of JSON-RPC.  Returns the number of its row. */
static guint64
write_call (WsiStore        *store,
            WsiRecorder     *recorder,
            WsiConversation *conversation,
            WspDirection     direction,
            guint            id)
{
  const char *what = direction == WSP_DIRECTION_SENT ? "\"method\":\"a\"" : "\"result\":1";
  g_autofree char *text = g_strdup_printf ("{\"jsonrpc\":\"2.0\",%s,\"id\":%u}", what, id);
  g_autoptr (GBytes) payload = g_bytes_new (text, strlen (text));

  wsi_recorder_message (recorder, conversation, direction, 1, payload, id);
  return wsi_store_get_end (store) - 1;
}

/* Requests that wait for a reply are limited in all.  Those of connections that have ended wait no
 * more, and leave the room to others. */
static void
test_requests (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  WsiConversation *first = begin_conversation (recorder, &versions[0], 0);
  guint64 request = write_call (store, recorder, first, WSP_DIRECTION_SENT, 1), found, reply;

  for (guint i = 0; i < 5; i++)
    {
      WsiConversation *other = begin_conversation (recorder, &versions[0], 0);

      for (guint id = 0; id < MAX_ALL_REQUESTS / 4 - 1; id++)
        write_call (store, recorder, other, WSP_DIRECTION_SENT, id);
      wsi_recorder_close (recorder, other, WSI_ENDING_CLEAN,
                          WSI_SENTENCE (TEXT, "Closed by both"), 2);
    }
  reply = write_call (store, recorder, first, WSP_DIRECTION_RECEIVED, 1);
  learn_all (interpreter, store);
  g_assert_true (wsi_store_get_request (store, reply, &found));
  g_assert_cmpuint (found, ==, request);
}

static void
test_bad_choice (gconstpointer data)
{
  g_autoptr (WsiStore) store = make_store (ends_of_two, 1);
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  g_autoptr (GError) error = NULL;

  g_assert_false (wsi_interpreter_choose (interpreter, data, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
}

/* A connection for each decoder with fields. */
static const Step traffic[] = {
  CONNECT ("/", "x"),
  TEXT ('>', "{\"a\":{\"b\":[1,\"two\"]}}"),    /* 1 */
  WIRE ('r', "\x01\x05{\"a\":"), WIRE ('r', "\x80\x02" "7}"),   /* 2 and 3 */
  BINARY ('<', "\x01\x02"),     /* 4 */
  CONNECT ("/socket.io/?EIO=4&transport=websocket", "x"),
  TEXT ('>', "42/a,7[\"chat\",{\"n\":1}]"), TEXT ('<', "43/a,7[2]"),  /* 5 and 6 */
  TEXT ('<', "451-[\"file\",{}]"), BINARY ('<', "\xff"),  /* 7 and 8 */
  CONNECT ("/", "graphql-transport-ws"),
  TEXT ('>', "{\"id\":\"1\",\"type\":\"subscribe\","
        "\"payload\":{\"query\":\"query Q {a}\"}}"),     /* 9 */
  TEXT ('<', "{\"id\":\"1\",\"type\":\"next\","
        "\"payload\":{\"data\":{},\"errors\":[{\"message\":\"bad\"}]}}"), /* 10 */
  CONNECT ("/", "x"),
  TEXT ('<', "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"id\":1}"),     /* 11 */
  TEXT ('>', "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-7},\"id\":1}"),  /* 12 */
  CONNECT ("/", "x"),
  TEXT ('>', "{\"type\":1,\"invocationId\":\"5\",\"target\":\"Send\"}\x1e"), /* 13 */
  TEXT ('<', "{\"type\":3,\"invocationId\":\"5\",\"error\":\"No\"}\x1e"),    /* 14 */
  CONNECT ("/", "v12.stomp"),
  TEXT ('>', "SUBSCRIBE\nid:3\ndestination:/t\nreceipt:9\n\n\0"), /* 15 */
  TEXT ('<', "RECEIPT\nreceipt-id:9\n\n\0"),    /* 16 */
  TEXT ('<', "MESSAGE\nsubscription:3\ndestination:/t\n\nhello\0"),        /* 17 */
  TEXT ('<', "ERROR\nmessage:bad\n\n\0"),       /* 18 */
  CONNECT ("/", "wamp.2.json"),
  TEXT ('>', "[48,7,{},\"com.add\"]"), TEXT ('<', "[50,7,{},[3]]"),     /* 19 and 20 */
  CONNECT ("/echo/123/abc/websocket", "x"),
  TEXT ('<', "a[\"x\"]"),       /* 21 */
  CONNECT ("/", "mqtt"),
  BINARY ('>', "\x10\x0f\0\4MQTT\5\2\0\x3c\0\0\2ab"),    /* 22 */
  BINARY ('<', "\x20\3\0\x80\0"),      /* 23 */
  BINARY ('>', "\x33\x0b\0\1t\0\7\0{\"a\":4"),      /* 24 */
  CONNECT ("/", "x"), BINARY ('>', "\x81\xa1" "a\x05"),  /* 25 */
  CONNECT ("/", "x"), BINARY ('>', "\xa1\x61" "a\x06"),  /* 26 */
  CONNECT ("/", "x"), BINARY ('>', "\x08\x96\x01"),       /* 27 */
  CONNECT ("/", "x"), TEXT ('>', "<a><b>8</b></a>"),        /* 28 */
  TEXT ('<', "44{\"message\":\"bad\"}"),   /* 29 */
};

#define MQTT_CONNECT "\x10\x0f\0\4MQTT\5\0\0\0\0\0\2ab"

/* Packets that go on in the next message of their direction. */
static const Step across[] = {
  CONNECT ("/", "mqtt"), BINARY ('>', MQTT_CONNECT),
  BINARY ('<', "\x20\3\0\0\0\x32\x0d\0"), BINARY ('>', "\xc0\0"),
  BINARY ('<', "\1t\0\7\0{\"a"),
  BINARY ('<', "\":1}\x40\2\0\1"),
};
static const Step head_across[] = {
  CONNECT ("/", "mqtt"), BINARY ('>', MQTT_CONNECT "\xc0"), BINARY ('>', ""),
  BINARY ('>', "\0\xc0\0"),
};
static const Step connect_across[] = {
  CONNECT ("/", "mqtt"), BINARY ('>', "\x10\x0f\0\4MQTT\5\0\0"), BINARY ('>', "\0\0\0\2ab"),
  BINARY ('<', "\x20\3\0\0\0"),
};
static const Step braces_across[] = {
  CONNECT ("/", "mqtt"), BINARY ('>', MQTT_CONNECT "\x30\x0b\0\1t\0"), BINARY ('>', "{\"a\":1}"),
};
static const Step text_between[] = {
  CONNECT ("/", "mqtt"), BINARY ('>', MQTT_CONNECT "\x30\x0b\0\1t\0"), TEXT ('>', "{\"a\":1}"),
  BINARY ('>', "{\"a\":1}"),
};

/* Messages that hold less than the head of a packet. */
static const Step bytes_across[] = {
  CONNECT ("/", "mqtt"), BINARY ('>', "\x10"), BINARY ('>', "\x0f"),
  BINARY ('>', "\0\4MQTT\5\0\0\0\0\0\2ab"), BINARY ('<', "\x20"),
  BINARY ('<', "\3\0\0"), BINARY ('<', "\0\xd0"), BINARY ('<', "\0"),
  BINARY ('>', "\x30\x81"), BINARY ('>', "\0"), BINARY ('>', "{"), BINARY ('<', "\xd0\0"),
};
static const Step bytes_after_connect[] = {
  CONNECT ("/", "x"), BINARY ('>', MQTT_CONNECT), BINARY ('<', "\x20"), BINARY ('<', "\3"),
  BINARY ('<', "\0\0\0"), BINARY ('>', "\x30"), BINARY ('>', "\x0b\0\1t\0"),
  BINARY ('>', "{\"a\":1}"), BINARY ('>', "\xc0"), BINARY ('>', "\0"),
};
static const Step no_packets[] = {
  CONNECT ("/", "x"), BINARY ('>', "\x10"), BINARY ('>', "\x0f"), BINARY ('>', "\0\4MQTT"),
};
static const Step bytes_of_no_packet[] = {
  CONNECT ("/", "mqtt"), BINARY ('>', MQTT_CONNECT), BINARY ('>', "\x11"), BINARY ('>', "\xc0\0"),
};

static const struct
{
  const char *name;
  const Step *steps;
  gsize       n_steps;
  const char *summaries;        /* summaries, a line for each message */
} summary_cases[] = {
  { "packet-of-three-messages", across, G_N_ELEMENTS (across),
    "MQTT CONNECT client ab\n"
    "MQTT CONNACK reason 0, part of a packet\n"
    "MQTT PINGREQ\n"
    "MQTT part of a packet\n"
    "MQTT PUBLISH t id 7 QoS 1: {\"a\":1}, PUBACK id 1\n" },
  { "head-of-two-messages", head_across, G_N_ELEMENTS (head_across),
    "MQTT CONNECT client ab, part of a packet\nMQTT\nMQTT PINGREQ, PINGREQ\n" },
  { "version-of-a-cut-connect", connect_across, G_N_ELEMENTS (connect_across),
    "MQTT part of a packet\nMQTT CONNECT client ab\nMQTT CONNACK reason 0\n" },
  { "rest-that-looks-like-json", braces_across, G_N_ELEMENTS (braces_across),
    "MQTT CONNECT client ab, part of a packet\nMQTT PUBLISH t QoS 0: {\"a\":1}\n" },
  { "text-ends-it", text_between, G_N_ELEMENTS (text_between),
    "MQTT CONNECT client ab, part of a packet\n{\"a\":1}\n{\"a\":1}\n" },
  { "less-than-a-head", bytes_across, G_N_ELEMENTS (bytes_across),
    "MQTT part of a packet\nMQTT part of a packet\nMQTT CONNECT client ab\n"
    "MQTT part of a packet\nMQTT part of a packet\nMQTT CONNACK reason 0, part of a packet\nMQTT PINGRESP\n"
    "MQTT part of a packet\nMQTT part of a packet\nMQTT PUBLISH QoS 0\nMQTT PINGRESP\n" },
  { "less-than-a-head-without-a-subprotocol", bytes_after_connect, G_N_ELEMENTS (bytes_after_connect),
    "MQTT CONNECT client ab\nMQTT part of a packet\nMQTT part of a packet\nMQTT CONNACK reason 0\n"
    "MQTT part of a packet\nMQTT part of a packet\nMQTT PUBLISH t QoS 0: {\"a\":1}\n"
    "MQTT part of a packet\nMQTT PINGREQ\n" },
  { "less-than-a-head-of-any-protocol", no_packets, G_N_ELEMENTS (no_packets), "10\n0f\n00 04 4d 51 54 54\n" },
  { "byte-of-no-packet", bytes_of_no_packet, G_N_ELEMENTS (bytes_of_no_packet),
    "MQTT CONNECT client ab\n11\nMQTT PINGREQ\n" },
};

static void
append_summary (WsiInterpreter *interpreter,
                WsiStore       *store,
                guint64         number,
                GString        *text)
{
  const WsiRecord *record = wsi_store_get_record (store, number);
  g_autoptr (GBytes) payload = wsi_store_dup_payload (store, number, WSI_VIEW_INFLATED, G_MAXSIZE);
  g_autoptr (WsiDescription) description = wsi_description_new ();
  const WsiDecoder *decoder;
  WsiDecodeInput input;
  gsize length;
  const guint8 *at = g_bytes_get_data (payload, &length);

  decoder = wsi_interpreter_prepare (interpreter, number, record, at, length, &input);
  if (decoder == NULL)
    return;

  wsi_decoder_list_describe (decoder, &input, description);
  g_string_append_printf (text, "%s\n", description->summary->str);
}

/* The same when each message is shown as it comes, and when all are shown afterwards. */
static void
test_summary (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = make_store (summary_cases[row].steps, summary_cases[row].n_steps);
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  g_autoptr (GString) at_once = g_string_new (NULL), later = g_string_new (NULL);
  guint64 first = wsi_store_get_first (store), end = wsi_store_get_end (store);

  for (guint64 i = first; i < end; i++)
    {
      wsi_interpreter_learn (interpreter, i, wsi_store_get_record (store, i));
      append_summary (interpreter, store, i, at_once);
    }
  for (guint64 i = first; i < end; i++)
    append_summary (interpreter, store, i, later);
  g_assert_cmpstr (at_once->str, ==, summary_cases[row].summaries);
  g_assert_cmpstr (later->str, ==, summary_cases[row].summaries);
}

/* The row between two messages: an event with a direction, or a frame of these bytes. */
static const struct
{
  const char *name;
  WsiEvent    event;
  guint       direction;
  const char *frame;
  gboolean    is_lost;          /* TRUE if the beginning that the first message left is lost */
} loss_cases[] = {
  { "rows-that-were-dropped", WSI_EVENT_DROPPED, WSI_NO_DIRECTION, NULL, TRUE },
  { "gap-in-the-direction", WSI_EVENT_GAP, WSP_DIRECTION_SENT, NULL, TRUE },
  { "gap-in-both-directions", WSI_EVENT_GAP, WSI_NO_DIRECTION, NULL, TRUE },
  { "gap-in-the-other-direction", WSI_EVENT_GAP, WSP_DIRECTION_RECEIVED, NULL, FALSE },
  { "pause-in-which-nothing-came", WSI_EVENT_PAUSED, WSI_NO_DIRECTION, NULL, FALSE },
  { "note", WSI_EVENT_NOTE, WSI_NO_DIRECTION, NULL, FALSE },
  { "frame-whose-first-byte-is-the-number-of-a-gap", WSI_EVENT_NONE, 0, "\x05\x80\0\0\0\0", FALSE },
  { "frame-whose-first-byte-is-the-number-of-rows", WSI_EVENT_NONE, 0, "\x07\x80\0\0\0\0", FALSE },
};

/* A message goes on with what the one before has left, if nothing is missing between them. */
static void
test_loss (gconstpointer data)
{
  static const char first[] = MQTT_CONNECT "\x30\x0b\0\1t\0", last[] = "{\"a\":1}";
  const gsize i = GPOINTER_TO_SIZE (data);
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiRecord event = {
    .event = loss_cases[i].event, .direction = loss_cases[i].direction,
  };
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  g_autoptr (GBytes) one = g_bytes_new_static (first, sizeof first - 1);
  g_autoptr (GBytes) other = g_bytes_new_static (last, sizeof last - 1);
  g_autoptr (GString) text = g_string_new (NULL);
  WsiConversation *conversation = begin_conversation (recorder, &across[0], 0);

  wsi_recorder_message (recorder, conversation, WSP_DIRECTION_SENT, 2, one, 1);
  if (loss_cases[i].frame != NULL)
    push (recorder, conversation, WSP_DIRECTION_SENT, loss_cases[i].frame, 6, 2);
  else
    wsi_store_append_event (store, event.event == WSI_EVENT_GAP ? conversation : NULL, &event,
                            WSI_SENTENCE (TEXT, "lost"));
  wsi_recorder_message (recorder, conversation, WSP_DIRECTION_SENT, 2, other, 3);
  learn_all (interpreter, store);
  append_summary (interpreter, store, wsi_store_get_end (store) - 1, text);
  g_assert_cmpstr (text->str, ==, loss_cases[i].is_lost ? "{\"a\":1}\n"
                                                         : "MQTT PUBLISH t QoS 0: {\"a\":1}\n");
}

/* Brotli has no signature, and to try costs much: behind so many binary messages of no format it is
 * not tried.  A message is shown later as it was learned. */
static const struct
{
  const char *name;
  guint       n_before, n_of_format, n_after, n_texts;
  const char *decoder;
} unread_cases[] = {
  { "few-messages", 255, 0, 0, 0, "brotli" },
  { "many-messages", 256, 0, 0, 0, "bytes" },
  { "many-before-one-of-a-format", 300, 1, 0, 0, "brotli" },
  { "many-after-one-of-a-format", 300, 1, 256, 0, "bytes" },
  { "many-text-messages", 0, 0, 0, 300, "brotli" },
};

static void
add_messages (WsiRecorder     *recorder,
              WsiConversation *conversation,
              guint            n,
              guint            opcode,
              const char      *text)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (text, strlen (text));

  for (guint i = 0; i < n; i++)
    wsi_recorder_message (recorder, conversation, WSP_DIRECTION_SENT, opcode, payload, 1);
}

static void
test_unread (gconstpointer data)
{
  const gsize row = GPOINTER_TO_SIZE (data);
  const Step begin = CONNECT ("/", "x");
  g_autoptr (GBytes) brotli =
    wsi_hex_parse ("0b 15 80 7b 22 61 22 3a 20 5b 31 2c 20 22 74 77 6f 22 5d 2c 20 22 62 22 "
                   "3a 20 22 74 68 72 65 65 20 74 68 72 65 65 20 74 68 72 65 65 22 7d 03", NULL);
  g_autoptr (WsiStore) store = wsi_store_new (1000, 1 << 20);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  WsiConversation *conversation = begin_conversation (recorder, &begin, 0);
  const guint8 *at;
  guint64 last;
  gsize length;

  add_messages (recorder, conversation, unread_cases[row].n_before, 2, "\xff\xfe");
  add_messages (recorder, conversation, unread_cases[row].n_of_format, 2, "\x81\xa1" "a\x05");
  add_messages (recorder, conversation, unread_cases[row].n_after, 2, "\xff\xfe");
  add_messages (recorder, conversation, unread_cases[row].n_texts, 1, "no format");
  wsi_recorder_message (recorder, conversation, WSP_DIRECTION_SENT, 2, brotli, 2);
  last = wsi_store_get_end (store) - 1;
  at = g_bytes_get_data (brotli, &length);
  learn_all (interpreter, store);
  for (guint i = 0; i < 2; i++)
    {
      WsiDecodeInput input;
      const WsiDecoder *decoder =
        wsi_interpreter_prepare (interpreter, last, wsi_store_get_record (store, last), at, length,
                                 &input);

      g_assert_cmpstr (decoder->name, ==, unread_cases[row].decoder);
      wsi_interpreter_forget_learned (interpreter);
    }
}

/* A packet of 255 MiB in many messages costs no more than what is kept of it. */
static void
test_large_packet (void)
{
  g_autoptr (GString) payload = g_string_new (NULL);
  g_autoptr (WsiDescription) one = wsi_description_new (), other = wsi_description_new ();
  WsiDecodeInput input = {
    (const guint8 *) "\x30\xff\xff\xff\x7f\0\1t", 8, .form = WSI_MESSAGE_BINARY,
  };
  const WsiDecoder *mqtt = wsi_decoder_list_find ("mqtt");
  guint64 n_left = 0xfffffff - 3;

  g_string_set_size (payload, 1 << 20);
  memset (payload->str, 'x', payload->len);
  wsi_decoder_list_describe (mqtt, &input, one);
  input.at = (const guint8 *) payload->str;
  while (n_left > 0)
    {
      WsiDescription *next = other;

      input.length = MIN (n_left, payload->len);
      n_left -= input.length;
      input.before = &one->unfinished;
      g_assert_nonnull (one->unfinished.bytes);
      g_assert_cmpuint (g_bytes_get_size (one->unfinished.bytes), <=, 16 * 1024);
      wsi_description_clear (next);
      wsi_decoder_list_describe (mqtt, &input, next);
      other = one;
      one = next;
    }
  g_assert_null (one->unfinished.bytes);
}

static const struct
{
  const char *filter;
  const char *numbers;          /* numbers of the rows that pass, from 1 on */
} filters[] = {
  { "lang == json", "1 2 3" },
  { "lang == bytes", "4" },
  { "summary contains two", "1" },
  { "json.a.b[1] == two", "1" },
  { "json.a.b[0] == 1", "1" },
  { "json.a == 7", "3" },
  { "json.a", "1 3" },
  { "lang == socket.io", "5 6 7 8 29" },
  { "eio.type == message", "5 6 7 29" },
  { "sio.type == ACK", "6" },
  { "sio.namespace == \"/a\"", "5 6" },
  { "sio.event == chat", "5" },
  { "sio.error == bad", "29" },
  { "sio.id == 7", "5 6" },
  { "sio.attachments > 0", "7" },
  { "json[1].n == 1", "5" },
  { "gql.type == next", "10" },
  { "gql.id == 1", "9 10" },
  { "gql.op == Q", "9" },
  { "gql.error == bad", "10" },
  { "rpc.method == add", "11" },
  { "rpc.id == 1", "11 12" },
  { "rpc.error < 0", "12" },
  { "signalr.type == Completion", "14" },
  { "signalr.target == Send", "13" },
  { "signalr.id == 5", "13 14" },
  { "signalr.error", "14" },
  { "stomp.command == MESSAGE", "17" },
  { "stomp.destination == \"/t\"", "15 17" },
  { "stomp.subscription == 3", "17" },
  { "stomp.id == 3", "15" },
  { "stomp.receipt == 9", "15 16" },
  { "stomp.error == bad", "18" },
  { "wamp.type == CALL", "19" },
  { "wamp.request == 7", "19 20" },
  { "wamp.uri startswith com.", "19" },
  { "sockjs.type == messages", "21" },
  { "sockjs.message == x", "21" },
  { "mqtt.type == PUBLISH", "24" },
  { "mqtt.topic == t", "24" },
  { "mqtt.id == 7", "24" },
  { "mqtt.qos == 1", "24" },
  { "mqtt.retain", "24" },
  { "mqtt.client == ab", "22" },
  { "mqtt.reason >= 0x80", "23" },
  { "reply == 1", "5 6 9 10 11 12 13 14 15 16 19 20 22 23" },
  { "recv and reply", "6 10 11 14 16 20 23" },
  { "msgpack.a == 5", "25" },
  { "cbor.a == 6", "26" },
  { "protobuf[1] == 150", "27" },
  { "xml.a.b == \"8\"", "28" },
};

static void
test_filter (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = make_store (traffic, G_N_ELEMENTS (traffic));
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = wsi_filter_new (filters[row].filter, &error);
  g_autoptr (WsiMatcher) matcher = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 numbers[G_N_ELEMENTS (traffic)];
  gsize n;

  g_assert_no_error (error);
  matcher = wsi_matcher_new (filter, store);
  n = wsi_matcher_match_range (matcher, 0, wsi_store_get_end (store), numbers);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "", numbers[i] + 1);
  g_assert_cmpstr (text->str, ==, filters[row].numbers);
  g_assert_null (wsi_matcher_take_late (matcher));
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  const guint64 *one = a, *other = b;

  return *one < *other ? -1 : *one > *other;
}

/* Record by record, as they come: each is found once, some when their replies come. */
static void
test_filter_late (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = make_store (traffic, G_N_ELEMENTS (traffic));
  g_autoptr (WsiFilter) filter = wsi_filter_new (filters[row].filter, NULL);
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      g_autoptr (GArray) late = NULL;

      if (wsi_matcher_match (matcher, i))
        g_array_append_val (found, i);
      late = wsi_matcher_take_late (matcher);
      if (late != NULL)
        g_array_append_vals (found, late->data, late->len);
    }
  g_array_sort (found, compare_numbers);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                            g_array_index (found, guint64, i) + 1);
  g_assert_cmpstr (text->str, ==, filters[row].numbers);
}

/* A field of a decoder without a row of the table above would be one that nothing tests. */
static void
test_every_field (void)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();

  for (guint i = 0; i < wsi_fields_get_n (fields); i++)
    {
      const WsiField *field = wsi_fields_get (fields, i);
      gboolean is_tested = !g_str_equal (field->group, "content");

      for (gsize j = 0; j < G_N_ELEMENTS (filters); j++)
        is_tested |= strstr (filters[j].filter, field->name) != NULL &&
                     filters[j].numbers[0] != '\0';
      if (!is_tested)
        g_error ("%s has no row", field->name);
      g_assert_nonnull (field->description);
    }
}

static void
add (const char   *kind,
     const char   *name,
     gsize         i,
     GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/inspector/interpreter/%s/%s", kind, name);

  g_test_add_data_func (path, GSIZE_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  static const char *const bad_choices[] = { "nothing", "0=json", "1:left=json", "x=json", "" };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (choice_cases); i++)
    add ("choice", choice_cases[i].name, i, test_choice);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_choices); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/interpreter/refuses/%zu", i);

      g_test_add_data_func (path, bad_choices[i], test_bad_choice);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (summary_cases); i++)
    add ("summary", summary_cases[i].name, i, test_summary);
  for (gsize i = 0; i < G_N_ELEMENTS (loss_cases); i++)
    add ("after", loss_cases[i].name, i, test_loss);
  g_test_add_func ("/inspector/interpreter/summary/large-packet-is-kept-in-part",
                   test_large_packet);
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      add ("filter", filters[i].filter, i, test_filter);
      add ("filter-one-by-one", filters[i].filter, i, test_filter_late);
    }
  ADD_ROWS ("/inspector/interpreter/unread", unread_cases, test_unread);
  g_test_add_func ("/inspector/interpreter/facts/are-those-before-the-record", test_facts);
  g_test_add_func ("/inspector/interpreter/requests/end-with-their-conversation", test_requests);
  g_test_add_func ("/inspector/interpreter/filter/every-field-has-a-row", test_every_field);

  return g_test_run ();
}
