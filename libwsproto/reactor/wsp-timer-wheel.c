/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Timer wheel: four levels of 64 slots, each level 64 times as coarse as the one below it.
 *
 * A timer is in the finest level that reaches its tick; when the wheel reaches a coarse slot, the
 * timers in it move down.  The first level spans a quarter of a second, the last 18 hours; a later
 * timer is in the last slot and is put in again when the wheel reaches it.
 *
 * A timer is linked exactly when link.next is set.
 * Each timer in a slot has a later tick than the current one.
 */
#include "reactor/wsp-timer-wheel-private.h"

#define LEVEL_BITS 6
#define SLOT_MASK (WSP_TIMER_SLOTS - 1)
#define MAX_DISTANCE (((gint64) 1 << (LEVEL_BITS * WSP_TIMER_LEVELS)) - 1)

static void
init_list (WspTimerLink *head)
{
  head->next = head;
  head->previous = head;
}

static void
append_to_list (WspTimerLink *head,
                WspTimerLink *link)
{
  link->previous = head->previous;
  link->next = head;
  head->previous->next = link;
  head->previous = link;
}

static void
remove_from_list (WspTimerLink *link)
{
  link->previous->next = link->next;
  link->next->previous = link->previous;
  link->next = NULL;
  link->previous = NULL;
}

/* Rounds up, so that no timer expires early. */
static gint64
get_tick (gint64 deadline)
{
  return deadline / WSP_TIMER_GRAIN + (deadline % WSP_TIMER_GRAIN > 0);
}

static void
put_in (WspTimerWheel *self,
        WspTimer      *timer)
{
  gint64 distance = CLAMP (get_tick (timer->deadline) - self->current, 1, MAX_DISTANCE);
  gint64 tick = self->current + distance;
  guint level = 0;

  while (distance >> (LEVEL_BITS * (level + 1)) > 0)
    level++;

  guint slot = (tick >> (LEVEL_BITS * level)) & SLOT_MASK;

  self->occupied[level] |= (guint64) 1 << slot;
  self->next = 0;
  append_to_list (&self->slots[level * WSP_TIMER_SLOTS + slot], &timer->link);
}

/* The tick at which the next occupied slot of a level is reached. */
static gint64
get_next_tick_of_level (const WspTimerWheel *self,
                        guint                level)
{
  gint64 position = self->current >> (LEVEL_BITS * level);
  guint turn = (position + 1) & SLOT_MASK;
  guint64 occupied = self->occupied[level];

  if (occupied == 0)
    return G_MAXINT64;

  if (turn > 0)
    occupied = occupied >> turn | occupied << (WSP_TIMER_SLOTS - turn);

  return (position + 1 + __builtin_ctzll (occupied)) << (LEVEL_BITS * level);
}

static inline gint64
get_next_tick (WspTimerWheel *self)
{
  if (G_LIKELY (self->next != 0))
    return self->next;

  self->next = G_MAXINT64;
  for (guint level = 0; level < WSP_TIMER_LEVELS; level++)
    self->next = MIN (self->next, get_next_tick_of_level (self, level));

  return self->next;
}

static WspTimer *
timer_wheel_take_first (WspTimerLink *head)
{
  if (head->next == head)
    return NULL;

  /* The link is the first member. */
  WspTimer *timer = (WspTimer *) head->next;

  remove_from_list (&timer->link);
  return timer;
}

/* Empties the slot of the current tick in a level. */
static void
empty_slot (WspTimerWheel *self,
            guint          level)
{
  guint slot = (self->current >> (LEVEL_BITS * level)) & SLOT_MASK;
  WspTimerLink *head = &self->slots[level * WSP_TIMER_SLOTS + slot];
  WspTimerLink waiting;
  WspTimer *timer;

  init_list (&waiting);
  while ((timer = timer_wheel_take_first (head)))
    append_to_list (&waiting, &timer->link);
  self->occupied[level] &= ~((guint64) 1 << slot);

  while ((timer = timer_wheel_take_first (&waiting)))
    {
      if (get_tick (timer->deadline) > self->current)
        {
          put_in (self, timer);
          continue;
        }

      append_to_list (&self->due, &timer->link);
    }
}

static void
timer_wheel_advance (WspTimerWheel *self,
                     gint64         now)
{
  gint64 target = now / WSP_TIMER_GRAIN;

  if (get_next_tick (self) > target)
    {
      self->current = MAX (self->current, target);
      return;
    }

  while (self->current < target)
    {
      self->current = MIN (get_next_tick (self), target);
      self->next = 0;

      for (guint level = WSP_TIMER_LEVELS; level > 0; level--)
        {
          gint64 below = ((gint64) 1 << (LEVEL_BITS * (level - 1))) - 1;

          if ((self->current & below) == 0)
            empty_slot (self, level - 1);
        }
    }
}

void
wsp_timer_wheel_init (WspTimerWheel *self,
                      gint64         now)
{
  self->current = now / WSP_TIMER_GRAIN;
  self->next = 0;
  for (guint level = 0; level < WSP_TIMER_LEVELS; level++)
    self->occupied[level] = 0;
  for (guint slot = 0; slot < WSP_TIMER_LEVELS * WSP_TIMER_SLOTS; slot++)
    init_list (&self->slots[slot]);
  init_list (&self->due);
}

void
wsp_timer_wheel_set (WspTimerWheel *self,
                     WspTimer      *timer,
                     gint64         deadline)
{
  wsp_timer_wheel_unset (self, timer);
  if (deadline == WSP_TIMER_NEVER)
    return;

  timer->deadline = deadline;
  put_in (self, timer);
}

void
wsp_timer_wheel_unset (WspTimerWheel *self,
                       WspTimer      *timer)
{
  const WspTimerLink *left = timer->link.next;

  if (left == NULL)
    return;

  self->next = 0;
  remove_from_list (&timer->link);

  /* The removed timer was the last one of its slot: its neighbour is the list head, whose index
   * is the slot. */
  if (left->next == left && left != &self->due)
    {
      gsize slot = left - self->slots;

      self->occupied[slot / WSP_TIMER_SLOTS] &= ~((guint64) 1 << (slot & SLOT_MASK));
    }
}

gint64
wsp_timer_wheel_get_next (WspTimerWheel *self)
{
  if (self->due.next != &self->due)
    return 0;

  gint64 tick = get_next_tick (self);

  return tick == G_MAXINT64 ? WSP_TIMER_NEVER : tick * WSP_TIMER_GRAIN;
}

WspTimer *
wsp_timer_wheel_take_due (WspTimerWheel *self,
                          gint64         now)
{
  timer_wheel_advance (self, now);
  return timer_wheel_take_first (&self->due);
}
