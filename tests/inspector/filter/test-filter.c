/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/filter/filter-scene.h"
#include "inspector/opened.h"

#include "inspect/filter/wsi-filter-fields-private.h"

#include <libwsproto/observe/wsp-frame-record.h>
#include <string.h>

#define PAGE_FAULT "docs/filter.md has other fields: replace its tables with \"test-filter --page\""

/* The rows that a filter shows of the scene, from 1 on. */
static const struct
{
  const char *name, *filter, *rows;
} matches[] = {
  { "no", "no in 3..4", "3 4" },
  { "dir", "dir == sent", "2 4 7 13" },
  { "dir-by-another-name", "dir == received and text", "5 8 17 19" },
  { "type", "type == binary", "11" },
  { "type-of-events", "type == event", "1 2 3 15 16 18" },
  { "event", "event == response", "3" },
  { "end-of-a-connection", "event == ended", "15" },
  { "events-have-no-opcode", "opcode >= 0 and event", "" },
  { "opcode-by-name", "opcode == ping", "6 9" },
  { "opcode-by-number", "opcode == 0x9", "6 9" },
  { "opcode-in-a-set", "opcode in {ping, 10}", "6 7 9" },
  { "opcode-by-alias", "websocket.opcode == pong", "7" },
  { "reserved-opcode", "opcode == 3", "12" },
  { "control", "control", "6 7 9 13 14" },
  { "no-control", "not control and not event", "4 5 8 10 11 12 17 19" },
  { "fin", "fin == no", "8" },
  { "fin-of-no-frame-is-not-known", "fin and conn == 2", "" },
  { "rsv1", "rsv1", "19" },
  { "rsv3", "rsv3", "12" },
  { "rsv2", "rsv2", "" },
  { "masked", "masked", "4 7 13" },
  { "mask", "mask == 01:02:03:04", "7" },
  { "mask-is-there", "mask", "4 7 13" },
  { "len", "len == 14", "4" },
  { "len-not-equal", "len != 3 and control", "9 13 14" },
  { "len-with-a-unit", "len < 0.003KB and conn == 1", "9 12" },
  { "len-is-inflated", "len == 5 and compressed", "19" },
  { "len-at-most", "len <= 3 and conn == 1", "6 7 9 11 12" },
  { "payload", "payload == 7 and wire == 9", "10 19" },
  { "payload-of-no-frame-is-not-known", "payload and conn == 2", "" },
  { "payload-of-an-event-is-not-known", "payload and event", "" },
  { "payload-by-alias", "websocket.payload_length == 7 and wire == 9", "10 19" },
  { "wire", "wire == 20", "4" },
  { "wire-of-no-frame-is-not-known", "conn == 2 and wire", "" },
  { "fragment", "fragment", "8 10" },
  { "cut", "cut", "" },
  { "guessed", "guessed", "" },
  { "truncated", "truncated", "" },
  { "offset", "offset == 0 and conn == 3 and not event", "19" },
  { "offset-of-no-frame-is-not-known", "offset and event", "" },
  { "flags-by-name", "flags == compressed", "19" },
  { "flags-none", "flags and no == 4", "" },
  { "t", "t in 2..3 and conn == 1", "6 7 8" },
  { "t-by-alias", "frame.time_relative in 2..3 and conn == 1", "6 7 8" },
  { "time-of-day", "time >= 1970-01-01T00:01:00Z and time < 1970-01-01T00:02:00.5Z and pong", "7" },
  { "time-from-the-first-row", "time in 2..3 and conn == 1", "6 7 8" },
  { "time-that-is-not-known", "time < 1980-01-01T00:00:00Z and conn == 3", "19" },
  { "time-across-clocks", "time >= 100", "16 17" },
  { "delta", "delta == 10ms", "7" },
  { "delta-of-the-first-row-is-not-known", "delta >= 0 and no == 1", "" },
  { "rtt", "rtt == 10ms", "7" },
  { "rtt-is-of-pongs-only", "rtt", "7" },
  { "reply", "reply == 0.5", "4 5" },
  { "reply-after", "reply.after == 0.5", "5" },
  { "reply-after-of-a-request", "reply.after and no == 4", "" },
  { "msg.len", "msg.len == 15", "8 10 17" },
  { "msg.wire", "msg.wire == 19", "8 10" },
  { "msg.frames", "msg.frames == 2", "8 10" },
  { "msg.wire-of-no-frame-is-not-known", "conn == 2 and msg.wire", "" },
  { "msg.frames-of-no-frame-are-not-known", "conn == 2 and msg.frames", "" },
  { "ratio", "ratio < 1", "19" },
  { "ratio-is-of-compressed-messages-only", "ratio", "19" },
  { "compressed", "compressed", "19" },
  { "text-contains", "text contains price", "4" },
  { "text-is-inflated", "text == Hello", "19" },
  { "text-across-fragments-is-in-the-last-one", "text contains half", "10" },
  { "text-of-the-last-fragment-alone", "text == \"lf last\"", "10" },
  { "text-of-a-fragment-alone", "text contains \"first ha\"", "8 10" },
  { "text-of-an-event", "text contains Closed", "15" },
  { "text-contains-nothing", "text contains \"\" and ping", "6 9" },
  { "text-starts-with-nothing", "text startswith \"\" and ping", "6 9" },
  { "text-matches", "text matches \"^[Hh]ello\"", "4 5 19" },
  { "text-starts-with", "text startswith \"hello \"", "5" },
  { "text-in-a-set", "text in {abc, Hello}", "6 7 19" },
  { "text-not-equal-is-of-payloads-only", "text != abc and control", "9 13 14" },
  { "empty-text", "text == \"\" and ping", "9" },
  { "bytes-without-colons", "bytes contains ff00", "11" },
  { "base64", "base64 == \"Cv8A\"", "11" },
  { "base64-of-text-is-not-there", "base64 and no == 4", "" },
  { "base64-of-an-event-is-not-there", "base64 and event", "" },
  { "bytes-contain", "bytes contains ff:00", "11" },
  { "bytes-equal", "websocket.payload == 0a:ff:00", "11" },
  { "bytes-match", "bytes matches \"\\\\xff\"", "11" },
  { "conn", "conn == 2", "16 17" },
  { "conn-by-alias", "tcp.stream == 3 and not event", "19" },
  { "url", "url contains room and no < 3", "1 2" },
  { "url-that-is-not-known", "url and conn > 1", "" },
  { "host", "host == server.example.com and no == 1", "1" },
  { "port-of-the-scheme", "port == 80 and no == 1", "1" },
  { "port-of-a-server-without-a-url", "port == 8443", "18 19" },
  { "port-of-the-url-first", "port == 8080", "" },
  { "path", "path == \"/chat\" and no == 1", "1" },
  { "client", "client startswith \"127.0.0.1:\" and no == 1", "1" },
  { "server", "server == \"127.0.0.1:8080\" and no == 1", "1" },
  { "source", "source == archive", "16 17" },
  { "proto", "proto == chat and no == 1", "1" },
  { "ext", "ext contains deflate", "18 19" },
  { "tls", "tls contains GCM", "18 19" },
  { "state", "state == closed and no == 1", "1" },
  { "state-without-a-handshake", "state == open", "16 17 18 19" },
  { "status", "status == 101 and no == 1", "1" },
  { "close.code", "close.code == 1000 and no == 1", "1" },
  { "close.code-of-a-close-frame", "close.code == 1000 and close", "13 14" },
  { "close.code-that-is-not-known", "close.code != 1 and conn > 1", "" },
  { "close.reason", "close.reason == bye and no == 1", "1" },
  { "role", "role == client and no == 1", "1" },
  { "role-other", "role == server and conn == 1", "" },
  { "handshake.clean", "(handshake.clean or not handshake.clean) and no == 1", "1" },
  { "missing", "missing", "" },
  { "close.clean", "close.clean and no == 1", "1" },
  { "close.clean-is-not-known-while-open", "(close.clean or not close.clean) and not close.clean == no and conn == 2", "16 17" },
  { "close.by", "close.by == sent and no == 1", "1" },
  { "request-header-in-any-case", "req[\"oRigin\"] == \"http://example.com\" and no == 1", "1" },
  { "request-header-that-is-there-twice", "req[\"x-twice\"] == two and no == 1", "1" },
  { "twice-not-equal-is-of-all", "req[\"x-twice\"] != two and no == 1", "" },
  { "header-that-is-missing-is-not-unequal", "req[\"x\"] != a and no == 1", "" },
  { "response-header", "resp[\"server\"] == test and no == 1", "1" },
  { "value-of-a-decoder-that-reads-no-row", "json.a", "" },
  { "issue-alone", "issue", "12" },
  { "issue-by-severity", "fault >= warning", "12" },
  { "issue-by-a-name-of-others", "issue == \"frame-masked\"", "" },
  { "issue-by-name", "issue == rsv-not-negotiated", "12" },
  { "issue-below-an-error", "issue < error", "" },
  { "issue-by-text", "issue contains RSV", "12" },
  { "mark", "mark", "5" },
  { "mark-by-number", "mark == 2", "5" },
  { "comment", "comment contains look", "4" },
  { "tag", "tag == todo", "6" },
  { "tag-of-several", "tag == not-now", "6" },
  { "tag-within-a-word", "tag == x or tag == no", "" },
  { "tag-of-any-name", "tag", "6" },
  { "comment-that-is-missing", "not comment and no == 5", "5" },
  { "flags", "sent and (close or pong)", "7 13" },
  { "flag-cont", "cont", "10" },
  { "flag-binary", "binary or recv and ping", "6 9 11" },
  { "word-in-any-case", "HELLO", "4 5 19" },
  { "string", "\"ELLO W\"", "5" },
  { "not", "not (conn == 1 or event)", "17 19" },
};

