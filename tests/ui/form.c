/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "form.h"

#include "ui-test.h"
#include "ui/template-children.h"

static const char *const titles[WSI_TARGET_N_FIELDS] = {
  [WSI_TARGET_LISTEN] = "Port, or IP address and port; empty = any free port",
  [WSI_TARGET_SUBPROTOCOLS] = "Subprotocols, with commas between them",
  [WSI_TARGET_ORIGIN] = "Origin",
  [WSI_TARGET_ALLOWED_ORIGINS] = "Allowed origins of web pages; * = any",
  [WSI_TARGET_AUTHORITIES] = "Trusted authorities (PEM file)",
  [WSI_TARGET_CERTIFICATE] = "Certificate (PEM file)",
  [WSI_TARGET_KEY] = "Private key (PEM file)",
  [WSI_TARGET_MAX_MESSAGE] = "Largest message to receive, in bytes; empty = 256 MiB",
  [WSI_TARGET_PAGE] = "Only pages with this in title or address; empty = all",
  [WSI_TARGET_PROFILE] = "Folder of the profile; empty = a temporary one",
  [WSI_TARGET_INTERFACE] = "Interface; empty = all of them",
  [WSI_TARGET_PACKET_FILTER] = "Only packets of this filter (libpcap); empty = tcp",
  [WSI_TARGET_KEY_LOG] = "Keys of TLS (file that the client writes)",
  [WSI_TARGET_ARGUMENTS] = "Arguments of the browser",
};

/* Titles of an address: of a client, a proxy, a browser that is started or runs, and a program; and
 * of arguments: those of a capture. */
static const struct
{
  WsiTargetField field;
  const char    *title;
} other_titles[] = {
  { WSI_TARGET_ADDRESS, "Address" },
  { WSI_TARGET_ADDRESS, "Server" },
  { WSI_TARGET_ADDRESS, "Page to open; empty = none" },
  { WSI_TARGET_ADDRESS, "Port, HOST:PORT, or folder of the profile" },
  { WSI_TARGET_ADDRESS, "Program (name or PID)" },
  { WSI_TARGET_ARGUMENTS, "Program to start, with its arguments; empty = none" },
};

static gboolean
is_row (GtkWidget  *widget,
        const char *title)
{
  return WSI_IS_FIELD_ROW (widget) &&
         g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0;
}

GtkEditable *
form_get_row (WsiTargetForm *form,
              WsiTargetField field)
{
  GtkWidget *row = titles[field] != NULL
                   ? ui_test_find (GTK_WIDGET (form), is_row, titles[field]) : NULL;

  for (guint i = 0; row == NULL && i < G_N_ELEMENTS (other_titles); i++)
    if (other_titles[i].field == field)
      row = ui_test_find (GTK_WIDGET (form), is_row, other_titles[i].title);
  return row != NULL ? GTK_EDITABLE (row) : NULL;
}

/* The sentence below the row, if it is an error or if it is none. */
static const char *
get_sentence (WsiTargetForm *form,
              WsiTargetField field,
              gboolean       is_error)
{
  GtkEditable *row = form_get_row (form, field);
  GtkWidget *sentence = NULL;

  if (field == WSI_TARGET_HEADERS)
    sentence = ui_test_get_child (form, "headers_error");
  else if (row != NULL)
    sentence = wsi_field_row_get_error_row (WSI_FIELD_ROW (row));
  return sentence != NULL && gtk_widget_get_visible (sentence) &&
         gtk_widget_has_css_class (sentence, "error") == is_error
         ? adw_preferences_row_get_title (ADW_PREFERENCES_ROW (sentence)) : NULL;
}

const char *
form_get_error (WsiTargetForm *form,
                WsiTargetField field)
{
  return get_sentence (form, field, TRUE);
}

const char *
form_get_note (WsiTargetForm *form,
               WsiTargetField field)
{
  return get_sentence (form, field, FALSE);
}
