/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/message/wsi-payload-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-payload.h"

/* A text view shows lines of this length quickly; much longer ones would block the window. */
#define MAX_LINE 4096
#define MAX_SHOWN (256 * 1024)

struct _WsiPayloadPage
{
  GtkWidget        parent_instance;

  GtkStack        *stack;
  GtkLabel        *facts, *fault, *rest;
  GtkToggleButton *text_button, *hex_button;
  GtkTextView     *view;
  WsiRow          *row;
};

G_DEFINE_FINAL_TYPE (WsiPayloadPage, wsi_payload_page, GTK_TYPE_WIDGET)

/* Line ends of the payload are kept, and long lines are split. */
static char *
format_text (GBytes * payload)
{
  gsize length;
  const char *at = g_bytes_get_data (payload, &length);
  GString *text = g_string_new (NULL);
  gsize from = 0;

  while (from < length)
    {
      const char *end = memchr (at + from, '\n', length - from);
      gsize n_line = MIN (end != NULL ? (gsize) (end - at) - from : length - from, MAX_LINE);
      g_autoptr (GBytes) line = g_bytes_new_from_bytes (payload, from, n_line);
      g_autofree char *escaped = wsi_text_escape (line, n_line, WSI_CHARSET_UTF8);

      g_string_append (text, escaped);
      g_string_append_c (text, '\n');
      from += n_line + (from + n_line < length && at[from + n_line] == '\n');
    }

  return g_string_free (text, FALSE);
}

static void
show_payload (WsiPayloadPage *self)
{
  g_autoptr (GBytes) payload = wsi_row_dup_payload (self->row, MAX_SHOWN);
  g_autofree char *text = NULL;

  if (payload == NULL)
    text = g_strdup (_("Payload was not stored"));
  else if (gtk_toggle_button_get_active (self->text_button))
    text = format_text (payload);
  else
    text = wsi_hex_dump (payload, MAX_SHOWN);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
}

static void
show_facts (WsiPayloadPage *self)
{
  const WspFrameRecord *frame = wsi_row_get_frame (self->row);
  const char *fault = wsp_frame_record_describe_fault (frame);
  g_autofree char *mask = frame->masked
                          ? g_strdup_printf (_("masking key %08x"), frame->masking_key)
                          : g_strdup (_("not masked"));
  g_autofree char *facts =
    g_strdup_printf (_("%s · FIN %u · RSV %u · %s · header %u bytes, payload %" G_GUINT64_FORMAT
                       " bytes · offset %" G_GUINT64_FORMAT " in this direction"),
                     wsi_payload_name_kind (frame), frame->fin, frame->rsv, mask,
                     frame->header_length, frame->payload_length, frame->offset);

  gtk_label_set_text (self->facts, facts);
  gtk_widget_set_visible (GTK_WIDGET (self->rest), frame->inflated_length > MAX_SHOWN);
  gtk_label_set_text (self->fault, fault != NULL ? fault : "");
  gtk_widget_set_visible (GTK_WIDGET (self->fault), fault != NULL);
}

static void
on_form_toggled (WsiPayloadPage *self)
{
  if (self->row != NULL)
    show_payload (self);
}

static void
wsi_payload_page_dispose (GObject *object)
{
  WsiPayloadPage *self = WSI_PAYLOAD_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_pointer (&child, gtk_widget_unparent);
  g_clear_object (&self->row);
  G_OBJECT_CLASS (wsi_payload_page_parent_class)->dispose (object);
}

static void
wsi_payload_page_class_init (WsiPayloadPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_payload_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/message/wsi-payload-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiPayloadPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiPayloadPage, facts);
  gtk_widget_class_bind_template_child (widget_class, WsiPayloadPage, fault);
  gtk_widget_class_bind_template_child (widget_class, WsiPayloadPage, rest);
  gtk_widget_class_bind_template_child (widget_class, WsiPayloadPage, text_button);
  gtk_widget_class_bind_template_child (widget_class, WsiPayloadPage, hex_button);
  gtk_widget_class_bind_template_child (widget_class, WsiPayloadPage, view);
  gtk_widget_class_bind_template_callback (widget_class, on_form_toggled);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_payload_page_init (WsiPayloadPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static WsiPayloadForm
choose_form (WsiRow *row)
{
  g_autoptr (GBytes) payload = wsi_row_dup_payload (row, WSI_SUMMARY_LENGTH);

  return payload != NULL ? wsi_payload_choose_form (wsi_row_get_frame (row), payload)
                         : WSI_PAYLOAD_TEXT;
}

/* row may be NULL. */
void
wsi_payload_page_set_row (WsiPayloadPage *self,
                          WsiRow         *row)
{
  gtk_stack_set_visible_child_name (self->stack, row != NULL ? "payload" : "none");
  g_clear_object (&self->row);
  if (row == NULL)
    return;

  gtk_toggle_button_set_active (choose_form (row) == WSI_PAYLOAD_TEXT ? self->text_button
                                                                      : self->hex_button, TRUE);
  self->row = g_object_ref (row);
  show_facts (self);
  show_payload (self);
}

/* The displayed text. */
char *
wsi_payload_page_dup_text (WsiPayloadPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}
