/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A certificate of any size with an RSA key of any size.  The numbers are no key: a signature with
 * it is never right. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

void    large_key_set (gnutls_certificate_credentials_t credentials,
                       guint                            n_bits,
                       guint                            n_exponent_bits,
                       guint                            n_padding);
/* Returns such a certificate in DER, (transfer full). */
GBytes *large_key_make_certificate (guint n_bits,
                                    guint n_exponent_bits);
