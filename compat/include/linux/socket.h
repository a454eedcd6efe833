/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_SOCKET_H
#define __COMPAT_LINUX_SOCKET_H

#include_next <linux/socket.h>

/* 6.5: what splice() and sendfile() say of their pages */
#ifndef MSG_SPLICE_PAGES
#define MSG_SPLICE_PAGES	0
#endif

/* 6.19: an address whose size stands beside it */
#ifndef COMPAT_HAS_SOCKADDR_UNSIZED
#define sockaddr_unsized	sockaddr
#endif

#endif /* __COMPAT_LINUX_SOCKET_H */
