/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-input.h"

#include <gio/gunixinputstream.h>
#include <libwsproto/wsproto-unsafe.h>
#include <string.h>
#include <unistd.h>

#include "cli/files/wsi-file.h"
#include "cli/print/wsi-output.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/sources/sending/wsi-close-words.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_FILE (256 * 1024 * 1024)

struct _WsiInput
{
  const WsiOptions *options;
  GPtrArray        *messages;   /* messages to send (WspMessage) */
  GPtrArray        *raw;        /* bytes to send without a frame around them (GBytes) */
  guint             n_messages, n_raw;  /* messages and raw texts that were sent */
  GDataInputStream *lines;      /* lines of standard input; NULL = the options have messages */
  gboolean          is_terminal;
  WspConnection    *connection;
  GCancellable     *cancellable;
  guint             n_pending;  /* reads and sends that have not ended */
  WsiInputEnded     ended;
  WsiInputClose     close;
  gpointer          user_data;
};

static WspMessage *
live_input_make_message (WsiInput *self,
                         GBytes   *bytes,
                         GError  **error)
{
  return self->options->is_binary ? wsp_message_new_binary_bytes (bytes)
                                  : wsp_message_new_text_bytes (bytes, error);
}

/* word: TEXT, @FILE, or @@TEXT for a text that begins with @. */
static WspMessage *
make_message_of_word (WsiInput   *self,
                      const char *word,
                      GError    **error)
{
  gboolean is_file = word[0] == '@' && word[1] != '@';
  const char *text = word[0] == '@' ? word + 1 : word;
  g_autoptr (GBytes) bytes = is_file ? wsi_file_read (text, MAX_FILE, error)
                                     : g_bytes_new (text, strlen (text));

  return bytes != NULL ? live_input_make_message (self, bytes, error) : NULL;
}

static gboolean
live_input_add_messages (WsiInput *self,
                         GError  **error)
{
  GStrv words = self->options->messages, raw = self->options->raw;

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      WspMessage *message = make_message_of_word (self, words[i], error);

      if (message == NULL)
        {
          g_prefix_error_literal (error, "--send: ");
          return FALSE;
        }
      g_ptr_array_add (self->messages, message);
    }

  for (guint i = 0; raw != NULL && raw[i] != NULL; i++)
    {
      GBytes *bytes = wsi_hex_parse (raw[i], error);

      if (bytes == NULL)
        {
          g_prefix_error_literal (error, "--send-raw: ");
          return FALSE;
        }
      g_ptr_array_add (self->raw, bytes);
    }

  return TRUE;
}

/* The texts are valid: the script has checked them.  script may be NULL. */
static void
add_script (WsiInput        *self,
            const WsiScript *script)
{
  for (guint i = 0; script != NULL && i < wsi_script_get_n_steps (script); i++)
    {
      const WsiScriptStep *step = wsi_script_get_step (script, i);

      g_ptr_array_add (self->messages, step->message_type == WSP_MESSAGE_TYPE_BINARY
                                       ? wsp_message_new_binary_bytes (step->payload)
                                       : wsp_message_new_text_bytes (step->payload, NULL));
    }
}

WsiInput *
wsi_input_new (const WsiOptions *options,
               const WsiScript  *first,
               GError          **error)
{
  g_autoptr (WsiInput) self = g_new0 (WsiInput, 1);

  self->options = options;
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_message_unref);
  self->raw = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->cancellable = g_cancellable_new ();
  if (options->raw != NULL && !options->may_send_raw)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--send-raw needs --allow-raw");
      return NULL;
    }

  add_script (self, first);
  if (!live_input_add_messages (self, error))
    return NULL;

  if (self->messages->len == 0 && options->raw == NULL)
    {
      g_autoptr (GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);

      self->lines = g_data_input_stream_new (stream);
      self->is_terminal = isatty (STDIN_FILENO) == 1;
    }
  return g_steal_pointer (&self);
}

void
wsi_input_free (WsiInput *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->n_pending > 0)
    g_main_context_iteration (NULL, TRUE);

  g_clear_object (&self->lines);
  g_clear_object (&self->connection);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->raw);
  g_object_unref (self->cancellable);
  g_free (self);
}

static void
send_next (WsiInput *self);

static void
live_input_on_sent (GObject      *connection,
                    GAsyncResult *result,
                    gpointer      data)
{
  WsiInput *self = data;

  self->n_pending--;
  if (wsp_connection_send_message_finish (WSP_CONNECTION (connection), result, NULL))
    send_next (self);
}

