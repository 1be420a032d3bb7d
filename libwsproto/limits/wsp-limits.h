/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_LIMITS (wsp_limits_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspLimits, wsp_limits, WSP, LIMITS, GObject)

WSP_AVAILABLE_IN_ALL
WspLimits *wsp_limits_new (void);
WSP_AVAILABLE_IN_ALL
WspLimits *wsp_limits_copy (WspLimits *self);

G_END_DECLS

#include <libwsproto/limits/wsp-limits-accessors.h>
