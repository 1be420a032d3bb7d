/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-problems-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/wsproto.h>

#include "inspect/show/charts/wsi-problems.h"
#include "ui/parts/wsi-sentences.h"

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
  WsiChartFeed *feed;           /* NULL = none */
};

G_DEFINE_FINAL_TYPE (WsiProblemsPage, wsi_problems_page, GTK_TYPE_WIDGET)

static WsiProblems *
get_problems (WsiProblemsPage * self)
{
  return wsi_chart_feed_get_problems (self->feed);
}

/* How often, by which side, and where first and last: rows have their numbers from 1 on. */
static char *
describe_rows (const WsiProblem *problem)
{
  g_autofree char *count = g_strdup_printf (g_dngettext (NULL, "%" PRIu64 " frame",
                                                         "%" PRIu64 " frames",
                                                         MIN (problem->n, G_MAXINT)), problem->n);
  g_autofree char *sides = g_strdup_printf (_("↑ %" PRIu64 " sent, ↓ %" PRIu64 " received"),
                                            problem->n_by_direction[WSP_DIRECTION_SENT],
                                            problem->n_by_direction[WSP_DIRECTION_RECEIVED]);
  g_autofree char *place = problem->first == problem->last
                           ? g_strdup_printf (_("No. %" PRIu64), problem->first + 1)
                           : g_strdup_printf (_("No. %" PRIu64 " to %" PRIu64),
                                              problem->first + 1, problem->last + 1);

  return g_strdup_printf ("%s · %s · %s", count, sides, place);
}

static void
show_row (AdwActionRow     *row,
          const WsiProblem *problem)
{
  g_autofree char *consequence = wsi_sentences_dup_consequence (problem->fault);
  g_autofree char *rows = describe_rows (problem);
  g_autofree char *subtitle = g_strconcat (consequence, consequence[0] != '\0' ? "\n" : "", rows,
                                           NULL);

  if (g_strcmp0 (adw_action_row_get_subtitle (row), subtitle) != 0)
    adw_action_row_set_subtitle (row, subtitle);
}

/* The number of the rule of a row or its button. */
static guint
get_index (GtkWidget *widget)
{
  return gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (
                                       gtk_widget_get_ancestor (widget, ADW_TYPE_ACTION_ROW)));
}

/* The first frame with the fault from this one on. */
static void
choose (WsiProblemsPage *self,
        guint            fault,
        guint64          from)
{
  guint64 number;

  if (wsi_problems_find (get_problems (self), fault, from, &number))
    g_signal_emit (self, signals[ROW_CHOSEN], 0, number);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                _("These frames were removed from the list"));
}

static void
on_row_activated (WsiProblemsPage *self,
                  GtkListBoxRow   *row)
{
  const WsiProblem *problem = wsi_problems_get (get_problems (self),
                                                gtk_list_box_row_get_index (row));

  choose (self, problem->fault, problem->first);
}

static void
on_last_clicked (WsiProblemsPage *self,
                 GtkWidget       *button)
{
  const WsiProblem *problem = wsi_problems_get (get_problems (self), get_index (button));

  choose (self, problem->fault, problem->last);
}

static void
on_filter_clicked (WsiProblemsPage *self,
                   GtkWidget       *button)
{
  guint fault = wsi_problems_get (get_problems (self), get_index (button))->fault;
  g_autofree char *filter = g_strdup_printf ("fault == \"%s\"", wsp_fault_get_name (fault));

  g_signal_emit (self, signals[FILTER_ON], 0, filter);
}

static void
add_button (WsiProblemsPage *self,
            GtkWidget       *row,
            const char      *icon,
            const char      *title,
            GCallback        clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", clicked, self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static GtkWidget *
make_row (WsiProblemsPage *self,
          guint            fault)
{
  GtkWidget *row = adw_action_row_new ();
  gboolean is_error = wsp_fault_get_severity (fault) == WSP_FAULT_SEVERITY_ERROR;
  GtkWidget *icon = gtk_image_new_from_icon_name (is_error ? "dialog-error-symbolic"
                                                           : "dialog-warning-symbolic");
  g_autofree char *title = wsi_sentences_dup_fault (fault);

  gtk_widget_add_css_class (icon, is_error ? "error" : "warning");
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_error ? _("Error") : _("Warning"), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 3);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 6);
  gtk_widget_set_tooltip_text (row, _("Go to the first frame"));
  add_button (self, row, "go-last-symbolic", _("Go to the last frame"),
              G_CALLBACK (on_last_clicked));
  add_button (self, row, "edit-find-symbolic", _("Only these frames"),
              G_CALLBACK (on_filter_clicked));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

/* Rules come in the order in which they were broken first: a row stays in its place. */
static void
show (WsiProblemsPage *self)
{
  guint n = wsi_problems_get_n (get_problems (self));

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "none");
  for (guint i = 0; i < n; i++)
    {
      const WsiProblem *problem = wsi_problems_get (get_problems (self), i);
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

      if (row == NULL)
        {
          row = GTK_LIST_BOX_ROW (make_row (self, problem->fault));
          gtk_list_box_append (self->list, GTK_WIDGET (row));
        }
      show_row (ADW_ACTION_ROW (row), problem);
    }
}

static void
drop_feed (WsiProblemsPage *self)
{
  GtkListBoxRow *row;

  if (self->feed != NULL)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  gtk_stack_set_visible_child_name (self->stack, "none");
}

static void
wsi_problems_page_dispose (GObject *object)
{
  WsiProblemsPage *self = WSI_PROBLEMS_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  if (child != NULL)
    drop_feed (self);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_problems_page_parent_class)->dispose (object);
}

static gboolean
wsi_problems_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_child_focus (GTK_WIDGET (WSI_PROBLEMS_PAGE (widget)->list),
                                 GTK_DIR_TAB_FORWARD);
}

static void
wsi_problems_page_class_init (WsiProblemsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_problems_page_dispose;
  widget_class->grab_focus = wsi_problems_page_grab_focus;
  signals[ROW_CHOSEN] = g_signal_new ("row-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST,
                                      0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[FILTER_ON] = g_signal_new ("filter-on", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ADW_TYPE_CLAMP);
  g_type_ensure (ADW_TYPE_STATUS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/charts/wsi-problems-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiProblemsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiProblemsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_problems_page_init (WsiProblemsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wsi_problems_page_set_feed (WsiProblemsPage *self,
                            WsiChartFeed    *feed)
{
  drop_feed (self);
  if (feed == NULL)
    return;

  self->feed = g_object_ref (feed);
  g_signal_connect_swapped (feed, "changed", G_CALLBACK (show), self);
  show (self);
}
