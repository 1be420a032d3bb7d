/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The struct of a session, for the files wsp-session*.c.  docs/rationales/session.md has the
 * reasons. */
#pragma once

#include <libwsproto/limits/wsp-deflate-options.h>
#include <libwsproto/session/wsp-session.h>

#include "core/engine/engine.h"
#include "core/handshake/header-fields.h"
#include "limits/wsp-limits-private.h"

typedef struct                  /* the action of a queue that has bytes and is not completed; it may
                                   have been withdrawn */
{
  guint32  serial;
  gboolean is_out;
} WspBytesOut;

typedef struct                  /* the session's own memory, while no other memory is lent to it */
{
  WscWorkspace workspace;
  WspBytesOut  send, receive;
  GBytes      *withdrawn_payload;       /* payload of a Send that was indicated, while a write that is
                                           not completed may use it */
  guint8       bytes[];
} WspSessionMemory;

typedef struct                  /* data that most sessions do not have, or not for long */
{
  WspDeflateOptions *deflate;       /* settings of permessage-deflate; NULL: off */
  char             *subprotocol;
  char            **extensions;
  char            **offered_protocols, **offered_extensions;    /* subprotocols and extensions that
                                                                   a client has offered; set during
                                                                   its handshake */
  int               subprotocol_index;
  guint32           receive_buffer_size, send_buffer_size;      /* sizes of the session's own buffers, in bytes; 0: the default */
  WspSessionMemory *memory;     /* the session's own memory; NULL: none is needed, or other memory is lent */
  char             *peer_close_reason;
  gsize             peer_close_reason_length;
  GError           *transport_error;
  GBytes           *unread;     /* bytes given to complete_receive for which the read had no room */
  WspLimits        *next_limits;        /* limits from the next message on; NULL: the limits stay */
} WspSessionDetails;

struct _WspSession
{
  GObject            parent_instance;
  WscEngine          engine;
  WspSessionOptions *options;   /* block of options, which refers to the session's limits */
  WspSessionDetails *details;   /* data that most sessions do not have; NULL: each detail is empty */
  guint8             settings;  /* settings from the creation of the session (WspSessionSetting) */
  guint8             takes_any_length : 1;      /* messages have no limit of length or fragments */
  guint8             has_listed_deflate : 1;
  guint8             is_of_pool : 1;    /* the session is from the pool; the program never gets it */
};

static inline const WscOptions *
wsp_session_peek_options (const WspSession *self)
{
  return self->takes_any_length ? &self->options->any_length : &self->options->options;
}

/* The limits that were set last. */
static inline WspLimits *
wsp_session_peek_limits (const WspSession *self)
{
  return self->details != NULL && self->details->next_limits != NULL ? self->details->next_limits
                                                                     : self->options->limits;
}

/* Values of the properties. */
guint      wsp_session_peek_receive_buffer_size (WspSession *self);
guint      wsp_session_peek_send_buffer_size    (WspSession *self);
/* Sets the limits for the next message and later messages. */
void               wsp_session_use_limits    (WspSession *self,
                                              WspLimits  *limits);
/* Sets how messages are compressed; NULL: messages are not compressed.  Called once, when the
 * session is created or taken from the pool. */
void               wsp_session_keep_deflate (WspSession        *self,
                                             WspDeflateOptions *options);
WspSessionDetails *wsp_session_ensure_details (WspSession *self);
/* Allocates the session's own memory, and lends it to the stream. */
void               wsp_session_ensure_memory (WspSession *self);
/* Frees the session's own memory, unless something is pending or an action that points into the
 * memory is not completed. */
void               wsp_session_give_memory_back (WspSession *self);
void               wsp_session_memory_free   (WspSessionMemory *memory);
/* Notes that an action that points into memory of the session is handed out. */
void               wsp_session_note_out      (WspSession      *self,
                                              const WscAction *action);
/* Returns whether the bytes of action still exist: they exist until the action is completed, also
 * if it was withdrawn. */
gboolean           wsp_session_has_bytes_of  (WspSession      *self,
                                              const WscAction *action);
/* Notes that the program has completed action and no longer uses its bytes. */
void               wsp_session_take_out_back (WspSession      *self,
                                              const WscAction *action);
/* Takes the reference to the payload of a Send that is indicated. */
void               wsp_session_release_payload (WspSession *self,
                                                GBytes     *payload);

static inline WspSessionMemory *
wsp_session_peek_memory (const WspSession *self)
{
  return self->details != NULL ? self->details->memory : NULL;
}

/* Adds permessage-deflate to the extensions, if it was negotiated and is not added yet. */
void               wsp_session_list_deflate  (WspSession *self);
/* Begins a server's handshake for a request that was checked before.  The fields of the response
 * belong to the session, and are valid until its next use. */
gboolean           wsp_session_begin_checked_handshake (WspSession *self,
                                                        const char *subprotocol,
                                                        WscFields   request,
                                                        WscFields  *response,
                                                        GError    **error);
/* Ends a server's handshake. */
gboolean           wsp_session_open          (WspSession *self,
                                              GError    **error);
/* Initializes options and engine of the session, with its settings and these limits. */
void               wsp_session_begin         (WspSession *self,
                                              WspLimits  *limits);
/* Releases all that the session holds: afterwards the session can only be freed or begin again. */
void               wsp_session_empty         (WspSession *self);
void               wsp_session_report        (WspSession *self,
                                              WscFault    fault,
                                              GError    **error);
/* Does the same as wsp_session_report (), drops unread bytes, and logs a line if a limit was
 * exceeded.  Returns FALSE. */
gboolean           wsp_session_fail          (WspSession *self,
                                              WscFault    fault,
                                              GError    **error);
