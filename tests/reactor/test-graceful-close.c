/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of a reactor whose transports are still closing. */
#include "reactor/wsp-graceful-close-private.h"

#include <unistd.h>

#define LIMIT_S 20

typedef struct
{
  WspGracefulClose close;       /* tested close; the first member, as it is cast to Closing */
  WspReactor      *reactor;
} Closing;

static void
on_expired (WspTimer *timer)
{
  Closing *self = (Closing *) WSP_OWNER_OF (timer, WspGracefulClose, timer);

  wsp_reactor_get_closes (self->reactor)->n_unfreed--;
}

static void
test_cut (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  Closing closing = { .close.timer.expired = on_expired, .reactor = reactor };

  wsp_reactor_get_closes (reactor)->n_unfreed++;
  wsp_graceful_close_begin (&closing.close, reactor);
  wsp_graceful_close_finish_all (reactor);
  g_assert_cmpuint (wsp_reactor_get_closes (reactor)->n_unfreed, ==, 0);
  g_assert_null (closing.close.link.data);
}

/* One that never ends, as with a GTlsDatabase of the program that does not return. */
static void
test_left (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();

  wsp_reactor_get_closes (reactor)->n_unfreed++;
  alarm (LIMIT_S);
  wsp_graceful_close_finish_all (reactor);
  alarm (0);
  wsp_reactor_get_closes (reactor)->n_unfreed--;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reactor/graceful-close/finish-all/cuts-what-waits", test_cut);
  g_test_add_func ("/reactor/graceful-close/finish-all/leaves-what-never-ends", test_left);

  return g_test_run ();
}
