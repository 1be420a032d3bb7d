/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The commands that the inspector writes for a message.  They are run by the real sh, in which
 * functions print the words that the programs would get. */

#include "inspect/save/formats/wsi-command.h"

#include <string.h>

#include "inspector/scene.h"
#include "lib/rows.h"

#define BEGIN "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
#define CURL "--include|--no-buffer|--http1.1|--globoff|--header|Upgrade: websocket|" \
  "--header|Connection: Upgrade|--header|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|" \
  "--header|Sec-WebSocket-Version: 13|"
#define HOSTILE "$(echo owned)`echo owned`';echo owned;\"\\!#*~ &|<>"
#define FUNCTIONS "wsinspect() { printf '%s|' \"$@\"; cat; }\nwebsocat() { wsinspect \"$@\"; }\n" \
  "curl() { wsinspect \"$@\"; }\n"

static const struct
{
  const char    *name;
  WsiCommandKind kind;
  const char    *uri, *headers, *message;
  const char    *words;         /* words of the command, with | after each, and then its input */
  const char    *notes;         /* notes on the command, joined by line feeds */
} cases[] = {
  { "wsinspect", WSI_COMMAND_WSINSPECT, "ws://h/chat", "Origin: http://o\r\nSec-WebSocket-Protocol: a, b\r\nX: y\r\n", "Hi",
    "connect|--origin=http://o|--protocol=a|--protocol=b|--header=X: y|ws://h/chat|--send=Hi|", "" },
  { "websocat", WSI_COMMAND_WEBSOCAT, "ws://h/chat", "Origin: http://o\r\nX: y\r\n", "Hi",
    "--origin=http://o|--header=X: y|ws://h/chat|Hi\n", "" },
  { "curl", WSI_COMMAND_CURL, "wss://h/chat?a=[1-2]", "Origin: http://o\r\nX:\r\n", "Hi",
    CURL "--header|Origin: http://o|--header|X;|https://h/chat?a=[1-2]|",
    "curl sends no messages" },
  { "websocat-takes-subprotocols-as-one-list", WSI_COMMAND_WEBSOCAT, "ws://h/", "Sec-WebSocket-Protocol: a, b\r\n", NULL,
    "--protocol=a, b|ws://h/|", "" },
  { "empty-names-of-a-list-are-left-out", WSI_COMMAND_WSINSPECT, "ws://h/", "Sec-WebSocket-Protocol: a,, b ,\r\n", NULL,
    "connect|--protocol=a|--protocol=b|ws://h/|", "" },
  { "header-like-an-option-of-curl", WSI_COMMAND_CURL, "ws://h/", "-x: y\r\n", NULL, CURL "--header|-x: y|http://h/|", "" },
  { "wsinspect-hostile", WSI_COMMAND_WSINSPECT, "ws://h/" HOSTILE, "X: " HOSTILE "\r\n", HOSTILE,
    "connect|--header=X: " HOSTILE "|ws://h/" HOSTILE "|--send=" HOSTILE "|", "" },
  { "websocat-hostile", WSI_COMMAND_WEBSOCAT, "ws://h/" HOSTILE, "X: " HOSTILE "\r\n", HOSTILE,
    "--header=X: " HOSTILE "|ws://h/" HOSTILE "|" HOSTILE "\n", "" },
  { "curl-hostile", WSI_COMMAND_CURL, "ws://h/" HOSTILE, "X: " HOSTILE "\r\n", NULL,
    CURL "--header|X: " HOSTILE "|http://h/" HOSTILE "|", "" },
  { "message-like-an-option", WSI_COMMAND_WSINSPECT, "ws://h/", "", "--help", "connect|ws://h/|--send=--help|", "" },
  { "message-like-an-option-of-printf", WSI_COMMAND_WEBSOCAT, "ws://h/", "", "-v%s", "ws://h/|-v%s\n", "" },
  { "message-like-the-name-of-a-file", WSI_COMMAND_WSINSPECT, "ws://h/", "", "@/etc/passwd", "connect|ws://h/|@/etc/passwd\n", "" },
  { "header-without-a-name", WSI_COMMAND_CURL, "ws://h/", ": x\r\n", NULL, CURL "http://h/|", "A header without a valid name is left out" },
  { "header-with-a-blank-in-its-name", WSI_COMMAND_CURL, "ws://h/", "A b: x\r\n", NULL, CURL "http://h/|",
    "A header without a valid name is left out" },
  { "header-like-the-name-of-a-file", WSI_COMMAND_CURL, "ws://h/", "@/etc/passwd: x\r\n", NULL, CURL "http://h/|",
    "A header without a valid name is left out" },
  { "controls-are-left-out-and-named", WSI_COMMAND_WSINSPECT, "ws://h/\x1b]", "X: a\x07" "b\r\n", "a\nb\xe2\x80\xae" "c",
    "connect|--header=X: ab|ws://h/]|--send=abc|", "X: left out U+0007\nURI: left out U+001B\nMessage: left out U+000A U+202E" },
  { "bytes-that-are-no-text", WSI_COMMAND_WSINSPECT, "ws://h/", "X: a\xff\r\n", NULL, "connect|--header=X: a\xef\xbf\xbd|ws://h/|", "" },
};

