/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/mqtt/wsi-mqtt-joined.h"

#include <string.h>

#include "inspect/decode/mqtt/wsi-mqtt.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_KEPT (16 * 1024)    /* bytes of a packet that are joined */

/* The bytes of the message that are of the packet; 0: the packet is no packet. */
static gsize
count_own (const WsiDecodeInput *input,
           const guint8         *before,
           gsize                 n_before,
           guint64               n_skipped,
           WsiMqttEnd           *end)
{
  gsize n_old = MIN (n_before, WSI_MQTT_MAX_HEAD);
  gsize n_new = MIN (WSI_MQTT_MAX_HEAD - n_old, input->length), n;
  guint8 head[WSI_MQTT_MAX_HEAD];
  guint64 n_missing;
  guint32 remaining;

  memcpy (head, before, n_old);
  if (n_new > 0)
    memcpy (head + n_old, input->at, n_new);
  *end = WSI_MQTT_GOES_ON;
  if (wsi_mqtt_packet_is_head_cut (head, n_old + n_new))
    return input->length;

  n = wsi_mqtt_read_variable (head + 1, n_old + n_new - 1, &remaining);
  if (n == 0 || 1 + n + (guint64) remaining <= n_before + n_skipped)
    return 0;

  n_missing = 1 + n + (guint64) remaining - n_before - n_skipped;
  if (n_missing <= input->length + input->n_more)
    *end = WSI_MQTT_ENDS_HERE;
  return MIN (n_missing, input->length);
}

gboolean
wsi_mqtt_join (const WsiDecodeInput *input,
               WsiMqttJoined        *joined)
{
  GByteArray *bytes;
  const guint8 *before;
  gsize n_before, n_kept;

  if (input->before == NULL || input->length == 0)
    return FALSE;

  before = wsi_bytes_get_data (input->before->bytes, &n_before);
  *joined = (WsiMqttJoined) { .n_skipped = input->before->n_skipped };
  joined->length = count_own (input, before, n_before, joined->n_skipped, &joined->end);
  if (joined->length == 0)
    return FALSE;

  n_kept = n_before < MAX_KEPT ? MIN (MAX_KEPT - n_before, joined->length) : 0;
  joined->n_skipped += joined->length - n_kept;
  if (n_kept == 0)
    {
      joined->bytes = g_bytes_ref (input->before->bytes);
      return TRUE;
    }
  bytes = g_byte_array_sized_new (n_before + n_kept);
  g_byte_array_append (bytes, before, n_before);
  g_byte_array_append (bytes, input->at, n_kept);
  joined->bytes = g_byte_array_free_to_bytes (bytes);
  return TRUE;
}

void
wsi_mqtt_leave_joined (const WsiDecodeInput *input,
                       const WsiMqttJoined  *joined,
                       WsiDescription       *description)
{
  if (input->extent == WSI_EXTENT_WHOLE || input->n_more > 0)
    wsi_description_set_unfinished (description, joined->bytes,
                                    joined->n_skipped + input->n_more);
}

void
wsi_mqtt_leave_packet (const WsiDecodeInput *input,
                       gsize                 at,
                       WsiDescription       *description)
{
  const gsize length = input->length - at, n_kept = MIN (length, MAX_KEPT);
  g_autoptr (GBytes) bytes = g_bytes_new (input->at + at, n_kept);

  wsi_description_set_unfinished (description, bytes, length - n_kept + input->n_more);
}
