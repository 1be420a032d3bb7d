/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/decoded/wsi-awaited.h"

#include "inspect/store/wsi-conversation.h"

#define MAX_AHEAD 16384         /* rows after a request within which its reply is waited for */
#define MAX_AHEAD_TIME (10 * G_USEC_PER_SEC)

struct _WsiAwaited
{
  WsiStore *store;
  GQueue    requests;           /* numbers of requests, rising */
  guint64   payload_end;        /* the end, in the arena, of the payloads of all rows */
};

WsiAwaited *
wsi_awaited_new (WsiStore *store)
{
  WsiAwaited *self = g_new0 (WsiAwaited, 1);

  self->store = g_object_ref (store);
  return self;
}

void
wsi_awaited_free (WsiAwaited *self)
{
  g_queue_clear_full (&self->requests, g_free);
  g_object_unref (self->store);
  g_free (self);
}

void
wsi_awaited_take (WsiAwaited           *self,
                  const WsiInterpreter *interpreter,
                  guint64               number,
                  const WsiRecord      *record)
{
  guint64 request;

  self->payload_end = MAX (self->payload_end, record->payload + record->stored_length);
  if (wsi_interpreter_get_pairing (interpreter, &request) == WSI_PAIRING_REQUEST)
    g_queue_push_tail (&self->requests, g_memdup2 (&number, sizeof number));
}

/* Whether the request may wait longer: the payloads from the request to the latest row take less
 * than half of the memory, so the request's payload is still there when it is tested. */
static gboolean
may_wait (WsiAwaited      *self,
          const WsiRecord *request,
          const WsiRecord *latest)
{
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (self->store, request->conversation);

  return conversation != NULL &&
         wsi_conversation_get_ending (conversation) == WSI_ENDING_NONE &&
         latest->time_us - request->time_us < MAX_AHEAD_TIME &&
         self->payload_end - request->payload < wsi_store_get_max_memory (self->store) / 2;
}

static gboolean
awaited_waits (WsiAwaited *self,
               guint64     number,
               guint64     end)
{
  guint64 reply;

  return number >= wsi_store_get_first (self->store) && end - number < MAX_AHEAD &&
         !wsi_store_get_reply (self->store, number, &reply) &&
         may_wait (self, wsi_store_get_record (self->store, number),
                   wsi_store_get_record (self->store, end - 1));
}

guint64
wsi_awaited_find_end (WsiAwaited *self,
                      guint64     next,
                      guint64     end)
{
  const guint64 *request;

  while (self != NULL && (request = g_queue_peek_head (&self->requests)) != NULL)
    {
      if (*request >= next && awaited_waits (self, *request, end))
        return *request;
      g_free (g_queue_pop_head (&self->requests));
    }

  return end;
}
