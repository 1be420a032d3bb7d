/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-row-column.h"
#include "inspector/filter/filter-scene.h"
#include "inspector/opened.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#define A_FAULT 3               /* any */
#define BINARY 2

/* The rows of the scene. */
enum
{
  HELLO,
  FIRST,                        /* the first of two fragments */
  PING_ROW,
  LAST,
  JSON,
  HOSTILE,
  FAULTY,
  EVENT,
  JSON_FIRST,                   /* the first of two fragments, with JSON */
  JSON_LAST,
  TWICE,
  READABLE,                     /* a binary message that is readable as text */
  BYTES,                        /* bytes that belong to no frame */
};

static void
append (StoreScene  *scene,
        gint64       time_us,
        WspDirection direction,
        guint        opcode,
        guint        fin,
        const char  *payload,
        guint        fault)
{
  WspFrameRecord frame = store_scene_make_frame (direction, opcode, fin, payload);
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) payload,
    .n_payload = strlen (payload),
    .faults = &fault,
    .n_faults = fault != 0,
  };

  frame.time_us = time_us;
  frame.fault = fault;
  frame.message_opcode = opcode == CONTINUATION ? TEXT : opcode < 8 ? opcode : 0;
  wsi_store_append (scene->store, scene->conversation, &kept);
}

static void
append_bytes (StoreScene *scene)
{
  const WspFrameRecord frame = {
    .time_us = 9000000, .flags = WSP_FRAME_FLAGS_BYTES, .payload_length = 5,
  };
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "bytes", .n_payload = 5 };

  wsi_store_append (scene->store, scene->conversation, &kept);
}

static void
fill (StoreScene *scene)
{
  const WsiRecord event = {
    .kind = WSI_RECORD_KIND_EVENT,
    .event = WSI_EVENT_GAP,
    .time_us = 9000000,
    .direction = WSI_NO_DIRECTION,
    .payload_length = 12,
  };

  store_scene_init (scene, 1000);
  append (scene, 1000000, WSP_DIRECTION_SENT, TEXT, 1, "Hello", 0);
  append (scene, 1500000, WSP_DIRECTION_RECEIVED, TEXT, 0, "one ", 0);
  append (scene, 1500010, WSP_DIRECTION_RECEIVED, PING, 1, "k", 0);
  append (scene, 2000000, WSP_DIRECTION_RECEIVED, CONTINUATION, 1, "two", 0);
  append (scene, 3000000, WSP_DIRECTION_RECEIVED, TEXT, 1, "{\"type\":\"a\\\"b\",\"n\":[3,4]}", 0);
  append (scene, 4000000, WSP_DIRECTION_SENT, TEXT, 1, "\xe2\x80\xae\x1b[31m", 0);
  append (scene, 5000000, WSP_DIRECTION_SENT, TEXT, 1, "bad", A_FAULT);
  wsi_store_append_event (scene->store, scene->conversation, &event,
                          WSI_SENTENCE (TEXT, "12 bytes are missing"));
  append (scene, 9000000, WSP_DIRECTION_SENT, TEXT, 0, "{\"a\":1,", 0);
  append (scene, 9000000, WSP_DIRECTION_SENT, CONTINUATION, 1, "\"b\":2}", 0);
  append (scene, 9000000, WSP_DIRECTION_SENT, TEXT, 1, "{\"a\":3,\"a\":4}", 0);
  append (scene, 9000000, WSP_DIRECTION_SENT, BINARY, 1, "read", 0);
  append_bytes (scene);
}

