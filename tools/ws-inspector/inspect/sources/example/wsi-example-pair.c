/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/example/wsi-example-pair.h"

#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

#define COMPRESSED_TEXT (0xc1 << 1)     /* FIN, RSV1 and the opcode, as send_raw () takes them */
#define TAIL_LENGTH 4           /* bytes at the end of a block of deflate that are not sent (RFC
                                 * 7692 7.2.1) */
#define MAX_ACTIONS 1000        /* actions of one call: far more than a frame needs */

struct _WsiExamplePair
{
  WspSession      *sessions[2]; /* sessions by role */
  WspSessionAction reads[2];    /* read that each session waits for */
  gboolean         is_reading[2];
  WsiExampleFunc   function;
  gpointer         user_data;
};

WsiExamplePair *
wsi_example_pair_new (WsiExampleFunc function,
                      gpointer       user_data)
{
  WsiExamplePair *self = g_new0 (WsiExamplePair, 1);

  self->sessions[WSP_ROLE_CLIENT] = wsp_session_new (WSP_ROLE_CLIENT);
  self->sessions[WSP_ROLE_SERVER] = wsp_session_new (WSP_ROLE_SERVER);
  self->function = function;
  self->user_data = user_data;
  return self;
}

void
wsi_example_pair_free (WsiExamplePair *self)
{
  g_object_unref (self->sessions[WSP_ROLE_CLIENT]);
  g_object_unref (self->sessions[WSP_ROLE_SERVER]);
  g_free (self);
}

/* The head is handed on as bytes, and returned as the other side parses it. */
static WspHeaders *
hand_on_head (WsiExamplePair *self,
              WspRole         sender,
              WspHeaders     *headers,
              const char     *line,
              GError        **error)
{
  g_autoptr (GBytes) head = wsp_headers_write (headers, line, error);
  g_autoptr (GBytes) fields = NULL;
  gsize begin = strlen (line) + strlen ("\r\n");

  if (head == NULL)
    return NULL;

  self->function (sender, head, self->user_data);
  fields = g_bytes_new_from_bytes (head, begin, g_bytes_get_size (head) - begin);
  return wsp_headers_parse (fields, error);
}

gboolean
wsi_example_pair_open (WsiExamplePair *self,
                       const char     *uri,
                       GError        **error)
{
  static const char *const extensions[] = { "permessage-deflate", NULL };
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, error);
  g_autoptr (WspHeaders) own = wsp_headers_new (), offer = NULL, request = NULL;
  g_autoptr (WspHeaders) choice = NULL, response = NULL;
  g_autofree char *line = NULL;

  if (parsed == NULL || !wsp_headers_append (own, "Host", g_uri_get_host (parsed), error))
    return FALSE;

  line = g_strdup_printf ("GET %s HTTP/1.1", g_uri_get_path (parsed));
  offer = wsp_session_begin_client_handshake (self->sessions[WSP_ROLE_CLIENT], NULL, extensions,
                                              own, error);
  if (offer == NULL ||
      (request = hand_on_head (self, WSP_ROLE_CLIENT, offer, line, error)) == NULL)
    return FALSE;

  choice = wsp_session_begin_server_handshake (self->sessions[WSP_ROLE_SERVER], NULL, extensions,
                                               request, error);
  if (choice == NULL ||
      (response = hand_on_head (self, WSP_ROLE_SERVER, choice,
                                "HTTP/1.1 101 Switching Protocols", error)) == NULL)
    return FALSE;

  return wsp_session_end_client_handshake (self->sessions[WSP_ROLE_CLIENT], response, error);
}

/* Performs an action; a Receive is queued whenever there is none.  FALSE: there is nothing more to
 * do now. */
