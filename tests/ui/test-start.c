/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pages before and around a session, each in a window of its own. */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "form.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspector/devtools-peer.h"
#include "inspector/opened.h"
#include "ui-test.h"
#include "ui/parts/wsi-settings.h"
#include "ui/start/wsi-drop.h"
#include "ui/start/wsi-failure-page.h"
#include "inspect/targets/wsi-target-words.h"
#include "lib/rows.h"
#include "ui/start/wsi-start-page.h"
#include "ui/start/wsi-waiting-page.h"
#include "ui/template-children.h"

#define KEY "recent-targets"
#define PATIENCE_MS 10000       /* of the product: without traffic, before the hint */
#define CURL "curl 'wss://h/chat' \\\n -H 'Origin: https://o' \\\n" \
  " -H 'Sec-WebSocket-Protocol: a, b' \\\n" \
  " -H 'Sec-WebSocket-Key: x' -H 'X: y' --data-raw z"

static GtkWindow *
open_window (GtkWidget *page,
             int        width)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  gtk_window_set_default_size (window, width, 760);
  gtk_window_set_child (window, page);
  gtk_window_present (window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return window;
}

static void
save_picture (GtkWindow  *window,
              const char *name)
{
  GtkWidget *widget = GTK_WIDGET (window);
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, name, NULL);
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *picture = gtk_snapshot_new ();
  graphene_rect_t area;
  GskRenderNode *node;

  gtk_test_widget_wait_for_draw (widget);
  paintable = gtk_widget_paintable_new (widget);
  gdk_paintable_snapshot (paintable, picture, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (picture);
  g_assert_nonnull (node);
  graphene_rect_init (&area, 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &area);
  gsk_render_node_unref (node);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  g_test_message ("picture: %s", path);
}

static void
on_start (GObject         *page,
          const WsiTarget *target,
          char           **line)
{
  g_free (*line);
  *line = wsi_target_print (target);
}

static WsiStartPage *
make_page (void)
{
  return g_object_new (WSI_TYPE_START_PAGE, NULL);
}

static const struct
{
  const char    *name, *target; /* fields of the form, in one line */
  WsiTargetField wrong;         /* field that is wrong; N_FIELDS: none */
  gboolean       is_shown;      /* TRUE if the field says what is wrong */
} forms[] = {
  { "client", "connect ws://localhost:8080/chat --protocol=a '--header=X: y' --origin=http://o --deflate", WSI_TARGET_N_FIELDS, FALSE },
  { "client-without-a-scheme", "connect localhost:3000/chat", WSI_TARGET_N_FIELDS, FALSE },
  { "client-without-address", "connect ''", WSI_TARGET_ADDRESS, FALSE },
  { "client-with-bad-address", "connect ftp://localhost/", WSI_TARGET_ADDRESS, TRUE },
  { "client-with-bad-subprotocol", "connect ws://h/ --protocol=a@b", WSI_TARGET_SUBPROTOCOLS, TRUE },
  { "client-with-bad-header", "connect ws://h/ --header=x", WSI_TARGET_HEADERS, TRUE },
  { "client-with-no-file", "connect ws://h/ --ca=/nowhere", WSI_TARGET_AUTHORITIES, TRUE },
  { "client-with-a-longest-message", "connect ws://h/ --max-message=1024", WSI_TARGET_N_FIELDS, FALSE },
  { "client-with-bad-longest-message", "connect ws://h/ --max-message=16M", WSI_TARGET_MAX_MESSAGE, TRUE },
  { "server", "serve 8080 '--allow-origin=*'", WSI_TARGET_N_FIELDS, FALSE },
  { "server-with-bad-port", "serve 65536", WSI_TARGET_LISTEN, TRUE },
  { "server-with-markup", "serve '<b>&'", WSI_TARGET_LISTEN, TRUE },
  { "proxy", "proxy 9001 ws://localhost:8080 --rewrite-host", WSI_TARGET_N_FIELDS, FALSE },
  { "proxy-of-any-certificate", "proxy 9001 wss://localhost:8080 --insecure-accept-certificate", WSI_TARGET_N_FIELDS, FALSE },
  { "program", "attach chat-server", WSI_TARGET_N_FIELDS, FALSE },
  { "program-without-a-name", "attach ''", WSI_TARGET_ADDRESS, FALSE },
  { "program-with-a-path", "attach a/b", WSI_TARGET_ADDRESS, TRUE },
  { "browser", "browser https://shop/ --page=shop --profile=/nowhere/p --start -- --no-sandbox '--a=b c'", WSI_TARGET_N_FIELDS, FALSE },
  { "browser-without-a-page", "browser --start", WSI_TARGET_N_FIELDS, FALSE },
  { "browser-that-runs", "browser 9222 --page=shop", WSI_TARGET_N_FIELDS, FALSE },
  { "browser-of-no-address", "browser", WSI_TARGET_ADDRESS, FALSE },
  { "browser-with-bad-port", "browser 99999", WSI_TARGET_ADDRESS, TRUE },
  { "interface", "capture lo 'tcp port 8080'", WSI_TARGET_N_FIELDS, FALSE },
  { "interface-of-all", "capture", WSI_TARGET_N_FIELDS, FALSE },
  { "interface-with-a-program", "capture lo -- /bin/sh -c 'exit 0'", WSI_TARGET_N_FIELDS, FALSE },
  { "interface-with-no-such-program", "capture -- no-such-program", WSI_TARGET_ARGUMENTS, TRUE },
  { "interface-with-a-program-and-a-key-log", "capture --keylog=/keys -- /bin/sh", WSI_TARGET_KEY_LOG, TRUE },
  { "proxy-with-a-path", "proxy 9001 http://localhost:8080/chat", WSI_TARGET_N_FIELDS, FALSE },
  { "proxy-with-bad-target", "proxy 9001 ws://me@localhost:8080", WSI_TARGET_ADDRESS, TRUE },
};

