/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The views of a payload: what is shown, selected and copied. */
#include "inspector/opened.h"
#include "lib/rows.h"
#include "ui-test.h"
#include "ui/details/wsi-message-page.h"
#include "ui/parts/wsi-hex-view.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"

#include <adwaita.h>
#include <string.h>

#define TIMEOUT_S 20
#define WIDE 1000
#define NARROW 360
#define WIDTH_OF_8_BYTES 450    /* more than 8 and less than 16 need, whichever the font */

static GtkApplication *application;

/* In a window of its own, with this widget alone. */
typedef struct
{
  GtkWidget  *window;
  WsiHexView *hex;              /* view of the bytes; NULL: the page is tested */
  WsiMessagePage *page;
  WsiStore   *store;
  WsiConversation *conversation;
  guint       n_selected;
  guint64     selected;         /* byte that the last signal said is selected */
} Scene;

static gboolean
end_wait (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
settle (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (50, end_wait, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* NULL while there is something to be laid out. */
static GskRenderNode *
take_picture (GtkWidget *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *picture = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, picture, gtk_widget_get_width (window),
                          gtk_widget_get_height (window));
  return gtk_snapshot_free_to_node (picture);
}

/* In the folder of the tests, to look at. */
static void
save_picture (GtkWidget  *window,
              const char *name)
{
  g_autofree char *file = g_strdup_printf ("message-%s.png", name);
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, file, NULL);
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;
  g_autoptr (GskRenderer) renderer = gsk_cairo_renderer_new ();
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderNode *node;

  gtk_test_widget_wait_for_draw (window);
  while ((node = take_picture (window)) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      settle ();
    }
  g_assert_true (gsk_renderer_realize (renderer, NULL, NULL));
  texture = gsk_renderer_render_texture (renderer, node, NULL);
  gsk_renderer_unrealize (renderer);
  gsk_render_node_unref (node);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  g_test_message ("picture: %s", path);
}

static void
on_byte_selected (Scene  *scene,
                  guint64 offset)
{
  scene->n_selected++;
  scene->selected = offset;
}

static void
scene_init_hex (Scene *scene,
                int    width)
{
  scene->window = gtk_application_window_new (application);
  scene->hex = g_object_new (WSI_TYPE_HEX_VIEW, NULL);
  g_signal_connect_swapped (scene->hex, "byte-selected", G_CALLBACK (on_byte_selected), scene);
  gtk_window_set_child (GTK_WINDOW (scene->window), GTK_WIDGET (scene->hex));
  gtk_window_set_default_size (GTK_WINDOW (scene->window), width, 400);
  gtk_window_present (GTK_WINDOW (scene->window));
  gtk_test_widget_wait_for_draw (scene->window);
  settle ();
}

static void
scene_init_page (Scene *scene,
                 int    width)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  scene->store = wsi_store_new (1000, 512 * 1024 * 1024);
  scene->conversation = opened_conversation (scene->store, &opening, 1);
  scene->window = gtk_application_window_new (application);
  scene->page = g_object_new (WSI_TYPE_MESSAGE_PAGE, NULL);
  gtk_window_set_child (GTK_WINDOW (scene->window), GTK_WIDGET (scene->page));
  gtk_window_set_default_size (GTK_WINDOW (scene->window), width, 500);
  gtk_window_present (GTK_WINDOW (scene->window));
  gtk_test_widget_wait_for_draw (scene->window);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
  gtk_window_destroy (GTK_WINDOW (scene->window));
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static GtkWidget *
get_list (Scene * scene)
{
  return ui_test_find (GTK_WIDGET (scene->hex), ui_test_is_type, "GtkListView");
}

/* The label of the row that is the n-th of those that exist. */
static GtkLabel *
get_label (Scene *scene,
           guint  n)
{
  GtkWidget *row = gtk_widget_get_first_child (get_list (scene));

  for (guint i = 0; i < n && row != NULL; i++)
    row = gtk_widget_get_next_sibling (row);
  return row != NULL ? GTK_LABEL (gtk_widget_get_first_child (row)) : NULL;
}

static WsiLineView *
get_lines (Scene *scene)
{
  return WSI_LINE_VIEW (gtk_widget_get_first_child (GTK_WIDGET (scene->hex)));
}

static void
press (Scene          *scene,
       guint           key,
       GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (get_list (scene));
  gboolean is_handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, state, &is_handled);
    }
  g_assert_true (is_handled);
}

