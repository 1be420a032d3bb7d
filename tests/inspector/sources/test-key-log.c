/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lines of key logs, files that grow and change, and the secrets blocks of pcapng. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <inspect/sources/packets/wsi-pcapng-blocks.h>
#include <inspect/sources/tls/wsi-key-log.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SECRET32 "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define SECRET48 SECRET32 "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define LINE "SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET32 "\n"

static const struct
{
  const char      *label, *text;
  WsiTlsSecretKind kind;
  gsize            length;      /* length of the secret; 0: there is none */
  guint            n_wrong;
} lines[] = {
  { "master", "CLIENT_RANDOM " RANDOM " " SECRET48 "\n", WSI_TLS_SECRET_MASTER, 48, 0 },
  { "client-early", "CLIENT_EARLY_TRAFFIC_SECRET " RANDOM " " SECRET32 "\n",
    WSI_TLS_SECRET_CLIENT_EARLY, 32, 0 },
  { "client-handshake", "CLIENT_HANDSHAKE_TRAFFIC_SECRET " RANDOM " " SECRET48 "\n",
    WSI_TLS_SECRET_CLIENT_HANDSHAKE, 48, 0 },
  { "server-handshake", "SERVER_HANDSHAKE_TRAFFIC_SECRET " RANDOM " " SECRET32 "\n",
    WSI_TLS_SECRET_SERVER_HANDSHAKE, 32, 0 },
  { "client-traffic", "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET32 "\n",
    WSI_TLS_SECRET_CLIENT_TRAFFIC, 32, 0 },
  { "server-traffic", LINE, WSI_TLS_SECRET_SERVER_TRAFFIC, 32, 0 },
  { "carriage-return", "SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET32 "\r\n",
    WSI_TLS_SECRET_SERVER_TRAFFIC, 32, 0 },
  { "capital-digits", "CLIENT_RANDOM " RANDOM " A0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9"
    "BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECF\n", WSI_TLS_SECRET_MASTER, 48, 0 },
  { "after-others", "# a comment\n\nRSA 00112233 4455\nEXPORTER_SECRET " RANDOM " " SECRET32 "\n"
    LINE, WSI_TLS_SECRET_SERVER_TRAFFIC, 32, 0 },
  { "after-a-long-line", "CLIENT_RANDOM " SECRET48 SECRET48 SECRET48 SECRET48 SECRET48 SECRET48
    SECRET48 SECRET48 "\n" LINE, WSI_TLS_SECRET_SERVER_TRAFFIC, 32, 1 },
  { "without-end", "SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET32,
    WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 0 },
  { "short-random", "SERVER_TRAFFIC_SECRET_0 0011 " SECRET32 "\n",
    WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 1 },
  { "long-random", "SERVER_TRAFFIC_SECRET_0 " RANDOM "00 " SECRET32 "\n",
    WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 1 },
  { "short-secret", "SERVER_TRAFFIC_SECRET_0 " RANDOM " a0\n",
    WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 1 },
  { "short-master", "CLIENT_RANDOM " RANDOM " " SECRET32 "\n", WSI_TLS_SECRET_MASTER, 0, 1 },
  { "long-secret", "CLIENT_RANDOM " RANDOM " " SECRET48 "00\n", WSI_TLS_SECRET_MASTER, 0, 1 },
  { "odd-digits", "CLIENT_RANDOM " RANDOM " " SECRET32 "c\n", WSI_TLS_SECRET_MASTER, 0, 1 },
  { "other-characters", "SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET32 "zz\n",
    WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 1 },
  { "no-secret", "SERVER_TRAFFIC_SECRET_0 " RANDOM "\n", WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 1 },
  { "more-words", "SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET32 " more\n",
    WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 1 },
  { "label-alone", "SERVER_TRAFFIC_SECRET_0 \n", WSI_TLS_SECRET_SERVER_TRAFFIC, 0, 0 },
};

