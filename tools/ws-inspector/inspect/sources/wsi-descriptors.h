/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file descriptors of the program.  A shell permits 1024 of them unless the program asks for
 * more: that is 500 connections through a proxy, each with two sockets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Raises the soft limit towards the hard one; a program does that before it listens. */
void wsi_descriptors_raise_limit (void);

G_END_DECLS
