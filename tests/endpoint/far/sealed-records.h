/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sealed records of a server's handshake in TLS 1.3, with TLS_AES_128_GCM_SHA256 (RFC 8446 5.2,
 * 7.3). */
#pragma once

#include <gio/gio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

#define SEALED_PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM"

typedef struct
{
  gnutls_aead_cipher_hd_t cipher;       /* cipher of the records; NULL: the secret is not known
                                         * yet */
  guint8  iv[12];
  guint64 number;                       /* number of the next record */
} SealedRecords;

/* secret: SERVER_HANDSHAKE_TRAFFIC_SECRET */
void    sealed_records_begin (SealedRecords        *self,
                              const gnutls_datum_t *secret);
/* Returns the content of the next record, (transfer full), with the byte of its type at the end. */
GBytes *sealed_records_open  (SealedRecords *self,
                              const guint8  *record,
                              gsize          size);
/* Appends the next record, of the type handshake. */
void    sealed_records_add   (SealedRecords *self,
                              GByteArray    *records,
                              const guint8  *content,
                              gsize          length);
void    sealed_records_clear (SealedRecords *self);

G_END_DECLS
