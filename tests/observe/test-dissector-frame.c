/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The views of a payload, and payloads that are not whole. */

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "lib/rows.h"
#include "observe/taken.h"

#define MIB (1024 * 1024)
#define HELLO_DEFLATED "\xf2\x48\xcd\xc9\xc9\x07\x00"
#define TAKEOVER "permessage-deflate"
#define NO_TAKEOVER "permessage-deflate; server_no_context_takeover"

typedef struct
{
  const char *at;
  gsize       length;
} View;

static const struct
{
  const char *name, *bytes;
  gsize       length;
  View        views[3];         /* views of the payload: wire, unmasked, inflated */
} view_cases[] = {
#define VIEW(bytes) { bytes, sizeof (bytes) - 1 }
#define FRAME(name, bytes, ...) { name, bytes, sizeof (bytes) - 1, { __VA_ARGS__ } }
  FRAME ("plain", "\x82\2ab", VIEW ("ab"), VIEW ("ab"), VIEW ("ab")),
  FRAME ("masked", "\x82\x85\1\2\3\4" "abcde", VIEW ("abcde"), VIEW ("\x60\x60\x60\x60\x64"),
         VIEW ("\x60\x60\x60\x60\x64")),
  FRAME ("compressed", "\xc1\7" HELLO_DEFLATED, VIEW (HELLO_DEFLATED), VIEW (HELLO_DEFLATED),
         VIEW ("Hello")),
  FRAME ("empty", "\x81\0", VIEW (""), VIEW (""), VIEW ("")),
#undef FRAME
#undef VIEW
};

static WspDissector *
new_dissector (const char *extensions)
{
  return wsp_dissector_new (WSP_ROLE_CLIENT, extensions);
}

static void
push (WspDissector *dissector,
      const char   *data,
      gsize         length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
}

/* The copy and the lent bytes of a view are the same, however the frame is cut. */
static void
assert_views (WspDissector         *dissector,
              const WspFrameRecord *record,
              guint                 i)
{
  for (guint view = 0; view < G_N_ELEMENTS (view_cases[i].views); view++)
    {
      const View *expected = &view_cases[i].views[view];
      g_autoptr (GBytes) payload = wsp_dissector_dup_payload (dissector, record, view);
      gsize length;
      const guint8 *at = wsp_dissector_peek_payload (dissector, record, view, &length);

      g_assert_cmpmem (at, length, expected->at, expected->length);
      g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), at, length);
    }
}

static void
test_views (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  for (gsize piece = 1; piece <= view_cases[i].length; piece++)
    {
      g_autoptr (WspDissector) dissector = new_dissector (TAKEOVER);

      for (gsize at = 0; at < view_cases[i].length; at += piece)
        push (dissector, view_cases[i].bytes + at, MIN (piece, view_cases[i].length - at));
      assert_views (dissector, take_records (dissector, 1), i);
    }
}

/* The beginning of a payload above 16 MiB. */
static void
test_large (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");
  g_autofree char *block = g_malloc0 (MIB);
  gsize length;

  push (dissector, "\x82\x7f\0\0\0\0\1\x10\0\0", 10);
  for (guint i = 0; i < 17; i++)
    {
      block[0] = i;
      push (dissector, block, MIB);
    }
  const WspFrameRecord *record = take_records (dissector, 1);
  const guint8 *at = wsp_dissector_peek_payload (dissector, record, WSP_PAYLOAD_VIEW_WIRE, &length);

  g_assert_cmpuint (record->payload_length, ==, 17 * MIB);
  g_assert_cmpuint (record->flags, ==, WSP_FRAME_FLAGS_TRUNCATED);
  g_assert_cmpuint (length, ==, 16 * MIB);
  g_assert_cmpuint (at[15 * MIB], ==, 15);
  g_assert_cmpuint (wsp_dissector_get_n_dropped (dissector), ==, 1);
}

static const struct
{
  const char *name, *extensions;
  guint       flags;
  const char *shown;
} gap_cases[] = {
  { "with-takeover-the-next-message-is-as-on-the-wire", TAKEOVER,
    WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED, HELLO_DEFLATED },
  { "without-takeover-the-next-message-is-inflated", NO_TAKEOVER, WSP_FRAME_FLAGS_COMPRESSED,
    "Hello" },
};

