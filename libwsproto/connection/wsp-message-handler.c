/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Gives a pushed message to the function that the program has set, or else to the handlers of the
 * signal.
 *
 * (1) A handler that is replaced while it runs, by the end of the connection too, is freed after
 *     its call; is_replaced tells that it has to be.  No call runs inside another one: nothing is
 *     read while a message is being handled.
 */
#include "connection/wsp-connection-private.h"

struct _WspMessageHandler
{
  WspMessageFunc func;
  gpointer       user_data;
  GDestroyNotify destroy;       /* may be NULL */
  gboolean       is_running, is_replaced;
};

/* The program's code runs. */
static void
end_handler (WspMessageHandler *self)
{
  GDestroyNotify destroy = self->destroy;
  gpointer user_data = self->user_data;

  g_free (self);
  if (destroy != NULL)
    destroy (user_data);
}

static void
replace_handler (WspConnection     *connection,
                 WspMessageHandler *handler)
{
  WspMessageHandler *old = connection->message_handler;

  connection->message_handler = handler;
  if (old == NULL)
    return;

  old->is_replaced = TRUE;
  if (!old->is_running)         /* (1) */
    end_handler (old);
}

void
wsp_connection_drop_message_func (WspConnection *self)
{
  replace_handler (self, NULL);
}

void
wsp_connection_deliver (WspLink    *link,
                        WspMessage *message)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  WspMessageHandler *handler = self->message_handler;

  if (handler == NULL)
    {
      wsp_connection_emit_message (self, message);
      return;
    }

  handler->is_running = TRUE;
  handler->func (self, message, handler->user_data);
  handler->is_running = FALSE;
  if (handler->is_replaced)     /* (1) */
    end_handler (handler);
}

/**
 * wsp_connection_set_message_func:
 * @self: a connection
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): is given each message;
 *   %NULL = the signal is emitted again
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when @func is called no more
 *
 * Sets a function that is called where [signal@Wsp.Connection::message] would be emitted, instead
 * of it: after [method@Wsp.Connection.start], in the thread-default main context of the
 * connection. It costs a program less than the signal does, which matters for many small messages.
 *
 * It may be set and changed at any time, also by itself. The @destroy of the function that was set
 * before is called at once, or when the running call of that function has returned; that of the
 * last one is called after [signal@Wsp.Connection::closed], or with the connection. On a connection
 * that is CLOSED no function is set, and @destroy is called at once.
 *
 * Since: 0.1
 */
void
wsp_connection_set_message_func (WspConnection *self,
                                 WspMessageFunc func,
                                 gpointer       user_data,
                                 GDestroyNotify destroy)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  WspMessageHandler *handler = NULL;

  if (func != NULL && self->state != WSP_CONNECTION_STATE_CLOSED)
    {
      handler = g_new0 (WspMessageHandler, 1);
      handler->func = func;
      handler->user_data = user_data;
      handler->destroy = destroy;
    }

  replace_handler (self, handler);
  if (handler == NULL && destroy != NULL)
    destroy (user_data);
}
