/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a secret is written in messages and heads, how the messages are sent, and by which output
 * they leave: no file, copy, report or command has the secret, also not once it is read again and
 * inflated. */

#include <string.h>

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-selection-copy.h"
#include "inspect/show/verdicts/wsi-problem-report.h"
#include "inspector/in-process.h"
#include "inspector/scene.h"

#define SECRET "Secret12345"
#define HANDSHAKE_END "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
#define URI "/chat"
#define BEGIN_OF_ASK "GET " URI
#define ASK " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Protocol: "
#define ANSWER "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: "
#define TEXT 1
#define BINARY 2
#define MAX_PARTS 4
#define MAX_STORED 24           /* bytes of a payload that are kept where it is cut at the limit */
#define OWN_NAME "nickname"     /* a name that only this user calls a secret */
#define COMPRESSED 0xc0
#define TAIL_LENGTH 4           /* of a flush, which a message leaves out */

/* the part of a packed message that has the secret */
#define GZIP "\x4e\x4d\x2e\x4a\x2d\x31\x34\x32\x36\x31"

#define PART(bytes) { bytes, sizeof bytes - 1 }

typedef struct
{
  const char *at;
  gsize       length;
} Part;

/* parts: messages, one after the other.  needle: what must be in no output.  query, headers: of the
 * request.  is_of_user: only the names of the user say that it is a secret. */
static const struct
{
  const char *name;
  guint       opcode;
  const char *subprotocol;
  Part        parts[MAX_PARTS];
  const char *needle;
  const char *query, *headers;
  gsize       max_stored;
  gboolean    is_of_user;
} spellings[] = {
  { "member", TEXT, "v1", { PART ("{\"user\":\"me\",\"password\":\"" SECRET "\"}") }, .needle = SECRET },
  { "escaped-name", TEXT, "v1", { PART ("{\"\\u0070assword\":\"" SECRET "\"}") }, .needle = SECRET },
  { "capitals", TEXT, "v1", { PART ("{\"PASSWORD\":\"" SECRET "\"}") }, .needle = SECRET },
  { "json-in-json", TEXT, "v1", { PART ("{\"a\":\"{\\\"password\\\":\\\"" SECRET "\\\"}\"}") }, .needle = SECRET },
  { "base64-in-json", TEXT, "v1", { PART ("{\"a\":\"eyJwYXNzd29yZCI6IlNlY3JldDEyMzQ1In0=\"}") }, .needle = "NlY3JldDEyMzQ1" },
  { "number", TEXT, "v1", { PART ("{\"otp\":8675309123}") }, .needle = "8675309123" },
  { "object", TEXT, "v1", { PART ("{\"credentials\":{\"a\":\"" SECRET "\",\"b\":1}}") }, .needle = SECRET },
  { "base64", TEXT, "v1", { PART ("eyJwYXNzd29yZCI6IlNlY3JldDEyMzQ1In0=") }, .needle = "NlY3JldDEyMzQ1" },
  { "gzip", BINARY, "v1",
    { PART ("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\x2a\x48\x2c\x2e\x2e\xcf\x2f\x4a\x51\xb2\x52\x0a"
            GZIP "\x55\xaa\x05\x00\xcf\x87\xd3\xda\x1a\x00\x00\x00") }, .needle = GZIP },
  { "list", TEXT, "v1", { PART ("{\"tokens\":[{\"a\":[\"" SECRET "\"]}]}") }, .needle = SECRET },
  { "cut", TEXT, "v1", { PART ("{\"a\":1,\"password\":\"" SECRET) }, .needle = SECRET },
  { "xml", TEXT, "v1", { PART ("<a><password>" SECRET "</password></a>") }, .needle = SECRET },
  { "stomp", TEXT, "v12.stomp", { PART ("CONNECT\naccept-version:1.2\npasscode:" SECRET "\n\n\0") }, .needle = SECRET },
  { "msgpack", BINARY, "v1", { PART ("\x81\xa5token\xab" SECRET) }, .needle = SECRET },
  { "cbor", BINARY, "v1", { PART ("\xa1\x65token\x6b" SECRET) }, .needle = SECRET },
  { "cbor-in-pieces", BINARY, "v1", { PART ("\xa1\x7f\x62to\x63ken\xff\x7f\x63Sec\x68ret12345\xff") }, .needle = "ret12345" },
  { "mqtt", BINARY, "mqtt", { PART ("\x10\x1d\x00\x04MQTT\x04\xc2\x00<\x00\x01" "a\x00\x01" "b\x00\x0b" SECRET) }, .needle = SECRET },
  { "mqtt-in-messages", BINARY, "mqtt",
    { PART ("\x10"), PART ("\x1d\x00\x04MQTT\x04\xc2\x00<\x00\x01"), PART ("a\x00\x01" "b\x00\x0bSec"), PART ("ret12345") },
    .needle = "ret12345" },
  { "limit", TEXT, "v1", { PART ("{\"password\":\"" SECRET "-and-more-of-it\"}") }, .needle = "Secret1234", .max_stored = MAX_STORED },
  { "token-of-uri", TEXT, "v1", { PART ("a") }, .needle = SECRET, .query = "?token=" SECRET },
  { "random-part-of-uri", TEXT, "v1", { PART ("a") }, .needle = "9fK2mQ7xL4vT8bN1", .query = "?9fK2mQ7xL4vT8bN1" },
  { "cookie", TEXT, "v1", { PART ("a") }, .needle = SECRET, .headers = "Cookie: id=" SECRET "\r\n" },
  { "authorization", TEXT, "v1", { PART ("a") }, .needle = SECRET, .headers = "Authorization: Bearer " SECRET "\r\n" },
  { "own-name", TEXT, "v1", { PART ("{\"" OWN_NAME "\":\"" SECRET "\"}") }, .needle = SECRET, .is_of_user = TRUE },
  { "own-name-of-uri", TEXT, "v1", { PART ("a") }, .needle = SECRET, .query = "?" OWN_NAME "=" SECRET, .is_of_user = TRUE },
};

