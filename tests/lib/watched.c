/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Attaches an inspector to a test program.  With WSP_TEST_WATCHED in the environment an inspector
 * is attached to the program from its beginning, and reads all records that it gets.  A program
 * that is watched must behave as one that is not: the same tests have to pass.
 *
 * The inspector is a thread of the program.  Whatever the test does, each record has a known kind
 * and belongs to a connection that was opened and has not been closed; HEADS have two blocks. */
#include <libwsproto/wsproto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "attach/wsp-attach-format.h"

#define WHOLE_HEADER (WSP_ATTACH_LENGTH_LENGTH + WSP_ATTACH_HEADER_LENGTH)
#define KIND_AT WSP_ATTACH_LENGTH_LENGTH
#define NUMBER_AT (KIND_AT + 1)

typedef struct
{
  int         fd;
  guint8      read[2 * WSP_ATTACH_MAX_RECORD];
  gsize       n_read;
  gboolean    is_watching;      /* TRUE if all new records are sent */
  guint64     n_dropped;        /* number of lost records, whose content is not known */
  GHashTable *opened;           /* connections that have opened, by number */
} Watcher;

static char *folder;            /* of the socket's folder */

static guint64
load (const guint8 *at,
      guint         n_bytes)
{
  guint64 value = 0;

  for (guint i = n_bytes; i > 0; i--)
    value = value << 8 | at[i - 1];
  return value;
}

static void
check_heads (const guint8 *at,
             gsize         length)
{
  for (guint i = 0; i < 2; i++)
    {
      gsize n;

      g_assert_cmpuint (length, >=, 4);
      n = load (at, 4);
      g_assert_cmpuint (n, <=, length - 4);
      at += 4 + n;
      length -= 4 + n;
    }
  g_assert_cmpuint (length, ==, 0);
}

static void
take_record (Watcher      *self,
             const guint8 *record,
             gsize         length)
{
  gpointer number = GUINT_TO_POINTER ((guint) load (record + NUMBER_AT, 4));
  WspAttachKind kind = record[KIND_AT];

  g_assert_cmpint (kind, >=, WSP_ATTACH_HELLO);
  g_assert_cmpint (kind, <=, WSP_ATTACH_OPEN);
  self->is_watching |= kind == WSP_ATTACH_OPEN;
  if (kind == WSP_ATTACH_DROPPED)
    self->n_dropped += load (record + WHOLE_HEADER, 8);
  if (kind == WSP_ATTACH_OPENED)
    g_hash_table_add (self->opened, number);
  if (self->n_dropped == 0 && kind > WSP_ATTACH_OPENED && kind < WSP_ATTACH_DROPPED)
    g_assert_true (g_hash_table_contains (self->opened, number));
  if (kind == WSP_ATTACH_CLOSED)
    g_hash_table_remove (self->opened, number);
  if (kind == WSP_ATTACH_HEADS)
    check_heads (record + WHOLE_HEADER, length - WHOLE_HEADER);
}

/* FALSE: the program ends. */
static gboolean
read_some (Watcher *self)
{
  gssize n = recv (self->fd, self->read + self->n_read, sizeof self->read - self->n_read, 0);
  gsize used = 0;

  self->n_read += MAX (n, 0);
  while (self->n_read - used >= WHOLE_HEADER)
    {
      gsize length = WSP_ATTACH_LENGTH_LENGTH + load (self->read + used, WSP_ATTACH_LENGTH_LENGTH);

      g_assert_cmpuint (length, >=, WHOLE_HEADER);
      g_assert_cmpuint (length, <=, WSP_ATTACH_MAX_RECORD);
      if (length > self->n_read - used)
        break;
      take_record (self, self->read + used, length);
      used += length;
    }
  self->n_read -= used;
  memmove (self->read, self->read + used, self->n_read);
  return n > 0;
}

static gpointer
run (gpointer data)
{
  while (read_some (data))
    continue;
  return NULL;
}

/* The library has removed its socket. */
static void
remove_folder (void)
{
  g_autofree char *sockets = g_build_filename (folder, WSP_ATTACH_FOLDER, NULL);

  rmdir (sockets);
  rmdir (folder);
}

static int
connect_to_program (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/" WSP_ATTACH_FOLDER "/%d", folder,
              (int) getpid ());
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
watch (Watcher *self)
{
  const guint8 record[WHOLE_HEADER] = {
    [0] = WSP_ATTACH_HEADER_LENGTH, [KIND_AT] = WSP_ATTACH_WATCH
  };

  g_assert_cmpint (send (self->fd, record, sizeof record, MSG_NOSIGNAL), ==, sizeof record);
  while (!self->is_watching)
    g_assert_true (read_some (self));
}

__attribute__ ((constructor))
static void
watch_all (void)
{
  static Watcher watcher;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;

  if (g_getenv ("WSP_TEST_WATCHED") == NULL)
    return;

  folder = g_dir_make_tmp ("watched-XXXXXX", &error);
  g_assert_no_error (error);
  before = g_strdup (g_getenv ("XDG_RUNTIME_DIR"));
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  atexit (remove_folder);
  wsp_attach_enable (&error);
  g_assert_no_error (error);
  if (before != NULL)
    g_setenv ("XDG_RUNTIME_DIR", before, TRUE);
  else
    g_unsetenv ("XDG_RUNTIME_DIR");
  watcher.opened = g_hash_table_new (NULL, NULL);
  watcher.fd = connect_to_program ();
  watch (&watcher);
  g_thread_unref (g_thread_new ("inspector", run, &watcher));
}