static void
make_random (guint8 *random)
{
  for (guint i = 0; i < WSI_TLS_RANDOM_LENGTH; i++)
    random[i] = (guint8) i;
}

static void
check_secret (const WsiKeyLog *log,
              WsiTlsSecretKind kind,
              gsize            length)
{
  guint8 random[WSI_TLS_RANDOM_LENGTH];
  const WsiTlsSecret *secret;

  make_random (random);
  secret = wsi_key_log_find (log, kind, random, 0);
  if (length == 0)
    {
      g_assert_null (secret);
      return;
    }

  g_assert_nonnull (secret);
  g_assert_cmpuint (secret->length, ==, length);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (secret->at[i], ==, 0xa0 + i);
  g_assert_null (wsi_key_log_find (log, kind, random, 1));
}

static void
test_line (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  const gsize length = strlen (lines[i].text);

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr (WsiKeyLog) log = wsi_key_log_new ();
      WsiKeyLogLine line = { .length = 0 };

      wsi_key_log_append (log, &line, (const guint8 *) lines[i].text, cut);
      wsi_key_log_append (log, &line, (const guint8 *) lines[i].text + cut, length - cut);
      check_secret (log, lines[i].kind, lines[i].length);
      g_assert_cmpuint (wsi_key_log_get_n_wrong (log), ==, lines[i].n_wrong);
    }
}

/* As PowerShell writes a text: two bytes for each character, or a mark before the first one. */
static const struct
{
  const char *mark;
  gsize       mark_length, width, place;        /* length of the mark; bytes of a character, and
                                                 * place of its own byte in these */
} encodings[] = {
  { "\xff\xfe", 2, 2, 0 }, { "\xfe\xff", 2, 2, 1 }, { "", 0, 2, 0 }, { "", 0, 2, 1 }, { "\xef\xbb\xbf", 3, 1, 0 },
};

static GByteArray *
encode (const char *text,
        guint       i)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) encodings[i].mark, encodings[i].mark_length);
  for (; *text != '\0'; text++)
    for (gsize j = 0; j < encodings[i].width; j++)
      g_byte_array_append (bytes, (const guint8 *) (j == encodings[i].place ? text : ""), 1);
  return bytes;
}

static void
test_encodings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines) * G_N_ELEMENTS (encodings); i++)
    {
      const guint row = i / G_N_ELEMENTS (encodings);
      g_autoptr (GByteArray) bytes = encode (lines[row].text, i % G_N_ELEMENTS (encodings));

      g_test_message ("%s, encoding %u", lines[row].label, i % (guint) G_N_ELEMENTS (encodings));
      for (gsize cut = 0; cut <= bytes->len; cut++)
        {
          g_autoptr (WsiKeyLog) log = wsi_key_log_new ();
          WsiKeyLogLine line = { .length = 0 };

          wsi_key_log_append (log, &line, bytes->data, cut);
          wsi_key_log_append (log, &line, bytes->data + cut, bytes->len - cut);
          check_secret (log, lines[row].kind, lines[row].length);
          g_assert_cmpuint (wsi_key_log_get_n_wrong (log), ==, lines[row].n_wrong);
        }
    }
}

/* The same secret is kept once; different ones are kept up to four times. */
static void
test_several (void)
{
  static const char *const ends[] = { "00", "00", "01", "02", "01", "03", "04", "05" };
  g_autoptr (WsiKeyLog) log = wsi_key_log_new ();
  WsiKeyLogLine rest = { .length = 0 };
  guint8 random[WSI_TLS_RANDOM_LENGTH];

  make_random (random);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *line = g_strdup_printf ("SERVER_TRAFFIC_SECRET_0 " RANDOM " %.62s%s\n",
                                               SECRET32, ends[i]);

      wsi_key_log_append (log, &rest, (const guint8 *) line, strlen (line));
    }
  g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (wsi_key_log_find (log, WSI_TLS_SECRET_SERVER_TRAFFIC, random, i)->at[31],
                      ==, i);
  g_assert_null (wsi_key_log_find (log, WSI_TLS_SECRET_SERVER_TRAFFIC, random, 4));
}

