/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The programs of this user that let inspectors attach, or what to do if there is none.  While the
 * group is shown they are looked for again and again.  The chosen one has a mark. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WSI_TYPE_PROGRAM_CHOOSER (wsi_program_chooser_get_type ())

G_DECLARE_FINAL_TYPE (WsiProgramChooser, wsi_program_chooser, WSI, PROGRAM_CHOOSER,
                      AdwPreferencesGroup)

/* Signal "chosen" (text): a name that one program alone has, or a PID.
 *
 * text: the one that is chosen. */
void wsi_program_chooser_set_text (WsiProgramChooser *self,
                                   const char        *text);

G_END_DECLS
