/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/message/wsi-message-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/memory/wsi-bytes.h"
#include "ui/message/wsi-content.h"
#include "ui/message/wsi-message-facts.h"
#include "ui/message/wsi-payload-file.h"
#include "ui/parts/wsi-copy.h"
#include "ui/parts/wsi-drop-down.h"

struct _WsiMessagePage
{
  GtkWidget        parent_instance;

  GtkStack        *stack, *views;
  GtkLabel        *title, *sizes, *close, *fault, *notice;
  GtkWidget       *all_button, *tools;
  GtkDropDown     *decoder, *byte_view;
  GtkStringList   *decoder_names;
  GtkToggleButton *text_button, *tree_button, *hex_button;
  GtkCheckButton  *layout_button;
  WsiTextView     *text;
  WsiTreeView     *tree;
  WsiHexView      *hex;

  WsiInterpreter  *interpreter; /* NULL = none */
  WsiRow          *row;         /* NULL = none */
  WsiContent      *content;
  const WsiDecoder *chosen;     /* without an interpreter; NULL = it is guessed */
  const WsiDecoder *shown;      /* by which the message is shown; NULL = not read yet */
  gboolean         is_filling;  /* buttons change because another message is shown */
  GtkToggleButton *wanted[2];   /* the view that the user wants for text and for binary, or NULL */
};

G_DEFINE_FINAL_TYPE (WsiMessagePage, wsi_message_page, GTK_TYPE_WIDGET)

enum
{
  SHOW_COLUMN,
  FILTER_ON,
  DECODER_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Each is an action of the tree, too. */
static const char *const tree_actions[] = {
  "message.copy-value", "message.show-column", "message.filter-on",
};

/* NULL or empty: the label has no place. */
static void
set_label (GtkLabel   *label,
           const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static gboolean
is_text (WsiMessagePage *self)
{
  return wsi_content_get_message (self->content)->record.message_opcode == 1;
}

static gboolean
is_close (WsiMessagePage *self)
{
  return wsp_frame_record_get_kind (wsi_row_get_frame (self->row)) == WSP_FRAME_KIND_CLOSE;
}

static WsiReading *
make_reading (WsiMessagePage *self)
{
  g_autoptr (GBytes) bytes = wsi_content_dup_shown (self->content);
  g_autoptr (GBytes) beginning =
    g_bytes_new_from_bytes (bytes, 0, MIN (g_bytes_get_size (bytes), WSI_DECODE_MAX_LENGTH));
  WsiReading *reading = wsi_reading_new (self->interpreter, wsi_content_get_store (self->content),
                                         wsi_content_get_number (self->content), beginning);

  if (is_close (self))
    reading->decoder = g_bytes_get_size (bytes) < g_bytes_get_size (
      wsi_content_get_bytes (self->content, WSI_VIEW_INFLATED)) ? &wsi_text_decoder
                                                                 : &wsi_bytes_decoder;
  if (self->chosen != NULL)
    {
      reading->decoder = self->chosen;
      reading->is_guess = FALSE;
    }
  return reading;
}

static guint
find_position (const WsiDecoder *decoder)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoders_get_all (&n_decoders);

  for (guint i = 0; i < n_decoders; i++)
    if (decoders[i] == decoder)
      return i + 1;
  return 0;
}

/* The first choice is the guess. */
static void
show_decoder (WsiMessagePage   *self,
              const WsiReading *reading)
{
  g_autofree char *guess = reading->is_guess
                           ? g_strdup_printf (_("%s (guessed)"), reading->decoder->title)
                           : g_strdup (_("Guess"));
  const char *const names[] = { guess, NULL };

  self->is_filling = TRUE;
  gtk_string_list_splice (self->decoder_names, 0, 1, names);
  gtk_drop_down_set_selected (self->decoder,
                              reading->is_guess ? 0 : find_position (reading->decoder));
  self->is_filling = FALSE;
}

static GtkToggleButton *
choose_button (WsiMessagePage   *self,
               const WsiReading *reading)
{
  GtkToggleButton *wanted = self->wanted[is_text (self)];

  if (wanted != NULL)
    return wanted;
  if (reading->decoder == &wsi_bytes_decoder)
    return self->hex_button;
  if (reading->input.form == WSI_MESSAGE_TEXT || reading->decoder == &wsi_text_decoder)
    return self->text_button;
  return reading->is_likely ? self->tree_button : self->hex_button;
}

static gboolean
is_active (GtkToggleButton *button)
{
  return gtk_toggle_button_get_active (button);
}

static void
show_notice (WsiMessagePage *self)
{
  g_autofree char *text = wsi_message_facts_make_notice (self->content,
                                                         is_active (self->tree_button)
                                                         ? WSI_DECODE_MAX_LENGTH : G_MAXSIZE);

  set_label (self->notice, text);
  gtk_widget_set_visible (self->all_button, wsi_content_is_limited (self->content));
}

static void
show_text (WsiMessagePage *self)
{
  g_autoptr (GBytes) bytes = wsi_content_dup_shown (self->content);
  const char *at = wsi_bytes_get_data (bytes, NULL);
  gboolean may_be_json = at != NULL && strchr ("{[", *at) != NULL && *at != '\0';
  gboolean is_indented = may_be_json && gtk_check_button_get_active (self->layout_button);

  gtk_widget_set_visible (GTK_WIDGET (self->layout_button), may_be_json);
  wsi_text_view_set_bytes (self->text, bytes, is_indented ? WSI_TEXT_JSON : WSI_TEXT_AS_IT_IS);
}

/* A view is filled when it is seen. */
static void
clear_views (WsiMessagePage *self)
{
  wsi_text_view_set_bytes (self->text, NULL, WSI_TEXT_AS_IT_IS);
  wsi_tree_view_set_reading (self->tree, NULL);
  wsi_hex_view_set_bytes (self->hex, NULL);
}

static void
show_bytes (WsiMessagePage *self)
{
  WsiView view = gtk_drop_down_get_selected (self->byte_view);
  WsiContentState state = wsi_content_read (self->content, view);

  wsi_hex_view_set_bytes (self->hex, wsi_content_get_bytes (self->content, view));
  gtk_stack_set_visible_child_name (self->views, state == WSI_CONTENT_READING ? "reading" : "hex");
}

static void
enable_actions (WsiMessagePage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (tree_actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), tree_actions[i],
                                   is_active (self->tree_button));
}

