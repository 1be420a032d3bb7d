/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-connection-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/save/formats/wsi-command.h"
#include "inspect/store/wsi-conversation.h"
#include "ui/details/wsi-connection-facts.h"

#define REFRESH_MS 500          /* time between two refreshes, which follow new frames only */

struct _WsiConnectionPage
{
  GtkWidget            parent_instance;

  GtkStack            *stack;
  GtkBox              *groups;
  GtkLabel            *copied;
  GtkToggleButton     *secrets_button;
  AdwPreferencesGroup *group_widgets[WSI_N_FACT_GROUPS];
  GPtrArray           *rows;    /* rows of the page (AdwActionRow), by fact */
  WsiStore            *store;
  WsiConversation     *conversation;
  WsiRoundTrips       *round_trips;
  guint                timeout;
};

G_DEFINE_FINAL_TYPE (WsiConnectionPage, wsi_connection_page, GTK_TYPE_WIDGET)

static WsiRedactor *
make_redactor (WsiConnectionPage * self)
{
  gboolean is_open = gtk_toggle_button_get_active (self->secrets_button);
  WsiRedactor *redactor = wsi_redactor_new (is_open ? WSI_REDACTION_NONE : WSI_REDACTION_DEFAULT);
  g_autoptr (GBytes) request = wsi_conversation_dup_request (self->conversation);
  g_autoptr (GBytes) head = request != NULL ? wsi_redactor_hide_head (redactor, request) : NULL;

  return redactor;
}

static void
show_fact (WsiConnectionPage *self,
           guint              fact,
           const char        *text)
{
  AdwActionRow *row = self->rows->pdata[fact];

  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
  if (text != NULL && g_strcmp0 (adw_action_row_get_subtitle (row), text) != 0)
    adw_action_row_set_subtitle (row, text);
}

static void
connection_page_on_appended (WsiConnectionPage *self);

static void
connection_page_refresh (WsiConnectionPage *self)
{
  g_autoptr (WsiRedactor) redactor = NULL;
  WsiFactSource source = { .conversation = self->conversation };
  gboolean is_shown[WSI_N_FACT_GROUPS] = { FALSE };

  if (self->conversation == NULL)
    return;

  redactor = make_redactor (self);
  source.redactor = redactor;
  if (!wsi_round_trips_update (self->round_trips))
    connection_page_on_appended (self);
  wsi_round_trips_summarize (self->round_trips, &source.round_trips);
  for (guint i = 0; i < wsi_fact_get_n (); i++)
    {
      g_autofree char *text = wsi_fact_describe (i, &source);

      show_fact (self, i, text);
      is_shown[wsi_fact_get_group (i)] |= text != NULL;
    }
  for (guint i = 0; i < WSI_N_FACT_GROUPS; i++)
    gtk_widget_set_visible (GTK_WIDGET (self->group_widgets[i]), is_shown[i]);
}

static gboolean
connection_page_on_timeout (gpointer data)
{
  WsiConnectionPage *self = data;

  self->timeout = 0;
  connection_page_refresh (self);
  return G_SOURCE_REMOVE;
}

/* Refreshes the page later; without new frames nothing wakes up. */
static void
connection_page_on_appended (WsiConnectionPage *self)
{
  if (self->timeout == 0 && self->conversation != NULL)
    self->timeout = g_timeout_add (REFRESH_MS, connection_page_on_timeout, self);
}

static void
connection_page_activate_copy (GtkWidget  *widget,
                               const char *name,
                               GVariant   *parameter)
{
  static const struct
  {
    const char    *name;
    WsiCommandKind kind;
  } commands[] = {
    { "wsinspect", WSI_COMMAND_WSINSPECT }, { "websocat", WSI_COMMAND_WEBSOCAT },
    { "javascript", WSI_COMMAND_JAVASCRIPT }, { "python", WSI_COMMAND_PYTHON },
    { "curl", WSI_COMMAND_CURL },
  };
  WsiConnectionPage *self = WSI_CONNECTION_PAGE (widget);
  g_autoptr (WsiRedactor) redactor = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) notes = NULL;
  g_autofree char *command = NULL;
  g_autofree char *text = NULL;

  if (self->conversation == NULL)
    return;

  redactor = make_redactor (self);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, g_variant_get_string (parameter, NULL)))
      command = wsi_command_make (commands[i].kind, self->conversation, WSP_FRAME_KIND_TEXT, NULL,
                                  redactor, &notes, &error);
  if (command != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), command);
  text = notes != NULL && notes[0] != NULL ? g_strjoinv ("\n", notes) : g_strdup (_("Copied"));
  gtk_label_set_text (self->copied, error != NULL ? error->message : text);
  gtk_widget_set_visible (GTK_WIDGET (self->copied), TRUE);
}

static void
drop_conversation (WsiConnectionPage *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_clear_pointer (&self->round_trips, wsi_round_trips_free);
  g_clear_object (&self->conversation);
  g_clear_object (&self->store);
}

static void
wsi_connection_page_dispose (GObject *object)
{
  WsiConnectionPage *self = WSI_CONNECTION_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  drop_conversation (self);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_connection_page_parent_class)->dispose (object);
}

static void
wsi_connection_page_class_init (WsiConnectionPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const char *template = "/wsi/details/wsi-connection-page.ui";

  G_OBJECT_CLASS (class)->dispose = wsi_connection_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, template);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionPage, groups);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionPage, copied);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionPage, secrets_button);
  gtk_widget_class_bind_template_callback (widget_class, connection_page_refresh);
  gtk_widget_class_install_action (widget_class, "connection.copy", "s",
                                   connection_page_activate_copy);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
make_groups (WsiConnectionPage *self)
{
  for (guint i = 0; i < WSI_N_FACT_GROUPS; i++)
    {
      GtkWidget *group = adw_preferences_group_new ();

      adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), wsi_fact_group_get_title (i));
      self->group_widgets[i] = ADW_PREFERENCES_GROUP (group);
      gtk_box_append (self->groups, group);
    }
}

static void
wsi_connection_page_init (WsiConnectionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  make_groups (self);
  for (guint i = 0; i < wsi_fact_get_n (); i++)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), wsi_fact_get_title (i));
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
      adw_preferences_group_add (self->group_widgets[wsi_fact_get_group (i)], row);
      g_ptr_array_add (self->rows, row);
    }
}

void
wsi_connection_page_set_conversation (WsiConnectionPage *self,
                                      WsiStore          *store,
                                      WsiConversation   *conversation)
{
  if (self->conversation == conversation)
    return;

  drop_conversation (self);
  gtk_widget_set_visible (GTK_WIDGET (self->copied), FALSE);
  gtk_stack_set_visible_child_name (self->stack, conversation != NULL ? "connection" : "none");
  if (conversation == NULL)
    return;

  self->store = g_object_ref (store);
  self->conversation = g_object_ref (conversation);
  self->round_trips = wsi_round_trips_new (store, conversation);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (connection_page_on_appended), self);
  g_signal_connect_swapped (conversation, "handshake", G_CALLBACK (connection_page_refresh), self);
  g_signal_connect_swapped (conversation, "ended", G_CALLBACK (connection_page_refresh), self);
  connection_page_refresh (self);
}

GtkToggleButton *
wsi_connection_page_get_secrets_button (WsiConnectionPage *self)
{
  return self->secrets_button;
}
