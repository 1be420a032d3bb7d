/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames with its bars: filter, search, options, status. */
#include "inspect/show/sample/wsi-sample.h"
#include "ui/frames/wsi-frame-pane.h"
#include "ui/frames/wsi-view-options.h"
#include "ui/parts/wsi-column-titles.h"
#include "ui/parts/wsi-settings.h"
#include "ui/session/wsi-status-bar.h"

#include <adwaita.h>
#include <stdio.h>
#include <string.h>

#include "inspector/opened.h"
#include "keyboard.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/template-children.h"

#define MANY 50000
#define MANY_SEEN 200
#define MEBIBYTE (1024 * 1024)

typedef struct
{
  GtkWindow       *window;
  WsiFilterBar    *filter_bar;
  WsiFramePane    *pane;
  WsiStatusBar    *status_bar;
  WsiFrameList    *list;
  WsiStore        *store;
  WsiConversation *conversation;
  guint64          n_expected;  /* number of the row that is to be selected */
  guint64          number;      /* number of the row that a search leads to */
} Scene;

static void
append (Scene       *scene,
        WspDirection direction,
        guint        opcode,
        const char  *payload)
{
  const UiTestFrame frame = {
    .direction = direction,
    .opcode = opcode,
    .payload = payload,
    .time_us = 500000 * (gint64) wsi_store_get_end (scene->store),
  };

  ui_test_append (scene->store, scene->conversation, &frame);
}

static void
append_all (Scene *scene)
{
  append (scene, WSP_DIRECTION_SENT, 1, "{\"type\":\"subscribe\"}");
  append (scene, WSP_DIRECTION_RECEIVED, 1, "ping \"is\" a text");
  append (scene, WSP_DIRECTION_RECEIVED, 9, "k1");
  append (scene, WSP_DIRECTION_SENT, 10, "k1");
  wsi_store_announce (scene->store);
}

static WsiShownCounts
get_counts (Scene *scene)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (scene->list), &counts);
  return counts;
}

static void
wait_for_rows (Scene *scene,
               guint  n_rows)
{
  ui_test_wait_for_rows (scene->list, n_rows);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

/* Rows and bytes of payload. */
static void
scene_init_with_limits (Scene  *scene,
                        int     width,
                        guint64 max_records,
                        gsize   max_memory)
{
  const WsiStoreLimits limits = {
    .max_records = max_records, .max_memory = max_memory, .max_stored = WSI_DEFAULT_MAX_STORED,
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  scene->store = ui_test_make_store (&limits, &scene->conversation);
  scene->pane = g_object_new (WSI_TYPE_FRAME_PANE, NULL);
  scene->filter_bar = g_object_new (WSI_TYPE_FILTER_BAR, NULL);
  scene->status_bar = g_object_new (WSI_TYPE_STATUS_BAR, NULL);
  scene->list = wsi_frame_pane_get_list (scene->pane);
  wsi_frame_pane_set_filter_bar (scene->pane, scene->filter_bar);
  wsi_status_bar_set_list (scene->status_bar, scene->list);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (scene->filter_bar));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (scene->pane));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (scene->status_bar));
  append_all (scene);
  wsi_frame_list_set_store (scene->list, scene->store);
  scene->window = ui_test_open (box, width, 400);
  wait_for_rows (scene, 4);
}

static void
scene_init (Scene *scene,
            int    width)
{
  scene_init_with_limits (scene, width, WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
}

static void
scene_clear (Scene *scene)
{
  ui_test_close (scene->window);
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
save_screenshot (Scene      *scene,
                 const char *name)
{
  g_autofree char *file = g_strdup_printf ("bars-%s", name);

  picture_save (GTK_WIDGET (scene->window), file);
}

static WsiFilterBar *
get_bar (Scene *scene)
{
  return scene->filter_bar;
}

static gboolean
shows_error (WsiFilterBar *bar)
{
  g_autofree char *error = NULL;

  g_object_get (bar, "error", &error, NULL);
  return error != NULL;
}

static void
test_error (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *sentence = NULL;
  GtkEntry *entry;

  scene_init (&scene, 700);
  entry = GTK_ENTRY (ui_test_find (GTK_WIDGET (get_bar (&scene)), ui_test_is_type, "GtkEntry"));
  wsi_filter_bar_apply (get_bar (&scene), "sent and lenn > 3");
  g_assert_true (shows_error (get_bar (&scene)));
  g_object_get (get_bar (&scene), "error", &sentence, NULL);
  g_assert_nonnull (strstr (sentence, "lenn"));
  g_assert_nonnull (gtk_entry_get_attributes (entry));
  save_screenshot (&scene, "error");
  g_assert_cmpuint (get_counts (&scene).n_shown, ==, 4);

  wsi_filter_bar_apply (get_bar (&scene), "sent and len > 3");
  g_assert_false (shows_error (get_bar (&scene)));
  g_assert_null (gtk_entry_get_attributes (entry));
  wait_for_rows (&scene, 1);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.show-all", NULL);
  wait_for_rows (&scene, 4);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
}

/* As keys do it: the entry changes, and then the cursor moves. */
static void
type_text (Scene      *scene,
           const char *text)
{
  GtkWidget *entry = ui_test_find (GTK_WIDGET (get_bar (scene)), ui_test_is_type, "GtkEntry");
  GtkEditable *editable = GTK_EDITABLE (entry);
  int end = g_utf8_strlen (text, -1), position = end - 1;

  wsi_filter_entry_set_text (ui_test_get_child (get_bar (scene), "entry"), text);
  gtk_editable_delete_text (editable, end - 1, end);
  gtk_editable_insert_text (editable, text + strlen (text) - 1, 1, &position);
  gtk_editable_set_position (editable, -1);
}

static GtkEntry *
get_entry (Scene *scene)
{
  return GTK_ENTRY (ui_test_find (GTK_WIDGET (get_bar (scene)), ui_test_is_type, "GtkEntry"));
}

static gboolean
has_count (gpointer data)
{
  GtkWidget *count = ui_test_get_child (get_bar (data), "count");

  return gtk_widget_get_visible (count) &&
         g_str_equal (gtk_label_get_text (GTK_LABEL (count)), "✓ 1");
}

static gboolean
has_error (gpointer data)
{
  return shows_error (get_bar (data));
}

/* The list follows the text while it is typed; half a text leaves it as it is. */
static void
test_typing (void)
{
  g_auto (Scene) scene = { 0 };
  gint64 begin_us;

  scene_init (&scene, 700);
  gtk_widget_grab_focus (GTK_WIDGET (get_bar (&scene)));
  type_text (&scene, "ping");
  g_assert_cmpuint (get_counts (&scene).n_shown, ==, 4);
  wait_for_rows (&scene, 1);
  ui_test_wait_until (has_count, &scene);

  begin_us = g_get_monotonic_time ();
  type_text (&scene, "ping and len >");
  g_assert_nonnull (gtk_entry_get_attributes (get_entry (&scene)));
  g_assert_false (shows_error (get_bar (&scene)));
  g_assert_false (has_count (&scene));
  ui_test_wait_until (has_error, &scene);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 900 * 1000);
  g_assert_cmpuint (get_counts (&scene).n_shown, ==, 1);

  type_text (&scene, "ping and len > 1");
  g_assert_false (shows_error (get_bar (&scene)));
  g_assert_null (gtk_entry_get_attributes (get_entry (&scene)));
  ui_test_wait_until (has_count, &scene);
}

/* Half the name of a field could be a text, which hides the rows and their selection. */
static void
test_half (void)
{
  g_auto (Scene) scene = { 0 };
  gint64 begin_us;

  scene_init (&scene, 700);
  wsi_frame_list_select (scene.list, 1);
  gtk_widget_grab_focus (GTK_WIDGET (get_bar (&scene)));
  begin_us = g_get_monotonic_time ();
  type_text (&scene, "opco");
  while (g_get_monotonic_time () - begin_us < 600 * 1000)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (get_counts (&scene).n_shown, ==, 4);
  g_assert_nonnull (wsi_frame_list_get_row (scene.list));
  wait_for_rows (&scene, 0);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 900 * 1000);
}

