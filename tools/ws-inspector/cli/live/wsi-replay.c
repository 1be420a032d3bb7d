/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-replay.h"

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/files/wsi-file.h"
#include "cli/print/wsi-output.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/files/wsi-recording.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-store.h"

#define MAX_RECORDS (4 * 16384)
#define MAX_MEMORY (40 * 1024 * 1024)
#define MAX_STORED (16 * 1024 * 1024)

struct _WsiReplay
{
  guint32          wanted;      /* number of the connection to replay */
  WsiStore        *store;
  WsiScript       *script;
  WsiConversation *conversation;
  WspHeaders      *headers;     /* headers to send; NULL: the recorded ones are not usable */
  char            *uri;
};

static void
replay_on_appended (WsiReplay *self,
                    guint64    first,
                    guint64    n_records)
{
  for (guint64 i = first; i < first + n_records; i++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, i);

      if (record->conversation == self->wanted && self->conversation == NULL)
        self->conversation = wsi_store_dup_conversation (self->store, self->wanted);
      wsi_script_take (self->script, i, record);
    }
}

/* Parses the recorded request as a dissector parses any request. */
static WspHeaders *
read_request (WsiConversation *conversation)
{
  g_autoptr (GBytes) head = wsi_conversation_dup_request (conversation);
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);

  if (head == NULL)
    return NULL;

  wsp_dissector_push (dissector, WSP_DIRECTION_SENT, head, 0);
  return wsp_dissector_dup_request_headers (dissector);
}

static void
add_advice (GError **error)
{
  g_autofree char *text = g_strconcat ((*error)->message, " (choose another one with --conn)",
                                       NULL);

  g_free ((*error)->message);
  (*error)->message = g_steal_pointer (&text);
}

static void
replay_warn_of_hidden (const WsiReplay *self)
{
  guint n = wsi_script_get_n_hidden (self->script);
  g_autofree char *messages = wsi_output_count (n, "message", 0);
  g_autofree char *text =
    g_strdup_printf ("--replay: values of %s are hidden, and are sent as they are in the file "
                     "(record with --redact=none to keep the values)", messages);

  if (n > 0)
    wsi_output_hint (text);
}

static gboolean
replay_read_file (WsiReplay    *self,
                  GInputStream *stream,
                  const char   *path,
                  GError      **error)
{
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (self->store, WSP_ROLE_CLIENT);
  g_autoptr (WsiRecording) recording = wsi_recording_new (stream, path, recorder, NULL,
                                                          error);

  if (recording == NULL || !wsi_recording_run (recording, error))
    return FALSE;

  if (!wsi_script_end (self->script, error))
    {
      gboolean is_empty = error != NULL &&
                          g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

      g_prefix_error_literal (error, "--replay: ");
      if (is_empty)
        add_advice (error);
      return FALSE;
    }

  self->headers = read_request (self->conversation);
  replay_warn_of_hidden (self);
  return TRUE;
}

WsiReplay *
wsi_replay_new (const WsiOptions *options,
                GError          **error)
{
  const WsiStoreLimits limits = {
    .max_records = MAX_RECORDS, .max_memory = MAX_MEMORY, .max_stored = MAX_STORED,
  };
  g_autoptr (WsiReplay) self = g_new0 (WsiReplay, 1);
  g_autoptr (GInputStream) stream = wsi_file_open (options->replay, error);

  self->wanted = MAX (options->connection, 1);
  self->store = wsi_store_new_with_limits (&limits);
  self->script = wsi_script_new (self->store, self->wanted, WSP_ROLE_CLIENT);
  g_signal_connect_swapped (self->store, "appended", G_CALLBACK (replay_on_appended), self);
  return stream != NULL && replay_read_file (self, stream, options->replay, error)
         ? g_steal_pointer (&self) : NULL;
}

void
wsi_replay_free (WsiReplay *self)
{
  g_signal_handlers_disconnect_by_data (self->store, self);
  wsi_script_free (self->script);
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->headers, wsp_headers_unref);
  g_object_unref (self->store);
  g_free (self->uri);
  g_free (self);
}

