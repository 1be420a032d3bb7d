/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HAR of browsers and of Playwright that is read, written and read again is the same; so are the
 * messages of frames. */

#include <json-glib/json-glib.h>
#include <string.h>

#include "inspector/listing.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#define N_LONG 80000            /* rows: several times what a small store keeps */
#define HEADS "\"request\":{\"method\":\"GET\",\"url\":\"ws://h:81/chat?a=b\"," \
  "\"httpVersion\":\"HTTP/1.1\",\"headers\":[{\"name\":\"Host\",\"value\":\"h:81\"},{\"name\":\"Upgrade\",\"value\":\"websocket\"}," \
  "{\"name\":\"Connection\",\"value\":\"Upgrade\"}," \
  "{\"name\":\"Sec-WebSocket-Key\",\"value\":\"dGhlIHNhbXBsZSBub25jZQ==\"}," \
  "{\"name\":\"Sec-WebSocket-Version\",\"value\":\"13\"}]}," \
  "\"response\":{\"status\":101,\"statusText\":\"Switching Protocols\",\"headers\":[" \
  "{\"name\":\"Upgrade\",\"value\":\"websocket\"},{\"name\":\"Connection\",\"value\":\"Upgrade\"}," \
  "{\"name\":\"Sec-WebSocket-Accept\",\"value\":\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"}]}"
#define MESSAGES(first, second, third) "\"_webSocketMessages\":[" \
  "{\"type\":\"send\",\"time\":" first ",\"opcode\":1,\"data\":\"H\xc3\xa4llo \\\"x\\\"\\n\"}," \
  "{\"type\":\"receive\",\"time\":" second ",\"opcode\":2,\"data\":\"AP/+\"}," \
  "{\"type\":\"receive\",\"time\":" third ",\"opcode\":1,\"data\":\"\"}]"

/* Each has one connection; Chrome writes the members in the order of their names. */
static const struct
{
  const char *name, *text;
} files[] = {
  { "chrome", "{\n  \"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"WebInspector\"}, \"pages\": [],\n\"entries\": [{"
    "\"_initiator\":{\"type\":\"script\",\"stack\":{\"callFrames\":[]}},\"_resourceType\":\"websocket\","
    MESSAGES ("1700000000.1234567", "1700000001.5", "1700000001.500001")
    ",\"cache\":{},\"connection\":\"81\"," HEADS
    ",\"serverIPAddress\":\"127.0.0.1\",\"startedDateTime\":\"2023-11-14T22:13:20.001Z\",\"time\":2000}]}}" },
  { "playwright", "{\"log\":{\"version\":\"1.2\",\"entries\":[{\"startedDateTime\":\"2023-11-14T22:13:20.001Z\",\"time\":-1," HEADS
    ",\"cache\":{},\"_resourceType\":\"websocket\"," MESSAGES ("1700000000123.457", "1700000001500", "1700000001500.001") "}]}}" },
  { "another-clock", "{\"log\":{\"entries\":[{\"startedDateTime\":\"2023-11-14T22:13:20.001Z\"," HEADS ","
    MESSAGES ("99.5", "100.876543", "100.876544") "}]}}" },
  { "no-headers", "{\"log\":{\"entries\":[{\"startedDateTime\":\"2023-11-14T22:13:20.001Z\","
    MESSAGES ("1700000000.1", "1700000001.5", "1700000001.6") "}]}}" },
};

static void
load_text (Scene      *scene,
           const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;

  scene_init (scene);
  scene_load (scene, bytes, &error);
  g_assert_no_error (error);
}

static void
assert_equal_listings (Scene *first,
                       Scene *second)
{
  g_autofree char *one = listing_make (first->store);
  g_autofree char *two = listing_make (second->store);

  g_assert_cmpstr (one, ==, two);
}

