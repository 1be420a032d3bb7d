/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Actions that a tap observes, and the rows of the frames that they have made or consumed. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Makes an action which says that the connection is in another state. */
void    wsi_action_init_state     (WsiAction     *self,
                                   WspRole        role,
                                   WspConnection *connection);
/* Makes an action that a tap has observed.  source: that of the tap. */
void    wsi_action_init_performed (WsiAction        *self,
                                   WspRole           role,
                                   GObject          *source,
                                   WspSessionAction *performed,
                                   gsize             n_bytes);

/* The places that were reached in one conversation. */
typedef struct
{
  guint64     next[2];          /* first row in which the next frame is looked for, by direction */
  const char *states[2];        /* names of the states that were appended last, by role */
} WsiActionRows;

/* Finds the row of an action's frame.  WSI_NO_ROW: there is none, or it is not there yet. */
guint64 wsi_action_rows_find (WsiActionRows   *self,
                              WsiStore        *store,
                              WsiConversation *conversation,
                              const WsiAction *action);

G_END_DECLS