/* Asks whether headers may be sent; FALSE without a terminal: only a person can answer. */
static gboolean
ask_user (const WsiReplay *self,
          const char      *recorded)
{
  guint n = wsi_script_get_n_steps (self->script);
  g_autofree char *messages = wsi_output_count (n, "message", 0);
  g_autofree char *text =
    g_strdup_printf ("send %s, recorded with %s, to %s, without the recorded headers? (y/N)",
                     messages, recorded, self->uri);
  char answer[8] = "";

  if (isatty (STDIN_FILENO) != 1)
    return FALSE;

  wsi_output_error (text);
  return fgets (answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

gboolean
wsi_replay_choose_uri (WsiReplay        *self,
                       const WsiOptions *options,
                       const char       *uri,
                       GError          **error)
{
  const char *recorded = wsi_conversation_get_uri (self->conversation);
  const char *chosen = uri != NULL ? uri : recorded;

  if (chosen == NULL || (uri == NULL && wsi_redactor_has_hidden (chosen)))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--replay: the URI was not recorded, or a part of it is hidden: expected "
                           "a URI after the options");
      return FALSE;
    }

  self->uri = g_strdup (chosen);
  if (wsi_uri_is_same_origin (recorded, chosen))
    return TRUE;

  g_clear_pointer (&self->headers, wsp_headers_unref);
  if (options->may_replay_elsewhere || ask_user (self, recorded != NULL ? recorded : "-"))
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--replay: expected the recorded server, %s, received %s (to send the messages, but "
               "not the recorded headers, to another one: --replay-elsewhere)",
               recorded != NULL ? recorded : "which is not known", chosen);
  return FALSE;
}

const WsiScript *
wsi_replay_get_script (const WsiReplay *self)
{
  return self->script;
}

/* Whether the handshake makes a header of this name itself. */
static gboolean
is_made_anew (const char *name)
{
  static const char *const names[] = {
    "Host", "Upgrade", "Connection", "Origin", "Content-Length", "Transfer-Encoding",
    "Proxy-Authorization", "Proxy-Connection",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;

  return g_ascii_strncasecmp (name, "Sec-WebSocket-", strlen ("Sec-WebSocket-")) == 0;
}

static gboolean
replay_has_header (char      **lines,
                   const char *name)
{
  gsize length = strlen (name);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
      return TRUE;

  return FALSE;
}

static void
replay_add_headers (const WsiReplay *self,
                    WsiTarget       *target)
{
  WspHeaders *recorded = self->headers;
  g_auto (GStrv) given = wsi_target_dup_list (target, WSI_TARGET_HEADERS);

  for (guint i = 0; recorded != NULL && i < wsp_headers_get_length (recorded); i++)
    {
      const char *name = wsp_headers_get_name (recorded, i);
      const char *value = wsp_headers_get_value (recorded, i);
      g_autofree char *line = g_strconcat (name, ": ", value, NULL);

      if (!replay_has_header (given, name) && !is_made_anew (name) &&
          !wsi_redactor_has_hidden (value))
        wsi_target_add_item (target, WSI_TARGET_HEADERS, line);
    }
}

/* Sets a field that has nothing to the value of a header that is there once, and not hidden. */
static void
set_from_header (const WsiReplay *self,
                 WsiTarget       *target,
                 WsiTargetField   field,
                 const char      *name)
{
  const char *value = self->headers != NULL ? wsp_headers_get_one (self->headers, name) : NULL;

  if (value != NULL && *wsi_target_get_text (target, field) == '\0' &&
      !wsi_redactor_has_hidden (value))
    wsi_target_set_text (target, field, value);
}

void
wsi_replay_fill (const WsiReplay *self,
                 WsiTarget       *target)
{
  wsi_target_set_text (target, WSI_TARGET_ADDRESS, self->uri);
  replay_add_headers (self, target);
  set_from_header (self, target, WSI_TARGET_SUBPROTOCOLS, "Sec-WebSocket-Protocol");
  set_from_header (self, target, WSI_TARGET_ORIGIN, "Origin");
}
