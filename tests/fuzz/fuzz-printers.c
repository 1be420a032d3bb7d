/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* main () of wsinspect, with each command line that reads a file: whatever the file holds, it ends
 * with a status, prints JSON where that is asked for, and never a control character of a peer.
 *
 * The first byte chooses the command line.  The second says what follows: lines of a session file,
 * the bytes of both sides of a connection (255 changes the side), or any file. */

#include <string.h>

#include "fuzz/fuzz-input.h"
#include "inspector/in-process.h"
#include "inspector/scene.h"

#define FIRST "{\"type\":\"wsinspect-session\",\"version\":1}\n"
#define OTHER_SIDE 255

static GBytes *
make_session (WscBytes data)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) FIRST, strlen (FIRST));
  g_byte_array_append (file, data.at, data.length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

/* As they were on the wire. */
static GBytes *
make_conversation (WscBytes data)
{
  g_auto (Scene) scene = { 0 };
  WspDirection direction = WSP_DIRECTION_SENT;

  scene_init (&scene);
  scene_open (&scene);
  for (gsize at = 0, n; at < data.length; at += n + 1)
    {
      const guint8 *end = memchr (data.at + at, OTHER_SIDE, data.length - at);

      n = end != NULL ? (gsize) (end - data.at - at) : data.length - at;
      if (n > 0)
        scene_push (&scene, direction, data.at + at, n);
      direction = direction == WSP_DIRECTION_SENT ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT;
    }
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "The file ends before the connection"), scene.now);
  return scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
}

static GBytes *
make_input (uint8_t  kind,
            WscBytes data)
{
  switch (kind % 3)
    {
    case 0:
      return make_session (data);
    case 1:
      return make_conversation (data);
    default:
      return g_bytes_new (data.at, data.length);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  uint8_t config[2];
  WscBytes rest = fuzz_take_config ((WscBytes) { data, size }, config, sizeof config);
  g_autoptr (GBytes) input = make_input (config[1], rest);
  const GPtrArray *lines = in_process_get_lines ();
  const CommandLine *line = lines->pdata[config[0] % lines->len];
  g_autofree char *problem = NULL, *claim = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  problem = in_process_run (line, input, NULL);
  claim = g_strconcat ("wsinspect ", line->words, ": ", problem, NULL);
  fuzz_require (problem == NULL, claim);
  return 0;
}