/* A button is activated a moment later, when it was shown pressed. */
static gboolean
has_line (gpointer data)
{
  return *(char **) data != NULL;
}

/* The form starts what it was filled with, or says at the row what is wrong. */
static void
test_form (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiTarget) target = wsi_target_parse (forms[i].target, NULL);
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, wsi_target_get_kind (target));
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  g_autofree char *line = NULL;
  g_autofree char *picture = g_strdup_printf ("start-form-%s.png", forms[i].name);
  gboolean is_right = forms[i].wrong == WSI_TARGET_N_FIELDS;

  g_signal_connect (page, "start", G_CALLBACK (on_start), &line);
  wsi_target_form_set_target (form, target);
  /* Only what is missing stops the button; pressed with a mistake it says which. */
  g_assert_cmpint (gtk_widget_get_sensitive (ui_test_get_child (form, "start_button")), ==,
                   is_right || forms[i].is_shown);
  for (guint field = 0; field < WSI_TARGET_N_FIELDS; field++)
    g_assert_cmpint (form_get_error (form, field) != NULL, ==,
                     forms[i].is_shown && field == forms[i].wrong);

  wsi_start_page_edit (page, target);
  save_picture (window, picture);
  if (GTK_IS_TEXT (gtk_window_get_focus (window)))
    g_signal_emit_by_name (gtk_window_get_focus (window), "activate");
  else
    gtk_widget_activate (gtk_window_get_focus (window));
  if (is_right)
    ui_test_wait_until (has_line, &line);
  else
    g_assert_nonnull (form_get_error (form, forms[i].wrong));
  g_assert_cmpstr (line, ==, is_right ? forms[i].target : NULL);
  gtk_window_destroy (window);
}

/* The smallest sizes at which people work. */
static const struct
{
  int width, height;
} sizes[] = { { 1024, 768 }, { 640, 590 } };

/* Beginning and end of the form: the button below it is whole at both of them. */
static void
check_button_in_sight (WsiTargetForm *form,
                       int            height)
{
  GtkWidget *button = ui_test_get_child (form, "start_button");
  GtkWidget *view = ui_test_find (GTK_WIDGET (form), ui_test_is_type, "GtkScrolledWindow");
  GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (view));

  for (guint i = 0; i < 2; i++)
    {
      graphene_rect_t area;

      gtk_adjustment_set_value (place, i * gtk_adjustment_get_upper (place));
      gtk_test_widget_wait_for_draw (button);
      g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (gtk_widget_get_root (button)),
                                                &area));
      g_assert_cmpfloat (area.origin.y, >, 0);
      g_assert_cmpfloat (area.origin.y + area.size.height, <=, height);
    }
}

static void
test_button (void)
{
  static const char *const kinds[] = {
    "connect", "serve", "proxy", "browser", "capture", "attach"
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds) * G_N_ELEMENTS (sizes); i++)
    {
      const char *kind = kinds[i / G_N_ELEMENTS (sizes)];
      int width = sizes[i % G_N_ELEMENTS (sizes)].width, height = sizes[i % 2].height;
      WsiStartPage *page = make_page ();
      GtkWindow *window = ui_test_open (GTK_WIDGET (page), width, height);
      g_autoptr (WsiTarget) target = wsi_target_parse (kind, NULL);
      g_autofree char *picture = g_strdup_printf ("start-form-%s-%d.png", kind, width);

      gtk_widget_activate_action (GTK_WIDGET (page), "start.choose", "s", kind);
      check_button_in_sight (wsi_start_page_get_form (page, wsi_target_get_kind (target)), height);
      g_assert_true (GTK_IS_TEXT (gtk_window_get_focus (window)));
      save_picture (window, picture);
      ui_test_close (window);
    }
}

/* The focus is in the first field, or in the one that is missing; a right target starts there. */
static const struct
{
  const char    *target;
  WsiTargetField field;
} places[] = {
  { "connect ''", WSI_TARGET_ADDRESS },
  { "connect ws://h/", WSI_TARGET_ADDRESS },
  { "connect ws://h/ --protocol=a@b", WSI_TARGET_SUBPROTOCOLS },
  { "serve ''", WSI_TARGET_LISTEN },
  { "serve 8080 --allow-origin=x", WSI_TARGET_ALLOWED_ORIGINS },
  { "proxy 0 ''", WSI_TARGET_ADDRESS },
  { "proxy 0 ws://h:1", WSI_TARGET_LISTEN },
  { "browser", WSI_TARGET_ADDRESS },
  { "capture", WSI_TARGET_INTERFACE },
  { "attach a", WSI_TARGET_ADDRESS },
};

static void
test_focus (void)
{
  WsiStartPage *page = make_page ();
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (WsiTarget) target = wsi_target_parse (places[i].target, NULL);
      WsiTargetForm *form = wsi_start_page_get_form (page, wsi_target_get_kind (target));
      GtkWidget *row;

      wsi_start_page_edit (page, target);
      row = GTK_WIDGET (form_get_row (form, places[i].field));
      if (!gtk_widget_is_ancestor (gtk_window_get_focus (window), row))
        g_error ("the focus is elsewhere: %s", places[i].target);
    }
  gtk_window_destroy (window);
}

static const char *
get_address (WsiStartPage *page,
             WsiTargetKind kind)
{
  return gtk_editable_get_text (form_get_row (wsi_start_page_get_form (page, kind),
                                              WSI_TARGET_ADDRESS));
}

