/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/packets/wsi-tcp-pieces.h"
#include "inspect/sources/packets/wsi-tcp-reassembler.h"
#include "lib/rows.h"

#include <string.h>

/* Packets, in the order of the capture.  A packet is > (from the client) or < (from the server),
 * and any of
 *
 *   S F R       flags
 *   @N          position in its stream, which begins with 0 (SYN: -1); else its end so far
 *   'abc'       payload; \N in it is the byte with the number N, one digit
 *   ~N          as many bytes more that were not captured
 *   ^N          acknowledges the other stream up to N; else all of it so far
 *   ^-          acknowledges nothing
 *   *N          as many times
 *   +N          as many milliseconds after the packet before it; +-N: earlier
 *
 * #N,N at the beginning: the sequence numbers of the two beginnings.
 *
 * The story: > or < and its bytes, (N) or (?) a gap, . a FIN, ! an RST, then =how-it-closed.  In
 * `times` each of them is followed by @N, its time in milliseconds. */
typedef struct
{
  const char *name, *script, *story;
} Case;

#define SHAKE ">S@-1^- <S@-1^0 >@0^0 "

static const Case cases[] = {
  { "order/a-stream-comes-as-it-is", SHAKE ">'GET' <'101' >'a' <'b' >F <F", ">GET <101 >a <b >. <. =ended" },
  { "order/two-are-exchanged", SHAKE ">@2'cd' >@0'ab' >@4'e'", ">abcde =capture-ended" },
  { "order/a-syn-may-come-late", ">@0'ab'^0 >S@-1^- <S@-1^0 >@2'cd'", ">abcd =capture-ended" },
  { "order/a-response-waits-for-its-request", SHAKE "<@0'101'^3 >@0'GET'^0", ">GET <101 =capture-ended" },
  { "order/a-whole-handshake-turned-round", "<@0'bb'^5 >@3'aa'^0 >@0'GET'^0 >@0^0 <S@-1^0 >S@-1^-",
    ">GETaa <bb =capture-ended" },
  { "order/two-that-wait-for-each-other-go-on", SHAKE ">@0'a'^1 <@0'b'^1 >@1^0*70 >@1'c'^0", ">a <b >c =capture-ended" },

  { "repeated/the-same-again", SHAKE ">@0'ab' >@0'ab' >@2'c'", ">abc =capture-ended" },
  { "repeated/everything-twice", ">S@-1^-*2 <S@-1^0*2 >@0^0*2 >@0'ab'*2 <@0'cd'*2 >@2F*2 <@2F*2", ">ab <cd >. <. =ended" },
  { "repeated/with-more-behind-it", SHAKE ">@0'ab' >@0'abcd'", ">abcd =capture-ended" },
  { "repeated/over-two-that-wait", SHAKE ">@2'c' >@4'e' >@0'abcdef'", ">abcdef =capture-ended" },
  { "repeated/the-first-bytes-count-where-they-differ", SHAKE ">@2'cd' >@0'abXYe'", ">abcde =capture-ended" },
  { "repeated/what-was-cut-is-over-what-waits", SHAKE ">@2'cde' >@2~3 >@0'ab'", ">abcde =capture-ended" },
  { "repeated/bytes-are-over-what-was-cut", SHAKE ">@2~3 >@2'cde' >@0'ab'", ">ab(3) =capture-ended" },
  { "repeated/delivered-bytes-stay", SHAKE ">@0'ab' >@0'XYc'", ">abc =capture-ended" },

  { "loss/acknowledged-and-overdue-is-a-gap", SHAKE ">@0'ab' >@5'f' <^6*70 >@6'g'", ">ab(3)fg =capture-ended" },
  { "loss/overdue-by-time", SHAKE ">@0'ab' >@5'f' <^6 <^6+300 >@2'cde' >@6'g'", ">ab(3)fg =capture-ended" },
  { "loss/no-time-counts-where-packets-are-not-in-its-order", SHAKE ">@0'ab'+9 >@5'f' <^5+-1 <^6+300 >@2'cde'+-300",
    ">abcdef =capture-ended" },
  { "loss/the-time-counts-again-where-they-are", SHAKE ">@0'ab'+9 <^2+-1 <^2+1*70 >@5'f' <^6 <^6+300 >@2'cde' >@6'g'",
    ">ab(3)fg =capture-ended" },
  { "loss/not-acknowledged-is-waited-for", SHAKE ">@0'ab' >@5'f' <^2*70 >@2'cde'", ">abcdef =capture-ended" },
  { "loss/acknowledged-in-part-is-waited-for", SHAKE ">@0'ab' >@5'f' <^4*70 >@2'cde'", ">abcdef =capture-ended" },
  { "loss/acknowledged-is-waited-for-too", SHAKE ">@0'ab' >@5'f' <^6*9 >@2'cde'", ">abcdef =capture-ended" },
  { "loss/late-bytes-of-a-gap-are-dropped", SHAKE ">@0'ab' >@5'f' <^6*70 >@2'cde' >@6'g'", ">ab(3)fg =capture-ended" },
  { "loss/nothing-follows-it", SHAKE ">@0'ab' <^5*70 <'x'", ">ab(3) <x =capture-ended" },
  { "loss/of-the-rest-at-the-end", SHAKE ">@0'ab' >@4F", ">ab(2). =capture-ended" },
  { "loss/of-a-fin-is-no-gap", SHAKE ">@0'ab' <^3*70 <'x'", ">ab <x =capture-ended" },
  { "loss/of-one-side-of-the-capture", ">S@-1^- >@0'ab'^0 >@2'c'^5*70 >@3'd'^9*70",
    "<(?) >ab <(5) >c <(4) >d =capture-ended" },
  { "loss/several-holes", SHAKE ">@1'b' >@3'd' >@5'f' <^6*140", ">(1)b(1)d(1)f =capture-ended" },
  { "loss/what-was-cut-is-a-gap-at-once", SHAKE ">@0'ab'~3 >@5'f'", ">ab(3)f =capture-ended" },
  { "loss/what-was-cut-is-not-missing-twice", SHAKE ">@0~3 >@0~3 >@3'f'", ">(3)f =capture-ended" },

  { "middle/begins-with-a-gap", ">@0'ab'^0 <@0'x'^2 >@2'c'^1", ">(?)ab <(?)x >c =capture-ended" },
  { "middle/the-lowest-is-the-first", ">@2'cd'^0 >@0'ab'^0 <@0^4*70", "<(?) >(?)abcd =capture-ended" },
  { "middle/a-request-line-is-a-base-at-once", ">@0'GET'^0 <@0'101'^3 >@3'a'^3 <@3'b'^4", ">GET <101 >a <b =capture-ended" },
  { "middle/a-status-line-is-a-base-at-once", "<@0'101'^3 >@3'a'^3", "<101 >(?)a =capture-ended" },
  { "middle/a-request-line-behind-other-bytes-is-none", ">@0'ab'^0 >@2'GET'^0 <@0'101'^5", ">(?)abGET <101 =capture-ended" },
  { "middle/a-request-line-after-a-hole-is-none", SHAKE ">@3'GET' >@0'abc'", ">abcGET =capture-ended" },
  { "middle/a-response-that-comes-late", ">@0'GET'^0 >@3'a'^0*70 <@0'101'^3 >@4'b'^3", "<(?) >GETa <101 >b =capture-ended" },
  { "middle/what-nothing-acknowledges", ">@5'ab'^- >@7^-*70 <S@-1^0 <@0'x'^-", ">(?)ab <x =capture-ended" },
  { "middle/the-other-side-was-never-seen", ">@0'ab'^0 >@2'c'^5", ">(?)abc =capture-ended" },
  { "middle/an-rst-before-the-first-number", ">@5^- >@3'ab'^- >@2R^-", ">(?)ab =capture-ended" },
  { "middle/a-fin-before-the-first-number", ">@5^- >@2'ab'^- >@4F^-", ">(?)ab. =capture-ended" },
  { "middle/a-fin-alone-is-an-end", ">@0F^0 <@0^1*70 <@0F^1", ">(?). <(?). =ended" },

  { "wrap/in-a-segment", "#4294967294,0 " SHAKE ">@0'abcd' <'x' >'e'", ">abcd <x >e =capture-ended" },
  { "wrap/with-a-hole", "#4294967295,4294967295 " SHAKE ">@2'cd' >@0'ab' >F <F", ">abcd. <. =ended" },
  { "wrap/in-the-middle", "#4294967295,1 >@2'cd'^0 >@0'ab'^0", ">(?)abcd =capture-ended" },

  { "keep-alive/a-probe-without-a-byte", SHAKE ">@0'ab' >@1 <^2 >@2'c'", ">abc =capture-ended" },
  { "keep-alive/a-probe-with-a-byte", SHAKE ">@0'ab' >@1'\\0' <^2 >@2'c'", ">abc =capture-ended" },
  { "keep-alive/first-of-the-capture", ">@-1'\\0'^0 <@0^0 >@0'ab'^0", ">(?)ab =capture-ended" },
  { "keep-alive/first-of-the-capture-and-again", ">@-1'\\0'^0*3 >@0'ab'^0", ">(?)ab =capture-ended" },
  { "keep-alive/behind-its-acknowledgement", "<@0^0 >@-1'\\0'^0 >@0'ab'^0", ">(?)ab =capture-ended" },
  { "keep-alive/of-both-sides", ">@-1'\\0'^0 <@-1'\\0'^0 >@0'ab'^0 <@0'cd'^2", ">(?)ab <(?)cd =capture-ended" },
  { "keep-alive/a-byte-where-the-other-side-has-read-to-is-none", "<@0^0 >@0'a'^0 >@1'bc'^0", ">(?)abc =capture-ended" },
  { "keep-alive/before-the-first-byte", SHAKE ">@-1'\\0' <^0 >@0'a'", ">a =capture-ended" },

  { "end/both-at-once", SHAKE ">@0F^0 <@0F^0 >@1^1 <@1^1", ">. <. =ended" },
  { "end/one-side-goes-on", SHAKE ">'a' >F <@0'b'^2 <@1'c'^2 <F", ">a. <bc. =ended" },
  { "end/a-fin-may-come-early", SHAKE ">@2F >@0'ab' <F", ">ab. <. =ended" },
  { "end/nothing-follows-a-fin", SHAKE ">@0'a' >@1F >@2'z' <F", ">a. <. =ended" },
  { "end/nothing-is-missing-behind-a-second-fin", SHAKE ">@0'a' >@1F >@9F <@0'x'^2", ">a. <x =capture-ended" },
  { "end/a-fin-of-another-time-is-ignored", SHAKE ">'abcdefgh' >@2F >@8'i'", ">abcdefghi =capture-ended" },
  { "end/an-rst-ends-it", SHAKE ">'a' <@0R", ">a <! =reset" },
  { "end/a-late-packet-may-follow-an-rst", SHAKE ">'a' <@0R >'b'", ">a <! >b =reset" },
  { "end/a-late-packet-may-follow-a-late-rst", SHAKE ">'a'+300 >@1^0*70 <@0R >'b'", ">a <! >b =reset" },
  { "end/nothing-follows-an-rst-after-many-packets", SHAKE ">'a' <@0R >@1^0*70 >'b'", ">a <! =reset" },
  { "end/nothing-follows-an-rst-after-a-while", SHAKE ">'a' <@0R >@1^0+300 >'b'", ">a <! =reset" },
  { "end/an-rst-behind-a-hole-waits", SHAKE ">@2R >@0'ab'", ">ab! =reset" },
  { "end/an-rst-of-another-time-is-ignored", SHAKE ">'abcdefgh' <@0^8 >@-99R >'i'", ">abcdefghi =capture-ended" },
  { "end/late-packets-begin-nothing", SHAKE ">F <F >@1^1*3 <@1^1*3", ">. <. =ended" },
  { "end/a-request-after-an-rst-is-another", SHAKE ">'GET' <'101' <R >@99999'GET'^-", ">GET <101! =reset >GET =capture-ended" },
  { "end/a-request-right-behind-an-rst-is-another", SHAKE ">'GET' >R >@3'GET'^0", ">GET! =reset >GET =capture-ended" },
  { "end/a-request-of-a-lower-number-is-another", SHAKE ">'GET' >R >@-9999999'GET'^0", ">GET! =reset >GET =capture-ended" },
  { "end/a-request-after-two-fins-is-another", SHAKE ">'GET' >F <F >@99999'GET'^-", ">GET. <. =ended >GET =capture-ended" },
  { "end/a-request-that-comes-again-is-none", SHAKE ">'GET' <@0R >@0'GET' >@4^0*70 >@0'GET'", ">GET <! =reset" },
  { "end/a-request-without-an-end-before-it-is-none", SHAKE ">'GET' <'101' >@9'GET'^0", ">GET <101 >(6)GET =capture-ended" },
  { "end/the-ports-may-be-used-again", SHAKE ">'a' >S@999999^- <S@8999999^1000000 >@1000000'b'^9000000",
    ">a =replaced >b =capture-ended" },

  { "end/the-ports-may-be-used-again-by-one-without-a-syn", ">@0'aa'^0 >S@9999999^- >@10000000'b'^-",
    ">(?)aa =replaced >b =capture-ended" },
  { "end/the-ports-may-be-used-again-from-a-lower-number", ">@0'aa'^0 >S@-9999999^- >@-9999998'b'^-",
    ">(?)aa =replaced >b =capture-ended" },

  { "strange/a-request-line-far-from-everything", SHAKE ">@0'a' >@-40000001'GET'^0*9", ">a(?)GET =capture-ended" },
  { "strange/far-before-the-first-number", ">@40000001^- >@0'aa'^-", ">(?)aa =capture-ended" },
  { "strange/far-from-everything-begins-anew", SHAKE ">@0'a' >@-40000001'b'^0*9", ">a(?)b =capture-ended" },

  { "strange/the-lowest-position-is-no-end",
    ">@0'GET'^- >@-2147483645'b'^-*8 >^-*70 >@1000000000'c'^-*8 >^-*70 >@0'd'^5*8 >S@-1^-",
    ">GET(?)b(?)cd =capture-ended" },

  { "client/is-who-sent-the-first-of-two-syns", ">S@-1^- <S@-1^- >@0'a'^0", ">a =capture-ended" },
  { "client/is-whom-a-syn-with-ack-answers", "<S@-1^0 >S@-1^- >@0'a'^0 <@0'b'^1", ">a <b =capture-ended" },
};

