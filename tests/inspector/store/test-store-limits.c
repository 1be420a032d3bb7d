/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/memory/wsi-arena.h"

#include "inspector/full-disk.h"
#include "inspector/opened.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define SEGMENT_LENGTH 16384
#define MEBIBYTE (1024 * 1024)
#define HEAD_LENGTH (64 * 1024)
#define N_OPENED 4096           /* conversations, of which one in sixteen has room for its head */

/* Heads are facts, which are bounded too: the oldest conversations go, with their records. */
static void
test_facts (void)
{
  g_auto (StoreScene) scene = { 0 };
  const WsiOpening opening = { .role = WSP_ROLE_SERVER };
  const guint length = 64 * 1024;
  g_autofree char *head = g_strnfill (length, 'h');
  g_autoptr (WsiConversation) first = NULL;
  guint n_kept = 0;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  for (guint i = 0; i < 4000; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (head, length);

      g_clear_object (&scene.conversation);
      scene.conversation = opened_conversation (scene.store, &opening, i);
      wsi_conversation_set_request (scene.conversation, bytes);
      if (i % 2 == 0)
        store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
      wsi_conversation_release (scene.conversation);
    }

  for (guint i = 1; i <= 4001; i++)
    {
      g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (scene.store, i);

      n_kept += conversation != NULL;
    }
  g_assert_cmpuint (n_kept, <, MAX_FACTS / length + 2 * 256);
  g_assert_cmpuint (n_kept, >, 256);

  /* Its first records are gone, the rest have their facts. */
  for (guint64 i = wsi_store_get_first (scene.store); i < wsi_store_get_end (scene.store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene.store, i);
      g_autoptr (WsiConversation) conversation =
        wsi_store_dup_conversation (scene.store, record->conversation);

      g_assert_nonnull (conversation);
    }
}

static guint
count_kept (WsiStore *store)
{
  guint32 n_kept;

  wsi_store_count_conversations (store, &n_kept);
  return n_kept;
}

/* Where heads are over their limit, one in sixteen goes, and not all that can. */
static void
test_few_go (void)
{
  const guint n_room = MAX_FACTS / HEAD_LENGTH;
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *head = g_strnfill (HEAD_LENGTH, 'h');
  guint least = G_MAXUINT;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i < 2 * n_room; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (head, HEAD_LENGTH);

      store_scene_open (&scene);
      wsi_conversation_set_request (scene.conversation, bytes);
      store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
      wsi_conversation_release (scene.conversation);
      if (i > n_room)
        least = MIN (least, count_kept (scene.store));
    }
  g_assert_cmpuint (least, >, n_room / 2);
}

/* Large heads go also where few connections are new among many. */
static void
test_large_among_many (void)
{
  const guint n_room = MAX_FACTS / HEAD_LENGTH, n_small = 24 * n_room;
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *head = g_strnfill (HEAD_LENGTH, 'h');

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i < n_small; i++)
    store_scene_open (&scene);
  for (guint i = 0; i < 2 * n_room; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (head, HEAD_LENGTH);

      store_scene_open (&scene);
      wsi_conversation_set_request (scene.conversation, bytes);
      wsi_conversation_release (scene.conversation);
    }
  g_assert_cmpuint (count_kept (scene.store), <, n_small + n_room + 2 * 256);
}

/* Connections that are released after their rows have gone go when others open, however small they
 * are. */
static void
test_small_go (void)
{
  g_auto (StoreScene) scene = { 0 };

  g_autoptr (GPtrArray) opened = g_ptr_array_new_with_free_func (g_object_unref);

  store_scene_init (&scene, SEGMENT_LENGTH);
  for (guint i = 0; i < N_OPENED; i++)
    {
      store_scene_open (&scene);
      store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
      g_ptr_array_add (opened, g_object_ref (scene.conversation));
    }
  store_scene_append_many (&scene, 3 * SEGMENT_LENGTH);
  g_assert_cmpuint (count_kept (scene.store), ==, N_OPENED + 1);
  for (guint i = 0; i < opened->len; i++)
    wsi_conversation_release (opened->pdata[i]);
  for (guint i = 0; i < N_OPENED / 2; i++)
    store_scene_open (&scene);
  g_assert_cmpuint (count_kept (scene.store), <, N_OPENED);
}

static void
append_head (StoreScene *scene)
{
  g_autofree char *head = g_strnfill (HEAD_LENGTH, 'h');
  g_autoptr (GBytes) bytes = g_bytes_new (head, HEAD_LENGTH);

  store_scene_open (scene);
  wsi_conversation_set_request (scene->conversation, bytes);
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1, "");
}

/* Heads of connections that go on are not released by removing rows, so no row goes for them. */
static void
test_open_heads (void)
{
  g_auto (StoreScene) scene = { 0 };

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i < N_OPENED; i++)
    append_head (&scene);

  g_assert_cmpuint (wsi_store_get_first (scene.store), ==, 0);
}

