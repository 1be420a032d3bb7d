/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-sentence.h"

#include <glib/gi18n.h>
#include <libwsproto/wsproto.h>
#include <string.h>

typedef enum
{
  KIND_TEXT = 't',
  KIND_ERROR = 'e',
  KIND_MEANING = 'm',
  KIND_SENTENCE = 's',
} Kind;

static const struct
{
  const char *name, *kinds, *english;
} rows[] = {
#define SENTENCE(id, name, kinds, english) { name, kinds, english },
#include "inspect/store/wsi-sentence-rows.h"
#undef SENTENCE
};

const char *
wsi_sentence_id_get_name (WsiSentenceId id)
{
  return rows[id].name;
}

gboolean
wsi_sentence_id_parse (const char    *name,
                       WsiSentenceId *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].name, name))
      {
        *id = i;
        return TRUE;
      }
  return FALSE;
}

/* The bytes of a text that fit, without the beginning of a character. */
static gsize
sentence_measure (const char *text,
                  gsize       max_length)
{
  gsize length = strnlen (text, max_length);

  while (length > 0 && ((guchar) text[length] & 0xc0) == 0x80)
    length--;
  return length;
}

char *
wsi_sentence_pack (const WsiSentence *self,
                   gsize              max_length,
                   gsize             *length)
{
  g_autoptr (GString) packed = g_string_new (NULL);

  for (guint i = 0; self->arguments[i] != NULL; i++)
    {
      gsize n_after = g_strv_length ((GStrv) (self->arguments + i));

      if (i > 0)
        g_string_append_c (packed, '\0');
      g_string_append_len (packed, self->arguments[i],
                           sentence_measure (self->arguments[i],
                                             max_length - packed->len - (n_after - 1)));
    }

  *length = packed->len;
  return g_string_free (g_steal_pointer (&packed), FALSE);
}

WsiSentence *
wsi_sentence_unpack (WsiSentenceId id,
                     const char   *at,
                     gsize         length)
{
  WsiSentence *self = g_malloc0 (sizeof *self + length + 1);
  char *arguments = (char *) (self + 1), *argument = arguments;

  self->id = id;
  if (length > 0)
    memcpy (arguments, at, length);
  for (guint i = 0; i < WSI_SENTENCE_MAX_ARGUMENTS && argument <= arguments + length &&
       *rows[id].kinds != '\0'; i++)
    {
      self->arguments[i] = argument;
      argument += strlen (argument) + 1;
    }
  return self;
}

WsiSentence *
wsi_sentence_copy (const WsiSentence *self)
{
  gsize length;
  g_autofree char *packed = self != NULL ? wsi_sentence_pack (self, G_MAXSSIZE, &length) : NULL;

  return packed != NULL ? wsi_sentence_unpack (self->id, packed, length) : NULL;
}

static const char *
sentence_translate (const WsiSentenceWords *words,
                    const char             *english)
{
  return words != NULL ? words->translate (english) : english;
}

static gboolean sentence_append (GString                *text,
                                 WsiSentenceId           id,
                                 const char *const     **next,
                                 const WsiSentenceWords *words);

/* Appends an argument.  FALSE: it is missing, or of another kind.  next: moves past what was
 * taken. */
static gboolean
append_argument (GString                *text,
                 Kind                    kind,
                 const char *const     **next,
                 const WsiSentenceWords *words)
{
  const char *argument = **next;
  g_autofree char *error = NULL;
  WsiSentenceId id;
  guint64 code;

  if (argument == NULL)
    return FALSE;

  (*next)++;
  switch (kind)
    {
    case KIND_TEXT:
      g_string_append (text, argument);
      return TRUE;
    case KIND_ERROR:
      error = words != NULL ? words->translate_error (argument) : NULL;
      g_string_append (text, error != NULL ? error : argument);
      return TRUE;
    case KIND_MEANING:
      if (!g_ascii_string_to_unsigned (argument, 10, 0, G_MAXUINT16, &code, NULL))
        return FALSE;

      g_string_append (text, sentence_translate (words, wsp_close_code_describe ((guint16) code)));
      return TRUE;
    case KIND_SENTENCE:
      return wsi_sentence_id_parse (argument, &id) && sentence_append (text, id, next, words);
    }

  g_assert_not_reached ();
}

/* Appends a sentence; the depth is limited by the number of arguments. */
static gboolean
sentence_append (GString                *text,
                 WsiSentenceId           id,
                 const char *const     **next,
                 const WsiSentenceWords *words)
{
  g_auto (GStrv) literals = g_strsplit (sentence_translate (words, rows[id].english), "%s", -1);

  g_string_append (text, literals[0]);
  for (guint i = 0; rows[id].kinds[i] != '\0'; i++)
    {
      if (literals[i + 1] == NULL || !append_argument (text, rows[id].kinds[i], next, words))
        return FALSE;

      g_string_append (text, literals[i + 1]);
    }
  return TRUE;
}

char *
wsi_sentence_format (const WsiSentence      *self,
                     const WsiSentenceWords *words)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *const *next = self != NULL ? self->arguments : NULL;

  if (self == NULL || !sentence_append (text, self->id, &next, words) || *next != NULL)
    return NULL;

  return g_utf8_make_valid (text->str, (gssize) text->len);
}

char *
wsi_sentence_to_string (const WsiSentence *self)
{
  return wsi_sentence_format (self, NULL);
}
