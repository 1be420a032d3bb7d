/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-draft-row.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/compose/wsi-variables.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

#define MAX_LENGTH (WSI_DRAFT_MAX_TEXT + 1)
#define FRAGMENTS_AT_ONCE 64

/* The payload of a row.  NULL: not all of it is known. */
static GBytes *
dup_payload (WsiRow          *row,
             const WsiRecord *record)
{
  WsiStore *store = wsi_row_get_store (row);
  WsiMessageInfo info = { 0 };

  if (wsi_record_is_control (record))
    return wsi_row_dup_payload (row, MAX_LENGTH);

  wsi_store_get_message (store, record->message, &info);
  return info.is_complete && !info.is_cut
         ? wsi_store_dup_message (store, record->message, MAX_LENGTH) : NULL;
}

/* The lengths of a message's frames.  NULL: the frames are not known. */
static GArray *
find_lengths (WsiStore             *store,
              const WsiMessageInfo *info)
{
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint reading = wsi_store_begin_reading (store);
  guint64 fragments[FRAGMENTS_AT_ONCE], from = info->first;
  guint n;

  while ((n = wsi_store_get_fragments (store, info, from, fragments, FRAGMENTS_AT_ONCE)) > 0)
    {
      for (guint i = 0; i < n; i++)
        {
          const WsiRecord *record = wsi_store_get_record (store, fragments[i]);
          guint64 length = record != NULL ? wsi_record_get_length (record) : 0;

          if (record != NULL && wsi_record_is_frame (record))
            g_array_append_val (lengths, length);
        }
      from = fragments[n - 1] + 1;
    }
  wsi_store_end_reading (store, reading);
  return lengths->len == info->n_frames ? g_steal_pointer (&lengths) : NULL;
}

/* Whether each frame has the length of the first, and the last one not more. */
static gboolean
is_even (const GArray *lengths)
{
  guint64 first = g_array_index (lengths, guint64, 0);

  for (guint i = 1; i + 1 < lengths->len; i++)
    if (g_array_index (lengths, guint64, i) != first)
      return FALSE;
  return g_array_index (lengths, guint64, lengths->len - 1) <= first;
}

/* n: lengths that a draft is to name.  The rest of a message has no frame if it is empty. */
static WsiDraftLoss
draft_row_find_loss (const GArray *lengths,
                     guint         n)
{
  if (g_array_index (lengths, guint64, lengths->len - 1) == 0)
    return WSI_DRAFT_FRAME_EMPTY;
  if (n > WSI_DRAFT_MAX_FRAGMENTS)
    return WSI_DRAFT_FRAMES_TOO_MANY;

  for (guint i = 0; i < n; i++)
    {
      guint64 length = g_array_index (lengths, guint64, i);

      if (length == 0 || length > WSI_MAX_FRAGMENT)
        return length == 0 ? WSI_DRAFT_FRAME_EMPTY : WSI_DRAFT_FRAME_TOO_LONG;
    }
  return WSI_DRAFT_HAS_ALL;
}

/* Prints lengths as WsiDraft has them.  The length of the last frame is not needed, but one number
 * alone would be that of all frames. */
static WsiDraftLoss
print_lengths (const GArray *lengths,
               GString      *text)
{
  guint n = is_even (lengths) ? 1 : MAX (lengths->len - 1, 2);
  WsiDraftLoss loss = draft_row_find_loss (lengths, n);

  for (guint i = 0; loss == WSI_DRAFT_HAS_ALL && i < n; i++)
    g_string_append_printf (text, "%s%" PRIu64, i > 0 ? ", " : "",
                            g_array_index (lengths, guint64, i));
  return loss;
}

static WsiDraftLoss
take_fragments (WsiDraft        *draft,
                WsiStore        *store,
                const WsiRecord *record)
{
  WsiMessageInfo info = { 0 };
  g_autoptr (GArray) lengths = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WsiDraftLoss loss;

  if (!wsi_store_get_message (store, record->message, &info) || info.n_frames < 2)
    return WSI_DRAFT_HAS_ALL;

  lengths = find_lengths (store, &info);
  loss = lengths != NULL ? print_lengths (lengths, text) : WSI_DRAFT_FRAMES_UNKNOWN;
  g_free (draft->fragments);
  draft->fragments = g_string_free (g_steal_pointer (&text), FALSE);
  return loss;
}