static const struct
{
  const char *name, *column;
  WsiUnit     unit;
  guint       row;
  const char *text, *term;      /* text of the cell, and filter for it; NULL = the row has none */
} cases[] = {
  { "number-counts-from-one", "no", WSI_UNIT_FRAMES, PING_ROW, "3", "no == 3" },
  { "time-is-relative", "time", WSI_UNIT_FRAMES, PING_ROW, "0.500010", NULL },
  { "delta-is-from-the-row-before", "delta", WSI_UNIT_FRAMES, PING_ROW, "0.000010", NULL },
  { "delta-of-the-first-row-is-empty", "delta", WSI_UNIT_FRAMES, HELLO, "", NULL },
  { "connection", "conn", WSI_UNIT_FRAMES, HELLO, "#1", "conn == 1" },
  { "number-of-an-event", "no", WSI_UNIT_FRAMES, EVENT, "8", "no == 8" },
  { "sent-goes-up", "dir", WSI_UNIT_FRAMES, HELLO, "↑", "dir == sent" },
  { "received-comes-down", "dir", WSI_UNIT_FRAMES, FIRST, "↓", "dir == recv" },
  { "an-event-without-direction", "dir", WSI_UNIT_FRAMES, EVENT, "", NULL },
  { "kind", "type", WSI_UNIT_FRAMES, HELLO, "text", "type == text" },
  { "kind-of-a-fragment", "type", WSI_UNIT_FRAMES, FIRST, "text …", "type == text" },
  { "kind-of-a-message", "type", WSI_UNIT_MESSAGES, LAST, "text ×2", "type == continuation" },
  { "kind-of-a-fault", "type", WSI_UNIT_FRAMES, FAULTY, "⚠ text", "type == text" },
  { "kind-of-an-event", "type", WSI_UNIT_FRAMES, EVENT, "gap", "event == gap" },
  { "length-of-a-frame", "len", WSI_UNIT_FRAMES, FIRST, "4", "len == 4" },
  { "length-of-a-message", "len", WSI_UNIT_MESSAGES, LAST, "7", "msg.len == 7" },
  { "length-of-an-event-is-empty", "len", WSI_UNIT_FRAMES, EVENT, "", NULL },
  { "length-of-bytes-among-messages", "len", WSI_UNIT_MESSAGES, BYTES, "5", "len == 5" },
  { "wire-of-a-frame", "wire", WSI_UNIT_FRAMES, FIRST, "6", "wire == 6" },
  { "wire-of-a-message", "wire", WSI_UNIT_MESSAGES, LAST, "11", "msg.wire == 11" },
  { "ratio-without-compression-is-empty", "ratio", WSI_UNIT_FRAMES, HELLO, "", NULL },
  { "frames-of-a-message", "msg.frames", WSI_UNIT_FRAMES, FIRST, "2", "msg.frames == 2" },
  { "summary-of-a-text", "summary", WSI_UNIT_FRAMES, HELLO, "\"Hello\"", NULL },
  { "summary-of-a-fragment", "summary", WSI_UNIT_FRAMES, FIRST, "\"one \"", NULL },
  { "summary-of-a-message-joins-fragments", "summary", WSI_UNIT_MESSAGES, LAST, "\"one two\"", NULL },
  { "summary-of-an-event-is-its-sentence", "summary", WSI_UNIT_FRAMES, EVENT, "12 bytes are missing", NULL },
  { "summary-of-a-hostile-text-is-escaped", "summary", WSI_UNIT_FRAMES, HOSTILE,
    "\"\\u{202e}\\x1b[31m\"", NULL },
  { "summary-of-a-readable-binary-is-in-hex", "summary", WSI_UNIT_FRAMES, READABLE, "72 65 61 64", NULL },
  { "decoded-text", "json.type", WSI_UNIT_FRAMES, JSON, "a\"b", "json.type == \"a\\\"b\"" },
  { "decoded-number", "json.n[1]", WSI_UNIT_FRAMES, JSON, "4", "json.n[1] == 4" },
  { "decoded-value-of-the-first-fragment", "json.b", WSI_UNIT_FRAMES, JSON_FIRST, "", NULL },
  { "decoded-value-of-the-last-fragment-is-of-the-message", "json.a", WSI_UNIT_FRAMES, JSON_LAST, "1", "json.a == 1" },
  { "decoded-values-of-one-name", "json.a", WSI_UNIT_FRAMES, TWICE, "3 4", "json.a == 3" },
  { "decoded-value-that-is-not-there", "json.x", WSI_UNIT_FRAMES, JSON, "", NULL },
  { "decoded-value-of-an-event", "json.x", WSI_UNIT_FRAMES, EVENT, "", NULL },
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRowColumn) column = wsi_row_column_new (cases[i].column);
  g_autoptr (WsiRow) row = NULL;
  g_autofree char *text = NULL, *term = NULL;

  fill (&scene);
  format = wsi_row_format_new (scene.store);
  wsi_row_format_set_unit (format, cases[i].unit);
  row = wsi_row_new (scene.store, cases[i].row);
  text = wsi_row_column_print (column, format, row);
  term = wsi_row_column_make_term (column, format, row);
  g_assert_cmpstr (text, ==, cases[i].text);
  g_assert_cmpstr (term, ==, cases[i].term);

  if (term != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsiFilter) filter = wsi_filter_new (term, &error);

      g_assert_no_error (error);
      g_assert_true (filter_scene_match (filter, scene.store, cases[i].row));
    }
}