/* A message of which bytes are missing cannot be inflated. */
static void
test_gap (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspDissector) dissector = new_dissector (gap_cases[i].extensions);
  const WspFrameRecord *records;
  gsize length;
  guint n;

  push (dissector, "\xc1\7" HELLO_DEFLATED "\xc1\7\xf2\x48", 13);
  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, 2, 0);
  push (dissector, "\xc9\x07\x00\xc1\7" HELLO_DEFLATED, 12);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpuint (records[1].flags, ==, WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_GAP);
  g_assert_cmpuint (records[2].flags, ==, WSP_FRAME_FLAGS_BYTES | WSP_FRAME_FLAGS_REST |
                    WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED);
  g_assert_cmpuint (records[3].flags, ==, gap_cases[i].flags);

  const guint8 *at = wsp_dissector_peek_payload (dissector, &records[3],
                                                 WSP_PAYLOAD_VIEW_INFLATED, &length);

  g_assert_cmpmem (at, MIN (length, 5), gap_cases[i].shown, 5);
}

/* Offsets may pass 2^64, as a gap has any length; a payload in two pieces is whole. */
static void
test_far_offset (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");
  const WspFrameRecord *records;
  gsize length;
  guint n;

  push (dissector, "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 10);
  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, 0x7fffffffffffffff, 0);
  push (dissector, "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xec", 10);
  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, 0x7fffffffffffffec, 0);
  push (dissector, "\x82\6abc", 5);
  push (dissector, "def", 3);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (records[2].offset, ==, G_MAXUINT64);

  const guint8 *at = wsp_dissector_peek_payload (dissector, &records[2], WSP_PAYLOAD_VIEW_WIRE,
                                                 &length);

  g_assert_cmpmem (at, length, "abcdef", 6);
}

/* Its bit is a fault, and not a sign of compression. */
static void
test_bit_alone (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");

  push (dissector, "\xc1\2ab", 4);
  const WspFrameRecord *record = take_records (dissector, 1);

  g_assert_cmpstr (wsp_fault_get_name (record->fault), ==, "rsv-not-negotiated");
  g_assert_cmpuint (record->flags, ==, WSP_FRAME_FLAGS_NONE);
}

/* A record that the program has changed must not lead beyond the bytes. */
static void
test_changed_record (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");

  push (dissector, "\x82\2ab\x82\2cd", 8);
  WspFrameRecord record = take_records (dissector, 2)[0];
  gsize length;

  record.payload_length = 7;            /* of 6 after the header */
  g_assert_null (wsp_dissector_peek_payload (dissector, &record, WSP_PAYLOAD_VIEW_WIRE, &length));
  record.payload_length = 2;
  g_assert_nonnull (wsp_dissector_peek_payload (dissector, &record, WSP_PAYLOAD_VIEW_WIRE,
                                                &length));
}

static void
test_no_record (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");
  WspFrameRecord record = { .direction = 2 };
  gsize length;

  for (guint i = 0; i < 2; i++)
    {
      g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*record*failed*");
      g_assert_null (wsp_dissector_peek_payload (dissector, i == 0 ? NULL : &record,
                                                 WSP_PAYLOAD_VIEW_WIRE, &length));
      g_test_assert_expected_messages ();
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/observe/dissector-frame/views", view_cases, test_views);
  ADD_ROWS ("/observe/dissector-frame/after-a-gap", gap_cases, test_gap);
  g_test_add_func ("/observe/dissector-frame/offset/payload-across-2-to-the-64", test_far_offset);
  g_test_add_func ("/observe/dissector-frame/compressed-bit/without-agreement-is-a-fault-alone",
                   test_bit_alone);
  g_test_add_func ("/observe/dissector-frame/record/changed-one-has-no-payload",
                   test_changed_record);
  g_test_add_func ("/observe/dissector-frame/record/none-and-bad-direction-are-critical",
                   test_no_record);
  g_test_add_func ("/observe/dissector-frame/large/its-beginning-is-kept", test_large);

  return g_test_run ();
}
