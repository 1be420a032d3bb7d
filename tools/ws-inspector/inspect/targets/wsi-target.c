/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-target.h"

#include <string.h>

#define SEPARATORS ", \t"

#define FIELD(name) (1 << WSI_TARGET_ ## name)

struct _WsiTarget
{
  WsiTargetKind    kind;
  WsiTargetOptions options;
  char            *texts[WSI_TARGET_N_FIELDS];  /* texts of the fields, never NULL */
};

G_DEFINE_BOXED_TYPE (WsiTarget, wsi_target, wsi_target_copy, wsi_target_free)

static const struct
{
  guint            fields;
  WsiTargetOptions options;
  guint            more_fields; /* fields that wsinspect sets, and the window does not */
  WsiTargetOptions more_options;
} kinds[] = {
  [WSI_TARGET_CLIENT] = {
    .fields = FIELD (ADDRESS) | FIELD (SUBPROTOCOLS) | FIELD (HEADERS) | FIELD (ORIGIN) | FIELD (AUTHORITIES) |
              FIELD (CERTIFICATE) | FIELD (KEY) | FIELD (MAX_MESSAGE),
    .options = WSI_TARGET_COMPRESSES | WSI_TARGET_ACCEPTS_ANY,
    .more_fields = FIELD (HTTP_PROXY),
    .more_options = WSI_TARGET_ECHOES,
  },
  [WSI_TARGET_SERVER] = {
    .fields = FIELD (LISTEN) | FIELD (SUBPROTOCOLS) | FIELD (ALLOWED_ORIGINS) | FIELD (CERTIFICATE) | FIELD (KEY),
    .options = WSI_TARGET_COMPRESSES,
    .more_fields = FIELD (CLIENT_AUTHORITIES) | FIELD (MAX_MESSAGE),
  },
  [WSI_TARGET_PROXY] = {
    .fields = FIELD (LISTEN) | FIELD (ADDRESS) | FIELD (AUTHORITIES) | FIELD (CERTIFICATE) | FIELD (KEY),
    .options = WSI_TARGET_REWRITES_HOST | WSI_TARGET_ACCEPTS_ANY,
    .more_options = WSI_TARGET_IS_LOSSLESS,
  },
  [WSI_TARGET_BROWSER] = {
    .fields = FIELD (ADDRESS) | FIELD (PAGE) | FIELD (PROFILE) | FIELD (ARGUMENTS),
    .options = WSI_TARGET_STARTS,
  },
  [WSI_TARGET_CAPTURE] = {
    .fields = FIELD (INTERFACE) | FIELD (PACKET_FILTER) | FIELD (KEY_LOG) | FIELD (READ_AS) |
              FIELD (ARGUMENTS),
    .more_fields = FIELD (PACKETS),
  },
  [WSI_TARGET_PROGRAM] = { .fields = FIELD (ADDRESS), .more_fields = FIELD (CONNECTIONS) },
  [WSI_TARGET_FILE] = { .fields = FIELD (ADDRESS) | FIELD (KEY_LOG) | FIELD (READ_AS) },
  [WSI_TARGET_EXAMPLE] = { .fields = 0 },
};

WsiTarget *
wsi_target_new (WsiTargetKind kind)
{
  WsiTarget *self = g_new0 (WsiTarget, 1);

  self->kind = kind;
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    self->texts[i] = g_strdup ("");
  return self;
}

WsiTarget *
wsi_target_new_for_file (GFile *file)
{
  WsiTarget *self = wsi_target_new (WSI_TARGET_FILE);
  g_autofree char *uri = g_file_get_uri (file);

  wsi_target_set_text (self, WSI_TARGET_ADDRESS, uri);
  return self;
}

WsiTarget *
wsi_target_new_for_files (GListModel *files)
{
  WsiTarget *self = wsi_target_new (WSI_TARGET_FILE);
  g_autoptr (GString) uris = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char *uri = g_file_get_uri (file);

      g_string_append_printf (uris, "%s%s", i > 0 ? "\n" : "", uri);
    }
  wsi_target_set_text (self, WSI_TARGET_ADDRESS, uris->str);
  return self;
}

WsiTarget *
wsi_target_copy (const WsiTarget *self)
{
  WsiTarget *copy = wsi_target_new (self->kind);

  copy->options = self->options;
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    wsi_target_set_text (copy, i, self->texts[i]);
  return copy;
}

