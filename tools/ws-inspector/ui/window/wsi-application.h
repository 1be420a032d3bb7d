/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The program: opens a window as the command line says. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_APPLICATION (wsi_application_get_type ())

G_DECLARE_FINAL_TYPE (WsiApplication, wsi_application, WSI, APPLICATION, AdwApplication)

WsiApplication *wsi_application_new (const char *application_id);
/* After it was run: whether it has handed its arguments to an instance that was just ending.  That
 * one has its name until it has shut down, and does nothing with them. */
gboolean        wsi_application_was_lost (WsiApplication *self,
                                          int             status);

G_END_DECLS
