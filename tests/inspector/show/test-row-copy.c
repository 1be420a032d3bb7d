/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-copy.h"
#include "inspector/opened.h"
#include "lib/rows.h"

#include <string.h>

typedef struct
{
  WsiStore        *store;
  WsiConversation *conversation;
} Scene;

/* The rows of the scene. */
enum
{
  SENT,
  FIRST,                        /* the first of two fragments */
  LAST,
  EMPTY,
  NOT_KEPT,
  PING,
  GAP,
  BYTES,                        /* bytes that belong to no frame */
};

static void
append (Scene       *scene,
        WspDirection direction,
        guint        opcode,
        guint        fin,
        const char  *payload)
{
  const WspFrameRecord frame = {
    .direction = direction,
    .fin = fin,
    .opcode = opcode,
    .message_opcode = opcode < 8 ? 1 : 0,
    .header_length = 2,
    .payload_length = payload != NULL ? strlen (payload) : 3,
    .inflated_length = payload != NULL ? strlen (payload) : 3,
  };
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) payload,
    .n_payload = payload != NULL ? strlen (payload) : 0,
  };

  wsi_store_append (scene->store, scene->conversation, &kept);
}

static void
scene_init (Scene      *scene,
            const char *uri)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uri };
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WspFrameRecord of_bytes = {
    .direction = WSP_DIRECTION_SENT, .flags = WSP_FRAME_FLAGS_BYTES, .payload_length = 5,
  };
  const WsiFrame bytes = {
    .frame = &of_bytes, .payload = (const guint8 *) "bytes", .n_payload = 5,
  };
  const WsiRecord gap = {
    .kind = WSI_RECORD_KIND_EVENT, .event = WSI_EVENT_GAP, .direction = WSP_DIRECTION_SENT,
  };

  scene->store = wsi_store_new_with_limits (&limits);
  scene->conversation = opened_conversation (scene->store, &opening, 1);
  append (scene, WSP_DIRECTION_SENT, 1, 1, "<b>\\n\"ü\"");
  append (scene, WSP_DIRECTION_RECEIVED, 1, 0, "one ");
  append (scene, WSP_DIRECTION_RECEIVED, 0, 1, "two");
  append (scene, WSP_DIRECTION_SENT, 1, 1, "");
  append (scene, WSP_DIRECTION_SENT, 1, 1, NULL);
  append (scene, WSP_DIRECTION_SENT, 9, 1, "ping");
  wsi_store_append_event (scene->store, scene->conversation, &gap,
                          WSI_SENTENCE (TEXT, "bytes are missing"));
  wsi_store_append (scene->store, scene->conversation, &bytes);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

#define JAVASCRIPT_END "socket.onmessage = ({data}) => console.log(data);\n" \
  "socket.onerror = () => console.error(\"The connection has failed\");\n" \
  "socket.onclose = ({code, reason}) => console.log(\"Closed\", code, reason);"
#define PYTHON_BEGIN "import websocket  # the package websocket-client\n\n" \
  "socket = websocket.create_connection(\n    \"ws://h.example/a\",\n    suppress_origin=True,\n)\n"
#define PYTHON_END "while socket.connected:\n    print(socket.recv())"

