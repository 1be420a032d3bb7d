/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "traffic-rows.h"

#include <string.h>
#include <time.h>

#define KEY_LENGTH 4
#define N_NOISE 100

gint64
traffic_read_clock_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static void
push (WsiRecorder     *recorder,
      WsiConversation *conversation,
      const char      *text,
      WspDirection     direction,
      gint64           time_us)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  wsi_recorder_push (recorder, conversation, direction, bytes, time_us);
}

WsiConversation *
traffic_open (WsiRecorder *recorder,
              gint64       time_us)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://example.com/quotes?page=1" };
  WsiConversation *conversation = wsi_recorder_open (recorder, &opening, time_us);

  push (recorder, conversation,
        "GET /quotes?page=1 HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n", WSP_DIRECTION_SENT, time_us);
  push (recorder, conversation,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", WSP_DIRECTION_RECEIVED,
        time_us);
  return conversation;
}

GBytes *
traffic_make_frame (guint         opcode,
                    const guint8 *payload,
                    gsize         length)
{
  guint8 frame[TRAFFIC_MAX + 8] = { 0x80 | opcode };
  gsize head = length < 126 ? 2 : 4;

  frame[1] = 0x80 | (length < 126 ? length : 126);
  if (head == 4)
    {
      frame[2] = length >> 8;
      frame[3] = length;
    }
  memcpy (frame + head + KEY_LENGTH, payload, length);
  return g_bytes_new (frame, head + KEY_LENGTH + length);
}

gsize
traffic_write_tick (guint8     *payload,
                    guint       number,
                    const char *more)
{
  return g_snprintf ((char *) payload, TRAFFIC_MAX,
                     "{\"type\":\"%s\",\"symbol\":\"S%u\",\"price\":%u.%u,\"id\":%u%s}",
                     number % 3 == 0 ? "trade" : "quote", number % 17, number % 97, number % 10,
                     number, more);
}

gsize
traffic_write_noise (guint8 *payload,
                     guint   number)
{
  for (guint i = 0; i < N_NOISE; i++)
    payload[i] = (number * 2654435761u) >> (i % 24) ^ i * 37;
  return N_NOISE;
}
