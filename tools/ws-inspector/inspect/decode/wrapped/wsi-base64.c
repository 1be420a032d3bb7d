/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wrapped/wsi-base64.h"

#include "inspect/decode/wsi-text.h"
#include "inspect/decode/wsi-text-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_READ 1024           /* characters, to guess: whole bytes */
#define MIN_LIKELY 16
#define NO_DIGIT -1
#define MAX_PADDING 2

static int
get_digit (guint8 character)
{
  if (g_ascii_isupper (character))
    return character - 'A';
  if (g_ascii_islower (character))
    return character - 'a' + 26;
  if (g_ascii_isdigit (character))
    return character - '0' + 52;
  if (character == '+' || character == '-')
    return 62;
  return character == '/' || character == '_' ? 63 : NO_DIGIT;
}

static gsize
count_digits (const guint8 *at,
              gsize         length)
{
  gsize n = 0;

  while (n < length && get_digit (at[n]) != NO_DIGIT)
    n++;
  return n;
}

static gsize
skip_padding (const guint8 *at,
              gsize         length,
              gsize         offset)
{
  gsize i = offset;

  while (i < MIN (length, offset + MAX_PADDING) && at[i] == '=')
    i++;
  return i;
}

/* Decodes up to the first character that is no digit, or the limit; returns its offset.  Six bits
 * of a digit alone are no byte. */
static gsize
read_digits (const guint8 *at,
             gsize         length,
             WsiUnpacked  *unpacked,
             gboolean     *is_whole)
{
  guint32 bits = 0;
  guint n_bits = 0;
  gsize i;

  *is_whole = TRUE;
  for (i = 0; i < length && get_digit (at[i]) != NO_DIGIT; i++)
    {
      guint8 byte;

      bits = bits << 6 | (guint32) get_digit (at[i]);
      n_bits += 6;
      if (n_bits < 8)
        continue;

      n_bits -= 8;
      byte = bits >> n_bits;
      if (!wsi_unpacked_append (unpacked, &byte, 1))
        return i;
    }
  *is_whole = n_bits < 6;
  return i;
}

static GBytes *
unwrap (const WsiDecodeInput *input,
        gsize                 max_length,
        WsiMessageForm       *form,
        GError              **error)
{
  g_autoptr (GError) own_error = NULL;
  WsiUnpacked unpacked;
  gboolean is_whole;
  GBytes *bytes;
  gsize end;

  wsi_unpacked_init (&unpacked, max_length, input->words);
  end = read_digits (input->at, input->length, &unpacked, &is_whole);
  if (end < input->length && get_digit (input->at[end]) != NO_DIGIT)
    wsi_unpacked_set_limit_error (&unpacked, end, &own_error);
  else if (!is_whole)
    g_set_error (&own_error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_CUT,
                 wsi_words_choose (input->words, N_("the last character is no whole byte (at "
                                                    "offset %zu)")), end);
  else if (skip_padding (input->at, input->length, end) < input->length)
    g_set_error (&own_error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_INVALID,
                 wsi_words_choose (input->words, N_("no base64 at offset %zu")), end);
  bytes = wsi_unpacked_finish (&unpacked, form, &own_error);
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return bytes;
}

static gboolean
has_each_kind (const guint8 *at,
               gsize         length)
{
  gboolean has_upper = FALSE, has_lower = FALSE, has_digit = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      has_upper |= g_ascii_isupper (at[i]);
      has_lower |= g_ascii_islower (at[i]);
      has_digit |= g_ascii_isdigit (at[i]);
    }
  return has_upper && has_lower && has_digit;
}

/* Words are base64, too: what is decoded has to be readable, or the message has to look random. */
static guint
probe (const WsiDecodeInput *input)
{
  gsize length = MIN (input->length, MAX_READ), end = count_digits (input->at, length);
  WsiUnpacked unpacked;
  WsiMessageForm form;
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_whole;

  if (end < MIN_LIKELY || (length < input->length && end < length))
    return WSI_SCORE_NONE;
  if (skip_padding (input->at, length, end) < length)
    return WSI_SCORE_NONE;

  wsi_unpacked_init (&unpacked, MAX_READ, WSI_WORDS_ENGLISH);
  read_digits (input->at, end, &unpacked, &is_whole);
  bytes = wsi_unpacked_finish (&unpacked, &form, NULL);
  if (!is_whole)
    return WSI_SCORE_NONE;
  if (form == WSI_MESSAGE_TEXT)
    return WSI_SCORE_LIKELY;
  return has_each_kind (input->at, end) && input->length % 4 == 0 ? WSI_SCORE_POSSIBLE
                                                                  : WSI_SCORE_NONE;
}

static gsize
skip_blanks (const char *text,
             gsize       at)
{
  while (g_ascii_isspace (text[at]))
    at++;
  return at;
}

/* After the digits: nothing, or as much padding as there have to be characters.  Padding may be
 * missing, as in the alphabet of URLs. */
static gboolean
check_end (const char *text,
           gsize       at,
           guint       n_digits,
           GError    **error)
{
  guint n_padding = 0;

  if (n_digits % 4 == 1)
    return wsi_text_error_set (error, text, at, _("another base64 character"));

  while (text[at] == '=' && n_digits % 4 != 0 && n_padding < 4 - n_digits % 4)
    {
      n_padding++;
      at = skip_blanks (text, at + 1);
    }
  if (text[at] != '\0')
    return wsi_text_error_set (error, text, at, n_padding > 0 ? _("the end") : _("a base64 "
                                                                                 "character"));

  return n_padding == 0 || (n_digits + n_padding) % 4 == 0 ||
         wsi_text_error_set (error, text, at, "another =");
}

GBytes *
wsi_base64_parse (const char *text,
                  GError    **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 bits = 0;
  guint n_bits = 0, n_digits = 0;
  gsize at = skip_blanks (text, 0);

  for (; get_digit (text[at]) != NO_DIGIT; at = skip_blanks (text, at + 1))
    {
      guint8 byte;

      bits = bits << 6 | (guint32) get_digit (text[at]);
      n_bits += 6;
      n_digits = (n_digits + 1) % 4;
      if (n_bits < 8)
        continue;

      n_bits -= 8;
      byte = bits >> n_bits;
      g_byte_array_append (bytes, &byte, 1);
    }
  if (!check_end (text, at, n_digits, error))
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

const WsiDecoder wsi_base64_decoder = {
  .name = "base64", .title = "Base64",
  .begins = WSI_BEGIN_LETTER | WSI_BEGIN_DIGIT | WSI_BEGIN_OTHER,
  .probe = probe, .unwrap = unwrap,
};
