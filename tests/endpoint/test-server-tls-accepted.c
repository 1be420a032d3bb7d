/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Versions and ciphers: a server that uses GnuTLS directly accepts nothing that GIO would
 * refuse.  Each row is sent to both in one process.  Neither serves TLS 1.0 and 1.1, unless the
 * program's priority string says so. */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/far/tls-peer.h"
#include "endpoint/knock.h"
#include "lib/gnutls-system-file.h"
#include "lib/listen.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATH "/endpoint/server-tls-accepted/"
#define RECORD_HEADER_SIZE 5

typedef struct
{
  WspServer *servers[2];        /* servers with GIO's TLS and with the library's */
  guint16    ports[2];
} Fixture;

static WspServer *
make_server (gboolean by_gio,
             guint16 *port)
{
  WspServer *server = wsp_server_new ();

  if (by_gio)
    g_setenv ("WSP_TLS", "gio", TRUE);
  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  g_unsetenv ("WSP_TLS");
  *port = listen_on_free_port (server, "127.0.0.1");
  g_assert_cmpuint (*port, >, 0);
  return server;
}

static void
fixture_init (Fixture *self)
{
  for (guint i = 0; i < 2; i++)
    self->servers[i] = make_server (i == 0, &self->ports[i]);
}

static void
fixture_clear (Fixture *self)
{
  for (guint i = 0; i < 2; i++)
    g_clear_object (&self->servers[i]);
  run_pending ();
}

/* Suites that a server with an ECDSA key could accept, if there are any. */
static const struct
{
  const char *name;
  guint16     version;
  const char *suites;
  guint8      n_suites;
  gboolean    is_refused;       /* TRUE if the library refuses it; FALSE: the result is the same as
                                 * with GIO */
  gboolean    begins_with_gio;  /* TRUE if GIO begins the handshake and refuses it afterwards */
} hellos[] = {
#define HELLO(name, version, suites, is_refused) \
  { name, version, suites, (sizeof suites - 1) / 2, is_refused, FALSE }
#define OLD(name, version, suites) \
  { name, version, suites, (sizeof suites - 1) / 2, TRUE, TRUE }
  HELLO ("ssl-3.0", 0x0300, "\xc0\x0a", TRUE),
  OLD ("tls-1.0", 0x0301, "\xc0\x0a"),
  OLD ("tls-1.1", 0x0302, "\xc0\x0a"),
  HELLO ("tls-1.2", 0x0303, "\xc0\x2b", FALSE),
  HELLO ("tls-1.2-cbc", 0x0303, "\xc0\x0a", FALSE),
  HELLO ("tls-1.2-chacha20", 0x0303, "\xcc\xa9", FALSE),
  HELLO ("version-of-the-future", 0x0305, "\xc0\x2b", FALSE),
  HELLO ("suite-of-tls-1.2-with-tls-1.0", 0x0301, "\xc0\x2b", TRUE),
  HELLO ("fallback", 0x0302, "\xc0\x0a\x56\x00", TRUE),
  HELLO ("no-encryption", 0x0303, "\xc0\x06", TRUE),
  HELLO ("rc4", 0x0303, "\xc0\x07", TRUE),
  HELLO ("triple-des", 0x0303, "\xc0\x08", TRUE),
  HELLO ("anonymous-ecdh", 0x0303, "\xc0\x18\xc0\x19", TRUE),
  HELLO ("anonymous-dh", 0x0303, "\x00\x34\x00\x3a\x00\x1b", TRUE),
  HELLO ("export", 0x0301, "\x00\x03\x00\x06\x00\x08\x00\x14", TRUE),
  HELLO ("des", 0x0301, "\x00\x09\x00\x15", TRUE),
  HELLO ("pre-shared-key", 0x0303, "\x00\x8c\x00\xa8", TRUE),
  HELLO ("srp", 0x0303, "\xc0\x20\xc0\x1d", TRUE),
  HELLO ("rsa-key-exchange", 0x0303, "\x00\x9c\x00\x2f", TRUE),
  HELLO ("nothing", 0x0303, "\xff\xfe", TRUE),
};