static GBytes *
make_bytes (gsize length)
{
  guint8 *at = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    at[i] = i;
  return g_bytes_new_take (at, length);
}

static const struct
{
  const char *name;
  int         width;
  const char *line;             /* text of the second line */
} widths[] = {
  { "16-bytes-a-line", WIDE, "0010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  ................" },
  { "8-bytes-a-line-where-it-is-narrow", WIDTH_OF_8_BYTES, "0008  08 09 0a 0b 0c 0d 0e 0f  ........" },
};

static void
test_width (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = make_bytes (300);
  GtkLabel *label;

  scene_init_hex (&scene, widths[i].width);
  wsi_hex_view_set_bytes (scene.hex, bytes);
  wsi_hex_view_set_highlight (scene.hex, 5, 20);
  wsi_line_view_select_bytes (get_lines (&scene), 65, 66);
  gtk_test_widget_wait_for_draw (scene.window);
  save_picture (scene.window, widths[i].name);
  label = get_label (&scene, 1);
  g_assert_cmpstr (gtk_label_get_text (label), ==, widths[i].line);
  g_assert_cmpint (gtk_widget_get_width (get_list (&scene)), <=, widths[i].width);
}

static const struct
{
  const char *name;
  guint       key;
  GdkModifierType state;
  gsize       begin, end;       /* selection after the key, from byte 20 on */
} keys[] = {
  { "right-goes-to-the-next-byte", GDK_KEY_Right, 0, 21, 22 },
  { "left-goes-to-the-byte-before", GDK_KEY_Left, 0, 19, 20 },
  { "down-goes-to-the-next-line", GDK_KEY_Down, 0, 36, 37 },
  { "up-goes-to-the-line-before", GDK_KEY_Up, 0, 4, 5 },
  { "shift-takes-more", GDK_KEY_Down, GDK_SHIFT_MASK, 20, 37 },
};

static void
test_key (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = make_bytes (300);

  scene_init_hex (&scene, WIDE);
  wsi_hex_view_set_bytes (scene.hex, bytes);
  wsi_line_view_select_bytes (get_lines (&scene), 20, 21);
  g_assert_cmpuint (scene.n_selected, ==, 0);
  press (&scene, keys[i].key, keys[i].state);
  g_assert_cmpuint (scene.n_selected, ==, 1);
  g_assert_cmpuint (scene.selected, ==, keys[i].begin);
  g_assert_cmpuint (wsi_line_view_get_selection (get_lines (&scene)).begin, ==, keys[i].begin);
  g_assert_cmpuint (wsi_line_view_get_selection (get_lines (&scene)).end, ==, keys[i].end);
}

/* At both ends the selection stays where it is. */
static void
test_key_at_end (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = make_bytes (20);

  scene_init_hex (&scene, WIDE);
  wsi_hex_view_set_bytes (scene.hex, bytes);
  press (&scene, GDK_KEY_Right, 0);
  g_assert_cmpuint (wsi_line_view_get_selection (get_lines (&scene)).end, ==, 1);
  press (&scene, GDK_KEY_Up, 0);
  g_assert_cmpuint (wsi_line_view_get_selection (get_lines (&scene)).end, ==, 1);
  wsi_line_view_select_bytes (get_lines (&scene), 19, 20);
  press (&scene, GDK_KEY_Right, 0);
  g_assert_cmpuint (wsi_line_view_get_selection (get_lines (&scene)).begin, ==, 19);
}

static void
test_hex_copy (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = make_bytes (300);
  g_autofree char *text = NULL;

  scene_init_hex (&scene, WIDE);
  wsi_hex_view_set_bytes (scene.hex, bytes);
  wsi_line_view_select_bytes (get_lines (&scene), 14, 15);
  press (&scene, GDK_KEY_Right, GDK_SHIFT_MASK);
  press (&scene, GDK_KEY_Right, GDK_SHIFT_MASK);
  gtk_widget_activate_action (GTK_WIDGET (get_lines (&scene)), "lines.copy", NULL);
  text = ui_test_read_clipboard (scene.window);
  g_assert_cmpstr (text, ==, "0e 0f 10");
}