static gboolean
has_guess (gpointer data)
{
  return gtk_widget_get_mapped (ui_test_get_child (get_bar (data), "guess"));
}

static void
test_guess (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 700);
  gtk_widget_grab_focus (GTK_WIDGET (get_bar (&scene)));
  type_text (&scene, "opcdoe");
  g_assert_false (has_guess (&scene));
  ui_test_wait_until (has_guess, &scene);
  g_assert_cmpstr (ui_test_get_text (get_bar (&scene), "guess_label"), ==,
                   "Did you mean opcode?");
  save_screenshot (&scene, "guess");
  g_signal_emit_by_name (ui_test_get_child (get_bar (&scene), "guess"), "clicked");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_entry (&scene))), ==, "opcode");
  wait_for_rows (&scene, 4);
  g_assert_false (has_guess (&scene));
}

/* Return leads to the list, or says at once what is wrong. */
static void
test_return (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *list;

  scene_init (&scene, 700);
  list = GTK_WIDGET (wsi_frame_list_get_view (scene.list));
  gtk_widget_grab_focus (GTK_WIDGET (get_bar (&scene)));
  type_text (&scene, "len >");
  g_signal_emit_by_name (get_entry (&scene), "activate");
  g_assert_true (shows_error (get_bar (&scene)));
  g_assert_false (gtk_widget_is_ancestor (gtk_window_get_focus (scene.window), list));

  type_text (&scene, "ping");
  g_signal_emit_by_name (get_entry (&scene), "activate");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (scene.window), list));
  wait_for_rows (&scene, 1);
}

/* Esc closes what is offered, then empties the entry. */
static void
test_escape (void)
{
  g_auto (Scene) scene = { 0 };
  WsiFilterEntry *entry;

  scene_init (&scene, 700);
  entry = ui_test_get_child (get_bar (&scene), "entry");
  gtk_widget_grab_focus (GTK_WIDGET (entry));
  type_text (&scene, "ping and mask");
  g_assert_true (gtk_widget_get_visible (ui_test_get_child (entry, "popover")));
  keyboard_press (GTK_WIDGET (scene.window), "Escape");
  g_assert_cmpstr (wsi_filter_entry_get_text (entry), ==, "ping and mask");
  type_text (&scene, "ping");
  wait_for_rows (&scene, 1);
  keyboard_press (GTK_WIDGET (scene.window), "Escape");
  keyboard_press (GTK_WIDGET (scene.window), "Escape");
  g_assert_cmpstr (wsi_filter_entry_get_text (entry), ==, "");
  wait_for_rows (&scene, 4);
}

static void
enter (Scene      *scene,
       const char *text)
{
  gtk_widget_grab_focus (GTK_WIDGET (get_bar (scene)));
  type_text (scene, text);
  g_signal_emit_by_name (get_entry (scene), "activate");
}

/* Up in the empty entry brings back what was used, but nothing with a secret, and no mistake. */
static void
test_history (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) history = NULL;
  WsiFilterEntry *entry;

  scene_init (&scene, 700);
  entry = ui_test_get_child (get_bar (&scene), "entry");
  enter (&scene, "ping");
  enter (&scene, "header.authorization == \"Basic abc\"");
  enter (&scene, "len >");
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *text = g_strdup_printf ("len > %u", 10 + i);

      enter (&scene, text);
    }
  enter (&scene, "ping");
  g_object_get (get_bar (&scene), "filter-history", &history, NULL);
  g_assert_cmpuint (g_strv_length (history), ==, 20);
  g_assert_cmpstr (history[0], ==, "ping");
  g_assert_cmpstr (history[1], ==, "len > 39");
  g_assert_cmpstr (history[19], ==, "len > 21");

  gtk_widget_grab_focus (GTK_WIDGET (entry));
  wsi_filter_bar_apply (get_bar (&scene), "");
  keyboard_press (GTK_WIDGET (scene.window), "Up");
  g_assert_true (gtk_widget_get_visible (ui_test_get_child (entry, "popover")));
  keyboard_press (GTK_WIDGET (scene.window), "Down");
  keyboard_press (GTK_WIDGET (scene.window), "Return");
  g_assert_cmpstr (wsi_filter_entry_get_text (entry), ==, "len > 39");
}

