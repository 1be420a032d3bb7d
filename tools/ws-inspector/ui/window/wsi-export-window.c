/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-export-window.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/save/formats/wsi-export.h"
#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspect/show/models/wsi-frame-model.h"
#include "ui/parts/wsi-dialog.h"
#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-file-chooser.h"

typedef enum
{
  ROWS_ALL,
  ROWS_SHOWN,
  ROWS_SELECTED,
  N_ROWS,
} Rows;

struct _WsiExportWindow
{
  AdwWindow             parent_instance;

  GtkStack             *pages;
  GtkWidget            *cancel_button, *close_button, *export_button;
  AdwComboRow          *format_row, *rows_row, *redaction_row;
  GtkProgressBar       *progress;
  AdwStatusPage        *report_page, *failed_page;
  GtkListBox           *hidden_list;
  WsiStore             *store;
  GArray               *shown;          /* numbers of the shown rows; NULL: all rows are shown */
  GArray               *selected;       /* numbers of the selected rows, which rise */
  WsiExportUnit         unit;
  GtkFileChooserNative *chooser;        /* file dialog that is open; NULL: none is */
  GCancellable         *cancellable;    /* cancellable of the export; NULL: nothing is written */
};

G_DEFINE_FINAL_TYPE (WsiExportWindow, wsi_export_window, ADW_TYPE_WINDOW)

static const char *const format_titles[] = {
#define TITLE(name, word, suffix, title, open) title,
  WSI_FORMAT_ROWS (TITLE)
#undef TITLE
};

static const char *const redaction_titles[] = {
  [WSI_REDACTION_DEFAULT] = N_("Hide secrets"),
  [WSI_REDACTION_NONE] = N_("Hide nothing"),
  [WSI_REDACTION_STRICT] = N_("Hide secrets, paths and payload"),
};

static void
export_window_show_page (WsiExportWindow *self,
                         const char      *name)
{
  gboolean has_options = g_str_equal (name, "options");
  gboolean has_ended = !has_options && !g_str_equal (name, "progress");

  gtk_stack_set_visible_child_name (self->pages, name);
  gtk_widget_set_visible (self->export_button, has_options);
  gtk_widget_set_visible (self->cancel_button, !has_ended);
  gtk_widget_set_visible (self->close_button, has_ended);
  gtk_widget_grab_focus (has_options ? self->export_button
                         : has_ended ? self->close_button : self->cancel_button);
}

static char *
print_count (const char *format,
             guint64     n)
{
  g_autofree char *digits = g_strdup_printf ("%'" PRIu64, n);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

  return g_strjoinv (digits, parts);
}

/* Adds a hidden name, which is a peer's. */
static void
export_window_add_hidden (WsiExportWindow     *self,
                          const WsiHiddenName *hidden)
{
  g_autofree char *name = wsi_text_escape_line (hidden->name, WSI_CHARSET_UTF8);
  g_autofree char *count = print_count (ngettext ("%s value", "%s values", hidden->n_values),
                                        hidden->n_values);
  AdwActionRow *row = g_object_new (ADW_TYPE_ACTION_ROW,
                                    "title", name,
                                    "title-lines", 0,
                                    "subtitle", count,
                                    "use-markup", FALSE,
                                    NULL);

  gtk_list_box_append (self->hidden_list, GTK_WIDGET (row));
}

static void
show_report (WsiExportWindow       *self,
             const WsiExportReport *report,
             GPtrArray             *hidden)
{
  g_autofree char *rows = print_count (ngettext ("%s row was written.", "%s rows were written.",
                                                 report->n_rows), report->n_rows);
  g_autofree char *values = print_count (ngettext ("%s value was hidden.", "%s values were hidden.",
                                                   report->n_hidden), report->n_hidden);
  g_autofree char *gone = report->n_gone > 0
                          ? print_count (ngettext ("%s row had been removed from memory before.",
                                                   "%s rows had been removed from memory before.",
                                                   report->n_gone), report->n_gone) : NULL;
  g_autofree char *unread =
    report->n_unread > 0
    ? print_count (ngettext ("%s message may have secrets and could not be read.",
                             "%s messages may have secrets and could not be read.",
                             report->n_unread), report->n_unread) : NULL;
  const char *lines[] = { rows, values, unread != NULL ? unread : gone,
                          unread != NULL ? gone : NULL, NULL };
  g_autofree char *text = g_strjoinv ("\n", (char **) lines);

  adw_status_page_set_description (self->report_page, text);
  for (guint i = 0; i < hidden->len; i++)
    export_window_add_hidden (self, g_ptr_array_index (hidden, i));
  gtk_widget_set_visible (GTK_WIDGET (self->hidden_list), hidden->len > 0);
  export_window_show_page (self, "report");
}

