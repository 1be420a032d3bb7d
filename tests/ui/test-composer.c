/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The composer writes to a real connection: what is sent is seen in the records. */
#include "ui/composer/wsi-composer.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "inspect/compose/wsi-draft.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/store/wsi-servers.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspector/opened.h"
#include "inspector/sources/deaf-client.h"
#include "inspector/sources/open-conversation.h"
#include "keyboard.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/composer/wsi-draft-editor.h"
#include "ui/composer/wsi-frame-editor.h"
#include "ui/composer/wsi-replay-dialog.h"
#include "ui/template-children.h"

#define WIDE 1280
#define NARROW 360
#define HEIGHT 620
#define HUGE (G_GINT64_CONSTANT (1) << 30)
#define LONG_TEXT (64 * 1024 * 1024)
#define HELLO "Hello, Hello, Hello, Hello, Hello, Hello, Hello, Hello, Hello, Hello, Hello, " \
  "Hello, Hello!"

typedef struct
{
  WsiSession      *session;
  WsiSource       *server, *client;
  WsiConversation *of_server, *of_client;
  WsiComposer     *composer;
  GtkWindow       *window;
  const char      *expected;    /* letters of the frames that are expected */
  WsiConversation *watched;
} Scene;

static const char *
get_sentence (Scene *scene)
{
  return ui_test_get_text (ui_test_get_child (scene->composer, "notice"), "sentence");
}

static gpointer
get_again_button (Scene *scene)
{
  return ui_test_get_child (ui_test_get_child (scene->composer, "notice"), "again_button");
}

static gboolean
is_connected (gpointer data)
{
  Scene *scene = data;

  g_clear_object (&scene->of_server);
  g_clear_object (&scene->of_client);
  scene->of_server = open_conversation_dup (scene->session, WSP_ROLE_SERVER);
  scene->of_client = open_conversation_dup (scene->session, WSP_ROLE_CLIENT);
  return scene->of_server != NULL && scene->of_client != NULL;
}

static gboolean
has_target (gpointer data)
{
  return wsi_composer_get_target (((Scene *) data)->composer) != NULL;
}

static gboolean
has_no_target (gpointer data)
{
  return !has_target (data);
}

static void
connect_both (Scene *scene)
{
  g_autoptr (WsiRecorder) of_server = wsi_session_make_recorder (scene->session, WSP_ROLE_SERVER,
                                                                 NULL);
  g_autoptr (WsiRecorder) of_client = wsi_session_make_recorder (scene->session, WSP_ROLE_CLIENT,
                                                                 NULL);
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();
  g_autoptr (WspHandshake) handshake = NULL;

  scene->server = WSI_SOURCE (wsi_server_source_new (of_server, WSI_PLACE_THREAD));
  wsp_server_set_deflate (wsi_server_source_get_server (WSI_SERVER_SOURCE (scene->server)),
                          options);
  g_assert_cmpuint (wsi_server_source_listen (WSI_SERVER_SOURCE (scene->server), 0, NULL), !=, 0);
  wsi_session_add (scene->session, scene->server);
  handshake = wsp_handshake_new_client (wsi_source_get_uri (scene->server), NULL, NULL, NULL);
  scene->client = WSI_SOURCE (wsi_client_source_new (of_client, WSI_PLACE_THREAD, handshake));
  wsi_client_source_compress (WSI_CLIENT_SOURCE (scene->client));
  wsi_session_add (scene->session, scene->client);
  ui_test_wait_until (is_connected, scene);
}

/* The client's connection is the one that the user has chosen. */
static void
scene_init (Scene *scene,
            int    width)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  *scene = (Scene) { .session = opened_session () };
  scene->composer = g_object_new (WSI_TYPE_COMPOSER, "hexpand", TRUE, NULL);
  gtk_widget_set_valign (GTK_WIDGET (scene->composer), GTK_ALIGN_END);
  gtk_widget_set_vexpand (GTK_WIDGET (scene->composer), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (scene->composer));
  gtk_widget_add_css_class (box, "background");
  scene->window = ui_test_open (box, width, HEIGHT);
  wsi_composer_set_session (scene->composer, scene->session);
  g_assert_nonnull (strstr (get_sentence (scene), "No connection"));
  connect_both (scene);
  wsi_composer_set_conversation (scene->composer, wsi_conversation_get_number (scene->of_client));
  ui_test_wait_until (has_target, scene);
}

static void
scene_clear (Scene *scene)
{
  if (scene->window != NULL)
    ui_test_close (scene->window);
  g_clear_object (&scene->of_server);
  g_clear_object (&scene->of_client);
  g_object_run_dispose (G_OBJECT (scene->session));
  g_clear_object (&scene->session);
  g_clear_object (&scene->server);
  g_clear_object (&scene->client);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* The frames that a side has sent: "01:2 80:3".  Pongs to the keepalive of the server do not
 * count. */
static char *
list_frames (Scene * scene)
{
  WsiStore *store = wsi_session_get_store (scene->session);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (wsi_record_is_frame (record) && record->direction == WSP_DIRECTION_SENT &&
          record->kind != WSP_FRAME_KIND_PONG &&
          record->conversation == wsi_conversation_get_number (scene->watched))
        g_string_append_printf (text, "%s%02x:%" G_GUINT64_FORMAT, text->len > 0 ? " " : "",
                                record->byte0, wsi_record_get_length (record));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
has_frames (gpointer data)
{
  g_autofree char *frames = list_frames (data);

  return strlen (frames) >= strlen (((Scene *) data)->expected);
}

static void
assert_sent (Scene           *scene,
             WsiConversation *conversation,
             const char      *expected)
{
  g_autofree char *frames = NULL;

  scene->watched = conversation;
  scene->expected = expected;
  ui_test_wait_until (has_frames, scene);
  frames = list_frames (scene);
  g_assert_cmpstr (frames, ==, expected);
}

static void
set_draft (Scene         *scene,
           WsiDraftForm   form,
           WspMessageType message_type,
           const char    *text,
           const char    *fragments,
           WsiCompression compression)
{
  g_autoptr (WsiDraft) draft = wsi_draft_new (form, message_type, text);

  g_free (draft->fragments);
  draft->fragments = g_strdup (fragments);
  draft->compression = compression;
  g_object_set (scene->composer, "expanded", TRUE, NULL);
  wsi_draft_editor_set_draft (ui_test_get_child (scene->composer, "editor"), draft);
}

static WsiDraft *
make_draft (Scene *scene)
{
  return wsi_draft_editor_make_draft (ui_test_get_child (scene->composer, "editor"));
}

static GtkTextBuffer *
get_buffer (Scene *scene)
{
  gpointer editor = ui_test_get_child (scene->composer, "editor");

  return gtk_text_view_get_buffer (ui_test_get_child (editor, "text"));
}

static void
take_picture (Scene      *scene,
              const char *name)
{
  ui_test_draw (GTK_WIDGET (scene->window), 3);
  picture_save (gtk_window_get_child (scene->window), name);
}

static void
activate (Scene      *scene,
          const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (scene->composer), action, NULL));
}

static gboolean
is_mapped_text (GtkWidget  *widget,
                const char *text)
{
  return gtk_widget_get_mapped (widget) && GTK_IS_TEXT (widget);
}

/* A code that is none of the list, and its reason. */
static void
write_close (Scene      *scene,
             const char *text)
{
  gpointer popover = ui_test_get_child (scene->composer, "close");
  GtkDropDown *codes = ui_test_get_child (popover, "code");
  guint n_codes = g_list_model_get_n_items (gtk_drop_down_get_model (codes));

  gtk_drop_down_set_selected (codes, n_codes - 1);
  gtk_editable_set_text (ui_test_get_child (popover, "reason"), text);
}

static void
test_line (void)
{
  g_auto (Scene) scene;
  GtkWidget *entry;

  scene_init (&scene, WIDE);
  take_picture (&scene, "composer-line");
  entry = ui_test_find (GTK_WIDGET (scene.composer), is_mapped_text, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "Hello");
  g_signal_emit_by_name (gtk_widget_get_parent (entry), "activate");
  assert_sent (&scene, scene.of_client, "81:5");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
}

