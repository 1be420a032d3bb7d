/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-decoder-menu.h"

#include <glib/gi18n.h>

#include "ui/parts/wsi-drop-down.h"

struct _WsiDecoderMenu
{
  GtkWidget         parent_instance;

  GtkDropDown      *list;
  GtkStringList    *names;
  const WsiDecoder *choice;     /* decoder that the user has chosen; NULL = it is guessed */
  gboolean          is_filling; /* the list is being filled: the user does not choose */
};

G_DEFINE_FINAL_TYPE (WsiDecoderMenu, wsi_decoder_menu, GTK_TYPE_WIDGET)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Handles a choice; the signal is emitted again while the names change. */
static void
decoder_menu_on_selected (WsiDecoderMenu *self)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);
  guint position = gtk_drop_down_get_selected (self->list);
  const WsiDecoder *choice = position > 0 && position <= n_decoders ? decoders[position - 1] : NULL;

  if (self->is_filling || choice == self->choice)
    return;

  self->choice = choice;
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
wsi_decoder_menu_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_decoder_menu_parent_class)->dispose (object);
}

static void
wsi_decoder_menu_class_init (WsiDecoderMenuClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_decoder_menu_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", WSI_TYPE_DECODER_MENU, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_decoder_menu_init (WsiDecoderMenu *self)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);
  g_autoptr (GtkListItemFactory) factory = gtk_builder_list_item_factory_new_from_resource (
    NULL, "/wsi/details/wsi-format-item.ui");

  self->names = gtk_string_list_new (NULL);
  gtk_string_list_append (self->names, _("Guess"));
  for (gsize i = 0; i < n_decoders; i++)
    gtk_string_list_append (self->names, _(decoders[i]->title));

  self->list = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (self->names), NULL));
  gtk_drop_down_set_factory (self->list, factory);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->list), _("Format of the message"));
  wsi_drop_down_set_name (self->list, _("Format of the message"));
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
  g_signal_connect_object (self->list, "notify::selected", G_CALLBACK (decoder_menu_on_selected),
                           self,
                           G_CONNECT_SWAPPED);
}

static guint
find_position (const WsiDecoder *decoder)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);

  for (guint i = 0; i < n_decoders; i++)
    if (decoders[i] == decoder)
      return i + 1;
  return 0;
}

void
wsi_decoder_menu_show (WsiDecoderMenu   *self,
                       const WsiDecoder *decoder,
                       WsiDecoderOrigin  origin)
{
  gboolean is_guess = origin == WSI_DECODER_GUESSED;
  g_autofree char *guess = is_guess ? g_strdup_printf (_("%s (guessed)"), _(decoder->title))
                                    : g_strdup (_("Guess"));
  const char *const names[] = { guess, NULL };

  self->choice = is_guess ? NULL : decoder;
  self->is_filling = TRUE;
  gtk_string_list_splice (self->names, 0, 1, names);
  gtk_drop_down_set_selected (self->list, is_guess ? 0 : find_position (decoder));
  self->is_filling = FALSE;
}

const WsiDecoder *
wsi_decoder_menu_get_choice (WsiDecoderMenu *self)
{
  return self->choice;
}
