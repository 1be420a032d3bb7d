/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-filter-bar.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/filter/wsi-filter-guess.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-list-filter.h"
#include "ui/frames/wsi-view-options.h"
#include "ui/parts/wsi-wrap-box.h"

#define TYPING_MS 250           /* time from the last key to the filtering of the list */
#define PATIENCE_MS 1000        /* time from the last key to the sentence about a mistake, and to
                                 * the filtering by a half name */
#define MAX_HISTORY 20
#define MAX_SAVED 32
#define MAX_NAME 60             /* characters */

struct _WsiFilterBar
{
  GtkWidget        parent_instance;

  WsiFilterEntry  *entry;
  GtkLabel        *count;       /* number of the rows that the filter shows */
  GtkWidget       *guess;       /* button with the filter that may be meant */
  GtkLabel        *guess_label;
  GtkMenuButton   *saved_button;
  WsiViewOptions  *options;
  GtkWidget       *toggles;     /* box of the toggle buttons */
  GtkToggleButton *sent, *received, *text, *binary, *control, *events;
  WsiFrameList    *list;        /* list that is filtered; NULL = none yet */
  GVariant        *saved;       /* saved filters: a(ss), names and texts */
  char           **history;     /* filters that were used, the latest first */
  char            *error;       /* mistake in the text; NULL: none, or it is not shown yet */
  guint            typing;      /* timeout that applies the text; 0 = none is due */
  guint            patience;    /* timeout that shows the mistake; 0 = none is due */
  gboolean         is_showing;  /* the bar is being set to the filter of the list */
};

enum
{
  PROP_0,
  PROP_SAVED_FILTERS,
  PROP_FILTER_HISTORY,
  PROP_ERROR,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WsiFilterBar, wsi_filter_bar, GTK_TYPE_WIDGET)

/* Shows a sentence; NULL: nothing is said. */
static void
filter_bar_set_sentence (WsiFilterBar *self,
                         const char   *sentence)
{
  if (g_strcmp0 (self->error, sentence) == 0)
    return;

  g_free (self->error);
  self->error = g_strdup (sentence);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* Offers a field for a word that was searched as text and was not found. */
static void
show_guess (WsiFilterBar         *self,
            const WsiShownCounts *counts)
{
  gboolean has_found = counts == NULL || counts->n_shown > 0 || counts->n_rows == 0 ||
                       counts->n_tested < counts->n_rows;
  g_autofree char *name = NULL;
  g_autofree char *filter =
    has_found ? NULL : wsi_filter_dup_guess (wsi_filter_entry_get_text (self->entry), &name);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->guess, filter != NULL);
  if (filter == NULL)
    return;

  text = g_strdup_printf (_("Did you mean %s?"), name);
  gtk_label_set_text (self->guess_label, text);
  gtk_widget_set_tooltip_text (self->guess, filter);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->guess), "s", filter);
}

/* The rows that the filter of the list shows, as far as they were tested. */
static void
filter_bar_show_count (WsiFilterBar *self)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (self->list);
  const char *filter = wsi_shown_rows_get_filter (rows);
  gboolean is_applied = !wsi_list_filter_is_empty (filter) &&
                        g_str_equal (filter, wsi_filter_entry_get_text (self->entry));
  g_autofree char *text = NULL;
  WsiShownCounts counts;

  gtk_widget_set_visible (GTK_WIDGET (self->count), is_applied);
  if (!is_applied)
    {
      show_guess (self, NULL);
      return;
    }

  wsi_shown_rows_get_counts (rows, &counts);
  text = g_strdup_printf ("✓ %'" PRIu64 "%s", counts.n_shown,
                          counts.n_tested < counts.n_rows ? "…" : "");
  gtk_label_set_text (self->count, text);
  show_guess (self, &counts);
}

static void
filter_bar_show_error (WsiFilterBar *self,
                       const GError *error)
{
  wsi_filter_entry_set_error (self->entry, error);
  filter_bar_set_sentence (self, error != NULL ? error->message : NULL);
}

gboolean
wsi_filter_bar_add_column (WsiFilterBar *self,
                           const char   *name)
{
  return wsi_view_options_add_column (self->options, name);
}

/* Finds the mistake in the text.  NULL: there is none. */
static GError *
find_mistake (WsiFilterBar *self)
{
  const char *text = wsi_filter_entry_get_text (self->entry);
  g_autoptr (WsiFilter) filter = NULL;
  GError *error = NULL;

  if (!wsi_list_filter_is_empty (text))
    filter = wsi_filter_new (text, &error);
  return error;
}

