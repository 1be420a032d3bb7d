/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The dissector while there is little memory: what is missing is marked and counted, and nothing is
 * shown as what it is not.  The program is linked so that these functions replace those of libc in
 * the library, but not in GLib. */

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "lib/rows.h"
#include "observe/taken.h"

#define PATH "/observe/dissector-memory/"
#define HELLO_DEFLATED "\xf2\x48\xcd\xc9\xc9\x07\x00"
#define LONG_DEFLATED "\x4a\x4c\x1c\x1e\x00\x00"        /* 200 letters a */
#define NOTHING 0
#define NO_LIMIT G_MAXSIZE

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *at, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *at, size_t size);

static gsize max_at_once = NO_LIMIT;

void *
__wrap_malloc (size_t size)
{
  return size > max_at_once ? NULL : __real_malloc (size);
}

void *
__wrap_calloc (size_t n,
               size_t size)
{
  return n * size > max_at_once ? NULL : __real_calloc (n, size);
}

void *
__wrap_realloc (void  *at,
                size_t size)
{
  return size > max_at_once ? NULL : __real_realloc (at, size);
}

static WspDissector *
new_dissector (const char *extensions)
{
  return wsp_dissector_new (WSP_ROLE_CLIENT, extensions);
}

/* Pushes with so much memory at once. */
static void
push_at (WspDissector *dissector,
         const char   *data,
         gsize         length,
         gsize         memory,
         gint64        time_us)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  max_at_once = memory;
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, bytes, time_us);
  max_at_once = NO_LIMIT;
}

static void
push (WspDissector *dissector,
      const char   *data,
      gsize         length,
      gsize         memory)
{
  push_at (dissector, data, length, memory, 0);
}

/* Later records then need no memory. */
static void
make_room_for_records (WspDissector *dissector)
{
  push (dissector, "\x82\1a\x82\1b\x82\1c", 9, NO_LIMIT);
  take_records (dissector, 3);
}

static void
assert_payload (WspDissector         *dissector,
                const WspFrameRecord *record,
                WspPayloadView        view,
                const char           *expected)
{
  gsize length;
  const guint8 *at = wsp_dissector_peek_payload (dissector, record, view, &length);

  g_assert_cmpmem (at, length, expected, strlen (expected));
}

/* The bytes that come when there is memory again do not stand for those that were lost. */
static void
test_payload (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");

  push (dissector, "\x82\12abcd", 6, NO_LIMIT);
  push (dissector, "efg", 3, NOTHING);
  push (dissector, "hij\x82\1z", 6, NO_LIMIT);

  const WspFrameRecord *cut = take_records (dissector, 2);
  const WspFrameRecord *whole = &cut[1];

  g_assert_cmpuint (cut->payload_length, ==, 10);
  g_assert_cmpuint (cut->flags, ==, WSP_FRAME_FLAGS_TRUNCATED);
  assert_payload (dissector, cut, WSP_PAYLOAD_VIEW_WIRE, "");
  g_assert_cmpuint (whole->flags, ==, WSP_FRAME_FLAGS_NONE);
  assert_payload (dissector, whole, WSP_PAYLOAD_VIEW_WIRE, "z");
  g_assert_cmpuint (wsp_dissector_get_n_dropped (dissector), ==, 1);
}

/* The code of a Close whose payload was not kept is unknown, which is not the same as none. */
static void
test_close (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");

  make_room_for_records (dissector);
  push (dissector, "\x88\2\x03", 3, NO_LIMIT);
  push (dissector, "\xe8", 1, NOTHING);

  const WspFrameRecord *record = take_records (dissector, 1);

  g_assert_cmpuint (record->opcode, ==, 8);
  g_assert_cmpuint (record->flags, ==, WSP_FRAME_FLAGS_TRUNCATED);
  g_assert_cmpuint (record->close_code, ==, 0);
  g_assert_cmpuint (wsp_frame_record_get_n_faults (record), ==, 0);
}

static const struct
{
  const char *name, *bytes;
  gsize       length;
  gsize       memory;           /* largest allowed memory at one time */
  guint       flags;
} frames[] = {
#define FRAME(name, bytes, memory, flags) { name, bytes, sizeof (bytes) - 1, memory, flags }
  FRAME ("plain-needs-none", "\x82\1d", NOTHING, WSP_FRAME_FLAGS_NONE),
  FRAME ("nothing-to-inflate-with-is-no-fault", "\xc1\7" HELLO_DEFLATED, NOTHING,
         WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_TRUNCATED),
  FRAME ("inflated-that-is-not-kept-is-truncated", "\xc1\6" LONG_DEFLATED, 100,
         WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_TRUNCATED),
#undef FRAME
};

static void
test_frame (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspDissector) dissector = new_dissector ("permessage-deflate");

  make_room_for_records (dissector);
  if (frames[i].memory != NOTHING)      /* what inflates stays allocated */
    {
      push (dissector, "\xc1\7" HELLO_DEFLATED, 9, NO_LIMIT);
      take_records (dissector, 1);
    }
  push (dissector, frames[i].bytes, frames[i].length, frames[i].memory);

  const WspFrameRecord *record = take_records (dissector, 1);

  g_assert_cmpuint (record->flags, ==, frames[i].flags);
  g_assert_cmpuint (wsp_frame_record_get_n_faults (record), ==, 0);
}

/* The head that is not kept has ended: its reader does not wait for more. */
static void
test_head (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);

  push (dissector, "HTTP/1.1 101", 12, NOTHING);
  g_assert_true (wsp_dissector_has_response (dissector));
  g_assert_null (wsp_dissector_dup_response_head (dissector));
}

/* The search forgets what it cannot keep, and goes on at the right place. */
static void
test_search_bytes (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");
  char noise[200];

  memset (noise, 'a', sizeof noise);
  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, 1, 0);
  push (dissector, noise, sizeof noise, 100);
  g_assert_cmpuint (wsp_dissector_get_n_dropped (dissector), ==, 1);
  push (dissector, "\x82\1a\x82\1b\x82\1c", 9, NO_LIMIT);

  const WspFrameRecord *record = take_records (dissector, 3);

  g_assert_cmpuint (record->offset, ==, 1 + sizeof noise);
  g_assert_cmpuint (record->flags, ==, WSP_FRAME_FLAGS_GUESSED);
  assert_payload (dissector, record, WSP_PAYLOAD_VIEW_WIRE, "a");
}

/* The times of few bytes need more memory than the bytes. */
static void
test_search_times (void)
{
  g_autoptr (WspDissector) dissector = new_dissector ("");

  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, 1, 0);
  push (dissector, "\x82\x7e\x7f\xff", 4, NO_LIMIT);
  for (guint i = 1; i < 200; i++)
    push_at (dissector, "a", 1, 1000, i);
  g_assert_cmpuint (wsp_dissector_get_n_dropped (dissector), >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func (PATH "payload/cut-where-it-was-not-kept", test_payload);
  g_test_add_func (PATH "close/code-of-what-was-not-kept-is-unknown", test_close);
  ADD_ROWS (PATH "frame", frames, test_frame);
  g_test_add_func (PATH "head/ends-where-it-was-not-kept", test_head);
  g_test_add_func (PATH "search/bytes-that-were-not-kept-are-counted", test_search_bytes);
  g_test_add_func (PATH "search/times-that-were-not-kept-are-counted", test_search_times);

  return g_test_run ();
}
