/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Certificates that no sound authority issues, made with GnuTLS. */
#pragma once

#include <glib.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define ISSUED_EXPIRED_DAYS 10

typedef enum
{
  ISSUED_CA = 1 << 0,
  ISSUED_PATH_0 = 1 << 1,       /* CA that may issue no other CA */
  ISSUED_EXPIRED = 1 << 2,      /* certificate that expired ISSUED_EXPIRED_DAYS days ago */
  ISSUED_SHA1 = 1 << 3,         /* certificate whose signature has SHA-1 */
  ISSUED_RSA_1024 = 1 << 4,     /* certificate whose key is RSA with 1024 bits */
  ISSUED_RSA_2048 = 1 << 5,
  ISSUED_MUST_STAPLE = 1 << 6,
  ISSUED_CRITICAL = 1 << 7,     /* certificate with a critical extension that no program knows */
  ISSUED_FOR_CLIENTS = 1 << 8,
  ISSUED_FOR_ANY = 1 << 9,
  ISSUED_WITHOUT_PURPOSE = 1 << 10,     /* certificate without a purpose; without these three flags
                                         * it is for servers, and a CA has none */
  ISSUED_PERMITS_OTHER = 1 << 11,       /* CA that may only issue names of other.example */
  ISSUED_PERMITS = 1 << 12,     /* CA that may only issue localhost */
  ISSUED_EXCLUDES = 1 << 13,    /* CA that may not issue localhost */
} IssuedFlags;

/* In names, "dns:" begins a name that looks like an address, "%" is a name with a zero byte after
 * "localhost", and "!" no list of names at all. */
typedef struct
{
  const char *subject;          /* common name */
  const char *names;            /* DNS names and addresses, with blanks between them; nullable */
  IssuedFlags flags;
} IssuedPlan;

typedef struct
{
  gnutls_x509_crt_t     certificate;
  gnutls_x509_privkey_t key;
  gboolean              has_own_key;    /* TRUE if the key is freed with the certificate */
} Issued;

/* issuer NULL: the certificate has issued itself.  key NULL: a new one. */
Issued *issued_new   (const IssuedPlan     *plan,
                      const Issued         *issuer,
                      gnutls_x509_privkey_t key);
void    issued_free  (Issued *self);
/* Appends the certificate, and its key if with_key, to a file, as PEM. */
void    issued_write (const Issued *self,
                      const char   *path,
                      gboolean      with_key);
