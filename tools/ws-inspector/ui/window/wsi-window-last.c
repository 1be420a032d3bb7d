/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sources and the filter of a session that is in no file: kept without secrets, and offered
 * when no session goes on. */

#include "ui/window/wsi-window-private.h"

#include "inspect/list/wsi-list-filter.h"

#define SOURCES "last-sources"
#define FILTER "last-filter"

static gboolean
is_kept (WsiWindow *self)
{
  return self->document == NULL || wsi_document_get_file (self->document) == NULL;
}

/* The example can be played at any time. */
void
wsi_window_note_target (WsiWindow       *self,
                        const WsiTarget *target)
{
  g_autoptr (WsiTarget) kept = wsi_target_dup_without_secrets (target);

  if (wsi_target_get_kind (target) == WSI_TARGET_EXAMPLE || !is_kept (self))
    return;

  if (self->lines == NULL)
    self->lines = g_strv_builder_new ();

  g_autofree char *line = wsi_target_print (kept);

  g_strv_builder_add (self->lines, line);
  g_auto (GStrv) lines = g_strv_builder_end (self->lines);

  /* The builder is empty then. */
  g_strv_builder_addv (self->lines, (const char **) lines);
  g_settings_set_strv (self->settings, SOURCES, (const char *const *) lines);
}

/* At the end of the session. */
void
wsi_window_note_end (WsiWindow *self)
{
  const char *filter = wsi_frame_list_get_filter (wsi_window_get_frame_list (self));

  if (self->lines == NULL)
    return;

  g_clear_pointer (&self->lines, g_strv_builder_unref);
  if (!is_kept (self))
    g_settings_reset (self->settings, SOURCES);
  if (is_kept (self) && filter != NULL && !wsi_list_filter_may_have_secret (filter))
    g_settings_set_string (self->settings, FILTER, filter);
  else
    g_settings_reset (self->settings, FILTER);
}

static gboolean
has_session (WsiWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  GList *windows = application != NULL ? gtk_application_get_windows (application) : NULL;

  for (GList *i = windows; i != NULL; i = i->next)
    if (WSI_IS_WINDOW (i->data) && WSI_WINDOW (i->data)->session != NULL)
      return TRUE;

  return FALSE;
}

void
wsi_window_offer_last (WsiWindow *self)
{
  g_auto (GStrv) lines = g_settings_get_strv (self->settings, SOURCES);

  wsi_start_page_offer (self->start_page,
                        has_session (self) ? NULL : (const char *const *) lines);
}

/* A line that is no target, or one that misses its secret, ends it: the form says what is wrong. */
static void
activate_continue (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  g_auto (GStrv) lines = g_settings_get_strv (self->settings, SOURCES);
  g_autofree char *filter = g_settings_get_string (self->settings, FILTER);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (WsiTarget) target = wsi_target_parse (lines[i], NULL);

      if (target != NULL)
        wsi_window_start (self, target);
      if (target != NULL && wsi_window_is_page (self, "start"))
        return;
    }
  if (self->session != NULL && filter[0] != '\0')
    gtk_widget_activate_action (GTK_WIDGET (wsi_window_get_frame_list (self)),
                                "frames.apply-filter", "s", filter);
}

void
wsi_window_install_last_action (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.continue", NULL, activate_continue);
}
