/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Functions of the program that run in the thread of a connection.
 * docs/rationales/threads-and-contexts.md has the reasons. */
#include "connection/wsp-connection-private.h"

#include "reactor/wsp-reactor-private.h"

typedef struct
{
  WspPost           post;       /* the first member: its address is that of the struct */
  WspConnection    *connection;
  WspConnectionFunc func;
  gpointer          user_data;
  GDestroyNotify    destroy;    /* may be NULL */
} Invocation;

static void
invocation_free (Invocation *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_object_unref (self->connection);
  g_free (self);
}

static void
run_invocation (WspPost *post)
{
  Invocation *self = (Invocation *) post;

  self->func (self->connection, self->user_data);
  invocation_free (self);
}

static void
drop_invocation (WspPost *post)
{
  invocation_free ((Invocation *) post);
}

/**
 * wsp_connection_invoke:
 * @self: a connection, of which a caller in another thread holds a reference
 * @func: (scope notified) (closure user_data) (destroy destroy): the function to call
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when @func has returned, or cannot be called
 *
 * Calls @func once in the thread of the connection, and keeps the connection alive until then. May
 * be called in any thread. @func may call every method of @self, also when the connection is
 * closed. @func is called in a later dispatch of the main context of the connection, and never
 * before this call returns, also if this is called in the connection's own thread.
 *
 * The functions of one thread run in the order of its calls. Messages that it has sent before with
 * [method@Wsp.Connection.send_from_thread] are in the send queue when @func runs, unless the queue
 * is full or closing has started; messages that it sends afterwards may be ahead of those that
 * @func sends. A main loop inside @func runs the functions that wait.
 *
 * The number of functions that wait is not limited: a thread that calls this again and again has to
 * limit it, by waiting until its functions have run.
 *
 * If the main context has ended, @func is not called, but only @destroy: in the thread that ends
 * the context, or, if the context had ended before, in the caller's thread before this call
 * returns. The context of a connection of [method@Wsp.Server.start_workers] ends with its thread,
 * another context when it is freed. In a context that is not iterated, nothing is called.
 *
 * In JavaScript there is one thread: @func runs later in this thread.
 *
 * Since: 0.1
 */
void
wsp_connection_invoke (WspConnection    *self,
                       WspConnectionFunc func,
                       gpointer          user_data,
                       GDestroyNotify    destroy)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (func != NULL);

  Invocation *invocation = g_new0 (Invocation, 1);

  invocation->post.run = run_invocation;
  invocation->post.drop = drop_invocation;
  invocation->connection = g_object_ref (self);
  invocation->func = func;
  invocation->user_data = user_data;
  invocation->destroy = destroy;
  if (!wsp_reactor_post (self->link.reactor, &invocation->post))
    invocation_free (invocation);
}

/**
 * wsp_connection_dup_main_context:
 * @self: a connection
 *
 * Gets the main context that the connection belongs to: the thread-default one of its creation. A
 * source of the program that uses the connection, such as a timer, is attached to this context.
 * Another thread calls [method@Wsp.Connection.invoke] instead.
 *
 * Returns: (transfer full) (nullable): the context; %NULL if it was freed
 *
 * Since: 0.1
 */
GMainContext *
wsp_connection_dup_main_context (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return wsp_reactor_dup_context (self->link.reactor);
}
