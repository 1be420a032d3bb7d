/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-command.h"

#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/save/formats/parts/wsi-code.h"
#include "inspect/save/formats/parts/wsi-shell.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"

/* The names that programs have for the same options.  The value follows without a space: so it is
 * never taken for an option, and websocat takes no word after it for another header.  Long options
 * of curl take the next word, whatever it begins with. */
typedef struct
{
  const char *const *words;     /* first words of the command */
  const char        *header, *protocol, *origin;
  const char        *message;   /* option that names the message; NULL: standard input is read */
  const char        *empty;     /* text after the name of a header without a value */
  gboolean           makes_handshake, splits_protocols;
  gboolean           is_code;
  WsiLanguage        language;
} Program;

static const Program programs[] = {
  [WSI_COMMAND_WSINSPECT] = {
    .words = (const char *const[]) { "wsinspect", "connect", NULL },
    .header = "--header=", .protocol = "--protocol=", .origin = "--origin=", .message = "--send=",
    .empty = ": ", .makes_handshake = TRUE, .splits_protocols = TRUE,
  },
  [WSI_COMMAND_WEBSOCAT] = {
    .words = (const char *const[]) { "websocat", NULL },
    .header = "--header=", .protocol = "--protocol=", .origin = "--origin=",
    .empty = ": ", .makes_handshake = TRUE,
  },
  [WSI_COMMAND_JAVASCRIPT] = {
    .makes_handshake = TRUE, .is_code = TRUE, .language = WSI_LANGUAGE_JAVASCRIPT,
  },
  [WSI_COMMAND_PYTHON] = {
    .makes_handshake = TRUE, .is_code = TRUE, .language = WSI_LANGUAGE_PYTHON,
  },
  [WSI_COMMAND_CURL] = {
    .words = (const char *const[]) {
      "curl", "--include", "--no-buffer", "--http1.1", "--globoff", NULL
    },
    .header = "--header ", .empty = ";",
  },
};

static gboolean
command_is_named (const char *name,
                  const char *expected)
{
  return g_ascii_strcasecmp (name, expected) == 0;
}

/* The characters of a token (RFC 9110 5.6.2); curl would read a file for a name with "@". */
static gboolean
is_token (const char *name)
{
  gsize n = 0;

  while (g_ascii_isalnum (name[n]) || (name[n] != '\0' && strchr ("!#$%&'*+-.^_`|~", name[n])))
    n++;

  return n > 0 && name[n] == '\0';
}

/* Whether the programs make the header themselves. */
static gboolean
command_is_made (const char    *name,
                 const Program *program)
{
  static const char *const always[] = { "Host", "Content-Length", "Sec-WebSocket-Extensions" };
  static const char *const handshake[] = {
    "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
  };

  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    if (command_is_named (name, always[i]))
      return TRUE;

  for (guint i = 0; program->makes_handshake && i < G_N_ELEMENTS (handshake); i++)
    if (command_is_named (name, handshake[i]))
      return TRUE;

  return FALSE;
}

/* Adds an option for each name of the list, or one for all. */
static void
command_add_protocols (WsiShell      *shell,
                       const Program *program,
                       const char    *name,
                       const char    *value)
{
  g_auto (GStrv) protocols = g_strsplit (value, program->splits_protocols ? "," : "\n", -1);

  for (guint i = 0; protocols[i] != NULL; i++)
    if (*g_strstrip (protocols[i]) != '\0')
      wsi_shell_add_value (shell, program->protocol, protocols[i], name);
}

static void
command_add_header (WsiShell      *shell,
                    const Program *program,
                    const char    *name,
                    const char    *value)
{
  g_autofree char *header = g_strconcat (name, *value != '\0' ? ": " : program->empty, value, NULL);

  if (program->protocol != NULL && command_is_named (name, "Sec-WebSocket-Protocol"))
    command_add_protocols (shell, program, name, value);
  else if (program->origin != NULL && command_is_named (name, "Origin"))
    wsi_shell_add_value (shell, program->origin, value, name);
  else
    wsi_shell_add_value (shell, program->header, header, name);
}

/* Adds the headers.  code: NULL for a command line. */
static void
command_add_headers (WsiShell        *shell,
                     WsiCode         *code,
                     const Program   *program,
                     WsiConversation *conversation,
                     WsiRedactor     *redactor)
{
  g_autoptr (GBytes) head = wsi_conversation_dup_request (conversation);
  g_auto (GStrv) lines = head != NULL ? wsi_redactor_split_head (redactor, head) : NULL;

  if (lines == NULL || lines[0] == NULL)
    {
      wsi_shell_add_note (shell, "The request was not recorded: its headers are not here");
      return;
    }

  for (guint i = 1; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');
      const char *value;

      if (colon == NULL)
        continue;

      *colon = '\0';
      value = g_strstrip (colon + 1);
      if (!is_token (lines[i]))
        wsi_shell_add_note (shell, "A header without a valid name is left out");
      else if (!command_is_made (lines[i], program) && code != NULL)
        wsi_code_add_header (code, lines[i], value);
      else if (!command_is_made (lines[i], program))
        command_add_header (shell, program, lines[i], value);
    }
}

