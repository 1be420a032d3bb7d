/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/parts/wsi-wall-time.h"

char *
wsi_wall_time_to_text (gint64 wall_us)
{
  g_autoptr (GDateTime) seconds =
    g_date_time_new_from_unix_utc (MAX (wall_us, 0) / G_USEC_PER_SEC);
  g_autofree char *text =
    seconds != NULL ? g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S") : NULL;

  return text != NULL
         ? g_strdup_printf ("%s.%06dZ", text, (int) (MAX (wall_us, 0) % G_USEC_PER_SEC))
         : g_strdup ("1970-01-01T00:00:00.000000Z");
}
