/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The facts of one connection that is watched.  They live as long as a record of it. */
#pragma once

#include "inspect/store/wsi-fold.h"
#include "inspect/store/wsi-pings.h"
#include "inspect/store/wsi-sentence.h"
#include "inspect/store/wsi-servers.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_ENDING_NONE,              /* the connection goes on */
  WSI_ENDING_CLEAN,
  WSI_ENDING_ABNORMAL,
  WSI_ENDING_CUT,               /* the connection was open where the recording ends: its end is not
                                 * known */
} WsiEnding;

typedef enum
{
  WSI_HANDSHAKE_READ,           /* the bytes begin with the handshake */
  WSI_HANDSHAKE_MISSING,
  WSI_HANDSHAKE_TOLD,           /* the bytes begin with heads that were made of lists of headers */
} WsiHandshakePresence;

typedef enum
{
#define STATE(id, name) WSI_STATE_ ## id,
#include "inspect/store/wsi-state-rows.h"
#undef STATE
  WSI_N_STATES,
} WsiState;

/* How the bytes of a direction have ended. */
typedef enum
{
  WSI_TCP_ENDING_NONE,          /* the end was not seen, or there is no capture */
  WSI_TCP_ENDING_FIN,
  WSI_TCP_ENDING_RESET,
} WsiTcpEnding;

/* A source that reports messages, and no frames or close codes. */
#define WSI_SOURCE_BROWSER "browser"
/* A program that we are attached to: its connections may be older than their first record, and
 * their TLS is reported, not decrypted. */
#define WSI_SOURCE_PROGRAM "program"

/* Facts about the beginning of a conversation.  NULL: not known, or there is none. */
typedef struct
{
  WspRole              role;            /* role of the side that is recorded */
  const char          *source;          /* name of the source that records it */
  const char          *client, *server; /* addresses as "host:port" */
  const char          *uri;             /* URI of the connection; NULL: made from the request */
  WsiHandshakePresence handshake;
  const char          *extensions;      /* negotiated extensions, if the handshake is missing */
  const char          *tls;             /* version and cipher suite of TLS, decrypted or reported */
} WsiOpening;

/* The parameters of permessage-deflate; windows are logarithms. */
typedef struct
{
  guint    client_window_bits, server_window_bits;
  gboolean client_takeover, server_takeover;
} WsiDeflate;

/* Stands for the direction of the first Close frame, if there is none. */
#define WSI_NO_CLOSER 2

typedef struct
{
  guint64 n_frames, n_messages;
  guint64 n_unframed;           /* messages of which no frame is known; n_frames counts them, too */
  guint64 n_stopped;            /* frames with more bytes than n_bytes has of them */
  guint64 n_bytes;              /* bytes of payload, inflated */
  guint64 n_wire_bytes;         /* bytes on the wire, with those of the handshake */
} WsiCounters;

#define WSI_TYPE_CONVERSATION (wsi_conversation_get_type ())

G_DECLARE_FINAL_TYPE (WsiConversation, wsi_conversation, WSI, CONVERSATION, GObject)

/* The number of the conversation, from 1 on; 0 = it is in no store. */
guint32      wsi_conversation_get_number         (WsiConversation *self);
WspRole      wsi_conversation_get_role           (WsiConversation *self);
/* The name of the source; NULL: not known; so also for the peers and the URI. */
const char  *wsi_conversation_get_source         (WsiConversation *self);
const char  *wsi_conversation_get_client         (WsiConversation *self);
const char  *wsi_conversation_get_server         (WsiConversation *self);
const char  *wsi_conversation_get_uri            (WsiConversation *self);
/* The servers of all connections of the store; NULL = it is in none. */
WsiServers  *wsi_conversation_get_servers        (WsiConversation *self);
/* Version and cipher suite of the TLS that the inspector has decrypted, or that a program has
 * reported; NULL: there is none, or it is not known. */
