/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opens records with keys.  The nonce of a record (RFC 8446 5.3, RFC 5288 3, RFC 7905 2) is `nonce`
 * with the sequence number, or in TLS 1.2 with AES the first four bytes of it and eight bytes from
 * the record. */

#include "inspect/sources/tls/wsi-tls-keys.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define NONCE_LENGTH 12
#define SALT_LENGTH 4
#define EXPLICIT_LENGTH 8       /* bytes of the nonce that are in the record */
#define MAX_KEY 32
#define MAX_LABEL 64            /* bytes of a HkdfLabel */

struct _WsiTlsKeys
{
  const WsiTlsSuite   *suite;
  gnutls_aead_cipher_hd_t handle;
  guint8               nonce[NONCE_LENGTH];
  WsiTlsSecret         secret;  /* secret of TLS 1.3 that the next keys are made from */
  gboolean             is_explicit;     /* a part of the nonce is in each record */
  gsize                n_tag;
};

static const struct
{
  gnutls_cipher_algorithm_t cipher;
  gsize                     n_key, n_tag;
} algorithms[] = {
  [WSI_TLS_AES_128_GCM] = { GNUTLS_CIPHER_AES_128_GCM, 16, 16 },
  [WSI_TLS_AES_256_GCM] = { GNUTLS_CIPHER_AES_256_GCM, 32, 16 },
  [WSI_TLS_AES_128_CCM] = { GNUTLS_CIPHER_AES_128_CCM, 16, 16 },
  [WSI_TLS_AES_256_CCM] = { GNUTLS_CIPHER_AES_256_CCM, 32, 16 },
  [WSI_TLS_AES_128_CCM_8] = { GNUTLS_CIPHER_AES_128_CCM_8, 16, 8 },
  [WSI_TLS_AES_256_CCM_8] = { GNUTLS_CIPHER_AES_256_CCM_8, 32, 8 },
  [WSI_TLS_CHACHA20_POLY1305] = { GNUTLS_CIPHER_CHACHA20_POLY1305, 32, 16 },
};

static const gnutls_mac_algorithm_t macs[] = {
  [WSI_TLS_SHA256] = GNUTLS_MAC_SHA256,
  [WSI_TLS_SHA384] = GNUTLS_MAC_SHA384,
};

/* Makes keys.  NULL: GnuTLS does not permit the cipher, as in FIPS mode. */
static WsiTlsKeys *
keys_new (const WsiTlsSuite *suite,
          guint8            *key,
          const guint8      *nonce,
          gsize              n_nonce)
{
  g_autoptr (WsiTlsKeys) self = g_new0 (WsiTlsKeys, 1);
  const gnutls_datum_t datum = { key, (guint) algorithms[suite->algorithm].n_key };

  self->suite = suite;
  self->n_tag = algorithms[suite->algorithm].n_tag;
  self->is_explicit = n_nonce == SALT_LENGTH;
  memcpy (self->nonce, nonce, n_nonce);
  return gnutls_aead_cipher_init (&self->handle, algorithms[suite->algorithm].cipher,
                                  &datum) == 0 ? g_steal_pointer (&self) : NULL;
}

/* HKDF-Expand-Label without a context (RFC 8446 7.1). */
static gboolean
tls_keys_expand (const WsiTlsSuite  *suite,
                 const WsiTlsSecret *secret,
                 const char         *label,
                 guint8             *to,
                 gsize               length)
{
  const gnutls_datum_t key = { (guint8 *) secret->at, (guint) secret->length };
  const gsize n_label = strlen (label);
  guint8 info[MAX_LABEL];
  gnutls_datum_t datum = { info, 0 };

  info[0] = 0;
  info[1] = (guint8) length;
  info[2] = (guint8) n_label;
  memcpy (info + 3, label, n_label);
  info[3 + n_label] = 0;
  datum.size = (guint) n_label + 4;
  return gnutls_hkdf_expand (macs[suite->hash], &key, &datum, to, length) == 0;
}

