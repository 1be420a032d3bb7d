/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message that is written before its length is known. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

#define WSP_TYPE_MESSAGE_SINK (wsp_message_sink_get_type ())
G_DECLARE_FINAL_TYPE (WspMessageSink, wsp_message_sink, WSP, MESSAGE_SINK, GOutputStream)

typedef enum
{
  WSP_MESSAGE_PART,
  WSP_MESSAGE_LAST_PART,
} WspMessagePart;

typedef struct                  /* the form of the parts, which the connection chooses */
{
  gsize    length;              /* bytes of each part; the last part of a turn may be shorter */
  gboolean is_text_checked;
} WspMessageSinkForm;

typedef gboolean (*WspMessageSinkCheck) (GObject *owner,
                                         GError **error);
typedef void (*WspMessageSinkGetForm) (GObject            *owner,
                                       WspMessageSinkForm *form);
typedef void (*WspMessageSinkNoteHeld) (GObject        *owner,
                                        WspMessageSink *sink,
                                        gsize           before,
                                        gsize           held);
typedef gboolean (*WspMessageSinkSend) (GObject       *owner,
                                        WspMessageType message_type,
                                        WspSendFlags   flags,
                                        WspMessagePart part,
                                        GBytes        *bytes,
                                        GError       **error);
typedef gboolean (*WspMessageSinkIsWritable) (GObject *owner);
typedef void (*WspMessageSinkGiveUp) (GObject *owner);

typedef struct                  /* the functions of the connection that a sink calls */
{
  WspMessageSinkCheck      check;       /* FALSE: nothing can be written now, and the error is set */
  WspMessageSinkGetForm    get_form;
  WspMessageSinkNoteHeld   note_held;   /* the sink held `before` bytes, and now holds `held` */
  WspMessageSinkSend       send;
  WspMessageSinkIsWritable is_writable;
  WspMessageSinkGiveUp     give_up;     /* the message is abandoned: its last part will not be sent */
} WspMessageSinkFuncs;

/* owner: the connection, kept alive until the message has ended. */
GOutputStream *wsp_message_sink_new (WspReactor                *reactor,
                                     WspMessageType             message_type,
                                     WspSendFlags               flags,
                                     GObject                   *owner,
                                     const WspMessageSinkFuncs *funcs);

/* Call it when a turn has ended and the sink holds bytes: sends these bytes. */
void           wsp_message_sink_leave (WspMessageSink *self);
/* Drops the bytes that the sink holds. */
void           wsp_message_sink_drop (WspMessageSink *self);

G_END_DECLS