/* An address that was typed for a client is in the empty form of a proxy, and vice versa. */
static void
test_address (void)
{
  WsiStartPage *page = make_page ();
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_CLIENT);

  gtk_widget_activate_action (GTK_WIDGET (page), "start.choose", "s", "connect");
  gtk_editable_set_text (form_get_row (form, WSI_TARGET_ADDRESS), "ws://h:1/a");
  gtk_widget_activate_action (GTK_WIDGET (page), "start.back", NULL);
  gtk_widget_activate_action (GTK_WIDGET (page), "start.choose", "s", "attach");
  g_assert_cmpstr (get_address (page, WSI_TARGET_PROGRAM), ==, "");
  gtk_widget_activate_action (GTK_WIDGET (page), "start.choose", "s", "proxy");
  g_assert_cmpstr (get_address (page, WSI_TARGET_PROXY), ==, "ws://h:1/a");

  form = wsi_start_page_get_form (page, WSI_TARGET_PROXY);
  gtk_editable_set_text (form_get_row (form, WSI_TARGET_ADDRESS), "ws://h:2");
  gtk_widget_activate_action (GTK_WIDGET (page), "start.choose", "s", "connect");
  g_assert_cmpstr (get_address (page, WSI_TARGET_CLIENT), ==, "ws://h:1/a");
  gtk_window_destroy (window);
}

/* The texts that are typed one after the other; note and error: as the row says them, NULL: not at
 * all. */
static const struct
{
  const char *text, *note;
  gboolean    has_error;
} typed[] = {
  { "", NULL, FALSE },
  { "ws", NULL, TRUE },
  { "localhost:3000/a", "Understood as ws://localhost:3000/a (write wss:// for TLS)", FALSE },
  { "localhost:3000/<b>&\x1b", NULL, TRUE },
  { "https://h/<b>&amp;", "Understood as wss://h/<b>&amp;", FALSE },
  { "ws://h/", NULL, FALSE },
  { "http://h/", "Understood as ws://h/", FALSE },
  { "http://h:0/", NULL, TRUE },
  { "3000", "Understood as ws://localhost:3000 (write wss:// for TLS)", FALSE },
  { "", NULL, FALSE },
};

/* Never markup, and gone with the text that it is about. */
static void
test_note (void)
{
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_CLIENT);
  GtkWindow *window = open_window (GTK_WIDGET (page), 360);
  GtkEditable *row = form_get_row (form, WSI_TARGET_ADDRESS);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_CLIENT);

  wsi_start_page_edit (page, target);
  gtk_window_set_focus (window, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autofree char *picture = g_strdup_printf ("start-form-note-%u.png", i);

      gtk_editable_set_text (row, typed[i].text);
      g_assert_cmpstr (form_get_note (form, WSI_TARGET_ADDRESS), ==, typed[i].note);
      g_assert_cmpint (form_get_error (form, WSI_TARGET_ADDRESS) != NULL, ==, typed[i].has_error);
      save_picture (window, picture);
    }

  /* It is said while it is typed, too. */
  gtk_widget_grab_focus (GTK_WIDGET (row));
  gtk_editable_set_text (row, "h:1");
  g_assert_nonnull (form_get_note (form, WSI_TARGET_ADDRESS));
  gtk_editable_set_text (row, "h:x");
  g_assert_null (form_get_note (form, WSI_TARGET_ADDRESS));
  g_assert_null (form_get_error (form, WSI_TARGET_ADDRESS));
  gtk_window_destroy (window);
}

/* A wrong address of the command line stays, and the focus is where it can be mended. */
static void
test_error (void)
{
  g_autoptr (WsiTarget) target = wsi_target_parse ("serve eighty", NULL);
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_SERVER);
  GtkWindow *window = open_window (GTK_WIDGET (page), 360);

  g_assert_true (wsi_start_page_show_error (page, target, WSI_TARGET_LISTEN, "no <b>port</b>"));
  g_assert_cmpstr (gtk_editable_get_text (form_get_row (form, WSI_TARGET_LISTEN)), ==, "eighty");
  g_assert_cmpstr (form_get_error (form, WSI_TARGET_LISTEN), ==, "No <b>port</b>");
  g_assert_true (wsi_start_page_is_form (page));
  g_assert_true (GTK_IS_TEXT (gtk_window_get_focus (window)));
  save_picture (window, "start-error-360.png");

  gtk_widget_activate_action (GTK_WIDGET (page), "start.back", NULL);
  g_assert_false (wsi_start_page_is_form (page));
  gtk_window_destroy (window);
}

/* Arguments are words; those of a browser that is started are none of one that runs. */
static void
test_arguments (void)
{
  g_autoptr (WsiTarget) target = wsi_target_parse ("browser --start", NULL);
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_BROWSER);
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  GtkEditable *row = form_get_row (form, WSI_TARGET_ARGUMENTS);
  GtkWidget *button = ui_test_get_child (form, "start_button");
  g_autofree char *line = NULL;

  g_signal_connect (page, "start", G_CALLBACK (on_start), &line);
  wsi_start_page_edit (page, target);
  gtk_editable_set_text (row, "--a='b c");
  g_assert_nonnull (strstr (form_get_error (form, WSI_TARGET_ARGUMENTS), "the end of its quotes"));
  save_picture (window, "start-form-browser-with-open-quotes.png");
  g_signal_emit_by_name (button, "clicked");
  g_assert_null (line);

  gtk_editable_set_text (row, " --a='b c'  --d ");
  g_assert_null (form_get_error (form, WSI_TARGET_ARGUMENTS));
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (line, ==, "browser --start -- '--a=b c' --d");

  gtk_switch_set_active (GTK_SWITCH (ui_test_get_child (form, "begin_switch")), FALSE);
  gtk_editable_set_text (form_get_row (form, WSI_TARGET_ADDRESS), "9222");
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (line, ==, "browser 9222");
  gtk_window_destroy (window);
}

