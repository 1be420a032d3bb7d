/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-pcapng-exporter.h"

#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/save/formats/parts/wsi-pcapng.h"
#include "inspect/save/formats/wsi-wire-exporter.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/store/wsi-record.h"

#define CLIENT 0
#define SERVER 1
#define N_SIDES 2

#define PORT_HTTP 80
#define PORT_HTTPS 443
#define FIRST_PORT 49152
#define N_PORTS 16384
/* Bytes that are counted without packets; less than half of all sequence numbers. */
#define MAX_JUMP (1024 * 1024 * 1024)
#define MAX_SNAPPED (64 * WSI_PCAPNG_MAX_SEGMENT)
#define UNKNOWN_GAP (1024 * 1024)
#define MADE_UP_KEY "AAAAAAAAAAAAAAAAAAAAAA=="

typedef struct
{
  WsiPcapngPeer peers[N_SIDES];
  guint32       next[N_SIDES];  /* next sequence number of each side */
  gboolean      has_begun;
  GString      *comment;        /* comment on the next packet */
} Stream;

typedef struct
{
  WsiWireExporter wire;
  GByteArray   *blocks;
  GHashTable   *streams;        /* number of a connection to Stream, until it is closed */
  GTree        *taken;          /* streams by their peers (Stream); peers cannot make it slow */
  Stream       *closed;         /* stream that was closed last, for a comment on its end; or NULL */
} WsiPcapngExporter;

static void
stream_free (Stream *self)
{
  g_string_free (self->comment, TRUE);
  g_free (self);
}

/* Finds a stream: only a comment comes after the end of its connection, and at once. */
static Stream *
pcapng_exporter_find (WsiPcapngExporter *self,
                      const WsiWireRow  *row)
{
  Stream *stream = g_hash_table_lookup (self->streams,
                                        GUINT_TO_POINTER (row->record.conversation));

  return stream != NULL ? stream : self->closed;
}

static gint64
pcapng_exporter_get_time (const WsiWireRow *row)
{
  return row->record.time_us;
}

static guint
pcapng_exporter_get_side (const WsiWireRow *row)
{
  gboolean is_client = wsi_conversation_get_role (row->conversation) == WSP_ROLE_CLIENT;

  return is_client == (row->record.direction == WSP_DIRECTION_SENT) ? CLIENT : SERVER;
}

/* Adds a comment, but no more than one packet carries: a connection may have many comments and no
 * next packet. */
static void
add_comment (Stream     *stream,
             const char *text)
{
  if (stream->comment->len > WSI_PCAPNG_MAX_COMMENT)
    return;

  if (stream->comment->len > 0)
    g_string_append (stream->comment, "; ");
  g_string_append_len (stream->comment, text, strnlen (text, WSI_PCAPNG_MAX_COMMENT));
}

static gboolean
pcapng_exporter_flush (WsiPcapngExporter *self,
                       GError           **error)
{
  gboolean is_written = g_output_stream_write_all (self->wire.exporter.stream, self->blocks->data,
                                                   self->blocks->len, NULL, NULL, error);

  g_byte_array_set_size (self->blocks, 0);
  return is_written;
}

/* Writes a packet of so many bytes, of which the first ones are known. */
static gboolean
write_segment (WsiPcapngExporter *self,
               const WsiWireRow  *row,
               guint              side,
               WsiPcapngFlags     flags,
               const guint8      *at,
               gsize              n_known,
               gsize              length,
               GError           **error)
{
  Stream *stream = pcapng_exporter_find (self, row);
  const WsiPcapngSegment segment = {
    .from = &stream->peers[side],
    .to = &stream->peers[!side],
    .sequence = stream->next[side],
    .acknowledgement = (flags & WSI_PCAPNG_ACK) != 0 ? stream->next[!side] : 0,
    .flags = flags,
    .at = at,
    .n_known = n_known,
    .length = length,
    .time_us = pcapng_exporter_get_time (row),
    .comment = stream->comment->len > 0 ? stream->comment->str : NULL,
  };

  wsi_pcapng_append_segment (self->blocks, &segment);
  g_string_truncate (stream->comment, 0);
  stream->next[side] += length + ((flags & (WSI_PCAPNG_SYN | WSI_PCAPNG_FIN)) != 0 ? 1 : 0);
  return pcapng_exporter_flush (self, error);
}

