/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* JSON in one line.  A terminal obeys nothing in it: what is not printable is escaped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GString *text;
  gboolean has_member;          /* of the innermost object or array: the next one needs a comma */
} WsiJson;

void  wsi_json_init   (WsiJson *self);
/* Returns the text. */
char *wsi_json_steal  (WsiJson *self);
/* name NULL: in an array, or the outermost value. */
void  wsi_json_open   (WsiJson    *self,
                       const char *name,
                       char        bracket);
void  wsi_json_close  (WsiJson *self,
                       char     bracket);
void  wsi_json_string (WsiJson    *self,
                       const char *name,
                       const char *utf8);
/* literal: a number, true, false or null. */
void  wsi_json_literal (WsiJson    *self,
                        const char *name,
                        const char *literal);
void  wsi_json_number (WsiJson    *self,
                       const char *name,
                       guint64     number);

G_END_DECLS
