/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names of fields and their frequent values, with counts, in a bounded memory.
 *
 * A field keeps WSI_FIELD_MAX_VALUES values: a new one takes the place of the rarest.  When the
 * memory is used up, values and paths that were seen least are removed, a quarter at a time, so
 * that what is frequent stays, whatever passes by. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_FIELD_MAX_VALUES 32
#define WSI_FIELD_MAX_NAMES 2048
#define WSI_FIELD_MAX_NAME 256          /* bytes of a name; a longer one is not kept */
#define WSI_FIELD_MAX_VALUE 128         /* bytes of a value; of a longer one only the field is
                                         * kept */

typedef enum
{
  WSI_COUNTED_TEXT,             /* any bytes, which a filter has in quotes */
  WSI_COUNTED_WORD,             /* a number, yes or no, which a filter has without quotes */
} WsiCountedForm;

typedef struct
{
  char           *at;           /* text of the value; a zero follows, which is not counted */
  guint32         hash;
  guint32         n;
  guint16         length;
  WsiCountedForm  form : 8;
} WsiCountedValue;

typedef enum
{
  WSI_COUNTED_FIELD,            /* a field, of which there are few: it is never removed */
  WSI_COUNTED_PATH,             /* a path into a message, such as json.a */
} WsiCountedKind;

typedef struct _WsiCountedField WsiCountedField;

struct _WsiCountedField
{
  WsiCountedField *next;        /* next field with the same place in the table */
  char            *name;        /* name of the field, as a filter has it */
  guint32          hash;
  guint32          n;           /* values that were seen, also those that were not kept */
  WsiCountedKind   kind;
  gboolean         is_secret;   /* the values of the field are secret, so not kept */
  gboolean         has_more;    /* values were left out: those seen once are not frequent */
  guint            n_values, n_allocated;
  WsiCountedValue *values;
};

typedef struct _WsiFieldCounts WsiFieldCounts;

/* Makes empty counts.  max_held: bytes of memory. */
WsiFieldCounts  *wsi_field_counts_new   (gsize max_held);
void             wsi_field_counts_free  (WsiFieldCounts *self);
void             wsi_field_counts_clear (WsiFieldCounts *self);
/* The number of names and values that were new, since the beginning. */
guint64          wsi_field_counts_get_n_new (const WsiFieldCounts *self);
/* Counts one more value of the field.  NULL: its name is too long.  n is 1: it is new.  It stays
 * until the next call. */
WsiCountedField *wsi_field_counts_add   (WsiFieldCounts *self,
                                         const char     *name,
                                         WsiCountedKind  kind);
/* field: from wsi_field_counts_add (), and not valid afterwards. */
void             wsi_field_counts_add_value (WsiFieldCounts  *self,
                                             WsiCountedField *field,
                                             WsiCountedForm   form,
                                             const char      *at,
                                             gsize            length);
/* Finds a field by name.  NULL: there is none. */
WsiCountedField *wsi_field_counts_find  (WsiFieldCounts *self,
                                         const char     *name);
/* The items are WsiCountedField: fields before paths, and those with most values first. */
GPtrArray       *wsi_field_counts_list  (WsiFieldCounts *self);
/* The items are WsiCountedValue, the most frequent ones first. */
GPtrArray       *wsi_field_counts_list_values (WsiCountedField *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiFieldCounts, wsi_field_counts_free)

G_END_DECLS
