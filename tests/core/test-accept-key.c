/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/accept-key.h"
#include "lib/tap.h"

#include <string.h>

#define RFC_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ZERO_KEY "AAAAAAAAAAAAAAAAAAAAAA=="

static WscBytes
text (const char *literal)
{
  return (WscBytes) { (const uint8_t *) literal, strlen (literal) };
}

static const struct
{
  const char *name, *key, *accept;
} accept_vectors[] = {
  { "WS-45-example-of-the-rfc", RFC_KEY, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
  { "WS-87-sixteen-zero-bytes", ZERO_KEY, "ICX+Yqv66kxgM0FcWaLWlFLwTAI=" },
  /* The same nonce as in the example with other pad bits: another text, so another value. */
  { "WS-45-text-is-hashed-and-not-its-bytes", "dGhlIHNhbXBsZSBub25jZR==", "Zgw8jYXtqX5qJr7MJ1Q/MqzeSRI=" },
};

static void
test_derive (void)
{
  static const uint8_t example_digest[WSC_DIGEST_LENGTH] = {
    0xb3, 0x7a, 0x4f, 0x2c, 0xc0, 0x62, 0x4f, 0x16, 0x90, 0xf6,
    0x46, 0x06, 0xcf, 0x38, 0x59, 0x45, 0xb2, 0xbe, 0xc4, 0xea,
  };
  uint8_t digest[WSC_DIGEST_LENGTH], accept[WSC_ACCEPT_LENGTH];

  for (size_t i = 0; i < sizeof accept_vectors / sizeof accept_vectors[0]; i++)
    {
      wsc_accept_key_derive (text (accept_vectors[i].key), digest, accept);
      tap_point (memcmp (accept, accept_vectors[i].accept, sizeof accept) == 0,
                 "/core/accept-key/derive/%s", accept_vectors[i].name);
    }
  wsc_accept_key_derive (text (RFC_KEY), digest, accept);
  tap_point (memcmp (digest, example_digest, sizeof digest) == 0,
             "/core/accept-key/derive/WS-258-digest-of-the-example");
}

static const struct
{
  const char *name, *key;
  bool is_valid;
} key_cases[] = {
  { "WS-68-example", RFC_KEY, true },
  { "WIN-V-08-zeros", ZERO_KEY, true },
  { "WS-68-pad-bits-may-be-set", "AQIDBAUGBwgJCgsMDQ4PEC==", true },
  { "plus-and-slash", "++++////++++////++++/w==", true },
  { "WS-68-SEC-4-empty-refused", "", false },
  { "WS-68-15-bytes-refused", "AAAAAAAAAAAAAAAAAAAA", false },
  { "WS-68-17-bytes-refused", "AAAAAAAAAAAAAAAAAAAAAAA=", false },
  { "WS-68-18-bytes-refused", "AAAAAAAAAAAAAAAAAAAAAAAA", false },
  { "WS-68-without-padding-refused", "AAAAAAAAAAAAAAAAAAAAAA", false },
  { "WS-68-one-pad-missing-refused", "AAAAAAAAAAAAAAAAAAAAAA=", false },
  { "WS-68-pad-too-much-refused", "AAAAAAAAAAAAAAAAAAAAA===", false },
  { "WS-68-SEC-4-pad-inside-refused", "AAAAAAAA==AAAAAAAAAAAA==", false },
  { "WS-68-blank-inside-refused", "AAAAAAAAAA AAAAAAAAAAA==", false },
  { "WS-68-url-alphabet-refused", "AAAAAAAAAA-_AAAAAAAAAA==", false },
  { "WS-68-byte-before-0-refused", "AAAAAAAAAA..AAAAAAAAAA==", false },
  { "WS-68-byte-after-9-refused", "AAAAAAAAAA::AAAAAAAAAA==", false },
  { "WS-68-byte-before-A-refused", "AAAAAAAAAA@@AAAAAAAAAA==", false },
  { "WS-68-byte-after-Z-refused", "AAAAAAAAAA[[AAAAAAAAAA==", false },
  { "WS-68-byte-before-a-refused", "AAAAAAAAAA``AAAAAAAAAA==", false },
  { "WS-68-byte-after-z-refused", "AAAAAAAAAA{{AAAAAAAAAA==", false },
  { "ends-of-the-alphabet", "AZaz09+/AZaz09+/AZaz0w==", true },
  { "WS-68-byte-after-pad-refused", "AAAAAAAAAAAAAAAAAAAAAA=A", false },
  { "WS-68-too-long-refused", "AAAAAAAAAAAAAAAAAAAAAAAA==", false },
};

static void
test_valid (void)
{
  for (size_t i = 0; i < sizeof key_cases / sizeof key_cases[0]; i++)
    tap_point (wsc_accept_key_is_valid (text (key_cases[i].key)) == key_cases[i].is_valid,
               "/core/accept-key/valid/%s", key_cases[i].name);
}

/* Continues counting from call to call, so that two keys differ. */
static void
fill_counting (void    *data,
               uint8_t *to,
               size_t   n)
{
  uint8_t *next = data;

  for (size_t i = 0; i < n; i++)
    to[i] = (*next)++;
}

/* The key of sixteen bytes that count from 0xf7, over 0xff, to 0x06. */
#define COUNTED_KEY "9/j5+vv8/f7/AAECAwQFBg=="

static void
test_make (void)
{
  uint8_t counter = 0xf7, first[WSC_KEY_LENGTH], second[WSC_KEY_LENGTH];
  const WscHost host = { fill_counting, &counter };

  wsc_accept_key_make (&host, first);
  wsc_accept_key_make (&host, second);

  tap_point (memcmp (first, COUNTED_KEY, sizeof first) == 0,
             "/core/accept-key/make/WS-24-WIN-C-03-sixteen-random-bytes");
  tap_point (strchr ("AQgw", first[21]) != NULL && memcmp (first + 22, "==", 2) == 0,
             "/core/accept-key/make/WS-24-pad-bits-are-zero");
  tap_point (memcmp (first, second, sizeof first) != 0,
             "/core/accept-key/make/WS-25-WIN-C-03-each-key-is-new");
  tap_point (counter == (uint8_t) (0xf7 + 2 * WSC_NONCE_LENGTH),
             "/core/accept-key/make/takes-no-more-than-it-needs");
}

int
main (void)
{
  test_derive ();
  test_valid ();
  test_make ();
  return tap_end ();
}
