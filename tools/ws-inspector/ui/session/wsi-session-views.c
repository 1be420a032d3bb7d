/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-session-page-private.h"

/* "frames", "timeline", "statistics" or "problems". */
void
wsi_session_page_show_view (WsiSessionPage *self,
                            const char     *name)
{
  adw_view_stack_set_visible_child_name (self->stack, name);
}

/* To the page that is shown, for keys. */
static void
focus_view (WsiSessionPage *self)
{
  if (g_str_equal (adw_view_stack_get_visible_child_name (self->stack), "frames"))
    gtk_widget_grab_focus (GTK_WIDGET (wsi_frame_list_get_view (self->frame_list)));
  else
    gtk_widget_grab_focus (adw_view_stack_get_visible_child (self->stack));
}

/* For keys: the page has the focus, too. */
void
wsi_session_page_go_to_view (WsiSessionPage *self,
                             const char     *name)
{
  wsi_session_page_show_view (self, name);
  focus_view (self);
}

static void
leave_composer (WsiSessionPage *self)
{
  if (wsi_width_bin_is_narrow (self->width))
    g_object_set (self->composer, "expanded", FALSE, NULL);
}

/* A tab of the details; a narrow page has the details instead of the list then. */
void
wsi_session_page_show_tab (WsiSessionPage *self,
                           const char     *name)
{
  wsi_session_page_show_view (self, "frames");
  wsi_detail_show_tab (self->detail, name);
  gtk_toggle_button_set_active (self->detail_button, TRUE);
  leave_composer (self);
}

/* A narrow page has it instead of the details or the composer. */
void
wsi_session_page_show_list (WsiSessionPage *self)
{
  gtk_toggle_button_set_active (self->list_button, TRUE);
  leave_composer (self);
}

/* A narrow page shows the list or the details, or the whole composer. */
static void
on_view_changed (WsiSessionPage *self)
{
  const char *view = adw_view_stack_get_visible_child_name (self->stack);
  gboolean is_narrow = wsi_width_bin_is_narrow (self->width);
  gboolean is_list = gtk_toggle_button_get_active (self->list_button);
  gboolean has_composer = is_narrow && wsi_composer_is_expanded (self->composer);
  gboolean is_composing = has_composer && g_strcmp0 (view, "frames") == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->composer), !has_composer || is_composing);
  gtk_widget_set_visible (GTK_WIDGET (self->flap), !is_composing);
  gtk_widget_set_vexpand (GTK_WIDGET (self->composer), is_composing);
  gtk_widget_set_visible (self->views, is_narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->list_stack), !is_narrow || is_list);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), !is_narrow || !is_list);
}

void
wsi_session_views_bind (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_callback (class, on_view_changed);
}

/* To where a user begins: the line to send from, else the list, or the page that waits for rows. */
void
wsi_session_page_focus (WsiSessionPage *self)
{
  GtkWidget *waiting = GTK_WIDGET (self->waiting_page);

  if (wsi_composer_get_target (self->composer) != NULL)
    wsi_composer_focus (self->composer);
  else if (gtk_stack_get_visible_child (self->list_stack) == waiting)
    gtk_widget_child_focus (waiting, GTK_DIR_TAB_FORWARD);
  else
    gtk_widget_grab_focus (GTK_WIDGET (wsi_frame_list_get_view (self->frame_list)));
}

/* NULL: none is seen. */
static GtkWidget *
find_paned (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_PANED (widget) && gtk_widget_get_mapped (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_paned (child);
  return found;
}

/* Arrow keys move the divider of the page that is shown then, and Return leaves it. */
void
wsi_session_page_focus_divider (WsiSessionPage *self)
{
  GtkWidget *paned = find_paned (adw_view_stack_get_visible_child (self->stack));
  gboolean is_handled = FALSE;

  if (paned != NULL)
    g_signal_emit_by_name (paned, "cycle-handle-focus", FALSE, &is_handled);
}

/* From sidebar to filter to list to details to the line to send from, and around. */
void
wsi_session_page_focus_next (WsiSessionPage  *self,
                             GtkDirectionType direction)
{
  GtkWidget *parts[] = {
    GTK_WIDGET (self->sidebar),
    GTK_WIDGET (wsi_frame_pane_get_filter_bar (self->frame_pane)),
    GTK_WIDGET (self->frame_list),
    GTK_WIDGET (self->detail),
    GTK_WIDGET (self->timeline_page),
    GTK_WIDGET (self->statistics_page),
    GTK_WIDGET (self->problems_page),
    GTK_WIDGET (self->composer),
  };
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  const guint step = direction == GTK_DIR_TAB_FORWARD ? 1 : G_N_ELEMENTS (parts) - 1;
  guint at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (focus != NULL && (focus == parts[i] || gtk_widget_is_ancestor (focus, parts[i])))
      at = i;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      at = (at + step) % G_N_ELEMENTS (parts);
      if (gtk_widget_get_mapped (parts[at]) && gtk_widget_child_focus (parts[at],
                                                                       GTK_DIR_TAB_FORWARD))
        return;
    }
}
