/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "scene-messages.h"

#include "meter.h"
#include "ui/template-children.h"

#define FRAGMENT (1024 * 1024)
#define SETTLE_MS 300

static const char *const views[] = { "text", "tree", "hex" };

/* The fragments that were sent have their rows. */
static gboolean
has_arrived (Scene *scene)
{
  guint64 end = wsi_store_get_end (scene->store);
  const WsiRecord *record = end > 0 ? wsi_store_get_record (scene->store, end - 1) : NULL;

  return record != NULL && wsi_record_is_frame (record) && record->payload_length > 1000 &&
         wsi_record_is_fin (record) && scene_count_rows (scene) == end;
}

static gboolean
is_ready (Scene *scene)
{
  return wsi_message_page_is_ready (ui_test_get_tab (WSI_WINDOW (scene->window), "message_page"));
}

/* The longest time that the main loop stood still since the last call. */
static void
print_longest (Scene      *scene,
               SayFunc     say,
               const char *kind,
               const char *step)
{
  g_autofree char *name = g_strdup_printf ("message-%s-%s", kind, step);
  g_autofree char *wall = g_strdup_printf ("%s-wall", name);

  scene_run_for (SETTLE_MS);
  say (name, 1000 * meter_read ()->longest_s);
  say (wall, 1000 * meter_read ()->longest_wall_s);
  meter_reset ();
}

static void
print_shown (WsiMessagePage *page,
             SayFunc         say,
             const char     *kind)
{
  GBytes *bytes = wsi_content_get_bytes (wsi_message_page_get_message (GTK_WIDGET (page)).content,
                                         WSI_VIEW_INFLATED);
  g_autofree char *name = g_strdup_printf ("message-%s-shown-bytes", kind);

  say (name, bytes != NULL ? g_bytes_get_size (bytes) : 0);
}

static void
show (Scene      *scene,
      SayFunc     say,
      const char *kind)
{
  WsiMessagePage *page = ui_test_get_tab (WSI_WINDOW (scene->window), "message_page");

  meter_reset ();
  wsi_frame_list_select (scene->list, scene_count_rows (scene) - 1);
  scene_wait_until (scene, is_ready);
  print_longest (scene, say, kind, "select");
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      ui_test_show_view (page, views[i]);
      scene_wait_until (scene, is_ready);
      print_longest (scene, say, kind, views[i]);
    }
  gtk_widget_activate_action (GTK_WIDGET (page), "message.show-all", NULL);
  scene_wait_until (scene, is_ready);
  print_longest (scene, say, kind, "all");
  print_shown (page, say, kind);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *step = g_strconcat ("all-", views[i], NULL);

      ui_test_show_view (page, views[i]);
      scene_wait_until (scene, is_ready);
      print_longest (scene, say, kind, step);
    }
}

void
scene_measure_message (Scene   *self,
                       Traffic *traffic,
                       BigKind  kind,
                       gsize    length,
                       SayFunc  say)
{
  const char *name = big_get_name (kind);
  g_autoptr (GBytes) payload = big_make (kind, length);
  guint64 n_before = wsi_store_get_end (self->store);

  g_autofree char *sent = g_strdup_printf ("message-%s-sent-bytes", name);

  say (sent, g_bytes_get_size (payload));
  meter_reset ();
  traffic_send (traffic, big_get_opcode (kind), payload, FRAGMENT);
  while (wsi_store_get_end (self->store) == n_before)
    g_main_context_iteration (NULL, TRUE);
  scene_wait_until (self, has_arrived);
  print_longest (self, say, name, "arrives");
  if (self->kind == SCENE_OURS)
    show (self, say, name);
}
