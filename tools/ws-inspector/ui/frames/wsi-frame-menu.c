/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-menu.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/show/columns/wsi-list-filter.h"
#include "inspect/show/columns/wsi-row-copy.h"
#include "inspect/show/columns/wsi-selection-note.h"
#include "ui/frames/wsi-frame-cells.h"
#include "ui/frames/wsi-frame-columns.h"
#include "ui/frames/wsi-note-menu.h"
#include "ui/parts/wsi-compare-window.h"
#include "ui/parts/wsi-context-menu.h"
#include "ui/parts/wsi-talk-window.h"

#define MAX_WORDS 40            /* characters of a title or a value in the menu */

/* Adds a filter to that of the list. */
static void
add_filter (WsiFrameList *list,
            const char   *term)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (list);
  g_autofree char *both = wsi_list_filter_join (wsi_shown_rows_get_filter (rows), term);

  if (!gtk_widget_activate_action (GTK_WIDGET (list), "frames.apply-filter", "s", both))
    wsi_shown_rows_set_filter (rows, both, NULL);
}

static void
activate_only (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  add_filter (WSI_FRAME_LIST (widget), g_variant_get_string (parameter, NULL));
}

static void
activate_or (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (WSI_FRAME_LIST (widget));
  g_autofree char *either =
    wsi_list_filter_join_either (wsi_shown_rows_get_filter (rows),
                                 g_variant_get_string (parameter, NULL));

  gtk_widget_activate_action (widget, "frames.apply-filter", "s", either);
}

static void
activate_not (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  g_autofree char *term = wsi_list_filter_negate (g_variant_get_string (parameter, NULL));

  add_filter (WSI_FRAME_LIST (widget), term);
}

/* Numbers of the rows that get a note.  NULL: none is selected, or more than get one at once. */
static GArray *
dup_noted (WsiFrameList *list)
{
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (list);
  g_autofree char *sentence = NULL;

  if (numbers->len > 0 && numbers->len <= WSI_MAX_NOTED_ROWS)
    return g_steal_pointer (&numbers);

  if (numbers->len > 0)
    {
      sentence = g_strdup_printf (_("Cannot mark or tag more than %d rows at once: select fewer"),
                                  WSI_MAX_NOTED_ROWS);
      gtk_widget_activate_action (GTK_WIDGET (list), "win.toast", "s", sentence);
    }
  return NULL;
}

static void
activate_mark (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (WSI_FRAME_LIST (widget));
  g_autoptr (GArray) numbers = dup_noted (WSI_FRAME_LIST (widget));

  if (numbers == NULL)
    return;

  wsi_selection_note_toggle_mark (wsi_shown_rows_get_store (rows), numbers);
  wsi_shown_rows_refresh (rows);
}

static void
activate_tag (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (WSI_FRAME_LIST (widget));
  g_autoptr (GArray) numbers = dup_noted (WSI_FRAME_LIST (widget));

  if (numbers != NULL)
    wsi_selection_note_toggle_tag (wsi_shown_rows_get_store (rows), numbers,
                                   g_variant_get_string (parameter, NULL));
}

static GBytes *
dup_compared (WsiFrameList *list,
              guint64       number,
              GError      **error)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (list);
  g_autoptr (WsiRow) row = wsi_row_new (wsi_shown_rows_get_store (rows), number);

  return wsi_row_dup_content (row, wsi_shown_rows_get_unit (rows), error);
}

/* Compares the two rows that are selected. */
static void
frame_menu_activate_compare (GtkWidget  *widget,
                             const char *name,
                             GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (list);
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autoptr (GBytes) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  if (numbers->len != 2 || !GTK_IS_WINDOW (root))
    return;

  first = dup_compared (list, g_array_index (numbers, guint64, 0), &error);
  if (first != NULL)
    second = dup_compared (list, g_array_index (numbers, guint64, 1), &error);
  if (second == NULL)
    {
      gtk_widget_activate_action (widget, "win.toast", "s", error->message);
      return;
    }

  gtk_window_present (wsi_compare_window_new (GTK_WINDOW (root),
                                              &(WsiCompared) {
    first, g_array_index (numbers, guint64, 0)
  }, &(WsiCompared) {
    second, g_array_index (numbers, guint64, 1)
  }));
}