static const Case times[] = {
  { "bytes-that-waited-keep-theirs", SHAKE ">'x'+9 >@3'd'+-4 >@1'bc'+2", ">x@9bc@7d@5 =capture-ended@9" },
  { "missing-bytes-have-that-of-the-packet-behind-them", SHAKE ">@0'ab' >@5'f'+5 <^6+1*70",
    ">ab@0(3)@5f@5 =capture-ended@6" },
  { "what-was-cut-has-that-of-its-packet", SHAKE ">@2'cd'~3+5 >@0'ab'+3", ">ab@8cd@5(3)@5 =capture-ended@8" },
  { "missing-bytes-without-a-packet-have-that-of-their-acknowledgement", SHAKE ">@0'ab' <^5+7 <^5+1*70 <'x'",
    ">ab@0(3)@7 <x@8 =capture-ended@8" },
  { "bytes-that-the-other-side-had-read-have-that-of-its-packet", SHAKE ">@0'a'+2 <@0'x'^3+3 >@1^0+4*70",
    ">a@2(2)@5 <x@5 =capture-ended@9" },
  { "the-rest-has-that-of-the-last-packet", SHAKE ">@0'ab' >@4F+5 <'x'+3", ">ab@0 <x@8 >(2)@8.@8 =capture-ended@8" },
  { "an-end-has-that-of-its-packet", SHAKE ">'a' <'b'+9 >F+-4", ">a@0 <b@9 >.@5 =capture-ended@9" },
  { "an-end-is-not-before-the-bytes", SHAKE ">'a'+9 >'b'+-4 >F", ">a@9b@5.@9 =capture-ended@9" },
  { "an-end-is-not-before-what-was-cut", SHAKE ">~3+9 >~4+-4 >F", ">(3)@9(4)@5.@9 =capture-ended@9" },
};

