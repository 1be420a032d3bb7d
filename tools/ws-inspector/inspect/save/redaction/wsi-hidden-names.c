/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-hidden-names.h"

#include <string.h>

#define OTHER_NAMES "others"

struct _WsiHiddenNames
{
  GHashTable *counts;           /* counts by lower-case name (WsiHiddenName) */
};

static WsiHiddenName *
hidden_name_new (const char *name,
                 guint64     n_values)
{
  WsiHiddenName *self = g_new0 (WsiHiddenName, 1);

  self->name = g_strdup (name);
  self->n_values = n_values;
  return self;
}

static void
hidden_name_free (gpointer data)
{
  WsiHiddenName *self = data;

  g_free (self->name);
  g_free (self);
}

WsiHiddenNames *
wsi_hidden_names_new (void)
{
  WsiHiddenNames *self = g_new0 (WsiHiddenNames, 1);

  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, hidden_name_free);
  return self;
}

void
wsi_hidden_names_free (WsiHiddenNames *self)
{
  g_hash_table_unref (self->counts);
  g_free (self);
}

void
wsi_hidden_names_add (WsiHiddenNames *self,
                      const char     *name)
{
  g_autofree char *shown = g_strndup (name, WSI_HIDDEN_MAX_LENGTH);
  g_autofree char *key = g_ascii_strdown (shown, -1);
  WsiHiddenName *found = g_hash_table_lookup (self->counts, key);

  if (found == NULL && g_hash_table_size (self->counts) >= WSI_HIDDEN_MAX_NAMES - 1)
    {
      g_free (key);
      key = g_strdup (OTHER_NAMES);
      found = g_hash_table_lookup (self->counts, key);
    }
  if (found == NULL)
    {
      found = hidden_name_new (strcmp (key, OTHER_NAMES) == 0 ? OTHER_NAMES : shown, 0);
      g_hash_table_insert (self->counts, g_steal_pointer (&key), found);
    }
  found->n_values++;
}

static int
hidden_names_compare (gconstpointer a,
                      gconstpointer b)
{
  const WsiHiddenName *one = *(WsiHiddenName *const *) a;
  const WsiHiddenName *other = *(WsiHiddenName *const *) b;

  if (one->n_values != other->n_values)
    return one->n_values < other->n_values ? 1 : -1;
  return strcmp (one->name, other->name);
}

GPtrArray *
wsi_hidden_names_list (WsiHiddenNames *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (hidden_name_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->counts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const WsiHiddenName *found = value;

      g_ptr_array_add (names, hidden_name_new (found->name, found->n_values));
    }
  g_ptr_array_sort (names, hidden_names_compare);
  return names;
}
