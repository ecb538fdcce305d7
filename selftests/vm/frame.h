/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames between the runner on the host and the init in the guest, over one virtio serial port: the
 * format only.
 *
 * Both ends run on one machine, so fields are in its byte order.
 */
#ifndef GMEM_VM_FRAME_H
#define GMEM_VM_FRAME_H

#include <stdint.h>

#define FRAME_PORT	"gmem.vm"
#define FRAME_VERSION	1u

/* Limit of an EXEC frame, which carries a whole argument list; every other frame is small. */
#define FRAME_PAYLOAD_MAX	(4u << 20)

/* Largest piece of a stream in one DATA frame. */
#define FRAME_CHUNK	(32u << 10)

/*
 * Bytes of one stream that may be in transit without having been consumed. All three streams work
 * by credit, not only stdin: a reader of stdout that pauses must hold up neither stderr nor the
 * answer to a ping.
 */
#define FRAME_WINDOW	(256u << 10)

/* Marks that init writes to the console at its start and before it powers off. */
#define FRAME_MARK_UP	"gmem-vm: init is up"
#define FRAME_MARK_DOWN	"gmem-vm: power off"

enum frame_type {
	FRAME_HELLO = 1,	/* guest: u32 version; ready for EXEC */
	FRAME_FAIL,		/* guest: text; the command cannot be run */
	FRAME_EXEC,		/* host: struct frame_exec and strings */
	FRAME_DATA,		/* both: bytes of .stream */
	FRAME_EOF,		/* both: .stream has ended */
	FRAME_CREDIT,		/* both: u32 bytes of .stream were consumed */
	FRAME_CLOSE,		/* both: .stream has no reader any more */
	FRAME_WINSZ,		/* host: struct frame_winsz */
	FRAME_SIGNAL,		/* host: u32 signal for the command's process group */
	FRAME_PING,		/* host: u32 number */
	FRAME_PONG,		/* guest: the same number */
	FRAME_EXIT,		/* guest: struct frame_exit, after all output */
	FRAME_BYE,		/* host: EXIT has arrived, power off */
};

enum frame_stream {
	STREAM_IN,
	STREAM_OUT,
	STREAM_ERR,
	STREAM_COUNT,
};

struct frame {
	uint8_t type;
	uint8_t stream;
	uint16_t reserved;
	uint32_t len;
};

struct frame_winsz {
	uint16_t rows, cols, xpixel, ypixel;
};

#define EXEC_TTY	1u	/* stdin and stdout are a pty */
#define EXEC_TTY_ERR	2u	/* stderr is the pty, too */

/* Header of an EXEC frame; cwd, argc arguments and envc variables follow, each ended by a NUL. */
struct frame_exec {
	int64_t realtime_ns;
	uint32_t flags;
	uint32_t argc;
	uint32_t envc;
	struct frame_winsz winsz;
	uint32_t pad;
};

struct frame_exit {
	uint32_t status;	/* as in a shell's $?: 128+n for a signal */
	uint32_t exec_errno;	/* if set, the command was not started */
};

#endif
