/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Turns of the main loop. */
#pragma once

#include <glib.h>

/* Runs it so long: how often did it have something to do? */
guint count_turns (guint milliseconds);
/* The program ends unless the source is removed before. */
guint begin_wait  (guint seconds);
