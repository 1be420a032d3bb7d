/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-draft-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/compose/wsi-draft.h"
#include "ui/composer/wsi-hex-sides.h"
#include "ui/composer/wsi-json-style.h"

/* Pango needs the square of a line to break it at words, and GtkSourceView gives up colours with a
 * critical; longer lines are broken anywhere, and those above not at all. */
#define MAX_WORDS 4096          /* characters of a line that is broken between words */
#define MAX_BROKEN (64 * 1024)

struct _WsiDraftText
{
  GtkSourceView  parent_instance;

  GtkTextBuffer *buffer;
  gsize          n_bytes;       /* bytes in the buffer */
  GtkTextTag    *wrong;         /* tag in the buffer that underlines a mistake */
  WsiDraftForm   form;
  WsiHexSides    sides;
  gboolean       has_style;     /* the buffer has the style of JSON, which it keeps */
  gsize          longest;       /* characters of the longest line at most */
  char          *mistake;       /* sentence about the underlined mistake; NULL = none */
  guint          fitting;       /* source id of the fitting of sides; 0 = none */
};

enum { REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiDraftText, wsi_draft_text, GTK_SOURCE_TYPE_VIEW)

char *
wsi_draft_text_dup (WsiDraftText * self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, TRUE);
}

void
wsi_draft_text_replace (WsiDraftText *self,
                        const char   *text)
{
  GtkTextIter start, end;

  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert (self->buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (self->buffer);
}

static void
set_longest (WsiDraftText *self,
             gsize         longest)
{
  gboolean has_colours = self->form == WSI_FORM_JSON && longest <= MAX_WORDS;

  if (has_colours && !self->has_style)
    wsi_json_style_add (GTK_SOURCE_BUFFER (self->buffer));
  self->has_style |= has_colours;
  self->longest = longest;
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self), longest <= MAX_WORDS ? GTK_WRAP_WORD_CHAR
                               : longest <= MAX_BROKEN ? GTK_WRAP_CHAR : GTK_WRAP_NONE);
  gtk_source_buffer_set_language (GTK_SOURCE_BUFFER (self->buffer),
                                  has_colours ? wsi_json_style_get_language () : NULL);
}

/* The characters of the longest line. */
static gsize
measure_longest (const char *text)
{
  gsize longest = 0, length = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      length = *at != '\n' ? length + 1 : 0;
      longest = MAX (longest, length);
    }
  return longest;
}

static void
draft_text_refuse (WsiDraftText *self)
{
  g_autofree char *sentence =
    g_strdup_printf (_("The text is too long: expected at most %d bytes. Send a file."),
                     WSI_DRAFT_MAX_TEXT);

  g_signal_emit (self, signals[REFUSED], 0, sentence);
}

/* Handles inserted text: a text view is slow with megabytes, so the lines are measured before the
 * text is shown. */
static void
on_insert (WsiDraftText *self,
           GtkTextIter  *place,
           char         *text,
           int           length)
{
  g_autofree char *copy = NULL;
  gsize longest;

  if (self->n_bytes + length <= WSI_DRAFT_MAX_TEXT)
    {
      copy = g_strndup (text, length);
      longest = measure_longest (copy) + gtk_text_iter_get_chars_in_line (place);
      if (longest > MAX (self->longest, MAX_WORDS))
        set_longest (self, longest);
      return;
    }

  g_signal_stop_emission_by_name (self->buffer, "insert-text");
  draft_text_refuse (self);
}

static void
on_inserted (WsiDraftText *self,
             GtkTextIter  *place,
             char         *text,
             int           length)
{
  self->n_bytes += length;
}

static void
draft_text_on_delete (WsiDraftText *self,
                      GtkTextIter  *start,
                      GtkTextIter  *end)
{
  g_autofree char *text = gtk_text_iter_get_slice (start, end);

  self->n_bytes -= strlen (text);
}

