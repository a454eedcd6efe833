// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: the bodies of the tracepoints.
 */
#include "mctp_priv.h"

#define CREATE_TRACE_POINTS
#include <trace/events/mctp.h>
