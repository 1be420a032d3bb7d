/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The messages that wsinspect connect sends: those of its options, or the lines of standard input.
 * On a terminal a line may also be a command, such as /ping. */
#pragma once

#include <libwsproto/wsproto.h>

#include "cli/table/wsi-options.h"
#include "inspect/compose/wsi-script.h"

G_BEGIN_DECLS

typedef struct _WsiInput WsiInput;

/* Called when the last message was sent. */
typedef void (*WsiInputEnded) (gpointer user_data);
/* Called when the user gives the command /close. */
typedef void (*WsiInputClose) (guint16     code,
                               const char *reason,
                               gpointer    user_data);

/* first: a script to send before all messages and instead of standard input; NULL = no script.
 * Returns NULL if a message cannot be sent, such as text that is not UTF-8. */
WsiInput *wsi_input_new   (const WsiOptions *options,
                           const WsiScript  *first,
                           GError          **error);
void      wsi_input_begin (WsiInput      *self,
                           WspConnection *connection,
                           WsiInputEnded  ended,
                           WsiInputClose  close,
                           gpointer       user_data);
/* Waits for the reads and sends that have begun. */
void      wsi_input_free  (WsiInput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiInput, wsi_input_free)

G_END_DECLS