/* Edits the comment in a dialog of the list's window. */
static void
activate_edit (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiRow *row = wsi_frame_list_get_row (WSI_FRAME_LIST (widget));
  GtkRoot *root = gtk_widget_get_root (widget);

  if (row == NULL || !GTK_IS_WINDOW (root))
    return;

  if (g_str_equal (name, "frames.comment"))
    wsi_note_menu_edit_comment (row, GTK_WINDOW (root));
  else
    wsi_note_menu_edit_tags (row, GTK_WINDOW (root));
}

/* Makes the row the reference, or ends that, if it is the reference already. */
static void
activate_reference (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);

  wsi_shown_rows_set_reference (wsi_frame_list_get_rows (list), wsi_frame_list_get_row (list));
}

static void
activate_no_reference (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  wsi_shown_rows_set_reference (wsi_frame_list_get_rows (WSI_FRAME_LIST (widget)), NULL);
}

static void
activate_follow_conversation (GtkWidget  *widget,
                              const char *name,
                              GVariant   *parameter)
{
  WsiRow *row = wsi_frame_list_get_row (WSI_FRAME_LIST (widget));
  GtkRoot *root = gtk_widget_get_root (widget);

  if (row != NULL && wsi_row_get_conversation (row) != 0 && GTK_IS_WINDOW (root))
    gtk_window_present (wsi_talk_window_new (GTK_WINDOW (root), wsi_row_get_store (row),
                                             wsi_row_get_conversation (row)));
}

/* Sends a row again: the composer, which is beside the list, asks how. */
static void
activate_send_again (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (WSI_FRAME_LIST (widget));

  if (numbers->len > 0)
    gtk_widget_activate_action_variant (widget, "win.replay-rows",
                                        g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64,
                                                                   numbers->data, numbers->len,
                                                                   sizeof (guint64)));
}

static void
append_target (GMenu      *menu,
               const char *label,
               const char *action,
               const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (menu, item);
}

/* Shortens a text for a label, and removes the mnemonic. */
static char *
frame_menu_shorten (const char *text)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_WORDS));
  g_auto (GStrv) parts = g_strsplit (start, "_", -1);
  g_autofree char *escaped = g_strjoinv ("__", parts);

  return strlen (start) < strlen (text) ? g_strconcat (escaped, "…", NULL)
                                        : g_steal_pointer (&escaped);
}

/* Words of the filters of a column; of another column they have its title and the value. */
typedef struct
{
  const char *term;             /* term that these words are for; ends in a blank: any value */
  const char *only, *or, *not;
} FilterWords;

static const FilterWords filter_words[] = {
  { "conn == ", N_("Only This _Connection"), N_("Or This Connection"), N_("_Not This Connection") },
  { "dir == sent", N_("Only _Sent"), N_("Or Sent"), N_("Not Sent") },
  { "dir == recv", N_("Only _Received"), N_("Or Received"), N_("Not Received") },
};

static const FilterWords words_of_value = {
  /* Translators: the title of a column and a value. */
  "", N_("Only Where %s Is %s"), N_("Or Where %s Is %s"), N_("Not Where %s Is %s"),
};

static const FilterWords *
frame_menu_find_words (const char *term)
{
  for (guint i = 0; i < G_N_ELEMENTS (filter_words); i++)
    if (g_str_has_prefix (term, filter_words[i].term))
      return &filter_words[i];
  return &words_of_value;
}

/* format: may have places for the title of the column and for the value. */
static void
append_words (GMenu        *menu,
              const char   *format,
              WsiRowColumn *column,
              const char   *term,
              const char   *action)
{
  const char *sign = strstr (term, " == ");
  g_autofree char *title =
    frame_menu_shorten (wsi_frame_columns_get_title (wsi_row_column_get_name (column)));
  g_autofree char *value = frame_menu_shorten (sign != NULL ? sign + strlen (" == ") : term);
  g_autofree char *label = NULL;

  label = g_strdup_printf (format, title, value);
  append_target (menu, label, action, term);
}

static void
append_term (GMenu        *menu,
             WsiFrameList *list,
             WsiRow       *row,
             WsiRowColumn *column)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (list);
  g_autofree char *term =
    wsi_row_column_make_term (column, wsi_shown_rows_get_format (rows), row);
  const FilterWords *words;

  if (term == NULL)
    return;

  words = frame_menu_find_words (term);
  append_words (menu, _(words->only), column, term, "frames.only");
  if (!wsi_list_filter_is_empty (wsi_shown_rows_get_filter (rows)))
    append_words (menu, _(words->or), column, term, "frames.or");
  append_words (menu, _(words->not), column, term, "frames.not");
}

