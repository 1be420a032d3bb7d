/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-draft-editor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text-error.h"
#include "ui/parts/wsi-wrap-box.h"

/* The items of message_type. */
enum { TYPE_TEXT, TYPE_BINARY, TYPE_PING, TYPE_CLOSE };

struct _WsiDraftEditor
{
  GtkBox           parent_instance;

  GtkDropDown     *form, *message_type;
  GtkCheckButton  *compressed;
  GtkWidget       *fragments;
  GtkStack        *contents;    /* text or file */
  GtkTextView     *text;
  GtkTextBuffer   *buffer;      /* of the text */
  GtkTextTag      *wrong;       /* in the buffer */
  GtkLabel        *file;
  char            *path;        /* of the file; "" = none */
  GtkNativeDialog *chooser;     /* of a file; NULL = none */
};

enum
{
  CHANGED,
  REFUSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiDraftEditor, wsi_draft_editor, GTK_TYPE_BOX)

static char *
dup_text (WsiDraftEditor * self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, TRUE);
}

/* The user can take it back, unlike gtk_text_buffer_set_text (). */
static void
replace_text (WsiDraftEditor *self,
              const char     *text)
{
  GtkTextIter start, end;

  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert (self->buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (self->buffer);
}

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
get_kind (WsiDraftEditor *self)
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
on_type_changed (WsiDraftEditor *self)
{
  gboolean is_message = get_kind (self) == WSI_DRAFT_MESSAGE;

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

  gtk_stack_set_visible_child_name (self->contents, form == WSI_FORM_FILE ? "file" : "text");
  if (get_kind (self) == WSI_DRAFT_MESSAGE || form == WSI_FORM_FILE)
    gtk_drop_down_set_selected (self->message_type, is_binary ? TYPE_BINARY : TYPE_TEXT);
  gtk_text_view_set_monospace (self->text, form != WSI_FORM_TEXT);
}

static void
on_text_changed (WsiDraftEditor *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_remove_tag (self->buffer, self->wrong, &start, &end);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_fragments_changed (WsiDraftEditor *self)
{
  gtk_widget_remove_css_class (self->fragments, "error");
}

/* A text view is slow with megabytes, and so would the editor be. */
static void
on_insert (WsiDraftEditor *self,
           GtkTextIter    *place,
           char           *text,
           int             length)
{
  g_autofree char *sentence = NULL;

  if ((gsize) gtk_text_buffer_get_char_count (self->buffer) + length <= WSI_DRAFT_MAX_TEXT)
    return;

  g_signal_stop_emission_by_name (self->buffer, "insert-text");
  sentence = g_strdup_printf (_("The text is too long: expected at most %d bytes. Send a file."),
                              WSI_DRAFT_MAX_TEXT);
  g_signal_emit (self, signals[REFUSED], 0, sentence);
}

static void
on_file_chosen (WsiDraftEditor *self,
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
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self,
                           G_CONNECT_SWAPPED);
  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (dialog);
  gtk_native_dialog_show (self->chooser);
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WSI_DRAFT_EDITOR (widget)->text));
}

static void
wsi_draft_editor_dispose (GObject *object)
{
  g_clear_object (&WSI_DRAFT_EDITOR (object)->chooser);
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

  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-draft-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, form);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, message_type);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, compressed);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, fragments);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, contents);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, text);
  gtk_widget_class_bind_template_child (widget_class, WsiDraftEditor, file);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_fragments_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_type_changed);
  gtk_widget_class_install_action (widget_class, "draft.choose-file", NULL, activate_choose_file);
}

static void
wsi_draft_editor_init (WsiDraftEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->buffer = gtk_text_view_get_buffer (self->text);
  self->wrong = gtk_text_buffer_create_tag (self->buffer, NULL, "underline",
                                            PANGO_UNDERLINE_ERROR, NULL);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (on_text_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->buffer, "insert-text", G_CALLBACK (on_insert), self,
                           G_CONNECT_SWAPPED);
  set_file (self, "");
}

void
wsi_draft_editor_set_draft (WsiDraftEditor *self,
                            const WsiDraft *draft)
{
  gtk_drop_down_set_selected (self->form, draft->form);
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
    replace_text (self, draft->text);
}

void
wsi_draft_editor_clear (WsiDraftEditor *self)
{
  if (gtk_drop_down_get_selected (self->form) != WSI_FORM_FILE)
    replace_text (self, "");
}

WsiDraft *
wsi_draft_editor_make_draft (WsiDraftEditor *self)
{
  g_autofree char *text = dup_text (self);
  WsiDraftForm form = gtk_drop_down_get_selected (self->form);
  guint type = gtk_drop_down_get_selected (self->message_type);
  WsiDraft *draft = wsi_draft_new (form, type == TYPE_BINARY ? WSP_MESSAGE_TYPE_BINARY
                                                             : WSP_MESSAGE_TYPE_TEXT,
                                   form != WSI_FORM_FILE ? text : self->path);

  draft->kind = get_kind (self);
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

static void
underline (WsiDraftEditor *self,
           gsize           at)
{
  g_autofree char *text = dup_text (self);
  GtkTextIter start, end;

  at = MIN (at, strlen (text));
  gtk_text_buffer_get_iter_at_offset (self->buffer, &start,
                                      g_utf8_pointer_to_offset (text, text + at));
  gtk_text_buffer_place_cursor (self->buffer, &start);
  if (gtk_text_iter_is_end (&start))
    gtk_text_iter_backward_char (&start);
  end = start;
  gtk_text_iter_forward_char (&end);
  gtk_text_buffer_apply_tag (self->buffer, self->wrong, &start, &end);
  gtk_text_view_scroll_mark_onscreen (self->text, gtk_text_buffer_get_insert (self->buffer));
}

void
wsi_draft_editor_show_mistake (WsiDraftEditor *self,
                               WsiDraftField   field,
                               const GError   *error)
{
  gsize at;

  if (field == WSI_DRAFT_FIELD_FRAGMENTS)
    {
      gtk_widget_add_css_class (self->fragments, "error");
      gtk_widget_grab_focus (self->fragments);
      return;
    }

  if (wsi_text_error_get_place (error, &at))
    underline (self, at);
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}
