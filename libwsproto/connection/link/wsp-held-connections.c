/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/link/wsp-held-connections-private.h"

typedef struct                  /* one for each main context */
{
  WspReactorEnd  end;
  GHashTable    *connections;
  GDestroyNotify let_go;
} Held;

static void
held_connections_on_ended (WspReactorEnd *end,
                           WspReactor    *reactor)
{
  Held *self = WSP_OWNER_OF (end, Held, end);
  GHashTableIter iter;
  gpointer connection;

  while (g_hash_table_iter_init (&iter, self->connections),
         g_hash_table_iter_next (&iter, &connection, NULL))
    {
      g_hash_table_iter_remove (&iter);
      self->let_go (connection);
    }
}

static void
free_held (gpointer part)
{
  Held *self = part;

  g_hash_table_unref (self->connections);
  g_free (self);
}

void
wsp_held_connections_add (WspReactor    *reactor,
                          gpointer       connection,
                          GDestroyNotify let_go)
{
  Held *self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_HELD_CONNECTIONS);

  if (self == NULL)
    {
      self = g_new0 (Held, 1);
      self->end.ended = held_connections_on_ended;
      self->connections = g_hash_table_new (NULL, NULL);
      self->let_go = let_go;
      wsp_reactor_add_end (reactor, &self->end);
      wsp_reactor_set_part (reactor, WSP_REACTOR_PART_HELD_CONNECTIONS, self, free_held);
    }
  g_hash_table_add (self->connections, connection);
}

void
wsp_held_connections_remove (WspReactor *reactor,
                             gpointer    connection)
{
  Held *self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_HELD_CONNECTIONS);

  g_hash_table_remove (self->connections, connection);
}
