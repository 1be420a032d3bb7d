/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cipher suites whose records can be opened, and the names of all. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_TLS_1_2 0x0303
#define WSI_TLS_1_3 0x0304

typedef enum
{
  WSI_TLS_AES_128_GCM,
  WSI_TLS_AES_256_GCM,
  WSI_TLS_AES_128_CCM,
  WSI_TLS_AES_256_CCM,
  WSI_TLS_AES_128_CCM_8,
  WSI_TLS_AES_256_CCM_8,
  WSI_TLS_CHACHA20_POLY1305,
} WsiTlsAlgorithm;

typedef enum
{
  WSI_TLS_SHA256,
  WSI_TLS_SHA384,
} WsiTlsHash;

typedef struct
{
  guint16         id;
  guint16         version;
  WsiTlsAlgorithm algorithm;
  WsiTlsHash      hash;
  const char     *name;
} WsiTlsSuite;

/* Finds a cipher suite.  NULL: its records cannot be opened. */
const WsiTlsSuite *wsi_tls_suite_find        (guint16 version,
                                              guint16 id);
/* The name of a cipher suite, never NULL: at least its number. */
char              *wsi_tls_suite_dup_name    (guint16 version,
                                              guint16 id);
/* A version as text, such as "TLS 1.2". */
char              *wsi_tls_version_to_string (guint16 version);

G_END_DECLS
