/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All formats: no secret is in them, and their files are safe. */

#include "inspect/save/formats/wsi-command.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inspector/in-process.h"
#include "inspector/scene.h"

#define SECRET "Secret12345"
#define SECRET_FRAME "\x81\x0b" SECRET
/* Masked by the key 01 02 03 04. */
#define MASKED_SECRET_FRAME "\x81\x8b\x01\x02\x03\x04Rg`vdv2606" "4"

static gboolean
contains (GBytes     *bytes,
          const char *text,
          gsize       length)
{
  gsize n;
  const guint8 *at = g_bytes_get_data (bytes, &n);      /* NULL: an export without a byte */

  return at != NULL && memmem (at, n, text, length) != NULL;
}

/* Base64 of the secret from one of its first three bytes on, without the ends. */
static gboolean
contains_base64 (GBytes *bytes)
{
  for (guint i = 0; i < 3; i++)
    {
      gsize length = (strlen (SECRET) - i) / 3 * 3;
      g_autofree char *text = g_base64_encode ((const guchar *) SECRET + i, length);

      if (contains (bytes, text, strlen (text)))
        return TRUE;
    }

  return FALSE;
}

/* As text, in base64, and as hexadecimal digits. */
static gboolean
has_secret (GBytes *bytes)
{
  return contains (bytes, SECRET, strlen (SECRET)) || contains_base64 (bytes) ||
         contains (bytes, "53 65 63 72 65 74", 17) ||
         contains (bytes, "0x53, 0x65, 0x63, 0x72", 22);
}

/* The secret is in the URI, in headers, in the subprotocol and in texts that quote it. */
static void
play (Scene *scene)
{
  scene_init (scene);
  scene_open (scene);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "GET /hooks/" SECRET "/a?token=" SECRET
              " HTTP/1.1\r\nHost: h\r\n"
              "Authorization: Bearer " SECRET "\r\nCookie: a=" SECRET "\r\nX-Api-Key: " SECRET "\r\n"
              "Sec-WebSocket-Protocol: v1, bearer." SECRET "\r\n\r\n");
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "HTTP/1.1 103 Early Hints\r\nSet-Cookie: b=" SECRET
              "\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nSet-Cookie: a=" SECRET
              "\r\nSec-WebSocket-Protocol: bearer." SECRET "\r\n\r\n");
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
  wsi_store_set_comment (scene->store, wsi_store_get_end (scene->store) - 1,
                         "see ws://h/?token=" SECRET " and bearer." SECRET);
  wsi_recorder_event (scene->recorder, scene->conversation, WSI_EVENT_NOTE,
                      WSI_SENTENCE (TEXT, "subprotocol bearer." SECRET), scene->now);
}

static void
end (Scene *scene)
{
  wsi_recorder_close (scene->recorder, scene->conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "Server chose bearer." SECRET), scene->now);
}

static void
test_secret (gconstpointer data)
{
  WsiFormat format = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) saved = NULL;

  play (&scene);
  end (&scene);
  saved = scene_save (&scene, format, WSI_REDACTION_DEFAULT);
  g_assert_cmpuint (g_bytes_get_size (saved), >, 0);
  g_assert_false (has_secret (saved));
}

/* A block that is stored as it is: the bytes on the wire have the text. */
static void
push_compressed (Scene      *scene,
                 const char *text)
{
  guint8 length = (guint8) strlen (text);
  const guint8 head[] = { 0xc1, length + 6, 0, length, 0, (guint8) ~length, 0xff };

  scene_push (scene, WSP_DIRECTION_RECEIVED, head, sizeof head);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, text);
  scene_push (scene, WSP_DIRECTION_RECEIVED, "", 1);
}

static void
play_messages (Scene *scene)
{
  scene_init (scene);
  scene_open (scene);
  scene_shake_hands (scene);
  push_compressed (scene, "{\"a\":1}");
  push_compressed (scene, "{\"password\":\"" SECRET "\"}");
  push_compressed (scene, "{\"c\":3}");
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "\x01\x06{\"pass\x80\x14word\":\"" SECRET "\"}");
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x81\x97\x01\x01\x01\x01z#unjdo#;#Rdbsdu03254#|");
  end (scene);
}

/* The payloads of all frames. */
static char *
list_payloads (WsiStore *store)
{
  GString *text = g_string_new (NULL);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);
      g_autoptr (GBytes) payload = NULL;

      if (!wsi_record_is_frame (record))
        continue;

      payload = wsi_store_dup_payload (store, i, WSI_VIEW_INFLATED, G_MAXSIZE);
      g_assert_cmpuint (record->fault, ==, 0);
      g_string_append_printf (text, "%s%.*s|", wsi_record_is_inflated (record) ? "inflated " : "",
                              (int) g_bytes_get_size (payload),
                              (const char *) g_bytes_get_data (payload, NULL));
    }
  return g_string_free (text, FALSE);
}

