/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The other end of a client's connection: a listener whose connections are served by blocking
 * code in threads, so that the code of a server or a proxy reads like its protocol. */
#pragma once

#include <gio/gio.h>

#include "endpoint/far/certificates.h"

typedef struct _Far Far;
typedef struct
{
  Far          *far;
  GIOStream    *stream;
  GCancellable *cancellable;    /* cancelled when the far side is freed */
  GString      *input;          /* bytes that were read, but not used yet */
} FarPeer;

typedef void (*FarFunc) (FarPeer *peer,
                         gpointer data);

Far     *far_new         (FarFunc  serve,
                          gpointer data);
Far     *far_new_unix    (const char *path,
                          FarFunc     serve,
                          gpointer    data);
void     far_free        (Far *self);           /* ends all connections and waits for their threads */
guint16  far_get_port    (Far *self);
guint    far_get_count   (Far *self);           /* number of accepted connections */
void     far_note        (Far        *self,
                          const char *format,
                          ...) G_GNUC_PRINTF (2, 3);
char    *far_dup_notes   (Far *self);           /* one line each */

/* Call these in a thread of the far side.  FALSE or NULL: the client has disconnected, or the
 * far side is being freed. */
char    *far_read_head   (FarPeer *peer);       /* with its empty line; also noted */
gboolean far_read        (FarPeer *peer,
                          gpointer bytes,
                          gsize    length);
gboolean far_write       (FarPeer    *peer,
                          const char *text);
gboolean far_write_bytes (FarPeer      *peer,
                          gconstpointer bytes,
                          gsize         length);
void     far_wait_for_end (FarPeer *peer);
gboolean far_begin_tls   (FarPeer               *peer,
                          CertificateKind        kind,
                          GTlsAuthenticationMode mode);
/* The response 101 to a request, and the text after it; NULL: the request has no key. */
char    *far_make_switch (const char *head,
                          const char *after);
void     far_switch_and_end (FarPeer    *peer,
                             const char *head); /* responds with 101, then sends "hi" */
void     far_switch      (FarPeer    *peer,
                          const char *head);    /* responds with 101, then sends "hi" and waits for the end */
/* Ready-made far sides. data: see each of them. */
void     far_serve       (FarPeer *peer,
                          gpointer data);       /* the response as text; NULL = 101 */
void     far_serve_tls   (FarPeer *peer,
                          gpointer data);       /* a CertificateKind */
void     far_keep_silent (FarPeer *peer,
                          gpointer data);

typedef struct _FarGate FarGate;

FarGate *far_gate_new    (void);                /* open */
void     far_gate_free   (FarGate *self);
void     far_gate_shut   (FarGate *self);
void     far_gate_open   (FarGate *self);
void     far_gate_pass   (FarGate *self);       /* called by the far side: waits while the gate is shut */

typedef struct
{
  const char *name;             /* host name that only the proxy can resolve */
  guint16     port;             /* port of that name */
  const char *user, *password;  /* credentials that the proxy asks for; NULL: every client may use
                                 * it */
  CertificateKind certificate;  /* certificate of a proxy with TLS, which also asks the client for
                                 * one */
  FarGate    *gate;             /* gate: while it is shut, the relayed input waits; then it is sent
                                 * in one write; nullable */
} FarRoute;

void     far_http_proxy  (FarPeer *peer,
                          gpointer data);       /* a FarRoute */
void     far_https_proxy (FarPeer *peer,
                          gpointer data);       /* a FarRoute */
void     far_socks_proxy (FarPeer *peer,
                          gpointer data);       /* a FarRoute */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Far, far_free)
