/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Texts about certificates, for errors. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns a text such as "unknown certificate authority, expired (2026-01-31)".  certificate: has
 * the dates; may be NULL. */
char *wsp_certificate_describe_errors (GTlsCertificate     *certificate,
                                       GTlsCertificateFlags errors);
/* Returns the subject in quotation marks, shortened, or "unknown" without them. */
char *wsp_certificate_quote_subject   (GTlsCertificate *certificate);

G_END_DECLS
