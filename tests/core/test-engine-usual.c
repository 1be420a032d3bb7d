/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The usual case against the general way: two engines get the same calls and the same octets, good
 * and bad, and whatever one of them answers the other must answer too.  One of them is folded away
 * now and then, where that can be done. */

#include "core/engine/engine-private.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

#define N_SEEDS    4000
#define N_STEPS    400
#define OWN_LENGTH 90

typedef WscFault (*SendCall)     (WscEngine *engine, WscBufferType type, WscBytes payload,
                                  unsigned flags, void *context, uint32_t *id);
typedef WscFault (*ReceiveCall)  (WscEngine *engine, WscBuffer buffer, void *context, uint32_t *id);
typedef WscFault (*GetCall)      (WscEngine *engine, WscActionQueue queue, unsigned max_buffers,
                                  WscAction *action);
typedef void     (*CompleteCall) (WscEngine *engine, const WscAction *action, size_t n);

typedef struct
{
  SendCall     send;
  ReceiveCall  receive;
  GetCall      get_action;
  CompleteCall complete_action;
} Calls;

static const Calls ways[2] = {
  { wsc_engine_send, wsc_engine_receive, wsc_engine_get_action, wsc_engine_complete_action },
  { wsc_engine_send_anyhow, wsc_engine_receive_anyhow, wsc_engine_get_any_action, wsc_engine_complete_any_action },
};

typedef struct
{
  const Calls *calls;
  WscEngine engine;
  WscWorkspace workspace;
  WscAction given[2];           /* of RECEIVE, of SEND; type NONE: none */
  uint8_t *read;                /* by itself, so that AddressSanitizer guards its end */
  uint8_t write[400], own[OWN_LENGTH];
} Side;

typedef struct
{
  WscOptions options;
  Side sides[2];
  uint8_t wire[6000];
  size_t n_wire, at;
  bool is_begun;                /* the wire's last frame did not end its message */
  unsigned n_messages;          /* whole ones that were indicated */
  unsigned n_folded;
  bool is_same;
} Pair;

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  memset (to, 0x5a, n);
}

static const WscHost host = { fill_random, NULL };

static bool
one_in (int n)
{
  return rand () % n == 0;
}

static size_t
random_length (void)
{
  static const size_t lengths[] = {
    0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 20, 63, 64, 65, 99, 100, 101, 124, 125, 126, 127, 150,
    151, 300,
  };

  return lengths[(size_t) rand () % (sizeof lengths / sizeof lengths[0])];
}

static uint8_t
random_first (void)
{
  static const uint8_t firsts[] = {
    0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x82, 0x82, 0x82, 0x82, 0x82, 0x82, 0x89, 0x89, 0x89, 0x8a,
  };

  if (one_in (200))
    return (uint8_t) rand ();
  if (one_in (30))
    return one_in (2) ? WSC_OPCODE_TEXT : WSC_OPCODE_BINARY;
  return firsts[(size_t) rand () % sizeof firsts];
}

static void
fill_payload (uint8_t *to,
              size_t   n,
              uint8_t  first)
{
  const bool is_ascii = one_in (2);

  for (size_t i = 0; i < n; i++)
    to[i] = is_ascii || n % 2 == 1 ? 'x' : i % 2 == 0 ? 0xc3 : 0xa9;
  if (n > 0 && one_in ((first & WSC_OPCODE) == WSC_OPCODE_TEXT ? 90 : 4))
    to[(size_t) rand () % n] = (uint8_t) rand ();
}

/* In the shortest form, or seldom in a longer one. */
static size_t
write_header (uint8_t *to,
              uint8_t  first,
              size_t   length,
              bool     is_masked)
{
  const uint8_t mask_bit = is_masked ? WSC_MASKED : 0;

  to[0] = first;
  if (one_in (150))
    {
      const uint8_t octets[] = { 127 | mask_bit, one_in (9) ? 0x80 : 0, 0, 0, 0, 0, 0,
                                 (uint8_t) (length >> 8), (uint8_t) length };

      memcpy (to + 1, octets, sizeof octets);
      return 10;
    }
  if (length > WSC_LENGTH_7_BITS || one_in (150))
    {
      to[1] = 126 | mask_bit;
      to[2] = (uint8_t) (length >> 8);
      to[3] = (uint8_t) length;
      return 4;
    }
  to[1] = (uint8_t) length | mask_bit;
  return 2;
}

