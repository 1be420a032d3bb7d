/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What is wrong, below the fields of the composer. */
#include "ui/composer/wsi-composer-private.h"

#include "inspect/decode/wsi-text.h"

void
wsi_composer_show_sentence (WsiComposer *self,
                            const char  *sentence)
{
  gtk_label_set_text (self->sentence, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), sentence != NULL);
  if (self->obstacle == NULL && sentence != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->sentence), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->sentence), "error");
}

void
wsi_composer_show_error (WsiComposer  *self,
                         const GError *error)
{
  g_autofree char *text = wsi_text_escape_sentence (error->message, WSI_CHARSET_UTF8);

  wsi_composer_show_sentence (self, text);
}
