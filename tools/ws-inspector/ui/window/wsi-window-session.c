/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The session of the window: its sources are started, fail, and end. */
#include "ui/window/wsi-window-private.h"

#include "inspect/show/sentences/wsi-sentence.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-store.h"
#include "inspect/targets/wsi-target-start.h"
#include "ui/parts/wsi-settings.h"
#include "ui/session/wsi-source-text.h"
#include "ui/start/wsi-target-form.h"

static void
show_failure (WsiWindow *self,
              WsiSource *source)
{
  gboolean has_handshake = wsi_session_get_conversation (self->session) != NULL;
  g_autofree char *title = wsi_source_text_dup_title (source);
  g_autofree char *sentence = wsi_source_text_dup_sentence (source);

  wsi_failure_page_show (self->failed_page, title, sentence,
                         has_handshake ? WSI_FAILURE_WITH_HANDSHAKE
                                       : WSI_FAILURE_WITHOUT_HANDSHAKE);
  wsi_window_show_page (self, "failed");
  wsi_failure_page_focus (self->failed_page);
}

/* A source without rows fills the window when it has failed.  A damaged file may have given some:
 * they stay in view. */
static gboolean
is_all_lost (WsiWindow *self,
             WsiSource *source)
{
  return wsi_session_get_n_sources (self->session) == 1 &&
         wsi_source_get_state (source) == WSI_SOURCE_FAILED &&
         (wsi_source_get_kind (source) != WSI_SOURCE_KIND_FILE ||
          wsi_store_get_end (wsi_session_get_store (self->session)) == 0);
}

static void
on_changed (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);

  wsi_window_show_title (self);
  wsi_window_show_capturing (self);
  if (source == NULL)
    return;

  if (is_all_lost (self, source) && !wsi_window_is_page (self, "start"))
    show_failure (self, source);
  else if (wsi_source_get_state (source) == WSI_SOURCE_RUNNING &&
           wsi_window_is_page (self, "session") &&
           gtk_window_get_focus (GTK_WINDOW (self)) == NULL)
    wsi_session_page_focus (self->session_page);
}

void
wsi_window_return_to_session (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);

  if (source != NULL && is_all_lost (self, source))
    show_failure (self, source);
  else
    wsi_window_show_page (self, "session");
}

/* The page of failure shows the sentence already.  A form in which the user writes stays. */
static void
on_reported (WsiWindow *self)
{
  WsiSource *source = wsi_window_get_source (self);
  g_autofree char *sentence = wsi_sentence_translate (wsi_session_get_sentence (self->session));
  g_autofree char *numbered = wsi_source_text_dup_numbered (self->session, sentence);

  if (wsi_session_get_ending (self->session) == WSI_ENDING_ABNORMAL &&
      (source == NULL || !is_all_lost (self, source) || wsi_window_is_page (self, "start")))
    wsi_window_show_report (self, numbered);
}

void
wsi_window_drop_session (WsiWindow *self)
{
  if (self->session == NULL)
    return;

  wsi_window_note_end (self);
  g_clear_pointer (&self->next_report, g_free);
  wsi_window_drop_document (self);
  wsi_session_page_set_session (self->session_page, NULL);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
}

void
wsi_window_show_start (WsiWindow *self)
{
  wsi_window_drop_session (self);
  wsi_window_show_page (self, "start");
}

static void
prepare_session (WsiWindow *self)
{
  WsiStoreLimits limits;

  if (self->session != NULL)
    return;

  wsi_settings_get_limits (self->settings, &limits);
  self->session = wsi_session_new_with_limits (&limits);
  wsi_window_begin_document (self);
  wsi_session_page_set_session (self->session_page, self->session);
  g_signal_connect_swapped (self->session, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->session, "reported", G_CALLBACK (on_reported), self);
}

static void
show_session (WsiWindow *self,
              WsiSource *source)
{
  wsi_session_page_show_waiting (self->session_page, source);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  wsi_window_show_page (self, "session");
}

static void
offer_port (WsiWindow       *self,
            const WsiTarget *target)
{
  g_autofree char *text = wsi_target_dup_free_listen (target);

  if (text != NULL)
    wsi_target_form_offer (wsi_start_page_get_form (self->start_page,
                                                    wsi_target_get_kind (target)),
                           WSI_TARGET_LISTEN, text);
}

/* A session that has got no source is no session: the start page stays, or comes back. */
static void
refuse_target (WsiWindow       *self,
               const WsiTarget *target,
               WsiTargetField   field,
               const GError    *error)
{
  if (wsi_session_get_n_sources (self->session) == 0)
    wsi_window_drop_session (self);
  wsi_window_show_page (self, "start");
  if (!wsi_start_page_show_error (self->start_page, target, field, error->message))
    wsi_window_show_toast (self, error->message);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    offer_port (self, target);
}

/* A target that cannot be started, such as one that misses its secret, stays the first that waits:
 * the form shows what is wrong, and the others follow once it has started. */
void
wsi_window_continue (WsiWindow *self)
{
  gboolean is_wrong = FALSE;

  if (self->is_continuing)
    return;

  self->is_continuing = TRUE;
  while (self->waiting->len > 0 && !is_wrong)
    {
      g_autofree char *line = g_ptr_array_steal_index (self->waiting, 0);
      g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);

      if (target == NULL)
        continue;

      wsi_window_start (self, target);
      is_wrong = wsi_window_is_page (self, "start");
      if (is_wrong)
        g_ptr_array_insert (self->waiting, 0, g_steal_pointer (&line));
    }
  self->is_continuing = FALSE;
  if (self->session != NULL && !is_wrong)
    wsi_window_apply_last_filter (self);
}

/* Adds it to the session of the window, or begins one.  With a field that is wrong the start page
 * shows it, with its sentence. */
void
wsi_window_start (WsiWindow       *self,
                  const WsiTarget *target)
{
  WsiTarget *copy = wsi_target_copy (target);
  gboolean is_continued = self->waiting->len > 0;
  g_autoptr (GError) error = NULL;
  WsiTargetField wrong;
  WsiSource *source;

  g_clear_pointer (&self->target, wsi_target_free);
  self->target = copy;
  prepare_session (self);
  source = wsi_target_start (copy, self->session, &wrong, &error);
  if (source == NULL)
    {
      refuse_target (self, copy, wrong, error);
      return;
    }

  wsi_start_page_remember (self->start_page, copy);
  wsi_window_note_target (self, copy);
  show_session (self, source);
  if (is_continued)
    wsi_window_continue (self);
}

/* The form for it.  The session of the window stays. */
void
wsi_window_edit (WsiWindow       *self,
                 const WsiTarget *target)
{
  wsi_window_show_page (self, "start");
  wsi_start_page_edit (self->start_page, target);
}

/* text may be NULL. */
void
wsi_window_demonstrate (WsiWindow  *self,
                        const char *text)
{
  g_autoptr (GError) error = NULL;
  WsiSource *source;

  prepare_session (self);
  source = wsi_session_demonstrate (self->session, text, &error);
  if (source == NULL)
    {
      wsi_window_show_start (self);
      wsi_window_show_toast (self, error->message);
      return;
    }

  show_session (self, source);
}

WsiWindow *
wsi_window_new (GtkApplication *application)
{
  WsiWindow *self = g_object_new (WSI_TYPE_WINDOW, "application", application, NULL);

  /* Only now it knows the other windows. */
  wsi_window_offer_last (self);
  return self;
}
