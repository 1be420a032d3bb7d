/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sample of recorded traffic: what it offers for each decoder, that each value finds its
 * message, what it hides, and its limits. */

#include "inspect/show/sample/wsi-sample.h"

#include <malloc.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/sample/wsi-field-counts.h"
#include "inspect/show/sample/wsi-sample-offers.h"
#include "lib/allocations.h"
#include "lib/rows.h"

#define KIB 1024
#define NO_PROTOCOL NULL

#define REQUEST "GET %s HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "%s%s%sSec-WebSocket-Version: 13\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\n%s%s%s" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

typedef struct
{
  WsiStore        *store;
  WsiRecorder     *recorder;
  WsiConversation *conversation;
  WsiInterpreter  *interpreter;
  WsiSample       *sample;
  gint64           time_us, step_us;
} Traffic;

static void
traffic_clear (Traffic *self)
{
  g_clear_object (&self->sample);
  g_clear_pointer (&self->interpreter, wsi_interpreter_free);
  g_clear_object (&self->recorder);
  g_clear_object (&self->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Traffic, traffic_clear)

static void
traffic_init (Traffic     *self,
              WsiRedaction level,
              guint64      max_records)
{
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  limits.max_records = max_records;
  limits.event_rows = WSI_EVENT_ROWS_CONVERSATIONS;
  *self = (Traffic) {
    .store = wsi_store_new_with_limits (&limits), .time_us = G_USEC_PER_SEC,
    .step_us = 1000,
  };
  self->recorder = wsi_recorder_new (self->store, WSP_ROLE_CLIENT);
  self->interpreter = wsi_interpreter_new (self->store);
  self->sample = wsi_sample_new (self->store, level);
}

static void
push (Traffic     *self,
      WspDirection direction,
      const void  *at,
      gsize        length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (at, length);

  self->time_us += self->step_us;
  wsi_recorder_push (self->recorder, self->conversation, direction, bytes, self->time_us);
}

static void
open_connection (Traffic    *self,
                 const char *uri,
                 const char *path,
                 const char *subprotocol)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uri };
  const char *name = subprotocol != NULL ? "Sec-WebSocket-Protocol: " : "";
  const char *value = subprotocol != NULL ? subprotocol : "";
  const char *end = subprotocol != NULL ? "\r\n" : "";
  g_autofree char *request = g_strdup_printf (REQUEST, path, name, value, end);
  g_autofree char *response = g_strdup_printf (RESPONSE, name, value, end);

  self->conversation = wsi_recorder_open (self->recorder, &opening, self->time_us);
  push (self, WSP_DIRECTION_SENT, request, strlen (request));
  push (self, WSP_DIRECTION_RECEIVED, response, strlen (response));
}

/* From the server, which does not mask. */
static void
add_frame (Traffic    *self,
           guint       byte0,
           const void *payload,
           gsize       length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 head[10] = { byte0, length < 126 ? length : length < 65536 ? 126 : 127 };
  guint n_more = length < 126 ? 0 : length < 65536 ? 2 : 8;

  for (guint i = 0; i < n_more; i++)
    head[2 + i] = (guint64) length >> 8 * (n_more - 1 - i);
  g_byte_array_append (frame, head, 2 + n_more);
  g_byte_array_append (frame, payload, length);
  push (self, WSP_DIRECTION_RECEIVED, frame->data, frame->len);
}

static void
add_text (Traffic    *self,
          const char *text)
{
  add_frame (self, 0x81, text, strlen (text));
}

/* The sample reads what was recorded since the last time. */
static void
follow (Traffic *self)
{
  guint64 end = wsi_store_get_end (self->store);

  for (guint64 i = wsi_store_get_first (self->store); i < end; i++)
    if (wsi_store_get_record (self->store, i) != NULL)
      wsi_interpreter_learn (self->interpreter, i, wsi_store_get_record (self->store, i));
  wsi_interpreter_forget_learned (self->interpreter);
  wsi_sample_follow (self->sample, self->interpreter, end);
}

static char *
print_condition (const WsiCountedField *field,
                 const WsiCountedValue *value)
{
  g_autofree char *text = wsi_sample_print_value (value);

  return g_strdup_printf ("%s == %s", field->name, text);
}

static gboolean
is_found (Traffic    *self,
          const char *condition)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = wsi_filter_new (condition, &error);
  g_autoptr (WsiMatcher) matcher = NULL;
  gboolean is_match = FALSE;

  g_assert_no_error (error);
  matcher = wsi_matcher_new (filter, self->store);
  for (guint64 i = 0; i < wsi_store_get_end (self->store); i++)
    is_match |= wsi_matcher_match (matcher, i);
  return is_match;
}

/* Whatever is offered is a filter, and finds what it was taken from. */
static void
assert_all_found (Traffic *self)
{
  g_autoptr (GPtrArray) fields = wsi_sample_list_fields (self->sample);

  for (guint i = 0; i < fields->len; i++)
    {
      const WsiCountedField *field = fields->pdata[i];
      g_autoptr (GPtrArray) values = wsi_sample_list_values (self->sample, field->name, "", 0,
                                                             G_MAXUINT);

      if (values->len == 0 && !is_found (self, field->name))
        g_error ("nothing is found by %s", field->name);
      for (guint j = 0; j < values->len; j++)
        {
          g_autofree char *condition = print_condition (field, values->pdata[j]);

          if (!is_found (self, condition))
            g_error ("nothing is found by %s", condition);
        }
    }
}

