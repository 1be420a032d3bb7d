/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-json-style.h"

#include <adwaita.h>
#include <glib/gstdio.h>

#include "inspect/store/memory/wsi-bytes.h"

#define RESOURCES "/wsi/composer/styles/"

static const char *const files[] = { "wsi-dark.xml", "wsi-light.xml" };

static void
write_file (const char *folder,
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
remove_file (const char *folder,
             const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);

  g_unlink (path);
}

/* GtkSourceView 5.6 finds styles in resources, but reads only files.  Without a folder for them
 * there are no colours. */
static GtkSourceStyleSchemeManager *
read_styles (void)
{
  GtkSourceStyleSchemeManager *styles = gtk_source_style_scheme_manager_new ();
  g_autofree char *folder = g_dir_make_tmp ("ws-inspector-XXXXXX", NULL);
  const char *const folders[] = { folder, NULL };

  gtk_source_style_scheme_manager_set_search_path (styles, folders);
  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (files); i++)
    write_file (folder, files[i]);
  gtk_source_style_scheme_manager_get_scheme_ids (styles);
  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (files); i++)
    remove_file (folder, files[i]);
  if (folder != NULL)
    g_rmdir (folder);
  return styles;
}

/* Windows share them, because each reading writes files. */
static GtkSourceStyleSchemeManager *
get_styles (void)
{
  static GtkSourceStyleSchemeManager *styles = NULL;

  if (styles == NULL)
    styles = read_styles ();
  return styles;
}

static void
show_style (GtkSourceBuffer *buffer,
            GParamSpec      *spec,
            AdwStyleManager *manager)
{
  const char *name = adw_style_manager_get_dark (manager) ? "wsi-dark" : "wsi-light";

  gtk_source_buffer_set_style_scheme (
    buffer, gtk_source_style_scheme_manager_get_scheme (get_styles (), name));
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