static const struct
{
  const char    *name;
  WsiDraftForm   form;
  WspMessageType message_type;
  const char    *text, *fragments;
  WsiCompression compression;
  const char    *frames;
} messages[] = {
  { "binary-of-hex", WSI_FORM_HEX, WSP_MESSAGE_TYPE_BINARY, "ca fe", "", WSI_COMPRESSION_NEGOTIATED, "82:2" },
  { "text-of-hex", WSI_FORM_HEX, WSP_MESSAGE_TYPE_TEXT, "48 69", "", WSI_COMPRESSION_NEGOTIATED, "81:2" },
  { "json", WSI_FORM_JSON, WSP_MESSAGE_TYPE_TEXT, "[1]", "", WSI_COMPRESSION_NEGOTIATED, "81:3" },
  { "base64", WSI_FORM_BASE64, WSP_MESSAGE_TYPE_BINARY, "yv4=", "", WSI_COMPRESSION_NEGOTIATED, "82:2" },
  { "compressed", WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, HELLO, "", WSI_COMPRESSION_NEGOTIATED, "c1:90" },
  { "not-compressed", WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, HELLO, "", WSI_COMPRESSION_NONE, "81:90" },
  { "compressed-fragments", WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "1, 3", WSI_COMPRESSION_NEGOTIATED, "41:1 00:3 80:1" },
  { "fragments-of-all-bytes", WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "5", WSI_COMPRESSION_NEGOTIATED, "81:5" },
  { "counter", WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "{{counter}}", "", WSI_COMPRESSION_NEGOTIATED, "81:1" },
};

static void
test_message (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  set_draft (&scene, messages[i].form, messages[i].message_type, messages[i].text,
             messages[i].fragments, messages[i].compression);
  activate (&scene, "composer.send");
  g_assert_cmpstr (get_sentence (&scene), ==, "");
  assert_sent (&scene, scene.of_client, messages[i].frames);
}

/* The mistake is named and underlined, and nothing is sent. */
static void
test_mistake (void)
{
  g_auto (Scene) scene;
  GtkTextBuffer *buffer;
  GtkTextIter place;

  scene_init (&scene, WIDE);
  buffer = get_buffer (&scene);
  set_draft (&scene, WSI_FORM_HEX, WSP_MESSAGE_TYPE_BINARY, "ca\nfe 0g", "",
             WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  g_assert_cmpstr (ui_test_get_text (ui_test_get_child (scene.composer, "editor"), "verdict"), ==,
                   "line 2, column 5: expected a hexadecimal digit, received 'g'");
  g_assert_cmpstr (get_sentence (&scene), ==, "");
  gtk_text_buffer_get_iter_at_line_offset (buffer, &place, 1, 4);
  g_assert_true (gtk_text_iter_starts_tag (&place, NULL));
  take_picture (&scene, "composer-mistake");

  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "{{nobody}}", "",
             WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  g_assert_nonnull (strstr (get_sentence (&scene), "received 'n'"));
  gtk_text_buffer_set_text (buffer, "ca", -1);
  g_assert_cmpstr (get_sentence (&scene), ==, "");
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "x", "0", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  g_assert_nonnull (strstr (get_sentence (&scene), "from 1 to 65535"));
}

static void
test_controls (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "hi", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.ping");
  assert_sent (&scene, scene.of_client, "89:2");
  write_close (&scene, "3001:bye");
  activate (&scene, "composer.close");
  assert_sent (&scene, scene.of_client, "89:2 88:5");
  g_assert_cmpuint (wsi_conversation_get_close_code (scene.of_client), ==, 3001);
  ui_test_wait_until (has_no_target, &scene);
  g_assert_nonnull (strstr (get_sentence (&scene), "closed"));
  take_picture (&scene, "composer-closed");
}

/* A code that may not be sent is refused here. */
static void
test_wrong_close (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  write_close (&scene, "1005");
  activate (&scene, "composer.close");
  g_assert_nonnull (strstr (get_sentence (&scene), "received code 1005"));
  g_assert_true (has_target (&scene));
}

static void
select_field (WsiFrameEditor *editor,
              int             field)
{
  wsi_bit_diagram_set_selected (ui_test_get_child (editor, "diagram"), field);
}

static void
type_value (WsiFrameEditor *editor,
            const char     *value)
{
  gtk_editable_set_text (ui_test_get_child (editor, "value"), value);
  g_signal_emit_by_name (ui_test_get_child (editor, "value"), "activate");
}

/* The bar names the rule before anything is sent, and the switch is asked for. */
static void
test_raw (void)
{
  g_auto (Scene) scene;
  WsiFrameEditor *editor;
  GtkWidget *allowed;

  scene_init (&scene, WIDE);
  editor = ui_test_get_child (scene.composer, "frame");
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hi", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.raw");
  g_assert_cmpstr (ui_test_get_text (editor, "warning"), ==, "");
  select_field (editor, 4);
  type_value (editor, "3");
  g_assert_nonnull (strstr (ui_test_get_text (editor, "warning"), "RFC 6455 5.2"));
  take_picture (&scene, "composer-raw");

  activate (&scene, "composer.send");
  g_assert_nonnull (strstr (get_sentence (&scene), "Switch on"));
  allowed = ui_test_find (GTK_WIDGET (editor), ui_test_is_type, "GtkSwitch");
  gtk_switch_set_active (GTK_SWITCH (allowed), TRUE);
  activate (&scene, "composer.send");
  scene.watched = scene.of_client;
  scene.expected = "83:2";
  ui_test_wait_until (has_frames, &scene);
}

static gboolean
is_masked (Scene *scene)
{
  g_autoptr (GBytes) frame = wsi_frame_editor_write (ui_test_get_child (scene->composer, "frame"));

  return (((const guint8 *) g_bytes_get_data (frame, NULL))[1] & 0x80) != 0;
}

/* Between them there is no connection. */
static void
test_raw_side (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  g_assert_true (is_masked (&scene));
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_server));
  g_assert_false (is_masked (&scene));
  wsi_composer_set_conversation (scene.composer, 99);
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_client));
  g_assert_true (is_masked (&scene));
}

/* Return is not needed; a wrong value is not sent, and stays to be corrected. */
static void
test_raw_typed (void)
{
  g_auto (Scene) scene;
  WsiFrameEditor *editor;
  GtkWidget *allowed, *value;

  scene_init (&scene, WIDE);
  editor = ui_test_get_child (scene.composer, "frame");
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hi", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.raw");
  allowed = ui_test_find (GTK_WIDGET (editor), ui_test_is_type, "GtkSwitch");
  value = ui_test_find (GTK_WIDGET (editor), ui_test_is_type, "GtkEntry");
  gtk_switch_set_active (GTK_SWITCH (allowed), TRUE);
  select_field (editor, 4);
  gtk_editable_set_text (GTK_EDITABLE (value), "99");
  activate (&scene, "composer.send");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (value)), ==, "99");
  gtk_editable_set_text (GTK_EDITABLE (value), "3");
  activate (&scene, "composer.send");
  scene.watched = scene.of_client;
  scene.expected = "83:2";
  ui_test_wait_until (has_frames, &scene);

  /* The focus goes to another field. */
  gtk_widget_grab_focus (value);
  gtk_editable_set_text (GTK_EDITABLE (value), "4");
  gtk_widget_grab_focus (GTK_WIDGET (ui_test_get_child (editor, "diagram")));
  select_field (editor, 0);
  g_assert_nonnull (strstr (ui_test_get_text (editor, "warning"), "RFC 6455 5.2"));
}

static void
keep_toast (GSimpleAction *action,
            GVariant      *sentence,
            char         **kept)
{
  g_free (*kept);
  *kept = g_variant_dup_string (sentence, NULL);
}

