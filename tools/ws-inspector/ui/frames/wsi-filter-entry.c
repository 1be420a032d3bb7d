/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-filter-entry.h"

#include <glib/gi18n.h>

#include "inspect/filter/grammar/wsi-completion.h"
#include "inspect/filter/grammar/wsi-field.h"
#include "inspect/filter/grammar/wsi-filter-error.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/sample/wsi-sample-offers.h"

#define MAX_OFFERED 12
#define MAX_WORD_CHARS 60
#define MAX_DESCRIPTION_CHARS 40

struct _WsiFilterEntry
{
  GtkWidget   parent_instance;

  GtkEntry   *entry;
  GtkPopover *popover;
  GtkListBox *offers;
  WsiFields  *fields;
  WsiSample  *sample;           /* sample of values to offer; NULL = only words of the language */
  char      **history;          /* filters that were used before; NULL = none */
  gboolean    is_whole;         /* the offers are whole texts, not words */
  gsize       start;            /* offset in bytes of the word that an offer replaces */
  gboolean    is_setting;       /* the text is being set by a function of the entry */
  gboolean    is_typed;         /* the text was typed by the last key: the cursor follows it */
};

enum
{
  CHANGED,
  ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiFilterEntry, wsi_filter_entry, GTK_TYPE_WIDGET)

const char *
wsi_filter_entry_get_text (WsiFilterEntry * self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

static void
clear_offers (WsiFilterEntry *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->offers, 0)) != NULL)
    gtk_list_box_remove (self->offers, GTK_WIDGET (row));
}

/* Adds a label, whose tooltip has the text that the label cuts. */
static GtkWidget *
add_label (GtkWidget  *box,
           const char *text,
           int         max_chars,
           const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, class);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), max_chars);
  gtk_widget_set_tooltip_text (label, text);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
filter_entry_add_offer (WsiFilterEntry      *self,
                        const WsiCompletion *offer)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *row = gtk_list_box_row_new ();

  add_label (box, offer->text, MAX_WORD_CHARS, "monospace");
  if (offer->description != NULL)
    add_label (box, _(offer->description), MAX_DESCRIPTION_CHARS, "dim-label");
  if (offer->n > 0)
    {
      g_autofree char *times = g_strdup_printf ("%'u×", offer->n);
      GtkWidget *label = add_label (box, times, MAX_WORD_CHARS, "dim-label");

      gtk_widget_set_hexpand (label, TRUE);
      gtk_widget_set_halign (label, GTK_ALIGN_END);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  offer->text, -1);
  g_object_set_data_full (G_OBJECT (row), "wsi-offer", g_strdup (offer->text), g_free);
  gtk_list_box_append (self->offers, row);
}

static void
hide_offers (WsiFilterEntry *self)
{
  gtk_popover_popdown (self->popover);
}

/* The place of the cursor in bytes of the text. */
static gsize
get_cursor (WsiFilterEntry *self)
{
  const char *text = wsi_filter_entry_get_text (self);
  int position = gtk_editable_get_position (GTK_EDITABLE (self->entry));

  return g_utf8_offset_to_pointer (text, MIN (position, g_utf8_strlen (text, -1))) - text;
}