static void
draft_text_set_mistake (WsiDraftText *self,
                        const char   *sentence)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (self);

  g_free (self->mistake);
  self->mistake = g_strdup (sentence);
  if (sentence != NULL)
    {
      gtk_accessible_update_state (accessible, GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
      gtk_accessible_update_property (accessible, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence,
                                      -1);
      return;
    }

  gtk_accessible_reset_state (accessible, GTK_ACCESSIBLE_STATE_INVALID);
  gtk_accessible_reset_property (accessible, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

static void
draft_text_on_changed (WsiDraftText *self)
{
  GtkTextIter start, end;

  if (self->mistake != NULL)
    {
      gtk_text_buffer_get_bounds (self->buffer, &start, &end);
      gtk_text_buffer_remove_tag (self->buffer, self->wrong, &start, &end);
      draft_text_set_mistake (self, NULL);
    }
  if (self->form == WSI_FORM_HEX)
    {
      g_autofree char *text = wsi_draft_text_dup (self);

      wsi_hex_sides_set_text (&self->sides, GTK_TEXT_VIEW (self), text);
    }
}

static gboolean
draft_text_on_fit (gpointer data)
{
  WsiDraftText *self = data;

  self->fitting = 0;
  wsi_hex_sides_fit (&self->sides, GTK_TEXT_VIEW (self));
  return G_SOURCE_REMOVE;
}

/* Fits the margins later, as they cannot change while sizes are given. */
static void
fit_later (WsiDraftText *self)
{
  if (self->sides.rows != NULL && self->fitting == 0)
    self->fitting = g_idle_add_full (GTK_PRIORITY_RESIZE, draft_text_on_fit, self, NULL);
}

static void
wsi_draft_text_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  GTK_WIDGET_CLASS (wsi_draft_text_parent_class)->size_allocate (widget, width, height, baseline);
  fit_later (WSI_DRAFT_TEXT (widget));
}

static void
wsi_draft_text_css_changed (GtkWidget         *widget,
                            GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (wsi_draft_text_parent_class)->css_changed (widget, change);
  fit_later (WSI_DRAFT_TEXT (widget));
}

static void
wsi_draft_text_snapshot_layer (GtkTextView     *view,
                               GtkTextViewLayer layer,
                               GtkSnapshot     *snapshot)
{
  GTK_TEXT_VIEW_CLASS (wsi_draft_text_parent_class)->snapshot_layer (view, layer, snapshot);
  if (layer == GTK_TEXT_VIEW_LAYER_BELOW_TEXT)
    wsi_hex_sides_snapshot (&WSI_DRAFT_TEXT (view)->sides, view, snapshot);
}

static gboolean
wsi_draft_text_query_tooltip (GtkWidget  *widget,
                              int         x,
                              int         y,
                              gboolean    is_of_keys,
                              GtkTooltip *tooltip)
{
  WsiDraftText *self = WSI_DRAFT_TEXT (widget);
  GtkTextView *view = GTK_TEXT_VIEW (widget);
  GtkTextIter place;

  if (self->mistake == NULL)
    return FALSE;

  gtk_text_view_window_to_buffer_coords (view, GTK_TEXT_WINDOW_WIDGET, x, y, &x, &y);
  if (!is_of_keys && (!gtk_text_view_get_iter_at_location (view, &place, x, y) ||
                      !gtk_text_iter_has_tag (&place, self->wrong)))
    return FALSE;

  gtk_tooltip_set_text (tooltip, self->mistake);
  return TRUE;
}

static void
wsi_draft_text_dispose (GObject *object)
{
  WsiDraftText *self = WSI_DRAFT_TEXT (object);

  g_clear_handle_id (&self->fitting, g_source_remove);
  wsi_hex_sides_clear (&self->sides);
  G_OBJECT_CLASS (wsi_draft_text_parent_class)->dispose (object);
}

static void
wsi_draft_text_finalize (GObject *object)
{
  g_free (WSI_DRAFT_TEXT (object)->mistake);
  G_OBJECT_CLASS (wsi_draft_text_parent_class)->finalize (object);
}

static void
wsi_draft_text_class_init (WsiDraftTextClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_draft_text_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_draft_text_finalize;
  GTK_TEXT_VIEW_CLASS (class)->snapshot_layer = wsi_draft_text_snapshot_layer;
  widget_class->size_allocate = wsi_draft_text_size_allocate;
  widget_class->css_changed = wsi_draft_text_css_changed;
  widget_class->query_tooltip = wsi_draft_text_query_tooltip;
  signals[REFUSED] = g_signal_new ("refused", WSI_TYPE_DRAFT_TEXT, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  wsi_json_style_init ();
}

/* GtkSourceView has keys that are those of the window, such as Alt+Left. */
static gboolean
is_kept (gpointer shortcut,
         gpointer none)
{
  GtkShortcutAction *action = gtk_shortcut_get_action (shortcut);

  return !GTK_IS_SIGNAL_ACTION (action) ||
         g_signal_lookup (gtk_signal_action_get_signal_name (GTK_SIGNAL_ACTION (action)),
                          GTK_TYPE_TEXT_VIEW) != 0;
}

static void
draft_text_drop_keys (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      GtkFilterListModel *kept;

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;

      kept = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (controller)),
                                        GTK_FILTER (gtk_custom_filter_new (is_kept, NULL, NULL)));
      gtk_widget_remove_controller (widget, controller);
      gtk_widget_add_controller (widget,
                                 gtk_shortcut_controller_new_for_model (G_LIST_MODEL (kept)));
      return;
    }
}

