/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/verbs/wsi-byte-verbs.h"

#include <libwsproto/observe/wsp-frame-header.h>
#include <libwsproto/wsproto.h>

#include "cli/files/wsi-file.h"
#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-printer.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-store.h"

#define MAX_BYTES (256 * 1024 * 1024)
#define BLOCK 65536
static gboolean
decode_is_text (const char *at,
                gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (at[i]) && !g_ascii_isspace (at[i]))
      return FALSE;

  return TRUE;
}

/* Input that is text is read as hexadecimal digits; frames are hardly ever text. */
static GBytes *
decode_read_bytes (GBytes  *input,
                   GError **error)
{
  gsize length;
  const char *at = wsi_bytes_get_data (input, &length);
  g_autofree char *text = NULL;

  if (!decode_is_text (at, length))
    return g_bytes_ref (input);

  text = g_strndup (at, length);
  return wsi_hex_parse (text, error);
}

/* Whether the bytes are a client's: only a client masks its frames. */
static gboolean
decode_is_of_client (const WsiOptions *options,
                     GBytes           *bytes)
{
  g_autoptr (WspFrameHeader) header = wsp_frame_header_parse (bytes, NULL);

  if (options->is_client || options->is_server)
    return options->is_client;

  return header != NULL && header->masked;
}

static WsiConversation *
decode_open_conversation (const WsiOptions *options,
                          WsiRecorder      *recorder)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .source = "decode", .handshake = WSI_HANDSHAKE_MISSING,
    .extensions = options->is_deflate ? "permessage-deflate" : NULL,
  };

  return wsi_recorder_open (recorder, &opening, 0);
}

static void
push_all (WsiRecorder     *recorder,
          WsiConversation *conversation,
          WspDirection     direction,
          GBytes          *bytes)
{
  gsize length = g_bytes_get_size (bytes);

  for (gsize at = 0; at < length; at += BLOCK)
    {
      g_autoptr (GBytes) block = g_bytes_new_from_bytes (bytes, at, MIN (BLOCK, length - at));

      wsi_recorder_push (recorder, conversation, direction, block, 0);
    }
}

/* The record of the incomplete frame at the end of the bytes; NULL: the bytes end with a whole
 * frame. */
static const WsiRecord *
find_cut_frame (WsiStore *store)
{
  guint64 number = wsi_store_get_end (store);
  const WsiRecord *last = number > wsi_store_get_first (store)
                          ? wsi_store_get_record (store, number - 1) : NULL;

  return last != NULL && last->flags & WSI_RECORD_CUT ? last : NULL;
}

static WsiExit
decode_decode (WsiListing *listing,
               GBytes     *bytes)
{
  gsize max_memory = wsi_options_get_max_memory (listing->options, WSI_CLI_MAX_PAYLOAD);
  g_autoptr (WsiStore) store = wsi_store_new (WSI_CLI_MAX_RECORDS, max_memory);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (WsiPrinter) printer = wsi_printer_new (store, recorder, listing, WSI_TIMES_NONE,
                                                    WSI_NUMBERING_NONE);
  WsiConversation *conversation = decode_open_conversation (listing->options, recorder);
  WspDirection direction = decode_is_of_client (listing->options, bytes)
                           ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  gsize length = g_bytes_get_size (bytes);
  const WsiRecord *cut;
  g_autofree char *text = NULL;

  wsi_output_begin_bulk ();
  push_all (recorder, conversation, direction, bytes);
  wsi_recorder_end_direction (recorder, conversation, direction, 0);
  wsi_printer_end (printer);
  cut = find_cut_frame (store);
  if (cut == NULL)
    return WSI_EXIT_CLEAN;

  text = g_strdup_printf ("the bytes from offset %" G_GUINT64_FORMAT " to %zu are no whole frame",
                          cut->offset, length);
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
      bytes = decode_read_bytes (input, &error);
      status = bytes != NULL ? decode_decode (&listing, bytes) : WSI_EXIT_INPUT_DAMAGED;
    }
  if (error != NULL)
    wsi_output_error (error->message);
  wsi_listing_clear (&listing);
  return status;
}
