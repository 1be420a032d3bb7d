/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A list of programs with a row each.  A row stays the same widget for as long as its program is
 * found, so that it keeps the focus. */
#include "ui/start/wsi-program-chooser.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/sources/program/wsi-programs.h"
#include "inspect/sources/wsi-sandbox.h"
#include "inspect/store/wsi-task.h"
#include "ui/start/wsi-marked-row.h"

#define MAX_ROWS 100
#define INTERVAL_MS 2000        /* time from an answer to the next question */
#define PROGRAM "wsi-program"   /* name of a row's data: its program, which is the list's */

struct _WsiProgramChooser
{
  AdwPreferencesGroup parent_instance;

  GtkListBox         *list;
  AdwActionRow       *state_row;        /* row that is shown if there is no program */
  GtkImage           *state_icon;
  GPtrArray          *rows;     /* rows of the programs, borrowed */
  GPtrArray          *programs; /* programs (WsiProgram); NULL: not found yet, or not to be found */
  char               *text;     /* text that names the chosen program */
  GCancellable       *cancellable;      /* cancellable of the search; NULL: there is none */
  guint               timer;    /* timer of the next search; 0: none */
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiProgramChooser, wsi_program_chooser, ADW_TYPE_PREFERENCES_GROUP)

static const WsiProgram *
get_program (gconstpointer row)
{
  return g_object_get_data (G_OBJECT (row), PROGRAM);
}

static void
program_chooser_show_state (WsiProgramChooser *self,
                            const char        *text,
                            const char        *icon)
{
  g_autofree char *shown = wsi_text_escape_sentence (text, WSI_CHARSET_UTF8);
  AdwPreferencesRow *row = ADW_PREFERENCES_ROW (self->state_row);

  /* an icon that is set again is drawn again */
  if (g_strcmp0 (adw_preferences_row_get_title (row), shown) == 0)
    return;

  adw_preferences_row_set_title (row, shown);
  gtk_image_set_from_icon_name (self->state_icon, icon);
  if (g_str_equal (icon, "dialog-error-symbolic"))
    gtk_widget_add_css_class (GTK_WIDGET (self->state_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_row), "error");
}

/* Whether a target can keep the name, and not take it for a PID; the name of a program that has not
 * said hello is a guess. */
static gboolean
has_usable_name (const WsiProgram *program)
{
  g_autofree char *shown = wsi_text_escape_sentence (program->name, WSI_CHARSET_UTF8);
  g_autofree char *stripped = g_strstrip (g_strdup (program->name));

  return program->state == WSI_PROGRAM_READY && wsi_programs_check (program->name, NULL) &&
         strcmp (shown, program->name) == 0 && strcmp (stripped, program->name) == 0 &&
         *program->name != '-' && strspn (program->name, "0123456789") != strlen (program->name);
}

static char *
program_chooser_make_text (WsiProgramChooser *self,
                           const WsiProgram  *program)
{
  guint n_named = 0;

  for (guint i = 0; i < self->programs->len; i++)
    n_named += strcmp (((WsiProgram *) self->programs->pdata[i])->name, program->name) == 0;
  return n_named == 1 && has_usable_name (program) ? g_strdup (program->name)
                                                   : g_strdup_printf ("%u", program->pid);
}

static void
program_chooser_show_marks (WsiProgramChooser *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const WsiProgram *program = get_program (self->rows->pdata[i]);
      g_autofree char *text = program_chooser_make_text (self, program);
      g_autofree char *pid = g_strdup_printf ("%u", program->pid);

      wsi_marked_row_set_watched (self->rows->pdata[i],
                                  g_strcmp0 (text, self->text) == 0 ||
                                  g_strcmp0 (pid, self->text) == 0);
    }
}

static void
program_chooser_on_row_activated (WsiProgramChooser *self,
                                  AdwActionRow      *row)
{
  g_autofree char *text = program_chooser_make_text (self, get_program (row));

  g_signal_emit (self, signals[CHOSEN], 0, text);
}

