/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The details of a session and its list: a choice in one shows in the other. */
#include "inspector/handshake-halves.h"
#include "inspector/opened.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/frames/wsi-row-notes.h"
#include "ui/parts/wsi-settings.h"
#include "ui/parts/wsi-split.h"
#include "ui/session/wsi-session-page.h"
#include "ui/template-children.h"

#include <adwaita.h>
#include <string.h>

#define REQUEST "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\",\"params\":{\"a\":\"x\"}}"
#define REPLY "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}"

typedef struct
{
  GtkWindow       *window;
  WsiSessionPage  *page;
  WsiSession      *session;
  WsiStore        *store;
  WsiConversation *conversation;
  WsiFrameList    *list;
  WsiMessagePage  *message;
  char            *before;      /* summary that was shown before; NULL = none */
} Scene;

static void
append (Scene       *scene,
        WspDirection direction,
        const char  *payload)
{
  const UiTestFrame frame = {
    .direction = direction, .opcode = 1, .payload = payload,
    .time_us = 1000 * (gint64) wsi_store_get_end (scene->store),
  };

  ui_test_append (scene->store, scene->conversation, &frame);
}

static gboolean
is_shown (gpointer data)
{
  Scene *scene = data;
  WsiLearner *learner = wsi_detail_get_learner (ui_test_get_detail (scene->page));
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (scene->list), &counts);
  return counts.n_shown == counts.n_rows && counts.n_rows > 0 &&
         wsi_learner_get_n_learned (learner) == wsi_store_get_end (scene->store);
}

static void
scene_init (Scene *scene)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  scene->session = opened_session ();
  scene->store = wsi_session_get_store (scene->session);
  scene->conversation = opened_conversation (scene->store, &opening, 1);
  scene->page = g_object_new (WSI_TYPE_SESSION_PAGE, NULL);
  scene->list = wsi_session_page_get_frame_list (scene->page);
  scene->message = ui_test_get_child (ui_test_get_detail (scene->page), "message_page");
  scene->window = ui_test_open (GTK_WIDGET (scene->page), 1000, 700);
  wsi_session_page_set_session (scene->page, scene->session);
}

static void
show_rows (Scene *scene)
{
  wsi_store_announce (scene->store);
  ui_test_wait_until (is_shown, scene);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

static void
scene_clear (Scene *scene)
{
  ui_test_close (scene->window);
  g_clear_pointer (&scene->before, g_free);
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->session);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
select_row (Scene  *scene,
            guint64 number)
{
  WsiRow *row;

  g_assert_true (wsi_frame_list_go_to (scene->list, number));
  row = wsi_frame_list_get_row (scene->list);
  g_assert_cmpuint (wsi_row_get_number (row), ==, number);
}

static const char *
get_label (WsiPairButton *pair)
{
  return gtk_button_get_label (GTK_BUTTON (gtk_widget_get_first_child (GTK_WIDGET (pair))));
}

static void
test_pair (void)
{
  g_auto (Scene) scene = { 0 };
  WsiPairButton *pair;
  GtkWidget *button;

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, REQUEST);
  show_rows (&scene);
  pair = ui_test_get_child (scene.message, "pair");
  select_row (&scene, 0);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (pair)));

  append (&scene, WSP_DIRECTION_RECEIVED, "{\"other\":1}");
  append (&scene, WSP_DIRECTION_RECEIVED, REPLY);
  show_rows (&scene);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (pair)));
  g_assert_cmpstr (get_label (pair), ==, "Reply: row 3, 2.000 ms later");
  picture_save (GTK_WIDGET (scene.window), "detail-pair");
  button = gtk_widget_get_first_child (GTK_WIDGET (pair));
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 2);
  g_assert_cmpstr (get_label (pair), ==, "Request: row 1, 2.000 ms earlier");
}

static const char *
get_summary (Scene  *scene,
             guint64 number)
{
  WsiRow *row = wsi_row_new (scene->store, number);
  WsiRowFormat *format = wsi_shown_rows_get_format (wsi_frame_list_get_rows (scene->list));
  const char *summary = wsi_row_format_get_summary (format, row);

  g_object_unref (row);
  return summary;
}

