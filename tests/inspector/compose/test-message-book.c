/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file of saved messages: bounded, private, and harmless if another program has written it. */
#include "inspect/compose/wsi-message-book.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BEGIN "{\"format\":\"ws-inspector-messages\",\"version\":1}\n"
#define DEEP 100000
#define N_ROUNDS 20
#define MAX_NAME 200            /* of the product */
#define LONG_FILE_NAME 252      /* has no room for the end of a temporary file's name */

static char *folder;
static guint n_paths;

static char *
make_path (void)
{
  return g_strdup_printf ("%s/%u/messages.jsonl", folder, n_paths++);
}

static void
remove_folder (void)
{
  for (guint i = 0; i < n_paths; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u/messages.jsonl", folder, i);
      g_autofree char *parent = g_path_get_dirname (path);

      g_unlink (path);
      g_rmdir (parent);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static WsiDraft *
make_draft (const char *text)
{
  return wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, text);
}

static void
write_file (const char *path,
            const char *contents)
{
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

static void
keep_result (GObject      *none,
             GAsyncResult *result,
             gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* The file has the messages that were remembered then. */
static gboolean
write_book (WsiMessageBook *book)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsi_message_book_write_async (book, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wsi_message_book_write_finish (result, NULL);
}

static void
test_back (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) one = wsi_message_book_new (path);
  g_autoptr (WsiMessageBook) other = wsi_message_book_new (path);
  g_autoptr (WsiDraft) draft = wsi_draft_new (WSI_FORM_HEX, WSP_MESSAGE_TYPE_BINARY, "ca\nfe \"\\");
  g_autoptr (GError) error = NULL;
  const WsiDraft *back;

  draft->kind = WSI_DRAFT_CLOSE;
  draft->compression = WSI_COMPRESSION_NONE;
  g_free (draft->fragments);
  draft->fragments = g_strdup ("1, 2");
  g_assert_true (wsi_message_book_save (one, "\xc3\xa9 name", draft, &error));
  g_assert_true (wsi_message_book_read (other, &error));
  g_assert_cmpuint (wsi_message_book_get_n_saved (other), ==, 1);
  g_assert_cmpstr (wsi_message_book_get_name (other, 0), ==, "\xc3\xa9 name");
  back = wsi_message_book_get_saved (other, 0);
  g_assert_cmpstr (back->text, ==, draft->text);
  g_assert_cmpstr (back->fragments, ==, "1, 2");
  g_assert_cmpint (back->form, ==, WSI_FORM_HEX);
  g_assert_cmpint (back->kind, ==, WSI_DRAFT_CLOSE);
  g_assert_cmpint (back->message_type, ==, WSP_MESSAGE_TYPE_BINARY);
  g_assert_cmpint (back->compression, ==, WSI_COMPRESSION_NONE);
}

static void
test_private (void)
{
  g_autofree char *path = make_path ();
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (WsiDraft) draft = make_draft ("secret");
  GStatBuf status;

  wsi_message_book_remember (book, draft);
  g_assert_true (write_book (book));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (parent, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
}

/* Only equal messages are one message. */
static void
test_differences (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (WsiDraft) usual = make_draft ("00"), plain = make_draft ("00");
  g_autoptr (WsiDraft) fragmented = make_draft ("00"), other = make_draft ("01");
  g_autoptr (WsiDraft) hex = wsi_draft_new (WSI_FORM_HEX, WSP_MESSAGE_TYPE_TEXT, "00");
  g_autoptr (WsiDraft) binary = wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_BINARY, "00");
  g_autoptr (WsiDraft) ping = make_draft ("00");
  const WsiDraft *const drafts[] = { usual, plain, fragmented, other, hex, binary, ping };

  ping->kind = WSI_DRAFT_PING;
  plain->compression = WSI_COMPRESSION_NONE;
  g_free (fragmented->fragments);
  fragmented->fragments = g_strdup ("1");
  for (guint i = 0; i < 2 * G_N_ELEMENTS (drafts); i++)
    wsi_message_book_remember (book, drafts[i % G_N_ELEMENTS (drafts)]);
  g_assert_true (write_book (book));
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_history (book), ==, G_N_ELEMENTS (drafts));
}

/* A message that another window has saved meanwhile stays. */
static void
test_two (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) one = wsi_message_book_new (path);
  g_autoptr (WsiMessageBook) other = wsi_message_book_new (path);
  g_autoptr (WsiDraft) draft = make_draft ("x");

  g_assert_true (wsi_message_book_save (one, "a", draft, NULL));
  g_assert_true (wsi_message_book_save (other, "b", draft, NULL));
  g_assert_true (wsi_message_book_save (one, "b", draft, NULL));
  wsi_message_book_remember (one, draft);
  g_assert_true (write_book (one));
  g_assert_false (wsi_message_book_has_unwritten (one));
  g_assert_true (wsi_message_book_read (one, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (one), ==, 2);
  g_assert_true (wsi_message_book_delete (one, "a", NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (one), ==, 1);
  g_assert_cmpuint (wsi_message_book_get_n_history (one), ==, 1);
  g_assert_true (wsi_message_book_forget (one, NULL));
  g_assert_true (wsi_message_book_read (other, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_history (other), ==, 0);
}

/* A message that is sent waits for no disk, and is in the history at once. */
static void
test_no_disk (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (WsiDraft) draft = make_draft ("x");

  wsi_message_book_remember (book, draft);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_history (book), ==, 1);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* The window closes while the thread writes, and after more was sent. */
static void
test_gone (void)
{
  g_autofree char *path = make_path ();
  WsiMessageBook *book = wsi_message_book_new (path);
  g_autoptr (WsiMessageBook) other = wsi_message_book_new (path);
  g_autoptr (WsiDraft) one = make_draft ("one"), two = make_draft ("two");
  g_autoptr (GAsyncResult) first = NULL, second = NULL;

  wsi_message_book_remember (book, one);
  wsi_message_book_write_async (book, keep_result, &first);
  wsi_message_book_remember (book, two);
  wsi_message_book_write_async (book, keep_result, &second);
  g_assert_false (wsi_message_book_has_unwritten (book));
  wsi_message_book_free (book);
  while (first == NULL || second == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wsi_message_book_read (other, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_history (other), ==, 2);
}

static void
forget_meanwhile (WsiMessageBook *book,
                  const WsiDraft *draft)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsi_message_book_remember (book, draft);
  wsi_message_book_write_async (book, keep_result, &result);
  g_assert_true (wsi_message_book_forget (book, NULL));
  wsi_message_book_remember (book, draft);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* The thread has not begun, in most of the rounds. */
static void
test_forgotten_meanwhile (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (WsiMessageBook) other = wsi_message_book_new (path);
  g_autoptr (WsiDraft) draft = make_draft ("x");

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      forget_meanwhile (book, draft);
      g_assert_true (wsi_message_book_read (other, NULL));
      g_assert_cmpuint (wsi_message_book_get_n_history (other), ==, 0);
    }
  g_assert_true (wsi_message_book_forget (book, NULL));
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_history (book), ==, 0);
}

typedef struct
{
  WsiMessageBook *book;
  GAsyncResult   *result;       /* result of the writing; NULL = the book is not written yet */
} Program;

static void
on_activate (GApplication *application,
             Program      *program)
{
  g_autoptr (WsiDraft) draft = make_draft ("x");

  wsi_message_book_remember (program->book, draft);
  wsi_message_book_write_async (program->book, keep_result, &program->result);
}

/* It has nothing else to do. */
static void
test_program (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (GApplication) application = g_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  Program program = { .book = book };

  g_application_set_default (application);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &program);
  g_assert_cmpint (g_application_run (application, 0, NULL), ==, 0);
  g_application_set_default (NULL);
  g_assert_nonnull (program.result);
  g_object_unref (program.result);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_history (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autofree char *text = g_strnfill (WSI_BOOK_MAX_TEXT + 1, 'a');
  g_autoptr (WsiDraft) too_long = make_draft (text), too_many = make_draft ("x");

  g_free (too_many->fragments);
  too_many->fragments = g_strdup (text);
  for (guint i = 0; i < WSI_BOOK_MAX_HISTORY + 2; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autoptr (WsiDraft) draft = make_draft (number);

      wsi_message_book_remember (book, draft);
      wsi_message_book_remember (book, draft);
    }
  wsi_message_book_remember (book, too_long);
  wsi_message_book_remember (book, too_many);
  g_assert_true (write_book (book));
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_history (book), ==, WSI_BOOK_MAX_HISTORY);
  g_assert_cmpstr (wsi_message_book_get_history (book, 0)->text, ==, "51");
  g_assert_cmpstr (wsi_message_book_get_history (book, 1)->text, ==, "50");
}

static void
test_saved_bounds (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autofree char *long_name = g_strnfill (MAX_NAME + 1, 'a');
  g_autofree char *long_text = g_strnfill (WSI_BOOK_MAX_TEXT + 1, 'a');
  g_autoptr (WsiDraft) draft = make_draft ("x"), too_long = make_draft (long_text);
  g_autoptr (GError) error = NULL;

  g_assert_false (wsi_message_book_save (book, "", draft, NULL));
  g_assert_false (wsi_message_book_save (book, long_name, draft, NULL));
  g_assert_false (wsi_message_book_save (book, "a", too_long, NULL));
  for (guint i = 0; i < WSI_BOOK_MAX_SAVED; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      g_assert_true (wsi_message_book_save (book, name, draft, NULL));
    }
  g_assert_false (wsi_message_book_save (book, "one more", draft, &error));
  g_assert_nonnull (strstr (error->message, "delete one"));
  g_assert_true (wsi_message_book_save (book, "0", draft, NULL));
}

static char *
make_deep (void)
{
  g_autofree char *nested = g_strnfill (DEEP, '[');

  return g_strconcat (BEGIN "{\"text\":", nested, "}\n", NULL);
}

/* Nothing of the file is taken, and nothing is written over it. */
static void
test_hostile (void)
{
  g_autofree char *deep = make_deep ();
  const char *const files[] = {
    "", "no json", "[]\n", "{\"format\":\"x\"}\n{\"form\":\"text\",\"text\":\"a\"}\n", deep,
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = make_path (), *contents = NULL;
      g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
      g_autoptr (WsiDraft) draft = make_draft ("x");
      g_autoptr (GError) error = NULL;

      write_file (path, files[i]);
      g_assert_false (wsi_message_book_read (book, &error));
      g_assert_nonnull (strstr (error->message, path));
      g_assert_cmpuint (wsi_message_book_get_n_history (book), ==, 0);
      g_assert_false (wsi_message_book_save (book, "a", draft, NULL));
      wsi_message_book_remember (book, draft);
      g_assert_false (write_book (book));
      g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
      g_assert_cmpstr (contents, ==, files[i]);
    }
}

/* Lines that are wrong are left out, the others are taken. */
static void
test_odd_lines (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);

  write_file (path, BEGIN "{}\n{\"form\":\"text\"}\n{\"form\":\"other\",\"text\":\"a\"}\n"
              "{\"form\":1,\"text\":[]}\n{\"name\":\"\",\"form\":\"text\",\"text\":\"a\"}\n"
              "{\"name\":7,\"form\":\"text\",\"text\":\"taken\",\"binary\":\"yes\"}\n");
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (book), ==, 0);
  g_assert_cmpuint (wsi_message_book_get_n_history (book), ==, 1);
}