static void
install_toast (Scene *scene,
               char **kept)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) toast = g_simple_action_new ("toast", G_VARIANT_TYPE_STRING);

  g_signal_connect (toast, "activate", G_CALLBACK (keep_toast), kept);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (toast));
  gtk_widget_insert_action_group (GTK_WIDGET (scene->window), "win", G_ACTION_GROUP (group));
}

static gboolean
has_sentence (gpointer sentence)
{
  return *(char **) sentence != NULL;
}

static char *
make_file (gint64 length)
{
  char *path = NULL;
  int file = g_file_open_tmp ("composer-XXXXXX", &path, NULL);

  g_assert_cmpint (ftruncate (file, length), ==, 0);
  g_assert_true (g_close (file, NULL));
  return path;
}

static void
test_file (void)
{
  g_auto (Scene) scene;
  g_autofree char *path = make_file (7);

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_FILE, WSP_MESSAGE_TYPE_BINARY, path, "", WSI_COMPRESSION_NEGOTIATED);
  take_picture (&scene, "composer-file");
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "82:7");
  g_unlink (path);
}

/* The window goes while 1 GiB leaves: nothing is waited for. */
static void
test_closed_while_sending (void)
{
  g_auto (Scene) scene;
  g_autofree char *path = make_file (HUGE);

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_FILE, WSP_MESSAGE_TYPE_BINARY, path, "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  ui_test_close (g_steal_pointer (&scene.window));
  g_unlink (path);
}

/* The second client of the server has the third connection of the session. */
static gboolean
is_second_connected (gpointer data)
{
  Scene *scene = data;
  WsiStore *store = wsi_session_get_store (scene->session);
  guint32 n_kept;

  if (wsi_store_count_conversations (store, &n_kept) < 3)
    return FALSE;

  g_clear_object (&scene->of_server);
  scene->of_server = wsi_store_dup_conversation (store, 3);
  return wsi_conversation_get_status (scene->of_server) == 101;
}

static gboolean
has_second_target (gpointer data)
{
  Scene *scene = data;

  return wsi_composer_get_target (scene->composer) == scene->of_server;
}

/* The rest is not sent, and the user reads what that does to the connection.  A peer that reads
 * would end the message at its limit on a busy machine. */
static void
test_cancel (void)
{
  g_auto (Scene) scene;
  g_autoptr (GSocketConnection) deaf = NULL;
  g_autofree char *path = make_file (HUGE);
  g_autofree char *sentence = NULL;

  scene_init (&scene, WIDE);
  install_toast (&scene, &sentence);
  deaf = deaf_client_new (scene.server);
  ui_test_wait_until (is_second_connected, &scene);
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_server));
  ui_test_wait_until (has_second_target, &scene);
  set_draft (&scene, WSI_FORM_FILE, WSP_MESSAGE_TYPE_BINARY, path, "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  scene.watched = scene.of_server;
  scene.expected = "02:65536";
  ui_test_wait_until (has_frames, &scene);
  activate (&scene, "composer.cancel");
  ui_test_wait_until (has_sentence, &sentence);
  g_assert_nonnull (strstr (sentence, "code 1011"));
  ui_test_wait_until (has_no_target, &scene);
  g_unlink (path);
}

static gboolean
is_book_written (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The file of what was sent waits for the disk: it is written when the user leaves the composer.
 * A display server may take the focus away before. */
static void
test_book (void)
{
  g_auto (Scene) scene;
  GtkEventController *focus = gtk_event_controller_focus_new ();
  guint n_left = 0;
  GtkWidget *other = gtk_button_new_with_label ("Elsewhere");
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "ws-inspector",
                                            "messages.jsonl", NULL);

  scene_init (&scene, WIDE);
  gtk_box_append (GTK_BOX (gtk_window_get_child (scene.window)), other);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "", WSI_COMPRESSION_NEGOTIATED);
  wsi_composer_focus (scene.composer);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (g_atomic_int_inc), &n_left);
  gtk_widget_add_controller (GTK_WIDGET (scene.composer), focus);
  g_unlink (path);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "81:5");
  g_assert_true (n_left > 0 || !is_book_written (path));
  gtk_widget_grab_focus (other);
  ui_test_wait_until (is_book_written, path);
}

/* The text stays. */
static void
test_closes_while_typing (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiDraft) draft = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "not finis", "",
             WSI_COMPRESSION_NEGOTIATED);
  wsi_session_stop (scene.session);
  ui_test_wait_until (has_no_target, &scene);
  draft = make_draft (&scene);
  g_assert_cmpstr (draft->text, ==, "not finis");
  gtk_widget_activate_action (GTK_WIDGET (scene.composer), "composer.send", NULL);
}

static void
test_server (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_server));
  g_assert_true (wsi_composer_get_target (scene.composer) == scene.of_server);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "2",
             WSI_COMPRESSION_NEGOTIATED);
  take_picture (&scene, "composer-server");
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_server, "41:2 00:2 80:1");
}

/* The last frame of the kind that the side has sent. */
static WsiRow *
find_row (Scene           *scene,
          WsiConversation *conversation,
          WspFrameKind     kind)
{
  WsiStore *store = wsi_session_get_store (scene->session);
  guint64 number = wsi_store_get_end (store) - 1;

  while (wsi_store_get_record (store, number)->kind != kind ||
         wsi_store_get_record (store, number)->direction != WSP_DIRECTION_SENT ||
         wsi_store_get_record (store, number)->conversation !=
         wsi_conversation_get_number (conversation))
    number--;
  return wsi_row_new (store, number);
}

static void
test_row (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "a \\{{uuid}}", "3",
             WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "41:3 00:3 00:3 80:1");
  row = find_row (&scene, scene.of_client, WSP_FRAME_KIND_TEXT);
  wsi_composer_take_row (scene.composer, row);
  draft = make_draft (&scene);
  g_assert_cmpstr (draft->text, ==, "a \\{{uuid}}");
  g_assert_cmpint (draft->message_type, ==, WSP_MESSAGE_TYPE_TEXT);
  g_assert_cmpstr (draft->fragments, ==, "3");
  g_assert_cmpint (draft->compression, ==, WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "41:3 00:3 00:3 80:1 41:3 00:3 00:3 80:1");
}

/* The last frame of the client becomes what is written: a ping, then a Close. */
static void
test_row_of_control (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiRow) ping = NULL, end = NULL;
  g_autoptr (WsiDraft) draft = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "hi", "3", WSI_COMPRESSION_NONE);
  activate (&scene, "composer.ping");
  assert_sent (&scene, scene.of_client, "89:2");
  ping = find_row (&scene, scene.of_client, WSP_FRAME_KIND_PING);
  wsi_composer_take_row (scene.composer, ping);
  take_picture (&scene, "composer-ping");
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "89:2 89:2");
  write_close (&scene, "3001:bye");
  activate (&scene, "composer.close");
  assert_sent (&scene, scene.of_client, "89:2 89:2 88:5");
  end = find_row (&scene, scene.of_client, WSP_FRAME_KIND_CLOSE);
  wsi_composer_take_row (scene.composer, end);
  draft = make_draft (&scene);
  g_assert_cmpint (draft->kind, ==, WSI_DRAFT_CLOSE);
  g_assert_cmpstr (draft->text, ==, "3001:bye");
}

/* Pongs of keepalive have no payload. */
static gboolean
has_pong (gpointer data)
{
  Scene *scene = data;
  WsiStore *store = wsi_session_get_store (scene->session);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (record->kind == WSP_FRAME_KIND_PONG && record->direction == WSP_DIRECTION_SENT &&
          wsi_record_get_length (record) == 2)
        return TRUE;
    }
  return FALSE;
}

