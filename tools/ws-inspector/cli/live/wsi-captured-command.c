/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-captured-command.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "inspect/sources/browser/wsi-browser-process.h"
#include "inspect/sources/wsi-temporary-folder.h"

#define FOLDER "wsinspect-capture-XXXXXX"
#define KEY_LOG "keys.log"
#define PROFILE "profile"
#define NODE_OPTION "--tls-keylog="
/* A WebSocket in HTTP/2 is not read. */
#define FIREFOX_PREFERENCES "user_pref(\"network.http.http2.websockets\", false);\n"
#define PAUSE_US 20000
#define MAX_PAUSES 100          /* until it is killed */

typedef enum
{
  PROGRAM_OTHER,
  PROGRAM_NODE,                 /* its TLS has another way to write keys */
  PROGRAM_CHROMIUM,             /* one that runs already would open the page, without keys */
  PROGRAM_FIREFOX,
} ProgramKind;

struct _WsiCapturedCommand
{
  GPtrArray   *words;           /* NULL after the last one */
  ProgramKind  kind;
  char        *folder, *key_log;
  GSubprocess *process;         /* NULL: it has not been started */
};

/* More than the browsers that wsinspect starts itself; npm and the like start node. */
static const struct
{
  const char *name;
  ProgramKind kind;
} programs[] = {
  { "node", PROGRAM_NODE },
  { "nodejs", PROGRAM_NODE },
  { "npm", PROGRAM_NODE },
  { "npx", PROGRAM_NODE },
  { "pnpm", PROGRAM_NODE },
  { "yarn", PROGRAM_NODE },
  { "chrome", PROGRAM_CHROMIUM },
  { "vivaldi", PROGRAM_CHROMIUM },
  { "firefox", PROGRAM_FIREFOX },
  { "firefox-esr", PROGRAM_FIREFOX },
};

static ProgramKind
find_kind (const char *program)
{
  g_autofree char *name = g_path_get_basename (program);

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    if (strcmp (programs[i].name, name) == 0)
      return programs[i].kind;
  return wsi_browser_process_is_program (name) ? PROGRAM_CHROMIUM : PROGRAM_OTHER;
}

static gboolean
make_files (WsiCapturedCommand *self,
            GError            **error)
{
  int fd;

  self->folder = g_dir_make_tmp (FOLDER, error);
  if (self->folder == NULL)
    return FALSE;

  self->key_log = g_build_filename (self->folder, KEY_LOG, NULL);
  fd = g_open (self->key_log, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", self->key_log,
               g_strerror (errno));
  return FALSE;
}

/* Whether the user has chosen a profile. */
static gboolean
has_argument (const char *const *words,
              const char        *prefix)
{
  for (guint i = 1; words[i] != NULL; i++)
    if (g_str_has_prefix (words[i], prefix))
      return TRUE;
  return FALSE;
}

/* Arguments that come before those of the user. */
static void
add_arguments (WsiCapturedCommand *self,
               const char *const  *words)
{
  g_autofree char *profile = g_build_filename (self->folder, PROFILE, NULL);
  g_autofree char *preferences = g_build_filename (profile, "user.js", NULL);

  if (self->kind == PROGRAM_CHROMIUM)
    {
      if (!has_argument (words, "--user-data-dir="))
        g_ptr_array_add (self->words, g_strconcat ("--user-data-dir=", profile, NULL));
      /* A WebSocket in HTTP/2 is not read. */
      g_ptr_array_add (self->words, g_strdup ("--disable-http2"));
      g_ptr_array_add (self->words, g_strdup ("--no-first-run"));
      g_ptr_array_add (self->words, g_strdup ("--no-default-browser-check"));
    }
  if (self->kind == PROGRAM_FIREFOX && !has_argument (words, "-profile") &&
      !has_argument (words, "--profile") && !has_argument (words, "-P"))
    {
      g_mkdir (profile, S_IRWXU);
      g_file_set_contents (preferences, FIREFOX_PREFERENCES, -1, NULL);
      g_ptr_array_add (self->words, g_strdup ("-profile"));
      g_ptr_array_add (self->words, g_strdup (profile));
      g_ptr_array_add (self->words, g_strdup ("-no-remote"));
    }
}