/* Whatever its size, only those lines exist that are looked at. */
static void
test_hex_large (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = make_bytes (64 * 1024 * 1024);
  guint n_rows = 0;

  scene_init_hex (&scene, WIDE);
  wsi_hex_view_set_bytes (scene.hex, bytes);
  wsi_hex_view_set_highlight (scene.hex, 64 * 1024 * 1024 - 1, 1);
  settle ();
  while (get_label (&scene, n_rows) != NULL)
    n_rows++;
  g_assert_cmpuint (n_rows, >, 10);
  g_assert_cmpuint (n_rows, <, 300);
  for (guint i = 0; i < n_rows; i++)
    if (g_str_has_prefix (gtk_label_get_text (get_label (&scene, i)), "03fffff0  f0 f1"))
      return;
  g_assert_not_reached ();
}

/* Bytes and flags of a frame. */
typedef struct
{
  guint8      opcode, fin, rsv;
  guint16     close_code;
  const char *payload;
  gsize       length;           /* length of payload; 0 = up to the NUL */
  const char *inflated;         /* inflated payload; NULL = the same as payload */
} Frame;

static void
append (Scene       *scene,
        const Frame *frame)
{
  gsize length = frame->length > 0 ? frame->length : strlen (frame->payload);
  gsize n_inflated = frame->inflated != NULL ? strlen (frame->inflated) : length;
  const WspFrameRecord record = {
    .fin = frame->fin,
    .opcode = frame->opcode,
    .message_opcode = frame->opcode,
    .rsv = frame->rsv,
    .header_length = 2,
    .payload_length = length,
    .inflated_length = n_inflated,
    .close_code = frame->close_code,
    .direction = WSP_DIRECTION_RECEIVED,
    .flags = frame->inflated != NULL ? WSP_FRAME_FLAGS_COMPRESSED : 0,
  };
  const WsiFrame kept = {
    .frame = &record,
    .payload = (const guint8 *) frame->payload,
    .n_payload = length,
    .inflated = (const guint8 *) frame->inflated,
    .n_inflated = frame->inflated != NULL ? n_inflated : 0,
  };

  wsi_store_append (scene->store, scene->conversation, &kept);
}

static void
wait_ready (Scene *scene)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;

  while (!wsi_message_page_is_ready (scene->page))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }
  gtk_test_widget_wait_for_draw (scene->window);
}

static void
show_row (Scene  *scene,
          guint64 number)
{
  g_autoptr (WsiRow) row = wsi_row_new (scene->store, number);

  wsi_message_page_set_row (scene->page, row);
  wait_ready (scene);
}

static const char *
get_label_text (Scene      *scene,
                const char *name)
{
  GObject *label = ui_test_get_child (scene->page, name);

  g_assert_false (gtk_label_get_use_markup (GTK_LABEL (label)));
  return gtk_widget_get_visible (GTK_WIDGET (label)) ? gtk_label_get_text (GTK_LABEL (label)) : "";
}

static const char *
get_view (Scene *scene)
{
  return gtk_stack_get_visible_child_name (ui_test_get_child (scene->page, "views"));
}

