/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The PEM files that a user names. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GTlsDatabase    *wsi_trust_read_authorities (const char *file,
                                             GError    **error);
/* Reads a certificate.  key NULL: it is in the same file. */
GTlsCertificate *wsi_trust_read_certificate (const char *file,
                                             const char *key,
                                             GError    **error);

G_END_DECLS
