// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: buffers that messages are sent in.
 *
 * A request and its response are most often short, and read as soon as they
 * are sent; the packets of a long one are copied as soon as they come. To
 * allocate and free the buffer costs more than all else that is done with such
 * a message, so each CPU keeps the last one that was done with, of each of five
 * sizes, for the next that is sent; of the least, which packets are in, as many as
 * are handed over at once, and of the next half of that.
 *
 * A long message is a short buffer and pages of order 3 at most.
 */
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/uio.h>
#include "mctp_priv.h"

/* In front of a message: its packet header and a short link header */
#define MCTP_BUFFER_HEADROOM	32
/* Heads of 512 to 8,192 bytes with what the stack keeps at their end; of twice as
 * many where that alone takes 512, by long cache lines or by many pages a buffer
 */
#define MCTP_BUFFER_SIZES	5
#define MCTP_BUFFER_LEAST	roundup_pow_of_two(128 + \
				SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))
#define MCTP_BUFFER_HEAD(i)	SKB_WITH_OVERHEAD(MCTP_BUFFER_LEAST << (i))
/* A message up to this size is not in pages */
#define MCTP_BUFFER_LINEAR	(MCTP_BUFFER_HEAD(4) - MCTP_BUFFER_HEADROOM)
/* Of a longer one, at least and at most so many bytes are not */
#define MCTP_BUFFER_MIN		(MCTP_BUFFER_HEAD(0) - MCTP_BUFFER_HEADROOM)
#define MCTP_BUFFER_MAX		(MCTP_BUFFER_HEAD(3) - MCTP_BUFFER_HEADROOM)

static_assert(MCTP_BUFFER_MIN < MCTP_BUFFER_MAX);

/**
 * struct mctp_buffers - what a CPU keeps
 * @spare: buffers with a head of that size or more, but less than the next, linked
 *	by skb->next; or NULL. Taken and put, all at once, by this_cpu_xchg()
 */
struct mctp_buffers {
	struct sk_buff	*spare[MCTP_BUFFER_SIZES];
};

static DEFINE_PER_CPU(struct mctp_buffers, mctp_buffers);

/* The least size that has the room, or MCTP_BUFFER_SIZES where none has */
static unsigned int mctp_buffer_size(unsigned int room)
{
	unsigned int i;

	for (i = 0; i < MCTP_BUFFER_SIZES; i++)
		if (room <= MCTP_BUFFER_HEAD(i))
			break;
	return i;
}

/* Make a buffer as it comes from alloc_skb() */
static void mctp_buffer_renew(struct sk_buff *skb)
{
	unsigned int size = skb_end_offset(skb) +
			    SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	void *head = skb->head;

	memset(skb, 0, offsetof(struct sk_buff, tail));
	build_skb_around(skb, head, size);
	/* it is no page fragment, as a size makes it be taken for */
	skb->head_frag = 0;
}

/* How many are linked from this one on */
static unsigned int *mctp_buffer_depth(struct sk_buff *skb)
{
	return (unsigned int *)skb->cb;
}

/* Keep these. What came meanwhile, by an interrupt or because another CPU runs this
 * now, is one too many.
 */
static void mctp_buffer_keep(unsigned int i, struct sk_buff *list)
{
	struct sk_buff *other = this_cpu_xchg(mctp_buffers.spare[i], list);

	while (unlikely(other)) {
		struct sk_buff *next = other->next;

		skb_mark_not_on_list(other);
		consume_skb(other);
		other = next;
	}
}

static struct sk_buff *mctp_buffer_take(unsigned int i, gfp_t gfp)
{
	struct sk_buff *skb = NULL;

	if (this_cpu_read(mctp_buffers.spare[i]))
		skb = this_cpu_xchg(mctp_buffers.spare[i], NULL);
	if (!skb)
		return alloc_skb(MCTP_BUFFER_HEAD(i), gfp);
	if (skb->next)
		mctp_buffer_keep(i, skb->next);
	mctp_buffer_renew(skb);
	return skb;
}

/**
 * mctp_buffer_packet() - a buffer for a packet
 * @headroom: bytes in front
 * @len: bytes of the packet, and what the device wants behind it
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows.
 * Return: the buffer, empty, or NULL.
 */
struct sk_buff *mctp_buffer_packet(unsigned int headroom, unsigned int len,
				   gfp_t gfp)
{
	unsigned int i = mctp_buffer_size(headroom + len);
	struct sk_buff *skb;

	if (i < MCTP_BUFFER_SIZES)
		skb = mctp_buffer_take(i, gfp);
	else
		skb = alloc_skb(headroom + len, gfp);
	if (skb)
		skb_reserve(skb, headroom);
	return skb;
}

