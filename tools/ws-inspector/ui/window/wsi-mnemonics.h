/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names of buttons for screen readers, without the underscore of their mnemonic. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Mnemonics are hidden in all windows of the program from now on. */
void wsi_mnemonics_hide (void);

G_END_DECLS
