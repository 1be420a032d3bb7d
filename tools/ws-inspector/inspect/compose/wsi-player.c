/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-player.h"

struct _WsiPlayer
{
  WsiScript    *script;
  double        speed;
  guint         n_times;
  double        rate;           /* messages a second; 0: speed is used */
  WsiPlayerSend send;
  gpointer      user_data;
  guint         next;           /* number of the step that is sent next */
  gint64        begin_us;       /* time of the beginning; 0: not begun */
  GSource      *timer;          /* timer of the next step; NULL: the player is not running */
};

WsiPlayer *
wsi_player_new (WsiScript    *script,
                double        speed,
                WsiPlayerSend send,
                gpointer      user_data)
{
  WsiPlayer *self = g_new0 (WsiPlayer, 1);

  self->script = script;
  self->speed = CLAMP (speed, WSI_PLAYER_NO_PAUSES, WSI_PLAYER_MAX_SPEED);
  self->n_times = 1;
  self->send = send;
  self->user_data = user_data;
  return self;
}

void
wsi_player_repeat (WsiPlayer *self,
                   guint      n_times,
                   double     rate)
{
  self->n_times = CLAMP (n_times, 1, WSI_PLAYER_MAX_TIMES);
  self->rate = rate > 0 ? CLAMP (rate, WSI_PLAYER_MIN_RATE, WSI_PLAYER_MAX_RATE) : 0;
}

static void
stop_timer (WsiPlayer *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
wsi_player_free (WsiPlayer *self)
{
  stop_timer (self);
  wsi_script_free (self->script);
  g_free (self);
}

static const WsiScriptStep *
player_get_next (const WsiPlayer *self)
{
  return wsi_script_get_step (self->script,
                              self->next % wsi_script_get_n_steps (self->script));
}

/* The time until the next step, from the beginning on.  Each repetition begins when the last
 * message of the one before is due. */
static double
get_delay_us (const WsiPlayer *self)
{
  guint n_steps = wsi_script_get_n_steps (self->script);
  gint64 length_us = wsi_script_get_step (self->script, n_steps - 1)->time_us;

  if (self->rate > 0)
    return self->next * (G_USEC_PER_SEC / self->rate);

  return self->speed > 0
         ? ((double) (self->next / n_steps) * length_us +
            player_get_next (self)->time_us) / self->speed
         : 0;
}

/* Sends a message; the callee may free the player. */
static gboolean
player_on_time (gpointer player)
{
  WsiPlayer *self = player;
  const WsiScriptStep *step = player_get_next (self);

  stop_timer (self);
  self->next++;
  self->send (wsi_outgoing_new_message (step->message_type, step->payload), self->user_data);
  return G_SOURCE_REMOVE;
}

/* Plays on.  A message that is late is sent at once, and the rest keeps its times.  Even then a
 * turn of the main loop passes in between, so that a window is drawn. */
void
wsi_player_continue (WsiPlayer *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 due;

  if (wsi_player_has_ended (self) || self->timer != NULL)
    return;

  if (self->begin_us == 0)
    self->begin_us = now;
  due = self->begin_us + (gint64) get_delay_us (self);
  self->timer = g_timeout_source_new (0);
  g_source_set_ready_time (self->timer, MAX (due, now));
  g_source_set_priority (self->timer, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->timer, player_on_time, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

guint
wsi_player_get_n_sent (const WsiPlayer *self)
{
  return self->next;
}

guint
wsi_player_get_n_steps (const WsiPlayer *self)
{
  return wsi_script_get_n_steps (self->script) * self->n_times;
}

gboolean
wsi_player_has_ended (const WsiPlayer *self)
{
  return self->next == wsi_player_get_n_steps (self);
}
