/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client and a server in memory: two sessions of the library, whose bytes are handed from one to
 * the other, and to a function on the way. */
#pragma once

#include <libwsproto/wsproto-session.h>

G_BEGIN_DECLS

typedef struct _WsiExamplePair WsiExamplePair;

/* Takes the bytes of a head or a frame, or bytes that are in none. */
typedef void (*WsiExampleFunc) (WspRole  sender,
                                GBytes  *bytes,
                                gpointer user_data);

WsiExamplePair *wsi_example_pair_new  (WsiExampleFunc function,
                                       gpointer       user_data);
void            wsi_example_pair_free (WsiExamplePair *self);
/* Does the opening handshake, with permessage-deflate. */
gboolean        wsi_example_pair_open (WsiExamplePair *self,
                                       const char     *uri,
                                       GError        **error);
/* Sends one frame, when both sides have read everything.  CLOSE: with code 1000; the payload is its
 * reason. */
gboolean        wsi_example_pair_send (WsiExamplePair *self,
                                       WspRole         sender,
                                       WspBufferType   type,
                                       GBytes         *payload,
                                       GError        **error);
/* Sends a text message in one frame, compressed by permessage-deflate. */
gboolean        wsi_example_pair_send_compressed (WsiExamplePair *self,
                                                  WspRole         sender,
                                                  GBytes         *text,
                                                  GError        **error);
/* Sends bytes that the sender's session has not made. */
void            wsi_example_pair_inject (WsiExamplePair *self,
                                         WspRole         sender,
                                         GBytes         *bytes);
/* Lets a session look at what it has, and send what it answers by itself, such as a pong.  FALSE:
 * it answers nothing. */
gboolean        wsi_example_pair_answer (WsiExamplePair *self,
                                         WspRole         sender);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiExamplePair, wsi_example_pair_free)

G_END_DECLS
