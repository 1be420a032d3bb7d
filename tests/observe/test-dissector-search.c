/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Missing bytes and ends at every place of a stream: every frame that was received whole is named,
 * and each record that is not marked as guessed is true. */

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-header.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/rows.h"
#include "observe/taken.h"

#define MAX_FRAMES 64

typedef struct
{
  GByteArray *bytes;
  gsize       begins[MAX_FRAMES + 1];
  guint       n_frames;
} Stream;

static void
add_frame (Stream     *self,
           guint8      first,
           guint32     key,
           const char *payload)
{
  WspFrameHeader header = { .fin = first >> 7, .opcode = first & 15, .masked = key != 0,
                            .masking_key = key, .payload_length = strlen (payload) };
  g_autoptr (GBytes) wire = wsp_frame_header_write (&header);

  g_byte_array_append (self->bytes, g_bytes_get_data (wire, NULL), g_bytes_get_size (wire));
  for (gsize i = 0; payload[i] != '\0'; i++)
    {
      guint8 byte = payload[i] ^ key >> (24 - 8 * (i % 4));

      g_byte_array_append (self->bytes, &byte, 1);
    }
  self->begins[++self->n_frames] = self->bytes->len;
}

static Stream
make_stream (guint32 key)
{
  Stream self = { .bytes = g_byte_array_new () };

  add_frame (&self, 0x81, key, "The first message");
  add_frame (&self, 0x02, key, "a fragment of some bytes, ");
  add_frame (&self, 0x89, key, "ping");
  add_frame (&self, 0x80, key, "and the last one");
  for (guint i = 0; i < 6; i++)
    add_frame (&self, 0x81, key, "{\"a\": \"message of text\"}");
  add_frame (&self, 0x88, key, "\x03\xe8");
  return self;
}

typedef struct
{
  const Stream *stream;
  WspDissector *dissector;
  guint64       next;           /* offset of the byte after the last record */
  gsize         gap_begin, gap_end;
  gsize         not_counted;    /* number of missing bytes that the offsets do not count */
  gboolean      is_named[MAX_FRAMES];
} Check;

static guint
find_frame (const Stream *stream,
            guint64       offset)
{
  guint i = 0;

  while (i < stream->n_frames && stream->begins[i] != offset)
    i++;
  return i;
}

/* Records follow each other, but for the gap. */
static void
check_place (Check                *self,
             const WspFrameRecord *record)
{
  if (self->next == self->gap_begin)
    self->next = self->gap_end;
  g_assert_cmpuint (record->offset, ==, self->next);
  self->next += record->header_length + record->payload_length - record->n_missing;
}

static void
check_payload (Check                *self,
               const WspFrameRecord *record)
{
  gsize length;
  const guint8 *at = wsp_dissector_peek_payload (self->dissector, record, WSP_PAYLOAD_VIEW_WIRE,
                                                 &length);

  gsize begin = record->offset + record->header_length;

  if (record->offset >= self->gap_begin)
    begin += self->not_counted;
  g_assert_cmpmem (at, length, self->stream->bytes->data + begin,
                   record->payload_length - record->n_missing);
}

static void
check_record (Check                *self,
              const WspFrameRecord *record)
{
  guint i = find_frame (self->stream, record->offset);

  check_place (self, record);
  if (record->flags & WSP_FRAME_FLAGS_BYTES)
    return;

  if ((record->flags & WSP_FRAME_FLAGS_GUESSED) == 0)
    {
      g_assert_cmpuint (i, <, self->stream->n_frames);
      g_assert_cmpuint (record->fault, ==, 0);
    }
  if (i < self->stream->n_frames && (record->flags & WSP_FRAME_FLAGS_CUT) == 0)
    self->is_named[i] = TRUE;
}

static void
check_records (Check *self)
{
  guint n;
  const WspFrameRecord *records = wsp_dissector_take_records (self->dissector, &n);

  for (guint i = 0; i < n; i++)
    {
      WspFrameRecord record = records[i];

      check_payload (self, &records[i]);
      if (record.offset >= self->gap_begin)
        record.offset += self->not_counted;
      check_record (self, &record);
    }
}