/* The message is there. */
static void
fill (WsiMessagePage *self)
{
  WsiReading *reading = make_reading (self);

  if (self->shown == NULL)
    {
      self->is_filling = TRUE;
      gtk_toggle_button_set_active (choose_button (self, reading), TRUE);
      self->is_filling = FALSE;
    }
  self->shown = reading->decoder;
  enable_actions (self);
  show_decoder (self, reading);
  show_notice (self);
  clear_views (self);
  if (is_active (self->tree_button))
    {
      gtk_stack_set_visible_child_name (self->views, "tree");
      wsi_tree_view_set_reading (self->tree, g_steal_pointer (&reading));
      return;
    }

  wsi_reading_free (reading);
  if (is_active (self->hex_button))
    {
      show_bytes (self);
      return;
    }
  gtk_stack_set_visible_child_name (self->views, "text");
  show_text (self);
}

/* A payload that cannot be inflated is shown as it was sent. */
static void
show_missing (WsiMessagePage *self)
{
  gboolean is_there = wsi_content_read (self->content, WSI_VIEW_UNMASKED) == WSI_CONTENT_READ;

  show_notice (self);
  clear_views (self);
  if (!is_there)
    {
      gtk_stack_set_visible_child_name (self->views, "missing");
      return;
    }

  self->is_filling = TRUE;
  gtk_toggle_button_set_active (self->hex_button, TRUE);
  self->is_filling = FALSE;
  wsi_hex_view_set_bytes (self->hex, wsi_content_get_bytes (self->content, WSI_VIEW_UNMASKED));
  gtk_stack_set_visible_child_name (self->views, "hex");
}

static void
show_content (WsiMessagePage *self)
{
  g_autofree char *close = NULL;
  GBytes *bytes;

  if (self->content == NULL || !gtk_widget_get_visible (self->tools))
    return;

  switch (wsi_content_read (self->content, WSI_VIEW_INFLATED))
    {
    case WSI_CONTENT_UNREAD:
    case WSI_CONTENT_READING:
      gtk_stack_set_visible_child_name (self->views, "reading");
      return;
    case WSI_CONTENT_MISSING:
      show_missing (self);
      return;
    case WSI_CONTENT_READ:
      break;
    }

  bytes = wsi_content_get_bytes (self->content, WSI_VIEW_INFLATED);
  close = wsi_message_facts_explain_close (self->row, bytes);
  set_label (self->close, close);
  if (g_bytes_get_size (bytes) > 0)
    fill (self);
  else
    gtk_stack_set_visible_child_name (self->views, "empty");
}

