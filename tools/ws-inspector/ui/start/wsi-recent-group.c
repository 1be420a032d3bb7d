/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-recent-group.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/targets/wsi-target-words.h"
#include "ui/parts/wsi-settings.h"

#define MAX_TARGETS 6
#define MAX_FILES 4
#define MAX_TITLE 200           /* bytes of a title */
#define KEY "recent-targets"
#define TARGET "wsi-target"     /* name of a row's data: its target */
#define GROUP "wsi-recording"   /* group of recent files that were opened as recordings */

struct _WsiRecentGroup
{
  GtkWidget            parent_instance;

  AdwPreferencesGroup *group;
  GPtrArray           *rows;    /* rows of the group (AdwActionRow), which holds their references */
  GStrv                last;    /* lines of a session that can go on; NULL = none */
  GSettings           *settings;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiRecentGroup, wsi_recent_group, GTK_TYPE_WIDGET)

static const struct
{
  const char *title, *icon;
} kinds[] = {
  [WSI_TARGET_CLIENT] = { N_("Client"), "network-transmit-receive-symbolic" },
  [WSI_TARGET_SERVER] = { N_("Server"), "network-server-symbolic" },
  [WSI_TARGET_PROXY] = { N_("Proxy"), "object-flip-horizontal-symbolic" },
  [WSI_TARGET_BROWSER] = { N_("Browser"), "web-browser-symbolic" },
  [WSI_TARGET_CAPTURE] = { N_("Network Interface"), "network-wired-symbolic" },
  [WSI_TARGET_PROGRAM] = { N_("Program"), "application-x-executable-symbolic" },
  [WSI_TARGET_FILE] = { N_("File"), "document-open-symbolic" },
  [WSI_TARGET_EXAMPLE] = { N_("Example"), "media-playback-start-symbolic" },
};

static void
recent_group_on_row_activated (GtkWidget      *row,
                               WsiRecentGroup *self)
{
  g_signal_emit (self, signals[CHOSEN], 0, g_object_get_data (G_OBJECT (row), TARGET));
}

/* Names of files and addresses are never markup.  The title wraps: GTK 4.8 warns of an ellipsized
 * one that is shorter than the ellipsis. */