static void
append (GByteArray *array,
        const char *bytes,
        gsize       length)
{
  g_byte_array_append (array, (const guint8 *) bytes, length);
}

static GByteArray *
make_hello (guint row)
{
  /* supported_groups, ec_point_formats, signature_algorithms */
  static const char extensions[] =
    "\x00\x0a\x00\x04\x00\x02\x00\x17" "\x00\x0b\x00\x02\x01\x00"
    "\x00\x0d\x00\x06\x00\x04\x04\x03\x02\x03";
  GByteArray *hello = g_byte_array_new ();
  guint8 n = hellos[row].n_suites * 2;
  guint8 body = 2 + 32 + 1 + 2 + n + 2 + 2 + sizeof extensions - 1;
  const guint8 head[] = { 0x16, 3, 1, 0, body + 4, 1, 0, 0, body,
                          hellos[row].version >> 8, hellos[row].version & 0xff };
  char random[32];

  memset (random, 'r', sizeof random);
  g_byte_array_append (hello, head, sizeof head);
  append (hello, random, sizeof random);
  append (hello, "\0\0", 2);
  g_byte_array_append (hello, &n, 1);
  append (hello, hellos[row].suites, n);
  append (hello, "\1\0\0", 3);
  g_byte_array_append (hello, (const guint8[]) { sizeof extensions - 1 }, 1);
  append (hello, extensions, sizeof extensions - 1);
  return hello;
}

/* The first record of the response; of a ServerHello up to the cipher suite, without the random
 * bytes. */
static char *
ask (guint16 port,
     guint   row)
{
  g_autoptr (TlsPeer) peer = tls_peer_new (port, "NORMAL", NULL);
  g_autoptr (GByteArray) hello = make_hello (row);
  const guint8 *answer;

  tls_peer_send_raw (peer, hello->data, hello->len);
  while (!peer->has_ended && peer->received->len < 80)
    g_main_context_iteration (NULL, TRUE);

  answer = peer->received->data;
  if (peer->received->len < 80 || answer[0] != 0x16)
    return g_strdup ("refused");

  guint at = RECORD_HEADER_SIZE + 4 + 2 + 32;

  at += 1 + answer[at];
  return g_strdup_printf ("version %02x%02x, suite %02x%02x", answer[9], answer[10], answer[at],
                          answer[at + 1]);
}

static void
test_hello (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *by_gio = NULL;
  g_autofree char *by_itself = NULL;
  Fixture fixture;

  fixture_init (&fixture);
  by_gio = ask (fixture.ports[0], row);
  by_itself = ask (fixture.ports[1], row);
  g_test_message ("%s", by_gio);
  if (!hellos[row].begins_with_gio)
    g_assert_cmpstr (by_itself, ==, by_gio);
  if (hellos[row].is_refused)
    g_assert_cmpstr (by_itself, ==, "refused");
  fixture_clear (&fixture);
}

