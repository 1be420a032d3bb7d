/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A store that several threads use.  One thread appends, others read: nothing they see is torn,
 * freed or of another record, whatever is evicted, written to disk and dropped meanwhile. */
#include "inspect/store/wsi-store.h"
#include "inspector/opened.h"

#include <stdatomic.h>
#include <string.h>

#define MEBIBYTE (1024 * 1024)
#define N_FRAMES 120000
#define N_READERS 3
#define MAX_LENGTH 600
#define LARGE_LENGTH (3 * MEBIBYTE / 2)
#define LARGE_INTERVAL 20011

typedef struct
{
  WsiStore   *store;
  atomic_bool is_ended;
  atomic_uint n_seen, n_gone, n_dropped;        /* number of records that were seen and that are
                                                 * gone; number of dropped payloads */
} Scene;

/* Its length and bytes follow from the number of a record. */
static gsize
get_length (guint64 number)
{
  return number % LARGE_INTERVAL == LARGE_INTERVAL - 1 ? LARGE_LENGTH : number * 7 % MAX_LENGTH;
}

static void
fill (guint8 *bytes,
      guint64 number,
      gsize   length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = number * 31 + i * 17;
}

static gboolean
is_filled (const guint8 *bytes,
           guint64       number,
           gsize         length)
{
  for (gsize i = 0; i < length; i++)
    if (bytes[i] != (guint8) (number * 31 + i * 17))
      return FALSE;

  return TRUE;
}

static void
append (WsiStore        *store,
        WsiConversation *conversation,
        guint8          *bytes,
        guint64          number)
{
  const WspFrameRecord frame = {
    .time_us = number,
    .offset = number,
    .payload_length = get_length (number),
    .inflated_length = get_length (number),
    .header_length = 2,
    .fin = number % 5 != 0,
    .opcode = number % 5 == 1 ? 0 : 2,
  };
  const WsiFrame kept = { .frame = &frame, .payload = bytes, .n_payload = frame.payload_length };

  fill (bytes, number, frame.payload_length);
  wsi_store_append (store, conversation, &kept);
}

static gpointer
write_all (gpointer data)
{
  Scene *scene = data;
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autofree guint8 *bytes = g_malloc (LARGE_LENGTH);

  for (guint64 number = 0; number < N_FRAMES;)
    {
      g_autoptr (WsiConversation) conversation =
        opened_conversation (scene->store, &opening, number);

      for (guint i = 0; i < 1000 && number < N_FRAMES; i++)
        append (scene->store, conversation, bytes, number++);
      wsi_conversation_release (conversation);
      wsi_store_announce (scene->store);
    }
  atomic_store (&scene->is_ended, TRUE);
  return NULL;
}

static void
check_payload (Scene           *scene,
               const WsiRecord *record,
               guint64          number)
{
  gsize length = 0;
  const guint8 *bytes = wsi_store_peek_payload (scene->store, record, WSI_VIEW_INFLATED, &length);
  g_autoptr (GBytes) copy = NULL;

  if (bytes == NULL)
    {
      copy = wsi_store_dup_payload (scene->store, number, WSI_VIEW_INFLATED, G_MAXSIZE);
      bytes = copy != NULL ? g_bytes_get_data (copy, &length) : NULL;
    }
  if (bytes == NULL && (copy == NULL || length > 0))
    {
      atomic_fetch_add (&scene->n_dropped, 1);
      return;
    }

  g_assert_cmpuint (length, ==, get_length (number));
  g_assert_true (is_filled (bytes, number, length));
}

static void
check_record (Scene  *scene,
              guint64 number)
{
  const WsiRecord *record = wsi_store_get_record (scene->store, number);
  g_autoptr (WsiConversation) conversation = NULL;
  WsiMessageInfo message;

  if (record == NULL)
    {
      atomic_fetch_add (&scene->n_gone, 1);
      return;
    }

  atomic_fetch_add (&scene->n_seen, 1);
  g_assert_cmpuint (record->offset, ==, number);
  g_assert_cmpuint (record->conversation, ==, number / 1000 + 1);
  check_payload (scene, record, number);

  conversation = wsi_store_dup_conversation (scene->store, record->conversation);
  g_assert_true (conversation != NULL || number < wsi_store_get_first (scene->store));
  if (number % 5 < 2 && wsi_store_get_message (scene->store, record->message, &message))
    g_assert_cmpuint (message.first, ==, number - number % 5);
}

