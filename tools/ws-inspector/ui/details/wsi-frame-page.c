/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-frame-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/show/header/wsi-whole-frame.h"
#include "inspect/show/header/wsi-frame-fault.h"
#include "inspect/show/header/wsi-frame-place.h"
#include "inspect/show/sentences/wsi-fault-sentence.h"
#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"
#include "ui/parts/wsi-drop-down.h"
#include "ui/parts/wsi-hex-view.h"
#include "ui/parts/wsi-wrap-box.h"

/* Bytes of the frame that are shown, whose offsets have four digits: the message has a page of its
 * own. */
#define MAX_PAYLOAD (64 * 1024 - WSI_MAX_HEADER)

struct _WsiFramePage
{
  GtkWidget            parent_instance;

  GtkStack            *stack;
  AdwStatusPage       *none;
  WsiBitDiagram       *diagram;
  GtkLabel            *explanation, *compression, *field, *sentence, *section, *place;
  AdwPreferencesGroup *faults;
  GtkListBox          *fault_list;
  WsiHexView          *wire_hex, *plain_hex;
  GtkWidget           *plain_pane;
  GtkLabel            *plain_title;
  GtkDropDown         *views;
  WsiRow              *row;
  WsiFrameLayout       layout;
};

G_DEFINE_FINAL_TYPE (WsiFramePage, wsi_frame_page, GTK_TYPE_WIDGET)

/* Highlights the bytes of the selected field. */
static void
show_highlight (WsiFramePage *self)
{
  int selected = wsi_bit_diagram_get_selected (self->diagram);
  const WsiFramePart none = { 0 };
  const WsiFramePart *part = selected >= 0 ? &self->layout.parts[selected] : &none;
  gboolean is_payload = selected >= 0 && part->field == WSI_FRAME_FIELD_PAYLOAD;

  wsi_hex_view_set_highlight (self->wire_hex, part->first_byte, MIN (part->n_bytes, MAX_PAYLOAD));
  /* the payload has another length when it is inflated */
  wsi_hex_view_set_highlight (self->plain_hex, part->first_byte,
                              is_payload ? MAX_PAYLOAD : MIN (part->n_bytes, MAX_PAYLOAD));
}

static void
show_view (WsiFramePage *self,
           WsiHexView   *hex,
           WsiView       view)
{
  g_autoptr (GBytes) bytes =
    wsi_whole_frame_dup_bytes (&self->layout, wsi_row_get_store (self->row),
                               wsi_row_get_number (self->row), view, MAX_PAYLOAD);

  wsi_hex_view_set_bytes (hex, bytes);
}

/* Shows the bytes as they were on the wire, and what they mean, if that is something else. */
static void
frame_page_show_bytes (WsiFramePage *self)
{
  gboolean is_masked, is_inflated, is_empty;
  WsiView view;

  if (self->row == NULL)
    return;

  is_empty = self->layout.frame.payload_length == 0;
  is_masked = self->layout.frame.masked && !is_empty;
  is_inflated = wsi_record_is_inflated (wsi_row_get_record (self->row)) && !is_empty;
  view = is_inflated && (!is_masked || gtk_drop_down_get_selected (self->views) > 0)
         ? WSI_VIEW_INFLATED : WSI_VIEW_UNMASKED;
  gtk_widget_set_visible (self->plain_pane, is_masked || is_inflated);
  gtk_widget_set_visible (GTK_WIDGET (self->views), is_masked && is_inflated);
  gtk_widget_set_visible (GTK_WIDGET (self->plain_title), !(is_masked && is_inflated));
  gtk_label_set_text (self->plain_title,
                      view == WSI_VIEW_INFLATED ? _("Inflated") : _("Unmasked"));
  show_view (self, self->wire_hex, WSI_VIEW_WIRE);
  show_view (self, self->plain_hex, view);
  show_highlight (self);
}

