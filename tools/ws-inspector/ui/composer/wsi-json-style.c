/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-json-style.h"

#include <adwaita.h>
#include <glib/gstdio.h>

#include "inspect/store/memory/wsi-bytes.h"

#define RESOURCES "/wsi/composer/styles/"

static const char *const files[] = { "wsi-dark.xml", "wsi-light.xml", "wsi-json.lang" };

typedef struct
{
  GtkSourceStyleSchemeManager *schemes;
  GtkSourceLanguageManager    *languages;
  GtkSourceLanguage           *language;        /* highlighting; NULL: it could not be read */
  GtkSourceBuffer             *buffer;          /* buffer that keeps the language read */
} Styles;

static void
json_style_write_file (const char *folder,
                       const char *file)
{
  g_autofree char *resource = g_strconcat (RESOURCES, file, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);

  g_file_set_contents (path, at, length, NULL);
}

static void
json_style_remove_file (const char *folder,
                        const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);

  g_unlink (path);
}

/* The schema of languages is in one of the folders of GtkSourceView. */
static void
read_language (Styles     *self,
               const char *folder)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  g_strv_builder_add (folders, folder);
  g_strv_builder_addv (folders, (const char **) gtk_source_language_manager_get_search_path (
                         gtk_source_language_manager_get_default ()));
  all = g_strv_builder_end (folders);
  self->languages = gtk_source_language_manager_new ();
  gtk_source_language_manager_set_search_path (self->languages, (const char *const *) all);
  self->language = gtk_source_language_manager_get_language (self->languages, "wsi-json");
  self->buffer = gtk_source_buffer_new (NULL);
  gtk_source_buffer_set_language (self->buffer, self->language);
}

static void
read_schemes (Styles     *self,
              const char *folder)
{
  const char *const folders[] = { folder, NULL };

  self->schemes = gtk_source_style_scheme_manager_new ();
  gtk_source_style_scheme_manager_set_search_path (self->schemes, folders);
  gtk_source_style_scheme_manager_get_scheme_ids (self->schemes);
}

/* GtkSourceView 5.6 finds styles in resources, but reads only files.  Without a folder for them
 * there are no colours. */
static void
read_styles (Styles *self)
{
  g_autofree char *folder = g_dir_make_tmp ("ws-inspector-XXXXXX", NULL);

  if (folder == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    json_style_write_file (folder, files[i]);
  read_schemes (self, folder);
  read_language (self, folder);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    json_style_remove_file (folder, files[i]);
  g_rmdir (folder);
}

/* The styles, which windows share, because each reading writes files. */
static const Styles *
get_styles (void)
{
  static Styles styles;
  static gboolean is_read = FALSE;

  if (!is_read)
    read_styles (&styles);
  is_read = TRUE;
  return &styles;
}

static void
show_style (GtkSourceBuffer *buffer,
            GParamSpec      *spec,
            AdwStyleManager *manager)
{
  const char *name = adw_style_manager_get_dark (manager) ? "wsi-dark" : "wsi-light";
  GtkSourceStyleSchemeManager *schemes = get_styles ()->schemes;

  if (schemes != NULL)
    gtk_source_buffer_set_style_scheme (
      buffer, gtk_source_style_scheme_manager_get_scheme (schemes, name));
}

void
wsi_json_style_init (void)
{
  const char *const none[] = { NULL };

  gtk_source_style_scheme_manager_set_search_path (
    gtk_source_style_scheme_manager_get_default (), none);
}

void
wsi_json_style_add (GtkSourceBuffer *buffer)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  show_style (buffer, NULL, manager);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (show_style), buffer,
                           G_CONNECT_SWAPPED);
}

GtkSourceLanguage *
wsi_json_style_get_language (void)
{
  return get_styles ()->language;
}
