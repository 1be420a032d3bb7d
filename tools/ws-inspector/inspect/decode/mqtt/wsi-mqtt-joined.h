/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A packet of MQTT that began in a message before: the standard lets packets cross the ends of
 * messages.  The beginning is kept of a large one.  docs/rationales/decoders.md has the reasons. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_MQTT_ENDS_HERE,
  WSI_MQTT_GOES_ON,
} WsiMqttEnd;

typedef struct
{
  GBytes    *bytes;             /* bytes of the packet, as many as are kept */
  guint64    n_skipped;         /* bytes of the packet after those kept */
  gsize      length;            /* bytes of the message that belong to the packet */
  WsiMqttEnd end;
} WsiMqttJoined;

/* Joins a packet with its beginning.  FALSE: no packet goes on in the message. */
gboolean wsi_mqtt_join           (const WsiDecodeInput *input,
                                  WsiMqttJoined        *joined);
/* Leaves the joined packet unfinished: it goes on in the next message. */
void     wsi_mqtt_leave_joined   (const WsiDecodeInput *input,
                                  const WsiMqttJoined  *joined,
                                  WsiDescription       *description);
/* Leaves a packet unfinished.  at: its beginning in the message. */
void     wsi_mqtt_leave_packet   (const WsiDecodeInput *input,
                                  gsize                 at,
                                  WsiDescription       *description);

G_END_DECLS
