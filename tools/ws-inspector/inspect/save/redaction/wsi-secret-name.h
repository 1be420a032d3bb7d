/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names that say that a value is secret: one rule for headers, parameters and subprotocols. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_SECRECY_NONE,
  WSI_SECRECY_IF_RANDOM,        /* secret if the value looks random: in a message such names are of
                                 * many other things, too */
  WSI_SECRECY_ALWAYS,
} WsiSecrecy;

WsiSecrecy         wsi_get_secrecy          (const char *name);
gboolean           wsi_is_secret_name       (const char *name);
/* Words in small letters, of which each secret name has one. */
const char *const *wsi_secret_name_get_words (void);

G_END_DECLS