/* One format for list and details: the user's choice holds in both, for this direction. */
static void
test_choice (void)
{
  g_auto (Scene) scene = { 0 };
  GtkDropDown *decoder;

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, REQUEST);
  append (&scene, WSP_DIRECTION_SENT, REQUEST);
  append (&scene, WSP_DIRECTION_RECEIVED, REPLY);
  show_rows (&scene);
  g_assert_cmpstr (get_summary (&scene, 0), !=, REQUEST);
  select_row (&scene, 0);
  decoder = GTK_DROP_DOWN (ui_test_find (GTK_WIDGET (scene.message), ui_test_is_type,
                                         "GtkDropDown"));
  for (guint i = 1; i < g_list_model_get_n_items (gtk_drop_down_get_model (decoder)); i++)
    {
      g_autoptr (GtkStringObject) name = g_list_model_get_item (gtk_drop_down_get_model (decoder),
                                                                i);

      if (g_str_equal (gtk_string_object_get_string (name), wsi_decoder_list_find ("json")->title))
        gtk_drop_down_set_selected (decoder, i);
    }
  ui_test_wait_until (is_shown, &scene);
  g_assert_cmpstr (get_summary (&scene, 1), ==, REQUEST);
  g_assert_cmpstr (get_summary (&scene, 2), !=, REPLY);
  select_row (&scene, 1);

  const WsiDecoder *used = wsi_message_page_get_message (GTK_WIDGET (scene.message)).decoder;

  g_assert_true (used == wsi_decoder_list_find ("json"));
}

static gboolean
is_filtered (gpointer data)
{
  Scene *scene = data;
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (scene->list), &counts);
  return counts.n_shown == 1 && counts.n_tested == counts.n_rows;
}

/* As the tree asks for it. */
static void
test_field (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) columns = NULL;

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, "{\"a\":{\"b\":5}}");
  append (&scene, WSP_DIRECTION_SENT, "{\"a\":{\"b\":6}}");
  show_rows (&scene);
  select_row (&scene, 1);
  g_signal_emit_by_name (scene.message, "show-column", "json.a.b", "6");
  g_object_get (scene.list, "columns", &columns, NULL);
  g_assert_true (g_strv_contains ((const char *const *) columns, "json.a.b"));
  g_object_set (scene.list, "columns", NULL, NULL);
  g_signal_emit_by_name (scene.message, "filter-on", "json.a.b", "6");
  g_assert_cmpstr (wsi_shown_rows_get_filter (wsi_frame_list_get_rows (scene.list)), ==,
                   "json.a.b == 6");
  ui_test_wait_until (is_filtered, &scene);
}

/* The summary of the fourth row is another one now. */
static gboolean
is_changed (gpointer data)
{
  Scene *scene = data;

  return !g_str_equal (get_summary (scene, 3), scene->before);
}

/* The format that is known after some messages holds for rows that were visible before: at the next
 * tick of the list. */
static void
test_change (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_RECEIVED, "42[\"event\",1]");
  append (&scene, WSP_DIRECTION_RECEIVED, "42[\"event\",1]");
  append (&scene, WSP_DIRECTION_RECEIVED, "42[\"event\",1]");
  append (&scene, WSP_DIRECTION_RECEIVED, "2");
  wsi_store_announce (scene.store);
  scene.before = g_strdup (get_summary (&scene, 3));
  ui_test_wait_until (is_changed, &scene);
}

/* The filter comes before the list. */
static void
test_parts (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *filter, *focus;

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, "a");
  show_rows (&scene);
  filter = ui_test_find (GTK_WIDGET (scene.page), ui_test_is_type, "WsiFilterBar");
  gtk_widget_grab_focus (GTK_WIDGET (wsi_frame_list_get_view (scene.list)));
  wsi_session_page_focus_next (scene.page, GTK_DIR_TAB_BACKWARD);
  focus = gtk_window_get_focus (scene.window);
  g_assert_true (gtk_widget_is_ancestor (focus, filter));
  wsi_session_page_focus_next (scene.page, GTK_DIR_TAB_FORWARD);
  focus = gtk_window_get_focus (scene.window);
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (scene.list)));
}