/* A line for each field without values, or for each value; those of connections are left out if
 * they are the same in all tests. */
static char *
list_conditions (Traffic *self)
{
  static const char *const usual[] = { "lang", "host", "port", "path", "status", "proto", NULL };
  g_autoptr (GPtrArray) fields = wsi_sample_list_fields (self->sample);
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < fields->len; i++)
    {
      const WsiCountedField *field = fields->pdata[i];
      g_autoptr (GPtrArray) values = wsi_sample_list_values (self->sample, field->name, "", 0,
                                                             G_MAXUINT);

      if (g_strv_contains (usual, field->name))
        continue;
      if (values->len == 0)
        g_string_append_printf (list, "%s\n", field->name);
      for (guint j = 0; j < values->len; j++)
        {
          g_autofree char *condition = print_condition (field, values->pdata[j]);

          g_string_append_printf (list, "%s\n", condition);
        }
    }
  return g_string_free (list, FALSE);
}

/* n: how often the value was seen; 0 = it is not offered. */
static guint
count (Traffic    *self,
       const char *name,
       const char *value)
{
  g_autoptr (GPtrArray) values = wsi_sample_list_values (self->sample, name, value, strlen (value),
                                                         G_MAXUINT);

  return values->len > 0 ? ((const WsiCountedValue *) values->pdata[0])->n : 0;
}

typedef struct
{
  const char *name;
  const char *subprotocol;
  guint       opcode;
  const char *message;
  gsize       length;
  const char *conditions;
} Message;

#define TEXT(message) 1, message, sizeof message - 1
#define BYTES(message) 2, message, sizeof message - 1

