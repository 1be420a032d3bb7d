/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Requests whose replies a filter asks for.  Rows from the first such request on are tested later,
 * when its reply is known, or when it has waited for too long. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct _WsiAwaited WsiAwaited;

WsiAwaited *wsi_awaited_new      (WsiStore *store);
void        wsi_awaited_free     (WsiAwaited *self);
/* Takes the record that the interpreter has learned last. */
void        wsi_awaited_take     (WsiAwaited           *self,
                                  const WsiInterpreter *interpreter,
                                  guint64               number,
                                  const WsiRecord      *record);
/* Returns the end of the rows that can be tested.  self: NULL = no row waits, next: the first row
 * that was not tested, end: the end of all rows. */
guint64     wsi_awaited_find_end (WsiAwaited *self,
                                  guint64     next,
                                  guint64     end);

G_END_DECLS