static GtkWidget *
find_label (Scene      *scene,
            const char *text)
{
  return ui_test_find (GTK_WIDGET (ui_test_get_detail (scene->page)), ui_test_is_label,
                       text);
}

static gboolean
has_one_row (gpointer data)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (((Scene *) data)->list), &counts);
  return counts.n_shown == 1;
}

/* The width of the notes that a tag is in. */
static int
get_least_width (GtkWidget *tag)
{
  int least;

  gtk_widget_measure (gtk_widget_get_ancestor (tag, WSI_TYPE_ROW_NOTES), GTK_ORIENTATION_HORIZONTAL,
                      -1, &least, NULL, NULL, NULL);
  return least;
}

/* A tag filters; text of a peer is no markup. */
static void
test_notes (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *tag;

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, REQUEST);
  append (&scene, WSP_DIRECTION_RECEIVED, REPLY);
  wsi_store_set_comment (scene.store, 1, "<b>why</b>\n #slow #to_do #a #b #c #d "
                         "#of-a-very-long-name-that-has-no-room");
  show_rows (&scene);
  select_row (&scene, 0);
  g_assert_null (find_label (&scene, "#slow"));
  select_row (&scene, 1);
  ui_test_draw (GTK_WIDGET (scene.window), 2);
  g_assert_nonnull (find_label (&scene, "<b>why</b>\\n #slow #to_do #a #b #c #d "
                                "#of-a-very-long-name-that-has-no-room"));
  picture_save (GTK_WIDGET (scene.page), "detail-notes");
  g_assert_cmpint (get_least_width (find_label (&scene, "#slow")), <=, 330);
  wsi_store_set_comment (scene.store, 1, NULL);
  g_assert_null (find_label (&scene, "#slow"));

  wsi_store_set_comment (scene.store, 1, "x #to_do");
  ui_test_draw (GTK_WIDGET (scene.window), 2);
  tag = gtk_widget_get_ancestor (find_label (&scene, "#to_do"), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (tag, "clicked");
  ui_test_wait_until (has_one_row, &scene);
  g_assert_cmpstr (wsi_shown_rows_get_filter (wsi_frame_list_get_rows (scene.list)), ==,
                   "tag == \"to_do\"");
}

static void
push (WsiRecorder     *recorder,
      WsiConversation *conversation,
      WspDirection     direction,
      const char      *bytes)
{
  g_autoptr (GBytes) pushed = bytes != NULL ? g_bytes_new_static (bytes, strlen (bytes)) : NULL;

  if (pushed != NULL)
    wsi_recorder_push (recorder, conversation, direction, pushed, 1000 + direction);
}

/* A connection for each of them; the one of the scene is another one. */
static GPtrArray *
record_halves (Scene *scene)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  GPtrArray *conversations = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < HANDSHAKE_N_HALVES; i++)
    {
      const HandshakeHalves *halves = handshake_halves_get (i);
      WsiConversation *conversation = wsi_recorder_open (recorder, &opening, 1000);

      g_ptr_array_add (conversations, g_object_ref (conversation));
      push (recorder, conversation, WSP_DIRECTION_SENT, halves->request);
      push (recorder, conversation, WSP_DIRECTION_RECEIVED, halves->response);
      wsi_recorder_close (recorder, conversation, WSI_ENDING_ABNORMAL,
                          WSI_SENTENCE (TEXT, "It ended"), 1002);
    }
  return conversations;
}

static gboolean
is_null_text (GtkWidget  *widget,
              const char *text)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

static void
draw_without_null (Scene *scene)
{
  ui_test_draw (GTK_WIDGET (scene->window), 1);
  g_assert_null (ui_test_find (GTK_WIDGET (scene->page), is_null_text, "(null)"));
}

