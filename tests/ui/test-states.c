/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A window when something around it fails.  Something around a window goes wrong: it says so, with
 * what to do, and goes on where it can. */
#include "states.h"

#include <glib/gstdio.h>
#include <string.h>

#include "endpoint/far/certificates.h"
#include "form.h"
#include "lib/rows.h"
#include "ui-test.h"
#include "ui/start/wsi-start-page.h"
#include "ui/template-children.h"

static GtkApplication *application;

/* A part of what the user can read, and whether the capture goes on. */
static const struct
{
  const char *name, *sentence;
  gboolean    goes_on;
} states[] = {
  { "certificate-refused", "choose the PEM file of its authority in Trusted authorities", FALSE },
  { "certificate-refused-by-client", "it must trust the certificate that is set in Certificate", TRUE },
  { "certificate-refused-by-client-of-proxy", "and its address must begin with wss://", TRUE },
  { "full-disk-while-saving", "make room, or save to another place", TRUE },
  { "missing-file", "it was moved or removed: choose it where it is now", FALSE },
  { "vanished-file", "the file was removed or replaced while it was written (save to another place)", TRUE },
};

static void
test_sentence (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Surroundings) around = { 0 };
  WsiWindow *window = ui_test_open_window (application);

  state_reach (&around, window, states[i].name);
  g_assert_true (state_shows (window, states[i].sentence));
  g_assert_cmpint (wsi_session_is_running (ui_test_get_session (window)), ==,
                   states[i].goes_on);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Rows of events, which the list and the Message page show. */
static const struct
{
  const char *name, *sentence;
} losses[] = {
  { "payload-dropped", "raise it in Preferences, or save to a file" },
  { "full-disk-while-spilling", "make room in /var/tmp" },
};

static gboolean
is_filtered (gpointer list)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_tested >= counts.n_rows && counts.n_shown > 0;
}

