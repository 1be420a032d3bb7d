/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-mnemonics.h"

#define LABEL "label"
#define USE_UNDERLINE "use-underline"
#define KEY_WATCHED "wsi-is-watched"

/* The label in a button, whose text is as it is read. */
static const char *
mnemonics_find_text (GtkWidget *widget)
{
  const char *text = NULL;

  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && text == NULL;
       child = gtk_widget_get_next_sibling (child))
    text = mnemonics_find_text (child);
  return text;
}

static gboolean
has_mnemonic (GtkWidget *widget)
{
  gboolean has = FALSE;

  g_object_get (widget, USE_UNDERLINE, &has, NULL);
  return has;
}

/* Names a button by its property alone: GTK 4.8 reads the label in it as well. */
static void
update_name (GtkWidget *widget)
{
  const char *text = mnemonics_find_text (widget);

  if (text == NULL)
    return;

  if (has_mnemonic (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                    -1);
  if (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

/* Whether a widget has this name.  GTK has no other function that reads the name of a widget. */
static gboolean
mnemonics_is_named (GtkWidget  *widget,
                    const char *name)
{
  g_autofree char *other = NULL;

  if (GTK_IS_LABEL (widget))
    return g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), name);

  if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    return FALSE;

  other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                              GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  return other == NULL;
}

/* GTK describes a widget by its tooltip, which often has the name again. */
static void
update_description (GtkWidget *widget)
{
  const char *tooltip = gtk_widget_get_tooltip_text (widget);

  if (tooltip != NULL && mnemonics_is_named (widget, tooltip))
    gtk_accessible_reset_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/* Whether GTK 4.8 names a widget by its label as it is written. */
static gboolean
is_named_by_label (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget);
}

/* Watches a widget; GTK sets its name anew with each label, and its description with each tooltip,
 * before it notifies. */
static gboolean
mnemonics_on_map (GSignalInvocationHint *hint,
                  guint                  n_values,
                  const GValue          *values,
                  gpointer               data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);

  if (g_object_get_data (G_OBJECT (widget), KEY_WATCHED) == NULL)
    {
      g_object_set_data (G_OBJECT (widget), KEY_WATCHED, GINT_TO_POINTER (TRUE));
      g_signal_connect (widget, "notify::tooltip-text", G_CALLBACK (update_description), NULL);
      if (GTK_IS_LABEL (widget))
        g_signal_connect (widget, "notify::" LABEL, G_CALLBACK (update_description), NULL);
      if (is_named_by_label (widget))
        {
          g_signal_connect (widget, "notify::" LABEL, G_CALLBACK (update_name), NULL);
          g_signal_connect (widget, "notify::" USE_UNDERLINE, G_CALLBACK (update_name), NULL);
          update_name (widget);
        }
    }

  update_description (widget);
  return G_SOURCE_CONTINUE;
}

void
wsi_mnemonics_hide (void)
{
  static GTypeClass *widgets = NULL;    /* the class is kept: without it there is no signal yet */

  if (widgets != NULL)
    return;

  widgets = g_type_class_ref (GTK_TYPE_WIDGET);
  g_signal_add_emission_hook (g_signal_lookup ("map", GTK_TYPE_WIDGET), 0, mnemonics_on_map, NULL,
                              NULL);
}
