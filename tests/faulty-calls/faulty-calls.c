/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Loaded before the C library: system calls on sockets do less than they were asked to, are
 * interrupted, or say "not now", as a kernel may at any time.  A program must behave the same.
 * FAULTY_CALLS_SEED chooses which; without it nothing happens. */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

typedef enum
{
  CALL_WHOLE,
  CALL_SHORT,
  CALL_INTERRUPTED,
  CALL_AGAIN,
} Outcome;

#define MAX_VECTORS 64

static _Thread_local uint64_t state;
unsigned long n_faulty_calls;    /* public: tests/lib/limit.c asks whether this is loaded */

static uint64_t
draw (void)
{
  if (state == 0)
    {
      const char *seed = getenv ("FAULTY_CALLS_SEED");

      state = seed != NULL ? strtoull (seed, NULL, 10) | 1 : 0;
      if (state == 0)
        return 0;
    }
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state >> 33;
}

/* Three calls of four are left alone, so that everything still gets on. */
static Outcome
choose (void)
{
  uint64_t number = draw ();

  if (number % 4 != 1)
    return CALL_WHOLE;
  __atomic_add_fetch (&n_faulty_calls, 1, __ATOMIC_RELAXED);
  return (Outcome) (CALL_SHORT + number / 4 % 3);
}

static __attribute__ ((destructor)) void
tell (void)
{
  if (getenv ("FAULTY_CALLS_SEED") != NULL)
    printf ("# %lu calls on sockets went otherwise\n", n_faulty_calls);
}

static int
refuses (Outcome outcome)
{
  if (outcome == CALL_INTERRUPTED)
    errno = EINTR;
  if (outcome == CALL_AGAIN)
    errno = EAGAIN;
  return outcome == CALL_INTERRUPTED || outcome == CALL_AGAIN;
}

static size_t
shorten (Outcome outcome,
         size_t  length)
{
  return outcome == CALL_SHORT && length > 1 ? 1 + draw () % (length - 1) : length;
}

/* The vectors, no longer than what shorten allows; for the length of the call. */
static int
shorten_vectors (Outcome             outcome,
                 const struct iovec *vectors,
                 size_t              n_vectors,
                 struct iovec       *shortened)
{
  size_t length = 0;

  if (n_vectors > MAX_VECTORS)
    abort ();
  for (size_t i = 0; i < n_vectors; i++)
    length += vectors[i].iov_len;
  length = shorten (outcome, length);
  for (size_t i = 0; i < n_vectors; i++)
    {
      shortened[i] = vectors[i];
      if (shortened[i].iov_len > length)
        shortened[i].iov_len = length;
      length -= shortened[i].iov_len;
    }
  return (int) n_vectors;
}

#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

ssize_t
recv (int    fd,
      void  *buffer,
      size_t length,
      int    flags)
{
  Outcome outcome = choose ();

  if (refuses (outcome))
    return -1;
  return NEXT (recv) (fd, buffer, shorten (outcome, length), flags);
}

ssize_t
readv (int                 fd,
       const struct iovec *vectors,
       int                 n_vectors)
{
  struct iovec shortened[MAX_VECTORS];
  Outcome outcome = choose ();

  if (refuses (outcome))
    return -1;
  n_vectors = shorten_vectors (outcome, vectors, n_vectors, shortened);
  return NEXT (readv) (fd, shortened, n_vectors);
}

ssize_t
recvmsg (int            fd,
         struct msghdr *message,
         int            flags)
{
  if (refuses (choose ()))
    return -1;
  return NEXT (recvmsg) (fd, message, flags);
}

ssize_t
send (int         fd,
      const void *buffer,
      size_t      length,
      int         flags)
{
  Outcome outcome = choose ();

  if (refuses (outcome))
    return -1;
  return NEXT (send) (fd, buffer, shorten (outcome, length), flags);
}

ssize_t
sendmsg (int                  fd,
         const struct msghdr *message,
         int                  flags)
{
  struct iovec shortened[MAX_VECTORS];
  struct msghdr changed = *message;
  Outcome outcome = choose ();

  if (refuses (outcome))
    return -1;
  changed.msg_iovlen = shorten_vectors (outcome, message->msg_iov, message->msg_iovlen, shortened);
  changed.msg_iov = shortened;
  return NEXT (sendmsg) (fd, &changed, flags);
}

int
accept4 (int              fd,
         struct sockaddr *address,
         socklen_t       *length,
         int              flags)
{
  Outcome outcome = choose ();

  if (outcome == CALL_SHORT)
    {
      errno = ECONNABORTED;
      return -1;
    }
  if (refuses (outcome))
    return -1;
  return NEXT (accept4) (fd, address, length, flags);
}
