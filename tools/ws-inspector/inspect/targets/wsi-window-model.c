/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-window-model.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "inspect/decode/wsi-text.h"
#include "inspect/sources/dumpcap/wsi-dumpcap-source.h"
#include "inspect/sources/wsi-file-source.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-store.h"
#include "inspect/targets/wsi-target-start.h"

#define MIB (G_GUINT64_CONSTANT (1024) * 1024)

struct _WsiWindowModel
{
  GObject         parent_instance;

  GSettings      *settings;
  WsiShownRows   *rows;         /* rows that the window shows; NULL = there is no window */
  WsiLastSession *last;
  WsiSession     *session;
  WsiDocument    *document;
  WsiTarget      *target;
  WsiPage         page;
};

enum
{
  PROP_0,
  PROP_DOCUMENT,
  N_PROPERTIES,
};

enum
{
  PAGED,
  SESSION_CHANGED,
  CHANGED,
  REPORTED,
  STARTED,
  REFUSED,
  CONTINUED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiWindowModel, wsi_window_model, G_TYPE_OBJECT)

WsiSession *
wsi_window_model_get_session (WsiWindowModel * self)
{
  return self->session;
}

WsiSource *
wsi_window_model_get_source (WsiWindowModel *self)
{
  return self->session != NULL ? wsi_session_get_source (self->session, 0) : NULL;
}

WsiDocument *
wsi_window_model_get_document (WsiWindowModel *self)
{
  return self->document;
}

/* The file of the session.  NULL: the user has chosen none. */
static GFile *
window_model_get_file (WsiWindowModel *self)
{
  return self->document != NULL ? wsi_document_get_file (self->document) : NULL;
}

char *
wsi_window_model_dup_file_name (WsiWindowModel *self)
{
  GFile *file = window_model_get_file (self);
  g_autofree char *base = NULL, *name = NULL;

  if (file == NULL || !wsi_document_is_written (self->document))
    return NULL;

  base = g_file_get_basename (file);
  name = g_filename_display_name (base);
  return wsi_text_escape_line (name, WSI_CHARSET_UTF8);
}

WsiTarget *
wsi_window_model_get_target (WsiWindowModel *self)
{
  return self->target;
}

WsiLastSession *
wsi_window_model_get_last (WsiWindowModel *self)
{
  return self->last;
}

WsiPage
wsi_window_model_get_page (WsiWindowModel *self)
{
  return self->page;
}

void
wsi_window_model_show_page (WsiWindowModel *self,
                            WsiPage         page)
{
  self->page = page;
  g_signal_emit (self, signals[PAGED], 0);
}

/* Rows that were recorded before the failure stay in view.  A client fails in its handshake only,
 * whose rows the failure page leads to. */
static gboolean
is_all_lost (WsiWindowModel *self)
{
  WsiSource *source = wsi_window_model_get_source (self);

  return wsi_session_get_n_sources (self->session) == 1 &&
         wsi_source_get_state (source) == WSI_SOURCE_FAILED &&
         (wsi_source_get_kind (source) == WSI_SOURCE_KIND_CLIENT ||
          wsi_store_get_end (wsi_session_get_store (self->session)) == 0);
}

void
wsi_window_model_return (WsiWindowModel *self)
{
  wsi_window_model_show_page (self, is_all_lost (self) ? WSI_PAGE_FAILED : WSI_PAGE_SESSION);
}