/* The texts of the offers, with "|" between them, each with its number. */
static char *
list_offers (WsiFilterEntry *entry)
{
  GtkWidget *list = ui_test_get_child (entry, "offers");
  GString *texts = g_string_new (NULL);

  if (!gtk_widget_get_visible (ui_test_get_child (entry, "popover")))
    return g_string_free (texts, FALSE);

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *label = gtk_widget_get_first_child (gtk_widget_get_first_child (row));

      g_string_append (texts, texts->len > 0 ? "|" : "");
      for (; label != NULL; label = gtk_widget_get_next_sibling (label))
        g_string_append_printf (texts, "%s%s", gtk_label_get_text (GTK_LABEL (label)),
                                gtk_widget_get_next_sibling (label) != NULL ? " " : "");
    }
  return g_string_free (texts, FALSE);
}

static void
assert_offers (Scene      *scene,
               const char *text,
               const char *expected)
{
  WsiFilterEntry *entry = ui_test_get_child (get_bar (scene), "entry");
  g_autofree char *offers = NULL;

  gtk_widget_grab_focus (GTK_WIDGET (entry));
  type_text (scene, text);
  offers = list_offers (entry);
  g_assert_cmpstr (offers, ==, expected);
}

/* Recorded values are offered after the language's own words, with its numbers.  Return applies
 * what is typed, until an offer is chosen. */
static void
test_completion_of_data (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiSample) sample = NULL;
  g_autoptr (WsiInterpreter) interpreter = NULL;
  WsiFilterEntry *entry;

  scene_init (&scene, 700);
  append (&scene, WSP_DIRECTION_SENT, 1, "{\"type\":\"sub \\\"x\\\"\\u001b\"}");
  append (&scene, WSP_DIRECTION_SENT, 1, "{\"type\":\"subscribe\"}");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 6);
  sample = wsi_sample_new (scene.store, WSI_REDACTION_DEFAULT);
  interpreter = wsi_interpreter_new (scene.store);
  for (guint64 i = 0; i < wsi_store_get_end (scene.store); i++)
    wsi_interpreter_learn (interpreter, i, wsi_store_get_record (scene.store, i));
  wsi_sample_follow (sample, interpreter, wsi_store_get_end (scene.store));

  entry = ui_test_get_child (get_bar (&scene), "entry");
  assert_offers (&scene, "json.", "");
  wsi_filter_bar_set_sample (get_bar (&scene), sample);
  assert_offers (&scene, "json.", "json.type 3×");
  assert_offers (&scene, "dir == ", "sent|recv|received");
  assert_offers (&scene, "json.type == \"subs", "\"subscribe\" 2×");
  assert_offers (&scene, "json.type == ", "\"subscribe\" 2×|\"sub \\\"x\\\"\\x1b\" 1×");
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (ui_test_get_child (entry, "popover"), "bars-completion-of-data");
  keyboard_press (GTK_WIDGET (scene.window), "Down");
  keyboard_press (GTK_WIDGET (scene.window), "Down");
  keyboard_press (GTK_WIDGET (scene.window), "Return");
  g_assert_cmpstr (wsi_filter_entry_get_text (entry), ==,
                   "json.type == \"sub \\\"x\\\"\\x1b\" ");
  wait_for_rows (&scene, 1);
  assert_offers (&scene, "json.type == \"subscribe\"", "");
  wait_for_rows (&scene, 2);
  wsi_filter_bar_set_sample (get_bar (&scene), NULL);
  assert_offers (&scene, "json.type == ", "");
}

static void
test_completion (void)
{
  g_auto (Scene) scene = { 0 };
  WsiFilterEntry *entry;

  scene_init (&scene, 700);
  entry = ui_test_get_child (get_bar (&scene), "entry");
  type_text (&scene, "sent and mask");
  g_assert_true (gtk_widget_get_visible (ui_test_get_child (entry, "popover")));
  save_screenshot (&scene, "completion");
  gtk_widget_grab_focus (GTK_WIDGET (entry));
  keyboard_press (GTK_WIDGET (scene.window), "Tab");
  g_assert_cmpstr (wsi_filter_entry_get_text (entry), ==, "sent and masked ");
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (entry, "popover")));
}

static void
test_saved (void)
{
  g_auto (Scene) scene = { 0 };
  WsiFilterBar *bar;
  g_autoptr (GVariant) saved = NULL, after = NULL;
  g_autofree char *text = NULL;

  scene_init (&scene, 700);
  bar = get_bar (&scene);
  wsi_filter_bar_apply (bar, "ping and");
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.save", NULL);
  wsi_filter_bar_apply (bar, "ping");
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.save", NULL);
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.save", NULL);
  g_object_get (bar, "saved-filters", &saved, NULL);
  text = g_variant_print (saved, FALSE);
  g_assert_cmpstr (text, ==, "[('ping', 'ping')]");
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.apply", "s", "sent");
  wait_for_rows (&scene, 2);
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.remove", "s", "ping");
  g_object_get (bar, "saved-filters", &after, NULL);
  g_assert_cmpuint (g_variant_n_children (after), ==, 0);
}

static gboolean
is_found (gpointer data)
{
  Scene *scene = data;
  WsiRow *row = wsi_frame_list_get_row (scene->list);

  return row != NULL && wsi_row_get_number (row) + 1 == scene->number;
}

static void
wait_for_search (Scene  *scene,
                 guint64 number)
{
  scene->number = number;
  ui_test_wait_until (is_found, scene);
}

static gboolean
has_sentence (gpointer bar)
{
  return *ui_test_get_text (bar, "sentence") != '\0';
}

