/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The program: opens a window as the command line says. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_APPLICATION (wsi_application_get_type ())

G_DECLARE_FINAL_TYPE (WsiApplication, wsi_application, WSI, APPLICATION, AdwApplication)

WsiApplication *wsi_application_new (const char *application_id);
/* Whether the program has handed its arguments to an instance that was just ending, which does
 * nothing with them; call it after the run.  That instance has its name until it has shut down. */
gboolean        wsi_application_was_lost (WsiApplication *self,
                                          int             status);

G_END_DECLS
