/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* States of a window in which something around it goes wrong, each reached by its cause: peers that
 * refuse certificates, full disks, files that are gone. */
#pragma once

#include "inspect/sources/wsi-source.h"
#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

/* Members that are NULL are not there. */
typedef struct
{
  GObject   *peer;              /* a server or client that is the peer */
  GSettings *settings;          /* settings that were changed */
  char      *folder;
  GFile     *file;              /* file in the folder */
} Surroundings;

/* Until the window shows it. */
void       state_reach   (Surroundings *self,
                          WsiWindow    *window,
                          const char   *name);
void       state_clear   (Surroundings *self);

/* A server and its client in one window: events and a text.  Returns the client. */
WsiSource *state_capture (WsiWindow *window);

/* Whether a label of the window has this part. */
gboolean   state_shows   (WsiWindow  *window,
                          const char *part);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Surroundings, state_clear)

G_END_DECLS
