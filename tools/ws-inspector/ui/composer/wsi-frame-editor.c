/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-frame-editor.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/show/header/wsi-frame-layout.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/store/wsi-frame-bytes.h"

struct _WsiFrameEditor
{
  GtkWidget      parent_instance;

  GtkSwitch     *allowed;
  WsiBitDiagram *diagram;
  GtkLabel      *field, *meaning, *problem, *warning;
  GtkEntry      *value;
  WspRole        sender;
  WsiFrameDraft  draft;
  WsiFrameLayout layout;
  char          *shown;         /* value of the selected field that is shown; "" = none */
};

enum { PROP_0, PROP_ALLOWED, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WsiFrameEditor, wsi_frame_editor, GTK_TYPE_WIDGET)

static void
frame_editor_show_field (WsiFrameEditor *self)
{
  int selected = wsi_bit_diagram_get_selected (self->diagram);
  g_autofree char *value = selected >= 0 ? wsi_frame_layout_format (&self->layout, selected) : NULL;
  WsiFrameField field = selected >= 0 ? self->layout.parts[selected].field : WSI_FRAME_FIELD_REST;
  gboolean is_number = selected >= 0 && field != WSI_FRAME_FIELD_PAYLOAD;

  gtk_label_set_text (self->field, selected >= 0 ? _(wsi_frame_field_get_name (field))
                                                 : _("Select a field to change it"));
  gtk_label_set_text (self->meaning, selected >= 0 ? _(wsi_frame_field_get_sentence (field)) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->meaning), selected >= 0);
  gtk_widget_set_visible (GTK_WIDGET (self->value), is_number);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  if (is_number && field == WSI_FRAME_FIELD_OPCODE)
    value[strcspn (value, " ")] = '\0';
  g_free (self->shown);
  self->shown = g_strdup (is_number ? value : "");
  gtk_editable_set_text (GTK_EDITABLE (self->value), self->shown);
}

static void
frame_editor_append_line (GString    *text,
                          const char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

static void
append_missing (GString *text,
                gint64   n_missing)
{
  guint64 n = n_missing < 0 ? -(guint64) n_missing : (guint64) n_missing;
  g_autofree char *line = NULL;

  if (n_missing == 0)
    return;

  line = g_strdup_printf (n_missing > 0
                          ? ngettext ("The header announces %'" PRIu64 " byte more than follow: "
                                      "the next one is read as payload.",
                                      "The header announces %'" PRIu64 " bytes more than follow: "
                                      "the next bytes are read as payload.", MIN (n, G_MAXINT))
                          : ngettext ("The header announces %'" PRIu64 " byte less than follow: "
                                      "the rest is read as the next frame.",
                                      "The header announces %'" PRIu64 " bytes less than follow: "
                                      "the rest is read as the next frame.", MIN (n, G_MAXINT)),
                          n);
  frame_editor_append_line (text, line);
}

static void
show_warning (WsiFrameEditor *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint faults[WSI_MAX_FAULTS];
  guint n_faults = wsi_frame_draft_check (&self->draft, self->sender, NULL, faults);

  for (guint i = 0; i < n_faults; i++)
    {
      g_autofree char *fault = wsi_translate_fault (faults[i]);

      frame_editor_append_line (text, fault);
    }
  append_missing (text, wsi_frame_draft_count_missing (&self->draft));
  gtk_label_set_text (self->warning, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), text->len > 0);
}

/* Shows the frame; the selected field stays selected, if the frame still has it. */
static void
frame_editor_show_frame (WsiFrameEditor *self)
{
  int selected = wsi_bit_diagram_get_selected (self->diagram);
  WsiFrameField field = selected >= 0 ? self->layout.parts[selected].field : WSI_FRAME_FIELD_REST;

  wsi_frame_draft_get_layout (&self->draft, &self->layout);
  wsi_bit_diagram_set_layout (self->diagram, &self->layout);
  for (guint i = 0; selected >= 0 && i < self->layout.n_parts; i++)
    if (self->layout.parts[i].field == field)
      wsi_bit_diagram_set_selected (self->diagram, i);
  frame_editor_show_field (self);
  show_warning (self);
}