static char *
list_rows (WsiStore   *store,
           const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = wsi_filter_new (text, &error);
  g_autoptr (WsiMatcher) matcher = NULL;
  GString *rows = g_string_new (NULL);

  g_assert_no_error (error);
  matcher = wsi_matcher_new (filter, store);
  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    if (wsi_matcher_match (matcher, i))
      g_string_append_printf (rows, "%s%" G_GUINT64_FORMAT, rows->len > 0 ? " " : "", i + 1);
  return g_string_free (rows, FALSE);
}

static void
test_match (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = filter_scene_new ();
  g_autofree char *rows = list_rows (store, matches[i].filter);

  g_assert_cmpstr (rows, ==, matches[i].rows);
}

/* A field without a row of the table above would be one that nothing tests.  Those of decoders have
 * rows in test-interpreter.c. */
static void
test_every_field (void)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();

  for (guint i = 0; i < wsi_fields_get_n (fields); i++)
    {
      const WsiField *field = wsi_fields_get (fields, i);
      gboolean is_tested = FALSE;

      is_tested = g_str_equal (field->group, "content");
      for (gsize j = 0; j < G_N_ELEMENTS (matches); j++)
        is_tested |= strstr (matches[j].filter, field->name) != NULL;
      if (!is_tested)
        g_error ("%s has no row", field->name);
      g_assert_nonnull (field->description);
      g_assert_true ((field->get_number != NULL) != (field->get_values != NULL));
    }
}