static void
stop_timers (WsiFilterBar *self)
{
  g_clear_handle_id (&self->typing, g_source_remove);
  g_clear_handle_id (&self->patience, g_source_remove);
}

/* Applies the filter.  FALSE: the text is not a filter, and leaves the list as it is. */
static gboolean
filter_bar_apply (WsiFilterBar *self)
{
  g_autoptr (GError) error = NULL;

  stop_timers (self);
  if (self->list != NULL)
    wsi_shown_rows_set_filter (wsi_frame_list_get_rows (self->list),
                               wsi_filter_entry_get_text (self->entry), &error);
  filter_bar_show_error (self, error);
  if (self->list != NULL)
    filter_bar_show_count (self);
  return error == NULL;
}

static gboolean
on_typed (gpointer data)
{
  WsiFilterBar *self = data;

  self->typing = 0;
  filter_bar_apply (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_patience (gpointer data)
{
  WsiFilterBar *self = data;
  g_autoptr (GError) error = find_mistake (self);

  self->patience = 0;
  filter_bar_show_error (self, error);
  return G_SOURCE_REMOVE;
}

/* Handles typed text: the place of a mistake is shown at once, and the reason when the user waits:
 * half a word is not wrong yet, and not a filter. */
static void
on_entry_changed (WsiFilterBar *self)
{
  g_autoptr (GError) error = find_mistake (self);

  stop_timers (self);
  filter_bar_set_sentence (self, NULL);
  wsi_filter_entry_set_error (self->entry, error);
  gtk_widget_set_visible (GTK_WIDGET (self->count), FALSE);
  show_guess (self, NULL);
  if (error == NULL)
    self->typing = g_timeout_add (wsi_filter_ends_half (wsi_filter_entry_get_text (self->entry))
                                  ? PATIENCE_MS : TYPING_MS, on_typed, self);
  else
    self->patience = g_timeout_add (PATIENCE_MS, on_patience, self);
}

/* Remembers a filter, unless it may hold a secret. */
static void
filter_bar_remember (WsiFilterBar *self)
{
  const char *text = wsi_filter_entry_get_text (self->entry);
  g_autoptr (GError) error = find_mistake (self);
  g_autoptr (GPtrArray) history = NULL;

  if (error != NULL || wsi_list_filter_is_empty (text) || wsi_list_filter_may_have_secret (text))
    return;

  history = g_ptr_array_new ();
  g_ptr_array_add (history, (gpointer) text);
  for (guint i = 0; self->history[i] != NULL && history->len < MAX_HISTORY; i++)
    if (!g_str_equal (self->history[i], text))
      g_ptr_array_add (history, self->history[i]);
  g_ptr_array_add (history, NULL);
  g_object_set (self, "filter-history", history->pdata, NULL);
}

static void
on_entry_activated (WsiFilterBar *self)
{
  if (!filter_bar_apply (self))
    return;

  filter_bar_remember (self);
  if (self->list != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

void
wsi_filter_bar_apply (WsiFilterBar *self,
                      const char   *text)
{
  wsi_filter_entry_set_text (self->entry, text != NULL ? text : "");
  filter_bar_apply (self);
}

/* Handles a direction, of which one stays: a list of neither shows nothing. */
static void
on_direction (WsiFilterBar    *self,
              GtkToggleButton *button)
{
  gboolean is_sent = gtk_toggle_button_get_active (self->sent);
  gboolean is_received = gtk_toggle_button_get_active (self->received);

  if (self->list == NULL || self->is_showing)
    return;

  if (!is_sent && !is_received)
    {
      gtk_toggle_button_set_active (button == self->sent ? self->received : self->sent, TRUE);
      return;
    }
  g_object_set (self->list, "direction",
                is_sent && is_received ? "both" : is_sent ? "sent" : "received", NULL);
}

static void
show_direction (WsiFilterBar *self)
{
  g_autofree char *direction = NULL;

  g_object_get (self->list, "direction", &direction, NULL);
  self->is_showing = TRUE;
  gtk_toggle_button_set_active (self->sent, !g_str_equal (direction, "received"));
  gtk_toggle_button_set_active (self->received, !g_str_equal (direction, "sent"));
  self->is_showing = FALSE;
}

static void
filter_bar_append_item (GMenu      *menu,
                        const char *name,
                        const char *action,
                        const char *text)
{
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", text);
  g_menu_append_item (menu, item);
}

static void
filter_bar_show_saved (WsiFilterBar *self)
{
  g_autoptr (GMenu) menu = g_menu_new (), filters = g_menu_new (), others = g_menu_new ();
  g_autoptr (GMenu) removals = g_menu_new ();
  GVariantIter iter;
  const char *name, *text;

  g_variant_iter_init (&iter, self->saved);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &text))
    {
      filter_bar_append_item (filters, name, "filter.apply", text);
      filter_bar_append_item (removals, name, "filter.remove", text);
    }
  g_menu_append (others, _("_Save This Filter"), "filter.save");
  if (g_variant_n_children (self->saved) > 0)
    g_menu_append_submenu (others, _("_Remove"), G_MENU_MODEL (removals));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (filters));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  gtk_menu_button_set_menu_model (self->saved_button, G_MENU_MODEL (menu));
}

static void
set_saved (WsiFilterBar *self,
           GVariant     *saved)
{
  if (self->saved != NULL && g_variant_equal (self->saved, saved))
    {
      g_variant_unref (g_variant_ref_sink (saved));
      return;
    }

  g_clear_pointer (&self->saved, g_variant_unref);
  self->saved = g_variant_ref_sink (saved);
  filter_bar_show_saved (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAVED_FILTERS]);
}

