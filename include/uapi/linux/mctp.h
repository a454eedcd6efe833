/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Management Component Transport Protocol (MCTP): the interface to programs.
 *
 * DMTF DSP0236 (base specification) and DSP0239 (codes and identifiers).
 * A program opens socket(AF_MCTP, SOCK_DGRAM, 0), and names endpoints by
 * struct sockaddr_mctp. The message type travels in smctp_type, never in the
 * program's buffer. mctp(7) tells every call with its errors.
 */
#ifndef __UAPI_MCTP_H
#define __UAPI_MCTP_H

#include <linux/types.h>
#include <linux/socket.h>
#include <linux/netdevice.h>
#include <linux/sockios.h>

/** typedef mctp_eid_t - an endpoint id; 8 to 254 can be given to endpoints */
typedef __u8 mctp_eid_t;

/**
 * struct mctp_addr - the address of an endpoint within its network
 * @s_addr: the EID, or %MCTP_ADDR_NULL, or %MCTP_ADDR_ANY
 */
struct mctp_addr {
	mctp_eid_t		s_addr;
};

/**
 * struct sockaddr_mctp - address of an endpoint, and what is said to it
 * @smctp_family: AF_MCTP
 * @__smctp_pad0: zero
 * @smctp_network: network id, or %MCTP_NET_ANY
 * @smctp_addr: the endpoint
 * @smctp_type: message type (DSP0239), with the integrity check bit 0x80
 * @smctp_tag: tag value, %MCTP_TAG_OWNER, %MCTP_TAG_PREALLOC
 * @__smctp_pad1: zero
 */
struct sockaddr_mctp {
	__kernel_sa_family_t	smctp_family;
	__u16			__smctp_pad0;
	unsigned int		smctp_network;
	struct mctp_addr	smctp_addr;
	__u8			smctp_type;
	__u8			smctp_tag;
	__u8			__smctp_pad1;
};

/**
 * struct sockaddr_mctp_ext - an address with its physical part
 * @smctp_base: the endpoint
 * @smctp_ifindex: the device that it is reached by
 * @smctp_halen: bytes of @smctp_haddr in use: the device's address length
 * @__smctp_pad0: zero
 * @smctp_haddr: hardware address on that device
 *
 * Used by sendmsg() and recvmsg() once %MCTP_OPT_ADDR_EXT is set.
 */
struct sockaddr_mctp_ext {
	struct sockaddr_mctp	smctp_base;
	int			smctp_ifindex;
	__u8			smctp_halen;
	__u8			__smctp_pad0[3];
	__u8			smctp_haddr[MAX_ADDR_LEN];
};

/**
 * struct mctp_fq_addr - an endpoint, fully qualified (RTA_GATEWAY)
 * @net: network id
 * @eid: endpoint in that network
 */
struct mctp_fq_addr {
	unsigned int		net;
	mctp_eid_t		eid;
};

#define MCTP_NET_ANY		0x0	/* every network, or the default one */

#define MCTP_ADDR_NULL		0x00	/* an endpoint that has no EID */
#define MCTP_ADDR_ANY		0xff	/* bind: every EID; on the wire: broadcast */

#define MCTP_TAG_MASK		0x07	/* the tag's value */
#define MCTP_TAG_OWNER		0x08	/* the sender owns the tag: a request */
#define MCTP_TAG_PREALLOC	0x10	/* the tag comes from SIOCMCTPALLOCTAG* */

/* setsockopt(SOL_MCTP): an int, 0 or not: recvmsg() gives, and sendmsg() takes,
 * struct sockaddr_mctp_ext
 */
#define MCTP_OPT_ADDR_EXT	1

#define SIOCMCTPALLOCTAG	(SIOCPROTOPRIVATE + 0)
#define SIOCMCTPDROPTAG		(SIOCPROTOPRIVATE + 1)
#define SIOCMCTPALLOCTAG2	(SIOCPROTOPRIVATE + 2)
#define SIOCMCTPDROPTAG2	(SIOCPROTOPRIVATE + 3)

/**
 * struct mctp_ioc_tag_ctl - a preallocated tag in the default network
 * @peer_addr: the peer, or %MCTP_ADDR_NULL or %MCTP_ADDR_ANY for any
 * @tag: allocate: 0 in, the tag with OWNER and PREALLOC out; drop: that tag
 * @flags: zero
 */
struct mctp_ioc_tag_ctl {
	mctp_eid_t	peer_addr;
	__u8		tag;
	__u16		flags;
};

/**
 * struct mctp_ioc_tag_ctl2 - a preallocated tag in a named network
 * @net: network id, or %MCTP_NET_ANY for the default one
 * @peer_addr: the peer, or %MCTP_ADDR_NULL or %MCTP_ADDR_ANY for any
 * @local_addr: %MCTP_ADDR_NULL or %MCTP_ADDR_ANY
 * @flags: zero
 * @tag: allocate: 0 in, the tag with OWNER and PREALLOC out; drop: that tag
 */
struct mctp_ioc_tag_ctl2 {
	unsigned int	net;
	mctp_eid_t	peer_addr;
	mctp_eid_t	local_addr;
	__u16		flags;
	__u8		tag;
};

/* Physical transport binding identifiers, DSP0239 (IFLA_MCTP_PHYS_BINDING) */
enum mctp_phys_binding {
	MCTP_PHYS_BINDING_UNSPEC	= 0x00,
	MCTP_PHYS_BINDING_SMBUS		= 0x01,
	MCTP_PHYS_BINDING_PCIE_VDM	= 0x02,
	MCTP_PHYS_BINDING_USB		= 0x03,
	MCTP_PHYS_BINDING_KCS		= 0x04,
	MCTP_PHYS_BINDING_SERIAL	= 0x05,
	MCTP_PHYS_BINDING_I3C		= 0x06,
	MCTP_PHYS_BINDING_MMBI		= 0x07,
	MCTP_PHYS_BINDING_PCC		= 0x08,
	MCTP_PHYS_BINDING_UCIE		= 0x09,
	MCTP_PHYS_BINDING_VENDOR	= 0xff,
};

/* IFLA_AF_SPEC, AF_MCTP: a link's attributes. The names and values of the
 * first two are those of <linux/if_link.h>, which may not have the second yet.
 */
enum {
	__IFLA_MCTP_ATTR_NET		= 1,	/* u32: IFLA_MCTP_NET */
	__IFLA_MCTP_ATTR_PHYS_BINDING	= 2,	/* u8: IFLA_MCTP_PHYS_BINDING */
};

/* IFLA_INFO_DATA of a link of the kind "vmctp" */
enum {
	IFLA_VMCTP_UNSPEC,
	IFLA_VMCTP_PEER,	/* struct ifinfomsg and IFLA_* of the other end */
	IFLA_VMCTP_ADDR_LEN,	/* u8: bytes of a hardware address, 0 or 1 */
	__IFLA_VMCTP_MAX
};

#define IFLA_VMCTP_MAX (__IFLA_VMCTP_MAX - 1)

#endif /* __UAPI_MCTP_H */
