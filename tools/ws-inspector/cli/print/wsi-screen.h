/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where lines are printed: on a terminal they are cut to its width, and may have colours. */
#pragma once

#include "cli/table/wsi-options.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_TINT_NONE,
  WSI_TINT_SENT,
  WSI_TINT_RECEIVED,
  WSI_TINT_CONTROL,
  WSI_TINT_FAULT,
} WsiTint;

typedef struct
{
  gboolean is_terminal, has_colors;
} WsiScreen;

void  wsi_screen_init (WsiScreen *self,
                       WsiColor   color);
void  wsi_screen_line (const WsiScreen *self,
                       WsiTint          tint,
                       GString         *line);
/* Prints a text that is not cut. */
void  wsi_screen_print (const WsiScreen *self,
                        WsiTint          tint,
                        const char      *title,
                        const char      *text);

G_END_DECLS
