/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-draft-editor.h"

#include <glib/gi18n.h>

#include "inspect/compose/wsi-draft-verdict.h"
#include "ui/composer/wsi-draft-text.h"
#include "ui/parts/wsi-drop-down.h"
#include "ui/parts/wsi-wrap-box.h"

#define JUDGE_MS 250            /* time from the last key to the check of the text */

/* The items of message_type. */
enum { TYPE_TEXT, TYPE_BINARY, TYPE_PING, TYPE_CLOSE };

struct _WsiDraftEditor
{
  GtkBox           parent_instance;

  GtkDropDown     *form, *message_type;
  GtkCheckButton  *compressed;
  GtkWidget       *fragments;
  GtkStack        *contents;    /* stack with the text and the file */
  WsiDraftText    *text;
  GtkTextBuffer   *buffer;      /* buffer of the text */
  GtkWidget       *verdict;     /* sentence about the text */
  GtkLabel        *file;
  char            *path;        /* path of the file to send; "" = none */
  GtkNativeDialog *chooser;     /* dialog that chooses a file; NULL = none */
  guint            judging;     /* source id of the next check of the text; 0 = none */
  gboolean         is_filling;  /* a draft is being set: its text comes after its form */
};

enum
{
  CHANGED,
  REFUSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiDraftEditor, wsi_draft_editor, GTK_TYPE_BOX)

static void
set_file (WsiDraftEditor *self,
          const char     *path)
{
  g_autofree char *shown = *path != '\0' ? g_filename_display_name (path) : NULL;

  g_free (self->path);
  self->path = g_strdup (path);
  gtk_label_set_text (self->file, shown != NULL ? shown : _("No file is chosen"));
}

static WsiDraftKind
draft_editor_get_kind (WsiDraftEditor *self)
{
  switch (gtk_drop_down_get_selected (self->message_type))
    {
    case TYPE_PING:
      return WSI_DRAFT_PING;
    case TYPE_CLOSE:
      return WSI_DRAFT_CLOSE;
    default:
      return WSI_DRAFT_MESSAGE;
    }
}

static void
show_verdict (WsiDraftEditor        *self,
              const char            *text,
              const WsiDraftVerdict *verdict)
{
  wsi_draft_text_show_verdict (self->text, text, verdict);
  gtk_label_set_text (GTK_LABEL (self->verdict),
                      verdict->sentence != NULL ? verdict->sentence : "");
  gtk_widget_set_tooltip_text (self->verdict, verdict->sentence);
  if (verdict->is_wrong)
    gtk_widget_add_css_class (self->verdict, "error");
  else
    gtk_widget_remove_css_class (self->verdict, "error");
}

static void
draft_editor_judge (WsiDraftEditor *self)
{
  g_autoptr (WsiDraft) draft = wsi_draft_editor_make_draft (self);
  g_auto (WsiDraftVerdict) verdict = { 0 };

  g_clear_handle_id (&self->judging, g_source_remove);
  wsi_draft_verdict_init (&verdict, draft);
  show_verdict (self, draft->text, &verdict);
}

static gboolean
on_judge (gpointer data)
{
  WsiDraftEditor *self = data;

  self->judging = 0;
  draft_editor_judge (self);
  return G_SOURCE_REMOVE;
}

static void
judge_later (WsiDraftEditor *self)
{
  g_clear_handle_id (&self->judging, g_source_remove);
  self->judging = g_timeout_add (JUDGE_MS, on_judge, self);
}

static void
on_type_changed (WsiDraftEditor *self)
{
  gboolean is_message = draft_editor_get_kind (self) == WSI_DRAFT_MESSAGE;

  gtk_widget_set_sensitive (GTK_WIDGET (self->compressed), is_message);
  gtk_widget_set_sensitive (self->fragments, is_message);
}

/* Text and JSON are text messages, bytes are binary ones, until the user says otherwise.  A file is
 * a message. */
static void
on_form_changed (WsiDraftEditor *self)
{
  WsiDraftForm form = gtk_drop_down_get_selected (self->form);
  gboolean is_binary = form != WSI_FORM_TEXT && form != WSI_FORM_JSON;
  gboolean has_verdict = form != WSI_FORM_TEXT && form != WSI_FORM_FILE;

  gtk_stack_set_visible_child_name (self->contents, form == WSI_FORM_FILE ? "file" : "text");
  if (draft_editor_get_kind (self) == WSI_DRAFT_MESSAGE || form == WSI_FORM_FILE)
    gtk_drop_down_set_selected (self->message_type, is_binary ? TYPE_BINARY : TYPE_TEXT);
  wsi_draft_text_set_form (self->text, form);
  gtk_widget_set_visible (self->verdict, has_verdict);
  gtk_widget_set_hexpand (self->fragments, !has_verdict);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "draft.lay-out",
                                 wsi_draft_form_has_layout (form));
  if (!self->is_filling)
    draft_editor_judge (self);
}

