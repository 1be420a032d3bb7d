/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server and its client with a proxy between them: both are threads that know as much of the
 * protocol as is needed for frames from the server to the client. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _Traffic Traffic;

Traffic *traffic_new        (void);
void     traffic_free       (Traffic *self);
guint16  traffic_get_port   (Traffic *self);
/* Through the proxy that listens there. */
void     traffic_connect    (Traffic *self,
                             guint16  proxy_port);
/* Small text frames, as many a second, until the next call.  0 = none. */
void     traffic_set_rate   (Traffic *self,
                             guint    rate);
/* One message in fragments of so many bytes.  opcode: 1 or 2. */
void     traffic_send       (Traffic *self,
                             guint    opcode,
                             GBytes  *payload,
                             gsize    fragment);

G_END_DECLS
