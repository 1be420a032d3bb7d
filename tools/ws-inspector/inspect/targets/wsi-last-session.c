/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-last-session.h"

#include "inspect/show/columns/wsi-list-filter.h"

#define SOURCES "last-sources"
#define FILTER "last-filter"

struct _WsiLastSession
{
  GObject    parent_instance;

  GSettings *settings;
  GPtrArray *lines;             /* lines of the session that goes on */
  GPtrArray *waiting;           /* lines of the last session that were not started yet */
};

G_DEFINE_FINAL_TYPE (WsiLastSession, wsi_last_session, G_TYPE_OBJECT)

static void
wsi_last_session_finalize (GObject *object)
{
  WsiLastSession *self = WSI_LAST_SESSION (object);

  g_object_unref (self->settings);
  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (wsi_last_session_parent_class)->finalize (object);
}

static void
wsi_last_session_class_init (WsiLastSessionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_last_session_finalize;
}

static void
wsi_last_session_init (WsiLastSession *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->waiting = g_ptr_array_new_with_free_func (g_free);
}

WsiLastSession *
wsi_last_session_new (GSettings *settings)
{
  WsiLastSession *self = g_object_new (WSI_TYPE_LAST_SESSION, NULL);

  self->settings = g_object_ref (settings);
  return self;
}

char **
wsi_last_session_dup_lines (WsiLastSession *self)
{
  return g_settings_get_strv (self->settings, SOURCES);
}

char *
wsi_last_session_dup_filter (WsiLastSession *self)
{
  g_autofree char *filter = g_settings_get_string (self->settings, FILTER);

  return *filter != '\0' ? g_steal_pointer (&filter) : NULL;
}

/* Targets that wait are offered again, if this session does not come to them. */
void
wsi_last_session_keep (WsiLastSession  *self,
                       const WsiTarget *target)
{
  g_autoptr (WsiTarget) kept = wsi_target_dup_without_secrets (target);
  g_autoptr (GStrvBuilder) builder = NULL;
  g_auto (GStrv) lines = NULL;

  if (wsi_target_get_kind (target) == WSI_TARGET_EXAMPLE)
    return;

  g_ptr_array_add (self->lines, wsi_target_print (kept));
  builder = g_strv_builder_new ();
  for (guint i = 0; i < self->lines->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->lines, i));
  for (guint i = 0; i < self->waiting->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->waiting, i));
  lines = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, SOURCES, (const char *const *) lines);
}

/* Ends the session; one without a target that is kept leaves those of the one before. */
void
wsi_last_session_end (WsiLastSession *self,
                      const char     *filter)
{
  if (self->lines->len == 0)
    return;

  g_ptr_array_set_size (self->lines, 0);
  if (filter != NULL && !wsi_list_filter_may_have_secret (filter))
    g_settings_set_string (self->settings, FILTER, filter);
  else
    g_settings_reset (self->settings, FILTER);
}

void
wsi_last_session_forget (WsiLastSession *self)
{
  if (self->lines->len > 0)
    g_settings_reset (self->settings, SOURCES);
  wsi_last_session_end (self, NULL);
}

void
wsi_last_session_wait (WsiLastSession *self)
{
  g_auto (GStrv) lines = wsi_last_session_dup_lines (self);

  wsi_last_session_stop (self);
  for (guint i = 0; lines[i] != NULL; i++)
    g_ptr_array_add (self->waiting, g_strdup (lines[i]));
}

void
wsi_last_session_stop (WsiLastSession *self)
{
  g_ptr_array_set_size (self->waiting, 0);
}

gboolean
wsi_last_session_is_waiting (WsiLastSession *self)
{
  return self->waiting->len > 0;
}

WsiTarget *
wsi_last_session_take (WsiLastSession *self)
{
  while (self->waiting->len > 0)
    {
      g_autofree char *line = g_ptr_array_steal_index (self->waiting, 0);
      WsiTarget *target = wsi_target_parse (line, NULL);

      if (target != NULL)
        return target;
    }
  return NULL;
}

void
wsi_last_session_put_back (WsiLastSession  *self,
                           const WsiTarget *target)
{
  g_ptr_array_insert (self->waiting, 0, wsi_target_print (target));
}

void
wsi_last_session_correct (WsiLastSession  *self,
                          const WsiTarget *target)
{
  g_autoptr (WsiTarget) first = NULL;

  if (self->waiting->len == 0)
    return;

  first = wsi_target_parse (g_ptr_array_index (self->waiting, 0), NULL);
  if (first == NULL || wsi_target_get_kind (first) == wsi_target_get_kind (target))
    g_ptr_array_remove_index (self->waiting, 0);
}