static const struct
{
  const char *name;
  guint       row;
  WsiUnit     unit;
  const char *form, *text;
} cases[] = {
  { "text-is-exactly-the-payload", SENT, WSI_UNIT_FRAMES, "text", "<b>\\n\"ü\"" },
  { "a-fragment-is-copied-alone", LAST, WSI_UNIT_FRAMES, "text", "two" },
  { "a-message-is-copied-whole", LAST, WSI_UNIT_MESSAGES, "text", "one two" },
  { "base64", LAST, WSI_UNIT_FRAMES, "base64", "dHdv" },
  { "base64-of-nothing", EMPTY, WSI_UNIT_FRAMES, "base64", "" },
  { "c", LAST, WSI_UNIT_FRAMES, "c", "const unsigned char payload[] = {\n  0x74, 0x77, 0x6f,\n};\n" },
  { "c-has-no-empty-arrays", EMPTY, WSI_UNIT_FRAMES, "c", "const unsigned char payload[] = {\n  0\n};\n" },
  { "bytes-of-no-frame-are-copied", BYTES, WSI_UNIT_MESSAGES, "text", "bytes" },
  { "javascript-sends-a-message", SENT, WSI_UNIT_FRAMES, "javascript",
    "const socket = new WebSocket(\"ws://h.example/a\");\nsocket.binaryType = \"arraybuffer\";\n"
    "socket.onopen = () => socket.send(\"\\u003cb>\\\\n\\\"ü\\\"\");\n" JAVASCRIPT_END },
  { "javascript-of-an-event-sends-nothing", GAP, WSI_UNIT_FRAMES, "javascript",
    "const socket = new WebSocket(\"ws://h.example/a\");\nsocket.binaryType = \"arraybuffer\";\n" JAVASCRIPT_END },
  { "python-sends-a-message", SENT, WSI_UNIT_FRAMES, "python",
    PYTHON_BEGIN "socket.send(\"<b>\\\\n\\\"ü\\\"\")\n" PYTHON_END },
  { "python-of-an-event-sends-nothing", GAP, WSI_UNIT_FRAMES, "python", PYTHON_BEGIN PYTHON_END },
  { "a-command-connects", LAST, WSI_UNIT_FRAMES, "websocat", "websocat 'ws://h.example/a'" },
  { "a-command-of-a-ping-sends-nothing", PING, WSI_UNIT_FRAMES, "wsinspect", "wsinspect connect 'ws://h.example/a'" },
  { "a-command-of-an-event-sends-nothing", GAP, WSI_UNIT_FRAMES, "wsinspect", "wsinspect connect 'ws://h.example/a'" },
  { "a-command-of-bytes-sends-nothing", BYTES, WSI_UNIT_FRAMES, "wsinspect", "wsinspect connect 'ws://h.example/a'" },
  { "a-command-of-a-message-sends-it", SENT, WSI_UNIT_FRAMES, "wsinspect",
    "wsinspect connect 'ws://h.example/a' --send='<b>\\n\"ü\"'" },
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiHiddenMessages) messages = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiRow) row = NULL;
  g_autofree char *text = NULL;
  WsiCopyForm form;

  scene_init (&scene, "ws://h.example/a");
  messages = wsi_hidden_messages_new (scene.store, redactor);
  row = wsi_row_new (scene.store, cases[i].row);
  g_assert_true (wsi_copy_form_find (cases[i].form, &form));
  text = wsi_row_copy (row, cases[i].unit, form, messages, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, cases[i].text);
}

static void
test_not_kept (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiHiddenMessages) messages = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiRow) row = NULL;

  scene_init (&scene, "ws://h.example/a");
  messages = wsi_hidden_messages_new (scene.store, redactor);
  row = wsi_row_new (scene.store, NOT_KEPT);
  g_assert_null (wsi_row_copy (row, WSI_UNIT_FRAMES, WSI_COPY_TEXT, messages, &error));
  g_assert_cmpstr (error->message, ==, "Cannot copy row 5: its payload was not kept");
}

static void
test_no_uri (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiHiddenMessages) messages = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiRow) row = NULL, gone = NULL;

  scene_init (&scene, NULL);
  messages = wsi_hidden_messages_new (scene.store, redactor);
  row = wsi_row_new (scene.store, SENT);
  gone = wsi_row_new (scene.store, 1000);
  g_assert_null (wsi_row_copy (row, WSI_UNIT_FRAMES, WSI_COPY_CURL, messages, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (wsi_row_copy (gone, WSI_UNIT_FRAMES, WSI_COPY_CURL, messages, &error));
  g_assert_nonnull (error);
}

static void
test_names (void)
{
  WsiCopyForm form;

  g_assert_false (wsi_copy_form_find ("", &form));
  g_assert_false (wsi_copy_form_find ("texts", &form));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/row-copy", cases, test_case);
  g_test_add_func ("/row-copy/a-payload-that-was-not-kept-is-an-error", test_not_kept);
  g_test_add_func ("/row-copy/a-command-needs-a-uri", test_no_uri);
  g_test_add_func ("/row-copy/no-other-names-are-forms", test_names);
  return g_test_run ();
}