WsiTlsKeys *
wsi_tls_keys_new (const WsiTlsSuite  *suite,
                  const WsiTlsSecret *secret)
{
  guint8 key[MAX_KEY], nonce[NONCE_LENGTH];
  WsiTlsKeys *self = NULL;

  if (secret->length == gnutls_hmac_get_len (macs[suite->hash]) &&
      tls_keys_expand (suite, secret, "tls13 key", key, algorithms[suite->algorithm].n_key) &&
      tls_keys_expand (suite, secret, "tls13 iv", nonce, sizeof nonce))
    self = keys_new (suite, key, nonce, sizeof nonce);
  if (self != NULL)
    self->secret = *secret;
  gnutls_memset (key, 0, sizeof key);
  return self;
}

WsiTlsKeys *
wsi_tls_keys_new_updated (const WsiTlsKeys *self)
{
  WsiTlsSecret next = { .length = self->secret.length };
  WsiTlsKeys *keys = NULL;

  if (self->suite->version == WSI_TLS_1_3 &&
      tls_keys_expand (self->suite, &self->secret, "tls13 traffic upd", next.at, next.length))
    keys = wsi_tls_keys_new (self->suite, &next);
  gnutls_memset (&next, 0, sizeof next);
  return keys;
}

/* P_hash of "key expansion" and both randoms (RFC 5246 5 and 6.3). */
static gboolean
expand_master (const WsiTlsSuite  *suite,
               const WsiTlsSecret *master,
               const guint8       *client_random,
               const guint8       *server_random,
               guint8             *to,
               gsize               length)
{
  static const char label[] = "key expansion";
  const gnutls_mac_algorithm_t mac = macs[suite->hash];
  const gsize n_mac = gnutls_hmac_get_len (mac), n_label = strlen (label);
  const gsize n_seed = n_label + 2 * WSI_TLS_RANDOM_LENGTH;
  guint8 block[WSI_TLS_MAX_SECRET + 13 + 2 * WSI_TLS_RANDOM_LENGTH];    /* A(i), then the seed */
  guint8 *seed = block + n_mac, output[WSI_TLS_MAX_SECRET];
  gsize n_used = n_seed;
  const guint8 *input = seed;
  gboolean is_done = TRUE;

  memcpy (seed, label, n_label);
  memcpy (seed + n_label, server_random, WSI_TLS_RANDOM_LENGTH);
  memcpy (seed + n_label + WSI_TLS_RANDOM_LENGTH, client_random, WSI_TLS_RANDOM_LENGTH);
  for (gsize at = 0; at < length && is_done; at += n_mac)
    {
      is_done = gnutls_hmac_fast (mac, master->at, master->length, input, n_used, block) == 0 &&
                gnutls_hmac_fast (mac, master->at, master->length, block, n_mac + n_seed,
                                  output) == 0;
      memcpy (to + at, output, MIN (n_mac, length - at));
      input = block;
      n_used = n_mac;
    }
  gnutls_memset (block, 0, sizeof block);
  gnutls_memset (output, 0, sizeof output);
  return is_done;
}

WsiTlsKeys *
wsi_tls_keys_new_from_master (const WsiTlsSuite  *suite,
                              const WsiTlsSecret *master,
                              const guint8       *client_random,
                              const guint8       *server_random,
                              gboolean            is_client)
{
  const gsize n_key = algorithms[suite->algorithm].n_key;
  const gsize n_nonce = suite->algorithm == WSI_TLS_CHACHA20_POLY1305 ? NONCE_LENGTH : SALT_LENGTH;
  guint8 block[2 * (MAX_KEY + NONCE_LENGTH)];
  WsiTlsKeys *self = NULL;

  if (expand_master (suite, master, client_random, server_random, block, 2 * (n_key + n_nonce)))
    self = keys_new (suite, block + (is_client ? 0 : n_key),
                     block + 2 * n_key + (is_client ? 0 : n_nonce), n_nonce);
  gnutls_memset (block, 0, sizeof block);
  return self;
}