static void
wait_for_nothing (Scene *scene)
{
  ui_test_wait_until (has_sentence, ui_test_get_child (scene->pane, "search_bar"));
}

/* A text in quotes is searched for as it is, and hides nothing. */
static void
test_search (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "\"is\"");
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_search (&scene, 2);
  save_screenshot (&scene, "search");
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "k1");
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.next-match", NULL);
  wait_for_search (&scene, 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.next-match", NULL);
  wait_for_search (&scene, 4);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.previous-match", NULL);
  wait_for_search (&scene, 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.previous-match", NULL);
  wait_for_nothing (&scene);
  g_assert_cmpuint (get_counts (&scene).n_shown, ==, 4);

  wsi_search_bar_open (bar, WSI_SEARCH_FOR_FILTER);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "len ==");
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  g_assert_nonnull (strstr (ui_test_get_text (bar, "sentence"), "column"));
  wsi_search_bar_close (bar);
}

static gboolean
are_sorted (gpointer data)
{
  return wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (((Scene *) data)->list));
}

typedef struct
{
  WsiSearchBar *bar;
  const char   *text;           /* text of the count; NULL: no count is shown */
} Count;

static gboolean
shows_count (gpointer data)
{
  const Count *count = data;
  GtkWidget *label = ui_test_get_child (count->bar, "count");

  return gtk_widget_get_visible (label) ? g_strcmp0 (ui_test_get_text (count->bar, "count"),
                                                     count->text) == 0 : count->text == NULL;
}

static void
wait_for_count (WsiSearchBar *bar,
                const char   *text)
{
  Count count = { bar, text };

  ui_test_wait_until (shows_count, &count);
}

/* The count follows the selected row, and rows that come. */
static void
test_search_count (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "k1");
  wait_for_count (bar, NULL);
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_count (bar, "1 of 2");
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.next-match", NULL);
  wait_for_count (bar, "2 of 2");
  append (&scene, WSP_DIRECTION_SENT, 1, "and k1 again");
  wsi_store_announce (scene.store);
  wait_for_count (bar, "2 of 3");
  save_screenshot (&scene, "search-count");
  wsi_frame_list_select (scene.list, 0);
  wait_for_count (bar, "3 found");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "time");
  ui_test_wait_until (are_sorted, &scene);
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_count (bar, "3 found");
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "other");
  wait_for_count (bar, NULL);
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_nothing (&scene);
  wsi_frame_list_set_store (scene.list, NULL);
}

#define NEEDLE "a needle in a text that is longer than most of the others are"

/* The store drops some while they are counted: rows, or payloads alone, whose rows stay. */
static const struct
{
  const char *name;
  guint64     max_records;
  gsize       max_memory;
} drops[] = {
  { "rows", 2 * MANY - 16384, 2 * MANY * sizeof NEEDLE },
  { "payloads", WSI_DEFAULT_MAX_RECORDS, MEBIBYTE },
};

/* Every third row has the text. */
static void
append_thirds (Scene *scene,
               guint  n)
{
  for (guint i = 0; i < n; i++)
    append (scene, WSP_DIRECTION_SENT, 1,
            wsi_store_get_end (scene->store) % 3 == 0 ? NEEDLE : "hay");
  wsi_store_announce (scene->store);
}

static guint
count_thirds (guint64 first,
              guint64 end)
{
  return (end + 2) / 3 - (first + 2) / 3;
}

typedef struct
{
  WsiSearchBar *bar;
  guint         n;              /* matches that are to be counted; 0 = any number */
  guint         place;          /* place that was read; 0 = the selected row is no match */
} Place;

static gboolean
has_place (gpointer data)
{
  Place *place = data;
  const char *text = ui_test_get_text (place->bar, "count");
  guint selected = 0, n = 0;
  int n_read = sscanf (text, "%u of %u", &selected, &n);

  place->place = n_read == 2 ? selected : 0;
  if (n_read < 1 || strstr (text, "≥") != NULL)
    return FALSE;

  return place->n == 0 || (n == place->n && place->place > 0);
}

/* The number is that of the rows that are left, and a step goes to the next of them.  A row whose
 * payload was dropped before it was counted is no match. */
static void
test_search_drops (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), n_left, before;
  g_auto (Scene) scene = { 0 };
  Place place;
  guint64 first, number;
  WsiSearchBar *bar;

  scene_init_with_limits (&scene, 700, drops[i].max_records, drops[i].max_memory);
  bar = ui_test_get_child (scene.pane, "search_bar");
  append_thirds (&scene, MANY);
  wait_for_rows (&scene, 4 + MANY);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "needle");
  wsi_search_bar_step (bar, WSI_SEARCH_BACKWARD);
  append_thirds (&scene, MANY);
  first = wsi_store_get_first (scene.store);
  g_assert_true ((first > 0) == (i == 0));
  n_left = count_thirds (first, wsi_store_get_end (scene.store));
  wait_for_rows (&scene, wsi_store_get_end (scene.store) - first);
  place = (Place) { bar, i == 0 ? n_left : 0, 0 };
  ui_test_wait_until (has_place, &place);
  g_test_message ("%s, of %u", ui_test_get_text (bar, "count"), n_left);
  if (place.place == 0)
    return;

  number = wsi_row_get_number (wsi_frame_list_get_row (scene.list));
  if (i == 0)
    g_assert_cmpuint (place.place, ==, count_thirds (first, number + 1));
  before = place.place;
  wsi_search_bar_step (bar, WSI_SEARCH_BACKWARD);
  ui_test_wait_until (has_place, &place);
  g_assert_cmpuint (place.place, ==, before - 1);
}

/* A row that has come since the list was updated is found, too. */
static void
test_search_newest (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "k1");
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_count (bar, "1 of 2");
  g_object_set (scene.list, "tick-ms", 5000, NULL);
  append (&scene, WSP_DIRECTION_SENT, 1, "and k1 again");
  wsi_store_announce (scene.store);
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_search (&scene, 5);
}

