/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For every public header: symbol export, version macros, the check against direct inclusion. */
#pragma once

#if !defined (WSP_INSIDE) && !defined (WSP_COMPILATION)
#error "Only <libwsproto/wsproto.h> can be included directly."
#endif

#include <glib.h>
#include <libwsproto/base/wsp-version.h>

#if defined (_WIN32) || defined (__CYGWIN__)
#ifdef WSP_COMPILATION
#define _WSP_EXTERN __declspec(dllexport) extern
#else
#define _WSP_EXTERN __declspec(dllimport) extern
#endif
#else
#define _WSP_EXTERN __attribute__ ((visibility ("default"))) extern
#endif

/**
 * WSP_VERSION_0_1:
 *
 * The first series of releases, for [const@Wsp.VERSION_MIN_REQUIRED] and
 * [const@Wsp.VERSION_MAX_ALLOWED].
 *
 * Since: 0.1
 */
#define WSP_VERSION_0_1 (G_ENCODE_VERSION (0, 1))

/**
 * WSP_VERSION_MIN_REQUIRED:
 *
 * The oldest release that a program supports. Define it before you include the library's
 * header, as one of the `WSP_VERSION_x_y` macros: symbols that were deprecated in a
 * later release then cause no warning.
 *
 * Since: 0.1
 */
#ifndef WSP_VERSION_MIN_REQUIRED
#define WSP_VERSION_MIN_REQUIRED (WSP_VERSION_0_1)
#endif

/**
 * WSP_VERSION_MAX_ALLOWED:
 *
 * The newest release whose symbols a program may use without a warning. Define it before
 * you include the library's header, as one of the `WSP_VERSION_x_y` macros.
 *
 * Since: 0.1
 */
#ifndef WSP_VERSION_MAX_ALLOWED
#define WSP_VERSION_MAX_ALLOWED (WSP_VERSION_0_1)
#endif

#if WSP_VERSION_MAX_ALLOWED < WSP_VERSION_MIN_REQUIRED
#error "WSP_VERSION_MAX_ALLOWED must not be older than WSP_VERSION_MIN_REQUIRED"
#endif

#define WSP_AVAILABLE_IN_ALL _WSP_EXTERN