static gboolean
example_pair_perform (WsiExamplePair *self,
                      WspRole         role,
                      WspActionQueue  queue,
                      GByteArray     *sent)
{
  WspSession *session = self->sessions[role];
  WspSessionAction action = WSP_SESSION_ACTION_INIT;
  g_autoptr (GBytes) bytes = NULL;

  if (!wsp_session_get_action (session, queue, &action, NULL))
    return FALSE;

  switch (wsp_session_action_get_action_type (&action))
    {
    case WSP_ACTION_TYPE_NONE:
      return queue == WSP_ACTION_QUEUE_ALL && !self->is_reading[role] &&
             wsp_session_receive (session, NULL) != 0;
    case WSP_ACTION_TYPE_SEND_TO_NETWORK:
      bytes = wsp_session_action_dup_bytes (&action);
      g_byte_array_append (sent, wsi_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      wsp_session_complete_action (session, &action, g_bytes_get_size (bytes));
      return TRUE;
    case WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK:
      self->reads[role] = action;
      self->is_reading[role] = TRUE;
      return TRUE;
    case WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE:
    case WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE:
      wsp_session_complete_action (session, &action, 0);
      return TRUE;
    }

  g_assert_not_reached ();
}

/* Performs all actions; after a fault a Close still waits in the queue of Sends. */
static void
perform_all (WsiExamplePair *self,
             WspRole         role,
             GByteArray     *sent)
{
  static const WspActionQueue queues[] = { WSP_ACTION_QUEUE_ALL, WSP_ACTION_QUEUE_SEND };

  for (guint i = 0; i < G_N_ELEMENTS (queues); i++)
    for (guint n = 0; n < MAX_ACTIONS && example_pair_perform (self, role, queues[i], sent); n++)
      continue;
}

/* Gives bytes to the other side, which does not look at them yet. */
void
wsi_example_pair_inject (WsiExamplePair *self,
                         WspRole         sender,
                         GBytes         *bytes)
{
  self->function (sender, bytes, self->user_data);
  if (!self->is_reading[!sender])
    return;

  self->is_reading[!sender] = FALSE;
  wsp_session_complete_receive (self->sessions[!sender], &self->reads[!sender], bytes);
}

/* Sends everything that a session has to send, as one piece. */
static gboolean
send_all (WsiExamplePair *self,
          WspRole         sender)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  perform_all (self, sender, sent);
  if (sent->len == 0)
    return FALSE;

  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&sent));
  wsi_example_pair_inject (self, sender, bytes);
  return TRUE;
}

gboolean
wsi_example_pair_answer (WsiExamplePair *self,
                         WspRole         sender)
{
  return send_all (self, sender);
}

gboolean
wsi_example_pair_send (WsiExamplePair *self,
                       WspRole         sender,
                       WspBufferType   type,
                       GBytes         *payload,
                       GError        **error)
{
  WspSession *session = self->sessions[sender];
  g_autofree char *reason = NULL;
  guint operation;

  if (type == WSP_BUFFER_TYPE_CLOSE)
    {
      reason = g_strndup (wsi_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
      operation = wsp_session_send_close (session, WSP_CLOSE_CODE_NORMAL, reason, error);
    }
  else
    operation = wsp_session_send (session, type, payload, error);

  if (operation == 0)
    return FALSE;

  send_all (self, sender);
  return TRUE;
}

/* Compresses a text.  NULL: an error. */
static GBytes *
example_pair_deflate (GBytes  *text,
                      GError **error)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1);
  gsize length, n_read, n_written, max_length;
  gconstpointer at = wsi_bytes_get_data (text, &length);
  g_autofree guint8 *compressed = NULL;

  max_length = 2 * length + 64;
  compressed = g_malloc (max_length);
  if (g_converter_convert (G_CONVERTER (compressor), at, length, compressed, max_length,
                           G_CONVERTER_FLUSH, &n_read, &n_written, error) == G_CONVERTER_ERROR)
    return NULL;

  g_assert (n_read == length && n_written >= TAIL_LENGTH);
  return g_bytes_new (compressed, n_written - TAIL_LENGTH);
}

gboolean
wsi_example_pair_send_compressed (WsiExamplePair *self,
                                  WspRole         sender,
                                  GBytes         *text,
                                  GError        **error)
{
  g_autoptr (GBytes) compressed = example_pair_deflate (text, error);

  if (compressed == NULL ||
      wsp_session_send_raw (self->sessions[sender], COMPRESSED_TEXT, compressed, error) == 0)
    return FALSE;

  send_all (self, sender);
  return TRUE;
}