/* The server has answered a ping: the pong becomes a raw frame, and a toast says why. */
static void
test_row_of_pong (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiRow) pong = NULL;
  g_autoptr (GBytes) frame = NULL;
  g_autofree char *sentence = NULL;

  scene_init (&scene, WIDE);
  install_toast (&scene, &sentence);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "hi", "", WSI_COMPRESSION_NONE);
  activate (&scene, "composer.ping");
  ui_test_wait_until (has_pong, &scene);
  pong = find_row (&scene, scene.of_server, WSP_FRAME_KIND_PONG);
  wsi_composer_take_row (scene.composer, pong);
  g_assert_nonnull (strstr (sentence, "raw frame"));
  take_picture (&scene, "composer-pong");
  frame = wsi_frame_editor_write (ui_test_get_child (scene.composer, "frame"));
  g_assert_cmphex (*(const guint8 *) g_bytes_get_data (frame, NULL), ==, 0x8a);
  g_assert_cmpuint (g_bytes_get_size (frame), ==, 4);
  gtk_switch_set_active (GTK_SWITCH (ui_test_find (GTK_WIDGET (scene.composer), ui_test_is_type,
                                                   "GtkSwitch")), TRUE);
  activate (&scene, "composer.send");
  g_assert_cmpstr (get_sentence (&scene), ==, "");
}

/* The frames of the message cannot be named. */
static void
test_row_of_long_frames (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  g_autofree char *sentence = NULL;
  g_autoptr (WsiConversation) other = NULL;
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://elsewhere.example/" };
  WsiStore *store;

  scene_init (&scene, WIDE);
  install_toast (&scene, &sentence);
  store = wsi_session_get_store (scene.session);
  other = opened_conversation (store, &opening, 1);
  for (guint i = 0; i < 3; i++)
    {
      const UiTestFrame frame = { .direction = WSP_DIRECTION_SENT, .opcode = i == 0 ? 1 : 0,
                                  .payload = i == 1 ? "" : "a", .is_first_part = i < 2 };

      ui_test_append (store, other, &frame);
    }
  row = wsi_row_new (store, wsi_store_get_end (store) - 1);
  wsi_composer_take_row (scene.composer, row);
  g_assert_nonnull (strstr (sentence, "one frame"));
  draft = make_draft (&scene);
  g_assert_cmpstr (draft->fragments, ==, "");
}

/* A row of a connection that has no source. */
static WsiRow *
append_row (Scene            *scene,
            const WsiOpening *opening)
{
  const UiTestFrame frame = { .direction = WSP_DIRECTION_SENT, .opcode = 1, .payload = "again" };
  WsiStore *store = wsi_session_get_store (scene->session);
  g_autoptr (WsiConversation) other = opened_conversation (store, opening, 1);

  ui_test_append (store, other, &frame);
  return wsi_row_new (store, wsi_store_get_end (store) - 1);
}

/* The composer writes to the client's connection at the moment. */
static void
test_row_of_another (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiRow) row = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "", WSI_COMPRESSION_NEGOTIATED);
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_server));
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_server, "81:5");
  row = find_row (&scene, scene.of_server, WSP_FRAME_KIND_TEXT);
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_client));
  wsi_composer_take_row (scene.composer, row);
  g_assert_true (wsi_composer_get_target (scene.composer) == scene.of_server);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_server, "81:5 81:5");
  assert_sent (&scene, scene.of_client, "");
}

/* Nothing goes to a connection that is open. */
static void
test_row_of_closed (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://elsewhere.example/" };
  g_auto (Scene) scene;
  g_autoptr (WsiRow) row = NULL;

  scene_init (&scene, WIDE);
  row = append_row (&scene, &opening);
  wsi_composer_take_row (scene.composer, row);
  g_assert_null (wsi_composer_get_target (scene.composer));
  g_assert_nonnull (strstr (get_sentence (&scene), "closed"));
  gtk_widget_activate_action (GTK_WIDGET (scene.composer), "composer.send", NULL);
  take_picture (&scene, "composer-row-of-a-closed-connection");
  assert_sent (&scene, scene.of_client, "");
  assert_sent (&scene, scene.of_server, "");
}

/* The second client of the session has the third or the fourth connection. */
static gboolean
has_another_client (gpointer data)
{
  Scene *scene = data;
  WsiStore *store = wsi_session_get_store (scene->session);

  for (guint32 i = 3; i <= 4; i++)
    {
      g_autoptr (WsiConversation) other = wsi_store_dup_conversation (store, i);

      if (other != NULL && wsi_conversation_get_role (other) == WSP_ROLE_CLIENT &&
          wsi_conversation_get_status (other) == 101)
        return g_set_object (&scene->of_client, other);
    }
  return FALSE;
}

/* In the place of the window: it would show the form where the target is wrong. */
static void
start_target (GSimpleAction *action,
              GVariant      *line,
              Scene         *scene)
{
  g_autoptr (WsiTarget) target = wsi_target_parse (g_variant_get_string (line, NULL), NULL);
  WsiTargetField wrong;

  g_assert_nonnull (target);
  wsi_target_start (target, scene->session, &wrong, NULL);
}

static void
install_start (Scene *scene)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) action = g_simple_action_new ("start-target", G_VARIANT_TYPE_STRING);

  g_signal_connect (action, "activate", G_CALLBACK (start_target), scene);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (GTK_WIDGET (scene->window), "win", G_ACTION_GROUP (group));
}

static guint32
find_connection (Scene     *scene,
                 WsiSource *source)
{
  WsiStore *store = wsi_session_get_store (scene->session);
  guint32 n_kept;

  for (guint32 i = wsi_store_count_conversations (store, &n_kept); i > 0; i--)
    {
      g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (store, i);

      if (wsi_session_find_source (scene->session, conversation) == source)
        return i;
    }
  return 0;
}

static guint32
wait_for_connection (Scene     *scene,
                     WsiSource *source)
{
  while (find_connection (scene, source) == 0)
    g_main_context_iteration (NULL, TRUE);
  return find_connection (scene, source);
}

static gboolean
has_some_target (gpointer composer)
{
  return wsi_composer_get_target (composer) != NULL;
}

/* The place of the line offers to connect again once the connection of a client has ended: it has
 * the focus that the line had, and gives it back. */
static void
test_connect_again (void)
{
  g_auto (Scene) scene;
  g_autofree char *line = NULL;
  GtkWidget *button;
  WsiSource *client;
  guint n_sources;

  scene_init (&scene, WIDE);
  install_start (&scene);
  button = ui_test_get_child (ui_test_get_child (scene.composer, "notice"), "connect_button");
  n_sources = wsi_session_get_n_sources (scene.session);
  line = g_strdup_printf ("connect %s", wsi_conversation_get_uri (scene.of_client));
  gtk_widget_activate_action (GTK_WIDGET (scene.composer), "win.start-target", "s", line);
  client = wsi_session_get_source (scene.session, n_sources);
  wsi_composer_set_conversation (scene.composer, wait_for_connection (&scene, client));
  ui_test_wait_until (has_some_target, scene.composer);
  g_object_set (scene.composer, "expanded", FALSE, NULL);
  wsi_composer_focus (scene.composer);
  g_assert_false (gtk_widget_get_mapped (button));

  wsi_source_stop_async (client, NULL, NULL);
  ui_test_wait_until (has_no_target, &scene);
  g_assert_true (gtk_window_get_focus (scene.window) == button);
  take_picture (&scene, "composer-connect-again");
  gtk_widget_activate (button);
  ui_test_wait_until (has_some_target, scene.composer);
  g_assert_true (GTK_IS_TEXT (gtk_window_get_focus (scene.window)));
}

/* The connection of the client is closed: another client goes where it went. */
static void
test_connect_and_send (void)
{
  g_auto (Scene) scene;
  WsiConversation *target;

  scene_init (&scene, WIDE);
  install_start (&scene);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "again", "", WSI_COMPRESSION_NEGOTIATED);
  g_assert_false (gtk_widget_get_visible (get_again_button (&scene)));
  wsi_source_stop_async (scene.client, NULL, NULL);
  ui_test_wait_until (has_no_target, &scene);
  g_assert_true (gtk_widget_get_visible (get_again_button (&scene)));
  g_assert_true (gtk_widget_is_sensitive (get_again_button (&scene)));
  take_picture (&scene, "composer-connect-and-send");
  activate (&scene, "composer.connect-and-send");
  ui_test_wait_until (has_target, &scene);
  target = wsi_composer_get_target (scene.composer);
  g_assert_true (target != scene.of_client);
  g_assert_cmpstr (wsi_conversation_get_uri (target), ==,
                   wsi_conversation_get_uri (scene.of_client));
  assert_sent (&scene, target, "81:5");
}

