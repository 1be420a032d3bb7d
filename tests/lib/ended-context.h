/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Helper for tests of main contexts that end.  A main context ends before or after the program
 * drops its reference to an object of it. */
#pragma once

#include <errno.h>
#include <gio/gio.h>
#include <sys/socket.h>

typedef enum
{
  REFERENCE_FIRST,              /* the program drops its reference before it frees the context */
  CONTEXT_FIRST,
  N_ORDERS,
} Order;

/* Adds a test for each row and order; data is row * N_ORDERS + order. */
static inline void
add_in_each_order (const char   *folder,
                   const char   *name,
                   guint         row,
                   GTestDataFunc test)
{
  static const char *const orders[N_ORDERS] = { "reference-first", "context-first" };

  for (guint order = 0; order < N_ORDERS; order++)
    {
      g_autofree char *path = g_strconcat (folder, name, "/", orders[order], NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (row * N_ORDERS + order), test);
    }
}

static inline void
on_gone (gpointer is_gone,
         GObject *where)
{
  *(gboolean *) is_gone = TRUE;
}

/* Reads what was sent, up to the end, which is a reset where input was not read. */
static inline gboolean
has_ended (int fd)
{
  char bytes[1000];
  gssize n;

  do
    n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT);
  while (n > 0);
  return n == 0 || errno == ECONNRESET;
}
