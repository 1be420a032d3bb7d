/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The session's struct, for its three files: its life, its handshake, its work. */
#pragma once

#include <libwsproto/session/wsp-deflate-options.h>
#include <libwsproto/session/wsp-session.h>

#include "core/engine/engine.h"
#include "core/handshake/header-fields.h"
#include "session/wsp-limits-private.h"

typedef struct                  /* an action of a queue that has bytes: not completed, and perhaps
                                   withdrawn */
{
  guint32  serial;
  gboolean is_out;
} WspBytesOut;

typedef struct                  /* memory of the session's own, while none is lent to it */
{
  WscWorkspace workspace;
  WspBytesOut  send, receive;
  GBytes      *withdrawn_payload;       /* the write that is out may be of it; its Send was
                                           indicated */
  guint8       bytes[];
} WspSessionMemory;

typedef struct                  /* data that most sessions do not have, or not for long */
{
  WspDeflateOptions *compression;       /* NULL: off */
  char             *subprotocol;
  char            **extensions;
  char            **offered_protocols, **offered_extensions;    /* during a client's handshake */
  int               subprotocol_index;
  guint32           receive_buffer_size, send_buffer_size;      /* 0: the default */
  WspSessionMemory *memory;     /* NULL: none is needed, or another one is lent */
  char             *peer_close_reason;
  GError           *transport_error;
  GBytes           *unread;     /* given to complete_receive beyond what was wanted */
  WspLimits        *next_limits;        /* from the next message on; NULL: no others */
} WspSessionDetails;

struct _WspSession
{
  GObject            parent_instance;
  WscEngine          engine;
  WspSessionOptions *options;   /* and its limits */
  WspSessionDetails *details;   /* NULL: all of them are empty */
  guint8             settings;  /* of WspSessionSetting */
  guint8             is_driven : 1;     /* by a connection, from now on */
  guint8             takes_any_length : 1;      /* until a limit is chosen: a stream has none */
  guint8             has_listed_deflate : 1;
  guint8             is_of_pool : 1;    /* and was not shown to the program */
};

static inline const WscOptions *
wsp_session_peek_options (const WspSession *self)
{
  return self->takes_any_length ? &self->options->any_length : &self->options->options;
}

/* Those that were set last. */
static inline WspLimits *
wsp_session_peek_limits (const WspSession *self)
{
  return self->details != NULL && self->details->next_limits != NULL ? self->details->next_limits
                                                                     : self->options->limits;
}

/* Was this action handed out, and neither completed nor withdrawn? */
gboolean           wsp_session_is_handed_out (WspSession             *self,
                                              const WspSessionAction *action);
/* From the next message on. */
void               wsp_session_use_limits    (WspSession *self,
                                              WspLimits  *limits);
/* Once, when it is made: how messages are compressed; NULL: they are not. */
void               wsp_session_keep_compression (WspSession        *self,
                                                 WspDeflateOptions *options);
WspSessionDetails *wsp_session_need_details  (WspSession *self);
/* FALSE: a connection drives it. */
gboolean           wsp_session_check_driver  (WspSession *self,
                                              GError    **error);
/* Lends memory of the session's own to its stream. */
void               wsp_session_need_memory   (WspSession *self);
/* Frees it, unless something is pending or an action that has bytes of it is not completed. */
void               wsp_session_give_memory_back (WspSession *self);
void               wsp_session_memory_free   (WspSessionMemory *memory);
/* An action with bytes of the session is handed out. */
void               wsp_session_note_out      (WspSession      *self,
                                              const WscAction *action);
/* Are its bytes still there?  Until it is completed, also if it was withdrawn. */
gboolean           wsp_session_has_bytes_of  (WspSession             *self,
                                              const WspSessionAction *action);
/* The program has completed it, and has finished with its bytes. */
void               wsp_session_take_out_back (WspSession      *self,
                                              const WscAction *action);
/* Takes the reference to the payload of a Send that is indicated. */
void               wsp_session_release_payload (WspSession *self,
                                                GBytes     *payload);

static inline gboolean
wsp_session_is_driven (const WspSession *self)
{
  return self->is_driven;
}

static inline WspSessionMemory *
wsp_session_peek_memory (const WspSession *self)
{
  return self->details != NULL ? self->details->memory : NULL;
}

/* Adds it to the extensions, if it was negotiated; before the first call they do not contain it. */
void               wsp_session_list_deflate  (WspSession *self);
/* Begins a server's handshake for a request that was checked before.  The fields of the response
 * belong to the session, and are valid until its next use. */
gboolean           wsp_session_begin_checked_handshake (WspSession *self,
                                                        const char *subprotocol,
                                                        WscFields   request,
                                                        WscFields  *response,
                                                        GError    **error);
/* Ends the handshake. */
gboolean           wsp_session_open          (WspSession *self,
                                              GError    **error);
/* Initializes it with its settings and these limits. */
void               wsp_session_begin         (WspSession *self,
                                              WspLimits  *limits);
/* Releases all that it holds: it can only be freed, or begin again. */
void               wsp_session_empty         (WspSession *self);
/* Releases the payloads of queued Sends, too; only to empty the session. */
void               wsp_session_clear_engine   (WspSession *self);
void               wsp_session_report        (WspSession *self,
                                              WscFault    fault,
                                              GError    **error);
/* The same, with a line in the log for a limit.  Returns FALSE. */
gboolean           wsp_session_fail          (WspSession *self,
                                              WscFault    fault,
                                              GError    **error);
