/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An error that has the sentences of several files. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Separator between two sentences of an error. */
#define WSI_ERROR_SEPARATOR "\n"

/* Takes the error.  A cancellation is the only one of its list: it ends all reading. */
void wsi_error_list_add (GError **list,
                         GError  *error);

G_END_DECLS
