/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/issued.h"

#include <gio/gio.h>
#include <string.h>

#define DAY 86400               /* seconds */
#define OTHER_EXTENSION "1.2.3.4.5.6"
#define TLS_FEATURES "1.3.6.1.5.5.7.1.24"
#define STATUS_REQUEST "\x30\x03\x02\x01\x05"     /* of TLS_FEATURES */
#define ALTERNATIVE_NAMES "2.5.29.17"
#define NAME_WITH_NUL "\x30\x14\x82\x12localhost\0.example"

static guint n_issued;

static void
require (int result)
{
  if (result < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (result));
}

static gnutls_x509_privkey_t
make_key (IssuedFlags flags)
{
  gnutls_x509_privkey_t key;

  require (gnutls_x509_privkey_init (&key));
  if (flags & (ISSUED_RSA_1024 | ISSUED_RSA_2048))
    require (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA,
                                           flags & ISSUED_RSA_1024 ? 1024 : 2048, 0));
  else
    require (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                           GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  return key;
}

static void
add_name (gnutls_x509_crt_t certificate,
          const char       *name)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  if (address != NULL)
    require (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS,
                                                   g_inet_address_to_bytes (address),
                                                   g_inet_address_get_native_size (address),
                                                   GNUTLS_FSAN_APPEND));
  else if (strcmp (name, "!") == 0)
    require (gnutls_x509_crt_set_extension_by_oid (certificate, ALTERNATIVE_NAMES, "what", 4, 0));
  else if (strcmp (name, "%") == 0)
    require (gnutls_x509_crt_set_extension_by_oid (certificate, ALTERNATIVE_NAMES, NAME_WITH_NUL,
                                                   sizeof NAME_WITH_NUL - 1, 0));
  else
    require (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name,
                                                   strlen (name), GNUTLS_FSAN_APPEND));
}

static void
add_names (gnutls_x509_crt_t certificate,
           const char       *names)
{
  g_auto (GStrv) parts = g_strsplit (names != NULL ? names : "", " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_str_has_prefix (parts[i], "dns:"))
        require (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME,
                                                       parts[i] + 4, strlen (parts[i] + 4),
                                                       GNUTLS_FSAN_APPEND));
      else
        add_name (certificate, parts[i]);
    }
}

static void
set_purpose (gnutls_x509_crt_t certificate,
             IssuedFlags       flags)
{
  const char *purpose = GNUTLS_KP_TLS_WWW_SERVER;

  if (flags & ISSUED_FOR_CLIENTS)
    purpose = GNUTLS_KP_TLS_WWW_CLIENT;
  else if (flags & ISSUED_FOR_ANY)
    purpose = GNUTLS_KP_ANY;
  else if (flags & (ISSUED_WITHOUT_PURPOSE | ISSUED_CA))
    return;

  require (gnutls_x509_crt_set_key_purpose_oid (certificate, purpose, 0));
}

static void
set_constraints (gnutls_x509_crt_t certificate,
                 IssuedFlags       flags)
{
  const char *name = flags & ISSUED_PERMITS_OTHER ? "other.example" : "localhost";
  const gnutls_datum_t datum = { (guint8 *) name, strlen (name) };
  gnutls_x509_name_constraints_t constraints;

  if ((flags & (ISSUED_PERMITS | ISSUED_PERMITS_OTHER | ISSUED_EXCLUDES)) == 0)
    return;

  require (gnutls_x509_name_constraints_init (&constraints));
  if (flags & ISSUED_EXCLUDES)
    require (gnutls_x509_name_constraints_add_excluded (constraints, GNUTLS_SAN_DNSNAME, &datum));
  else
    require (gnutls_x509_name_constraints_add_permitted (constraints, GNUTLS_SAN_DNSNAME, &datum));
  require (gnutls_x509_crt_set_name_constraints (certificate, constraints, 1));
  gnutls_x509_name_constraints_deinit (constraints);
}

static void
set_extensions (gnutls_x509_crt_t certificate,
                IssuedFlags       flags)
{
  gboolean is_ca = (flags & ISSUED_CA) != 0;
  guint usage = is_ca ? GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN
                      : GNUTLS_KEY_DIGITAL_SIGNATURE;

  require (gnutls_x509_crt_set_basic_constraints (certificate, is_ca,
                                                  flags & ISSUED_PATH_0 ? 0 : -1));
  require (gnutls_x509_crt_set_key_usage (certificate, usage));
  set_purpose (certificate, flags);
  set_constraints (certificate, flags);
  if (flags & ISSUED_MUST_STAPLE)
    require (gnutls_x509_crt_set_extension_by_oid (certificate, TLS_FEATURES, STATUS_REQUEST,
                                                   sizeof STATUS_REQUEST - 1, 0));
  if (flags & ISSUED_CRITICAL)
    require (gnutls_x509_crt_set_extension_by_oid (certificate, OTHER_EXTENSION, "\x05", 2, 1));
}

Issued *
issued_new (const IssuedPlan     *plan,
            const Issued         *issuer,
            gnutls_x509_privkey_t key)
{
  Issued *self = g_new0 (Issued, 1);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const guint number = ++n_issued;
  const guint8 serial[] = { 1, number >> 8, number };

  self->key = key != NULL ? key : make_key (plan->flags);
  self->has_own_key = key == NULL;
  if (issuer == NULL)
    issuer = self;
  require (gnutls_x509_crt_init (&self->certificate));
  require (gnutls_x509_crt_set_version (self->certificate, 3));
  require (gnutls_x509_crt_set_key (self->certificate, self->key));
  require (gnutls_x509_crt_set_serial (self->certificate, serial, sizeof serial));
  require (gnutls_x509_crt_set_activation_time (self->certificate, now - 20 * DAY));
  require (gnutls_x509_crt_set_expiration_time (self->certificate, plan->flags & ISSUED_EXPIRED
                                                                   ? now - ISSUED_EXPIRED_DAYS * DAY
                                                                   : now + 10 * DAY));
  require (gnutls_x509_crt_set_dn_by_oid (self->certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                          plan->subject, strlen (plan->subject)));
  add_names (self->certificate, plan->names);
  set_extensions (self->certificate, plan->flags);
  require (gnutls_x509_crt_sign2 (self->certificate, issuer->certificate, issuer->key,
                                  plan->flags & ISSUED_SHA1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256,
                                  0));
  return self;
}

void
issued_free (Issued *self)
{
  gnutls_x509_crt_deinit (self->certificate);
  if (self->has_own_key)
    gnutls_x509_privkey_deinit (self->key);
  g_free (self);
}

static void
append (const char     *path,
        gnutls_datum_t *text)
{
  g_autofree char *before = NULL;
  g_autofree char *whole = NULL;

  g_file_get_contents (path, &before, NULL, NULL);
  whole = g_strdup_printf ("%s%.*s", before != NULL ? before : "", (int) text->size, text->data);
  g_assert_true (g_file_set_contents (path, whole, -1, NULL));
  gnutls_free (text->data);
}

void
issued_write (const Issued *self,
              const char   *path,
              gboolean      with_key)
{
  gnutls_datum_t text;

  require (gnutls_x509_crt_export2 (self->certificate, GNUTLS_X509_FMT_PEM, &text));
  append (path, &text);
  if (!with_key)
    return;

  require (gnutls_x509_privkey_export2 (self->key, GNUTLS_X509_FMT_PEM, &text));
  append (path, &text);
}