/* The URI for a program: curl gets that of HTTP. */
static char *
command_dup_uri (WsiCommandKind   kind,
                 WsiConversation *conversation,
                 WsiRedactor     *redactor,
                 GError         **error)
{
  const char *uri = wsi_conversation_get_uri (conversation);
  g_autofree char *open = uri != NULL ? wsi_redactor_hide_text (redactor, uri) : g_strdup ("");

  if (!g_str_has_prefix (open, "ws://") && !g_str_has_prefix (open, "wss://"))
    {
      g_autofree char *shown = wsi_text_escape_line (open, WSI_CHARSET_UTF8);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "Cannot make a command: expected a URI ws:// or wss://, received \"%s\"", shown);
      return NULL;
    }

  return kind == WSI_COMMAND_CURL ? g_strconcat ("http", open + strlen ("ws"), NULL)
                                  : g_steal_pointer (&open);
}

/* Adds the message: as text in the line, or the line is the program's input.  With "wsinspect", a
 * text that would name a file is input. */
static void
command_add_message (WsiShell      *shell,
                     const Program *program,
                     const char    *text)
{
  g_autoptr (GString) command = NULL;

  if (program->message != NULL && *text != '@')
    {
      wsi_shell_add_value (shell, program->message, text, "Message");
      return;
    }

  command = g_string_new (shell->line->str);
  g_string_truncate (shell->line, 0);
  wsi_shell_add_word (shell, "printf '%s\\n'");
  wsi_shell_add_value (shell, "", text, "Message");
  wsi_shell_add_word (shell, "|");
  wsi_shell_add_word (shell, command->str);
}

static GBytes *
command_hide_message (WsiConversation *conversation,
                      WspFrameKind     message_kind,
                      GBytes          *message,
                      WsiRedactor     *redactor)
{
  const WsiRecord record = { .kind = message_kind };
  WsiMessageForm form = message_kind == WSP_FRAME_KIND_TEXT ? WSI_MESSAGE_TEXT
                                                            : WSI_MESSAGE_BINARY;
  g_autoptr (GBytes) open =
    wsi_redactor_hide_bytes (redactor, form, wsi_conversation_get_subprotocol (conversation),
                             message);

  return wsi_redactor_hide_payload (redactor, &record, open);
}

static void
command_add_payload (WsiShell      *shell,
                     WsiCommandKind kind,
                     WspFrameKind   message_kind,
                     GBytes        *shown)
{
  gsize length;
  const char *at = wsi_bytes_get_data (shown, &length);
  g_autofree char *text = g_strndup (at, length);

  if (kind == WSI_COMMAND_CURL)
    wsi_shell_add_note (shell, "curl sends no messages");
  else if (message_kind != WSP_FRAME_KIND_TEXT || strlen (text) < length)
    wsi_shell_add_note (shell, "A message that is no text is left out (write it to a file, and "
                        "use wsinspect connect --send @FILE --binary)");
  else
    command_add_message (shell, &programs[kind], text);
}

static char *
make_line (WsiCommandKind   kind,
           WsiConversation *conversation,
           WspFrameKind     message_kind,
           GBytes          *message,
           WsiRedactor     *redactor,
           const char      *uri,
           WsiShell        *shell)
{
  for (guint i = 0; programs[kind].words[i] != NULL; i++)
    wsi_shell_add_word (shell, programs[kind].words[i]);
  command_add_headers (shell, NULL, &programs[kind], conversation, redactor);
  wsi_shell_add_value (shell, "", uri, "URI");
  if (message != NULL)
    {
      g_autoptr (GBytes) shown =
        command_hide_message (conversation, message_kind, message, redactor);

      command_add_payload (shell, kind, message_kind, shown);
    }
  return g_string_free (g_steal_pointer (&shell->line), FALSE);
}

static void
note_left_out (WsiShell *shell,
               WsiCode  *code)
{
  g_autofree char *names = NULL;

  if (code->left_out->len == 0)
    return;

  g_ptr_array_add (code->left_out, NULL);
  names = g_strjoinv (", ", (char **) code->left_out->pdata);
  wsi_shell_add_note (shell, "WebSocket of JavaScript sets no headers: left out %s", names);
}

static char *
command_make_code (WsiCommandKind   kind,
                   WsiConversation *conversation,
                   WspFrameKind     message_kind,
                   GBytes          *message,
                   WsiRedactor     *redactor,
                   const char      *uri,
                   WsiShell        *shell)
{
  gboolean is_text = message_kind == WSP_FRAME_KIND_TEXT;
  g_auto (WsiCode) code = { 0 };

  wsi_code_init (&code, programs[kind].language);
  command_add_headers (shell, &code, &programs[kind], conversation, redactor);
  note_left_out (shell, &code);
  if (message != NULL)
    {
      g_autoptr (GBytes) shown =
        command_hide_message (conversation, message_kind, message, redactor);

      wsi_code_set_message (&code, shown, is_text);
    }
  if (is_text && code.is_binary)
    wsi_shell_add_note (shell, "A text that is not UTF-8 is sent as a binary message");
  return wsi_code_print (&code, uri);
}

char *
wsi_command_make (WsiCommandKind   kind,
                  WsiConversation *conversation,
                  WspFrameKind     message_kind,
                  GBytes          *message,
                  WsiRedactor     *redactor,
                  char          ***notes,
                  GError         **error)
{
  g_autofree char *uri = command_dup_uri (kind, conversation, redactor, error);
  g_auto (WsiShell) shell = { 0 };
  char *command;

  if (uri == NULL)
    return NULL;

  wsi_shell_init (&shell);
  command =
    (programs[kind].is_code ? command_make_code : make_line)(kind, conversation, message_kind,
                                                             message, redactor, uri,
                                                             &shell);
  g_ptr_array_add (shell.notes, NULL);
  *notes = (char **) g_ptr_array_free (g_steal_pointer (&shell.notes), FALSE);
  return command;
}
