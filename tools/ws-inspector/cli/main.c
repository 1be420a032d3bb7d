/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <stdio.h>
#include <string.h>

#include "cli/wsi-commands.h"

#include <libwsproto/wsproto.h>

static const char *const help[] = {
  "Usage:",
  "  wsinspect connect [OPTION…] URI   send standard input, one message per line",
  "  wsinspect serve [OPTION…]         echo server",
  "  wsinspect demo [TEXT]             client and server in one process",
  "",
  "Shows the opening handshake with a result for each rule, and every frame in both directions.",
  "",
  "  wsinspect COMMAND --help          options of a command",
  "  wsinspect --version",
};

static WsiExit
print_help (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (help); i++)
    wsi_output_line ("%s", help[i]);

  return WSI_EXIT_CLEAN;
}

static WsiExit
print_version (void)
{
  wsi_output_line ("wsinspect %u.%u.%u", wsp_get_major_version (), wsp_get_minor_version (),
                   wsp_get_micro_version ());
  return WSI_EXIT_CLEAN;
}

static WsiExit
refuse (const char *word)
{
  g_autofree char *text = NULL;

  if (word != NULL)
    text = g_strdup_printf ("unknown command \"%s\"; see wsinspect --help", word);
  else
    text = g_strdup ("missing command; see wsinspect --help");

  wsi_output_error (text);
  return WSI_EXIT_USAGE;
}

/* Sets the name in the usage line of --help. */
static void
name_command (const char *command)
{
  g_autofree char *name = g_strconcat ("wsinspect ", command, NULL);

  g_set_prgname (name);
}

static WsiExit
run (int    argc,
     char **argv)
{
  const char *command = argc > 1 ? argv[1] : NULL;

  name_command (command);
  if (g_strcmp0 (command, "connect") == 0)
    return wsi_connect_command (argc - 1, argv + 1);

  if (g_strcmp0 (command, "serve") == 0)
    return wsi_serve_command (argc - 1, argv + 1);

  if (g_strcmp0 (command, "demo") == 0)
    return wsi_demo_command (argc - 1, argv + 1, argv[0]);

  if (g_strcmp0 (command, "--help") == 0 || g_strcmp0 (command, "-h") == 0)
    return print_help ();

  if (g_strcmp0 (command, "--version") == 0)
    return print_version ();

  return refuse (command);
}

int
main (int    argc,
      char **argv)
{
  wsi_output_init ();
  return wsi_output_end (run (argc, argv));
}
