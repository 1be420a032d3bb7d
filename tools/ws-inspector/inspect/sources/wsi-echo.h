/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends each message of a connection back to its sender. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

/* Call it where the connection is handed out: the connection then starts. */
void wsi_echo_attach (WspConnection *connection);

G_END_DECLS