/* The start page stays, because the user may be writing in a form. */
static void
window_model_on_session_changed (WsiWindowModel *self)
{
  if (is_all_lost (self) && self->page != WSI_PAGE_START)
    wsi_window_model_show_page (self, WSI_PAGE_FAILED);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The failure page shows the sentence already, and the page of problems how connections end. */
static void
window_model_on_reported (WsiWindowModel *self)
{
  if (wsi_session_get_ending (self->session) == WSI_ENDING_ABNORMAL &&
      wsi_session_get_ended (self->session) == 0 &&
      (!is_all_lost (self) || self->page == WSI_PAGE_START))
    g_signal_emit (self, signals[REPORTED], 0);
}

/* The title of the window names a file only while the file is written. */
static void
window_model_on_failed (WsiWindowModel *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

void
wsi_window_model_drop_session (WsiWindowModel *self)
{
  g_autoptr (WsiSession) session = NULL;

  if (self->session == NULL)
    return;

  if (window_model_get_file (self) != NULL)
    wsi_last_session_forget (self->last);
  else
    wsi_last_session_end (self->last, self->rows != NULL
                          ? wsi_shown_rows_get_filter (self->rows) : NULL);
  g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
  session = g_steal_pointer (&self->session);
  g_signal_handlers_disconnect_by_data (session, self);
  g_signal_emit (self, signals[SESSION_CHANGED], 0);
  g_object_run_dispose (G_OBJECT (session));
}

void
wsi_window_model_end (WsiWindowModel *self)
{
  wsi_window_model_drop_session (self);
  wsi_window_model_show_page (self, WSI_PAGE_START);
}

static void
wsi_window_model_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *param)
{
  g_value_set_object (value, WSI_WINDOW_MODEL (object)->document);
}

static void
wsi_window_model_dispose (GObject *object)
{
  WsiWindowModel *self = WSI_WINDOW_MODEL (object);

  wsi_window_model_drop_session (self);
  g_clear_object (&self->last);
  g_clear_object (&self->rows);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->target, wsi_target_free);
  G_OBJECT_CLASS (wsi_window_model_parent_class)->dispose (object);
}

static guint
add_signal (WsiWindowModelClass *class,
            const char          *name,
            guint                n_params,
            ...)
{
  va_list types;
  guint id;

  va_start (types, n_params);
  id = g_signal_new_valist (name, G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, NULL, NULL, NULL,
                            NULL, G_TYPE_NONE, n_params, types);
  va_end (types);
  return id;
}

