/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records as text or as JSON from one call, so that the two cannot drift apart.
 *
 * Text: a record is a line, its fields follow each other as "label value". JSON: an array of one
 * object a record. A field with a NULL label is the bare value in the text. A field's key is its
 * name in JSON.
 */
#ifndef MCTP_TOOL_PRINT_H
#define MCTP_TOOL_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct printer - where records go
 * @to: the stream
 * @json: as JSON, not as text
 * @records: how many records were begun
 * @fields: how many fields of this record were printed
 */
struct printer {
	FILE *to;
	bool json;
	unsigned int records;
	unsigned int fields;
};

void print_begin(struct printer *p);
void print_end(struct printer *p);
void print_record(struct printer *p);
void print_record_end(struct printer *p);

void print_string(struct printer *p, const char *label, const char *key, const char *value);
void print_number(struct printer *p, const char *label, const char *key, uint64_t value);
void print_lladdr(struct printer *p, const char *label, const char *key, const uint8_t *bytes,
		  size_t len);
void print_bool(struct printer *p, const char *key, bool value, const char *if_true,
		const char *if_false);
void print_json_string(struct printer *p, const char *key, const char *value);

void print_heading(struct printer *p, const char *text, int width);
void print_heading_end(struct printer *p);
void print_cell(struct printer *p, const char *key, const char *value, int width);

#endif