static void
wsi_draft_text_init (WsiDraftText *self)
{
  draft_text_drop_keys (GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  self->wrong = gtk_text_buffer_create_tag (self->buffer, NULL, "underline",
                                            PANGO_UNDERLINE_ERROR, NULL);
  gtk_source_buffer_set_highlight_matching_brackets (GTK_SOURCE_BUFFER (self->buffer), FALSE);
  wsi_hex_sides_fit (&self->sides, GTK_TEXT_VIEW (self));
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (draft_text_on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->buffer, "insert-text", G_CALLBACK (on_insert), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->buffer, "insert-text", G_CALLBACK (on_inserted), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->buffer, "delete-range", G_CALLBACK (draft_text_on_delete), self,
                           G_CONNECT_SWAPPED);
}

/* Sets the form; code is from left to right in each language. */
void
wsi_draft_text_set_form (WsiDraftText *self,
                         WsiDraftForm  form)
{
  self->form = form;
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self), form != WSI_FORM_TEXT);
  gtk_widget_set_direction (GTK_WIDGET (self), form != WSI_FORM_TEXT ? GTK_TEXT_DIR_LTR
                                                                     : GTK_TEXT_DIR_NONE);
  gtk_source_buffer_set_highlight_matching_brackets (GTK_SOURCE_BUFFER (self->buffer),
                                                     form == WSI_FORM_JSON);
  gtk_source_view_set_auto_indent (GTK_SOURCE_VIEW (self), form == WSI_FORM_JSON);
  set_longest (self, self->longest);
  wsi_hex_sides_set_text (&self->sides, GTK_TEXT_VIEW (self), NULL);
  draft_text_on_changed (self);
}

void
wsi_draft_text_lay_out (WsiDraftText *self)
{
  g_autofree char *text = wsi_draft_text_dup (self), *laid_out = NULL;
  g_autoptr (WsiDraft) draft = wsi_draft_new (self->form, WSP_MESSAGE_TYPE_TEXT, text);
  GtkTextIter place;
  gsize cursor;

  laid_out = wsi_draft_lay_out (draft,
                                wsi_hex_sides_choose_bytes (&self->sides, GTK_TEXT_VIEW (self)));
  if (laid_out == NULL || g_str_equal (laid_out, text))
    return;

  if (strlen (laid_out) > WSI_DRAFT_MAX_TEXT)
    {
      draft_text_refuse (self);
      return;
    }

  gtk_text_buffer_get_iter_at_mark (self->buffer, &place,
                                    gtk_text_buffer_get_insert (self->buffer));
  cursor = wsi_draft_find_cursor (text, gtk_text_iter_get_offset (&place), laid_out);
  wsi_draft_text_replace (self, laid_out);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &place, cursor);
  gtk_text_buffer_place_cursor (self->buffer, &place);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self),
                                      gtk_text_buffer_get_insert (self->buffer));
}

void
wsi_draft_text_show_verdict (WsiDraftText          *self,
                             const char            *text,
                             const WsiDraftVerdict *verdict)
{
  GtkTextIter start, end;

  set_longest (self, measure_longest (text));
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_remove_tag (self->buffer, self->wrong, &start, &end);
  draft_text_set_mistake (self, verdict->is_wrong ? verdict->sentence : NULL);
  if (!verdict->is_wrong || verdict->end == verdict->begin)
    return;

  gtk_text_buffer_get_iter_at_offset (self->buffer, &start,
                                      g_utf8_pointer_to_offset (text, text + verdict->begin));
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end,
                                      g_utf8_pointer_to_offset (text, text + verdict->end));
  gtk_text_buffer_apply_tag (self->buffer, self->wrong, &start, &end);
}

void
wsi_draft_text_go_to_mistake (WsiDraftText *self)
{
  GtkTextIter place;

  gtk_text_buffer_get_start_iter (self->buffer, &place);
  if (!gtk_text_iter_has_tag (&place, self->wrong) &&
      !gtk_text_iter_forward_to_tag_toggle (&place, self->wrong))
    return;

  gtk_text_buffer_place_cursor (self->buffer, &place);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self),
                                      gtk_text_buffer_get_insert (self->buffer));
}