static const char *const own_names[] = { OWN_NAME, NULL };

typedef enum
{
  PLAIN,
  FRAGMENTS,                    /* the secret is in a message of two fragments */
  DEFLATED,                     /* the message is compressed, with the context of earlier
                                 * messages */
  N_WAYS,
} Way;

static const char *const ways[N_WAYS] = { "plain", "two-fragments", "deflated" };
static const char *const copies[] = {
  "text", "hex", "base64", "c", "shown", "json", "wsinspect", "websocat", "javascript", "python", "curl",
};

/* Command lines; the dialog of the window has the same exporters. */
static const CommandLine lines[] = {
  { "convert --to=session IN -", PRINTS_JSON_LINES }, { "convert --to=pcapng IN -", PRINTS_BYTES },
  { "convert --to=har IN -", PRINTS_JSON }, { "convert --to=text IN -", PRINTS_BYTES },
  { "command --program=wsinspect IN", PRINTS_TEXT }, { "command --program=websocat IN", PRINTS_TEXT },
  { "command --program=javascript IN", PRINTS_TEXT }, { "command --program=python IN", PRINTS_TEXT },
  { "command --program=curl IN", PRINTS_TEXT },
  { "command --program=python --message=4 IN", PRINTS_TEXT },
};

/* Masked by zeros: as it is. */
static void
push_frame (Scene        *scene,
            guint8        first,
            const guint8 *at,
            gsize         length)
{
  const guint8 header[] = { first, 0x80 | (guint8) length, 0, 0, 0, 0 };

  g_assert_cmpuint (length, <, 126);
  scene_push (scene, WSP_DIRECTION_SENT, header, sizeof header);
  if (length > 0)
    scene_push (scene, WSP_DIRECTION_SENT, at, length);
}

static void
push_deflated (Scene      *scene,
               GConverter *deflate,
               guint       opcode,
               const Part *part)
{
  guint8 bytes[256];
  gsize n_read, n_written;
  g_autoptr (GError) error = NULL;

  g_converter_convert (deflate, part->at, part->length, bytes, sizeof bytes, G_CONVERTER_FLUSH,
                       &n_read, &n_written, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_read, ==, part->length);
  push_frame (scene, COMPRESSED | opcode, bytes, n_written - TAIL_LENGTH);
}