/* The summary of a long message begins near the match. */
static void
test_search_shows (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *filler = g_strnfill (600, 'x');
  g_autofree char *text = g_strconcat (filler, " needle end", NULL);
  g_autofree char *summary = NULL;
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  for (guint i = 0; i < MANY_SEEN; i++)
    append (&scene, WSP_DIRECTION_SENT, 1, i == MANY_SEEN / 2 ? text : "other");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 4 + MANY_SEEN);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "NEEDLE");
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_count (bar, "1 of 1");
  save_screenshot (&scene, "search-summary");
  summary = g_strdup (wsi_row_format_get_summary (
                        wsi_shown_rows_get_format (wsi_frame_list_get_rows (scene.list)),
                        wsi_frame_list_get_row (scene.list)));
  g_assert_cmpstr (summary, ==, "…xxxxxxxxxxx needle end");
  wsi_search_bar_close (bar);
}

/* In the order 4, 3, 2, 1 the next match is the next one that is seen. */
static void
test_search_in_order (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "time");
  ui_test_wait_until (are_sorted, &scene);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "k1");
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_search (&scene, 4);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.next-match", NULL);
  wait_for_search (&scene, 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.previous-match", NULL);
  wait_for_search (&scene, 4);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.previous-match", NULL);
  wait_for_nothing (&scene);
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wsi_frame_list_set_store (scene.list, NULL);
}

static void
count_progress (guint      *n,
                GParamSpec *property,
                GtkLabel   *progress)
{
  *n += g_str_has_suffix (gtk_label_get_text (progress), " % searched");
}

/* It goes on in a thread, and says how far it is as it does in the usual order. */
static void
test_search_progress (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;
  guint n = 0;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  g_signal_connect_swapped (ui_test_get_child (bar, "progress"), "notify::label",
                            G_CALLBACK (count_progress), &n);
  for (guint i = 0; i < 3 * MANY; i++)
    append (&scene, WSP_DIRECTION_SENT, 1, "other");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 4 + 3 * MANY);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "time");
  ui_test_wait_until (are_sorted, &scene);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "nothing of this");
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wait_for_nothing (&scene);
  g_assert_cmpuint (n, >, 0);
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (bar, "progress")));
}

typedef struct
{
  guint    n_marks;
  gboolean are_underlined;
} Marks;

static gboolean
count_mark (PangoAttribute *attribute,
            gpointer        data)
{
  Marks *marks = data;

  marks->n_marks += attribute->klass->type == PANGO_ATTR_BACKGROUND;
  marks->are_underlined |= attribute->klass->type == PANGO_ATTR_UNDERLINE;
  return FALSE;
}

static void
count_marks (GtkWidget *widget,
             Marks     *marks)
{
  PangoAttrList *attributes = GTK_IS_INSCRIPTION (widget)
                              ? gtk_inscription_get_attributes (GTK_INSCRIPTION (widget)) : NULL;
  PangoAttrList *none = attributes != NULL ? pango_attr_list_filter (attributes, count_mark, marks)
                                           : NULL;

  g_assert_null (none);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    count_marks (child, marks);
}

static void
assert_marks (Scene *scene,
              guint  n_marks)
{
  Marks marks = { 0 };

  count_marks (GTK_WIDGET (scene->list), &marks);
  g_assert_cmpuint (marks.n_marks, ==, n_marks);
  g_assert_true (marks.are_underlined == (n_marks > 0));
}

/* In each row that has it, while the bar is open, and for a text alone. */
static void
test_marks (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  ui_test_draw (GTK_WIDGET (scene.list), 2);
  bar = ui_test_get_child (scene.pane, "search_bar");
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "IS");
  assert_marks (&scene, 0);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  assert_marks (&scene, 1);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "K1");
  assert_marks (&scene, 2);
  save_screenshot (&scene, "search-marks");
  append (&scene, WSP_DIRECTION_RECEIVED, 9, "k1k1");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 5);
  ui_test_draw (GTK_WIDGET (scene.list), 2);
  assert_marks (&scene, 4);
  wsi_search_bar_open (bar, WSI_SEARCH_FOR_FILTER);
  assert_marks (&scene, 0);
  wsi_search_bar_open (bar, WSI_SEARCH_FOR_TEXT);
  assert_marks (&scene, 4);
  wsi_search_bar_close (bar);
  assert_marks (&scene, 0);
}

static const struct
{
  const char *name, *text;
  guint64     number;           /* number of the row that is found; 0 = none */
} places[] = {
  { "number", "3", 3 },
  { "time", "0.6", 3 },
  { "time-with-a-unit", "1s", 3 },
  { "number-that-is-not-there", "300", 0 },
  { "time-of-day", NULL, 3 },   /* 0.6 seconds after the first row */
  { "hour-that-is-not-there", "25:00", 0 },
};

static void
test_jump (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GDateTime) origin = g_date_time_new_from_unix_local (0);
  g_autofree char *clock = g_date_time_format (origin, "%H:%M:0.6");
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.jump", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"),
                         places[i].text != NULL ? places[i].text : clock);
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  if (places[i].number != 0)
    wait_for_search (&scene, places[i].number);
  else
    wait_for_nothing (&scene);
}

/* Another connection's rows are passed over, and rows that the filter hides. */
static void
test_connection (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  scene_init (&scene, 700);
  g_clear_object (&scene.conversation);
  scene.conversation = opened_conversation (scene.store, &opening, 1);
  append (&scene, WSP_DIRECTION_SENT, 1, "other");
  g_clear_object (&scene.conversation);
  scene.conversation = wsi_store_dup_conversation (scene.store, 1);
  append (&scene, WSP_DIRECTION_SENT, 1, "hidden");
  append (&scene, WSP_DIRECTION_SENT, 1, "same");
  wsi_store_announce (scene.store);
  wsi_filter_bar_apply (get_bar (&scene), "not \"hidden\"");
  wait_for_rows (&scene, 6);
  wsi_frame_list_go_to (scene.list, 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.next-of-connection", NULL);
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 6);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.next-of-connection", NULL);
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 6);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.previous-of-connection", NULL);
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 3);
}