static void
draft_editor_on_text_changed (WsiDraftEditor *self)
{
  judge_later (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
draft_editor_on_refused (WsiDraftEditor *self,
                         const char     *sentence)
{
  g_signal_emit (self, signals[REFUSED], 0, sentence);
}

static void
on_fragments_changed (WsiDraftEditor *self)
{
  gtk_widget_remove_css_class (self->fragments, "error");
}

static void
draft_editor_on_file_chosen (WsiDraftEditor *self,
                             int             response)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    set_file (self, path);
  g_clear_object (&self->chooser);
}

static void
activate_choose_file (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  WsiDraftEditor *self = WSI_DRAFT_EDITOR (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_("File to Send"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _("_Choose"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (draft_editor_on_file_chosen), self,
                           G_CONNECT_SWAPPED);
  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (dialog);
  gtk_native_dialog_show (self->chooser);
}

static void
activate_lay_out (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  wsi_draft_text_lay_out (WSI_DRAFT_EDITOR (widget)->text);
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WSI_DRAFT_EDITOR (widget)->text));
}

static void
wsi_draft_editor_dispose (GObject *object)
{
  WsiDraftEditor *self = WSI_DRAFT_EDITOR (object);

  g_clear_handle_id (&self->judging, g_source_remove);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (wsi_draft_editor_parent_class)->dispose (object);
}

static void
wsi_draft_editor_finalize (GObject *object)
{
  g_free (WSI_DRAFT_EDITOR (object)->path);
  G_OBJECT_CLASS (wsi_draft_editor_parent_class)->finalize (object);
}

static void
wsi_draft_editor_class_init (WsiDraftEditorClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_draft_editor_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_draft_editor_finalize;
  widget_class->grab_focus = grab_focus;
  signals[CHANGED] = g_signal_new ("changed", WSI_TYPE_DRAFT_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[REFUSED] = g_signal_new ("refused", WSI_TYPE_DRAFT_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (WSI_TYPE_DRAFT_TEXT);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-draft-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, form);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, message_type);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, compressed);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, fragments);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, contents);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, text);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, verdict);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, file);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_fragments_changed);
  gtk_widget_class_bind_template_callback (widget_class, draft_editor_on_refused);
  gtk_widget_class_bind_template_callback (widget_class, on_type_changed);
  gtk_widget_class_install_action (widget_class, "draft.choose-file", NULL, activate_choose_file);
  gtk_widget_class_install_action (widget_class, "draft.lay-out", NULL, activate_lay_out);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "draft.lay-out", NULL);
}

static void
wsi_draft_editor_init (WsiDraftEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->form, _("How the text is read"));
  wsi_drop_down_set_name (self->message_type, _("Opcode"));
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text));
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (draft_editor_on_text_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "draft.lay-out", FALSE);
  set_file (self, "");
}

void
wsi_draft_editor_set_draft (WsiDraftEditor *self,
                            const WsiDraft *draft)
{
  self->is_filling = TRUE;
  gtk_drop_down_set_selected (self->form, draft->form);
  self->is_filling = FALSE;
  gtk_drop_down_set_selected (self->message_type,
                              draft->kind == WSI_DRAFT_PING ? TYPE_PING
                              : draft->kind == WSI_DRAFT_CLOSE ? TYPE_CLOSE
                              : draft->message_type == WSP_MESSAGE_TYPE_BINARY ? TYPE_BINARY
                              : TYPE_TEXT);
  gtk_check_button_set_active (self->compressed, draft->compression == WSI_COMPRESSION_NEGOTIATED);
  gtk_editable_set_text (GTK_EDITABLE (self->fragments), draft->fragments);
  if (draft->form == WSI_FORM_FILE)
    set_file (self, draft->text);
  else
    wsi_draft_text_replace (self->text, draft->text);
  draft_editor_judge (self);
}

char *
wsi_draft_editor_dup_text (WsiDraftEditor *self)
{
  return wsi_draft_text_dup (self->text);
}

void
wsi_draft_editor_clear (WsiDraftEditor *self)
{
  if (gtk_drop_down_get_selected (self->form) != WSI_FORM_FILE)
    wsi_draft_text_replace (self->text, "");
}

WsiDraft *
wsi_draft_editor_make_draft (WsiDraftEditor *self)
{
  g_autofree char *text = wsi_draft_text_dup (self->text);
  WsiDraftForm form = gtk_drop_down_get_selected (self->form);
  guint type = gtk_drop_down_get_selected (self->message_type);
  WsiDraft *draft = wsi_draft_new (form, type == TYPE_BINARY ? WSP_MESSAGE_TYPE_BINARY
                                                             : WSP_MESSAGE_TYPE_TEXT,
                                   form != WSI_FORM_FILE ? text : self->path);

  draft->kind = draft_editor_get_kind (self);
  draft->compression = gtk_check_button_get_active (self->compressed)
                       ? WSI_COMPRESSION_NEGOTIATED : WSI_COMPRESSION_NONE;
  g_free (draft->fragments);
  draft->fragments = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->fragments)));
  return draft;
}

void
wsi_draft_editor_begin (WsiDraftEditor *self,
                        const char     *text)
{
  if (gtk_text_buffer_get_char_count (self->buffer) == 0)
    gtk_text_buffer_set_text (self->buffer, text, -1);
}

gboolean
wsi_draft_editor_show_mistake (WsiDraftEditor *self,
                               WsiDraftField   field,
                               const GError   *error)
{
  g_autofree char *text = NULL;
  g_auto (WsiDraftVerdict) verdict = { 0 };

  if (field == WSI_DRAFT_FIELD_FRAGMENTS)
    {
      gtk_widget_add_css_class (self->fragments, "error");
      gtk_widget_grab_focus (self->fragments);
      return FALSE;
    }

  text = wsi_draft_text_dup (self->text);
  wsi_draft_verdict_init_error (&verdict, text, error);
  g_clear_handle_id (&self->judging, g_source_remove);
  show_verdict (self, text, &verdict);
  wsi_draft_text_go_to_mistake (self->text);
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
  return gtk_widget_get_visible (self->verdict);
}