/* Mostly in an order that is allowed: what was begun is gone on with. */
static uint8_t
next_first (Pair *self)
{
  uint8_t first = random_first ();

  if (self->is_begun && !(first & WSC_OPCODE_IS_CONTROL) && !one_in (200))
    first = one_in (2) ? WSC_FIN : 0;
  if (!(first & WSC_OPCODE_IS_CONTROL))
    self->is_begun = !(first & WSC_FIN);
  return first;
}

static void
add_frame (Pair *self)
{
  const bool is_right = !one_in (150);
  const bool is_masked = (self->options.role == WSC_ROLE_SERVER) == is_right;
  const uint8_t first = next_first (self);
  const size_t length = first & WSC_OPCODE_IS_CONTROL && !one_in (200) ? 5 : random_length ();
  uint8_t *to = self->wire + self->n_wire;
  uint8_t key[4];
  size_t n = write_header (to, first, length, is_masked);

  for (size_t i = 0; i < sizeof key; i++)
    key[i] = is_masked ? (uint8_t) rand () : 0;
  if (is_masked)
    {
      memcpy (to + n, key, sizeof key);
      n += sizeof key;
    }
  fill_payload (to + n, length, first);
  for (size_t i = 0; i < length; i++)
    to[n + i] ^= key[i % sizeof key];
  self->n_wire += n + length;
}

static void
begin (Pair    *self,
       unsigned seed)
{
  const size_t n_read = 150 + seed % 500;

  srand (seed);
  memset (self, 0, sizeof *self);
  self->is_same = true;
  self->options = (WscOptions) {
    .role = one_in (3) ? WSC_ROLE_CLIENT : WSC_ROLE_SERVER,
    .max_frame_length = one_in (6) ? 100 : 1000, .max_message_length = one_in (6) ? 150 : 1000,
    .max_fragments = one_in (40) ? 0 : one_in (9) ? 3 : 1000, .max_waiting_pongs = 4,
    .auto_close = !one_in (4), .masking = !one_in (6), .utf8_check = !one_in (8),
    .accept_unmasked = one_in (8), .fragment_size = one_in (6) ? 100 : 0,
  };
  while (self->n_wire < sizeof self->wire - 400)
    add_frame (self);
  for (size_t i = 0; i < 2; i++)
    {
      Side *side = &self->sides[i];

      side->calls = &ways[i];
      side->read = calloc (1, n_read);
      side->workspace = (WscWorkspace) {
        .read = { side->read, n_read }, .write = { side->write, 150 + seed % 250 },
        .copy_limit = seed % 3 == 0 ? 100 : 300,
      };
      wsc_engine_init (&side->engine, &self->options, &host);
      wsc_engine_establish (&side->engine, NULL);
      wsc_engine_lend (&side->engine, &side->workspace);
    }
}

static void
end (Pair *self)
{
  for (size_t i = 0; i < 2; i++)
    {
      wsc_engine_abort (&self->sides[i].engine);
      wsc_engine_clear (&self->sides[i].engine);
      free (self->sides[i].read);
    }
}

static void
expect (Pair *self,
        bool  is_same)
{
  self->is_same = self->is_same && is_same;
}

/* Where a buffer lies, told in the same words for both sides. */
static ptrdiff_t
place_of (const Side    *side,
          const uint8_t *at)
{
  const uint8_t *begin = (const uint8_t *) side;

  if (at >= side->read && at < side->read + side->workspace.read.length)
    return at - side->read;
  return at >= begin && at < begin + sizeof *side ? begin - at : PTRDIFF_MAX;
}

static bool
are_same_buffers (const Pair      *self,
                  const WscAction *a,
                  const WscAction *b,
                  unsigned         index)
{
  const WscBuffer x = a->buffers[index], y = b->buffers[index];

  return x.length == y.length
         && place_of (&self->sides[0], x.at) == place_of (&self->sides[1], y.at)
         && (a->type == WSC_ACTION_RECEIVE_FROM_NETWORK || x.length == 0
             || memcmp (x.at, y.at, x.length) == 0);
}

