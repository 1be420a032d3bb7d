/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tests of the rows of a table. */
#pragma once

#include <glib.h>

/* A test for each row, which has a name.  The format has the place of the name in the path, such as
 * "/folder/%s-refused"; data is an expression with the number of the row, row_. */
#define ADD_ROWS_WITH(format, rows, data, function) \
  G_STMT_START \
  for (gsize row_ = 0; row_ < G_N_ELEMENTS (rows); row_++) \
    { \
      g_autofree char *path_ = g_strdup_printf (format, (rows)[row_].name); \
      g_test_add_data_func (path_, data, function); \
    } \
  G_STMT_END

/* The data of a test is its row. */
#define ADD_EACH_ROW(format, rows, function) \
  ADD_ROWS_WITH (format, rows, &(rows)[row_], function)

/* The data of a test is the number of its row. */
#define ADD_ROWS_AS(format, rows, function) \
  ADD_ROWS_WITH (format, rows, GSIZE_TO_POINTER (row_), function)

/* ADD_ROWS () is ADD_ROWS_AS () with the name of the row at the end of the path. */
#define ADD_ROWS(path, rows, function) ADD_ROWS_AS (path "/%s", rows, function)