/* The fields of a raw frame go with it, and stay. */
static void
test_connect_and_send_raw (void)
{
  g_auto (Scene) scene;
  g_autofree char *frames = NULL;
  WsiFrameEditor *editor;

  scene_init (&scene, WIDE);
  install_start (&scene);
  editor = ui_test_get_child (scene.composer, "frame");
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hi", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.raw");
  select_field (editor, 4);
  type_value (editor, "3");
  wsi_source_stop_async (scene.client, NULL, NULL);
  ui_test_wait_until (has_no_target, &scene);
  activate (&scene, "composer.connect-and-send");
  g_assert_nonnull (strstr (get_sentence (&scene), "Switch on"));
  gtk_switch_set_active (GTK_SWITCH (ui_test_find (GTK_WIDGET (editor), ui_test_is_type,
                                                   "GtkSwitch")), TRUE);
  activate (&scene, "composer.connect-and-send");
  ui_test_wait_until (has_target, &scene);
  scene.watched = wsi_composer_get_target (scene.composer);
  scene.expected = "83:2";
  ui_test_wait_until (has_frames, &scene);
  frames = list_frames (&scene);
  g_assert_true (g_str_has_prefix (frames, "83:2"));
  g_assert_true (gtk_toggle_button_get_active (ui_test_get_child (scene.composer, "raw")));
}

/* Whatever the certificate, as before. */
static void
test_connect_insecurely (void)
{
  g_auto (Scene) scene;
  g_autofree char *line = NULL, *again = NULL;
  g_autoptr (WsiTarget) target = NULL;
  WsiTargetField wrong;
  WsiSource *source;

  scene_init (&scene, WIDE);
  install_start (&scene);
  line = g_strdup_printf ("connect %s --insecure-accept-certificate",
                          wsi_conversation_get_uri (scene.of_client));
  wsi_source_stop_async (scene.client, NULL, NULL);
  ui_test_wait_until (has_no_target, &scene);
  target = wsi_target_parse (line, NULL);
  source = wsi_target_start (target, scene.session, &wrong, NULL);
  ui_test_wait_until (has_another_client, &scene);
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_client));
  wsi_source_stop_async (source, NULL, NULL);
  ui_test_wait_until (has_no_target, &scene);
  activate (&scene, "composer.connect-and-send");
  ui_test_wait_until (has_target, &scene);
  source = wsi_session_find_source (scene.session, wsi_composer_get_target (scene.composer));
  again = wsi_target_print (wsi_target_find (source));
  g_assert_cmpstr (again, ==, line);
}

/* A secret was hidden in the file: nothing is started, and the message stays. */
static void
test_connect_with_secret (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT,
                               .uri = "ws://127.0.0.1:9/?token=redacted-43-bytes-7f3a" };
  g_auto (Scene) scene;
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  guint n_sources;

  scene_init (&scene, WIDE);
  install_start (&scene);
  n_sources = wsi_session_get_n_sources (scene.session);
  row = append_row (&scene, &opening);
  wsi_composer_take_row (scene.composer, row);
  activate (&scene, "composer.connect-and-send");
  g_assert_cmpuint (wsi_session_get_n_sources (scene.session), ==, n_sources);
  draft = make_draft (&scene);
  g_assert_cmpstr (draft->text, ==, "again");
}

/* Where it went is not known. */
static void
test_connect_to_nowhere (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_auto (Scene) scene;
  g_autoptr (WsiRow) row = NULL;

  scene_init (&scene, WIDE);
  install_start (&scene);
  row = append_row (&scene, &opening);
  wsi_composer_take_row (scene.composer, row);
  activate (&scene, "composer.connect-and-send");
  g_assert_nonnull (strstr (get_sentence (&scene), "is not known"));
}

/* The connection of the row is no longer among those that are kept. */
static void
test_row_of_forgotten (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  wsi_composer_set_conversation (scene.composer, 99);
  g_assert_null (wsi_composer_get_target (scene.composer));
  g_assert_cmpstr (get_sentence (&scene), !=, "");
}

/* Ctrl+Return empties the text, Ctrl+Z brings it back, and with Shift the text is kept. */
static void
test_after_sending (void)
{
  g_auto (Scene) scene;
  g_autofree char *empty = NULL, *back = NULL, *kept = NULL;
  GtkTextBuffer *buffer;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "", WSI_COMPRESSION_NEGOTIATED);
  wsi_composer_focus (scene.composer);
  buffer = get_buffer (&scene);
  keyboard_press (GTK_WIDGET (scene.window), "<Control>Return");
  assert_sent (&scene, scene.of_client, "81:5");
  g_object_get (buffer, "text", &empty, NULL);
  g_assert_cmpstr (empty, ==, "");
  g_assert_nonnull (keyboard_press (GTK_WIDGET (scene.window), "<Control>z"));
  g_object_get (buffer, "text", &back, NULL);
  g_assert_cmpstr (back, ==, "Hello");
  keyboard_press (GTK_WIDGET (scene.window), "<Control><Shift>Return");
  assert_sent (&scene, scene.of_client, "81:5 81:5");
  g_object_get (buffer, "text", &kept, NULL);
  g_assert_cmpstr (kept, ==, "Hello");
}

static GtkEditable *
focus_line (Scene *scene)
{
  g_object_set (scene->composer, "expanded", FALSE, NULL);
  wsi_composer_focus (scene->composer);
  return ui_test_get_child (scene->composer, "entry");
}

static gboolean
is_send_button (GtkWidget  *widget,
                const char *action)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0;
}

static gboolean
has_focus (Scene     *scene,
           GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (scene->window);

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* In the line and in the whole composer; the one that cannot be sent leaves it there. */
static void
test_focus_after_click (void)
{
  g_auto (Scene) scene;
  GtkWidget *entry, *button;

  scene_init (&scene, WIDE);
  entry = GTK_WIDGET (focus_line (&scene));
  button = ui_test_find (GTK_WIDGET (scene.composer), is_send_button, "composer.send");
  gtk_widget_grab_focus (button);
  g_signal_emit_by_name (button, "clicked");
  g_assert_true (has_focus (&scene, entry));
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "", WSI_COMPRESSION_NEGOTIATED);
  button = ui_test_find (GTK_WIDGET (scene.composer), is_send_button, "composer.send");
  gtk_widget_grab_focus (button);
  g_signal_emit_by_name (button, "clicked");
  assert_sent (&scene, scene.of_client, "81:0 81:5");
  g_assert_true (has_focus (&scene, ui_test_get_child (scene.composer, "editor")));
}

/* A message that was not sent is not lost either when a row takes its place. */
static void
test_text_comes_back (void)
{
  g_auto (Scene) scene;
  g_autofree char *back = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "not sent", "",
             WSI_COMPRESSION_NEGOTIATED);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "of a row", "",
             WSI_COMPRESSION_NEGOTIATED);
  gtk_text_buffer_undo (get_buffer (&scene));
  g_object_get (get_buffer (&scene), "text", &back, NULL);
  g_assert_cmpstr (back, ==, "not sent");
}

static void
test_up (void)
{
  g_auto (Scene) scene;
  GtkEditable *entry;

  scene_init (&scene, WIDE);
  entry = focus_line (&scene);
  keyboard_press (GTK_WIDGET (scene.window), "Up");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
  gtk_editable_set_text (entry, "Hello");
  activate (&scene, "composer.send");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
  keyboard_press (GTK_WIDGET (scene.window), "Up");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "Hello");
  gtk_editable_set_text (entry, "another");
  keyboard_press (GTK_WIDGET (scene.window), "Up");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "another");
}

