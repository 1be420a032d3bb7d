/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wrapped/wsi-base64.h"

#include "inspect/decode/wsi-text.h"
#include "inspect/decode/wsi-text-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_READ 1024           /* characters that are read for a guess: whole bytes */
#define MIN_LIKELY 16
#define MAX_PADDING 2

static gboolean
base64_is_digit (guint8 character)
{
  return g_ascii_isalnum (character) || character == '+' || character == '/' || character == '-' ||
         character == '_';
}

static gsize
base64_count_digits (const guint8 *at,
                     gsize         length)
{
  gsize n = 0;

  while (n < length && base64_is_digit (at[n]))
    n++;
  return n;
}

/* GLib ignores the two digits of the alphabet of URLs. */
static void
append_digit (GString *digits,
              guint8   digit)
{
  g_string_append_c (digits, digit == '-' ? '+' : digit == '_' ? '/' : digit);
}

/* Makes digits the bytes that they are.  GLib needs padding.  A digit alone is no byte. */
static void
base64_decode (GString *digits)
{
  gsize length = 0;

  if (digits->len % 4 == 1)
    g_string_truncate (digits, digits->len - 1);
  while (digits->len % 4 != 0)
    g_string_append_c (digits, '=');
  if (digits->len > 0)
    g_base64_decode_inplace (digits->str, &length);
  digits->len = length;
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

/* Decodes digits up to the limit; returns how many were read. */
static gsize
base64_read_digits (const guint8 *at,
                    gsize         n_digits,
                    WsiUnpacked  *unpacked)
{
  gsize n_bytes = n_digits / 4 * 3 + n_digits % 4 * 3 / 4;
  gsize n_read = n_bytes <= unpacked->max_length ? n_digits : (unpacked->max_length * 4 + 2) / 3;
  g_autoptr (GString) digits = g_string_sized_new (n_read + MAX_PADDING);

  for (gsize i = 0; i < n_read; i++)
    append_digit (digits, at[i]);
  base64_decode (digits);
  wsi_unpacked_append (unpacked, (const guint8 *) digits->str, digits->len);
  return n_read;
}

static GBytes *
base64_unwrap (const WsiDecodeInput *input,
               gsize                 max_length,
               WsiMessageForm       *form,
               GError              **error)
{
  g_autoptr (GError) own_error = NULL;
  gsize end = base64_count_digits (input->at, input->length), n_read;
  WsiUnpacked unpacked;
  GBytes *bytes;

  wsi_unpacked_init (&unpacked, max_length, input->words);
  n_read = base64_read_digits (input->at, end, &unpacked);
  if (n_read < end)
    wsi_unpacked_set_limit_error (&unpacked, n_read, &own_error);
  else if (end % 4 == 1)
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
base64_probe (const WsiDecodeInput *input)
{
  gsize length = MIN (input->length, MAX_READ), end = base64_count_digits (input->at, length);
  WsiUnpacked unpacked;
  WsiMessageForm form;
  g_autoptr (GBytes) bytes = NULL;

  if (end < MIN_LIKELY || (length < input->length && end < length))
    return WSI_SCORE_NONE;
  if (skip_padding (input->at, length, end) < length)
    return WSI_SCORE_NONE;

  wsi_unpacked_init (&unpacked, MAX_READ, WSI_WORDS_ENGLISH);
  base64_read_digits (input->at, end, &unpacked);
  bytes = wsi_unpacked_finish (&unpacked, &form, NULL);
  if (end % 4 == 1)
    return WSI_SCORE_NONE;
  if (form == WSI_MESSAGE_TEXT)
    return WSI_SCORE_LIKELY;
  return has_each_kind (input->at, end) && input->length % 4 == 0 ? WSI_SCORE_POSSIBLE
                                                                  : WSI_SCORE_NONE;
}

static gsize
base64_skip_blanks (const char *text,
                    gsize       at)
{
  while (g_ascii_isspace (text[at]))
    at++;
  return at;
}

/* After the digits: nothing, or as much padding as there have to be characters.  Padding may be
 * missing, as in the alphabet of URLs. */
static gboolean
base64_check_end (const char *text,
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
      at = base64_skip_blanks (text, at + 1);
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
  g_autoptr (GString) digits = g_string_new (NULL);
  gsize at;

  for (at = base64_skip_blanks (text, 0); base64_is_digit (text[at]); at = base64_skip_blanks (text,
                                                                                               at +
                                                                                               1))
    append_digit (digits, text[at]);
  if (!base64_check_end (text, at, digits->len % 4, error))
    return NULL;

  base64_decode (digits);
  return g_string_free_to_bytes (g_steal_pointer (&digits));
}

const WsiDecoder wsi_base64_decoder = {
  .name = "base64", .title = "Base64",
  .begins = WSI_BEGIN_LETTER | WSI_BEGIN_DIGIT | WSI_BEGIN_OTHER,
  .probe = base64_probe, .unwrap = base64_unwrap,
};