/* The row of a state is the first one, then they are in the order of the programs. */
static int
compare_rows (GtkListBoxRow *one,
              GtkListBoxRow *other,
              gpointer       data)
{
  const WsiProgram *first = get_program (one), *second = get_program (other);
  int by_name;

  if (first == NULL || second == NULL)
    return (first != NULL) - (second != NULL);

  by_name = strcmp (first->name, second->name);
  return by_name != 0 ? by_name : (first->pid > second->pid) - (first->pid < second->pid);
}

/* Shows a program; one that has not said hello yet may get another name. */
static void
show_program (AdwActionRow *row,
              WsiProgram   *program)
{
  const WsiProgram *before = get_program (row);
  gboolean is_moved = before != NULL && strcmp (before->name, program->name) != 0;
  g_autofree char *title = wsi_text_escape_sentence (program->title, WSI_CHARSET_UTF8);
  g_autofree char *description = wsi_program_describe (program);
  g_autofree char *subtitle = g_strdup_printf (_("PID %u: %s"), program->pid, description);

  g_object_set_data (G_OBJECT (row), PROGRAM, program);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
  if (is_moved)
    gtk_list_box_row_changed (GTK_LIST_BOX_ROW (row));
}

static AdwActionRow *
program_chooser_find_row (WsiProgramChooser *self,
                          guint              pid)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (get_program (self->rows->pdata[i])->pid == pid)
      return self->rows->pdata[i];

  return NULL;
}

static void
program_chooser_add_row (WsiProgramChooser *self,
                         WsiProgram        *program)
{
  AdwActionRow *row = wsi_marked_row_new ("", "");

  adw_action_row_set_subtitle_lines (row, 0);
  show_program (row, program);
  g_signal_connect_object (row, "activated", G_CALLBACK (program_chooser_on_row_activated), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_append (self->list, GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

static guint
count_shown (GPtrArray *programs)
{
  return programs != NULL ? MIN (programs->len, MAX_ROWS) : 0;
}

static gboolean
program_chooser_is_shown (GPtrArray *programs,
                          guint      pid)
{
  for (guint i = 0; i < count_shown (programs); i++)
    if (((WsiProgram *) programs->pdata[i])->pid == pid)
      return TRUE;

  return FALSE;
}

/* Rows whose programs are gone are removed last, so that GTK finds another one for the focus. */
static void
program_chooser_show_rows (WsiProgramChooser *self,
                           GPtrArray         *programs)
{
  guint n = count_shown (programs);

  gtk_widget_set_visible (GTK_WIDGET (self->state_row), n == 0);
  for (guint i = 0; i < n; i++)
    {
      WsiProgram *program = programs->pdata[i];
      AdwActionRow *row = program_chooser_find_row (self, program->pid);

      if (row != NULL)
        show_program (row, program);
      else
        program_chooser_add_row (self, program);
    }
  for (guint i = self->rows->len; i-- > 0;)
    if (!program_chooser_is_shown (programs, get_program (self->rows->pdata[i])->pid))
      {
        gtk_list_box_remove (self->list, self->rows->pdata[i]);
        g_ptr_array_remove_index (self->rows, i);
      }
}

static char *
describe_number (GPtrArray *programs)
{
  guint n_more = programs->len - count_shown (programs);

  return n_more == 0 ? g_strdup (_("Choose one to watch it"))
                     : g_strdup_printf (ngettext ("%u more program is not listed",
                                                  "%u more programs are not listed", n_more),
                                        n_more);
}

static void
show_number (WsiProgramChooser *self,
             GPtrArray         *programs)
{
  g_autofree char *sentence = count_shown (programs) > 0 ? describe_number (programs) : NULL;

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), sentence);
}

/* The programs of the rows are those of the list before, until each row has another one. */
static void
program_chooser_show_answer (WsiProgramChooser *self,
                             GPtrArray         *programs,
                             const char        *problem)
{
  g_autofree char *text = wsi_translate_text (problem);
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->programs);

  self->programs = programs;
  if (text != NULL)
    program_chooser_show_state (self, text, "dialog-error-symbolic");
  else
    program_chooser_show_state (self,
                                _("No program lets an inspector attach. Start yours with the "
                                  "environment variable WSP_ATTACH=1, or let it permit inspectors itself."),
                                "dialog-information-symbolic");
  program_chooser_show_rows (self, programs);
  program_chooser_show_marks (self);
  show_number (self, programs);
}

