/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Recorded sentences, and those of the library, in the language of the window.  Their own words are
 * English, since they are in files, in logs and on the wire.  A part that quotes the system
 * (g_strerror (), GIO) is in the language of the program that recorded it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A sentence that is not known stays as it is; what is quoted in a known one does as well.
 * NULL = NULL. */
char *wsi_translate_text (const char *english);

G_END_DECLS
