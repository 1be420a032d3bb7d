/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/tls/wsi-tls-suite.h"

#include "inspect/sources/tls/wsi-tls-keys.h"

/* Cipher suites of RFC 8446 B.4, RFC 5288, 5289, 6655, 7251 and 7905. */
static const WsiTlsSuite suites[] = {
  { 0x1301, WSI_TLS_1_3, WSI_TLS_AES_128_GCM, WSI_TLS_SHA256, "TLS_AES_128_GCM_SHA256" },
  { 0x1302, WSI_TLS_1_3, WSI_TLS_AES_256_GCM, WSI_TLS_SHA384, "TLS_AES_256_GCM_SHA384" },
  { 0x1303, WSI_TLS_1_3, WSI_TLS_CHACHA20_POLY1305, WSI_TLS_SHA256,
    "TLS_CHACHA20_POLY1305_SHA256" },
  { 0x1304, WSI_TLS_1_3, WSI_TLS_AES_128_CCM, WSI_TLS_SHA256, "TLS_AES_128_CCM_SHA256" },
  { 0x1305, WSI_TLS_1_3, WSI_TLS_AES_128_CCM_8, WSI_TLS_SHA256, "TLS_AES_128_CCM_8_SHA256" },
#define SUITE(id, exchange, algorithm, hash) \
  { id, WSI_TLS_1_2, WSI_TLS_ ## algorithm, WSI_TLS_ ## hash, \
    "TLS_" #exchange "_WITH_" #algorithm "_" #hash },
#define SUITE_CCM(id, exchange, algorithm) \
  { id, WSI_TLS_1_2, WSI_TLS_ ## algorithm, WSI_TLS_SHA256, \
    "TLS_" #exchange "_WITH_" #algorithm },
  SUITE (0x009c, RSA, AES_128_GCM, SHA256)
  SUITE (0x009d, RSA, AES_256_GCM, SHA384)
  SUITE (0x009e, DHE_RSA, AES_128_GCM, SHA256)
  SUITE (0x009f, DHE_RSA, AES_256_GCM, SHA384)
  SUITE (0xc02b, ECDHE_ECDSA, AES_128_GCM, SHA256)
  SUITE (0xc02c, ECDHE_ECDSA, AES_256_GCM, SHA384)
  SUITE (0xc02f, ECDHE_RSA, AES_128_GCM, SHA256)
  SUITE (0xc030, ECDHE_RSA, AES_256_GCM, SHA384)
  SUITE (0xcca8, ECDHE_RSA, CHACHA20_POLY1305, SHA256)
  SUITE (0xcca9, ECDHE_ECDSA, CHACHA20_POLY1305, SHA256)
  SUITE (0xccaa, DHE_RSA, CHACHA20_POLY1305, SHA256)
  SUITE_CCM (0xc0ac, ECDHE_ECDSA, AES_128_CCM)
  SUITE_CCM (0xc0ad, ECDHE_ECDSA, AES_256_CCM)
  SUITE_CCM (0xc0ae, ECDHE_ECDSA, AES_128_CCM_8)
  SUITE_CCM (0xc0af, ECDHE_ECDSA, AES_256_CCM_8)
#undef SUITE
#undef SUITE_CCM
};

const WsiTlsSuite *
wsi_tls_suite_find (guint16 version,
                    guint16 id)
{
  for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
    if (suites[i].version == version && suites[i].id == id)
      return &suites[i];
  return NULL;
}

char *
wsi_tls_suite_dup_name (guint16 version,
                        guint16 id)
{
  const WsiTlsSuite *suite = wsi_tls_suite_find (version, id);
  char *name = suite != NULL ? g_strdup (suite->name) : wsi_tls_keys_dup_suite_name (id);

  return name != NULL ? name : g_strdup_printf ("cipher suite 0x%04x", id);
}

char *
wsi_tls_version_to_string (guint16 version)
{
  if (version >= 0x0301 && version <= WSI_TLS_1_3)
    return g_strdup_printf ("TLS 1.%u", version - 0x0301u);

  return version == 0x0300 ? g_strdup ("SSL 3.0") : g_strdup_printf ("TLS version 0x%04x", version);
}
