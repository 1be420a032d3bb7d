/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A stream whose reads wait for another program, with a function that is called again and again
 * while a read waits. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_WAITING_INTERVAL_MS 200

#define WSI_TYPE_WAITING (wsi_waiting_get_type ())

G_DECLARE_INTERFACE (WsiWaiting, wsi_waiting, WSI, WAITING, GInputStream)

typedef void (*WsiWaitingFunc) (gpointer user_data);

struct _WsiWaitingInterface
{
  GTypeInterface parent_interface;

  void (*set_func) (WsiWaiting    *self,
                    WsiWaitingFunc function,
                    gpointer       user_data);
};

/* Sets the function.  function: NULL = none. */
void wsi_waiting_set_func (WsiWaiting    *self,
                           WsiWaitingFunc function,
                           gpointer       user_data);

G_END_DECLS