static void
push (Scene      *scene,
      GConverter *deflate,
      Way         way,
      guint       opcode,
      const Part *part)
{
  const guint8 *at = (const guint8 *) part->at;
  gsize half = part->length * 2 / 3;

  if (way == DEFLATED)
    push_deflated (scene, deflate, opcode, part);
  else if (way == PLAIN)
    push_frame (scene, 0x80 | opcode, at, part->length);
  else
    {
      push_frame (scene, opcode, at, half);
      push_frame (scene, 0x80, at + half, part->length - half);
    }
}

static const char *
get_text (const char *text)
{
  return text != NULL ? text : "";
}

/* The messages come twice, so that the second ones are deflated as copies of the first ones. */
static void
play (Scene *scene,
      guint  spelling,
      Way    way)
{
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const char *query = get_text (spellings[spelling].query);
  g_autofree char *uri = g_strconcat ("ws://h" URI, query, NULL);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uri };
  g_autoptr (GZlibCompressor) deflate = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9);
  const char *subprotocol = spellings[spelling].subprotocol;
  g_autofree char *request =
    g_strconcat (BEGIN_OF_ASK, query, ASK, subprotocol, "\r\n",
                 get_text (spellings[spelling].headers), HANDSHAKE_END + strlen ("\r\n"), NULL);
  g_autofree char *response = g_strconcat (ANSWER, subprotocol, HANDSHAKE_END, NULL);
  const Part *parts = spellings[spelling].parts;

  if (spellings[spelling].max_stored > 0)
    limits.max_stored = spellings[spelling].max_stored;
  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits), .now = 1000 };
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  scene->conversation = wsi_recorder_open (scene->recorder, &opening, scene->now);
  scene_push (scene, WSP_DIRECTION_SENT, request, strlen (request));
  scene_push (scene, WSP_DIRECTION_RECEIVED, response, strlen (response));
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < MAX_PARTS && parts[i].at != NULL; i++)
      push (scene, G_CONVERTER (deflate), way, spellings[spelling].opcode, &parts[i]);
}

static gboolean
contains (GBytes     *bytes,
          const char *text)
{
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);

  return at != NULL && memmem (at, length, text, strlen (text)) != NULL;
}

static gboolean
contains_base64 (GBytes     *bytes,
                 const char *needle)
{
  for (guint i = 0; i < 3; i++)
    {
      gsize length = (strlen (needle) - i) / 3 * 3;
      g_autofree char *text = g_base64_encode ((const guchar *) needle + i, length);

      if (contains (bytes, text))
        return TRUE;
    }
  return FALSE;
}

/* A line of a dump may end within one end of the needle. */
static gboolean
contains_digits (GBytes     *bytes,
                 const char *needle,
                 const char *format)
{
  const gsize ends[] = { 0, strlen (needle) - 3 };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const char *at = needle + ends[i];
      g_autofree char *text = g_strdup_printf (format, (guint8) at[0], (guint8) at[1],
                                               (guint8) at[2]);

      if (contains (bytes, text))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_needle (GBytes     *bytes,
            const char *needle)
{
  return contains (bytes, needle) || contains_base64 (bytes, needle) ||
         contains_digits (bytes, needle, "%02x %02x %02x") ||
         contains_digits (bytes, needle, "0x%02x, 0x%02x, 0x%02x");
}

/* All payload of a store, one message after the other, so that fragments are joined. */
static GBytes *
join_payloads (WsiStore *store)
{
  GByteArray *all = g_byte_array_new ();

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      g_autoptr (GBytes) payload = NULL;

      if (!wsi_record_is_frame (wsi_store_get_record (store, i)))
        continue;

      payload = wsi_store_dup_payload (store, i, WSI_VIEW_INFLATED, G_MAXSIZE);
      if (payload != NULL && g_bytes_get_size (payload) > 0)
        g_byte_array_append (all, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
    }
  return g_byte_array_free_to_bytes (all);
}

/* The URI and the heads, and all payload. */
static GBytes *
join_all (WsiStore *store)
{
  g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (store, 1);
  g_autoptr (GBytes) request = wsi_conversation_dup_request (conversation);
  g_autoptr (GBytes) response = wsi_conversation_dup_response (conversation);
  g_autoptr (GBytes) payloads = join_payloads (store);
  const char *uri = get_text (wsi_conversation_get_uri (conversation));
  GBytes *const parts[] = { request, response, payloads };
  GByteArray *all = g_byte_array_new ();

  g_byte_array_append (all, (const guint8 *) uri, strlen (uri));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && g_bytes_get_size (parts[i]) > 0)
      g_byte_array_append (all, g_bytes_get_data (parts[i], NULL), g_bytes_get_size (parts[i]));
  return g_byte_array_free_to_bytes (all);
}

