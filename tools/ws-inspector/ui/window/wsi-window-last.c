/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sources and the filter of a session that is in no file: kept without secrets, and offered
 * with the columns that were chosen last, when no session goes on. */

#include "ui/window/wsi-window-private.h"

#include "inspect/show/columns/wsi-list-filter.h"
#include "inspect/show/columns/wsi-shown-rows.h"
#include "ui/frames/wsi-frame-list.h"

#define SOURCES "last-sources"
#define FILTER "last-filter"

static gboolean
is_kept (WsiWindow *self)
{
  return self->document == NULL || wsi_document_get_file (self->document) == NULL;
}

/* Targets that wait are offered again, if this session does not come to them. */
static void
save_lines (WsiWindow *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < self->lines->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->lines, i));
  for (guint i = 0; i < self->waiting->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->waiting, i));
  lines = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, SOURCES, (const char *const *) lines);
}

/* The form showed the first one that waits: the user has corrected it. */
static void
forget_corrected (WsiWindow       *self,
                  const WsiTarget *target)
{
  g_autoptr (WsiTarget) wrong = NULL;

  if (self->waiting->len == 0 || self->is_continuing)
    return;

  wrong = wsi_target_parse (g_ptr_array_index (self->waiting, 0), NULL);
  if (wrong == NULL || wsi_target_get_kind (wrong) == wsi_target_get_kind (target))
    g_ptr_array_remove_index (self->waiting, 0);
}

/* The example can be played at any time. */
void
wsi_window_note_target (WsiWindow       *self,
                        const WsiTarget *target)
{
  g_autoptr (WsiTarget) kept = wsi_target_dup_without_secrets (target);

  if (wsi_target_get_kind (target) == WSI_TARGET_EXAMPLE || !is_kept (self))
    return;

  forget_corrected (self, target);
  g_ptr_array_add (self->lines, wsi_target_print (kept));
  save_lines (self);
}

/* At the end of the session. */
void
wsi_window_note_end (WsiWindow *self)
{
  WsiFrameList *list = wsi_session_page_get_frame_list (self->session_page);
  const char *filter = wsi_shown_rows_get_filter (wsi_frame_list_get_rows (list));

  if (self->lines->len == 0)
    return;

  g_ptr_array_set_size (self->lines, 0);
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

void
wsi_window_apply_last_filter (WsiWindow *self)
{
  WsiFrameList *list = wsi_session_page_get_frame_list (self->session_page);
  g_autofree char *filter = g_settings_get_string (self->settings, FILTER);

  if (filter[0] != '\0')
    gtk_widget_activate_action (GTK_WIDGET (list),
                                "frames.apply-filter", "s", filter);
}

void
wsi_window_stop_continuing (WsiWindow *self)
{
  g_ptr_array_set_size (self->waiting, 0);
}

gboolean
wsi_window_wait_for_last (WsiWindow *self)
{
  g_auto (GStrv) lines = g_settings_get_strv (self->settings, SOURCES);

  if (has_session (self))       /* the lines may be those of its sources */
    return FALSE;

  wsi_window_stop_continuing (self);
  for (guint i = 0; lines[i] != NULL; i++)
    g_ptr_array_add (self->waiting, g_strdup (lines[i]));
  return TRUE;
}
