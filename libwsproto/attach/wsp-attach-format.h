/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records between a program and an inspector that is attached to it.
 *
 * A record is: u32 length of all that follows it, u8 kind, u32 number of the connection (0 = of no
 * connection), i64 time, and what its kind says.  Integers are little endian, times are
 * microseconds since 1970, UTC.  A string or block is a u32 length and so many bytes; strings are
 * UTF-8 and have no NUL; an empty one is not known.
 *
 * The program begins with HELLO, and sends nothing else before the inspector's WATCH.  Then OPENED
 * follows for each connection that is watched, old or new, and OPEN after the old ones; those whose
 * threads do not answer may follow later.  A connection that the inspector asks for again gets
 * another OPENED and other POSITIONs: both replace what was known.  Records of a
 * direction whose POSITION has not come yet belong to another inspector, and are skipped.
 *
 * A reader skips unknown kinds, and what follows the known part of a record.  Kinds 6 and 7 were in
 * use once, and get no other meaning.  Another version is another protocol: only HELLO, up to its
 * version, is the same in all versions.
 *
 * docs/rationales/attaching-inspectors.md has the reasons. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_ATTACH_VERSION 1
#define WSP_ATTACH_FOLDER "wsproto-inspector"   /* name of the folder in $XDG_RUNTIME_DIR; its
                                                   sockets are named by PIDs */
#define WSP_ATTACH_HEADER_LENGTH 13     /* kind, connection and time */
#define WSP_ATTACH_LENGTH_LENGTH 4      /* the length itself */
#define WSP_ATTACH_MAX_RECORD (64 * 1024)       /* bytes of a record, the length itself included */
#define WSP_ATTACH_MAX_TEXT (8 * 1024)  /* bytes of a string; a longer string is cut */
#define WSP_ATTACH_MAX_NAME 255         /* bytes of the program's name */
#define WSP_ATTACH_MAX_WATCHED 1024     /* connections in one WATCH */
#define WSP_ATTACH_MAX_OPEN (60 * 1024) /* connections in OPENs; of more there are no OPENs */

typedef enum
{
  WSP_ATTACH_HELLO = 1,         /* u32 version, PID and number of connections, strings program,
                                   library and title: g_get_application_name () */
  WSP_ATTACH_OPENED,            /* u8 role, strings URI, local, remote, extensions, TLS */
  WSP_ATTACH_HEADS,             /* blocks request, response: as on the wire, or written again */
  WSP_ATTACH_POSITION,          /* u8 direction, u64 offset, u8 WspAttachPlace, u8 first, u8 opcode,
                                   u64 left, u32 key, block window */
  WSP_ATTACH_BYTES,             /* u8 direction, u64 offset, and the bytes */
  WSP_ATTACH_CLOSED = 8,        /* u8 clean, string how the connection has ended; without it the
                                   opening handshake was refused */
  WSP_ATTACH_DROPPED,           /* u64 records that this inspector was too slow for */
  WSP_ATTACH_OPEN,              /* u32 number of connections that have not ended, u32 number of them
                                   in earlier OPENs, u32 for each; sent after the connections were
                                   shown */
  WSP_ATTACH_WATCH = 64,        /* u32 for each connection to watch; none = all; the inspector sends
                                   it */
} WspAttachKind;

/* Where a direction begins, as flags.  Offsets count from the first byte after the head of the
 * opening handshake; BYTES before that of the POSITION belong to another inspector, or were sent
 * before. */
typedef enum
{
  WSP_ATTACH_IN_FRAME = 1 << 0, /* `left` bytes of payload are to come, masked with `key` */
  WSP_ATTACH_IN_MESSAGE = 1 << 1,       /* a message of type `opcode` goes on after that frame */
  WSP_ATTACH_COMPRESSED = 1 << 2,       /* the rest of that message cannot be inflated */
} WspAttachPlace;

G_END_DECLS
