/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Members of objects of JSON, for the files that are written. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "inspect/store/wsi-sentence.h"

G_BEGIN_DECLS

/* Adds a string; NULL: adds no member.  Bytes that are not UTF-8 are replaced. */
void     wsi_json_add_string (JsonBuilder *self,
                              const char  *name,
                              const char  *value);
void     wsi_json_add_number (JsonBuilder *self,
                              const char  *name,
                              guint64      value);
void     wsi_json_add_true   (JsonBuilder *self,
                              const char  *name);
/* "text", in English, and "sentence", a list of the name of its id and its arguments.  Without a
 * sentence, or if the text is another one, such as a redacted one, there is no list. */
void     wsi_json_add_sentence (JsonBuilder       *self,
                                const char        *text,
                                const WsiSentence *sentence);
/* Adds bytes in base64, which no JSON exporter can change. */
void     wsi_json_add_base64 (JsonBuilder *self,
                              const char  *name,
                              GBytes      *bytes);
/* Adds bytes as "text" if they can be read, else as "base64". */
void     wsi_json_add_bytes  (JsonBuilder *self,
                              GBytes      *bytes);
/* The builder's one value in one line; the builder is empty then. */
char    *wsi_json_to_text    (JsonBuilder *self);
gboolean wsi_json_write      (JsonBuilder   *self,
                              GOutputStream *stream,
                              GError       **error);

G_END_DECLS
