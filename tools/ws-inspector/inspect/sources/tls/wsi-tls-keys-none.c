/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A build without GnuTLS. */

#include "inspect/sources/tls/wsi-tls-keys.h"

gboolean
wsi_tls_keys_are_available (void)
{
  return FALSE;
}

WsiTlsKeys *
wsi_tls_keys_new (const WsiTlsSuite  *suite,
                  const WsiTlsSecret *secret)
{
  return NULL;
}

WsiTlsKeys *
wsi_tls_keys_new_from_master (const WsiTlsSuite  *suite,
                              const WsiTlsSecret *master,
                              const guint8       *client_random,
                              const guint8       *server_random,
                              gboolean            is_client)
{
  return NULL;
}

WsiTlsKeys *
wsi_tls_keys_new_updated (const WsiTlsKeys *self)
{
  return NULL;
}

void
wsi_tls_keys_free (WsiTlsKeys *self)
{
}

gsize
wsi_tls_keys_get_overhead (const WsiTlsKeys *self)
{
  return WSI_TLS_HEADER;
}

gboolean
wsi_tls_keys_open (WsiTlsKeys   *self,
                   guint64       sequence,
                   const guint8 *record,
                   gsize         record_length,
                   guint8       *to,
                   gsize        *length,
                   guint8       *type)
{
  return FALSE;
}

char *
wsi_tls_keys_dup_suite_name (guint16 id)
{
  return NULL;
}
