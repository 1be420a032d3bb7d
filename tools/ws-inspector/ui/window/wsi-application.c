/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-application.h"

#include <glib/gi18n.h>
#include <libwsproto/wsproto.h>

#include "inspect/sources/wsi-signals.h"
#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-mnemonics.h"
#include "ui/window/wsi-window.h"

#define EXIT_USAGE 2
#define EXIT_NO_DISPLAY 3
#define ANY_PORT "0"

struct _WsiApplication
{
  AdwApplication parent_instance;

  GSettings     *settings;      /* settings of the instance with the windows; NULL = not this one */
  gboolean       has_task;      /* the options of the command line were right */
  WsiSignals     signals;
};

G_DEFINE_FINAL_TYPE (WsiApplication, wsi_application, ADW_TYPE_APPLICATION)

/* Options with a value, and without one.  At most one of both kinds is given. */
static const struct
{
  const char   *name;
  WsiTargetKind kind;           /* kind of the target whose address is the value */
} address_options[] = {
  { "connect", WSI_TARGET_CLIENT },
  { "proxy", WSI_TARGET_PROXY },
};

static const char *const switches[] = { "serve", "demo" };

/* Checks the settings.  Returns as the next function. */
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

/* Checks the display, which may be named in the environment but not exist.  Returns as the next
 * function. */
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

/* Counts the tasks, and says how many words may follow the options: a port, a text or any number of
 * files. */
static guint
count_tasks (GVariantDict *options,
             guint        *max_words)
{
  guint n_tasks = 0;

  *max_words = G_MAXUINT;
  for (guint i = 0; i < G_N_ELEMENTS (address_options); i++)
    if (g_variant_dict_contains (options, address_options[i].name))
      {
        n_tasks++;
        *max_words = address_options[i].kind == WSI_TARGET_PROXY ? 1 : 0;
      }
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    if (g_variant_dict_contains (options, switches[i]))
      {
        n_tasks++;
        *max_words = 1;
      }
  return n_tasks;
}

/* The words after the options.  NULL: there are none. */
static char **
application_dup_words (GVariantDict *options)
{
  g_autoptr (GVariant) words =
    g_variant_dict_lookup_value (options, G_OPTION_REMAINING, G_VARIANT_TYPE_BYTESTRING_ARRAY);

  return words != NULL ? g_variant_dup_bytestring_array (words, NULL) : NULL;
}

/* Handles options in the instance that was started.  Returns the exit status, -1 = continue. */
static int
wsi_application_handle_local_options (GApplication *application,
                                      GVariantDict *options)
{
  guint max_words, n_tasks = count_tasks (options, &max_words);
  g_auto (GStrv) words = application_dup_words (options);

  if (n_tasks <= 1 && (words == NULL || g_strv_length (words) <= max_words))
    {
      int status = check_display ();

      WSI_APPLICATION (application)->has_task = status == -1;
      return status;
    }

  g_printerr ("%s\n", _("ws-inspector: use only one of --connect, --proxy, --serve, --demo; "
                        "see --help"));
  return EXIT_USAGE;
}

static WsiWindow *
open_window (WsiApplication *self)
{
  WsiWindow *window = wsi_window_new (GTK_APPLICATION (self));

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
wsi_application_open (GApplication *application,
                      GFile       **files,
                      int           n_files,
                      const char   *hint)
{
  g_autoptr (GListStore) list = g_list_store_new (G_TYPE_FILE);

  for (int i = 0; i < n_files; i++)
    g_list_store_append (list, files[i]);
  wsi_window_open_files (open_window (WSI_APPLICATION (application)), G_LIST_MODEL (list));
}

static void
start_target (WsiApplication *self,
              WsiTargetKind   kind,
              const char     *address,
              const char     *listen)
{
  g_autoptr (WsiTarget) target = wsi_target_new (kind);

  if (address != NULL)
    wsi_target_set_text (target, WSI_TARGET_ADDRESS, address);
  if (wsi_target_has_field (kind, WSI_TARGET_LISTEN))
    wsi_target_set_text (target, WSI_TARGET_LISTEN, listen != NULL ? listen : ANY_PORT);
  wsi_window_start (open_window (self), target);
}

/* Starts the task of the options.  FALSE: they name none. */
static gboolean
start_task (WsiApplication *self,
            GVariantDict   *options,
            const char     *word)
{
  const char *address;

  for (guint i = 0; i < G_N_ELEMENTS (address_options); i++)
    if (g_variant_dict_lookup (options, address_options[i].name, "&s", &address))
      {
        start_target (self, address_options[i].kind, address, word);
        return TRUE;
      }

  if (g_variant_dict_contains (options, "serve"))
    start_target (self, WSI_TARGET_SERVER, NULL, word);
  else if (g_variant_dict_contains (options, "demo"))
    wsi_window_demonstrate (open_window (self), word);
  else
    return FALSE;

  return TRUE;
}

/* Handles the command line of each instance that was started, in the instance with the
 * windows.  Files are named as the first one sees them. */
static int
wsi_application_command_line (GApplication            *application,
                              GApplicationCommandLine *line)
{
  WsiApplication *self = WSI_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (line);
  g_auto (GStrv) words = application_dup_words (options);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree char *word = words != NULL ? g_utf8_make_valid (words[0], -1) : NULL;

  if (start_task (self, options, word))
    return 0;

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (line, words[i]);

      g_list_store_append (files, file);
    }
  if (words != NULL)
    wsi_window_open_files (open_window (self), G_LIST_MODEL (files));
  else
    g_application_activate (application);
  return 0;
}

