/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-file-chooser.h"

#include <glib/gi18n.h>

#include "inspect/save/formats/wsi-export.h"

#define MAX_PATTERNS 4
#define HIDE_SECRETS "hide-secrets"

static const struct
{
  const char *title;
  const char *patterns[MAX_PATTERNS];
} filters[] = {
  { N_("Recordings"), { "*.wsinspect", "*.pcap", "*.pcapng", "*.har" } },
  { N_("Sessions (.wsinspect)"), { "*.wsinspect" } },
  { N_("Captures (.pcap, .pcapng)"), { "*.pcap", "*.pcapng", "*.cap" } },
  { N_("HTTP archives (.har)"), { "*.har" } },
  { N_("All files"), { "*" } },
};

/* Adds a pattern; packed recordings are opened, too. */
static void
add_pattern (GtkFileFilter *filter,
             const char    *pattern)
{
  static const char *const packings[] = { "", ".gz", ".zst" };

  for (guint i = 0; i < G_N_ELEMENTS (packings); i++)
    {
      g_autofree char *packed = g_strconcat (pattern, packings[i], NULL);

      gtk_file_filter_add_pattern (filter, packed);
    }
}

static GtkFileChooserNative *
file_chooser_make (GtkWindow           *parent,
                   const char          *title,
                   GtkFileChooserAction action)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, parent, action, NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  return chooser;
}

GtkFileChooserNative *
wsi_file_chooser_new_open (GtkWindow *parent)
{
  GtkFileChooserNative *chooser =
    file_chooser_make (parent, _("Open Files"), GTK_FILE_CHOOSER_ACTION_OPEN);

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

      gtk_file_filter_set_name (filter, _(filters[i].title));
      for (guint j = 0; j < MAX_PATTERNS && filters[i].patterns[j] != NULL; j++)
        add_pattern (filter, filters[i].patterns[j]);
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
    }
  return chooser;
}

GtkFileChooserNative *
wsi_file_chooser_new_key_log (GtkWindow *parent)
{
  return file_chooser_make (parent, _("Choose a Key Log"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

/* GTK wants options for a choice that is no switch, and strings "true" and "false" for one. */
GtkFileChooserNative *
wsi_file_chooser_new_save (GtkWindow *parent,
                           GFile     *file)
{
  GtkFileChooserNative *chooser = file_chooser_make (parent, _("Save the Session"),
                                                     GTK_FILE_CHOOSER_ACTION_SAVE);
  GtkFileChooser *files = GTK_FILE_CHOOSER (chooser);

  if (file == NULL || !gtk_file_chooser_set_file (files, file, NULL))
    gtk_file_chooser_set_current_name (files, "session.wsinspect");
  gtk_file_chooser_add_choice (files, HIDE_SECRETS,
                               _("Hide secrets of headers, addresses and messages"),
                               NULL, NULL);
  gtk_file_chooser_set_choice (files, HIDE_SECRETS, "true");
  return chooser;
}

WsiRedaction
wsi_file_chooser_get_redaction (GtkFileChooserNative *chooser)
{
  const char *choice = gtk_file_chooser_get_choice (GTK_FILE_CHOOSER (chooser), HIDE_SECRETS);

  return g_strcmp0 (choice, "false") == 0 ? WSI_REDACTION_NONE : WSI_REDACTION_DEFAULT;
}

GtkFileChooserNative *
wsi_file_chooser_new_export (GtkWindow *parent,
                             WsiFormat  format)
{
  GtkFileChooserNative *chooser = file_chooser_make (parent, _("Export to a File"),
                                                     GTK_FILE_CHOOSER_ACTION_SAVE);
  g_autofree char *name = g_strconcat ("conversation", wsi_format_get_suffix (format), NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  return chooser;
}
