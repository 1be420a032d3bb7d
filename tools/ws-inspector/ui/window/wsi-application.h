/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The program: opens a window as the command line says. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_APPLICATION (wsi_application_get_type ())

G_DECLARE_FINAL_TYPE (WsiApplication, wsi_application, WSI, APPLICATION, AdwApplication)

WsiApplication *wsi_application_new (const char *application_id);

G_END_DECLS