/* The names of opcodes are the library's kinds. */
static void
test_opcodes (void)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  const WsiName *opcode = wsi_fields_find (fields, "opcode")->names;
  const WsiField *type = wsi_fields_find (fields, "type");

  for (; opcode->name != NULL; opcode++)
    {
      const WspFrameRecord frame = { .opcode = opcode->value };
      gboolean is_same = FALSE;

      for (const WsiName *kind = type->names; kind->name != NULL; kind++)
        is_same |= strcmp (kind->name, opcode->name) == 0 &&
                   kind->value == wsp_frame_record_get_kind (&frame);
      g_assert_true (is_same);
    }
}

/* Each state has one name, which is the same in filters, in the window and in statistics. */
static void
test_states (void)
{
  static const struct
  {
    WsiHandshakePresence presence;
    guint                status;        /* status of the response; 0 = no response */
    gboolean             has_close;
    WsiEnding            ending;
    WsiSentenceId        sentence;
    const char          *name;
    WsiTcpEnding         late;          /* end of the TCP connection that is known after the end */
  } rows[] = {
    { WSI_HANDSHAKE_READ, 0, FALSE, WSI_ENDING_NONE, 0, "opening", 0 },
    { WSI_HANDSHAKE_MISSING, 0, FALSE, WSI_ENDING_NONE, 0, "open", 0 },
    { WSI_HANDSHAKE_READ, 101, FALSE, WSI_ENDING_NONE, 0, "open", 0 },
    { WSI_HANDSHAKE_READ, 101, TRUE, WSI_ENDING_NONE, 0, "closing", 0 },
    { WSI_HANDSHAKE_READ, 101, TRUE, WSI_ENDING_CLEAN, 0, "closed", 0 },
    { WSI_HANDSHAKE_READ, 403, FALSE, WSI_ENDING_NONE, 0, "refused", 0 },
    { WSI_HANDSHAKE_READ, 403, FALSE, WSI_ENDING_ABNORMAL, 0, "refused", 0 },
    { WSI_HANDSHAKE_TOLD, 403, FALSE, WSI_ENDING_CUT, 0, "refused", 0 },
    { WSI_HANDSHAKE_READ, 200, FALSE, WSI_ENDING_ABNORMAL, 0, "refused", 0 },
    { WSI_HANDSHAKE_READ, 101, FALSE, WSI_ENDING_ABNORMAL, 0, "failed", 0 },
    { WSI_HANDSHAKE_READ, 0, FALSE, WSI_ENDING_ABNORMAL, 0, "failed", 0 },
    { WSI_HANDSHAKE_MISSING, 0, FALSE, WSI_ENDING_CUT, WSI_SENTENCE_TLS_NO_KEYS, "encrypted", 0 },
    { WSI_HANDSHAKE_MISSING, 0, FALSE, WSI_ENDING_CUT, WSI_SENTENCE_TLS_NO_KEYS, "closed", WSI_TCP_ENDING_FIN },
    { WSI_HANDSHAKE_READ, 101, FALSE, WSI_ENDING_CUT, 0, "cut", 0 },
    { WSI_HANDSHAKE_READ, 101, TRUE, WSI_ENDING_CUT, 0, "cut", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = rows[i].presence };
      g_autoptr (WsiConversation) conversation = wsi_conversation_new (&opening, 1);
      const WsiSentence sentence = { rows[i].sentence, { "h" } };

      if (rows[i].status != 0)
        wsi_conversation_set_handshake (conversation, NULL, rows[i].status, NULL, 1);
      if (rows[i].has_close)
        wsi_conversation_set_close (conversation, WSP_DIRECTION_SENT, 1000, NULL);
      if (rows[i].ending != WSI_ENDING_NONE)
        wsi_conversation_end (conversation, rows[i].ending, &sentence, 2);
      wsi_conversation_set_tcp_ending (conversation, WSP_DIRECTION_SENT, rows[i].late, 3);
      g_assert_cmpstr (wsi_state_get_name (wsi_conversation_get_state (conversation)), ==,
                       rows[i].name);
    }
}

