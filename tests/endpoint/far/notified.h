/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rule of all writable properties: one notify for each change, and no notify without a
 * change. */
#pragma once

#include <libwsproto/wsproto.h>

/* An object of a type of property. */
GObject *notified_make_object (GType type);
/* Sets each writable property of the object to two values, each of them twice.  Texts, lists and
 * headers are copies, so that they are compared by value. */
void notified_check_all (GObject *object);
