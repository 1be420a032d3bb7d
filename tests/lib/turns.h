/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Turns of the main loop. */
#pragma once

#include <glib.h>

/* Runs the main loop for this time, and returns the number of iterations. */
guint count_turns (guint milliseconds);
/* Ends the program after this time, unless the source whose id is returned was removed before. */
guint begin_wait  (guint seconds);
