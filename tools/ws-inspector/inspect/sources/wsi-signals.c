/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-signals.h"

#include <glib-unix.h>
#include <signal.h>

static const int numbers[WSI_N_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

/* SIGHUP is left alone if it was ignored, as by nohup.  SIGINT is handled even if ignored: a shell
 * ignores it for programs in the background, but a program that sends it wants an end. */
static gboolean
is_left_alone (int number)
{
  struct sigaction action;

  return number == SIGHUP && sigaction (number, NULL, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

void
wsi_signals_attach (WsiSignals   *self,
                    GMainContext *context,
                    GSourceFunc   function,
                    gpointer      user_data)
{
  for (guint i = 0; i < WSI_N_SIGNALS; i++)
    {
      if (is_left_alone (numbers[i]))
        continue;

      self->sources[i] = g_unix_signal_source_new (numbers[i]);
      g_source_set_callback (self->sources[i], function, user_data, NULL);
      g_source_attach (self->sources[i], context);
    }
}

void
wsi_signals_clear (WsiSignals *self)
{
  for (guint i = 0; i < WSI_N_SIGNALS; i++)
    {
      if (self->sources[i] != NULL)
        g_source_destroy (self->sources[i]);
      g_clear_pointer (&self->sources[i], g_source_unref);
    }
}

/* Signals have a thread of their own, because a read from a pipe may block for ever. */
struct _WsiInterrupt
{
  GCancellable *cancellable;
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
  WsiSignals    signals;
};

static gboolean
signals_on_signal (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static gpointer
signals_run (gpointer loop)
{
  g_main_loop_run (loop);
  return NULL;
}

WsiInterrupt *
wsi_interrupt_new (void)
{
  WsiInterrupt *self = g_new0 (WsiInterrupt, 1);

  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  wsi_signals_attach (&self->signals, self->context, signals_on_signal, self->cancellable);
  self->thread = g_thread_new ("signals", signals_run, self->loop);
  return self;
}

static gboolean
signals_quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
wsi_interrupt_free (WsiInterrupt *self)
{
  /* signals_quit () runs in the thread: before the thread runs the loop, there is no loop to quit.
   * */
  g_autoptr (GSource) last = g_idle_source_new ();

  g_source_set_callback (last, signals_quit, self->loop, NULL);
  g_source_attach (last, self->context);
  g_thread_join (self->thread);
  wsi_signals_clear (&self->signals);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_free (self);
}

GCancellable *
wsi_interrupt_get_cancellable (WsiInterrupt *self)
{
  return self->cancellable;
}
