/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a program is called: by its script, if an interpreter runs one, and by its own title. */
#include "inspect/sources/wsi-program-title.h"
#include "lib/rows.h"

#include <unistd.h>

static const struct
{
  const char *name;
  const char *words[6];
  const char *title;
} cases[] = {
  { "program", { "/usr/bin/chat", "script.py" }, "chat" },
  { "script-of-python", { "/usr/bin/python3", "/srv/chat.py", "--port", "1" }, "chat.py" },
  { "script-of-a-version", { "python3.11", "-u", "chat.py" }, "chat.py" },
  { "option-with-a-value", { "python3", "-W", "error", "chat.py" }, "chat.py" },
  { "module", { "python3", "-m", "websockets", "ws://h" }, "websockets" },
  { "program-of-the-command-line", { "python3", "-c", "import chat" }, "python3" },
  { "node", { "node", "--inspect", "server.js" }, "server.js" },
  { "node-with-a-required-module", { "nodejs", "-r", "esm", "server.js" }, "server.js" },
  { "text-of-node", { "node", "-e", "server.js" }, "node" },
  { "gjs", { "gjs", "-I", "lib", "chat.js" }, "chat.js" },
  { "shell-that-ends-at-errors", { "/bin/bash", "-e", "run.sh" }, "run.sh" },
  { "interpreter-alone", { "ruby" }, "ruby" },
  { "option-alone", { "perl", "-w" }, "perl" },
  { "no-interpreter", { "pythonic", "chat.py" }, "pythonic" },
  { "no-name", { "python3", "/" }, "python3" },
  { "not-utf-8", { "python3", "a\xff.py" }, "a\xef\xbf\xbd.py" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *title = wsi_program_title_dup (cases[i].words);

  g_assert_cmpstr (title, ==, cases[i].title);
}

static void
test_process (void)
{
  g_autofree char *title = wsi_program_title_dup_of_process (getpid (), "other", NULL);

  g_assert_cmpstr (title, ==, "test-program-title");
}

/* Titles that programs have given themselves; their command lines cannot be read. */
static const struct
{
  const char *name, *program, *given, *title;
} given_cases[] = {
  { "none", "chat", NULL, "chat" },
  { "empty", "chat", "", "chat" },
  { "its-own", "chat", "Tea Chat", "chat · Tea Chat" },
  { "that-of-the-program", "chat", "chat", "chat" },
  { "that-of-an-interpreter", "python3.11", "python3", "python3.11" },
  { "with-control-characters", "a\nb", "c\x1b[2J\td", "a b · c [2J d" },
};

static void
test_given (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *title =
    wsi_program_title_dup_of_process (G_MAXUINT, given_cases[i].program, given_cases[i].given);

  g_assert_cmpstr (title, ==, given_cases[i].title);
}

/* Names of the list of programs. */
static const struct
{
  const char *name, *program, *title, *named;
} named_cases[] = {
  { "one", "chat", "chat", "chat" },
  { "its-own-title-follows", "chat", "chat · Tea Chat", "chat · Tea Chat" },
  { "script", "python3", "chat.py", "python3 (chat.py)" },
  { "script-with-a-title", "python3", "chat.py · Tea Chat", "python3 (chat.py · Tea Chat)" },
  { "longer-name", "chat", "chatter", "chat (chatter)" },
};

static void
test_named (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *named = wsi_program_title_dup_named (named_cases[i].program,
                                                        named_cases[i].title);

  g_assert_cmpstr (named, ==, named_cases[i].named);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/program-title", cases, test_case);
  ADD_ROWS ("/inspector/program-title/given", given_cases, test_given);
  ADD_ROWS ("/inspector/program-title/named", named_cases, test_named);
  g_test_add_func ("/inspector/program-title/of-a-process", test_process);
  return g_test_run ();
}