gboolean
wsi_frame_editor_take_value (WsiFrameEditor *self)
{
  int selected = wsi_bit_diagram_get_selected (self->diagram);
  g_autofree char *value = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->value)));
  g_autoptr (GError) error = NULL;

  if (selected < 0 || g_str_equal (value, self->shown))
    return TRUE;

  if (wsi_frame_draft_set_field (&self->draft, self->layout.parts[selected].field, value, &error))
    {
      frame_editor_show_frame (self);
      return TRUE;
    }

  gtk_label_set_text (self->problem, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  return FALSE;
}

/* Takes a value, after Return, or because the focus goes elsewhere: what was typed would be
 * lost. */
static void
on_value_typed (WsiFrameEditor *self)
{
  wsi_frame_editor_take_value (self);
}

static void
on_allowed_changed (WsiFrameEditor *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ALLOWED]);
}

static void
wsi_frame_editor_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *spec)
{
  g_value_set_boolean (value, wsi_frame_editor_is_allowed (WSI_FRAME_EDITOR (object)));
}

static void
wsi_frame_editor_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wsi_frame_editor_parent_class)->dispose (object);
}

static void
wsi_frame_editor_finalize (GObject *object)
{
  wsi_frame_draft_clear (&WSI_FRAME_EDITOR (object)->draft);
  g_free (WSI_FRAME_EDITOR (object)->shown);
  G_OBJECT_CLASS (wsi_frame_editor_parent_class)->finalize (object);
}

static void
wsi_frame_editor_class_init (WsiFrameEditorClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_frame_editor_dispose;
  object_class->finalize = wsi_frame_editor_finalize;
  object_class->get_property = wsi_frame_editor_get_property;
  props[PROP_ALLOWED] = g_param_spec_boolean ("allowed", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (WSI_TYPE_BIT_DIAGRAM);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-frame-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiFrameEditor, allowed);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameEditor, diagram);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameEditor, field);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameEditor, meaning);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameEditor, problem);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameEditor, value);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameEditor, warning);
  gtk_widget_class_bind_template_callback (widget_class, frame_editor_show_field);
  gtk_widget_class_bind_template_callback (widget_class, on_value_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_allowed_changed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_frame_editor_init (WsiFrameEditor *self)
{
  wsi_frame_draft_init (&self->draft, WSP_ROLE_CLIENT);
  gtk_widget_init_template (GTK_WIDGET (self));
  frame_editor_show_frame (self);
}

void
wsi_frame_editor_begin (WsiFrameEditor *self,
                        guint           opcode)
{
  g_autoptr (GBytes) payload = g_bytes_ref (self->draft.payload);

  wsi_frame_draft_clear (&self->draft);
  wsi_frame_draft_init (&self->draft, self->sender);
  self->draft.header.opcode = opcode;
  wsi_frame_editor_set_payload (self, payload);
}

void
wsi_frame_editor_set_sender (WsiFrameEditor *self,
                             WspRole         sender)
{
  if (sender == self->sender)
    return;

  self->sender = sender;
  wsi_frame_editor_begin (self, WSI_OPCODE_TEXT);
}

void
wsi_frame_editor_set_payload (WsiFrameEditor *self,
                              GBytes         *payload)
{
  wsi_frame_draft_set_payload (&self->draft, payload);
  frame_editor_show_frame (self);
}

GBytes *
wsi_frame_editor_write (WsiFrameEditor *self)
{
  return wsi_frame_draft_write (&self->draft);
}

gboolean
wsi_frame_editor_is_allowed (WsiFrameEditor *self)
{
  return gtk_switch_get_active (self->allowed);
}
