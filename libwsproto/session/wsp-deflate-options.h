/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/session/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_DEFLATE_OPTIONS (wsp_deflate_options_get_type ())

/**
 * WspDeflateOptions:
 *
 * Options for the compression of messages with the extension `permessage-deflate`: a client
 * offers them, a server accepts an offer within them. See RFC 7692.
 *
 * A number out of range is set to the nearest valid one.
 *
 * Since: 0.1
 */
typedef struct _WspDeflateOptions WspDeflateOptions;

WSP_AVAILABLE_IN_ALL
GType wsp_deflate_options_get_type (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspDeflateOptions *wsp_deflate_options_new_for_client (void);
WSP_AVAILABLE_IN_ALL
WspDeflateOptions *wsp_deflate_options_new_for_server (void);
WSP_AVAILABLE_IN_ALL
WspDeflateOptions *wsp_deflate_options_copy (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_free (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_level (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_level (WspDeflateOptions *self,
                                    guint              level);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_memory_level (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_memory_level (WspDeflateOptions *self,
                                           guint              memory_level);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_client_window_bits (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_client_window_bits (WspDeflateOptions *self,
                                                 guint              client_window_bits);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_server_window_bits (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_server_window_bits (WspDeflateOptions *self,
                                                 guint              server_window_bits);
WSP_AVAILABLE_IN_ALL
gboolean wsp_deflate_options_get_client_context_takeover (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_client_context_takeover (WspDeflateOptions *self,
                                                      gboolean           client_context_takeover);
WSP_AVAILABLE_IN_ALL
gboolean wsp_deflate_options_get_server_context_takeover (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_server_context_takeover (WspDeflateOptions *self,
                                                      gboolean           server_context_takeover);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_threshold (const WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_threshold (WspDeflateOptions *self,
                                        guint              threshold);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspDeflateOptions, wsp_deflate_options_free)

G_END_DECLS