static WsiDraft *
draft_row_make_message (WsiStore        *store,
                        const WsiRecord *record,
                        GBytes          *payload,
                        WsiDraftLoss    *loss,
                        GError         **error)
{
  WsiDraft *draft = wsi_draft_new_of_payload (record->message_opcode == WSI_OPCODE_TEXT
                                              ? WSP_MESSAGE_TYPE_TEXT : WSP_MESSAGE_TYPE_BINARY,
                                              payload, error);

  if (draft == NULL)
    return NULL;

  draft->compression = (record->flags & WSI_RECORD_COMPRESSED) != 0 ? WSI_COMPRESSION_NEGOTIATED
                                                                    : WSI_COMPRESSION_NONE;
  *loss = take_fragments (draft, store, record);
  return draft;
}

/* Whether the payload is a readable text: pings often have numbers, which are seen in hex only. */
static gboolean
is_readable (GBytes *payload)
{
  gsize length;
  const char *at = wsi_bytes_get_data (payload, &length);

  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (at[i]))
      return FALSE;
  return TRUE;
}

static WsiDraft *
draft_row_make_ping (GBytes      *payload,
                     WsiDraftKind kind,
                     GError     **error)
{
  WsiDraft *draft = wsi_draft_new_of_payload (is_readable (payload) ? WSP_MESSAGE_TYPE_TEXT
                                                                    : WSP_MESSAGE_TYPE_BINARY,
                                              payload, error);

  if (draft != NULL)
    draft->kind = kind;
  return draft;
}

/* Makes the draft of a Close: an empty one has an empty text; the code of another may be one that
 * cannot be sent. */
static WsiDraft *
draft_row_make_close (GBytes  *payload,
                      GError **error)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (payload, &length);
  g_autofree char *words = NULL, *escaped = NULL;
  WsiDraft *draft;

  if (length == 1 || (length > 2 && !g_utf8_validate ((const char *) at + 2, length - 2, NULL)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("Cannot compose this Close: expected a code and a reason of UTF-8 "
                             "(send a raw frame)"));
      return NULL;
    }

  if (length > 0)
    words = g_strdup_printf ("%u%s%.*s", at[0] << 8 | at[1], length > 2 ? ":" : "",
                             (int) (length - 2), (const char *) at + 2);
  escaped = wsi_variables_escape (words != NULL ? words : "");
  draft = wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, escaped);
  draft->kind = WSI_DRAFT_CLOSE;
  return draft;
}

WsiDraft *
wsi_draft_new_of_row (WsiRow       *row,
                      WsiDraftLoss *loss,
                      GError      **error)
{
  const WsiRecord *record = wsi_row_get_record (row);
  g_autoptr (GBytes) payload = wsi_record_is_frame (record) ? dup_payload (row, record) : NULL;

  if (payload == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("Cannot compose row %" PRIu64 ": expected a whole message, received no "
                     "payload or a part of one"), wsi_row_get_number (row) + 1);
      return NULL;
    }

  *loss = WSI_DRAFT_HAS_ALL;
  switch (record->kind)
    {
    case WSP_FRAME_KIND_PING:
      return draft_row_make_ping (payload, WSI_DRAFT_PING, error);
    case WSP_FRAME_KIND_CLOSE:
      return draft_row_make_close (payload, error);
    case WSP_FRAME_KIND_PONG:
      *loss = WSI_DRAFT_PONG;
      return draft_row_make_ping (payload, WSI_DRAFT_MESSAGE, error);
    default:
      return draft_row_make_message (wsi_row_get_store (row), record, payload, loss, error);
    }
}

const char *
wsi_draft_loss_get_sentence (WsiDraftLoss loss)
{
  static const char *const sentences[] = {
    [WSI_DRAFT_FRAMES_UNKNOWN] =
      N_("The frames of the message are no longer known: it is prepared as one frame."),
    [WSI_DRAFT_FRAME_EMPTY] =
      N_("An empty frame of the message cannot be repeated: it is prepared as one frame."),
    [WSI_DRAFT_FRAME_TOO_LONG] =
      N_("A frame of the message has more than 65535 bytes: it is prepared as one frame."),
    [WSI_DRAFT_FRAMES_TOO_MANY] =
      N_("The frames of the message have more than 1000 lengths: it is prepared as one frame."),
    [WSI_DRAFT_PONG] =
      N_("A connection answers pings by itself: the pong is prepared as a raw frame."),
  };

  return sentences[loss];
}