static void
recent_group_add_row (WsiRecentGroup *self,
                      WsiTarget      *target,
                      const char     *title)
{
  WsiTargetKind kind = wsi_target_get_kind (target);
  g_autoptr (GBytes) bytes = g_bytes_new (title, strlen (title));
  g_autofree char *shown = wsi_text_escape (bytes, MAX_TITLE, WSI_CHARSET_UTF8);
  AdwActionRow *row = g_object_new (ADW_TYPE_ACTION_ROW,
                                    "title", shown,
                                    "title-lines", 0,
                                    "subtitle", _(kinds[kind].title),
                                    "use-markup", FALSE,
                                    "activatable", TRUE,
                                    NULL);

  adw_action_row_add_prefix (row, gtk_image_new_from_icon_name (kinds[kind].icon));
  adw_action_row_add_suffix (row, gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data_full (G_OBJECT (row), TARGET, wsi_target_copy (target),
                          (GDestroyNotify) wsi_target_free);
  g_signal_connect (row, "activated", G_CALLBACK (recent_group_on_row_activated), self);
  adw_preferences_group_add (self->group, GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

/* Adds targets; a line that an earlier version has kept may have secrets that this one hides. */
static void
add_targets (WsiRecentGroup *self)
{
  g_auto (GStrv) lines = g_settings_get_strv (self->settings, KEY);

  for (guint i = 0; lines[i] != NULL && i < MAX_TARGETS; i++)
    {
      g_autoptr (WsiTarget) target = wsi_target_parse (lines[i], NULL);
      g_autofree char *title = NULL;

      if (target == NULL)
        continue;

      title = wsi_target_dup_words (target);
      recent_group_add_row (self, target, title);
    }
}

static void
on_last_activated (GtkWidget *row)
{
  gtk_widget_activate_action (row, "win.continue", NULL);
}

/* The words of the targets of the last session; lines that are none are left out. */
static char *
join_words (const char *const *lines)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      g_autoptr (WsiTarget) target = wsi_target_parse (lines[i], NULL);
      g_autofree char *one = target != NULL ? wsi_target_dup_words (target) : NULL;

      if (one != NULL)
        g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", one);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
add_last (WsiRecentGroup *self)
{
  g_autofree char *words = join_words ((const char *const *) self->last);
  g_autofree char *shown = wsi_text_escape_line (words, WSI_CHARSET_UTF8);
  AdwActionRow *row;

  if (*words == '\0')
    return;

  row = g_object_new (ADW_TYPE_ACTION_ROW,
                      "title", _("Continue the last session"),
                      "subtitle", shown,
                      "subtitle-lines", 2,
                      "use-markup", FALSE,
                      "activatable", TRUE,
                      NULL);
  adw_action_row_add_prefix (row, gtk_image_new_from_icon_name ("document-open-recent-symbolic"));
  adw_action_row_add_suffix (row, gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_signal_connect (row, "activated", G_CALLBACK (on_last_activated), NULL);
  adw_preferences_group_add (self->group, GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  GDateTime *one = gtk_recent_info_get_modified ((GtkRecentInfo *) a);
  GDateTime *other = gtk_recent_info_get_modified ((GtkRecentInfo *) b);

  return g_date_time_compare (other, one);
}

/* Whether a recent file was opened as a recording: a dialog of GTK remembers each file that was
 * chosen in it, also key logs. */
static gboolean
is_recording (GtkRecentInfo *info)
{
  return gtk_recent_info_has_application (info, g_get_application_name ()) &&
         gtk_recent_info_has_group (info, GROUP);
}

/* Adds the recordings that this program has opened. */
static void
recent_group_add_files (WsiRecentGroup *self)
{
  GList *items = g_list_sort (gtk_recent_manager_get_items (gtk_recent_manager_get_default ()),
                              compare_times);
  guint n_files = 0;

  for (GList *i = items; i != NULL && n_files < MAX_FILES; i = i->next)
    if (is_recording (i->data))
      {
        g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (i->data));
        g_autoptr (WsiTarget) target = wsi_target_new_for_file (file);

        recent_group_add_row (self, target, gtk_recent_info_get_display_name (i->data));
        n_files++;
      }

  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
}

static void
recent_group_update (WsiRecentGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);

  add_last (self);
  add_targets (self);
  recent_group_add_files (self);
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

static void
forget_files (void)
{
  GtkRecentManager *manager = gtk_recent_manager_get_default ();
  GList *items = gtk_recent_manager_get_items (manager);

  for (GList *i = items; i != NULL; i = i->next)
    if (gtk_recent_info_has_application (i->data, g_get_application_name ()))
      gtk_recent_manager_remove_item (manager, gtk_recent_info_get_uri (i->data), NULL);
  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
}

static void
recent_group_activate_clear (GtkWidget  *widget,
                             const char *name,
                             GVariant   *parameter)
{
  WsiRecentGroup *self = WSI_RECENT_GROUP (widget);

  g_clear_pointer (&self->last, g_strfreev);
  g_settings_reset (self->settings, "last-sources");
  g_settings_reset (self->settings, "last-filter");
  g_settings_reset (self->settings, KEY);
  forget_files ();
  recent_group_update (self);
}

static void
wsi_recent_group_dispose (GObject *object)
{
  WsiRecentGroup *self = WSI_RECENT_GROUP (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_object (&self->settings);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_recent_group_parent_class)->dispose (object);
}

static void
wsi_recent_group_finalize (GObject *object)
{
  g_ptr_array_unref (WSI_RECENT_GROUP (object)->rows);
  g_strfreev (WSI_RECENT_GROUP (object)->last);
  G_OBJECT_CLASS (wsi_recent_group_parent_class)->finalize (object);
}

static void
wsi_recent_group_class_init (WsiRecentGroupClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_recent_group_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_recent_group_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1,
                                  WSI_TYPE_TARGET | G_SIGNAL_TYPE_STATIC_SCOPE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "recent.clear", NULL, recent_group_activate_clear);
}

static GtkWidget *
make_clear_button (void)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_("C_lear"));

  gtk_widget_set_tooltip_text (button, _("Forget recent addresses and files"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "recent.clear");
  return button;
}

static void
wsi_recent_group_init (WsiRecentGroup *self)
{
  self->rows = g_ptr_array_new ();
  self->settings = wsi_settings_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("Recent"));
  adw_preferences_group_set_header_suffix (self->group, make_clear_button ());
  gtk_widget_set_parent (GTK_WIDGET (self->group), GTK_WIDGET (self));

  g_signal_connect_object (self->settings, "changed::" KEY, G_CALLBACK (recent_group_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed",
                           G_CALLBACK (recent_group_update), self,
                           G_CONNECT_SWAPPED);
  recent_group_update (self);
}

/* Remembers a line in the settings, which notify when it has changed. */
static void
remember_line (WsiRecentGroup *self,
               const char     *line)
{
  g_auto (GStrv) lines = g_settings_get_strv (self->settings, KEY);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  g_ptr_array_add (kept, (char *) line);
  for (guint i = 0; lines[i] != NULL && kept->len < MAX_TARGETS; i++)
    if (strcmp (lines[i], line) != 0)
      g_ptr_array_add (kept, lines[i]);
  g_ptr_array_add (kept, NULL);
  g_settings_set_strv (self->settings, KEY, (const char *const *) kept->pdata);
}

static void
remember_file (GFile *file)
{
  char *groups[] = { (char *) GROUP, NULL };
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *type = g_content_type_guess (uri, NULL, 0, NULL);
  g_autofree char *mime_type = g_content_type_get_mime_type (type);
  g_autofree char *command = g_strconcat (g_get_prgname (), " %u", NULL);
  const GtkRecentData data = {
    .mime_type = mime_type, .app_name = (char *) g_get_application_name (), .app_exec = command,
    .groups = groups,
  };

  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

void
wsi_recent_group_remember (WsiRecentGroup  *self,
                           const WsiTarget *target)
{
  g_autoptr (WsiTarget) kept = wsi_target_dup_without_secrets (target);
  g_autofree char *line = wsi_target_print (kept);

  switch (wsi_target_get_kind (target))
    {
    case WSI_TARGET_CLIENT:
    case WSI_TARGET_SERVER:
    case WSI_TARGET_PROXY:
    case WSI_TARGET_BROWSER:
    case WSI_TARGET_CAPTURE:
    case WSI_TARGET_PROGRAM:
      remember_line (self, line);
      break;
    case WSI_TARGET_FILE:
    {
      g_autoptr (GListModel) files = wsi_target_dup_files (target);

      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        {
          g_autoptr (GFile) file = g_list_model_get_item (files, i);

          remember_file (file);
        }
      break;
    }
    case WSI_TARGET_EXAMPLE:
      break;
    }
}

void
wsi_recent_group_offer (WsiRecentGroup    *self,
                        const char *const *lines)
{
  g_strfreev (self->last);
  self->last = g_strdupv ((char **) lines);
  recent_group_update (self);
}
