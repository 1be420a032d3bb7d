/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/sealed-records.h"

#include <string.h>

#define HEAD 5                  /* bytes: the type, the version, the length */
#define TAG 16
#define HANDSHAKE 22
#define APPLICATION_DATA 23

/* HKDF-Expand-Label (secret, label, "", n) */
static void
expand (const gnutls_datum_t *secret,
        const char           *label,
        guint8               *to,
        gsize                 n)
{
  g_autofree char *name = g_strconcat ("tls13 ", label, NULL);
  const guint8 begin[] = { 0, (guint8) n, (guint8) strlen (name) };
  g_autoptr (GByteArray) info = g_byte_array_new ();

  g_byte_array_append (info, begin, sizeof begin);
  g_byte_array_append (info, (const guint8 *) name, strlen (name));
  g_byte_array_append (info, (const guint8 *) "", 1);

  const gnutls_datum_t datum = { info->data, info->len };

  g_assert_cmpint (gnutls_hkdf_expand (GNUTLS_MAC_SHA256, secret, &datum, to, n), ==, 0);
}

void
sealed_records_begin (SealedRecords        *self,
                      const gnutls_datum_t *secret)
{
  guint8 key[16];
  const gnutls_datum_t datum = { key, sizeof key };

  expand (secret, "key", key, sizeof key);
  expand (secret, "iv", self->iv, sizeof self->iv);
  g_assert_cmpint (gnutls_aead_cipher_init (&self->cipher, GNUTLS_CIPHER_AES_128_GCM, &datum), ==,
                   0);
}

static void
make_nonce (SealedRecords *self,
            guint8        *nonce)
{
  memcpy (nonce, self->iv, sizeof self->iv);
  for (guint i = 0; i < 8; i++)
    nonce[sizeof self->iv - 1 - i] ^= (guint8) (self->number >> (8 * i));
  self->number++;
}

GBytes *
sealed_records_open (SealedRecords *self,
                     const guint8  *record,
                     gsize          size)
{
  guint8 nonce[sizeof self->iv];
  size_t length = size - HEAD;
  guint8 *content = g_malloc (length);

  make_nonce (self, nonce);
  g_assert_cmpint (gnutls_aead_cipher_decrypt (self->cipher, nonce, sizeof nonce, record, HEAD, TAG,
                                               record + HEAD, size - HEAD, content, &length), ==,
                   0);
  return g_bytes_new_take (content, length);
}

void
sealed_records_add (SealedRecords *self,
                    GByteArray    *records,
                    const guint8  *content,
                    gsize          length)
{
  const gsize n = length + 1 + TAG;
  const guint8 head[HEAD] = { APPLICATION_DATA, 3, 3, (guint8) (n >> 8), (guint8) n };
  g_autofree guint8 *plain = g_malloc (length + 1), *sealed = g_malloc (n);
  guint8 nonce[sizeof self->iv];
  size_t sealed_length = n;

  memcpy (plain, content, length);
  plain[length] = HANDSHAKE;
  make_nonce (self, nonce);
  g_assert_cmpint (gnutls_aead_cipher_encrypt (self->cipher, nonce, sizeof nonce, head, HEAD, TAG,
                                               plain, length + 1, sealed, &sealed_length), ==, 0);
  g_byte_array_append (records, head, HEAD);
  g_byte_array_append (records, sealed, sealed_length);
}

void
sealed_records_clear (SealedRecords *self)
{
  g_clear_pointer (&self->cipher, gnutls_aead_cipher_deinit);
}
