/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Wire: the encrypted bytes between a socket and its GnuTLS session.
 *
 * All wires of a reactor share two buffers.  One recv () fills the input buffer with many records,
 * and one send () sends the output of one call of GnuTLS.  A wire allocates its own memory only for
 * bytes that remain when a call ends. */
#pragma once

#include <gnutls/gnutls.h>

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

#define WSP_TLS_INPUT_SIZE (64 * 1024)
#define WSP_TLS_OUTPUT_SIZE (32 * 1024)

typedef struct
{
  gboolean is_busy;             /* a call is under way */
  gsize    n_output;
  guint8   input[WSP_TLS_INPUT_SIZE];
  guint8   output[WSP_TLS_OUTPUT_SIZE];
} WspTlsBuffers;

typedef struct                  /* memory NULL: no bytes, or they are in a shared buffer */
{
  guint8 *memory;
  guint8 *at;
  gsize   length;
} WspTlsRemainder;

typedef struct                  /* member of its owner */
{
  WspTlsBuffers  *buffers;
  int             fd;
  guint           n_receives : 31;      /* how many calls of recv () are still allowed in this call */
  guint           holds_change : 1;     /* a ChangeCipherSpec goes before the next output */
  gsize           n_without_data;       /* bytes received since GnuTLS returned data */
  WspTlsRemainder unread;       /* bytes that were received, and not given to GnuTLS yet */
  WspTlsRemainder unsent;       /* bytes that are encrypted, and not sent yet */
  int             receive_error, send_error;       /* errno of the socket; 0: none */
} WspTlsWire;

void     wsp_tls_buffers_init        (WspTlsBuffers *self);
void     wsp_tls_wire_init           (WspTlsWire    *self,
                                      WspTlsBuffers *buffers,
                                      int            fd);
void     wsp_tls_wire_clear          (WspTlsWire *self);
void     wsp_tls_wire_attach         (WspTlsWire      *self,
                                      gnutls_session_t session);
/* GnuTLS is called only between these two functions; code of the program is never called there.
 * n_receives: how often the input buffer may be filled. */
void     wsp_tls_wire_begin_call     (WspTlsWire *self,
                                      guint       n_receives);
void     wsp_tls_wire_end_call       (WspTlsWire *self);
/* Within a call.  TRUE: more input may be available. */
gboolean wsp_tls_wire_may_receive    (WspTlsWire *self);
/* The peer has sent more than the largest message of a handshake, and no data. */
gboolean wsp_tls_wire_is_flooded     (WspTlsWire *self);
/* Within a call: makes room for one more record in the output buffer. */
void     wsp_tls_wire_reserve_record (WspTlsWire *self);
/* Between calls: drops the input.  FALSE: the input has ended. */
gboolean wsp_tls_wire_drop_input     (WspTlsWire *self);
/* The system acknowledges the next input at once, and not with the next output or after 40 ms: a
 * client without TCP_NODELAY holds the next part of its flight back until then.  The system forgets
 * this after some input.  Does nothing where that cannot be set. */
void     wsp_tls_wire_acknowledge    (WspTlsWire *self);
/* Tries again to send the unsent bytes. */
void     wsp_tls_wire_send_unsent    (WspTlsWire *self);

G_END_DECLS