/* The cell under the pointer first, then what is asked for most. */
static GMenuModel *
make_filters (WsiFrameList *list,
              WsiRow       *row,
              WsiRowColumn *column)
{
  static const char *const names[] = { "conn", "dir", "type" };
  GMenu *menu = g_menu_new ();

  if (column != NULL)
    append_term (menu, list, row, column);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (WsiRowColumn) other = wsi_row_column_new (names[i]);

      if (column == NULL || !g_str_equal (wsi_row_column_get_name (column), names[i]))
        append_term (menu, list, row, other);
    }
  return G_MENU_MODEL (menu);
}

static GMenuModel *
make_copies (void)
{
  static const struct
  {
    const char *label, *form;
  } copies[] = {
    { N_("_Text"), "text" }, { N_("_Hexadecimal"), "hex" }, { N_("_Base64"), "base64" },
    { N_("_C Array"), "c" }, { N_("_Rows as Shown, with Tabs"), "shown" },
    { N_("_Lines of JSON"), "json" }, { N_("Command of _wsinspect"), "wsinspect" },
    { N_("Command of web_socat"), "websocat" }, { N_("_JavaScript"), "javascript" },
    { N_("_Python"), "python" }, { N_("Command of c_url"), "curl" },
  };
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    append_target (menu, _(copies[i].label), "frames.copy", copies[i].form);
  return G_MENU_MODEL (menu);
}

/* Makes a menu of orders by the values that columns have, also where no such column is shown. */
static GMenuModel *
make_orders (WsiFrameList *list)
{
  static const struct
  {
    const char *label, *column;
  } orders[] = {
    { N_("_Number"), "no" }, { N_("_Time"), "time" }, { N_("_Size"), "len" },
    { N_("Size on the _Wire"), "wire" }, { N_("T_ype"), "type" }, { N_("_Connection"), "conn" },
    { N_("_Reply Time"), "reply" },
  };
  WsiRowOrder order = wsi_shown_rows_get_order (wsi_frame_list_get_rows (list));
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    append_target (menu, _(orders[i].label), "frames.sort", orders[i].column);
  if (order.value != WSI_ROW_NONE)
    g_menu_append (menu, _("_Do Not Sort"), "frames.unsort");
  return G_MENU_MODEL (menu);
}

/* Makes the menu, which begins with what is done most.  column: that of the pointer, or NULL. */
static GMenuModel *
frame_menu_make_menu (WsiFrameList *list,
                      WsiRow       *row,
                      WsiRowColumn *column)
{
  g_autoptr (GMenuModel) filters = make_filters (list, row, column);
  g_autoptr (GMenuModel) copies = make_copies ();
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (list);
  g_autoptr (GMenuModel) notes = NULL, orders = make_orders (list);
  g_autoptr (GMenu) first = g_menu_new (), others = g_menu_new (), times = g_menu_new ();
  gboolean are_several = numbers->len > 1, are_two = numbers->len == 2;
  GMenu *menu = g_menu_new ();

  if (numbers->len > WSI_MAX_NOTED_ROWS)
    g_array_set_size (numbers, WSI_MAX_NOTED_ROWS);
  notes = wsi_note_menu_make (row, numbers);
  append_target (first, are_several ? _("_Copy Payloads") : _("_Copy Payload"), "frames.copy",
                 "text");
  g_menu_append (first, _("Send A_gain…"), "frames.send-again");
  g_menu_append (first, wsi_selection_note_are_marked (wsi_row_get_store (row), numbers)
                 ? _("Un_mark")
                                                                                    : _("_Mark"),
                 "frames.mark");
  g_menu_append_submenu (others, _("F_ilter"), filters);
  g_menu_append_submenu (others, _("Copy _As"), copies);
  if (are_several)
    g_menu_append (others, _("_Export Selection…"), "win.export");
  if (are_two)
    g_menu_append (others, _("Compare Pay_loads"), "frames.compare");
  g_menu_append (others, _("Take to Com_poser"), "win.compose-row");
  g_menu_append (others, _("_Follow Conversation"), "frames.follow-conversation");
  g_menu_append_submenu (times, _("_Sort By"), orders);
  g_menu_append (times, _("Set Time _Reference"), "frames.reference");
  g_menu_append (times, _("_Unset Time Reference"), "frames.no-reference");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  g_menu_append_section (menu, NULL, notes);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (times));
  return G_MENU_MODEL (menu);
}

