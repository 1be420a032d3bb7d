/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "fuzz/head-play.h"

#include "core/bytes/byte-order.h"
#include "core/handshake/handshake-rules.h"
#include "fuzz/fuzz-tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_SEEDED_CUTS 4

/* The first is so wide that only the grammar decides; the others are felt. */
static const WscHeadLimits limits_table[] = {
  { UINT32_MAX, UINT32_MAX, UINT32_MAX, 32, 16, 16 },
  { 16384, 8192, 100, 32, 16, 16 },
  { 128, 48, 4, 2, 2, 2 },
  { 40, 20, 1, 1, 1, 1 },
};

const WscHeadLimits *
head_limits_of (const uint8_t config[HEAD_CONFIG_LENGTH])
{
  return &limits_table[config[0] % (sizeof limits_table / sizeof limits_table[0])];
}

typedef struct
{
  WscHttpHead *head;
  WscFault fault;
  size_t used;
} Played;

/* The piece is in memory of exactly its size; single bytes, of which there are many, are on the
 * stack. */
static WscFault
take_piece (WscHttpHead *head,
            WscBytes     piece,
            size_t      *used)
{
  uint8_t one, *copy = piece.length > 1 ? malloc (piece.length) : &one;
  WscFault fault;

  if (piece.length > 0)
    memcpy (copy, piece.at, piece.length);
  fault = wsc_http_head_take (head, (WscBytes) { copy, piece.length }, used);
  if (piece.length > 1)
    free (copy);
  return fault;
}

/* max_piece 0: whole. */
static Played
play (WscHeadKind          kind,
      const WscHeadLimits *limits,
      WscBytes             bytes,
      uint32_t             max_piece,
      FuzzRandom          *random)
{
  Played played = { wsc_http_head_new (kind, limits), WSC_FAULT_PARTIAL, 0 };
  size_t at = 0;

  do
    {
      size_t length = bytes.length - at, used = 0;

      if (max_piece > 0 && length > 0)
        {
          size_t wanted = 1 + fuzz_random_next (random, max_piece);

          length = wanted < length ? wanted : length;
        }
      played.fault = take_piece (played.head, bytes_first (bytes_after (bytes, at), length), &used);
      played.used += used;
      at += length;
    }
  while (played.fault == WSC_FAULT_PARTIAL && at < bytes.length);

  fuzz_require (wsc_http_head_get_n_visited (played.head) <= 4 * bytes.length,
                "bytes visited <= 4 * size");
  return played;
}

static void
require_same (const Played *one,
              const Played *other)
{
  uint64_t number_of_one = wsc_http_head_get_fault_number (one->head);
  uint64_t number_of_other = wsc_http_head_get_fault_number (other->head);
  size_t n_one, n_other;
  const WscHeader *of_one, *of_other;

  fuzz_require (one->fault == other->fault, "every cut comes to the same fault");
  fuzz_require (number_of_one == number_of_other, "every cut comes to the same number");
  if (one->fault != WSC_FAULT_NONE)
    return;

  fuzz_require (one->used == other->used, "every cut uses the same bytes");
  of_one = wsc_http_head_get_fields (one->head, &n_one);
  of_other = wsc_http_head_get_fields (other->head, &n_other);
  fuzz_require (n_one == n_other, "every cut reads the same number of fields");
  for (size_t i = 0; i < n_one; i++)
    fuzz_require (wsc_texts_are_equal (of_one[i].name, of_other[i].name) &&
                  wsc_texts_are_equal (of_one[i].value, of_other[i].value),
                  "every cut reads the same fields");
}

static size_t
add (uint8_t *to,
     size_t   at,
     WscBytes text)
{
  if (text.length > 0)
    memcpy (to + at, text.at, text.length);
  return at + text.length;
}

static size_t
write_first_line (const WscHttpHead *head,
                  WscHeadKind        kind,
                  uint8_t           *to)
{
  char status[16];
  size_t n;

  if (kind == WSC_HEAD_REQUEST)
    {
      n = add (to, 0, wsc_http_head_get_method (head));
      n = add (to, n, wsc_text (" "));
      n = add (to, n, wsc_http_head_get_target (head));
      n = add (to, n, wsc_text (" "));
      return add (to, n, wsc_http_head_get_version (head));
    }
  snprintf (status, sizeof status, "HTTP/1.1 %u ", wsc_http_head_get_status (head));
  n = add (to, 0, wsc_text (status));
  return add (to, n, wsc_http_head_get_reason (head));
}

