/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The folder with the sockets of the user's programs, $XDG_RUNTIME_DIR/wsproto-inspector.  Programs
 * and inspectors trust it only if it is theirs, and closed to others (SEC-131, SEC-132). */
#pragma once

#include <gio/gio.h>
#include <sys/un.h>

G_BEGIN_DECLS

typedef enum
{
  WSP_ATTACH_FOLDER_FIND,
  WSP_ATTACH_FOLDER_MAKE,       /* the folder is made if there is none */
} WspAttachFolderMode;

/* Returns a descriptor of the folder, or -1 with an error: NOT_FOUND if there is none, else it is
 * not to be trusted, or XDG_RUNTIME_DIR is wrong. */
int      wsp_attach_folder_open    (WspAttachFolderMode mode,
                                    GError            **error);
/* The address of a socket in the folder: it is the same folder, whatever its path is now. */
void     wsp_attach_folder_address (int                 folder,
                                    const char         *name,
                                    struct sockaddr_un *address);
/* Whether the peer of a connected socket is this user. */
gboolean wsp_attach_peer_is_user   (int fd);

G_END_DECLS