/* Writes bytes.  n_missing: bytes after these that are not known. */
static gboolean
pcapng_exporter_write_bytes (WsiPcapngExporter *self,
                             const WsiWireRow  *row,
                             const guint8      *at,
                             gsize              n_known,
                             guint64            n_missing,
                             GError           **error)
{
  guint side = pcapng_exporter_get_side (row);
  WsiPcapngFlags flags = WSI_PCAPNG_PSH | WSI_PCAPNG_ACK;
  guint64 n_snapped = n_missing <= MAX_SNAPPED ? n_missing : 0;

  while (n_known > 0 || n_snapped > 0)
    {
      gsize n = MIN (n_known, WSI_PCAPNG_MAX_SEGMENT);
      gsize n_more = MIN (n_known > n ? 0 : n_snapped, WSI_PCAPNG_MAX_SEGMENT - n);

      if (!write_segment (self, row, side, flags, at, n, n + n_more, error))
        return FALSE;

      if (n > 0)                /* at is NULL for bytes that are missing */
        at += n;
      n_known -= n;
      n_snapped -= n_more;
      n_missing -= n_more;
    }

  pcapng_exporter_find (self, row)->next[side] += MIN (n_missing, MAX_JUMP);
  return TRUE;
}

static gboolean
write_syn (WsiPcapngExporter *self,
           const WsiWireRow  *row,
           GError           **error)
{
  return write_segment (self, row, CLIENT, WSI_PCAPNG_SYN, NULL, 0, 0, error) &&
         write_segment (self, row, SERVER, WSI_PCAPNG_SYN | WSI_PCAPNG_ACK, NULL, 0, 0, error) &&
         write_segment (self, row, CLIENT, WSI_PCAPNG_ACK, NULL, 0, 0, error);
}

/* Messages without frames are of no use to other programs without a handshake. */
static gboolean
write_made_up_handshake (WsiPcapngExporter *self,
                         const WsiWireRow  *row,
                         GError           **error)
{
  g_autofree char *accept = wsp_accept_key_derive (MADE_UP_KEY, NULL);
  g_autofree char *response =
    g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  static const char request[] =
    "GET / HTTP/1.1\r\nHost: unknown\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: " MADE_UP_KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n";
  WsiPcapngFlags flags = WSI_PCAPNG_PSH | WSI_PCAPNG_ACK;

  add_comment (pcapng_exporter_find (self, row),
               "The handshake was not recorded: this one is made up");
  return write_segment (self, row, CLIENT, flags, (const guint8 *) request, strlen (request),
                        strlen (request), error) &&
         write_segment (self, row, SERVER, flags, (const guint8 *) response, strlen (response),
                        strlen (response), error);
}

/* Begins a stream, before its first byte.  A stream whose beginning is not known has no SYN. */
static gboolean
pcapng_exporter_begin_stream (WsiPcapngExporter *self,
                              const WsiWireRow  *row,
                              GError           **error)
{
  Stream *stream = pcapng_exporter_find (self, row);
  gboolean is_missing =
    wsi_conversation_get_handshake_presence (row->conversation) == WSI_HANDSHAKE_MISSING;
  gboolean is_made_up = is_missing && (row->record.flags & WSI_RECORD_NO_FRAME) != 0;

  if (stream->has_begun)
    return TRUE;

  stream->has_begun = TRUE;
  if (is_missing && !is_made_up)
    return TRUE;

  return write_syn (self, row, error) &&
         (!is_made_up || write_made_up_handshake (self, row, error));
}

static void
make_up_peer (WsiPcapngPeer *peer,
              guint          side,
              GSocketFamily  family,
              guint32        number)
{
  static const guint8 first_bytes[][N_SIDES] = { { 10, 192 }, { 0xfd, 0xfc } };
  gboolean is_ipv4 = family == G_SOCKET_FAMILY_IPV4;
  guint n_address = is_ipv4 ? 4 : 16;

  *peer = (WsiPcapngPeer) {
    .family = family,
    .port = side == SERVER ? PORT_HTTP : FIRST_PORT + number % N_PORTS,
    .address = { first_bytes[is_ipv4 ? 0 : 1][side] },
  };
  for (guint i = 1; i < 4; i++)
    peer->address[n_address - i] = side == SERVER ? (i == 2 ? 2 : i == 1) : number >> 8 * (i - 1);
}