static GtkWidget *
find_widget (GtkWidget  *widget,
             GType       type,
             const char *title)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) &&
      strcmp (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
has_two_rows (gpointer form)
{
  return find_widget (form, ADW_TYPE_ACTION_ROW, "A <b>shop</b>") != NULL &&
         find_widget (form, ADW_TYPE_ACTION_ROW, "http://mail/") != NULL;
}

static gboolean
has_refusal (gpointer form)
{
  return find_widget (form, ADW_TYPE_ACTION_ROW, "The browser has no page") != NULL;
}

static GtkWidget *
find_button (GtkWidget  *widget,
             const char *label)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The pages of a browser that runs, one of which is chosen; another address has other pages. */
static void
test_pages (void)
{
  g_auto (DevtoolsPeer) peer = { 0 }, empty = { 0 };
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_BROWSER);
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  GtkEditable *address = form_get_row (form, WSI_TARGET_ADDRESS);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_BROWSER);
  GtkWidget *button = find_button (GTK_WIDGET (form), "_List Pages");
  g_autofree char *port = NULL, *other = NULL, *line = NULL, *expected = NULL;

  devtools_peer_init (&peer, DEVTOOLS_OK,
                      "[{'type':'page','title':'A <b>shop</b>','url':'https://shop/cart?id=1#top'},"
                      "{'type':'page','title':'','url':'http://mail/'},"
                      "{'type':'page','title':'','url':'data:text/html,<b>'}]");
  devtools_peer_init (&empty, DEVTOOLS_OK, "[]");
  port = g_strdup_printf ("%u", peer.port);
  other = g_strdup_printf ("%u", empty.port);
  g_signal_connect (page, "start", G_CALLBACK (on_start), &line);

  wsi_start_page_edit (page, target);
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_editable_set_text (address, port);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  ui_test_wait_until (has_two_rows, form);
  save_picture (window, "start-form-browser-pages.png");

  gtk_widget_activate (find_widget (GTK_WIDGET (form), ADW_TYPE_ACTION_ROW, "A <b>shop</b>"));
  g_assert_cmpstr (gtk_editable_get_text (form_get_row (form, WSI_TARGET_PAGE)), ==,
                   "https://shop/cart");
  save_picture (window, "start-form-browser-page-chosen.png");
  g_signal_emit_by_name (ui_test_get_child (form, "start_button"), "clicked");
  expected = g_strdup_printf ("browser %s --page=https://shop/cart", port);
  g_assert_cmpstr (line, ==, expected);

  gtk_editable_set_text (address, other);
  g_assert_false (has_two_rows (form));
  g_signal_emit_by_name (button, "clicked");
  ui_test_wait_until (has_refusal, form);
  gtk_editable_set_text (address, "99999");
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_window_destroy (window);
}

/* A window that is closed while the browser is asked. */
static void
test_pages_and_close (void)
{
  g_auto (DevtoolsPeer) peer = { 0 };
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_BROWSER);
  GtkWindow *window = open_window (GTK_WIDGET (page), 360);
  g_autofree char *line = NULL;
  g_autoptr (WsiTarget) target = NULL;

  devtools_peer_init (&peer, DEVTOOLS_OK, "[]");
  line = g_strdup_printf ("browser %u", peer.port);
  target = wsi_target_parse (line, NULL);
  wsi_start_page_edit (page, target);
  g_signal_emit_by_name (find_button (GTK_WIDGET (form), "_List Pages"), "clicked");
  gtk_window_destroy (window);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

/* All of PATH: it has no dumpcap but that of a test. */
static char *programs;

static char *
make_program_path (const char *name)
{
  return g_build_filename (programs, name, NULL);
}

static void
remove_program (const char *name)
{
  g_autofree char *path = make_program_path (name);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
make_dumpcap (const char *script)
{
  g_autofree char *path = make_program_path ("dumpcap");

  g_assert_true (g_file_set_contents_full (path, script, -1, G_FILE_SET_CONTENTS_NONE, 0700,
                                           NULL));
}

static gboolean
begins_with (GtkWidget  *widget,
             const char *text)
{
  return ADW_IS_ACTION_ROW (widget) &&
         g_str_has_prefix (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), text);
}

static gboolean
has_advice (gpointer form)
{
  return ui_test_find (form, begins_with, "Capturing is not permitted: run \"sudo dpkg") != NULL;
}

static gboolean
is_permitted (gpointer form)
{
  return ui_test_find (form, begins_with, "Ready to capture") != NULL;
}

static gboolean
lacks_dumpcap (gpointer form)
{
  return ui_test_find (form, begins_with, "There is no dumpcap") != NULL;
}

/* It may capture once there is a file "permitted". */
#define ASKED_DUMPCAP \
  "#!/bin/sh\n" \
  "case $1 in\n" \
  "-D) printf '1. eth0 (<b>)\\n2. any\\n3. lo (Loopback)\\n4. bluetooth0\\n';;\n" \
  "*) test -e \"${0%/*}/permitted\" && exit 0\n" \
  "   echo 'dumpcap: You do not have permission to capture on device \"any\".' >&2\n" \
  "   exit 1;;\n" \
  "esac\n"
/* It says nothing until it is killed. */
#define SILENT_DUMPCAP "#!/bin/sh\nkill -STOP $$\n"

/* A row that is not expanded keeps its rows at a height of 0. */
static gboolean
is_in_sight (GtkWidget *row)
{
  return adw_expander_row_get_expanded (ADW_EXPANDER_ROW (
                                          gtk_widget_get_ancestor (row, ADW_TYPE_EXPANDER_ROW)));
}

