/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Records that connections and opening handshakes send to an inspector that is attached to the
 * program.  While none is attached, no record is made. */
#pragma once

#include <libwsproto/tap/wsp-tap.h>

#include "attach/wsp-attach-format.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

#define WSP_ATTACH_MAX_HEAD (30 * 1024) /* two fit into a record */

typedef struct                  /* the functions of a connection; called in its thread */
{
  /* Sends OPENED, HEADS, a POSITION of each direction, and CLOSED if the connection has ended, and
   * adds the tap.  FALSE: it cannot now, because taps are being notified. */
  gboolean (*show)(GObject *connection);
  /* Sends OPENED, and adds the tap: all bytes are still to pass. */
  void (*show_new)(GObject *connection);
  /* Sends the POSITION of the received direction, if it is known now. */
  void (*show_position)(GObject *connection);
  /* Sends CLOSED if the connection has ended. */
  void (*show_end)(GObject *connection);
  void (*remove_tap)(GObject *connection);
} WspAttachFuncs;

typedef struct                  /* facts about a connection that was opened; NULL = not known */
{
  WspRole         role;
  const char     *uri, *extensions, *tls;
  GSocketAddress *local, *remote;
} WspAttachOpened;

typedef struct
{
  WspDirection direction;
  guint64      passed;          /* number of bytes that have passed; not used once BYTES of the direction are sent */
  gsize        n_unread;        /* number of these bytes that were not read yet, and follow the position */
  gsize        n_unsent;        /* bytes that will pass before the position */
  guint8       place;           /* state of the direction (WspAttachPlace) */
  guint8       first;           /* first byte of the frame in progress */
  guint8       opcode;          /* opcode of the message in progress */
  guint64      left;
  guint32      key;             /* masking key, its first byte lowest in memory */
  const guint8 *window;
  gsize        window_length;
} WspAttachPosition;

/* Offers the program to inspectors if WSP_ATTACH asks for it.  The variable is read once, and
 * the log may be written: not for class_init (). */
void     wsp_attach_begin_if_asked (void);

/* Whether an inspector watches connections. */
gboolean wsp_attach_is_watched    (void);
/* A connection is made, or has ended; nothing is done unless the program is offered.  number: as in
 * the log. */
void     wsp_attach_add           (GObject              *connection,
                                   guint32               number,
                                   WspReactor           *reactor,
                                   const WspAttachFuncs *funcs);
void     wsp_attach_remove        (GObject *connection);
/* Shows a connection whose opening handshake has not passed through show_new (). */
void     wsp_attach_show          (GObject *connection);
/* Shows a source of taps whose bytes are still to pass.  For one that is no connection, which ends
 * with wsp_attach_remove (), the caller tells OPENED. */
void     wsp_attach_show_new      (GObject *source);
/* Tells the POSITIONs of the first bytes. */
void     wsp_attach_tell_beginning (GObject *source);
/* The tap of all connections that are shown. */
WspTap  *wsp_attach_peek_tap      (void);

void     wsp_attach_tell_opened   (GObject               *source,
                                   const WspAttachOpened *opened);
/* NULL: there is none.  If one is longer than WSP_ATTACH_MAX_HEAD, neither is sent. */
void     wsp_attach_tell_heads    (GObject *source,
                                   GBytes  *request,
                                   GBytes  *response);
void     wsp_attach_tell_position (GObject                 *source,
                                   const WspAttachPosition *position);
/* The POSITION of the received direction is sent later, at the end of the message in progress. */
void     wsp_attach_put_off_position (GObject *source);
/* A message was received to its end: sends the POSITION that was put off. */
void     wsp_attach_end_message   (GObject *source);
void     wsp_attach_tell_bytes    (GObject      *source,
                                   WspDirection  direction,
                                   const guint8 *bytes,
                                   gsize         length,
                                   gint64        wall_us);
void     wsp_attach_tell_closed   (GObject    *source,
                                   gboolean    is_clean,
                                   const char *text);

G_END_DECLS
