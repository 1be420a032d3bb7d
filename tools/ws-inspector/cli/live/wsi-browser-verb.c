/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include "cli/live/wsi-live-target.h"
#include "cli/live/wsi-watching.h"

static gboolean
browser_verb_check_options (const WsiOptions *options,
                            const char       *address,
                            GError          **error)
{
  const char *problem = NULL;

  if (!options->is_starting && address == NULL)
    problem = "expected PORT, HOST:PORT or the folder of a profile, or --start; see wsinspect "
              "browser --help";
  else if (!options->is_starting && options->profile != NULL)
    problem = "--profile needs --start";
  else if (!options->is_starting && options->program_arguments[0] != NULL)
    problem = "arguments after -- are those of a browser that is started: they need --start";

  if (problem != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, problem);
  return problem == NULL;
}

static WsiTarget *
browser_verb_make_target (const WsiOptions *options,
                          const char       *address,
                          GError          **error)
{
  g_autoptr (WsiTarget) target = NULL;
  WsiTargetField wrong;

  if (!browser_verb_check_options (options, address, error))
    return NULL;

  target = wsi_live_target_new (WSI_TARGET_BROWSER, options, error);
  if (target == NULL)
    return NULL;

  wsi_target_set_text (target, WSI_TARGET_ADDRESS, address != NULL ? address : "");
  wsi_target_set_words (target, options->program_arguments);
  return wsi_target_check (target, &wrong, error) ? g_steal_pointer (&target) : NULL;
}

WsiExit
wsi_browser_verb (const WsiOptions  *options,
                  const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = browser_verb_make_target (options, arguments[0], &error);

  return wsi_watching_watch (options, target, error);
}