typedef struct
{
  GString *story;
  guint    last_side;
  gboolean shows_times;
  char     client;              /* sign of the client's side, > or <; ? where no SYN was seen */
} Listener;

static char
get_mark (WsiTcpConnection *connection,
          guint             side)
{
  return connection->endpoints[side].port == 80 ? '<' : '>';
}

static void
begin_part (Listener         *listener,
            WsiTcpConnection *connection,
            guint             side)
{
  const char mark = get_mark (connection, side);

  if (listener->last_side == (guint) mark)
    return;

  listener->last_side = (guint) mark;
  g_string_append_printf (listener->story, "%s%c", listener->story->len > 0 ? " " : "", mark);
}

static void
add_time (Listener *listener,
          gint64    time_us)
{
  if (listener->shows_times)
    g_string_append_printf (listener->story, "@%" G_GINT64_FORMAT, time_us / 1000);
}

static void
note_bytes (WsiTcpConnection *connection,
            guint             side,
            const guint8     *at,
            gsize             length,
            gint64            time_us,
            gpointer          user_data)
{
  Listener *listener = user_data;

  begin_part (listener, connection, side);
  g_string_append_len (listener->story, (const char *) at, (gssize) length);
  add_time (listener, time_us);
}

static void
note_gap (WsiTcpConnection *connection,
          guint             side,
          guint64           length,
          gint64            time_us,
          gpointer          user_data)
{
  Listener *listener = user_data;

  begin_part (listener, connection, side);
  if (length == WSI_TCP_UNKNOWN_LENGTH)
    g_string_append (listener->story, "(?)");
  else
    g_string_append_printf (listener->story, "(%" G_GUINT64_FORMAT ")", length);
  add_time (listener, time_us);
}

