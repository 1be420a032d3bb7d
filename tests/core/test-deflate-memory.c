/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each allocation of compression fails once: the call reports it, nothing leaks, and the session
 * ends with its own fault.  Two simultaneous users of one stream are detected.  The program is
 * linked so that these functions replace those of libc. */

#include "core/engine/engine.h"
#include "core/limits.h"
#include "core/same-octets.h"
#include "lib/tap.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef WscFault (*Scenario) (void);

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *at, size_t size);
void *__real_wsc_pages_allocate (size_t length);
void *__real_wsc_zlib_allocate (void *memory, unsigned n, unsigned size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *at, size_t size);
void *__wrap_wsc_pages_allocate (size_t length);
void *__wrap_wsc_zlib_allocate (void *memory, unsigned n, unsigned size);

static unsigned n_until_failure;        /* 1: the next one fails; 0: none */
static WscInflater *intruded;           /* used by a second caller during the next allocation */

static void
intrude (void)
{
  WscInflater *inflater = intruded;
  uint8_t bytes[16];
  WscBytes input = { bytes, 0 };
  size_t made;

  intruded = NULL;
  if (inflater != NULL)
    wsc_inflater_take (inflater, &input, (WscBuffer) { bytes, sizeof bytes }, &made);
}

static bool
must_fail (void)
{
  return n_until_failure > 0 && --n_until_failure == 0;
}

void *
__wrap_malloc (size_t size)
{
  return must_fail () ? NULL : __real_malloc (size);
}

void *
__wrap_wsc_pages_allocate (size_t length)
{
  return must_fail () ? NULL : __real_wsc_pages_allocate (length);
}

void *
__wrap_wsc_zlib_allocate (void    *memory,
                          unsigned n,
                          unsigned size)
{
  intrude ();
  return __real_wsc_zlib_allocate (memory, n, size);
}

void *
__wrap_calloc (size_t n,
               size_t size)
{
  return __real_calloc (n, size);
}

void *
__wrap_realloc (void  *at,
                size_t size)
{
  return __real_realloc (at, size);
}

static const WscHost host = { same_octets_fill, (void *) "\0" };
static const WscDeflateOptions deflate = { 6, 8, 15, 15, 1, 1, 0 };
static const WscDeflateParameters agreed = { 15, 15, 1, 1 };
static const WscOptions options = {
  .role = WSC_ROLE_SERVER, .max_frame_length = 1000, .max_message_length = 1000,
  .max_fragments = 10, .max_waiting_pongs = 8, .mode = WSC_MODE_AUTOMATIC, .utf8_check = 1,
};

typedef struct
{
  WscEngine engine;
  WscWorkspace workspace;
  uint8_t memory[1500];
} Server;

static WscFault
open_server (Server *self)
{
  WscFault fault;

  wsc_engine_init (&self->engine, &options, &host);
  self->workspace = (WscWorkspace) { .read = { .at = self->memory, .length = 300 },
                                     .write = { self->memory + 300, 600 },
                                     .inflate = { self->memory + 900, 600 } };
  fault = wsc_stream_use_deflate (&self->engine.stream, &deflate, &agreed);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_stream_establish (&self->engine.stream, NULL);
  wsc_stream_lend (&self->engine.stream, &self->workspace);
  return fault;
}

static void
close_server (Server *self)
{
  n_until_failure = 0;
  wsc_engine_abort (&self->engine);
  wsc_engine_clear (&self->engine);
}

static WscFault
agree (void)
{
  Server server;
  WscFault fault = open_server (&server);

  close_server (&server);
  return fault;
}

