/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-upgrade.h"

#include "inspect/sources/http/wsi-unread.h"
#include "inspect/sources/packets/wsi-packet.h"

static WspDirection
http_upgrade_get_direction (const WsiUpgrade *self,
                            guint             side)
{
  return side == self->client ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
}

void
wsi_upgrade_begin (WsiUpgrade          *self,
                   WsiHandshakePresence handshake,
                   const char          *extensions,
                   gint64               time_us)
{
  g_autofree char *client =
    wsi_endpoint_to_string (self->proxied.family != 0 ? &self->proxied
                                                      : &self->tcp->endpoints[self->client]);
  g_autofree char *server = wsi_endpoint_to_string (&self->tcp->endpoints[!self->client]);
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT,
    .source = self->source,
    .client = client,
    .server = server,
    .handshake = handshake,
    .extensions = extensions,
    .tls = self->tcp->security,
  };

  self->conversation = g_object_ref (wsi_recorder_open (self->recorder, &opening, time_us));
  self->has_fragment_note = FALSE;
  self->has_ended_side = FALSE;
  self->tcp->tag = WSI_CONTENT_WEBSOCKET;
  if (self->note != NULL)
    wsi_recorder_event (self->recorder, self->conversation, WSI_EVENT_NOTE, self->note, time_us);
}

void
wsi_upgrade_push (WsiUpgrade   *self,
                  guint         side,
                  const guint8 *at,
                  gsize         length,
                  gint64        time_us)
{
  g_autoptr (GBytes) bytes = NULL;

  if (self->conversation == NULL || length == 0)
    return;

  bytes = g_bytes_new (at, length);
  wsi_recorder_push (self->recorder, self->conversation, http_upgrade_get_direction (self, side),
                     bytes,
                     time_us);
}

void
wsi_upgrade_skip (WsiUpgrade *self,
                  guint       side,
                  guint64     length,
                  gint64      time_us)
{
  if (self->conversation == NULL || length == 0)
    return;

  wsi_recorder_skip (self->recorder, self->conversation, http_upgrade_get_direction (self, side),
                     length,
                     time_us);
  if (self->tcp->n_fragments == 0 || self->has_fragment_note)
    return;

  wsi_recorder_event (self->recorder, self->conversation, WSI_EVENT_NOTE,
                      WSI_SENTENCE (IP_FRAGMENTS), time_us);
  self->has_fragment_note = TRUE;
}

void
wsi_upgrade_expect_frame (WsiUpgrade *self,
                          guint       side,
                          gint64      time_us)
{
  if (self->conversation != NULL)
    wsi_recorder_expect_frame (self->recorder, self->conversation,
                               http_upgrade_get_direction (self, side),
                               time_us);
}

void
wsi_upgrade_end_side (WsiUpgrade *self,
                      guint       side,
                      gint64      time_us)
{
  if (self->conversation == NULL)
    return;

  wsi_recorder_end_tcp (self->recorder, self->conversation, http_upgrade_get_direction (self, side),
                        self->tcp->directions[side].is_end_reset ? WSI_TCP_ENDING_RESET
                                                                 : WSI_TCP_ENDING_FIN, time_us);
  self->has_ended_side = TRUE;
}

static void
http_upgrade_end (WsiUpgrade        *self,
                  WsiEnding          ending,
                  const WsiSentence *sentence,
                  gint64             time_us)
{
  wsi_recorder_close (self->recorder, self->conversation, ending, sentence, time_us);
  g_clear_object (&self->conversation);
}

void
wsi_upgrade_abandon (WsiUpgrade        *self,
                     const WsiSentence *sentence,
                     gint64             time_us)
{
  if (self->conversation != NULL)
    http_upgrade_end (self, WSI_ENDING_ABNORMAL, sentence, time_us);
}

/* One FIN is an end: WebSocket has no half-closed connections (RFC 6455 7.1.4). */
static WsiStreamEnd
get_stream_end (const WsiUpgrade *self,
                WsiTcpClose       why)
{
  if (why == WSI_TCP_CLOSE_RESET)
    return WSI_STREAM_RESET;
  if (why == WSI_TCP_CLOSE_ENDED || self->has_ended_side)
    return WSI_STREAM_ENDED;

  return why == WSI_TCP_CLOSE_INTERRUPTED ? WSI_STREAM_UNREAD : WSI_STREAM_CUT;
}

void
wsi_upgrade_close (WsiUpgrade *self,
                   WsiTcpClose why,
                   gint64      time_us)
{
  if (self->conversation == NULL)
    return;

  switch (why)
    {
    case WSI_TCP_CLOSE_ENDED:
    case WSI_TCP_CLOSE_RESET:
    case WSI_TCP_CLOSE_CAPTURE_ENDED:
    case WSI_TCP_CLOSE_INTERRUPTED:
      wsi_recorder_close_stream (self->recorder, self->conversation, get_stream_end (self, why),
                                 time_us);
      g_clear_object (&self->conversation);
      break;
    case WSI_TCP_CLOSE_REPLACED:
      http_upgrade_end (self, WSI_ENDING_CUT, WSI_SENTENCE (REPLACED), time_us);
      break;
    case WSI_TCP_CLOSE_FORGOTTEN:
      http_upgrade_end (self, WSI_ENDING_CUT, WSI_SENTENCE (TOO_MANY_CONNECTIONS), time_us);
      break;
    }
}