static void
note_end (WsiTcpConnection *connection,
          guint             side,
          WsiTcpEnd         how,
          gint64            time_us,
          gpointer          user_data)
{
  Listener *listener = user_data;

  begin_part (listener, connection, side);
  g_string_append_c (listener->story, how == WSI_TCP_END_FIN ? '.' : '!');
  add_time (listener, time_us);
}

static void
note_close (WsiTcpConnection *connection,
            WsiTcpClose       why,
            gint64            time_us,
            gpointer          user_data)
{
  static const char *const names[] = { "ended", "reset", "replaced", "forgotten", "capture-ended" };
  Listener *listener = user_data;

  listener->last_side = 0;
  listener->client =
    connection->client == WSI_TCP_NO_SIDE ? '?' : get_mark (connection, connection->client);
  g_string_append_printf (listener->story, " =%s", names[why]);
  add_time (listener, time_us);
}

static gboolean
is_beginning (const guint8 *at,
              gsize         length,
              gpointer      unused)
{
  return length >= 3 && (memcmp (at, "GET", 3) == 0 || memcmp (at, "101", 3) == 0);
}

static const WsiTcpListener tcp_listener = {
  note_bytes, note_gap, note_end, note_close, is_beginning,
};

typedef struct
{
  WsiTcpReassembler *reassembler;
  guint32            bases[2];  /* first sequence numbers of client and server */
  gint64             ends[2];   /* ends of the bytes that the script has sent, of client and
                                 * server */
  gint64             time_us;
} Play;

