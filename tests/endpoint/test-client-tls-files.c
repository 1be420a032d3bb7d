/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cost of the list of CAs for the main loop: it turns while the list is read, and a wss connect
 * after the first opens no file that a ws connect does not open.
 *
 * Functions of this program take the place of those that open files and read the system's list. */
#include <dlfcn.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdarg.h>
#include <stdio.h>

#include "endpoint/far/dialed.h"
#include "lib/listen.h"

#define PATH "/endpoint/client-tls-files/"
#define N_CONNECTS 8
#define N_TURNS 20              /* of the main loop, during each reading */
#define LIMIT (4 * G_USEC_PER_SEC)      /* a loop that stands still is waited for so long */

typedef int (*OpenAt) (int         folder,
                       const char *path,
                       int         flags,
                       int         mode);
typedef FILE *(*OpenFile) (const char *path,
                           const char *mode);

static int n_opened;            /* atomic */

static int
count_open (int         folder,
            const char *path,
            int         flags,
            int         mode)
{
  OpenAt next;

  *(void **) &next = dlsym (RTLD_NEXT, "openat64");
  g_atomic_int_inc (&n_opened);
  return next (folder, path, flags, mode);
}

static FILE *
count_open_file (const char *path,
                 const char *mode)
{
  OpenFile next;

  *(void **) &next = dlsym (RTLD_NEXT, "fopen64");
  g_atomic_int_inc (&n_opened);
  return next (path, mode);
}

/* A mode that the caller has not given has any value, and is not used. */
#define OPEN(name, symbol) \
  int name (const char *path, int flags, int mode) __asm__ (symbol); \
  int \
  name (const char *path, int flags, int mode) \
  { \
    return count_open (AT_FDCWD, path, flags, mode); \
  }
#define OPEN_AT(name, symbol) \
  int name (int folder, const char *path, int flags, int mode) __asm__ (symbol); \
  int \
  name (int folder, const char *path, int flags, int mode) \
  { \
    return count_open (folder, path, flags, mode); \
  }
#define OPEN_FILE(name, symbol) \
  FILE *name (const char *path, const char *mode) __asm__ (symbol); \
  FILE * \
  name (const char *path, const char *mode) \
  { \
    return count_open_file (path, mode); \
  }

OPEN (open_small, "open")
OPEN (open_large, "open64")
OPEN_AT (open_at_small, "openat")
OPEN_AT (open_at_large, "openat64")
OPEN_FILE (open_file_small, "fopen")
OPEN_FILE (open_file_large, "fopen64")

/* The main loop during a reading. */

static struct
{
  GMutex   lock;
  GCond    turned;
  guint    n_turns;
  guint    n_readings;          /* number of times that the library has read the list of the
                                 * system */
  gboolean is_awaited;          /* TRUE if a reading waits until the main loop has turned N_TURNS
                                 * times */
  gboolean stood_still;
} loop;

/* A reading takes as long as the loop needs for the turns. */
static void
wait_for_turns (void)
{
  gint64 end = g_get_monotonic_time () + LIMIT;

  g_mutex_lock (&loop.lock);

  guint enough = loop.n_turns + N_TURNS;

  while (loop.is_awaited && loop.n_turns < enough && !loop.stood_still)
    loop.stood_still = !g_cond_wait_until (&loop.turned, &loop.lock, end);
  g_mutex_unlock (&loop.lock);
}

static gboolean
count_turn (gpointer data)
{
  g_mutex_lock (&loop.lock);
  loop.n_turns++;
  g_cond_signal (&loop.turned);
  g_mutex_unlock (&loop.lock);
  return G_SOURCE_CONTINUE;
}

/* Called by the library, and by GIO for its default database. */
int
gnutls_certificate_set_x509_system_trust (gnutls_certificate_credentials_t credentials)
{
  g_autofree char *path = authority_dup_path ("ca.pem");

  loop.n_readings++;
  wait_for_turns ();
  return gnutls_certificate_set_x509_trust_file (credentials, path, GNUTLS_X509_FMT_PEM);
}

/* The same of other versions of GIO. */
int
gnutls_x509_trust_list_add_system_trust (gnutls_x509_trust_list_t list,
                                         unsigned int             list_flags,
                                         unsigned int             verify_flags)
{
  g_autofree char *path = authority_dup_path ("ca.pem");

  wait_for_turns ();
  return gnutls_x509_trust_list_add_trust_file (list, path, NULL, GNUTLS_X509_FMT_PEM, list_flags,
                                                verify_flags);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       data)
{
  g_assert_true (wsp_connection_queue_text (connection, "hi", NULL));
  wsp_connection_start_receiving (connection);
}

static WspServer *
serve (gboolean has_tls)
{
  WspServer *server = wsp_server_new ();

  if (has_tls)
    wsp_server_set_tls_certificate (server, authority_get_certificate (CERTIFICATE_GOOD));
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  return server;
}

static void
connect_to (const char   *format,
            guint16       port,
            GTlsDatabase *database)
{
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };

  wsp_client_set_tls_database (client, database);
  dial (&dialed, client, format, port);
  dial_is_open (&dialed);
}

/* Returns the number of files that are opened by some connects after the first. */
static guint
count_opened (gboolean      has_tls,
              GTlsDatabase *database)
{
  g_autoptr (WspServer) server = serve (has_tls);
  const char *format = has_tls ? "wss://127.0.0.1:PORT/" : "ws://127.0.0.1:PORT/";
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  guint before;

  connect_to (format, port, database);
  before = g_atomic_int_get (&n_opened);
  for (guint i = 0; i < N_CONNECTS; i++)
    connect_to (format, port, database);
  return g_atomic_int_get (&n_opened) - before;
}

/* The first test: GIO reads its list once in a process. */
static void
test_loop_turns (void)
{
  g_autoptr (WspServer) server = serve (TRUE);
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  guint turns = g_timeout_add (1, count_turn, NULL);
  guint before = g_atomic_int_get (&n_opened);

  loop.is_awaited = TRUE;
  connect_to ("wss://127.0.0.1:PORT/", port, NULL);
  loop.is_awaited = FALSE;
  g_source_remove (turns);
  g_assert_cmpuint (loop.n_readings, >=, 1);
  g_assert_cmpint (g_atomic_int_get (&n_opened), >, before);
  g_assert_false (loop.stood_still);
}

static void
test_no_file_is_opened (gconstpointer data)
{
  GTlsDatabase *database = GPOINTER_TO_UINT (data) ? authority_get_database () : NULL;

  g_assert_cmpuint (count_opened (TRUE, database), ==, count_opened (FALSE, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func (PATH "loop-turns-while-the-list-is-read", test_loop_turns);
  g_test_add_data_func (PATH "no-file-is-opened/with-the-list-of-the-system", NULL,
                        test_no_file_is_opened);
  g_test_add_data_func (PATH "no-file-is-opened/with-a-list-of-the-program",
                        GUINT_TO_POINTER (TRUE), test_no_file_is_opened);
  return g_test_run ();
}