/* Shows a failure; sentences are shown as markup, and name files. */
static void
export_window_show_failure (WsiExportWindow *self,
                            const char      *sentence)
{
  g_autofree char *line = wsi_text_escape_line (sentence, WSI_CHARSET_UTF8);
  g_autofree char *text = g_markup_escape_text (line, -1);

  adw_status_page_set_description (self->failed_page, text);
  export_window_show_page (self, "failed");
}

static void
on_progress (double   part,
             gpointer data)
{
  WsiExportWindow *self = data;

  /* a window that was closed has no bar, and waits for the end of what it has cancelled */
  if (self->store != NULL)
    gtk_progress_bar_set_fraction (self->progress, part);
}

/* Handles the end of an export; the window may have been closed, which has cancelled it. */
static void
on_exported (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (WsiExportWindow) self = data;
  g_autoptr (GPtrArray) hidden = wsi_export_list_hidden (result);
  g_autoptr (GError) error = NULL;
  WsiExportReport report;
  gboolean is_written = wsi_export_finish (result, &report, &error);

  g_clear_object (&self->cancellable);
  if (self->store == NULL)
    return;

  if (is_written)
    show_report (self, &report, hidden);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    export_window_show_page (self, "options");
  else
    export_window_show_failure (self, error->message);
}

static GArray *
export_window_get_rows (WsiExportWindow *self)
{
  switch ((Rows) adw_combo_row_get_selected (self->rows_row))
    {
    case ROWS_SHOWN:
      return self->shown;
    case ROWS_SELECTED:
      return self->selected;
    case ROWS_ALL:
    case N_ROWS:
      break;
    }

  return NULL;
}

/* The dialog for files has asked whether one that is there may be replaced. */
void
wsi_export_window_write (WsiExportWindow *self,
                         GFile           *file)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (GStrv) names = g_settings_get_strv (settings, "redact-names");
  const WsiExportOptions options = {
    .format = adw_combo_row_get_selected (self->format_row),
    .redaction = adw_combo_row_get_selected (self->redaction_row),
    .mode = WSI_EXPORT_REPLACE,
    .unit = self->unit,
    .secret_names = (const char *const *) names,
  };

  gtk_progress_bar_set_fraction (self->progress, 0);
  export_window_show_page (self, "progress");
  self->cancellable = g_cancellable_new ();
  wsi_export_async (self->store, file, &options, export_window_get_rows (self), self->cancellable,
                    on_progress,
                    self, on_exported, g_object_ref (self));
}

static void
export_window_on_response (GtkNativeDialog *dialog,
                           int              response,
                           WsiExportWindow *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                           ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  g_clear_object (&self->chooser);
  if (file != NULL)
    wsi_export_window_write (self, file);
}

