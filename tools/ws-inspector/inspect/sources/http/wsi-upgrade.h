/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The conversation that a TCP connection asks for or has, and what is recorded of it. */
#pragma once

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/packets/wsi-tcp-connection.h"

G_BEGIN_DECLS

typedef struct
{
  WsiRecorder      *recorder;
  const char       *source;
  const WsiSentence *note;      /* sentence that each conversation begins with; NULL = none */
  WsiTcpConnection *tcp;
  guint             client;     /* side of the client, or WSI_TCP_NO_SIDE */
  WsiEndpoint       proxied;    /* client of a load balancer in front; family 0: there is none */
  WsiConversation  *conversation;       /* conversation in the store; NULL: there is none */
  gboolean          is_open;    /* the handshake is over: every byte belongs to the conversation */
  gboolean          has_fragment_note;
  gboolean          has_ended_side;     /* no more bytes of one side follow */
} WsiUpgrade;

/* extensions: those of the response, if the handshake is missing; NULL: not known. */
void wsi_upgrade_begin      (WsiUpgrade          *self,
                             WsiHandshakePresence handshake,
                             const char          *extensions,
                             gint64               time_us);
/* Pushes the next bytes of a side; without a conversation this function and the next ones do
 * nothing. */
void wsi_upgrade_push       (WsiUpgrade   *self,
                             guint         side,
                             const guint8 *at,
                             gsize         length,
                             gint64        time_us);
void wsi_upgrade_skip       (WsiUpgrade *self,
                             guint       side,
                             guint64     length,
                             gint64      time_us);
/* Says that a frame probably begins with the next byte, where bytes are missing before. */
void wsi_upgrade_expect_frame (WsiUpgrade *self,
                               guint       side,
                               gint64      time_us);
void wsi_upgrade_end_side   (WsiUpgrade *self,
                             guint       side,
                             gint64      time_us);
/* The upgrade has failed; the connection may go on.  sentence: NULL = as its heads tell. */
void wsi_upgrade_abandon    (WsiUpgrade        *self,
                             const WsiSentence *sentence,
                             gint64             time_us);
/* Closes the conversation: the connection has ended, or the reading of the capture. */
void wsi_upgrade_close      (WsiUpgrade *self,
                             WsiTcpClose why,
                             gint64      time_us);

G_END_DECLS