static void
test_back (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (GError) error = NULL;
  guint64 end;

  load_text (&scene, files[i].text);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  scene_init (&other);
  scene_load (&other, saved, &error);
  g_assert_no_error (error);

  end = wsi_store_get_end (scene.store);
  g_assert_cmpuint (end, >=, 6);
  if (strcmp (files[i].name, "no-headers") != 0)
    assert_equal_listings (&scene, &other);
  scene_assert_equal_frames (&scene, &other);
}

static JsonObject *
load_log (GBytes     *bytes,
          JsonParser *parser)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                              (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  return json_object_get_object_member (json_node_get_object (json_parser_get_root (parser)),
                                        "log");
}

static JsonObject *
get_entry (JsonObject *log,
           guint       number)
{
  return json_array_get_object_element (json_object_get_array_member (log, "entries"), number);
}

/* HAR 1.2 demands them. */
static void
test_members (void)
{
  static const char *const members[] = {
    "startedDateTime", "time", "request", "response", "cache", "timings",
  };
  static const char *const of_request[] = {
    "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize",
  };
  static const char *const of_response[] = {
    "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
    "headersSize", "bodySize",
  };
  g_auto (Scene) scene = { 0 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) saved = NULL;
  JsonObject *entry;

  scene_init (&scene);
  scene_play (&scene);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_DEFAULT);
  entry = get_entry (load_log (saved, parser), 0);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_true (json_object_has_member (entry, members[i]));
  for (guint i = 0; i < G_N_ELEMENTS (of_request); i++)
    g_assert_true (json_object_has_member (json_object_get_object_member (entry, "request"),
                                           of_request[i]));
  for (guint i = 0; i < G_N_ELEMENTS (of_response); i++)
    g_assert_true (json_object_has_member (json_object_get_object_member (entry, "response"),
                                           of_response[i]));
}

/* Fragments are one message, and control frames are where they were. */
static void
test_frames (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autofree char *rows = NULL;

  scene_init (&scene);
  scene_init (&other);
  scene_play (&scene);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  scene_load (&other, saved, NULL);
  rows = listing_make (other.store);
  g_assert_nonnull (strstr (rows, "1 < text 'Hello'; 1 < text 'Hello'; 1 > ping 'p'; "
                            "1 > text 'Hello'; 1 < binary '"));
  g_assert_true (g_str_has_suffix (rows, "1 close: It \\ended"));
}

/* Neither are lost bytes invented, nor those that are not UTF-8. */
static void
test_bytes_in_text (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (GBytes) payload = NULL;
  guint64 end;

  scene_init (&scene);
  scene_init (&other);
  scene_shake_hands (&scene);
  scene_push (&scene, WSP_DIRECTION_RECEIVED, "\x81\x04" "a\0\xff" "b", 6);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  scene_load (&other, saved, NULL);
  end = wsi_store_get_end (other.store);
  payload = wsi_store_dup_payload (other.store, end - 2, WSI_VIEW_INFLATED, G_MAXSIZE);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), "a\0\xff" "b", 4);
}

/* A server's recording is written as its client would have. */
static void
test_server (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_SERVER, .uri = "ws://h/" };
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autofree char *rows = NULL;

  scene_init (&scene);
  scene_init (&other);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, 1);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, REQUEST);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, RESPONSE);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "\x81\x02Hi");
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  scene_load (&other, saved, NULL);
  rows = listing_make (other.store);
  g_assert_nonnull (strstr (rows, "1 < text 'Hi'"));
}

/* Messages of two connections are not mixed; one that never ended says so. */
static void
test_entries (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) saved = NULL;
  JsonObject *log, *message;
  WsiConversation *first;

  scene_init (&scene);
  scene_shake_hands (&scene);
  first = scene.conversation;
  scene_shake_hands (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x01\x02Hi");
  scene.conversation = first;
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Ho");
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  log = load_log (saved, parser);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (log, "entries")), ==, 2);
  message = json_array_get_object_element (json_object_get_array_member (get_entry (log, 0),
                                                                         "_webSocketMessages"), 0);
  g_assert_cmpstr (json_object_get_string_member (message, "data"), ==, "Ho");
  message = json_array_get_object_element (json_object_get_array_member (get_entry (log, 1),
                                                                         "_webSocketMessages"), 0);
  message = json_object_get_object_member (message, "_wsinspect");
  g_assert_true (json_object_get_boolean_member (message, "incomplete"));
}

