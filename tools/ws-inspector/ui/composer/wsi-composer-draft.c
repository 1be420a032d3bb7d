/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The message in the fields of the composer. */
#include "ui/composer/wsi-composer-private.h"

#include <glib/gi18n.h>

static char *
dup_text (WsiComposer * self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  if (!self->is_expanded)
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

WsiDraft *
wsi_composer_make_draft (WsiComposer *self)
{
  g_autofree char *text = dup_text (self);
  WsiDraftForm form = gtk_drop_down_get_selected (self->form);
  WsiDraft *draft;

  if (!self->is_expanded)
    return wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT, text);

  draft = wsi_draft_new (form, gtk_drop_down_get_selected (self->message_type) == 1
                               ? WSP_MESSAGE_TYPE_BINARY : WSP_MESSAGE_TYPE_TEXT,
                         form != WSI_FORM_FILE ? text : self->path != NULL ? self->path : "");
  draft->compression = gtk_check_button_get_active (self->compressed)
                       ? WSI_COMPRESSION_NEGOTIATED : WSI_COMPRESSION_NONE;
  g_free (draft->fragments);
  draft->fragments = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->fragments)));
  return draft;
}

void
wsi_composer_set_file (WsiComposer *self,
                       const char  *path)
{
  g_autofree char *shown = *path != '\0' ? g_filename_display_name (path) : NULL;

  g_free (self->path);
  self->path = g_strdup (path);
  gtk_label_set_text (self->file, shown != NULL ? shown : _("No file is chosen"));
}

/* A message of one line needs no more than the line. */
void
wsi_composer_set_draft (WsiComposer    *self,
                        const WsiDraft *draft)
{
  g_object_set (self, "expanded", TRUE, NULL);
  gtk_toggle_button_set_active (self->raw, FALSE);
  gtk_drop_down_set_selected (self->form, draft->form);
  gtk_drop_down_set_selected (self->message_type, draft->message_type == WSP_MESSAGE_TYPE_BINARY);
  gtk_check_button_set_active (self->compressed, draft->compression == WSI_COMPRESSION_NEGOTIATED);
  gtk_editable_set_text (GTK_EDITABLE (self->fragments), draft->fragments);
  if (draft->form == WSI_FORM_FILE)
    wsi_composer_set_file (self, draft->text);
  else
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), draft->text, -1);
}