/* The row says what to do until dumpcap may capture; one of its interfaces is chosen. */
static void
test_interfaces (void)
{
  g_autofree char *permission = make_program_path ("permitted");
  g_autofree char *line = NULL;
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_CAPTURE);
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  g_autoptr (WsiTarget) target = wsi_target_parse ("capture '' 'tcp port 80'", NULL);
  GtkWidget *button = find_button (GTK_WIDGET (form), "Chec_k Again");
  GtkWidget *first;

  make_dumpcap (ASKED_DUMPCAP);
  g_signal_connect (page, "start", G_CALLBACK (on_start), &line);
  wsi_start_page_edit (page, target);
  ui_test_wait_until (has_advice, form);
  first = ui_test_find (GTK_WIDGET (form), begins_with, "any");
  g_assert_nonnull (first);
  save_picture (window, "start-form-interface-not-permitted.png");

  g_assert_true (g_file_set_contents (permission, "", 0, NULL));
  g_signal_emit_by_name (button, "clicked");
  g_assert_false (gtk_widget_get_sensitive (button));
  ui_test_wait_until (is_permitted, form);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_assert_false (has_advice (form));
  g_assert_false (is_in_sight (ui_test_find (GTK_WIDGET (form), begins_with, "bluetooth0")));
  gtk_widget_activate (ui_test_find (GTK_WIDGET (form), begins_with, "lo"));
  g_assert_cmpstr (gtk_editable_get_text (form_get_row (form, WSI_TARGET_INTERFACE)), ==, "lo");
  save_picture (window, "start-form-interface-chosen.png");
  g_signal_emit_by_name (ui_test_get_child (form, "start_button"), "clicked");
  g_assert_cmpstr (line, ==, "capture lo 'tcp port 80'");
  gtk_editable_set_text (form_get_row (form, WSI_TARGET_INTERFACE), "bluetooth0");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_true (is_in_sight (ui_test_find (GTK_WIDGET (form), begins_with, "bluetooth0")));
  save_picture (window, "start-form-interface-without-tcp.png");

  remove_program ("permitted");
  remove_program ("dumpcap");
  g_signal_emit_by_name (button, "clicked");
  ui_test_wait_until (lacks_dumpcap, form);
  g_assert_null (ui_test_find (GTK_WIDGET (form), begins_with, "lo"));
  gtk_window_destroy (window);
}

/* The form of a browser leads there, and fills the program in; the other fields are empty. */
static void
test_firefox (void)
{
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_BROWSER);
  WsiTargetForm *other = wsi_start_page_get_form (page, WSI_TARGET_CAPTURE);
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  g_autoptr (WsiTarget) target = wsi_target_parse ("browser --start", NULL);
  GtkWidget *row;

  wsi_start_page_edit (page, target);
  row = ui_test_find (GTK_WIDGET (form), begins_with, "_Firefox");
  g_assert_nonnull (row);
  gtk_widget_activate (row);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (other)));
  g_assert_true (g_str_has_prefix (gtk_editable_get_text (form_get_row (other,
                                                                        WSI_TARGET_ARGUMENTS)),
                                   "firefox"));
  g_assert_cmpstr (gtk_editable_get_text (form_get_row (other, WSI_TARGET_INTERFACE)), ==, "");
  save_picture (window, "start-form-interface-with-firefox.png");
  gtk_window_destroy (window);
}

/* A window that is closed while dumpcap is asked. */
static void
test_interfaces_and_close (void)
{
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_CAPTURE);
  GtkWindow *window = open_window (GTK_WIDGET (page), 360);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_CAPTURE);

  make_dumpcap (SILENT_DUMPCAP);
  wsi_start_page_edit (page, target);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_false (gtk_widget_get_sensitive (find_button (GTK_WIDGET (form), "Chec_k Again")));
  gtk_window_destroy (window);
  remove_program ("dumpcap");
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

static gboolean
has_no_program (gpointer form)
{
  return ui_test_find (form, begins_with, "No program lets an inspector attach. Start yours")
         != NULL;
}

static gboolean
has_open_folder (gpointer form)
{
  GtkWidget *row = ui_test_find (form, begins_with, g_get_user_runtime_dir ());

  return row != NULL && gtk_widget_has_css_class (row, "error") &&
         strstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)),
                 "has the mode 0755; expected 0700 (run: chmod 0700") != NULL;
}

/* While the form is shown, programs are looked for again and again. */
static void
test_programs (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_runtime_dir (), "wsproto-inspector", NULL);
  g_autofree char *line = NULL;
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_PROGRAM);
  GtkWindow *window = open_window (GTK_WIDGET (page), 360);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_PROGRAM);
  GtkWidget *button = ui_test_get_child (form, "start_button");

  g_signal_connect (page, "start", G_CALLBACK (on_start), &line);
  wsi_start_page_edit (page, target);
  ui_test_wait_until (has_no_program, form);
  g_assert_false (gtk_widget_get_sensitive (button));
  save_picture (window, "start-form-program-none-360.png");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  ui_test_wait_until (has_open_folder, form);
  g_assert_false (has_no_program (form));
  save_picture (window, "start-form-program-open-folder-360.png");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  ui_test_wait_until (has_no_program, form);
  g_assert_false (has_open_folder (form));

  gtk_editable_set_text (form_get_row (form, WSI_TARGET_ADDRESS), "chat");
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (line, ==, "attach chat");
  gtk_window_destroy (window);
}

/* A window that is closed while programs are looked for in a thread. */
static void
test_programs_and_close (void)
{
  WsiStartPage *page = make_page ();
  GtkWindow *window = open_window (GTK_WIDGET (page), 360);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_PROGRAM);

  wsi_start_page_edit (page, target);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_window_destroy (window);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

static gboolean
has_pasted (gpointer form)
{
  const char *text = gtk_editable_get_text (form_get_row (form, WSI_TARGET_ADDRESS));

  return strcmp (text, "wss://h/chat") == 0;
}