static const Message decoders[] = {
  { "json", NO_PROTOCOL, TEXT (
      "{\"type\":\"quote\",\"price\":1.5,\"ok\":true,\"at\":{\"n\":7,\"none\":null},\"list\":[{\"a\":1},{\"a\":2}]}"),
    "json.at.n == 7\njson.list[0].a == 1\njson.ok == yes\njson.price == 1.5\njson.type == \"quote\"\n" },
  { "list-of-json", NO_PROTOCOL, TEXT ("[\"1\",null,\"room\",{\"a\":false}]"), "json[0] == \"1\"\njson[2] == \"room\"\njson[3].a == no\n" },
  { "text", NO_PROTOCOL, TEXT ("hello"), "" },
  { "socket-io", NO_PROTOCOL, TEXT ("42/chat,7[\"say\",{\"room\":\"r\"}]"),
    "eio.type == \"message\"\nsio.event == \"say\"\nsio.id == 7\nsio.namespace == \"/chat\"\nsio.type == \"EVENT\"\n"
    "json[0] == \"say\"\njson[1].room == \"r\"\n" },
  { "graphql", "graphql-transport-ws", TEXT ("{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"subscription Prices { p }\"}}"),
    "gql.id == \"1\"\ngql.op == \"Prices\"\ngql.type == \"subscribe\"\njson.id == \"1\"\n"
    "json.payload.query == \"subscription Prices { p }\"\njson.type == \"subscribe\"\n" },
  { "json-rpc", NO_PROTOCOL, TEXT ("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700},\"id\":\"a\"}"),
    "rpc.error == -32700\nrpc.id == \"a\"\njson.error.code\njson.id == \"a\"\njson.jsonrpc == \"2.0\"\n" },
  { "signalr", NO_PROTOCOL, TEXT ("{\"type\":1,\"target\":\"Send\",\"arguments\":[\"x\"],\"invocationId\":\"5\"}\x1e"),
    "signalr.id == \"5\"\nsignalr.target == \"Send\"\nsignalr.type == \"Invocation\"\njson.arguments[0] == \"x\"\n"
    "json.invocationId == \"5\"\njson.target == \"Send\"\njson.type == 1\n" },
  { "stomp", "v12.stomp", TEXT ("SEND\ndestination:/q/a\nreceipt:7\n\n{\"a\":1}\0"),
    "stomp.command == \"SEND\"\nstomp.destination == \"/q/a\"\nstomp.receipt == \"7\"\njson.a == 1\n" },
  { "wamp-request-that-is-a-list", "wamp.2.json", TEXT ("[48,[2,3]]"), "wamp.type == \"CALL\"\njson[0] == 48\njson[1][0] == 2\n" },
  { "wamp-request-with-decimals", "wamp.2.json", TEXT ("[48,7.5]"), "wamp.type == \"CALL\"\njson[0] == 48\njson[1] == 7.5\n" },
  { "wamp-request-that-is-a-boolean", "wamp.2.cbor", BYTES ("\x82\x18\x30\xf5"), "wamp.type == \"CALL\"\ncbor[0] == 48\ncbor[1] == yes\n" },
  { "wamp-request-beyond-64-bits", "wamp.2.json", TEXT ("[48,99999999999999999999]"), "wamp.type == \"CALL\"\njson[0] == 48\njson[1]\n" },
  { "json-rpc-id-that-is-a-boolean", NO_PROTOCOL, TEXT ("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":true}"),
    "rpc.method == \"m\"\njson.id == yes\njson.jsonrpc == \"2.0\"\njson.method == \"m\"\n" },
  { "json-rpc-error-that-is-a-text", NO_PROTOCOL, TEXT ("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":\"E1\"},\"id\":1}"),
    "rpc.id == \"1\"\njson.error.code\njson.id == 1\njson.jsonrpc == \"2.0\"\n" },
  { "wamp", "wamp.2.json", TEXT ("[48,7,{},\"com.add\",[1]]"),
    "wamp.request == 7\nwamp.type == \"CALL\"\nwamp.uri == \"com.add\"\njson[0] == 48\njson[1] == 7\n"
    "json[3] == \"com.add\"\njson[4][0] == 1\n" },
  { "sockjs", NO_PROTOCOL, TEXT ("a[\"{\\\"a\\\":1}\"]"),
    "sockjs.message == \"{\\\"a\\\":1}\"\nsockjs.type == \"messages\"\njson.a == 1\n" },
  { "xml", NO_PROTOCOL, TEXT ("<a b=\"c\"><d>e</d><d>f</d><g/></a>"), "xml.a.d == \"e\"\nxml.a.d == \"f\"\nxml.a[\"@b\"] == \"c\"\n" },
  { "mqtt", "mqtt", BYTES ("\x31\x0a\0\1t{\"a\":1}"),
    "mqtt.qos == 0\nmqtt.retain == yes\nmqtt.topic == \"t\"\nmqtt.type == \"PUBLISH\"\njson.a == 1\n" },
  { "msgpack", NO_PROTOCOL, BYTES ("\x83\xa1" "a\x01\xa1" "b\xc3\x07\xa1" "x"), "msgpack.a == 1\nmsgpack.b == yes\nmsgpack[7] == \"x\"\n" },
  { "cbor", "cbor", BYTES ("\xa2\x61" "a\xc1\x01\x01\x61" "x"), "cbor.a == 1\ncbor[1] == \"x\"\n" },
  { "protobuf", NO_PROTOCOL, BYTES ("\x08\x96\x01\x12\x05hello\x1a\x02\x08\x07"),
    "protobuf[1] == 150\nprotobuf[2] == \"hello\"\nprotobuf[3][1] == 7\n" },
  { "gzip-of-json", NO_PROTOCOL, BYTES (
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x54\xb2\x32\xac\x05\x00\x7b\x83\x1b\xcd\x07\x00\x00\x00"),
    "json.a == 1\n" },
  { "base64-of-json", NO_PROTOCOL, TEXT ("eyJ0eXBlIjoicXVvdGUiLCJwcmljZSI6MS41LCJuYW1lIjoieHl6In0="),
    "json.name == \"xyz\"\njson.price == 1.5\njson.type == \"quote\"\n" },
  { "close-code", NO_PROTOCOL, TEXT ("\x88\x05\x0f\xa1" "bye"), "close.code == 4001\n" },
};

#define TEN_ESCAPES "\\u001b\\u001b\\u001b\\u001b\\u001b\\u001b\\u001b\\u001b\\u001b\\u001b"
#define SEVENTY_ESCAPES \
  TEN_ESCAPES TEN_ESCAPES TEN_ESCAPES TEN_ESCAPES TEN_ESCAPES TEN_ESCAPES TEN_ESCAPES

static const Message hostile[] = {
  { "quotes-and-backslashes", NO_PROTOCOL, TEXT ("{\"a\":\"\\\"x\\\\\"}"), "json.a == \"\\\"x\\\\\"\n" },
  { "control-characters", NO_PROTOCOL, TEXT ("{\"a\":\"\\u0000\\u001b[2J\\n\\u202e\"}"),
    "json.a == \"\\x00\\x1b[2J\\x0a\\xe2\\x80\\xae\"\n" },
  { "control-characters-as-they-are", NO_PROTOCOL, TEXT ("{\"a\":\"\x1b\x7f\"}"), "json.a == \"\\x1b\\x7f\"\n" },
  { "bytes-that-are-no-text", "json", BYTES ("{\"a\":\"\xff\xc3\",\"\xfe\":1}"), "json.a == \"\\xff\\xc3\"\njson[\"\\xfe\"] == 1\n" },
  { "empty-text", NO_PROTOCOL, TEXT ("{\"a\":\"\"}"), "json.a == \"\"\n" },
  { "names-with-signs", NO_PROTOCOL, TEXT ("{\"a b\":{\"]\\\"\\\\\":1},\"a.b\":2,\"\\u001b\":3,\"ä\":4}"),
    "json[\"\\x1b\"] == 3\njson[\"a b\"][\"]\\\"\\\\\"] == 1\njson[\"a.b\"] == 2\njson[\"ä\"] == 4\n" },
  { "name-with-a-zero", NO_PROTOCOL, TEXT ("{\"a\\u0000b\":1,\"c\":2}"), "json.c == 2\n" },
  { "empty-name", NO_PROTOCOL, TEXT ("{\"\":1}"), "json[\"\"] == 1\n" },
  { "empty-name-of-a-map", NO_PROTOCOL, BYTES ("\x82\xa0\x01\xa1" "a\x02"), "msgpack.a == 2\nmsgpack[\"\"] == 1\n" },
  { "name-that-looks-like-an-index", NO_PROTOCOL, TEXT ("{\"[0]\":1,\"7\":2,\"a\":3}"), "json.a == 3\njson[\"7\"] == 2\n" },
  { "names-of-words-of-the-language", NO_PROTOCOL, TEXT ("{\"and\":{\"in\":\"or\"}}"), "json.and.in == \"or\"\n" },
  { "equal-names", NO_PROTOCOL, TEXT ("{\"a\":1,\"a\":2}"), "json.a == 1\njson.a == 2\n" },
  { "text-that-looks-like-a-number", NO_PROTOCOL, TEXT ("{\"a\":\"7\",\"b\":7}"), "json.a == \"7\"\njson.b == 7\n" },
  { "numbers", NO_PROTOCOL, TEXT ("{\"a\":-0.5,\"b\":1.0,\"c\":9223372036854775807,\"d\":-7,\"e\":1e3,\"f\":0.100}"),
    "json.a == -0.5\njson.b == 1\njson.c == 9223372036854775807\njson.d == -7\njson.e == 1000\njson.f == 0.1\n" },
  { "zeros", NO_PROTOCOL, TEXT ("{\"a\":0.0,\"b\":-0.0,\"c\":0}"), "json.a == 0\njson.b == -0\njson.c == 0\n" },
  { "numbers-that-no-filter-can-have", NO_PROTOCOL, TEXT (
      "{\"a\":1e30,\"b\":12345678901234567890,\"c\":0.12345678901,\"d\":1e-7,\"e\":1e999,\"f\":-9223372036854775808}"),
    "json.a\njson.b\njson.c\njson.d\njson.e\njson.f\n" },
  { "text-of-too-many-bytes", NO_PROTOCOL, TEXT (
      "{\"a\":\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
      "01234567890123456789012345678\"}"),
    "json.a\n" },
  { "more-levels-than-are-looked-at", NO_PROTOCOL,
    TEXT ("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"b\":2,\"c\":{}}}}}}}},\"e\":3}"),
    "json.a.a.a.a.a.a.a.b == 2\njson.e == 3\n" },
  { "equal-text-and-number", NO_PROTOCOL, TEXT ("{\"a\":\"7\",\"a\":7}"), "json.a == \"7\"\njson.a == 7\n" },
  { "json-that-is-cut", NO_PROTOCOL, TEXT ("{\"a\":1,\"b\":{\"c\":\"x"), "json.a == 1\n" },
  { "name-that-is-too-long-in-a-filter", NO_PROTOCOL,
    TEXT ("{\"" SEVENTY_ESCAPES "\":1,\"a\":2}"), "json.a == 2\n" },
};

static void
test_message (gconstpointer data)
{
  const Message *row = data;
  g_auto (Traffic) traffic = { 0 };
  g_autofree char *found = NULL;

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/", row->subprotocol);
  if (g_str_has_prefix (row->message, "\x88"))
    push (&traffic, WSP_DIRECTION_RECEIVED, row->message, row->length);
  else
    add_frame (&traffic, 0x80 | row->opcode, row->message, row->length);
  if (g_str_has_prefix (row->message, "\x88"))
    wsi_recorder_close (traffic.recorder, traffic.conversation, WSI_ENDING_CLEAN,
                        WSI_SENTENCE (TEXT, "Closed"), traffic.time_us);
  follow (&traffic);
  found = list_conditions (&traffic);
  g_assert_cmpstr (found, ==, row->conditions);
  assert_all_found (&traffic);
}

/* A fragmented message is read once, as a whole; control frames are no messages. */
static void
test_fragments (void)
{
  g_auto (Traffic) traffic = { 0 };
  g_autofree char *found = NULL;

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/", NULL);
  add_frame (&traffic, 0x01, "{\"a\":1,", 7);
  add_frame (&traffic, 0x89, "{\"p\":1}", 7);
  add_frame (&traffic, 0x00, "\"b\":", 4);
  add_frame (&traffic, 0x80, "2}", 2);
  follow (&traffic);
  found = list_conditions (&traffic);
  g_assert_cmpstr (found, ==, "json.a == 1\njson.b == 2\n");
  g_assert_cmpuint (count (&traffic, "json.a", "1"), ==, 1);
}

/* Parts with the same path are looked for together. */
static void
test_counted_once (void)
{
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/", NULL);
  add_text (&traffic, "<a><b>c</b><b>c</b><b>d</b></a>");
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "xml.a.b", "c"), ==, 2);
  g_assert_cmpuint (count (&traffic, "xml.a.b", "d"), ==, 1);
}

