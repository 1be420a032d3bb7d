/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-settings.h"

#include "inspect/save/redaction/wsi-redactor.h"

/* All that are read or written. */
static const char *const keys[] = {
  "arrangement",
  "below-share",
  "beside-share",
  "colour-rules",
  "column-widths",
  "columns",
  "decoder-overrides",
  "default-listen",
  "default-view",
  "filter-history",
  "frame-store-limit-mib",
  "last-filter",
  "last-sources",
  "microseconds",
  "payload-memory-mib",
  "recent-targets",
  "redact-names",
  "row-cap",
  "saved-filters",
  "show-control",
  "show-events",
  "sidebar",
  "spill-mib",
  "style",
  "tick-ms",
  "time-format",
  "window-height",
  "window-maximized",
  "window-width",
};

/* Whether the schema is installed: without it, or with that of an older version, GSettings ends the
 * program, so this is asked before the first window. */
gboolean
wsi_settings_are_installed (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APP_ID, TRUE);
  for (guint i = 0; schema != NULL && i < G_N_ELEMENTS (keys); i++)
    if (!g_settings_schema_has_key (schema, keys[i]))
      return FALSE;

  return schema != NULL;
}

GSettings *
wsi_settings_new (void)
{
  return g_settings_new (APP_ID);
}

void
wsi_settings_apply_names (GSettings *settings)
{
  g_auto (GStrv) names = g_settings_get_strv (settings, "redact-names");

  wsi_redactor_set_default_names ((const char *const *) names);
}