/* Once TCP has ended, an encrypted connection is closed. */
static void
test_encrypted (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = WSI_HANDSHAKE_MISSING };
  const WspFrameRecord frame = { .opcode = 1, .fin = 1, .header_length = 2 };
  const WsiFrame appended = { .frame = &frame };
  g_autoptr (WsiStore) store = wsi_store_new (1000, 1000);
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
  g_autoptr (WsiFilter) filter = wsi_filter_new ("state == closed", NULL);
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);

  wsi_store_append (store, conversation, &appended);
  wsi_conversation_end (conversation, WSI_ENDING_CUT, WSI_SENTENCE (TLS_NO_KEYS, "h"), 2);
  g_assert_false (wsi_matcher_match (matcher, 0));
  wsi_conversation_set_tcp_ending (conversation, WSP_DIRECTION_SENT, WSI_TCP_ENDING_FIN, 3);
  g_assert_true (wsi_matcher_match (matcher, 0));
}

/* A message that was inflated to a limit is known to have more bytes. */
static void
test_stopped (void)
{
  static const struct
  {
    const char *text;
    gboolean    matches;
  } rows[] = {
    { "len > 5", TRUE }, { "len >= 6", TRUE }, { "len >= 7", FALSE }, { "len == 5", FALSE },
    { "len == 6", FALSE }, { "len != 5", TRUE }, { "len != 6", FALSE }, { "len < 100", FALSE },
    { "len <= 5", FALSE }, { "msg.len > 5", TRUE }, { "msg.len > 6", FALSE },
    { "msg.len < 100", FALSE },
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  const WspFrameRecord frame = {
    .opcode = 1, .fin = 1, .rsv = 4, .header_length = 2, .payload_length = 3, .inflated_length = 5,
    .flags = WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_TRUNCATED | WSP_FRAME_FLAGS_STOPPED,
  };
  const WsiFrame appended = { .frame = &frame };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WsiStore) store = wsi_store_new (1000, 1000);
      g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
      g_autoptr (WsiFilter) filter = wsi_filter_new (rows[i].text, NULL);
      g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);

      wsi_store_append (store, conversation, &appended);
      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (wsi_matcher_match (matcher, 0), ==, rows[i].matches);
    }
}

/* A fact of a connection is remembered only once it does not change any more. */
static void
test_fresh_facts (void)
{
  static const struct
  {
    const char *text;
    WsiEnding   ending;
  } facts[] = {
    { "state == closed", WSI_ENDING_CLEAN }, { "not close.clean == yes", WSI_ENDING_CLEAN },
    { "not url", WSI_ENDING_CLEAN }, { "state == failed", WSI_ENDING_ABNORMAL },
    { "close.clean == no", WSI_ENDING_ABNORMAL }, { "state == cut", WSI_ENDING_CUT },
    { "not state == open", WSI_ENDING_CUT },
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  const WspFrameRecord frame = { .opcode = 1, .fin = 1, .header_length = 2 };
  const WsiFrame appended = { .frame = &frame };

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autoptr (WsiStore) store = wsi_store_new (1000, 1000);
      g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
      g_autoptr (WsiFilter) filter = wsi_filter_new (facts[i].text, NULL);
      g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);
      gboolean before;

      wsi_store_append (store, conversation, &appended);
      if (strcmp (facts[i].text, "not url") != 0)
        wsi_conversation_set_handshake (conversation, NULL, 0, NULL, 1);
      before = wsi_matcher_match (matcher, 0);
      wsi_conversation_set_uri (conversation, "ws://a/");
      wsi_conversation_end (conversation, facts[i].ending, WSI_SENTENCE (TEXT, ""), 2);
      g_assert_cmpint (wsi_matcher_match (matcher, 0), !=, before);
    }
}

/* Bytes that are in no frame have a length, but no header. */
static void
test_bytes_without_frame (void)
{
  static const struct
  {
    const char *text;
    gboolean    is_match;
  } filters[] = {
    { "type == bytes", TRUE }, { "len == 3", TRUE },
    { "event", FALSE }, { "opcode == cont", FALSE }, { "fin == no", FALSE },
    { "masked == no", FALSE }, { "control == no", FALSE }, { "mask", FALSE },
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  /* The rest of a masked payload after a gap. */
  const WspFrameRecord frame = {
    .flags = WSP_FRAME_FLAGS_BYTES | WSP_FRAME_FLAGS_REST, .payload_length = 3,
    .masked = TRUE, .masking_key = 0x01020304,
  };
  const WsiFrame appended = { .frame = &frame };
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

  wsi_store_append (store, conversation, &appended);
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (WsiFilter) filter = wsi_filter_new (filters[i].text, NULL);

      g_test_message ("%s", filters[i].text);
      g_assert_cmpint (filter_scene_match (filter, store, 0), ==, filters[i].is_match);
    }
}