void
wsi_target_free (WsiTarget *self)
{
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    g_free (self->texts[i]);
  g_free (self);
}

WsiTargetKind
wsi_target_get_kind (const WsiTarget *self)
{
  return self->kind;
}

const char *
wsi_target_get_text (const WsiTarget *self,
                     WsiTargetField   field)
{
  return self->texts[field];
}

/* Each line loses the blanks at its ends, and a line of blanks is left out. */
static void
strip_lines (char *text)
{
  char *to = text;

  for (char *line = text, *next; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';

      gsize length = strlen (g_strstrip (line));

      if (length == 0)
        continue;
      if (to != text)
        *to++ = '\n';
      memmove (to, line, length);
      to += length;
    }
  *to = '\0';
}

void
wsi_target_take_text (WsiTarget     *self,
                      WsiTargetField field,
                      char          *text)
{
  g_free (self->texts[field]);
  self->texts[field] = text;
}

void
wsi_target_set_text (WsiTarget     *self,
                     WsiTargetField field,
                     const char    *text)
{
  char *kept = g_strdup (text);

  if (self->kind == WSI_TARGET_FILE)
    strip_lines (kept);
  else
    g_strstrip (kept);
  wsi_target_take_text (self, field, kept);
}

WsiTargetOptions
wsi_target_get_options (const WsiTarget *self)
{
  return self->options;
}

void
wsi_target_set_options (WsiTarget       *self,
                        WsiTargetOptions options)
{
  self->options = options & (kinds[self->kind].options | kinds[self->kind].more_options);
}

GListModel *
wsi_target_dup_files (const WsiTarget *self)
{
  g_auto (GStrv) lines = g_strsplit (self->texts[WSI_TARGET_ADDRESS], "\n", -1);
  GListStore *files = g_list_store_new (G_TYPE_FILE);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (lines[i]);

      g_list_store_append (files, file);
    }
  return G_LIST_MODEL (files);
}

char *
wsi_target_make_uri (const WsiTarget         *self,
                     WsiServerAddressChanges *changes)
{
  const char *text = self->texts[WSI_TARGET_ADDRESS];

  if (self->kind == WSI_TARGET_CLIENT)
    return wsi_server_address_make_uri (text, WSI_SERVER_ADDRESS_WITH_PATH, changes);
  if (self->kind == WSI_TARGET_PROXY)
    return wsi_server_address_make_uri (text, WSI_SERVER_ADDRESS_WITHOUT_PATH, changes);

  if (changes != NULL)
    *changes = 0;
  return g_strdup (text);
}

gboolean
wsi_target_has_field (WsiTargetKind  kind,
                      WsiTargetField field)
{
  return (kinds[kind].fields & 1 << field) != 0;
}

gboolean
wsi_target_has_option (WsiTargetKind    kind,
                       WsiTargetOptions option)
{
  return (kinds[kind].options & option) != 0;
}

gboolean
wsi_target_takes_field (WsiTargetKind  kind,
                        WsiTargetField field)
{
  return ((kinds[kind].fields | kinds[kind].more_fields) & 1 << field) != 0;
}

gboolean
wsi_target_takes_option (WsiTargetKind    kind,
                         WsiTargetOptions option)
{
  return ((kinds[kind].options | kinds[kind].more_options) & option) != 0;
}

static char **
target_dup_words (const char *text)
{
  char **words;

  return g_shell_parse_argv (text, NULL, &words, NULL) ? words : g_new0 (char *, 1);
}

static char **
dup_items (const WsiTarget *self,
           WsiTargetField   field)
{
  const char *separators = field == WSI_TARGET_HEADERS ? "\r\n" : SEPARATORS;
  g_auto (GStrv) items = g_strsplit_set (self->texts[field], separators, -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; items[i] != NULL; i++)
    if (*g_strstrip (items[i]) != '\0')
      g_strv_builder_add (builder, items[i]);

  return g_strv_builder_end (builder);
}

char **
wsi_target_dup_list (const WsiTarget *self,
                     WsiTargetField   field)
{
  return field == WSI_TARGET_ARGUMENTS ? target_dup_words (self->texts[field])
    : dup_items (self, field);
}
