/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-target-form.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/sources/browser/wsi-browser-process.h"
#include "inspect/sources/starting/wsi-started-program.h"
#include "inspect/targets/wsi-curl.h"
#include "ui/parts/wsi-settings.h"
#include "ui/start/wsi-field-row.h"
#include "ui/start/wsi-interface-chooser.h"
#include "ui/start/wsi-page-chooser.h"
#include "ui/start/wsi-program-chooser.h"

struct _WsiTargetForm
{
  GtkWidget            parent_instance;

  WsiTargetKind        kind;
  WsiFieldRow         *rows[WSI_TARGET_N_FIELDS];       /* rows by field; NULL: not of the kind */
  AdwPreferencesGroup *place_group, *browser_group, *firefox_group, *handshake_group;
  AdwPreferencesGroup *headers_group, *tls_group;
  AdwActionRow        *begin_row, *compress_row, *rewrite_row, *accept_row, *headers_error;
  GtkSwitch           *begin_switch, *compress_switch, *rewrite_switch, *accept_switch;
  WsiPageChooser      *page_chooser;
  WsiInterfaceChooser *interface_chooser;
  WsiProgramChooser   *program_chooser;
  GtkTextView         *headers_view;
  GtkButton           *paste_button, *start_button;
  GtkLabel            *notes;
  GCancellable        *cancellable;     /* cancellable of reading the clipboard */
  guint                pasting;         /* source id of a paste; 0: the address is no command */
};

enum
{
  START,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiTargetForm, wsi_target_form, GTK_TYPE_WIDGET)

/* The fields in the order of the form; the headers have a view of their own. */
static const WsiTargetField place_fields[] = {
  WSI_TARGET_LISTEN, WSI_TARGET_ADDRESS, WSI_TARGET_PAGE, WSI_TARGET_INTERFACE,
  WSI_TARGET_PACKET_FILTER
};
static const WsiTargetField capture_fields[] = {
  WSI_TARGET_ARGUMENTS, WSI_TARGET_KEY_LOG, WSI_TARGET_READ_AS
};
static const WsiTargetField browser_fields[] = { WSI_TARGET_PROFILE, WSI_TARGET_ARGUMENTS };
static const WsiTargetField handshake_fields[] = {
  WSI_TARGET_SUBPROTOCOLS, WSI_TARGET_ORIGIN, WSI_TARGET_ALLOWED_ORIGINS, WSI_TARGET_MAX_MESSAGE
};
static const WsiTargetField tls_fields[] = {
  WSI_TARGET_AUTHORITIES, WSI_TARGET_CERTIFICATE, WSI_TARGET_KEY
};

static const struct
{
  const char *title, *description, *start;
} kinds[] = {
  [WSI_TARGET_CLIENT] = { N_("Connect as a Client"), N_("The address of a server, such as ws://localhost:8080/chat"), N_("_Connect") },
  [WSI_TARGET_SERVER] = { N_("Run a Server"), N_("It sends each message back. A port alone is for this computer only."), N_("_Start") },
  [WSI_TARGET_PROXY] = {
    N_("Put a Proxy in Front of a Server"),
    N_("Clients connect to the port. The proxy connects to the server, such as "
       "ws://localhost:8080, and passes on every byte."),
    N_("_Start"),
  },
  [WSI_TARGET_BROWSER] = {
    N_("Watch a Browser"),
    N_("The WebSockets of its pages and workers, also with wss://. Nothing of them is changed."),
    N_("_Watch"),
  },
  [WSI_TARGET_CAPTURE] = {
    N_("Watch a Network Interface"),
    N_("The WebSockets of any program whose packets pass it. Those with wss:// need the keys of "
       "their client: start it from here, or name the file with its keys. Nothing is sent or "
       "changed."),
    N_("_Watch"),
  },
  [WSI_TARGET_PROGRAM] = {
    N_("Attach to a Program"),
    N_("Watches the connections of a running program that uses libwsproto, also those with wss://. "
       "Nothing is sent or changed."),
    N_("_Attach"),
  },
};

