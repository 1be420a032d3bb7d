/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-outbox-notice.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"
#include "ui/parts/wsi-wrap-box.h"

struct _WsiOutboxNotice
{
  GtkWidget  parent_instance;

  GtkWidget *sentence;
  GtkWidget *advice_button, *connect_button, *again_button, *cancel_button;
  gboolean   has_text;           /* the user has a text to send with "Connect and Send" */
  WsiOutbox *outbox;
};

G_DEFINE_FINAL_TYPE (WsiOutboxNotice, wsi_outbox_notice, GTK_TYPE_WIDGET)

static void
outbox_notice_show_text (WsiOutboxNotice *self,
                         const char      *sentence,
                         gboolean         is_error)
{
  gtk_label_set_text (GTK_LABEL (self->sentence), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->sentence, sentence != NULL);
  if (is_error)
    gtk_widget_add_css_class (self->sentence, "error");
  else
    gtk_widget_remove_css_class (self->sentence, "error");
}

static void
show_buttons (WsiOutboxNotice *self)
{
  gboolean has_conversation = wsi_outbox_get_conversation (self->outbox) != NULL;
  gboolean has_obstacle = wsi_outbox_get_obstacle (self->outbox, NULL) != NULL;

  gtk_widget_set_visible (self->advice_button, has_obstacle && !has_conversation);
  gtk_widget_set_visible (self->connect_button,
                          has_obstacle && has_conversation && !self->has_text);
  gtk_widget_set_visible (self->again_button, has_obstacle && has_conversation && self->has_text);
  gtk_widget_set_visible (self->cancel_button, wsi_outbox_is_sending (self->outbox));
}

static void
outbox_notice_on_outbox_changed (WsiOutboxNotice *self)
{
  const char *advice, *obstacle = wsi_outbox_get_obstacle (self->outbox, &advice);

  if (obstacle != NULL)
    {
      g_autofree char *text = g_strdup_printf ("%s %s", _(obstacle), _(advice));

      outbox_notice_show_text (self, text, FALSE);
    }
  else if (!gtk_widget_has_css_class (self->sentence, "error"))
    {
      outbox_notice_show_text (self, NULL, FALSE);
    }
  show_buttons (self);
}

static void
wsi_outbox_notice_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_outbox_notice_parent_class)->dispose (object);
}

static void
wsi_outbox_notice_class_init (WsiOutboxNoticeClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_outbox_notice_dispose;
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-outbox-notice.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiOutboxNotice, sentence);
  gtk_widget_class_bind_template_child (widget_class, WsiOutboxNotice, advice_button);
  gtk_widget_class_bind_template_child (widget_class, WsiOutboxNotice, connect_button);
  gtk_widget_class_bind_template_child (widget_class, WsiOutboxNotice, again_button);
  gtk_widget_class_bind_template_child (widget_class, WsiOutboxNotice, cancel_button);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_outbox_notice_init (WsiOutboxNotice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wsi_outbox_notice_set_outbox (WsiOutboxNotice *self,
                              WsiOutbox       *outbox)
{
  self->outbox = outbox;
  g_signal_connect_object (outbox, "changed", G_CALLBACK (outbox_notice_on_outbox_changed), self,
                           G_CONNECT_SWAPPED);
}

void
wsi_outbox_notice_set_has_text (WsiOutboxNotice *self,
                                gboolean         has_text)
{
  self->has_text = has_text;
  show_buttons (self);
}

void
wsi_outbox_notice_focus (WsiOutboxNotice *self)
{
  gtk_widget_grab_focus (self->connect_button);
}

gboolean
wsi_outbox_notice_has_focus (WsiOutboxNotice *self)
{
  return gtk_widget_is_focus (self->connect_button);
}

void
wsi_outbox_notice_show_sentence (WsiOutboxNotice *self,
                                 const char      *sentence)
{
  gboolean has_obstacle = wsi_outbox_get_obstacle (self->outbox, NULL) != NULL;

  if (sentence != NULL || !has_obstacle)
    outbox_notice_show_text (self, sentence, sentence != NULL && !has_obstacle);
}

void
wsi_outbox_notice_show_error (WsiOutboxNotice *self,
                              const GError    *error)
{
  g_autofree char *text = wsi_text_escape_sentence (error->message, WSI_CHARSET_UTF8);

  wsi_outbox_notice_show_sentence (self, text);
}