/* Two texts that come by turns, as the secrets in two captures. */
static void
test_two_texts (void)
{
  g_autoptr (WsiKeyLog) log = wsi_key_log_new ();
  WsiKeyLogLine rests[2] = { { .length = 0 } };

  for (gsize i = 0; i < strlen (LINE); i++)
    for (guint j = 0; j < 2; j++)
      wsi_key_log_append (log, &rests[j],
                          (const guint8 *) (j == 0 ? LINE : lines[0].text) + i, 1);
  wsi_key_log_append (log, &rests[1], (const guint8 *) lines[0].text + strlen (LINE),
                      strlen (lines[0].text) - strlen (LINE));
  g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 2);
  g_assert_cmpuint (wsi_key_log_get_n_wrong (log), ==, 0);
}

static gpointer
write_slowly (gpointer descriptor)
{
  const int fd = GPOINTER_TO_INT (descriptor);

  for (const char *at = LINE; *at != '\0'; at++)
    {
      g_assert_cmpint (write (fd, at, 1), ==, 1);
      g_usleep (500);
    }
  close (fd);
  return NULL;
}

/* A pipe is read until its writer has ended, as that of a shell's "<(command)". */
static void
test_pipe (void)
{
  g_autoptr (WsiKeyLog) log = wsi_key_log_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = NULL;
  GThread *writer;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  path = g_strdup_printf ("/dev/fd/%d", fds[0]);
  wsi_key_log_set_file (log, path);
  writer = g_thread_new ("writer", write_slowly, GINT_TO_POINTER (fds[1]));
  g_assert_true (wsi_key_log_read (log, cancellable, NULL));
  g_thread_join (writer);
  g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 1);
  close (fds[0]);

  g_assert_cmpint (pipe (fds), ==, 0);
  g_cancellable_cancel (cancellable);
  g_free (path);
  path = g_strdup_printf ("/dev/fd/%d", fds[0]);
  wsi_key_log_set_file (log, path);
  g_assert_true (wsi_key_log_read (log, cancellable, NULL));
  close (fds[0]);
  close (fds[1]);
}

/* The oldest secrets go. */
static void
test_too_many (void)
{
  const guint max = 512 * 1024, more = 10;
  g_autoptr (WsiKeyLog) log = wsi_key_log_new ();
  WsiKeyLogLine rest = { .length = 0 };
  guint8 random[WSI_TLS_RANDOM_LENGTH] = { 0 };

  for (guint i = 0; i < max + more; i++)
    {
      char line[256];
      const int length = g_snprintf (line, sizeof line, "CLIENT_TRAFFIC_SECRET_0 %064x %s\n", i,
                                     SECRET32);

      wsi_key_log_append (log, &rest, (const guint8 *) line, (gsize) length);
    }
  g_assert_cmpuint (wsi_key_log_get_n_dropped (log), ==, more);
  random[31] = more - 1;
  g_assert_null (wsi_key_log_find (log, WSI_TLS_SECRET_CLIENT_TRAFFIC, random, 0));
  random[31] = more;
  g_assert_nonnull (wsi_key_log_find (log, WSI_TLS_SECRET_CLIENT_TRAFFIC, random, 0));
}

static void
write_text (const char *path,
            const char *text,
            int         flags)
{
  const int descriptor = open (path, O_WRONLY | O_CREAT | flags, 0600);

  g_assert_cmpint (descriptor, >=, 0);
  g_assert_cmpint (write (descriptor, text, strlen (text)), ==, strlen (text));
  close (descriptor);
}

static char *
make_line (guint last)
{
  return g_strdup_printf ("SERVER_TRAFFIC_SECRET_0 %064x " SECRET32 "\n", last);
}

