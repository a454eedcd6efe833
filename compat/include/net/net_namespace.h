/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_NET_NET_NAMESPACE_H
#define __COMPAT_NET_NET_NAMESPACE_H

#include_next <net/net_namespace.h>

/* 6.6 gave tables a size, and made the old name a macro. Before that an empty
 * entry behind the last one ends them.
 */
#ifndef register_net_sysctl
#define register_net_sysctl_sz(net, path, table, size) \
	((void)(size), register_net_sysctl(net, path, table))
#endif

#endif /* __COMPAT_NET_NET_NAMESPACE_H */