static void
test_fault (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRow) row = NULL;

  fill (&scene);
  format = wsi_row_format_new (scene.store);
  row = wsi_row_new (scene.store, FAULTY);
  g_assert_true (g_str_has_prefix (wsi_row_format_get_summary (format, row),
                                   wsp_fault_describe (A_FAULT)));
  g_assert_true (g_str_has_suffix (wsi_row_format_get_summary (format, row), " · \"bad\""));
}

/* One format writes many rows. */
static void
test_rows (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRowFormat) format = NULL;

  fill (&scene);
  format = wsi_row_format_new (scene.store);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WsiRowColumn) column = wsi_row_column_new (cases[i].column);
      g_autoptr (WsiRow) row = wsi_row_new (scene.store, cases[i].row);
      g_autofree char *text = NULL;

      wsi_row_format_set_unit (format, cases[i].unit);
      text = wsi_row_column_print (column, format, row);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* The choice is for the details: the summary stays the text. */
static void
test_chosen (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiInterpreter) interpreter = NULL;
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRow) row = NULL;

  fill (&scene);
  interpreter = wsi_interpreter_new (scene.store);
  wsi_interpreter_choose (interpreter, "bytes", NULL);
  format = wsi_row_format_new (scene.store);
  wsi_row_format_set_interpreter (format, interpreter);
  row = wsi_row_new (scene.store, HELLO);
  g_assert_cmpstr (wsi_row_format_get_summary (format, row), ==, "\"Hello\"");
}

/* The text that a cell shows of a time; a time that is found by that text begins no later. */
static const struct
{
  gint64      span_us;
  const char *shown, *whole;    /* time in milliseconds, and in microseconds */
} spans[] = {
  { 0, "0.000", "0.000000" }, { 12345678, "12.345", "12.345678" }, { 59999999, "59.999", "59.999999" },
  { 60000000, "1:00.000", "1:00.000000" }, { 62345999, "1:02.345", "1:02.345999" }, { 3662345678, "61:02.345", "61:02.345678" },
  { -1, "-0.001", "-0.000001" }, { -1999500, "-2.000", "-1.999500" }, { -62345000, "-1:02.345", "-1:02.345000" },
};

static void
test_spans (void)
{
  const gint64 begin_us = 100 * G_USEC_PER_SEC;

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_auto (StoreScene) scene = { 0 };
      g_autoptr (WsiRowFormat) format = NULL;
      g_autoptr (WsiRow) reference = NULL;
      g_autoptr (WsiRow) row = NULL;
      g_autofree char *shown = NULL, *whole = NULL;

      store_scene_init (&scene, 2);
      append (&scene, begin_us, WSP_DIRECTION_SENT, TEXT, 1, "", 0);
      append (&scene, begin_us + spans[i].span_us, WSP_DIRECTION_SENT, TEXT, 1, "", 0);
      format = wsi_row_format_new (scene.store);
      reference = wsi_row_new (scene.store, 0);
      row = wsi_row_new (scene.store, 1);
      wsi_row_format_set_reference (format, reference);
      shown = wsi_row_format_show_time (format, row, WSI_CLOCK_RELATIVE);
      wsi_row_format_set_microseconds (format, TRUE);
      whole = wsi_row_format_show_time (format, row, WSI_CLOCK_RELATIVE);

      g_assert_cmpstr (shown, ==, spans[i].shown);
      g_assert_cmpstr (whole, ==, spans[i].whole);
    }
}

