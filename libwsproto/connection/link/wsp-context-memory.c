/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/link/wsp-context-memory-private.h"

#define COPY_LIMIT (16 * 1024)
#define TRIM_INTERVAL (5 * G_USEC_PER_SEC)

typedef struct                  /* one for each main context */
{
  WspMessagePool *pool;
  WspReactor     *reactor;      /* not owned */
  WspTimer        timer;        /* set while blocks may be spare */
} ContextMemory;

static void
trim_pool (WspTimer *timer)
{
  ContextMemory *self = WSP_OWNER_OF (timer, ContextMemory, timer);

  if (wsp_message_pool_trim (self->pool))
    wsp_reactor_set_timer (self->reactor, timer,
                           wsp_reactor_get_time (self->reactor) + TRIM_INTERVAL);
}

static void
free_memory (gpointer part)
{
  ContextMemory *self = part;

  wsp_message_pool_free (self->pool);
  g_free (self);
}

static ContextMemory *
ensure_memory (WspReactor *reactor)
{
  ContextMemory *self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_CONNECTIONS);

  if (self != NULL)
    return self;

  self = g_new0 (ContextMemory, 1);
  self->pool = wsp_message_pool_new ();
  self->reactor = reactor;
  self->timer.expired = trim_pool;
  wsp_reactor_set_part (reactor, WSP_REACTOR_PART_CONNECTIONS, self, free_memory);
  return self;
}

/* Sets the timer that gives unused spare blocks back to the system. */
WspMessagePool *
wsp_context_memory_get_pool (WspReactor *reactor)
{
  ContextMemory *self = ensure_memory (reactor);

  if (!wsp_timer_is_set (&self->timer))
    wsp_reactor_set_timer (reactor, &self->timer, wsp_reactor_get_time (reactor) + TRIM_INTERVAL);

  return self->pool;
}

void
wsp_context_memory_lend (WspReactor *reactor,
                         WspTurn    *turn,
                         guint32    *deflate_left)
{
  turn->pool = wsp_context_memory_get_pool (reactor);
  turn->memory = wsp_reactor_borrow (reactor);
  turn->workspace = (WscWorkspace) {
    .read = { .at = turn->memory->read, .length = WSP_REACTOR_READ_SIZE },
    .write = { turn->memory->write, WSP_REACTOR_WRITE_SIZE },
    .copy_limit = COPY_LIMIT,
    .inflate = { turn->memory->inflate, WSP_REACTOR_INFLATE_SIZE },
    .streams = wsp_message_pool_get_streams (turn->pool),
    .deflate_left = deflate_left,
  };
}