/* Finds the last window.  NULL: there is none.  One that closes is of no use to a user who starts
 * the program. */
static GtkWindow *
find_last_window (GtkApplication *application)
{
  for (GList *i = gtk_application_get_windows (application); i != NULL; i = i->next)
    if (WSI_IS_WINDOW (i->data) && !wsi_window_is_finishing (i->data))
      return i->data;

  return NULL;
}

/* The window that was used last, if there is one: a second start is no second window. */
static void
wsi_application_activate (GApplication *application)
{
  GtkWindow *window = find_last_window (GTK_APPLICATION (application));

  if (window != NULL)
    gtk_window_present (window);
  else
    open_window (WSI_APPLICATION (application));
}

static void
activate_new_window (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       application)
{
  open_window (WSI_APPLICATION (application));
}

/* Shows the form of a target of this kind, in a window of its own. */
static void
show_form (WsiApplication *self,
           WsiTargetKind   kind)
{
  g_autoptr (WsiTarget) target = wsi_target_new (kind);

  wsi_window_edit (open_window (self), target);
}

static void
activate_connect (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       application)
{
  show_form (application, WSI_TARGET_CLIENT);
}

static void
activate_listen (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       application)
{
  show_form (application, WSI_TARGET_SERVER);
}

/* Quits: each window may ask first, and the program ends with the last one. */
static void
activate_quit (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       application)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (application));

  for (GList *i = windows; i != NULL; i = i->next)
    gtk_window_close (i->data);
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
                         "website", PROJECT_HOMEPAGE,
                         "issue-url", PROJECT_BUGS,
                         NULL);
}

/* Actions; those of the desktop file have the same names there. */
static const GActionEntry actions[] = {
  { .name = "about", .activate = activate_about },
  { .name = "connect", .activate = activate_connect },
  { .name = "listen", .activate = activate_listen },
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
on_style_changed (WsiApplication *self)
{
  static const AdwColorScheme schemes[] = {
    [WSI_STYLE_SYSTEM] = ADW_COLOR_SCHEME_DEFAULT,
    [WSI_STYLE_LIGHT] = ADW_COLOR_SCHEME_FORCE_LIGHT,
    [WSI_STYLE_DARK] = ADW_COLOR_SCHEME_FORCE_DARK,
  };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[g_settings_get_enum (self->settings, "style")]);
}

static void
watch_settings (WsiApplication *self)
{
  self->settings = wsi_settings_new ();
  g_signal_connect_object (self->settings, "changed::style", G_CALLBACK (on_style_changed), self,
                           G_CONNECT_SWAPPED);
  on_style_changed (self);
}

/* Ends at a signal, which asks no user: the sources end, so that a browser or program that they
 * have started leaves no profile and no keys behind. */
static gboolean
application_on_signal (gpointer application)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (application));

  for (GList *i = windows; i != NULL; i = i->next)
    gtk_window_destroy (i->data);
  g_application_quit (application);
  return G_SOURCE_REMOVE;
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

  gtk_css_provider_load_from_resource (provider, "/wsi/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/wsi/icons");
  wsi_mnemonics_hide ();
  wsi_signals_attach (&WSI_APPLICATION (application)->signals, NULL, application_on_signal,
                      application);
  watch_settings (WSI_APPLICATION (application));
}

static void
wsi_application_dispose (GObject *object)
{
  WsiApplication *self = WSI_APPLICATION (object);

  wsi_signals_clear (&self->signals);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (wsi_application_parent_class)->dispose (object);
}

static void
wsi_application_class_init (WsiApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_application_dispose;
  application_class->handle_local_options = wsi_application_handle_local_options;
  application_class->startup = wsi_application_startup;
  application_class->activate = wsi_application_activate;
  application_class->open = wsi_application_open;
  application_class->command_line = wsi_application_command_line;
}

static void
wsi_application_init (WsiApplication *self)
{
  const GOptionEntry entries[] = {
    { "connect", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Connect to a server"), "URI" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Put a proxy in front of a server; listen on PORT"), "URI" },
    { "serve", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Listen on PORT (default: any free port)"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Run the demo; also send TEXT"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, "[PORT|TEXT|FILE…]" },
    G_OPTION_ENTRY_NULL,
  };

  g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

WsiApplication *
wsi_application_new (const char *application_id)
{
  return g_object_new (WSI_TYPE_APPLICATION,
                       "application-id", application_id,
                       "flags", G_APPLICATION_HANDLES_OPEN |
                       G_APPLICATION_HANDLES_COMMAND_LINE,
                       NULL);
}

gboolean
wsi_application_was_lost (WsiApplication *self,
                          int             status)
{
  return status != 0 && self->has_task && self->settings == NULL;
}