/* Written again from its parts, a head reads as the same head. */
static void
require_rewritten (const Played *whole,
                   WscHeadKind   kind,
                   size_t        size)
{
  size_t n_fields, n;
  const WscHeader *fields = wsc_http_head_get_fields (whole->head, &n_fields);
  uint8_t *text = malloc (2 * size + 64);
  Played again;

  n = add (text, write_first_line (whole->head, kind, text), wsc_text ("\r\n"));
  for (size_t i = 0; i < n_fields; i++)
    {
      n = add (text, n, fields[i].name);
      n = add (text, n, wsc_text (":"));
      n = add (text, n, fields[i].value);
      n = add (text, n, wsc_text ("\r\n"));
    }
  n = add (text, n, wsc_text ("\r\n"));

  again = play (kind, &limits_table[0], (WscBytes) { text, n }, 0, NULL);
  fuzz_require (again.fault == WSC_FAULT_NONE && again.used == n, "a head written again is taken");
  again.used = whole->used;
  require_same (whole, &again);
  wsc_http_head_free (again.head);
  free (text);
}

static void
require_clean (const WscHttpHead *head)
{
  size_t n_fields;
  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  for (size_t i = 0; i < n_fields; i++)
    {
      WscBytes value = fields[i].value;

      fuzz_require (value.length == 0 ||
                    (memchr (value.at, '\r', value.length) == NULL &&
                     memchr (value.at, '\n', value.length) == NULL &&
                     memchr (value.at, '\0', value.length) == NULL),
                    "no value holds CR, LF or NUL");
    }
}

static void
require_grammar (const Played *whole,
                 HeadReading   expected)
{
  size_t n_fields;

  fuzz_require ((whole->fault == WSC_FAULT_NONE) == (expected.verdict == GRAMMAR_ACCEPTED) &&
                (whole->fault == WSC_FAULT_PARTIAL) == (expected.verdict == GRAMMAR_CUT),
                "parser and grammar come to the same verdict");
  wsc_http_head_get_fields (whole->head, &n_fields);
  fuzz_require (whole->fault != WSC_FAULT_NONE ||
                (n_fields == expected.n_fields && whole->used == expected.used),
                "parser and grammar read the same fields");
}

WscHttpHead *
head_play (WscHeadKind   kind,
           const uint8_t config[HEAD_CONFIG_LENGTH],
           WscBytes      bytes,
           HeadReading   expected,
           WscFault     *fault,
           size_t       *used)
{
  const WscHeadLimits *limits = head_limits_of (config);
  FuzzRandom random = fuzz_random_new (config + 1);
  Played whole = play (kind, limits, bytes, 0, NULL);

  for (uint32_t i = 0; i <= N_SEEDED_CUTS; i++)
    {
      Played cut = play (kind, limits, bytes, 1 + i * i * 7, &random);

      require_same (&whole, &cut);
      wsc_http_head_free (cut.head);
    }
  if (limits == &limits_table[0])
    require_grammar (&whole, expected);
  if (whole.fault == WSC_FAULT_NONE)
    {
      require_clean (whole.head);
      require_rewritten (&whole, kind, bytes.length);
    }
  *fault = whole.fault;
  *used = whole.used;
  return whole.head;
}

void
head_check_texts (WscBytes             request,
                  WscBytes             response,
                  const WscHeadLimits *limits)
{
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];

  wsc_handshake_checks_run (checks, request, response, limits);
  for (size_t i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    {
      size_t length = strlen (checks[i].text);

      fuzz_require (length > 0 && length < WSC_CHECK_TEXT_SIZE, "every check has a sentence");
      for (size_t j = 0; j < length; j++)
        fuzz_require (checks[i].text[j] >= ' ' && checks[i].text[j] <= '~',
                      "sentences are printable ASCII");
    }
}
