/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All deadlines of a main context.  The cost of setting, moving and unsetting a timer does not
 * depend on the number of timers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_TIMER_LEVELS 4
#define WSP_TIMER_SLOTS 64
/* Microseconds.  A timer never expires early, and at most this much late. */
#define WSP_TIMER_GRAIN 4000
#define WSP_TIMER_NEVER G_MAXINT64

typedef struct _WspTimer WspTimer;
typedef void (*WspTimerFunc) (WspTimer *timer);

typedef struct _WspTimerLink WspTimerLink;
struct _WspTimerLink
{
  WspTimerLink *next, *previous;
};

struct _WspTimer                        /* member of its owner; all zero: not set */
{
  WspTimerLink link;
  gint64       deadline;                /* time at which the timer expires, in monotonic microseconds */
  WspTimerFunc expired;
};

typedef struct
{
  gint64       current;                 /* the last tick that was handled */
  gint64       next;                    /* the tick of the next occupied slot; 0: not known, a timer was set or unset */
  guint64      occupied[WSP_TIMER_LEVELS];
  WspTimerLink slots[WSP_TIMER_LEVELS * WSP_TIMER_SLOTS];
  WspTimerLink due;
} WspTimerWheel;

static inline gboolean
wsp_timer_is_set (const WspTimer *self)
{
  return self->link.next != NULL;
}

void      wsp_timer_wheel_init     (WspTimerWheel *self,
                                    gint64         now);
void      wsp_timer_wheel_set      (WspTimerWheel *self,
                                    WspTimer      *timer,
                                    gint64         deadline);
void      wsp_timer_wheel_unset    (WspTimerWheel *self,
                                    WspTimer      *timer);
gint64    wsp_timer_wheel_get_next (WspTimerWheel *self);       /* returns the time at which
                                                                   take_due is to be called;
                                                                   WSP_TIMER_NEVER: no timer is
                                                                   set */
WspTimer *wsp_timer_wheel_take_due (WspTimerWheel *self,
                                    gint64         now);        /* one timer in each call; NULL: no timer is due */

G_END_DECLS
