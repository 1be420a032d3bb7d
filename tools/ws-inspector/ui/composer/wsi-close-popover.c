/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-close-popover.h"

#include <glib/gi18n.h>
#include <libwsproto/wsproto.h>

#include "inspect/sources/sending/wsi-close-words.h"
#include "ui/parts/wsi-drop-down.h"

struct _WsiClosePopover
{
  GtkPopover   parent_instance;

  GtkDropDown *code;
  GtkLabel    *code_meaning;
  GtkEditable *reason;
};

G_DEFINE_FINAL_TYPE (WsiClosePopover, wsi_close_popover, GTK_TYPE_POPOVER)

static void
on_code_changed (WsiClosePopover *self)
{
  guint16 code = wsi_close_codes[gtk_drop_down_get_selected (self->code)];

  gtk_label_set_text (self->code_meaning,
                      code != 0 ? _(wsp_close_code_describe (code))
                                : _("Write CODE:REASON, with a code from 3000 to "
                                    "4999, for example"));
}

static void
wsi_close_popover_dispose (GObject *object)
{
  G_OBJECT_CLASS (wsi_close_popover_parent_class)->dispose (object);
}

static void
wsi_close_popover_class_init (WsiClosePopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_close_popover_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-close-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiClosePopover, code);
  gtk_widget_class_bind_template_child (widget_class, WsiClosePopover, code_meaning);
  gtk_widget_class_bind_template_child (widget_class, WsiClosePopover, reason);
  gtk_widget_class_bind_template_callback (widget_class, on_code_changed);
}

static void
wsi_close_popover_init (WsiClosePopover *self)
{
  g_autoptr (GtkStringList) codes = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; wsi_close_codes[i] != 0; i++)
    gtk_string_list_take (codes, g_strdup_printf ("%u", wsi_close_codes[i]));
  gtk_string_list_append (codes, _("Other"));
  gtk_drop_down_set_model (self->code, G_LIST_MODEL (codes));
  wsi_drop_down_set_name (self->code, _("Close code"));
}

/* Makes the Close; the last of the codes is any other one, which is written before the reason. */
WsiOutgoing *
wsi_close_popover_make_close (WsiClosePopover *self,
                              GError         **error)
{
  const char *text = gtk_editable_get_text (self->reason), *reason;
  guint16 code = wsi_close_codes[gtk_drop_down_get_selected (self->code)], other;

  if (code != 0)
    return wsi_outgoing_new_close (code, *text != '\0' ? text : NULL, error);

  return wsi_close_words_parse (text, &other, &reason, error)
         ? wsi_outgoing_new_close (other, reason, error) : NULL;
}