/* Each kind of request with each kind of response, in a tab of the details. */
static void
test_halves_in_tab (gconstpointer name)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GPtrArray) conversations = NULL;
  WsiDetail *detail;

  scene_init (&scene);
  detail = ui_test_get_detail (scene.page);
  conversations = record_halves (&scene);
  show_rows (&scene);
  wsi_session_page_show_tab (scene.page, name);
  for (guint64 i = 0; i < wsi_store_get_end (scene.store); i++)
    select_row (&scene, i);
  for (guint i = 0; i < conversations->len; i++)
    {
      wsi_detail_set_conversation (detail, conversations->pdata[i]);
      wsi_session_page_show_tab (scene.page, name);
      draw_without_null (&scene);
    }
}

static const char *
get_shown (WsiHandshakePage *page)
{
  return gtk_stack_get_visible_child_name (ui_test_get_child (page, "stack"));
}

/* Each new connection is the latest: a page that is not seen is not filled, and one that is seen is
 * filled once for a frame of the clock. */
static void
test_filled_when_seen (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GPtrArray) conversations = NULL;
  WsiHandshakePage *page;
  WsiDetail *detail;

  scene_init (&scene);
  detail = ui_test_get_detail (scene.page);
  page = ui_test_get_child (detail, "handshake_page");
  conversations = record_halves (&scene);
  show_rows (&scene);
  wsi_session_page_show_tab (scene.page, "message");
  wsi_detail_set_conversation (detail, NULL);
  for (guint i = 0; i < conversations->len; i++)
    wsi_detail_set_conversation (detail, conversations->pdata[i]);
  ui_test_draw (GTK_WIDGET (scene.window), 1);
  g_assert_cmpstr (get_shown (page), ==, "unselected");
  wsi_session_page_show_tab (scene.page, "handshake");
  g_assert_cmpstr (get_shown (page), ==, "report");

  wsi_detail_set_conversation (detail, NULL);
  for (guint i = 0; i < conversations->len; i++)
    {
      wsi_detail_set_conversation (detail, conversations->pdata[i]);
      g_assert_cmpstr (get_shown (page), ==, "unselected");
    }
  ui_test_draw (GTK_WIDGET (scene.window), 2);
  g_assert_cmpstr (get_shown (page), ==, "report");
}

/* The pages of a connection say which one it is; those of a row do not. */
static void
test_title (void)
{
  const struct
  {
    const char *tab;
    gboolean    has_title;
  } tabs_of_title[] = {
    { "message", FALSE }, { "frame", FALSE }, { "handshake", TRUE }, { "connection", TRUE },
  };
  g_auto (Scene) scene = { 0 };
  WsiDetail *detail;

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, "a");
  show_rows (&scene);
  select_row (&scene, 0);
  detail = ui_test_get_detail (scene.page);
  for (guint i = 0; i < G_N_ELEMENTS (tabs_of_title); i++)
    {
      GtkWidget *title = ui_test_get_child (detail, "title");

      wsi_session_page_show_tab (scene.page, tabs_of_title[i].tab);
      g_assert_cmpint (gtk_widget_get_visible (title), ==, tabs_of_title[i].has_title);
      g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (title)), ==,
                       tabs_of_title[i].has_title ? "#1 · /" : "");
    }
  wsi_session_page_show_tab (scene.page, "handshake");
  wsi_detail_set_conversation (detail, NULL);
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (detail, "title")));
}

/* In a page of the session. */
static void
test_halves_in_view (gconstpointer name)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GPtrArray) conversations = NULL;

  scene_init (&scene);
  conversations = record_halves (&scene);
  show_rows (&scene);
  wsi_session_page_show_view (scene.page, name);
  draw_without_null (&scene);
}

static const char *const tabs[] = { "message", "frame", "handshake", "connection" };
static const char *const views[] = { "frames", "timeline", "statistics", "problems" };