/* The lines that are printed of an entry, given the text of the heads or the addresses. */
static const struct
{
  const char *name, *uri, *server, *request, *response, *expected;
} entries[] = {
  { "plain", "ws://h/", "10.0.0.1:80", REQUEST, RESPONSE, "GET 10.0.0.1 'Switching Protocols'" },
  { "address-in-brackets", "ws://h/", "[::1]:80", REQUEST, RESPONSE, "GET ::1 'Switching Protocols'" },
  { "first-bracket-alone", "ws://h/", "[h:80", REQUEST, RESPONSE, "GET [h 'Switching Protocols'" },
  { "last-bracket-alone", "ws://h/", "h]:80", REQUEST, RESPONSE, "GET h] 'Switching Protocols'" },
  { "no-first-line", "ws://h/", "h:80", "\r\nHost: h\r\n\r\n", RESPONSE, "GET h 'Switching Protocols'" },
  { "no-head", "ws://h/", "h:80", "", "", "GET h ''" },
  { "no-text-of-the-status", "ws://h/", "h:80", REQUEST, "HTTP/1.1 101\r\n\r\n", "GET h ''" },
  { "query", "ws://h/?a=1&b=x%20y&c=%zz&d=%ff&&e#f&g", "h:80", REQUEST, RESPONSE,
    "GET h 'Switching Protocols' a=1 b=x y c=%zz d=%ff e=" },
};

static void
test_entry (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .uri = entries[i].uri, .server = entries[i].server,
  };
  g_autoptr (GBytes) request = g_bytes_new_static (entries[i].request, strlen (entries[i].request));
  g_autoptr (GBytes) response =
    g_bytes_new_static (entries[i].response, strlen (entries[i].response));
  g_auto (Scene) scene = { 0 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  JsonObject *entry, *asked;
  JsonArray *query;

  scene_init (&scene);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, 1);
  wsi_conversation_set_request (scene.conversation, request);
  wsi_conversation_set_response (scene.conversation, response);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  entry = get_entry (load_log (saved, parser), 0);
  asked = json_object_get_object_member (entry, "request");
  query = json_object_get_array_member (asked, "queryString");
  g_string_append_printf (text, "%s %s '%s'", json_object_get_string_member (asked, "method"),
                          json_object_get_string_member (entry, "serverIPAddress"),
                          json_object_get_string_member
                            (json_object_get_object_member (entry, "response"), "statusText"));
  for (guint j = 0; j < json_array_get_length (query); j++)
    {
      JsonObject *pair = json_array_get_object_element (query, j);

      g_string_append_printf (text, " %s=%s", json_object_get_string_member (pair, "name"),
                              json_object_get_string_member (pair, "value"));
    }
  g_assert_cmpstr (text->str, ==, entries[i].expected);
}

/* Messages and control frames as they are in their entry, each with its members but the time, its
 * number and its sizes. */
static const struct
{
  const char *name, *wire;
  gsize       length;
  const char *expected;
} messages[] = {
  { "text", "\x81\x02Hi", 4, "1 'Hi'" },
  { "text-that-is-no-utf-8", "\x81\x02H\xff", 4, "1 'H\xef\xbf\xbd' base64" },
  { "empty-text", "\x81\0", 2, "1 ''" },
  { "binary", "\x82\x02\xff\xfe", 4, "2 '//4='" },
  { "fragments", "\x01\x01H\x80\x01i", 6, "1 'Hi'" },
  { "without-its-end", "\x01\x02Hi", 4, "1 'Hi' incomplete" },
  { "ping", "\x89\x01p", 3, "; 9 'cA=='" },
  { "empty-ping", "\x89\0", 2, "; 9 ''" },
};