static gint64
read_number (const char **at)
{
  char *end;
  const gint64 number = g_ascii_strtoll (*at, &end, 10);

  *at = end;
  return number;
}

static void
read_payload (const char **at,
              GByteArray  *payload)
{
  for (; **at != '\''; (*at)++)
    {
      guint8 byte = (guint8) * *at;

      if (byte == '\\')
        byte = (guint8) (*++(*at) - '0');
      g_byte_array_append (payload, &byte, 1);
    }
  (*at)++;
}

static void
set_flags (WsiSegment *segment,
           char        flag)
{
  segment->flags |= flag == 'S' ? WSI_TCP_SYN : flag == 'F' ? WSI_TCP_FIN : WSI_TCP_RST;
}

static void
send_segment (Play       *self,
              guint       side,
              gint64      position,
              gint64      acknowledged,
              WsiSegment *segment)
{
  const WsiEndpoint endpoints[] = {
    { { 192, 0, 2, 1 }, 4000, G_SOCKET_FAMILY_IPV4 },
    { { 192, 0, 2, 2 }, 80, G_SOCKET_FAMILY_IPV4 },
  };
  const gboolean takes_one = (segment->flags & (WSI_TCP_SYN | WSI_TCP_FIN)) != 0;

  segment->source = endpoints[side];
  segment->destination = endpoints[!side];
  segment->sequence = self->bases[side] + (guint32) position;
  segment->acknowledgement = self->bases[!side] + (guint32) acknowledged;
  self->ends[side] = MAX (self->ends[side], position + (gint64) segment->length + takes_one);
  wsi_tcp_reassembler_take (self->reassembler, segment, self->time_us);
}

