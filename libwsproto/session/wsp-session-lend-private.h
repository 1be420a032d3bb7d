/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls by which connection/ lends its memory to a session and sends without a GBytes. */
#pragma once

#include <libwsproto/session/wsp-session.h>

#include "core/engine/engine.h"

/* What is sent belongs to a struct that begins with this; release is called once, when the session
 * needs the bytes no longer. */
typedef struct _WspLentPayload WspLentPayload;
typedef void (*WspLentPayloadFunc) (WspLentPayload *self);

struct _WspLentPayload
{
  WspLentPayloadFunc release;
};

typedef enum                    /* bits */
{
  WSP_LENT_SEND_INDICATED = 0,
  WSP_LENT_SEND_QUIET = 1 << 0,         /* no INDICATE_SEND_COMPLETE, unless it was cancelled */
  WSP_LENT_SEND_NO_COMPRESSION = 1 << 1,        /* of the first fragment: counts for the message */
  WSP_LENT_SEND_URGENT = 1 << 2,        /* ahead of the messages that wait */
  WSP_LENT_SEND_DEFLATED = 1 << 3,      /* in the form of wsp_session_get_deflate_form() */
} WspLentSend;

/* The workspace is the caller's and outlives the loan; one at a time. */
void     wsp_session_lend            (WspSession   *self,
                                      WscWorkspace *workspace);
gboolean wsp_session_take_back       (WspSession *self,
                                      GError    **error);
/* Both return the operation's number, 0 = error: then nothing is released. */
guint    wsp_session_send_buffer     (WspSession     *self,
                                      WspBufferType   type,
                                      const guint8   *data,
                                      gsize           length,
                                      WspLentSend     mode,
                                      WspLentPayload *payload,
                                      GError        **error);
/* header_length octets before data are the header of a server's frame. */
guint    wsp_session_send_prepared   (WspSession     *self,
                                      WspBufferType   type,
                                      const guint8   *data,
                                      gsize           length,
                                      guint8          header_length,
                                      WspLentSend     mode,
                                      WspLentPayload *payload,
                                      GError        **error);
/* The stream, for a connection to read from. */
WscStream *wsp_session_get_stream   (WspSession *self);
/* What was read is the peer's Close, or broke a rule: the rest of what the session does then. */
void     wsp_session_take_close      (WspSession        *self,
                                      const WscReceived *received);
void     wsp_session_take_fault      (WspSession *self,
                                      WscFault    fault,
                                      GError    **error);
/* The same step as an action, for who looks on; nothing is handed out. */
void     wsp_session_action_describe_read     (WspSessionAction *self,
                                               WscBuffer         bytes);
void     wsp_session_action_describe_received (WspSessionAction  *self,
                                               const WscReceived *received);
/* Takes limits that have changed, unless a message is being received. */
void     wsp_session_refresh_options (WspSession *self);
/* Writes a message behind what is kept in the lent memory, if nothing waits before it: so many
 * bytes are to be kept more.  0: it has to be sent.  JUDGED: it is known to be UTF-8. */
gsize    wsp_session_write_message   (WspSession      *self,
                                      WspBufferType    type,
                                      const guint8    *data,
                                      gsize            length,
                                      WscTextKnowledge knowledge);
/* Would it write a message of that length now, if it were lent memory? */
gboolean wsp_session_may_write       (WspSession *self,
                                      gsize       length);
/* The same for a server's header alone: the payload, which is known to be right, is the caller's to
 * write behind it. */
gsize    wsp_session_write_header    (WspSession   *self,
                                      WspBufferType type,
                                      gsize         length);
/* Open, and nothing is to be done but to read. */
gboolean wsp_session_is_at_rest      (WspSession *self);
/* Bytes that were read behind the HTTP head; before the first loan. */
gboolean wsp_session_unread          (WspSession   *self,
                                      const guint8 *data,
                                      gsize         length,
                                      GError      **error);
void     wsp_session_end_input       (WspSession *self);
/* Would a message of this length leave in a form that is the same for others?  In which? */
gboolean wsp_session_get_deflate_form (WspSession     *self,
                                       gsize           length,
                                       WscDeflateForm *form);
/* Bytes that compression holds for it just now. */
gsize    wsp_session_get_compression_memory (WspSession *self);
/* Cancels the Sends that have not begun to leave. */
void     wsp_session_drop_waiting    (WspSession *self);
/* Why an indicated operation ended: TRUE when it was done, else FALSE and the error. */
gboolean wsp_session_check_operation (WspSession             *self,
                                      const WspSessionAction *action,
                                      GError                **error);
/* The property whose limit was exceeded, NULL if the session has not failed by one. */
const char *wsp_session_get_exceeded_limit (WspSession *self);
/* Tells the time without judging it: what has come meanwhile is to be read first. */
void     wsp_session_hear_time       (WspSession *self,
                                      gint64      monotonic_us);
/* Nobody listens to the peer just now: its silence means nothing. */
void     wsp_session_excuse_peer     (WspSession *self);
/* When keepalive sent the ping that nothing has answered so far; 0 = there is none. */
gint64   wsp_session_get_ping_time   (WspSession *self);
/* When that ping was sent, if this is its pong, once; else 0. */
gint64   wsp_session_take_ping_time  (WspSession   *self,
                                      const guint8 *pong,
                                      gsize         length);
/* Takes back a Send of which nothing has left: it is indicated as cancelled.  FALSE: too late. */
gboolean wsp_session_cancel_send     (WspSession *self,
                                      guint       operation);

typedef enum                    /* rules that are judged above a session */
{
  WSP_REFUSAL_MESSAGE_TYPE,
  WSP_REFUSAL_MESSAGE_SIZE,
  WSP_REFUSAL_BUFFERED_INPUT,
  WSP_REFUSAL_GIVEN_UP,
  WSP_REFUSAL_HANDLER,
} WspRefusal;

/* Fails the session with the rule's close code; the next action is the error.  number: what came,
 * where the rule is about a limit. */
void     wsp_session_refuse          (WspSession *self,
                                      WspRefusal  refusal,
                                      guint64     number);

typedef enum
{
  WSP_MESSAGE_LIMIT_ON,
  WSP_MESSAGE_LIMIT_OFF,        /* messages of any length and any number of fragments */
} WspMessageLimit;

/* At once, also for the message that is coming: what of it has come is the caller's to judge.
 * FALSE: it was so before. */
gboolean wsp_session_set_message_limit (WspSession     *self,
                                        WspMessageLimit limit);
/* What the engine works with; only for a moment. */
const WscOptions *wsp_session_get_options (WspSession *self);
/* Takes the reference.  A session of the pool that was never shown goes back there: it is the last
 * one then. */
void        wsp_session_pool_give    (WspSession *self);
/* It is about to be shown to the program, which may keep it, or tie something to it. */
WspSession *wsp_session_pool_show    (WspSession *self);