static WsiTargetOptions
get_options (WsiTargetForm *self)
{
  return (gtk_switch_get_active (self->begin_switch) ? WSI_TARGET_STARTS : 0) |
         (gtk_switch_get_active (self->compress_switch) ? WSI_TARGET_COMPRESSES : 0) |
         (gtk_switch_get_active (self->rewrite_switch) ? WSI_TARGET_REWRITES_HOST : 0) |
         (gtk_switch_get_active (self->accept_switch) ? WSI_TARGET_ACCEPTS_ANY : 0);
}

static char *
target_form_dup_headers (WsiTargetForm *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->headers_view);
  GtkTextIter begin, end;

  gtk_text_buffer_get_bounds (buffer, &begin, &end);
  return gtk_text_buffer_get_text (buffer, &begin, &end, FALSE);
}

static const char *
target_form_get_text (WsiTargetForm *self,
                      WsiTargetField field)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->rows[field]));
}

/* Profile and arguments of a browser that is started have no part in one that runs. */
static gboolean
is_used (WsiTargetForm *self,
         WsiTargetField field)
{
  return self->rows[field] != NULL &&
         (self->kind != WSI_TARGET_BROWSER ||
          (field != WSI_TARGET_PROFILE && field != WSI_TARGET_ARGUMENTS) ||
          gtk_switch_get_active (self->begin_switch));
}

static WsiTarget *
target_form_dup_target (WsiTargetForm *self)
{
  WsiTarget *target = wsi_target_new (self->kind);
  g_autofree char *headers = target_form_dup_headers (self);

  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    if (is_used (self, i))
      wsi_target_set_text (target, i, target_form_get_text (self, i));
  wsi_target_set_text (target, WSI_TARGET_HEADERS, headers);
  wsi_target_set_options (target, get_options (self));
  return target;
}

static void
show_headers_error (WsiTargetForm *self,
                    const char    *sentence)
{
  g_autofree char *text = wsi_field_row_dup_sentence (sentence);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->headers_error),
                                 text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->headers_error), sentence != NULL);
}

static void
target_form_show_pages (WsiTargetForm   *self,
                        const WsiTarget *target)
{
  const char *address = wsi_target_get_text (target, WSI_TARGET_ADDRESS);
  gboolean can_ask = *address != '\0' &&
                     wsi_target_check_field (target, WSI_TARGET_ADDRESS, NULL);

  wsi_page_chooser_set_address (self->page_chooser, can_ask ? address : NULL);
  wsi_page_chooser_set_text (self->page_chooser, wsi_target_get_text (target, WSI_TARGET_PAGE));
}

static void
show_capture (WsiTargetForm   *self,
              const WsiTarget *target)
{
  gboolean starts = *wsi_target_get_text (target, WSI_TARGET_ARGUMENTS) != '\0';

  gtk_button_set_label (self->start_button, starts ? _("_Start Program") : _("_Watch"));
  wsi_interface_chooser_set_name (self->interface_chooser,
                                  wsi_target_get_text (target, WSI_TARGET_INTERFACE));
}

/* Checks the fields.  An empty field is not a mistake yet: without it, only the start button
 * waits.  With a mistake the button says what is wrong: the row says nothing as long as it is typed
 * in. */