/* Those that are released go first, and no row after theirs. */
static void
test_only_what_releases (void)
{
  g_auto (StoreScene) scene = { 0 };

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i < N_OPENED; i++)
    {
      append_head (&scene);
      if (i < 10)
        wsi_conversation_release (scene.conversation);
    }

  g_assert_cmpuint (wsi_store_get_first (scene.store), ==, 10);
}

/* A row that is removed for the sake of heads does not name the limit of rows. */
static void
test_row_of_heads (void)
{
  g_auto (StoreScene) scene = { 0 };
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  limits.max_facts = MAX_FACTS;
  limits.max_file = 0;
  store_scene_init_with_limits (&scene, &limits);
  for (guint i = 0; i < N_OPENED; i++)
    {
      append_head (&scene);
      wsi_conversation_release (scene.conversation);
    }
  wsi_store_announce (scene.store);

  g_assert_cmpuint (wsi_store_get_first (scene.store), >, 0);
  g_assert_cmpuint (store_scene_count_text (&scene, "oldest rows were removed"), ==, 1);
  g_assert_cmpuint (store_scene_count_text (&scene, "limit 64 MiB of heads"), ==, 1);
}

static double
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static double
measure_message (StoreScene *scene,
                 guint32     message)
{
  double begin = get_cpu_time ();

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GBytes) bytes = wsi_store_dup_message (scene->store, message, G_MAXSIZE);

      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "one two", 7);
    }
  return get_cpu_time () - begin;
}

/* A message costs its fragments, not the rows between them. */
static void
test_spread_message (void)
{
  g_auto (StoreScene) scene = { 0 };
  guint64 first;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "one ");
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "two");
  first = store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "one ");
  store_scene_append_many (&scene, 20 * SEGMENT_LENGTH);
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "two");

  double near = measure_message (&scene, store_scene_get_message (&scene, 0));
  double far = measure_message (&scene, store_scene_get_message (&scene, first));

  g_test_message ("near %.6f s, far %.6f s", near, far);
  g_assert_cmpfloat (far, <, 50 * near);
}

/* However many fragments, each once and in order, also after the first ones were removed. */
static void
test_many_fragments (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  guint64 first;

  store_scene_init (&scene, 2 * SEGMENT_LENGTH);
  first = store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "0");
  for (guint i = 1; i < 1000; i++)
    {
      char text[2] = { '0' + i % 10, '\0' };

      store_scene_append_many (&scene, 1);
      store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 0, text);
    }

  guint32 message = store_scene_get_message (&scene, first);

  bytes = wsi_store_dup_message (scene.store, message, G_MAXSIZE);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 1000);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (((const char *) g_bytes_get_data (bytes, NULL))[i], ==, '0' + i % 10);

  store_scene_append_many (&scene, 3 * SEGMENT_LENGTH);
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "x");
  g_assert_null (wsi_store_dup_message (scene.store, message, G_MAXSIZE));
}

static const struct
{
  const char *name;
  const char *second;           /* second fragment of three */
  guint       flags, n_missing; /* flags of the second fragment; number of its bytes that are
                                 * missing */
  const char *joined;
  gboolean    is_cut;
} messages[] = {
  { "whole", "two ", 0, 0, "one two three", FALSE },
  { "longer-than-a-payload-may-be", "two and a half", 0, 0, "one two an", TRUE },
  { "with-a-gap", "tw", WSP_FRAME_FLAGS_GAP, 2, "one tw", TRUE },
  { "with-a-fragment-that-is-cut", "t", WSP_FRAME_FLAGS_CUT, 3, "one t", TRUE },
};

/* Bytes after missing ones are not joined to those before, and the message says so. */
static void
test_cut_message (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, CONTINUATION, 0,
                                                 messages[row].second);
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) messages[row].second,
    .n_payload = strlen (messages[row].second),
  };
  g_autoptr (GBytes) bytes = NULL;
  WsiMessageInfo info;

  limits.max_stored = 6;
  store_scene_init_with_limits (&scene, &limits);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "one ");
  frame.flags = messages[row].flags;
  frame.n_missing = messages[row].n_missing;
  frame.payload_length += frame.n_missing;
  wsi_store_append (scene.store, scene.conversation, &kept);
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "three");

  g_assert_true (wsi_store_get_message (scene.store, store_scene_get_message (&scene, 0), &info));
  bytes = wsi_store_dup_message (scene.store, info.message, G_MAXSIZE);
  g_assert_cmpint (info.is_cut, ==, messages[row].is_cut);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), messages[row].joined,
                   strlen (messages[row].joined));
}

