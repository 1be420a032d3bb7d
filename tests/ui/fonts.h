/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The window in the fonts of a desktop: with-display gives it the one of a bare Debian. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name, *family;    /* name for the name of a point; name of the installed family */
  int         size;             /* size in points */
} Font;

extern const Font fonts[];
extern const guint n_fonts;

/* FALSE: the font is not installed, and the test is skipped. */
gboolean font_set   (const Font *font);
/* As before. */
void     font_reset (void);

G_END_DECLS
