/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-secret-words.h"

#include <string.h>

#define BETWEEN_WORDS "\", \t\r\n"
#define PUNCTUATION ".:;!?'()<>[]"
#define OVERHEAD 64             /* bytes that a word takes in addition to its own */

struct _WsiSecretWords
{
  GHashTable *words;            /* set of the words */
  GQueue      order;            /* words of the set, the oldest first */
  gsize       n_bytes;
};

WsiSecretWords *
wsi_secret_words_new (void)
{
  WsiSecretWords *self = g_new0 (WsiSecretWords, 1);

  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->order);
  return self;
}

void
wsi_secret_words_free (WsiSecretWords *self)
{
  g_queue_clear (&self->order);
  g_hash_table_unref (self->words);
  g_free (self);
}

/* Finds the next word.  FALSE: there is no word that is long enough. */
static gboolean
secret_words_find_word (const char *text,
                        gsize      *at,
                        gsize      *length)
{
  gsize next = *at;

  while (text[next] != '\0')
    {
      next += strspn (text + next, BETWEEN_WORDS PUNCTUATION);
      gsize n = strcspn (text + next, BETWEEN_WORDS);

      *at = next;
      next += n;
      while (n > 0 && strchr (PUNCTUATION, text[*at + n - 1]) != NULL)
        n--;
      *length = n;
      if (n >= WSI_SECRET_MIN_WORD)
        return TRUE;
    }

  return FALSE;
}

static void
secret_words_add_word (WsiSecretWords *self,
                       const char     *word,
                       gsize           length)
{
  g_autofree char *copy = g_strndup (word, length);

  if (g_hash_table_contains (self->words, copy))
    return;

  g_queue_push_tail (&self->order, copy);
  g_hash_table_add (self->words, g_steal_pointer (&copy));
  self->n_bytes += length + OVERHEAD;
  while (self->n_bytes > WSI_SECRET_MAX_BYTES)
    {
      const char *oldest = g_queue_pop_head (&self->order);

      self->n_bytes -= strlen (oldest) + OVERHEAD;
      g_hash_table_remove (self->words, oldest);
    }
}

void
wsi_secret_words_add (WsiSecretWords *self,
                      const char     *text,
                      gsize           length)
{
  g_autofree char *copy = g_strndup (text, length);
  gsize at = 0, n = 0;

  for (; secret_words_find_word (copy, &at, &n); at += n)
    secret_words_add_word (self, copy + at, n);
}

gboolean
wsi_secret_words_find (WsiSecretWords *self,
                       const char     *text,
                       gsize          *at,
                       gsize          *length)
{
  if (g_hash_table_size (self->words) == 0)
    return FALSE;

  for (; secret_words_find_word (text, at, length); *at += *length)
    {
      g_autofree char *word = g_strndup (text + *at, *length);

      if (g_hash_table_contains (self->words, word))
        return TRUE;
    }

  return FALSE;
}