static void
test_connections (void)
{
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  for (guint i = 0; i < 3; i++)
    {
      open_connection (&traffic, NULL, i < 2 ? "/quotes?page=1" : "/news", "chat");
      add_text (&traffic, "a");
      add_text (&traffic, "b");
    }
  follow (&traffic);
  add_text (&traffic, "c");
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "path", "/quotes"), ==, 2);
  g_assert_cmpuint (count (&traffic, "path", "/news"), ==, 1);
  g_assert_cmpuint (count (&traffic, "host", "example.com"), ==, 3);
  g_assert_cmpuint (count (&traffic, "proto", "chat"), ==, 3);
  g_assert_cmpuint (count (&traffic, "status", "101"), ==, 3);
  g_assert_cmpuint (count (&traffic, "port", "80"), ==, 3);
  g_assert_cmpuint (count (&traffic, "lang", "text"), ==, 7);
  assert_all_found (&traffic);
}

/* Values that must not be in any list, and one that has to be. */
static const struct
{
  const char  *name;
  WsiRedaction level;
  const char  *names;           /* names of secrets, with blanks between them */
  const char  *uri, *path, *subprotocol, *message;
  const char  *hidden, *shown;
} redactions[] = {
  { "default-path-after-a-word", WSI_REDACTION_DEFAULT, NULL, NULL, "/api/token/Secret12345", NULL, "{\"a\":1}",
    "Secret12345", "json.a == 1" },
  { "default-parameter-of-a-path", WSI_REDACTION_DEFAULT, NULL, NULL, "/api;sid=Secret12345/x", NULL, "{\"a\":1}",
    "Secret12345", "json.a == 1" },
  { "default-user-of-a-uri", WSI_REDACTION_DEFAULT, NULL, "ws://me:Secret12345@example.com/a", "/a", NULL, "{\"a\":1}",
    "Secret12345", "host == \"example.com\"" },
  { "default-query", WSI_REDACTION_DEFAULT, NULL, NULL, "/a?token=Secret12345", NULL, "{\"a\":1}", "Secret12345",
    "path == \"/a\"" },
  { "default-subprotocol", WSI_REDACTION_DEFAULT, NULL, NULL, "/a", "bearer.Secret12345", "{\"a\":1}", "Secret12345",
    "path == \"/a\"" },
  { "default-payload-that-quotes-a-secret-of-the-head", WSI_REDACTION_DEFAULT, NULL, NULL, "/a", "bearer.Secret12345",
    "{\"a\":\"bearer.Secret12345\",\"b\":1}", "Secret12345", "json.b == 1" },
  { "default-uri-in-payload", WSI_REDACTION_DEFAULT, NULL, NULL, "/a", NULL,
    "{\"a\":\"wss://h/?token=Secret12345\",\"b\":\"/token/Secret12345\",\"c\":\"x\"}", "Secret12345", "json.c == \"x\"" },
  { "default-zero-before-a-uri", WSI_REDACTION_DEFAULT, NULL, NULL, "/a", NULL,
    "{\"a\":\"x\\u0000?token=Secret12345\",\"c\":\"x\"}", "Secret12345", "json.c == \"x\"" },
  { "default-uri-as-a-name", WSI_REDACTION_DEFAULT, NULL, NULL, "/a", NULL,
    "{\"wss://h/?token=Secret12345\":1,\"c\":\"x\"}", "Secret12345", "json.c == \"x\"" },
  { "default-member-whose-name-is-secret", WSI_REDACTION_DEFAULT, NULL, NULL, "/a", NULL,
    "{\"user\":{\"Password\":\"Secret12345\",\"pin\":\"p\"},\"auth_token\":{\"value\":\"Secret12345\"}}", "Secret12345",
    "json.user.pin == \"p\"" },
  { "default-names-of-the-user", WSI_REDACTION_DEFAULT, "room pin", NULL, "/a;room=Secret12345", NULL,
    "{\"pin\":\"Secret12345\",\"b\":1}", "Secret12345", "json.b == 1" },
  { "strict-payload", WSI_REDACTION_STRICT, NULL, NULL, "/a", "mqtt", "{\"a\":\"Secret12345\"}", "json", "proto == \"mqtt\"" },
  { "strict-path", WSI_REDACTION_STRICT, NULL, NULL, "/quotes", NULL, "{\"a\":1}", "quotes", "host == \"example.com\"" },
  { "strict-close-reason", WSI_REDACTION_STRICT, NULL, NULL, "/quotes", NULL, "", "bye", "close.code == 4001" },
  { "none-hides-nothing", WSI_REDACTION_NONE, NULL, NULL, "/token/Secret12345", NULL, "{\"a\":1}", "nothing",
    "path == \"/token/Secret12345\"" },
};

