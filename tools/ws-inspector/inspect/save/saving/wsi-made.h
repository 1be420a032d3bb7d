/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Things that a user has made in a session and would lose with it (wsi-made-rows.h). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
#define NOTE(id, type, sentence) WSI_MADE_ ## id,
#define MADE(id, sentence) WSI_MADE_ ## id,
#include "inspect/store/wsi-made-rows.h"
  WSI_N_MADE,
} WsiMade;

/* Things that are made: 1 << WsiMade. */
typedef guint WsiMadeSet;

/* A line for each of them; "" = there is none. */
char *wsi_made_dup_sentences (WsiMadeSet made);

G_END_DECLS