static char *
run (const char *command)
{
  g_autofree char *script = g_strconcat (FUNCTIONS, command, "\n", NULL);
  const char *const arguments[] = { "/bin/sh", "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status;

  g_spawn_sync ("/", (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return output;
}

static char *
make (Scene         *scene,
      WsiCommandKind kind,
      const char    *uri,
      const char    *headers,
      const char    *message,
      char        ***notes,
      GError       **error)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uri };
  g_autofree char *head = g_strconcat (BEGIN, headers, "\r\n", NULL);
  g_autoptr (GBytes) payload = message != NULL ? g_bytes_new (message, strlen (message)) : NULL;
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);

  scene_init (scene);
  scene->conversation = wsi_recorder_open (scene->recorder, &opening, 1);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, head);
  return wsi_command_make (kind, scene->conversation, WSP_FRAME_KIND_TEXT, payload, redactor, notes,
                           error);
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) notes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *command = make (&scene, cases[i].kind, cases[i].uri, cases[i].headers,
                                   cases[i].message, &notes, &error);
  g_autofree char *words = NULL;
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  words = run (command);
  g_assert_cmpstr (words, ==, cases[i].words);
  joined = g_strjoinv ("\n", notes);
  g_assert_cmpstr (joined, ==, cases[i].notes);
}

static const struct
{
  const char  *name;
  WspFrameKind kind;
  const char  *payload;
  gsize        length;
  const char  *words;           /* words at the end of the command; NULL: a note says why there are
                                 * none */
} payloads[] = {
  { "text", WSP_FRAME_KIND_TEXT, "Hi", 2, "'ws://h/' --send='Hi'" },
  { "binary", WSP_FRAME_KIND_BINARY, "Hi", 2, NULL },
  { "text-with-a-zero-byte", WSP_FRAME_KIND_TEXT, "a\0b", 3, NULL },
};

static void
test_payload (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://h/" };
  g_autoptr (GBytes) payload = g_bytes_new_static (payloads[i].payload, payloads[i].length);
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) notes = NULL;
  g_autofree char *command = NULL, *joined = NULL;

  scene_init (&scene);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, 1);
  command = wsi_command_make (WSI_COMMAND_WSINSPECT, scene.conversation, payloads[i].kind, payload,
                              redactor, &notes, NULL);
  joined = g_strjoinv ("\n", notes);
  g_assert_true (g_str_has_suffix (command, payloads[i].words != NULL ? payloads[i].words
                                                                      : "'ws://h/'"));
  g_assert_cmpint (strstr (joined, "is no text") != NULL, ==, payloads[i].words == NULL);
}

/* A first line without words is a request, which is not known. */
static void
test_empty_request (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://h/" };
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) notes = NULL;
  g_autofree char *command = NULL;

  scene_init (&scene);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, 1);
  wsi_conversation_set_request (scene.conversation, nothing);
  command = wsi_command_make (WSI_COMMAND_CURL, scene.conversation, WSP_FRAME_KIND_TEXT, NULL,
                              redactor, &notes, NULL);
  g_assert_nonnull (command);
  g_assert_cmpstr (notes[0], ==, "The request was not recorded: its headers are not here");
}

/* websocat, for one, does other things with others. */
static void
test_uri (void)
{
  static const char *const uris[] = { "exec:sh", "http://h/", "", "-", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_auto (Scene) scene = { 0 };
      g_auto (GStrv) notes = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *command = NULL;
      const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uris[i] };
      g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);

      scene_init (&scene);
      scene.conversation = wsi_recorder_open (scene.recorder, &opening, 1);
      command = wsi_command_make (WSI_COMMAND_WEBSOCAT, scene.conversation, WSP_FRAME_KIND_TEXT,
                                  NULL, redactor, &notes, &error);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_assert_null (command);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/command", cases, test_case);
  ADD_ROWS ("/inspector/command/payload", payloads, test_payload);
  g_test_add_func ("/inspector/command/request-without-a-line", test_empty_request);
  g_test_add_func ("/inspector/command/only-for-uris-of-websocket", test_uri);

  return g_test_run ();
}