static void
append_messages (GString    *text,
                 JsonObject *object,
                 const char *name)
{
  static const char *const extras[] = { "base64", "incomplete", "withheld" };
  JsonArray *array = json_object_get_array_member (object, name);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *message = json_array_get_object_element (array, i);
      JsonObject *more = json_object_get_object_member (message, "_wsinspect");

      g_string_append_printf (text, "%" G_GINT64_FORMAT " '%s'",
                              json_object_get_int_member (message, "opcode"),
                              json_object_get_string_member (message, "data"));
      for (guint j = 0; j < G_N_ELEMENTS (extras); j++)
        if (json_object_has_member (more, extras[j]))
          g_string_append_printf (text, " %s", extras[j]);
    }
}

static char *
print_messages (GBytes *saved)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *entry = get_entry (load_log (saved, parser), 0);
  JsonObject *more = json_object_get_object_member (entry, "_wsinspect");
  GString *text = g_string_new (NULL);

  append_messages (text, entry, "_webSocketMessages");
  if (json_array_get_length (json_object_get_array_member (more, "control")) > 0)
    g_string_append (text, "; ");
  append_messages (text, more, "control");
  return g_string_free (text, FALSE);
}

static void
test_message (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autofree char *text = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  scene_push (&scene, WSP_DIRECTION_RECEIVED, messages[i].wire, messages[i].length);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  text = print_messages (saved);
  g_assert_cmpstr (text, ==, messages[i].expected);
}

/* A message whose payload is not there. */
static void
test_withheld (void)
{
  const WspFrameRecord frame = {
    .payload_length = 5, .fin = 1, .opcode = 2, .message_opcode = 2, .header_length = 2,
  };
  const WsiFrame bare = { .frame = &frame };
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autofree char *text = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  wsi_store_append (scene.store, scene.conversation, &bare);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  text = print_messages (saved);
  g_assert_cmpstr (text, ==, "2 '' withheld");
}

/* Rows are written as they come, as of a recording that is larger than memory. */
typedef struct
{
  Scene          scene;
  GOutputStream *stream;
  WsiRedactor   *redactor;
  WsiExporter   *exporter;
} Follower;

static void
on_appended (Follower *self,
             guint64   first,
             guint64   n_records)
{
  g_autoptr (GError) error = NULL;

  for (guint64 i = first; i < first + n_records; i++)
    wsi_exporter_add (self->exporter, i, &error);
  g_assert_no_error (error);
}

static void
follower_init (Follower *self)
{
  const WsiStoreLimits limits = {
    .max_records = 20000, .max_memory = 8 * 1024 * 1024, .max_stored = 65536,
    .event_rows = WSI_EVENT_ROWS_CONVERSATIONS,
  };

  scene_init (&self->scene);
  g_set_object (&self->scene.store, NULL);
  g_set_object (&self->scene.recorder, NULL);
  self->scene.store = wsi_store_new_with_limits (&limits);
  self->scene.recorder = wsi_recorder_new (self->scene.store, WSP_ROLE_CLIENT);
  self->stream = g_memory_output_stream_new_resizable ();
  self->redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  self->exporter =
    wsi_format_open (WSI_FORMAT_HAR, self->scene.store, self->redactor, self->stream);
  g_signal_connect_swapped (self->scene.store, "appended", G_CALLBACK (on_appended), self);
}

static void
follower_clear (Follower *self)
{
  g_clear_pointer (&self->exporter, wsi_exporter_free);
  wsi_redactor_free (self->redactor);
  g_object_unref (self->stream);
  scene_clear (&self->scene);
}