static GBytes *
save (WsiStore    *store,
      WsiFormat    format,
      WsiRedaction level)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (level);
  g_autoptr (WsiExporter) exporter = wsi_format_open (format, store, redactor, stream);

  wsi_redactor_set_names (redactor, own_names);
  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    g_assert_true (wsi_exporter_add (exporter, i, NULL));
  g_assert_true (wsi_exporter_end (exporter, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

static gboolean
is_recording (WsiFormat format)
{
  return format == WSI_FORMAT_SESSION || format == WSI_FORMAT_PCAPNG || format == WSI_FORMAT_HAR;
}

/* The numbers of the rows that a filter shows, from 1 on. */
static char *
list_rows (WsiStore   *store,
           const char *text)
{
  g_autoptr (WsiFilter) filter = wsi_filter_new (text, NULL);
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);
  GString *rows = g_string_new (NULL);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    if (wsi_matcher_match (matcher, i))
      g_string_append_printf (rows, "%" G_GUINT64_FORMAT " ", i + 1);
  return g_string_free (rows, FALSE);
}

/* A capture has no place for the mark of a message with hidden values. */
static void
assert_marks (Scene    *scene,
              Scene    *second,
              WsiFormat format,
              guint     spelling)
{
  g_autofree char *rows = list_rows (scene->store, "flags == hidden");
  g_autofree char *again = list_rows (second->store, "flags == hidden");
  gboolean is_of_head =
    spellings[spelling].query != NULL || spellings[spelling].headers != NULL;

  g_assert_cmpint (*rows != '\0', ==, format != WSI_FORMAT_PCAPNG && !is_of_head);
  g_assert_cmpstr (again, ==, rows);
}

/* A hidden value has the length that it had, and stays as it is when it is written again. */
static void
read_again (GBytes   *saved,
            WsiFormat format,
            guint     spelling,
            gsize     n_payload)
{
  g_auto (Scene) scene = { 0 }, second = { 0 };
  g_autoptr (GBytes) all = NULL, payloads = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) saved_again = NULL;

  scene_init (&scene);
  g_assert_true (scene_load (&scene, saved, NULL));
  all = join_all (scene.store);
  payloads = join_payloads (scene.store);
  g_assert_false (has_needle (all, spellings[spelling].needle));
  if (spellings[spelling].max_stored == 0)
    g_assert_cmpuint (g_bytes_get_size (payloads), ==, n_payload);

  saved_again = save (scene.store, format, WSI_REDACTION_DEFAULT);
  scene_init (&second);
  g_assert_true (scene_load (&second, saved_again, NULL));
  again = join_all (second.store);
  g_assert_true (g_bytes_equal (all, again));
  assert_marks (&scene, &second, format, spelling);
}

static void
test_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint spelling = i % G_N_ELEMENTS (spellings);
  Way way = i / G_N_ELEMENTS (spellings) % N_WAYS;
  WsiFormat format = i / G_N_ELEMENTS (spellings) / N_WAYS;
  const char *needle = spellings[spelling].needle;
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (GBytes) all = NULL, payloads = NULL;

  play (&scene, spelling, way);
  all = join_all (scene.store);
  payloads = join_payloads (scene.store);
  g_assert_true (has_needle (all, needle));
  saved = save (scene.store, format, WSI_REDACTION_DEFAULT);
  g_assert_false (has_needle (saved, needle));
  if (is_recording (format))
    read_again (saved, format, spelling, g_bytes_get_size (payloads));
}