void
wsi_tls_keys_free (WsiTlsKeys *self)
{
  if (self->handle != NULL)
    gnutls_aead_cipher_deinit (self->handle);
  gnutls_memset (self, 0, sizeof *self);
  g_free (self);
}

gsize
wsi_tls_keys_get_overhead (const WsiTlsKeys *self)
{
  return WSI_TLS_HEADER + self->n_tag + (self->is_explicit ? EXPLICIT_LENGTH : 0) +
         (self->suite->version == WSI_TLS_1_3 ? 1 : 0);
}

static void
tls_keys_write_number (guint8 *to,
                       guint64 number)
{
  const guint64 bytes = GUINT64_TO_BE (number);

  memcpy (to, &bytes, sizeof bytes);
}

static void
make_nonce (const WsiTlsKeys *self,
            guint64           sequence,
            const guint8     *body,
            guint8           *nonce)
{
  guint8 number[sizeof sequence];

  memcpy (nonce, self->nonce, NONCE_LENGTH);
  if (self->is_explicit)
    {
      memcpy (nonce + SALT_LENGTH, body, EXPLICIT_LENGTH);
      return;
    }

  tls_keys_write_number (number, sequence);
  for (guint i = 0; i < sizeof number; i++)
    nonce[NONCE_LENGTH - sizeof number + i] ^= number[i];
}

/* The type is after the content, and zeros may follow it (RFC 8446 5.2). */
static gboolean
take_inner_type (const guint8 *at,
                 gsize        *length,
                 guint8       *type)
{
  gsize n = *length;

  while (n > 0 && at[n - 1] == 0)
    n--;
  if (n == 0)
    return FALSE;

  *type = at[n - 1];
  *length = n - 1;
  return TRUE;
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
  const gboolean is_1_3 = self->suite->version == WSI_TLS_1_3;
  const guint8 *body = record + WSI_TLS_HEADER;
  const gsize overhead = wsi_tls_keys_get_overhead (self);
  const gsize n_explicit = self->is_explicit ? EXPLICIT_LENGTH : 0;
  guint8 nonce[NONCE_LENGTH], additional[sizeof sequence + WSI_TLS_HEADER];
  gsize n_content;

  if (record_length < overhead || record_length > WSI_TLS_HEADER + WSI_TLS_MAX_BODY)
    return FALSE;

  make_nonce (self, sequence, body, nonce);
  n_content = record_length - WSI_TLS_HEADER - n_explicit - self->n_tag;
  tls_keys_write_number (additional, sequence);
  memcpy (additional + sizeof sequence, record, WSI_TLS_HEADER);
  if (!is_1_3)
    {
      additional[sizeof additional - 2] = (guint8) (n_content >> 8);
      additional[sizeof additional - 1] = (guint8) n_content;
    }
  *length = WSI_TLS_MAX_BODY;
  *type = record[0];
  return gnutls_aead_cipher_decrypt (self->handle, nonce, sizeof nonce,
                                     is_1_3 ? record : additional,
                                     is_1_3 ? WSI_TLS_HEADER : sizeof additional, self->n_tag,
                                     body + n_explicit, n_content + self->n_tag, to, length) == 0 &&
         (!is_1_3 || take_inner_type (to, length, type));
}

char *
wsi_tls_keys_dup_suite_name (guint16 id)
{
  const char *name;
  guint8 bytes[2];

  for (gsize i = 0; (name = gnutls_cipher_suite_info (i, bytes, NULL, NULL, NULL, NULL)) != NULL;
       i++)
    if (bytes[0] == id >> 8 && bytes[1] == (id & 0xff))
      return g_strdup (name);
  return NULL;
}
