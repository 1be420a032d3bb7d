/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tests of the rows of a table. */
#pragma once

#include <glib.h>

/* A test for each row, which has a name; its data is the number of the row.  The format has the
 * place of the name in the path, such as "/folder/%s-refused". */
#define ADD_ROWS_AS(format, rows, function) \
  G_STMT_START \
  for (gsize row_ = 0; row_ < G_N_ELEMENTS (rows); row_++) \
    { \
      g_autofree char *path_ = g_strdup_printf (format, (rows)[row_].name); \
      g_test_add_data_func (path_, GSIZE_TO_POINTER (row_), function); \
    } \
  G_STMT_END

/* The same with the name at the end of the path. */
#define ADD_ROWS(path, rows, function) ADD_ROWS_AS (path "/%s", rows, function)