static gboolean
has_selected (gpointer data)
{
  Scene *scene = data;

  return wsi_row_get_number (wsi_frame_list_get_row (scene->list)) == scene->n_expected;
}

static gboolean
is_searching (Scene *scene)
{
  return strstr (ui_test_get_text (scene->status_bar, "label"),
                 "searching for the next frame") != NULL;
}

/* The next row of the connection is far away: the window goes on meanwhile, and says so. */
static void
test_far (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  scene_init (&scene, 700);
  g_clear_object (&scene.conversation);
  scene.conversation = opened_conversation (scene.store, &opening, 1);
  for (guint i = 0; i < MANY; i++)
    append (&scene, WSP_DIRECTION_SENT, 1, "other");
  g_clear_object (&scene.conversation);
  scene.conversation = wsi_store_dup_conversation (scene.store, 1);
  append (&scene, WSP_DIRECTION_SENT, 1, "same");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 5 + MANY);
  wsi_frame_list_go_to (scene.list, 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.next-of-connection", NULL);
  scene.n_expected = 4 + MANY;
  g_assert_false (has_selected (&scene));
  g_assert_true (is_searching (&scene));
  ui_test_wait_until (has_selected, &scene);
  g_assert_false (is_searching (&scene));

  /* The user goes elsewhere: that stays. */
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.previous-of-connection", NULL);
  g_assert_true (is_searching (&scene));
  wsi_frame_list_go_to (scene.list, 100);
  scene.n_expected = 100;
  while (is_searching (&scene))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (has_selected (&scene));
}

/* The distance of the selected row from the middle of the list, in rows: 0 = it stands there. */
static double
get_distance (Scene *scene)
{
  GtkWidget *list = wsi_column_titles_get_list (wsi_frame_list_get_view (scene->list));
  graphene_rect_t bounds;

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED)
      {
        g_assert_true (gtk_widget_compute_bounds (row, list, &bounds));
        return (bounds.origin.y + bounds.size.height / 2 - gtk_widget_get_height (list) / 2.0) /
               bounds.size.height;
      }
  return G_MAXDOUBLE;
}

static const struct
{
  const char *name;
  guint64     from, to;
  double      middle;   /* largest allowed number of rows between the found one and the middle */
} jumps[] = {
  { "after-the-rows-that-are-seen", 3, 150, 1.5 },
  { "before-the-rows-that-are-seen", 150, 40, 1.5 },
  { "among-the-rows-that-are-seen", 0, 8, 1.5 },
  { "at-the-end", 3, 203, 100 },
};

/* Once with the focus in the list, once in the search bar. */
static void
test_middle (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  gtk_widget_set_vexpand (GTK_WIDGET (scene.pane), TRUE);
  bar = ui_test_get_child (scene.pane, "search_bar");
  for (guint k = 4; k <= 203; k++)
    append (&scene, WSP_DIRECTION_SENT, 1, k == jumps[i].to ? "searched for" : "other");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 204);

  wsi_frame_list_go_to (scene.list, jumps[i].from);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  gtk_widget_grab_focus (GTK_WIDGET (scene.list));
  wsi_frame_list_go_to (scene.list, jumps[i].to);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_cmpfloat (ABS (get_distance (&scene)), <=, jumps[i].middle);

  wsi_frame_list_go_to (scene.list, jumps[i].from);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.pane), "frames.search", NULL);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "searched for");
  wsi_search_bar_step (bar, jumps[i].to > jumps[i].from ? WSI_SEARCH_FORWARD
                                                        : WSI_SEARCH_BACKWARD);
  wait_for_search (&scene, jumps[i].to + 1);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_cmpfloat (ABS (get_distance (&scene)), <=, jumps[i].middle);
  save_screenshot (&scene, jumps[i].name);
}

static GtkAdjustment *
get_adjustment (Scene *scene)
{
  GtkWidget *view = GTK_WIDGET (wsi_frame_list_get_view (scene->list));
  GtkWidget *scroller = gtk_widget_get_ancestor (view, GTK_TYPE_SCROLLED_WINDOW);

  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
}

/* The user has scrolled away from it: that is as far as a jump. */
static void
test_selected_again (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 700);
  gtk_widget_set_vexpand (GTK_WIDGET (scene.pane), TRUE);
  for (guint k = 4; k <= 203; k++)
    append (&scene, WSP_DIRECTION_SENT, 1, "other");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 204);
  wsi_frame_list_go_to (scene.list, 150);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  gtk_adjustment_set_value (get_adjustment (&scene), 0);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  wsi_frame_list_go_to (scene.list, 150);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_cmpfloat (ABS (get_distance (&scene)), <=, 1.5);
}

static void
test_other_view (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *view = NULL, *before = NULL;

  scene_init (&scene, 700);
  g_object_get (scene.list, "view", &before, NULL);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.other-view", NULL);
  g_object_get (scene.list, "view", &view, NULL);
  g_assert_cmpstr (view, !=, before);
}

/* A search under way when the window closes. */
static void
test_close_early (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSearchBar *bar;

  scene_init (&scene, 700);
  bar = ui_test_get_child (scene.pane, "search_bar");
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "nothing of this");
  wsi_search_bar_step (bar, WSI_SEARCH_FORWARD);
  wsi_filter_bar_apply (get_bar (&scene), "sent");
}

static void
test_status (void)
{
  g_auto (Scene) scene = { 0 };
  WsiStatusBar *bar;

  scene_init (&scene, 700);
  bar = scene.status_bar;
  g_assert_cmpstr (ui_test_get_text (bar, "label"), ==, "4 rows");
  wsi_filter_bar_apply (get_bar (&scene), "ping");
  wait_for_rows (&scene, 1);
  g_assert_true (g_str_has_prefix (ui_test_get_text (bar, "label"), "4 rows · 1 shown"));
}

