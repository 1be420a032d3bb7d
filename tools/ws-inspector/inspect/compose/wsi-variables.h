/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Variables of messages: {{counter}}, {{time}} and {{uuid}}.  A value is never expanded again, and
 * \{{ means the braces themselves. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The values for one message after the other. */
typedef struct
{
  guint64 counter;              /* counter of the next message; G_MAXUINT64: there is no next one */
} WsiVariables;

/* A text with its variables replaced, and where its pieces come from. */
typedef struct
{
  GString *text;
  GArray  *pieces;
  gboolean has_counter;
} WsiExpansion;

#define WSI_VARIABLES_BEGIN { .counter = 1 }

/* Replaces the variables of a text, with the time of the call.  NULL: an unknown variable; a
 * WSI_TEXT_ERROR of the text. */
WsiExpansion *wsi_variables_expand (const WsiVariables *self,
                                    const char         *text,
                                    GError            **error);
/* The place in the text that a place of the expansion comes from. */
gsize         wsi_expansion_find_origin (const WsiExpansion *self,
                                         gsize               at);
void          wsi_expansion_free (WsiExpansion *self);
/* The text with a digit for each byte of a variable, so that it is cut into tokens as what is sent:
 * places in it are places in the text. */
char         *wsi_variables_mask   (const char *text);
/* Escapes a text of a peer that is to be sent unchanged. */
char         *wsi_variables_escape (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiExpansion, wsi_expansion_free)

G_END_DECLS