static char *
list_all (Traffic *self)
{
  g_autoptr (GPtrArray) fields = wsi_sample_list_fields (self->sample);
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < fields->len; i++)
    {
      const WsiCountedField *field = fields->pdata[i];
      g_autoptr (GPtrArray) values = wsi_sample_list_values (self->sample, field->name, "", 0,
                                                             G_MAXUINT);

      g_string_append_printf (list, "%s\n", field->name);
      for (guint j = 0; j < values->len; j++)
        {
          g_autofree char *condition = print_condition (field, values->pdata[j]);

          g_string_append_printf (list, "%s\n", condition);
        }
    }
  return g_string_free (list, FALSE);
}

static void
test_redaction (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (GStrv) names = redactions[i].names != NULL ? g_strsplit (redactions[i].names, " ", -1)
                                                     : NULL;
  g_auto (Traffic) traffic = { 0 };
  g_autofree char *list = NULL;

  traffic_init (&traffic, redactions[i].level, 1000);
  wsi_sample_set_secret_names (traffic.sample, (const char *const *) names);
  open_connection (&traffic, redactions[i].uri, redactions[i].path, redactions[i].subprotocol);
  add_text (&traffic, redactions[i].message);
  push (&traffic, WSP_DIRECTION_RECEIVED, "\x88\x05\x0f\xa1" "bye", 7);
  wsi_recorder_close (traffic.recorder, traffic.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "Closed 4001 \"bye\""), traffic.time_us);
  follow (&traffic);
  list = list_all (&traffic);
  if (strstr (list, redactions[i].hidden) != NULL || strstr (list, "redacted-") != NULL ||
      strstr (list, redactions[i].shown) == NULL)
    g_error ("expected %s and not %s, received:\n%s", redactions[i].shown, redactions[i].hidden,
             list);
}

/* A secret that a later head tells is hidden in what was taken before, too. */
static void
test_late_secret (void)
{
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/a", NULL);
  add_text (&traffic, "{\"a\":\"bearer.Secret12345\"}");
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "json.a", "bearer"), ==, 1);
  open_connection (&traffic, NULL, "/a", "bearer.Secret12345");
  add_text (&traffic, "x");
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "json.a", ""), ==, 0);
}

