/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes of a client and its target through the rewriter of the proxy: what passes is the same
 * however it is cut, and a request that passes names the target alone.
 *
 * Each piece begins with its side (1 bit) and its length (7 bits; 127: two more bytes). */

#include <inspect/sources/proxy/wsi-rewriter.h>

#include <string.h>

#include "fuzz/fuzz-input.h"

#define LONG_PIECE 127
#define HOST "\r\nHost: target.example:81\r\n"

typedef struct
{
  WsiRewriter      *rewriter;
  GByteArray       *to[2];
  WsiRewriterResult result;
} Run;

static const char *const own[] = { "127.0.0.1:8080", "localhost:8080", NULL };
static const WsiProxyNames names = {
  .own = (GStrv) own,
  .own_scheme = (char *) "http",
  .target = (char *) "target.example:81",
  .target_origin = (char *) "http://target.example:81",
};

static void
run_init (Run *run)
{
  run->rewriter = wsi_rewriter_new (&names);
  for (guint i = 0; i < 2; i++)
    run->to[i] = g_byte_array_new ();
}

static void
run_clear (Run *run)
{
  wsi_rewriter_free (run->rewriter);
  for (guint i = 0; i < 2; i++)
    g_byte_array_unref (run->to[i]);
}

static void
take (Run           *run,
      guint          side,
      const uint8_t *at,
      size_t         length)
{
  g_autofree char *sentence = NULL;
  gboolean has_failed;

  if (run->result != WSI_REWRITER_GOES_ON)
    return;

  run->result = wsi_rewriter_take (run->rewriter, side, at, length, run->to, &sentence);
  has_failed = run->result > WSI_REWRITER_ENDED;
  REQUIRE (has_failed == (sentence != NULL));
  REQUIRE (!has_failed || wsi_rewriter_describe (run->result) != NULL);
}

static void
take_bytes (Run           *run,
            guint          side,
            const uint8_t *at,
            size_t         length)
{
  for (size_t i = 0; i < length; i++)
    take (run, side, at + i, 1);
}

/* The first head that has reached the target. */
static void
check_host (const GByteArray *bytes)
{
  g_autofree char *text = g_strndup ((const char *) bytes->data, bytes->len);
  char *end = text != NULL ? strstr (text, "\r\n\r\n") : NULL;
  g_autofree char *lower = NULL;
  const char *host;

  if (end == NULL)
    return;

  end[2] = '\0';
  host = strstr (text, HOST);
  lower = g_ascii_strdown (text, -1);
  REQUIRE (host != NULL);
  REQUIRE (strstr (lower, "\nhost:") == lower + (host - text) + 1);
  REQUIRE (strstr (lower + (host - text) + 2, "\nhost:") == NULL);
}

static void
check_equal (const Run *whole,
             const Run *cut)
{
  REQUIRE (whole->result == cut->result);
  if (whole->result > WSI_REWRITER_ENDED)
    return;

  for (guint i = 0; i < 2; i++)
    {
      REQUIRE (whole->to[i]->len == cut->to[i]->len);
      REQUIRE (whole->to[i]->len == 0 ||
               memcmp (whole->to[i]->data, cut->to[i]->data, cut->to[i]->len) == 0);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { data, size, 1 };
  Run whole = { 0 }, cut = { 0 };

  run_init (&whole);
  run_init (&cut);
  while (input.left > 0)
    {
      const uint8_t control = fuzz_take (&input);
      size_t length = control >> 1;

      if (length == LONG_PIECE)
        {
          length = (size_t) fuzz_take (&input) << 8;
          length |= fuzz_take (&input);
        }
      length = MIN (length, input.left);
      if (length > 0)
        take (&whole, control & 1, input.at, length);
      take_bytes (&cut, control & 1, input.at, length);
      input.at += length;
      input.left -= length;
    }

  check_host (whole.to[WSI_REWRITER_CLIENT]);
  check_host (cut.to[WSI_REWRITER_CLIENT]);
  check_equal (&whole, &cut);
  run_clear (&whole);
  run_clear (&cut);
  return 0;
}
