/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The choice of a decoder in words. */

#include "inspect/decode/choosing/wsi-interpreter.h"

#include <glib/gi18n.h>
#include <string.h>

/* Reads the place of a choice.  FALSE: it is not for a conversation. */
static gboolean
parse_place (const char *text,
             gsize       length,
             guint32    *conversation,
             guint      *direction)
{
  g_autofree char *place = g_strndup (text, length);
  char *colon = strchr (place, ':');
  guint64 number;

  *direction = WSI_NO_DIRECTION;
  if (colon != NULL)
    {
      *colon = '\0';
      if (g_str_equal (colon + 1, "sent"))
        *direction = WSP_DIRECTION_SENT;
      else if (g_str_equal (colon + 1, "recv"))
        *direction = WSP_DIRECTION_RECEIVED;
      else
        return FALSE;
    }
  if (!g_ascii_string_to_unsigned (place, 10, 1, G_MAXUINT32, &number, NULL))
    return FALSE;

  *conversation = (guint32) number;
  return TRUE;
}

static char *
interpreter_choice_list_names (void)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < n_decoders; i++)
    g_string_append_printf (names, " %s", decoders[i]->name);
  return g_string_free (names, FALSE);
}

gboolean
wsi_interpreter_choose (WsiInterpreter *self,
                        const char     *choice,
                        GError        **error)
{
  const char *sign = strchr (choice, '='), *name = sign != NULL ? sign + 1 : choice;
  const WsiDecoder *decoder = wsi_decoder_list_find (name);
  guint32 conversation = 0;
  guint direction = WSI_NO_DIRECTION;

  if (decoder == NULL)
    {
      g_autofree char *names = interpreter_choice_list_names ();

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("unknown decoder \"%s\": expected one of%s"), name, names);
      return FALSE;
    }
  if (sign != NULL && !parse_place (choice, sign - choice, &conversation, &direction))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("expected NAME, CONN=NAME, CONN:sent=NAME or CONN:recv=NAME, received \"%s\""),
                   choice);
      return FALSE;
    }
  wsi_interpreter_set_decoder (self, conversation, direction, decoder);
  return TRUE;
}