/* Settings of an administrator, for the program or for all that use GnuTLS. */
static const struct
{
  const char *name, *of_program, *of_system;
  gboolean    tls_1_0, tls_1_1, tls_1_2, tls_1_3, aes_128;      /* versions and the cipher that the
                                                                 * server accepts */
} settings[] = {
  { "nothing-set", NULL, NULL, FALSE, FALSE, TRUE, TRUE, TRUE },
  { "program-tls-1.0-only", "NORMAL:-VERS-ALL:+VERS-TLS1.0", NULL, TRUE, FALSE, FALSE, FALSE, FALSE },
  { "program-tls-1.1-as-well", "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.1", NULL, FALSE, TRUE, TRUE, FALSE, TRUE },
  { "program-tls-1.2-only", "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL, FALSE, FALSE, TRUE, FALSE, TRUE },
  { "program-tls-1.3-only", "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL, FALSE, FALSE, FALSE, TRUE, TRUE },
  { "program-without-aes-128", "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1:-AES-128-GCM:-AES-128-CCM:-AES-128-CBC", NULL,
    FALSE, FALSE, TRUE, TRUE, FALSE },
  { "program-nonsense", "nonsense", NULL, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "system-tls-1.2-only", NULL, GNUTLS_POLICY "NORMAL:-VERS-ALL:+VERS-TLS1.2", FALSE, FALSE, TRUE, FALSE, TRUE },
  { "system-with-tls-1.0", NULL, GNUTLS_POLICY "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.0", FALSE, FALSE, TRUE,
    FALSE, TRUE },
  { "system-without-aes-128", NULL, GNUTLS_POLICY "NORMAL:-AES-128-GCM:-AES-128-CCM:-AES-128-CBC", FALSE, FALSE, TRUE,
    TRUE, FALSE },
  { "program-before-system", "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1", GNUTLS_POLICY "NORMAL:-VERS-ALL:+VERS-TLS1.2",
    FALSE, FALSE, TRUE, TRUE, TRUE },
};

static gboolean
is_served (guint16     port,
           const char *priority)
{
  g_autoptr (TlsPeer) peer = tls_peer_new (port, priority, NULL);

  tls_peer_do_handshake (peer);
  if (gnutls_record_send (peer->session, KNOCK_REQUEST (""), strlen (KNOCK_REQUEST (""))) < 0)
    return FALSE;

  tls_peer_deliver (peer);
  return tls_peer_expect (peer, "HTTP/1.1 101 ");
}

/* A process reads both once, before its first session. */
static void
serve_with_setting (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Fixture fixture;

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  fixture_init (&fixture);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (is_served (fixture.ports[i], "NORMAL:-VERS-ALL:+VERS-TLS1.0"), ==,
                       settings[row].tls_1_0);
      g_assert_cmpint (is_served (fixture.ports[i], "NORMAL:-VERS-ALL:+VERS-TLS1.1"), ==,
                       settings[row].tls_1_1);
      g_assert_cmpint (is_served (fixture.ports[i], "NORMAL:-VERS-ALL:+VERS-TLS1.2"), ==,
                       settings[row].tls_1_2);
      g_assert_cmpint (is_served (fixture.ports[i], "NORMAL:-VERS-ALL:+VERS-TLS1.3"), ==,
                       settings[row].tls_1_3);
      g_assert_cmpint (is_served (fixture.ports[i], "NORMAL:-CIPHER-ALL:+AES-128-GCM"), ==,
                       settings[row].aes_128);
    }
  fixture_clear (&fixture);
}

static void
test_setting (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *test = g_strdup_printf (PATH "setting/subprocess/%s", settings[row].name);
  const char *of_system = settings[row].of_system;
  g_autofree char *path = of_system != NULL ? write_gnutls_system_file (of_system) : NULL;

  if (settings[row].of_program != NULL)
    g_setenv ("G_TLS_GNUTLS_PRIORITY", settings[row].of_program, TRUE);
  if (path != NULL)
    g_setenv ("GNUTLS_SYSTEM_PRIORITY_FILE", path, TRUE);
  g_test_trap_subprocess (test, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_unsetenv ("G_TLS_GNUTLS_PRIORITY");
  g_unsetenv ("GNUTLS_SYSTEM_PRIORITY_FILE");
  if (path != NULL)
    g_unlink (path);
  g_test_trap_assert_passed ();
}

static void
add_row (const char   *path,
         const char   *name,
         GTestDataFunc func,
         guint         row)
{
  g_autofree char *whole = g_strconcat (PATH, path, "/", name, NULL);

  g_test_add_data_func (whole, GUINT_TO_POINTER (row), func);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hellos); i++)
    add_row ("hello", hellos[i].name, test_hello, i);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      add_row ("setting", settings[i].name, test_setting, i);
      add_row ("setting/subprocess", settings[i].name, serve_with_setting, i);
    }

  return g_test_run ();
}
