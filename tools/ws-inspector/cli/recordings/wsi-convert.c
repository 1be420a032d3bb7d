/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-recording-verbs.h"

#include "cli/recordings/wsi-file-reader.h"
#include "cli/files/wsi-save.h"
#include "inspect/save/formats/wsi-export.h"
#include "inspect/save/redaction/wsi-redactor.h"

static gboolean
convert_wants_more (gpointer save)
{
  return !wsi_save_has_failed (save);
}

/* The readable part of a damaged file is kept; only a failure of writing removes the new file. */
static WsiExit
convert_convert (WsiFileReader *reader,
                 WsiSave       *save,
                 const char    *path)
{
  WsiExit status = wsi_save_end (save, wsi_file_reader_run (reader, convert_wants_more, save));
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (wsi_save_has_failed (save) && !wsi_save_is_output (path))
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
  g_autoptr (WsiFileReader) reader = NULL;
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new ((WsiRedaction) options->redact);
  g_autoptr (WsiSave) save = NULL;

  if (wsi_save_find_format (options->to, output, WSI_FORMAT_BY_OPTION, &format, &error))
    reader = wsi_file_reader_new (options, NULL, arguments, n_inputs, WSI_FILE_READER_FOR_FILE,
                                  &error);
  if (reader != NULL)
    save = wsi_save_new_format (options, format, output, wsi_file_reader_get_store (reader),
                                redactor, WSI_SAVE_IN_BLOCKS, &error);
  if (save != NULL)
    return convert_convert (reader, save, output);

  return wsi_file_reader_fail (error);
}