/* Plays one packet; false at the end. */
static gboolean
play_packet (Play        *self,
             const char **script)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  const char *at = *script;
  const guint side = *at == '<' ? 1 : 0;
  gint64 position = self->ends[side], acknowledged = self->ends[!side], n_times = 1;
  WsiSegment segment = { .flags = WSI_TCP_ACK };

  while (*++at != ' ' && *at != '\0')
    {
      const char kind = *at;

      if (strchr ("SFR", kind))
        {
          set_flags (&segment, kind);
          continue;
        }
      at++;
      if (kind == '\'')
        read_payload (&at, payload);
      else if (kind == '^' && *at == '-')
        segment.flags &= ~WSI_TCP_ACK, at++;
      else if (kind == '^')
        acknowledged = read_number (&at);
      else if (kind == '@')
        position = read_number (&at);
      else if (kind == '~')
        segment.length = (gsize) read_number (&at);
      else if (kind == '*')
        n_times = read_number (&at);
      else if (kind == '+')
        self->time_us += 1000 * read_number (&at);
      else
        g_assert_not_reached ();
      at--;
    }

  segment.payload = payload->data;
  segment.n_captured = payload->len;
  segment.length += payload->len;
  for (gint64 i = 0; i < n_times; i++)
    send_segment (self, side, position, acknowledged, &segment);
  *script = at;
  return *at != '\0';
}

static void
read_bases (Play        *self,
            const char **script)
{
  if (**script != '#')
    return;

  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      (*script)++;
      self->bases[side] = (guint32) read_number (script);
    }
  (*script)++;
}

static WsiTcpReassembler *
play_script (Listener   *listener,
             const char *script)
{
  WsiTcpReassembler *reassembler = wsi_tcp_reassembler_new (NULL, &tcp_listener, listener);
  Play play = { .reassembler = reassembler, .time_us = 1 };

  read_bases (&play, &script);
  while (play_packet (&play, &script))
    while (*script == ' ')
      script++;
  wsi_tcp_reassembler_end (reassembler, WSI_TCP_CLOSE_CAPTURE_ENDED);
  return reassembler;
}

/* The side of > is the client in each of them. */
static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GString) story = g_string_new (NULL);
  Listener listener = { .story = story };
  g_autoptr (WsiTcpReassembler) reassembler = play_script (&listener, test->script);

  g_assert_cmpstr (story->str, ==, test->story);
  if (strchr (test->story, '=') == strrchr (test->story, '='))  /* one connection */
    g_assert_cmpuint (listener.client, ==, strchr (test->script, 'S') != NULL ? '>' : '?');
  g_assert_cmpuint (wsi_tcp_reassembler_get_n_held (reassembler), ==, 0);
}

static void
test_times (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GString) story = g_string_new (NULL);
  Listener listener = { .story = story, .shows_times = TRUE };
  g_autoptr (WsiTcpReassembler) reassembler = play_script (&listener, test->script);

  g_assert_cmpstr (story->str, ==, test->story);
}

