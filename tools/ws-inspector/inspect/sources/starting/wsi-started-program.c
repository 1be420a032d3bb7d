/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/starting/wsi-started-program.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "inspect/sources/browser/wsi-browser-process.h"
#include "inspect/sources/wsi-process-end.h"
#include "inspect/sources/wsi-program-title.h"
#include "inspect/sources/wsi-temporary-folder.h"

#define FOLDER "wsinspect-capture-XXXXXX"
#define KEY_LOG "keys.log"
#define PROFILE "profile"
#define NODE_OPTION "--tls-keylog="
/* Preferences without WebSockets in HTTP/2, which are not read. */
#define FIREFOX_PREFERENCES "user_pref(\"network.http.http2.websockets\", false);\n"
#define KEY_LOG_VARIABLE "SSLKEYLOGFILE"
#define PROCESSES "/proc"

typedef enum
{
  PROGRAM_OTHER,
  PROGRAM_NODE,                 /* node, whose TLS has another way to write keys */
  PROGRAM_CHROMIUM,             /* a Chromium: one that is running would open the page, without
                                 * keys */
  PROGRAM_FIREFOX,
} ProgramKind;

struct _WsiStartedProgram
{
  GPtrArray   *words;           /* words of the command line; NULL after the last one */
  ProgramKind  kind;
  char        *folder, *key_log;        /* key log and its folder; folder NULL: removed */
  GSubprocess *process;         /* process of the program; NULL: it has not been started */
  int          was_told;        /* the program was asked to end; atomic */
};

/* Programs that are known by name: more than the browsers that wsinspect starts itself; npm and the
 * like start node. */
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
started_program_find_kind (const char *program)
{
  g_autofree char *name = g_path_get_basename (program);

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    if (strcmp (programs[i].name, name) == 0)
      return programs[i].kind;
  return wsi_browser_process_is_program (name) ? PROGRAM_CHROMIUM : PROGRAM_OTHER;
}