/* Copies have the whole time whatever cells show. */
static void
test_shown_times (void)
{
  static const struct
  {
    const char *column;
    WsiClock    clock;
    gboolean    has_microseconds;
    const char *shown, *printed;
  } times[] = {
    { "time", WSI_CLOCK_RELATIVE, FALSE, "0.500", "0.500010" }, { "time", WSI_CLOCK_RELATIVE, TRUE, "0.500010", "0.500010" },
    { "delta", WSI_CLOCK_RELATIVE, FALSE, "0.000", "0.000010" },
    { "time", WSI_CLOCK_UTC, FALSE, "00:00:01.500Z", "00:00:01.500010Z" },
    { "len", WSI_CLOCK_RELATIVE, FALSE, "1", "1" },
    { "type", WSI_CLOCK_RELATIVE, FALSE, "ping", "ping" },
  };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRow) row = NULL;

  fill (&scene);
  format = wsi_row_format_new (scene.store);
  row = wsi_row_new (scene.store, PING_ROW);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (WsiRowColumn) column = wsi_row_column_new (times[i].column);
      g_autofree char *shown = NULL, *printed = NULL;

      wsi_row_format_set_clock (format, times[i].clock);
      wsi_row_format_set_microseconds (format, times[i].has_microseconds);
      shown = wsi_row_column_show (column, format, row);
      printed = wsi_row_column_print (column, format, row);
      g_assert_cmpstr (shown, ==, times[i].shown);
      g_assert_cmpstr (printed, ==, times[i].printed);
    }
}

/* Which columns of a session have a value in a row: the others are hidden until a row has one. */
static void
test_values (void)
{
  static const struct
  {
    const char *column;
    guint row;
    WsiRecordFlags flags;       /* flags of the row in addition to its own */
    gboolean may_be_empty, has_value;
  } rows[] = {
    { "no", EVENT, 0, FALSE, TRUE }, { "time", EVENT, 0, FALSE, TRUE },
    { "type", EVENT, 0, FALSE, TRUE }, { "summary", EVENT, 0, FALSE, TRUE },
    { "len", EVENT, 0, TRUE, FALSE }, { "len", HELLO, 0, TRUE, TRUE },
    { "conn", HELLO, 0, TRUE, FALSE }, { "dir", EVENT, 0, TRUE, FALSE },
    { "dir", HELLO, 0, TRUE, TRUE }, { "delta", HELLO, 0, TRUE, FALSE },
    { "delta", FIRST, 0, TRUE, TRUE }, { "wire", EVENT, 0, TRUE, FALSE },
    { "wire", HELLO, 0, TRUE, TRUE }, { "wire", HELLO, WSI_RECORD_NO_FRAME, TRUE, FALSE },
    { "msg.frames", HELLO, 0, TRUE, TRUE }, { "msg.frames", EVENT, 0, TRUE, FALSE },
    { "msg.frames", HELLO, WSI_RECORD_NO_FRAME, TRUE, FALSE }, { "ratio", HELLO, 0, TRUE, FALSE },
    { "reply", HELLO, 0, TRUE, FALSE }, { "mark", HELLO, 0, TRUE, FALSE },
    { "comment", HELLO, 0, TRUE, FALSE }, { "json.type", HELLO, 0, TRUE, FALSE },
    { "json.type", JSON, 0, TRUE, TRUE },
  };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRowFormat) format = NULL;

  fill (&scene);
  format = wsi_row_format_new (scene.store);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WsiRowColumn) column = wsi_row_column_new (rows[i].column);
      g_autoptr (WsiRow) row = wsi_row_new (scene.store, rows[i].row);
      WsiRecord *record = (WsiRecord *) wsi_row_get_record (row);

      record->flags |= rows[i].flags;
      g_test_message ("%s of row %u", rows[i].column, rows[i].row);
      g_assert_cmpint (wsi_column_may_be_empty (rows[i].column), ==, rows[i].may_be_empty);
      g_assert_cmpint (wsi_row_column_has_value (column, format, row), ==, rows[i].has_value);
    }
}

