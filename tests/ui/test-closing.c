/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Windows that are closed at any time.  A window is closed at each moment, with each page and each
 * dialog: nothing of it stays, and the next window works.
 *
 * test-closing pairs each moment with a window that has no dialog, and each page and dialog with
 * an open connection.  test-closing --pairs has all of them together, which takes long. */
#include <adwaita.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "keyboard.h"
#include "moments.h"
#include "ui-test.h"
#include "ui/template-children.h"

#define TICK_MS 5               /* what ends in another thread is looked for so often */
#define TIMEOUT_S 10

static GtkApplication *application;

/* The objects that must be gone; NULL = it is, or there was none. */
typedef struct
{
  gpointer window, session, dialog, work;
  gboolean has_ended;           /* TRUE if the moment has ended, so that no socket or window may be
                                 * left */
} Remains;

static void
watch (gpointer *member,
       gpointer  object)
{
  *member = object;
  if (object != NULL)
    g_object_add_weak_pointer (object, member);
}

static void
forget (gpointer *member)
{
  if (*member != NULL)
    g_object_remove_weak_pointer (*member, member);
  *member = NULL;
}

static gboolean
is_gone (const Remains *remains)
{
  return remains->window == NULL && remains->session == NULL && remains->dialog == NULL &&
         remains->work == NULL;
}

static guint
count_sockets (void)
{
  struct rlimit limit;
  guint n = 0;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  for (int i = 0; i < (int) MIN (limit.rlim_cur, 4096); i++)
    {
      struct sockaddr_storage address;
      socklen_t length = sizeof address;

      if (getsockname (i, (struct sockaddr *) &address, &length) == 0)
        n += address.ss_family == AF_INET || address.ss_family == AF_INET6;
    }
  return n;
}

/* GTK 4.8 says that it could not read a folder if a dialog that saves is closed meanwhile: only it
 * has such dialogs. */
static guint
count_windows (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  guint n = 0;

  for (GList *i = windows; i != NULL; i = i->next)
    if (GTK_IS_MESSAGE_DIALOG (i->data))
      gtk_window_destroy (i->data);
    else
      n++;
  return n;
}

static gboolean
has_nothing (void)
{
  return count_sockets () == 0 && count_windows () == 0;
}

static gboolean
go_on (gpointer is_late)
{
  if (is_late != NULL)
    *(gboolean *) is_late = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Threads end meanwhile.  A row that fails does not end the others. */
static void
wait_for_end (Remains *remains)
{
  gboolean is_late = FALSE;
  guint tick = g_timeout_add (TICK_MS, go_on, NULL);
  guint limit = g_timeout_add_seconds (TIMEOUT_S, go_on, &is_late);

  while (!is_late && !(remains->has_ended ? has_nothing () : is_gone (remains)))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_source_remove (limit);
  if (!is_late)
    return;

  g_test_message ("left:%s%s%s%s, %u sockets, %u windows", remains->window != NULL ? " window" : "",
                  remains->session != NULL ? " session" : "",
                  remains->dialog != NULL ? " dialog" : "", remains->work != NULL ? " work" : "",
                  count_sockets (), count_windows ());
  g_test_fail ();
  forget (&remains->window);
  forget (&remains->session);
  forget (&remains->dialog);
  forget (&remains->work);
}

/* The question before frames are lost; NULL: there is none. */
static AdwMessageDialog *
find_question (WsiWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    if (ADW_IS_MESSAGE_DIALOG (i->data) && gtk_widget_get_visible (i->data) &&
        adw_message_dialog_has_response (i->data, "discard") &&
        gtk_window_get_transient_for (i->data) == GTK_WINDOW (window))
      return i->data;
  return NULL;
}

typedef void (*EndFunc) (WsiWindow *window);

static void
close_window (WsiWindow *window)
{
  gtk_window_close (GTK_WINDOW (window));
}

static void
quit (WsiWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
}

static const struct
{
  const char *name;
  EndFunc     end;
} ends[] = {
  { "window", close_window },
  { "quit", quit },
};

static void
answer (WsiWindow    *window,
        const Moment *moment)
{
  AdwMessageDialog *question = find_question (window);

  g_assert_cmpint (question != NULL, ==, ((moment->base & VIEW_OF_UNSAVED) != 0));
  if (question != NULL)
    adw_message_dialog_response (question, "discard");
}

/* All of it goes, and the peers of the test after it. */
static void
leave (Place        *place,
       Remains      *remains,
       const Moment *moment,
       EndFunc       end)
{
  end (place->window);
  answer (remains->window, moment);
  wait_for_end (remains);
  place_clear (place);
  remains->has_ended = TRUE;
  wait_for_end (remains);
}

static void
reach (Place        *place,
       const Moment *moment)
{
  place_init (place, application);
  if (moment->reach != NULL)
    moment->reach (place);
}

static void
work (Place        *place,
      Remains      *remains,
      const Moment *moment)
{
  if (moment->work != NULL)
    moment->work (place);
  watch (&remains->window, place->window);
  watch (&remains->session, ui_test_get_session (place->window));
  watch (&remains->work, place->dialog);
}

typedef struct
{
  const Moment *moment;
  const View   *view;           /* view that is opened; NULL = the moment's own */
  EndFunc       end;
} Row;

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  Place place;
  Remains remains = { 0 };

  reach (&place, row->moment);
  if (row->view != NULL)
    watch (&remains.dialog, view_open (place.window, row->view));
  work (&place, &remains, row->moment);
  leave (&place, &remains, row->moment, row->end);
}