static gboolean
find_program (const char *word,
              GError    **error)
{
  g_autofree char *path = g_find_program_in_path (word);

  if (path == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "no such program: expected a command after --, received \"%s\"", word);
  return path != NULL;
}

WsiCapturedCommand *
wsi_captured_command_new (const char *const *words,
                          GError           **error)
{
  g_autoptr (WsiCapturedCommand) self = g_new0 (WsiCapturedCommand, 1);

  self->words = g_ptr_array_new_with_free_func (g_free);
  self->kind = find_kind (words[0]);
  if (!find_program (words[0], error) || !make_files (self, error))
    return NULL;

  g_ptr_array_add (self->words, g_strdup (words[0]));
  add_arguments (self, words);
  for (guint i = 1; words[i] != NULL; i++)
    g_ptr_array_add (self->words, g_strdup (words[i]));
  g_ptr_array_add (self->words, NULL);
  return g_steal_pointer (&self);
}

/* A browser writes its profile before it ends. */
static void
end_process (GSubprocess *process)
{
  if (g_subprocess_get_identifier (process) != NULL)
    g_subprocess_send_signal (process, SIGTERM);
  for (guint i = 0; i < MAX_PAUSES && g_subprocess_get_identifier (process) != NULL; i++)
    g_usleep (PAUSE_US);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

void
wsi_captured_command_free (WsiCapturedCommand *self)
{
  if (self->key_log != NULL)
    g_unlink (self->key_log);
  if (self->process != NULL)
    end_process (self->process);
  if (self->folder != NULL)
    wsi_temporary_folder_remove (self->folder);
  g_clear_object (&self->process);
  g_ptr_array_unref (self->words);
  g_free (self->folder);
  g_free (self->key_log);
  g_free (self);
}

const char *
wsi_captured_command_get_key_log (const WsiCapturedCommand *self)
{
  return self->key_log;
}

/* node takes words with blanks between them, and quotes. */
static void
set_node_options (WsiCapturedCommand  *self,
                  GSubprocessLauncher *launcher)
{
  const char *before = g_subprocess_launcher_getenv (launcher, "NODE_OPTIONS");
  const char *quote = strchr (self->key_log, ' ') != NULL ? "\"" : "";
  g_autofree char *options =
    g_strconcat (before != NULL ? before : "", before != NULL && *before != '\0' ? " " : "", quote,
                 NODE_OPTION, self->key_log, quote, NULL);

  g_subprocess_launcher_setenv (launcher, "NODE_OPTIONS", options, TRUE);
}

/* Standard output is that of the listing. */
gboolean
wsi_captured_command_start (WsiCapturedCommand *self,
                            GError            **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);

  g_subprocess_launcher_setenv (launcher, "SSLKEYLOGFILE", self->key_log, TRUE);
  if (self->kind == PROGRAM_NODE)
    set_node_options (self, launcher);
  g_subprocess_launcher_take_stdout_fd (launcher, fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC,
                                                         STDERR_FILENO + 1));
  self->process = g_subprocess_launcher_spawnv (launcher,
                                                (const char *const *) self->words->pdata, error);
  return self->process != NULL;
}

static void
on_ended (GObject      *process,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  GSubprocess *ended = G_SUBPROCESS (process);

  g_subprocess_wait_finish (ended, result, NULL);
  g_task_return_int (task, g_subprocess_get_if_exited (ended)
                           ? g_subprocess_get_exit_status (ended)
                           : WSI_STATUS_OF_SIGNAL + g_subprocess_get_term_sig (ended));
}

void
wsi_captured_command_wait_async (WsiCapturedCommand *self,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, wsi_captured_command_wait_async);
  g_subprocess_wait_async (self->process, NULL, on_ended, task);
}

int
wsi_captured_command_wait_finish (GAsyncResult *result)
{
  return (int) g_task_propagate_int (G_TASK (result), NULL);
}

void
wsi_captured_command_end (WsiCapturedCommand *self)
{
  g_subprocess_send_signal (self->process, SIGTERM);
}
