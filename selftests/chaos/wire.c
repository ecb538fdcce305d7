// SPDX-License-Identifier: GPL-2.0-only
/* Packets over sockets, with at most one descriptor each. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "sys.h"
#include "wire.h"

union control {
	struct cmsghdr h;
	char room[CMSG_SPACE(sizeof(int))];
};

long wire_send(int socket, const void *data, unsigned long bytes, int fd)
{
	union control c = { .h = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec iov = { (void *)data, bytes };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		memcpy(CMSG_DATA(&c.h), &fd, sizeof(fd));
		m.msg_control = &c;
		m.msg_controllen = sizeof(c);
	}
	return sys(SYS_sendmsg, socket, &m, MSG_NOSIGNAL, 0);
}

long wire_receive(int socket, void *data, unsigned long room, int *fd)
{
	union control c;
	struct iovec iov = { data, room };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c),
	};
	long n;

	do {
		n = sys(SYS_recvmsg, socket, &m, 0, 0);
	} while (n == -EINTR);
	*fd = -1;
	if (n >= 0 && m.msg_controllen >= CMSG_LEN(sizeof(int)) && c.h.cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(&c.h), sizeof(*fd));
	return n;
}
