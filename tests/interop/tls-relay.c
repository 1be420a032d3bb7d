/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Preloaded into openssl s_server and gnutls-serv, which pass on nothing that a program behind them
 * could use: the first call that reads decrypted bytes of a connection relays all of them to the
 * port in RELAY_TO, and back, until one side ends, and then reports that end. */

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define AGAIN -28               /* GNUTLS_E_AGAIN; OpenSSL's descriptor blocks */

/* ISO C has no other conversion from the result of dlsym () to a function. */
#define NEXT(name) \
  ((union { void *symbol; __typeof__ (name) * call; }){ dlsym (RTLD_NEXT, #name) }).call

int     SSL_read (void *session,
                  void *bytes,
                  int   size);
int     SSL_write (void       *session,
                   const void *bytes,
                   int         size);
int     SSL_pending (const void *session);
int     SSL_get_fd (const void *session);
ssize_t gnutls_record_recv (void  *session,
                            void  *bytes,
                            size_t size);
ssize_t gnutls_record_send (void       *session,
                            const void *bytes,
                            size_t      size);
size_t  gnutls_record_check_pending (void *session);
int     gnutls_transport_get_int (void *session);

/* One library; each function returns what the library's own does. */
typedef struct
{
  ssize_t (*read)(void  *session,
                  void  *bytes,
                  size_t size);
  ssize_t (*write)(void       *session,
                   const void *bytes,
                   size_t      size);
  size_t (*get_pending)(void *session);
  int fd;
} Library;

static ssize_t
openssl_read (void  *session,
              void  *bytes,
              size_t size)
{
  return NEXT (SSL_read) (session, bytes, (int) size);
}

static ssize_t
openssl_write (void       *session,
               const void *bytes,
               size_t      size)
{
  return NEXT (SSL_write) (session, bytes, (int) size);
}

static size_t
openssl_get_pending (void *session)
{
  return (size_t) NEXT (SSL_pending) (session);
}

static int
connect_back (void)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons ((uint16_t) atoi (getenv ("RELAY_TO"))),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    abort ();
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
  return fd;
}

/* Writes all bytes to the client; 0: it has gone. */
static int
write_all (const Library *library,
           void          *session,
           const char    *bytes,
           size_t         size)
{
  struct pollfd end = { library->fd, POLLOUT, 0 };

  for (size_t n_written = 0; n_written < size;)
    {
      ssize_t n = library->write (session, bytes + n_written, size - n_written);

      if (n > 0)
        n_written += (size_t) n;
      else if (n != AGAIN || poll (&end, 1, -1) < 0)
        return 0;
    }

  return 1;
}

/* Returns the result of the read that found the end, or 0 if the server behind has ended first. */
static ssize_t
relay (const Library *library,
       void          *session)
{
  int back = connect_back ();
  char bytes[16384];
  ssize_t n = 0;

  while (1)
    {
      struct pollfd ends[] = { { library->fd, POLLIN, 0 }, { back, POLLIN, 0 } };
      int has_rest = library->get_pending (session) > 0;

      if (poll (ends, 2, has_rest ? 0 : -1) < 0)
        break;
      if (has_rest || ends[0].revents != 0)
        {
          n = library->read (session, bytes, sizeof bytes);
          if (n <= 0 && n != AGAIN)
            break;
          if (n > 0 && send (back, bytes, (size_t) n, MSG_NOSIGNAL) != n)
            break;
        }
      if (ends[1].revents != 0)
        {
          n = recv (back, bytes, sizeof bytes, 0);
          if (n <= 0 || !write_all (library, session, bytes, (size_t) n))
            break;
        }
    }

  close (back);
  return n > 0 ? 0 : n;
}

int
SSL_read (void *session,
          void *bytes,
          int   size)
{
  Library library = {
    openssl_read, openssl_write, openssl_get_pending, NEXT (SSL_get_fd) (session)
  };
  ssize_t n = relay (&library, session);

  (void) bytes;
  (void) size;
  return (int) n;
}

ssize_t
gnutls_record_recv (void  *session,
                    void  *bytes,
                    size_t size)
{
  Library library = {
    NEXT (gnutls_record_recv), NEXT (gnutls_record_send), NEXT (gnutls_record_check_pending),
    NEXT (gnutls_transport_get_int) (session)
  };

  (void) bytes;
  (void) size;
  return relay (&library, session);
}
