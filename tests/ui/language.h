/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The window in another language.  GNU gettext translates nothing in the locale C.UTF-8, so a real
 * locale is made. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name, *locale, *start;    /* name, locale; start: a text of the start page */
} Language;

/* name: "de" or "fr"; folder: of the built catalogs.  Before GTK is initialised.  NULL: the locale
 * is not there, and cannot be made. */
const Language *language_set (const char *name,
                              const char *folder);
/* Whether a word is one that only English has. */
gboolean        language_has_english (const char *text);

G_END_DECLS
