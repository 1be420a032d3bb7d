/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "recording.h"

#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspector/saved.h"

#define BEGIN_US G_GINT64_CONSTANT (1790000000000000)

static const struct
{
  const char *name;
  guint       opcode;
  const char *first, *again, *last;
} kinds[N_BIG] = {
  [BIG_LINE] = { "line", 1, "", "word ", "" },
  [BIG_JSON] = { "json", 1, "[0", ",{\"n\":1,\"s\":\"abc\"}", "]" },
  [BIG_COMBINING] = { "combining", 1, "e", "\xcc\x81", "" },
  [BIG_BINARY] = { "binary", 2, "", "\x00\xff\x80\x17\x01", "" },
};

const char *
big_get_name (BigKind kind)
{
  return kinds[kind].name;
}

guint
big_get_opcode (BigKind kind)
{
  return kinds[kind].opcode;
}

/* It has this length, or is a little shorter. */
GBytes *
big_make (BigKind kind,
          gsize   length)
{
  gsize n_again = kind == BIG_BINARY ? 5 : strlen (kinds[kind].again);
  gsize n_rest = length - strlen (kinds[kind].first) - strlen (kinds[kind].last);
  GString *text = g_string_sized_new (length + 1);

  g_string_append (text, kinds[kind].first);
  for (gsize i = 0; i < n_rest / n_again; i++)
    g_string_append_len (text, kinds[kind].again, n_again);
  g_string_append (text, kinds[kind].last);
  return g_string_free_to_bytes (text);
}

/* Masked with zeros if it is sent. */
static GBytes *
make_frame (guint        i,
            WspDirection direction)
{
  static const guint8 key[4];
  g_autofree char *text =
    g_strdup_printf ("{\"type\":\"tick\",\"n\":1%06u,\"price\":1.0871,\"symbol\":\"EURUSD\"}", i);
  guint8 n = strlen (text), mask = direction == WSP_DIRECTION_SENT ? 0x80 : 0;
  const guint8 head[2] = { 0x81, mask | n };
  GByteArray *frame = g_byte_array_new ();

  g_byte_array_append (frame, head, sizeof head);
  if (mask != 0)
    g_byte_array_append (frame, key, sizeof key);
  g_byte_array_append (frame, (const guint8 *) text, n);
  return g_byte_array_free_to_bytes (frame);
}

static void
record (WsiRecorder *recorder,
        guint        n_frames)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .uri = "ws://example.org/", .handshake = WSI_HANDSHAKE_MISSING,
  };
  WsiConversation *conversation = wsi_recorder_open (recorder, &opening, BEGIN_US);

  for (guint i = 0; i < n_frames; i++)
    {
      WspDirection direction = i % 2 == 0 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
      g_autoptr (GBytes) frame = make_frame (i, direction);

      wsi_recorder_push (recorder, conversation, direction, frame, BEGIN_US + 100 * (gint64) i);
    }
  wsi_recorder_end (recorder);
}

void
recording_make (const char *path,
                guint       n_frames)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  record (recorder, n_frames);
  bytes = saved_store (store, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  if (!g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error))
    g_error ("%s", error->message);
}
