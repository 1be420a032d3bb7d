/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-context-menu.h"

#define FOCUS "wsi-focus"       /* of a menu: the widget that gets the focus back */
#define MENU "wsi-menu"         /* of an owner: its menu */
#define MAIN_MENU "main"        /* GTK's name of the menu that has the submenus */

/* GTK gives it to a widget around the owner, or leaves it.  An action may have led it elsewhere. */
static void
context_menu_return_focus (GtkWidget *owner,
                           GtkWidget *menu)
{
  GtkRoot *root = gtk_widget_get_root (owner);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (root != NULL && (focus == NULL || gtk_widget_is_ancestor (owner, focus) ||
                       gtk_widget_is_ancestor (focus, menu)))
    gtk_widget_grab_focus (g_object_get_data (G_OBJECT (menu), FOCUS));
}

/* Handles the end of the menu, once its action is done. */
static gboolean
on_idle_closed (gpointer menu)
{
  GtkWidget *owner = gtk_widget_get_parent (menu);

  if (owner != NULL && !gtk_widget_get_visible (menu))
    context_menu_return_focus (owner, menu);
  return G_SOURCE_REMOVE;
}

static void
context_menu_on_closed (GtkWidget *menu)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_idle_closed, g_object_ref (menu), g_object_unref);
}

static GtkWidget *
find_stack (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_STACK (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_stack (child);
  return found;
}

/* Leads from the title of a submenu, which GTK gives the focus, to its first item. */
static gboolean
on_idle_submenu (gpointer menu)
{
  GtkStack *stack = GTK_STACK (find_stack (menu));
  GtkWidget *page = gtk_stack_get_visible_child (stack);

  if (!gtk_widget_get_mapped (menu) ||
      g_str_equal (gtk_stack_get_visible_child_name (stack), MAIN_MENU))
    return G_SOURCE_REMOVE;

  if (gtk_widget_get_focus_child (page) == NULL)
    gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
  if (gtk_widget_get_focus_child (page) == gtk_widget_get_first_child (page))
    gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}

/* In GTK 4.8 a submenu begins with its title, which leads back: Return would close what a mnemonic
 * has opened. */
static void
on_submenu (GtkWidget *menu)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_idle_submenu, g_object_ref (menu), g_object_unref);
}

/* The menu, which stays for as long as its owner, which unparents it.  GTK 4.8 may believe that the
 * pointer is over a menu that was hidden, and crashes in the next layout of the window if its
 * surface is gone then. */
static GtkWidget *
get_menu (GtkWidget *owner)
{
  GtkWidget *menu = g_object_get_data (G_OBJECT (owner), MENU);

  if (menu != NULL)
    return menu;

  menu = gtk_popover_menu_new_from_model (NULL);
  gtk_widget_set_parent (menu, owner);
  gtk_popover_set_has_arrow (GTK_POPOVER (menu), FALSE);
  gtk_widget_set_halign (menu, GTK_ALIGN_START);
  g_signal_connect (menu, "closed", G_CALLBACK (context_menu_on_closed), NULL);
  g_signal_connect (menu, "notify::visible-submenu", G_CALLBACK (on_submenu), NULL);
  g_object_set_data_full (G_OBJECT (owner), MENU, g_object_ref (menu), g_object_unref);
  return menu;
}

void
wsi_context_menu_open (GtkWidget          *owner,
                       GtkWidget          *focus,
                       GMenuModel         *model,
                       const GdkRectangle *place)
{
  const GdkRectangle middle = {
    gtk_widget_get_width (owner) / 2, gtk_widget_get_height (owner) / 2, 1, 1
  };
  GtkWidget *menu = get_menu (owner);

  g_object_set_data (G_OBJECT (menu), FOCUS, focus);
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (menu), place != NULL ? place : &middle);
  gtk_popover_popup (GTK_POPOVER (menu));
}