/* Changes the saved filters: all but one text, and another one in addition. */
static GVariant *
change_saved (WsiFilterBar *self,
              const char   *removed,
              const char   *added)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  GVariantIter iter;
  const char *name, *text;

  g_variant_iter_init (&iter, self->saved);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &text))
    if (!g_str_equal (text, removed))
      g_variant_builder_add (&builder, "(ss)", name, text);
  if (added != NULL)
    {
      g_autofree char *start = g_utf8_substring (added, 0, MIN (g_utf8_strlen (added, -1),
                                                                MAX_NAME));

      g_variant_builder_add (&builder, "(ss)", start, added);
    }
  return g_variant_builder_end (&builder);
}

static void
activate_apply (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  wsi_filter_bar_apply (WSI_FILTER_BAR (widget), g_variant_get_string (parameter, NULL));
}

/* Saves the filter, unless the text is not one: the error says why. */
static void
filter_bar_activate_save (GtkWidget  *widget,
                          const char *name,
                          GVariant   *parameter)
{
  WsiFilterBar *self = WSI_FILTER_BAR (widget);
  const char *text = wsi_filter_entry_get_text (self->entry);
  g_autoptr (GError) error = find_mistake (self);

  if (wsi_list_filter_is_empty (text) || g_variant_n_children (self->saved) >= MAX_SAVED)
    return;

  filter_bar_show_error (self, error);
  if (error == NULL)
    set_saved (self, change_saved (self, text, text));
}

static void
filter_bar_activate_remove (GtkWidget  *widget,
                            const char *name,
                            GVariant   *parameter)
{
  WsiFilterBar *self = WSI_FILTER_BAR (widget);

  set_saved (self, change_saved (self, g_variant_get_string (parameter, NULL), NULL));
}

static void
set_history (WsiFilterBar      *self,
             const char *const *history)
{
  const char *const none[] = { NULL };
  char **before = self->history;

  if (history == NULL)
    history = none;
  if (g_strv_equal ((const char *const *) self->history, history))
    return;

  /* the new list may have texts of the earlier one */
  self->history = g_strdupv ((char **) history);
  g_strfreev (before);
  wsi_filter_entry_set_history (self->entry, (const char *const *) self->history);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILTER_HISTORY]);
}

static void
wsi_filter_bar_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *param)
{
  WsiFilterBar *self = WSI_FILTER_BAR (object);

  if (id == PROP_FILTER_HISTORY)
    set_history (self, g_value_get_boxed (value));
  else if (g_value_get_variant (value) != NULL)
    set_saved (self, g_value_get_variant (value));
}

static void
wsi_filter_bar_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *param)
{
  WsiFilterBar *self = WSI_FILTER_BAR (object);

  switch (id)
    {
    case PROP_FILTER_HISTORY:
      g_value_set_boxed (value, self->history);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    default:
      g_value_set_variant (value, self->saved);
    }
}

static void
wsi_filter_bar_dispose (GObject *object)
{
  WsiFilterBar *self = WSI_FILTER_BAR (object);
  GtkWidget *child;

  stop_timers (self);
  g_clear_pointer (&self->history, g_strfreev);
  g_clear_pointer (&self->error, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->saved, g_variant_unref);

  G_OBJECT_CLASS (wsi_filter_bar_parent_class)->dispose (object);
}