/* Each program that reads a file, from a recording with all secrets. */
static void
test_line (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint spelling = i % G_N_ELEMENTS (spellings);
  Way way = i / G_N_ELEMENTS (spellings) % N_WAYS;
  const CommandLine *line = &lines[i / G_N_ELEMENTS (spellings) / N_WAYS];
  g_auto (Scene) scene = { 0 }, second = { 0 };
  g_autoptr (GBytes) whole = NULL, output = NULL;
  g_autofree char *problem = NULL;

  play (&scene, spelling, way);
  whole = save (scene.store, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  problem = in_process_run (line, whole, &output);
  g_assert_cmpstr (problem, ==, NULL);
  g_assert_false (has_needle (output, spellings[spelling].needle));
  if (g_str_has_prefix (line->words, "command"))
    return;

  scene_init (&second);
  if (scene_load (&second, output, NULL) && wsi_store_get_end (second.store) > 0)
    {
      g_autoptr (GBytes) all = join_all (second.store);

      g_assert_false (has_needle (all, spellings[spelling].needle));
    }
}

/* A report tells of the end of the connection. */
static void
test_report (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint spelling = i % G_N_ELEMENTS (spellings);
  Way way = i / G_N_ELEMENTS (spellings) % N_WAYS;
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);

  wsi_redactor_set_names (redactor, own_names);
  wsi_redactor_set_default_names (own_names);
  play (&scene, spelling, way);
  wsi_recorder_close_stream (scene.recorder, scene.conversation, WSI_STREAM_ENDED, scene.now);
  problems = wsi_problems_new (scene.store);
  while (!wsi_problems_update (problems))
    continue;
  g_assert_cmpuint (wsi_problems_get_n (problems), >, 0);
  for (guint j = 0; j < wsi_problems_get_n (problems); j++)
    {
      g_autofree char *report = wsi_problem_dup_report (wsi_problems_get (problems, j), NULL,
                                                        WSI_USUAL_SLOW_MS, scene.store, redactor);
      g_autoptr (GBytes) bytes = g_bytes_new (report, strlen (report));

      g_assert_cmpuint (strlen (report), >, 0);
      g_assert_false (has_needle (bytes, spellings[spelling].needle));
    }
  wsi_redactor_set_default_names (NULL);
}

/* Only the messages that have hidden values have the mark, which stays when nothing is hidden. */
static void
test_marks (gconstpointer data)
{
  static const Part parts[] = {
    PART ("{\"a\":1}"), PART ("{\"password\":\"" SECRET "\"}"), PART ("{\"b\":\"password\"}"),
  };
  WsiFormat format = GPOINTER_TO_UINT (data);
  const char *expected = format == WSI_FORMAT_SESSION ? "6 7 " : "5 ";
  g_auto (Scene) scene = { 0 }, second = { 0 }, third = { 0 };
  g_autoptr (GBytes) hidden = NULL, kept = NULL;
  g_autofree char *none = NULL, *rows = NULL, *again = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  push (&scene, NULL, PLAIN, TEXT, &parts[0]);
  none = list_rows (scene.store, "flags == hidden");
  push (&scene, NULL, FRAGMENTS, TEXT, &parts[1]);
  push (&scene, NULL, PLAIN, TEXT, &parts[2]);
  hidden = scene_save (&scene, format, WSI_REDACTION_DEFAULT);
  scene_init (&second);
  g_assert_true (scene_load (&second, hidden, NULL));
  rows = list_rows (second.store, "flags == hidden");
  kept = scene_save (&second, format, WSI_REDACTION_NONE);
  scene_init (&third);
  g_assert_true (scene_load (&third, kept, NULL));
  again = list_rows (third.store, "flags == hidden");
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (rows, ==, expected);
  g_assert_cmpstr (again, ==, expected);
}

/* Strict hides the payload of each frame but the code of a Close. */
static void
test_strict_marks (void)
{
  static const Part part = PART ("{\"a\":1}"), close = PART ("\x03\xe8"), nothing = PART ("");
  g_auto (Scene) scene = { 0 }, second = { 0 };
  g_autoptr (GBytes) hidden = NULL;
  g_autofree char *rows = NULL;

  scene_init (&scene);
  scene_open (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, BEGIN_OF_ASK ASK "a\r\n\r\n");
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, ANSWER "a\r\n\r\n");
  push (&scene, NULL, PLAIN, TEXT, &part);
  push (&scene, NULL, PLAIN, TEXT, &nothing);
  push (&scene, NULL, PLAIN, 8, &close);
  hidden = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_STRICT);
  scene_init (&second);
  g_assert_true (scene_load (&second, hidden, NULL));
  rows = list_rows (second.store, "flags == hidden");
  g_assert_cmpstr (rows, ==, "4 ");
}

