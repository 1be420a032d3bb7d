/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A number that one thread changes and every thread reads, without a locked instruction. */
#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

typedef _Atomic guint64 WspCount;

static inline guint64
wsp_count_get (const WspCount *self)
{
  return atomic_load_explicit (self, memory_order_relaxed);
}

/* Call this in one thread only. */
static inline void
wsp_count_add (WspCount *self,
               guint64   n)
{
  atomic_store_explicit (self, wsp_count_get (self) + n, memory_order_relaxed);
}

G_END_DECLS