static gboolean
has_error (gpointer form)
{
  return form_get_error (form, WSI_TARGET_ADDRESS) != NULL;
}

/* In the address, as people paste. */
static void
test_paste (void)
{
  g_autoptr (WsiTarget) command = wsi_target_new (WSI_TARGET_CLIENT);
  WsiStartPage *page = make_page ();
  WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_CLIENT);
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  g_autofree char *line = NULL;

  g_signal_connect (page, "start", G_CALLBACK (on_start), &line);
  wsi_target_set_text (command, WSI_TARGET_ADDRESS, CURL);
  wsi_start_page_edit (page, command);
  ui_test_wait_until (has_pasted, form);
  g_signal_emit_by_name (ui_test_get_child (form, "start_button"), "clicked");
  g_assert_cmpstr (line, ==, "connect wss://h/chat --protocol=a --protocol=b '--header=X: y' "
                   "--origin=https://o");
  g_assert_true (gtk_widget_get_sensitive (ui_test_get_child (form, "start_button")));
  save_picture (window, "start-pasted.png");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), "wget ws://h/");
  g_signal_emit_by_name (ui_test_get_child (form, "paste_button"), "clicked");
  ui_test_wait_until (has_error, form);
  g_assert_nonnull (strstr (form_get_error (form, WSI_TARGET_ADDRESS), "curl"));
  g_assert_true (has_pasted (form));
  gtk_window_destroy (window);
}

/* A window that is closed between the paste and its effect. */
static void
test_paste_and_close (void)
{
  g_autoptr (WsiTarget) command = wsi_target_new (WSI_TARGET_CLIENT);
  WsiStartPage *page = make_page ();
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);

  wsi_target_set_text (command, WSI_TARGET_ADDRESS, CURL);
  wsi_target_form_set_target (wsi_start_page_get_form (page, WSI_TARGET_CLIENT), command);
  gtk_window_destroy (window);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

/* Latest first, each once, without secrets; one that lacks its secret is completed first. */
static void
test_recent (void)
{
  const char *const lines[] = {
    "connect ws://h/webhooks/1/secret", "connect 'ws://h/?room=<1>&token=secret'", "serve 8080", "connect ws://a/",
    "connect 'ws://h/?room=<1>&token=secret'", "serve 8080",
  };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiStartPage *page = make_page ();
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);
  g_auto (GStrv) kept = NULL;
  g_autofree char *line = NULL;

  g_settings_reset (settings, KEY);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (WsiTarget) target = wsi_target_parse (lines[i], NULL);

      wsi_start_page_remember (page, target);
    }
  kept = g_settings_get_strv (settings, KEY);
  g_assert_cmpuint (g_strv_length (kept), ==, 4);
  g_assert_cmpstr (kept[0], ==, "serve 8080");
  g_assert_null (strstr (kept[1], "secret"));
  g_assert_cmpstr (kept[2], ==, "connect ws://a/");
  g_assert_null (strstr (kept[3], "secret"));
  save_picture (window, "start-recent.png");

  g_signal_connect (page, "start", G_CALLBACK (on_start), &line);
  gtk_widget_activate (find_widget (GTK_WIDGET (page), ADW_TYPE_ACTION_ROW,
                                    "Connect to ws://a/"));
  g_assert_cmpstr (line, ==, "connect ws://a/");

  for (guint i = 1; i <= 3; i += 2)
    {
      g_autoptr (WsiTarget) lacking = wsi_target_parse (kept[i], NULL);
      g_autofree char *words = wsi_target_dup_words (lacking);
      WsiTargetForm *form = wsi_start_page_get_form (page, WSI_TARGET_CLIENT);

      if (wsi_start_page_is_form (page))
        wsi_start_page_go_back (page);
      gtk_widget_activate (find_widget (GTK_WIDGET (page), ADW_TYPE_ACTION_ROW, words));
      g_assert_cmpstr (line, ==, "connect ws://a/");
      g_assert_nonnull (form_get_error (form, WSI_TARGET_ADDRESS));
    }
  gtk_window_destroy (window);
}

static gboolean
has_row_of_recording (gpointer page)
{
  return find_widget (page, ADW_TYPE_ACTION_ROW, "recorded.pcapng") != NULL;
}

/* A recording that was opened, but not a key log, which a dialog of GTK remembers alone. */
static void
test_recent_files (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/recorded.pcapng");
  g_autoptr (WsiTarget) target = wsi_target_new_for_file (file);
  WsiStartPage *page = make_page ();
  GtkWindow *window = open_window (GTK_WIDGET (page), 1000);

  gtk_recent_manager_add_item (gtk_recent_manager_get_default (), "file:///nowhere/keys.log");
  wsi_start_page_remember (page, target);
  ui_test_wait_until (has_row_of_recording, page);
  g_assert_null (find_widget (GTK_WIDGET (page), ADW_TYPE_ACTION_ROW, "keys.log"));
  gtk_window_destroy (window);
}

/* Entries of the same interface differ in their filter and the program. */
static void
test_recent_interfaces (void)
{
  const char *const lines[] = {
    "capture lo 'tcp port 80'", "capture lo", "capture", "capture lo -- /bin/sh -c 'a b'", NULL
  };
  const char *const titles[] = {
    "Capture lo: tcp port 80", "Capture lo: tcp", "Capture any: tcp",
    "Start /bin/sh -c 'a b', and capture lo: tcp"
  };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiStartPage *page;
  GtkWindow *window;

  g_settings_set_strv (settings, KEY, lines);
  page = make_page ();
  window = open_window (GTK_WIDGET (page), 1000);
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      GtkWidget *row = find_widget (GTK_WIDGET (page), ADW_TYPE_ACTION_ROW, titles[i]);
      g_autofree char *line = NULL;
      gulong handler = g_signal_connect (page, "start", G_CALLBACK (on_start), &line);

      g_assert_nonnull (row);
      gtk_widget_activate (row);
      g_assert_cmpstr (line, ==, lines[i]);
      g_signal_handler_disconnect (page, handler);
    }
  g_settings_reset (settings, KEY);
  gtk_window_destroy (window);
}