static void
push (Check *self,
      gsize  begin,
      gsize  end,
      gsize  piece)
{
  for (gsize at = begin; at < end; at += piece)
    {
      const guint8 *data = self->stream->bytes->data + at;
      g_autoptr (GBytes) bytes = g_bytes_new (data, MIN (piece, end - at));

      wsp_dissector_push (self->dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
      check_records (self);
    }
}

static void
check_names (const Check *self,
             gsize        end)
{
  const gsize *begins = self->stream->begins;

  for (guint i = 0; i < self->stream->n_frames && begins[i + 1] <= end; i++)
    {
      if (begins[i + 1] <= self->gap_begin || begins[i] >= self->gap_end)
        g_assert_true (self->is_named[i]);
    }
}

typedef enum
{
  LENGTH_IS_KNOWN,
  LENGTH_IS_UNKNOWN,
} Knowledge;

/* The stream up to its end, without the bytes of the gap. */
static void
play (const Stream *stream,
      guint32       key,
      gsize         gap_begin,
      gsize         gap_length,
      gsize         end,
      gsize         piece,
      Knowledge     knowledge)
{
  g_autoptr (WspDissector) dissector =
    wsp_dissector_new (key != 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT, "");
  Check check = { stream, dissector, 0, gap_begin, gap_begin + gap_length, 0, { FALSE } };
  guint64 missing = knowledge == LENGTH_IS_KNOWN ? gap_length : G_MAXUINT64;

  push (&check, 0, gap_begin, piece);
  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, missing, 0);
  check_records (&check);
  check.not_counted = knowledge == LENGTH_IS_KNOWN ? 0 : gap_length;
  push (&check, gap_begin + gap_length, end, piece);
  wsp_dissector_end (dissector, WSP_DIRECTION_RECEIVED, 0);
  check_records (&check);
  check_names (&check, end);
  if (check.next == check.gap_begin)
    check.next = check.gap_end;
  g_assert_cmpuint (check.next, ==, end);
}

static const gsize gap_lengths[] = { 1, 2, 5, 23, 40 };
static const gsize pieces[] = { 1, 3, 1000 };

static void
test_gaps (gconstpointer data)
{
  guint32 key = GPOINTER_TO_UINT (data);
  Stream stream = make_stream (key);
  gsize length = stream.bytes->len;

  for (guint i = 0; i < G_N_ELEMENTS (gap_lengths); i++)
    for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
      for (gsize at = 0; at + gap_lengths[i] <= length; at++)
        {
          play (&stream, key, at, gap_lengths[i], length, pieces[j], LENGTH_IS_KNOWN);
          play (&stream, key, at, gap_lengths[i], length, pieces[j], LENGTH_IS_UNKNOWN);
        }
  g_byte_array_unref (stream.bytes);
}

static void
test_ends (gconstpointer data)
{
  guint32 key = GPOINTER_TO_UINT (data);
  Stream stream = make_stream (key);

  for (gsize end = 0; end <= stream.bytes->len; end++)
    play (&stream, key, 0, 0, end, 1000, LENGTH_IS_KNOWN);
  g_byte_array_unref (stream.bytes);
}

static void
skip_and_push (WspDissector *dissector,
               guint64       missing,
               const void   *data,
               gsize         length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, missing, 0);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
}

/* One header alone is no frame.  The first three frames are guessed, the others are not. */
static void
test_guessed (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, "");
  const char wire[] = "rest \x81\3abc of ab!\x81\1a\x81\1b\x81\1c\x81\1d\x81\1e";
  const WspFrameRecord *records;
  guint n;

  skip_and_push (dissector, G_MAXUINT64, wire, sizeof wire - 1);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpuint (records[0].flags, ==, WSP_FRAME_FLAGS_BYTES);
  g_assert_cmpuint (records[0].payload_length, ==, 17);
  for (guint i = 1; i < n; i++)
    g_assert_cmpuint (records[i].flags, ==, i <= 3 ? WSP_FRAME_FLAGS_GUESSED : 0);
}

/* Where a frame is expected, it has its record as soon as it is complete.  A header that breaks a
 * rule is searched from there on. */
static const struct
{
  const char *name, *wire, *records;
} expected[] = {
  { "frame-is-shown-at-once", "\x81\1a", "guessed" },
  { "three-frames-are-guessed", "\x81\1a\x81\1b\x81\1c\x81\1d", "guessed guessed guessed frame" },
  { "none-is-there", "rest \x81\1a\x81\1b\x81\1c\x81\1d", "bytes guessed guessed guessed frame" },
  { "one-is-there-and-no-other", "\x81\1arest \x81\1a\x81\1b\x81\1c", "guessed bytes guessed guessed guessed" },
  { "the-header-is-not-complete", "\x81", "" },
  { "the-payload-is-not-complete", "\x81\5abc", "" },
};

