/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-problems-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/verdicts/wsi-problem-report.h"
#include "inspect/show/verdicts/wsi-problems.h"
#include "inspect/show/verdicts/wsi-verdict-text.h"
#include "inspect/show/verdicts/wsi-verdict.h"
#include "inspect/store/wsi-store.h"
#include "ui/parts/wsi-settings.h"
#include "ui/parts/wsi-wrap-box.h"

#define ENTRY "wsi-entry"
#define BETWEEN " · "
#define WIDTH_CHARS 46          /* characters in a line of texts beside buttons */

enum
{
  ROW_CHOSEN,
  FILTER_ON,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _WsiProblemsPage
{
  GtkWidget     parent_instance;

  GtkStack     *stack;
  GtkListBox   *list;
  GtkLabel     *scope;          /* label with the connection that is looked at */
  WsiChartFeed *feed;           /* feed of the charts; NULL = none */
  GSettings    *settings;
  WsiRedactor  *redactor;
  WsiProblems  *shown;          /* problems in the list; NULL = none */
  guint64       shown_version;  /* version of the problems in the list */
};

G_DEFINE_FINAL_TYPE (WsiProblemsPage, wsi_problems_page, GTK_TYPE_WIDGET)

/* The entry behind a row of the list: a group, or one row of a group. */
typedef struct
{
  const WsiProblem *problem;
  gboolean          is_group, is_open;
  WsiProblemRow     row;        /* row of the group */
  GtkWidget        *toggle;     /* button that opens a group */
  GtkLabel         *subtitle;
} Entry;

static WsiProblems *
get_problems (WsiProblemsPage * self)
{
  return wsi_chart_feed_get_shown_problems (self->feed);
}

/* The entry of a row.  NULL: the list has no such row. */
static Entry *
problems_page_get_entry (WsiProblemsPage *self,
                         guint            i)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

  return row != NULL ? g_object_get_data (G_OBJECT (row), ENTRY) : NULL;
}

/* The entry of a row of the list, or of a button in it. */
static Entry *
problems_page_find_entry (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX_ROW)),
                            ENTRY);
}

static char *
print_clock (gint64 time_us)
{
  g_autoptr (GDateTime) time =
    time_us >= 0 ? g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC) : NULL;
  char *text = time != NULL ? g_date_time_format (time, "%H:%M:%S") : NULL;

  return text != NULL ? text : g_strdup ("");
}

/* Describes rows: how many, with which peer, and when. */
static char *
describe_rows (const WsiProblem *problem)
{
  g_autofree char *count = wsi_problem_dup_count (problem);
  g_autofree char *peer = problem->peer != NULL
                          ? wsi_text_escape_line (problem->peer, WSI_CHARSET_UTF8) : NULL;
  g_autofree char *first = print_clock (problem->first.time_us);
  g_autofree char *last = print_clock (problem->last.time_us);
  g_autofree char *times = g_str_equal (first, last)
                           ? g_strdup (first)
                           /* Translators: two times of day. */
                           : g_strdup_printf (_("%s to %s"), first, last);

  return g_strconcat (count, peer != NULL ? BETWEEN : "", peer != NULL ? peer : "", BETWEEN, times,
                      NULL);
}

/* A screen reader gets the description of a row.  GTK 4.8 would not take it from a label that
 * describes the row, and GTK 4.18 has none with such a label. */