/* With the second server the cell of a connection has its name, with its server. */
static void
test_servers (void)
{
  static const struct
  {
    const char *uri, *printed;  /* of a connection that comes now; of the row then */
  } rows[] = {
    { "ws://h:1/a?x=1", "#2" }, { "ws://h:1/b", "#2" }, { "wss://h:2/", "#2 · h:1 /a?x=1" },
  };
  g_autoptr (WsiStore) store = wsi_store_new (100, 1024);
  g_autoptr (WsiConversation) before = opened_conversation (store, &(WsiOpening) { 0 }, 1);
  g_autoptr (WsiRowFormat) format = wsi_row_format_new (store);
  g_autoptr (WsiRowColumn) column = wsi_row_column_new ("conn");
  g_autoptr (WsiRow) row = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "a");
      g_autoptr (WsiConversation) conversation =
        opened_conversation (store, &(WsiOpening) { .uri = rows[i].uri }, 1);
      g_autofree char *shown = NULL, *printed = NULL;

      if (i == 0)
        {
          wsi_store_append (store, conversation, &(WsiFrame) { .frame = &frame });
          row = wsi_row_new (store, 0);
        }
      shown = wsi_row_column_show (column, format, row);
      printed = wsi_row_column_print (column, format, row);
      g_assert_cmpstr (shown, ==, rows[i].printed);
      g_assert_cmpstr (printed, ==, rows[i].printed);
    }
}

/* The direction, which a summary shows by its sign, is in each copy of one. */
static void
test_copied (void)
{
  static const struct
  {
    const char *chosen, *copied;
  } rows[] = {
    { "no time conn type len summary", "no time conn dir type len summary" },
    { "time summary", "time dir summary" }, { "summary", "dir summary" },
    { "summary dir", "summary dir" }, { "no len", "no len" }, { "json.a summary", "json.a dir summary" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) chosen = g_strsplit (rows[i].chosen, " ", -1);
      g_auto (GStrv) copied = wsi_columns_dup_copied ((const char *const *) chosen);
      g_autofree char *text = g_strjoinv (" ", copied);

      g_assert_cmpstr (text, ==, rows[i].copied);
    }
}

static void
test_reference (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRow) row = NULL, reference = NULL;
  g_autofree char *before = NULL, *after = NULL;

  fill (&scene);
  format = wsi_row_format_new (scene.store);
  row = wsi_row_new (scene.store, HELLO);
  reference = wsi_row_new (scene.store, JSON);
  wsi_row_format_set_reference (format, reference);
  before = wsi_row_format_print_time (format, row, WSI_CLOCK_RELATIVE);
  g_assert_cmpstr (before, ==, "-2.000000");
  wsi_row_format_set_reference (format, NULL);
  after = wsi_row_format_print_time (format, reference, WSI_CLOCK_RELATIVE);
  g_assert_cmpstr (after, ==, "2.000000");
}

/* A row that the store dropped before it was looked at. */
static void
test_gone (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRow) row = NULL;
  static const char *const names[] = { "no", "time", "delta", "conn", "dir", "type", "len", "wire",
                                       "ratio", "msg.frames", "mark", "comment", "summary",
                                       "json.a" };

  fill (&scene);
  format = wsi_row_format_new (scene.store);
  row = wsi_row_new (scene.store, 1000000);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (WsiRowColumn) column = wsi_row_column_new (names[i]);
      g_autofree char *text = wsi_row_column_print (column, format, row);

      g_assert_nonnull (text);
    }
}

static void
test_unknown (void)
{
  g_assert_null (wsi_row_column_new (""));
  g_assert_null (wsi_row_column_new ("nonsense"));
  g_assert_null (wsi_row_column_new ("json.a == 1"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/row-column", cases, test_case);
  g_test_add_func ("/row-column/a-fault-is-in-the-summary", test_fault);
  g_test_add_func ("/row-column/one-format-writes-each-row", test_rows);
  g_test_add_func ("/row-column/bytes-that-were-chosen-are-no-format", test_chosen);
  g_test_add_func ("/row-column/times-count-from-the-reference", test_reference);
  g_test_add_func ("/row-column/a-span-is-cut-to-milliseconds", test_spans);
  g_test_add_func ("/row-column/a-cell-shows-less-than-a-copy", test_shown_times);
  g_test_add_func ("/row-column/a-connection-has-its-server-if-there-are-several", test_servers);
  g_test_add_func ("/row-column/a-column-without-a-value-is-told-apart", test_values);
  g_test_add_func ("/row-column/a-copy-has-the-direction", test_copied);
  g_test_add_func ("/row-column/a-row-that-is-gone-is-written-empty", test_gone);
  g_test_add_func ("/row-column/no-other-names-are-columns", test_unknown);
  return g_test_run ();
}
