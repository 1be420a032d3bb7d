/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends facts about a connection to the inspectors that are attached to the program. */
#include "connection/wsp-connection-private.h"

#include "attach/wsp-attach-private.h"
#include "connection/link/wsp-tap-list-private.h"
#include "core/frames/compression.h"
#include "core/frames/inflation.h"
#include "core/limits.h"
#include "core/stream/stream-place.h"
#include "handshake/wsp-handshake-private.h"
#include "handshake/wsp-kept-handshake-private.h"
#include "session/wsp-session-lend-private.h"

static char *
dup_tls_text (WspConnection *self)
{
  g_auto (WspTransportTls) tls;
  g_autofree char *version = NULL;

  wsp_connection_describe_tls (self, &tls);
  if (tls.version == G_TLS_PROTOCOL_VERSION_UNKNOWN)
    return NULL;

  version = tls.version == G_TLS_PROTOCOL_VERSION_TLS_1_3 ? g_strdup ("TLS 1.3")
            : tls.version == G_TLS_PROTOCOL_VERSION_TLS_1_2 ? g_strdup ("TLS 1.2")
            : g_strdup ("TLS");
  return tls.ciphersuite != NULL ? g_strdup_printf ("%s, %s", version, tls.ciphersuite)
                                 : g_steal_pointer (&version);
}

static void
tell_opened (WspConnection *self)
{
  WspSession *session = wsp_connection_peek_session (self);
  g_autoptr (GSocketAddress) local = wsp_connection_dup_local_address (self);
  g_autoptr (GSocketAddress) remote = wsp_connection_dup_remote_address (self);
  g_autofree char *tls = dup_tls_text (self);
  const char * const *list = wsp_session_get_extensions (session);
  g_autofree char *extensions = list != NULL ? g_strjoinv (", ", (GStrv) list) : NULL;

  wsp_attach_tell_opened (G_OBJECT (self), &(WspAttachOpened) {
    .role = wsp_session_peek_role (session), .uri = wsp_connection_peek_details (self)->origin.uri,
    .local = local, .remote = remote, .extensions = extensions, .tls = tls,
  });
}

/* The handshake that the connection has, or one that is made of what it keeps.  (transfer full);
 * NULL: there is none. */
static WspHandshake *
dup_handshake (WspConnection *self)
{
  WspHandshake *handshake;

  if (self->link.handshake_form == WSP_HANDSHAKE_FORM_UNASKED)
    return g_object_ref (self->handshake);

  if (self->link.handshake_form == WSP_HANDSHAKE_FORM_KEPT)
    return wsp_kept_handshake_make (self->kept_handshake, wsp_connection_peek_session (self),
                                    wsp_connection_peek_details (self)->origin.uri);

  handshake = wsp_connection_ensure_handshake (self);
  return handshake != NULL ? g_object_ref (handshake) : NULL;
}

static void
tell_heads (WspConnection *self)
{
  g_autoptr (WspHandshake) handshake = dup_handshake (self);

  if (handshake == NULL)
    return;

  g_autoptr (GBytes) request = wsp_handshake_dup_head (handshake);
  g_autoptr (GBytes) response = wsp_handshake_dup_accepting_head (handshake);

  if (request != NULL && response != NULL)
    wsp_attach_tell_heads (G_OBJECT (self), request, response);
}

static guint8
get_place_flags (const WscPlace *place)
{
  return (place->left > 0 ? WSP_ATTACH_IN_FRAME : 0) |
         (place->is_inside_message ? WSP_ATTACH_IN_MESSAGE : 0) |
         (place->is_compressed ? WSP_ATTACH_COMPRESSED : 0);
}

