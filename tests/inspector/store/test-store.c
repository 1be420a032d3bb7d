/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-store.h"
#include "inspector/full-disk.h"
#include "inspector/opened.h"
#include "lib/rows.h"

#include <string.h>

#define SEGMENT_LENGTH 16384
#define MEBIBYTE (1024 * 1024)

static WsiConversation *
open_one (WsiStore *store)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  return opened_conversation (store, &opening, 1);
}

static void
append (WsiStore        *store,
        WsiConversation *conversation,
        GBytes          *payload)
{
  const WspFrameRecord frame = {
    .offset = wsi_store_get_end (store),
    .payload_length = payload != NULL ? g_bytes_get_size (payload) : 0,
    .inflated_length = payload != NULL ? g_bytes_get_size (payload) : 0,
    .header_length = 2,
    .fin = 1,
    .opcode = 2,
  };
  WsiFrame kept = { .frame = &frame };

  if (payload != NULL)
    kept.payload = g_bytes_get_data (payload, &kept.n_payload);
  if (payload != NULL && kept.payload == NULL)
    kept.payload = (const guint8 *) "";
  wsi_store_append (store, conversation, &kept);
}

static void
test_order (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  WsiConversation *conversations[5];

  for (guint i = 0; i < 5; i++)
    conversations[i] = open_one (store);
  for (guint i = 0; i < 3 * SEGMENT_LENGTH + 7; i++)
    append (store, conversations[i % 5], NULL);

  g_assert_cmpuint (wsi_store_get_first (store), ==, 0);
  g_assert_cmpuint (wsi_store_get_end (store), ==, 3 * SEGMENT_LENGTH + 7);
  for (guint i = 0; i < 3 * SEGMENT_LENGTH + 7; i++)
    {
      g_assert_cmpuint (wsi_store_get_record (store, i)->offset, ==, i);
      g_assert_cmpuint (wsi_store_get_record (store, i)->conversation, ==, i % 5 + 1);
    }
  g_assert_null (wsi_store_get_record (store, 3 * SEGMENT_LENGTH + 7));
  for (guint i = 0; i < 5; i++)
    g_object_unref (conversations[i]);
}

static void
test_payload (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  g_autoptr (WsiConversation) conversation = open_one (store);
  gsize lengths[] = { 0, 1, 125, MEBIBYTE - 130, 65536, 3 * MEBIBYTE, 2 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *bytes = g_strnfill (lengths[i], 'a' + i);
      g_autoptr (GBytes) payload = g_bytes_new (bytes, lengths[i]);

      append (store, conversation, payload);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *bytes = g_strnfill (lengths[i], 'a' + i);
      g_autoptr (GBytes) payload = wsi_store_dup_payload (store, i, WSI_VIEW_INFLATED, G_MAXSIZE);

      g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), bytes,
                       lengths[i]);
    }
}

static void
test_not_kept (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  g_autoptr (WsiConversation) conversation = open_one (store);

  append (store, conversation, NULL);
  g_assert_null (wsi_store_dup_payload (store, 0, WSI_VIEW_INFLATED, G_MAXSIZE));
  g_assert_null (wsi_store_dup_payload (store, 1, WSI_VIEW_INFLATED, G_MAXSIZE));
}

/* A line on the screen does not cost a copy of 16 MiB. */
static void
test_start (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  g_autoptr (WsiConversation) conversation = open_one (store);
  g_autoptr (GBytes) payload = g_bytes_new_static ("abcdef", 6);
  g_autoptr (GBytes) start = NULL;

  append (store, conversation, payload);
  start = wsi_store_dup_payload (store, 0, WSI_VIEW_INFLATED, 3);
  g_assert_cmpmem (g_bytes_get_data (start, NULL), g_bytes_get_size (start), "abc", 3);
}

/* Payloads go before records do, the oldest first. */
static void
test_payload_cap (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 4 * MEBIBYTE);
  g_autoptr (WsiConversation) conversation = open_one (store);
  g_autofree char *bytes = g_strnfill (MEBIBYTE, 'x');
  g_autoptr (GBytes) payload = g_bytes_new_static (bytes, MEBIBYTE);
  g_autoptr (GBytes) oldest = NULL;
  g_autoptr (GBytes) newest = NULL;

  for (guint i = 0; i < 16; i++)
    append (store, conversation, payload);

  oldest = wsi_store_dup_payload (store, 11, WSI_VIEW_INFLATED, G_MAXSIZE);
  newest = wsi_store_dup_payload (store, 15, WSI_VIEW_INFLATED, G_MAXSIZE);
  g_assert_null (oldest);
  g_assert_nonnull (newest);
  g_assert_nonnull (wsi_store_get_record (store, 0));
}