/* Rows that some getter knows nothing of: of no connection, without a payload. */
enum
{
  FRAME,
  PAUSED,                       /* event that belongs to no connection */
  RESUMED,
  CLOSE_NOT_KEPT,
  CLOSE_WITHOUT_CODE,
  CUT_TEXT,                     /* text whose beginning is JSON */
  CUT_FRAGMENT,
  LAST_FRAGMENT,
  TEXT_NOT_KEPT,
  N_ODD_ROWS,
};

static const struct
{
  const char *name, *filter, *rows;
} odd_matches[] = {
  { "t-of-no-connection", "t >= 0", "1 4 5 6 7 8 9" },
  { "time-of-no-connection", "time >= 1970-01-01T00:00:00Z", "1 4 5 6 7 8 9" },
  { "delta-to-a-row-of-no-connection", "delta", "5 6 7 8 9" },
  { "reply-of-no-connection", "reply", "" },
  { "close.reason", "close.reason", "" },
  { "format-without-a-payload", "lang and no == 4", "" },
  { "value-of-a-decoder-without-a-payload", "json.a and not no == 1", "6" },
  { "format-of-a-text-that-was-not-kept", "lang and no == 9", "" },
  { "format-of-a-text-that-is-cut", "lang and no == 6", "6" },
  { "format-of-a-message-that-is-cut", "lang and no == 8", "" },
  { "base64-without-a-payload", "base64 and no in {4, 9}", "" },
  { "search-without-a-payload", "\"\" and no in {4, 9}", "" },
  { "search-for-nothing", "\"\" and no in {5, 6}", "5 6" },
  { "path-that-is-too-long", "json[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"
    "[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]", "" },
};

/* text: the beginning of the payload; NULL: it was not kept. */
static void
append_text (WsiStore             *store,
             WsiConversation      *conversation,
             const WspFrameRecord *frame,
             const char           *text)
{
  const WsiFrame appended = {
    .frame = frame, .payload = (const guint8 *) text, .n_payload = text != NULL ? strlen (text) : 0,
  };

  wsi_store_append (store, conversation, &appended);
}

static WsiStore *
make_odd_store (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WspFrameRecord frame = {
    .opcode = 1, .message_opcode = 1, .fin = 1, .header_length = 2, .time_us = 1,
    .payload_length = 7, .inflated_length = 7,
  };
  WsiFrame appended = { .frame = &frame, .payload = (const guint8 *) "{\"a\":1}", .n_payload = 7 };
  WsiStore *store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

  wsi_store_append (store, conversation, &appended);
  wsi_store_pause (store, 2);
  wsi_store_resume (store, 3);
  frame.opcode = 8;
  frame.close_code = 1000;
  appended.payload = NULL;
  wsi_store_append (store, conversation, &appended);
  frame.close_code = 0;
  frame.payload_length = frame.inflated_length = 0;
  appended.payload = (const guint8 *) "";
  appended.n_payload = 0;
  wsi_store_append (store, conversation, &appended);
  frame.opcode = 1;
  frame.payload_length = frame.inflated_length = 20;
  append_text (store, conversation, &frame, "{\"a\":1}");
  frame.fin = 0;
  append_text (store, conversation, &frame, "{\"a\":");
  frame.opcode = 0;
  frame.fin = 1;
  frame.payload_length = frame.inflated_length = 2;
  append_text (store, conversation, &frame, "1}");
  frame.opcode = 1;
  append_text (store, conversation, &frame, NULL);
  wsi_store_set_reply (store, FRAME, PAUSED);
  g_assert_cmpuint (wsi_store_get_end (store), ==, N_ODD_ROWS);
  return store;
}

static void
test_odd_match (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = make_odd_store ();
  g_autofree char *rows = list_rows (store, odd_matches[i].filter);

  g_assert_cmpstr (rows, ==, odd_matches[i].rows);
}

/* A row of no connection is the first that the matcher reads. */
static void
test_no_connection (void)
{
  g_autoptr (WsiStore) store = make_odd_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("state != closed", NULL);

  g_assert_false (filter_scene_match (filter, store, PAUSED));
  g_assert_true (filter_scene_match (filter, store, FRAME));
}