/* The next message is sent when this one was sent. */
static void
live_input_send_message (WsiInput   *self,
                         WspMessage *message)
{
  self->n_pending++;
  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     live_input_on_sent, self);
}

static void
live_input_send_bytes (WsiInput *self,
                       GBytes   *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessage) message = live_input_make_message (self, bytes, &error);

  if (message != NULL)
    {
      live_input_send_message (self, message);
      return;
    }

  wsi_output_error (error->message);
  send_next (self);
}

/* TRUE: the message is being sent, and the next line is read afterwards. */
static gboolean
run_send (WsiInput   *self,
          const char *word,
          GError    **error)
{
  g_autoptr (WspMessage) message = make_message_of_word (self, word, error);

  if (message != NULL)
    live_input_send_message (self, message);
  return message != NULL;
}

static void
run_raw (WsiInput   *self,
         const char *word,
         GError    **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (!self->options->may_send_raw)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "/raw needs --allow-raw");
  else if ((bytes = wsi_hex_parse (word, error)) != NULL)
    wsp_connection_send_raw_unsafe (self->connection, bytes, error);
}

static void
run_close (WsiInput   *self,
           const char *word,
           GError    **error)
{
  guint16 code;
  const char *reason;

  if (wsi_close_words_parse (word[0] != '\0' ? word : self->options->close, &code, &reason, error))
    self->close (code, reason, self->user_data);
}

/* line: a command without its slash. */
static void
run_command (WsiInput   *self,
             const char *line)
{
  gsize length = strcspn (line, " ");
  const char *word = line + length + (line[length] == ' ' ? 1 : 0);
  g_autofree char *command = g_strndup (line, length);
  g_autoptr (GBytes) payload = g_bytes_new (word, strlen (word));
  g_autoptr (GError) error = NULL;

  if (g_str_equal (command, "send"))
    {
      if (run_send (self, word, &error))
        return;
    }
  else if (g_str_equal (command, "ping"))
    wsp_connection_ping_async (self->connection, payload, NULL, NULL, NULL);
  else if (g_str_equal (command, "close"))
    run_close (self, word, &error);
  else if (g_str_equal (command, "raw"))
    run_raw (self, word, &error);
  else
    g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "unknown command /%s: expected /send TEXT|@FILE, /ping [TEXT], /close [CODE[:REASON]] "
                 "or /raw HEX (to send a text that begins with a slash, write //)", command);

  if (error != NULL)
    wsi_output_error (error->message);
  send_next (self);
}

/* Only a person at a terminal gives commands: a file or a program may send any text. */
static void
live_input_take_line (WsiInput *self,
                      GBytes   *line)
{
  gsize length;
  const char *text = wsi_bytes_get_data (line, &length);

  if (!self->is_terminal || length == 0 || text[0] != '/')
    {
      live_input_send_bytes (self, line);
    }
  else if (length > 1 && text[1] == '/')
    {
      g_autoptr (GBytes) rest = g_bytes_new_from_bytes (line, 1, length - 1);

      live_input_send_bytes (self, rest);
    }
  else
    {
      g_autofree char *command = g_strndup (text + 1, length - 1);

      run_command (self, command);
    }
}

static void
on_line (GObject      *lines,
         GAsyncResult *result,
         gpointer      data)
{
  WsiInput *self = data;
  gsize length;
  char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (lines), result, &length,
                                                     NULL);
  g_autoptr (GBytes) bytes = line != NULL ? g_bytes_new_take (line, length) : NULL;

  self->n_pending--;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  if (bytes != NULL)
    live_input_take_line (self, bytes);
  else
    self->ended (self->user_data);
}

static void
send_next (WsiInput *self)
{
  g_autoptr (GError) error = NULL;

  if (self->n_messages < self->messages->len)
    {
      live_input_send_message (self, self->messages->pdata[self->n_messages++]);
      return;
    }

  while (self->n_raw < self->raw->len && error == NULL)
    wsp_connection_send_raw_unsafe (self->connection, self->raw->pdata[self->n_raw++], &error);
  if (error != NULL)
    wsi_output_error (error->message);

  if (self->lines == NULL)
    {
      self->ended (self->user_data);
      return;
    }

  self->n_pending++;
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, self->cancellable, on_line,
                                       self);
}

void
wsi_input_begin (WsiInput      *self,
                 WspConnection *connection,
                 WsiInputEnded  ended,
                 WsiInputClose  close,
                 gpointer       user_data)
{
  self->connection = g_object_ref (connection);
  self->ended = ended;
  self->close = close;
  self->user_data = user_data;
  send_next (self);
}
