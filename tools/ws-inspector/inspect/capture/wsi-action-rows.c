/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-action-rows.h"

#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

#define MAX_ROWS 256            /* rows that are looked at for one action */

typedef enum
{
  NO_MATCH,
  MATCH,                        /* the frame is the action's; the next action has another frame */
  PART,                         /* the frame is the action's, and may be the next action's, too */
} Match;

void
wsi_action_init_state (WsiAction     *self,
                       WspRole        role,
                       WspConnection *connection)
{
  g_autofree char *word = g_enum_to_string (WSP_TYPE_CONNECTION_STATE,
                                            wsp_connection_get_state (connection));

  *self = (WsiAction) {
    .kind = WSI_ACTION_STATE,
    .role = role,
    .state = g_intern_string (word + strlen ("WSP_CONNECTION_STATE_")),
    .n_waiting = wsp_connection_get_send_queue_bytes (connection),
  };
}

void
wsi_action_init_performed (WsiAction        *self,
                           WspRole           role,
                           GObject          *source,
                           WspSessionAction *performed,
                           gsize             n_bytes)
{
  *self = (WsiAction) {
    .kind = WSI_ACTION_PERFORMED,
    .role = role,
    .type = wsp_session_action_get_action_type (performed),
    .buffer_type = wsp_session_action_get_buffer_type (performed),
    .close_code = wsp_session_action_get_close_code (performed),
    .n_bytes = n_bytes,
  };

  if (WSP_IS_CONNECTION (source))
    self->n_waiting = wsp_connection_get_send_queue_bytes (WSP_CONNECTION (source));
}

static Match
match_data (const WsiRecord *record,
            gboolean         is_last)
{
  if (wsi_record_is_control (record))
    return NO_MATCH;
  if (is_last)
    return wsi_record_is_fin (record) ? MATCH : NO_MATCH;

  return wsi_record_is_fin (record) ? PART : MATCH;
}

/* A frame may be indicated in several pieces. */
static Match
match_frame (const WsiRecord *record,
             WspBufferType    type)
{
  switch (type)
    {
    case WSP_BUFFER_TYPE_NONE:
      return NO_MATCH;
    case WSP_BUFFER_TYPE_UTF8_MESSAGE:
    case WSP_BUFFER_TYPE_BINARY_MESSAGE:
      return match_data (record, TRUE);
    case WSP_BUFFER_TYPE_UTF8_FRAGMENT:
    case WSP_BUFFER_TYPE_BINARY_FRAGMENT:
      return match_data (record, FALSE);
    case WSP_BUFFER_TYPE_CLOSE:
      return record->kind == WSP_FRAME_KIND_CLOSE ? MATCH : NO_MATCH;
    case WSP_BUFFER_TYPE_PING_PONG:
      return record->kind == WSP_FRAME_KIND_PING || record->kind == WSP_FRAME_KIND_PONG ? MATCH
                                                                                       : NO_MATCH;
    case WSP_BUFFER_TYPE_UNSOLICITED_PONG:
      return record->kind == WSP_FRAME_KIND_PONG ? MATCH : NO_MATCH;
    case WSP_BUFFER_TYPE_RAW:
      return MATCH;
    }

  g_assert_not_reached ();
}

/* The engine of the conversation's own side sends what is recorded as sent. */
static WspDirection
get_direction (WsiConversation *conversation,
               const WsiAction *action)
{
  gboolean is_send = action->type == WSP_ACTION_TYPE_SEND_TO_NETWORK ||
                     action->type == WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE;
  gboolean is_own = action->role == wsi_conversation_get_role (conversation);

  return is_send == is_own ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
}

static const WsiRecord *
get_frame (WsiStore        *store,
           WsiConversation *conversation,
           guint64          number,
           WspDirection     direction)
{
  const WsiRecord *record = wsi_store_get_record (store, number);

  return record != NULL && record->conversation == wsi_conversation_get_number (conversation) &&
         record->direction == direction && wsi_record_is_frame (record) ? record : NULL;
}

static guint64
find_last (WsiStore        *store,
           WsiConversation *conversation,
           guint64          first,
           WspDirection     direction)
{
  for (guint64 at = wsi_conversation_get_end_record (conversation); at > first; at--)
    if (get_frame (store, conversation, at - 1, direction) != NULL)
      return at - 1;
  return WSI_NO_ROW;
}

guint64
wsi_action_rows_find (WsiActionRows   *self,
                      WsiStore        *store,
                      WsiConversation *conversation,
                      const WsiAction *action)
{
  WspDirection direction = get_direction (conversation, action);
  guint64 end = wsi_conversation_get_end_record (conversation);
  guint64 first = MAX (wsi_store_get_first (store), end > MAX_ROWS ? end - MAX_ROWS : 0);
  gboolean is_indication = action->type == WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE ||
                           action->type == WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE;

  if (action->type == WSP_ACTION_TYPE_NONE || (!is_indication && action->n_bytes == 0))
    return WSI_NO_ROW;
  if (!is_indication)
    return find_last (store, conversation, first, direction);

  for (guint64 at = MAX (first, self->next[direction]); at < end; at++)
    {
      const WsiRecord *record = get_frame (store, conversation, at, direction);
      Match match = record != NULL ? match_frame (record, action->buffer_type) : NO_MATCH;

      if (match == NO_MATCH)
        continue;
      self->next[direction] = match == MATCH ? at + 1 : at;
      return at;
    }
  return WSI_NO_ROW;
}
