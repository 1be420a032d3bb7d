/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lines of JSON, each an object.  Length and nesting are limited before anything is parsed. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WSI_JSON_MAX_LINE (64 * 1024 * 1024)
#define WSI_JSON_MAX_DEPTH 128

typedef struct _WsiJsonLines WsiJsonLines;

WsiJsonLines *wsi_json_lines_new  (GInputStream *stream);
void          wsi_json_lines_free (WsiJsonLines *self);
/* The next object; NULL without an error: the end.  A last line that is torn is the end, too. */
JsonObject   *wsi_json_lines_read (WsiJsonLines *self,
                                   GCancellable *cancellable,
                                   GError      **error);
guint64       wsi_json_lines_get_line   (const WsiJsonLines *self);
/* Where the line begins that was read last. */
guint64       wsi_json_lines_get_offset (const WsiJsonLines *self);
/* Bytes of the lines that were read so far. */
guint64       wsi_json_lines_get_n_bytes (const WsiJsonLines *self);
/* The bytes of a torn last line. */
guint64       wsi_json_lines_get_n_torn (const WsiJsonLines *self);
/* Whether brackets are nested no deeper than WSI_JSON_MAX_DEPTH. */
gboolean      wsi_json_is_flat          (const char *text,
                                         gsize       length);
/* NULL, or the alternative, if there is no such member or it is of another type. */
const char   *wsi_json_get_string (JsonObject *object,
                                   const char *name);
gint64        wsi_json_get_number (JsonObject *object,
                                   const char *name,
                                   gint64      alternative);
gboolean      wsi_json_is_true    (JsonObject *object,
                                   const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiJsonLines, wsi_json_lines_free)

G_END_DECLS
