/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The user's settings; data/inspector.gschema.xml.in lists them.  No secret is kept there. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The values of "style". */
typedef enum
{
  WSI_STYLE_SYSTEM,
  WSI_STYLE_LIGHT,
  WSI_STYLE_DARK,
} WsiStyle;

gboolean   wsi_settings_are_installed (void);
GSettings *wsi_settings_new (void);
/* Lets all redactors that are made from now on know the user's names of secrets. */
void       wsi_settings_apply_names (GSettings *settings);

G_END_DECLS
