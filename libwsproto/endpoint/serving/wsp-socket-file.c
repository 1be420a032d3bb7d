/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file of a Unix socket.
 *
 * A file is removed only if it is a socket that refuses to connect: its server has ended.  Another
 * process may replace the file at any time, so the file is looked at again just before it is
 * removed, in a folder that is opened once.
 *
 * A socket that is bound and does not listen yet refuses, too.  So servers of this library bind and
 * listen under a lock of the folder, which is not waited for long: another user may hold it.
 */
#include "endpoint/serving/wsp-socket-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wsp-fork-private.h"
#include "log/wsp-excerpt-private.h"
#include "system/files.h"
#include "system/sockets.h"

#define MAX_PATH_SHOWN 120
#define MAX_TRIES_TO_LOCK 50    /* one in each millisecond */

struct _WspSocketFile
{
  char       *path;             /* absolute path of the socket: the program may change its folder */
  struct stat status;
  pid_t       pid;              /* id of the process that listens; 0: the file is not its own */
  guint       n_forks;          /* value of wsp_n_forks in that process: its child can have the same
                                 * id, in a PID namespace of its own */
};

typedef struct
{
  int         fd;               /* descriptor of the folder; AT_FDCWD: the folder cannot be read */
  char       *name;             /* name of the file, relative to fd */
  char       *shown;            /* path of the socket in error texts */
  const char *path;
} Place;

gboolean
wsp_socket_file_is_for (GSocketAddress *address)
{
  return G_IS_UNIX_SOCKET_ADDRESS (address) &&
         g_unix_socket_address_get_address_type (G_UNIX_SOCKET_ADDRESS (address)) ==
         G_UNIX_SOCKET_ADDRESS_PATH;
}

static void
lock_folder (int fd)
{
  for (guint n_tries = 0; n_tries < MAX_TRIES_TO_LOCK; n_tries++)
    {
      if (flock (fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return;

      g_usleep (1000);
    }
}

static void
place_init (Place      *self,
            const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  self->path = path;
  self->shown = wsp_excerpt_quote (path, strlen (path), MAX_PATH_SHOWN);
  self->fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->fd >= 0)
    {
      self->name = g_path_get_basename (path);
      lock_folder (self->fd);
    }
  else
    {
      self->fd = AT_FDCWD;
      self->name = g_strdup (path);
    }
}

/* Unlocks the folder. */
static void
place_clear (Place *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
  g_free (self->shown);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
socket_file_look (const Place *self,
                  struct stat *status)
{
  return fstatat (self->fd, self->name, status, AT_SYMLINK_NOFOLLOW) == 0;
}

static const char *
socket_file_name_kind (mode_t mode)
{
  if (S_ISREG (mode))
    return "a regular file";
  if (S_ISDIR (mode))
    return "a directory";

  return S_ISLNK (mode) ? "a symbolic link" : "no socket";
}

static gboolean
socket_file_refuse (const Place *self,
                    const char  *received,
                    const char  *remedy,
                    GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
               "Cannot listen at %s: Address already in use: expected a free path, received %s "
               "(%s, or choose another path)", self->shown, received, remedy);
  return FALSE;
}

/* Returns the errno of connecting; 0: a server listens. */
static int
try_to_connect (GSocketAddress *address)
{
  struct sockaddr_storage native;
  gssize length = g_socket_address_get_native_size (address);
  int fd = wsc_socket_new_unix ();
  int number = 0;

  if (fd < 0)
    return errno;

  if (!g_socket_address_to_native (address, &native, sizeof native, NULL) ||
      connect (fd, (struct sockaddr *) &native, (socklen_t) length) != 0)
    number = errno;
  close (fd);
  return number == EAGAIN || number == EINPROGRESS ? 0 : number;
}

static gboolean
remove_refusing (const Place       *self,
                 const struct stat *refusing,
                 GError           **error)
{
  struct stat now;
  int number;

  if (!socket_file_look (self, &now) || !wsc_file_is_same (&now, refusing))
    return TRUE;                /* to bind again finds out */
  if (unlinkat (self->fd, self->name, 0) == 0 || errno == ENOENT)
    return TRUE;

  number = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number),
               "Cannot listen at %s: Address already in use: expected a free path, received the "
               "socket file of a server that has ended, which cannot be removed: %s (remove it, or "
               "choose another path)", self->shown, g_strerror (number));
  return FALSE;
}

/* FALSE: the file that is in the way must stay. */
static gboolean
make_way (const Place    *self,
          GSocketAddress *address,
          GError        **error)
{
  struct stat status;
  int number;

  if (!socket_file_look (self, &status))
    return TRUE;
  if (!S_ISSOCK (status.st_mode))
    return socket_file_refuse (self, socket_file_name_kind (status.st_mode), "move it away", error);

  number = try_to_connect (address);
  if (number == ECONNREFUSED)
    return remove_refusing (self, &status, error);
  if (number == 0)
    return socket_file_refuse (self, "the socket of a server that listens", "stop the server",
                               error);

  g_autofree char *received =
    g_strdup_printf ("a socket to which it is not possible to connect: %s", g_strerror (number));

  return socket_file_refuse (self, received, "stop its server, then remove it", error);
}

/* Takes the failure. */
static gboolean
fail_to_bind (const Place *self,
              GError      *failure,
              GError     **error)
{
  g_set_error (error, failure->domain, failure->code,
               "Cannot listen at %s (check the folder and its permissions): %s", self->shown,
               failure->message);
  g_error_free (failure);
  return FALSE;
}

static gboolean
bind_to_path (const Place    *self,
              GSocket        *socket,
              GSocketAddress *address,
              GError        **error)
{
  GError *failure = NULL;

  if (g_socket_bind (socket, address, TRUE, &failure))
    return TRUE;

  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      g_clear_error (&failure);
      if (!make_way (self, address, error))
        return FALSE;
      if (g_socket_bind (socket, address, TRUE, &failure))
        return TRUE;
    }

  return fail_to_bind (self, failure, error);
}

static char *
make_absolute (const char *path)
{
  g_autofree char *folder = NULL;

  if (path[0] == '/')
    return g_strdup (path);

  folder = g_get_current_dir ();
  return g_build_filename (folder, path, NULL);
}

WspSocketFile *
wsp_socket_file_listen (GSocket        *socket,
                        GSocketAddress *address,
                        GError        **error)
{
  const char *path = g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address));
  g_auto (Place) place = { 0 };
  WspSocketFile *self;

  place_init (&place, path);
  if (!bind_to_path (&place, socket, address, error))
    return NULL;

  self = g_new0 (WspSocketFile, 1);
  self->path = make_absolute (path);
  wsp_fork_begin_counting ();
  self->n_forks = wsp_n_forks;
  self->pid = socket_file_look (&place, &self->status) ? getpid () : 0;
  if (g_socket_listen (socket, error))
    return self;

  wsp_socket_file_remove (self);
  return NULL;
}

void
wsp_socket_file_remove (WspSocketFile *self)
{
  struct stat now;

  if (getpid () == self->pid && wsp_n_forks == self->n_forks && lstat (self->path, &now) == 0 &&
      wsc_file_is_same (&now, &self->status))
    unlink (self->path);
  g_free (self->path);
  g_free (self);
}
