/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Errors of a filter's text.  Each knows its column, so that a program can underline the place. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_FILTER_ERROR (wsi_filter_error_quark ())

typedef enum
{
  WSI_FILTER_ERROR_SYNTAX,
  WSI_FILTER_ERROR_UNKNOWN_FIELD,
  WSI_FILTER_ERROR_BAD_OPERATOR,        /* the type of the field does not have the operator */
  WSI_FILTER_ERROR_BAD_VALUE,
  WSI_FILTER_ERROR_TOO_BIG,     /* the text, its depth or a pattern is too large */
} WsiFilterError;

/* A piece of a filter's text. */
typedef struct
{
  const char *text;
  gsize       at, length;       /* place of the mistake in the text, in bytes */
} WsiFilterPlace;

GQuark wsi_filter_error_quark (void);

/* The column of the error: characters before it plus one; 0 for an error of another domain. */
guint  wsi_filter_error_get_column (const GError *error);

/* "<problem> at column N: expected X, received Y (advice)"; @advice may be NULL.  Always FALSE. */
gboolean wsi_filter_error_set (GError              **error,
                               WsiFilterError        code,
                               const WsiFilterPlace *place,
                               const char           *problem,
                               const char           *expected,
                               const char           *advice);

G_END_DECLS