static void
on_view_toggled (WsiMessagePage  *self,
                 GtkToggleButton *button)
{
  if (self->is_filling || self->content == NULL || !is_active (button))
    return;

  self->wanted[is_text (self)] = button;
  show_content (self);
}

static void
on_layout_toggled (WsiMessagePage *self)
{
  if (self->shown != NULL && is_active (self->text_button))
    show_text (self);
}

static void
on_byte_view_selected (WsiMessagePage *self)
{
  if (self->content != NULL && is_active (self->hex_button))
    show_bytes (self);
}

static void
on_decoder_selected (WsiMessagePage *self)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoders_get_all (&n_decoders);
  guint position = gtk_drop_down_get_selected (self->decoder);
  const WsiDecoder *decoder = position > 0 && position <= n_decoders ? decoders[position - 1]
                                                                     : NULL;
  const WsiRecord *record;

  if (self->is_filling || self->content == NULL)
    return;

  record = &wsi_content_get_message (self->content)->record;
  if (self->interpreter != NULL)
    wsi_interpreter_set_decoder (self->interpreter, record->conversation, record->direction,
                                 decoder);
  else
    self->chosen = decoder;
  show_content (self);
  g_signal_emit (self, signals[DECODER_CHOSEN], 0);
}

static void
on_show_column (WsiMessagePage *self,
                const char     *path,
                const char     *value)
{
  g_signal_emit (self, signals[SHOW_COLUMN], 0, path, value);
}

static void
on_filter_on (WsiMessagePage *self,
              const char     *path,
              const char     *value)
{
  g_signal_emit (self, signals[FILTER_ON], 0, path, value);
}

static void
activate_copy (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiMessagePage *self = WSI_MESSAGE_PAGE (widget);
  g_autoptr (GBytes) bytes = NULL;

  if (self->content == NULL || wsi_content_get_bytes (self->content, WSI_VIEW_INFLATED) == NULL)
    return;

  bytes = wsi_content_dup_shown (self->content);
  wsi_copy_bytes (widget, bytes, self->shown == &wsi_bytes_decoder ? WSI_LINES_HEX
                                                                   : WSI_LINES_TEXT);
}

static void
activate_save (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiContent *content = WSI_MESSAGE_PAGE (widget)->content;

  if (content != NULL && wsi_content_get_bytes (content, WSI_VIEW_INFLATED) != NULL)
    wsi_payload_file_save (widget, wsi_content_get_bytes (content, WSI_VIEW_INFLATED));
}

/* The menu of the page reaches the actions of the tree by the same names. */
static void
activate_in_tree (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  WsiMessagePage *self = WSI_MESSAGE_PAGE (widget);
  g_autofree char *action = g_strconcat ("tree", strchr (name, '.'), NULL);

  if (is_active (self->tree_button))
    gtk_widget_activate_action (GTK_WIDGET (self->tree), action, NULL);
}

static void
activate_show_all (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WsiMessagePage *self = WSI_MESSAGE_PAGE (widget);

  if (self->content == NULL)
    return;

  clear_views (self);
  wsi_content_remove_limit (self->content);
  show_content (self);
}

static void
drop_content (WsiMessagePage *self)
{
  if (self->content != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->content, self);
      wsi_content_cancel (self->content);
    }
  g_clear_object (&self->content);
  g_clear_object (&self->row);
  self->shown = NULL;
}

static void
wsi_message_page_dispose (GObject *object)
{
  WsiMessagePage *self = WSI_MESSAGE_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  drop_content (self);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_message_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiMessagePage, stack);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, views);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, title);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, sizes);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, close);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, fault);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, notice);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, all_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, tools);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, decoder);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, decoder_names);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, byte_view);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, text_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, tree_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, hex_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, layout_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, text);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, tree);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, hex);
  gtk_widget_class_bind_template_callback (class, on_view_toggled);
  gtk_widget_class_bind_template_callback (class, on_layout_toggled);
  gtk_widget_class_bind_template_callback (class, on_decoder_selected);
  gtk_widget_class_bind_template_callback (class, on_byte_view_selected);
  gtk_widget_class_bind_template_callback (class, on_show_column);
  gtk_widget_class_bind_template_callback (class, on_filter_on);
}