/* The lines of the view that is seen, each with a line end. */
static char *
dup_lines (Scene *scene)
{
  const char *view = get_view (scene);
  g_autoptr (GString) text = g_string_new (NULL);
  GtkWidget *list;

  if (!g_str_equal (view, "text") && !g_str_equal (view, "hex"))
    return g_strdup (view);

  list = ui_test_find (ui_test_get_child (scene->page, view), ui_test_is_type, "GtkListView");

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    g_string_append_printf (text, "%s\n",
                            gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (row))));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define LONG_LINE "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOSTILE "<b>bold</b> &amp; \x1b[31m \xe2\x80\xae \x07 %s"
#define HOSTILE_SHOWN "<b>bold</b> &amp; \\x1b[31m \\u{202e} \\x07 %s"

/* NULL: it is not looked at. */
static const struct
{
  const char *name;
  Frame       frame;
  const char *lines, *copied, *sizes, *close;
} pages[] = {
  { "backslashes-are-single", { 1, 1, 0, 0, "C:\\dir \\n", 0, NULL },
    "C:\\dir \\n\n", "C:\\dir \\n", "9 bytes, 11 on the wire", "" },
  { "line-ends-are-kept", { 1, 1, 0, 0, "one\r\ntwo\n", 0, NULL },
    "one\ntwo\n", "one\r\ntwo\n", NULL, "" },
  { "json-is-indented-and-copied-as-it-came", { 1, 1, 0, 0, "{\"a\":[1,{}]}", 0, NULL },
    "{\n  \"a\": [\n    1,\n    {}\n  ]\n}\n", "{\"a\":[1,{}]}", NULL, "" },
  { "SEC-115-SEC-114-hostile-text-is-shown", { 1, 1, 0, 0, HOSTILE, 0, NULL },
    HOSTILE_SHOWN "\n", HOSTILE, NULL, "" },
  { "binary-is-a-dump", { 2, 1, 0, 0, "\x00\xff\x01", 3, NULL },
    "0000  00 ff 01                                         ...\n", "00 ff 01", NULL, "" },
  { "close-has-its-meaning", { 8, 1, 0, 1001, "\x03\xe9", 2, NULL },
    "0000  03 e9                                            ..\n", NULL, NULL,
    "Close code 1001: Going away: the server is shutting down, or the page was closed. No reason." },
  { "close-has-the-meaning-of-its-mark", { 8, 1, 0, 1013, "\x03\xf5" "retry-after=30; busy", 0, NULL },
    "retry-after=30; busy\n", "retry-after=30; busy", NULL,
    "Close code 1013: Try again later: the server is overloaded. Reason: “retry-after=30; busy” (back after 30 s)" },
  { "SEC-115-close-reason-is-escaped", { 8, 1, 0, 1000, "\x03\xe8" "bye \xe2\x80\xae", 0, NULL },
    "bye \\u{202e}\n", "bye \xe2\x80\xae", NULL, NULL },
  { "compressed-frame-has-all-its-sizes", { 1, 1, 4, 0, "\x4a\x4c\x84\x01\x00", 5, "aaaaaaaaaaaaaaaaaaaa" },
    "aaaaaaaaaaaaaaaaaaaa\n", "aaaaaaaaaaaaaaaaaaaa", "20 bytes, compressed to 5 (4.0 : 1), 7 on the wire", "" },
  { "text-of-no-utf-8-is-escaped", { 1, 1, 0, 0, "a\xff", 0, NULL }, "a\\xff\n", "a\\xff", NULL, "" },
  { "nothing-says-so", { 1, 1, 0, 0, "", 0, NULL }, "empty", NULL, "0 bytes, 2 on the wire", "" },
};

static void
test_page (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *lines = NULL, *copied = NULL;

  scene_init_page (&scene, WIDE);
  append (&scene, &pages[i].frame);
  show_row (&scene, 0);
  save_picture (scene.window, pages[i].name);
  lines = dup_lines (&scene);
  g_assert_cmpstr (lines, ==, pages[i].lines);
  if (pages[i].sizes != NULL)
    g_assert_cmpstr (get_label_text (&scene, "sizes"), ==, pages[i].sizes);
  if (pages[i].close != NULL)
    g_assert_cmpstr (get_label_text (&scene, "close"), ==, pages[i].close);
  if (pages[i].copied == NULL)
    return;

  gtk_widget_activate_action (GTK_WIDGET (scene.page), "message.copy", NULL);
  copied = ui_test_read_clipboard (scene.window);
  g_assert_cmpstr (copied, ==, pages[i].copied);
}

/* A line that does not fit continues in the next one, without anything between. */
static void
test_long_line (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *lines = NULL;
  g_auto (GStrv) pieces = NULL;
  g_autofree char *joined = NULL;

  for (guint i = 0; i < 20; i++)
    g_string_append (text, LONG_LINE " ");
  scene_init_page (&scene, NARROW);
  append (&scene, &(Frame) { 1, 1, 0, 0, text->str, 0, NULL });
  show_row (&scene, 0);
  save_picture (scene.window, "long-line-narrow");
  lines = dup_lines (&scene);
  pieces = g_strsplit (lines, "\n", -1);
  joined = g_strjoinv ("", pieces);
  g_assert_cmpstr (joined, ==, text->str);
  g_assert_cmpuint (g_strv_length (pieces), >, 20);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (scene.page)), <=, NARROW);
}

#define WIDTH_BESIDE 390        /* of the details in a window of 1280 pixels */
#define WIDTH_BELOW 900
#define MAX_TOOLS 40            /* pixels: the height of a button, whichever the font */

