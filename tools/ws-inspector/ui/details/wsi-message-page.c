/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-message-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "ui/details/wsi-decoder-menu.h"
#include "ui/details/wsi-message-facts.h"
#include "ui/parts/wsi-drop-down.h"
#include "ui/parts/wsi-wrap-box.h"

struct _WsiMessagePage
{
  GtkWidget        parent_instance;

  GtkStack        *stack, *views;
  GtkLabel        *title, *sizes, *close, *fault, *notice;
  GtkWidget       *all_button, *tools;
  WsiDecoderMenu  *decoder;
  GtkDropDown     *byte_view;
  GtkToggleButton *text_button, *tree_button, *hex_button;
  GtkCheckButton  *layout_button;
  WsiTextView     *text;
  WsiTreeView     *tree;
  WsiHexView      *hex;

  WsiPairButton   *pair;

  WsiLearner      *learner;     /* learner of the session; NULL = none */
  WsiRow          *row;         /* row that is shown; NULL = none */
  WsiContent      *content;
  WsiRedaction     redaction;   /* how secrets of sentences are hidden */
  const WsiDecoder *chosen;     /* chosen decoder, without an interpreter; NULL = guess */
  const WsiDecoder *shown;      /* decoder of the shown message; NULL = not read yet */
  gboolean         is_filling;  /* buttons change because another message is shown */
  GtkToggleButton *wanted[2];   /* views that the user wants for text and for binary, or NULL */
};

G_DEFINE_FINAL_TYPE (WsiMessagePage, wsi_message_page, GTK_TYPE_WIDGET)

enum
{
  SHOW_COLUMN,
  FILTER_ON,
  GO_TO,
  DECODER_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Actions of the page that are actions of the tree, too. */
static const char *const tree_actions[] = {
  "message.copy-value", "message.copy-path", "message.show-column", "message.filter-on",
};

/* Sets a label; NULL or empty: it takes no place. */
static void
message_page_set_label (GtkLabel   *label,
                        const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static gboolean
message_page_is_text (WsiMessagePage *self)
{
  return wsi_content_get_message (self->content)->record.message_opcode == 1;
}

static gboolean
message_page_is_close (WsiMessagePage *self)
{
  return wsp_frame_record_get_kind (wsi_row_get_frame (self->row)) == WSP_FRAME_KIND_CLOSE;
}

/* The interpreter.  NULL: there is none. */
static WsiInterpreter *
get_interpreter (WsiMessagePage *self)
{
  return self->learner != NULL ? wsi_learner_get_interpreter (self->learner) : NULL;
}

static WsiReading *
make_reading (WsiMessagePage *self)
{
  g_autoptr (GBytes) bytes = wsi_content_dup_shown (self->content);
  g_autoptr (GBytes) beginning =
    g_bytes_new_from_bytes (bytes, 0, MIN (g_bytes_get_size (bytes), WSI_DECODE_MAX_LENGTH));
  WsiStore *store = wsi_content_get_store (self->content);
  WsiReading *reading = wsi_reading_new (get_interpreter (self), store,
                                         wsi_content_get_number (self->content), beginning);

  if (message_page_is_close (self))
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

static GtkToggleButton *
choose_button (WsiMessagePage   *self,
               const WsiReading *reading)
{
  GtkToggleButton *wanted = self->wanted[message_page_is_text (self)];

  if (wanted != NULL)
    return wanted;
  if (reading->decoder == &wsi_bytes_decoder)
    return self->hex_button;
  if (reading->input.form == WSI_MESSAGE_TEXT || reading->decoder == &wsi_text_decoder)
    return self->text_button;
  return wsi_reading_is_likely (reading) ? self->tree_button : self->hex_button;
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

  message_page_set_label (self->notice, text);
  gtk_widget_set_visible (self->all_button, wsi_content_is_limited (self->content));
}

static void
message_page_show_text (WsiMessagePage *self)
{
  g_autoptr (GBytes) bytes = wsi_content_dup_shown (self->content);
  const char *at = wsi_bytes_get_data (bytes, NULL);
  gboolean may_be_json = at != NULL && strchr ("{[", *at) != NULL && *at != '\0';
  gboolean is_indented = may_be_json && gtk_check_button_get_active (self->layout_button);

  gtk_widget_set_visible (GTK_WIDGET (self->layout_button), may_be_json);
  wsi_text_view_set_bytes (self->text, bytes, is_indented ? WSI_TEXT_JSON : WSI_TEXT_AS_IT_IS);
}

static void
hide_layout_button (WsiMessagePage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->layout_button), FALSE);
}

/* Clears the views; each is filled when it is seen. */
static void
clear_views (WsiMessagePage *self)
{
  wsi_text_view_set_bytes (self->text, NULL, WSI_TEXT_AS_IT_IS);
  wsi_tree_view_set_reading (self->tree, NULL);
  wsi_hex_view_set_bytes (self->hex, NULL);
}

static void
message_page_show_bytes (WsiMessagePage *self)
{
  WsiView view = gtk_drop_down_get_selected (self->byte_view);
  WsiContentState state = wsi_content_read (self->content, view);

  wsi_hex_view_set_bytes (self->hex, wsi_content_get_bytes (self->content, view));
  gtk_stack_set_visible_child_name (self->views, state == WSI_CONTENT_READING ? "reading" : "hex");
}

static void
message_page_enable_actions (WsiMessagePage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (tree_actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), tree_actions[i],
                                   is_active (self->tree_button));
}