static const struct
{
  const char *name, *folder;
  guint64     max_file, largest_file;   /* limit of the file, and of the largest file, in bytes; 0:
                                         * only the store's own limit */
  guint       first_kept;               /* first payload that is kept, of 16 of a MiB, with room for
                                         * four in memory */
  const char *sentence;                 /* sentence in a row of an event; NULL = there is no such
                                         * row */
} files[] = {
  { "keeps-what-has-no-room-in-memory", NULL, 64 * MEBIBYTE, 0, 0, NULL },
  { "of-limited-size-drops-the-oldest", NULL, 4 * MEBIBYTE, 0, 8,
    "MiB on disk: raise it in Preferences" },
  { "that-cannot-be-opened-is-named", "/nonexistent", 64 * MEBIBYTE, 0, 12, "No such file" },
  { "on-a-full-disk-is-named", NULL, 64 * MEBIBYTE, 5 * MEBIBYTE / 2, 12, "(make room in /var/tmp)" },
};

static gboolean
has_event_text (WsiStore   *store,
                const char *sentence)
{
  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      g_autofree char *text = wsi_store_dup_event_text (store, i);

      if (text != NULL && strstr (text, sentence) != NULL)
        return TRUE;
    }

  return FALSE;
}

static void
test_file (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const WsiStoreLimits limits = {
    .max_records = WSI_DEFAULT_MAX_RECORDS,
    .max_memory = 4 * MEBIBYTE,
    .max_file = files[row].max_file,
    .max_stored = WSI_DEFAULT_MAX_STORED,
    .folder = files[row].folder,
    .event_rows = WSI_EVENT_ROWS_LOSSES,
  };
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiConversation) conversation = open_one (store);
  guint64 end;

  limit_files (files[row].largest_file > 0 ? files[row].largest_file : RLIM_INFINITY);
  for (guint i = 0; i < 16; i++)
    {
      g_autofree char *bytes = g_strnfill (MEBIBYTE, 'a' + i);
      g_autoptr (GBytes) payload = g_bytes_new_static (bytes, MEBIBYTE);

      append (store, conversation, payload);
    }
  limit_files (RLIM_INFINITY);

  for (guint i = 0; i < 16; i++)
    {
      g_autoptr (GBytes) payload = wsi_store_dup_payload (store, i, WSI_VIEW_INFLATED, G_MAXSIZE);
      g_autofree char *bytes = g_strnfill (MEBIBYTE, 'a' + i);

      g_test_message ("payload %u %s", i, payload != NULL ? "is kept" : "was dropped");
      if (payload != NULL)
        g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), bytes,
                         MEBIBYTE);
      if (files[row].largest_file == 0)
        g_assert_true ((payload != NULL) == (i >= files[row].first_kept));
      else
        g_assert_true (payload != NULL || i < files[row].first_kept);
    }

  wsi_store_announce (store);
  g_assert_true (files[row].sentence == NULL || has_event_text (store, files[row].sentence));
  g_assert_true (files[row].sentence != NULL || wsi_store_get_end (store) == 16);

  /* Each is said once. */
  end = wsi_store_get_end (store);
  wsi_store_announce (store);
  g_assert_cmpuint (wsi_store_get_end (store), ==, end);
}

static void
test_record_cap (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (2 * SEGMENT_LENGTH, WSI_DEFAULT_MAX_PAYLOAD);
  g_autoptr (WsiConversation) conversation = open_one (store);

  for (guint i = 0; i < 10 * SEGMENT_LENGTH; i++)
    append (store, conversation, NULL);

  guint64 first = wsi_store_get_first (store);

  g_assert_cmpuint (wsi_store_get_end (store), ==, 10 * SEGMENT_LENGTH);
  g_assert_cmpuint (10 * SEGMENT_LENGTH - first, <=, 2 * SEGMENT_LENGTH);
  g_assert_null (wsi_store_get_record (store, first - 1));
  g_assert_cmpuint (wsi_store_get_record (store, first)->offset, ==, first);
}

static void
count_batch (guint  *n_batches,
             guint64 first,
             guint64 n_records)
{
  *n_batches += 1;
  g_assert_cmpuint (n_records, ==, 1000);
}

static void
test_announce (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  g_autoptr (WsiConversation) conversation = open_one (store);
  guint n_batches = 0;

  g_signal_connect_swapped (store, "appended", G_CALLBACK (count_batch), &n_batches);
  for (guint i = 0; i < 2000; i++)
    {
      append (store, conversation, NULL);
      if (i % 1000 == 999)
        wsi_store_announce (store);
    }
  wsi_store_announce (store);

  g_assert_cmpuint (n_batches, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/store/append/records-keep-their-order", test_order);
  g_test_add_func ("/inspector/store/append/payloads-are-found-again", test_payload);
  g_test_add_func ("/inspector/store/append/a-payload-may-be-missing", test_not_kept);
  g_test_add_func ("/inspector/store/payload/its-start-is-enough-for-a-line", test_start);
  g_test_add_func ("/inspector/store/caps/oldest-payloads-go-first", test_payload_cap);
  ADD_ROWS ("/inspector/store/file", files, test_file);
  g_test_add_func ("/inspector/store/caps/oldest-records-go-many-at-once", test_record_cap);
  g_test_add_func ("/inspector/store/announce/one-signal-for-a-batch", test_announce);

  return g_test_run ();
}
