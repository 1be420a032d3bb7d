/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <string.h>

#include "lib/rows.h"

static const struct
{
  const char  *name;
  guint8       opcode;
  WspFrameKind kind;
} kind_cases[] = {
  { "0-is-a-continuation", 0x0, WSP_FRAME_KIND_CONTINUATION },
  { "1-is-text", 0x1, WSP_FRAME_KIND_TEXT },
  { "2-is-binary", 0x2, WSP_FRAME_KIND_BINARY },
  { "3-is-reserved", 0x3, WSP_FRAME_KIND_RESERVED },
  { "7-is-reserved", 0x7, WSP_FRAME_KIND_RESERVED },
  { "8-is-close", 0x8, WSP_FRAME_KIND_CLOSE },
  { "9-is-ping", 0x9, WSP_FRAME_KIND_PING },
  { "10-is-pong", 0xa, WSP_FRAME_KIND_PONG },
  { "11-is-reserved", 0xb, WSP_FRAME_KIND_RESERVED },
  { "15-is-reserved", 0xf, WSP_FRAME_KIND_RESERVED },
};

static void
test_kind (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  WspFrameRecord record = { .opcode = kind_cases[i].opcode };

  g_assert_cmpint (wsp_frame_record_get_kind (&record), ==, kind_cases[i].kind);
}

static const struct
{
  const char *name;
  guint8      opcode;
  const char *payload;
  gsize       length;
  const char *reason;           /* close reason; NULL = none */
} reason_cases[] = {
  { "stands-after-the-code", 0x8, "\x03\xe8" "bye", 5, "bye" },
  { "is-empty-without-one", 0x8, "\x03\xe8", 2, "" },
  { "is-empty-in-an-empty-close", 0x8, "", 0, "" },
  { "is-empty-in-a-cut-code", 0x8, "\x03", 1, "" },
  { "is-missing-in-a-ping", 0x9, "\x03\xe8" "bye", 5, NULL },
};

static void
test_reason (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  WspFrameRecord record = { .opcode = reason_cases[i].opcode };
  g_autoptr (GBytes) payload = g_bytes_new_static (reason_cases[i].payload, reason_cases[i].length);
  g_autoptr (GBytes) reason = wsp_frame_record_dup_close_reason (&record, payload);

  if (reason_cases[i].reason == NULL)
    g_assert_null (reason);
  else
    g_assert_cmpmem (g_bytes_get_data (reason, NULL), g_bytes_get_size (reason),
                     reason_cases[i].reason, strlen (reason_cases[i].reason));
  g_assert_null (wsp_frame_record_dup_close_reason (&record, NULL));
}

#define NO_MARK G_MAXUINT
#define AT_ONCE "\x03\xe9" "retry-after=0"
#define ROW(name, payload, seconds) { name, payload, sizeof payload - 1, { 0 }, seconds }

static const struct
{
  const char    *name, *payload;
  gsize          length;
  WspFrameRecord record;        /* with a length of the payload: it is not that of the bytes */
  guint          seconds;
} mark_cases[] = {
  ROW ("is-read", AT_ONCE, 0),
  ROW ("is-read-with-text", "\x0f\xa0" "retry-after=30; go", 30),
  ROW ("is-read-of-a-day", "\x03\xf4" "retry-after=86400", 86400),
  ROW ("is-missing-without-a-payload", "", NO_MARK),
  ROW ("is-missing-in-a-cut-code", "\x03", NO_MARK),
  ROW ("is-missing-without-a-reason", "\x03\xe9", NO_MARK),
  ROW ("is-missing-if-half", "\x03\xe9" "retry-after=", NO_MARK),
  ROW ("is-missing-if-wrong", "\x03\xe9" "retry-after=-1", NO_MARK),
  ROW ("is-missing-above-a-day", "\x03\xe9" "retry-after=86401", NO_MARK),
  ROW ("is-missing-if-huge", "\x03\xe9" "retry-after=18446744073709551616", NO_MARK),
  ROW ("is-missing-before-a-nul", AT_ONCE "\0", NO_MARK),
  ROW ("is-missing-in-text-that-is-not-UTF-8", AT_ONCE "; \xff", NO_MARK),
  { "is-missing-in-a-ping", AT_ONCE, 15, { .opcode = 0x9 }, NO_MARK },
  { "is-missing-in-a-client's", AT_ONCE, 15, { .masked = 1 }, NO_MARK },
  { "is-missing-in-a-Close-that-is-cut", AT_ONCE, 15, { .payload_length = 16 }, NO_MARK },
  { "is-missing-in-a-Close-with-a-fault", AT_ONCE, 15, { .fault = 1 }, NO_MARK },
};

static void
test_mark (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  WspFrameRecord record = mark_cases[i].record;
  g_autoptr (GBytes) payload = g_bytes_new_static (mark_cases[i].payload, mark_cases[i].length);
  guint seconds = NO_MARK;

  record.opcode = record.opcode != 0 ? record.opcode : 0x8;
  record.payload_length = MAX (record.payload_length, mark_cases[i].length);
  g_assert_cmpint (wsp_frame_record_get_retry_after (&record, payload, &seconds), ==,
                   mark_cases[i].seconds != NO_MARK);
  g_assert_cmpuint (seconds, ==, mark_cases[i].seconds);
  g_assert_false (wsp_frame_record_get_retry_after (&record, NULL, &seconds));
}

/* A fault that no frame has is one more than those of the bits. */
static void
test_fault_without_bit (void)
{
  WspFrameRecord record = { .faults = 1 };

  for (guint fault = 1; fault < 1000 && record.fault == 0; fault++)
    {
      if (g_strcmp0 (wsp_fault_get_name (fault), "status-line-malformed") == 0)
        record.fault = fault;
    }
  g_assert_cmpuint (record.fault, !=, 0);
  g_assert_cmpuint (wsp_frame_record_get_n_faults (&record), ==, 2);
  g_assert_cmpuint (wsp_frame_record_get_fault (&record, 0), ==, record.fault);
  g_assert_cmpuint (wsp_frame_record_get_fault (&record, 1), !=, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/observe/frame-record/opcode", kind_cases, test_kind);
  ADD_ROWS ("/observe/frame-record/close-reason", reason_cases, test_reason);
  ADD_ROWS ("/observe/frame-record/close-mark", mark_cases, test_mark);

  g_test_add_func ("/observe/frame-record/fault/of-a-head-has-no-bit", test_fault_without_bit);

  return g_test_run ();
}
