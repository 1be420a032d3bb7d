/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Half a handshake: each kind of request with each kind of response, through each command line of
 * wsinspect that reads a file. */

#include <string.h>

#include "inspector/handshake-halves.h"
#include "inspector/in-process.h"
#include "inspector/scene.h"

/* Nothing in the input has it. */
static gboolean
has_null_text (GBytes *output)
{
  const char *text = g_bytes_get_data (output, NULL);

  return text != NULL && g_strstr_len (text, g_bytes_get_size (output), "(null)") != NULL;
}

/* The lines of these verbs; separated by blanks. */
static void
run_verbs (const char *verbs,
           GBytes     *input)
{
  g_auto (GStrv) names = g_strsplit (verbs, " ", -1);
  const GPtrArray *lines = in_process_get_lines ();

  for (guint i = 0; i < lines->len; i++)
    {
      const CommandLine *line = lines->pdata[i];
      g_autofree char *verb = g_strndup (line->words, strcspn (line->words, " "));
      g_autoptr (GBytes) output = NULL;
      g_autofree char *problem = NULL;

      if (!g_strv_contains ((const char *const *) names, verb))
        continue;

      problem = in_process_run (line, input, &output);
      if (problem == NULL && strstr (line->words, " -e ") != NULL)
        g_assert_cmpuint (g_bytes_get_size (output), >, 0);
      if (problem != NULL || has_null_text (output))
        g_error ("wsinspect %s: %s\n%.*s", line->words, problem != NULL ? problem : "(null)",
                 (int) g_bytes_get_size (output),
                 (const char *) g_bytes_get_data (output, NULL));
    }
}

static void
record (Scene                 *scene,
        const HandshakeHalves *halves)
{
  scene_open (scene);
  if (halves->request != NULL)
    SCENE_PUSH (scene, WSP_DIRECTION_SENT, halves->request);
  if (halves->response != NULL)
    SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, halves->response);
  wsi_recorder_close (scene->recorder, scene->conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "The connection ended"), scene->now);
}

/* A file with all of them. */
static void
test_format (gconstpointer data)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) input = NULL;

  scene_init (&scene);
  for (guint i = 0; i < HANDSHAKE_N_HALVES; i++)
    record (&scene, handshake_halves_get (i));
  input = scene_save (&scene, GPOINTER_TO_UINT (data), WSI_REDACTION_NONE);
  run_verbs ("read stats checks convert", input);
}

/* A file with one, for the verbs that take one connection. */
static void
test_recording (gconstpointer data)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) input = NULL;

  scene_init (&scene);
  record (&scene, data);
  input = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  run_verbs ("follow command", input);
}

/* The bytes of both sides. */
static void
test_bytes (gconstpointer data)
{
  const HandshakeHalves *halves = data;
  g_autofree char *text = g_strconcat (halves->request != NULL ? halves->request : "",
                                       halves->response, NULL);
  g_autoptr (GBytes) input = g_bytes_new (text, strlen (text));

  run_verbs ("checks decode", input);
}

int
main (int    argc,
      char **argv)
{
  static const WsiFormat formats[] = { WSI_FORMAT_SESSION, WSI_FORMAT_PCAPNG, WSI_FORMAT_HAR };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *name = g_strconcat ("/halves/all/", wsi_format_get_name (formats[i]), NULL);

      g_test_add_data_func (name, GUINT_TO_POINTER (formats[i]), test_format);
    }
  for (guint i = 0; i < HANDSHAKE_N_HALVES; i++)
    {
      const HandshakeHalves *halves = handshake_halves_get (i);
      g_autofree char *recording = g_strconcat ("/halves/recording/", halves->name, NULL);
      g_autofree char *bytes = g_strconcat ("/halves/bytes/", halves->name, NULL);

      g_test_add_data_func (recording, halves, test_recording);
      g_test_add_data_func (bytes, halves, test_bytes);
    }

  return g_test_run ();
}
