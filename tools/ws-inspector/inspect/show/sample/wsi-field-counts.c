/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sample/wsi-field-counts.h"

#include <string.h>

#define N_PLACES 2048
/* Bytes that malloc () of glibc takes for the smallest block, with its head. */
#define MIN_BLOCK 32
#define HEAD_OF_BLOCK 8
#define BLOCK_ALIGNMENT 16
#define FIRST_VALUES 2

struct _WsiFieldCounts
{
  WsiCountedField *places[N_PLACES];
  guint            n_fields;
  guint64          n_new;
  gsize            held, max_held;
};

static gsize
measure_block (gsize length)
{
  gsize n_units = (length + HEAD_OF_BLOCK + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT;

  return MAX (n_units * BLOCK_ALIGNMENT, MIN_BLOCK);
}

static gsize
measure_values (const WsiCountedField *field)
{
  return field->n_allocated > 0
         ? measure_block (field->n_allocated * sizeof (WsiCountedValue)) : 0;
}

WsiFieldCounts *
wsi_field_counts_new (gsize max_held)
{
  WsiFieldCounts *self = g_new0 (WsiFieldCounts, 1);

  self->max_held = max_held;
  self->held = measure_block (sizeof *self);
  return self;
}

static void
remove_value (WsiFieldCounts  *self,
              WsiCountedField *field,
              guint            index)
{
  WsiCountedValue *value = &field->values[index];

  self->held -= measure_block (value->length + 1);
  g_free (value->at);
  field->n_values--;
  memmove (value, value + 1, (field->n_values - index) * sizeof *value);
}

static void
free_field (WsiFieldCounts  *self,
            WsiCountedField *field)
{
  while (field->n_values > 0)
    remove_value (self, field, field->n_values - 1);
  self->held -= measure_values (field) + measure_block (strlen (field->name) + 1)
                + measure_block (sizeof *field);
  self->n_fields--;
  g_free (field->values);
  g_free (field->name);
  g_free (field);
}

void
wsi_field_counts_clear (WsiFieldCounts *self)
{
  for (guint i = 0; i < N_PLACES; i++)
    while (self->places[i] != NULL)
      {
        WsiCountedField *field = self->places[i];

        self->places[i] = field->next;
        free_field (self, field);
      }
}

void
wsi_field_counts_free (WsiFieldCounts *self)
{
  wsi_field_counts_clear (self);
  g_free (self);
}

guint64
wsi_field_counts_get_n_new (const WsiFieldCounts *self)
{
  return self->n_new;
}

static void
trim_values (WsiFieldCounts  *self,
             WsiCountedField *field,
             guint32          max_n)
{
  for (guint i = field->n_values; i > 0; i--)
    if (field->values[i - 1].n <= max_n)
      remove_value (self, field, i - 1);
}

static void
trim_all (WsiFieldCounts *self,
          guint32         max_n)
{
  for (guint i = 0; i < N_PLACES; i++)
    {
      WsiCountedField **link = &self->places[i];

      while (*link != NULL)
        {
          WsiCountedField *field = *link;

          trim_values (self, field, max_n);
          if (field->kind == WSI_COUNTED_FIELD || field->n > max_n)
            {
              link = &field->next;
              continue;
            }
          *link = field->next;
          free_field (self, field);
        }
    }
}

static gboolean
field_counts_has_room (const WsiFieldCounts *self,
                       gsize                 length,
                       guint                 n_fields)
{
  return self->held + length <= self->max_held && self->n_fields + n_fields <= WSI_FIELD_MAX_NAMES;
}

/* Makes room.  A quarter is freed at once, so that a step costs little on average.  Counts end at
 * G_MAXUINT32, so this does, too: fields that are no paths take little. */
static void
field_counts_make_room (WsiFieldCounts *self,
                        gsize           length,
                        guint           n_fields)
{
  if (field_counts_has_room (self, length, n_fields))
    return;

  for (guint32 max_n = 1; max_n != 0 &&
       !field_counts_has_room (self, self->max_held / 4, WSI_FIELD_MAX_NAMES / 4); max_n *= 2)
    trim_all (self, max_n);
}

static WsiCountedField *
field_counts_find (WsiFieldCounts *self,
                   const char     *name,
                   guint32         hash)
{
  WsiCountedField *field = self->places[hash % N_PLACES];

  while (field != NULL && (field->hash != hash || !g_str_equal (field->name, name)))
    field = field->next;
  return field;
}

WsiCountedField *
wsi_field_counts_find (WsiFieldCounts *self,
                       const char     *name)
{
  return field_counts_find (self, name, g_str_hash (name));
}

static void
field_counts_count (guint32 *n)
{
  *n += *n < G_MAXUINT32;
}

WsiCountedField *
wsi_field_counts_add (WsiFieldCounts *self,
                      const char     *name,
                      WsiCountedKind  kind)
{
  guint32 hash = g_str_hash (name);
  WsiCountedField *field = field_counts_find (self, name, hash);
  gsize length = strlen (name);

  if (field != NULL)
    {
      field_counts_count (&field->n);
      return field;
    }
  if (length > WSI_FIELD_MAX_NAME)
    return NULL;

  field_counts_make_room (self, measure_block (sizeof *field) + measure_block (length + 1), 1);
  field = g_new0 (WsiCountedField, 1);
  *field = (WsiCountedField) {
    .next = self->places[hash % N_PLACES], .name = g_strdup (name), .hash = hash, .n = 1,
    .kind = kind,
  };
  self->places[hash % N_PLACES] = field;
  self->n_fields++;
  self->n_new++;
  self->held += measure_block (sizeof *field) + measure_block (length + 1);
  return field;
}

/* The rarest value; if several are equally rare, the oldest one. */
static void
remove_rarest (WsiFieldCounts  *self,
               WsiCountedField *field)
{
  guint rarest = 0;

  for (guint i = 1; i < field->n_values; i++)
    if (field->values[i].n < field->values[rarest].n)
      rarest = i;
  remove_value (self, field, rarest);
}

static void
allocate_value (WsiFieldCounts  *self,
                WsiCountedField *field)
{
  if (field->n_values == WSI_FIELD_MAX_VALUES)
    {
      field->has_more = TRUE;
      remove_rarest (self, field);
    }
  if (field->n_values < field->n_allocated)
    return;

  self->held -= measure_values (field);
  field->n_allocated = MAX (2 * field->n_allocated, FIRST_VALUES);
  field->values = g_renew (WsiCountedValue, field->values, field->n_allocated);
  self->held += measure_values (field);
}

static guint32
field_counts_hash_bytes (const char *at,
                         gsize       length)
{
  guint32 hash = 5381;

  for (gsize i = 0; i < length; i++)
    hash = hash * 33 + (guint8) at[i];
  return hash;
}

static WsiCountedValue *
field_counts_find_value (WsiCountedField *field,
                         guint32          hash,
                         WsiCountedForm   form,
                         const char      *at,
                         gsize            length)
{
  for (guint i = 0; i < field->n_values; i++)
    {
      WsiCountedValue *value = &field->values[i];

      if (value->hash == hash && value->length == length && value->form == form &&
          (length == 0 || memcmp (value->at, at, length) == 0))
        return value;
    }
  return NULL;
}

/* Adds a value; while room is made, the field itself may be removed. */
void
wsi_field_counts_add_value (WsiFieldCounts  *self,
                            WsiCountedField *field,
                            WsiCountedForm   form,
                            const char      *at,
                            gsize            length)
{
  guint32 hash = field_counts_hash_bytes (at, MIN (length, WSI_FIELD_MAX_VALUE));
  WsiCountedValue *value = field_counts_find_value (field, hash, form, at, length);
  gsize needed = measure_block (length + 1) + measure_values (field) +
                 FIRST_VALUES * sizeof *value;

  if (value != NULL)
    {
      field_counts_count (&value->n);
      return;
    }
  if (length > WSI_FIELD_MAX_VALUE)
    return;

  if (!field_counts_has_room (self, needed, 0))
    {
      field_counts_make_room (self, needed, 0);
      return;
    }
  allocate_value (self, field);
  value = &field->values[field->n_values++];
  *value = (WsiCountedValue) {
    .at = g_malloc (length + 1), .hash = hash, .n = 1, .length = length, .form = form,
  };
  if (length > 0)
    memcpy (value->at, at, length);
  value->at[length] = '\0';
  self->n_new++;
  self->held += measure_block (length + 1);
}

static int
compare_fields (gconstpointer first,
                gconstpointer second)
{
  const WsiCountedField *a = *(WsiCountedField *const *) first;
  const WsiCountedField *b = *(WsiCountedField *const *) second;

  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  if (a->n != b->n)
    return a->n > b->n ? -1 : 1;
  return strcmp (a->name, b->name);
}

GPtrArray *
wsi_field_counts_list (WsiFieldCounts *self)
{
  GPtrArray *list = g_ptr_array_sized_new (self->n_fields);

  for (guint i = 0; i < N_PLACES; i++)
    for (WsiCountedField *field = self->places[i]; field != NULL; field = field->next)
      g_ptr_array_add (list, field);
  g_ptr_array_sort (list, compare_fields);
  return list;
}

static int
compare_values (gconstpointer first,
                gconstpointer second)
{
  const WsiCountedValue *a = *(WsiCountedValue *const *) first;
  const WsiCountedValue *b = *(WsiCountedValue *const *) second;
  int sign = memcmp (a->at, b->at, MIN (a->length, b->length));

  if (a->n != b->n)
    return a->n > b->n ? -1 : 1;
  return sign != 0 ? sign : a->length - b->length;
}

GPtrArray *
wsi_field_counts_list_values (WsiCountedField *field)
{
  GPtrArray *list = g_ptr_array_sized_new (field->n_values);

  for (guint i = 0; i < field->n_values; i++)
    if (field->values[i].n > 1 || !field->has_more)
      g_ptr_array_add (list, &field->values[i]);
  g_ptr_array_sort (list, compare_values);
  return list;
}
