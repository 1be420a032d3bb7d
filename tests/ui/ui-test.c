/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui-test.h"

#include <adwaita.h>
#include <dlfcn.h>
#include <string.h>

#include "inspect/capture/wsi-row.h"
#include "inspector/opened.h"
#include "ui/parts/wsi-column-titles.h"
#include "ui/window/wsi-application.h"

#define TIMEOUT_S 30

/* In the place of GIO's.  GTK reads an icon in a thread, which may drop the last reference to it
 * while the icon theme takes one: a critical of g_object_ref ().  An icon that is read stays. */
void
g_task_run_in_thread (GTask          *task,
                      GTaskThreadFunc function)
{
  union { void *symbol; void (*call) (GTask *, GTaskThreadFunc); } next = {
    dlsym (RTLD_NEXT, "g_task_run_in_thread"),
  };
  gpointer source = g_task_get_source_object (task);
  static GPtrArray *icons;

  if (source != NULL && g_str_equal (G_OBJECT_TYPE_NAME (source), "GtkIconPaintable"))
    {
      icons = icons != NULL ? icons : g_ptr_array_new ();
      g_ptr_array_add (icons, g_object_ref (source));
    }
  next.call (task, function);
}

static void
stop_animations (void)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

/* The application does this for its windows. */
static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/wsi/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

/* Since 4.16 GTK warns if a widget is measured for less than its minimum.  AdwMessageDialog and
 * AdwLeaflet of libadwaita 1.7 do that to what they hold; GTK 4.8 has no such warning. */
static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 &&
        g_str_has_prefix (fields[i].value, "Trying to measure "))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, data);
}

static void
set_log (void)
{
  static gboolean is_set;

  if (!is_set && gtk_get_minor_version () >= 16)
    g_log_set_writer_func (write_log, NULL, NULL);
  is_set = TRUE;
}

void
ui_test_init (int    *argc,
              char ***argv)
{
  gtk_test_init (argc, argv, NULL);
  set_log ();
  adw_init ();
  load_style ();
  stop_animations ();
}

GtkApplication *
ui_test_make_application (void)
{
  GtkApplication *application = GTK_APPLICATION (wsi_application_new (APP_ID));

  set_log ();
  stop_animations ();
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  return application;
}

GtkApplication *
ui_test_begin (int    *argc,
               char ***argv)
{
  gtk_test_init (argc, argv, NULL);
  return ui_test_make_application ();
}

int
ui_test_end (GtkApplication *application)
{
  int status = g_test_run ();

  g_clear_object (&application);
  return status;
}

static gboolean
give_up (gpointer data)
{
  g_error ("waited too long");
  return G_SOURCE_REMOVE;
}

void
ui_test_wait_until (UiTestIsTrueFunc is_true,
                    gpointer         data)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (!is_true (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

void
ui_test_draw (GtkWidget *widget,
              guint      n_times)
{
  for (guint i = 0; i < n_times; i++)
    gtk_test_widget_wait_for_draw (widget);
}

GtkWindow *
ui_test_open (GtkWidget *child,
              int        width,
              int        height)
{
  GtkWindow *window = g_object_ref_sink (GTK_WINDOW (gtk_window_new ()));

  gtk_window_set_default_size (window, width, height);
  gtk_window_set_child (window, child);
  gtk_window_present (window);
  return window;
}

void
ui_test_close (GtkWindow *window)
{
  gtk_window_destroy (window);
  g_object_unref (window);
}

WsiWindow *
ui_test_open_window (GtkApplication *application)
{
  WsiWindow *window = wsi_window_new (application);

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return window;
}

static void
start (WsiWindow     *window,
       WsiTargetKind  kind,
       WsiTargetField field,
       const char    *text)
{
  g_autoptr (WsiTarget) target = wsi_target_new (kind);

  wsi_target_set_text (target, field, text);
  wsi_window_start (window, target);
}

void
ui_test_connect (WsiWindow  *window,
                 const char *uri)
{
  start (window, WSI_TARGET_CLIENT, WSI_TARGET_ADDRESS, uri);
}

void
ui_test_serve (WsiWindow  *window,
               const char *port)
{
  start (window, WSI_TARGET_SERVER, WSI_TARGET_LISTEN, port);
}

GtkWidget *
ui_test_find (GtkWidget      *widget,
              UiTestMatchFunc match,
              const char     *text)
{
  GtkWidget *found = match (widget, text) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = ui_test_find (child, match, text);
  return found;
}

gboolean
ui_test_is_label (GtkWidget  *widget,
                  const char *text)
{
  return GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
         g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

gboolean
ui_test_is_type (GtkWidget  *widget,
                 const char *type_name)
{
  return g_type_is_a (G_OBJECT_TYPE (widget), g_type_from_name (type_name));
}

static void
note_text (GObject      *clipboard,
           GAsyncResult *result,
           gpointer      text)
{
  *(char **) text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static gboolean
has_text (gpointer clipboard)
{
  return gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard), G_TYPE_STRING);
}

static gboolean
is_set (gpointer text)
{
  return *(char **) text != NULL;
}

char *
ui_test_read_clipboard (GtkWidget *widget)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);
  char *text = NULL;

  ui_test_wait_until (has_text, clipboard);
  gdk_clipboard_read_text_async (clipboard, NULL, note_text, &text);
  ui_test_wait_until (is_set, &text);
  gdk_clipboard_set_content (clipboard, NULL);
  return text;
}