static void
free_programs (gpointer programs)
{
  g_ptr_array_unref (programs);
}

static void
program_chooser_look (GTask        *task,
                      gpointer      source,
                      gpointer      data,
                      GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *programs = wsi_programs_list (&error);

  if (programs != NULL)
    g_task_return_pointer (task, programs, free_programs);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean on_interval (gpointer data);

static void
on_looked (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (WsiProgramChooser) self = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *programs = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  program_chooser_show_answer (self, programs, error != NULL ? error->message : NULL);
  self->timer = g_timeout_add (INTERVAL_MS, on_interval, self);
}

/* Asks for programs in a thread; one that does not answer is waited for. */
static void
program_chooser_ask (WsiProgramChooser *self)
{
  g_autoptr (GTask) task = NULL;

  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, on_looked, g_object_ref (self));
  g_task_set_source_tag (task, program_chooser_ask);
  wsi_task_run_in_thread (task, program_chooser_look);
}

static gboolean
on_interval (gpointer data)
{
  WsiProgramChooser *self = data;

  self->timer = 0;
  program_chooser_ask (self);
  return G_SOURCE_REMOVE;
}

static void
program_chooser_stop (WsiProgramChooser *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* Asks for programs, except in a sandbox, which has sockets and processes of its own. */
static void
wsi_program_chooser_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wsi_program_chooser_parent_class)->map (widget);
  if (!wsi_sandbox_is_present ())
    program_chooser_ask (WSI_PROGRAM_CHOOSER (widget));
}

static void
wsi_program_chooser_unmap (GtkWidget *widget)
{
  program_chooser_stop (WSI_PROGRAM_CHOOSER (widget));
  GTK_WIDGET_CLASS (wsi_program_chooser_parent_class)->unmap (widget);
}

static void
wsi_program_chooser_dispose (GObject *object)
{
  program_chooser_stop (WSI_PROGRAM_CHOOSER (object));
  G_OBJECT_CLASS (wsi_program_chooser_parent_class)->dispose (object);
}

static void
wsi_program_chooser_finalize (GObject *object)
{
  WsiProgramChooser *self = WSI_PROGRAM_CHOOSER (object);

  g_ptr_array_unref (self->rows);
  g_clear_pointer (&self->programs, g_ptr_array_unref);
  g_free (self->text);
  G_OBJECT_CLASS (wsi_program_chooser_parent_class)->finalize (object);
}

static void
wsi_program_chooser_class_init (WsiProgramChooserClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_program_chooser_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_program_chooser_finalize;
  GTK_WIDGET_CLASS (class)->map = wsi_program_chooser_map;
  GTK_WIDGET_CLASS (class)->unmap = wsi_program_chooser_unmap;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
wsi_program_chooser_init (WsiProgramChooser *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  self->rows = g_ptr_array_new ();
  adw_preferences_group_set_title (group, _("Programs"));

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_sort_func (self->list, compare_rows, NULL, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Programs"), -1);
  adw_preferences_group_add (group, GTK_WIDGET (self->list));

  /* the focus comes to a list by its first row */
  self->state_row = wsi_unmarked_row_new ("", "");
  self->state_icon = GTK_IMAGE (gtk_image_new ());
  adw_action_row_add_prefix (self->state_row, GTK_WIDGET (self->state_icon));
  gtk_list_box_append (self->list, GTK_WIDGET (self->state_row));
  if (wsi_sandbox_is_present ())
    program_chooser_show_state (self,
                                _("A sandbox does not see the programs outside of it: run "
                                  "\"wsinspect attach\" outside of the sandbox"), "dialog-error-symbolic");
  else
    program_chooser_show_state (self, _("Looking for programs…"), "content-loading-symbolic");
}

void
wsi_program_chooser_set_text (WsiProgramChooser *self,
                              const char        *text)
{
  g_free (self->text);
  self->text = g_strdup (text);
  program_chooser_show_marks (self);
}
