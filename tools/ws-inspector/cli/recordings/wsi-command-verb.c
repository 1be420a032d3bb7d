/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-recording-verbs.h"

#include "cli/files/wsi-save.h"
#include "cli/recordings/wsi-file-reader.h"
#include "inspect/save/formats/parts/wsi-whole-message.h"
#include "inspect/save/formats/wsi-command.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-store.h"

/* The parts of the command that were found so far. */
typedef struct
{
  const WsiOptions *options;
  WsiStore         *store;
  WsiConversation  *conversation;       /* connection of the command; NULL = not found yet */
  GBytes           *message;            /* message to use; NULL = none is wanted, or found yet */
  WspFrameKind      kind;               /* kind of the message */
  gboolean          is_complete;        /* nothing in the rest of the file belongs to the command */
  GError           *error;              /* why the message cannot be used */
} Sought;

static gboolean
wants_message (const Sought *self)
{
  return self->options->message > 0;
}

static void
command_verb_fail (Sought     *self,
                   const char *problem)
{
  g_set_error (&self->error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--message: frame %" G_GINT64_FORMAT " %s", self->options->message, problem);
}

static gboolean
command_verb_is_of_client (WsiConversation *conversation,
                           const WsiRecord *record)
{
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;

  return (record->direction == WSP_DIRECTION_SENT) == is_client;
}

/* NULL: the client has sent this message. */
static const char *
command_verb_find_problem (Sought          *self,
                           WsiWholeMessage *message,
                           guint64          number)
{
  gint64 wanted = self->options->connection;

  switch (wsi_whole_message_init (message, self->store, number))
    {
    case WSI_WHOLE:
      break;
    case WSI_WHOLE_PART:
      return "is a part of a message, or no frame: expected the last frame of a message";
    case WSI_WHOLE_UNFINISHED:
    case WSI_WHOLE_GONE:
      return "is of a message that is not whole";
    }

  if (!wsi_whole_message_is_data (message))
    return "is a control frame: expected the last frame of a message";

  if (wanted > 0 && message->record.conversation != wanted)
    return "is of another connection than --conn";

  return command_verb_is_of_client (self->conversation, &message->record)
         ? NULL : "is of the server: expected a message that the client has sent";
}

static void
command_verb_take_message (Sought *self,
                           guint64 number)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  WsiWholeMessage message;
  const char *problem;

  self->is_complete = TRUE;
  self->conversation = wsi_store_dup_conversation (self->store, record->conversation);
  problem = self->conversation != NULL ? command_verb_find_problem (self, &message, number)
                                       : "is of no connection";
  if (problem == NULL)
    self->message = wsi_whole_message_dup (&message, self->store);
  if (problem == NULL && (self->message == NULL || g_bytes_get_size (self->message)
                          < wsi_whole_message_get_length (&message)))
    problem = "is of a message of which not all bytes are known";

  if (problem != NULL)
    command_verb_fail (self, problem);
  else
    self->kind = message.opcode == 1 ? WSP_FRAME_KIND_TEXT : WSP_FRAME_KIND_BINARY;
}

static void
command_verb_on_appended (Sought *self,
                          guint64 first,
                          guint64 n_records)
{
  guint64 number = self->options->message - 1;

  if (!self->is_complete && number >= first && number < first + n_records)
    command_verb_take_message (self, number);
}

static void
on_complete (Sought *self)
{
  self->is_complete = TRUE;
}

static void
command_verb_on_conversation (Sought          *self,
                              WsiConversation *conversation)
{
  if (wsi_conversation_get_number (conversation) != self->options->connection)
    return;

  self->conversation = g_object_ref (conversation);
  g_signal_connect_swapped (conversation, "handshake", G_CALLBACK (on_complete), self);
  g_signal_connect_swapped (conversation, "ended", G_CALLBACK (on_complete), self);
}

static gboolean
command_verb_wants_more (gpointer sought)
{
  const Sought *self = sought;

  return !self->is_complete;
}

static void
command_verb_clear (Sought *self)
{
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->message, g_bytes_unref);
  g_clear_error (&self->error);
}

static void
print_notes (const WsiOptions *options,
             WsiRedactor      *redactor,
             char            **notes)
{
  guint64 n_hidden = wsi_redactor_get_n_hidden (redactor);
  g_autofree char *count = wsi_output_count (n_hidden, "value", 0);
  g_autofree char *hidden = g_strdup_printf ("%s %s hidden (print %s with --redact=none)", count,
                                             n_hidden == 1 ? "is" : "are",
                                             n_hidden == 1 ? "it" : "them");
  g_autofree char *unread = wsi_save_dup_unread (redactor);

  if (options->is_quiet)
    return;

  for (guint i = 0; notes[i] != NULL; i++)
    wsi_output_error (notes[i]);
  if (n_hidden > 0)
    wsi_output_error (hidden);
  if (unread != NULL)
    wsi_output_error (unread);
}

static WsiExit
command_verb_print_command (const Sought *self,
                            WsiExit       status)
{
  const WsiOptions *options = self->options;
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new ((WsiRedaction) options->redact);
  g_auto (GStrv) notes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *command = wsi_command_make ((WsiCommandKind) options->program_kind,
                                               self->conversation, self->kind, self->message,
                                               redactor, &notes, &error);

  if (command == NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  wsi_output_line ("%s", command);
  print_notes (options, redactor, notes);
  return status;
}

static WsiExit
command_verb_make_command (Sought        *self,
                           WsiFileReader *reader)
{
  WsiExit status;

  self->store = wsi_file_reader_get_store (reader);
  if (wants_message (self))
    g_signal_connect_swapped (self->store, "appended", G_CALLBACK (command_verb_on_appended), self);
  else
    g_signal_connect_swapped (wsi_file_reader_get_recorder (reader), "conversation",
                              G_CALLBACK (command_verb_on_conversation), self);
  status = wsi_file_reader_run (reader, command_verb_wants_more, self);
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_signal_handlers_disconnect_by_data (wsi_file_reader_get_recorder (reader), self);
  if (self->conversation != NULL && self->error == NULL)
    return command_verb_print_command (self, status);

  if (self->error == NULL && wants_message (self))
    command_verb_fail (self, "is not in the file (read prints the numbers)");
  if (self->error != NULL)
    wsi_output_error (self->error->message);
  return status != WSI_EXIT_CLEAN ? status : WSI_EXIT_USAGE;
}

WsiExit
wsi_command_verb (const WsiOptions  *options,
                  const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFileReader) reader = NULL;
  WsiOptions chosen = *options;
  Sought sought = { .options = &chosen };
  WsiExit status;

  if (!wants_message (&sought))
    chosen.connection = MAX (chosen.connection, 1);
  reader = wsi_file_reader_new (&chosen, NULL, arguments, g_strv_length ((GStrv) arguments),
                                WSI_FILE_READER_FOR_COMMAND, &error);
  if (reader == NULL)
    return wsi_file_reader_fail (error);

  status = command_verb_make_command (&sought, reader);
  command_verb_clear (&sought);
  return status;
}