static gboolean
make_files (WsiStartedProgram *self,
            GError           **error)
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
started_program_add_arguments (WsiStartedProgram *self,
                               const char *const *words)
{
  g_autofree char *profile = g_build_filename (self->folder, PROFILE, NULL);
  g_autofree char *preferences = g_build_filename (profile, "user.js", NULL);

  if (self->kind == PROGRAM_CHROMIUM)
    {
      if (!has_argument (words, "--user-data-dir="))
        g_ptr_array_add (self->words, g_strconcat ("--user-data-dir=", profile, NULL));
      /* a WebSocket in HTTP/2 is not read */
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

gboolean
wsi_started_program_check (const char *const *words,
                           GError           **error)
{
  g_autofree char *path = g_find_program_in_path (words[0]);

  if (path == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("no such program: expected a name in PATH, or a path, received \"%s\""),
                 words[0]);
  return path != NULL;
}

const char *
wsi_started_program_find_firefox (void)
{
  const char *usual = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = programs[i].kind == PROGRAM_FIREFOX
                              ? g_find_program_in_path (programs[i].name) : NULL;

      if (path != NULL)
        return programs[i].name;
      if (usual == NULL && programs[i].kind == PROGRAM_FIREFOX)
        usual = programs[i].name;
    }
  return usual;
}

WsiStartedProgram *
wsi_started_program_new (const char *const *words,
                         GError           **error)
{
  g_autoptr (WsiStartedProgram) self = g_new0 (WsiStartedProgram, 1);

  self->words = g_ptr_array_new_with_free_func (g_free);
  self->kind = started_program_find_kind (words[0]);
  if (!wsi_started_program_check (words, error) || !make_files (self, error))
    return NULL;

  g_ptr_array_add (self->words, g_strdup (words[0]));
  started_program_add_arguments (self, words);
  for (guint i = 1; words[i] != NULL; i++)
    g_ptr_array_add (self->words, g_strdup (words[i]));
  g_ptr_array_add (self->words, NULL);
  return g_steal_pointer (&self);
}

/* The environment of another process, whose end is a NUL; of a process of another user, or of one
 * that has ended, it cannot be read, or is empty. */
static gboolean
has_variable (const char *process,
              const char *variable)
{
  g_autofree char *path = g_build_filename (PROCESSES, process, "environ", NULL);
  g_autofree char *environment = NULL;
  gsize length;

  return g_file_get_contents (path, &environment, &length, NULL) &&
         memmem (environment, length, variable, strlen (variable) + 1) != NULL;
}

/* The processes that the program has started and that still run, with what they have started:
 * their group and their parent may be others, but not their key log.  number: the signal that they
 * are sent, or 0.  Returns whether there are any. */
static gboolean
tell_left (const WsiStartedProgram *self,
           int                      number)
{
  g_autoptr (GDir) folder = g_dir_open (PROCESSES, 0, NULL);
  g_autofree char *variable = g_strconcat (KEY_LOG_VARIABLE "=", self->key_log, NULL);
  gboolean has_any = FALSE;
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (g_ascii_isdigit (*name) && has_variable (name, variable))
      {
        has_any = TRUE;
        kill (atoi (name), number);
      }
  return has_any;
}

gboolean
wsi_started_program_has_left (const WsiStartedProgram *self)
{
  return !g_atomic_int_get (&self->was_told) && tell_left (self, 0);
}

/* Processes that the program has started end as it does: by the signal that the program was
 * sent. */
static void
end_left (const WsiStartedProgram *self)
{
  gboolean was_killed = self->process != NULL && g_subprocess_get_if_signaled (self->process) &&
                        g_subprocess_get_term_sig (self->process) == SIGKILL;

  tell_left (self, was_killed ? SIGKILL : SIGTERM);
}

/* Cleans up; processes of a program that ended by itself go on. */
void
wsi_started_program_clean (WsiStartedProgram *self)
{
  if (self->key_log != NULL)
    g_unlink (self->key_log);
  if (self->process != NULL && !wsi_started_program_has_ended (self))
    {
      g_atomic_int_set (&self->was_told, TRUE);
      wsi_process_end (self->process);
    }
  if (g_atomic_int_get (&self->was_told))
    end_left (self);
  if (self->folder != NULL)
    wsi_temporary_folder_remove (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

void
wsi_started_program_free (WsiStartedProgram *self)
{
  wsi_started_program_clean (self);
  g_clear_object (&self->process);
  g_ptr_array_unref (self->words);
  g_free (self->key_log);
  g_free (self);
}

char *
wsi_started_program_dup_title (const WsiStartedProgram *self)
{
  return wsi_program_title_dup ((const char *const *) self->words->pdata);
}

const char *
wsi_started_program_get_key_log (const WsiStartedProgram *self)
{
  return self->key_log;
}

/* Sets options for node, which takes words with blanks between them, and quotes. */
static void
set_node_options (WsiStartedProgram   *self,
                  GSubprocessLauncher *launcher)
{
  const char *before = g_subprocess_launcher_getenv (launcher, "NODE_OPTIONS");
  const char *quote = strchr (self->key_log, ' ') != NULL ? "\"" : "";
  g_autofree char *options =
    g_strconcat (before != NULL ? before : "", before != NULL && *before != '\0' ? " " : "", quote,
                 NODE_OPTION, self->key_log, quote, NULL);

  g_subprocess_launcher_setenv (launcher, "NODE_OPTIONS", options, TRUE);
}

/* Starts the program without our standard output, which is that of the listing. */
gboolean
wsi_started_program_start (WsiStartedProgram *self,
                           GError           **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);

  g_subprocess_launcher_setenv (launcher, KEY_LOG_VARIABLE, self->key_log, TRUE);
  if (self->kind == PROGRAM_NODE)
    set_node_options (self, launcher);
  g_subprocess_launcher_take_stdout_fd (launcher, fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC,
                                                         STDERR_FILENO + 1));
  self->process = g_subprocess_launcher_spawnv (launcher,
                                                (const char *const *) self->words->pdata, error);
  return self->process != NULL;
}

/* Whether the program has ended, in any thread: GLib waits for a process in one of its own. */
gboolean
wsi_started_program_has_ended (const WsiStartedProgram *self)
{
  return self->process != NULL && g_subprocess_get_identifier (self->process) == NULL;
}

int
wsi_started_program_get_status (const WsiStartedProgram *self)
{
  g_subprocess_wait (self->process, NULL, NULL);
  return g_subprocess_get_if_exited (self->process)
         ? g_subprocess_get_exit_status (self->process)
         : WSI_STATUS_OF_SIGNAL + g_subprocess_get_term_sig (self->process);
}

void
wsi_started_program_end (WsiStartedProgram *self)
{
  g_atomic_int_set (&self->was_told, TRUE);
  if (self->process != NULL)
    g_subprocess_send_signal (self->process, SIGTERM);
}

void
wsi_started_program_kill (WsiStartedProgram *self)
{
  g_subprocess_force_exit (self->process);
}