static gboolean
offers_data (Scene *scene)
{
  gpointer bar = ui_test_get_child (ui_test_get_child (scene->page, "frames_page"), "filter_bar");
  gpointer entry = ui_test_get_child (bar, "entry");
  GtkEditable *editable = GTK_EDITABLE (ui_test_get_child (entry, "entry"));

  gtk_widget_grab_focus (entry);
  gtk_editable_set_text (editable, "json.colour == ");
  gtk_editable_set_position (editable, -1);
  return gtk_widget_get_visible (ui_test_get_child (entry, "popover"));
}

/* Recorded values are offered as long as the session is shown. */
static void
test_offers (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, "{\"colour\":\"red\"}");
  show_rows (&scene);
  g_assert_true (offers_data (&scene));
  wsi_session_page_set_session (scene.page, NULL);
  g_assert_false (offers_data (&scene));
}

static GtkToggleButton *
get_secrets_button (Scene      *scene,
                    const char *page)
{
  return ui_test_get_child (ui_test_get_child (ui_test_get_detail (scene->page), page),
                            "secrets_button");
}

/* The pages of the handshake and of the connection have the same switch, which the next session
 * finds off. */
static void
test_secrets (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiSession) other = opened_session ();
  GtkToggleButton *buttons[2];

  scene_init (&scene);
  buttons[0] = get_secrets_button (&scene, "handshake_page");
  buttons[1] = get_secrets_button (&scene, "connection_page");
  for (guint i = 0; i < 2; i++)
    {
      gtk_toggle_button_set_active (buttons[i], TRUE);
      g_assert_true (gtk_toggle_button_get_active (buttons[1 - i]));
      gtk_toggle_button_set_active (buttons[1 - i], FALSE);
      g_assert_false (gtk_toggle_button_get_active (buttons[i]));
    }

  gtk_toggle_button_set_active (buttons[0], TRUE);
  wsi_session_page_set_session (scene.page, other);
  g_assert_false (gtk_toggle_button_get_active (buttons[0]));
  g_assert_false (gtk_toggle_button_get_active (buttons[1]));
}

static gboolean
is_scrolled (gpointer data)
{
  GtkWidget *scroller = gtk_widget_get_first_child (GTK_WIDGET (data));

  return gtk_adjustment_get_value (
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller))) > 0;
}

static gboolean
has_highlight (gpointer data)
{
  WsiByteRange range = wsi_line_view_get_highlight (data);

  return range.begin < range.end;
}

/* The message of the row marks what is searched for in the list, and scrolls to it. */
static void
test_search (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  WsiLineView *lines;
  WsiByteRange range;
  gsize begin;

  for (guint i = 0; i < 400; i++)
    g_string_append_printf (text, "line %u\n", i);
  begin = text->len;
  g_string_append (text, "Needle and more\n");

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, text->str);
  append (&scene, WSP_DIRECTION_RECEIVED, "nothing of it");
  show_rows (&scene);
  lines = WSI_LINE_VIEW (gtk_widget_get_first_child (ui_test_get_child (scene.message, "text")));
  wsi_frame_list_set_search (scene.list, "needle");
  select_row (&scene, 0);
  ui_test_wait_until (has_highlight, lines);
  range = wsi_line_view_get_highlight (lines);
  g_assert_cmpuint (range.begin, ==, begin);
  g_assert_cmpuint (range.end, ==, begin + strlen ("needle"));
  ui_test_wait_until (is_scrolled, lines);
  picture_save (GTK_WIDGET (scene.window), "search-in-message");

  wsi_frame_list_set_search (scene.list, NULL);
  g_assert_false (has_highlight (lines));
  wsi_frame_list_set_search (scene.list, "needle");
  ui_test_wait_until (has_highlight, lines);
  select_row (&scene, 1);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_false (has_highlight (lines));
}

#define N_ROWS 60

static gboolean
has_details (Scene *scene)
{
  gboolean is_shown;

  g_object_get (scene->page, "details", &is_shown, NULL);
  g_assert_cmpint (gtk_widget_get_mapped (ui_test_get_detail (scene->page)), ==, is_shown);
  return is_shown;
}

static void
show_many_rows (Scene *scene)
{
  for (guint i = 0; i < N_ROWS; i++)
    append (scene, WSP_DIRECTION_SENT, "{}");
  show_rows (scene);
}