/* Two connections by turns, of whose rows the first ones have left a small store at the end. */
static void
play_long (Scene *scene)
{
  WsiConversation *conversations[2];
  guint i;

  for (i = 0; i < 2; i++)
    {
      scene_shake_hands (scene);
      conversations[i] = scene->conversation;
      SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x01\x02He");
    }
  for (i = 0; wsi_store_get_end (scene->store) < N_LONG; i++)
    {
      scene->conversation = conversations[i % 2];
      scene_push_random (scene, i, i % 5 == 4 ? 20 : 0);
    }
  for (i = 0; i < 2; i++)
    {
      scene->conversation = conversations[i];
      SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x80\x03llo");
    }
}

/* The file does not depend on the rows that are still there. */
static void
test_followed (void)
{
  g_auto (Scene) all = { 0 };
  Follower follower = { 0 };
  g_autoptr (GBytes) expected = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&all);
  follower_init (&follower);
  play_long (&all);
  play_long (&follower.scene);
  g_assert_cmpuint (wsi_store_get_first (follower.scene.store), >, N_LONG / 2);
  g_assert_cmpuint (wsi_store_get_first (all.store), ==, 0);

  expected = scene_save (&all, WSI_FORMAT_HAR, WSI_REDACTION_NONE);
  wsi_exporter_end (follower.exporter, &error);
  g_assert_no_error (error);
  written =
    g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (follower.stream));
  g_assert_true (g_bytes_equal (written, expected));
  follower_clear (&follower);
}

/* The last frame of a message has left out others, or the message has no end: each in a connection
 * whose rows are added as they come. */
static const struct
{
  const char *name, *pushed[4], *expected;
} followed[] = {
  { "fragments", { "\x01\x01H", "\x89\x01p", "\x80\x01i" }, "1 'Hi'; 9 'cA=='" },
  { "without-its-end", { "\x01\x01H", "\x00\x01i", "\x89\x01p" }, "1 'Hi' incomplete; 9 'cA=='" },
  { "given-up", { "\x01\x01H", "\x01\x01i", "\x80\x01!" }, "1 'H' incomplete1 'i!'" },
  { "given-up-for-a-frame", { "\x01\x01H", "\x81\x01i", "\x81\x01!" }, "1 'H' incomplete1 'i'1 '!'" },
  { "given-up-twice", { "\x01\x01H", "\x01\x01i", "\x01\x01!" }, "1 'H' incomplete1 'i' incomplete1 '!' incomplete" },
  { "without-a-beginning", { "\x00\x01H", "\x80\x01i" }, "; 0 'SGk='" },
};

static void
test_messages_followed (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  Follower follower = { 0 };
  g_autoptr (GBytes) written = NULL;
  g_autofree char *text = NULL;

  follower_init (&follower);
  scene_shake_hands (&follower.scene);
  for (guint j = 0; followed[i].pushed[j] != NULL; j++)
    scene_push (&follower.scene, WSP_DIRECTION_RECEIVED, followed[i].pushed[j], 3);
  wsi_exporter_end (follower.exporter, NULL);
  written =
    g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (follower.stream));
  text = print_messages (written);
  g_assert_cmpstr (text, ==, followed[i].expected);
  follower_clear (&follower);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/har-export/back", files, test_back);
  g_test_add_func ("/inspector/har-export/all-members-of-har-1.2", test_members);
  g_test_add_func ("/inspector/har-export/back/messages-and-control-frames", test_frames);
  g_test_add_func ("/inspector/har-export/back/bytes-that-are-no-utf-8", test_bytes_in_text);
  g_test_add_func ("/inspector/har-export/server-sends-what-a-client-receives", test_server);
  g_test_add_func ("/inspector/har-export/an-entry-for-each-connection", test_entries);

  ADD_ROWS ("/inspector/har-export/entry", entries, test_entry);
  ADD_ROWS ("/inspector/har-export/message", messages, test_message);
  g_test_add_func ("/inspector/har-export/message/payload-that-was-not-kept", test_withheld);
  g_test_add_func ("/inspector/har-export/rows-that-left-the-store-are-written", test_followed);
  ADD_ROWS ("/inspector/har-export/followed", followed, test_messages_followed);

  return g_test_run ();
}