/* The file is not there, comes, grows by pieces, is replaced, becomes shorter, and goes. */
static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("key-log-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "keys", NULL);
  g_autofree char *other = g_build_filename (folder, "other", NULL);
  char *lines_of[5];
  g_autoptr (WsiKeyLog) log = wsi_key_log_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lines_of); i++)
    lines_of[i] = make_line (i);
  wsi_key_log_set_file (log, path);
  g_assert_true (wsi_key_log_has_file (log));
  g_assert_false (wsi_key_log_follow (log, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));

  write_text (path, lines_of[0], O_APPEND);
  g_assert_true (wsi_key_log_follow (log, NULL));
  g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 1);
  g_assert_true (wsi_key_log_follow (log, NULL));
  for (const char *at = lines_of[1]; *at != '\0'; at++)
    {
      const char letter[] = { *at, '\0' };

      g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 1);
      write_text (path, letter, O_APPEND);
      g_assert_true (wsi_key_log_follow (log, NULL));
    }
  g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 2);

  /* another file, and what the old one has got in the meantime */
  write_text (path, lines_of[2], O_APPEND);
  write_text (other, lines_of[3], 0);
  g_assert_cmpint (g_rename (other, path), ==, 0);
  g_assert_true (wsi_key_log_follow (log, NULL));
  g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 4);

  write_text (path, "", O_TRUNC);
  g_assert_true (wsi_key_log_follow (log, NULL));
  write_text (path, lines_of[4], O_APPEND);
  g_assert_true (wsi_key_log_follow (log, NULL));
  g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 5);

  g_unlink (path);
  g_assert_false (wsi_key_log_follow (log, NULL));
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_clear_error (&error);
  g_assert_false (wsi_key_log_follow (log, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_rmdir (path);

  /* a pipe without a writer, and then with one */
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_true (wsi_key_log_follow (log, NULL));
  {
    g_autofree char *line = make_line (9);
    const int writer = open (path, O_WRONLY | O_NONBLOCK);

    g_assert_cmpint (write (writer, line, strlen (line)), ==, strlen (line));
    g_assert_true (wsi_key_log_follow (log, NULL));
    g_assert_cmpuint (wsi_key_log_get_n_added (log), ==, 6);
    close (writer);
  }
  g_assert_cmpint (wsi_key_log_get_n_wrong (log), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (lines_of); i++)
    g_free (lines_of[i]);
  g_unlink (path);
  g_rmdir (folder);
}

static void
append_number (GByteArray *to,
               guint32     number,
               gboolean    is_swapped)
{
  const guint32 bytes = is_swapped ? GUINT32_SWAP_LE_BE (number) : number;

  g_byte_array_append (to, (const guint8 *) &bytes, sizeof bytes);
}

static void
append_block (GByteArray *to,
              guint32     type,
              const char *body,
              gsize       length,
              gboolean    is_swapped)
{
  static const guint8 padding[4];

  append_number (to, type, is_swapped);
  append_number (to, (guint32) (12 + (length + 3) / 4 * 4), is_swapped);
  g_byte_array_append (to, (const guint8 *) body, (guint) length);
  g_byte_array_append (to, padding, (guint) ((4 - length % 4) % 4));
  append_number (to, (guint32) (12 + (length + 3) / 4 * 4), is_swapped);
}

static void
append_section (GByteArray *to,
                gboolean    is_swapped)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_number (body, 0x1a2b3c4d, is_swapped);
  append_number (body, is_swapped ? 0x00010000 : 1, FALSE);
  append_number (body, 0xffffffff, FALSE);
  append_number (body, 0xffffffff, FALSE);
  append_block (to, 0x0a0d0d0a, (const char *) body->data, body->len, is_swapped);
}

/* length: as the block says it. */
static void
append_secrets (GByteArray *to,
                guint32     type,
                const char *text,
                guint32     length,
                gboolean    is_swapped)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_number (body, type, is_swapped);
  append_number (body, length, is_swapped);
  g_byte_array_append (body, (const guint8 *) text, (guint) strlen (text));
  append_block (to, 10, (const char *) body->data, body->len, is_swapped);
}