static void
test_expected (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const char *wire = expected[row].wire;

  for (gsize piece = 1; piece <= strlen (wire); piece++)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, "");
      g_autoptr (GString) found = g_string_new (NULL);
      gboolean is_bytes = FALSE;

      wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, G_MAXUINT64, 0);
      wsp_dissector_expect_frame (dissector, WSP_DIRECTION_RECEIVED, 0);
      for (gsize at = 0; at < strlen (wire); at += piece)
        {
          g_autoptr (GBytes) bytes = g_bytes_new (wire + at, MIN (piece, strlen (wire) - at));
          const WspFrameRecord *records;
          guint n;

          wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
          records = wsp_dissector_take_records (dissector, &n);
          for (guint i = 0; i < n; i++)
            {
              const WspFrameFlags flags = records[i].flags;

              if (is_bytes && (flags & WSP_FRAME_FLAGS_BYTES) != 0)
                continue;
              is_bytes = (flags & WSP_FRAME_FLAGS_BYTES) != 0;
              g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "",
                                      is_bytes ? "bytes" : (flags & WSP_FRAME_FLAGS_GUESSED) != 0
                                      ? "guessed" : "frame");
            }
        }
      g_assert_cmpstr (found->str, ==, expected[row].records);
    }
}

/* The bytes before the expected frame wait for no others. */
static void
test_expected_behind_bytes (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, "");
  g_autoptr (GBytes) frame = g_bytes_new_static ("\x81\1a", 3);
  static const guint8 rest[] = { 0x82, 0x7e, 0xff };
  const WspFrameRecord *records;
  guint n;

  skip_and_push (dissector, G_MAXUINT64, rest, sizeof rest);
  wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 0);
  wsp_dissector_expect_frame (dissector, WSP_DIRECTION_RECEIVED, 0);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (records[0].payload_length, ==, sizeof rest);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, frame, 0);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (records[0].offset, ==, sizeof rest);
  g_assert_cmpuint (records[0].flags, ==, WSP_FRAME_FLAGS_GUESSED);
}

/* A frame has its record with the third header, so the payload after that must not matter. */
static void
test_third_payload (void)
{
  static const char wire[] = "\x81\1a\x81\1b\x81\1\xff";

  for (gsize piece = 1; piece < sizeof wire; piece++)
    {
      g_autoptr (WspDissector) dissector =
        wsp_dissector_new (WSP_ROLE_CLIENT, "");
      guint n_records = 0;

      wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, 1, 0);
      for (gsize at = 0; at < sizeof wire - 1; at += piece)
        {
          g_autoptr (GBytes) bytes = g_bytes_new (wire + at, MIN (piece, sizeof wire - 1 - at));
          guint n;

          wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
          wsp_dissector_take_records (dissector, &n);
          n_records += n;
        }
      g_assert_cmpuint (n_records, ==, 3);
    }
}

/* The rest of a payload is a record that can be unmasked by itself. */
static void
test_rest (void)
{
  g_autoptr (WspDissector) dissector =
    wsp_dissector_new (WSP_ROLE_SERVER, "");
  g_autoptr (GBytes) begin = g_bytes_new ("\x82\x8a\1\2\3\4" "aa", 8);

  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, begin, 0);
  skip_and_push (dissector, 3, "\3\6\x60\x60\x60", 5);
  const WspFrameRecord *frame = take_records (dissector, 2);
  const WspFrameRecord *rest = &frame[1];
  g_autoptr (GBytes) payload = wsp_dissector_dup_payload (dissector, rest,
                                                          WSP_PAYLOAD_VIEW_UNMASKED);

  g_assert_cmpuint (frame->flags, ==, WSP_FRAME_FLAGS_GAP);
  g_assert_cmpuint (frame->payload_length, ==, 10);
  g_assert_cmpuint (frame->n_missing, ==, 8);
  g_assert_cmpuint (rest->flags, ==, WSP_FRAME_FLAGS_BYTES | WSP_FRAME_FLAGS_REST);
  g_assert_cmphex (rest->masking_key, ==, 0x02030401);
  g_assert_cmpuint (rest->offset, ==, 11);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), 5, "\1\5\x64\x61\x62", 5);
}