/* An earlier version has kept what this one would hide. */
static void
test_old_settings (void)
{
  const char *const lines[] = { "connect 'ws://h/?token=secret'", NULL };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  GtkWindow *window;
  WsiStartPage *page;

  g_settings_set_strv (settings, KEY, lines);
  page = make_page ();
  window = open_window (GTK_WIDGET (page), 1000);
  g_assert_nonnull (find_widget (GTK_WIDGET (page), ADW_TYPE_ACTION_ROW,
                                 "Connect to ws://h/?token=redacted-6-bytes-0000"));
  g_settings_reset (settings, KEY);
  gtk_window_destroy (window);
}

/* Settings that are no targets, such as those of a later version. */
static void
test_bad_settings (void)
{
  const char *const lines[] = {
    "", "attach 7", "connect 'open", "serve \x1b[31m<b>", "serve 0", NULL
  };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  GtkWindow *window;
  WsiStartPage *page;

  g_settings_set_strv (settings, KEY, lines);
  page = make_page ();
  window = open_window (GTK_WIDGET (page), 360);
  g_assert_nonnull (find_widget (GTK_WIDGET (page), ADW_TYPE_ACTION_ROW,
                                 "Listen on \\x1b[31m<b>"));
  save_picture (window, "start-360.png");
  g_settings_reset (settings, KEY);
  gtk_window_destroy (window);
}

static gboolean
shows_hint (gpointer page)
{
  return gtk_widget_get_visible (ui_test_get_child (page, "hint"));
}

/* The text there and back, and both Close frames. */
static gboolean
has_trial (gpointer session)
{
  return wsi_store_get_end (wsi_session_get_store (session)) >= 3;
}

static WsiSource *
start_source (WsiSession *session,
              const char *line)
{
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);
  WsiTargetField wrong;
  g_autoptr (GError) error = NULL;
  WsiSource *source = wsi_target_start (target, session, &wrong, &error);

  g_assert_no_error (error);
  ui_test_wait_until (ui_test_is_running, source);
  return source;
}

static gboolean is_hasty;

guint __real_g_timeout_add (guint       interval,
                            GSourceFunc callback,
                            gpointer    data);
guint __wrap_g_timeout_add (guint       interval,
                            GSourceFunc callback,
                            gpointer    data);

/* A test does not wait ten seconds for a hint. */
guint
__wrap_g_timeout_add (guint       interval,
                      GSourceFunc callback,
                      gpointer    data)
{
  return __real_g_timeout_add (is_hasty && interval == PATIENCE_MS ? 1 : interval, callback, data);
}

/* The hint comes while it is waited, and the test button makes traffic through the proxy. */
static void
test_waiting (void)
{
  WsiSession *session = opened_session ();
  WsiSource *server = start_source (session, "serve 0");
  g_autofree char *line = g_strdup_printf ("proxy 0 %.*s",
                                           (int) strlen (wsi_source_get_uri (server)) - 1,
                                           wsi_source_get_uri (server));
  WsiSource *proxy = start_source (session, line);
  WsiWaitingPage *page = g_object_new (WSI_TYPE_WAITING_PAGE, NULL);
  GtkWindow *window;

  wsi_waiting_page_set_source (page, proxy);
  window = open_window (GTK_WIDGET (page), 360);
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (page, "hint")));
  save_picture (window, "waiting-360.png");
  gtk_window_destroy (window);

  page = g_object_new (WSI_TYPE_WAITING_PAGE, NULL);
  is_hasty = TRUE;
  wsi_waiting_page_set_source (page, proxy);
  window = open_window (GTK_WIDGET (page), 360);
  ui_test_wait_until (shows_hint, page);
  is_hasty = FALSE;
  save_picture (window, "waiting-hint-360.png");

  gtk_widget_activate_action (GTK_WIDGET (page), "waiting.test", NULL);
  ui_test_wait_until (has_trial, session);
  gtk_widget_activate_action (GTK_WIDGET (page), "waiting.copy", NULL);
  wsi_waiting_page_set_source (page, server);
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (page, "hint")));
  gtk_window_destroy (window);
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
}

