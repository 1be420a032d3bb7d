/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Objects of HARs, as trees.  Nesting and the number of values are limited before anything is
 * parsed: in memory, a value takes many times its bytes. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WSI_JSON_MAX_VALUES 100000

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

G_END_DECLS
