/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The settings that a user changes. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_PREFERENCES (wsi_preferences_get_type ())

G_DECLARE_FINAL_TYPE (WsiPreferences, wsi_preferences, WSI, PREFERENCES, AdwPreferencesWindow)

WsiPreferences *wsi_preferences_new (GtkWindow * parent);

G_END_DECLS