/* A value keeps its length, each frame has its part, and what comes after a compressed message with
 * a secret can be read. */
static void
test_secret_of_messages (gconstpointer data)
{
  WsiFormat format = GPOINTER_TO_UINT (data);
  gboolean is_of_wire = format == WSI_FORMAT_SESSION || format == WSI_FORMAT_PCAPNG;
  g_auto (Scene) scene = { 0 }, loaded = { 0 };
  g_autoptr (GBytes) open = NULL;
  g_autoptr (GBytes) saved = NULL;
  g_autofree char *payloads = NULL;

  play_messages (&scene);
  open = scene_save (&scene, format, WSI_REDACTION_NONE);
  saved = scene_save (&scene, format, WSI_REDACTION_DEFAULT);
  g_assert_true (has_secret (open) || format == WSI_FORMAT_PCAPNG);
  g_assert_false (has_secret (saved));
  g_assert_false (contains (saved, "Rdbsdu", 6));       /* as it is masked */
  if (!is_of_wire)
    return;

  scene_init (&loaded);
  g_assert_true (scene_load (&loaded, saved, NULL));
  payloads = list_payloads (loaded.store);
  g_assert_cmpstr (payloads, ==, "inflated {\"a\":1}|{\"password\":\"xxxxxxxxxxx\"}|{\"c\":3}|"
                   "{\"pass|word\":\"xxxxxxxxxxx\"}|{\"token\":\"xxxxxxxxxxx\"}|");
}

/* The bytes after a gap belong to no head any more, so no line tells that they are secret. */
static void
test_secret_after_gap (gconstpointer data)
{
  WsiFormat format = GPOINTER_TO_UINT (data);
  gboolean is_of_wire = format == WSI_FORMAT_SESSION || format == WSI_FORMAT_PCAPNG;
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) everything = NULL;
  g_autoptr (GBytes) saved = NULL;

  scene_init (&scene);
  scene_open (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "GET / HTTP/1.1\r\nHost: h\r\nA");
  wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_SENT, 10, scene.now);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "Bearer " SECRET "\r\nCookie: a=" SECRET "\r\n\r\n");
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL,
                      WSI_SENTENCE (TEXT, "Lost"), scene.now);
  everything = scene_save (&scene, format, WSI_REDACTION_NONE);
  saved = scene_save (&scene, format, WSI_REDACTION_DEFAULT);
  g_assert_true (has_secret (everything) || !is_of_wire);
  g_assert_false (has_secret (saved));
}

/* Bytes of a message that are missing, or not there, leave a name without its value, or a value
 * without its name. */
static void
test_secret_of_cut_message (gconstpointer data)
{
  WsiFormat format = GPOINTER_TO_UINT (data);
  static const char part[] = "\x00\x18\"password\":\"" SECRET "\"";
  gboolean is_of_wire = format == WSI_FORMAT_SESSION || format == WSI_FORMAT_PCAPNG;
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) everything = NULL;
  g_autoptr (GBytes) saved = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x01\x10{\"a\":\"bc");
  wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED, 8, scene.now);
  scene_push (&scene, WSP_DIRECTION_RECEIVED, part, strlen (part + 1) + 1);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x80\x01}");
  end (&scene);
  everything = scene_save (&scene, format, WSI_REDACTION_NONE);
  saved = scene_save (&scene, format, WSI_REDACTION_DEFAULT);
  g_assert_true (has_secret (everything) || !is_of_wire);
  g_assert_false (has_secret (saved));
}

/* In the first message, too: as it is, masked, fragmented, and of a kind that is not known. */
static void
test_secret_payload (gconstpointer data)
{
  WsiFormat format = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) everything = NULL;
  g_autoptr (GBytes) saved = NULL;

  play (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, SECRET_FRAME);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, MASKED_SECRET_FRAME);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x02\x0b" SECRET);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x80\x0b" SECRET);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x89\x0b" SECRET);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x83\x0b" SECRET);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x88\x0d\x03\xe8" SECRET);
  end (&scene);
  everything = scene_save (&scene, format, WSI_REDACTION_NONE);
  saved = scene_save (&scene, format, WSI_REDACTION_STRICT);
  g_assert_true (has_secret (everything));
  g_assert_false (has_secret (saved));
  g_assert_false (contains (saved, "Rg`vdv2606", 10));
}

static gboolean
is_strict (const CommandLine *line)
{
  return strstr (line->words, "--redact=strict") != NULL;
}