/* A chunk of pages for what is left of a message */
static bool mctp_buffer_add_pages(struct sk_buff *skb, unsigned int left,
				  gfp_t gfp)
{
	unsigned int order = min_t(unsigned int, PAGE_ALLOC_COSTLY_ORDER,
				   ilog2(DIV_ROUND_UP(left, PAGE_SIZE)));
	struct page *page = NULL;
	unsigned int bytes;

	for (; order; order--) {
		page = alloc_pages((gfp & ~__GFP_DIRECT_RECLAIM) | __GFP_COMP |
				   __GFP_NOWARN | __GFP_NORETRY, order);
		if (page)
			break;
	}
	if (!page)
		page = alloc_page(gfp);
	if (!page)
		return false;

	bytes = min_t(unsigned int, left, PAGE_SIZE << order);
	skb_fill_page_desc(skb, skb_shinfo(skb)->nr_frags, page, 0, bytes);
	skb->len += bytes;
	skb->data_len += bytes;
	skb->truesize += PAGE_SIZE << order;
	return true;
}

/**
 * mctp_buffer_get() - a buffer for a message
 * @len: bytes of the message with its type byte, up to %MCTP_MSG_MAX
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows.
 * Return: the buffer, of @len bytes that are not set yet and of which the first
 * is not in a page, charged to nobody, with room in front for the header; or
 * NULL.
 */
struct sk_buff *mctp_buffer_get(unsigned int len, gfp_t gfp)
{
	unsigned int linear = len;
	struct sk_buff *skb;

	if (len > MCTP_BUFFER_LINEAR) {
		/* what is over whole pages, or as little as can be */
		linear %= PAGE_SIZE;
		if (!linear || linear > MCTP_BUFFER_MAX)
			linear = MCTP_BUFFER_MIN;
	}
	skb = mctp_buffer_take(mctp_buffer_size(MCTP_BUFFER_HEADROOM + linear),
			       gfp);
	if (!skb)
		return NULL;
	skb_reserve(skb, MCTP_BUFFER_HEADROOM);
	__skb_put(skb, linear);
	while (skb->len < len) {
		if (!mctp_buffer_add_pages(skb, len - skb->len, gfp)) {
			kfree_skb(skb);
			return NULL;
		}
	}
	return skb;
}

/**
 * mctp_buffer_fill() - copy a message from a program
 * @skb: buffer of mctp_buffer_get()
 * @off: bytes at its beginning that are not the program's, less than those that
 *	are not in pages, or all of these
 * @from: the rest of it
 *
 * Context: process context.
 * Return: 0 or -EFAULT.
 */
int mctp_buffer_fill(struct sk_buff *skb, unsigned int off,
		     struct iov_iter *from)
{
	unsigned int i;

	if (!copy_from_iter_full(skb->data + off, skb_headlen(skb) - off, from))
		return -EFAULT;
	/* a chunk in one go: its pages are of a kind that is mapped */
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

		if (!copy_from_iter_full(skb_frag_address(frag),
					 skb_frag_size(frag), from))
			return -EFAULT;
	}
	return 0;
}

/* Nothing hangs on it and nobody else has it */
static bool mctp_buffer_is_plain(struct sk_buff *skb)
{
	return !skb_is_nonlinear(skb) && !skb_shared(skb) && !skb_cloned(skb) &&
	       skb->fclone == SKB_FCLONE_UNAVAILABLE && !skb->head_frag &&
	       !skb_pfmemalloc(skb) && !skb->_skb_refdst && !skb_nfct(skb) &&
	       !skb_has_extensions(skb) && !skb_shinfo(skb)->flags &&
	       !skb_shinfo(skb)->tx_flags;
}

/**
 * mctp_buffer_put() - a message has been read, or a packet copied
 * @skb: the buffer, in no queue; consumed
 *
 * Context: any but hard interrupts.
 */
void mctp_buffer_put(struct sk_buff *skb)
{
	unsigned int end = skb_end_offset(skb);
	unsigned int i = mctp_buffer_size(end + 1);
	struct sk_buff *kept;

	/* the greatest that it has the room of */
	if (!i || end > MCTP_BUFFER_HEAD(MCTP_BUFFER_SIZES - 1) ||
	    !mctp_buffer_is_plain(skb)) {
		consume_skb(skb);
		return;
	}
	i--;
	kept = this_cpu_read(mctp_buffers.spare[i]);
	if (kept && i > 1) {
		consume_skb(skb);
		return;
	}
	skb_orphan(skb);
	if (kept)
		kept = this_cpu_xchg(mctp_buffers.spare[i], NULL);
	if (kept && *mctp_buffer_depth(kept) >= MCTP_BUFFER_SPARES >> i) {
		consume_skb(skb);
		skb = kept;
	} else {
		skb->next = kept;
		*mctp_buffer_depth(skb) = kept ? *mctp_buffer_depth(kept) + 1 : 1;
	}
	mctp_buffer_keep(i, skb);
}

/** mctp_buffer_exit() - give back what is kept; nobody sends or reads any more */
void mctp_buffer_exit(void)
{
	unsigned int cpu, i;

	for_each_possible_cpu(cpu) {
		struct mctp_buffers *buffers = per_cpu_ptr(&mctp_buffers, cpu);

		for (i = 0; i < MCTP_BUFFER_SIZES; i++)
			kfree_skb_list(buffers->spare[i]);
	}
}