static bool
are_same_actions (const Pair      *self,
                  const WscAction *a,
                  const WscAction *b)
{
  return a->type == b->type && a->queue == b->queue && a->buffer_type == b->buffer_type
         && a->n_buffers == b->n_buffers && a->fault == b->fault
         && a->ends_operation == b->ends_operation && a->close_code == b->close_code
         && a->serial == b->serial && a->operation == b->operation && a->context == b->context
         && a->announced == b->announced
         && are_same_buffers (self, a, b, 0) && are_same_buffers (self, a, b, 1);
}

static void
receive (Pair *self)
{
  const bool has_own = one_in (12);
  void *context = one_in (3) ? (void *) (size_t) (unsigned) rand () : NULL;
  uint32_t ids[2] = { 0, 0 };
  WscFault faults[2];

  for (size_t i = 0; i < 2; i++)
    {
      Side *side = &self->sides[i];
      const WscBuffer own = { has_own ? side->own : NULL, has_own ? OWN_LENGTH : 0 };

      faults[i] = side->calls->receive (&side->engine, own, context, &ids[i]);
    }
  expect (self, faults[0] == faults[1] && ids[0] == ids[1]);
}

static void
send_something (Pair *self)
{
  static const WscBufferType types[] = {
    WSC_BUFFER_UTF8_MESSAGE, WSC_BUFFER_BINARY_MESSAGE, WSC_BUFFER_BINARY_FRAGMENT,
    WSC_BUFFER_PING_PONG,
  };
  static const uint8_t payload[300] = "caf\xc3\xa9";
  const WscBytes bytes = { payload, one_in (20) ? 4 : one_in (2) ? 5 : random_length () };
  const WscBufferType type = types[one_in (4) ? rand () % 4 : rand () % 2];
  const unsigned flags = one_in (2) ? WSC_SEND_QUIET : one_in (20) ? WSC_SEND_AUTOMATIC : 0;
  uint32_t ids[2] = { 0, 0 };
  WscFault faults[2];

  for (size_t i = 0; i < 2; i++)
    faults[i] = self->sides[i].calls->send (&self->sides[i].engine, type, bytes, flags, NULL,
                                            &ids[i]);
  expect (self, faults[0] == faults[1] && ids[0] == ids[1]);
}

static void
get_action (Pair *self)
{
  const WscActionQueue queue = one_in (3) ? (WscActionQueue) (1 + rand () % 3)
                                          : WSC_ACTION_QUEUE_ALL;
  const unsigned max_buffers = one_in (5) ? (unsigned) rand () % 2 : 2;
  WscAction actions[2];
  WscFault faults[2];

  const uint32_t write_kept = one_in (3) ? (uint32_t) (rand () % 170) : 0;

  memset (actions, 0, sizeof actions);
  for (size_t i = 0; i < 2; i++)
    {
      Side *side = &self->sides[i];

      side->workspace.write_kept = write_kept;
      faults[i] = side->calls->get_action (&side->engine, queue, max_buffers, &actions[i]);
    }
  expect (self, faults[0] == faults[1] && are_same_actions (self, &actions[0], &actions[1]));
  if (!self->is_same || actions[0].type == WSC_ACTION_NONE)
    return;

  self->n_messages += actions[0].buffer_type == WSC_BUFFER_UTF8_MESSAGE
                      || actions[0].buffer_type == WSC_BUFFER_BINARY_MESSAGE;
  for (size_t i = 0; i < 2; i++)
    self->sides[i].given[actions[i].queue == WSC_ACTION_QUEUE_SEND] = actions[i];
}

static size_t
perform (Pair      *self,
         WscAction *action,
         size_t     at,
         size_t     n_read)
{
  size_t n = 0;

  for (unsigned i = 0; i < action->n_buffers; i++)
    {
      size_t part = action->buffers[i].length;

      if (action->type == WSC_ACTION_RECEIVE_FROM_NETWORK)
        {
          part = part < n_read - n ? part : n_read - n;
          memcpy (action->buffers[i].at, self->wire + at + n, part);
        }
      n += part;
    }
  return n;
}

