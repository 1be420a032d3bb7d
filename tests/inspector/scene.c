/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/scene.h"

#include "inspect/sources/files/wsi-recording.h"
#include "inspector/saved.h"

#include <string.h>

void
scene_init (Scene *scene)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits), .now = 1000 };
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
}

void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->recorder);
  g_clear_object (&scene->store);
}

void
scene_open (Scene *scene)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .source = "test", .client = "127.0.0.1:1", .server = "127.0.0.1:2",
    .uri = "ws://me:Secret12345@h/chat",
  };

  scene->conversation = wsi_recorder_open (scene->recorder, &opening, scene->now);
}

void
scene_push (Scene       *scene,
            WspDirection direction,
            const void  *at,
            gsize        length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (at, length);

  wsi_recorder_push (scene->recorder, scene->conversation, direction, bytes, scene->now++);
}

void
scene_shake_hands (Scene *scene)
{
  scene_open (scene);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, REQUEST);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, INTERIM RESPONSE);
}

void
scene_play (Scene *scene)
{
  scene_shake_hands (scene);
  scene_push (scene, WSP_DIRECTION_RECEIVED, DEFLATED_HELLO DEFLATED_HELLO, 18);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x01\x83\x37\xfa\x21\x3d\x7f\x9f\x4d");
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x89\x81\x01\x02\x03\x04\x71");
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x80\x82\x01\x02\x03\x04\x6d\x6d");
  wsi_store_set_comment (scene->store, 6, "a \"comment\"");
  wsi_recorder_event (scene->recorder, scene->conversation, WSI_EVENT_NOTE,
                      WSI_SENTENCE (TEXT, "a note"), scene->now++);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "\x82\x04\xff\xfe\x01\x02");
  scene_push (scene, WSP_DIRECTION_RECEIVED, "\x88\x02\x03\xe8" "loose", 9);
  wsi_recorder_close (scene->recorder, scene->conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "It \\ended"), scene->now);
}

static void
append_random_frame (GRand      *random,
                     GByteArray *bytes)
{
  static const guint8 firsts[] = {
    0x81, 0x82, 0x01, 0x80, 0x00, 0x89, 0x8a, 0xf1, 0x93, 0x8f, 0xc1,
  };
  guint kind = g_rand_int_range (random, 0, 10);
  guint length = g_rand_int_range (random, 0, kind == 0 ? 3000 : 200);
  guint n_more = length > G_MAXUINT16 ? 8 : length > 125 || kind == 1 ? 2 : kind == 2 ? 8 : 0;
  gboolean is_masked = g_rand_boolean (random);
  guint8 first = firsts[g_rand_int_range (random, 0, G_N_ELEMENTS (firsts))];
  guint8 second = (is_masked ? 0x80 : 0) | (n_more == 0 ? length : n_more == 2 ? 126 : 127);

  g_byte_array_append (bytes, &first, 1);
  g_byte_array_append (bytes, &second, 1);
  for (guint i = 0; i < n_more; i++)
    g_byte_array_append (bytes, &(guint8) { (guint64) length >> 8 * (n_more - 1 - i) }, 1);
  for (guint i = 0; i < length + (is_masked ? 4 : 0); i++)
    g_byte_array_append (bytes, &(guint8) { g_rand_int_range (random, 'a', 'z') }, 1);
}

/* In pieces, of which some are missing. */
static void
push_random (Scene       *scene,
             GRand       *random,
             GByteArray  *bytes,
             WspDirection direction,
             guint        one_missing_in)
{
  for (gsize at = 0, n; at < bytes->len; at += n)
    {
      n = g_rand_int_range (random, 1, 500);
      n = MIN (n, bytes->len - at);
      if (one_missing_in > 0 && g_rand_int_range (random, 0, one_missing_in) == 0)
        wsi_recorder_skip (scene->recorder, scene->conversation, direction, n, scene->now++);
      else
        scene_push (scene, direction, bytes->data + at, n);
    }
}

void
scene_push_random (Scene *scene,
                   guint  seed,
                   guint  one_missing_in)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      for (guint j = 0; j < 3; j++)
        append_random_frame (random, bytes);
      if (g_rand_boolean (random))
        g_byte_array_append (bytes, (const guint8 *) DEFLATED_HELLO, 9);
      push_random (scene, random, bytes, i % 2, one_missing_in);
    }
}