/* The Close that reports the failure can still be sent. */
static WscFault
compress_a_message (void)
{
  Server server;
  WscAction action;
  WscFault fault = open_server (&server);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_engine_send (&server.engine, WSC_BUFFER_UTF8_MESSAGE,
                             (WscBytes) { (const uint8_t *) "Hello", 5 }, NULL, NULL);
  if (fault == WSC_FAULT_NONE)
    wsc_engine_get_action (&server.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  if (fault == WSC_FAULT_NONE && server.engine.stream.phase == WSC_PHASE_FAILED)
    {
      fault = wsc_engine_get_action (&server.engine, WSC_ACTION_QUEUE_ALL, 2, &action);
      wsc_engine_get_action (&server.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
      if (action.type != WSC_ACTION_INDICATE_SEND_COMPLETE || action.fault != fault)
        fault = WSC_FAULT_PARTIAL;
      wsc_engine_complete_action (&server.engine, &action, 0);
      wsc_engine_get_action (&server.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
      if (action.type != WSC_ACTION_SEND_TO_NETWORK || action.buffers[0].at[0] != 0x88 ||
          action.buffers[0].at[2] != 1011 >> 8 || action.buffers[0].at[3] != (1011 & 0xff))
        fault = WSC_FAULT_PARTIAL;
    }
  close_server (&server);
  return fault;
}

static WscFault
inflate_a_message (void)
{
  static const uint8_t hello[] = { 0xc1, 0x87, 0, 0, 0, 0, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0 };
  Server server;
  WscAction action;
  WscFault fault = open_server (&server);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_engine_receive (&server.engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
  if (fault == WSC_FAULT_NONE)
    {
      wsc_engine_get_action (&server.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
      memcpy (action.buffers[0].at, hello, sizeof hello);
      wsc_engine_complete_action (&server.engine, &action, sizeof hello);
      fault = wsc_engine_get_action (&server.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
    }
  if (fault == WSC_FAULT_NONE && action.buffers[0].length != 5)
    fault = WSC_FAULT_PARTIAL;
  close_server (&server);
  return fault;
}

static const struct
{
  const char *name;
  Scenario play;
  unsigned n_least;             /* smallest number of allocations of the scenario */
} scenarios[] = {
  { "agree", agree, 1 },
  { "compress-a-message", compress_a_message, 4 },
  { "inflate-a-message", inflate_a_message, 4 },
};

static void
test_scenario (size_t i)
{
  unsigned n_allocations = 0, n_reported = 0;
  WscFault fault;

  for (unsigned n = 1;; n++)
    {
      n_until_failure = n;
      fault = scenarios[i].play ();
      if (fault == WSC_FAULT_NONE)
        break;
      n_allocations++;
      n_reported += fault == WSC_FAULT_OUT_OF_MEMORY;
    }
  tap_point (n_reported == n_allocations && n_allocations >= scenarios[i].n_least,
             "/core/deflate-memory/%s/reported-and-survived", scenarios[i].name);
  if (n_reported != n_allocations)
    tap_diag ("%u allocations, %u failures reported", n_allocations, n_reported);
}

#ifndef WSP_TEST_RELEASE

static jmp_buf caught;

static void
catch (int number)
{
  longjmp (caught, 1);
}

/* The window of an inflater is allocated in the middle of its first call. */
static bool
is_second_user_caught (void)
{
  static const uint8_t hello[] = { 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0 };
  static WscInflater *inflater;
  static uint8_t bytes[64];
  static WscBytes input = { hello, sizeof hello };
  static WscBuffer output = { bytes, sizeof bytes };
  static size_t made;
  volatile bool is_caught = true;

  inflater = wsc_inflater_new (15);
  if (setjmp (caught) == 0)
    {
      signal (SIGABRT, catch);
      intruded = inflater;
      wsc_inflater_take (inflater, &input, output, &made);
      is_caught = false;
    }
  signal (SIGABRT, SIG_DFL);
  wsc_inflater_free (inflater);
  return is_caught;
}

#endif

int
main (void)
{
  for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
    test_scenario (i);
#ifndef WSP_TEST_RELEASE
  tap_point (is_second_user_caught (), "/core/deflate-memory/SEC-92-second-user-is-caught");
#else
  tap_skip ("built without assertions", "/core/deflate-memory/SEC-92-second-user-is-caught");
#endif
  return tap_end ();
}
