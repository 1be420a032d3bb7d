/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The client's struct, for its two files. */
#pragma once

#include <libwsproto/endpoint/wsp-client.h>

#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

typedef struct _WspClientAttempt WspClientAttempt;

struct _WspClient
{
  GObject     parent_instance;

  WspReactor *reactor;
  WspLimits  *limits;
  GPtrArray  *taps;
  GHashTable *connecting;       /* host and port, to the queue of attempts that wait for theirs */
  char       *origin, *user_agent;
  gboolean    requires_protocol, serializes_connects;
};

/* wsp-client.c */
void              wsp_client_emit_prepare (WspClient    *self,
                                           WspHandshake *handshake);
/* FALSE: somebody else is connecting there; the attempt is told when its turn has come. */
gboolean          wsp_client_claim        (WspClient        *self,
                                           const char       *place,
                                           WspClientAttempt *attempt);
/* Who may go on now; NULL: nobody waits. */
WspClientAttempt *wsp_client_release      (WspClient  *self,
                                           const char *place);
void              wsp_client_withdraw     (WspClient        *self,
                                           const char       *place,
                                           WspClientAttempt *attempt);

/* wsp-client-attempt.c; takes the completion. */
void              wsp_client_attempt_begin (WspClient     *client,
                                            WspHandshake  *handshake,
                                            GIOStream     *stream,
                                            WspCompletion *completion);

G_END_DECLS
