/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-source-row.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/sources/wsi-source.h"
#include "ui/session/wsi-source-text.h"

struct _WsiSourceRow
{
  GtkListBoxRow parent_instance;

  GtkLabel     *title, *state;
  GtkImage     *icon;
  GtkWidget    *copy_button, *stop_button, *remove_button;
  WsiSource    *source;
  WsiSession   *session;        /* session of the source, which outlives the row */
};

G_DEFINE_FINAL_TYPE (WsiSourceRow, wsi_source_row, GTK_TYPE_LIST_BOX_ROW)

static void
on_stop_clicked (WsiSourceRow *self)
{
  gtk_widget_set_sensitive (self->stop_button, FALSE);
  wsi_source_stop_async (self->source, NULL, NULL);
}

static void
source_row_on_copy_clicked (WsiSourceRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          wsi_source_get_line (self->source));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("Address copied"));
}

static void
on_remove_clicked (WsiSourceRow *self)
{
  wsi_session_remove (self->session, self->source);
}

/* Shows a tooltip: title and state may be longer than the row. */
static void
show_tooltip (WsiSourceRow *self,
              const char   *title,
              const char   *state,
              const char   *sentence)
{
  g_autofree char *text = g_strjoin ("\n", title, state, sentence, NULL);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
}

/* Shows the state; the reason of an end says more than that there was one. */
void
wsi_source_row_update (WsiSourceRow *self)
{
  g_autofree char *title = wsi_source_text_dup_title (self->source);
  g_autofree char *sentence = wsi_source_text_dup_sentence (self->source);
  g_autofree char *state_text = wsi_source_text_dup_state (self->source);
  gboolean is_running = wsi_source_is_running (self->source);
  g_autofree char *why = sentence != NULL && !is_running
                         ? wsi_text_escape_sentence (sentence, WSI_CHARSET_UTF8) : NULL;
  const char *shown = why != NULL ? why : state_text;
  g_autofree char *label = g_strdup_printf ("%s, %s", title != NULL ? title : "", shown);

  gtk_label_set_text (self->title, title != NULL ? title : "");
  gtk_label_set_text (self->state, shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  show_tooltip (self, title != NULL ? title : "", state_text, sentence);
  gtk_widget_set_visible (self->copy_button,
                          is_running && wsi_source_get_line (self->source) != NULL);
  gtk_widget_set_visible (self->stop_button, is_running);
  gtk_widget_set_visible (self->remove_button, !is_running);
}

static void
wsi_source_row_dispose (GObject *object)
{
  WsiSourceRow *self = WSI_SOURCE_ROW (object);

  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
  G_OBJECT_CLASS (wsi_source_row_parent_class)->dispose (object);
}

static void
wsi_source_row_class_init (WsiSourceRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_source_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/session/wsi-source-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiSourceRow, title);
  gtk_widget_class_bind_template_child (widget_class, WsiSourceRow, state);
  gtk_widget_class_bind_template_child (widget_class, WsiSourceRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WsiSourceRow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, WsiSourceRow, stop_button);
  gtk_widget_class_bind_template_child (widget_class, WsiSourceRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, source_row_on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
}

static void
wsi_source_row_init (WsiSourceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wsi_source_row_new (WsiSource  *source,
                    WsiSession *session)
{
  WsiSourceRow *self = g_object_new (WSI_TYPE_SOURCE_ROW, NULL);

  self->source = g_object_ref (source);
  self->session = session;
  gtk_image_set_from_icon_name (self->icon, wsi_source_text_get_icon (source));
  g_signal_connect_swapped (source, "changed", G_CALLBACK (wsi_source_row_update), self);
  wsi_source_row_update (self);
  return GTK_WIDGET (self);
}

WsiSource *
wsi_source_row_get_source (WsiSourceRow *self)
{
  return self->source;
}
