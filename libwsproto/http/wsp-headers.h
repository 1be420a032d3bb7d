/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_HEADERS (wsp_headers_get_type ())

/**
 * WspHeaders:
 *
 * Header fields of an HTTP head, in order. A name may occur more than once; names are
 * compared without regard to the case of ASCII letters.
 *
 * A value is returned as UTF-8: each byte that is not UTF-8 becomes `\x` and two hexadecimal
 * digits. The bytes themselves are sent and checked.
 *
 * Once passed to a handshake, headers are frozen: they can be read, but not changed. Any thread may
 * read frozen headers. One thread at a time may use others. Corresponds to an array of
 * `WEB_SOCKET_HTTP_HEADER`.
 *
 * Since: 0.1
 */
typedef struct _WspHeaders WspHeaders;

WSP_AVAILABLE_IN_ALL
GType       wsp_headers_get_type   (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspHeaders *wsp_headers_new        (void);
WSP_AVAILABLE_IN_ALL
WspHeaders *wsp_headers_parse      (GBytes  *block,
                                    GError **error);
WSP_AVAILABLE_IN_ALL
GBytes     *wsp_headers_write      (WspHeaders *self,
                                    const char *start_line,
                                    GError    **error);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_headers_append     (WspHeaders *self,
                                    const char *name,
                                    const char *value,
                                    GError    **error);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_headers_replace    (WspHeaders *self,
                                    const char *name,
                                    const char *value,
                                    GError    **error);
WSP_AVAILABLE_IN_ALL
void        wsp_headers_remove     (WspHeaders *self,
                                    const char *name);
WSP_AVAILABLE_IN_ALL
const char *wsp_headers_get_one    (WspHeaders *self,
                                    const char *name);
WSP_AVAILABLE_IN_ALL
char       *wsp_headers_dup_list   (WspHeaders *self,
                                    const char *name);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_headers_has_token  (WspHeaders *self,
                                    const char *name,
                                    const char *token);
WSP_AVAILABLE_IN_ALL
char      **wsp_headers_dup_names  (WspHeaders *self);
WSP_AVAILABLE_IN_ALL
guint       wsp_headers_get_length (WspHeaders *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_headers_get_name   (WspHeaders *self,
                                    guint       index);
WSP_AVAILABLE_IN_ALL
const char *wsp_headers_get_value  (WspHeaders *self,
                                    guint       index);
WSP_AVAILABLE_IN_ALL
WspHeaders *wsp_headers_ref        (WspHeaders *self);
WSP_AVAILABLE_IN_ALL
void        wsp_headers_unref      (WspHeaders *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspHeaders, wsp_headers_unref)

G_END_DECLS