void
scene_play_random (Scene *scene,
                   guint  seed,
                   guint  one_missing_in)
{
  scene_init (scene);
  scene_shake_hands (scene);
  scene_push_random (scene, seed, one_missing_in);
}

/* The bytes of all rows of a direction, each whole frame with its header.  Loose bytes may be cut
 * into other rows. */
static char *
hash_direction (Scene       *scene,
                WspDirection direction)
{
  g_autoptr (GChecksum) hash = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint64 i = 0; i < wsi_store_get_end (scene->store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene->store, i);
      g_autoptr (GBytes) wire = wsi_store_dup_payload (scene->store, i, WSI_VIEW_WIRE, G_MAXSIZE);
      const guint8 header[] = { record->byte0, record->byte1, record->header_length };

      if (record->kind == WSI_RECORD_KIND_EVENT || record->direction != direction)
        continue;

      if (wsi_record_is_frame (record) && (record->flags & WSI_RECORD_CUT) == 0)
        g_checksum_update (hash, header, sizeof header);
      if (wire != NULL)
        g_checksum_update (hash, g_bytes_get_data (wire, NULL), g_bytes_get_size (wire));
    }

  return g_strdup (g_checksum_get_string (hash));
}

void
scene_assert_equal_streams (Scene *first,
                            Scene *second)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *one = hash_direction (first, i);
      g_autofree char *two = hash_direction (second, i);

      g_assert_cmpstr (one, ==, two);
    }
}

/* The next row that is no event; the end of the store if there is none. */
static guint64
find_frame (Scene  *scene,
            guint64 from)
{
  guint64 end = wsi_store_get_end (scene->store);

  while (from < end && wsi_store_get_record (scene->store, from)->kind == WSI_RECORD_KIND_EVENT)
    from++;

  return from;
}

static void
assert_equal_frame (Scene  *first,
                    guint64 one,
                    Scene  *second,
                    guint64 two)
{
  WsiRecord record = *wsi_store_get_record (first->store, one);
  WsiRecord other = *wsi_store_get_record (second->store, two);
  g_autoptr (GBytes) payload =
    wsi_store_dup_payload (first->store, one, WSI_VIEW_INFLATED, G_MAXSIZE);
  g_autoptr (GBytes) other_payload =
    wsi_store_dup_payload (second->store, two, WSI_VIEW_INFLATED, G_MAXSIZE);

  record.payload = other.payload = 0;
  record.message = other.message = 0;
  g_assert_cmpmem (&record, sizeof record, &other, sizeof other);
  g_assert_cmpint (payload != NULL, ==, other_payload != NULL);
  g_assert_true (payload == NULL || g_bytes_equal (payload, other_payload));
}

void
scene_assert_equal_frames (Scene *first,
                           Scene *second)
{
  guint64 one = find_frame (first, 0), two = find_frame (second, 0);

  for (; one < wsi_store_get_end (first->store) && two < wsi_store_get_end (second->store);
       one = find_frame (first, one + 1), two = find_frame (second, two + 1))
    assert_equal_frame (first, one, second, two);

  g_assert_cmpuint (one, ==, wsi_store_get_end (first->store));
  g_assert_cmpuint (two, ==, wsi_store_get_end (second->store));
  scene_assert_equal_streams (first, second);
}

static void
write_rows (WsiStore    *store G_GNUC_UNUSED,
            guint64            first,
            guint64            n,
            WsiExporter       *exporter)
{
  for (guint64 i = first; i < first + n; i++)
    g_assert_true (wsi_exporter_add (exporter, i, NULL));
}

void
scene_write_live (Scene       *scene,
                  WsiExporter *exporter)
{
  g_signal_connect (scene->store, "appended", G_CALLBACK (write_rows), exporter);
}

GBytes *
scene_save (Scene       *scene,
            WsiFormat    format,
            WsiRedaction level)
{
  return saved_store (scene->store, format, level);
}

gboolean
scene_load (Scene   *scene,
            GBytes  *bytes,
            GError **error)
{
  g_autoptr (GInputStream) base = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) stream = wsi_recording_open_stream (base);
  g_autoptr (WsiRecording) file =
    wsi_recording_new (stream, "test", scene->recorder, NULL, error);

  return file != NULL && wsi_recording_run (file, error);
}