static const struct
{
  const char  *name, *script;
  WsiTcpCounts counts;          /* expected counts: gaps, bytes missing, repeated, conflicts */
} count_cases[] = {
  { "gaps-and-their-bytes", SHAKE ">@1'b' >@4'e' <^5*140", { 2, 3, 0, 0 } },
  { "a-gap-of-unknown-length-has-no-bytes", ">@0'ab'^0", { 1, 0, 0, 0 } },
  { "segments-without-a-new-byte", SHAKE ">'ab' >@0'ab' >@1'b' >@1'bc'", { 0, 0, 2, 0 } },
  { "segments-far-from-everything", SHAKE ">@0'a' >@-40000001'b'^0*3", { 0, 0, 0, 0 } },
  { "segments-that-wait-and-come-again", SHAKE ">@2'cd' >@2'cd' >@0'ab'", { 0, 0, 0, 0 } },
  { "segments-with-another-value", SHAKE ">@2'cd' >@2'cX' >@0'abY' >@4'e'", { 0, 0, 0, 2 } },
};

static void
test_counts (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GString) story = g_string_new (NULL);
  Listener listener = { .story = story };
  g_autoptr (WsiTcpReassembler) reassembler = play_script (&listener, count_cases[i].script);
  const WsiTcpCounts *counts = wsi_tcp_reassembler_get_counts (reassembler);

  g_assert_cmpuint (counts->n_gaps, ==, count_cases[i].counts.n_gaps);
  g_assert_cmpuint (counts->n_missing, ==, count_cases[i].counts.n_missing);
  g_assert_cmpuint (counts->n_repeated, ==, count_cases[i].counts.n_repeated);
  g_assert_cmpuint (counts->n_conflicts, ==, count_cases[i].counts.n_conflicts);
}

/* Two pieces without a byte of payload: one piece of three bytes fits, two do not. */
#define MAX_PIECES (2 * sizeof (WsiTcpPiece))

static const struct
{
  const char  *name, *script, *story;   /* events of the listener before the end of the capture */
  WsiTcpLimits limits;
} limit_cases[] = {
  { "pieces", SHAKE ">@2'c' >@4'e' >@6'g' >@8'i'", ">(2)c", { 9, 3, 10000, 10000 } },
  { "bytes-of-a-connection", SHAKE ">@1'bcd' >@5'fgh' >@9'jkl'", ">(1)bcd(1)fgh", { 9, 99, MAX_PIECES, 10000 } },
  { "bytes-of-all", SHAKE ">@1'bcd' >@5'fgh' >@9'jkl'", ">(1)bcd(1)fgh", { 9, 99, 10000, MAX_PIECES } },
  { "pieces-of-both-sides", SHAKE ">@2'c' <@2'C' >@4'e' <@4'E'", ">(2)c", { 9, 3, 10000, 10000 } },
};

static void
test_limits (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GString) story = g_string_new (NULL);
  Listener listener = { .story = story };
  g_autoptr (WsiTcpReassembler) reassembler =
    wsi_tcp_reassembler_new (&limit_cases[i].limits, &tcp_listener, &listener);
  Play play = { .reassembler = reassembler, .time_us = 1 };
  const char *script = limit_cases[i].script;

  while (play_packet (&play, &script))
    while (*script == ' ')
      script++;

  g_assert_cmpstr (story->str, ==, limit_cases[i].story);
  g_assert_cmpuint (wsi_tcp_reassembler_get_n_held (reassembler), <=,
                    MIN (limit_cases[i].limits.n_connection_bytes, limit_cases[i].limits.n_bytes));
}

/* There are places for two.  A packet is "PORT" and its flags: S is SYN, F is FIN of both sides, R
 * is RST, others have a letter of payload; + is the time that passes before it, in minutes. */
