/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-shortcuts.h"

#include <glib/gi18n.h>

#define LINES_OF_TITLE 2
#define HEIGHT 640              /* height of the window in pixels */
#define EDGE 24                 /* pixels at an edge, with the scrollbar */

#define SHORTCUT(group, action, part, part_action, keys, title) \
  { WSI_SHORTCUTS_ ## group, action, WSI_PART_ ## part, part_action, keys, title, FALSE },
#define FIRST_SHORTCUT(group, action, part, part_action, keys, title) \
  { WSI_SHORTCUTS_ ## group, action, WSI_PART_ ## part, part_action, keys, title, TRUE },

const WsiShortcut wsi_shortcuts[] = {
#include "ui/window/wsi-shortcut-rows.h"
};

#undef SHORTCUT
#undef FIRST_SHORTCUT

const guint wsi_n_shortcuts = G_N_ELEMENTS (wsi_shortcuts);

static const char *const group_titles[WSI_N_SHORTCUT_GROUPS] = {
  [WSI_SHORTCUTS_WINDOW] = N_("Window"),
  [WSI_SHORTCUTS_CAPTURE] = N_("Capture"),
  [WSI_SHORTCUTS_VIEW] = N_("View"),
  [WSI_SHORTCUTS_FIND] = N_("Find"),
  [WSI_SHORTCUTS_FRAMES] = N_("Frames"),
  [WSI_SHORTCUTS_COMPOSER] = N_("Composer"),
};

/* Keys of WsiComposer, which the window does not get. */
static const struct
{
  const char *keys, *title;
} composer_keys[] = {
  { "<Control>Return", N_("Send the message and empty the text") },
  { "<Control><Shift>Return", N_("Send the message and keep the text") },
  { "<Control><Shift>f", N_("Lay out JSON or hexadecimal text") },
  { "Up", N_("Bring the last message back to the empty line") },
};

/* Finds a shortcut.  NULL: the action has no keys. */
const WsiShortcut *
wsi_shortcut_find (const char *action)
{
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (g_str_equal (wsi_shortcuts[i].action, action))
      return &wsi_shortcuts[i];

  return NULL;
}

typedef void (*KeyFunc) (const char        *text,
                         const WsiShortcut *shortcut,
                         gpointer           data);

static void
for_each_key (KeyFunc  function,
              gpointer data)
{
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    {
      g_auto (GStrv) keys = g_strsplit (wsi_shortcuts[i].keys, " ", -1);

      for (guint j = 0; keys[j] != NULL; j++)
        function (keys[j], &wsi_shortcuts[i], data);
    }
}

static void
bind_key (const char        *text,
          const WsiShortcut *shortcut,
          gpointer           class)
{
  guint key;
  GdkModifierType modifiers;

  if (!gtk_accelerator_parse (text, &key, &modifiers))
    g_assert_not_reached ();
  gtk_widget_class_add_binding_action (class, key, modifiers, shortcut->action, NULL);
}

/* The window gets the keys after the widget with the focus: an entry keeps what it needs to edit,
 * such as End. */
void
wsi_shortcuts_bind (GtkWidgetClass *class)
{
  for_each_key (bind_key, class);
}

/* Runs the action of a key, unless a popover is over the window: its keys are not for what is
 * below. */
static gboolean
act_first (GtkWidget *window,
           GVariant  *arguments,
           gpointer   action)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (window));
  gboolean is_in_popover =
    focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL;

  return is_in_popover || gtk_shortcut_action_activate (action, 0, window, arguments);
}

static void
add_first (const char        *text,
           const WsiShortcut *shortcut,
           gpointer           controller)
{
  GtkShortcutAction *action;

  if (!shortcut->is_first)
    return;

  action = gtk_callback_action_new (act_first, gtk_named_action_new (shortcut->action),
                                    g_object_unref);
  gtk_shortcut_controller_add_shortcut (controller,
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (text),
                                                          action));
}