static void
on_byte_selected (WsiFramePage *self,
                  guint64       offset)
{
  int part = wsi_frame_layout_find_byte (&self->layout, offset);
  int last = (int) self->layout.n_parts - 1;
  gboolean is_beyond = part < 0 && last >= 0 &&
                       self->layout.parts[last].field == WSI_FRAME_FIELD_PAYLOAD;

  wsi_bit_diagram_set_selected (self->diagram, is_beyond ? last : part);
}

static void
frame_page_show_field (WsiFramePage *self)
{
  int selected = wsi_bit_diagram_get_selected (self->diagram);
  g_autofree char *text = NULL;
  WsiFrameField field;

  show_highlight (self);
  gtk_widget_set_visible (GTK_WIDGET (self->section), selected >= 0);
  if (selected < 0)
    {
      gtk_label_set_text (self->field, _("No field is selected"));
      gtk_label_set_text (self->sentence, _("Select a field with a click or with the arrow keys."));
      return;
    }

  text = wsi_bit_diagram_describe (self->diagram, selected);
  field = self->layout.parts[selected].field;
  gtk_label_set_text (self->field, text);
  gtk_label_set_text (self->sentence, _(wsi_frame_field_get_sentence (field)));
  gtk_label_set_text (self->section, wsi_frame_field_get_section (field));
}

static GtkWidget *
make_fault_row (WsiFramePage *self,
                guint         fault)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  int part = wsi_frame_layout_find_fault (&self->layout, fault);
  g_autofree char *text = wsi_fault_sentence_dup (fault);
  g_autofree char *consequence = wsi_fault_sentence_dup_consequence (fault);

  gtk_widget_add_css_class (icon, "warning");
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Broken rule"), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), consequence);
  g_object_set_data (G_OBJECT (row), "part", GINT_TO_POINTER (part));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), part >= 0);
  if (part >= 0)
    wsi_bit_diagram_mark (self->diagram, part);
  return row;
}

static void
on_fault_activated (WsiFramePage  *self,
                    GtkListBoxRow *row)
{
  int part = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "part"));

  wsi_bit_diagram_set_selected (self->diagram, part);
}

static void
show_faults (WsiFramePage *self,
             WsiRow       *row)
{
  guint faults[WSI_MAX_FAULTS];
  guint n = wsi_store_get_faults (wsi_row_get_store (row), wsi_row_get_number (row), faults,
                                  G_N_ELEMENTS (faults));
  GtkWidget *old;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->fault_list))) != NULL)
    gtk_list_box_remove (self->fault_list, old);
  for (guint i = 0; i < MIN (n, G_N_ELEMENTS (faults)); i++)
    gtk_list_box_append (self->fault_list, make_fault_row (self, faults[i]));
  gtk_widget_set_visible (GTK_WIDGET (self->faults), n > 0);
}

/* Formats a number, as texts to translate have no macros for 64 bits in them. */
static char *
frame_page_format_number (guint64 number)
{
  return g_strdup_printf ("%" PRIu64, number);
}

static char *
frame_page_describe_message (const WsiFramePlace *place)
{
  g_autofree char *fragment = frame_page_format_number (place->fragment);
  g_autofree char *n_fragments = frame_page_format_number (place->n_fragments);

  if (place->n_fragments <= 1 && place->is_complete)
    return g_strdup_printf (_("message %u, not fragmented"), place->message);

  if (place->fragment == 0)
    return g_strdup_printf (_("message %u, one of %s fragments"), place->message, n_fragments);

  return g_strdup_printf (place->is_complete ? _("message %u, fragment %s of %s")
                                             : _("message %u, fragment %s of %s so far"),
                          place->message, fragment, n_fragments);
}

/* Explains the frame, and RSV1 in it, without a click. */
static void
show_explanation (WsiFramePage *self)
{
  g_autofree char *text = wsi_frame_layout_explain (&self->layout);
  g_autofree char *compression = NULL;

  for (guint i = 0; i < self->layout.n_parts; i++)
    if (self->layout.parts[i].field == WSI_FRAME_FIELD_RSV1)
      compression = wsi_bit_diagram_describe (self->diagram, i);
  gtk_label_set_text (self->explanation, text);
  gtk_label_set_text (self->compression, compression);
}

