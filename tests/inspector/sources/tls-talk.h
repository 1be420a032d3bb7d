/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client and a server of GnuTLS that talk without a network: what they send becomes the bytes of
 * a connection of a capture, beside the key log of the client. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  TLS_TALK_CLIENT,              /* the sides of the connection */
  TLS_TALK_SERVER,
} TlsTalkSide;

typedef struct
{
  TlsTalkSide side;
  GByteArray *bytes;            /* bytes of one write */
  gsize       n_content;        /* number of the application's bytes in it, if the write is one
                                 * record of them */
} TlsTalkWrite;

typedef struct _TlsTalk TlsTalk;

typedef struct
{
  const char *client, *server;  /* priority strings; server NULL: the same as client */
  gboolean    has_early_data;   /* the client sends some when it resumes */
  gboolean    accepts_early_data;
  gboolean    has_session_ids;  /* the server keeps sessions, and gives no tickets */
  const char *protocol;         /* protocol of both in ALPN; NULL: none */
  /* After the handshake, a letter each, with a text up to the next space: ">TEXT" and "<TEXT" send,
   * "ku" and "kU" update the keys of client and server, "re" is another handshake, "in" sends the
   * writes of the inner talk. */
  const char *script;
  const char *separator;        /* separator of the texts; NULL: a space */
  const TlsTalk *inner;
} TlsTalkPlan;

struct _TlsTalk
{
  GPtrArray *writes;            /* writes of both sides in their order (TlsTalkWrite) */
  GString   *key_log;           /* lines of the key log */
  gboolean   is_resumed;
};

/* Sessions that the client and the server keep for their next connections. */
typedef struct _TlsTalkPeers TlsTalkPeers;

TlsTalkPeers *tls_talk_peers_new  (void);
void          tls_talk_peers_free (TlsTalkPeers *self);
/* Has the connection; a later one of the same peers resumes its session. */
TlsTalk      *tls_talk_new  (TlsTalkPeers      *peers,
                             const TlsTalkPlan *plan);
void          tls_talk_free (TlsTalk *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsTalkPeers, tls_talk_peers_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsTalk, tls_talk_free)