static gboolean
wsi_filter_bar_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WSI_FILTER_BAR (widget)->entry));
}

static void
filter_bar_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiFilterBar, entry);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, count);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, guess);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, guess_label);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, saved_button);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, options);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, toggles);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, sent);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, received);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, text);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, binary);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, control);
  gtk_widget_class_bind_template_child (class, WsiFilterBar, events);
  gtk_widget_class_bind_template_callback (class, on_entry_changed);
  gtk_widget_class_bind_template_callback (class, on_entry_activated);
  gtk_widget_class_bind_template_callback (class, on_direction);
  gtk_widget_class_bind_template_callback (class, filter_bar_remember);
}

static void
wsi_filter_bar_class_init (WsiFilterBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_filter_bar_dispose;
  G_OBJECT_CLASS (class)->set_property = wsi_filter_bar_set_property;
  G_OBJECT_CLASS (class)->get_property = wsi_filter_bar_get_property;
  widget_class->grab_focus = wsi_filter_bar_grab_focus;

  properties[PROP_SAVED_FILTERS] =
    g_param_spec_variant ("saved-filters", NULL, NULL, G_VARIANT_TYPE ("a(ss)"), NULL,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_FILTER_HISTORY] =
    g_param_spec_boxed ("filter-history", NULL, NULL, G_TYPE_STRV,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /* why the text is not a filter; NULL: it is one */
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (class), N_PROPERTIES, properties);

  g_type_ensure (WSI_TYPE_FILTER_ENTRY);
  g_type_ensure (WSI_TYPE_VIEW_OPTIONS);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-filter-bar.ui");
  filter_bar_bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "filter.apply", "s", activate_apply);
  gtk_widget_class_install_action (widget_class, "filter.save", NULL, filter_bar_activate_save);
  gtk_widget_class_install_action (widget_class, "filter.remove", "s", filter_bar_activate_remove);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_filter_bar_init (WsiFilterBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->history = g_new0 (char *, 1);
  self->saved = g_variant_ref_sink (g_variant_new ("a(ss)", NULL));
  filter_bar_show_saved (self);
}

/* Shows the filter of the list; without one, all rows are shown again. */
static void
show_filter (WsiFilterBar *self)
{
  wsi_filter_entry_set_text (self->entry, "");
  filter_bar_show_error (self, NULL);
}

/* Shows the toggles where a kind of rows is hidden, which needs attention. */
static void
show_toggles (WsiFilterBar *self)
{
  GtkToggleButton *toggles[] = {
    self->sent, self->received, self->text, self->binary, self->control, self->events,
  };
  guint n_on = 0;

  for (guint i = 0; i < G_N_ELEMENTS (toggles); i++)
    n_on += gtk_toggle_button_get_active (toggles[i]);
  if (n_on == G_N_ELEMENTS (toggles))
    gtk_widget_add_css_class (self->toggles, "all-on");
  else
    gtk_widget_remove_css_class (self->toggles, "all-on");
}

static void
bind_switch (WsiFilterBar    *self,
             const char      *property,
             GtkToggleButton *button)
{
  g_signal_connect_object (button, "toggled", G_CALLBACK (show_toggles), self, G_CONNECT_SWAPPED);
  g_object_bind_property (self->list, property, button, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

void
wsi_filter_bar_set_list (WsiFilterBar *self,
                         WsiFrameList *list)
{
  g_return_if_fail (self->list == NULL);

  self->list = list;
  bind_switch (self, "show-text", self->text);
  bind_switch (self, "show-binary", self->binary);
  bind_switch (self, "show-control", self->control);
  bind_switch (self, "show-events", self->events);
  wsi_view_options_set_list (self->options, list);
  g_signal_connect_object (list, "notify::direction", G_CALLBACK (show_direction), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "cleared", G_CALLBACK (show_filter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "changed", G_CALLBACK (filter_bar_show_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sent, "toggled", G_CALLBACK (show_toggles), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->received, "toggled", G_CALLBACK (show_toggles), self,
                           G_CONNECT_SWAPPED);
  show_direction (self);
  show_toggles (self);
}

void
wsi_filter_bar_set_sample (WsiFilterBar *self,
                           WsiSample    *sample)
{
  wsi_filter_entry_set_sample (self->entry, sample);
}