/* Whether a connection has ended, and how, while its last message is unfinished. */
static void
test_unfinished (void)
{
  static const struct
  {
    WsiEnding   ending;
    const char *matches;        /* names of the filters below that match */
  } endings[] = {
    { WSI_ENDING_NONE, "" }, { WSI_ENDING_CLEAN, "unfinished, yes" },
    { WSI_ENDING_ABNORMAL, "unfinished, no" }, { WSI_ENDING_CUT, "unfinished" },
  };
  static const struct
  {
    const char *name, *text;
  } filters[] = {
    { "unfinished", "flags == unfinished" }, { "yes", "close.clean == yes" }, { "no", "close.clean == no" },
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  const WspFrameRecord frame = { .opcode = 1, .header_length = 2, .payload_length = 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autoptr (WsiStore) store = wsi_store_new (1000, 1000);
      g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
      g_autoptr (GString) found = g_string_new (NULL);

      append_text (store, conversation, &frame, "{");
      if (endings[i].ending != WSI_ENDING_NONE)
        wsi_conversation_end (conversation, endings[i].ending, WSI_SENTENCE (TEXT, ""), 2);
      for (gsize j = 0; j < G_N_ELEMENTS (filters); j++)
        {
          g_autoptr (WsiFilter) filter = wsi_filter_new (filters[j].text, NULL);

          if (filter_scene_match (filter, store, 0))
            g_string_append_printf (found, "%s%s", found->len > 0 ? ", " : "", filters[j].name);
        }
      g_assert_cmpstr (found->str, ==, endings[i].matches);
    }
}

/* A text that begins with the whole value, and goes on with the byte that ends it in memory. */
static void
test_longer_text (void)
{
  const WspFrameRecord frame = {
    .opcode = 1, .fin = 1, .header_length = 2, .payload_length = 8, .inflated_length = 8,
  };
  const WsiFrame appended = {
    .frame = &frame, .payload = (const guint8 *) "abcdefg", .n_payload = 8,
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiStore) store = wsi_store_new (1000, 1000);
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
  g_autoptr (WsiFilter) filter = wsi_filter_new ("text == abcdefg", NULL);

  wsi_store_append (store, conversation, &appended);
  g_assert_false (filter_scene_match (filter, store, 0));
}

/* Facts outside of its record that a filter depends on. */
static void
test_asks (void)
{
  static const struct
  {
    const char *text;
    gboolean    asks_for_notes, asks_for_replies;
  } filters[] = {
    { "len > 1", FALSE, FALSE }, { "not (len == 1 or tag == x)", TRUE, FALSE },
    { "recv and reply", FALSE, TRUE }, { "mark and reply", TRUE, TRUE }, { "hello", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (WsiFilter) filter = wsi_filter_new (filters[i].text, NULL);

      g_test_message ("%s", filters[i].text);
      g_assert_cmpint (wsi_filter_asks_for_notes (filter), ==, filters[i].asks_for_notes);
      g_assert_cmpint (wsi_filter_asks_for_replies (filter), ==, filters[i].asks_for_replies);
    }
}

/* A column is of a field, by any of its names, or of a part of its values. */
static void
test_reader (void)
{
  static const struct
  {
    const char *column, *field;
    gboolean    is_of;
  } readers[] = {
    { "len", "len", TRUE }, { "len", "wire", FALSE }, { "frame.time_relative", "t", TRUE },
    { "json", "json", TRUE }, { "json.a", "json", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      WsiFieldReader *reader = wsi_field_reader_new (readers[i].column, NULL, NULL);

      g_test_message ("%s of %s", readers[i].column, readers[i].field);
      g_assert_cmpint (wsi_field_reader_is_of (reader, readers[i].field), ==, readers[i].is_of);
      wsi_field_reader_free (reader);
    }
}

/* A row of no message does not have the ratio of the one before. */
static void
test_ratio_after_another (void)
{
  g_autoptr (WsiStore) store = filter_scene_new ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("ratio", NULL);
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);

  g_assert_true (wsi_matcher_match (matcher, 18));
  g_assert_false (wsi_matcher_match (matcher, 0));
}

/* The first row that is left follows one of an unknown time. */
static void
test_delta_of_first (void)
{
  const guint n = 16384;        /* in a segment */
  g_autoptr (WsiStore) store = wsi_store_new (n, 0);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  const WspFrameRecord frame = { .opcode = 1, .fin = 1, .header_length = 2 };
  const WsiFrame appended = { .frame = &frame };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
  g_autoptr (WsiFilter) filter = wsi_filter_new ("delta", NULL);
  guint64 first;

  for (guint i = 0; i < 3 * n; i++)
    wsi_store_append (store, conversation, &appended);
  first = wsi_store_get_first (store);

  g_assert_cmpuint (first, >, 0);
  g_assert_false (filter_scene_match (filter, store, first));
  g_assert_true (filter_scene_match (filter, store, first + 1));
}

static void
test_one_record (void)
{
  g_autoptr (WsiStore) store = filter_scene_new ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("pong", NULL);

  g_assert_true (filter_scene_match (filter, store, 6));
  g_assert_false (filter_scene_match (filter, store, 5));
  g_assert_false (filter_scene_match (filter, store, 5000));
}

/* A decoder adds fields whose values are of any type. */
static void
get_sample (WsiSubject        *subject,
            const WsiPathStep *path,
            guint              n_steps,
            WsiValues         *values)
{
  if (n_steps == 0 || subject->record->kind != WSP_FRAME_KIND_PING)
    return;

  if (path[0].name == NULL)
    wsi_values_add_number (values, path[0].index);
  else if (strcmp (path[0].name, "half") == 0)
    wsi_values_add_real (values, 0.5);
  else if (strcmp (path[0].name, "minus") == 0)
    wsi_values_add_real (values, -0.5);
  else if (strcmp (path[0].name, "digits") == 0)
    wsi_values_add_text (values, "8");
  else if (strcmp (path[0].name, "yes") == 0)
    wsi_values_add_boolean (values, TRUE);
  else if (strcmp (path[0].name, "no") == 0)
    wsi_values_add_boolean (values, FALSE);
  else if (strcmp (path[0].name, "list") == 0)
    {
      wsi_values_add_number (values, 7);
      wsi_values_add_text (values, "seven");
    }
  else if (strcmp (path[0].name, "big") == 0)
    wsi_values_add_number (values, 9007199254740993);
  else if (strcmp (path[0].name, "nan") == 0)
    wsi_values_add_real (values, 0.0 / 0.0);
}

static const struct
{
  const char *filter;
  gboolean    is_match;
} decoded[] = {
  { "sample[7] == 7", TRUE },
  { "sample[7] == 7.0", TRUE },
  { "sample[7] > 6.5", TRUE },
  { "sample[7] in 7..8", TRUE },
  { "sample[7] in 7.5..8", FALSE },
  { "sample[7] in 5..6", FALSE },
  { "sample[7] in {5, 7}", TRUE },
  { "sample.digits in 7..9", FALSE },
  { "sample[7] == \"7\"", FALSE },
  { "sample[7] contains 7", FALSE },
  { "sample[7] != 8", TRUE },
  { "sample[7] != 7", FALSE },
  { "sample.half == 0.5", TRUE },
  { "sample.half < 0.25", FALSE },
  { "sample.half in 0..1", TRUE },
  { "sample.minus < 0", TRUE },
  { "sample.yes", TRUE },
  { "sample.yes == yes", TRUE },
  { "sample.yes == true", TRUE },
  { "sample.yes == no", FALSE },
  { "sample.yes == 1", FALSE },
  { "sample.no", FALSE },
  { "sample.no != yes", TRUE },
  { "sample.no == false", TRUE },
  { "sample.list == 7", TRUE },
  { "sample.list == seven", TRUE },
  { "sample.list ~ \"^s\"", TRUE },
  { "sample.list != 8", TRUE },
  { "sample.list != seven", FALSE },
  { "sample.digits == 8", TRUE },
  { "sample.digits < 8", FALSE },
  { "sample.big == 9007199254740992", FALSE },
  { "sample.big == 9007199254740993", TRUE },
  { "sample.nan", TRUE },
  { "sample.nan == 0", FALSE },
  { "sample.nan < 1", FALSE },
  { "sample.nan != 0", TRUE },
  { "sample.missing", FALSE },
  { "sample.missing != 1", FALSE },
  { "not sample.missing == 1", TRUE },
};

static void
test_decoded (void)
{
  static const WsiField sample = { .name = "sample", .description = "", .type = WSI_VALUE_ANY,
                                   .cost = WSI_COST_DECODED, .path_form = WSI_PATH_MEMBERS,
                                   .get_values = get_sample };
  g_autoptr (WsiStore) store = filter_scene_new ();
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();

  wsi_fields_add (fields, &sample, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (decoded); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsiFilter) filter = wsi_filter_new_with_fields (fields, decoded[i].filter, &error);

      g_assert_no_error (error);
      if (filter_scene_match (filter, store, 5) != decoded[i].is_match)
        g_error ("%s", decoded[i].filter);
    }
}

static const char *
name_type (WsiValueType self)
{
  static const char *const names[] = {
    [WSI_VALUE_NUMBER] = "number",
    [WSI_VALUE_TIME] = "time",
    [WSI_VALUE_RATIO] = "ratio",
    [WSI_VALUE_BOOLEAN] = "yes or no",
    [WSI_VALUE_NAME] = "name",
    [WSI_VALUE_TEXT] = "text",
    [WSI_VALUE_BYTES] = "bytes",
    [WSI_VALUE_ISSUE] = "issue",
    [WSI_VALUE_ANY] = "any",
  };

  return names[self];
}

/* The rows of docs/filter.md. */
static char *
make_page (void)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  GString *page = g_string_new ("| Field | Type | Meaning |\n|---|---|---|\n");

  for (guint i = 0; i < wsi_fields_get_n (fields); i++)
    {
      const WsiField *field = wsi_fields_get (fields, i);
      const char *path = field->path_form == WSI_PATH_HEADER ? "[\"NAME\"]" : "";
      g_auto (GStrv) aliases = g_strsplit (field->aliases != NULL ? field->aliases : "", " ", -1);
      g_autoptr (GString) names = g_string_new (NULL);

      for (const WsiName *name = field->names; name != NULL && name->name != NULL; name++)
        g_string_append_printf (names, "%s`%s`", names->len > 0 ? ", " : ": ", name->name);
      g_string_append_printf (page, "| `%s%s`", field->name, path);
      for (gsize j = 0; aliases[j] != NULL; j++)
        g_string_append_printf (page, ", `%s`", aliases[j]);
      g_string_append_printf (page, " | %s%s | %s |\n", name_type (field->type),
                              names->str, field->description);
    }
  g_string_append (page, "\n| Word alone | Meaning |\n|---|---|\n");
  for (guint i = 0; i < wsi_fields_get_n_flags (fields); i++)
    {
      const WsiFlag *flag = wsi_fields_get_flag (fields, i);

      g_string_append_printf (page, "| `%s` | %s |\n", flag->name, flag->description);
    }
  return g_string_free (page, FALSE);
}