/* A draft is a text that is lost with the composer. */
static void
test_draft (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiDraft) kept = wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "of the book");
  GtkEditable *entry;

  scene_init (&scene, WIDE);
  entry = focus_line (&scene);
  g_assert_false (wsi_composer_has_draft (scene.composer));
  gtk_editable_set_text (entry, "Hello");
  g_assert_true (wsi_composer_has_draft (scene.composer));
  activate (&scene, "composer.send-and-keep");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "Hello");
  g_assert_false (wsi_composer_has_draft (scene.composer));
  gtk_editable_set_text (entry, "Hello again");
  g_assert_true (wsi_composer_has_draft (scene.composer));
  wsi_composer_discard (scene.composer);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "typed", "1",
             WSI_COMPRESSION_NEGOTIATED);
  g_object_set (scene.composer, "expanded", FALSE, NULL);
  g_assert_true (wsi_composer_has_draft (scene.composer));
  g_signal_emit_by_name (ui_test_get_child (scene.composer, "book"), "chosen", kept);
  g_assert_false (wsi_composer_has_draft (scene.composer));
}

/* The line has no room for what is more than a text. */
static void
test_up_of_bytes (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiDraft) draft = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_HEX, WSP_MESSAGE_TYPE_BINARY, "ca fe", "1",
             WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  focus_line (&scene);
  keyboard_press (GTK_WIDGET (scene.window), "Up");
  g_assert_true (wsi_composer_is_expanded (scene.composer));
  draft = make_draft (&scene);
  g_assert_cmpstr (draft->text, ==, "ca fe");
  g_assert_cmpstr (draft->fragments, ==, "1");
}

/* Where the text has the focus, and also while nothing can be sent. */
static void
test_send_key (gconstpointer keys)
{
  g_auto (Scene) scene;
  g_autoptr (WsiDraft) draft = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "Hello", "", WSI_COMPRESSION_NEGOTIATED);
  wsi_composer_focus (scene.composer);
  g_assert_true (keyboard_press (GTK_WIDGET (scene.window), keys) == GTK_WIDGET (scene.composer));
  assert_sent (&scene, scene.of_client, "81:5");
  wsi_session_stop (scene.session);
  ui_test_wait_until (has_no_target, &scene);
  wsi_composer_focus (scene.composer);
  gtk_text_buffer_set_text (get_buffer (&scene), "Hello", -1);
  g_assert_true (keyboard_press (GTK_WIDGET (scene.window), keys) == GTK_WIDGET (scene.composer));
  draft = make_draft (&scene);
  g_assert_cmpstr (draft->text, ==, "Hello");
}

static void
test_long_paste (void)
{
  g_auto (Scene) scene;
  g_autofree char *text = g_strnfill (LONG_TEXT, 'a');
  GtkTextBuffer *buffer;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_HEX, WSP_MESSAGE_TYPE_BINARY, "ca", "", WSI_COMPRESSION_NEGOTIATED);
  buffer = get_buffer (&scene);
  gtk_text_buffer_insert_at_cursor (buffer, text, LONG_TEXT);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, 2);
  g_assert_nonnull (strstr (get_sentence (&scene), "Send a file"));
}

static gboolean
has_stopped (gpointer data)
{
  return !ui_test_is_replay_running (data);
}

static gboolean
has_sent_one (gpointer dialog)
{
  return strstr (ui_test_get_text (dialog, "sentence"), "1 of 10") != NULL;
}

/* The client's messages are sent to its server once more, over the same connection. */
static void
test_replay (void)
{
  g_auto (Scene) scene;
  GtkWidget *dialog;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "one", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  set_draft (&scene, WSI_FORM_HEX, WSP_MESSAGE_TYPE_BINARY, "ca fe", "",
             WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "81:3 82:2");

  dialog = wsi_replay_dialog_new (scene.window, scene.session, scene.of_client);
  gtk_window_present (GTK_WINDOW (dialog));
  ui_test_choose_replay (dialog, wsi_conversation_get_number (scene.of_client), WSP_ROLE_CLIENT);
  ui_test_draw (GTK_WIDGET (dialog), 3);
  picture_save (gtk_window_get_child (GTK_WINDOW (dialog)), "composer-replay");
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  g_assert_true (ui_test_is_replay_running (dialog));
  ui_test_wait_until (has_stopped, dialog);
  g_assert_nonnull (strstr (ui_test_get_text (dialog, "sentence"), "2 of 2"));
  assert_sent (&scene, scene.of_client, "81:3 82:2 81:3 82:2");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* A row is sent ten times at a rate; a typed count holds.  Then the replay is stopped midway. */
static void
test_replay_times (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  GtkWidget *dialog;
  guint64 number;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "one", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "81:3");
  row = find_row (&scene, scene.of_client, WSP_FRAME_KIND_TEXT);
  number = wsi_row_get_number (row);
  g_array_append_val (numbers, number);
  dialog = wsi_replay_dialog_new_for_rows (scene.window, scene.session, scene.of_client, numbers);
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (dialog, "rate_box")));
  gtk_drop_down_set_selected (ui_test_get_child (dialog, "speed"), 5);
  g_assert_true (gtk_widget_get_visible (ui_test_get_child (dialog, "rate_box")));
  gtk_editable_set_text (ui_test_get_child (dialog, "rate"), "100");
  gtk_editable_set_text (ui_test_get_child (dialog, "times"), "10");
  ui_test_draw (dialog, 3);
  picture_save (gtk_window_get_child (GTK_WINDOW (dialog)), "composer-replay-times");
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  ui_test_wait_until (has_stopped, dialog);
  g_assert_nonnull (strstr (ui_test_get_text (dialog, "sentence"), "10 of 10"));

  gtk_editable_set_text (ui_test_get_child (dialog, "rate"), "0.1");
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  ui_test_wait_until (has_sent_one, dialog);
  g_assert_true (ui_test_is_replay_running (dialog));
  gtk_widget_activate_action (dialog, "replay.stop", NULL);
  g_assert_false (ui_test_is_replay_running (dialog));
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
  assert_sent (&scene, scene.of_client,
               "81:3 81:3 81:3 81:3 81:3 81:3 81:3 81:3 81:3 81:3 81:3 81:3");
}

/* The first and the last message of the client's three. */
static void
test_replay_rows (void)
{
  g_auto (Scene) scene;
  g_autoptr (WsiRow) one = NULL, three = NULL;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 rows[2];
  GtkWidget *dialog;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "one", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "81:3");
  one = find_row (&scene, scene.of_client, WSP_FRAME_KIND_TEXT);
  set_draft (&scene, WSI_FORM_HEX, WSP_MESSAGE_TYPE_BINARY, "ca fe", "",
             WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  set_draft (&scene, WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, "three", "", WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  assert_sent (&scene, scene.of_client, "81:3 82:2 81:5");
  three = find_row (&scene, scene.of_client, WSP_FRAME_KIND_TEXT);
  rows[0] = wsi_row_get_number (three);
  rows[1] = wsi_row_get_number (one);
  g_array_append_vals (numbers, rows, 2);
  dialog = wsi_replay_dialog_new_for_rows (scene.window, scene.session, scene.of_client, numbers);
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_nonnull (strstr (ui_test_get_text (dialog, "heading"), "2 selected rows"));
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (dialog, "sender")));
  ui_test_draw (dialog, 3);
  picture_save (gtk_window_get_child (GTK_WINDOW (dialog)), "composer-replay-rows");
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  ui_test_wait_until (has_stopped, dialog);
  g_assert_nonnull (strstr (ui_test_get_text (dialog, "sentence"), "2 of 2"));
  assert_sent (&scene, scene.of_client, "81:3 82:2 81:5 81:3 81:5");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Hidden values are sent when the user has read of them, and asks again. */
