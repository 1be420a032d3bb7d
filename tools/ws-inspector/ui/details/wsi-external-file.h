/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A payload in a file for another program: only text, under a name that no peer chooses, in a
 * folder that only the user can read. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The file and its folder are removed with the owner.  NULL with an error, as for bytes that are no
 * text: a program could be made to run them. */
GFile *wsi_external_file_new (GObject *owner,
                              GBytes  *bytes,
                              GError **error);

G_END_DECLS