#define TLS_KEY_LOG 0x544c534b

static void
note_secrets (const guint8 *at,
              gsize         length,
              gpointer      text)
{
  if (length > 0)
    g_string_append_len (text, (const char *) at, (gssize) length);
  else
    g_string_append_c (text, '|');
}

static char *
read_blocks (const GByteArray *bytes,
             gsize             piece)
{
  WsiPcapngBlocks blocks = { .is_damaged = FALSE };
  GString *text = g_string_new (NULL);

  for (gsize at = 0; at < bytes->len; at += piece)
    wsi_pcapng_blocks_take (&blocks, bytes->data + at, MIN (piece, bytes->len - at), note_secrets,
                            text);
  wsi_pcapng_blocks_clear (&blocks);
  return g_string_free (text, FALSE);
}

static void
test_blocks (void)
{
  for (guint is_swapped = 0; is_swapped < 2; is_swapped++)
    for (gsize piece = 1; piece < 64; piece++)
      {
        g_autoptr (GByteArray) bytes = g_byte_array_new ();
        g_autofree char *text = NULL;

        append_section (bytes, is_swapped != 0);
        append_secrets (bytes, TLS_KEY_LOG, "one\n", 4, is_swapped != 0);
        append_block (bytes, 1, "an interface", 12, is_swapped != 0);
        append_secrets (bytes, 0x5353484b, "of SSH\n", 7, is_swapped != 0);
        append_secrets (bytes, TLS_KEY_LOG, "two", 3, is_swapped != 0);
        append_section (bytes, is_swapped == 0);
        append_secrets (bytes, TLS_KEY_LOG, "three", 5, is_swapped == 0);
        text = read_blocks (bytes, piece);
        g_assert_cmpstr (text, ==, "one\n|two|three|");
      }
}

/* Lengths that lie, and a file that is cut anywhere. */
static void
test_bad_blocks (void)
{
  static const struct
  {
    guint32     length;
    const char *text;
  } rows[] = {
    { 5, "one\n|" }, { 0xffffffff, "one\n|" }, { 3, "one|" }, { 0, "" },
  };
  g_autoptr (GByteArray) whole = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autofree char *text = NULL;

      append_section (bytes, FALSE);
      append_secrets (bytes, TLS_KEY_LOG, "one\n", rows[i].length, FALSE);
      text = read_blocks (bytes, 7);
      g_assert_cmpstr (text, ==, rows[i].text);
    }

  append_section (whole, FALSE);
  append_secrets (whole, TLS_KEY_LOG, "one\n", 4, FALSE);
  append_secrets (whole, TLS_KEY_LOG, "two\n", 4, FALSE);
  for (guint at = 0; at < whole->len; at++)
    for (guint cut = 0; cut < 2; cut++)
      {
        g_autoptr (GByteArray) bytes = g_byte_array_new ();
        g_autofree char *text = NULL;

        g_byte_array_append (bytes, whole->data, cut != 0 ? at : whole->len);
        if (cut == 0)
          bytes->data[at] ^= 0xff;
        text = read_blocks (bytes, 7);
        g_assert_cmpuint (strlen (text), <=, 32);
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/key-log/line/", lines[i].label, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_line);
    }
  g_test_add_func ("/inspector/key-log/encodings-of-windows", test_encodings);
  g_test_add_func ("/inspector/key-log/several", test_several);
  g_test_add_func ("/inspector/key-log/two-texts", test_two_texts);
  g_test_add_func ("/inspector/key-log/pipe", test_pipe);
  g_test_add_func ("/inspector/key-log/too-many", test_too_many);
  g_test_add_func ("/inspector/key-log/file", test_file);
  g_test_add_func ("/inspector/key-log/blocks", test_blocks);
  g_test_add_func ("/inspector/key-log/bad-blocks", test_bad_blocks);
  return g_test_run ();
}