/* Fills the page with the message, which was read. */
static void
message_page_fill (WsiMessagePage *self)
{
  WsiReading *reading = make_reading (self);

  if (self->shown == NULL)
    {
      self->is_filling = TRUE;
      gtk_toggle_button_set_active (choose_button (self, reading), TRUE);
      self->is_filling = FALSE;
    }
  self->shown = reading->decoder;
  message_page_enable_actions (self);
  wsi_decoder_menu_show (self->decoder, reading->decoder, reading->is_guess
                         ? WSI_DECODER_GUESSED : WSI_DECODER_CHOSEN);
  show_notice (self);
  clear_views (self);
  if (!is_active (self->text_button))
    hide_layout_button (self);
  if (is_active (self->tree_button))
    {
      gtk_stack_set_visible_child_name (self->views, "tree");
      wsi_tree_view_set_reading (self->tree, g_steal_pointer (&reading));
      return;
    }

  wsi_reading_free (reading);
  if (is_active (self->hex_button))
    {
      message_page_show_bytes (self);
      return;
    }
  gtk_stack_set_visible_child_name (self->views, "text");
  message_page_show_text (self);
}

/* Shows that a payload is missing; one that cannot be inflated is shown as it was sent. */
static void
message_page_show_missing (WsiMessagePage *self)
{
  gboolean is_there = wsi_content_read (self->content, WSI_VIEW_UNMASKED) == WSI_CONTENT_READ;

  show_notice (self);
  clear_views (self);
  hide_layout_button (self);
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
      message_page_show_missing (self);
      return;
    case WSI_CONTENT_READ:
      break;
    }

  bytes = wsi_content_get_bytes (self->content, WSI_VIEW_INFLATED);
  close = wsi_message_facts_explain_close (self->row, bytes);
  message_page_set_label (self->close, close);
  if (g_bytes_get_size (bytes) > 0)
    {
      message_page_fill (self);
      return;
    }

  hide_layout_button (self);
  gtk_stack_set_visible_child_name (self->views, "empty");
}

static void
on_view_toggled (WsiMessagePage  *self,
                 GtkToggleButton *button)
{
  if (self->is_filling || self->content == NULL || !is_active (button))
    return;

  self->wanted[message_page_is_text (self)] = button;
  show_content (self);
}

static void
on_layout_toggled (WsiMessagePage *self)
{
  if (self->shown != NULL && is_active (self->text_button))
    message_page_show_text (self);
}

static void
on_byte_view_selected (WsiMessagePage *self)
{
  if (self->content != NULL && is_active (self->hex_button))
    message_page_show_bytes (self);
}

/* Chooses a decoder, also for the other messages of this direction, where there is an
 * interpreter. */
static void
message_page_on_decoder_chosen (WsiMessagePage *self)
{
  const WsiDecoder *decoder = wsi_decoder_menu_get_choice (self->decoder);
  const WsiRecord *record;

  if (self->content == NULL)
    return;

  record = &wsi_content_get_message (self->content)->record;
  if (self->learner != NULL)
    wsi_interpreter_set_decoder (get_interpreter (self), record->conversation, record->direction,
                                 decoder);
  else
    self->chosen = decoder;
  show_content (self);
  g_signal_emit (self, signals[DECODER_CHOSEN], 0);
}

static void
message_page_on_show_column (WsiMessagePage *self,
                             const char     *path,
                             const char     *value)
{
  g_signal_emit (self, signals[SHOW_COLUMN], 0, path, value);
}

static void
message_page_on_filter_on (WsiMessagePage *self,
                           const char     *path,
                           const char     *value)
{
  g_signal_emit (self, signals[FILTER_ON], 0, path, value);
}