WsiStore *
ui_test_make_store (const WsiStoreLimits *limits,
                    WsiConversation     **conversation)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WsiStore *store = wsi_store_new_with_limits (limits);

  *conversation = opened_conversation (store, &opening, 1);
  return store;
}

typedef struct
{
  WsiFrameList *list;
  guint         n_rows;
} Expected;

static gboolean
has_rows (gpointer data)
{
  const Expected *expected = data;
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (expected->list), &counts);
  return counts.n_shown == expected->n_rows && counts.n_tested >= counts.n_rows;
}

void
ui_test_wait_for_rows (WsiFrameList *list,
                       guint         n_rows)
{
  ui_test_wait_until (has_rows, &(Expected) { list, n_rows });
}

void
ui_test_append (WsiStore          *store,
                WsiConversation   *conversation,
                const UiTestFrame *frame)
{
  gsize length = frame->payload != NULL ? strlen (frame->payload) : 0;
  const WspFrameRecord record = {
    .time_us = frame->time_us,
    .direction = frame->direction,
    .fin = !frame->is_first_part,
    .opcode = frame->opcode,
    .message_opcode = frame->opcode < 8 ? 1 : 0,
    .header_length = 2,
    .payload_length = length,
    .inflated_length = length,
  };
  const WsiFrame kept = {
    .frame = &record,
    .payload = (const guint8 *) frame->payload,
    .n_payload = length,
  };

  wsi_store_append (store, conversation, &kept);
}

/* A cubic that is near the curve of sRGB. */
static double
get_light (double part)
{
  return part * (0.012522878 + part * (0.682171111 + part * 0.305306011));
}

static double
get_luminance (const GdkRGBA *colour,
               const GdkRGBA *below)
{
  double a = colour->alpha;

  return 0.2126 * get_light (a * colour->red + (1 - a) * below->red)
         + 0.7152 * get_light (a * colour->green + (1 - a) * below->green)
         + 0.0722 * get_light (a * colour->blue + (1 - a) * below->blue);
}

double
ui_test_get_contrast (const GdkRGBA *colour,
                      const GdkRGBA *below)
{
  double a = get_luminance (colour, below) + 0.05, b = get_luminance (below, below) + 0.05;

  return MAX (a, b) / MIN (a, b);
}

GtkWidget *
ui_test_get_row (WsiFrameList *list,
                 guint         position)
{
  GtkWidget *rows = wsi_column_titles_get_list (wsi_frame_list_get_view (list));
  GtkWidget *row = gtk_widget_get_first_child (rows);

  while (row != NULL && position-- > 0)
    row = gtk_widget_get_next_sibling (row);
  g_assert_nonnull (row);
  return row;
}

void
ui_test_assert_move (WsiFrameList *list,
                     const char   *action,
                     guint64       number)
{
  gtk_widget_activate_action (GTK_WIDGET (list), action, NULL);
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (list)), ==, number);
}

gboolean
ui_test_can_click (void)
{
  g_autofree char *program = g_find_program_in_path ("xdotool");

  if (program == NULL)
    g_test_skip ("xdotool is not installed");
  return program != NULL;
}
