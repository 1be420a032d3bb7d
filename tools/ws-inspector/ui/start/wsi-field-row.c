/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-field-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/show/sentences/wsi-translate.h"
#include "ui/parts/wsi-dialog.h"

struct _WsiFieldRow
{
  AdwEntryRow    parent_instance;

  WsiTargetField field;
  AdwActionRow  *error_row;     /* row with the error, or with the note */
  GtkImage      *error_icon;
  gboolean       has_error;     /* error_row shows an error */
  GtkWidget     *offer;         /* button in error_row */
  char          *offered;       /* text that the button puts into the field, or NULL */
};

enum
{
  EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiFieldRow, wsi_field_row, ADW_TYPE_ENTRY_ROW)

#define UTF8_MAX_LENGTH 6       /* bytes that g_unichar_to_utf8 () may write */
#define FOLDER GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER

static const struct
{
  const char     *title;
  GtkInputPurpose purpose;
  gboolean        is_path;
  GtkFileChooserAction action;  /* action of a path's chooser; 0: GTK_FILE_CHOOSER_ACTION_OPEN */
} fields[WSI_TARGET_N_FIELDS] = {
  [WSI_TARGET_ADDRESS] = { N_("Address"), GTK_INPUT_PURPOSE_URL },
  [WSI_TARGET_LISTEN] = { N_("Port, or IP address and port; empty = any free port"), GTK_INPUT_PURPOSE_FREE_FORM },
  [WSI_TARGET_SUBPROTOCOLS] = { N_("Subprotocols, with commas between them"), GTK_INPUT_PURPOSE_FREE_FORM },
  [WSI_TARGET_ORIGIN] = { N_("Origin"), GTK_INPUT_PURPOSE_URL },
  [WSI_TARGET_ALLOWED_ORIGINS] = { N_("Allowed origins of web pages; * = any"), GTK_INPUT_PURPOSE_URL },
  [WSI_TARGET_AUTHORITIES] = { N_("Trusted authorities (PEM file)"), GTK_INPUT_PURPOSE_FREE_FORM, TRUE },
  [WSI_TARGET_CERTIFICATE] = { N_("Certificate (PEM file)"), GTK_INPUT_PURPOSE_FREE_FORM, TRUE },
  [WSI_TARGET_KEY] = { N_("Private key (PEM file)"), GTK_INPUT_PURPOSE_FREE_FORM, TRUE },
  [WSI_TARGET_MAX_MESSAGE] = { N_("Largest message to receive, in bytes; empty = 256 MiB"), GTK_INPUT_PURPOSE_DIGITS },
  [WSI_TARGET_PAGE] = { N_("Only pages with this in title or address; empty = all"), GTK_INPUT_PURPOSE_FREE_FORM },
  [WSI_TARGET_PROFILE] = { N_("Folder of the profile; empty = a temporary one"), GTK_INPUT_PURPOSE_FREE_FORM, TRUE, FOLDER },
  [WSI_TARGET_INTERFACE] = { N_("Interface; empty = all of them"), GTK_INPUT_PURPOSE_FREE_FORM },
  [WSI_TARGET_PACKET_FILTER] = { N_("Only packets of this filter (libpcap); empty = tcp"), GTK_INPUT_PURPOSE_FREE_FORM },
  [WSI_TARGET_KEY_LOG] = { N_("Keys of TLS (file that the client writes)"), GTK_INPUT_PURPOSE_FREE_FORM, TRUE },
  [WSI_TARGET_READ_AS] = { N_("Ports to read as WebSocket, also without a handshake"), GTK_INPUT_PURPOSE_FREE_FORM },
  [WSI_TARGET_ARGUMENTS] = { N_("Arguments of the browser"), GTK_INPUT_PURPOSE_FREE_FORM },
};

static void
field_row_report (WsiFieldRow *self)
{
  g_signal_emit (self, signals[EDITED], 0);
}

/* Checks the text after the focus has left, unless it goes to the row's own button. */
static void
on_leave (WsiFieldRow *self)
{
  if (!gtk_widget_get_visible (self->offer))
    field_row_report (self);
}

static void
field_row_on_file_chosen (GtkNativeDialog *dialog,
                          int              response,
                          WsiFieldRow     *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      g_autofree char *text = path != NULL ? g_utf8_make_valid (path, -1) : NULL;

      if (text != NULL)
        gtk_editable_set_text (GTK_EDITABLE (self), text);
    }
}

static void
choose_file (WsiFieldRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_(fields[self->field].title), GTK_WINDOW (root),
                                 fields[self->field].action, NULL, NULL);

  g_signal_connect_object (dialog, "response", G_CALLBACK (field_row_on_file_chosen), self, 0);
  wsi_dialog_show_chooser (dialog);
}

static void
add_file_button (WsiFieldRow *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-open-symbolic");
  g_autofree char *label = g_strdup_printf (_("Choose: %s"), _(fields[self->field].title));

  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (choose_file), self);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), button);
}

/* Makes the row of the error, whose sentence quotes what was typed: it is never markup. */
static AdwActionRow *
make_error_row (GtkImage *icon)
{
  AdwActionRow *row = g_object_new (ADW_TYPE_ACTION_ROW,
                                    "activatable", FALSE,
                                    "focusable", FALSE,
                                    "title-lines", 0,
                                    "use-markup", FALSE,
                                    "visible", FALSE,
                                    NULL);

  adw_action_row_add_prefix (row, GTK_WIDGET (icon));
  return g_object_ref_sink (row);
}

