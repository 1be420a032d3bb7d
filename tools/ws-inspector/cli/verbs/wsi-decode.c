/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/verbs/wsi-byte-verbs.h"

#include <libwsproto/wsproto.h>
#include <string.h>

#include "cli/print/wsi-file.h"
#include "cli/print/wsi-listing.h"
#include "inspect/decode/wsi-hex.h"

#define MAX_BYTES (256 * 1024 * 1024)
#define BLOCK 65536             /* so that the dissector never holds many payloads */
/* The example of RFC 6455 1.3: the frames follow an opening handshake. */
#define REQUEST "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

typedef struct
{
  GBytes *bytes;
  guint64 head_length;          /* of the handshake before the frames */
  guint64 end;                  /* of the last whole frame */
  guint64 n_frames;
} Place;

/* Frames begin with a byte that is not printable. */
static GBytes *
read_bytes (GBytes  *input,
            GError **error)
{
  gsize length;
  const char *at = g_bytes_get_data (input, &length);
  g_autofree char *text = NULL;

  if (length == 0 || !(g_ascii_isprint (at[0]) || g_ascii_isspace (at[0])))
    return g_bytes_ref (input);

  text = g_strndup (at, length);
  return wsi_hex_parse (text, error);
}

/* A client masks, a server does not. */
static gboolean
is_of_client (const WsiOptions *options,
              GBytes           *bytes)
{
  g_autoptr (WspFrameHeader) header = wsp_frame_header_parse (bytes, NULL);

  if (options->is_client || options->is_server)
    return options->is_client;

  return header != NULL && header->masked;
}

/* The payload as it is on the wire. */
static GBytes *
get_wire_payload (const Place          *place,
                  const WspFrameRecord *frame)
{
  return g_bytes_new_from_bytes (place->bytes, frame->offset + frame->header_length,
                                 frame->payload_length);
}

static void
print_frames (WsiListing   *listing,
              WspDissector *dissector,
              Place        *place)
{
  WspFrameRecord *next;

  while ((next = wsp_dissector_next_record (dissector)) != NULL)
    {
      g_autoptr (WspFrameRecord) record = next;
      g_autoptr (GBytes) payload = wsp_dissector_dup_payload (dissector, record);
      g_autoptr (GBytes) wire = NULL;
      WsiFrameView view = { .number = ++place->n_frames, .time_us = -1, .frame = *record,
                            .payload = payload };

      view.frame.offset -= place->head_length;
      place->end = view.frame.offset + view.frame.header_length + view.frame.payload_length;
      if (listing->options->is_masked)
        view.payload = wire = get_wire_payload (place, &view.frame);
      if (wsi_listing_wants (listing, &view.frame))
        wsi_listing_add_frame (listing, &view);
    }
}

static void
push_text (WspDissector *dissector,
           WspDirection  direction,
           const char   *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  wsp_dissector_push (dissector, direction, bytes, 0);
}

/* Returns where the last whole frame ends. */
static guint64
print_all (WsiListing *listing,
           GBytes     *bytes)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT);
  gboolean is_client = is_of_client (listing->options, bytes);
  WspDirection direction = is_client ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  Place place = { bytes, is_client ? strlen (REQUEST) : strlen (RESPONSE), 0, 0 };
  gsize length = g_bytes_get_size (bytes);

  push_text (dissector, WSP_DIRECTION_SENT, REQUEST);
  push_text (dissector, WSP_DIRECTION_RECEIVED, RESPONSE);
  for (gsize at = 0; at < length; at += BLOCK)
    {
      g_autoptr (GBytes) block = g_bytes_new_from_bytes (bytes, at, MIN (BLOCK, length - at));

      wsp_dissector_push (dissector, direction, block, 0);
      print_frames (listing, dissector, &place);
    }

  return place.end;
}

static WsiExit
decode (WsiListing *listing,
        GBytes     *bytes)
{
  gsize length = g_bytes_get_size (bytes);
  guint64 end = print_all (listing, bytes);
  g_autofree char *text = NULL;

  wsi_listing_end (listing);
  if (end == length)
    return WSI_EXIT_CLEAN;

  text = g_strdup_printf ("the bytes from offset %" G_GUINT64_FORMAT " to %zu are no whole frame",
                          end, length);
  wsi_output_error (text);
  return WSI_EXIT_INPUT_DAMAGED;
}

WsiExit
wsi_decode_verb (const WsiOptions  *options,
                 const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) input = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WsiListing listing = { 0 };
  WsiExit status = WSI_EXIT_USAGE;

  if (options->is_client && options->is_server)
    g_set_error_literal (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "expected --client or --server, not both");
  else if (wsi_listing_init (&listing, options, &error))
    input = wsi_file_read (arguments[0], MAX_BYTES, &error);

  if (input != NULL)
    {
      bytes = read_bytes (input, &error);
      status = bytes != NULL ? decode (&listing, bytes) : WSI_EXIT_INPUT_DAMAGED;
    }
  if (error != NULL)
    wsi_output_error (error->message);
  wsi_listing_clear (&listing);
  return status;
}
