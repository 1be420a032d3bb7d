/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-application.h"

#include <glib/gi18n.h>

#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-window.h"

#define EXIT_USAGE 2
#define EXIT_NO_DISPLAY 3
#define ANY_PORT "0"

struct _WsiApplication
{
  AdwApplication parent_instance;

  gboolean       is_demo, is_server;
  char          *uri;           /* of --connect */
  GStrv          words;         /* the arguments after the options */
};

G_DEFINE_FINAL_TYPE (WsiApplication, wsi_application, ADW_TYPE_APPLICATION)

static const char *
get_word (WsiApplication * self)
{
  return self->words != NULL ? self->words[0] : NULL;
}

/* Returns as the next function. */
static int
check_settings (void)
{
  if (wsi_settings_are_installed ())
    return -1;

  g_printerr ("ws-inspector: ");
  g_printerr (_("the settings schema %s is not installed: expected it in the folder "
                "glib-2.0/schemas of XDG_DATA_DIRS, or in GSETTINGS_SCHEMA_DIR\n"), APP_ID);
  return EXIT_NO_DISPLAY;
}

/* A display may be named in the environment but not exist.  Returns as the next function. */
static int
check_display (void)
{
  const char *name = g_getenv ("WAYLAND_DISPLAY") != NULL ? g_getenv ("WAYLAND_DISPLAY")
                                                          : g_getenv ("DISPLAY");

  if (gtk_init_check ())
    return check_settings ();

  g_printerr ("ws-inspector: ");
  g_printerr (_("cannot open display \"%s\"; wsinspect shows the same on a terminal\n"),
              name != NULL ? name : "");
  return EXIT_NO_DISPLAY;
}

/* Returns the exit status, -1 = continue. */
static int
wsi_application_handle_local_options (GApplication *application,
                                      GVariantDict *options)
{
  WsiApplication *self = WSI_APPLICATION (application);
  guint n_tasks = self->is_demo + self->is_server + (self->uri != NULL);
  guint n_words = self->words != NULL ? g_strv_length (self->words) : 0;
  guint max_words = self->is_demo || self->is_server ? 1 : n_tasks == 0 ? G_MAXUINT : 0;

  if (n_tasks <= 1 && n_words <= max_words)
    return check_display ();

  g_printerr ("%s\n", _("ws-inspector: use only one of --connect, --serve, --demo; see --help"));
  return EXIT_USAGE;
}

/* A window for each. */
static void
open_files (WsiApplication *self)
{
  for (guint i = 0; self->words[i] != NULL; i++)
    {
      WsiWindow *window = wsi_window_new (GTK_APPLICATION (self));
      g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_FILE);
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->words[i]);
      g_autofree char *uri = g_file_get_uri (file);

      wsi_target_set_text (target, WSI_TARGET_ADDRESS, uri);
      gtk_window_present (GTK_WINDOW (window));
      wsi_window_start (window, target);
    }
}

static void
wsi_application_activate (GApplication *application)
{
  WsiApplication *self = WSI_APPLICATION (application);
  WsiWindow *window;

  if (self->words != NULL && !self->is_demo && !self->is_server)
    {
      open_files (self);
      return;
    }

  window = wsi_window_new (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));

  if (self->is_demo)
    wsi_window_demonstrate (window, get_word (self));
  else if (self->uri != NULL)
    wsi_window_connect (window, self->uri);
  else if (self->is_server)
    wsi_window_serve (window, get_word (self) != NULL ? get_word (self) : ANY_PORT);
}

static void
activate_new_window (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       application)
{
  gtk_window_present (GTK_WINDOW (wsi_window_new (GTK_APPLICATION (application))));
}

static void
activate_quit (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       application)
{
  g_application_quit (G_APPLICATION (application));
}

static void
activate_about (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       application)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (application)),
                         "application-name", _("WebSocket Inspector"),
                         "application-icon", APP_ID,
                         "version", WSP_VERSION_STRING,
                         "developer-name", "The libwsproto authors",
                         "copyright", "© 2026 The libwsproto authors",
                         "license-type", GTK_LICENSE_LGPL_2_1,
                         "website", "https://wsproto.org",
                         NULL);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = activate_about },
  { .name = "new-window", .activate = activate_new_window },
  { .name = "quit", .activate = activate_quit },
};

static void
set_accelerator (GtkApplication *application,
                 const char     *action,
                 const char     *keys)
{
  const char *const accelerators[] = { keys, NULL };

  gtk_application_set_accels_for_action (application, action, accelerators);
}

static void
wsi_application_startup (GApplication *application)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  G_APPLICATION_CLASS (wsi_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  set_accelerator (GTK_APPLICATION (application), "app.new-window", "<Control>n");
  set_accelerator (GTK_APPLICATION (application), "app.quit", "<Control>q");

  gtk_css_provider_load_from_resource (provider, "/org/wsproto/inspector/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/wsproto/inspector/icons");
}

static void
wsi_application_finalize (GObject *object)
{
  WsiApplication *self = WSI_APPLICATION (object);

  g_free (self->uri);
  g_strfreev (self->words);
  G_OBJECT_CLASS (wsi_application_parent_class)->finalize (object);
}

static void
wsi_application_class_init (WsiApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_application_finalize;
  application_class->handle_local_options = wsi_application_handle_local_options;
  application_class->startup = wsi_application_startup;
  application_class->activate = wsi_application_activate;
}

static void
wsi_application_init (WsiApplication *self)
{
  const GOptionEntry entries[] = {
    { "connect", 0, 0, G_OPTION_ARG_STRING, &self->uri, N_("Connect to a server"), "URI" },
    { "serve", 0, 0, G_OPTION_ARG_NONE, &self->is_server, N_("Listen on PORT (default: any free port)"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &self->is_demo, N_("Run the demo; also send TEXT"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->words, NULL, "[PORT|TEXT|FILE…]" },
    G_OPTION_ENTRY_NULL,
  };

  g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

WsiApplication *
wsi_application_new (const char *application_id)
{
  return g_object_new (WSI_TYPE_APPLICATION,
                       "application-id", application_id,
                       "flags", G_APPLICATION_NON_UNIQUE,
                       NULL);
}