static void
set_subtitle (GtkLabel   *subtitle,
              const char *text)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (subtitle), GTK_TYPE_LIST_BOX_ROW);

  if (g_strcmp0 (gtk_label_get_text (subtitle), text) == 0)
    return;

  gtk_label_set_text (subtitle, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
problems_page_append_line (GString    *text,
                           const char *line)
{
  if (line != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

static void
show_group (WsiProblemsPage *self,
            const Entry     *entry)
{
  const WsiProblem *problem = entry->problem;
  g_autofree char *meaning = wsi_verdict_dup_meaning (&problem->verdict);
  g_autofree char *words = wsi_problem_dup_words (problem, self->redactor);
  g_autofree char *rows = describe_rows (problem);
  g_autoptr (GString) subtitle = g_string_new (NULL);

  problems_page_append_line (subtitle, words);
  problems_page_append_line (subtitle, meaning);
  problems_page_append_line (subtitle, wsi_verdict_get_advice (&problem->verdict));
  problems_page_append_line (subtitle, rows);
  set_subtitle (entry->subtitle, subtitle->str);
}

static const char *
get_tab (WsiVerdictKind kind)
{
  switch (kind)
    {
    case WSI_VERDICT_REFUSED:
      return "win.show-handshake";
    case WSI_VERDICT_ENDED:
      return "win.show-connection";
    case WSI_VERDICT_MESSAGE:
      return "win.show-message";
    case WSI_VERDICT_RULE:
    case WSI_VERDICT_LIMIT:
      return "win.show-frame";
    case WSI_VERDICT_MISSING:
    case WSI_VERDICT_SLOW:
    case WSI_N_VERDICT_KINDS:
      break;
    }

  return NULL;
}

/* The row, or the first one of its group that is left.  The list of problems may change before the
 * function returns. */
static void
problems_page_choose (WsiProblemsPage *self,
                      const Entry     *entry)
{
  const char *tab = get_tab (entry->problem->verdict.kind);
  WsiStore *store = wsi_chart_feed_get_store (self->feed);
  guint64 number = entry->row.number;
  gboolean is_found = entry->is_group
                      ? wsi_problems_find (get_problems (self), entry->problem, &number)
                      : number >= wsi_store_get_first (store);

  if (!is_found)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                  _("These rows were removed from the list"));
      return;
    }

  g_signal_emit (self, signals[ROW_CHOSEN], 0, number);
  if (tab != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), tab, NULL);
}

static void
problems_page_on_row_activated (WsiProblemsPage *self,
                                GtkListBoxRow   *row)
{
  problems_page_choose (self, problems_page_find_entry (GTK_WIDGET (row)));
}

static void
on_show_clicked (WsiProblemsPage *self,
                 GtkWidget       *button)
{
  problems_page_choose (self, problems_page_find_entry (button));
}

static char *
problems_page_make_report (WsiProblemsPage *self,
                           const Entry     *entry,
                           WsiRedactor     *redactor)
{
  return wsi_problem_dup_report (entry->problem, entry->is_group ? NULL : &entry->row,
                                 wsi_problems_get_slow (get_problems (self)),
                                 wsi_chart_feed_get_store (self->feed), redactor);
}

static void
problems_page_on_copy_clicked (WsiProblemsPage *self,
                               GtkWidget       *button)
{
  const Entry *entry = problems_page_find_entry (button);
  guint64 n_hidden = wsi_redactor_get_n_hidden (self->redactor);
  g_autofree char *report = problems_page_make_report (self, entry, self->redactor);
  g_autoptr (WsiRedactor) none = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autofree char *whole = problems_page_make_report (self, entry, none);

  n_hidden = wsi_redactor_get_n_hidden (self->redactor) - n_hidden;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), report);
  if (n_hidden > 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.offer-secrets", "(ts)", n_hidden, whole);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("The report was copied"));
}

static void
on_filter_clicked (WsiProblemsPage *self,
                   GtkWidget       *button)
{
  g_autofree char *filter =
    wsi_problem_dup_filter (problems_page_find_entry (button)->problem,
                            wsi_problems_get_slow (get_problems (self)));

  g_signal_emit (self, signals[FILTER_ON], 0, filter);
}

static void problems_page_show (WsiProblemsPage *self);

static void
set_open (WsiProblemsPage *self,
          Entry           *entry,
          gboolean         is_open)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (entry->toggle), is_open);
}

static void
problems_page_on_toggled (WsiProblemsPage *self,
                          GtkToggleButton *toggle)
{
  Entry *entry = problems_page_find_entry (GTK_WIDGET (toggle));

  entry->is_open = gtk_toggle_button_get_active (toggle);
  gtk_button_set_icon_name (GTK_BUTTON (toggle), entry->is_open ? "pan-down-symbolic"
                                                                 : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_STATE_EXPANDED,
                               entry->is_open, -1);
  self->shown_version = 0;
  problems_page_show (self);
}

static GtkWidget *
make_button (WsiProblemsPage *self,
             const char      *icon,
             const char      *title,
             GCallback        clicked)
{
  GtkWidget *button = icon != NULL ? gtk_button_new_from_icon_name (icon)
                                   : gtk_button_new_with_label (title);

  if (icon != NULL)
    {
      gtk_widget_set_tooltip_text (button, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                      -1);
    }
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
make_buttons (WsiProblemsPage *self,
              gboolean         is_group)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  if (is_group)
    gtk_box_append (GTK_BOX (box), make_button (self, "edit-find-symbolic", _("Only These Rows"),
                                                G_CALLBACK (on_filter_clicked)));
  gtk_box_append (GTK_BOX (box), make_button (self, "edit-copy-symbolic", _("Copy Report"),
                                              G_CALLBACK (problems_page_on_copy_clicked)));
  gtk_box_append (GTK_BOX (box), make_button (self, NULL, C_("go to the row", "Show"),
                                              G_CALLBACK (on_show_clicked)));
  return box;
}