static void
test_loss (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Surroundings) around = { 0 };
  WsiWindow *window = ui_test_open_window (application);
  WsiFrameList *list = ui_test_get_list (window);

  state_reach (&around, window, losses[i].name);
  g_assert_true (wsi_session_is_running (ui_test_get_session (window)));
  wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), "event == dropped", NULL);
  ui_test_wait_until (is_filtered, list);
  wsi_frame_list_select (list, 0);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-message", NULL);
  ui_test_draw (GTK_WIDGET (window), 2);
  g_assert_true (state_shows (window, losses[i].sentence));
  g_assert_true (state_shows (window, "of payloads dropped"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static WsiStartPage *
get_start_page (WsiWindow *window)
{
  return WSI_START_PAGE (ui_test_get_child (window, "start_page"));
}

static gboolean
is_open (gpointer window)
{
  WsiSource *source = ui_test_get_source (window);

  return source != NULL && wsi_source_get_state (source) == WSI_SOURCE_RUNNING;
}

/* By the buttons of the page of failure and of the form. */
static void
test_trust (void)
{
  g_auto (Surroundings) around = { 0 };
  WsiWindow *window = ui_test_open_window (application);
  g_autofree char *authorities = authority_dup_path ("ca.pem");
  WsiTargetForm *form;

  state_reach (&around, window, "certificate-refused");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.try-again", NULL);
  ui_test_wait_until (ui_test_has_failed, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.change-target", NULL);
  form = wsi_start_page_get_form (get_start_page (window), WSI_TARGET_CLIENT);
  gtk_editable_set_text (form_get_row (form, WSI_TARGET_AUTHORITIES), authorities);
  g_signal_emit_by_name (ui_test_get_child (form, "start_button"), "clicked");
  ui_test_wait_until (is_open, window);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Its authorities were removed after the first attempt: the form says so at their row. */
static void
test_trust_removed (void)
{
  WsiWindow *window = ui_test_open_window (application);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_CLIENT);
  g_autofree char *authorities = authority_dup_path ("ca.pem");
  g_autofree char *text = NULL;
  g_autofree char *copy = NULL;
  WsiTargetForm *form;

  g_assert_true (g_file_get_contents (authorities, &text, NULL, NULL));
  copy = g_strconcat (authorities, ".copy", NULL);
  g_assert_true (g_file_set_contents (copy, text, -1, NULL));
  wsi_target_set_text (target, WSI_TARGET_ADDRESS, "wss://127.0.0.1:1/");
  wsi_target_set_text (target, WSI_TARGET_AUTHORITIES, copy);
  wsi_window_start (window, target);
  ui_test_wait_until (ui_test_has_failed, window);
  g_assert_cmpint (g_unlink (copy), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.try-again", NULL);
  g_assert_cmpstr (ui_test_get_page (window), ==, "start");
  form = wsi_start_page_get_form (get_start_page (window), WSI_TARGET_CLIENT);
  g_assert_nonnull (strstr (form_get_error (form, WSI_TARGET_AUTHORITIES), copy));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A source, and how it ends while a form is open in which the user writes. */
typedef struct
{
  WsiWindow *window;
  WsiSource *source;
  GSocketListener *listener;
} Ending;

static gboolean
has_ended (gpointer source)
{
  return wsi_source_get_state (source) >= WSI_SOURCE_ENDED;
}

/* The peer closes before it has answered. */
static void
connect_to_silence (Ending *ending)
{
  g_autofree char *uri = NULL;
  guint16 port;

  ending->listener = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (ending->listener, NULL, NULL);
  uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  ui_test_connect (ending->window, uri);
}

static void
close_listener (Ending *ending)
{
  g_socket_listener_close (ending->listener);
}

static void
listen_only (Ending *ending)
{
  ui_test_serve (ending->window, "0");
}

static void
stop_all (Ending *ending)
{
  gtk_widget_activate_action (GTK_WIDGET (ending->window), "win.stop", NULL);
}

static void
capture (Ending *ending)
{
  state_capture (ending->window);
}

static void
open_example (Ending *ending)
{
  wsi_window_demonstrate (ending->window, NULL);
}

static void
wait_only (Ending *ending)
{
}

static const struct
{
  const char *name;
  void        (*begin)(Ending *ending);
  void        (*end)(Ending *ending);
  const char *page;             /* page that the user comes back to */
} endings[] = {
  { "a-client-that-fails", connect_to_silence, close_listener, "failed" },
  { "a-server-that-is-stopped", listen_only, stop_all, "session" },
  { "a-client-and-its-server", capture, stop_all, "session" },
  { "an-example", open_example, wait_only, "session" },
};

/* The form with its text stays; the page that the user comes back to shows how the source has
 * ended. */
static void
test_ending (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Ending ending = { .window = ui_test_open_window (application) };
  GtkWidget *widget = GTK_WIDGET (ending.window);
  WsiStartPage *page = get_start_page (ending.window);
  g_autoptr (WsiTarget) typed = wsi_target_parse ("serve 8081", NULL);
  GtkEditable *row;
  g_autofree char *sentence = NULL;

  endings[i].begin (&ending);
  ending.source = ui_test_get_source (ending.window);
  gtk_widget_activate_action (widget, "win.add-source", NULL);
  wsi_start_page_edit (page, typed);
  endings[i].end (&ending);
  ui_test_wait_until (has_ended, ending.source);
  g_assert_cmpstr (ui_test_get_page (ending.window), ==, "start");
  g_assert_true (wsi_start_page_is_form (page));
  row = form_get_row (wsi_start_page_get_form (page, WSI_TARGET_SERVER), WSI_TARGET_LISTEN);
  g_assert_cmpstr (gtk_editable_get_text (row), ==, "8081");
  sentence = wsi_sentence_to_string (wsi_source_get_sentence (ending.source));
  if (sentence != NULL)
    g_assert_true (state_shows (ending.window, sentence));

  gtk_widget_activate_action (widget, "win.back", NULL);
  gtk_widget_activate_action (widget, "win.back", NULL);
  g_assert_cmpstr (ui_test_get_page (ending.window), ==, endings[i].page);
  g_clear_object (&ending.listener);
  gtk_window_destroy (GTK_WINDOW (ending.window));
}

/* The port is free again, so that the form that named it starts. */
static void
test_port_again (void)
{
  WsiWindow *window = ui_test_open_window (application);
  g_autofree char *port = NULL;
  const char *uri;
  WsiSource *first;

  ui_test_serve (window, "0");
  first = ui_test_get_source (window);
  uri = wsi_source_get_uri (first);
  port = g_strndup (strrchr (uri, ':') + 1, strspn (strrchr (uri, ':') + 1, "0123456789"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.add-source", NULL);
  ui_test_serve (window, port);
  g_assert_nonnull (form_get_error (wsi_start_page_get_form (get_start_page (window),
                                                             WSI_TARGET_SERVER),
                                    WSI_TARGET_LISTEN));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  ui_test_wait_until (has_ended, first);
  ui_test_serve (window, port);
  g_assert_cmpstr (ui_test_get_page (window), ==, "session");
  g_assert_cmpuint (wsi_session_get_n_sources (ui_test_get_session (window)), ==, 2);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{

  application = ui_test_begin (&argc, &argv);
  ADD_ROWS ("/ui/states/says-what-to-do", states, test_sentence);
  ADD_ROWS ("/ui/states/says-what-to-do", losses, test_loss);
  ADD_ROWS ("/ui/start/form-stays-at-the-end-of", endings, test_ending);
  g_test_add_func ("/ui/start/form-stays-at-the-end-of/a-server-whose-port-is-used-again",
                   test_port_again);
  g_test_add_func ("/ui/states/trust/a-server-is-open-once-its-authority-is-chosen", test_trust);
  g_test_add_func ("/ui/states/trust/authorities-that-were-removed-are-named-at-their-row",
                   test_trust_removed);
  return ui_test_end (application);
}
