/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-pair-button.h"

#include <glib/gi18n.h>
#include <inttypes.h>

struct _WsiPairButton
{
  GtkWidget  parent_instance;

  GtkButton *button;
  WsiStore  *store;             /* store of the record; NULL = there is no record */
  guint64    number, other;
};

G_DEFINE_FINAL_TYPE (WsiPairButton, wsi_pair_button, GTK_TYPE_WIDGET)

enum
{
  GO_TO,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
pair_button_on_clicked (WsiPairButton *self)
{
  g_signal_emit (self, signals[GO_TO], 0, self->other);
}

static void
wsi_pair_button_dispose (GObject *object)
{
  WsiPairButton *self = WSI_PAIR_BUTTON (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_object (&self->store);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_pair_button_parent_class)->dispose (object);
}

static void
wsi_pair_button_class_init (WsiPairButtonClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_pair_button_dispose;
  signals[GO_TO] = g_signal_new ("go-to", WSI_TYPE_PAIR_BUTTON, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_pair_button_init (WsiPairButton *self)
{
  self->button = GTK_BUTTON (gtk_button_new_with_label (""));
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "caption");
  gtk_widget_set_halign (GTK_WIDGET (self->button), GTK_ALIGN_START);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (pair_button_on_clicked), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* The sentence about the pair.  NULL: the record is in none. */
static char *
pair_button_make_sentence (WsiPairButton *self)
{
  gint64 own_us, other_us, between_us;

  if (wsi_store_get_reply (self->store, self->number, &self->other) &&
      wsi_store_get_time (self->store, self->number, &own_us) &&
      wsi_store_get_time (self->store, self->other, &other_us))
    {
      between_us = other_us - own_us;
      /* Translators: number of a row, and milliseconds. */
      return g_strdup_printf (_("Reply: row %" PRIu64 ", %.3f ms later"), self->other + 1,
                              between_us / 1000.0);
    }
  if (wsi_store_get_request (self->store, self->number, &self->other) &&
      wsi_store_get_time (self->store, self->number, &own_us) &&
      wsi_store_get_time (self->store, self->other, &other_us))
    {
      between_us = own_us - other_us;
      /* Translators: number of a row, and milliseconds. */
      return g_strdup_printf (_("Request: row %" PRIu64 ", %.3f ms earlier"), self->other + 1,
                              between_us / 1000.0);
    }
  return NULL;
}

void
wsi_pair_button_update (WsiPairButton *self)
{
  g_autofree char *sentence = self->store != NULL ? pair_button_make_sentence (self) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), sentence != NULL);
  gtk_button_set_label (self->button, sentence != NULL ? sentence : "");
}

void
wsi_pair_button_set_record (WsiPairButton *self,
                            WsiStore      *store,
                            guint64        number)
{
  g_set_object (&self->store, store);
  self->number = number;
  wsi_pair_button_update (self);
}
