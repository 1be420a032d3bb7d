/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-script.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/wsproto.h>

#include "inspect/capture/wsi-open-messages.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/store/wsi-record.h"

#define MAX_MESSAGES 1000000
#define MAX_BYTES (256 * 1024 * 1024)
#define RECORDS_AT_ONCE 1024    /* records that the store keeps for this reader */

struct _WsiScript
{
  WsiStore        *store;
  guint32          wanted;
  WspRole          sender;
  WsiConversation *conversation;        /* conversation to send; NULL: it is not in the store */
  WsiOpenMessages *open;
  GArray          *steps;
  guint            n_hidden;    /* steps with hidden values */
  gsize            n_bytes;
  gint64           begin_us;
  GError          *error;       /* error about the first message that cannot be sent */
};

/* format: has the numbers of the message and of its connection. */
static void
script_fail (WsiScript  *self,
             const char *format)
{
  if (self->error == NULL)
    g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 format, self->steps->len + 1, self->wanted);
}

/* Whether all of its bytes are known. */
static gboolean
script_is_whole (const WsiOpenMessage *message)
{
  return message->info.is_complete && !message->info.is_cut &&
         (message->flags & WSP_FRAME_FLAGS_NOT_INFLATED) == 0;
}

static void
script_add_step (WsiScript *self,
                 guint      opcode,
                 gint64     time_us,
                 GBytes    *payload)
{
  WsiScriptStep step = {
    .message_type = opcode == WSI_OPCODE_BINARY ? WSP_MESSAGE_TYPE_BINARY : WSP_MESSAGE_TYPE_TEXT,
    .payload = g_bytes_ref (payload),
  };

  if (self->steps->len == 0)
    self->begin_us = time_us;
  step.time_us = MAX (time_us - self->begin_us, 0);
  g_array_append_val (self->steps, step);
}

/* record: of a frame of the message.  payload NULL: not all of it is known. */
static void
script_take_payload (WsiScript       *self,
                     guint            opcode,
                     const WsiRecord *record,
                     GBytes          *payload)
{
  g_autoptr (WspMessage) made = NULL;

  if (payload == NULL)
    {
      script_fail (self, _("message %u of connection %u is not whole"));
      return;
    }

  self->n_bytes += g_bytes_get_size (payload);
  made = opcode == WSI_OPCODE_BINARY ? wsp_message_new_binary_bytes (payload)
                                     : wsp_message_new_text_bytes (payload, NULL);
  if (made == NULL)
    script_fail (self, _("message %u of connection %u is no valid text"));
  else if (self->n_bytes > MAX_BYTES || self->steps->len == MAX_MESSAGES)
    script_fail (self,
                 _("message %u of connection %u is too much: expected at most 1000000 messages and "
                   "256 MiB"));
  else
    {
      script_add_step (self, opcode, record->time_us, payload);
      self->n_hidden += record->is_hidden;
    }
}

static gboolean
is_data (guint opcode)
{
  return opcode == WSI_OPCODE_TEXT || opcode == WSI_OPCODE_BINARY;
}

static void
script_take_message (const WsiOpenMessage *message,
                     gpointer              script)
{
  WsiScript *self = script;
  g_autoptr (GBytes) payload = NULL;

  if (!is_data (message->info.opcode) || self->error != NULL)
    return;

  if (script_is_whole (message))
    payload = wsi_store_dup_message (self->store, message->info.message, G_MAXSIZE);
  script_take_payload (self, message->info.opcode, &message->record, payload);
}

static void
script_clear_step (gpointer step)
{
  g_bytes_unref (((WsiScriptStep *) step)->payload);
}

WsiScript *
wsi_script_new (WsiStore *store,
                guint32   conversation,
                WspRole   sender)
{
  WsiScript *self = g_new0 (WsiScript, 1);

  self->store = g_object_ref (store);
  self->wanted = conversation;
  self->sender = sender;
  self->open = wsi_open_messages_new (store, script_take_message, self);
  self->steps = g_array_new (FALSE, FALSE, sizeof (WsiScriptStep));
  g_array_set_clear_func (self->steps, script_clear_step);
  return self;
}

void
wsi_script_free (WsiScript *self)
{
  wsi_open_messages_free (self->open);
  g_clear_object (&self->conversation);
  g_object_unref (self->store);
  g_array_unref (self->steps);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
is_of_sender (WsiScript       *self,
              const WsiRecord *record)
{
  gboolean is_own = wsi_conversation_get_role (self->conversation) == self->sender;

  return (record->direction == WSP_DIRECTION_SENT) == is_own;
}

void
wsi_script_take (WsiScript       *self,
                 guint64          number,
                 const WsiRecord *record)
{
  if (record->conversation != self->wanted)
    return;

  if (self->conversation == NULL)
    self->conversation = wsi_store_dup_conversation (self->store, self->wanted);
  if (is_of_sender (self, record))
    wsi_open_messages_take (self->open, number, record);
}

gboolean
wsi_script_end (WsiScript *self,
                GError   **error)
{
  wsi_open_messages_end (self->open);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }

  if (self->steps->len > 0)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               self->sender == WSP_ROLE_CLIENT
               ? _("the client of connection %u has sent no message")
               : _("the server of connection %u has sent no message"), self->wanted);
  return FALSE;
}

/* Takes the next records of the store, before end, and moves on: the store keeps only so many for
 * this reader.  FALSE: it is at the end, or one was removed before it was read, which would be
 * missing in the middle. */
