/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names for screen readers, without the underscore of a mnemonic, and read once: neither a label in
 * a button nor a tooltip repeats the name. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Names are so in all windows of the program from now on. */
void wsi_mnemonics_hide (void);

G_END_DECLS
