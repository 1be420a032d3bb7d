/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Objects of every kind that a program can pass to a client: each reports when the client calls
 * it.  And one call of a client, in which only these objects hold references. */
#pragma once

#include "endpoint/far/dialed.h"

typedef void (*ReachFunc) (const char *name,
                           gpointer    data);

typedef struct
{
  char         *uri;
  WspHandshake *handshake, *watched;    /* handshake of the call; the same without a reference,
                                         * which is only compared */
  GCancellable *cancellable;
  gboolean      has_begun, has_ended, was_open;
  WspConnection *connection;
  GError       *error;
  ReachFunc     reach;                  /* function that each callback calls; nullable */
  gpointer      data;
} Called;

/* Adds a proxy resolver and a tap. proxy: a URI; NULL: none; "error": the resolver fails. */
void       callbacks_add        (WspClient  *client,
                                 const char *proxy,
                                 ReachFunc   reach,
                                 gpointer    data);
void       callbacks_remove_tap (WspClient *client);
/* Checks that all clients, handshakes, resolvers and taps were freed. */
void       callbacks_check_gone (void);

/* stream: nullable, taken. */
void       called_begin         (Called     *self,
                                 WspClient  *client,
                                 const char *uri,
                                 GIOStream  *stream);
GIOStream *called_open_stream   (const char *uri);
void       called_cancel        (Called *self);
void       called_drop          (Called *self);         /* the references that can be held during a call */
void       called_clear         (Called *self);
