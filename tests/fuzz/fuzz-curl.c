/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A pasted command, or the one line of a target: it becomes a target or an error.  The line that a
 * target prints is read back as the same one; its copy without secrets is the same each time. */

#include "fuzz/fuzz-input.h"

#include <string.h>

#include "inspect/targets/wsi-curl.h"

#define MAX_NOTES 8
#define MAX_PRINTED 65536       /* of a line that is read back */

static void
check_target (const WsiTarget *target)
{
  g_autoptr (WsiTarget) copy = wsi_target_dup_without_secrets (target);
  g_autoptr (WsiTarget) same = wsi_target_dup_without_secrets (target), again = NULL;
  g_autofree char *printed = wsi_target_print (target), *reprinted = NULL;
  g_autofree char *open = wsi_target_print (copy), *reopened = wsi_target_print (same);
  g_autoptr (GError) error = NULL;
  WsiTargetField wrong;

  REQUIRE (strcmp (open, reopened) == 0);
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    {
      g_autoptr (GError) fault = NULL;

      REQUIRE (wsi_target_check_field (target, i, &fault) == (fault == NULL));
    }
  if (!wsi_target_check (target, &wrong, &error))
    {
      REQUIRE (error != NULL && wrong < WSI_TARGET_N_FIELDS);
      return;
    }
  if (strlen (printed) > MAX_PRINTED)
    return;

  again = wsi_target_parse (printed, NULL);
  REQUIRE (again != NULL);
  reprinted = wsi_target_print (again);
  REQUIRE (strcmp (printed, reprinted) == 0);
}

static WsiTarget *
parse_command (const char *text,
               GError    **error)
{
  g_auto (GStrv) notes = NULL;
  WsiTarget *target = wsi_curl_parse (text, &notes, error);

  REQUIRE (target == NULL || g_strv_length (notes) <= MAX_NOTES);
  for (guint i = 0; target != NULL && notes[i] != NULL; i++)
    REQUIRE (g_utf8_validate (notes[i], -1, NULL));
  return target;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_curl_is_command (text) ? parse_command (text, &error)
                                                            : wsi_target_parse (text, &error);

  REQUIRE ((target == NULL) == (error != NULL));
  if (target != NULL)
    check_target (target);
  return 0;
}
