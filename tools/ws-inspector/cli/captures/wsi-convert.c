/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/captures/wsi-capture-verbs.h"

#include "cli/captures/wsi-capture.h"
#include "cli/files/wsi-save.h"
#include "inspect/save/formats/wsi-export.h"
#include "inspect/save/redaction/wsi-redactor.h"

static gboolean
wants_more (gpointer save)
{
  return !wsi_save_has_failed (save);
}

/* What could be read of a damaged file is kept; only a failure of writing removes the new file. */
static WsiExit
convert (WsiCapture *capture,
         WsiSave    *save,
         const char *path)
{
  WsiExit status = wsi_save_end (save, wsi_capture_run (capture, wants_more, save));
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (status == WSI_EXIT_OUTPUT_FAILED && !wsi_save_is_output (path))
    g_file_delete (file, NULL, NULL);
  return status;
}

WsiExit
wsi_convert_verb (const WsiOptions  *options,
                  const char *const *arguments)
{
  const guint n_inputs = g_strv_length ((GStrv) arguments) - 1;
  const char *output = arguments[n_inputs];
  WsiFormat format = WSI_FORMAT_SESSION;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiCapture) capture = NULL;
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new ((WsiRedaction) options->redact);
  g_autoptr (WsiSave) save = NULL;

  if (wsi_save_find_format (options->to, output, WSI_FORMAT_BY_OPTION, &format, &error))
    capture = wsi_capture_new (options, NULL, arguments, n_inputs, wsi_format_needs_rows (format)
                               ? WSI_CAPTURE_FOR_ALL : WSI_CAPTURE_FOR_FILE, &error);
  if (capture != NULL)
    save = wsi_save_new_format (options, format, output, wsi_capture_get_store (capture),
                                redactor, WSI_SAVE_IN_BLOCKS, &error);
  if (save != NULL)
    return convert (capture, save, output);

  return wsi_capture_fail (error);
}