static void
message_page_on_go_to (WsiMessagePage *self,
                       guint64         number)
{
  g_signal_emit (self, signals[GO_TO], 0, number);
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

/* Reads the rest of a message of which only the first bytes were read. */
static void
message_page_activate_show_all (GtkWidget  *widget,
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

WsiShownMessage
wsi_message_page_get_message (GtkWidget *widget)
{
  WsiMessagePage *self = WSI_MESSAGE_PAGE (widget);

  return (WsiShownMessage) { self->content, self->shown };
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
  wsi_message_page_set_learner (self, NULL);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_message_page_parent_class)->dispose (object);
}

static void
message_page_bind_children (GtkWidgetClass *class)
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
  gtk_widget_class_bind_template_child (class, WsiMessagePage, byte_view);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, text_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, tree_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, hex_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, layout_button);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, text);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, tree);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, hex);
  /* a spinner that is not seen would draw its window for as long as that is open */
  gtk_widget_class_bind_template_callback (class, gtk_spinner_start);
  gtk_widget_class_bind_template_callback (class, gtk_spinner_stop);
  gtk_widget_class_bind_template_callback (class, on_view_toggled);
  gtk_widget_class_bind_template_callback (class, on_layout_toggled);
  gtk_widget_class_bind_template_callback (class, message_page_on_decoder_chosen);
  gtk_widget_class_bind_template_callback (class, on_byte_view_selected);
  gtk_widget_class_bind_template_callback (class, message_page_on_show_column);
  gtk_widget_class_bind_template_child (class, WsiMessagePage, pair);
  gtk_widget_class_bind_template_callback (class, message_page_on_filter_on);
  gtk_widget_class_bind_template_callback (class, message_page_on_go_to);
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
  signals[GO_TO] = g_signal_new ("go-to", WSI_TYPE_MESSAGE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[DECODER_CHOSEN] = g_signal_new ("decoder-chosen", WSI_TYPE_MESSAGE_PAGE,
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (WSI_TYPE_DECODER_MENU);
  g_type_ensure (WSI_TYPE_PAIR_BUTTON);
  g_type_ensure (WSI_TYPE_TEXT_VIEW);
  g_type_ensure (WSI_TYPE_TREE_VIEW);
  g_type_ensure (WSI_TYPE_HEX_VIEW);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/details/wsi-message-page.ui");
  message_page_bind_children (widget_class);
  wsi_message_actions_install (widget_class, wsi_message_page_get_message);
  gtk_widget_class_install_action (widget_class, "message.show-all", NULL,
                                   message_page_activate_show_all);
  for (guint i = 0; i < G_N_ELEMENTS (tree_actions); i++)
    gtk_widget_class_install_action (widget_class, tree_actions[i], NULL, activate_in_tree);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_message_page_init (WsiMessagePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->byte_view, _("Bytes shown"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.compare", FALSE);
}

static void
message_page_on_learned (WsiMessagePage *self)
{
  wsi_pair_button_update (self->pair);
}

/* Shows the message again if it is read in another way now; otherwise its place in the view would
 * be lost. */
static void
on_learned_otherwise (WsiMessagePage *self)
{
  g_autoptr (WsiReading) reading = self->shown != NULL ? make_reading (self) : NULL;

  if (reading != NULL && reading->decoder != self->shown)
    show_content (self);
}

void
wsi_message_page_set_learner (WsiMessagePage *self,
                              WsiLearner     *learner)
{
  if (self->learner != NULL)
    g_signal_handlers_disconnect_by_data (self->learner, self);
  if (learner != self->learner)
    wsi_message_actions_forget (GTK_WIDGET (self));
  g_set_object (&self->learner, learner);
  if (learner == NULL)
    return;

  g_signal_connect_swapped (learner, "learned", G_CALLBACK (message_page_on_learned), self);
  g_signal_connect_swapped (learner, "changed", G_CALLBACK (on_learned_otherwise), self);
  show_content (self);
}

static void
message_page_show_title (WsiMessagePage *self)
{
  g_autofree char *title = wsi_message_facts_make_title (self->content, self->redaction);

  message_page_set_label (self->title, title);
}

static void
show_facts (WsiMessagePage *self)
{
  g_autofree char *sizes = wsi_message_facts_make_sizes (self->content);
  g_autofree char *fault = wsi_message_facts_list_faults (self->row);

  message_page_show_title (self);
  message_page_set_label (self->sizes, sizes);
  message_page_set_label (self->fault, fault);
  message_page_set_label (self->close, NULL);
  wsi_pair_button_set_record (self->pair, wsi_content_get_store (self->content),
                              wsi_content_get_number (self->content));
}

void
wsi_message_page_set_row (WsiMessagePage *self,
                          WsiRow         *row)
{
  gboolean is_event;

  drop_content (self);
  clear_views (self);
  gtk_stack_set_visible_child_name (self->stack, row != NULL ? "message" : "none");
  wsi_pair_button_set_record (self->pair, NULL, 0);
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

gboolean
wsi_message_page_is_ready (WsiMessagePage *self)
{
  return self->content == NULL ||
         (!g_str_equal (gtk_stack_get_visible_child_name (self->views), "reading") &&
          wsi_text_view_is_ready (self->text) && wsi_tree_view_is_ready (self->tree) &&
          wsi_hex_view_is_ready (self->hex));
}

void
wsi_message_page_set_redaction (WsiMessagePage *self,
                                WsiRedaction    level)
{
  self->redaction = level;
  if (self->content != NULL)
    message_page_show_title (self);
}

void
wsi_message_page_set_search (WsiMessagePage *self,
                             const char     *text)
{
  wsi_text_view_set_search (self->text, text);
}