static void
target_form_check (WsiTargetForm *self)
{
  g_autoptr (WsiTarget) target = target_form_dup_target (self);
  g_autofree char *note = wsi_target_make_note (target);
  gboolean is_complete = TRUE;

  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    {
      g_autoptr (GError) error = NULL;
      const char *sentence = NULL;

      if (!wsi_target_check_field (target, i, &error))
        {
          if (*wsi_target_get_text (target, i) != '\0')
            sentence = error->message;
          else
            is_complete = FALSE;
        }
      if (i == WSI_TARGET_HEADERS)
        show_headers_error (self, sentence);
      else if (self->rows[i] != NULL && error == NULL && i == WSI_TARGET_ADDRESS)
        wsi_field_row_set_note (self->rows[i], note);
      else if (self->rows[i] != NULL)
        wsi_field_row_set_error (self->rows[i], sentence);
    }

  gtk_widget_set_sensitive (GTK_WIDGET (self->start_button), is_complete);
  if (self->kind == WSI_TARGET_BROWSER)
    target_form_show_pages (self, target);
  if (self->kind == WSI_TARGET_CAPTURE)
    show_capture (self, target);
  if (self->kind == WSI_TARGET_PROGRAM)
    wsi_program_chooser_set_text (self->program_chooser,
                                  wsi_target_get_text (target, WSI_TARGET_ADDRESS));
}

/* Shows the rows of a browser that is started, or of one that runs. */
static void
show_beginning (WsiTargetForm *self)
{
  gboolean begins = gtk_switch_get_active (self->begin_switch);

  wsi_field_row_set_title (self->rows[WSI_TARGET_ADDRESS],
                           begins ? _("Page to open; empty = none")
                                  : _("Port, HOST:PORT, or folder of the profile"));
  gtk_button_set_label (self->start_button, begins ? _("_Start Browser") : _("_Watch"));
  gtk_widget_set_visible (GTK_WIDGET (self->browser_group), begins);
  gtk_widget_set_visible (GTK_WIDGET (self->page_chooser), !begins);
}

static void
on_begin_switched (WsiTargetForm *self)
{
  if (self->kind != WSI_TARGET_BROWSER || self->rows[WSI_TARGET_ADDRESS] == NULL)
    return;

  show_beginning (self);
  target_form_check (self);
}

static void
on_page_chosen (WsiTargetForm *self,
                const char    *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->rows[WSI_TARGET_PAGE]), text);
}

static void
on_interface_chosen (WsiTargetForm *self,
                     const char    *name)
{
  gtk_editable_set_text (GTK_EDITABLE (self->rows[WSI_TARGET_INTERFACE]), name);
}

static void
on_program_chosen (WsiTargetForm *self,
                   const char    *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->rows[WSI_TARGET_ADDRESS]), text);
}

/* Shows that Firefox tells other programs nothing of its messages. */
static void
on_firefox_activated (WsiTargetForm *self)
{
  const char *const words[] = { wsi_started_program_find_firefox (), NULL };
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_CAPTURE);
  g_autofree char *line = NULL;

  wsi_target_set_words (target, words);
  line = wsi_target_print (target);
  gtk_widget_activate_action (GTK_WIDGET (self), "start.choose", "s", line);
}

static void
on_start_clicked (WsiTargetForm *self)
{
  g_autoptr (WsiTarget) target = target_form_dup_target (self);
  WsiTargetField wrong;
  g_autoptr (GError) error = NULL;

  if (wsi_target_check (target, &wrong, &error))
    g_signal_emit (self, signals[START], 0, target);
  else
    wsi_target_form_show_error (self, wrong, error->message);
}

static void
show_notes (WsiTargetForm *self,
            char         **lines)
{
  g_autofree char *text = g_strjoinv ("\n", lines);

  gtk_label_set_text (self->notes, text);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), *text != '\0');
}

/* Takes a curl command, also one in the address: fills the fields, or says what is wrong with
 * it. */
static void
target_form_paste (WsiTargetForm *self,
                   const char    *text)
{
  g_auto (GStrv) notes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_curl_parse (text, &notes, &error);

  if (target == NULL)
    {
      wsi_target_form_show_error (self, WSI_TARGET_ADDRESS, error->message);
      return;
    }

  wsi_target_form_set_target (self, target);
  show_notes (self, notes);
  wsi_target_form_focus (self);
}

static gboolean
paste_address (gpointer data)
{
  WsiTargetForm *self = data;
  g_autofree char *text =
    g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->rows[WSI_TARGET_ADDRESS])));

  self->pasting = 0;
  target_form_paste (self, text);
  return G_SOURCE_REMOVE;
}

