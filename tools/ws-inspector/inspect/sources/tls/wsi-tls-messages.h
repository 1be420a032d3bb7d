/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the messages of a handshake (RFC 8446 4) in the content of records, which cut and join them
 * as they like. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_TLS_MESSAGE_HEADER 4

typedef enum
{
  WSI_TLS_CLIENT_HELLO = 1,
  WSI_TLS_SERVER_HELLO = 2,
  WSI_TLS_NEW_SESSION_TICKET = 4,
  WSI_TLS_END_OF_EARLY_DATA = 5,
  WSI_TLS_ENCRYPTED_EXTENSIONS = 8,
  WSI_TLS_FINISHED = 20,
  WSI_TLS_KEY_UPDATE = 24,
} WsiTlsMessageType;

typedef struct
{
  guint8      header[WSI_TLS_MESSAGE_HEADER];
  guint       n_header;         /* bytes of the header that were read */
  gsize       n_left;           /* bytes of the body that follow */
  GByteArray *body;             /* body of the message; NULL: nothing of it is kept */
} WsiTlsMessages;

/* body: NULL of a type whose content is not needed, and of one that is too long.  It may clear the
 * messages. */
typedef void (*WsiTlsMessageFunc) (gpointer      user_data,
                                   guint         side,
                                   guint8        type,
                                   const guint8 *body,
                                   gsize         length);

void     wsi_tls_messages_clear (WsiTlsMessages *self);
/* Calls function for each message that ends in these bytes. */
void     wsi_tls_messages_take  (WsiTlsMessages   *self,
                                 guint             side,
                                 const guint8     *at,
                                 gsize             length,
                                 WsiTlsMessageFunc function,
                                 gpointer          user_data);

G_END_DECLS
