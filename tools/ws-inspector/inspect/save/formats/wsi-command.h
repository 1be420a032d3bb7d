/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A command line for sh, or a program, that does what a recorded client did. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_COMMAND_WSINSPECT,
  WSI_COMMAND_WEBSOCAT,
  WSI_COMMAND_JAVASCRIPT,       /* a program in a language: wsi-code.h */
  WSI_COMMAND_PYTHON,
  WSI_COMMAND_CURL,             /* a command of curl, which does the handshake only */
} WsiCommandKind;

/* message: one that is sent, or NULL.  notes: one for each thing that is not as it was.  NULL with
 * an error: the URI is not known. */
char *wsi_command_make (WsiCommandKind   kind,
                        WsiConversation *conversation,
                        WspFrameKind     message_kind,
                        GBytes          *message,
                        WsiRedactor     *redactor,
                        char          ***notes,
                        GError         **error);

G_END_DECLS
