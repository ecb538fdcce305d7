// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Listening sockets: from an address, or from systemd (sd_listen_fds(3), without libsystemd). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"
#include "serve/serve.h"

#define FIRST_PASSED	3	/* SD_LISTEN_FDS_START */
#define BACKLOG		128
#define HOST_SIZE	256

static bool is_loopback(const struct sockaddr *a)
{
	const struct in6_addr *six = &((const struct sockaddr_in6 *)a)->sin6_addr;

	if (a->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24 == 127;
	if (a->sa_family != AF_INET6)
		return false;
	return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
}

static bool is_listening(int fd)
{
	int on = 0;
	socklen_t size = sizeof(on);

	return !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) && on;
}

static uint32_t number_in(const char *name)
{
	const char *text = getenv(name);
	uint32_t n;

	return text && gmem_parse_count(text, 1, INT32_MAX, &n) ? n : 0;
}

int serve_activated(struct gmem_error *e)
{
	uint32_t n = number_in("LISTEN_PID") == (uint32_t)getpid() ? number_in("LISTEN_FDS") : 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	e->status = GMEM_OK;
	if (!n)
		return -1;
	if (n > 1 || !is_listening(FIRST_PASSED)) {
		gmem_fail(e, GMEM_E_USAGE, "Give the socket unit one ListenStream= line, and Accept=no.",
			  "cannot serve on what systemd passed: %s", n > 1 ? "several sockets" : "not a listening socket");
		return -1;
	}
	fcntl(FIRST_PASSED, F_SETFD, FD_CLOEXEC);
	fcntl(FIRST_PASSED, F_SETFL, fcntl(FIRST_PASSED, F_GETFL) | O_NONBLOCK);
	return FIRST_PASSED;
}

/* Splits HOST:PORT or [HOST]:PORT; an empty host is every address. Returns the port, or NULL. */
static const char *split(const char *address, char host[HOST_SIZE])
{
	const char *colon = strrchr(address, ':');
	size_t n = colon ? (size_t)(colon - address) : 0;
	uint32_t port;

	if (!colon || n >= HOST_SIZE || !gmem_parse_count(colon + 1, 0, 65535, &port))
		return NULL;
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	memcpy(host, address, n);
	host[n] = '\0';
	return colon + 1;
}

static int cannot_listen(const char *address, const char *why, const char *remedy, struct gmem_error *e)
{
	gmem_fail(e, GMEM_E_IO, remedy, "cannot listen on %s: %s", address, why);
	return -1;
}

static int open_socket(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1, err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!bind(fd, a->ai_addr, a->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int listen_on(const char *address, const struct addrinfo *a, bool allow_remote, struct gmem_error *e)
{
	int fd;

	if (!allow_remote && !is_loopback(a->ai_addr)) {
		gmem_fail(e, GMEM_E_USAGE, "Without a proxy that authenticates, anyone who reaches the port can read it; to serve anyway, add --web.allow-remote.",
			  "%s is not a loopback address", address);
		return -1;
	}
	fd = open_socket(a);
	if (fd >= 0)
		return fd;
	return cannot_listen(address, strerror(-fd), fd == -EADDRINUSE ?
			     "Stop the other program, or choose another port with --web.listen-address." :
			     "Choose an address of this host, and a port above 1023, with --web.listen-address.", e);
}

int serve_listen(const char *address, bool allow_remote, struct gmem_error *e)
{
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	char host[HOST_SIZE];
	const char *port = split(address, host);
	int err, fd;

	if (!port) {
		gmem_fail(e, GMEM_E_USAGE, "Use HOST:PORT, as 127.0.0.1:9888 or [::1]:9888.", "invalid address '%s'", address);
		return -1;
	}
	err = getaddrinfo(*host ? host : NULL, port, &hints, &found);
	if (err)
		return cannot_listen(address, gai_strerror(err), "Use an address of this host, as 127.0.0.1:9888.", e);
	fd = listen_on(address, found, allow_remote, e);
	freeaddrinfo(found);
	return fd;
}

const char *serve_socket_name(int fd, char buf[SERVE_NAME])
{
	union {
		struct sockaddr a;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage all;
	} u = { .all = { .ss_family = AF_UNSPEC } };
	socklen_t size = sizeof(u);
	char host[INET6_ADDRSTRLEN];

	getsockname(fd, &u.a, &size);
	if (u.a.sa_family == AF_INET)
		snprintf(buf, SERVE_NAME, "%s:%u", inet_ntop(AF_INET, &u.in.sin_addr, host, sizeof(host)), ntohs(u.in.sin_port));
	else if (u.a.sa_family == AF_INET6)
		snprintf(buf, SERVE_NAME, "[%s]:%u", inet_ntop(AF_INET6, &u.in6.sin6_addr, host, sizeof(host)),
			 ntohs(u.in6.sin6_port));
	else
		snprintf(buf, SERVE_NAME, "unix");
	return buf;
}