static void
test_new_names (void)
{
  static const char *const names[] = { "a", NULL };
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/a", NULL);
  add_text (&traffic, "{\"a\":\"x\",\"b\":\"y\"}");
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "json.a", "x"), ==, 1);
  wsi_sample_set_secret_names (traffic.sample, names);
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "json.a", ""), ==, 0);
  g_assert_cmpuint (count (&traffic, "json.b", "y"), ==, 1);
}

/* Messages that were learned anew were read with another decoder. */
static void
test_learned_anew (void)
{
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/a", NULL);
  add_text (&traffic, "{\"a\":\"x\"}");
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "json.a", "x"), ==, 1);
  wsi_interpreter_restart (traffic.interpreter);
  wsi_sample_follow (traffic.sample, traffic.interpreter, 0);
  g_assert_cmpuint (count (&traffic, "json.a", ""), ==, 0);
  g_assert_true (wsi_interpreter_choose (traffic.interpreter, "text", NULL));
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "json.a", ""), ==, 0);
  g_assert_cmpuint (count (&traffic, "lang", "text"), ==, 1);
}

/* Records that are gone are passed. */
static void
test_evicted (void)
{
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 100);
  open_connection (&traffic, NULL, "/a", NULL);
  for (guint i = 0; i < 50000; i++)
    add_text (&traffic, i < 40000 ? "{\"a\":\"old\"}" : "{\"a\":\"new\"}");
  g_assert_cmpuint (wsi_store_get_first (traffic.store), >, 0);
  follow (&traffic);
  g_assert_cmpuint (count (&traffic, "json.a", "new"), >, 0);
  g_assert_cmpuint (count (&traffic, "json.a", "old"), ==, 0);
}

/* A long recording is not read whole, and what is read is in all of it. */
static void
test_share (void)
{
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000000);
  open_connection (&traffic, NULL, "/a", NULL);
  for (guint i = 0; i < 200000; i++)
    add_text (&traffic, i % 2 == 0 ? i < 100000 ? "{\"a\":\"one\"}" : "{\"a\":\"three\"}"
                                   : "{\"a\":\"two\"}");
  follow (&traffic);
  g_assert_cmpuint (wsi_sample_get_n_messages (traffic.sample), >, 50);
  g_assert_cmpuint (wsi_sample_get_n_messages (traffic.sample), <, 500);
  g_assert_cmpuint (count (&traffic, "json.a", "one"), >, 5);
  g_assert_cmpuint (count (&traffic, "json.a", "two"), >, 5);
  g_assert_cmpuint (count (&traffic, "json.a", "three"), >, 5);
}

/* A busy connection leaves a part to a quiet one: by their numbers it would have none. */
static void
test_quiet_connection (void)
{
  g_auto (Traffic) traffic = { 0 };
  WsiConversation *busy, *quiet;

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000000);
  open_connection (&traffic, NULL, "/busy", NULL);
  busy = traffic.conversation;
  for (guint i = 0; i < 1000; i++)
    add_text (&traffic, "{\"a\":\"busy\"}");
  open_connection (&traffic, NULL, "/quiet", NULL);
  quiet = traffic.conversation;
  for (guint i = 0; i < 300000; i++)
    {
      traffic.conversation = i % 100 == 0 ? quiet : busy;
      add_text (&traffic, i % 100 == 0 ? "{\"a\":\"quiet\"}" : "{\"a\":\"busy\"}");
    }
  follow (&traffic);
  g_test_message ("quiet %u, busy %u", count (&traffic, "json.a", "quiet"),
                  count (&traffic, "json.a", "busy"));
  g_assert_cmpuint (count (&traffic, "json.a", "quiet"), >=, 4);
  g_assert_cmpuint (count (&traffic, "path", "/quiet"), ==, 1);
  g_assert_cmpuint (count (&traffic, "json.a", "busy"), >, 20);
}

/* A turn of the main loop brings more than one record of many. */
static void
test_turns (void)
{
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000000);
  traffic.step_us = G_USEC_PER_SEC;
  open_connection (&traffic, NULL, "/a", NULL);
  for (guint i = 0; i < 2000; i++)
    add_text (&traffic, "{\"a\":\"early\"}");
  follow (&traffic);
  g_assert_cmpuint (wsi_sample_get_n_messages (traffic.sample), <, 400);
  for (guint i = 0; i < 200; i++)
    {
      guint64 end;

      add_text (&traffic, "{\"a\":\"late\"}");
      end = wsi_store_get_end (traffic.store);
      wsi_interpreter_learn (traffic.interpreter, end - 1,
                             wsi_store_get_record (traffic.store, end - 1));
      wsi_sample_follow (traffic.sample, traffic.interpreter, end);
    }
  g_assert_cmpuint (count (&traffic, "json.a", "late"), >, 3);
  g_assert_cmpuint (count (&traffic, "json.a", "late"), <, 60);
}

static void
test_huge_names (void)
{
  g_auto (Traffic) traffic = { 0 };
  g_autofree char *name = g_strnfill (1024 * KIB, 'a');
  g_autofree char *object = g_strdup_printf ("{\"b\":1,\"%s\":2}", name);
  g_autofree char *levels = g_strnfill (1000, '[');
  g_autofree char *list = NULL;

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/a", NULL);
  add_text (&traffic, object);
  add_text (&traffic, levels);
  follow (&traffic);
  list = list_conditions (&traffic);
  g_assert_cmpstr (list, ==, "json.b == 1\n");
}