/* Takes the offered text; Return starts then. */
static void
on_offer (WsiFieldRow *self)
{
  g_autofree char *text = g_steal_pointer (&self->offered);      /* a new text ends the offer */

  gtk_editable_set_text (GTK_EDITABLE (self), text);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
field_row_add_offer (WsiFieldRow *self)
{
  self->offer = gtk_button_new ();
  gtk_widget_set_valign (self->offer, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->offer, FALSE);
  g_signal_connect_swapped (self->offer, "clicked", G_CALLBACK (on_offer), self);
  adw_action_row_add_suffix (self->error_row, self->offer);
}

static void
wsi_field_row_dispose (GObject *object)
{
  g_clear_object (&WSI_FIELD_ROW (object)->error_row);
  G_OBJECT_CLASS (wsi_field_row_parent_class)->dispose (object);
}

static void
wsi_field_row_finalize (GObject *object)
{
  g_free (WSI_FIELD_ROW (object)->offered);
  G_OBJECT_CLASS (wsi_field_row_parent_class)->finalize (object);
}

static void
wsi_field_row_class_init (WsiFieldRowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_field_row_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_field_row_finalize;

  signals[EDITED] = g_signal_new ("edited", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_field_row_init (WsiFieldRow *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->error_icon = GTK_IMAGE (gtk_image_new ());
  self->error_row = make_error_row (self->error_icon);
  field_row_add_offer (self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect (self, "changed", G_CALLBACK (field_row_report), NULL);
}

WsiFieldRow *
wsi_field_row_new (WsiTargetField field)
{
  WsiFieldRow *self = g_object_new (WSI_TYPE_FIELD_ROW, NULL);

  self->field = field;
  wsi_field_row_set_title (self, _(fields[field].title));
  adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (self), fields[field].purpose);
  if (fields[field].is_path)
    add_file_button (self);
  return self;
}

void
wsi_field_row_set_title (WsiFieldRow *self,
                         const char  *title)
{
  GtkAccessible *entry = GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self)));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  /* a narrow row cuts its title off */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), title);
  /* libadwaita 1.2 gives the title to the row only */
  gtk_accessible_update_property (entry, GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

GtkWidget *
wsi_field_row_get_error_row (WsiFieldRow *self)
{
  return GTK_WIDGET (self->error_row);
}

static void
show_colour (GtkWidget *row,
             gboolean   has_error)
{
  if (has_error)
    gtk_widget_add_css_class (row, "error");
  else
    gtk_widget_remove_css_class (row, "error");
}

/* The text of the entry has the sentence and the state, too, so that a screen reader says them. */
static void
field_row_show_sentence (WsiFieldRow *self,
                         const char  *sentence,
                         gboolean     has_error)
{
  GtkAccessible *entry = GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self)));

  self->has_error = has_error;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->error_row),
                                 sentence != NULL ? sentence : "");
  gtk_image_set_from_icon_name (self->error_icon, has_error ? "dialog-error-symbolic"
                                                            : "dialog-information-symbolic");
  gtk_widget_set_visible (GTK_WIDGET (self->error_row), sentence != NULL);
  gtk_widget_set_visible (self->offer, FALSE);
  show_colour (GTK_WIDGET (self), has_error);
  show_colour (GTK_WIDGET (self->error_row), has_error);
  if (has_error)
    gtk_accessible_update_state (entry, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                                 -1);
  else
    gtk_accessible_reset_state (entry, GTK_ACCESSIBLE_STATE_INVALID);
  if (sentence != NULL)
    gtk_accessible_update_property (entry, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
  else
    gtk_accessible_reset_property (entry, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/* The beginning of an address is no word. */
char *
wsi_field_row_dup_sentence (const char *error)
{
  g_autofree char *sentence = wsi_translate_text (error);
  char capital[UTF8_MAX_LENGTH + 1] = "";

  if (sentence == NULL || g_ascii_ispunct (sentence[strcspn (sentence, " :/")]))
    return g_steal_pointer (&sentence);

  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (sentence)), capital);
  return g_strconcat (capital, g_utf8_next_char (sentence), NULL);
}

void
wsi_field_row_show_error (WsiFieldRow *self,
                          const char  *error)
{
  g_autofree char *sentence = wsi_field_row_dup_sentence (error);

  field_row_show_sentence (self, sentence, sentence != NULL);
}

void
wsi_field_row_offer (WsiFieldRow *self,
                     const char  *text)
{
  g_autofree char *label = g_strdup_printf (_("Use %s"), text);

  g_free (self->offered);
  self->offered = g_strdup (text);
  gtk_button_set_label (GTK_BUTTON (self->offer), label);
  gtk_widget_set_visible (self->offer, TRUE);
}

void
wsi_field_row_set_error (WsiFieldRow *self,
                         const char  *sentence)
{
  gboolean is_typed_in =
    gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_WITHIN;

  if (sentence == NULL || !is_typed_in || self->has_error)
    wsi_field_row_show_error (self, sentence);
  else
    field_row_show_sentence (self, NULL, FALSE);
}

void
wsi_field_row_set_note (WsiFieldRow *self,
                        const char  *note)
{
  field_row_show_sentence (self, note, FALSE);
}
