/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "keyboard.h"

typedef struct
{
  guint           key;
  GdkModifierType modifiers;
} Press;

static gboolean
is_meant (GtkShortcut *shortcut,
          const Press *press)
{
  GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

  return GTK_IS_KEYVAL_TRIGGER (trigger) &&
         gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == press->key &&
         gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == press->modifiers;
}

static gboolean
activate_shortcut (GtkWidget   *widget,
                   GListModel  *shortcuts,
                   const Press *press)
{
  for (guint i = 0; i < g_list_model_get_n_items (shortcuts); i++)
    {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (shortcuts, i);

      if (is_meant (shortcut, press) &&
          gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut),
                                        GTK_SHORTCUT_ACTION_EXCLUSIVE, widget,
                                        gtk_shortcut_get_arguments (shortcut)))
        return TRUE;
    }
  return FALSE;
}

/* GTK's own controllers of keys look at the event, and there is none: only those of the program
 * are asked. */
static gboolean
is_asked (GtkWidget          *widget,
          GtkEventController *controller)
{
  return GTK_IS_EVENT_CONTROLLER_KEY (controller) && !GTK_IS_TEXT (widget) &&
         !GTK_IS_TEXT_VIEW (widget) && !GTK_IS_WINDOW (widget) && !GTK_IS_POPOVER (widget) &&
         !GTK_IS_FILE_CHOOSER (widget);
}

static gboolean
give (GtkWidget          *widget,
      GtkEventController *controller,
      const Press        *press)
{
  gboolean is_taken = FALSE;

  if (GTK_IS_SHORTCUT_CONTROLLER (controller))
    return activate_shortcut (widget, G_LIST_MODEL (controller), press);
  if (is_asked (widget, controller))
    g_signal_emit_by_name (controller, "key-pressed", press->key, 0, press->modifiers, &is_taken);
  return is_taken;
}

static gboolean
give_in_phase (GtkWidget          *widget,
               GtkPropagationPhase phase,
               const Press        *press)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean is_taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !is_taken; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (gtk_event_controller_get_propagation_phase (controller) == phase)
        is_taken = give (widget, controller, press);
    }
  return is_taken;
}

/* From the outermost one inwards. */
static GtkWidget *
capture (GtkWidget   *widget,
         const Press *press)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);
  GtkWidget *taker = parent != NULL ? capture (parent, press) : NULL;

  if (taker != NULL)
    return taker;

  return give_in_phase (widget, GTK_PHASE_CAPTURE, press) ? widget : NULL;
}

GtkWidget *
keyboard_press (GtkWidget  *root,
                const char *keys)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (root)), *taker;
  Press press;

  if (!gtk_accelerator_parse (keys, &press.key, &press.modifiers))
    g_error ("%s is no key", keys);
  if (focus == NULL)
    focus = root;
  taker = capture (focus, &press);
  if (taker != NULL || give_in_phase (focus, GTK_PHASE_TARGET, &press))
    return taker != NULL ? taker : focus;

  for (GtkWidget *widget = focus; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (give_in_phase (widget, GTK_PHASE_BUBBLE, &press))
      return widget;
  return NULL;
}

static void
on_clicked (GObject      *process,
            GAsyncResult *result,
            gpointer      data)
{
  g_assert_true (g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, NULL));
  *(gboolean *) data = TRUE;
}

/* Without a window manager the surface is at the origin of the screen. */
gboolean
keyboard_click (GtkWidget  *widget,
                const char *held)
{
  g_autofree char *program = g_find_program_in_path ("xdotool");
  GtkNative *native = gtk_widget_get_native (widget);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  gboolean is_done = FALSE;
  double x, y, left, top;

  if (program == NULL)
    return FALSE;

  gtk_native_get_surface_transform (native, &left, &top);
  gtk_widget_translate_coordinates (widget, GTK_WIDGET (native),
                                    gtk_widget_get_width (widget) / 2.0,
                                    gtk_widget_get_height (widget) / 2.0, &x, &y);
  line = held != NULL
         ? g_strdup_printf ("xdotool mousemove %d %d keydown %s click 1 keyup %s", (int) (x + left),
                            (int) (y + top), held, held)
         : g_strdup_printf ("xdotool mousemove %d %d click 1", (int) (x + left), (int) (y + top));
  words = g_strsplit (line, " ", -1);
  process = g_subprocess_newv ((const char *const *) words, G_SUBPROCESS_FLAGS_NONE, NULL);
  g_assert_nonnull (process);
  g_subprocess_wait_check_async (process, NULL, on_clicked, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  return TRUE;
}
