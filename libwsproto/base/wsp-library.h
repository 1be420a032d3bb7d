/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Version, supported protocol versions and other data of the library as a whole. */
#pragma once

#include <glib.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

/**
 * WSP_ACCEPT_KEY_GUID:
 *
 * The text that a server appends to the key before it computes the SHA-1 of both. Needed only
 * to show how [func@Wsp.accept_key_derive] computes its result.
 *
 * See RFC 6455, section 1.3.
 *
 * Since: 0.1
 */
#define WSP_ACCEPT_KEY_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

WSP_AVAILABLE_IN_ALL
guint wsp_get_major_version (void);
WSP_AVAILABLE_IN_ALL
guint wsp_get_minor_version (void);
WSP_AVAILABLE_IN_ALL
guint wsp_get_micro_version (void);
WSP_AVAILABLE_IN_ALL
char *wsp_accept_key_derive (const char *key,
                             GBytes    **digest);

G_END_DECLS