static void
filter_entry_popup (WsiFilterEntry *self,
                    gboolean        has_offers)
{
  if (has_offers && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_popover_popup (self->popover);
  else
    hide_offers (self);
}

/* Shows earlier filters.  FALSE: there are none. */
static gboolean
show_history (WsiFilterEntry *self)
{
  clear_offers (self);
  self->is_whole = TRUE;
  self->start = 0;
  for (guint i = 0; self->history != NULL && self->history[i] != NULL; i++)
    {
      const WsiCompletion offer = { .text = self->history[i] };

      filter_entry_add_offer (self, &offer);
    }
  filter_entry_popup (self, gtk_list_box_get_row_at_index (self->offers, 0) != NULL);
  gtk_list_box_select_row (self->offers, gtk_list_box_get_row_at_index (self->offers, 0));
  return gtk_widget_get_visible (GTK_WIDGET (self->popover));
}

/* Whether the text before the cursor is the offer already. */
static gboolean
is_there (const char *text,
          gsize       length,
          const char *offer)
{
  return strlen (offer) == length && memcmp (text, offer, length) == 0;
}

/* Shows offers.  Before a word begins, only values are offered: Return applies the filter, unless
 * the user has chosen an offer. */
static void
show_offers (WsiFilterEntry *self)
{
  const char *text = wsi_filter_entry_get_text (self);
  gsize cursor = get_cursor (self);
  g_auto (WsiCompletionPlace) place = { 0 };
  g_autoptr (GArray) offers = wsi_completion_list (self->fields, text, cursor, &place);
  gboolean may_offer = place.start < cursor || place.next == WSI_COMPLETION_VALUE;
  guint n = 0;

  clear_offers (self);
  self->is_whole = FALSE;
  self->start = place.start;
  if (may_offer && self->sample != NULL)
    wsi_sample_add_offers (self->sample, &place, MAX_OFFERED, offers);
  for (guint i = 0; may_offer && i < offers->len && n < MAX_OFFERED; i++)
    {
      const WsiCompletion *offer = &g_array_index (offers, WsiCompletion, i);

      if (is_there (text + place.start, cursor - place.start, offer->text))
        continue;

      filter_entry_add_offer (self, offer);
      n++;
    }

  filter_entry_popup (self, n > 0);
}

static void
filter_entry_on_changed (WsiFilterEntry *self)
{
  gboolean is_empty = *wsi_filter_entry_get_text (self) == '\0';

  gtk_entry_set_icon_from_icon_name (self->entry, GTK_ENTRY_ICON_SECONDARY,
                                     is_empty ? NULL : "edit-clear-symbolic");
  if (!is_empty)
    gtk_entry_set_icon_tooltip_text (self->entry, GTK_ENTRY_ICON_SECONDARY, _("Clear"));
  wsi_filter_entry_set_error (self, NULL);
  if (self->is_setting)
    return;

  self->is_typed = TRUE;
  show_offers (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Handles a move of the cursor, which GtkText moves after it has notified of the text. */
static void
on_cursor (WsiFilterEntry *self)
{
  if (self->is_typed && !self->is_setting)
    show_offers (self);
}

/* Replaces the word before the cursor by the offer. */
static void
take_offer (WsiFilterEntry *self,
            GtkListBoxRow  *row)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);
  const char *offer = g_object_get_data (G_OBJECT (row), "wsi-offer");
  const char *text = gtk_editable_get_text (editable);
  g_autofree char *word = g_strconcat (offer, self->is_whole ? "" : " ", NULL);
  int position = g_utf8_pointer_to_offset (text, text + self->start);
  int cursor = gtk_editable_get_position (editable);

  self->is_setting = TRUE;
  gtk_editable_delete_text (editable, position, cursor);
  self->is_setting = FALSE;
  gtk_editable_insert_text (editable, word, -1, &position);
  gtk_editable_set_position (editable, position);
  self->is_typed = FALSE;
  hide_offers (self);
}

static void
accept_offer (WsiFilterEntry *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->offers);

  if (row == NULL)
    row = gtk_list_box_get_row_at_index (self->offers, 0);
  if (row != NULL)
    take_offer (self, row);
}

static void
move_selection (WsiFilterEntry *self,
                int             step)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->offers);
  int index = row != NULL ? gtk_list_box_row_get_index (row) + step : step > 0 ? 0 : -1;

  gtk_list_box_select_row (self->offers, gtk_list_box_get_row_at_index (self->offers, index));
}