static void
frame_menu_open_menu (WsiFrameList       *list,
                      GMenuModel         *model,
                      const GdkRectangle *place)
{
  wsi_context_menu_open (GTK_WIDGET (list), GTK_WIDGET (list), model, place);
}

static void
frame_menu_on_pressed (GtkGestureClick *gesture,
                       int              n_press,
                       double           x,
                       double           y,
                       WsiFrameList    *list)
{
  GtkColumnView *view = wsi_frame_list_get_view (list);
  WsiRowColumn *column = NULL;
  guint position;
  WsiRow *row = wsi_frame_cells_pick (view, x, y, &column, &position);
  g_autoptr (GMenuModel) menu = NULL;
  double list_x = x, list_y = y;

  if (row == NULL)
    return;

  if (wsi_frame_list_has_selected (list, position))
    wsi_frame_list_set_last (list, wsi_row_get_number (row));
  else
    wsi_frame_list_select (list, position);
  gtk_widget_translate_coordinates (GTK_WIDGET (view), GTK_WIDGET (list), x, y, &list_x, &list_y);
  menu = frame_menu_make_menu (list, row, column);
  frame_menu_open_menu (list, menu, &(GdkRectangle) { (int) list_x, (int) list_y, 1, 1 });
}

static void
frame_menu_activate_menu (GtkWidget  *widget,
                          const char *name,
                          GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);
  WsiRow *row = wsi_frame_list_get_row (list);
  g_autoptr (GMenuModel) menu = row != NULL ? frame_menu_make_menu (list, row, NULL) : NULL;

  if (menu != NULL)
    frame_menu_open_menu (list, menu, NULL);
}

static void
activate_copy_as (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);
  g_autoptr (GMenuModel) menu = make_copies ();

  if (wsi_frame_list_get_row (list) != NULL)
    frame_menu_open_menu (list, menu, NULL);
}

static void
activate_sort_menu (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);
  g_autoptr (GMenuModel) menu = make_orders (list);

  if (wsi_shown_rows_get_store (wsi_frame_list_get_rows (list)) != NULL)
    frame_menu_open_menu (list, menu, NULL);
}

void
wsi_frame_menu_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "frames.copy-as", NULL, activate_copy_as);
  gtk_widget_class_install_action (class, "frames.sort-menu", NULL, activate_sort_menu);
  gtk_widget_class_install_action (class, "frames.only", "s", activate_only);
  gtk_widget_class_install_action (class, "frames.or", "s", activate_or);
  gtk_widget_class_install_action (class, "frames.not", "s", activate_not);
  gtk_widget_class_install_action (class, "frames.send-again", NULL, activate_send_again);
  gtk_widget_class_install_action (class, "frames.mark", NULL, activate_mark);
  gtk_widget_class_install_action (class, "frames.compare", NULL, frame_menu_activate_compare);
  gtk_widget_class_install_action (class, "frames.comment", NULL, activate_edit);
  gtk_widget_class_install_action (class, "frames.tags", NULL, activate_edit);
  gtk_widget_class_install_action (class, "frames.tag", "s", activate_tag);
  gtk_widget_class_install_action (class, "frames.reference", NULL, activate_reference);
  gtk_widget_class_install_action (class, "frames.no-reference", NULL, activate_no_reference);
  gtk_widget_class_install_action (class, "frames.follow-conversation", NULL,
                                   activate_follow_conversation);
  gtk_widget_class_install_action (class, "frames.menu", NULL, frame_menu_activate_menu);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Menu, 0, "frames.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F10, GDK_SHIFT_MASK, "frames.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F7, 0, "frames.sort-menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_d, GDK_CONTROL_MASK, "frames.mark", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_t, GDK_CONTROL_MASK, "frames.reference",
                                       NULL);
}

void
wsi_frame_menu_attach (WsiFrameList *list)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (frame_menu_on_pressed), list,
                           G_CONNECT_DEFAULT);
  gtk_widget_add_controller (GTK_WIDGET (wsi_frame_list_get_view (list)),
                             GTK_EVENT_CONTROLLER (click));
}