/* The format is whole, and below that nothing is in a second line. */
static void
test_tools (void)
{
  const int sizes[] = { WIDTH_BESIDE, NARROW };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_auto (Scene) scene = { 0 };
      GtkWidget *decoder;
      int natural;

      scene_init_page (&scene, sizes[i]);
      append (&scene, &(Frame) { 1, 1, 0, 0, "{\"a\":[1,{}]}", 0, NULL });
      show_row (&scene, 0);
      decoder = GTK_WIDGET (ui_test_get_child (scene.page, "decoder"));
      gtk_widget_measure (decoder, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
      g_assert_true (sizes[i] < WIDTH_BESIDE || gtk_widget_get_width (decoder) >= natural);
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (ui_test_get_child (scene.page, "tools"))),
                       <=, MAX_TOOLS);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (scene.page)), ==, sizes[i]);
    }
}

/* Where there is room the choice of a view is beside the tools, so that it takes no line. */
static void
test_choices_beside_tools (void)
{
  static const char *const names[] = { "layout_button", "byte_view" };
  g_auto (Scene) scene = { 0 };
  GtkWidget *tools;

  scene_init_page (&scene, WIDTH_BELOW);
  append (&scene, &(Frame) { 1, 1, 0, 0, "{\"a\":[1,{}]}", 0, NULL });
  show_row (&scene, 0);
  tools = GTK_WIDGET (ui_test_get_child (scene.page, "tools"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkWidget *choice = GTK_WIDGET (ui_test_get_child (scene.page, names[i]));
      double x, y;

      if (i > 0)
        gtk_toggle_button_set_active (ui_test_get_child (scene.page, "hex_button"), TRUE);
      ui_test_draw (scene.window, 3);
      g_assert_true (gtk_widget_get_mapped (choice));
      g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (ui_test_get_child (scene.page,
                                                                            names[1 - i]))));
      g_assert_true (gtk_widget_translate_coordinates (choice, tools, 0, 0, &x, &y));
      g_assert_cmpfloat (y, <, gtk_widget_get_height (tools));
    }
}

/* The sentence of an event is in the title. */
static void
test_event (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiRecord event = { .kind = WSI_RECORD_KIND_EVENT, .event = WSI_EVENT_NOTE };
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  scene_init_page (&scene, WIDE);
  g_object_unref (scene.store);
  scene.store = wsi_store_new_with_limits (&limits);
  wsi_store_append_event (scene.store, scene.conversation, &event,
                          WSI_SENTENCE (TEXT, "<b>\x1b</b>"));
  show_row (&scene, wsi_store_get_end (scene.store) - 1);
  g_assert_cmpstr (get_label_text (&scene, "title"), ==, "<b>\\x1b</b>");
  g_assert_cmpstr (get_view (&scene), ==, "event");
  show_row (&scene, 1000);
  g_assert_cmpstr (get_label_text (&scene, "title"), ==, "Frame 1001 was removed");
  g_assert_cmpstr (get_view (&scene), ==, "missing");
  wsi_message_page_set_row (scene.page, NULL);
}

/* Whichever fragment is selected. */
static void
test_fragments (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init_page (&scene, WIDE);
  append (&scene, &(Frame) { 1, 0, 0, 0, "one ", 0, NULL });
  append (&scene, &(Frame) { 9, 1, 0, 0, "ping", 0, NULL });
  append (&scene, &(Frame) { 0, 0, 0, 0, "two ", 0, NULL });
  append (&scene, &(Frame) { 0, 1, 0, 0, "three", 0, NULL });
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *lines = NULL;

      show_row (&scene, i);
      lines = dup_lines (&scene);
      g_assert_cmpstr (lines, ==, i == 1 ? "ping\n" : "one two three\n");
      g_assert_cmpstr (get_label_text (&scene, "title"), ==,
                       i == 1 ? "Frame 2 · ping · received"
                       : "Message 1 · text · received · 3 fragments");
    }
}

/* The parts of a message, level by level, each by its path. */
static void
test_tree (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *list;
  GtkSingleSelection *rows;
  static const char *const paths[] = { "json", "json.a", "json[\"b c\"]" };

  scene_init_page (&scene, WIDE);
  append (&scene, &(Frame) { 1, 1, 0, 0, "{\"a\":[10,\"<b>\"],\"b c\":null}", 0, NULL });
  show_row (&scene, 0);
  ui_test_show_view (scene.page, "tree");
  wait_ready (&scene);
  list = ui_test_find (ui_test_get_child (scene.page, "tree"), ui_test_is_type, "GtkListView");
  rows = GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (list)));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, G_N_ELEMENTS (paths));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path = NULL;

      gtk_single_selection_set_selected (rows, i);
      gtk_widget_activate_action (ui_test_get_child (scene.page, "tree"), "tree.copy-path", NULL);
      path = ui_test_read_clipboard (scene.window);
      g_assert_cmpstr (path, ==, paths[i]);
    }
  save_picture (scene.window, "tree");
}

