/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-whole-frame.h"

#include "inspect/store/memory/wsi-bytes.h"

static void
whole_frame_append (GByteArray *bytes,
                    GBytes     *more)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (more, &length);

  g_byte_array_append (bytes, at, length);
}

GBytes *
wsi_whole_frame_dup_bytes (const WsiFrameLayout *layout,
                           WsiStore             *store,
                           guint64               number,
                           WsiView               view,
                           gsize                 max_payload)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GBytes) header = wsi_frame_layout_dup_header (layout);
  g_autoptr (GBytes) payload = wsi_store_dup_payload (store, number, view, max_payload);

  whole_frame_append (bytes, header);
  if (payload != NULL)
    whole_frame_append (bytes, payload);
  return g_byte_array_free_to_bytes (bytes);
}