static void
press_escape (GtkWindow *dialog)
{
  if (keyboard_press (GTK_WIDGET (dialog), "Escape") == NULL)
    g_error ("%s: no widget takes Escape", G_OBJECT_TYPE_NAME (dialog));
}

static void
close_dialog (GtkWindow *dialog)
{
  gtk_window_close (dialog);
}

static const struct
{
  const char *name;
  void        (*close)(GtkWindow *dialog);
} closings[] = {
  { "by-escape", press_escape },
  { "by-its-button", close_dialog },
};

/* All dialogs of one window, one after the other, while its work goes on. */
static void
test_dialogs (gconstpointer data)
{
  const Moment *moment = data;
  Place place;
  Remains remains = { 0 };

  reach (&place, moment);
  for (guint i = 0; i < view_get_n (); i++)
    for (guint j = 0; j < G_N_ELEMENTS (closings); j++)
      {
        const View *view = view_get (i);
        GtkWindow *dialog;

        if (!view_is_in (view, moment->base) || view->actions == NULL)
          continue;

        g_test_message ("%s %s", view->name, closings[j].name);
        dialog = view_open (place.window, view);
        if (dialog == NULL)
          continue;

        watch (&remains.dialog, dialog);
        closings[j].close (dialog);
        wait_for_end (&remains);
      }
  work (&place, &remains, moment);
  leave (&place, &remains, moment, close_window);
}

static void
add (const Moment *moment,
     const View   *view,
     guint         end)
{
  Row *row = g_new (Row, 1);
  g_autofree char *path = g_strdup_printf ("/ui/closing/%s/%s/%s", moment->name,
                                           view != NULL ? view->name : "alone", ends[end].name);

  *row = (Row) { moment, view, ends[end].end };
  g_test_add_data_func_full (path, row, test_row, g_free);
}

/* Pairs that the normal run has, too: something of them once stayed, or complained. */
static const struct
{
  const char *moment, *view;
} pairs[] = {
  { "form-of-server", "file-of-form" },
  { "saving", "search" },
};

static gboolean
is_of_normal_run (const Moment *moment,
                  const View   *view)
{
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (g_str_equal (pairs[i].moment, moment->name) && g_str_equal (pairs[i].view, view->name))
      return TRUE;
  return g_str_equal (moment->name, "open");
}

static gboolean
is_wanted (const Moment *moment,
           const View   *view,
           gboolean      has_pairs)
{
  return view_is_in (view, moment->base) && (has_pairs || is_of_normal_run (moment, view));
}

static void
add_moment (const Moment *moment,
            gboolean      has_pairs)
{
  g_autofree char *path = g_strdup_printf ("/ui/closing/%s/its-dialogs", moment->name);

  for (guint end = 0; end < G_N_ELEMENTS (ends); end++)
    {
      add (moment, NULL, end);
      for (guint i = 0; i < view_get_n (); i++)
        if (is_wanted (moment, view_get (i), has_pairs))
          add (moment, view_get (i), end);
    }
  if (has_pairs || g_str_equal (moment->name, "open"))
    g_test_add_data_func (path, moment, test_dialogs);
}

int
main (int    argc,
      char **argv)
{
  gboolean has_pairs;

  application = ui_test_begin (&argc, &argv);
  has_pairs = argc > 1 && g_str_equal (argv[1], "--pairs");
  for (guint i = 0; i < n_moments; i++)
    add_moment (&moments[i], has_pairs);
  return ui_test_end (application);
}