static void
test_replay_hidden (void)
{
  static const char message[] = "\x81\x82\0\0\0\0xx";
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = WSI_HANDSHAKE_MISSING };
  g_auto (Scene) scene;
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WsiConversation) other = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (message, sizeof message - 1);
  GtkWidget *dialog, *allowed;

  scene_init (&scene, WIDE);
  recorder = wsi_recorder_new (wsi_session_get_store (scene.session), WSP_ROLE_CLIENT);
  other = g_object_ref (wsi_recorder_open (recorder, &opening, 1));
  wsi_recorder_set_hidden (recorder, TRUE);
  wsi_recorder_push (recorder, other, WSP_DIRECTION_SENT, bytes, 2);
  wsi_recorder_set_hidden (recorder, FALSE);
  wsi_recorder_push (recorder, other, WSP_DIRECTION_SENT, bytes, 3);
  dialog = wsi_replay_dialog_new (scene.window, scene.session, scene.of_client);
  gtk_window_present (GTK_WINDOW (dialog));
  ui_test_choose_replay (dialog, wsi_conversation_get_number (other), WSP_ROLE_CLIENT);
  allowed = ui_test_find (GTK_WIDGET (dialog), ui_test_is_type, "GtkCheckButton");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (allowed), TRUE);
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  ui_test_wait_until (has_stopped, dialog);
  g_assert_nonnull (strstr (ui_test_get_text (dialog, "sentence"),
                            "1 of these messages has hidden values"));
  ui_test_draw (GTK_WIDGET (dialog), 3);
  picture_save (gtk_window_get_child (GTK_WINDOW (dialog)), "composer-replay-hidden");
  assert_sent (&scene, scene.of_client, "");
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  ui_test_wait_until (has_stopped, dialog);
  assert_sent (&scene, scene.of_client, "81:2 81:2");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* SEC-128 */
static void
test_replay_elsewhere (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://elsewhere.example/" };
  const UiTestFrame frame = { .direction = WSP_DIRECTION_SENT, .opcode = 1, .payload = "secret" };
  g_auto (Scene) scene;
  WsiConversation *other;
  GtkWidget *dialog;
  GtkWidget *allowed;

  scene_init (&scene, WIDE);
  other = opened_conversation (wsi_session_get_store (scene.session), &opening, 1);
  ui_test_append (wsi_session_get_store (scene.session), other, &frame);
  dialog = wsi_replay_dialog_new (scene.window, scene.session, scene.of_client);
  gtk_window_present (GTK_WINDOW (dialog));
  ui_test_choose_replay (dialog, wsi_conversation_get_number (other), WSP_ROLE_CLIENT);
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  g_assert_false (ui_test_is_replay_running (dialog));

  allowed = ui_test_find (GTK_WIDGET (dialog), ui_test_is_type, "GtkCheckButton");
  g_assert_true (gtk_widget_get_visible (allowed));
  ui_test_draw (GTK_WIDGET (dialog), 3);
  picture_save (gtk_window_get_child (GTK_WINDOW (dialog)), "composer-replay-elsewhere");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (allowed), TRUE);
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  ui_test_wait_until (has_stopped, dialog);
  assert_sent (&scene, scene.of_client, "81:6");
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_unref (other);
}

static GtkWidget *
find_replay (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    if (WSI_IS_REPLAY_DIALOG (i->data))
      return i->data;
  return NULL;
}

static gboolean
may_start (gpointer dialog)
{
  return gtk_widget_is_sensitive (ui_test_get_child (dialog, "start"));
}

/* The only connection has ended: the dialog connects again, and sends there.  The list goes to what
 * is sent. */
static void
test_replay_again (void)
{
  g_auto (Scene) scene;
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) start = g_simple_action_new ("start-target", G_VARIANT_TYPE_STRING);
  g_autoptr (GSimpleAction) follow = g_simple_action_new ("follow", NULL);
  g_autoptr (WsiConversation) again = NULL;
  WsiSource *client;
  GtkWidget *dialog;
  guint n_followed = 0;

  scene_init (&scene, WIDE);
  g_signal_connect (start, "activate", G_CALLBACK (start_target), &scene);
  g_signal_connect_swapped (follow, "activate", G_CALLBACK (g_atomic_int_inc), &n_followed);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (start));
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (follow));
  gtk_widget_insert_action_group (GTK_WIDGET (scene.window), "win", G_ACTION_GROUP (group));
  gtk_editable_set_text (focus_line (&scene), "Hello");
  activate (&scene, "composer.send");
  g_assert_cmpuint (n_followed, ==, 1);
  assert_sent (&scene, scene.of_client, "81:5");
  wsi_source_stop_async (scene.client, NULL, NULL);
  ui_test_wait_until (has_no_target, &scene);

  activate (&scene, "composer.replay");
  dialog = find_replay ();
  ui_test_choose_replay (dialog, wsi_conversation_get_number (scene.of_client), WSP_ROLE_CLIENT);
  g_assert_false (may_start (dialog));
  ui_test_draw (dialog, 3);
  picture_save (gtk_window_get_child (GTK_WINDOW (dialog)), "composer-replay-again");
  gtk_widget_activate_action (dialog, "replay.connect-again", NULL);
  ui_test_wait_until (may_start, dialog);
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (dialog, "again")));
  gtk_widget_activate_action (dialog, "replay.start", NULL);
  ui_test_wait_until (has_stopped, dialog);
  g_assert_cmpuint (n_followed, ==, 2);
  client = wsi_session_get_source (scene.session, wsi_session_get_n_sources (scene.session) - 1);
  again = wsi_store_dup_conversation (wsi_session_get_store (scene.session),
                                      find_connection (&scene, client));
  assert_sent (&scene, again, "81:5");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Pictures, and the sizes that fit. */
static void
test_narrow (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, NARROW);
  take_picture (&scene, "composer-line-360");
  set_draft (&scene, WSI_FORM_JSON, WSP_MESSAGE_TYPE_TEXT, "{\"op\": \"subscribe\"}", "",
             WSI_COMPRESSION_NEGOTIATED);
  take_picture (&scene, "composer-360");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (scene.window)), <=, NARROW);
  activate (&scene, "composer.raw");
  take_picture (&scene, "composer-raw-360");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (scene.window)), <=, NARROW);
}

