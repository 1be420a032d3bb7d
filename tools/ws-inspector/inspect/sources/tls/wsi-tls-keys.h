/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The keys by which one side protects its records, made from a secret of a key log.  GnuTLS does
 * the cryptography. */
#pragma once

#include "inspect/sources/tls/wsi-key-log.h"
#include "inspect/sources/tls/wsi-tls-suite.h"

G_BEGIN_DECLS

#define WSI_TLS_HEADER 5                /* bytes of a record before its body */
#define WSI_TLS_MAX_PLAIN 16384         /* bytes of content in a record */
#define WSI_TLS_MAX_BODY (WSI_TLS_MAX_PLAIN + 2048)

typedef struct _WsiTlsKeys WsiTlsKeys;

/* Makes keys from a secret.  NULL: it does not fit the suite. */
WsiTlsKeys *wsi_tls_keys_new         (const WsiTlsSuite  *suite,
                                      const WsiTlsSecret *secret);
/* Makes keys of TLS 1.2, where both sides have one master secret. */
WsiTlsKeys *wsi_tls_keys_new_from_master (const WsiTlsSuite  *suite,
                                          const WsiTlsSecret *master,
                                          const guint8       *client_random,
                                          const guint8       *server_random,
                                          gboolean            is_client);
/* Makes the keys that follow after a KeyUpdate (RFC 8446 7.2). */
WsiTlsKeys *wsi_tls_keys_new_updated (const WsiTlsKeys *self);
void        wsi_tls_keys_free        (WsiTlsKeys *self);
/* The number of bytes of a record that are not content, without padding. */
gsize       wsi_tls_keys_get_overhead (const WsiTlsKeys *self);
/* Opens the record with this sequence number; to has WSI_TLS_MAX_BODY bytes.  FALSE: it does not
 * belong to these keys and this number, or was changed. */
gboolean    wsi_tls_keys_open        (WsiTlsKeys   *self,
                                      guint64       sequence,
                                      const guint8 *record,
                                      gsize         record_length,
                                      guint8       *to,
                                      gsize        *length,
                                      guint8       *type);
/* The name of a cipher suite; NULL: GnuTLS has none. */
char       *wsi_tls_keys_dup_suite_name (guint16 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTlsKeys, wsi_tls_keys_free)

G_END_DECLS
