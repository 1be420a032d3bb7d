/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Macros for every public header: symbol export, versions, the check against direct inclusion. */
#pragma once

#if !defined (WSP_INSIDE) && !defined (WSP_COMPILATION)
#error "Only <libwsproto/wsproto.h> can be included directly."
#endif

#include <libwsproto/base/wsp-availability.h>
#include <libwsproto/base/wsp-version.h>