/* Takes an offer at Return only if one was chosen: else Return applies the text as it is. */
static gboolean
filter_entry_on_key (WsiFilterEntry *self,
                     guint           key)
{
  gboolean is_offering = gtk_widget_get_visible (GTK_WIDGET (self->popover));
  gboolean is_empty = *wsi_filter_entry_get_text (self) == '\0';

  self->is_typed = FALSE;
  if (!is_offering)
    switch (key)
      {
      case GDK_KEY_Up:
      case GDK_KEY_KP_Up:
        return is_empty && show_history (self) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
      case GDK_KEY_Escape:
        gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
        return is_empty ? GDK_EVENT_PROPAGATE : GDK_EVENT_STOP;
      default:
        return GDK_EVENT_PROPAGATE;
      }

  switch (key)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      move_selection (self, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      move_selection (self, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Tab:
      accept_offer (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (gtk_list_box_get_selected_row (self->offers) == NULL)
        return GDK_EVENT_PROPAGATE;
      accept_offer (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      hide_offers (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
on_activate (WsiFilterEntry *self)
{
  hide_offers (self);
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
on_icon (WsiFilterEntry      *self,
         GtkEntryIconPosition position)
{
  if (position != GTK_ENTRY_ICON_SECONDARY)
    return;

  wsi_filter_entry_set_text (self, "");
  on_activate (self);
}

static void
wsi_filter_entry_dispose (GObject *object)
{
  WsiFilterEntry *self = WSI_FILTER_ENTRY (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->fields, wsi_fields_unref);
  g_clear_object (&self->sample);
  g_clear_pointer (&self->history, g_strfreev);

  G_OBJECT_CLASS (wsi_filter_entry_parent_class)->dispose (object);
}

static gboolean
wsi_filter_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WSI_FILTER_ENTRY (widget)->entry));
}

static void
wsi_filter_entry_class_init (WsiFilterEntryClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_filter_entry_dispose;
  widget_class->grab_focus = wsi_filter_entry_grab_focus;

  /* signal: the user typed, or pressed Return */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-filter-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiFilterEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, WsiFilterEntry, popover);
  gtk_widget_class_bind_template_child (widget_class, WsiFilterEntry, offers);
  gtk_widget_class_bind_template_callback (widget_class, filter_entry_on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_cursor);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_icon);
  gtk_widget_class_bind_template_callback (widget_class, filter_entry_on_key);
  gtk_widget_class_bind_template_callback (widget_class, take_offer);
  gtk_widget_class_bind_template_callback (widget_class, hide_offers);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_filter_entry_init (WsiFilterEntry *self)
{
  self->fields = wsi_filter_fields_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wsi_filter_entry_set_text (WsiFilterEntry *self,
                           const char     *text)
{
  self->is_setting = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  self->is_setting = FALSE;
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  hide_offers (self);
}

void
wsi_filter_entry_set_sample (WsiFilterEntry *self,
                             WsiSample      *sample)
{
  g_set_object (&self->sample, sample);
}

void
wsi_filter_entry_set_history (WsiFilterEntry    *self,
                              const char *const *history)
{
  g_strfreev (self->history);
  self->history = g_strdupv ((char **) history);
}

/* Underlines from the place of the error to the end of the text: where it ends is not known. */
static PangoAttrList *
make_underline (const char *text,
                guint       column)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  PangoAttribute *underline = pango_attr_underline_new (PANGO_UNDERLINE_ERROR);
  int last = MAX ((int) g_utf8_strlen (text, -1) - 1, 0);

  underline->start_index = g_utf8_offset_to_pointer (text, MIN ((int) column - 1, last)) - text;
  pango_attr_list_insert (attributes, underline);
  return attributes;
}

void
wsi_filter_entry_set_error (WsiFilterEntry *self,
                            const GError   *error)
{
  guint column = error != NULL ? wsi_filter_error_get_column (error) : 0;
  PangoAttrList *attributes =
    column > 0 ? make_underline (wsi_filter_entry_get_text (self), column) : NULL;

  gtk_entry_set_attributes (self->entry, attributes);
  g_clear_pointer (&attributes, pango_attr_list_unref);
  if (error != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
    }
}