static int
compare_peers (gconstpointer one,
               gconstpointer other)
{
  const Stream *first = one, *second = other;

  return memcmp (first->peers, second->peers, sizeof first->peers);
}

/* Chooses addresses: two streams at a time must not have the same ones, and both sides need one
 * family.  A peer that is not known has none. */
static void
find_peers (WsiPcapngExporter *self,
            Stream            *stream,
            WsiConversation   *conversation)
{
  guint32 number = wsi_conversation_get_number (conversation);
  const char *texts[] = {
    wsi_conversation_get_client (conversation), wsi_conversation_get_server (conversation),
  };
  GSocketFamily family = G_SOCKET_FAMILY_IPV4;

  for (guint side = 0; side < N_SIDES; side++)
    if (wsi_pcapng_peer_parse (&stream->peers[side], texts[side]))
      family = stream->peers[side].family;
  for (guint side = 0; side < N_SIDES; side++)
    if (stream->peers[side].family != family)
      {
        make_up_peer (&stream->peers[side], side, family, number);
        add_comment (stream, side == CLIENT ? "The client's address is not known: it is made up"
                                            : "The server's address is not known: it is made up");
      }

  if (stream->peers[SERVER].port == PORT_HTTPS)
    {
      stream->peers[SERVER].port = PORT_HTTP;
      add_comment (stream, "TLS is removed: the server's port is 443");
    }
  if (g_tree_lookup (self->taken, stream) != NULL)
    make_up_peer (&stream->peers[CLIENT], CLIENT, family, number);
}

static gboolean
pcapng_exporter_write_header (WsiWireExporter *wire,
                              GError         **error)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;

  wsi_pcapng_append_header (self->blocks);
  return pcapng_exporter_flush (self, error);
}

static gboolean
pcapng_exporter_write_open (WsiWireExporter        *wire,
                            const WsiWireRow       *row,
                            GError          **error G_GNUC_UNUSED)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;
  Stream *stream = g_new0 (Stream, 1);

  stream->comment = g_string_new (NULL);
  stream->next[CLIENT] = g_int_hash (&row->record.conversation) * 2654435761u;
  stream->next[SERVER] = ~stream->next[CLIENT];
  find_peers (self, stream, row->conversation);
  if (g_tree_lookup (self->taken, stream) == NULL)
    g_tree_insert (self->taken, stream, stream);
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (row->record.conversation), stream);
  return TRUE;
}

static gboolean
pcapng_exporter_write_head (WsiWireExporter  *wire,
                            const WsiWireRow *row,
                            GBytes           *head,
                            GError          **error)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;
  gsize length;
  const guint8 *at = wsi_bytes_get_data (head, &length);

  return pcapng_exporter_begin_stream (self, row, error) &&
         pcapng_exporter_write_bytes (self, row, at, length, 0, error);
}

static gboolean
pcapng_exporter_write_gap (WsiWireExporter  *wire,
                           const WsiWireRow *row,
                           GError          **error)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;
  Stream *stream = pcapng_exporter_find (self, row);
  guint64 length = row->record.payload_length;

  if (!stream->has_begun && length == 0)
    return TRUE;

  if (length == 0)
    add_comment (stream, "It is not known how many bytes are missing: some were assumed");
  return pcapng_exporter_begin_stream (self, row, error) &&
         pcapng_exporter_write_bytes (self, row, NULL, 0, length == 0 ? UNKNOWN_GAP : length,
                                      error);
}

/* A part of a header may be as long as a shorter header, whose length it does not fit. */
static gboolean
is_header_cut (const WsiRecord *record,
               guint            extended)
{
  guint64 length = record->payload_length;

  return (length == 0 && (record->flags & WSI_RECORD_CUT) != 0) ||
         (length > WSI_MAX_SHORT_LENGTH && extended == 0);
}

