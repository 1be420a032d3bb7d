/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

/**
 * WspFaultSeverity:
 * @WSP_FAULT_SEVERITY_NONE: not a fault
 * @WSP_FAULT_SEVERITY_WARNING: no rule of an RFC was broken, but a limit of this library was
 *   exceeded, or a recommendation was not followed
 * @WSP_FAULT_SEVERITY_ERROR: a rule of an RFC was broken
 *
 * How severe a fault is.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_FAULT_SEVERITY_NONE,
  WSP_FAULT_SEVERITY_WARNING,
  WSP_FAULT_SEVERITY_ERROR,
} WspFaultSeverity;

WSP_AVAILABLE_IN_ALL
const char      *wsp_fault_get_name     (guint fault);
WSP_AVAILABLE_IN_ALL
const char      *wsp_fault_get_section  (guint fault);
WSP_AVAILABLE_IN_ALL
WspFaultSeverity wsp_fault_get_severity (guint fault);
WSP_AVAILABLE_IN_ALL
guint            wsp_fault_get_close_code (guint fault);
WSP_AVAILABLE_IN_ALL
const char      *wsp_fault_describe     (guint fault);

G_END_DECLS
