/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-target.h"

#include <inttypes.h>
#include <string.h>

#include "inspect/targets/wsi-target-start.h"

/* The value of the option with this name, such as "--ca". */
static gconstpointer
live_target_find_value (const WsiOptions *options,
                        const char       *name,
                        WsiOptionKind    *kind)
{
  gsize n_rows;
  const WsiOptionRow *rows = wsi_options_get_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    if (strcmp (rows[i].name, name + strlen ("--")) == 0)
      {
        *kind = rows[i].kind;
        return (const char *) options + rows[i].offset;
      }

  g_assert_not_reached ();
}

/* A value that contains the separator would become several items of the list. */
static gboolean
check_item (const WsiTarget *target,
            WsiTargetField   field,
            const char      *item,
            GError         **error)
{
  g_autoptr (WsiTarget) other = wsi_target_new (wsi_target_get_kind (target));
  g_auto (GStrv) list = NULL;

  wsi_target_set_text (other, field, item);
  list = wsi_target_dup_list (other, field);
  if (g_strv_length (list) == 1)
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s: expected one value, received \"%s\" (give the option once for each)",
               wsi_target_get_field_name (field), item);
  return FALSE;
}

static gboolean
add_items (WsiTarget     *target,
           WsiTargetField field,
           GStrv          items,
           GError       **error)
{
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      if (!check_item (target, field, items[i], error))
        return FALSE;

      wsi_target_add_item (target, field, items[i]);
    }
  return TRUE;
}

/* An empty text of a field counts as not given: "--client-ca ''" must not let every client in.
 */
static gboolean
live_target_check_text (WsiTargetField field,
                        const char    *text,
                        GError       **error)
{
  if (text == NULL || *text != '\0')
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s: expected a value, received an empty one", wsi_target_get_field_name (field));
  return FALSE;
}

static gboolean
set_field (WsiTarget        *target,
           WsiTargetField    field,
           const WsiOptions *options,
           GError          **error)
{
  WsiOptionKind kind;
  gconstpointer value = live_target_find_value (options, wsi_target_get_field_name (field), &kind);
  g_autofree char *text = NULL;

  if (kind == WSI_OPTION_STRINGS)
    return add_items (target, field, *(const GStrv *) value, error);

  if (kind == WSI_OPTION_INTEGER && *(const gint64 *) value >= 0)
    text = g_strdup_printf ("%" PRIi64, *(const gint64 *) value);
  else if (kind == WSI_OPTION_STRING || kind == WSI_OPTION_FILE)
    text = g_strdup (*(char *const *) value);
  if (!live_target_check_text (field, text, error))
    return FALSE;

  if (text != NULL)
    wsi_target_take_text (target, field, g_steal_pointer (&text));
  return TRUE;
}

static gboolean
live_target_set_fields (WsiTarget        *target,
                        const WsiOptions *options,
                        GError          **error)
{
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    if (wsi_target_get_field_name (i) != NULL &&
        wsi_target_takes_field (wsi_target_get_kind (target), i) &&
        !set_field (target, i, options, error))
      return FALSE;

  return TRUE;
}

static void
set_flags (WsiTarget        *target,
           const WsiOptions *options)
{
  WsiTargetOptions flags = 0;
  WsiOptionKind kind;

  for (guint flag = 1; flag <= WSI_TARGET_LAST_OPTION; flag <<= 1)
    if (wsi_target_takes_option (wsi_target_get_kind (target), flag) &&
        *(const gboolean *) live_target_find_value (options, wsi_target_get_option_name (flag),
                                                    &kind))
      flags |= flag;
  wsi_target_set_options (target, flags);
}

static gboolean
live_target_check_options (const WsiOptions *options,
                           GError          **error)
{
  const char *text = NULL;

  if (options->key != NULL && options->certificate == NULL)
    text = "--key requires --cert";
  else if (options->client_ca != NULL && options->certificate == NULL)
    text = "--client-ca requires --cert";

  if (text != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);

  return text == NULL;
}

WsiTarget *
wsi_live_target_new (WsiTargetKind     kind,
                     const WsiOptions *options,
                     GError          **error)
{
  g_autoptr (WsiTarget) target = wsi_target_new (kind);

  if (!live_target_check_options (options, error) ||
      !live_target_set_fields (target, options, error))
    return NULL;

  set_flags (target, options);
  return g_steal_pointer (&target);
}

void
wsi_live_target_set_address (WsiTarget  *target,
                             const char *text)
{
  g_autofree char *note = NULL;
  g_autofree char *uri = NULL;

  wsi_target_set_text (target, WSI_TARGET_ADDRESS, text);
  note = wsi_target_make_note (target);
  uri = wsi_target_make_uri (target, NULL);
  if (note != NULL)
    wsi_output_error (note);
  wsi_target_set_text (target, WSI_TARGET_ADDRESS, uri);
}

/* Whether the mistake is in what the user wrote: a port that is in use is none. */
static gboolean
is_of_usage (const WsiTarget *target,
             WsiTargetField   wrong)
{
  return wrong != WSI_TARGET_LISTEN ||
         !wsi_target_check_field (target, WSI_TARGET_LISTEN, NULL) ||
         !wsi_target_check_field (target, WSI_TARGET_ADDRESS, NULL);
}

/* Errors of files begin with the file. */
static void
live_target_print_error (WsiTargetField wrong,
                         const GError  *error)
{
  gboolean is_of_file = wrong == WSI_TARGET_AUTHORITIES || wrong == WSI_TARGET_CERTIFICATE ||
                        wrong == WSI_TARGET_CLIENT_AUTHORITIES;
  gboolean is_of_list = wrong == WSI_TARGET_SUBPROTOCOLS || wrong == WSI_TARGET_ALLOWED_ORIGINS ||
                        wrong == WSI_TARGET_CONNECTIONS;
  g_autofree char *text = NULL;

  if (is_of_file || is_of_list)
    text = g_strdup_printf (is_of_file ? "%s %s" : "%s: %s", wsi_target_get_field_name (wrong),
                            error->message);
  wsi_output_error (text != NULL ? text : error->message);
}

WsiSource *
wsi_live_target_make (const WsiTarget *target,
                      WsiRecorder     *recorder,
                      WsiPlace         place,
                      WsiExit         *status)
{
  g_autoptr (GError) error = NULL;
  WsiTargetField wrong;
  WsiSource *source = wsi_target_make_source (target, recorder, place, &wrong, &error);

  if (source != NULL)
    return source;

  live_target_print_error (wrong, error);
  *status = is_of_usage (target, wrong) ? WSI_EXIT_USAGE : WSI_EXIT_CONNECTION_FAILED;
  return NULL;
}
