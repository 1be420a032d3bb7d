/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-copy.h"

#include "inspect/capture/wsi-row.h"
#include "inspect/save/formats/wsi-hidden-messages.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/columns/wsi-row-column.h"
#include "inspect/show/columns/wsi-row-copy.h"
#include "inspect/show/columns/wsi-selection-copy.h"
#include "ui/parts/wsi-settings.h"

#define COPYING "wsi-copying"
#define STEP_US 5000

/* A copy that is being made.  It ends with its list, with the store of the list, and when something
 * else is copied.  Rows with secrets are copied twice: the second text has the secrets, and waits
 * in a toast. */
typedef struct
{
  WsiFrameList *list;           /* list that owns the copy */
  WsiStore     *store;
  WsiSelectionCopy  *copy;
  WsiSelectionCopy  *whole;          /* copy with secrets; NULL = the rows have none */
  guint64       n_hidden;
  guint         idle;
} Copying;

static void
frame_copy_copying_free (gpointer data)
{
  Copying *self = data;

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_pointer (&self->copy, wsi_selection_copy_free);
  g_clear_pointer (&self->whole, wsi_selection_copy_free);
  g_object_unref (self->store);
  g_free (self);
}

static void
end_copying (WsiFrameList *list)
{
  g_object_set_data (G_OBJECT (list), COPYING, NULL);
}

/* Shows a failure in a toast, which needs a window of ours; elsewhere the failure is silent. */
static void
frame_copy_show_text (WsiFrameList *list,
                      const char   *text,
                      const GError *error)
{
  GtkWidget *widget = GTK_WIDGET (list);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  else
    gtk_widget_activate_action (widget,
                                g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE)
                                ? "win.offer-export" : "win.toast", "s", error->message);
}

static void
offer_secrets (WsiFrameList *list,
               guint64       n_hidden,
               const char   *text)
{
  gtk_widget_activate_action (GTK_WIDGET (list), "win.offer-secrets", "(ts)", n_hidden, text);
}

/* Ends a step; the same rows with their secrets follow, if there are any. */
static void
end_step (Copying *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = wsi_selection_copy_end (self->copy, &error);

  self->n_hidden = wsi_selection_copy_get_n_hidden (self->copy);
  frame_copy_show_text (self->list, text, error);
  g_clear_pointer (&self->copy, wsi_selection_copy_free);
  if (text != NULL && self->n_hidden > 0)
    self->copy = g_steal_pointer (&self->whole);
}

/* Copies on.  FALSE: the copy has ended, and is freed. */
static gboolean
copy_on (Copying *self)
{
  WsiFrameList *list = self->list;
  g_autofree char *text = NULL;

  /* the format of the rows lives as long as their store */
  if (wsi_shown_rows_get_store (wsi_frame_list_get_rows (list)) != self->store)
    {
      end_copying (list);
      return FALSE;
    }
  if (wsi_selection_copy_step (self->copy, STEP_US))
    return TRUE;

  if (self->whole != NULL)
    end_step (self);
  else
    {
      text = wsi_selection_copy_end (self->copy, NULL);
      g_clear_pointer (&self->copy, wsi_selection_copy_free);
    }
  if (self->copy != NULL)
    return copy_on (self);
  if (text != NULL)
    offer_secrets (list, self->n_hidden, text);
  end_copying (list);
  return FALSE;
}

static gboolean
frame_copy_on_idle (gpointer data)
{
  Copying *self = data;
  guint idle = self->idle;

  self->idle = 0;
  if (!copy_on (self))
    return G_SOURCE_REMOVE;

  self->idle = idle;
  return G_SOURCE_CONTINUE;
}

/* Begins to copy; a text that fits into one step is there at once. */
static void
begin_copying (WsiFrameList        *list,
               const WsiCopiedRows *rows)
{
  Copying *self = g_new0 (Copying, 1);
  WsiCopiedRows whole = *rows;

  whole.redaction = WSI_REDACTION_NONE;
  self->list = list;
  self->store = g_object_ref (rows->store);
  self->copy = wsi_selection_copy_new (rows);
  self->whole = wsi_selection_copy_new (&whole);
  g_object_set_data_full (G_OBJECT (list), COPYING, self, frame_copy_copying_free);
  if (copy_on (self))
    self->idle = g_idle_add (frame_copy_on_idle, self);
}

static char *
frame_copy_make_command (WsiFrameList *list,
                         WsiRow       *row,
                         WsiCopyForm   form,
                         WsiRedactor  *redactor,
                         GError      **error)
{
  WsiUnit unit = wsi_shown_rows_get_unit (wsi_frame_list_get_rows (list));
  g_autoptr (WsiHiddenMessages) messages =
    wsi_hidden_messages_new (wsi_row_get_store (row), redactor);

  return wsi_row_copy (row, unit, form, messages, error);
}

static void
copy_command (WsiFrameList      *list,
              WsiRow            *row,
              WsiCopyForm        form,
              const char *const *secret_names)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiRedactor) none = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *whole = NULL;

  wsi_redactor_set_names (redactor, secret_names);
  text = frame_copy_make_command (list, row, form, redactor, &error);
  frame_copy_show_text (list, text, error);
  if (wsi_redactor_get_n_hidden (redactor) > 0)
    whole = frame_copy_make_command (list, row, form, none, NULL);
  if (text != NULL && whole != NULL)
    offer_secrets (list, wsi_redactor_get_n_hidden (redactor), whole);
}

static void
frame_copy_activate_copy (GtkWidget  *widget,
                          const char *name,
                          GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);
  WsiShownRows *shown = wsi_frame_list_get_rows (list);
  WsiRow *row = wsi_frame_list_get_row (list);
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (list);
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (GStrv) names = g_settings_get_strv (settings, "redact-names");
  g_auto (GStrv) chosen = NULL, columns = NULL;
  WsiCopyForm form;

  if (!wsi_copy_form_find (g_variant_get_string (parameter, NULL), &form))
    return;

  g_object_get (list, "columns", &chosen, NULL);
  columns = wsi_columns_dup_copied ((const char *const *) chosen);
  end_copying (list);
  if (wsi_copy_form_is_command (form) && row != NULL)
    copy_command (list, row, form, (const char *const *) names);
  else if (!wsi_copy_form_is_command (form) && numbers->len > 0)
    begin_copying (list, &(WsiCopiedRows) {
      .store = wsi_shown_rows_get_store (shown),
      .numbers = numbers,
      .unit = wsi_shown_rows_get_unit (shown),
      .form = form,
      .format = wsi_shown_rows_get_format (shown),
      .columns = (const char *const *) columns,
      .secret_names = (const char *const *) names,
    });
}

static void
activate_copy_payload (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "frames.copy", "s", "text");
}

void
wsi_frame_copy_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "frames.copy", "s", frame_copy_activate_copy);
  gtk_widget_class_install_action (class, "frames.copy-payload", NULL, activate_copy_payload);
  gtk_widget_class_add_binding_action (class, GDK_KEY_c, GDK_CONTROL_MASK, "frames.copy", "s",
                                       "text");
}
