/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/minmax.h>; arguments have no side effects here. */
#ifndef SHIM_MINMAX_H
#define SHIM_MINMAX_H

#define min(a, b)		((a) < (b) ? (a) : (b))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	((type)(a) > (type)(b) ? (type)(a) : (type)(b))

#endif /* SHIM_MINMAX_H */