/* Handles the address later: the entry may not be changed while it notifies of its change. */
static void
on_address_changed (WsiTargetForm *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->rows[WSI_TARGET_ADDRESS]));

  if (self->pasting == 0 && wsi_curl_is_command (text))
    self->pasting = g_idle_add (paste_address, self);
}

static void
on_text_read (GObject      *clipboard,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (WsiTargetForm) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
    gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  target_form_paste (self, text != NULL ? text : "");
}

static void
on_paste_clicked (WsiTargetForm *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  gdk_clipboard_read_text_async (clipboard, self->cancellable, on_text_read, g_object_ref (self));
}

static void
wsi_target_form_dispose (GObject *object)
{
  WsiTargetForm *self = WSI_TARGET_FORM (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_handle_id (&self->pasting, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_target_form_parent_class)->dispose (object);
}

static void
wsi_target_form_finalize (GObject *object)
{
  g_object_unref (WSI_TARGET_FORM (object)->cancellable);
  G_OBJECT_CLASS (wsi_target_form_parent_class)->finalize (object);
}

static void
target_form_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiTargetForm, place_group);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, browser_group);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, firefox_group);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, handshake_group);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, headers_group);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, tls_group);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, begin_row);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, compress_row);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, rewrite_row);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, accept_row);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, headers_error);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, begin_switch);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, compress_switch);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, rewrite_switch);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, accept_switch);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, page_chooser);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, interface_chooser);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, program_chooser);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, headers_view);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, paste_button);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, start_button);
  gtk_widget_class_bind_template_child (class, WsiTargetForm, notes);
}

static void
wsi_target_form_class_init (WsiTargetFormClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_target_form_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_target_form_finalize;

  signals[START] = g_signal_new ("start", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1,
                                 WSI_TYPE_TARGET | G_SIGNAL_TYPE_STATIC_SCOPE);

  g_type_ensure (WSI_TYPE_PAGE_CHOOSER);
  g_type_ensure (WSI_TYPE_INTERFACE_CHOOSER);
  g_type_ensure (WSI_TYPE_PROGRAM_CHOOSER);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/start/wsi-target-form.ui");
  target_form_bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_start_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_paste_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_begin_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_firefox_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_page_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_interface_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_program_chosen);
}

