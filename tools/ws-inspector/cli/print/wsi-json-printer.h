/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* JSON in one line.  Unprintable characters are escaped, so a terminal obeys nothing in the
 * text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GString *text;
  /* the innermost object or array has a member: a comma comes before the next one */
  gboolean has_member;
} WsiJsonPrinter;

void  wsi_json_printer_init   (WsiJsonPrinter *self);
/* Returns the text, which the caller owns. */
char *wsi_json_printer_steal  (WsiJsonPrinter *self);
/* name NULL: the value is an element of an array, or the outermost value. */
void  wsi_json_printer_open   (WsiJsonPrinter *self,
                               const char     *name,
                               char            bracket);
void  wsi_json_printer_close  (WsiJsonPrinter *self,
                               char            bracket);
void  wsi_json_printer_string (WsiJsonPrinter *self,
                               const char     *name,
                               const char     *utf8);
/* literal: a number, true, false or null. */
void  wsi_json_printer_literal (WsiJsonPrinter *self,
                                const char     *name,
                                const char     *literal);
void  wsi_json_printer_number (WsiJsonPrinter *self,
                               const char     *name,
                               guint64         number);

G_END_DECLS
