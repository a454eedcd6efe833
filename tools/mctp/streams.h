/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The standard streams.
 */
#ifndef MCTP_TOOL_STREAMS_H
#define MCTP_TOOL_STREAMS_H

void streams_fill(void);

#endif