/* Adds the keys that the window gets before the widget with the focus. */
void
wsi_shortcuts_add_first (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for_each_key (add_first, controller);
  gtk_widget_add_controller (window, controller);
}

static void
shortcuts_append_row (GString    *xml,
                      const char *title,
                      const char *keys)
{
  g_autofree char *words = g_markup_escape_text (_(title), -1);
  g_autofree char *accelerator = g_markup_escape_text (keys, -1);

  g_string_append_printf (xml, "<child><object class='GtkShortcutsShortcut'>"
                          "<property name='title'>%s</property>"
                          "<property name='accelerator'>%s</property></object></child>",
                          words, accelerator);
}

static void
append_group (GString         *xml,
              WsiShortcutGroup group)
{
  g_autofree char *title = g_markup_escape_text (_(group_titles[group]), -1);

  g_string_append_printf (xml, "<child><object class='GtkShortcutsGroup'>"
                          "<property name='title'>%s</property>", title);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].group == group)
      shortcuts_append_row (xml, wsi_shortcuts[i].title, wsi_shortcuts[i].keys);
  if (group == WSI_SHORTCUTS_COMPOSER)
    for (guint i = 0; i < G_N_ELEMENTS (composer_keys); i++)
      shortcuts_append_row (xml, composer_keys[i].title, composer_keys[i].keys);
  g_string_append (xml, "</object></child>");
}

/* The number of lines in a column.  There are two columns: GTK 4.8 warns of titles of pages, which
 * are shorter than an ellipsis.  A group is not divided. */
static guint
get_n_lines (void)
{
  guint n_longest = 0;

  for (guint i = 0; i < WSI_N_SHORTCUT_GROUPS; i++)
    {
      guint n_rows = 0;

      for (guint j = 0; j < wsi_n_shortcuts; j++)
        n_rows += wsi_shortcuts[j].group == i;
      n_longest = MAX (n_longest, n_rows);
    }
  return (wsi_n_shortcuts + G_N_ELEMENTS (composer_keys) +
          LINES_OF_TITLE * WSI_N_SHORTCUT_GROUPS + n_longest) / 2;
}

/* Makes the window scroll, as it is higher than many screens. */
static void
make_scrollable (GtkWindow *window)
{
  g_autoptr (GtkWidget) content = g_object_ref (gtk_window_get_child (window));
  GtkWidget *scroller = gtk_scrolled_window_new ();
  int width;

  gtk_window_set_child (window, NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), content);
  gtk_widget_set_focusable (scroller, TRUE);    /* Page Down needs the focus */
  gtk_accessible_update_property (GTK_ACCESSIBLE (scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Keyboard Shortcuts"), -1);
  gtk_window_set_child (window, scroller);
  gtk_window_set_focus (window, scroller);
  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  gtk_scrolled_window_set_min_content_width (GTK_SCROLLED_WINDOW (scroller), width + EDGE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), HEIGHT);
}

/* Makes the window of shortcuts, which GTK 4.8 makes of XML only. */
GtkWidget *
wsi_shortcuts_make_window (void)
{
  g_autoptr (GString) xml =
    g_string_new ("<interface><object class='GtkShortcutsWindow' id='window'>"
                  "<property name='modal'>True</property><child>"
                  "<object class='GtkShortcutsSection'>"
                  "<property name='section-name'>all</property>");
  g_autoptr (GtkBuilder) builder = NULL;
  GtkWidget *window;

  g_string_append_printf (xml, "<property name='max-height'>%u</property>", get_n_lines ());
  for (guint i = 0; i < WSI_N_SHORTCUT_GROUPS; i++)
    append_group (xml, i);
  g_string_append (xml, "</object></child></object></interface>");
  builder = gtk_builder_new_from_string (xml->str, xml->len);
  window = GTK_WIDGET (gtk_builder_get_object (builder, "window"));
  gtk_window_set_title (GTK_WINDOW (window), _("Keyboard Shortcuts"));
  make_scrollable (GTK_WINDOW (window));
  return window;
}