/* A path of JSON is read in a message of JSON, and in one of another format that has some. */
static void
test_path (void)
{
  static const struct
  {
    const char *payload, *filter;
    guint64     n_found;
  } rows[] = {
    { "{\"a\":7}", "json.a == 7", 1 }, { "{\"a\":7}", "json.a == 8", 0 },
    { "{\"a\":7}", "json.a == 7 and summary", 1 },
    { "42[\"chat\",{\"a\":7}]", "json[1].a == 7", 1 },
    { "42[\"chat\",{\"a\":7}]", "json[1].a == 7 and lang == \"socket.io\"", 1 },
    { "42[\"chat\",{\"a\":7}]", "json[1].a == 8", 0 },
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WsiStore) store = wsi_store_new (100, 1024);
      g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
      gsize length = strlen (rows[i].payload);
      const WspFrameRecord frame = {
        .opcode = 1, .message_opcode = 1, .fin = 1, .header_length = 2, .payload_length = length,
        .inflated_length = length,
      };

      wsi_store_append (store, conversation, &(WsiFrame) {
      .frame = &frame, .payload = (const guint8 *) rows[i].payload, .n_payload = length,
    });
      g_test_message ("%s", rows[i].filter);
      g_assert_cmpuint (filter_scene_count (store, rows[i].filter), ==, rows[i].n_found);
    }
}

