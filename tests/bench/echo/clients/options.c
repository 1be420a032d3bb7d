/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "client.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void
parse_option (ClientOptions *options,
              int            option,
              const char    *value)
{
  switch (option)
    {
    case 't': options->trust = value; break;
    case 'f': options->first = value; break;
    case 'r': options->sessions = CLIENT_RESUMED; break;
    case 'D': options->sending = CLIENT_DELAYED; break;
    case 'S': options->seconds = atof (value); break;
    case 'w': options->warm_up = atof (value); break;
    case 'c': options->n_connections = strtoul (value, NULL, 10); break;
    case 's': options->size = strtoul (value, NULL, 10); break;
    case 'd': options->depth = strtoul (value, NULL, 10); break;
    default: exit (2);
    }
}

void
client_parse_options (ClientOptions *options,
                      int            n_arguments,
                      char         **arguments)
{
  static const struct option known[] = {
    { "trust", required_argument, NULL, 't' },       { "resumed", no_argument, NULL, 'r' },
    { "delayed", no_argument, NULL, 'D' },           { "seconds", required_argument, NULL, 'S' },
    { "warm-up", required_argument, NULL, 'w' },     { "size", required_argument, NULL, 's' },
    { "connections", required_argument, NULL, 'c' }, { "depth", required_argument, NULL, 'd' },
    { "first", required_argument, NULL, 'f' },       { NULL, 0, NULL, 0 },
  };

  *options = (ClientOptions) {
    .seconds = 1, .warm_up = 0.2, .n_connections = 1, .size = 20, .depth = 1,
  };
  for (int option = 0; option != -1; )
    {
      option = getopt_long (n_arguments, arguments, "", known, NULL);
      if (option != -1)
        parse_option (options, option, optarg);
    }
  if (optind + 2 != n_arguments)
    {
      fprintf (stderr, "%s RUN PORT [OPTION]...\n", arguments[0]);
      exit (2);
    }
  options->run = arguments[optind];
  options->port = (uint16_t) atoi (arguments[optind + 1]);
}
