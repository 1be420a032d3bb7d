/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of a message: which references keep it, and when it is reused. */
#include "connection/message/wsp-message-builder-private.h"
#include "connection/message/wsp-message-private.h"

typedef struct
{
  WspMessagePool *pool;
  guint8          lent[32];
  WspMessage     *message;
} Loan;

static void
set_up (Loan         *self,
        gconstpointer data)
{
  self->pool = wsp_message_pool_new ();
  memcpy (self->lent, "borrowed text", sizeof "borrowed text");
  self->message = wsp_message_new_borrowing (self->pool, WSP_MESSAGE_TYPE_TEXT, self->lent, 8);
}

/* The lender overwrites its memory. */
static void
end_loan (Loan *self)
{
  memset (self->lent, 'x', sizeof self->lent);
}

static void
tear_down (Loan         *self,
           gconstpointer data)
{
  wsp_message_unref (self->message);
  wsp_message_pool_free (self->pool);
}

static void
test_not_copied (Loan         *self,
                 gconstpointer data)
{
  gsize length;

  g_assert_true (wsp_message_peek (self->message, &length) == self->lent);
  g_assert_cmpuint (wsp_message_get_size (self->message), ==, 8);
  g_assert_true (wsp_message_is_borrowing (self->message));
  g_assert_true (wsp_message_end_borrowing (self->message));
}

static void
test_ref_keeps (Loan         *self,
                gconstpointer data)
{
  g_autoptr (WspMessage) kept = wsp_message_ref (self->message);

  g_assert_false (wsp_message_is_borrowing (kept));
  g_assert_false (wsp_message_end_borrowing (self->message));
  end_loan (self);
  g_assert_cmpstr (wsp_message_get_text (kept), ==, "borrowed");
  self->message = g_steal_pointer (&kept);
}

static void
test_bytes_keep (Loan         *self,
                 gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_ref (wsp_message_get_bytes (self->message));

  g_assert_true (wsp_message_get_bytes (self->message) == bytes);
  g_assert_true (wsp_message_end_borrowing (self->message));
  end_loan (self);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "borrowed", 8);
}

static void
test_text_ends (Loan         *self,
                gconstpointer data)
{
  const char *text = wsp_message_get_text (self->message);
  g_autoptr (WspMessage) kept = wsp_message_ref (self->message);

  g_assert_false (wsp_message_end_borrowing (self->message));
  end_loan (self);
  g_assert_cmpstr (text, ==, "borrowed");
  self->message = g_steal_pointer (&kept);
}

static void
test_borrow_again (Loan         *self,
                   gconstpointer data)
{
  wsp_message_unref (wsp_message_ref (self->message));
  g_assert_true (wsp_message_end_borrowing (self->message));
  wsp_message_borrow (self->message, WSP_MESSAGE_TYPE_BINARY, self->lent + 9, 4);
  g_assert_cmpint (wsp_message_get_message_type (self->message), ==, WSP_MESSAGE_TYPE_BINARY);
  g_assert_cmpmem (g_bytes_get_data (wsp_message_get_bytes (self->message), NULL),
                   g_bytes_get_size (wsp_message_get_bytes (self->message)), "text", 4);
}

/* A block has room for a server's frame header before its payload. */
static void
test_header (void)
{
  static const struct
  {
    gsize  length;
    guint8 header[10], header_length;
  } cases[] = {
    { 5, { 0x82, 5 }, 2 },
    { 126, { 0x82, 126, 0, 126 }, 4 },
    { 65536, { 0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0 }, 10 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *bytes = g_malloc0 (cases[i].length);
      g_autoptr (WspMessage) message = wsp_message_new_binary (bytes, cases[i].length);
      guint8 n = wsp_message_get_header_length (message);
      gsize length;
      const guint8 *data = wsp_message_peek (message, &length);

      g_assert_cmpmem (data - n, n, cases[i].header, cases[i].header_length);
    }
}

static void
test_no_header_for_given_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);

  g_assert_cmpuint (wsp_message_get_header_length (message), ==, 0);
}

