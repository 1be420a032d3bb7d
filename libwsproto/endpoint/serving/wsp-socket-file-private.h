/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file of a Unix socket at which a server listens. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WspSocketFile WspSocketFile;

/* TRUE: the address is a path.  FALSE: an abstract or unnamed Unix socket, or no Unix socket. */
gboolean       wsp_socket_file_is_for (GSocketAddress *address);
/* Binds the socket to a path, and listens.  A socket file that a server has left, and at which
 * nothing listens, is removed before.  NULL with an error. */
WspSocketFile *wsp_socket_file_listen (GSocket        *socket,
                                       GSocketAddress *address,
                                       GError        **error);
/* Frees self.  Removes the file, unless it was replaced, or this is the child of a fork (). */
void           wsp_socket_file_remove (WspSocketFile *self);

G_END_DECLS
