/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The fields that a filter may name, and the flags, which are words for a field with a value.  The
 * filter adds its own; a decoder adds more. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_VALUE_NUMBER,             /* a whole number, perhaps with a unit of size */
  WSI_VALUE_TIME,               /* a time in microseconds; seconds where no unit is written */
  WSI_VALUE_RATIO,              /* a ratio in thousandths */
  WSI_VALUE_BOOLEAN,
  WSI_VALUE_NAME,               /* one of the field's names */
  WSI_VALUE_TEXT,
  WSI_VALUE_BYTES,
  WSI_VALUE_ISSUE,              /* a severity as number, and names as text */
  WSI_VALUE_ANY,                /* a number, a text, yes or no: its type is known when it is
                                 * there */
} WsiValueType;

#define WSI_N_VALUE_TYPES (WSI_VALUE_ANY + 1)

/* The price of a value.  The cheapest terms of a filter are evaluated first. */
typedef enum
{
  WSI_COST_RECORD,              /* the record alone */
  WSI_COST_CONVERSATION,        /* the same for all records of a connection */
  WSI_COST_SIDE,                /* a look-up by the number of the record or of its message */
  WSI_COST_PAYLOAD,
  WSI_COST_DECODED,             /* a decoder reads the payload */
} WsiCost;

/* When a fact of a connection has its last value: until then it is not remembered. */
typedef enum
{
  WSI_FIXED_AT_START,
  WSI_FIXED_AT_HANDSHAKE,
  WSI_FIXED_AT_END,
} WsiFixed;

/* When the value of a field is known. */
typedef enum
{
  WSI_COMES_WITH_RECORD,
  WSI_COMES_WITH_REPLY,         /* with another record: the reply to a request */
  WSI_COMES_FROM_USER,          /* at any time: a note of the user */
} WsiComes;

typedef enum
{
  WSI_PATH_NONE,
  WSI_PATH_HEADER,              /* a header in brackets: ["origin"] */
  WSI_PATH_MEMBERS,             /* members and indices: .a.b[0]["c d"] */
} WsiPathForm;

/* One step of a path: a name, or an index where the name is NULL. */
typedef struct
{
  char   *name;
  guint64 index;
} WsiPathStep;

typedef struct
{
  const char *name;
  gint64      value;
} WsiName;

typedef struct _WsiSubject WsiSubject;  /* record that the filter is asked about */
typedef struct _WsiValues WsiValues;    /* the values of a field, filled by its getter */

/* Gets a number.  FALSE: the record has no such value. */
typedef gboolean (*WsiGetNumber) (WsiSubject *subject,
                                  gint64     *number);
typedef void     (*WsiGetValues) (WsiSubject        *subject,
                                  const WsiPathStep *path,
                                  guint              n_steps,
                                  WsiValues         *values);

typedef struct _WsiField WsiField;

struct _WsiField
{
  const char    *name;
  const char    *aliases;       /* other names, separated by blanks, or NULL */
  const char    *group;
  const char    *description;
  WsiValueType   type;
  WsiCost        cost;
  WsiFixed       fixed;         /* when a field of WSI_COST_CONVERSATION has its last value */
  WsiComes       comes;
  WsiPathForm    path_form;
  const WsiName *names;         /* names of the values of a number or name; the last is NULL */
  WsiGetNumber   get_number;    /* function for types of one number; NULL = get_values */
  WsiGetValues   get_values;
  WsiGetNumber   get_bound;     /* bound below a number that is not known; may be NULL */
  const WsiField *moment;       /* field of the same time for times of day; NULL = there is none */
};

typedef struct
{
  const char *name;
  const char *field;            /* name of the field */
  gint64      value;
  const char *description;
} WsiFlag;

typedef struct _WsiFields WsiFields;

WsiFields      *wsi_fields_new (void);
WsiFields      *wsi_fields_ref           (WsiFields *self);
void            wsi_fields_unref         (WsiFields *self);
/* The rows are not copied.  All are added before the first filter is made with them. */
void            wsi_fields_add           (WsiFields      *self,
                                          const WsiField *rows,
                                          gsize           n_rows);
/* The rows are freed with the fields; their texts are not copied. */
void            wsi_fields_take          (WsiFields *self,
                                          WsiField  *rows,
                                          gsize      n_rows);
void            wsi_fields_add_flags     (WsiFields     *self,
                                          const WsiFlag *rows,
                                          gsize          n_rows);
guint           wsi_fields_get_n         (WsiFields *self);
const WsiField *wsi_fields_get           (WsiFields *self,
                                          guint      index);
/* Number of the second names of all fields. */
guint           wsi_fields_get_n_aliases (WsiFields *self);
const char     *wsi_fields_get_alias     (WsiFields *self,
                                          guint      index);
guint           wsi_fields_get_n_flags   (WsiFields *self);
const WsiFlag  *wsi_fields_get_flag      (WsiFields *self,
                                          guint      index);
/* Finds a field by name or alias; NULL: there is none. */
const WsiField *wsi_fields_find          (WsiFields  *self,
                                          const char *name);
const WsiFlag  *wsi_fields_find_flag     (WsiFields  *self,
                                          const char *name);
/* The name that is most like this one, or NULL if there is none. */
const char     *wsi_fields_guess         (WsiFields  *self,
                                          const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiFields, wsi_fields_unref)

G_END_DECLS