static void
wsi_window_model_class_init (WsiWindowModelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = wsi_window_model_dispose;
  object_class->get_property = wsi_window_model_get_property;
  properties[PROP_DOCUMENT] = g_param_spec_object ("document", NULL, NULL, WSI_TYPE_DOCUMENT,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[PAGED] = add_signal (class, "paged", 0);
  signals[SESSION_CHANGED] = add_signal (class, "session-changed", 0);
  signals[CHANGED] = add_signal (class, "changed", 0);
  signals[REPORTED] = add_signal (class, "reported", 0);
  signals[STARTED] = add_signal (class, "started", 2, WSI_TYPE_TARGET, WSI_TYPE_SOURCE);
  signals[REFUSED] = add_signal (class, "refused", 3, WSI_TYPE_TARGET, G_TYPE_UINT, G_TYPE_ERROR);
  signals[CONTINUED] = add_signal (class, "continued", 1, G_TYPE_STRING);
}

static void
wsi_window_model_init (WsiWindowModel *self)
{
}

void
wsi_window_model_set_up (WsiWindowModel *self,
                         GSettings      *settings)
{
  self->settings = g_object_ref (settings);
  self->last = wsi_last_session_new (settings);
}

void
wsi_window_model_set_rows (WsiWindowModel *self,
                           WsiShownRows   *rows)
{
  g_set_object (&self->rows, rows);
}

/* The limits of the store, which has rows of events, too. */
static void
get_limits (GSettings      *settings,
            WsiStoreLimits *limits)
{
  *limits = (WsiStoreLimits) WSI_STORE_LIMITS_DEFAULT;
  limits->max_records = g_settings_get_uint (settings, "row-cap");
  limits->max_memory = g_settings_get_uint (settings, "payload-memory-mib") * MIB;
  limits->max_stored = g_settings_get_uint (settings, "frame-store-limit-mib") * MIB;
  limits->max_file = g_settings_get_uint (settings, "spill-mib") * MIB;
}

/* Memory of rows is between that of widgets, and the C library keeps it without being asked. */
static gboolean
return_memory (gpointer data G_GNUC_UNUSED)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

/* Returns memory to the system, once the last reference to a store is dropped: maybe long after the
 * session, in any thread. */
static void
on_store_gone (gpointer data  G_GNUC_UNUSED,
               GObject *store G_GNUC_UNUSED)
{
  g_idle_add_full (G_PRIORITY_LOW, return_memory, NULL, NULL);
}

static void
ensure_session (WsiWindowModel *self)
{
  WsiStoreLimits limits;

  if (self->session != NULL)
    return;

  get_limits (self->settings, &limits);
  self->session = wsi_session_new_with_limits (&limits);
  g_object_weak_ref (G_OBJECT (wsi_session_get_store (self->session)), on_store_gone, NULL);
  self->document = wsi_document_new (self->session);
  g_signal_connect_swapped (self->document, "failed", G_CALLBACK (window_model_on_failed), self);
  g_signal_connect_swapped (self->session, "changed", G_CALLBACK (window_model_on_session_changed),
                            self);
  g_signal_connect_swapped (self->session, "reported", G_CALLBACK (window_model_on_reported), self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
  g_signal_emit (self, signals[SESSION_CHANGED], 0);
}

/* Starts a target; a session that has got no source is no session. */
static gboolean
start_one (WsiWindowModel  *self,
           const WsiTarget *target)
{
  WsiTarget *copy = wsi_target_copy (target);
  g_autoptr (GError) error = NULL;
  WsiTargetField wrong = WSI_TARGET_ADDRESS;
  WsiSource *source;

  g_clear_pointer (&self->target, wsi_target_free);
  self->target = copy;
  ensure_session (self);
  source = wsi_target_start (copy, self->session, &wrong, &error);
  if (source == NULL)
    {
      if (wsi_session_get_n_sources (self->session) == 0)
        wsi_window_model_drop_session (self);
      wsi_window_model_show_page (self, WSI_PAGE_START);
      g_signal_emit (self, signals[REFUSED], 0, copy, wrong, error);
      return FALSE;
    }

  g_signal_emit (self, signals[STARTED], 0, copy, source);
  wsi_window_model_show_page (self, WSI_PAGE_SESSION);
  return TRUE;
}

/* Keeps the session's targets in the settings, unless the session is in a file. */
static void
window_model_keep (WsiWindowModel *self)
{
  if (window_model_get_file (self) == NULL)
    wsi_last_session_keep (self->last, self->target);
}

/* Goes on with the last session.  A target that is refused stays the first that waits: the others
 * follow once the user has corrected it. */
void
wsi_window_model_continue (WsiWindowModel *self)
{
  g_autoptr (WsiTarget) target = NULL;
  g_autofree char *filter = NULL;

  while ((target = wsi_last_session_take (self->last)) != NULL)
    {
      if (!start_one (self, target))
        {
          wsi_last_session_put_back (self->last, target);
          return;
        }
      window_model_keep (self);
      g_clear_pointer (&target, wsi_target_free);
    }

  filter = wsi_last_session_dup_filter (self->last);
  if (self->session != NULL && filter != NULL)
    g_signal_emit (self, signals[CONTINUED], 0, filter);
}

void
wsi_window_model_start (WsiWindowModel  *self,
                        const WsiTarget *target)
{
  gboolean is_continued = wsi_last_session_is_waiting (self->last);

  if (!start_one (self, target))
    return;

  wsi_last_session_correct (self->last, self->target);
  window_model_keep (self);
  if (is_continued)
    wsi_window_model_continue (self);
}

void
wsi_window_model_start_again (WsiWindowModel *self)
{
  g_autoptr (WsiTarget) target = wsi_target_copy (self->target);

  wsi_window_model_drop_session (self);
  wsi_window_model_start (self, target);
}

gboolean
wsi_window_model_has_other_sources (WsiWindowModel *self)
{
  return self->session != NULL && wsi_session_get_n_sources (self->session) > 1;
}

/* Finds the source of a connection.  NULL: it was removed. */
static WsiSource *
find_source (WsiWindowModel *self,
             guint32         connection)
{
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (wsi_session_get_store (self->session), connection);

  return conversation != NULL ? wsi_session_find_source (self->session, conversation) : NULL;
}

gboolean
wsi_window_model_follow_key_log (WsiWindowModel *self,
                                 guint32         connection,
                                 const char     *key_log)
{
  WsiSource *source = self->session != NULL ? find_source (self, connection) : NULL;

  if (!WSI_IS_DUMPCAP_SOURCE (source) || !wsi_source_is_running (source))
    return FALSE;

  wsi_dumpcap_source_set_key_log (WSI_DUMPCAP_SOURCE (source), key_log);
  return TRUE;
}

/* Makes the target of a source again, with the ports that the user has named for its files, if they
 * are alone.  NULL: the source is not a recording. */
static WsiTarget *
make_target_again (WsiWindowModel *self,
                   WsiSource      *source)
{
  if (!WSI_IS_FILE_SOURCE (source))
    return NULL;

  return self->target != NULL && wsi_target_get_kind (self->target) == WSI_TARGET_FILE &&
         !wsi_window_model_has_other_sources (self)
         ? wsi_target_copy (self->target)
         : wsi_target_new_for_files (wsi_file_source_get_files (WSI_FILE_SOURCE (source)));
}

gboolean
wsi_window_model_read_again (WsiWindowModel *self,
                             guint32         connection,
                             const char     *key_log)
{
  WsiSource *source = self->session != NULL ? find_source (self, connection) : NULL;
  g_autoptr (WsiTarget) target = make_target_again (self, source);

  if (target == NULL)
    return FALSE;

  wsi_target_take_text (target, WSI_TARGET_KEY_LOG, g_strdup (key_log));
  if (!wsi_window_model_has_other_sources (self))
    wsi_window_model_drop_session (self);
  wsi_window_model_start (self, target);
  return TRUE;
}

static gboolean
is_live_capture (WsiSource *source)
{
  return WSI_IS_DUMPCAP_SOURCE (source) && wsi_source_is_running (source);
}

gboolean
wsi_window_model_has_packets_of (WsiSource *source)
{
  return WSI_IS_FILE_SOURCE (source) ? wsi_file_source_has_packets (WSI_FILE_SOURCE (source))
                                     : is_live_capture (source);
}

static guint
count_sources (WsiWindowModel *self)
{
  return self->session != NULL ? wsi_session_get_n_sources (self->session) : 0;
}

gboolean
wsi_window_model_has_packets (WsiWindowModel *self)
{
  for (guint i = 0; i < count_sources (self); i++)
    if (wsi_window_model_has_packets_of (wsi_session_get_source (self->session, i)))
      return TRUE;
  return FALSE;
}

gboolean
wsi_window_model_follow_as_websocket (WsiWindowModel *self,
                                      guint16         port)
{
  gboolean is_told = FALSE;

  for (guint i = 0; i < count_sources (self); i++)
    {
      WsiSource *source = wsi_session_get_source (self->session, i);

      if (!is_live_capture (source))
        continue;

      wsi_dumpcap_source_read_as_websocket (WSI_DUMPCAP_SOURCE (source), port);
      is_told = TRUE;
    }
  return is_told;
}

/* Makes the target of a source with another port.  NULL: the source has no file of packets. */
static WsiTarget *
make_target_with_port (WsiWindowModel *self,
                       WsiSource      *source,
                       guint16         port)
{
  g_autofree char *text = g_strdup_printf ("%u", port);
  WsiTarget *target = wsi_window_model_has_packets_of (source) ? make_target_again (self, source)
                                                            : NULL;

  if (target != NULL)
    wsi_target_add_item (target, WSI_TARGET_READ_AS, text);
  return target;
}

gboolean
wsi_window_model_read_as_websocket (WsiWindowModel *self,
                                    guint16         port)
{
  g_autoptr (GPtrArray) targets = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_target_free);

  for (guint i = 0; i < count_sources (self); i++)
    {
      WsiTarget *target = make_target_with_port (self, wsi_session_get_source (self->session, i),
                                                 port);

      if (target != NULL)
        g_ptr_array_add (targets, target);
    }
  if (targets->len > 0 && !wsi_window_model_has_other_sources (self))
    wsi_window_model_drop_session (self);
  for (guint i = 0; i < targets->len; i++)
    wsi_window_model_start (self, targets->pdata[i]);
  return targets->len > 0;
}

gboolean
wsi_window_model_demonstrate (WsiWindowModel *self,
                              const char     *text,
                              GError        **error)
{
  WsiSource *source;

  ensure_session (self);
  source = wsi_session_demonstrate (self->session, text, error);
  if (source == NULL)
    {
      wsi_window_model_end (self);
      return FALSE;
    }

  g_signal_emit (self, signals[STARTED], 0, NULL, source);
  wsi_window_model_show_page (self, WSI_PAGE_SESSION);
  return TRUE;
}

gboolean
wsi_window_model_save_to (WsiWindowModel *self,
                          GFile          *file,
                          WsiRedaction    redaction,
                          GError        **error)
{
  g_auto (GStrv) names = g_settings_get_strv (self->settings, "redact-names");

  if (!wsi_document_save_as (self->document, file, redaction, (const char *const *) names, error))
    return FALSE;

  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}