const char  *wsi_conversation_get_tls            (WsiConversation *self);
/* Whether the inspector has decrypted the connection. */
gboolean     wsi_conversation_is_decrypted       (WsiConversation *self);
WsiHandshakePresence wsi_conversation_get_handshake_presence (WsiConversation *self);
/* The time of the beginning in microseconds since 1970, UTC; so also the next two, 0 = not yet. */
gint64       wsi_conversation_get_begin_time     (WsiConversation *self);
gint64       wsi_conversation_get_handshake_time (WsiConversation *self);
gint64       wsi_conversation_get_end_time       (WsiConversation *self);
void         wsi_conversation_get_counters       (WsiConversation *self,
                                                  WspDirection     direction,
                                                  WsiCounters     *counters);
/* The number of rows with a fault. */
guint32      wsi_conversation_get_n_faults       (WsiConversation *self);
/* The head as it was, as far as it was received; NULL: nothing was. */
GBytes      *wsi_conversation_dup_request        (WsiConversation *self);
GBytes      *wsi_conversation_dup_response       (WsiConversation *self);
/* Whether the head of the response has passed as a whole. */
gboolean     wsi_conversation_is_answered        (WsiConversation *self);
/* The status of the response; 0 = there is none, or it cannot be read. */
guint        wsi_conversation_get_status         (WsiConversation *self);
/* The subprotocol.  NULL: none was negotiated; so also for the extensions. */
const char  *wsi_conversation_get_subprotocol    (WsiConversation *self);
const char  *wsi_conversation_get_extensions     (WsiConversation *self);
/* The parameters of compression.  FALSE: it was not negotiated. */
gboolean     wsi_conversation_get_deflate        (WsiConversation *self,
                                                  WsiDeflate      *deflate);
/* The code of the first Close frame; 0 = none has passed. */
guint16      wsi_conversation_get_close_code     (WsiConversation *self);
GBytes      *wsi_conversation_dup_close_reason   (WsiConversation *self);
/* The direction of the first Close frame; WSI_NO_CLOSER = none has passed. */
guint        wsi_conversation_get_closer         (WsiConversation *self);
WsiEnding    wsi_conversation_get_ending         (WsiConversation *self);
WsiState     wsi_conversation_get_state          (WsiConversation *self);
const char  *wsi_state_get_name                  (WsiState state);
/* Whether the handshake was one of HTTP/2 (RFC 8441), whose heads are recorded as those of
 * HTTP/1.1. */
gboolean     wsi_conversation_is_http_2          (WsiConversation *self);
/* The end of the first direction whose end was seen in a capture, and which one it is. */
WsiTcpEnding wsi_conversation_get_tcp_ending     (WsiConversation *self,
                                                  WspDirection    *direction);
/* The time of the end of TCP; 0: not seen. */
gint64       wsi_conversation_get_tcp_end_time   (WsiConversation *self);
/* The time in µs from the last bytes to the end: that of TCP, or the one that the source has
 * reported.  -1: not known. */
gint64       wsi_conversation_get_silence        (WsiConversation *self);
/* Whether the opening handshake has succeeded, as far as what was recorded proves it. */
gboolean     wsi_conversation_was_open           (WsiConversation *self);
/* Whether it has ended because a browser says that it has failed. */
gboolean     wsi_conversation_has_failed_in_browser (WsiConversation *self);
/* RFC 6455 7.1.7: whether the code says that what the other side sent was wrong.  Other codes end a
 * connection for a reason of the application. */
gboolean     wsi_close_code_is_failure           (guint16 code);
/* The code with which the connection has ended (RFC 6455 7.1.5): that of the first Close frame,
 * 1005 if this had none, 1006 if no Close frame was sent.  0 = it goes on, was never open, or the
 * recording does not say. */
guint        wsi_conversation_get_end_code       (WsiConversation *self);
/* The name of an ending in files; NULL: it goes on. */
const char  *wsi_ending_get_name                 (WsiEnding ending);
/* Parses the name of an ending.  FALSE: there is none of this name, or it is NULL. */
gboolean     wsi_ending_parse                    (const char *name,
                                                  WsiEnding  *ending);
