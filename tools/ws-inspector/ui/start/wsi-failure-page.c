/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-failure-page.h"

#include <adwaita.h>

#include "inspect/decode/wsi-text.h"
#include "ui/parts/wsi-wrap-box.h"

#define MAX_NAME 120            /* bytes of a target's name */
#define MAX_SENTENCE 2000

struct _WsiFailurePage
{
  GtkWidget  parent_instance;

  GtkLabel  *title, *name, *sentence;
  GtkWidget *change_button, *handshake_button;
};

G_DEFINE_FINAL_TYPE (WsiFailurePage, wsi_failure_page, GTK_TYPE_WIDGET)

static void
wsi_failure_page_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_failure_page_parent_class)->dispose (object);
}

static void
wsi_failure_page_class_init (WsiFailurePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_failure_page_dispose;

  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/start/wsi-failure-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiFailurePage, title);
  gtk_widget_class_bind_template_child (widget_class, WsiFailurePage, name);
  gtk_widget_class_bind_template_child (widget_class, WsiFailurePage, sentence);
  gtk_widget_class_bind_template_child (widget_class, WsiFailurePage, change_button);
  gtk_widget_class_bind_template_child (widget_class, WsiFailurePage, handshake_button);
}

static void
wsi_failure_page_init (WsiFailurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Sets a label to one line of at most so many bytes of text, before it is escaped. */
static void
failure_page_set_text (GtkLabel   *label,
                       const char *text,
                       gsize       max_length)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) cut = g_string_new (valid);
  g_autofree char *shown = NULL;

  if (cut->len > max_length)
    {
      g_string_truncate (cut, g_utf8_find_prev_char (cut->str, cut->str + max_length) - cut->str);
      g_string_append (cut, "…");
    }

  shown = wsi_text_escape_sentence (cut->str, WSI_CHARSET_UTF8);
  gtk_label_set_text (label, shown);
}

void
wsi_failure_page_show (WsiFailurePage *self,
                       const char     *title,
                       const char     *name,
                       const char     *sentence,
                       const char     *change,
                       WsiFailureKind  kind)
{
  gtk_label_set_text (self->title, title);
  failure_page_set_text (self->name, name, MAX_NAME);
  failure_page_set_text (self->sentence, sentence, MAX_SENTENCE);
  gtk_button_set_label (GTK_BUTTON (self->change_button), change);
  gtk_widget_set_visible (self->handshake_button, kind == WSI_FAILURE_WITH_HANDSHAKE);
}

void
wsi_failure_page_focus (WsiFailurePage *self)
{
  gtk_widget_grab_focus (self->change_button);
}