/* Inflated bytes may be longer than a payload may be, though the wire's bytes are not. */
static void
test_cut_inflated (void)
{
  g_auto (StoreScene) scene = { 0 };
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "wire");
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) "wire",
    .n_payload = 4,
    .inflated = (const guint8 *) "inflated",
    .n_inflated = 8,
  };

  limits.max_stored = 6;
  store_scene_init_with_limits (&scene, &limits);
  frame.flags = WSP_FRAME_FLAGS_COMPRESSED;
  frame.inflated_length = 8;
  wsi_store_append (scene.store, scene.conversation, &kept);

  store_scene_assert_payload (&scene, 0, WSI_VIEW_INFLATED, "inflat", 6);
  g_assert_true ((wsi_store_get_record (scene.store, 0)->flags & WSI_RECORD_TRUNCATED) != 0);
}

/* As many as a frame can break: all 32 bits of a record of the dissector, and one without a bit. */
static void
test_all_faults (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "");
  guint faults[WSI_MAX_FAULTS], found[WSI_MAX_FAULTS];
  const WsiFrame kept = { .frame = &frame, .faults = faults, .n_faults = WSI_MAX_FAULTS };

  for (guint i = 0; i < WSI_MAX_FAULTS; i++)
    faults[i] = i + 1;
  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  frame.fault = 1;
  wsi_store_append (scene.store, scene.conversation, &kept);

  g_assert_cmpuint (WSI_MAX_FAULTS, >, 8 * sizeof frame.faults);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, 0, found, WSI_MAX_FAULTS), ==,
                    WSI_MAX_FAULTS);
  g_assert_cmpmem (found, sizeof found, faults, sizeof faults);
}

/* There is room for so many combinations; of a later one the first fault is kept. */
static void
test_many_fault_sets (void)
{
  const guint n = 64;
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "");
  guint faults[2], found[2];
  const WsiFrame kept = { .frame = &frame, .faults = faults, .n_faults = 2 };

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i <= n * n; i++)
    {
      faults[0] = frame.fault = i / n + 1;
      faults[1] = i % n + 100;
      wsi_store_append (scene.store, scene.conversation, &kept);
    }

  g_assert_cmpuint (wsi_store_get_faults (scene.store, n * n - 1, found, 2), ==, 2);
  g_assert_cmpuint (found[0], ==, n);
  g_assert_cmpuint (found[1], ==, n - 1 + 100);
  g_assert_cmpuint (wsi_store_get_faults (scene.store, n * n, found, 2), ==, 1);
  g_assert_cmpuint (found[0], ==, n + 1);
}

/* One payload; each begins a block. */
static guint64
add_mebibytes (WsiArena *arena,
               guint     n)
{
  guint64 position = 0;

  g_assert_nonnull (wsi_arena_add (arena, n * MEBIBYTE, &position));
  return position;
}

static gboolean
is_kept (WsiArena *arena,
         guint64   position)
{
  guint8 byte;

  return wsi_arena_read (arena, position, &byte, 1);
}

/* Memory has the last one of six, and the file four. */
static void
test_oldest_goes (void)
{
  WsiReaders readers = { 0 };
  g_autoptr (WsiArena) arena = wsi_arena_new (&readers, MEBIBYTE, 4 * MEBIBYTE, NULL);
  guint64 positions[6];

  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    positions[i] = add_mebibytes (arena, 1);
  g_assert_false (is_kept (arena, positions[0]));
  for (guint i = 1; i < G_N_ELEMENTS (positions); i++)
    g_assert_true (is_kept (arena, positions[i]));
}

/* Bytes that a reader may still see are not written over, so nothing else of the file goes
 * meanwhile. */
static void
test_reader (void)
{
  WsiReaders readers = { 0 };
  g_autoptr (WsiArena) arena = wsi_arena_new (&readers, MEBIBYTE, 4 * MEBIBYTE, NULL);
  guint reading = wsi_readers_begin (&readers);
  guint64 positions[8];

  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    positions[i] = add_mebibytes (arena, 1);
  for (guint i = 1; i < 4; i++)
    g_assert_true (is_kept (arena, positions[i]));
  wsi_readers_end (&readers, reading);
}

/* It takes the whole file. */
static void
test_large_spills (void)
{
  WsiReaders readers = { 0 };
  g_autoptr (WsiArena) arena = wsi_arena_new (&readers, MEBIBYTE, 4 * MEBIBYTE, NULL);
  guint64 first = add_mebibytes (arena, 1), large = add_mebibytes (arena, 4);

  add_mebibytes (arena, 1);
  g_assert_false (is_kept (arena, first));
  g_assert_true (is_kept (arena, large));
}

/* The file keeps what it has. */
static void
test_larger_than_file (void)
{
  WsiReaders readers = { 0 };
  g_autoptr (WsiArena) arena = wsi_arena_new (&readers, MEBIBYTE, 4 * MEBIBYTE, NULL);
  guint64 first = add_mebibytes (arena, 1), large = add_mebibytes (arena, 5);

  add_mebibytes (arena, 1);
  g_assert_true (is_kept (arena, first));
  g_assert_false (is_kept (arena, large));
}

