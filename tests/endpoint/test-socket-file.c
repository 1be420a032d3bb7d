/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file of a Unix socket: what may be in its place before the server listens, and what the
 * server removes at its end. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/rows.h"
#include "lib/turns.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH "/endpoint/socket-file/"
#define N_RACES 40
#define N_RACERS 4

typedef enum
{
  NOTHING,
  LEFT_SOCKET,                  /* socket of a server that has ended */
  LEFT_SOCKET_OF_DATAGRAMS,
  LIVE_SERVER,
  FULL_SERVER,                  /* server whose backlog has no room */
  LIVE_DATAGRAMS,
  REGULAR_FILE,
  DIRECTORY,
  FIFO,
  LINK_TO_A_LEFT_SOCKET,
  LINK_TO_A_REGULAR_FILE,
  LINK_TO_NOTHING,
  NO_FOLDER,
  FILE_AS_FOLDER,
} Obstacle;

static const struct
{
  const char *name;
  Obstacle    obstacle;
  int         error;            /* code of the error; -1: the server listens */
  const char *text;             /* text that the error contains */
} obstacles[] = {
  { "nothing", NOTHING, -1, NULL },
  { "socket-of-an-ended-server", LEFT_SOCKET, -1, NULL },
  { "datagram-socket-of-an-ended-server", LEFT_SOCKET_OF_DATAGRAMS, -1, NULL },
  { "socket-of-a-server", LIVE_SERVER, G_IO_ERROR_ADDRESS_IN_USE,
    "the socket of a server that listens (stop" },
  { "socket-of-a-full-server", FULL_SERVER, G_IO_ERROR_ADDRESS_IN_USE,
    "the socket of a server that listens (stop" },
  { "datagram-socket-of-a-server", LIVE_DATAGRAMS, G_IO_ERROR_ADDRESS_IN_USE, "a socket to which" },
  { "regular-file", REGULAR_FILE, G_IO_ERROR_ADDRESS_IN_USE, "a regular file (move it away" },
  { "directory", DIRECTORY, G_IO_ERROR_ADDRESS_IN_USE, "a directory (move it away" },
  { "fifo", FIFO, G_IO_ERROR_ADDRESS_IN_USE, "no socket (move it away" },
  { "link-to-a-left-socket", LINK_TO_A_LEFT_SOCKET, G_IO_ERROR_ADDRESS_IN_USE, "a symbolic link" },
  { "link-to-a-regular-file", LINK_TO_A_REGULAR_FILE, G_IO_ERROR_ADDRESS_IN_USE,
    "a symbolic link" },
  { "link-to-nothing", LINK_TO_NOTHING, G_IO_ERROR_ADDRESS_IN_USE, "a symbolic link" },
  { "no-folder", NO_FOLDER, G_IO_ERROR_NOT_FOUND, "(check the folder" },
  { "file-in-place-of-the-folder", FILE_AS_FOLDER, G_IO_ERROR_NOT_DIRECTORY, "(check the folder" },
};

typedef struct
{
  WspServer *server;
  char      *folder, *path, *target;
  int        fd;                /* socket at the path; -1: none */
} Fixture;

static void
fixture_init (Fixture    *self,
              const char *name)
{
  *self = (Fixture) { .server = wsp_server_new (), .fd = -1 };
  self->folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, name, NULL);
  self->target = g_build_filename (self->folder, "target", NULL);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->server);
  if (self->fd >= 0)
    close (self->fd);
  g_remove (self->path);
  g_remove (self->target);
  g_rmdir (self->folder);
  g_assert_false (g_file_test (self->folder, G_FILE_TEST_EXISTS));
  g_free (self->path);
  g_free (self->target);
  g_free (self->folder);
  run_pending ();
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static int
bind_at (const char *path,
         int         type)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
