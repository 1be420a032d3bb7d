/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include <string.h>

#include "cli/live/wsi-live-target.h"
#include "cli/live/wsi-watching.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/sources/program/wsi-programs.h"
#include "inspect/sources/wsi-program-title.h"

#define MAX_LINE 1024           /* bytes of a line */

static WsiExit
list_programs (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) programs = wsi_programs_list (&error);

  if (programs == NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_CONNECTION_FAILED;
    }

  if (programs->len == 0)
    wsi_output_error ("No program lets an inspector attach: start one with WSP_ATTACH=1 and "
                      "the same XDG_RUNTIME_DIR");
  for (guint i = 0; i < programs->len; i++)
    {
      const WsiProgram *program = programs->pdata[i];
      g_autofree char *text = wsi_program_describe (program);
      g_autofree char *library =
        program->library != NULL ? g_strdup_printf (" (%s)", program->library) : g_strdup ("");
      g_autofree char *named = wsi_program_title_dup_named (program->name, program->title);
      g_autofree char *line = g_strdup_printf ("%u %s: %s%s", program->pid, named, text, library);
      g_autoptr (GString) shown = g_string_new (NULL);

      wsi_text_append_exact (shown, line, strlen (line), MAX_LINE, wsi_output_get_charset ());
      wsi_output_line ("%s", shown->str);
    }
  return WSI_EXIT_CLEAN;
}

static WsiTarget *
attach_verb_make_target (const WsiOptions *options,
                         const char       *program,
                         GError          **error)
{
  g_autoptr (WsiTarget) target = wsi_live_target_new (WSI_TARGET_PROGRAM, options, error);
  WsiTargetField wrong;

  if (target == NULL)
    return NULL;

  wsi_target_set_text (target, WSI_TARGET_ADDRESS, program);
  return wsi_target_check (target, &wrong, error) ? g_steal_pointer (&target) : NULL;
}

WsiExit
wsi_attach_verb (const WsiOptions  *options,
                 const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = NULL;

  if (arguments[0] == NULL)
    return list_programs ();

  target = attach_verb_make_target (options, arguments[0], &error);
  return wsi_watching_watch (options, target, error);
}
