/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-bit-field.h"

struct _WsiBitField
{
  GtkWidget parent_instance;

  guint     part;
};

G_DEFINE_FINAL_TYPE (WsiBitField, wsi_bit_field, GTK_TYPE_WIDGET)

static void
bit_field_activate_select (GtkWidget  *widget,
                           const char *name,
                           GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "bits.select-part", "i", (int) WSI_BIT_FIELD (widget)->part);
}

static void
wsi_bit_field_class_init (WsiBitFieldClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_css_name (widget_class, "bitfield");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_widget_class_install_action (widget_class, "bits.select", NULL, bit_field_activate_select);
}

static void
wsi_bit_field_init (WsiBitField *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

WsiBitField *
wsi_bit_field_new (guint part)
{
  WsiBitField *self = g_object_new (WSI_TYPE_BIT_FIELD, NULL);

  self->part = part;
  return self;
}

void
wsi_bit_field_describe (WsiBitField *self,
                        const char  *sentence)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                  -1);
}

void
wsi_bit_field_set_selected (WsiBitField *self,
                            gboolean     is_selected)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, is_selected,
                               -1);
}
