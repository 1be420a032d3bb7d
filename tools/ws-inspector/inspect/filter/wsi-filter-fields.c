/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All fields of the filter, in the order of docs/filter.md ("test-filter --page" prints that page,
 * and the test compares), and the flags. */

#include "inspect/filter/wsi-filter-fields-private.h"

#include <glib/gi18n.h>

const WsiName wsi_direction_names[] = {
  { "sent", WSP_DIRECTION_SENT },
  { "recv", WSP_DIRECTION_RECEIVED },
  { "received", WSP_DIRECTION_RECEIVED },
  { NULL, 0 },
};

static const WsiFlag flags[] = {
  { "sent", "dir", WSP_DIRECTION_SENT, N_("Sent by the side that was recorded") },
  { "recv", "dir", WSP_DIRECTION_RECEIVED, N_("Received by it") },
  { "text", "type", WSP_FRAME_KIND_TEXT, N_("Text, or its first fragment") },
  { "binary", "type", WSP_FRAME_KIND_BINARY, N_("Binary, or its first fragment") },
  { "cont", "type", WSP_FRAME_KIND_CONTINUATION, N_("A later fragment") },
  { "ping", "type", WSP_FRAME_KIND_PING, N_("Ping") },
  { "pong", "type", WSP_FRAME_KIND_PONG, N_("Pong") },
  { "close", "type", WSP_FRAME_KIND_CLOSE, N_("Close frame") },
  { "event", "type", WSI_RECORD_KIND_EVENT, N_("A row that is no frame") },
};

WsiFields *
wsi_filter_fields_new (void)
{
  WsiFields *self = wsi_fields_new ();

  wsi_record_fields_add (self);
  wsi_connection_fields_add (self);
  wsi_note_fields_add (self);
  wsi_decoded_fields_add (self);
  wsi_fields_add_flags (self, flags, G_N_ELEMENTS (flags));
  return self;
}