static void
go_to_row (Scene *scene,
           guint  position)
{
  wsi_frame_list_select (scene->list, position);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

/* Details come with the first selected row, and go and stay away when the user says so. */
static void
test_opened (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSettings) settings = wsi_settings_new ();

  scene_init (&scene);
  show_many_rows (&scene);
  g_assert_false (has_details (&scene));
  picture_save (GTK_WIDGET (scene.window), "detail-not-yet");
  go_to_row (&scene, 3);
  g_assert_true (has_details (&scene));
  wsi_frame_list_select (scene.list, GTK_INVALID_LIST_POSITION);
  g_assert_true (has_details (&scene));
  g_assert_true (gtk_widget_child_focus (ui_test_get_detail (scene.page), GTK_DIR_TAB_FORWARD));
  g_object_set (scene.page, "details", FALSE, NULL);
  go_to_row (&scene, 5);
  g_assert_false (has_details (&scene));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (scene.window),
                                         GTK_WIDGET (scene.list)));
  wsi_session_page_show_tab (scene.page, "handshake");
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_true (has_details (&scene));
  g_settings_reset (settings, "details");
}

static gboolean
is_text_of_row (GtkWidget  *widget,
                const char *text)
{
  return GTK_IS_INSCRIPTION (widget) && gtk_widget_get_mapped (widget) &&
         g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (widget)), text) == 0;
}

/* The list is half as high once the details are below it. */
static void
test_row_stays (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  GtkWidget *cell;
  graphene_rect_t bounds;

  scene_init (&scene);
  g_object_set (scene.page, "arrangement", WSI_ARRANGEMENT_BELOW, "details", FALSE, NULL);
  show_many_rows (&scene);
  select_row (&scene, N_ROWS - 1);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_object_set (scene.page, "details", TRUE, NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_true (has_details (&scene));
  cell = ui_test_find (GTK_WIDGET (scene.list), is_text_of_row, "60");
  g_assert_nonnull (cell);
  g_assert_true (gtk_widget_compute_bounds (cell, GTK_WIDGET (scene.list), &bounds));
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=,
                     gtk_widget_get_height (GTK_WIDGET (scene.list)));
  g_settings_reset (settings, "details");
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  g_test_add_func ("/ui/detail/message/leads-to-the-reply-and-back", test_pair);
  g_test_add_func ("/ui/detail/list/filter-offers-what-its-session-has", test_offers);
  g_test_add_func ("/ui/detail/message/a-choice-of-decoder-holds-in-the-list", test_choice);
  g_test_add_func ("/ui/detail/tree/shows-a-field-as-column-and-filters-on-it", test_field);
  g_test_add_func ("/ui/detail/list/rows-change-with-what-is-learned", test_change);
  g_test_add_func ("/ui/detail/parts/f6-goes-to-the-filter", test_parts);
  g_test_add_func ("/ui/detail/notes/show-tags-that-filter", test_notes);
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      g_autofree char *name = g_strconcat ("/ui/detail/halves-of-handshakes/tab-", tabs[i], NULL);

      g_test_add_data_func (name, tabs[i], test_halves_in_tab);
    }
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *name = g_strconcat ("/ui/detail/halves-of-handshakes/page-", views[i], NULL);

      g_test_add_data_func (name, views[i], test_halves_in_view);
    }
  g_test_add_func ("/ui/detail/opened/with-the-first-row-until-closed", test_opened);
  g_test_add_func ("/ui/detail/opened/the-selected-row-stays-in-view", test_row_stays);
  g_test_add_func ("/ui/detail/message/marks-what-is-searched-for", test_search);
  g_test_add_func ("/ui/detail/connection/is-named-on-its-pages", test_title);
  g_test_add_func ("/ui/detail/secrets/are-shown-by-one-switch-of-a-session", test_secrets);
  g_test_add_func ("/ui/detail/handshake/is-filled-when-it-is-seen", test_filled_when_seen);
  return g_test_run ();
}