static void
append_megabytes (Scene *scene)
{
  g_autofree char *text = g_strnfill (MEBIBYTE, 'a');

  for (guint i = 0; i < 3; i++)
    append (scene, WSP_DIRECTION_SENT, 1, text);
}

static void
append_many (Scene *scene)
{
  while (wsi_store_get_first (scene->store) == 0)
    append (scene, WSP_DIRECTION_SENT, 1, "");
}

static void
lose_frames (Scene *scene)
{
  wsi_store_count_dropped (scene->store, 2);
  append (scene, WSP_DIRECTION_SENT, 1, "");
}

static const struct
{
  const char *name;
  void        (*lose)(Scene *scene);
  const char *end;
} losses[] = {
  { "payloads", append_megabytes, "1.0\u00a0MiB · 2.0\u00a0MiB of payloads dropped" },
  { "rows", append_many, "1.0\u00a0MiB · 16384 rows removed" },
  { "frames", lose_frames, "1.0\u00a0MiB · 2 frames not recorded in full" },
};

static gboolean
is_lost (gpointer data)
{
  WsiStatusBar *bar = ((Scene *) data)->status_bar;

  return strstr (ui_test_get_text (bar, "label"), "dropped") != NULL ||
         strstr (ui_test_get_text (bar, "label"), "removed") != NULL ||
         strstr (ui_test_get_text (bar, "label"), "recorded") != NULL;
}

/* As the rows about losses say: of payloads that were dropped, too. */
static void
test_losses (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  WsiStatusBar *bar;

  scene_init_with_limits (&scene, 700, 1, MEBIBYTE);
  bar = scene.status_bar;
  losses[i].lose (&scene);
  wsi_store_announce (scene.store);
  ui_test_wait_until (is_lost, &scene);
  g_assert_true (g_str_has_suffix (ui_test_get_text (bar, "label"), losses[i].end));
}

static GtkToggleButton *
find_toggle (GtkWidget  *widget,
             const char *label)
{
  GtkToggleButton *found = NULL;

  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), label))
    return GTK_TOGGLE_BUTTON (gtk_widget_get_ancestor (widget, GTK_TYPE_TOGGLE_BUTTON));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_toggle (child, label);
  return found;
}

/* The last of the two directions that is switched off gives way to the other one. */
static void
test_toggles (void)
{
  g_auto (Scene) scene = { 0 };
  GtkToggleButton *sent, *received, *control;

  scene_init (&scene, 360);
  save_screenshot (&scene, "narrow");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (scene.filter_bar)), <=, 360);
  sent = find_toggle (GTK_WIDGET (scene.filter_bar), "↑");
  received = find_toggle (GTK_WIDGET (scene.filter_bar), "↓");
  control = find_toggle (GTK_WIDGET (scene.filter_bar), "Control");
  g_assert_nonnull (control);
  gtk_toggle_button_set_active (control, FALSE);
  wait_for_rows (&scene, 2);
  gtk_toggle_button_set_active (received, FALSE);
  wait_for_rows (&scene, 1);
  gtk_toggle_button_set_active (sent, FALSE);
  wait_for_rows (&scene, 1);
  g_assert_true (gtk_toggle_button_get_active (received));
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.show-all", NULL);
  wait_for_rows (&scene, 4);
  g_assert_true (gtk_toggle_button_get_active (sent));
  g_assert_true (gtk_toggle_button_get_active (control));
}

/* A field of a decoder comes before the summary. */
static void
test_columns (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiViewOptions) options = g_object_ref_sink (g_object_new (WSI_TYPE_VIEW_OPTIONS,
                                                                        NULL));
  g_auto (GStrv) columns = NULL;
  g_autofree char *joined = NULL;

  scene_init (&scene, 900);
  wsi_view_options_set_list (options, scene.list);
  g_assert_false (wsi_view_options_add_column (options, "nonsense"));
  g_assert_true (wsi_view_options_add_column (options, "json.type"));
  g_assert_true (wsi_view_options_add_column (options, "delta"));
  g_object_get (scene.list, "columns", &columns, NULL);
  joined = g_strjoinv (" ", columns);
  g_assert_cmpstr (joined, ==, "no time delta conn type len json.type summary");
  save_screenshot (&scene, "columns");
}

/* A filter of the context menu is in the bar, where it can be changed. */
static void
test_menu_filter (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 700);
  wsi_filter_bar_apply (get_bar (&scene), "ping or text");
  wait_for_rows (&scene, 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.only", "s", "dir == sent");
  wait_for_rows (&scene, 1);
  g_assert_cmpstr (wsi_filter_entry_get_text (ui_test_get_child (get_bar (&scene), "entry")), ==,
                   "(ping or text) and (dir == sent)");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.search", NULL);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (ui_test_get_child (scene.pane, "search_bar"))));
}

/* Another list begins with the choices of this one. */
static void
test_settings (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  const char *const columns[] = { "no", "json.type", "summary", NULL };
  g_auto (GStrv) kept = NULL;
  g_autoptr (GVariant) widths = NULL, saved = NULL;
  g_autofree char *joined = NULL;

  scene_init (&scene, 700);
  wsi_frame_pane_bind_settings (scene.pane, settings);
  g_object_set (scene.list, "columns", columns, NULL);
  kept = g_settings_get_strv (settings, "columns");
  joined = g_strjoinv (" ", kept);
  g_assert_cmpstr (joined, ==, "no json.type summary");

  g_object_set (scene.list, "column-widths", g_variant_new_parsed ("{'no': uint32 99}"), NULL);
  widths = g_settings_get_value (settings, "column-widths");
  g_assert_true (g_variant_equal (widths, g_variant_new_parsed ("{'no': uint32 99}")));
  wsi_filter_bar_apply (get_bar (&scene), "ping");
  gtk_widget_activate_action (GTK_WIDGET (get_bar (&scene)), "filter.save", NULL);
  saved = g_settings_get_value (settings, "saved-filters");
  g_assert_cmpuint (g_variant_n_children (saved), ==, 1);
  g_settings_reset (settings, "columns");
}