/* Another program has written more messages, and longer names, than this one keeps. */
static void
test_many_lines (void)
{
  g_autofree char *path = make_path (), *long_name = g_strnfill (MAX_NAME + 1, 'a');
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (GString) text = g_string_new (BEGIN);

  g_string_append_printf (text, "{\"name\":\"%s\",\"form\":\"text\",\"text\":\"a\"}\n", long_name);
  write_file (path, text->str);
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (book), ==, 0);

  for (guint i = 0; i < MAX (WSI_BOOK_MAX_SAVED, WSI_BOOK_MAX_HISTORY) + 1; i++)
    g_string_append_printf (text, "{\"name\":\"%u\",\"form\":\"text\",\"text\":\"a\"}\n"
                            "{\"form\":\"text\",\"text\":\"%u\"}\n", i, i);
  write_file (path, text->str);
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (book), ==, WSI_BOOK_MAX_SAVED);
  g_assert_cmpuint (wsi_message_book_get_n_history (book), ==, WSI_BOOK_MAX_HISTORY);
}

static void
assert_not_read (const char *path)
{
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (wsi_message_book_read (book, &error));
  g_assert_nonnull (strstr (error->message, "expected a file of at most"));
}

static void
test_no_file (void)
{
  g_autofree char *path = make_path (), *large = make_path ();
  g_autoptr (WsiMessageBook) missing = wsi_message_book_new (path);

  g_assert_true (wsi_message_book_read (missing, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (missing), ==, 0);
  assert_not_read (folder);
  write_file (large, BEGIN);
  g_assert_cmpint (truncate (large, WSI_BOOK_MAX_FILE + 1), ==, 0);
  assert_not_read (large);
}

static void
test_not_written (void)
{
  g_autofree char *path = make_path (), *parent = g_path_get_dirname (path);
  g_autofree char *name = g_strnfill (LONG_FILE_NAME, 'a');
  g_autofree char *long_path = g_build_filename (parent, name, NULL);
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (long_path);
  g_autoptr (WsiDraft) draft = make_draft ("x");

  wsi_message_book_remember (book, draft);
  g_assert_false (write_book (book));
}

/* Each draft has a name of its own, also those of one second. */
static void
test_kept (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (path);
  g_autoptr (WsiMessageBook) other = wsi_message_book_new (path);
  g_autofree char *long_text = g_strnfill (WSI_BOOK_MAX_TEXT + 1, 'a');
  g_autoptr (WsiDraft) draft = make_draft ("x"), too_long = make_draft (long_text);

  for (guint i = 0; i < N_ROUNDS; i++)
    g_assert_true (wsi_message_book_keep (i % 2 == 0 ? book : other, draft, NULL));
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (book), ==, N_ROUNDS);
  g_assert_true (g_str_has_prefix (wsi_message_book_get_name (book, 0), "Draft of 20"));
  g_assert_false (wsi_message_book_keep (book, too_long, NULL));
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("book-XXXXXX", NULL);
  g_test_add_func ("/inspector/message-book/comes-back", test_back);
  g_test_add_func ("/inspector/message-book/only-the-user-may-read-it", test_private);
  g_test_add_func ("/inspector/message-book/only-equal-messages-are-one", test_differences);
  g_test_add_func ("/inspector/message-book/two-windows-have-one-file", test_two);
  g_test_add_func ("/inspector/message-book/a-message-waits-for-no-disk", test_no_disk);
  g_test_add_func ("/inspector/message-book/window-closes-while-it-is-written", test_gone);
  g_test_add_func ("/inspector/message-book/forgotten-while-it-is-written",
                   test_forgotten_meanwhile);
  g_test_add_func ("/inspector/message-book/program-ends-once-it-is-written", test_program);
  g_test_add_func ("/inspector/message-book/history-has-a-bound-and-no-doubles", test_history);
  g_test_add_func ("/inspector/message-book/saved-messages-have-a-bound", test_saved_bounds);
  g_test_add_func ("/inspector/message-book/each-draft-has-a-name", test_kept);
  g_test_add_func ("/inspector/message-book/a-hostile-file-is-not-taken-and-not-overwritten",
                   test_hostile);
  g_test_add_func ("/inspector/message-book/odd-lines-are-left-out", test_odd_lines);
  g_test_add_func ("/inspector/message-book/lines-have-a-bound", test_many_lines);
  g_test_add_func ("/inspector/message-book/no-file-has-no-messages", test_no_file);
  g_test_add_func ("/inspector/message-book/error-of-the-disk-is-reported", test_not_written);
  status = g_test_run ();
  remove_folder ();
  g_free (folder);
  return status;
}
