/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The priorities of GnuTLS: versions, ciphers and groups, and for how many groups a client makes a
 * key.  docs/rationales/tls.md has the reasons. */
#pragma once

#include <gnutls/gnutls.h>

#include "reactor/tls/wsp-tls-role-private.h"

G_BEGIN_DECLS

/* Returns 0, or an error of GnuTLS if G_TLS_GNUTLS_PRIORITY is invalid: GIO's TLS is used then, and
 * refuses each peer. */
int   wsp_tls_priority_init           (gnutls_priority_t *self,
                                       const WspTlsRole  *role);
/* Returns flags for gnutls_init (). */
guint wsp_tls_priority_get_init_flags (gnutls_priority_t self);

G_END_DECLS