/* The header as it was recorded.  0: it was cut; then only its first byte is known for sure. */
static gsize
make_recorded_header (const WsiRecord *record,
                      guint8           header[WSI_MAX_HEADER])
{
  guint extended = wsi_frame_bytes_get_extended (record->byte1);
  guint8 key[WSI_KEY_LENGTH];
  gsize n;

  wsi_frame_bytes_write_key (key, record->masking_key);
  n = wsi_frame_bytes_write_header (header, record->byte0, extended, record->payload_length,
                                    wsi_record_is_masked (record) ? key : NULL);
  return is_header_cut (record, extended) || record->header_length != n ? 0 : n;
}

/* Makes a header up: a client masks with zeros, so that its bytes are readable. */
static gsize
make_up_header (const WsiWireRow *row,
                guint8            header[WSI_MAX_HEADER])
{
  static const guint8 zeros[WSI_KEY_LENGTH] = { 0 };
  const WsiRecord *record = &row->record;
  guint64 length = record->payload_length;

  return wsi_frame_bytes_write_header (header, WSI_FIN | wsi_record_get_opcode (record),
                                       wsi_frame_bytes_choose_extended (length), length,
                                       pcapng_exporter_get_side (row) == CLIENT ? zeros : NULL);
}

/* The payload as on the wire; NULL: it is withheld, or was not kept. */
static GBytes *
dup_wire (WsiPcapngExporter *self,
          const WsiWireRow  *row)
{
  WsiExporter *exporter = &self->wire.exporter;
  const WsiRecord *record = &row->record;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) hidden = NULL;
  guint8 key[WSI_KEY_LENGTH];
  const guint8 *bytes;
  guint8 *masked;
  gsize length;

  if (wsi_wire_exporter_withholds (&self->wire, row))
    return NULL;

  if (row->payload != NULL)
    {
      hidden = g_bytes_ref (row->payload);
    }
  else if (wsi_redactor_hides_payload (exporter->redactor, record))
    {
      plain = wsi_store_dup_payload (exporter->store, row->number, WSI_VIEW_UNMASKED, G_MAXSIZE);
      hidden = wsi_redactor_hide_payload (exporter->redactor, record, plain);
    }
  else
    {
      return wsi_store_dup_payload (exporter->store, row->number, WSI_VIEW_WIRE, G_MAXSIZE);
    }
  if (hidden == NULL)
    return NULL;

  bytes = wsi_bytes_get_data (hidden, &length);
  masked = g_malloc (length);
  wsi_frame_bytes_write_key (key, record->masking_key);         /* the key is zero without a mask */
  wsi_frame_bytes_mask (masked, bytes, length, key);
  return g_bytes_new_take (masked, length);
}

static gboolean
write_payload (WsiPcapngExporter *self,
               const WsiWireRow  *row,
               const guint8      *header,
               gsize              n_header,
               guint64            n_missing,
               GError           **error)
{
  g_autoptr (GBytes) wire = dup_wire (self, row);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize n_wire = wire != NULL ? g_bytes_get_size (wire) : 0;
  guint64 length = row->record.payload_length;

  if (n_wire + n_missing < length)
    add_comment (pcapng_exporter_find (self, row), "Payload is withheld, or was not kept");
  if (n_header > 0)
    g_byte_array_append (bytes, header, n_header);
  if (n_wire > 0)
    g_byte_array_append (bytes, wsi_bytes_get_data (wire, NULL), n_wire);
  return pcapng_exporter_write_bytes (self, row, bytes->data, bytes->len,
                                      length - n_missing - n_wire, error);
}

static gboolean
pcapng_exporter_write_frame (WsiWireExporter  *wire,
                             const WsiWireRow *row,
                             GError          **error)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;
  const WsiRecord *record = &row->record;
  guint8 header[WSI_MAX_HEADER];
  gsize n_header;

  if (!pcapng_exporter_begin_stream (self, row, error))
    return FALSE;

  if ((record->flags & WSI_RECORD_NO_FRAME) != 0)
    {
      add_comment (pcapng_exporter_find (self, row),
                   "A message without frames: this one is made up");
      return write_payload (self, row, header, make_up_header (row, header), 0, error);
    }
  if (!wsi_record_is_frame (record))
    return write_payload (self, row, header, 0, wsi_wire_row_count_missing (row), error);

  n_header = make_recorded_header (record, header);
  if (n_header == 0)
    return pcapng_exporter_write_bytes (self, row, &record->byte0, 1,
                                        MAX (record->header_length, 1) - 1, error);

  return write_payload (self, row, header, n_header, wsi_wire_row_count_missing (row), error);
}