static void
wsi_message_page_class_init (WsiMessagePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_message_page_dispose;
  signals[SHOW_COLUMN] = g_signal_new ("show-column", WSI_TYPE_MESSAGE_PAGE, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                       G_TYPE_STRING);
  signals[FILTER_ON] = g_signal_new ("filter-on", WSI_TYPE_MESSAGE_PAGE, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                     G_TYPE_STRING);
  signals[DECODER_CHOSEN] = g_signal_new ("decoder-chosen", WSI_TYPE_MESSAGE_PAGE,
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (WSI_TYPE_TEXT_VIEW);
  g_type_ensure (WSI_TYPE_TREE_VIEW);
  g_type_ensure (WSI_TYPE_HEX_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/message/wsi-message-page.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "message.copy", NULL, activate_copy);
  gtk_widget_class_install_action (widget_class, "message.show-all", NULL, activate_show_all);
  gtk_widget_class_install_action (widget_class, "message.save", NULL, activate_save);
  for (guint i = 0; i < G_N_ELEMENTS (tree_actions); i++)
    gtk_widget_class_install_action (widget_class, tree_actions[i], NULL, activate_in_tree);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_message_page_init (WsiMessagePage *self)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoders_get_all (&n_decoders);

  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->decoder, _("Format of the message"));
  wsi_drop_down_set_name (self->byte_view, _("Bytes shown"));
  for (gsize i = 0; i < n_decoders; i++)
    gtk_string_list_append (self->decoder_names, decoders[i]->title);
}

void
wsi_message_page_set_interpreter (WsiMessagePage *self,
                                  WsiInterpreter *interpreter)
{
  self->interpreter = interpreter;
  show_content (self);
}

static void
show_facts (WsiMessagePage *self)
{
  g_autofree char *title = wsi_message_facts_make_title (self->content);
  g_autofree char *sizes = wsi_message_facts_make_sizes (self->content);
  g_autofree char *fault = wsi_message_facts_list_faults (self->row);

  set_label (self->title, title);
  set_label (self->sizes, sizes);
  set_label (self->fault, fault);
  set_label (self->close, NULL);
}

void
wsi_message_page_set_row (WsiMessagePage *self,
                          WsiRow         *row)
{
  gboolean is_event;

  drop_content (self);
  clear_views (self);
  gtk_stack_set_visible_child_name (self->stack, row != NULL ? "message" : "none");
  if (row == NULL)
    return;

  self->row = g_object_ref (row);
  self->content = wsi_content_new (row);
  g_signal_connect_swapped (self->content, "changed", G_CALLBACK (show_content), self);
  is_event = wsi_content_get_message (self->content)->record.kind == WSI_RECORD_KIND_EVENT;
  gtk_widget_set_visible (self->tools, !is_event);
  show_facts (self);
  show_notice (self);
  if (is_event)
    gtk_stack_set_visible_child_name (self->views, "event");
  else
    show_content (self);
}

void
wsi_message_page_show_view (WsiMessagePage *self,
                            const char     *name)
{
  GtkToggleButton *button = g_str_equal (name, "text") ? self->text_button
                            : g_str_equal (name, "tree") ? self->tree_button : self->hex_button;

  gtk_toggle_button_set_active (button, TRUE);
}

const char *
wsi_message_page_get_view (WsiMessagePage *self)
{
  return gtk_stack_get_visible_child_name (self->views);
}

gboolean
wsi_message_page_is_ready (WsiMessagePage *self)
{
  return self->content == NULL
         || (!g_str_equal (wsi_message_page_get_view (self), "reading")
             && wsi_text_view_is_ready (self->text) && wsi_tree_view_is_ready (self->tree)
             && wsi_hex_view_is_ready (self->hex));
}

WsiTextView *
wsi_message_page_get_text (WsiMessagePage *self)
{
  return self->text;
}

WsiTreeView *
wsi_message_page_get_tree (WsiMessagePage *self)
{
  return self->tree;
}

WsiHexView *
wsi_message_page_get_hex (WsiMessagePage *self)
{
  return self->hex;
}
