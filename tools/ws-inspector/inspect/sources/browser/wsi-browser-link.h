/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way to a browser: a socket of one that we have started, or a WebSocket. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A message of the browser has at most so many bytes: a payload of 64 MiB has 86 in base64. */
#define WSI_BROWSER_MAX_MESSAGE (256 * 1024 * 1024)

/* Receives a message, whose bytes may be changed. */
typedef void (*WsiBrowserReceivedFunc) (guint8  *at,
                                        gsize    length,
                                        gpointer user_data);
/* Is called last.  error NULL: the browser has ended. */
typedef void (*WsiBrowserEndedFunc) (const GError *error,
                                     gpointer      user_data);

typedef struct
{
  WsiBrowserReceivedFunc received;
  WsiBrowserEndedFunc    ended;
} WsiBrowserLinkFuncs;

G_END_DECLS