static void
show_place (WsiFramePage *self)
{
  const WsiFramePlace *place = &self->layout.place;
  g_autofree char *first = frame_page_format_number (place->first_byte);
  g_autofree char *last =
    frame_page_format_number (place->first_byte + MAX (place->n_bytes, 1) - 1);
  g_autofree char *bytes = NULL;
  g_autofree char *message = NULL;
  g_autofree char *text = NULL;

  if (place->n_bytes == 0)
    {
      gtk_label_set_text (self->place, _("This frame is no longer kept."));
      return;
    }

  bytes = g_strdup_printf (place->sender == WSP_ROLE_CLIENT ? _("Bytes %s to %s of the client")
                                                            : _("Bytes %s to %s of the server"),
                           first, last);
  message = place->message != 0 ? frame_page_describe_message (place) : NULL;
  text = message != NULL ? g_strdup_printf ("%s · %s", bytes, message) : g_strdup (bytes);
  gtk_label_set_text (self->place, text);
}

static void
wsi_frame_page_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_object (&WSI_FRAME_PAGE (object)->row);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_frame_page_parent_class)->dispose (object);
}

static void
wsi_frame_page_class_init (WsiFramePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_frame_page_dispose;
  g_type_ensure (WSI_TYPE_BIT_DIAGRAM);
  g_type_ensure (WSI_TYPE_HEX_VIEW);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/details/wsi-frame-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, none);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, diagram);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, explanation);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, compression);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, field);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, sentence);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, section);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, place);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, faults);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, fault_list);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, wire_hex);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, plain_hex);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, plain_pane);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, plain_title);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePage, views);
  gtk_widget_class_bind_template_callback (widget_class, frame_page_show_field);
  gtk_widget_class_bind_template_callback (widget_class, frame_page_show_bytes);
  gtk_widget_class_bind_template_callback (widget_class, on_byte_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_fault_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_frame_page_init (WsiFramePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->views, _("View of the payload"));
  frame_page_show_field (self);
}

static const char *
explain_none (WsiRow *row)
{
  if (row == NULL)
    return _("Select a frame in the list.");

  if ((wsi_row_get_frame (row)->flags & WSP_FRAME_FLAGS_BYTES) != 0)
    return _("These bytes are in no frame.");

  if ((wsi_row_get_record (row)->flags & WSI_RECORD_NO_FRAME) != 0)
    return _("A browser and a HAR file tell messages, and not the frames that carried them: the "
             "checks of a frame are not available here.");

  return _("The selected row has no frame whose bits are known.");
}

static void
frame_page_show_none (WsiFramePage *self,
                      WsiRow       *row)
{
  gboolean is_message = row != NULL &&
                        (wsi_row_get_record (row)->flags & WSI_RECORD_NO_FRAME) != 0;

  adw_status_page_set_title (self->none,
                             row == NULL ? _("No Frame Selected")
                             : is_message ? _("Frame Not Available") : _("Not a Frame"));
  adw_status_page_set_description (self->none, explain_none (row));
  gtk_stack_set_visible_child_name (self->stack, "none");
}

void
wsi_frame_page_set_row (WsiFramePage *self,
                        WsiRow       *row)
{
  const WspFrameRecord none = { 0 };

  g_set_object (&self->row, row);
  wsi_frame_layout_init (&self->layout, row != NULL ? wsi_row_get_frame (row) : &none);
  if (self->layout.n_parts > 0)
    wsi_frame_place_find (&self->layout.place, wsi_row_get_store (row), wsi_row_get_number (row));
  wsi_bit_diagram_set_layout (self->diagram, &self->layout);
  frame_page_show_field (self);
  if (self->layout.n_parts == 0)
    {
      frame_page_show_none (self, row);
      return;
    }

  show_explanation (self);
  frame_page_show_bytes (self);
  show_faults (self, row);
  show_place (self);
  gtk_stack_set_visible_child_name (self->stack, "frame");
}