/* Makes a label for a text of a peer, which may be one long word. */
static GtkLabel *
problems_page_make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), WIDTH_CHARS);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  return GTK_LABEL (label);
}

/* Makes a row; in a narrow window its buttons are below the text. */
static GtkWidget *
problems_page_make_row (WsiProblemsPage *self,
                        Entry           *entry,
                        GtkWidget       *icon,
                        const char      *title)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *wrap = g_object_new (WSI_TYPE_WRAP_BOX, NULL);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkLabel *name = problems_page_make_label (title);

  entry->subtitle = problems_page_make_label (NULL);
  gtk_widget_add_css_class (GTK_WIDGET (entry->subtitle), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (entry->subtitle), "dim-label");
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (name));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (entry->subtitle));
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (texts, TRUE);
  if (entry->is_group)
    gtk_box_append (GTK_BOX (content), entry->toggle);
  if (icon != NULL)
    gtk_box_append (GTK_BOX (content), icon);
  gtk_box_append (GTK_BOX (content), texts);
  gtk_widget_set_parent (content, wrap);
  gtk_widget_set_parent (make_buttons (self, entry->is_group), wrap);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), wrap);
  gtk_widget_add_css_class (row, entry->is_group ? "problem-group" : "problem-row");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name,
                                  NULL, -1);
  g_object_set_data_full (G_OBJECT (row), ENTRY, g_memdup2 (entry, sizeof *entry), g_free);
  return row;
}

static GtkWidget *
make_icon (WsiSeverity severity)
{
  static const struct
  {
    const char *icon, *style, *name;
  } looks[] = {
    [WSI_SEVERITY_NOTE] = { "dialog-information-symbolic", "dim-label", N_("Note") },
    [WSI_SEVERITY_WARNING] = { "dialog-warning-symbolic", "warning", N_("Warning") },
    [WSI_SEVERITY_ERROR] = { "dialog-error-symbolic", "error", N_("Error") },
  };
  GtkWidget *icon = gtk_image_new_from_icon_name (looks[severity].icon);

  gtk_widget_add_css_class (icon, looks[severity].style);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(looks[severity].name), -1);
  return icon;
}

static GtkWidget *
make_toggle (WsiProblemsPage *self)
{
  GtkWidget *toggle = gtk_toggle_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (toggle), "pan-end-symbolic");
  gtk_widget_set_tooltip_text (toggle, _("Rows of the Group"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Rows of the Group"), -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_STATE_EXPANDED, FALSE, -1);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (toggle, "flat");
  g_signal_connect_swapped (toggle, "toggled", G_CALLBACK (problems_page_on_toggled), self);
  return toggle;
}

static GtkWidget *
make_group (WsiProblemsPage  *self,
            const WsiProblem *problem)
{
  Entry entry = { .problem = problem, .is_group = TRUE, .toggle = make_toggle (self) };
  g_autofree char *title =
    wsi_verdict_dup_title (&problem->verdict, wsi_problems_get_slow (get_problems (self)));

  return problems_page_make_row (self, &entry,
                                 make_icon (wsi_verdict_get_severity (&problem->verdict)), title);
}

static GtkWidget *
make_row_of_group (WsiProblemsPage     *self,
                   const WsiProblem    *problem,
                   const WsiProblemRow *data)
{
  Entry entry = { .problem = problem, .row = *data };
  WsiStore *store = wsi_chart_feed_get_store (self->feed);
  g_autofree char *title = wsi_problem_row_dup_title (data, store);
  g_autofree char *clock = print_clock (data->time_us);
  g_autofree char *detail =
    wsi_problem_row_dup_detail (data, &problem->verdict, store, self->redactor);
  g_autofree char *number = g_strdup_printf (_("No. %" PRIu64), data->number + 1);
  g_autofree char *subtitle = g_strconcat (number, BETWEEN, clock,
                                           *detail != '\0' ? BETWEEN : "", detail, NULL);
  GtkWidget *row = problems_page_make_row (self, &entry, NULL, title);

  set_subtitle (entry.subtitle, subtitle);
  return row;
}

/* Rows that the store has removed go, and new ones come after those that are there.  Returns the
 * place after them. */
static guint
problems_page_show_rows (WsiProblemsPage  *self,
                         const WsiProblem *problem,
                         guint             n,
                         guint             at)
{
  const Entry *entry;

  for (guint i = 0; i < n; i++)
    {
      const WsiProblemRow *row = &g_array_index (problem->rows, WsiProblemRow, i);

      while ((entry = problems_page_get_entry (self, at)) != NULL && !entry->is_group &&
             entry->row.number != row->number)
        gtk_list_box_remove (self->list,
                             GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, at)));
      if (entry == NULL || entry->is_group)
        gtk_list_box_insert (self->list, make_row_of_group (self, problem, row), at);
      at++;
    }
  while ((entry = problems_page_get_entry (self, at)) != NULL && !entry->is_group)
    gtk_list_box_remove (self->list, GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, at)));
  return at;
}

