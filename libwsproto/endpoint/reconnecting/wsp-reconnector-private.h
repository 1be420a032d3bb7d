/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The reconnector's struct, for its two files. */
#pragma once

#include <libwsproto/endpoint/reconnecting/wsp-reconnector.h>

#include "endpoint/reconnecting/wsp-back-off-private.h"
#include "reactor/wsp-held-notifies-private.h"

G_BEGIN_DECLS

#define WSP_RECONNECTOR_SPREAD 5000             /* the defaults, in milliseconds */
#define WSP_RECONNECTOR_MIN_DELAY 1000
#define WSP_RECONNECTOR_MAX_DELAY 60000
#define WSP_RECONNECTOR_RESET_AFTER 30000

typedef enum                    /* wsp-reconnector.c has a picture */
{
  WSP_RECONNECTOR_STOPPED,
  WSP_RECONNECTOR_CONNECTING,
  WSP_RECONNECTOR_OPEN,
  WSP_RECONNECTOR_WAITING,
} WspReconnectorState;

typedef enum                    /* the properties that a program does not set */
{
  WSP_RECONNECTOR_CONNECTION = 1,       /* the property `connection`; GObject reserves 0 */
  WSP_RECONNECTOR_ATTEMPT,
  WSP_RECONNECTOR_NEXT_ATTEMPT,
  WSP_RECONNECTOR_ACTIVE,
  WSP_RECONNECTOR_N_STATES,
} WspReconnectorProperty;

struct _WspReconnector
{
  GObject             parent_instance;

  WspReactor         *reactor;
  WspClient          *client;
  char               *uri, *shown_uri;  /* URI to connect to, and the URI without credentials, for the log */
  char              **subprotocols;     /* subprotocols to offer; NULL: none */
  WspHeaders         *headers;          /* headers to add to each request; NULL: none */
  GNetworkMonitor    *monitor;
  gulong              monitor_handler;
  WspBackOff          back_off;
  guint               reset_after;      /* time after which a connection counts as one that worked, in milliseconds */

  WspReconnectorState state;
  guint               attempt;
  gint64              next_attempt;
  gint64              next_probe;       /* changes of the network have no effect before this time */
  gint64              opened_at;
  WspTimer            timer;
  WspHeldNotifies     notifies;
  GCancellable       *cancellable;
  WspHandshake       *handshake;        /* handshake of the attempt; NULL: no attempt is under way */
  WspConnection      *connection;
};

/* wsp-reconnector-properties.c */
void wsp_reconnector_notify             (WspReconnector        *self,
                                         WspReconnectorProperty property);
void wsp_reconnector_install_properties (GObjectClass *class);

G_END_DECLS
