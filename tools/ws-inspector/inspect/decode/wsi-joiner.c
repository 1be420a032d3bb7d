/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-joiner.h"

#define NON_JOINER 0x200c
#define JOINER 0x200d
#define EMOJI_STYLE 0xfe0f      /* sign after a character that is an emoji or a sign */
#define NO_CHARACTER 0
#define MAX_CHARACTER 0x10ffff
#define MAX_LENGTH 4            /* bytes of a character */
#define MAX_MARKS 4             /* marks between a letter and the joiner */

/* Letters with forms for each neighbour (ArabicShaping.txt of Unicode), and those with a sign that
 * makes conjuncts (Indic_Syllabic_Category Virama or Invisible_Stacker).  GLib knows the script of
 * a character, but neither of these two properties. */
static const GUnicodeScript scripts_that_join[] = {
  G_UNICODE_SCRIPT_ARABIC, G_UNICODE_SCRIPT_SYRIAC, G_UNICODE_SCRIPT_NKO, G_UNICODE_SCRIPT_MANDAIC,
  G_UNICODE_SCRIPT_MONGOLIAN, G_UNICODE_SCRIPT_PHAGS_PA, G_UNICODE_SCRIPT_ADLAM,
  G_UNICODE_SCRIPT_HANIFI_ROHINGYA, G_UNICODE_SCRIPT_MANICHAEAN, G_UNICODE_SCRIPT_PSALTER_PAHLAVI,
  G_UNICODE_SCRIPT_SOGDIAN, G_UNICODE_SCRIPT_CHORASMIAN, G_UNICODE_SCRIPT_OLD_UYGHUR,

  G_UNICODE_SCRIPT_DEVANAGARI, G_UNICODE_SCRIPT_BENGALI, G_UNICODE_SCRIPT_GURMUKHI,
  G_UNICODE_SCRIPT_GUJARATI, G_UNICODE_SCRIPT_ORIYA, G_UNICODE_SCRIPT_TAMIL,
  G_UNICODE_SCRIPT_TELUGU, G_UNICODE_SCRIPT_KANNADA, G_UNICODE_SCRIPT_MALAYALAM,
  G_UNICODE_SCRIPT_SINHALA, G_UNICODE_SCRIPT_MYANMAR, G_UNICODE_SCRIPT_KHMER,
  G_UNICODE_SCRIPT_BALINESE, G_UNICODE_SCRIPT_JAVANESE, G_UNICODE_SCRIPT_SUNDANESE,
  G_UNICODE_SCRIPT_CHAKMA, G_UNICODE_SCRIPT_MEETEI_MAYEK, G_UNICODE_SCRIPT_TAI_THAM,
  G_UNICODE_SCRIPT_NEWA, G_UNICODE_SCRIPT_TIRHUTA, G_UNICODE_SCRIPT_GRANTHA,
  G_UNICODE_SCRIPT_SHARADA, G_UNICODE_SCRIPT_KAITHI, G_UNICODE_SCRIPT_MODI,
  G_UNICODE_SCRIPT_BRAHMI,
};

/* The symbols of emoji (emoji-zwj-sequences.txt of Unicode), as blocks of them. */
static const gunichar emoji_blocks[][2] = {
  { 0x2194, 0x2195 }, { 0x2600, 0x27bf }, { 0x2b1b, 0x2b1b }, { 0x1f300, 0x1faff },
};

gboolean
wsi_joiner_is (gunichar character)
{
  return character == JOINER || character == NON_JOINER;
}

static gunichar
get_at (const char *at,
        gsize       length)
{
  gunichar character = g_utf8_get_char_validated (at, MIN (length, MAX_LENGTH));

  return character <= MAX_CHARACTER ? character : NO_CHARACTER;
}

/* The character that ends before the place, which goes to its first byte. */
static gunichar
take_before (const char *text,
             gsize      *place)
{
  gsize n = 1;
  gunichar character;

  while (n < MAX_LENGTH && n < *place && (text[*place - n] & 0xc0) == 0x80)
    n++;
  if (n > *place)
    return NO_CHARACTER;

  character = get_at (text + *place - n, n);
  if (character == NO_CHARACTER || g_unichar_to_utf8 (character, NULL) != (int) n)
    return NO_CHARACTER;

  *place -= n;
  return character;
}

static gboolean
joiner_joins (GUnicodeScript script)
{
  for (guint i = 0; i < G_N_ELEMENTS (scripts_that_join); i++)
    if (script == scripts_that_join[i])
      return TRUE;

  return FALSE;
}

/* A letter, or a sign of the script such as the one that makes conjuncts. */
static gboolean
is_letter_of (gunichar       character,
              GUnicodeScript script)
{
  return (g_unichar_isalpha (character) || g_unichar_ismark (character)) &&
         g_unichar_get_script (character) == script;
}

/* Marks that several scripts have in common are part of the letter before. */
static gboolean
is_between_letters (const char *text,
                    gsize       place,
                    gunichar    after)
{
  GUnicodeScript script = g_unichar_get_script (after);
  gunichar before = take_before (text, &place);

  for (guint i = 0; i < MAX_MARKS && g_unichar_ismark (before) &&
       g_unichar_get_script (before) == G_UNICODE_SCRIPT_INHERITED; i++)
    before = take_before (text, &place);

  return joiner_joins (script) && is_letter_of (after, script) && is_letter_of (before, script);
}

static gboolean
is_emoji (gunichar character)
{
  for (guint i = 0; i < G_N_ELEMENTS (emoji_blocks); i++)
    if (character >= emoji_blocks[i][0] && character <= emoji_blocks[i][1])
      return g_unichar_type (character) == G_UNICODE_OTHER_SYMBOL ||
             g_unichar_type (character) == G_UNICODE_MATH_SYMBOL;

  return FALSE;
}

/* Whether the character is the colour of a skin. */
static gboolean
is_emoji_modifier (gunichar character)
{
  return character >= 0x1f3fb && character <= 0x1f3ff;
}

static gboolean
is_between_emoji (const char *text,
                  gsize       place,
                  gunichar    after)
{
  gunichar before = take_before (text, &place);

  if (before == EMOJI_STYLE || is_emoji_modifier (before))
    before = take_before (text, &place);

  return is_emoji (before) && is_emoji (after);
}

WsiJoiner
wsi_joiner_find (const char *text,
                 gsize       length,
                 gsize       place)
{
  gsize end = place + WSI_JOINER_LENGTH;
  gunichar after = end < length ? get_at (text + end, length - end) : NO_CHARACTER;

  if (after == NO_CHARACTER)
    return WSI_JOINER_UNSEEN;
  if (is_between_letters (text, place, after))
    return WSI_JOINER_OF_LETTERS;

  /* Emoji do not join without a joiner: a non-joiner has nothing to do. */
  return get_at (text + place, length - place) == JOINER && is_between_emoji (text, place, after)
         ? WSI_JOINER_OF_EMOJI : WSI_JOINER_UNSEEN;
}