/* After a gap nothing is known of a message, until a frame begins or ends one. */
static const struct
{
  const char *name, *extensions, *bytes;
  gsize       length;
  guint       n_records;
  const char *fault;            /* fault of the last record; NULL = none */
} after_gap[] = {
#define STREAM(name, extensions, bytes, n_records, fault) \
  { name, extensions, bytes, sizeof (bytes) - 1, n_records, fault }
  STREAM ("may-continue-what-is-unknown", "", "\x00\1a\x00\1b\x00\1c\x80\1d", 4, NULL),
  STREAM ("data-inside-a-message-that-began", "", "\x01\1a\x00\1b\x00\1c\x81\1d", 4,
          "data-inside-message"),
  STREAM ("continuation-after-one-that-ended", "", "\x80\1a\x89\1b\x89\1c\x80\1d", 4,
          "continuation-without-message"),
  STREAM ("bytes-of-an-extension-need-not-be-text", "x-unknown",
          "\x81\1\xff\x81\1\xfe\x81\1\xff", 3, NULL),
#undef STREAM
};

static void
test_after_gap (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspDissector) dissector =
    wsp_dissector_new (WSP_ROLE_CLIENT, after_gap[i].extensions);
  const WspFrameRecord *records;
  guint n;

  skip_and_push (dissector, 1, after_gap[i].bytes, after_gap[i].length);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, after_gap[i].n_records);
  for (guint j = 0; j < n; j++)
    {
      g_assert_cmpuint (records[j].flags & WSP_FRAME_FLAGS_BYTES, ==, 0);
      g_assert_cmpstr (wsp_fault_get_name (records[j].fault), ==,
                       j + 1 < n ? NULL : after_gap[i].fault);
    }
}

#define NOISE (4 * 1024 * 1024)

/* Each place looks like a header of a frame that never agrees with what follows. */
static const struct
{
  const char *name, *pattern;
  gsize       length;
} noises[] = {
  { "zeros", "\0", 1 },
  { "headers-without-an-end", "\x82\x7e\xff\xff", 4 },
  { "large-headers", "\x82\x7f\0\0\0\0\0\x0f\xff\xff", 10 },
  { "two-frames-that-agree", "\x81\1a\x81\1a\xff", 7 },
  { "headers-everywhere", "\x82", 1 },
};

static void
test_linear (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, "");
  g_autofree guint8 *noise = g_malloc (NOISE);
  gint64 begin = g_get_monotonic_time ();

  for (gsize at = 0; at < NOISE; at++)
    noise[at] = noises[i].pattern[at % noises[i].length];
  skip_and_push (dissector, 1, noise, NOISE);
  for (gsize at = 0; at < NOISE; at += 64)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (noise + at, 64);

      wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, 0);
    }
  wsp_dissector_end (dissector, WSP_DIRECTION_RECEIVED, 0);

  /* A search that began anew with each push would take hours. */
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 60 * G_USEC_PER_SEC);
}

/* Frames above the window of the search are found by their headers alone. */
#define LARGE (3 * 1024 * 1024)
#define LARGE_GAP 5
#define MAX_ROWS 5

typedef struct
{
  const char *name;
  const char *begin;            /* bytes after the gap, up to the payload of the large frame */
  gsize       n_begin;
  const char *end;              /* bytes after that payload */
  gsize       n_end;
  struct
  {
    WspFrameFlags flags;
    guint64       payload_length;
  } rows[MAX_ROWS];             /* expected records that have a header; 0 = no more */
} LargeRow;

#define HEADER_OF_3_MIB "\x82\x7f\0\0\0\0\0\x30\0\0"

