/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#define _GNU_SOURCE             /* for struct ucred */

#include "attach/wsp-attach-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach/wsp-attach-format.h"

static void
attach_folder_set_error (GError    **error,
                         const char *path,
                         int         code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s cannot be opened: %s%s", path,
               g_strerror (code),
               code == ELOOP || code == ENOTDIR ? " (expected a folder, not a link)" : "");
}

static gboolean
attach_folder_check (int         folder,
                     const char *path,
                     GError    **error)
{
  struct stat status;

  if (fstat (folder, &status) < 0)
    {
      attach_folder_set_error (error, path, errno);
      return FALSE;
    }

  if (status.st_uid != geteuid ())
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   "%s belongs to user %u; expected user %u (remove it)", path,
                   (guint) status.st_uid, (guint) geteuid ());
      return FALSE;
    }

  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   "%s has the mode %04o; expected 0700 (run: chmod 0700 '%s')", path,
                   (guint) status.st_mode & 07777, path);
      return FALSE;
    }

  return TRUE;
}

int
wsp_attach_folder_open (WspAttachFolderMode mode,
                        GError            **error)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *path = NULL;
  int folder;

  if (runtime == NULL || !g_path_is_absolute (runtime))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           runtime == NULL
                           ? "XDG_RUNTIME_DIR is not set; expected the user's own folder, such as "
                           "/run/user/1000 (sudo and su do not set it)"
                           : "XDG_RUNTIME_DIR is not an absolute path; expected the user's own "
                           "folder, such as /run/user/1000");
      return -1;
    }

  path = g_build_filename (runtime, WSP_ATTACH_FOLDER, NULL);
  if (mode == WSP_ATTACH_FOLDER_MAKE && mkdir (path, 0700) < 0 && errno != EEXIST)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s cannot be made: %s%s", path,
                   g_strerror (code), code == ENOENT ? " (XDG_RUNTIME_DIR names no folder)" : "");
      return -1;
    }

  folder = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0)
    attach_folder_set_error (error, path, errno);
  else if (!attach_folder_check (folder, path, error))
    {
      close (folder);
      folder = -1;
    }
  return folder;
}

void
wsp_attach_folder_address (int                 folder,
                           const char         *name,
                           struct sockaddr_un *address)
{
  *address = (struct sockaddr_un) { .sun_family = AF_UNIX };
  g_snprintf (address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", folder, name);
}

gboolean
wsp_attach_peer_is_user (int fd)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid ();
}
