/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inspect/sources/wsi-process-end.h"
#include "inspect/sources/wsi-sandbox.h"
#include "inspect/sources/wsi-temporary-folder.h"

#define COMMANDS_FD 3           /* descriptor of commands, by --remote-debugging-pipe */
#define EVENTS_FD 4
#define MAX_OUTPUT 4096         /* bytes of the error output that are kept, at its end */
/* A browser that is killed leaves a folder with a socket in its TMPDIR, whose path must be short
 * (sun_path). */
#define MAX_TMPDIR 60

struct _WsiBrowserProcess
{
  GSubprocess *process;
  char        *profile;         /* folder of a temporary profile; NULL: the profile stays */
  int          errors_fd;       /* descriptor of the browser's error output */
  GSource     *reading;         /* source that reads errors_fd; NULL: the browser has closed it */
  GString     *errors;          /* end of the error output */
  GTask       *waiting;         /* task that waits for the browser's end, borrowed; NULL: none */
};

/* Programs whose protocol has all that is needed, the free one first. */
static const char *const programs[] = {
  "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "brave-browser",
  "microsoft-edge-stable", "microsoft-edge", "vivaldi-stable", NULL,
};

static gboolean
browser_process_has_scheme (const char *text)
{
  static const char *const opaque[] = { "about:", "data:", "view-source:", NULL };
  gsize length = 0;

  while (g_ascii_isalnum (text[length]) || text[length] == '+' || text[length] == '-')
    length++;
  if (g_str_has_prefix (text + length, "://"))
    return TRUE;

  for (guint i = 0; opaque[i] != NULL; i++)
    if (g_str_has_prefix (text, opaque[i]))
      return TRUE;
  return FALSE;
}

char *
wsi_browser_process_make_url (const char *text)
{
  g_autoptr (GFile) file = NULL;

  if (browser_process_has_scheme (text))
    return g_strdup (text);

  if (!g_file_test (text, G_FILE_TEST_IS_REGULAR))
    return g_strconcat ("http://", text, NULL);

  file = g_file_new_for_path (text);
  return g_file_get_uri (file);
}

gboolean
wsi_browser_process_is_possible (void)
{
  return !wsi_sandbox_is_present ();
}

gboolean
wsi_browser_process_is_program (const char *name)
{
  return g_strv_contains (programs, name);
}

/* Finds a browser.  NULL: none is installed. */
static char *
find_program (void)
{
  for (guint i = 0; programs[i] != NULL; i++)
    {
      char *path = g_find_program_in_path (programs[i]);

      if (path != NULL)
        return path;
    }
  return NULL;
}

/* Reads the error output.  FALSE: it is closed. */
static gboolean
browser_process_read_errors (WsiBrowserProcess *self)
{
  char piece[1024];
  gssize n;

  while ((n = read (self->errors_fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
    {
      g_string_append_len (self->errors, piece, MAX (n, 0));
      if (self->errors->len > MAX_OUTPUT)
        g_string_erase (self->errors, 0, self->errors->len - MAX_OUTPUT);
    }
  return n < 0 && errno == EAGAIN;
}

static gboolean
on_errors (int          fd,
           GIOCondition condition,
           gpointer     data)
{
  WsiBrowserProcess *self = data;

  if (browser_process_read_errors (self))
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->reading, g_source_unref);
  return G_SOURCE_REMOVE;
}

static GPtrArray *
make_arguments (const char        *program,
                const char        *profile,
                const char *const *more)
{
  static const char *const fixed[] = {
    "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--no-startup-window",
  };
  GPtrArray *arguments = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (arguments, g_strdup (program));
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (arguments, g_strdup (fixed[i]));
  g_ptr_array_add (arguments, g_strconcat ("--user-data-dir=", profile, NULL));
  for (guint i = 0; more != NULL && more[i] != NULL; i++)
    g_ptr_array_add (arguments, g_strdup (more[i]));
  g_ptr_array_add (arguments, NULL);
  return arguments;
}

static gboolean
browser_process_fail (const char *what,
                      GError    **error)
{
  int number = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", what,
               g_strerror (number));
  return FALSE;
}

/* Opens both pipes; commands[1] and errors[1] are the browser's. */
static gboolean
open_ways (int      commands[2],
           int      errors[2],
           GError **error)
{
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, commands) != 0)
    return browser_process_fail (_("Cannot make a socket for the browser"), error);

  if (g_unix_open_pipe (errors, FD_CLOEXEC, error))
    return TRUE;

  close (commands[0]);
  close (commands[1]);
  return FALSE;
}

/* Takes the descriptors that are the browser's.  folder: a temporary one for all that it writes;
 * NULL: there is none. */
