/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Private keys in memory.  The text of a private key, which libwsproto gets from GIO, stays neither
 * in memory nor in freed memory. */
#include "connection/wire.h"
#include "endpoint/far/tls-peer.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEEDLE_SIZE 40
#define VEIL 0x5a               /* the stored pattern must not match itself */

typedef struct
{
  char  *folder, *certificate_path, *key_path;
  guint8 needle[NEEDLE_SIZE];   /* part of the key's text, XORed with VEIL */
} Key;

/* In another process, so that this one has no copies of its own. */
static void
key_make (Key *self)
{
  const char *command[] = {
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", NULL, "-out", NULL, NULL
  };
  g_autoptr (GError) error = NULL;
  int status;

  self->folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  command[13] = self->key_path = g_build_filename (self->folder, "key", NULL);
  command[15] = self->certificate_path = g_build_filename (self->folder, "certificate", NULL);
  g_spawn_sync (NULL, (char **) command, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static void
key_clear (Key *self)
{
  g_unlink (self->key_path);
  g_unlink (self->certificate_path);
  g_rmdir (self->folder);
  g_free (self->key_path);
  g_free (self->certificate_path);
  g_free (self->folder);
}

typedef struct
{
  int     memory;
  guint64 address;              /* address of the searched bytes */
  guint   n;
} Search;

/* Overwrites each match, so that it is counted once. */
static void
search_in (const Key    *self,
           Search       *search,
           const guint8 *bytes,
           gsize         length)
{
  static const guint8 nothing[NEEDLE_SIZE];

  for (gsize at = 0; at + NEEDLE_SIZE <= length; at++)
    {
      guint i = 0;

      while (i < NEEDLE_SIZE && (bytes[at + i] ^ VEIL) == self->needle[i])
        i++;
      if (i == NEEDLE_SIZE)
        {
          search->n++;
          g_assert_cmpint (pwrite (search->memory, nothing, NEEDLE_SIZE, search->address + at), ==,
                           NEEDLE_SIZE);
        }
    }
}

/* Searches all writable memory but the stack, where a finished call may have left copies. */
static guint
take_copies (const Key *self)
{
  static guint8 bytes[1 << 16];
  char line[512];
  FILE *maps = fopen ("/proc/self/maps", "r");
  Search search = { .memory = open ("/proc/self/mem", O_RDWR) };

  while (fgets (line, sizeof line, maps) != NULL)
    {
      guint64 at, end;
      char permissions[5];

      g_assert_cmpint (sscanf (line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %4s", &at,
                               &end, permissions), ==, 3);
      if (permissions[1] != 'w' || strstr (line, "[stack]") != NULL)
        continue;
      for (gssize length; at < end; at += length - NEEDLE_SIZE + 1)
        {
          length = pread (search.memory, bytes, MIN (sizeof bytes, end - at), at);
          if (length < NEEDLE_SIZE)
            break;
          search.address = at;
          search_in (self, &search, bytes, length);
        }
    }
  explicit_bzero (bytes, sizeof bytes);
  close (search.memory);
  fclose (maps);
  return search.n;
}

static GTlsCertificate *
load (const Key *self)
{
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (self->certificate_path,
                                                                   self->key_path, &error);

  g_assert_no_error (error);
  return certificate;
}

/* The second line of the key's text. */
static void
set_needle (Key        *self,
            const char *text)
{
  const char *line = strchr (strchr (text, '\n') + 1, '\n') + 1;

  g_assert_cmpuint (strlen (line), >, NEEDLE_SIZE);
  for (guint i = 0; i < NEEDLE_SIZE; i++)
    self->needle[i] = line[i] ^ VEIL;
}

/* Passes a GIO key to GnuTLS, as any program would, and wipes its own copy: the copies that remain
 * are those of GIO and GnuTLS. */
static void
hand_over (Key             *self,
           GTlsCertificate *certificate)
{
  gnutls_certificate_credentials_t credentials;
  g_autofree char *chain = NULL;
  char *text;

  g_object_get (certificate, "certificate-pem", &chain, "private-key-pem", &text, NULL);

  const gnutls_datum_t datums[] = {
    { (guint8 *) chain, strlen (chain) },
    { (guint8 *) text, strlen (text) }
  };

  gnutls_certificate_allocate_credentials (&credentials);
  g_assert_cmpint (gnutls_certificate_set_x509_key_mem (credentials, &datums[0], &datums[1],
                                                        GNUTLS_X509_FMT_PEM), >=, 0);
  gnutls_certificate_free_credentials (credentials);
  set_needle (self, text);
  explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
serve_once (WspServer *server)
{
  g_autoptr (TlsPeer) peer = tls_peer_new (listen_on_free_port (server, "127.0.0.1"),
                                           "NORMAL", NULL);

  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (peer, "HTTP/1.1 101 "));
}

/* GIO leaves a copy in freed memory when it returns the text, and GnuTLS one when it reads it. */
static void
test_gone (void)
{
  Key key;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (WspServer) server = wsp_server_new ();
  guint n_of_others, n_set, n_served;

  key_make (&key);
  certificate = load (&key);
  hand_over (&key, certificate);
  take_copies (&key);
  hand_over (&key, certificate);
  n_of_others = take_copies (&key);
  g_object_set (server, "tls-certificate", certificate, NULL);
  n_set = take_copies (&key);
  serve_once (server);
  g_clear_object (&server);
  run_pending ();
  n_served = take_copies (&key);
  g_test_message ("copies: %u that others leave, %u when it was set, %u when it had served",
                  n_of_others, n_set, n_served);
  g_assert_cmpuint (n_set, <=, n_of_others);
  g_assert_cmpuint (n_served, ==, 0);
  key_clear (&key);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/server-tls-key/gone-from-memory", test_gone);
  return g_test_run ();
}