/* The sample of the same records is the same, however they come. */
static void
test_same_again (void)
{
  g_autofree char *first = NULL, *second = NULL;

  for (guint n_at_once = 1; n_at_once <= 1000; n_at_once += 999)
    {
      g_auto (Traffic) traffic = { 0 };
      guint64 end;

      traffic_init (&traffic, WSI_REDACTION_DEFAULT, 100000);
      open_connection (&traffic, NULL, "/a", NULL);
      for (guint i = 0; i < 20000; i++)
        {
          g_autofree char *text = g_strdup_printf ("{\"a\":%u,\"b\":%u}", i % 5, i);

          add_text (&traffic, text);
        }
      end = wsi_store_get_end (traffic.store);
      for (guint64 i = 0; i < end; i++)
        wsi_interpreter_learn (traffic.interpreter, i, wsi_store_get_record (traffic.store, i));
      for (guint64 i = 0; i < end; i += n_at_once)
        wsi_sample_take (traffic.sample, traffic.interpreter, i, MIN (i + n_at_once, end));
      *(n_at_once == 1 ? &first : &second) = list_all (&traffic);
    }
  g_assert_cmpstr (first, ==, second);
}

/* The list of offers has the words of the language first. */
static const struct
{
  const char *name, *text, *offers;
} offers[] = {
  { "path", "json.ty|", "json.type*4" },
  { "paths-most-frequent-first", "json|", "json json.type*4 json.id*3 json[\"a b\"].c*1" },
  { "name-within-a-path", "ty|", "type json.type*4" },
  { "fields-once", "ho|", "host" },
  { "path-with-brackets", "json[|", "json[\"a b\"].c*1" },
  { "name-in-brackets", "json[\"a|", "json[\"a b\"].c*1" },
  { "path-after-brackets", "fin and json[\"a b\"].|", "json[\"a b\"].c*1" },
  { "values", "json.type == |", "\"quote\"*3 \"tr\\\"ade\"*1" },
  { "beginning-of-a-value", "json.type == q|", "\"quote\"*3" },
  { "beginning-of-a-string", "json.type == \"tr|", "\"tr\\\"ade\"*1" },
  { "escape-in-a-string", "json.type == \"tr\\\"a|", "\"tr\\\"ade\"*1" },
  { "raw-string", "json.type == r\"qu|", "\"quote\"*3" },
  { "number", "json.id == 1|", "17*2 12*1" },
  { "values-of-a-set", "json.type in {\"quote\", |", "\"quote\"*3 \"tr\\\"ade\"*1" },
  { "values-of-a-path-with-brackets", "json[\"a b\"].c != |", "\"x\"*1" },
  { "values-of-an-alias", "http.host == |", "\"example.com\"*1" },
  { "values-of-a-field", "path == |", "\"/quotes\"*1" },
  { "words-before-values", "close.by == s|", "sent" },
  { "nothing-after-a-value", "path == \"/quotes\" |", "and or" },
  { "nothing-in-a-search", "\"quo|", "" },
  { "nothing-of-another-field", "json.other == |", "" },
};

static void
test_offers (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const char *place_sign = strchr (offers[i].text, '|');
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  g_auto (WsiCompletionPlace) place = { 0 };
  g_auto (Traffic) traffic = { 0 };
  g_autoptr (GArray) list = wsi_completion_list (fields, offers[i].text,
                                                 place_sign - offers[i].text, &place);
  g_autoptr (GString) found = g_string_new (NULL);

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/quotes", NULL);
  add_text (&traffic, "{\"type\":\"quote\",\"id\":17}");
  add_text (&traffic, "{\"type\":\"quote\",\"id\":17}");
  add_text (&traffic, "{\"type\":\"quote\",\"id\":12}");
  add_text (&traffic, "{\"type\":\"tr\\\"ade\",\"a b\":{\"c\":\"x\"}}");
  follow (&traffic);
  wsi_sample_add_offers (traffic.sample, &place, 12, list);
  for (guint j = 0; j < list->len; j++)
    {
      const WsiCompletion *offer = &g_array_index (list, WsiCompletion, j);

      g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", offer->text);
      if (offer->n > 0)
        g_string_append_printf (found, "*%u", offer->n);
    }
  g_assert_cmpstr (found->str, ==, offers[i].offers);
}

static void
test_few_offers (void)
{
  WsiCompletionPlace place = { .next = WSI_COMPLETION_CONDITION, .beginning = (char *) "json" };
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (WsiCompletion));
  g_auto (Traffic) traffic = { 0 };

  traffic_init (&traffic, WSI_REDACTION_DEFAULT, 1000);
  open_connection (&traffic, NULL, "/quotes", NULL);
  add_text (&traffic, "{\"a\":1,\"b\":2,\"c\":3}");
  follow (&traffic);
  wsi_sample_add_offers (traffic.sample, &place, 2, list);
  g_assert_cmpuint (list->len, ==, 2);
  for (guint i = 0; i < list->len; i++)
    g_free (g_array_index (list, WsiCompletion, i).text);
}

#define MAX_HELD (256 * KIB)

static gsize
count_allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
add_value (WsiFieldCounts *counts,
           const char     *name,
           const char     *value)
{
  WsiCountedField *field = wsi_field_counts_add (counts, name, WSI_COUNTED_PATH);

  if (field != NULL)
    wsi_field_counts_add_value (counts, field, WSI_COUNTED_TEXT, value, strlen (value));
}

