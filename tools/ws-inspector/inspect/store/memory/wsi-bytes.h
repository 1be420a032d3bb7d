/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>

/* g_bytes_get_data () gives NULL for no bytes at all, and C defines neither an offset from NULL
 * nor memchr () on it.  This gives "" then.  length may be NULL. */
static inline gconstpointer
wsi_bytes_get_data (GBytes *bytes,
                    gsize  *length)
{
  gconstpointer data = g_bytes_get_data (bytes, length);

  return data != NULL ? data : "";
}
