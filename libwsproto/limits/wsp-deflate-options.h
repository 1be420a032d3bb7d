/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_DEFLATE_OPTIONS (wsp_deflate_options_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspDeflateOptions, wsp_deflate_options,
                                           WSP, DEFLATE_OPTIONS, GObject)

WSP_AVAILABLE_IN_ALL
WspDeflateOptions *wsp_deflate_options_new (void);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_level (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_level (WspDeflateOptions *self,
                                    guint              level);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_memory_level (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_memory_level (WspDeflateOptions *self,
                                           guint              memory_level);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_client_window_bits (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_client_window_bits (WspDeflateOptions *self,
                                                 guint              client_window_bits);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_server_window_bits (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_server_window_bits (WspDeflateOptions *self,
                                                 guint              server_window_bits);
WSP_AVAILABLE_IN_ALL
gboolean wsp_deflate_options_get_client_context_takeover (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_client_context_takeover (WspDeflateOptions *self,
                                                      gboolean           client_context_takeover);
WSP_AVAILABLE_IN_ALL
gboolean wsp_deflate_options_get_server_context_takeover (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_server_context_takeover (WspDeflateOptions *self,
                                                      gboolean           server_context_takeover);
WSP_AVAILABLE_IN_ALL
guint wsp_deflate_options_get_threshold (WspDeflateOptions *self);
WSP_AVAILABLE_IN_ALL
void wsp_deflate_options_set_threshold (WspDeflateOptions *self,
                                        guint              threshold);

G_END_DECLS