#define N_FRAGMENTS 64
#define FRAGMENT_LENGTH (1024 * 1024)
#define MAX_STOP_US (1000 * 1000)       /* generous: the machine of the tests does other things */

static const struct
{
  const char *name;
  guint8      opcode;
  const char *begin, *unit;
} large[] = {
  { "one-line", 1, "x", "x" },
  { "one-line-of-json", 1, "[1", ",1" },
  { "marks-that-combine", 1, "a", "\xcc\x81" },
  { "binary", 2, "\x01", "\xff" },
  { "100000-brackets-and-more", 1, "[", "[" },
};

static void
append_large (Scene *scene,
              guint  i)
{
  g_autoptr (GString) text = g_string_new (large[i].begin);

  while (text->len + strlen (large[i].unit) <= FRAGMENT_LENGTH)
    g_string_append (text, large[i].unit);
  for (guint n = 0; n < N_FRAGMENTS; n++)
    append (scene, &(Frame) { n == 0 ? large[i].opcode : 0, n + 1 == N_FRAGMENTS, 0, 0, text->str,
                              text->len, NULL });
}

/* How long the main loop takes at once, at most, until the page is ready. */
static gint64
measure_stop (Scene *scene)
{
  gint64 end_us = g_get_monotonic_time () + 4 * TIMEOUT_S * G_USEC_PER_SEC, longest = 0;
  guint n_idle = 0;

  while (!wsi_message_page_is_ready (scene->page) || n_idle < 3)
    {
      gint64 begin_us = g_get_monotonic_time ();

      if (!g_main_context_iteration (NULL, FALSE))
        {
          n_idle += wsi_message_page_is_ready (scene->page);
          g_usleep (1000);
        }
      longest = MAX (longest, g_get_monotonic_time () - begin_us);
      g_assert_cmpint (begin_us, <, end_us);
    }
  return longest;
}

static void
test_large (gconstpointer data)
{
  static const char *const views[] = { "text", "tree", "hex" };
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;

  scene_init_page (&scene, WIDE);
  append_large (&scene, i);
  row = wsi_row_new (scene.store, N_FRAGMENTS / 2);
  wsi_message_page_set_row (scene.page, row);
  gtk_widget_activate_action (GTK_WIDGET (scene.page), "message.show-all", NULL);
  for (guint n = 0; n < G_N_ELEMENTS (views); n++)
    {
      gint64 before_us = measure_stop (&scene), stop_us;

      ui_test_show_view (scene.page, views[n]);
      stop_us = MAX (before_us, measure_stop (&scene));
      g_test_message ("%s: at most %" G_GINT64_FORMAT " us at once", views[n], stop_us);
      g_assert_cmpint (stop_us, <, MAX_STOP_US);
      g_assert_cmpstr (get_view (&scene), ==, views[n]);
      g_assert_cmpstr (get_label_text (&scene, "notice"), ==,
                       n == 1 ? "The tree has the first 16 MiB" : "");
    }
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  ADD_ROWS ("/ui/hex-view", widths, test_width);
  ADD_ROWS ("/ui/hex-view/keys", keys, test_key);
  g_test_add_func ("/ui/hex-view/keys/stay-within-the-bytes", test_key_at_end);
  g_test_add_func ("/ui/hex-view/copies/digits-of-the-selected-bytes", test_hex_copy);
  g_test_add_func ("/ui/hex-view/64-mib-have-few-rows", test_hex_large);
  ADD_ROWS ("/ui/message-page", pages, test_page);
  g_test_add_func ("/ui/message-page/tools-are-in-one-line", test_tools);
  g_test_add_func ("/ui/message-page/choices-are-beside-the-tools", test_choices_beside_tools);
  g_test_add_func ("/ui/message-page/long-lines-are-cut-without-a-hyphen", test_long_line);
  g_test_add_func ("/ui/message-page/an-event-has-no-message", test_event);
  ADD_ROWS ("/ui/message-page/SEC-116-64-mib", large, test_large);
  g_test_add_func ("/ui/message-page/tree/parts-have-the-paths-of-filters", test_tree);
  g_test_add_func ("/ui/message-page/fragments-show-their-message", test_fragments);
  return ui_test_end (application);
}
