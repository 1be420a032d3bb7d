/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The handshake's struct, for its two files: the data, and what a server decides. */
#pragma once

#include "session/wsp-handshake-private.h"
#include "session/wsp-uri-private.h"

#define WSP_STATUS_UNDECIDED 0
#define WSP_STATUS_ACCEPTED 101
#define WSP_STATUS_FIRST_REFUSAL 300
#define WSP_STATUS_SERVER_ERROR 500
#define WSP_STATUS_LAST 599

struct _WspHandshake
{
  GObject          parent_instance;
  WspRole          role;
  WspUri          *uri;                         /* client */
  char            *path, *query;                /* server */
  char           **subprotocols;                /* those offered */
  char            *subprotocol;
  WspDeflateOptions *compression;               /* NULL: off */
  WspHeaders      *request, *response;
  WspHeaders      *custom;                      /* those of the program for the answer */
  GBytes          *body;
  guint            status;      /* a server's decision: 0 = none so far, 101 = accepted */
  gboolean         is_deferred; /* it comes later */
  gboolean         is_ended;    /* nobody waits for one any more */
  GBytes          *head;        /* of a request that nobody has looked into yet, or NULL */
  WspHandshakeFunc decided;     /* NULL: nobody waits for a decision */
  gpointer         owner;
  guint8           native_address[WSP_NATIVE_ADDRESS_SIZE];
  guint            native_length;       /* 0 = remote_address says it */
  GSocketAddress  *remote_address;
  GTlsCertificate *tls_certificate;
  GVariant        *timings;
};

/* Frozen, and a reference kept in place of the old ones; NULL: none. */
void wsp_handshake_keep_headers   (WspHeaders **place,
                                   WspHeaders  *headers);
/* What a peer sends with a refusal is kept, but not more of it than anybody reads. */
void wsp_handshake_keep_body      (WspHandshake *self,
                                   GBytes       *body);
/* Looks into the request, if nobody has before. */
void wsp_handshake_ensure_request   (WspHandshake *self);
void wsp_handshake_notify_status  (WspHandshake *self);