/* The text of a conversation's beginning is its URI, and other events are of the inspector. */
static gboolean
pcapng_exporter_write_event (WsiWireExporter        *wire,
                             const WsiWireRow       *row,
                             const char             *text,
                             GError          **error G_GNUC_UNUSED)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;

  if (row->conversation != NULL && text != NULL && row->record.event != WSI_EVENT_OPENED)
    add_comment (pcapng_exporter_find (self, row), text);
  return TRUE;
}

/* Writes a comment on the row before: the next packet of the connection carries it, after its end
 * one more. */
static gboolean
pcapng_exporter_write_comment (WsiWireExporter  *wire,
                               const WsiWireRow *row,
                               const char       *text,
                               GError          **error)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;
  Stream *stream = row->conversation != NULL ? pcapng_exporter_find (self, row) : NULL;
  gboolean is_reset = row->conversation != NULL && wsi_conversation_get_ending (row->conversation)
                      == WSI_ENDING_ABNORMAL;

  if (stream == NULL)
    return TRUE;

  add_comment (stream, text);
  return stream != self->closed ||
         write_segment (self, row, CLIENT, WSI_PCAPNG_ACK | (is_reset ? WSI_PCAPNG_RST : 0), NULL,
                        0, 0, error);
}

static void
close_stream (WsiPcapngExporter *self,
              const WsiWireRow  *row)
{
  Stream *stream = pcapng_exporter_find (self, row);

  if (g_tree_lookup (self->taken, stream) == stream)
    g_tree_remove (self->taken, stream);
  g_hash_table_steal (self->streams, GUINT_TO_POINTER (row->record.conversation));
  g_clear_pointer (&self->closed, stream_free);
  self->closed = stream;
}

/* Ends a stream; an end that is not known is not made up. */
static gboolean
pcapng_exporter_write_close (WsiWireExporter  *wire,
                             const WsiWireRow *row,
                             const char       *text,
                             GError          **error)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;
  WsiEnding ending = wsi_conversation_get_ending (row->conversation);
  WsiPcapngFlags fin = WSI_PCAPNG_FIN | WSI_PCAPNG_ACK, reset = WSI_PCAPNG_RST | WSI_PCAPNG_ACK;
  gboolean is_written = TRUE;

  if (text != NULL)
    add_comment (pcapng_exporter_find (self, row), text);
  if (ending == WSI_ENDING_CLEAN)
    is_written = write_segment (self, row, CLIENT, fin, NULL, 0, 0, error) &&
                 write_segment (self, row, SERVER, fin, NULL, 0, 0, error);
  else if (ending == WSI_ENDING_ABNORMAL)
    is_written = write_segment (self, row, CLIENT, reset, NULL, 0, 0, error);
  close_stream (self, row);
  return is_written;
}

static void
pcapng_exporter_clear (WsiWireExporter *wire)
{
  WsiPcapngExporter *self = (WsiPcapngExporter *) wire;

  g_clear_pointer (&self->closed, stream_free);
  g_byte_array_unref (self->blocks);
  g_tree_unref (self->taken);
  g_hash_table_unref (self->streams);
}

WsiExporter *
wsi_pcapng_exporter_new (WsiStore      *store,
                         WsiRedactor   *redactor,
                         GOutputStream *stream)
{
  static const WsiWireClass class = {
    pcapng_exporter_write_header, pcapng_exporter_write_open, pcapng_exporter_write_head,
    pcapng_exporter_write_gap, pcapng_exporter_write_frame, pcapng_exporter_write_event,
    pcapng_exporter_write_close,
    pcapng_exporter_write_comment, NULL, NULL, pcapng_exporter_clear,
  };
  WsiPcapngExporter *self = wsi_wire_exporter_alloc (sizeof *self, &class, store, redactor, stream);

  self->blocks = g_byte_array_new ();
  self->taken = g_tree_new (compare_peers);
  self->streams = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) stream_free);
  return &self->wire.exporter;
}
