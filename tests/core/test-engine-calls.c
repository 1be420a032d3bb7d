/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls that are refused, and the state that a refused call leaves unchanged. */

#include "core/close-code.h"
#include "core/engine-parts.h"
#include "lib/tap.h"

#include <string.h>

static void
test_refusals (void)
{
  WscOptions options = make_options (WSC_ROLE_SERVER);
  WscEngine engine;
  WscAction action;

  wsc_engine_init (&engine, &options, &host);
  tap_point (wsc_engine_send (&engine, WSC_BUFFER_UTF8_MESSAGE, nothing, NULL,
                              NULL) == WSC_FAULT_NOT_OPEN_YET &&
             wsc_engine_receive (&engine, no_memory, NULL, NULL) == WSC_FAULT_NOT_OPEN_YET,
             "/core/engine-calls/created/WS-196-WIN-H-11-send-and-receive-refused");
  tap_point (wsc_engine_begin_client_handshake (&engine, NULL, NULL, NULL)
             == WSC_FAULT_WRONG_ROLE &&
             wsc_engine_end_client_handshake (&engine, NULL, 0, NULL) == WSC_FAULT_WRONG_ROLE,
             "/core/engine-calls/created/WIN-C-17-client-calls-on-a-server-refused");
  tap_point (wsc_engine_end_server_handshake (&engine) == WSC_FAULT_NOT_OPEN_YET,
             "/core/engine-calls/created/WIN-C-17-end-without-begin-refused");

  wsc_stream_establish (&engine.stream, NULL);
  tap_point (wsc_stream_establish (&engine.stream, NULL) == WSC_FAULT_HANDSHAKE_DONE,
             "/core/engine-calls/open/WS-251-established-once");
  tap_point (wsc_engine_send (&engine, WSC_BUFFER_NONE, nothing, NULL,
                              NULL) == WSC_FAULT_BUFFER_TYPE_UNKNOWN &&
             wsc_engine_send (&engine, WSC_BUFFER_CLOSE, nothing, NULL,
                              NULL) == WSC_FAULT_BUFFER_TYPE_UNKNOWN,
             "/core/engine-calls/send/WIN-S-11-unknown-buffer-type-refused");
  tap_point (wsc_engine_send_raw (&engine, 0x105, nothing, NULL,
                                  NULL) == WSC_FAULT_RAW_HEADER_MASKED,
             "/core/engine-calls/send-raw/WIN-Z-05-mask-bit-refused");
  tap_point (wsc_engine_send_raw (&engine, 0x110, nothing, NULL,
                                  NULL) == WSC_FAULT_RAW_HEADER_IS_CLOSE,
             "/core/engine-calls/send-raw/close-refused");
  tap_point (wsc_engine_send_raw (&engine, 0x202, nothing, NULL,
                                  NULL) == WSC_FAULT_BUFFER_TYPE_UNKNOWN,
             "/core/engine-calls/send-raw/tenth-bit-refused");
  tap_point (wsc_engine_receive (&engine, (WscBuffer) { NULL, 3 }, NULL,
                                 NULL) == WSC_FAULT_BUFFER_WITHOUT_MEMORY,
             "/core/engine-calls/receive/length-without-memory-refused");
  tap_point (wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_ALL, 0,
                                    &action) == WSC_FAULT_NO_BUFFER_GIVEN,
             "/core/engine-calls/get-action/no-room-for-buffers-refused");
  tap_point (!wsc_engine_has_pending (&engine, WSC_ACTION_QUEUE_ALL) &&
             engine.stream.phase == WSC_PHASE_OPEN,
             "/core/engine-calls/refused/nothing-was-queued");
  wsc_engine_clear (&engine);
}

static void
test_ids (void)
{
  WscOptions options = make_options (WSC_ROLE_SERVER);
  uint32_t first = 0, second = 0, third = 0;
  WscEngine engine;

  wsc_engine_init (&engine, &options, &host);
  wsc_stream_establish (&engine.stream, NULL);
  wsc_engine_receive (&engine, no_memory, NULL, &first);
  wsc_engine_send (&engine, WSC_BUFFER_PING_PONG, nothing, NULL, &second);
  wsc_engine_send_close (&engine, WSC_CLOSE_NORMAL, nothing, NULL, &third);
  tap_point (first != 0 && second != 0 && third != 0 && first != second && second != third &&
             first != third,
             "/core/engine-calls/ids/differ-over-both-queues");
  tap_point (engine.stream.sending.close_code == WSC_CLOSE_NORMAL &&
             engine.stream.phase == WSC_PHASE_CLOSE_SENT,
             "/core/engine-calls/send-close/phase-and-code-are-set");
  tap_point (wsc_engine_has_pending (&engine, WSC_ACTION_QUEUE_SEND) &&
             wsc_engine_has_pending (&engine, WSC_ACTION_QUEUE_RECEIVE),
             "/core/engine-calls/has-pending/tells-idle-from-waiting");
  wsc_engine_clear (&engine);
}

int
main (void)
{
  test_refusals ();
  test_ids ();
  tap_diag ("sizeof (WscEngine) %zu, limit 240", sizeof (WscEngine));
  tap_point (sizeof (WscEngine) <= 240, "/core/engine-calls/size/engine-fits-240-bytes");
  tap_point (sizeof (WscAction) <= 64, "/core/engine-calls/size/action-fits-one-cache-line");
  return tap_end ();
}