static void
assert_view (Scene      *scene,
             const char *expected,
             gboolean    shows_control,
             gboolean    shows_events)
{
  g_autofree char *view = NULL;
  gboolean control, events;

  g_object_get (scene->list, "view", &view, "show-control", &control, "show-events", &events, NULL);
  g_assert_cmpstr (view, ==, expected);
  g_assert_true (control == shows_control);
  g_assert_true (events == shows_events);
}

/* Neither the preferences nor another window change it. */
static void
test_own_view (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_autofree char *kept = NULL;

  g_settings_set_string (settings, "default-view", "messages");
  g_settings_set_boolean (settings, "show-control", FALSE);
  scene_init (&scene, 700);
  wsi_frame_pane_bind_settings (scene.pane, settings);
  assert_view (&scene, "messages", FALSE, TRUE);

  g_settings_set_string (settings, "default-view", "frames");
  g_settings_set_boolean (settings, "show-control", TRUE);
  g_settings_set_boolean (settings, "show-events", FALSE);
  assert_view (&scene, "messages", FALSE, TRUE);

  g_object_set (scene.list, "show-events", FALSE, "show-events", TRUE, "view", "frames", "view",
                "messages", NULL);
  kept = g_settings_get_string (settings, "default-view");
  g_assert_cmpstr (kept, ==, "frames");
  g_assert_false (g_settings_get_boolean (settings, "show-events"));
  g_settings_reset (settings, "default-view");
  g_settings_reset (settings, "show-control");
  g_settings_reset (settings, "show-events");
}

/* An entry of a live source waits to be written for five seconds. */
static void
test_behind (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_auto (Scene) scene;
  g_autoptr (WsiSession) session = opened_session ();
  g_autoptr (WsiRecorder) recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, NULL);
  WsiStatusBar *bar;

  scene_init (&scene, 800);
  bar = scene.status_bar;
  wsi_status_bar_set_session (bar, session);
  g_signal_emit_by_name (scene.list, "changed");
  g_assert_null (strstr (ui_test_get_text (bar, "label"), " late"));
  wsi_recorder_open (recorder, &opening, g_get_real_time () - 5 * G_USEC_PER_SEC);
  g_signal_emit_by_name (scene.list, "changed");
  g_assert_nonnull (strstr (ui_test_get_text (bar, "label"), " seconds late"));
  while (wsi_session_get_delay (session) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_emit_by_name (scene.list, "changed");
  g_assert_null (strstr (ui_test_get_text (bar, "label"), " late · "));
  wsi_status_bar_set_session (bar, NULL);
  g_object_run_dispose (G_OBJECT (session));
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  g_test_add_func ("/ui/bars/filter/an-error-is-underlined-and-changes-nothing", test_error);
  g_test_add_func ("/ui/bars/filter/offers-how-it-may-go-on", test_completion);
  g_test_add_func ("/ui/bars/filter/offers-what-was-recorded", test_completion_of_data);
  g_test_add_func ("/ui/bars/filter/is-applied-as-it-is-typed", test_typing);
  g_test_add_func ("/ui/bars/filter/half-a-name-leaves-the-list", test_half);
  g_test_add_func ("/ui/bars/filter/a-field-is-offered-for-a-text-without-rows", test_guess);
  g_test_add_func ("/ui/bars/filter/return-goes-to-the-list", test_return);
  g_test_add_func ("/ui/bars/filter/escape-empties-it", test_escape);
  g_test_add_func ("/ui/bars/filter/comes-back-without-secrets", test_history);
  g_test_add_func ("/ui/bars/filter/is-saved-once-and-applied-again", test_saved);
  g_test_add_func ("/ui/bars/toggles/choose-kinds-and-directions", test_toggles);
  g_test_add_func ("/ui/bars/search/finds-without-hiding", test_search);
  ADD_ROWS ("/ui/bars/jump", places, test_jump);
  g_test_add_func ("/ui/bars/moves/stay-in-the-connection", test_connection);
  g_test_add_func ("/ui/bars/search/counts-what-it-finds", test_search_count);
  g_test_add_func ("/ui/bars/search/finds-a-row-that-has-just-come", test_search_newest);
  ADD_ROWS ("/ui/bars/search/counts-while-some-are-dropped", drops, test_search_drops);
  g_test_add_func ("/ui/bars/search/summary-begins-near-the-match", test_search_shows);
  g_test_add_func ("/ui/bars/search/goes-by-what-is-seen", test_search_in_order);
  g_test_add_func ("/ui/bars/search/says-how-far-it-is-in-another-order", test_search_progress);
  g_test_add_func ("/ui/bars/moves/a-far-row-is-searched-for", test_far);
  ADD_ROWS ("/ui/bars/moves/row-stands-in-the-middle", jumps, test_middle);
  g_test_add_func ("/ui/bars/moves/row-stands-in-the-middle/if-it-was-selected",
                   test_selected_again);
  g_test_add_func ("/ui/bars/view/changes-by-its-action", test_other_view);
  g_test_add_func ("/ui/bars/search/marks-what-it-finds-in-the-summaries", test_marks);
  g_test_add_func ("/ui/bars/search/may-be-under-way-at-the-end", test_close_early);
  g_test_add_func ("/ui/bars/status/counts-rows-and-memory", test_status);
  ADD_ROWS ("/ui/bars/status/says-that-it-lost", losses, test_losses);
  g_test_add_func ("/ui/bars/options/add-columns-in-their-places", test_columns);
  g_test_add_func ("/ui/bars/filter/of-the-menu-is-in-the-bar", test_menu_filter);
  g_test_add_func ("/ui/bars/settings/keep-what-is-chosen", test_settings);
  g_test_add_func ("/ui/bars/settings/a-view-belongs-to-its-window", test_own_view);
  g_test_add_func ("/ui/bars/status/says-how-late-the-list-is", test_behind);
  return g_test_run ();
}