static const struct
{
  const char *name;
  guint       n_names, n_values;        /* number of different names, and of different values */
  gsize       length;                   /* length of each name and value at least */
} floods[] = {
  { "a-million-names", 1000000, 1, 1 },
  { "long-names", 100000, 1, 200 },
  { "names-that-are-too-long", 1000, 1, 300 },
  { "a-million-values", 1, 1000000, 1 },
  { "long-values", 7, 100000, 120 },
  { "values-that-are-too-long", 1, 1000, 200 },
  { "names-and-values", 5000, 100000, 60 },
};

/* The memory is bounded, as the allocator counts it, and what is frequent stays. */
static void
test_flood (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), before = count_allocated (), most = 0;
  g_autoptr (WsiFieldCounts) counts = wsi_field_counts_new (MAX_HELD);
  guint n = MAX (floods[i].n_names, floods[i].n_values);
  WsiCountedField *often;

  for (guint j = 0; j < n; j++)
    {
      char name[400], value[400];

      g_snprintf (name, sizeof name, "json.%0*u", (int) floods[i].length, j % floods[i].n_names);
      g_snprintf (value, sizeof value, "%0*u", (int) floods[i].length, j % floods[i].n_values);
      add_value (counts, name, value);
      if (j % 50 == 0)
        add_value (counts, "json.often", "same");
      if (j % 1000 == 0)
        most = MAX (most, count_allocated () - before);
    }
  if (ALLOCATIONS_ARE_COUNTED)
    g_assert_cmpuint (most, <=, MAX_HELD + 8 * KIB);
  often = wsi_field_counts_find (counts, "json.often");
  g_assert_nonnull (often);
  g_assert_cmpuint (often->n, ==, (n + 49) / 50);
  g_assert_cmpuint (often->n_values, ==, 1);
  wsi_field_counts_clear (counts);
  g_assert_null (wsi_field_counts_find (counts, "json.often"));
}

/* Fields are not removed, since there are few. */
static void
test_fields_stay (void)
{
  g_autoptr (WsiFieldCounts) counts = wsi_field_counts_new (MAX_HELD);

  wsi_field_counts_add (counts, "path", WSI_COUNTED_FIELD);
  for (guint i = 0; i < 100000; i++)
    {
      char name[40];

      g_snprintf (name, sizeof name, "json.n%u", i);
      add_value (counts, name, "x");
    }
  g_assert_nonnull (wsi_field_counts_find (counts, "path"));
}

/* If a field has more values than are kept, those that came once are not listed. */
static void
test_ids (void)
{
  g_autoptr (WsiFieldCounts) counts = wsi_field_counts_new (MAX_HELD);
  g_autoptr (GPtrArray) values = NULL;
  const WsiCountedValue *value;

  for (guint i = 0; i < 10 * WSI_FIELD_MAX_VALUES; i++)
    {
      char id[40];

      g_snprintf (id, sizeof id, "%u", i);
      add_value (counts, "json.id", id);
      if (i % 10 == 0)
        add_value (counts, "json.id", "same");
    }
  values = wsi_field_counts_list_values (wsi_field_counts_find (counts, "json.id"));
  g_assert_cmpuint (values->len, ==, 1);
  value = values->pdata[0];
  g_assert_cmpstr (value->at, ==, "same");
  g_assert_cmpuint (value->n, ==, WSI_FIELD_MAX_VALUES);
}

static void
add_messages (const char    *room,
              const Message *rows,
              gsize          n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/sample/%s/%s", room, rows[i].name);

      g_test_add_data_func (path, &rows[i], test_message);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_messages ("decoder", decoders, G_N_ELEMENTS (decoders));
  add_messages ("hostile", hostile, G_N_ELEMENTS (hostile));
  ADD_ROWS ("/inspector/sample/redaction", redactions, test_redaction);
  ADD_ROWS ("/inspector/sample/offers", offers, test_offers);
  ADD_ROWS ("/inspector/sample/limit", floods, test_flood);
  g_test_add_func ("/inspector/sample/fragments-are-one-message", test_fragments);
  g_test_add_func ("/inspector/sample/values-are-counted-once", test_counted_once);
  g_test_add_func ("/inspector/sample/facts-of-connections-once", test_connections);
  g_test_add_func ("/inspector/sample/redaction/secret-of-a-later-head", test_late_secret);
  g_test_add_func ("/inspector/sample/redaction/names-that-the-user-adds", test_new_names);
  g_test_add_func ("/inspector/sample/learned-anew", test_learned_anew);
  g_test_add_func ("/inspector/sample/evicted-records-are-passed", test_evicted);
  g_test_add_func ("/inspector/sample/share/of-a-long-recording", test_share);
  g_test_add_func ("/inspector/sample/share/quiet-connection-beside-a-busy-one",
                   test_quiet_connection);
  g_test_add_func ("/inspector/sample/share/turns-of-the-main-loop", test_turns);
  g_test_add_func ("/inspector/sample/share/same-records-same-sample", test_same_again);
  g_test_add_func ("/inspector/sample/hostile/name-of-a-megabyte", test_huge_names);
  g_test_add_func ("/inspector/sample/offers/at-most-so-many", test_few_offers);
  g_test_add_func ("/inspector/sample/limit/fields-stay", test_fields_stay);
  g_test_add_func ("/inspector/sample/limit/values-that-came-once", test_ids);
  return g_test_run ();
}