/* The sentence about the end; NULL while the connection goes on. */
const WsiSentence *wsi_conversation_get_sentence (WsiConversation *self);

/* Makes a conversation, for the writer: store and recorder. */
WsiConversation *wsi_conversation_new (const WsiOpening *opening,
                                       gint64            time_us);
/* Sets the number, before any other thread knows the conversation. */
void         wsi_conversation_set_number    (WsiConversation *self,
                                             guint32          number);
/* Sets the servers, to which that of the conversation belongs, before any other thread knows it. */
void         wsi_conversation_set_servers   (WsiConversation *self,
                                             WsiServers      *servers);
void         wsi_conversation_set_uri       (WsiConversation *self,
                                             const char      *uri);
void         wsi_conversation_set_request   (WsiConversation *self,
                                             GBytes          *head);
void         wsi_conversation_set_response  (WsiConversation *self,
                                             GBytes          *head);
/* The response has passed.  response: its headers; NULL: one of the heads could not be read.
 * deflate may be NULL.  status: 0 = the response could not be read. */
void         wsi_conversation_set_handshake (WsiConversation  *self,
                                             WspHeaders       *response,
                                             guint             status,
                                             const WsiDeflate *deflate,
                                             gint64            time_us);
void         wsi_conversation_count_frame   (WsiConversation *self,
                                             WspDirection     direction,
                                             guint64          length);
/* Counts a frame that was counted as a message of which no frame is known. */
void         wsi_conversation_count_unframed (WsiConversation *self,
                                              WspDirection     direction);
/* Counts a frame that has more bytes than were counted. */
void         wsi_conversation_count_stopped  (WsiConversation *self,
                                              WspDirection     direction);
void         wsi_conversation_count_message (WsiConversation *self,
                                             WspDirection     direction);
/* Counts a fault; only the writer calls it. */
void         wsi_conversation_count_fault   (WsiConversation *self);
void         wsi_conversation_count_bytes   (WsiConversation *self,
                                             WspDirection     direction,
                                             guint64          n_bytes);
/* Sets facts of the handshake and the Close; of Close frames only the first counts. */
void         wsi_conversation_set_http_2         (WsiConversation *self);
/* The earliest one counts: bytes that are missing delay the end of their direction.  Before the end
 * of the conversation, but for one without keys, of which nothing else is recorded. */
void         wsi_conversation_set_tcp_ending     (WsiConversation *self,
                                                  WspDirection     direction,
                                                  WsiTcpEnding     how,
                                                  gint64           time_us);
void         wsi_conversation_set_last_time      (WsiConversation *self,
                                                  gint64           time_us);
void         wsi_conversation_set_close     (WsiConversation *self,
                                             WspDirection     direction,
                                             guint16          code,
                                             GBytes          *reason);
/* Sets the ending; only the first one counts. */
void         wsi_conversation_end           (WsiConversation   *self,
                                             WsiEnding          ending,
                                             const WsiSentence *sentence,
                                             gint64             time_us);
/* Emits the signal about the end. */
void         wsi_conversation_announce_end (WsiConversation *self);
/* Releases the conversation, of which nothing more will be recorded. */
void         wsi_conversation_release       (WsiConversation *self);
gboolean     wsi_conversation_is_released   (WsiConversation *self);
/* Bytes of memory, about: heads are the only large ones. */
gsize        wsi_conversation_get_size      (WsiConversation *self);
WsiFold     *wsi_conversation_get_fold      (WsiConversation *self);
WsiPings    *wsi_conversation_get_pings     (WsiConversation *self);
void         wsi_conversation_set_end_record (WsiConversation *self,
                                              guint64          end);
guint64      wsi_conversation_get_end_record (WsiConversation *self);

G_END_DECLS
