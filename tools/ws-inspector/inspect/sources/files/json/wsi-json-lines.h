/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lines of JSON, each an object, whose members are read where the line is: a line needs no more
 * memory than its bytes, whatever it has.  Its length and nesting are limited. */
#pragma once

#include <gio/gio.h>

#include "inspect/decode/json/wsi-json-fields.h"

G_BEGIN_DECLS

#define WSI_JSON_MAX_LINE (64 * 1024 * 1024)

typedef struct _WsiJsonLines WsiJsonLines;

/* names: of the members that are read, as long as the lines are. */
WsiJsonLines *wsi_json_lines_new  (GInputStream      *stream,
                                   const char *const *names,
                                   guint              n_names);
void          wsi_json_lines_free (WsiJsonLines *self);
/* The fields of the next object, in the order of the names, until the next one is read; NULL
 * without an error: the end.  A last line that is torn is the end, too. */
WsiJsonField *wsi_json_lines_read (WsiJsonLines *self,
                                   GCancellable *cancellable,
                                   GError      **error);
/* Finds the next object whose line begins with one of these texts; lines that are not JSON are left
 * out.  NULL: the end, or an error. */
WsiJsonField *wsi_json_lines_find (WsiJsonLines      *self,
                                   const char *const *begins,
                                   GCancellable      *cancellable);
/* Whether the next line is in memory, so that the stream is not read for it. */
gboolean      wsi_json_lines_has_next   (WsiJsonLines *self);
guint64       wsi_json_lines_get_line   (const WsiJsonLines *self);
/* The offset of the line that was read last. */
guint64       wsi_json_lines_get_offset (const WsiJsonLines *self);
/* The number of bytes of a torn last line. */
guint64       wsi_json_lines_get_n_cut (const WsiJsonLines *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiJsonLines, wsi_json_lines_free)

G_END_DECLS