static void
wsi_target_form_init (WsiTargetForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/* Adds rows; returns their number. */
static guint
target_form_add_rows (WsiTargetForm        *self,
                      AdwPreferencesGroup  *group,
                      const WsiTargetField *fields,
                      guint                 n_fields)
{
  guint n_rows = 0;

  for (guint i = 0; i < n_fields; i++)
    if (wsi_target_has_field (self->kind, fields[i]))
      {
        WsiFieldRow *row = wsi_field_row_new (fields[i]);

        self->rows[fields[i]] = row;
        g_signal_connect_swapped (row, "edited", G_CALLBACK (target_form_check), self);
        g_signal_connect_swapped (row, "entry-activated", G_CALLBACK (on_start_clicked), self);
        adw_preferences_group_add (group, GTK_WIDGET (row));
        adw_preferences_group_add (group, wsi_field_row_get_error_row (row));
        n_rows++;
      }

  return n_rows;
}

static gboolean
show_option (WsiTargetForm   *self,
             AdwActionRow    *row,
             WsiTargetOptions option)
{
  gboolean has_option = wsi_target_has_option (self->kind, option);

  gtk_widget_set_visible (GTK_WIDGET (row), has_option);
  return has_option;
}

/* Fills the rows of a browser; a sandbox has none. */
static void
fill_browser (WsiTargetForm *self)
{
  gboolean can_begin = wsi_browser_process_is_possible ();

  target_form_add_rows (self, self->browser_group, browser_fields, G_N_ELEMENTS (browser_fields));
  gtk_switch_set_active (self->begin_switch, can_begin);
  gtk_widget_set_sensitive (GTK_WIDGET (self->begin_row), can_begin);
  if (!can_begin)
    adw_action_row_set_subtitle (self->begin_row,
                                 _("Not from inside a sandbox: start Chromium yourself with "
                                   "--remote-debugging-port=9222 and a --user-data-dir of its own, "
                                   "and watch port 9222"));
  show_beginning (self);
}

static void
fill_capture (WsiTargetForm *self)
{
  target_form_add_rows (self, self->place_group, capture_fields, G_N_ELEMENTS (capture_fields));
  wsi_field_row_set_title (self->rows[WSI_TARGET_ARGUMENTS],
                           _("Program to start, with its arguments; empty = none"));
}

static void
target_form_fill (WsiTargetForm *self)
{
  gboolean is_browser = self->kind == WSI_TARGET_BROWSER;
  guint n_handshake, n_tls;

  target_form_add_rows (self, self->place_group, place_fields, G_N_ELEMENTS (place_fields));
  if (self->kind == WSI_TARGET_PROXY)
    wsi_field_row_set_title (self->rows[WSI_TARGET_ADDRESS], _("Server"));
  if (self->kind == WSI_TARGET_PROGRAM)
    {
      wsi_field_row_set_title (self->rows[WSI_TARGET_ADDRESS], _("Program (name or PID)"));
      adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (self->rows[WSI_TARGET_ADDRESS]),
                                       GTK_INPUT_PURPOSE_FREE_FORM);
    }
  if (self->kind == WSI_TARGET_CAPTURE)
    fill_capture (self);
  n_handshake = target_form_add_rows (self, self->handshake_group, handshake_fields,
                                      G_N_ELEMENTS (handshake_fields));
  n_tls = target_form_add_rows (self, self->tls_group, tls_fields, G_N_ELEMENTS (tls_fields));
  n_handshake += show_option (self, self->compress_row, WSI_TARGET_COMPRESSES);
  n_handshake += show_option (self, self->rewrite_row, WSI_TARGET_REWRITES_HOST);
  n_tls += show_option (self, self->accept_row, WSI_TARGET_ACCEPTS_ANY);
  gtk_widget_set_visible (GTK_WIDGET (self->handshake_group), n_handshake > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->tls_group), n_tls > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->headers_group),
                          wsi_target_has_field (self->kind, WSI_TARGET_HEADERS));
  gtk_widget_set_visible (GTK_WIDGET (self->begin_row), is_browser);
  gtk_widget_set_visible (GTK_WIDGET (self->browser_group), is_browser);
  gtk_widget_set_visible (GTK_WIDGET (self->firefox_group), is_browser);
  gtk_widget_set_visible (GTK_WIDGET (self->page_chooser), is_browser);
  gtk_widget_set_visible (GTK_WIDGET (self->interface_chooser), self->kind == WSI_TARGET_CAPTURE);
  gtk_widget_set_visible (GTK_WIDGET (self->program_chooser), self->kind == WSI_TARGET_PROGRAM);
  if (is_browser)
    fill_browser (self);
}

/* Fills the address to listen at as the user prefers; it may be wrong, which the row says. */
static void
fill_listen (WsiTargetForm *self)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_autofree char *text = g_settings_get_string (settings, "default-listen");

  if (self->rows[WSI_TARGET_LISTEN] != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->rows[WSI_TARGET_LISTEN]), text);
}

/* Makes a form for CLIENT, SERVER, PROXY, BROWSER, CAPTURE or PROGRAM. */
WsiTargetForm *
wsi_target_form_new (WsiTargetKind kind)
{
  WsiTargetForm *self = g_object_new (WSI_TYPE_TARGET_FORM, NULL);

  self->kind = kind;
  adw_preferences_group_set_title (self->place_group, _(kinds[kind].title));
  /* libadwaita 1.2 cuts titles of groups off */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->place_group), _(kinds[kind].title));
  adw_preferences_group_set_description (self->place_group, _(kinds[kind].description));
  gtk_button_set_label (self->start_button, _(kinds[kind].start));
  gtk_widget_set_visible (GTK_WIDGET (self->paste_button), kind == WSI_TARGET_CLIENT);
  target_form_fill (self);
  if (kind == WSI_TARGET_CLIENT)
    g_signal_connect_swapped (self->rows[WSI_TARGET_ADDRESS], "changed",
                              G_CALLBACK (on_address_changed), self);
  fill_listen (self);
  g_signal_connect_swapped (gtk_text_view_get_buffer (self->headers_view), "changed",
                            G_CALLBACK (target_form_check), self);
  target_form_check (self);
  return self;
}

