/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every object that a program can hand to a client, each of which tells when the client calls it,
 * and one call with nothing of it held by anybody else. */
#pragma once

#include "endpoint/far/dialed.h"

typedef void (*ReachFunc) (const char *name,
                           gpointer    data);

typedef struct
{
  char         *uri;
  WspHandshake *handshake, *watched;    /* watched: compared only */
  GCancellable *cancellable;
  gboolean      has_begun, has_ended, was_open;
  WspConnection *connection;
  GError       *error;
  ReachFunc     reach;                  /* NULL: nobody wants to know */
  gpointer      data;
} Called;

/* A proxy resolver and a tap.  proxy: a URI; NULL: none; "error": the resolver fails. */
void       callbacks_add        (WspClient  *client,
                                 const char *proxy,
                                 ReachFunc   reach,
                                 gpointer    data);
void       callbacks_remove_tap (WspClient *client);
/* Clients, handshakes, resolvers and taps: all are freed. */
void       callbacks_check_gone (void);

/* stream: nullable, taken. */
void       called_begin         (Called     *self,
                                 WspClient  *client,
                                 const char *uri,
                                 GIOStream  *stream);
GIOStream *called_open_stream   (const char *uri);
void       called_cancel        (Called *self);
void       called_drop          (Called *self);         /* what can be held during a call */
void       called_clear         (Called *self);