static const struct
{
  const char *name, *packets, *story;
  guint       n_left_out, n_forgotten;
} place_cases[] = {
  { "a-third-one-is-left-out", "1S 1a 2S 2b 3S 3c 1d 2e 3f", ">abde", 3, 0 },
  { "the-place-of-one-that-has-ended", "1S 1a 2S 2b 1F 3S 3c 2d", ">ab. <. =ended >cd", 0, 0 },
  { "the-one-that-ended-first", "1S 1a 2S 2b 2F 1F 3S 3c 2d", ">ab. <. =ended >. <. =ended >c", 0, 0 },
  { "the-place-of-one-that-has-sent-nothing", "1S 2S +1 2b 3S 3c 2d", ">b =forgotten >cd", 0, 0 },
  { "not-of-one-that-may-send-soon", "1S 2S 2b 3S 3c 2d 1a", ">bda", 2, 0 },
  { "the-place-of-one-that-was-reset", "1S 1a 2S 2b 1R 3S 3c +1 2d 3S 3e", ">ab!d =reset >e", 2, 0 },
  { "the-place-of-one-that-is-silent-for-long", "1S 1a 2S +11 2b 3S 3c 2d", ">ab =forgotten >cd", 0, 1 },
  { "not-of-one-that-is-silent-for-a-while", "1S 1a 2S +9 2b 3S 3c 1d", ">abd", 2, 0 },
};

static void
test_places (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  const WsiTcpLimits limits = { 2, 99, 10000, 10000 };
  g_autoptr (GString) story = g_string_new (NULL);
  Listener listener = { .story = story };
  g_autoptr (WsiTcpReassembler) reassembler =
    wsi_tcp_reassembler_new (&limits, &tcp_listener, &listener);
  g_auto (GStrv) packets = g_strsplit (place_cases[i].packets, " ", -1);
  guint32 sequences[4] = { 0 };
  gint64 time_us = 1;

  for (guint j = 0; packets[j] != NULL; j++)
    {
      const guint port = (guint) (packets[j][0] - '0');
      const char what = packets[j][1];
      WsiSegment segment = {
        .source = { { 192, 0, 2, 1 }, (guint16) port, G_SOCKET_FAMILY_IPV4 },
        .destination = { { 192, 0, 2, 2 }, 80, G_SOCKET_FAMILY_IPV4 },
        .payload = (const guint8 *) packets[j] + 1,
        .flags = what == 'S' ? WSI_TCP_SYN : what == 'F' ? WSI_TCP_FIN
                 : what == 'R' ? WSI_TCP_RST : 0,
      };

      if (packets[j][0] == '+')
        {
          time_us += g_ascii_strtoll (packets[j], NULL, 10) * 60 * G_USEC_PER_SEC;
          continue;
        }
      segment.n_captured = segment.length = segment.flags == 0;
      segment.sequence = sequences[port];
      sequences[port] += segment.flags == 0 || what == 'S';
      wsi_tcp_reassembler_take (reassembler, &segment, time_us);
      if (what == 'F')
        {
          const WsiEndpoint client = segment.source;

          segment.source = segment.destination;
          segment.destination = client;
          segment.flags |= WSI_TCP_SYN | WSI_TCP_ACK;
          segment.sequence = 0;
          segment.acknowledgement = sequences[port] + 1;
          wsi_tcp_reassembler_take (reassembler, &segment, time_us);
        }
    }

  g_assert_cmpstr (story->str, ==, place_cases[i].story);
  g_assert_cmpuint (wsi_tcp_reassembler_get_n_left_out (reassembler), ==,
                    place_cases[i].n_left_out);
  g_assert_cmpuint (wsi_tcp_reassembler_get_n_forgotten (reassembler), ==,
                    place_cases[i].n_forgotten);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_EACH_ROW ("/inspector/tcp-reassembler/%s", cases, test_case);
  ADD_EACH_ROW ("/inspector/tcp-reassembler/times/%s", times, test_times);
  ADD_ROWS ("/inspector/tcp-reassembler/counts", count_cases, test_counts);
  ADD_ROWS ("/inspector/tcp-reassembler/limits", limit_cases, test_limits);
  ADD_ROWS ("/inspector/tcp-reassembler/places", place_cases, test_places);

  return g_test_run ();
}
