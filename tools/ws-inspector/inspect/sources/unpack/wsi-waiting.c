/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/unpack/wsi-waiting.h"

G_DEFINE_INTERFACE (WsiWaiting, wsi_waiting, G_TYPE_INPUT_STREAM)

static void
wsi_waiting_default_init (WsiWaitingInterface *interface)
{
}

void
wsi_waiting_set_func (WsiWaiting    *self,
                      WsiWaitingFunc function,
                      gpointer       user_data)
{
  WSI_WAITING_GET_IFACE (self)->set_func (self, function, user_data);
}