static void
problems_page_clear_list (WsiProblemsPage *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  self->shown_version = 0;
}

/* Takes the problems of the connection that was chosen in the sidebar.  No row may refer to a group
 * of another one. */
static void
take_problems (WsiProblemsPage *self)
{
  guint32 number = wsi_problems_get_conversation (get_problems (self));
  g_autofree char *text = g_strdup_printf (_("Only connection #%u"), number);

  if (self->shown == get_problems (self))
    return;

  problems_page_clear_list (self);
  self->shown = get_problems (self);
  gtk_label_set_text (self->scope, text);
  gtk_widget_set_visible (GTK_WIDGET (self->scope), number != 0);
}

static gboolean
is_of_kind (WsiProblemsPage *self,
            guint            i,
            WsiVerdictKind   kind)
{
  const Entry *entry = problems_page_get_entry (self, i);

  return entry != NULL && entry->problem->verdict.kind == kind;
}

static void
set_class (GtkListBoxRow *row,
           const char    *class,
           gboolean       is_on)
{
  if (is_on)
    gtk_widget_add_css_class (GTK_WIDGET (row), class);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), class);
}

/* The rows of a kind are a list in a box of its own, which begins below their heading. */
static void
mark_boxes (WsiProblemsPage *self)
{
  GtkListBoxRow *row;

  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      WsiVerdictKind kind = problems_page_get_entry (self, i)->problem->verdict.kind;

      set_class (row, "first", i == 0 || !is_of_kind (self, i - 1, kind));
      set_class (row, "last", !is_of_kind (self, i + 1, kind));
    }
}

/* Shows groups, which only come: each stays in its place. */
static void
problems_page_show (WsiProblemsPage *self)
{
  guint n = wsi_problems_get_n (get_problems (self)), at = 0;
  guint64 version = wsi_problems_get_version (get_problems (self));

  take_problems (self);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "none");
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || version == self->shown_version)
    return;

  self->shown_version = version;
  for (guint i = 0; i < n; i++)
    {
      const WsiProblem *problem = wsi_problems_get (get_problems (self), i);
      const Entry *entry = problems_page_get_entry (self, at);

      if (entry == NULL || entry->problem != problem)
        gtk_list_box_insert (self->list, make_group (self, problem), at);
      entry = problems_page_get_entry (self, at);
      show_group (self, entry);
      at = problems_page_show_rows (self, problem, entry->is_open ? problem->rows->len : 0, at + 1);
    }
  mark_boxes (self);
}

/* Shows the heading of a kind. */
static void
show_heading (GtkListBoxRow *row,
              GtkListBoxRow *before,
              gpointer       unused)
{
  const Entry *entry = g_object_get_data (G_OBJECT (row), ENTRY);
  const Entry *other = before != NULL ? g_object_get_data (G_OBJECT (before), ENTRY) : NULL;
  WsiVerdictKind kind = entry->problem->verdict.kind;
  GtkWidget *label;

  if (other != NULL && other->problem->verdict.kind == kind)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }

  label = gtk_label_new (wsi_verdict_kind_get_title (kind));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "problem-heading");
  gtk_list_box_row_set_header (row, label);
}

static int
find_group (WsiProblemsPage *self,
            GtkListBoxRow   *row)
{
  int i = gtk_list_box_row_get_index (row);

  while (!problems_page_get_entry (self, i)->is_group)
    i--;
  return i;
}