static gpointer
read_all (gpointer data)
{
  Scene *scene = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  while (!atomic_load (&scene->is_ended))
    {
      guint reading = wsi_store_begin_reading (scene->store);
      guint64 first = wsi_store_get_first (scene->store);
      guint64 end = wsi_store_get_end (scene->store);

      g_assert_cmpuint (first, <=, end);
      for (guint i = 0; i < 100 && first < end; i++)
        check_record (scene, first + g_rand_int_range (random, 0, end - first));
      wsi_store_end_reading (scene->store, reading);
    }
  return NULL;
}

static void
run (WsiStoreLimits *limits)
{
  Scene scene = { .store = wsi_store_new_with_limits (limits) };
  GThread *writer = g_thread_new ("writer", write_all, &scene);
  GThread *readers[N_READERS];
  guint64 n_incomplete;

  for (guint i = 0; i < N_READERS; i++)
    readers[i] = g_thread_new ("reader", read_all, &scene);
  g_thread_join (writer);
  for (guint i = 0; i < N_READERS; i++)
    g_thread_join (readers[i]);

  g_test_message ("%u records seen, %u gone, %u payloads dropped", scene.n_seen, scene.n_gone,
                  scene.n_dropped);
  n_incomplete = wsi_store_get_losses (scene.store).n_incomplete;
  g_assert_cmpuint (wsi_store_get_end (scene.store) + n_incomplete, >=, N_FRAMES);
  g_object_unref (scene.store);
}

static void
test_evicting (void)
{
  WsiStoreLimits limits = { .max_records = 40000, .max_memory = 4 * MEBIBYTE,
                            .max_stored = 16 * MEBIBYTE };

  run (&limits);
}

static void
test_spilling (void)
{
  WsiStoreLimits limits = { .max_records = 60000, .max_memory = MEBIBYTE,
                            .max_file = 8 * MEBIBYTE, .max_stored = 16 * MEBIBYTE };

  run (&limits);
}

static void
assert_event (WsiStore   *store,
              guint64     number,
              WsiEvent    event,
              const char *sentence)
{
  const WsiRecord *record = wsi_store_get_record (store, number);
  g_autofree char *text = wsi_store_dup_event_text (store, number);

  g_assert_nonnull (record);
  g_assert_cmpuint (record->kind, ==, WSI_RECORD_KIND_EVENT);
  g_assert_cmpuint (record->event, ==, event);
  g_assert_nonnull (strstr (text, sentence));
  /* The clock is that of the records, which is not that of this machine. */
  g_assert_cmpint (record->time_us, ==, wsi_store_get_record (store, number - 1)->time_us);
}

/* The record it has seen does not change, and the writer goes on without a bound being passed. */
static void
test_reader_stays (void)
{
  const WsiStoreLimits limits = { .max_records = 20000, .max_memory = MEBIBYTE,
                                  .max_stored = 16 * MEBIBYTE,
                                  .event_rows = WSI_EVENT_ROWS_LOSSES };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
  g_autofree guint8 *bytes = g_malloc (LARGE_LENGTH);
  guint64 number = 0;
  gsize length;

  for (; number < 1000; number++)
    append (store, conversation, bytes, number);

  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, 5);
  const guint8 *payload = wsi_store_peek_payload (store, record, WSI_VIEW_UNMASKED, &length);

  for (; number < 2 * N_FRAMES; number++)
    {
      append (store, conversation, bytes, number);
      wsi_store_announce (store);
    }

  g_assert_cmpuint (wsi_store_get_losses (store).n_incomplete, >, 0);
  g_assert_cmpuint (wsi_store_get_losses (store).n_incomplete, <=, 2 * 2 * N_FRAMES);
  g_assert_cmpuint (wsi_store_get_end (store), <, N_FRAMES);
  g_assert_cmpuint (wsi_store_get_first (store), >, 5);
  g_assert_null (wsi_store_get_record (store, 5));
  g_assert_cmpuint (record->offset, ==, 5);
  g_assert_true (is_filled (payload, 5, length));
  wsi_store_end_reading (store, reading);

  guint64 end = wsi_store_get_end (store);

  append (store, conversation, bytes, number);
  wsi_store_announce (store);
  assert_event (store, end + 1, WSI_EVENT_DROPPED, "not kept");
  assert_event (store, end + 2, WSI_EVENT_EVICTED, "oldest rows were removed");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/store/threads/what-is-read-stays-while-evicted", test_evicting);
  g_test_add_func ("/inspector/store/threads/what-is-read-stays-while-it-is-written-to-disk",
                   test_spilling);
  g_test_add_func ("/inspector/store/threads/a-reader-that-stays-makes-new-frames-drop",
                   test_reader_stays);

  return g_test_run ();
}
