/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All faults of a frame, wherever it is in its stream and however it is cut. */

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "lib/rows.h"

#define KEY "\0\0\0\0"
#define TEXT "\x81\x82" KEY "hi"

static const struct
{
  const char *name, *extensions, *bytes;
  gsize       length;
  const char *faults;           /* names of the faults, the first one found first */
} rule_cases[] = {
#define FRAME(name, extensions, bytes, faults) \
  { name, extensions, bytes, sizeof (bytes) - 1, faults }
  FRAME ("whole-text-breaks-none", "", TEXT, ""),
  FRAME ("rsv", "", "\xf1\x80" KEY, "rsv-not-negotiated"),
  FRAME ("rsv-and-mask", "", "\xc1\x01x", "rsv-not-negotiated frame-not-masked"),
  FRAME ("rsv-opcode-fragment-mask-and-length", "", "\x7b\x7e\0\x01x",
         "rsv-not-negotiated opcode-reserved control-frame-fragmented frame-not-masked "
         "control-frame-too-long length-not-shortest"),
  FRAME ("misplaced-bit-beside-another", "permessage-deflate", "\x69\x80" KEY,
         "rsv-not-negotiated compressed-bit-misplaced control-frame-fragmented"),
  FRAME ("misplaced-bit-on-a-reserved-opcode", "permessage-deflate", "\xc3\x80" KEY,
         "compressed-bit-misplaced opcode-reserved"),
  FRAME ("control-fragmented-and-too-long", "", "\x09\xfe\0\x01" KEY "x",
         "control-frame-fragmented control-frame-too-long length-not-shortest"),
  FRAME ("top-bit-and-no-mask", "", "\x82\x7f\x80\0\0\0\0\0\0\0",
         "frame-not-masked length-top-bit-set"),
  FRAME ("continuation-without-message-and-mask", "", "\x80\x01x",
         "frame-not-masked continuation-without-message"),
  FRAME ("length-and-text", "", "\x81\xfe\0\x01" KEY "\xff", "length-not-shortest text-not-utf8"),
  FRAME ("close-code-and-reason", "", "\x88\x83" KEY "\x03\xed\xff",
         "close-code-reserved close-reason-not-utf8"),
  FRAME ("close-of-one-byte-with-rsv", "", "\x98\x81" KEY "\x03",
         "rsv-not-negotiated close-length-one"),
  FRAME ("text-and-end-of-deflate", "permessage-deflate", "\xc1\x86" KEY "\x00\x01\x00\xfe\xff\xff",
         "text-not-utf8 deflate-truncated"),
  FRAME ("compressed-binary-need-not-be-text", "permessage-deflate",
         "\xc2\x87" KEY "\x00\x01\x00\xfe\xff\xff\x00", ""),
  FRAME ("text-in-a-continuation", "", "\x01\x80" KEY "\x80\x81" KEY "\xff", "text-not-utf8"),
  FRAME ("text-that-interrupts-a-binary-message", "", "\x02\x80" KEY "\x81\x81" KEY "\xff",
         "data-inside-message text-not-utf8"),
  FRAME ("continuation-without-message-is-no-text", "", "\x80\x81" KEY "\xff",
         "continuation-without-message"),
#undef FRAME
};

static char *
name_faults (const WspFrameRecord *record)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < wsp_frame_record_get_n_faults (record); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                            wsp_fault_get_name (wsp_frame_record_get_fault (record, i)));
  g_assert_cmpuint (wsp_frame_record_get_fault (record, 0), ==, record->fault);
  g_assert_cmpuint (wsp_frame_record_get_fault (record, wsp_frame_record_get_n_faults (record)), ==,
                    0);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* Pushes the pieces; returns the last record. */
static WspFrameRecord
push (WspDissector *dissector,
      const char   *bytes,
      gsize         length,
      gsize         piece)
{
  WspFrameRecord last = { 0 };

  for (gsize at = 0; at < length; at += piece)
    {
      g_autoptr (GBytes) part = g_bytes_new (bytes + at, MIN (piece, length - at));
      const WspFrameRecord *records;
      guint n;

      wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, part, at);
      records = wsp_dissector_take_records (dissector, &n);
      if (n > 0)
        last = records[n - 1];
    }
  return last;
}

static const struct
{
  const char *name, *bytes;
  gsize       length;
} positions[] = {
  { "first", "", 0 },
  { "after-a-message", TEXT, sizeof TEXT - 1 },
  { "after-a-ping", "\x89\x80" KEY, 6 },
};

static void
test_rule (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  for (gsize at = 0; at < G_N_ELEMENTS (positions); at++)
    for (gsize piece = 1; piece <= rule_cases[i].length; piece++)
      {
        g_autoptr (WspDissector) dissector =
          wsp_dissector_new (WSP_ROLE_SERVER, rule_cases[i].extensions);
        g_autofree char *faults = NULL;
        WspFrameRecord record;

        push (dissector, positions[at].bytes, positions[at].length, MAX (positions[at].length, 1));
        record = push (dissector, rule_cases[i].bytes, rule_cases[i].length, piece);
        faults = name_faults (&record);
        g_assert_cmpstr (faults, ==, rule_cases[i].faults);
      }
}

#define CLOSE "\x88\x82" KEY "\x03\xe8"

static const struct
{
  const char *name, *bytes;
  gsize       length;
  const char *faults;
  gboolean    is_frame;
} after_close[] = {
  { "text-is-data", TEXT, sizeof TEXT - 1, "data-after-close", TRUE },
  { "pong-is-a-warning", "\x8a\x80" KEY, 6, "bytes-after-close", TRUE },
  { "second-close-is-a-warning", CLOSE, sizeof CLOSE - 1, "bytes-after-close", TRUE },
  { "noise-is-no-frame", "HTTP/1.1 400 Bad Request", 24, "bytes-after-close", FALSE },
};

/* Bytes after a Close that are no frame are not taken for one. */
static void
test_after_close (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  for (gsize piece = 1; piece <= after_close[i].length; piece++)
    {
      g_autoptr (WspDissector) dissector =
        wsp_dissector_new (WSP_ROLE_SERVER, "");
      g_autofree char *faults = NULL;
      WspFrameRecord record;

      push (dissector, CLOSE, sizeof CLOSE - 1, 3);
      record = push (dissector, after_close[i].bytes, after_close[i].length, piece);
      faults = name_faults (&record);
      g_assert_cmpstr (faults, ==, after_close[i].faults);
      g_assert_cmpint ((record.flags & WSP_FRAME_FLAGS_BYTES) == 0, ==, after_close[i].is_frame);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/observe/dissector-rules/all-faults", rule_cases, test_rule);
  ADD_ROWS ("/observe/dissector-rules/after-close", after_close, test_after_close);

  return g_test_run ();
}