put (Fixture *self,
     Obstacle obstacle)
{
  switch (obstacle)
    {
    case NOTHING:
    case NO_FOLDER:
      return;
    case LEFT_SOCKET:
      close (bind_at (self->path, SOCK_STREAM));
      return;
    case LEFT_SOCKET_OF_DATAGRAMS:
      close (bind_at (self->path, SOCK_DGRAM));
      return;
    case LIVE_SERVER:
    case FULL_SERVER:
      self->fd = bind_at (self->path, SOCK_STREAM);
      g_assert_cmpint (listen (self->fd, obstacle == LIVE_SERVER ? 8 : 0), ==, 0);
      return;
    case LIVE_DATAGRAMS:
      self->fd = bind_at (self->path, SOCK_DGRAM);
      return;
    case REGULAR_FILE:
      g_assert_true (g_file_set_contents (self->path, "kept", -1, NULL));
      return;
    case DIRECTORY:
      g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
      return;
    case FIFO:
      g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
      return;
    case LINK_TO_A_LEFT_SOCKET:
      close (bind_at (self->target, SOCK_STREAM));
      g_assert_cmpint (symlink (self->target, self->path), ==, 0);
      return;
    case LINK_TO_A_REGULAR_FILE:
      g_assert_true (g_file_set_contents (self->target, "kept", -1, NULL));
      g_assert_cmpint (symlink (self->target, self->path), ==, 0);
      return;
    case LINK_TO_NOTHING:
      g_assert_cmpint (symlink (self->target, self->path), ==, 0);
      return;
    case FILE_AS_FOLDER:
      g_assert_true (g_file_set_contents (self->target, "kept", -1, NULL));
      return;
    }
}

static WspListener *
listen_at (WspServer  *server,
           const char *path,
           GError    **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  return wsp_server_listen (server, address, WSP_LISTEN_FLAGS_DEFAULT, error);
}

static void
greet (const char *path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  int fd = knock_dial_address (address);

  knock_send (fd, KNOCK_REQUEST (""));
  g_autofree char *answer = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  close (fd);
}

/* Bytes that are not UTF-8 are escaped in errors. */
static void
check_text (const GError *error,
            const char   *name,
            const char   *text)
{
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, text));
  g_assert_nonnull (strstr (error->message, name));
}

static const char * const names[] = { "a.sock", "\xff\n.sock" };
static const char * const shown_names[] = { "a.sock", "\\xff\\x0a.sock" };

static void
test_obstacle (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data) / 2;
  guint name = GPOINTER_TO_UINT (data) % 2;
  Obstacle obstacle = obstacles[row].obstacle;
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;
  struct stat before, after;
  guint limit = begin_wait (20);

  fixture_init (&fixture, names[name]);
  put (&fixture, obstacle);
  if (obstacle == NO_FOLDER || obstacle == FILE_AS_FOLDER)
    {
      g_free (fixture.path);
      fixture.path = g_build_filename (fixture.target, names[name], NULL);
    }

  gboolean was_there = lstat (fixture.path, &before) == 0;
  WspListener *listener = listen_at (fixture.server, fixture.path, &error);

  if (obstacles[row].error < 0)
    {
      g_assert_no_error (error);
      greet (fixture.path);
      wsp_listener_close (listener);
      g_assert_cmpint (lstat (fixture.path, &after), ==, -1);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, obstacles[row].error);
      check_text (error, shown_names[name], obstacles[row].text);
      g_assert_cmpint (lstat (fixture.path, &after) == 0, ==, was_there);
      if (was_there)
        g_assert_cmpuint (after.st_ino, ==, before.st_ino);
    }
  g_source_remove (limit);
}

typedef enum
{
  LISTENER_CLOSED,
  ACCEPTING_STOPPED,
  SERVER_DROPPED,
} Ending;

typedef enum
{
  KEPT,
  MODE_CHANGED,                 /* the mode is changed by chmod () */
  REPLACED_BY_A_SOCKET,
  REPLACED_BY_A_FILE,
  REMOVED,
  FOLDER_LEFT,                  /* the program has changed its folder, and the path is relative */
} Change;

