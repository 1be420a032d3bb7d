/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The head of an earlier handshake as the fields of a client that connects in the same way. */
#pragma once

#include "inspect/store/wsi-conversation.h"
#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

/* Takes a header into the field of its own, if it has one.  Headers that each handshake makes anew
 * are left out; an offer of permessage-deflate sets the option. */
void       wsi_target_take_header          (WsiTarget  *self,
                                            const char *name,
                                            const char *value);
/* A client with the URI, headers and subprotocols of the connection, and with the certificates of
 * the target that it came from, a client or a proxy; origin NULL: it came from another one, such as
 * a file.  The client of a proxied connection connects to the server of the proxy.  A value that
 * redaction has hidden makes its field wrong, see wsi_target_check ().  NULL: the URI is not known,
 * or a header is no text. */
WsiTarget *wsi_target_new_of_conversation  (WsiConversation *conversation,
                                            const WsiTarget *origin,
                                            GError         **error);

G_END_DECLS
