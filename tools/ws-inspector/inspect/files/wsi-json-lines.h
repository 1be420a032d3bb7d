/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lines of JSON, each an object.  Length, nesting and the number of values are limited before
 * anything is parsed: in memory, a value takes many times its bytes. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WSI_JSON_MAX_LINE (64 * 1024 * 1024)
#define WSI_JSON_MAX_DEPTH 128
#define WSI_JSON_MAX_VALUES 100000

typedef struct _WsiJsonLines WsiJsonLines;

WsiJsonLines *wsi_json_lines_new  (GInputStream *stream);
void          wsi_json_lines_free (WsiJsonLines *self);
/* The next object; NULL without an error: the end.  A last line that is torn is the end, too. */
JsonObject   *wsi_json_lines_read (WsiJsonLines *self,
                                   GCancellable *cancellable,
                                   GError      **error);
/* The next object whose line begins with a text; lines that are no JSON are left out.  NULL: the
 * end, or an error. */
JsonObject   *wsi_json_lines_find (WsiJsonLines *self,
                                   const char   *begin,
                                   GCancellable *cancellable);
guint64       wsi_json_lines_get_line   (const WsiJsonLines *self);
/* The text of the line that was read last, until the next one is read. */
const char   *wsi_json_lines_get_text   (const WsiJsonLines *self,
                                         gsize              *length);
/* Where the line begins that was read last. */
guint64       wsi_json_lines_get_offset (const WsiJsonLines *self);
/* Bytes of the lines that were read so far. */
guint64       wsi_json_lines_get_n_bytes (const WsiJsonLines *self);
/* The bytes of a torn last line. */
guint64       wsi_json_lines_get_n_torn (const WsiJsonLines *self);
/* One object that was cut out of a file; an error says only what is wrong in it. */
JsonObject   *wsi_json_parse_object     (JsonParser *parser,
                                         const char *text,
                                         gsize       length,
                                         GError    **error);
/* Whether the limits of nesting and of values are kept. */
gboolean      wsi_json_is_small         (const char *text,
                                         gsize       length);
/* NULL, or the alternative, if there is no such member or it is of another type. */
const char   *wsi_json_get_string (JsonObject *object,
                                   const char *name);
/* The same with all its bytes: strings of the parser end at U+0000, so it is read from the text of
 * the object. */
GBytes       *wsi_json_dup_bytes  (JsonObject *object,
                                   const char *name,
                                   const char *text,
                                   gsize       length);
gint64        wsi_json_get_number (JsonObject *object,
                                   const char *name,
                                   gint64      alternative);
/* Any number that is finite. */
double        wsi_json_get_double (JsonObject *object,
                                   const char *name,
                                   double      alternative);
/* NULL, if there is no such member or it is of another type. */
JsonObject   *wsi_json_get_object (JsonObject *object,
                                   const char *name);
JsonArray    *wsi_json_get_array  (JsonObject *object,
                                   const char *name);
gboolean      wsi_json_is_true    (JsonObject *object,
                                   const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiJsonLines, wsi_json_lines_free)

G_END_DECLS