static void
test_dark (void)
{
  g_auto (Scene) scene;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON, WSP_MESSAGE_TYPE_TEXT, "{\"op\": }", "",
             WSI_COMPRESSION_NEGOTIATED);
  activate (&scene, "composer.send");
  take_picture (&scene, "composer-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

static gboolean
stop (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Longer than the composer waits with a refresh. */
static void
wait_for_a_refresh (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (3 * 100, stop, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static gpointer
get_names (Scene *scene)
{
  return ui_test_get_child (ui_test_get_child (scene->composer, "chooser"), "target_names");
}

static gboolean
has_two_targets (gpointer data)
{
  return g_list_model_get_n_items (get_names (data)) == 2;
}

static gboolean
is_closed (gpointer data)
{
  Scene *scene = data;

  return wsi_conversation_get_ending (scene->of_client) != WSI_ENDING_NONE;
}

/* It lists the targets for a user who sees it. */
static void
test_hidden (void)
{
  g_auto (Scene) scene;
  GObject *names;
  guint n_changes = 0;

  scene_init (&scene, 500);
  ui_test_wait_until (has_two_targets, &scene);
  names = get_names (&scene);
  gtk_widget_set_visible (GTK_WIDGET (scene.composer), FALSE);
  g_signal_connect_swapped (names, "items-changed", G_CALLBACK (g_atomic_int_inc), &n_changes);
  wsi_source_stop_async (scene.client, NULL, NULL);
  ui_test_wait_until (is_closed, &scene);
  wait_for_a_refresh ();
  g_assert_cmpuint (n_changes, ==, 0);

  gtk_widget_set_visible (GTK_WIDGET (scene.composer), TRUE);
  g_assert_cmpuint (n_changes, >, 0);
  g_assert_false (has_two_targets (&scene));
  g_signal_handlers_disconnect_by_data (names, &n_changes);
}

typedef struct
{
  gpointer    names;
  const char *expected;         /* names of the targets, with "|" between them */
} Names;

static gboolean
has_names (gpointer data)
{
  const Names *names = data;
  GString *text = g_string_new (NULL);
  g_autofree char *joined = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (names->names); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "",
                            gtk_string_list_get_string (names->names, i));
  joined = g_string_free (text, FALSE);
  return g_str_equal (joined, names->expected);
}

/* The names of both sides, the latest connection first. */
static char *
join_names (Scene      *scene,
            const char *server)
{
  guint of_client = wsi_conversation_get_number (scene->of_client);
  guint of_server = wsi_conversation_get_number (scene->of_server);
  g_autofree char *client = g_strdup_printf ("#%u · %s/", of_client, server);
  g_autofree char *peer = g_strdup_printf ("#%u client of %s/", of_server, server);

  return of_client > of_server ? g_strjoin ("|", client, peer, NULL)
                               : g_strjoin ("|", peer, client, NULL);
}

/* The names are those of the sidebar: with the second server of the session, which is that of a
 * closed connection here, they have their servers. */
static void
test_names (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://elsewhere.example/" };
  g_auto (Scene) scene;
  g_autoptr (WsiConversation) other = NULL;
  g_autofree char *host = NULL, *server = NULL, *one = NULL, *several = NULL;
  GtkWidget *target;
  Names names;

  scene_init (&scene, 500);
  host = wsi_servers_dup_host (wsi_source_get_uri (scene.server));
  server = g_strconcat (host, " ", NULL);
  one = join_names (&scene, "");
  several = join_names (&scene, server);
  names = (Names) { get_names (&scene), one };
  ui_test_wait_until (has_names, &names);
  target = ui_test_get_child (ui_test_get_child (scene.composer, "chooser"), "target");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (target), ==, wsi_source_get_uri (scene.server));

  other = opened_conversation (wsi_session_get_store (scene.session), &opening, 1);
  wsi_composer_set_conversation (scene.composer, wsi_conversation_get_number (scene.of_server));
  names.expected = several;
  ui_test_wait_until (has_names, &names);
}

static gboolean
has_hint (gpointer data)
{
  Scene *scene = data;
  GtkDropDown *targets = ui_test_get_child (ui_test_get_child (scene->composer, "chooser"),
                                            "targets");
  GtkStringObject *item = gtk_drop_down_get_selected_item (targets);

  g_assert_true (item != NULL || g_list_model_get_n_items (get_names (scene)) == 0);
  return item != NULL && gtk_widget_get_visible (GTK_WIDGET (targets)) &&
         g_str_equal (gtk_string_object_get_string (item), "Choose an Open Connection");
}

/* The connection that the text is for has ended, and another one is open. */
static void
test_choice (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, 500);
  ui_test_wait_until (has_two_targets, &scene);
  g_assert_false (has_hint (&scene));
  wsi_conversation_end (scene.of_client, WSI_ENDING_CLEAN, NULL, 1);
  ui_test_wait_until (has_hint, &scene);
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  ADD_ROWS ("/ui/composer/message", messages, test_message);
  g_test_add_func ("/ui/composer/line/sends-a-text", test_line);
  g_test_add_func ("/ui/composer/targets/of-a-hidden-one-are-not-listed", test_hidden);
  g_test_add_func ("/ui/composer/targets/are-named-with-their-servers", test_names);
  g_test_add_func ("/ui/composer/targets/a-hint-is-there-while-none-is-chosen", test_choice);
  g_test_add_func ("/ui/composer/mistake/has-its-column", test_mistake);
  g_test_add_func ("/ui/composer/control/ping-and-close-with-a-code", test_controls);
  g_test_add_func ("/ui/composer/control/a-code-that-may-not-be-sent", test_wrong_close);
  g_test_add_func ("/ui/composer/raw/names-the-broken-rule-and-needs-the-switch", test_raw);
  g_test_add_func ("/ui/composer/raw/a-frame-is-masked-for-a-client-alone", test_raw_side);
  g_test_add_func ("/ui/composer/file/is-sent", test_file);
  g_test_add_func ("/ui/composer/file/window-is-closed-meanwhile", test_closed_while_sending);
  g_test_add_func ("/ui/composer/target/closes-while-the-user-types", test_closes_while_typing);
  g_test_add_func ("/ui/composer/target/a-server-writes-to-its-client", test_server);
  g_test_add_func ("/ui/composer/row/pong-is-a-raw-frame", test_row_of_pong);
  g_test_add_func ("/ui/composer/row/frames-that-have-no-lengths-are-named",
                   test_row_of_long_frames);
  g_test_add_func ("/ui/composer/row/its-message-as-it-was", test_row);
  g_test_add_func ("/ui/composer/after/text-is-emptied-or-kept", test_after_sending);
  g_test_add_func ("/ui/composer/after/text-that-was-replaced-comes-back", test_text_comes_back);
  g_test_add_func ("/ui/composer/after/up-brings-the-last-line-back", test_up);
  g_test_add_func ("/ui/composer/draft/until-it-is-sent-or-kept", test_draft);
  g_test_add_func ("/ui/composer/after/up-brings-the-last-bytes-back", test_up_of_bytes);
  g_test_add_func ("/ui/composer/connect-again/keeps-the-focus", test_connect_again);
  g_test_add_func ("/ui/composer/replay/connects-again", test_replay_again);
  g_test_add_func ("/ui/composer/replay/of-selected-rows", test_replay_rows);
  g_test_add_func ("/ui/composer/replay/ten-times-at-a-rate", test_replay_times);
  g_test_add_func ("/ui/composer/again/accepts-any-certificate-as-before",
                   test_connect_insecurely);
  g_test_add_func ("/ui/composer/after-a-click-the-text-has-the-focus", test_focus_after_click);
  g_test_add_func ("/ui/composer/again/connects-and-sends", test_connect_and_send);
  g_test_add_func ("/ui/composer/again/sends-a-raw-frame", test_connect_and_send_raw);
  g_test_add_func ("/ui/composer/again/secret-that-was-hidden", test_connect_with_secret);
  g_test_add_func ("/ui/composer/again/uri-is-not-known", test_connect_to_nowhere);
  g_test_add_func ("/ui/composer/row/ping-and-close-keep-their-kind", test_row_of_control);
  g_test_add_func ("/ui/composer/row/goes-to-its-own-connection", test_row_of_another);
  g_test_add_func ("/ui/composer/row/of-a-closed-connection-goes-nowhere", test_row_of_closed);
  g_test_add_func ("/ui/composer/row/of-a-forgotten-connection-goes-nowhere",
                   test_row_of_forgotten);
  g_test_add_data_func ("/ui/composer/key/ctrl-return-sends", "<Control>Return", test_send_key);
  g_test_add_data_func ("/ui/composer/key/ctrl-enter-of-the-keypad-sends", "<Control>KP_Enter",
                        test_send_key);
  g_test_add_func ("/ui/composer/book/is-written-when-the-composer-is-left", test_book);
  g_test_add_func ("/ui/composer/text/64-mib-are-refused", test_long_paste);
  g_test_add_func ("/ui/composer/replay/messages-are-sent-again", test_replay);
  g_test_add_func ("/ui/composer/replay/hidden-values-are-told-of-before-they-are-sent",
                   test_replay_hidden);
  g_test_add_func ("/ui/composer/replay/SEC-128-another-server-needs-a-yes", test_replay_elsewhere);
  g_test_add_func ("/ui/composer/file/cancelled-says-what-it-did", test_cancel);
  g_test_add_func ("/ui/composer/raw/a-typed-value-is-sent-without-return", test_raw_typed);
  g_test_add_func ("/ui/composer/narrow/fits-into-360", test_narrow);
  g_test_add_func ("/ui/composer/dark/is-drawn", test_dark);
  return g_test_run ();
}
