/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* load RUN OPTION...: sends messages to an echo server and prints their cost to it, as one line of
 * JSON.
 *
 * bench-echo starts it; by hand: load echo --port 8080 --pid 4711 --connections 100 --size 20 */

#include "load.h"

#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct
{
  const char *name;
  void (*run) (Load *load);
} runs[] = {
  { "echo", load_run_echo },
  { "handshakes", load_run_handshakes },
  { "idle", load_run_idle },
  { "keepalive", load_run_keepalive },
  { "latency", load_run_latency },
  { "broadcast", load_run_broadcast },
  { "honest", load_run_honest },
  { "descriptors", load_run_descriptors },
  { "rush", load_run_rush },
};

static const char *const kind_names[] = { "binary", "ascii", "mixed", "json", NULL };
static const char *const hello_names[] = { "silent", "half", "whole", NULL };

void
load_fail (const char *format,
           ...)
{
  va_list arguments;

  fputs ("load: ", stderr);
  va_start (arguments, format);
  vfprintf (stderr, format, arguments);
  va_end (arguments);
  fputc ('\n', stderr);
  exit (1);
}

void *
load_alloc (size_t n)
{
  void *memory = calloc (1, n > 0 ? n : 1);

  if (memory == NULL)
    load_fail ("no memory for %zu bytes", n);
  return memory;
}

static unsigned
parse_name (const char *const *names,
            const char        *name)
{
  for (unsigned i = 0; names[i] != NULL; i++)
    if (strcmp (name, names[i]) == 0)
      return i;
  load_fail ("there is no %s", name);
}

static void
parse_option (LoadOptions *options,
              int          option,
              const char  *value)
{
  switch (option)
    {
    case 'p': options->port = (uint16_t) atoi (value); break;
    case 'i': options->pid = atoi (value); break;
    case 'c': options->n_connections = strtoul (value, NULL, 10); break;
    case 'a': options->n_active = strtoul (value, NULL, 10); break;
    case 's': options->size = strtoul (value, NULL, 10); break;
    case 'd': options->depth = strtoul (value, NULL, 10); break;
    case 'P': options->n_parallel = strtoul (value, NULL, 10); break;
    case 'k': options->kind = (LoadKind) parse_name (kind_names, value); break;
    case 't': options->is_tls = true; break;
    case 'r': options->resumes = true; break;
    case 'b': options->n_others = strtoul (value, NULL, 10); break;
    case 'h': options->hello = (LoadHello) parse_name (hello_names, value); break;
    case 'n': options->is_delayed = true; break;
    case 'u': options->is_paused = true; break;
    case 'D': options->offers_deflate = true; break;
    case 'S': options->seconds = atof (value); break;
    case 'w': options->warm_up = atof (value); break;
    case 'C': options->counter = value; break;
    case 'l': options->level = atoi (value); break;
    case 'm': options->memory_level = atoi (value); break;
    case 'W': options->window_bits = atoi (value); break;
    default: exit (2);
    }
}

static void
parse_options (LoadOptions *options,
               int          n_arguments,
               char       **arguments)
{
  static const struct option known[] = {
    { "port", required_argument, NULL, 'p' },        { "pid", required_argument, NULL, 'i' },
    { "connections", required_argument, NULL, 'c' }, { "active", required_argument, NULL, 'a' },
    { "size", required_argument, NULL, 's' },        { "depth", required_argument, NULL, 'd' },
    { "parallel", required_argument, NULL, 'P' },    { "kind", required_argument, NULL, 'k' },
    { "tls", no_argument, NULL, 't' },               { "deflate", no_argument, NULL, 'D' },
    { "seconds", required_argument, NULL, 'S' },     { "warm-up", required_argument, NULL, 'w' },
    { "counter", required_argument, NULL, 'C' },     { "level", required_argument, NULL, 'l' },
    { "memory-level", required_argument, NULL, 'm' }, { "window", required_argument, NULL, 'W' },
    { "resumed", no_argument, NULL, 'r' },           { "others", required_argument, NULL, 'b' },
    { "hello", required_argument, NULL, 'h' },       { "delayed", no_argument, NULL, 'n' },
    { "paused", no_argument, NULL, 'u' },
    { NULL, 0, NULL, 0 },
  };

  for (int option = 0; option != -1; )
    {
      option = getopt_long (n_arguments, arguments, "", known, NULL);
      if (option != -1)
        parse_option (options, option, optarg);
    }
  options->run = optind < n_arguments ? arguments[optind] : "";
  if (strcmp (options->run, "handshakes") == 0 || strcmp (options->run, "rush") == 0)
    options->n_connections = options->n_parallel;
  if (options->n_active == 0 || options->n_active > options->n_connections)
    options->n_active = options->n_connections;
}

static void
raise_descriptors (size_t n_wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
  if (limit.rlim_cur < n_wanted + 20)
    load_fail ("%zu connections need more descriptors than the %lu allowed", n_wanted,
               (unsigned long) limit.rlim_cur);
}

int
main (int    n_arguments,
      char **arguments)
{
  LoadOptions options = {
    .n_connections = 1, .size = 20, .depth = 1, .n_parallel = 8, .seconds = 1, .warm_up = 0.2,
    .level = 1, .memory_level = 8, .window_bits = 15,
  };
  Load load;

  signal (SIGPIPE, SIG_IGN);
  parse_options (&options, n_arguments, arguments);
  raise_descriptors (options.n_connections + options.n_others);
  if (strcmp (options.run, "zlib") == 0)
    {
      load_run_zlib (&options);
      return 0;
    }
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
    if (strcmp (options.run, runs[i].name) == 0)
      {
        load_init (&load, &options);
        runs[i].run (&load);
        load_clear (&load);
        return 0;
      }
  load_fail ("there is no run \"%s\"", options.run);
}
