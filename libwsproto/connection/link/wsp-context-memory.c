/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/link/wsp-context-memory-private.h"

#include "core/frames/deflate-pool.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-spare-results-private.h"
#include "reactor/wsp-timer-wheel-private.h"

#define READ_SIZE (256 * 1024)
#define WRITE_SIZE (80 * 1024)
#define INFLATE_SIZE (64 * 1024)
#define COPY_LIMIT (16 * 1024)
#define TRIM_INTERVAL (5 * G_USEC_PER_SEC)

typedef struct
{
  WscWorkspace workspace;       /* refers to the arrays, and to the memory of the context */
  guint8       read[READ_SIZE];
  guint8       write[WRITE_SIZE];
  guint8       inflate[INFLATE_SIZE];   /* memory to inflate to; the last member, because it is not
                                           touched without compression */
} LentMemory;

struct _WspContextMemory        /* one for each main context */
{
  WspMessagePool *pool;
  WspMessage     *message;      /* a spare message, which may borrow again; NULL: none */
  LentMemory     *spare;        /* spare memory to lend; NULL: none, or a turn has it */
  WscDeflatePool  streams;
  WspReactor     *reactor;      /* reactor of the main context; not owned */
  WspTimer        timer;        /* timer that trims pool and results; set while some may be spare */
};

static void
trim_spare (WspTimer *timer)
{
  WspContextMemory *self = WSP_OWNER_OF (timer, WspContextMemory, timer);
  gboolean has_blocks = wsp_message_pool_trim (self->pool);

  if (wsp_spare_results_trim (self->reactor) > 0 || has_blocks)
    wsp_reactor_set_timer (self->reactor, timer,
                           wsp_reactor_get_time (self->reactor) + TRIM_INTERVAL);
}

static void
free_memory (gpointer part)
{
  WspContextMemory *self = part;

  g_clear_pointer (&self->message, wsp_message_unref);
  wsc_deflate_pool_clear (&self->streams);
  wsp_message_pool_free (self->pool);
  g_free (self->spare);
  g_free (self);
}

static WspContextMemory *
ensure_memory (WspReactor *reactor)
{
  WspContextMemory *self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_CONNECTIONS);

  if (self != NULL)
    return self;

  self = g_new0 (WspContextMemory, 1);
  self->pool = wsp_message_pool_new ();
  self->reactor = reactor;
  self->timer.expired = trim_spare;
  wsp_reactor_set_part (reactor, WSP_REACTOR_PART_CONNECTIONS, self, free_memory);
  return self;
}

WspContextMemory *
wsp_context_memory_of (WspReactor *reactor)
{
  WspContextMemory *self = ensure_memory (reactor);

  if (!wsp_timer_is_set (&self->timer))
    wsp_reactor_set_timer (reactor, &self->timer, wsp_reactor_get_time (reactor) + TRIM_INTERVAL);

  return self;
}

WspMessagePool *
wsp_context_memory_get_pool (WspContextMemory *self)
{
  return self->pool;
}

WscDeflatePool *
wsp_context_memory_get_streams (WspContextMemory *self)
{
  return &self->streams;
}

WspMessage *
wsp_context_memory_take_message (WspContextMemory *self)
{
  return g_steal_pointer (&self->message);
}

void
wsp_context_memory_keep_message (WspContextMemory *self,
                                 WspMessage       *message)
{
  if (self->message == NULL)
    self->message = message;
  else
    wsp_message_unref (message);
}

static LentMemory *
new_lent_memory (WspContextMemory *shared)
{
  LentMemory *self = g_new (LentMemory, 1);

  self->workspace = (WscWorkspace) {
    .read = { .at = self->read, .length = READ_SIZE },
    .write = { self->write, WRITE_SIZE },
    .copy_limit = COPY_LIMIT,
    .inflate = { self->inflate, INFLATE_SIZE },
    .streams = &shared->streams,
  };
  return self;
}

void
wsp_context_memory_open_write (WscWorkspace *workspace,
                               gboolean      is_open)
{
  workspace->write.length = is_open ? WRITE_SIZE : 0;
}

/* self->spare is one memory: a second one is needed only in a main loop that a handler runs. */
void
wsp_context_memory_lend (WspReactor *reactor,
                         WspTurn    *turn,
                         guint32    *deflate_left)
{
  WspContextMemory *self = wsp_context_memory_of (reactor);
  LentMemory *memory = g_steal_pointer (&self->spare);

  if (G_UNLIKELY (memory == NULL))
    memory = new_lent_memory (self);
  memory->workspace.deflate_left = deflate_left;
  turn->shared = self;
  turn->workspace = &memory->workspace;
}

void
wsp_context_memory_take_back (WspTurn *turn)
{
  WspContextMemory *self = turn->shared;
  LentMemory *memory = WSP_OWNER_OF (turn->workspace, LentMemory, workspace);

  g_assert (memory->workspace.write_kept == 0);
  wsp_context_memory_open_write (&memory->workspace, TRUE);
  if (G_UNLIKELY (self->spare != NULL))
    g_free (memory);
  else
    self->spare = memory;
}