/* Right opens a group, Left closes it, or leads to it from one of its rows. */
static gboolean
problems_page_on_key (WsiProblemsPage *self,
                      guint            key)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean is_ltr = gtk_widget_get_direction (GTK_WIDGET (self)) != GTK_TEXT_DIR_RTL;
  guint opening = is_ltr ? GDK_KEY_Right : GDK_KEY_Left;
  guint closing = is_ltr ? GDK_KEY_Left : GDK_KEY_Right;
  GtkListBoxRow *group;
  int i;

  if (focus == NULL || !GTK_IS_LIST_BOX_ROW (focus) || (key != opening && key != closing))
    return GDK_EVENT_PROPAGATE;

  i = find_group (self, GTK_LIST_BOX_ROW (focus));
  group = gtk_list_box_get_row_at_index (self->list, i);
  if (GTK_WIDGET (group) == focus)
    set_open (self, problems_page_get_entry (self, i), key == opening);
  else if (key == closing)
    gtk_widget_grab_focus (GTK_WIDGET (group));
  return GDK_EVENT_STOP;
}

static void
problems_page_drop_feed (WsiProblemsPage *self)
{
  if (self->feed != NULL)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  problems_page_clear_list (self);
  self->shown = NULL;
  g_clear_object (&self->feed);
  gtk_stack_set_visible_child_name (self->stack, "none");
}

/* Takes another time for late replies.  The groups are made anew: no row may refer to an earlier
 * one. */
static void
take_slow (WsiProblemsPage *self)
{
  if (self->feed == NULL)
    return;

  problems_page_clear_list (self);
  wsi_chart_feed_set_slow (self->feed, g_settings_get_uint (self->settings, "slow-ms"));
}

static void
problems_page_take_names (WsiProblemsPage *self)
{
  g_auto (GStrv) names = g_settings_get_strv (self->settings, "redact-names");

  wsi_redactor_set_names (self->redactor, (const char *const *) names);
}

static void
wsi_problems_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wsi_problems_page_parent_class)->map (widget);
  if (WSI_PROBLEMS_PAGE (widget)->feed != NULL)
    problems_page_show (WSI_PROBLEMS_PAGE (widget));
}

static void
wsi_problems_page_dispose (GObject *object)
{
  WsiProblemsPage *self = WSI_PROBLEMS_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  if (child != NULL)
    problems_page_drop_feed (self);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->redactor, wsi_redactor_free);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_problems_page_parent_class)->dispose (object);
}

/* The row that had it last, or the first group: a button in a row does not say which one it is
 * of. */
static gboolean
wsi_problems_page_grab_focus (GtkWidget *widget)
{
  WsiProblemsPage *self = WSI_PROBLEMS_PAGE (widget);
  GtkWidget *row = gtk_widget_get_focus_child (GTK_WIDGET (self->list));

  if (row == NULL)
    row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, 0));
  return row != NULL && gtk_widget_grab_focus (row);
}

static void
wsi_problems_page_class_init (WsiProblemsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_problems_page_dispose;
  widget_class->grab_focus = wsi_problems_page_grab_focus;
  widget_class->map = wsi_problems_page_map;
  signals[ROW_CHOSEN] = g_signal_new ("row-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST,
                                      0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[FILTER_ON] = g_signal_new ("filter-on", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ADW_TYPE_CLAMP);
  g_type_ensure (ADW_TYPE_STATUS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/charts/wsi-problems-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiProblemsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiProblemsPage, list);
  gtk_widget_class_bind_template_child (widget_class, WsiProblemsPage, scope);
  gtk_widget_class_bind_template_callback (widget_class, problems_page_on_key);
  gtk_widget_class_bind_template_callback (widget_class, problems_page_on_row_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_problems_page_init (WsiProblemsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = wsi_settings_new ();
  self->redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  problems_page_take_names (self);
  g_signal_connect_object (self->settings, "changed::slow-ms", G_CALLBACK (take_slow), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::redact-names",
                           G_CALLBACK (problems_page_take_names), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_set_header_func (self->list, show_heading, NULL, NULL);
}

void
wsi_problems_page_set_feed (WsiProblemsPage *self,
                            WsiChartFeed    *feed)
{
  problems_page_drop_feed (self);
  if (feed == NULL)
    return;

  self->feed = g_object_ref (feed);
  g_signal_connect_swapped (feed, "changed", G_CALLBACK (problems_page_show), self);
  take_slow (self);
  problems_page_show (self);
}