/* Only of a file that is wanted, and not of what failed before. */
static void
test_file_error (void)
{
  WsiReaders readers = { 0 };
  g_autoptr (WsiArena) without = NULL, with = NULL, wrong = NULL;

  errno = EIO;
  without = wsi_arena_new (&readers, MEBIBYTE, 0, NULL);
  errno = EIO;
  with = wsi_arena_new (&readers, MEBIBYTE, MEBIBYTE, NULL);
  wrong = wsi_arena_new (&readers, MEBIBYTE, MEBIBYTE, "/no/folder");
  g_assert_cmpint (wsi_arena_get_error (without), ==, 0);
  g_assert_cmpint (wsi_arena_get_error (with), ==, 0);
  g_assert_cmpint (wsi_arena_get_error (wrong), ==, ENOENT);
}

/* Payloads in the file make room for newer ones, also when no more can be written to it. */
static void
test_full_disk (void)
{
  WsiReaders readers = { 0 };
  g_autoptr (WsiArena) arena = wsi_arena_new (&readers, MEBIBYTE, 4 * MEBIBYTE, NULL);
  guint64 positions[600];       /* more than the arena has places for */
  guint n_kept = 0;

  limit_files (2 * MEBIBYTE);
  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    n_kept += wsi_arena_add (arena, MEBIBYTE, &positions[i]) != NULL;
  limit_files (RLIM_INFINITY);

  g_assert_cmpuint (n_kept, ==, G_N_ELEMENTS (positions));
  add_mebibytes (arena, 1);
  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    g_assert_false (is_kept (arena, positions[i]));
}

static double
get_thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static double
open_some (WsiStore *store,
           guint     n)
{
  const WsiOpening opening = { .role = WSP_ROLE_SERVER };
  double begin_s = get_thread_time ();

  for (guint i = 0; i < n; i++)
    g_object_unref (opened_conversation (store, &opening, 1));
  return get_thread_time () - begin_s;
}

/* In turns; the least of each, as other programs only add to it. */
static void
test_cost_of_opening (void)
{
  g_autoptr (WsiStore) many = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  double least_few = G_MAXDOUBLE, least_many = G_MAXDOUBLE;

  open_some (many, 50000);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (WsiStore) few = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);

      least_few = MIN (least_few, open_some (few, 1024));
      least_many = MIN (least_many, open_some (many, 1024));
    }
  g_test_message ("ratio %.2f", least_many / least_few);
  g_assert_cmpfloat (least_many / least_few, <, 8);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/store/conversations/large-heads-are-bounded", test_facts);
  g_test_add_func ("/inspector/store/conversations/cost-of-one-does-not-follow-their-number",
                   test_cost_of_opening);
  g_test_add_func ("/inspector/store/conversations/few-go-at-once", test_few_go);
  g_test_add_func ("/inspector/store/conversations/large-ones-go-among-many-small",
                   test_large_among_many);
  g_test_add_func ("/inspector/store/conversations/small-ones-go-after-their-rows", test_small_go);
  g_test_add_func ("/inspector/store/conversations/rows-do-not-go-for-open-ones",
                   test_open_heads);
  g_test_add_func ("/inspector/store/conversations/only-rows-that-release-heads-go",
                   test_only_what_releases);
  g_test_add_func ("/inspector/store/conversations/the-limit-of-heads-is-named", test_row_of_heads);
  g_test_add_func ("/inspector/store/messages/cost-their-fragments", test_spread_message);
  g_test_add_func ("/inspector/store/messages/may-have-many-fragments", test_many_fragments);
  ADD_ROWS ("/inspector/store/messages/joined", messages, test_cut_message);
  g_test_add_func ("/inspector/store/views/cut-after-inflating-is-marked", test_cut_inflated);
  g_test_add_func ("/inspector/store/faults/as-many-as-a-frame-can-break", test_all_faults);
  g_test_add_func ("/inspector/store/faults/combinations-are-bounded", test_many_fault_sets);
  g_test_add_func ("/inspector/arena/oldest-in-the-file-goes", test_oldest_goes);
  g_test_add_func ("/inspector/arena/reader-keeps-the-rest-of-the-file", test_reader);
  g_test_add_func ("/inspector/arena/payload-as-large-as-the-file", test_large_spills);
  g_test_add_func ("/inspector/arena/payload-larger-than-the-file", test_larger_than_file);
  g_test_add_func ("/inspector/arena/error-is-of-its-file", test_file_error);
  g_test_add_func ("/inspector/arena/goes-on-after-the-disk-was-full", test_full_disk);

  return g_test_run ();
}