static const struct
{
  const char *name;
  Ending      ending;
  Change      change;
  gboolean    is_removed;
} ends[] = {
  { "listener-closed", LISTENER_CLOSED, KEPT, TRUE },
  { "accepting-stopped", ACCEPTING_STOPPED, KEPT, TRUE },
  { "server-dropped", SERVER_DROPPED, KEPT, TRUE },
  { "mode-changed", LISTENER_CLOSED, MODE_CHANGED, TRUE },
  { "removed-before", LISTENER_CLOSED, REMOVED, TRUE },
  { "replaced-by-a-socket", LISTENER_CLOSED, REPLACED_BY_A_SOCKET, FALSE },
  { "replaced-by-a-file", LISTENER_CLOSED, REPLACED_BY_A_FILE, FALSE },
  { "folder-left", LISTENER_CLOSED, FOLDER_LEFT, TRUE },
};

static void
change (Fixture *self,
        Change   how)
{
  if (how == MODE_CHANGED)
    g_chmod (self->path, 0600);
  if (how == REPLACED_BY_A_SOCKET || how == REPLACED_BY_A_FILE || how == REMOVED)
    g_unlink (self->path);
  if (how == REPLACED_BY_A_SOCKET)
    self->fd = bind_at (self->path, SOCK_STREAM);
  if (how == REPLACED_BY_A_FILE)
    g_assert_true (g_file_set_contents (self->path, "kept", -1, NULL));
}

static void
end (Fixture     *self,
     WspListener *listener,
     Ending       ending)
{
  if (ending == LISTENER_CLOSED)
    wsp_listener_close (listener);
  else if (ending == ACCEPTING_STOPPED)
    wsp_server_stop_accepting (self->server);
  else
    g_clear_object (&self->server);
}

static void
test_end (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  gboolean is_relative = ends[row].change == FOLDER_LEFT;
  g_autofree char *before = g_get_current_dir ();
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture, "a.sock");
  if (is_relative)
    g_assert_cmpint (chdir (fixture.folder), ==, 0);

  WspListener *listener = listen_at (fixture.server, is_relative ? "a.sock" : fixture.path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (chdir (before), ==, 0);
  change (&fixture, ends[row].change);
  end (&fixture, listener, ends[row].ending);
  g_assert_cmpint (g_file_test (fixture.path, G_FILE_TEST_EXISTS), ==, !ends[row].is_removed);
}

/* A child in a PID namespace of its own can have the number of its parent. */
static gboolean is_numbered_1;

pid_t
getpid (void)
{
  return is_numbered_1 ? 1 : (pid_t) syscall (SYS_getpid);
}

/* The child of a fork () has the listener, too, and ends: the parent goes on to listen. */
static void
test_child (gconstpointer is_numbered)
{
  g_auto (Fixture) fixture = { 0 };
  int status;

  fixture_init (&fixture, "a.sock");
  is_numbered_1 = GPOINTER_TO_INT (is_numbered);
  WspListener *listener = listen_at (fixture.server, fixture.path, NULL);
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      wsp_listener_close (listener);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  greet (fixture.path);
  wsp_listener_close (listener);
  is_numbered_1 = FALSE;
  g_assert_false (g_file_test (fixture.path, G_FILE_TEST_EXISTS));
}

static void
test_again (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (WspServer) other = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture, "a.sock");
  g_assert_nonnull (listen_at (fixture.server, fixture.path, NULL));
  g_assert_null (listen_at (other, fixture.path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  greet (fixture.path);
  wsp_server_stop_accepting (fixture.server);
  g_assert_nonnull (listen_at (other, fixture.path, NULL));
  wsp_server_stop_accepting (fixture.server);
  greet (fixture.path);
}

/* The right of root to pass over permissions of files, which this thread has or has not. */
static void
allow_all_files (gboolean is_allowed)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3];

  g_assert_cmpint (syscall (SYS_capget, &header, rights), ==, 0);
  if (is_allowed)
    rights[0].effective |= rights[0].permitted & (1u << CAP_DAC_OVERRIDE);
  else
    rights[0].effective &= ~(1u << CAP_DAC_OVERRIDE);
  g_assert_cmpint (syscall (SYS_capset, &header, rights), ==, 0);
}

