/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls of fork () are counted, for objects that the child must not use as its own.  An object
 * that is older than a fork () is the parent's: the object compares the number at its creation with
 * the present one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many fork () lie between the process that loaded the library and this one.  A child of
 * vfork (), or of posix_spawn (), does not count: it only executes another program. */
extern guint wsp_n_forks;

/* TRUE: this process has called fork () since it began counting.  Children may have its
 * descriptors. */
extern gboolean wsp_has_forked;

/* Before the first object is made that compares. */
void wsp_fork_begin_counting (void);

/* A thread of the library that makes a default object of GLib, or reads the system's authorities,
 * holds fork () off meanwhile: it has locks of GLib and GnuTLS, which no thread of the child would
 * release.  A fork () of another thread waits, but not for ever. */
void wsp_fork_hold_off (void);
void wsp_fork_admit (void);

/* Waits as fork () does, before a handler of fork () takes a lock that others need. */
void wsp_fork_wait (void);

G_END_DECLS