static void
test_blocks_are_reused (void)
{
  WspMessagePool *pool = wsp_message_pool_new ();
  WspMessageBlock *block = wsp_message_block_new (pool, 5000);

  wsp_message_block_unref (block);
  g_assert_true (wsp_message_block_new (pool, 4000) == block);
  g_assert_null (wsp_message_block_new_spare (pool, 1));
  wsp_message_block_unref (block);
  g_assert_null (wsp_message_block_new_spare (pool, 5001));
  g_assert_null (wsp_message_block_new_spare (pool, 1000));
  wsp_message_pool_free (pool);
}

static void
test_pool_is_bounded (gconstpointer data)
{
  const gsize capacity = GPOINTER_TO_SIZE (data);
  WspMessagePool *pool = wsp_message_pool_new ();
  WspMessageBlock *blocks[100];
  guint n_spare = 0;

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    blocks[i] = wsp_message_block_new (pool, capacity);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    wsp_message_block_unref (blocks[i]);
  while ((blocks[n_spare] = wsp_message_block_new_spare (pool, capacity)))
    n_spare++;
  g_assert_cmpuint (n_spare, ==, MIN (32, 16 * 1024 * 1024 / capacity));
  while (n_spare > 0)
    wsp_message_block_unref (blocks[--n_spare]);

  g_assert_true (wsp_message_pool_trim (pool));
  g_assert_false (wsp_message_pool_trim (pool));
  wsp_message_pool_free (pool);
}

static gpointer
drop_message (gpointer message)
{
  wsp_message_unref (message);
  return NULL;
}

/* The pool may be freed before its blocks, and another thread may have the last reference of a
 * block. */
static void
test_block_outlives_pool (void)
{
  WspMessagePool *pool = wsp_message_pool_new ();
  WspMessageBlock *block = wsp_message_block_new (pool, 100);
  WspMessage *message = wsp_message_new_of_block (WSP_MESSAGE_TYPE_BINARY, block, 0);

  wsp_message_pool_free (pool);
  g_thread_join (g_thread_new (NULL, drop_message, message));
}

static void
test_room (void)
{
  WspMessageBuilder builder = { NULL, 0 };
  guint64 announced = 100000;
  guint8 *room;

  g_assert_true (wsp_message_builder_add (&builder, NULL, (const guint8 *) "x", 1, announced));
  while (announced > 0)
    {
      gsize length = wsp_message_builder_get_room (&builder, announced, &room);

      g_assert_cmpuint (length, >, 0);
      g_assert_cmpuint (length, <=, MAX (2 * builder.length, 4096));
      memset (room, 'y', length);
      wsp_message_builder_fill (&builder, length);
      announced -= length;
    }
  g_assert_cmpuint (builder.length, ==, 100001);
  wsp_message_unref (wsp_message_builder_end (&builder, WSP_MESSAGE_TYPE_BINARY));
}

typedef void (*LoanTest) (Loan         *self,
                          gconstpointer data);

static void
add_loan_test (const char *path,
               LoanTest    test)
{
  g_test_add (path, Loan, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_loan_test ("/connection/message/borrow/unused-is-not-copied", test_not_copied);
  add_loan_test ("/connection/message/borrow/a-reference-keeps-a-copy", test_ref_keeps);
  add_loan_test ("/connection/message/borrow/bytes-keep-a-copy", test_bytes_keep);
  add_loan_test ("/connection/message/borrow/text-lives-as-long-as-the-message", test_text_ends);
  add_loan_test ("/connection/message/borrow/memory-can-be-lent-again", test_borrow_again);
  g_test_add_func ("/connection/message/header/is-before-the-payload", test_header);
  g_test_add_func ("/connection/message/header/none-before-bytes-of-the-program",
                   test_no_header_for_given_bytes);
  g_test_add_func ("/connection/message-block/pool/blocks-are-reused", test_blocks_are_reused);
  g_test_add_data_func ("/connection/message-block/pool/bytes-are-bounded-and-trimmed",
                        GSIZE_TO_POINTER (1024 * 1024), test_pool_is_bounded);
  g_test_add_data_func ("/connection/message-block/pool/blocks-are-bounded-and-trimmed",
                        GSIZE_TO_POINTER (100), test_pool_is_bounded);
  g_test_add_func ("/connection/message-block/pool/block-outlives-it", test_block_outlives_pool);
  g_test_add_func ("/connection/message-builder/get-room/SEC-50-grows-with-the-bytes-received",
                   test_room);

  return g_test_run ();
}
