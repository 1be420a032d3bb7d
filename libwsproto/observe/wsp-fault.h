/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rules that a peer can break, by their numbers.  Numbers may change from version to version:
 * write names into files. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSP_FAULT_SEVERITY_NONE,
  WSP_FAULT_SEVERITY_WARNING,   /* a limit of the library was exceeded, or a recommendation was not followed */
  WSP_FAULT_SEVERITY_ERROR,     /* a rule of an RFC was broken */
} WspFaultSeverity;

/* The functions return NULL, NONE or 0 if no rule has the number.  Texts are static. */

/* The name does not change: words in small letters with hyphens, such as "text-not-utf8". */
const char      *wsp_fault_get_name       (guint fault);
/* "RFC 6455 5.2"; NULL for a rule of the library */
const char      *wsp_fault_get_section    (guint fault);
WspFaultSeverity wsp_fault_get_severity   (guint fault);
/* The code with which the library fails a connection; 0 for a rule that no received frame can
 * break. */
guint            wsp_fault_get_close_code (guint fault);
/* The sentence of the rule and its section, English and not translated. */
const char      *wsp_fault_describe       (guint fault);

G_END_DECLS