static void
export_window_activate_choose (GtkWidget  *widget,
                               const char *name,
                               GVariant   *parameter)
{
  WsiExportWindow *self = WSI_EXPORT_WINDOW (widget);

  if (self->chooser != NULL || self->cancellable != NULL)
    return;

  self->chooser = wsi_file_chooser_new_export (GTK_WINDOW (self),
                                               adw_combo_row_get_selected (self->format_row));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (export_window_on_response), self,
                           0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* Cancels: while a file is written the options come back; else the dialog goes. */
static void
export_window_activate_cancel (GtkWidget  *widget,
                               const char *name,
                               GVariant   *parameter)
{
  WsiExportWindow *self = WSI_EXPORT_WINDOW (widget);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
activate_try_again (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  export_window_show_page (WSI_EXPORT_WINDOW (widget), "options");
}

static void
wsi_export_window_dispose (GObject *object)
{
  WsiExportWindow *self = WSI_EXPORT_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->chooser != NULL)
    gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_object (&self->store);
  g_clear_pointer (&self->shown, g_array_unref);
  g_clear_pointer (&self->selected, g_array_unref);
  G_OBJECT_CLASS (wsi_export_window_parent_class)->dispose (object);
}

static void
export_window_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiExportWindow, pages);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, cancel_button);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, close_button);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, export_button);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, format_row);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, rows_row);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, redaction_row);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, progress);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, report_page);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, failed_page);
  gtk_widget_class_bind_template_child (class, WsiExportWindow, hidden_list);
}

static void
wsi_export_window_class_init (WsiExportWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_export_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/window/wsi-export-window.ui");
  export_window_bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "export.choose", NULL,
                                   export_window_activate_choose);
  gtk_widget_class_install_action (widget_class, "export.cancel", NULL,
                                   export_window_activate_cancel);
  gtk_widget_class_install_action (widget_class, "export.try-again", NULL, activate_try_again);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "export.cancel", NULL);
}

static void
set_titles (AdwComboRow       *row,
            const char *const *titles,
            guint              n_titles)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < n_titles; i++)
    gtk_string_list_append (list, _(titles[i]));
  adw_combo_row_set_model (row, G_LIST_MODEL (list));
}

static void
wsi_export_window_init (WsiExportWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_titles (self->format_row, format_titles, G_N_ELEMENTS (format_titles));
  set_titles (self->redaction_row, redaction_titles, G_N_ELEMENTS (redaction_titles));
  export_window_show_page (self, "options");
}

/* Sets the choice of rows; without a selected row there is none. */
static void
set_rows (WsiExportWindow *self,
          guint64          n_all,
          guint64          n_shown)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autofree char *all = print_count (ngettext ("All (%s row)", "All (%s rows)", n_all), n_all);
  g_autofree char *shown = print_count (ngettext ("Those that are shown (%s row)",
                                                  "Those that are shown (%s rows)", n_shown),
                                        n_shown);
  guint n_selected = self->selected->len;
  g_autofree char *selected = print_count (ngettext ("Those that are selected (%s row)",
                                                     "Those that are selected (%s rows)",
                                                     n_selected), n_selected);

  gtk_string_list_append (list, all);
  gtk_string_list_append (list, shown);
  if (n_selected > 0)
    gtk_string_list_append (list, n_selected > 1 ? selected : _("The selected row"));
  adw_combo_row_set_model (self->rows_row, G_LIST_MODEL (list));
  if (n_selected > 1)
    adw_combo_row_set_selected (self->rows_row, ROWS_SELECTED);
}

static void
take_rows (WsiExportWindow *self,
           WsiFrameList    *list)
{
  WsiFrameModel *model = wsi_shown_rows_get_model (wsi_frame_list_get_rows (list));
  WsiShownCounts counts;

  self->unit = wsi_shown_rows_get_unit (wsi_frame_list_get_rows (list)) == WSI_UNIT_MESSAGES
               ? WSI_EXPORT_MESSAGES : WSI_EXPORT_FRAMES;
  self->selected = wsi_frame_list_dup_selected (list);
  wsi_frame_model_sort_numbers (self->selected);
  if (model != NULL)
    self->shown = wsi_frame_model_dup_numbers (model);

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  set_rows (self, counts.n_rows, counts.n_shown);
}

WsiExportWindow *
wsi_export_window_new (GtkWindow    *parent,
                       WsiFrameList *list)
{
  WsiExportWindow *self = g_object_new (WSI_TYPE_EXPORT_WINDOW, NULL);

  wsi_dialog_set_parent (GTK_WINDOW (self), parent);
  self->store = g_object_ref (wsi_shown_rows_get_store (wsi_frame_list_get_rows (list)));
  take_rows (self, list);
  return self;
}