static void
test_page (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "filter.md", NULL);
  g_autofree char *expected = make_page (), *page = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  if (strstr (page, expected) == NULL)
    g_error (PAGE_FAULT);
}

static void
add (const char   *kind,
     const char   *name,
     gsize         i,
     GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/inspector/filter/%s/%s", kind, name);

  g_test_add_data_func (path, GSIZE_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 2 && strcmp (argv[1], "--page") == 0)
    {
      g_autofree char *page = make_page ();

      g_print ("%s", page);
      return 0;
    }

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (matches); i++)
    add ("match", matches[i].name, i, test_match);
  for (gsize i = 0; i < G_N_ELEMENTS (odd_matches); i++)
    add ("odd-rows", odd_matches[i].name, i, test_odd_match);
  g_test_add_func ("/inspector/filter/odd-rows/of-no-connection-at-first", test_no_connection);
  g_test_add_func ("/inspector/filter/odd-rows/ratio-after-another", test_ratio_after_another);
  g_test_add_func ("/inspector/filter/odd-rows/text-longer-than-a-value", test_longer_text);
  g_test_add_func ("/inspector/filter/match/unfinished-at-the-end", test_unfinished);
  g_test_add_func ("/inspector/filter/asks/for-what-comes-later", test_asks);
  g_test_add_func ("/inspector/filter/reader/is-of-a-field", test_reader);
  g_test_add_func ("/inspector/filter/odd-rows/delta-of-the-first-that-is-left",
                   test_delta_of_first);
  g_test_add_func ("/inspector/filter/match/every-field-has-a-row", test_every_field);
  g_test_add_func ("/inspector/filter/match/opcodes-are-the-library's", test_opcodes);
  g_test_add_func ("/inspector/filter/states/each-has-one-name", test_states);
  g_test_add_func ("/inspector/filter/states/encrypted-until-tcp-ends", test_encrypted);
  g_test_add_func ("/inspector/filter/match/more-bytes-than-a-limit", test_stopped);
  g_test_add_func ("/inspector/filter/match/facts-that-change-are-not-remembered",
                   test_fresh_facts);
  g_test_add_func ("/inspector/filter/match/bytes-in-no-frame-have-no-header",
                   test_bytes_without_frame);
  g_test_add_func ("/inspector/filter/match/one-record", test_one_record);
  g_test_add_func ("/inspector/filter/match/values-of-a-decoder", test_decoded);
  g_test_add_func ("/inspector/filter/path/of-json-in-other-formats", test_path);
  g_test_add_func ("/inspector/filter/page/has-every-field", test_page);

  return g_test_run ();
}