static gboolean
script_read_some (WsiScript *self,
                  guint64   *at,
                  guint64    end)
{
  guint reading = wsi_store_begin_reading (self->store);
  guint64 stop = MIN (*at + RECORDS_AT_ONCE, end);

  if (wsi_store_get_first (self->store) > *at)
    script_fail (self,
                 _("message %u of connection %u was removed from memory while the messages were "
                   "read (stop the capture first)"));
  for (; *at < stop; *at += 1)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, *at);

      if (record != NULL)
        wsi_script_take (self, *at, record);
    }
  wsi_store_end_reading (self->store, reading);
  return *at < end && self->error == NULL;
}

WsiScript *
wsi_script_read (WsiStore *store,
                 guint32   conversation,
                 WspRole   sender,
                 GError  **error)
{
  g_autoptr (WsiScript) self = wsi_script_new (store, conversation, sender);
  guint64 end = wsi_store_get_end (store), at = wsi_store_get_first (store);

  while (script_read_some (self, &at, end))
    continue;
  return wsi_script_end (self, error) ? g_steal_pointer (&self) : NULL;
}

static int
script_compare_numbers (gconstpointer a,
                        gconstpointer b)
{
  guint64 one = *(const guint64 *) a, other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

/* The message that can be sent of a frame.  FALSE: it is a ping, or no frame. */
static gboolean
script_find_message (WsiStore        *store,
                     const WsiRecord *record,
                     WsiMessageInfo  *info)
{
  return wsi_record_is_frame (record) && !wsi_record_is_control (record) &&
         wsi_store_get_message (store, record->message, info) && is_data (info->opcode);
}

static void
fail_row (WsiScript  *self,
          const char *format,
          guint64     number)
{
  if (self->error == NULL)
    g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, format, number + 1);
}

/* last: the message before; several rows may be frames of one message. */
static void
take_message_of_row (WsiScript            *self,
                     guint64               number,
                     const WsiRecord      *record,
                     const WsiMessageInfo *info,
                     const WsiMessageInfo *last)
{
  g_autoptr (GBytes) payload = NULL;

  if (last->message != 0 && (info->conversation != last->conversation ||
                             info->direction != last->direction))
    {
      fail_row (self, _("row %" PRIu64 " is of another side or connection: expected messages of "
                        "one side (select fewer rows)"), number);
      return;
    }

  self->wanted = info->conversation;
  if (info->message == last->message)
    return;

  if (info->is_complete && !info->is_cut)
    payload = wsi_store_dup_message (self->store, info->message, G_MAXSIZE);
  script_take_payload (self, info->opcode, record, payload);
}

static void
take_row (WsiScript      *self,
          guint64         number,
          WsiMessageInfo *last)
{
  guint reading = wsi_store_begin_reading (self->store);
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  WsiMessageInfo info = { 0 };

  if (record == NULL)
    {
      fail_row (self, _("row %" PRIu64 " was removed from memory (select other rows)"), number);
    }
  else if (script_find_message (self->store, record, &info))
    {
      take_message_of_row (self, number, record, &info, last);
      *last = info;
    }
  wsi_store_end_reading (self->store, reading);
}

WsiScript *
wsi_script_read_rows (WsiStore     *store,
                      const GArray *numbers,
                      GError      **error)
{
  g_autoptr (WsiScript) self = wsi_script_new (store, 0, WSP_ROLE_CLIENT);
  g_autoptr (GArray) sorted = g_array_copy ((GArray *) numbers);
  WsiMessageInfo last = { 0 };

  g_array_sort (sorted, script_compare_numbers);
  for (guint i = 0; i < sorted->len && self->error == NULL; i++)
    take_row (self, g_array_index (sorted, guint64, i), &last);

  if (self->error == NULL && self->steps->len == 0)
    g_set_error_literal (&self->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _("no selected row is of a message: expected text or binary"));
  if (self->error == NULL)
    return g_steal_pointer (&self);

  g_propagate_error (error, g_steal_pointer (&self->error));
  return NULL;
}

guint32
wsi_script_find_connection (WsiStore     *store,
                            const GArray *numbers)
{
  guint reading = wsi_store_begin_reading (store);
  guint32 found = 0;

  for (guint i = 0; i < numbers->len && found == 0; i++)
    {
      const WsiRecord *record =
        wsi_store_get_record (store, g_array_index (numbers, guint64, i));
      WsiMessageInfo info = { 0 };

      if (record != NULL && script_find_message (store, record, &info))
        found = info.conversation;
    }
  wsi_store_end_reading (store, reading);
  return found;
}

guint
wsi_script_get_n_steps (const WsiScript *self)
{
  return self->steps->len;
}

guint
wsi_script_get_n_hidden (const WsiScript *self)
{
  return self->n_hidden;
}

const WsiScriptStep *
wsi_script_get_step (const WsiScript *self,
                     guint            i)
{
  return &g_array_index (self->steps, WsiScriptStep, i);
}

static int
script_get_port (GUri *uri)
{
  if (g_uri_get_port (uri) != -1)
    return g_uri_get_port (uri);

  return g_str_equal (g_uri_get_scheme (uri), "wss") ? 443 : 80;
}

gboolean
wsi_uri_is_same_origin (const char *one,
                        const char *other)
{
  g_autoptr (GUri) a = one != NULL ? g_uri_parse (one, G_URI_FLAGS_NONE, NULL) : NULL;
  g_autoptr (GUri) b = other != NULL ? g_uri_parse (other, G_URI_FLAGS_NONE, NULL) : NULL;

  return a != NULL && b != NULL && g_uri_get_host (a) != NULL && g_uri_get_host (b) != NULL &&
         g_str_equal (g_uri_get_scheme (a), g_uri_get_scheme (b)) &&
         g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0 &&
         script_get_port (a) == script_get_port (b);
}