/* Messages that are compressed from now on refer to none that the inspector has not seen. */
static void
tell_sent_position (WspConnection *self)
{
  WspLink *link = &self->link;
  const gsize n_unsent = wsp_output_get_unsent (&self->output, link);
  WscPlace place;

  if (link->stream->compression != NULL)
    wsc_compression_begin_anew (link->stream->compression);
  wsc_stream_get_sent_place (link->stream, self->output.queue.first != NULL ? WSC_BACKLOG_WAITING
                                                                           : WSC_BACKLOG_EMPTY,
                             &place);
  wsp_attach_tell_position (G_OBJECT (self), &(WspAttachPosition) {
    .direction = WSP_DIRECTION_SENT, .passed = link->counters.bytes_sent,
    .n_unsent = n_unsent, .place = get_place_flags (&place), .first = place.first,
    .opcode = place.opcode, .left = place.left, .key = place.key,
  });
}

static void
connection_attach_count_unread (void    *n,
                                WscBytes bytes)
{
  *(gsize *) n += bytes.length;
}

static void
tell_unread (void    *self,
             WscBytes bytes)
{
  wsp_attach_tell_bytes (self, WSP_DIRECTION_RECEIVED, bytes.at, bytes.length, g_get_real_time ());
}

/* The window is known between messages: inside a compressed one the position has to wait. */
static void
tell_received_position (GObject *connection)
{
  WspLink *link = &WSP_CONNECTION (connection)->link;
  const WscCompression *compression = link->stream->compression;
  WspAttachPosition position = { .direction = WSP_DIRECTION_RECEIVED };
  g_autofree guint8 *window = NULL;
  WscPlace place;

  wsc_stream_get_received_place (link->stream, &place);
  if (place.is_compressed)
    {
      wsp_attach_put_off_position (connection);
      return;
    }

  if (compression != NULL)
    {
      window = g_malloc (WSC_MAX_WINDOW_LENGTH);
      position.window = window;
      position.window_length = wsc_inflation_copy_window (&compression->inflation, window);
    }
  wsc_stream_visit_unread (link->stream, connection_attach_count_unread, &position.n_unread);
  position.passed = MAX (link->counters.bytes_received, position.n_unread);
  position.place = get_place_flags (&place);
  position.first = place.first;
  position.opcode = place.opcode;
  position.left = place.left;
  position.key = place.key;
  wsp_attach_tell_position (connection, &position);
  wsc_stream_visit_unread (link->stream, tell_unread, connection);
}

static void
show_end (GObject *connection)
{
  WspCloseInfo *info = wsp_connection_peek_close_info (WSP_CONNECTION (connection));

  if (info == NULL)
    return;

  g_autofree char *text = wsp_close_info_to_string (info);

  wsp_attach_tell_closed (connection, wsp_close_info_is_clean (info), text);
}

static void
add_tap (WspConnection *self)
{
  WspTap *tap = wsp_attach_peek_tap ();

  wsp_connection_drop_tap (self, tap);
  wsp_connection_insert_tap (self, tap);
}

static void
show_new (GObject *connection)
{
  tell_opened (WSP_CONNECTION (connection));
  add_tap (WSP_CONNECTION (connection));
}

/* A tap that runs a main loop is in the middle of bytes of which only a part was sent to
 * inspectors. */
static gboolean
connection_attach_show (GObject *connection)
{
  WspConnection *self = WSP_CONNECTION (connection);

  if (self->link.transport == NULL)
    return TRUE;

  if (self->link.taps != NULL && wsp_tap_list_is_notifying (self->link.taps))
    return FALSE;

  tell_opened (self);
  tell_heads (self);
  tell_sent_position (self);
  tell_received_position (connection);
  show_end (connection);
  add_tap (self);
  return TRUE;
}

static void
remove_tap (GObject *connection)
{
  wsp_connection_drop_tap (WSP_CONNECTION (connection), wsp_attach_peek_tap ());
}

static const WspAttachFuncs funcs = {
  .show = connection_attach_show,
  .show_new = show_new,
  .show_position = tell_received_position,
  .show_end = show_end,
  .remove_tap = remove_tap,
};

void
wsp_connection_attach (WspConnection *self)
{
  wsp_attach_add (G_OBJECT (self), self->number, self->link.reactor, &funcs);
}
