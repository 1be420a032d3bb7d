/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* SHA-1 of the system: the examples of FIPS 180, in two texts and cut anywhere. */

#include "core/handshake/sha1.h"

#include "lib/tap.h"

#include <string.h>

#define LONG_TEXT "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

static const struct
{
  const char *name, *text;
  uint8_t digest[WSC_SHA1_LENGTH];
} vectors[] = {
  { "empty", "",
    { 0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55,
      0xbf, 0xef, 0x95, 0x60, 0x18, 0x90, 0xaf, 0xd8, 0x07, 0x09 } },
  { "abc", "abc",
    { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
      0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d } },
  { "two-blocks", LONG_TEXT,
    { 0x84, 0x98, 0x3e, 0x44, 0x1c, 0x3b, 0xd2, 0x6e, 0xba, 0xae,
      0x4a, 0xa1, 0xf9, 0x51, 0x29, 0xe5, 0xe5, 0x46, 0x70, 0xf1 } },
};

/* Whether the hash is right, wherever the text is cut. */
static bool
is_right (const char    *text,
          const uint8_t *wanted)
{
  const uint8_t *at = (const uint8_t *) text;
  const size_t length = strlen (text);

  for (size_t cut = 0; cut <= length; cut++)
    {
      uint8_t digest[WSC_SHA1_LENGTH + 1] = { 0 };

      wsc_sha1_hash ((WscBytes) { cut > 0 ? at : NULL, cut }, (WscBytes) { at + cut, length - cut },
                     digest);
      if (memcmp (digest, wanted, WSC_SHA1_LENGTH) != 0 || digest[WSC_SHA1_LENGTH] != 0)
        return false;
    }

  return true;
}

static void
test_hash (const char *when)
{
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
    tap_point (is_right (vectors[i].text, vectors[i].digest),
               "/core/sha1/%s/%s", when, vectors[i].name);
}

int
main (void)
{
  test_hash ("before-the-first-user");
  wsc_sha1_begin ();
  wsc_sha1_begin ();
  test_hash ("of-two-users");
  wsc_sha1_end ();
  test_hash ("of-the-last-user");
  wsc_sha1_end ();
  test_hash ("after-the-last-user");
  return tap_end ();
}
