/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records as text or as JSON from one call, so that the two cannot drift apart.
 *
 * Text: a record is a line, its fields follow each other as "label value". JSON: an array of one
 * object a record; or, as a stream, one object a line as it comes. A field with a NULL label is the
 * bare value in the text. A field's key is its name in JSON. A list inside a record is an array of
 * objects in JSON, and a line an item in the text, behind the record's own; it comes last.
 */
#ifndef MCTP_TOOL_PRINT_H
#define MCTP_TOOL_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The longest of short strings in an array, with its NUL. */
#define PRINT_STRINGS_SIZE 16

/**
 * struct printer - where records go
 * @to: the stream
 * @json: as JSON, not as text
 * @pretty: JSON with a line a field
 * @colour: text with colours
 * @stream: one JSON object after the other, no array around them
 * @records: how many records were begun
 * @fields: how many fields of this record or item were printed
 * @items: how many items of this list were begun
 * @outer: fields of the record around this list
 * @depth: how deep the next field stands, for pretty JSON
 */
struct printer {
	FILE *to;
	bool json;
	bool pretty;
	bool colour;
	bool stream;
	unsigned int records;
	unsigned int fields;
	unsigned int items;
	unsigned int outer;
	unsigned int depth;
};

void print_begin(struct printer *p);
void print_begin_stream(struct printer *p);
void print_end(struct printer *p);
void print_record(struct printer *p);
void print_record_end(struct printer *p);

void print_string(struct printer *p, const char *label, const char *key, const char *value);
void print_number(struct printer *p, const char *label, const char *key, uint64_t value);
void print_lladdr(struct printer *p, const char *label, const char *key, const uint8_t *bytes,
		  size_t len);
void print_bytes(struct printer *p, const char *label, const char *key, const uint8_t *bytes,
		 size_t len);
void print_hex(struct printer *p, const char *label, const char *key, uint32_t value,
	       unsigned int digits);
void print_milli(struct printer *p, const char *label, const char *key, uint64_t thousandths);
void print_null(struct printer *p, const char *label, const char *key);
void print_strings(struct printer *p, const char *label, const char *key,
		   const char (*values)[PRINT_STRINGS_SIZE], size_t n);
void print_numbers(struct printer *p, const char *label, const char *key, const uint8_t *values,
		   size_t n);
void print_time(struct printer *p, const char *label, const char *key);
void print_bool(struct printer *p, const char *key, bool value, const char *if_true,
		const char *if_false);
void print_json_string(struct printer *p, const char *key, const char *value);

void print_list(struct printer *p, const char *key);
void print_list_end(struct printer *p);
void print_item(struct printer *p);
void print_item_end(struct printer *p);

void print_heading(struct printer *p, const char *text, int width);
void print_heading_end(struct printer *p);
void print_cell(struct printer *p, const char *key, const char *value, int width);

#endif
