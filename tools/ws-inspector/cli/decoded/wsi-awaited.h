/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Requests whose replies a filter asks for: rows from the first one on are tested later, when its
 * reply is known, or when it has waited for too long. */
#pragma once

#include "inspect/interpret/wsi-interpreter.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct _WsiAwaited WsiAwaited;

WsiAwaited *wsi_awaited_new      (WsiStore *store);
void        wsi_awaited_free     (WsiAwaited *self);
/* The record that the interpreter has learned last. */
void        wsi_awaited_take     (WsiAwaited           *self,
                                  const WsiInterpreter *interpreter,
                                  guint64               number,
                                  const WsiRecord      *record);
/* Rows before the result can be tested; self: NULL = nothing waits, next: the first one that was
 * not tested, end: after the last. */
guint64     wsi_awaited_find_end (WsiAwaited *self,
                                  guint64     next,
                                  guint64     end);

G_END_DECLS
