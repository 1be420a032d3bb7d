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

G_END_DECLS