/* A window that is closed while its own client connects, and a source that ends then. */
static void
test_waiting_and_close (void)
{
  WsiSession *session = opened_session ();
  WsiSource *server = start_source (session, "serve 0");
  WsiWaitingPage *page = g_object_new (WSI_TYPE_WAITING_PAGE, NULL);
  GtkWindow *window;

  wsi_waiting_page_set_source (page, server);
  window = open_window (GTK_WIDGET (page), 1000);
  save_picture (window, "waiting-server.png");
  gtk_widget_activate_action (GTK_WIDGET (page), "waiting.test", NULL);
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
  gtk_window_destroy (window);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

/* The font decides whether the button stands in a line alone, or with others. */
static void
assert_line_is_centred (gpointer    page,
                        const char *button)
{
  GtkWidget *child = ui_test_get_child (page, button);
  graphene_rect_t line, place;

  g_assert_true (gtk_widget_compute_bounds (child, page, &line));
  for (child = gtk_widget_get_first_child (gtk_widget_get_parent (child)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_mapped (child) && gtk_widget_compute_bounds (child, page, &place) &&
        G_APPROX_VALUE (place.origin.y, line.origin.y, 1))
      graphene_rect_union (&line, &place, &line);
  g_assert_cmpfloat_with_epsilon (line.origin.x + line.size.width / 2,
                                  gtk_widget_get_width (page) / 2.0, 1);
}

/* The title says what happened, the name is that of the target, the sentence says why; text of
 * others is no markup, and is cut. */
static void
test_failure (void)
{
  WsiFailurePage *page = g_object_new (WSI_TYPE_FAILURE_PAGE, NULL);
  GtkWindow *window = open_window (GTK_WIDGET (page), 360);
  g_autofree char *name = g_strnfill (100000, 'x');

  wsi_failure_page_show (page, "Cannot Connect", "ws://127.0.0.1:1/<b>",
                         "Could not connect to 127.0.0.1: Connection refused \x1b[31m",
                         "Change _Address…", WSI_FAILURE_WITHOUT_HANDSHAKE);
  g_assert_cmpstr (ui_test_get_text (page, "title"), ==, "Cannot Connect");
  g_assert_cmpstr (ui_test_get_text (page, "name"), ==, "ws://127.0.0.1:1/<b>");
  g_assert_cmpstr (ui_test_get_text (page, "sentence"), ==,
                   "Could not connect to 127.0.0.1: Connection refused \\x1b[31m");
  wsi_failure_page_focus (page);
  save_picture (window, "failure-360.png");
  assert_line_is_centred (page, "change_button");

  wsi_failure_page_show (page, "Cannot Connect", name, name, "_Change…",
                         WSI_FAILURE_WITH_HANDSHAKE);
  g_assert_cmpuint (strlen (ui_test_get_text (page, "name")), <, 200);
  g_assert_cmpuint (strlen (ui_test_get_text (page, "sentence")), <, 3000);
  gtk_window_destroy (window);
}

static void
count_file (const WsiTarget *target,
            gpointer         data)
{
  g_autoptr (GListModel) files = wsi_target_dup_files (target);

  g_assert_cmpint (wsi_target_get_kind (target), ==, WSI_TARGET_FILE);
  g_assert_cmpuint (*(guint *) data, ==, 0);
  *(guint *) data = g_list_model_get_n_items (files);
}

/* By the signal of the drop target, as a file manager does it. */
static void
test_drop (void)
{
  GtkWindow *window = open_window (gtk_label_new ("drop here"), 360);
  guint n_dropped = 0;
  GSList *files = NULL;
  gboolean was_taken = FALSE;

  wsi_drop_install (GTK_WIDGET (window), count_file, &n_dropped);
  for (guint i = 0; i < WSI_DROP_MAX_FILES + 1; i++)
    files = g_slist_prepend (files, g_file_new_for_path ("/a b\xff.pcapng"));

  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (window));
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (files));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &was_taken);
    }
  g_assert_true (was_taken);
  g_assert_cmpuint (n_dropped, ==, WSI_DROP_MAX_FILES);
  g_slist_free_full (files, g_object_unref);
  gtk_window_destroy (window);
}

int
main (int    argc,
      char **argv)
{
  int status;

  programs = g_dir_make_tmp ("test-start-XXXXXX", NULL);
  g_setenv ("PATH", programs, TRUE);
  ui_test_init (&argc, &argv);

  ADD_ROWS ("/ui/start/form", forms, test_form);
  g_test_add_func ("/ui/start/form/an-error-of-the-start-is-shown-at-its-row", test_error);
  g_test_add_func ("/ui/start/form/its-button-is-in-sight", test_button);
  g_test_add_func ("/ui/start/form/has-the-focus-in-a-field", test_focus);
  g_test_add_func ("/ui/start/form/has-the-address-of-another", test_address);
  g_test_add_func ("/ui/start/form/a-note-says-what-an-address-is-understood-as", test_note);
  g_test_add_func ("/ui/start/browser/arguments-are-words", test_arguments);
  g_test_add_func ("/ui/start/browser/one-of-its-pages-is-chosen", test_pages);
  g_test_add_func ("/ui/start/browser/may-be-closed-while-it-is-asked", test_pages_and_close);
  g_test_add_func ("/ui/start/interface/one-is-chosen-once-it-is-permitted", test_interfaces);
  g_test_add_func ("/ui/start/browser/firefox-is-started-from-an-interface", test_firefox);
  g_test_add_func ("/ui/start/interface/may-be-closed-while-dumpcap-is-asked",
                   test_interfaces_and_close);
  g_test_add_func ("/ui/start/program/what-to-do-is-said-until-there-is-one", test_programs);
  g_test_add_func ("/ui/start/program/may-be-closed-while-it-is-looked-for",
                   test_programs_and_close);
  g_test_add_func ("/ui/start/paste/a-curl-command-fills-the-form", test_paste);
  g_test_add_func ("/ui/start/paste/the-window-may-be-closed-before", test_paste_and_close);
  g_test_add_func ("/ui/start/recent/are-kept-once-and-without-secrets", test_recent);
  g_test_add_func ("/ui/start/recent/have-recordings-and-no-key-logs", test_recent_files);
  g_test_add_func ("/ui/start/recent/interfaces-with-their-filters", test_recent_interfaces);
  g_test_add_func ("/ui/start/recent/old-ones-are-shown-without-secrets", test_old_settings);
  g_test_add_func ("/ui/start/recent/unknown-settings-are-left-out", test_bad_settings);
  g_test_add_func ("/ui/start/waiting/the-hint-and-traffic-of-its-own", test_waiting);
  g_test_add_func ("/ui/start/waiting/may-be-closed-meanwhile", test_waiting_and_close);
  g_test_add_func ("/ui/start/failure/names-the-target-and-says-why", test_failure);
  g_test_add_func ("/ui/start/drop/each-file-is-a-target", test_drop);
  status = g_test_run ();
  g_rmdir (programs);
  g_free (programs);
  return status;
}