/* A command has the last message, if it is text; else all rows from the first one on are copied. */
static char *
copy (Scene       *scene,
      WsiCopyForm  form,
      WsiUnit      unit,
      guint64      first,
      WsiRedaction level)
{
  static const char *const columns[] = { "no", "summary", "json.password", NULL };
  g_autoptr (WsiRowFormat) format = wsi_row_format_new (scene->store);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (level);
  g_autoptr (WsiHiddenMessages) messages = wsi_hidden_messages_new (scene->store, redactor);
  g_autoptr (WsiRow) last = wsi_row_new (scene->store, wsi_store_get_end (scene->store) - 1);
  g_autoptr (WsiSelectionCopy) rows = NULL;

  wsi_redactor_set_names (redactor, own_names);
  if (wsi_copy_form_is_command (form))
    return wsi_row_copy (last, unit, form, messages, NULL);

  wsi_row_format_set_unit (format, unit);
  for (guint64 i = first; i < wsi_store_get_end (scene->store); i++)
    g_array_append_val (numbers, i);
  rows = wsi_selection_copy_new (&(WsiCopiedRows) {
    .store = scene->store, .numbers = numbers, .unit = unit, .form = form, .format = format,
    .columns = columns, .redaction = level, .secret_names = own_names,
  });
  while (wsi_selection_copy_step (rows, G_USEC_PER_SEC))
    continue;
  return wsi_selection_copy_end (rows, NULL);
}

/* All rows, and the last one alone. */
static void
test_copy (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint spelling = i % G_N_ELEMENTS (spellings);
  Way way = i / G_N_ELEMENTS (spellings) % N_WAYS;
  WsiCopyForm form;
  g_auto (Scene) scene = { 0 };

  g_assert_true (wsi_copy_form_find (copies[i / G_N_ELEMENTS (spellings) / N_WAYS], &form));
  play (&scene, spelling, way);
  for (guint j = 0; j < 4; j++)
    {
      WsiUnit unit = j % 2 == 0 ? WSI_UNIT_FRAMES : WSI_UNIT_MESSAGES;
      guint64 first = j / 2 == 0 ? 0 : wsi_store_get_end (scene.store) - 1;
      g_autofree char *text = copy (&scene, form, unit, first, WSI_REDACTION_DEFAULT);
      g_autofree char *whole = copy (&scene, form, unit, first, WSI_REDACTION_NONE);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

      g_assert_false (has_needle (bytes, spellings[spelling].needle));
      if (form < WSI_COPY_SHOWN && (form != WSI_COPY_TEXT || spellings[spelling].opcode == TEXT))
        g_assert_cmpuint (strlen (whole), ==, strlen (text));
    }
}

/* A command line knows no names of a user. */
static void
add_tests (const char   *output,
           gsize         row,
           GTestDataFunc function)
{
  for (gsize way = 0; way < N_WAYS; way++)
    for (gsize i = 0; i < G_N_ELEMENTS (spellings); i++)
      {
        if (function == test_line && spellings[i].is_of_user)
          continue;

        g_autofree char *path =
          g_strdup_printf ("/inspector/secrets/%s/%s/%s", output, ways[way], spellings[i].name);

        g_test_add_data_func (path, GSIZE_TO_POINTER ((row * N_WAYS + way)
                                                      * G_N_ELEMENTS (spellings) + i), function);
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < WSI_N_FORMATS; i++)
    add_tests (wsi_format_get_name ((WsiFormat) i), i, test_file);
  for (gsize i = 0; i < G_N_ELEMENTS (copies); i++)
    {
      g_autofree char *output = g_strconcat ("copy-", copies[i], NULL);

      add_tests (output, i, test_copy);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *output = g_strdup_printf ("line-%zu", i);

      add_tests (output, i, test_line);
    }
  add_tests ("report", 0, test_report);
  g_test_add_data_func ("/inspector/secrets/marks/of-a-session-file",
                        GUINT_TO_POINTER (WSI_FORMAT_SESSION), test_marks);
  g_test_add_data_func ("/inspector/secrets/marks/of-a-har", GUINT_TO_POINTER (WSI_FORMAT_HAR),
                        test_marks);
  g_test_add_func ("/inspector/secrets/marks/strict", test_strict_marks);
  return g_test_run ();
}