/* Sets a target, whose text may be of a command line or a file, and not UTF-8. */
void
wsi_target_form_set_target (WsiTargetForm   *self,
                            const WsiTarget *target)
{
  WsiTargetOptions options = wsi_target_get_options (target);
  g_autofree char *headers =
    g_utf8_make_valid (wsi_target_get_text (target, WSI_TARGET_HEADERS), -1);

  gtk_switch_set_active (self->begin_switch, (options & WSI_TARGET_STARTS) != 0);
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    if (self->rows[i] != NULL)
      {
        g_autofree char *text = g_utf8_make_valid (wsi_target_get_text (target, i), -1);

        gtk_editable_set_text (GTK_EDITABLE (self->rows[i]), text);
      }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->headers_view), headers, -1);
  gtk_switch_set_active (self->compress_switch, (options & WSI_TARGET_COMPRESSES) != 0);
  gtk_switch_set_active (self->rewrite_switch, (options & WSI_TARGET_REWRITES_HOST) != 0);
  gtk_switch_set_active (self->accept_switch, (options & WSI_TARGET_ACCEPTS_ANY) != 0);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), FALSE);
}

/* Shows an error in a row, which gets the focus: there the mistake can be mended. */
void
wsi_target_form_show_error (WsiTargetForm *self,
                            WsiTargetField field,
                            const char    *sentence)
{
  g_autofree char *text = g_utf8_make_valid (sentence, -1);

  if (field == WSI_TARGET_HEADERS)
    {
      show_headers_error (self, text);
      gtk_widget_grab_focus (GTK_WIDGET (self->headers_view));
    }
  else if (field < WSI_TARGET_N_FIELDS && self->rows[field] != NULL)
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->rows[field]));
      wsi_field_row_show_error (self->rows[field], text);
    }
}

void
wsi_target_form_offer (WsiTargetForm *self,
                       WsiTargetField field,
                       const char    *text)
{
  if (field < WSI_TARGET_N_FIELDS && self->rows[field] != NULL)
    wsi_field_row_offer (self->rows[field], text);
}

/* The first row of place_fields that the kind has. */
static WsiFieldRow *
get_first_row (WsiTargetForm *self)
{
  WsiFieldRow *row = NULL;

  for (guint i = 0; row == NULL && i < G_N_ELEMENTS (place_fields); i++)
    row = self->rows[place_fields[i]];
  return row;
}

void
wsi_target_form_focus (WsiTargetForm *self)
{
  g_autoptr (WsiTarget) target = target_form_dup_target (self);
  WsiTargetField wrong;
  gboolean is_right = wsi_target_check (target, &wrong, NULL);
  WsiFieldRow *row = is_right ? get_first_row (self) : self->rows[wrong];

  gtk_widget_grab_focus (row != NULL ? GTK_WIDGET (row) : GTK_WIDGET (self->headers_view));
}

char *
wsi_target_form_dup_address (WsiTargetForm *self)
{
  return self->rows[WSI_TARGET_ADDRESS] != NULL
         ? g_strdup (target_form_get_text (self, WSI_TARGET_ADDRESS)) : NULL;
}

void
wsi_target_form_offer_address (WsiTargetForm *self,
                               const char    *address)
{
  if (*target_form_get_text (self, WSI_TARGET_ADDRESS) == '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->rows[WSI_TARGET_ADDRESS]), address);
}