/* Without the right to remove it, the file stays. */
static void
test_not_permitted (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture, "a.sock");
  put (&fixture, LEFT_SOCKET);
  g_assert_cmpint (g_chmod (fixture.folder, 0500), ==, 0);
  allow_all_files (FALSE);
  g_assert_null (listen_at (fixture.server, fixture.path, &error));
  allow_all_files (TRUE);
  g_assert_cmpint (g_chmod (fixture.folder, 0700), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  check_text (error, "a.sock", "cannot be removed");
}

/* An abstract name has no file, even if a file has the same name. */
static void
test_abstract (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture, "a.sock");
  put (&fixture, LEFT_SOCKET);
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (fixture.path, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

  g_assert_nonnull (wsp_server_listen (fixture.server, address, WSP_LISTEN_FLAGS_DEFAULT, &error));
  wsp_server_stop_accepting (fixture.server);
  g_assert_true (g_file_test (fixture.path, G_FILE_TEST_EXISTS));
}

typedef struct                  /* ends of pipes */
{
  int start[2], report[2], end[2];
} Gates;

/* Listens when the start is closed, reports whether it does, and waits until the end is closed. */
static void
race (const char *path,
      Gates      *gates)
{
  char byte;

  close (gates->start[1]);
  close (gates->end[1]);
  g_assert_cmpint (read (gates->start[0], &byte, 1), ==, 0);

  WspServer *server = wsp_server_new ();

  byte = listen_at (server, path, NULL) != NULL;
  g_assert_cmpint (write (gates->report[1], &byte, 1), ==, 1);
  g_assert_cmpint (read (gates->end[0], &byte, 1), ==, 0);
  _exit (0);
}

static void
run_race (const char *path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  Gates gates;
  guint n_listening = 0;
  pid_t racers[N_RACERS];
  char listens;

  g_assert_true (g_unix_open_pipe (gates.start, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (gates.report, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (gates.end, FD_CLOEXEC, NULL));
  for (guint i = 0; i < N_RACERS; i++)
    {
      racers[i] = fork ();
      g_assert_cmpint (racers[i], >=, 0);
      if (racers[i] == 0)
        race (path, &gates);
    }
  close (gates.start[0]);
  close (gates.start[1]);
  for (guint i = 0; i < N_RACERS; i++)
    {
      g_assert_cmpint (read (gates.report[0], &listens, 1), ==, 1);
      n_listening += listens;
    }
  g_assert_cmpuint (n_listening, ==, 1);
  close (knock_dial_address (address));
  close (gates.report[0]);
  close (gates.report[1]);
  close (gates.end[0]);
  close (gates.end[1]);
  for (guint i = 0; i < N_RACERS; i++)
    g_assert_cmpint (waitpid (racers[i], NULL, 0), ==, racers[i]);
}

/* One of several servers that begin at once listens, and it is reached by the path. */
static void
test_race (void)
{
  for (guint n = 0; n < N_RACES; n++)
    {
      g_auto (Fixture) fixture = { 0 };

      fixture_init (&fixture, "a.sock");
      put (&fixture, LEFT_SOCKET);
      run_race (fixture.path);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint row = 0; row < 2 * G_N_ELEMENTS (obstacles); row++)
    {
      g_autofree char *path = g_strconcat (PATH "in-the-way/", obstacles[row / 2].name,
                                           row % 2 ? "/not-utf-8" : "", NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (row), test_obstacle);
    }
  ADD_ROWS (PATH "end", ends, test_end);
  g_test_add_data_func (PATH "end/not-in-a-child", GINT_TO_POINTER (FALSE), test_child);
  g_test_add_data_func (PATH "end/not-in-a-child-with-the-same-number", GINT_TO_POINTER (TRUE),
                        test_child);
  g_test_add_func (PATH "one-server-after-the-other", test_again);
  g_test_add_func (PATH "in-the-way/not-permitted-to-remove", test_not_permitted);
  g_test_add_func (PATH "abstract-name-has-no-file", test_abstract);
  g_test_add_func (PATH "race/one-listens", test_race);

  return g_test_run ();
}
