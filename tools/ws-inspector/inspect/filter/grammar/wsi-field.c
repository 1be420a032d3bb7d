/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-field.h"

#include <string.h>

#define MIN_GUESSED_LENGTH 4     /* letters of a name: two of three in common are not a likeness */
#define LETTERS_PER_MISTAKE 3
#define MAX_GUESSED_LENGTH 48

struct _WsiFields
{
  gatomicrefcount n_references;
  GPtrArray      *fields;       /* fields of the language (const WsiField) */
  GPtrArray      *aliases;      /* other names of fields (char *) */
  GPtrArray      *flags;        /* flags of the language (const WsiFlag) */
  GPtrArray      *taken;        /* rows of fields that are to be freed */
  GHashTable     *by_name;      /* fields by their names and aliases */
  GHashTable     *flags_by_name;
};

WsiFields *
wsi_fields_new (void)
{
  WsiFields *self = g_new0 (WsiFields, 1);

  g_atomic_ref_count_init (&self->n_references);
  self->fields = g_ptr_array_new ();
  self->aliases = g_ptr_array_new_with_free_func (g_free);
  self->flags = g_ptr_array_new ();
  self->taken = g_ptr_array_new_with_free_func (g_free);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->flags_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

WsiFields *
wsi_fields_ref (WsiFields *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

void
wsi_fields_unref (WsiFields *self)
{
  if (!g_atomic_ref_count_dec (&self->n_references))
    return;

  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->aliases);
  g_ptr_array_unref (self->flags);
  g_ptr_array_unref (self->taken);
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->flags_by_name);
  g_free (self);
}

/* A name that two fields have would make one of them unreachable. */
static void
add_name (WsiFields      *self,
          const char     *name,
          const WsiField *field)
{
  gboolean is_new = g_hash_table_insert (self->by_name, g_strdup (name), (gpointer) field);

  g_return_if_fail (is_new);
}

void
wsi_fields_add (WsiFields      *self,
                const WsiField *rows,
                gsize           n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_auto (GStrv) aliases = g_strsplit (rows[i].aliases != NULL ? rows[i].aliases : "", " ", -1);

      g_ptr_array_add (self->fields, (gpointer) & rows[i]);
      add_name (self, rows[i].name, &rows[i]);
      for (gsize j = 0; aliases[j] != NULL; j++)
        {
          add_name (self, aliases[j], &rows[i]);
          g_ptr_array_add (self->aliases, g_strdup (aliases[j]));
        }
    }
}

void
wsi_fields_take (WsiFields *self,
                 WsiField  *rows,
                 gsize      n_rows)
{
  g_ptr_array_add (self->taken, rows);
  wsi_fields_add (self, rows, n_rows);
}

void
wsi_fields_add_flags (WsiFields     *self,
                      const WsiFlag *rows,
                      gsize          n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_return_if_fail (wsi_fields_find (self, rows[i].field) != NULL);
      g_ptr_array_add (self->flags, (gpointer) & rows[i]);
      g_hash_table_insert (self->flags_by_name, (gpointer) rows[i].name, (gpointer) & rows[i]);
    }
}

guint
wsi_fields_get_n (WsiFields *self)
{
  return self->fields->len;
}

const WsiField *
wsi_fields_get (WsiFields *self,
                guint      index)
{
  return self->fields->pdata[index];
}

guint
wsi_fields_get_n_flags (WsiFields *self)
{
  return self->flags->len;
}

const WsiFlag *
wsi_fields_get_flag (WsiFields *self,
                     guint      index)
{
  return self->flags->pdata[index];
}

guint
wsi_fields_get_n_aliases (WsiFields *self)
{
  return self->aliases->len;
}

const char *
wsi_fields_get_alias (WsiFields *self,
                      guint      index)
{
  return self->aliases->pdata[index];
}

const WsiField *
wsi_fields_find (WsiFields  *self,
                 const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

const WsiFlag *
wsi_fields_find_flag (WsiFields  *self,
                      const char *name)
{
  return g_hash_table_lookup (self->flags_by_name, name);
}

/* Letters to insert, delete or replace, and neighbours to exchange, to get from one name to the
 * other. */
static guint
measure_distance (const char *a,
                  const char *b)
{
  gsize length = strlen (b);
  guint rows[3][MAX_GUESSED_LENGTH + 1];
  guint *before = rows[0], *last = rows[1], *row = rows[2];

  for (gsize j = 0; j <= length; j++)
    last[j] = j;
  for (gsize i = 0; a[i] != '\0'; i++)
    {
      guint *oldest = before;

      row[0] = i + 1;
      for (gsize j = 0; j < length; j++)
        {
          row[j + 1] = MIN (last[j] + (a[i] != b[j]), MIN (row[j], last[j + 1]) + 1);
          if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
            row[j + 1] = MIN (row[j + 1], before[j - 1] + 1);
        }
      before = last;
      last = row;
      row = oldest;
    }
  return last[length];
}

static void
compare_guess (const char  *name,
               const char  *candidate,
               const char **guess,
               guint       *nearest)
{
  guint distance = strlen (candidate) > MAX_GUESSED_LENGTH ? *nearest
                                                           : measure_distance (name, candidate);

  if (distance < *nearest)
    {
      *nearest = distance;
      *guess = candidate;
    }
}

const char *
wsi_fields_guess (WsiFields  *self,
                  const char *name)
{
  const char *guess = NULL;
  gsize length = strlen (name);
  guint nearest = length / LETTERS_PER_MISTAKE + 1;

  if (length < MIN_GUESSED_LENGTH || length > MAX_GUESSED_LENGTH)
    return NULL;

  for (guint i = 0; i < self->fields->len; i++)
    compare_guess (name, wsi_fields_get (self, i)->name, &guess, &nearest);
  for (guint i = 0; i < self->aliases->len; i++)
    compare_guess (name, self->aliases->pdata[i], &guess, &nearest);
  return guess;
}