static const LargeRow large_rows[] = {
  { "alone", HEADER_OF_3_MIB, 10, "", 0, { { WSP_FRAME_FLAGS_GUESSED, LARGE } } },
  { "behind-bytes-of-a-payload", "rest \xff" HEADER_OF_3_MIB, 16, "\x81\1a", 3,
    { { WSP_FRAME_FLAGS_GUESSED, LARGE }, { WSP_FRAME_FLAGS_GUESSED, 1 } } },
  { "behind-a-small-frame", "\x81\1a" HEADER_OF_3_MIB, 13, "\x81\2bc\x81\1d", 7,
    { { WSP_FRAME_FLAGS_GUESSED, 1 }, { WSP_FRAME_FLAGS_GUESSED, LARGE },
      { WSP_FRAME_FLAGS_GUESSED, 2 }, { 0, 1 } } },
  { "before-frames-that-agree", HEADER_OF_3_MIB, 10, "\x81\1a\x81\2bc\x81\3def", 12,
    { { WSP_FRAME_FLAGS_GUESSED, LARGE }, { WSP_FRAME_FLAGS_GUESSED, 1 },
      { WSP_FRAME_FLAGS_GUESSED, 2 }, { 0, 3 } } },
  { "that-the-next-header-refutes", HEADER_OF_3_MIB, 10, "\xff\xff\x81\1a\x81\2bc\x81\3def", 14,
    { { WSP_FRAME_FLAGS_GUESSED, LARGE }, { WSP_FRAME_FLAGS_GUESSED, 1 },
      { WSP_FRAME_FLAGS_GUESSED, 2 }, { WSP_FRAME_FLAGS_GUESSED, 3 } } },
  { "that-is-cut", "\x82\x7f\0\0\0\0\0\x40\0\0", 10, "", 0,
    { { WSP_FRAME_FLAGS_GUESSED | WSP_FRAME_FLAGS_CUT, 4 * 1024 * 1024 } } },
  { "that-no-peer-sends", "\x82\x7f\0\0\0\3\3\3\3\3", 10, "\x81\1a\x81\2bc\x81\3def", 12,
    { { WSP_FRAME_FLAGS_GUESSED, 1 }, { WSP_FRAME_FLAGS_GUESSED, 2 },
      { WSP_FRAME_FLAGS_GUESSED, 3 } } },
};

static guint
check_large_records (WspDissector   *dissector,
                     const LargeRow *row,
                     guint           n_seen,
                     guint64        *n_bytes)
{
  guint n;
  const WspFrameRecord *records = wsp_dissector_take_records (dissector, &n);

  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (records[i].offset, ==, LARGE_GAP + *n_bytes);
      *n_bytes += records[i].header_length + records[i].payload_length - records[i].n_missing;
      if (records[i].flags & WSP_FRAME_FLAGS_BYTES)
        continue;

      g_assert_cmpuint (n_seen, <, MAX_ROWS);
      g_assert_cmpuint (records[i].payload_length, ==, row->rows[n_seen].payload_length);
      g_assert_cmphex (records[i].flags, ==, row->rows[n_seen].flags);
      n_seen++;
    }
  return n_seen;
}

static GBytes *
make_large (const LargeRow *row)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree guint8 *payload = g_malloc (LARGE);

  /* No three headers in a row are plausible in it. */
  memset (payload, 0xff, LARGE);
  g_byte_array_append (bytes, (const guint8 *) row->begin, row->n_begin);
  g_byte_array_append (bytes, payload, LARGE);
  g_byte_array_append (bytes, (const guint8 *) row->end, row->n_end);
  return g_byte_array_free_to_bytes (bytes);
}

static void
test_large (gconstpointer data)
{
  static const gsize sizes[] = { 1000, 65536, 1024 * 1024, G_MAXSIZE };
  const LargeRow *row = data;
  g_autoptr (GBytes) wire = make_large (row);
  gsize length = g_bytes_get_size (wire);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (WspDissector) dissector =
        wsp_dissector_new (WSP_ROLE_CLIENT, "");
      guint64 n_bytes = 0;
      guint n_seen = 0;

      wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, LARGE_GAP, 0);
      for (gsize at = 0; at < length; at += MIN (sizes[i], length - at))
        {
          g_autoptr (GBytes) piece = g_bytes_new_from_bytes (wire, at, MIN (sizes[i], length - at));

          wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, piece, 0);
          n_seen = check_large_records (dissector, row, n_seen, &n_bytes);
        }
      wsp_dissector_end (dissector, WSP_DIRECTION_RECEIVED, 0);
      n_seen = check_large_records (dissector, row, n_seen, &n_bytes);
      g_assert_true (n_seen == MAX_ROWS || row->rows[n_seen].payload_length == 0);
      g_assert_cmpuint (n_bytes, ==, length);
    }
}

/* A gigabyte in one frame: what is kept of it does not grow with it. */
static void
test_large_memory (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, "");
  g_autoptr (GBytes) header = g_bytes_new_static ("\x82\x7f\0\0\0\0\x40\0\0\0", 10);
  g_autofree guint8 *data = g_malloc0 (1024 * 1024);
  g_autoptr (GBytes) piece = g_bytes_new_static (data, 1024 * 1024);
  struct rusage before, after;
  guint n;

  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, G_MAXUINT64, 0);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, header, 0);
  getrusage (RUSAGE_SELF, &before);
  for (guint i = 0; i < 1024; i++)
    {
      wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, piece, 0);
      wsp_dissector_take_records (dissector, &n);
      g_assert_cmpuint (n, ==, i < 1023 ? 0 : 1);
    }
  getrusage (RUSAGE_SELF, &after);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 128 * 1024);
}

