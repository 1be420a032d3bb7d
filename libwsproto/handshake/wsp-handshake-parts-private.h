/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The handshake's struct, for the files of this folder. */
#pragma once

#include "base/wsp-fork-private.h"
#include "handshake/wsp-handshake-private.h"
#include "http/wsp-uri-private.h"

#define WSP_STATUS_UNDECIDED 0
#define WSP_STATUS_ACCEPTED 101
#define WSP_STATUS_FIRST_RESPONSE 200
#define WSP_STATUS_FIRST_REFUSAL 300
#define WSP_STATUS_NOT_FOUND 404
#define WSP_STATUS_SERVER_ERROR 500
#define WSP_STATUS_LAST 599

#define WSP_HANDSHAKE_N_STEPS (WSP_HANDSHAKE_STEP_ANSWERED + 1)

struct _WspHandshake
{
  GObject          parent_instance;
  WspRole          role;
  WspUri          *uri;                         /* URI of a client; NULL: the handshake is a server's */
  char            *method, *path, *query;       /* request line of a server; path NULL: there is no valid request */
  char            *site;        /* beginning of an absolute target, scheme://host[:port]; NULL: none */
  char           **subprotocols;                /* subprotocols that the client offered */
  char            *subprotocol;
  WspDeflateOptions *deflate;               /* settings of permessage-deflate; NULL: off */
  gboolean         is_deflate_set;      /* the program has set deflate, perhaps to NULL */
  WspDeflateOptions *used_deflate;          /* copy of deflate, made for the response; NULL: none */
  WspHeaders      *request, *response;
  WspHeaders      *custom;                      /* headers that the program has set for the response */
  GBytes          *body;
  guint            status;      /* status of the response; on a server the decision: 0 = none yet, 101 = accepted */
  gboolean         is_deferred; /* the program decides later */
  gboolean         is_ended;    /* the handshake has ended: it is too late for a decision */
  gboolean         is_abandoned;        /* ended without a decision: on a client while it was prepared */
  gboolean         is_taken;            /* wsp_handshake_take_abandoned () has returned TRUE */
  GCancellable    *cancellable; /* NULL: the program has not asked for it */
  gboolean         is_aborted;  /* the server has ended the handshake itself: status is not a decision of the program */
  gboolean         is_partial;  /* the head of the request was not complete, or broke a rule */
  gboolean         is_agreed;   /* extensions are those of the response */
  char           **extensions;  /* each with its parameters; NULL: none */
  gboolean         is_checked;  /* wsp_server_process_handshake () has passed the request */
  GQuark           route;       /* route of the server that fits the path; 0 = none */
  GTlsCertificateFlags tls_peer_errors;
  GBytes          *head;        /* head of a request that is not parsed yet; NULL: it is parsed, or there is none */
  const WspHandshakeFuncs *funcs;       /* functions of the owner; NULL: no owner, or the handshake has ended */
  gpointer         owner;
  GThread         *thread;      /* thread of the owner; NULL: any thread */
  guint            n_forks;     /* value of wsp_n_forks when the handshake was made */
  guint8           native_address[WSP_NATIVE_ADDRESS_SIZE];
  guint            native_length;       /* length of native_address in bytes; 0 = remote_address has the address */
  GSocketAddress  *remote_address;
  GSocketAddress  *local_address;       /* local address that the program has set; NULL: none */
  WspPeerCertificate *tls_peer_certificate;
  gint64           times[WSP_HANDSHAKE_N_STEPS];
};

/* Returns whether there is a fault, and sets its error. */
gboolean wsp_handshake_fail (GError **error,
                             WscFault fault);
/* Freezes headers, which may be NULL, and stores a reference to them in *place.  Drops the
 * reference that *place held before. */
void wsp_handshake_keep_headers   (WspHeaders **place,
                                   WspHeaders  *headers);
void wsp_handshake_set_request    (WspHandshake *self,
                                   WscBytes      method,
                                   WscBytes      target,
                                   WspHeaders   *headers);
/* The target of a server's request, written again. */
char *wsp_handshake_dup_target    (WspHandshake *self);
/* Returns whether the handshake has a request that a WebSocket can be opened for. */
gboolean wsp_handshake_may_open   (WspHandshake *self,
                                   GError      **error);
/* Sets response to the header fields that wsp_handshake_open () writes, or to NULL if that function
 * fails. */
void wsp_handshake_make_response    (WspHandshake *self);
/* Whether the caller runs in the thread of the request: a server with threads serves each request
 * in one thread. */
gboolean wsp_handshake_is_in_thread (WspHandshake *self);
/* Decides for a response other than 101.  A status that is not first_status to 599, and a body of
 * more than 1 MiB, log a warning and become status 500.  After a decision of the program, and after
 * the end, this does nothing. */
void wsp_handshake_decide (WspHandshake *self,
                           guint         first_status,
                           guint         status,
                           WspHeaders   *headers,
                           GBytes       *body);
/* Parses the request's head if that has not been done. */
void wsp_handshake_ensure_request   (WspHandshake *self);
/* wsp-handshake-properties.c */
void wsp_handshake_install_properties (GObjectClass *class);