static GSubprocess *
browser_process_spawn (const char *const *arguments,
                       const char        *folder,
                       int                commands_fd,
                       int                errors_fd,
                       GError           **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);

  if (folder != NULL && strlen (folder) <= MAX_TMPDIR)
    g_subprocess_launcher_setenv (launcher, "TMPDIR", folder, TRUE);
  g_subprocess_launcher_take_fd (launcher, fcntl (commands_fd, F_DUPFD_CLOEXEC, EVENTS_FD + 1),
                                 EVENTS_FD);
  g_subprocess_launcher_take_fd (launcher, commands_fd, COMMANDS_FD);
  g_subprocess_launcher_take_stderr_fd (launcher, errors_fd);
  return g_subprocess_launcher_spawnv (launcher, arguments, error);
}

static WsiBrowserProcess *
browser_process_start (const char        *program,
                       const char        *profile,
                       const char        *temporary,
                       const char *const *more,
                       int               *fd,
                       GError           **error)
{
  g_autoptr (GPtrArray) arguments = make_arguments (program, profile, more);
  int commands[2], errors[2];
  g_autoptr (GSubprocess) process = NULL;
  WsiBrowserProcess *self;

  if (!open_ways (commands, errors, error))
    return NULL;

  process = browser_process_spawn ((const char *const *) arguments->pdata, temporary, commands[1],
                                   errors[1],
                                   error);
  if (process == NULL)
    {
      close (commands[0]);
      close (errors[0]);
      return NULL;
    }

  self = g_new0 (WsiBrowserProcess, 1);
  self->process = g_steal_pointer (&process);
  self->errors = g_string_new (NULL);
  self->errors_fd = errors[0];
  g_unix_set_fd_nonblocking (self->errors_fd, TRUE, NULL);
  self->reading = g_unix_fd_source_new (self->errors_fd, G_IO_IN);
  g_source_set_callback (self->reading, G_SOURCE_FUNC (on_errors), self, NULL);
  g_source_attach (self->reading, g_main_context_get_thread_default ());
  *fd = commands[0];
  return self;
}

WsiBrowserProcess *
wsi_browser_process_new (const char        *profile,
                         const char *const *arguments,
                         int               *fd,
                         GError           **error)
{
  g_autofree char *program = find_program (), *temporary = NULL;
  WsiBrowserProcess *self;

  if (!wsi_browser_process_is_possible ())
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("a sandbox cannot start a browser: expected one that runs (start it "
                             "with --remote-debugging-port=9222 and a --user-data-dir of its own, "
                             "and give the port)"));
      return NULL;
    }

  if (program == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _("no browser found: expected Chromium, Chrome, Edge, Brave or Vivaldi "
                             "(install one, or start yours with --remote-debugging-port)"));
      return NULL;
    }

  if (profile == NULL)
    temporary = g_dir_make_tmp ("wsinspect-browser-XXXXXX", error);
  if (profile == NULL && temporary == NULL)
    return NULL;

  self = browser_process_start (program, profile != NULL ? profile : temporary, temporary,
                                arguments, fd, error);
  if (self == NULL && temporary != NULL)
    wsi_temporary_folder_remove (temporary);
  if (self != NULL)
    self->profile = g_steal_pointer (&temporary);
  return self;
}

/* The last line of the error output.  NULL: there is none. */
static const char *
find_last_line (char *text)
{
  char *end;

  g_strchomp (text);
  end = strrchr (text, '\n');
  return *text == '\0' ? NULL : end != NULL ? end + 1 : text;
}

static void
browser_process_on_ended (GObject      *process,
                          GAsyncResult *result,
                          gpointer      data)
{
  g_autoptr (GTask) task = data;
  WsiBrowserProcess *self = g_task_get_task_data (task);
  g_autofree char *errors = NULL;
  const char *line;

  g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
  if (self != NULL)
    self->waiting = NULL;
  if (self == NULL || g_subprocess_get_successful (G_SUBPROCESS (process)))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (g_subprocess_get_if_signaled (self->process))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _("it was ended by signal %d"),
                               g_subprocess_get_term_sig (self->process));
      return;
    }

  browser_process_read_errors (self);
  errors = g_utf8_make_valid (self->errors->str, self->errors->len);
  line = find_last_line (errors);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", line != NULL ? line : "");
}

void
wsi_browser_process_wait_async (WsiBrowserProcess  *self,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, wsi_browser_process_wait_async);
  g_task_set_task_data (task, self, NULL);
  self->waiting = task;
  g_subprocess_wait_async (self->process, NULL, browser_process_on_ended, task);
}

gboolean
wsi_browser_process_wait_finish (GAsyncResult *result,
                                 GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wsi_browser_process_kill (WsiBrowserProcess *self)
{
  g_subprocess_force_exit (self->process);
}

void
wsi_browser_process_free (WsiBrowserProcess *self)
{
  wsi_process_end (self->process);
  if (self->waiting != NULL)
    g_task_set_task_data (self->waiting, NULL, NULL);
  if (self->reading != NULL)
    g_source_destroy (self->reading);
  g_clear_pointer (&self->reading, g_source_unref);
  close (self->errors_fd);
  if (self->profile != NULL)
    wsi_temporary_folder_remove (self->profile);
  g_string_free (self->errors, TRUE);
  g_object_unref (self->process);
  g_free (self->profile);
  g_free (self);
}