/* When the byte at a place was pushed: pieces may come in another order than they were captured. */
static gint64
get_byte_time (gsize place,
               gsize piece)
{
  return 1000 + (gint64) (place / piece ^ 5);
}

static void
check_record_time (const WspFrameRecord *record,
                   gsize                 piece)
{
  const gsize length = record->header_length + record->payload_length - record->n_missing;
  gint64 latest = 0;

  for (gsize i = 0; i < length; i++)
    latest = MAX (latest, get_byte_time (record->offset + i, piece));
  g_assert_cmpint (record->time_us, ==, latest);
}

static guint
check_times (WspDissector *dissector,
             gsize         piece)
{
  guint n_records;
  const WspFrameRecord *records = wsp_dissector_take_records (dissector, &n_records);

  for (guint i = 0; i < n_records; i++)
    check_record_time (&records[i], piece);
  return n_records;
}

/* A record has the latest time of its bytes, also if it was found long after they were received. */
static void
test_times (gconstpointer data)
{
  const guint32 key = GPOINTER_TO_UINT (data);
  const Stream stream = make_stream (key);

  for (gsize piece = 1; piece < 40; piece++)
    for (gsize gap = 0; gap < stream.bytes->len; gap += piece)
      {
        g_autoptr (WspDissector) dissector =
          wsp_dissector_new (WSP_ROLE_CLIENT, "");
        const WspDirection direction = key != 0 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
        guint n_records = 0;

        for (gsize at = 0; at < stream.bytes->len; at += piece)
          {
            const gsize length = MIN (piece, stream.bytes->len - at);
            g_autoptr (GBytes) bytes = g_bytes_new (stream.bytes->data + at, length);

            if (at == gap)
              wsp_dissector_skip (dissector, direction, length, 9999);
            else
              wsp_dissector_push (dissector, direction, bytes, get_byte_time (at, piece));
            n_records += check_times (dissector, piece);
          }
        wsp_dissector_end (dissector, direction, 9999);
        n_records += check_times (dissector, piece);
        g_assert_cmpuint (n_records, >, 0);
      }
  g_byte_array_unref (stream.bytes);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/observe/dissector-search/gap/at-every-byte-of-a-server",
                        GUINT_TO_POINTER (0), test_gaps);
  g_test_add_data_func ("/observe/dissector-search/gap/at-every-byte-of-a-client",
                        GUINT_TO_POINTER (0x37fa213d), test_gaps);
  g_test_add_data_func ("/observe/dissector-search/end/at-every-byte-of-a-server",
                        GUINT_TO_POINTER (0), test_ends);
  g_test_add_data_func ("/observe/dissector-search/end/at-every-byte-of-a-client",
                        GUINT_TO_POINTER (0x37fa213d), test_ends);
  g_test_add_data_func ("/observe/dissector-search/time/is-that-of-the-bytes-of-a-server",
                        GUINT_TO_POINTER (0), test_times);
  g_test_add_data_func ("/observe/dissector-search/time/is-that-of-the-bytes-of-a-client",
                        GUINT_TO_POINTER (0x37fa213d), test_times);
  g_test_add_func ("/observe/dissector-search/guessed/until-three-frames-agree", test_guessed);
  g_test_add_func ("/observe/dissector-search/guessed/with-the-third-header", test_third_payload);
  ADD_ROWS ("/observe/dissector-search/expected", expected, test_expected);
  g_test_add_func ("/observe/dissector-search/expected/behind-bytes-that-wait",
                   test_expected_behind_bytes);
  ADD_ROWS ("/observe/dissector-search/after-a-gap", after_gap, test_after_gap);
  g_test_add_func ("/observe/dissector-search/gap/rest-of-a-payload-has-its-own-key", test_rest);
  ADD_EACH_ROW ("/observe/dissector-search/large-frame/%s", large_rows, test_large);
  g_test_add_func ("/observe/dissector-search/large-frame/memory-does-not-grow-with-it",
                   test_large_memory);
  ADD_ROWS ("/observe/dissector-search/linear", noises, test_linear);

  return g_test_run ();
}