/* Each command line that hides all: paths, payload, and close reasons in frames and sentences. */
static void
test_secret_prints (void)
{
  const GPtrArray *lines = in_process_get_lines ();
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) input = NULL;
  guint n_strict = 0;

  scene_init (&scene);
  scene_open (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "GET /" SECRET " HTTP/1.1\r\nHost: h\r\n\r\n");
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "HTTP/1.1 101 A\r\nLocation: /" SECRET "\r\n\r\n");
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, SECRET_FRAME);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x88\x0d\x03\xe8" SECRET);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "Closed cleanly by the peer with 1000 \"" SECRET "\""),
                      scene.now);
  input = scene_save (&scene, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  g_assert_true (has_secret (input));

  for (guint i = 0; i < lines->len; i++)
    if (is_strict (lines->pdata[i]))
      {
        g_autoptr (GBytes) output = NULL;
        g_autofree char *problem = in_process_run (lines->pdata[i], input, &output);

        n_strict++;
        g_assert_cmpstr (problem, ==, NULL);
        if (has_secret (output))
          g_error ("wsinspect %s: %.*s", ((const CommandLine *) lines->pdata[i])->words,
                   (int) g_bytes_get_size (output),
                   (const char *) g_bytes_get_data (output, NULL));
      }
  g_assert_cmpuint (n_strict, >, 15);
}

static void
test_secret_commands (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) message = g_bytes_new_static (SECRET, strlen (SECRET));

  play (&scene);
  for (guint i = WSI_COMMAND_WSINSPECT; i <= WSI_COMMAND_CURL; i++)
    {
      g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_STRICT);
      g_auto (GStrv) notes = NULL;
      g_autofree char *command = wsi_command_make (i, scene.conversation, WSP_FRAME_KIND_TEXT,
                                                   message, redactor, &notes, NULL);

      g_assert_null (strstr (command, SECRET));
    }
}

static void
test_names (void)
{
  for (WsiFormat i = 0; i < WSI_N_FORMATS; i++)
    {
      g_autofree char *path = g_strconcat ("a", wsi_format_get_suffix (i), NULL);
      WsiFormat found;

      g_assert_true (wsi_format_find (wsi_format_get_name (i), &found));
      g_assert_cmpint (found, ==, i);
      g_assert_true (wsi_format_find_for_path (path, &found));
      g_assert_cmpint (found, ==, i);
    }
}

static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("export-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) stream = wsi_export_create (path, &error);
  struct stat facts;

  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &facts), ==, 0);
  g_assert_cmpint (facts.st_mode & 0777, ==, 0600);
  g_assert_null (wsi_export_create (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpint (stat (path, &facts), ==, 0);
  g_unlink (path);
  g_rmdir (folder);
}

/* Each of its parts may be the one that does not fit. */
static void
test_full_disk (gconstpointer data)
{
  WsiFormat format = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GFile) file = g_file_new_for_path ("/dev/full");
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) stream = G_OUTPUT_STREAM (g_file_append_to (file, 0, NULL, &error));
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiExporter) exporter = NULL;

  g_assert_no_error (error);
  play (&scene);
  exporter = wsi_format_open (format, scene.store, redactor, stream);
  for (guint64 i = 0; i < wsi_store_get_end (scene.store); i++)
    wsi_exporter_add (exporter, i, NULL);
  g_assert_false (wsi_exporter_end (exporter, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

static void
add_for_all (const char   *name,
             GTestDataFunc function)
{
  for (WsiFormat i = 0; i < WSI_N_FORMATS; i++)
    {
      g_autofree char *path =
        g_strconcat ("/inspector/export/", name, "/", wsi_format_get_name (i), NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), function);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_for_all ("a-secret-is-in-no-redacted-file", test_secret);
  add_for_all ("a-secret-in-payload-is-in-no-strict-file", test_secret_payload);
  add_for_all ("a-secret-of-messages-is-in-no-redacted-file", test_secret_of_messages);
  add_for_all ("a-secret-of-a-cut-message-is-in-no-redacted-file", test_secret_of_cut_message);
  add_for_all ("the-rest-of-a-head-after-a-gap-is-in-no-redacted-file", test_secret_after_gap);
  add_for_all ("full-disk-is-an-error", test_full_disk);
  g_test_add_func ("/inspector/export/a-secret-is-in-no-command", test_secret_commands);
  g_test_add_func ("/inspector/export/a-secret-is-in-no-strict-output", test_secret_prints);
  g_test_add_func ("/inspector/export/formats-have-names-and-suffixes", test_names);
  g_test_add_func ("/inspector/export/only-the-owner-reads-and-nothing-is-replaced", test_file);

  return g_test_run ();
}