/* Of an action that was withdrawn meanwhile the serial is foreign, and both sides must see it. */
static void
complete (Pair *self)
{
  const unsigned which = (unsigned) rand () % 2;
  const bool is_foreign = one_in (10);
  const bool is_torn = one_in (150);
  const size_t left = self->n_wire - self->at;
  const size_t wanted = one_in (3) ? (size_t) rand () % 40 : (size_t) rand () % 600;
  size_t n = 0;

  if (self->sides[0].given[which].type == WSC_ACTION_NONE)
    return;

  const bool is_read = self->sides[0].given[which].type == WSC_ACTION_RECEIVE_FROM_NETWORK;

  for (size_t i = 0; i < 2; i++)
    {
      Side *side = &self->sides[i];
      WscAction action = side->given[which];

      n = perform (self, &action, self->at, wanted < left ? wanted : left);
      action.serial += is_foreign;
      side->calls->complete_action (&side->engine, &action, is_torn ? 0 : n);
      if (!is_foreign)
        side->given[which].type = WSC_ACTION_NONE;
    }
  if (is_read && !is_foreign && !is_torn)
    self->at += n;
}

/* It goes on in the memory of another one, of this session or the one before. */
static void
fold_away (Pair *self)
{
  static WscEngine spare;
  WscEngine *engine = &self->sides[0].engine;
  WscFoldedEngine folded;

  if (!wsc_engine_fold (engine, &folded))
    return;

  const WscEngine left = *engine;

  if (spare.host == NULL)
    wsc_engine_init (&spare, &self->options, &host);
  *engine = spare;
  wsc_engine_unfold (engine, &self->options, &folded);
  spare = left;
  self->n_folded++;
}

static void
lend_again (Pair *self)
{
  for (size_t i = 0; i < 2; i++)
    {
      Side *side = &self->sides[i];

      if (side->engine.receive_slot.step == WSC_STEP_INDICATING
          || side->engine.send_slot.step == WSC_STEP_INDICATING)
        return;
    }
  for (size_t i = 0; i < 2; i++)
    {
      Side *side = &self->sides[i];

      wsc_engine_take_back (&side->engine);
      memset (side->read, 0, side->workspace.read.length);
      if (i == 0)
        fold_away (self);
      wsc_engine_lend (&side->engine, &side->workspace);
    }
}

/* What is left of a frame that has ended means nothing. */
static bool
have_same_frame (const WscSendPath *a,
                 const WscSendPath *b)
{
  return a->writer.is_open == b->writer.is_open
         && (!a->writer.is_open || (memcmp (&a->writer, &b->writer, sizeof a->writer) == 0
                                    && a->is_begun == b->is_begun));
}

static void
step (Pair *self)
{
  const int chance = rand () % 40;

  if (chance < 12)
    {
      if (self->sides[0].engine.receives.count == 0 || one_in (12))
        receive (self);
    }
  else if (chance < 16)
    {
      if (self->sides[0].engine.sends.count == 0 || one_in (6))
        send_something (self);
    }
  else if (chance < 18)
    lend_again (self);
  else if (chance < 27)
    get_action (self);
  else
    complete (self);

  const WscEngine *a = &self->sides[0].engine, *b = &self->sides[1].engine;

  expect (self, a->phase == b->phase && a->fault == b->fault && a->fault_number == b->fault_number
          && a->receives.count == b->receives.count && a->sends.count == b->sends.count
          && a->receiving.begin == b->receiving.begin && a->receiving.end == b->receiving.end
          && a->receive_slot.step == b->receive_slot.step
          && a->send_slot.step == b->send_slot.step
          && have_same_frame (&a->sending, &b->sending)
          && a->sending.sequence.opcode == b->sending.sequence.opcode);
}

int
main (void)
{
  static Pair pair;
  unsigned n_messages = 0, n_folded = 0, seed;

  for (seed = 1; seed <= N_SEEDS; seed++)
    {
      begin (&pair, seed);
      for (int i = 0; i < N_STEPS && pair.is_same; i++)
        step (&pair);
      end (&pair);
      n_messages += pair.n_messages;
      n_folded += pair.n_folded;
      if (!pair.is_same)
        break;
    }
  if (seed <= N_SEEDS)
    tap_diag ("the two ways part with seed %u", seed);
  tap_point (seed > N_SEEDS, "/core/engine-usual/differential/both-ways-answer-the-same");
  tap_point (n_messages > 10 * N_SEEDS, "/core/engine-usual/differential/messages-get-through");
  tap_point (n_folded > N_SEEDS / 10, "/core/engine-usual/differential/folded-in-between");
  tap_diag ("%u messages in %u sessions, %u times folded", n_messages, N_SEEDS, n_folded);
  return tap_end ();
}
