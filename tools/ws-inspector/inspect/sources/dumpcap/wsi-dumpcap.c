/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/dumpcap/wsi-dumpcap.h"

#include "inspect/sources/wsi-sandbox.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-task.h"

#define PROGRAM "dumpcap"
#define NO_REASON "dumpcap: no reason was given"

static WsiSentence *
dup_not_permitted (void)
{
  return wsi_sentence_copy (WSI_SENTENCE (CAPTURING_NOT_PERMITTED, g_get_user_name ()));
}

/* Whether this user may not run dumpcap: where Debian's users may capture, only those of the group
 * wireshark may. */
static gboolean
is_forbidden (void)
{
  const char *path = g_getenv ("PATH");
  g_auto (GStrv) folders = g_strsplit (path != NULL ? path : "", G_SEARCHPATH_SEPARATOR_S, -1);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *program = g_build_filename (folders[i], PROGRAM, NULL);

      if (*folders[i] != '\0' && g_file_test (program, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    }
  return FALSE;
}

char *
wsi_dumpcap_find (WsiSentence **obstacle)
{
  gboolean is_sandboxed = wsi_sandbox_is_present ();
  char *path = !is_sandboxed ? g_find_program_in_path (PROGRAM) : NULL;

  if (path != NULL)
    return path;

  *obstacle = is_sandboxed ? wsi_sentence_copy (WSI_SENTENCE (DUMPCAP_IN_SANDBOX))
              : is_forbidden () ? dup_not_permitted ()
                                : wsi_sentence_copy (WSI_SENTENCE (DUMPCAP_MISSING));
  return NULL;
}

WsiSentence *
wsi_dumpcap_explain (const WsiDumpcapReport *report)
{
  if (report->is_not_permitted)
    return dup_not_permitted ();

  return wsi_sentence_copy (WSI_SENTENCE (CAPTURING_REFUSED,
                                          report->failure != NULL ? report->failure : NO_REASON));
}

/* Runs dumpcap, and returns its output; NULL: it has failed. */
static char *
dumpcap_run (const char *const *arguments,
             GCancellable      *cancellable,
             WsiSentence      **obstacle)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_newv (arguments,
                       G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_autoptr (GBytes) output = NULL, errors = NULL;
  g_auto (WsiDumpcapReport) report = { 0 };
  const char *text;
  gsize length;

  if (process == NULL ||
      !g_subprocess_communicate (process, NULL, cancellable, &output, &errors, &error))
    {
      if (process != NULL)
        g_subprocess_force_exit (process);
      *obstacle = wsi_sentence_copy (WSI_SENTENCE (ERROR, error->message));
      return NULL;
    }

  if (g_subprocess_get_successful (process))
    {
      text = wsi_bytes_get_data (output, &length);
      return g_utf8_make_valid (text, length);
    }

  text = wsi_bytes_get_data (errors, &length);
  wsi_dumpcap_report_init (&report);
  wsi_dumpcap_report_take (&report, text, length);
  wsi_dumpcap_report_end (&report);
  *obstacle = wsi_dumpcap_explain (&report);
  return NULL;
}

GPtrArray *
wsi_dumpcap_list (GCancellable *cancellable,
                  WsiSentence **obstacle)
{
  g_autofree char *path = wsi_dumpcap_find (obstacle);
  const char *const arguments[] = { path, "-D", NULL };
  g_autofree char *text = path != NULL ? dumpcap_run (arguments, cancellable, obstacle) : NULL;

  return text != NULL ? wsi_dumpcap_interfaces_parse (text) : NULL;
}

/* The list is the same for a user who may not capture: dumpcap opens no interface for it, but does
 * for the types of its packets. */
static WsiSentence *
try_interface (GCancellable *cancellable)
{
  WsiSentence *obstacle = NULL;
  g_autofree char *path = wsi_dumpcap_find (&obstacle);
  const char *const arguments[] = { path, "-L", "-i", WSI_DUMPCAP_ANY, NULL };

  if (path != NULL)
    g_free (dumpcap_run (arguments, cancellable, &obstacle));
  return obstacle;
}

void
wsi_dumpcap_answer_free (WsiDumpcapAnswer *self)
{
  if (self->interfaces != NULL)
    g_ptr_array_unref (self->interfaces);
  g_free (self->obstacle);
  g_free (self);
}

static void
dumpcap_ask (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  WsiDumpcapAnswer *answer = g_new0 (WsiDumpcapAnswer, 1);

  answer->interfaces = wsi_dumpcap_list (cancellable, &answer->obstacle);
  if (answer->interfaces != NULL)
    answer->obstacle = try_interface (cancellable);
  g_task_return_pointer (task, answer, (GDestroyNotify) wsi_dumpcap_answer_free);
}

void
wsi_dumpcap_ask_async (GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, wsi_dumpcap_ask_async);
  wsi_task_run_in_thread (task, dumpcap_ask);
}

WsiDumpcapAnswer *
wsi_dumpcap_ask_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
