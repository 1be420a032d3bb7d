/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions that engines have performed, of all conversations in one order.  The oldest ones are
 * forgotten.  It belongs to the thread of the store's writer. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

#define WSI_NO_ROW G_MAXUINT64
#define WSI_MAX_ACTIONS (128 * 1024)

typedef enum
{
  WSI_ACTION_PERFORMED,         /* a connection has performed it, as a tap observes it */
  WSI_ACTION_STATE,             /* the engine is in another state */
  WSI_ACTION_QUEUED,            /* a Send or a Receive was queued */
  WSI_ACTION_TAKEN,             /* GetAction () has given it */
  WSI_ACTION_COMPLETED,         /* CompleteAction () has ended it */
  WSI_ACTION_LEFT_OUT,          /* n_actions of them are missing here */
} WsiActionKind;

typedef struct
{
  guint64       number;         /* number among all actions; set when the action is appended */
  gint64        time_us;
  guint64       row;            /* row of the frame that it made or read, or WSI_NO_ROW */
  union
  {
    guint64     n_bytes;
    guint64     n_actions;      /* actions that a WSI_ACTION_LEFT_OUT stands for */
  };
  guint64       n_waiting;      /* bytes that wait to be sent after the action */
  const char   *state;          /* name of the state in a WSI_ACTION_STATE, interned: "OPEN" */
  guint32       conversation;
  guint32       operation;      /* number of the operation; 0 = none */
  guint16       close_code;
  guint8        kind;           /* WsiActionKind of the action */
  guint8        role;           /* WspRole of the engine */
  guint8        type;           /* WspActionType of the action */
  guint8        queue;          /* WspActionQueue of the action */
  guint8        buffer_type;    /* WspBufferType of the action */
  guint8        n_buffers;
} WsiAction;

typedef struct _WsiActions WsiActions;

WsiActions      *wsi_actions_new       (void);
void             wsi_actions_free      (WsiActions *self);
void             wsi_actions_append    (WsiActions      *self,
                                        const WsiAction *action);
/* The numbers of the oldest action, and of the next one. */
guint64          wsi_actions_get_first (const WsiActions *self);
guint64          wsi_actions_get_end   (const WsiActions *self);
/* The action with a number.  NULL: it is forgotten.  It stays until the next one is appended. */
const WsiAction *wsi_actions_get       (const WsiActions *self,
                                        guint64           number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiActions, wsi_actions_free)

G_END_DECLS
