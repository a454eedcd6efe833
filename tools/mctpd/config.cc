// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file: TOML by toml++, checked key by key. Whatever is not understood is an
 * error that names file and line, since a key that is passed over in silence is one that an
 * administrator believes in.
 */
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <fnmatch.h>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "config.h"
#include "../mctp/uuid_text.h"

namespace
{

/* What is wrong, and in which line. */
struct mistake {
	std::string sentence;
	unsigned int line;
};

[[noreturn]] void wrong(const toml::source_region &at, const std::string &sentence)
{
	throw mistake{ sentence, at.begin.line };
}

std::string in_quotes(std::string_view word)
{
	std::string text = "\"";

	text += word;
	return text + "\"";
}

uint32_t number(const toml::node &node, const std::string &key, int64_t least, int64_t most)
{
	const toml::value<int64_t> *value = node.as_integer();

	if (!value || value->get() < least || value->get() > most)
		wrong(node.source(), key + " must be a number from " + std::to_string(least) +
					     " to " + std::to_string(most));
	return value->get();
}

bool boolean(const toml::node &node, const std::string &key)
{
	const toml::value<bool> *value = node.as_boolean();

	if (!value)
		wrong(node.source(), key + " must be true or false");
	return value->get();
}

std::string text(const toml::node &node, const std::string &key)
{
	const toml::value<std::string> *value = node.as_string();

	if (!value)
		wrong(node.source(), key + " must be a text in quotes");
	if (value->get().find('\0') != std::string::npos)
		wrong(node.source(), key + " has a character in it that cannot be");
	return value->get();
}

const toml::table &table(const toml::node &node, const std::string &key)
{
	const toml::table *value = node.as_table();

	if (!value)
		wrong(node.source(), key + " must be a section: [" + key + "]");
	return *value;
}

void read_role(const toml::node &node, const std::string &key, enum role *role)
{
	std::string word = text(node, key);

	if (word == "bus-owner")
		*role = ROLE_BUS_OWNER;
	else if (word == "endpoint")
		*role = ROLE_ENDPOINT;
	else if (word == "unknown")
		*role = ROLE_UNKNOWN;
	else
		wrong(node.source(), key + " must be \"bus-owner\", \"endpoint\" or \"unknown\"");
}

void read_uuid(const toml::node &node, const std::string &key, uint8_t uuid[16])
{
	if (!uuid_parse(text(node, key).c_str(), uuid))
		wrong(node.source(),
		      key + " must be like \"21f0f554-7f7c-4211-9ca1-6d0f000ea9e7\"");
}

void read_match(const toml::node &node, const std::string &key, char match[CONFIG_NAME_MAX * 2])
{
	std::string word = text(node, key);

	if (word.empty() || word.size() >= CONFIG_NAME_MAX * 2)
		wrong(node.source(), key + " must be a device's name or a pattern of one");
	memcpy(match, word.c_str(), word.size() + 1);
}

/* An address is a number if it has one byte, and a list of bytes otherwise. */
void read_addr(const toml::node &node, const std::string &key, struct config_addr *addr)
{
	const toml::array *bytes = node.as_array();

	addr->len = 0;
	if (!bytes) {
		addr->bytes[0] = number(node, key, 0, 255);
		addr->len = 1;
		return;
	}
	if (bytes->empty() || bytes->size() > CONFIG_ADDR_MAX)
		wrong(node.source(), key + " must have 1 to 32 bytes");
	for (const toml::node &byte : *bytes)
		addr->bytes[addr->len++] = number(byte, key, 0, 255);
}

void read_eid_range(const toml::node &node, const std::string &key, uint8_t *first, uint8_t *last)
{
	const toml::array *pair = node.as_array();

	if (!pair || pair->size() != 2)
		wrong(node.source(), key + " must be two EIDs: [8, 254]");
	*first = number(*pair->get(0), key, 8, 254);
	*last = number(*pair->get(1), key, 8, 254);
	if (*first > *last)
		wrong(node.source(), key + " ends before it begins");
}

/* A key and what reads its value. */
template <typename T> struct entry {
	const char *key;
	void (*read)(const toml::node &node, const std::string &key, T *into);
};

template <typename T, size_t N>
void read_section(const toml::table &section, const char *name, const entry<T> (&entries)[N], T *into)
{
	for (const auto &[key, node] : section) {
		const entry<T> *found = nullptr;

		for (const entry<T> &e : entries) {
			if (key.str() == e.key)
				found = &e;
		}
		if (!found)
			wrong(key.source(), "there is no key " + in_quotes(key.str()) +
						    (*name ? std::string(" in ") + name :
							     std::string(" outside of the sections")));
		found->read(node, std::string(key.str()), into);
	}
}

const entry<config> mctp_keys[] = {
	{ "message_timeout_ms",
	  [](const toml::node &n, const std::string &k, config *c) {
		  c->message_timeout_ms = number(n, k, 10, 60000);
	  } },
	{ "uuid",
	  [](const toml::node &n, const std::string &k, config *c) {
		  read_uuid(n, k, c->uuid);
		  c->have_uuid = true;
	  } },
};

const entry<config> bus_owner_keys[] = {
	{ "dynamic_eid_range",
	  [](const toml::node &n, const std::string &k, config *c) {
		  read_eid_range(n, k, &c->eid_first, &c->eid_last);
	  } },
	{ "max_pool_size",
	  [](const toml::node &n, const std::string &k, config *c) {
		  c->max_pool_size = number(n, k, 1, 246);
	  } },
	{ "endpoint_poll_ms",
	  [](const toml::node &n, const std::string &k, config *c) {
		  c->endpoint_poll_ms = number(n, k, 0, 86400000);
	  } },
	{ "discovery_interval_ms",
	  [](const toml::node &n, const std::string &k, config *c) {
		  c->discovery_interval_ms = number(n, k, 0, 86400000);
	  } },
	{ "max_requests",
	  [](const toml::node &n, const std::string &k, config *c) {
		  c->max_requests = number(n, k, 1, 6);
	  } },
};

const entry<config> bridge_keys[] = {
	{ "pool_size",
	  [](const toml::node &n, const std::string &k, config *c) {
		  c->bridge_pool_size = number(n, k, 0, 246);
	  } },
};

const entry<config_interface> interface_keys[] = {
	{ "match",
	  [](const toml::node &n, const std::string &k, config_interface *i) {
		  read_match(n, k, i->match);
	  } },
	{ "role",
	  [](const toml::node &n, const std::string &k, config_interface *i) {
		  read_role(n, k, &i->role);
		  i->have_role = true;
	  } },
	{ "eid",
	  [](const toml::node &n, const std::string &k, config_interface *i) {
		  i->eid = number(n, k, 8, 254);
	  } },
	{ "up",
	  [](const toml::node &n, const std::string &k, config_interface *i) {
		  i->up = boolean(n, k);
	  } },
	{ "discover",
	  [](const toml::node &n, const std::string &k, config_interface *i) {
		  i->discover = boolean(n, k);
		  i->have_discover = true;
	  } },
	{ "addresses",
	  [](const toml::node &n, const std::string &k, config_interface *i) {
		  const toml::array *list = n.as_array();

		  if (!list || list->empty() || list->size() > 256 || i->addrs)
			  wrong(n.source(), k + " must be a list of 1 to 256 addresses");
		  i->addrs = static_cast<config_addr *>(calloc(list->size(), sizeof(config_addr)));
		  if (!i->addrs)
			  throw std::bad_alloc();
		  for (const toml::node &addr : *list)
			  read_addr(addr, k, &i->addrs[i->n_addrs++]);
	  } },
};

const entry<config_static> static_keys[] = {
	{ "eid",
	  [](const toml::node &n, const std::string &k, config_static *s) {
		  s->eid = number(n, k, 8, 254);
	  } },
	{ "interface",
	  [](const toml::node &n, const std::string &k, config_static *s) {
		  read_match(n, k, s->match);
	  } },
	{ "address",
	  [](const toml::node &n, const std::string &k, config_static *s) {
		  read_addr(n, k, &s->addr);
		  s->have_addr = true;
	  } },
	{ "uuid",
	  [](const toml::node &n, const std::string &k, config_static *s) {
		  read_uuid(n, k, s->uuid);
		  s->have_uuid = true;
	  } },
	{ "pool_start",
	  [](const toml::node &n, const std::string &k, config_static *s) {
		  s->pool_start = number(n, k, 8, 254);
	  } },
	{ "pool_size",
	  [](const toml::node &n, const std::string &k, config_static *s) {
		  s->pool_size = number(n, k, 1, 246);
	  } },
};

/* Room for one more entry, all zero. */
template <typename T> T *grow(T **list, size_t *n)
{
	T *bigger = static_cast<T *>(realloc(*list, (*n + 1) * sizeof(T)));

	if (!bigger)
		throw std::bad_alloc();
	*list = bigger;
	memset(&bigger[*n], 0, sizeof(T));
	return &bigger[(*n)++];
}

const toml::array &sections(const toml::node &node, const std::string &key)
{
	const toml::array *list = node.as_array();

	if (!list)
		wrong(node.source(), "write [[" + key + "]], as there may be several");
	return *list;
}

void read_interfaces(const toml::node &node, const std::string &key, config *c)
{
	for (const toml::node &section : sections(node, key)) {
		config_interface *i = grow(&c->interfaces, &c->n_interfaces);

		read_section(table(section, key), "[[interface]]", interface_keys, i);
		if (!*i->match)
			wrong(section.source(), "[[interface]] needs match, to say which it is about");
		if (i->n_addrs && i->have_discover && !i->discover)
			wrong(section.source(), "addresses are for discovery, which is switched off");
	}
}

/* Is this the EID of the device, or one of what is behind it? */
bool keeps(const config_static *s, int eid)
{
	return eid == s->eid ||
	       (s->pool_start && eid >= s->pool_start && eid < s->pool_start + s->pool_size);
}

void check_static(const toml::node &section, const config *c, const config_static *s)
{
	if (!s->eid)
		wrong(section.source(), "[[static]] needs eid");
	if (!*s->match && !s->have_addr && !s->have_uuid)
		wrong(section.source(), "[[static]] needs interface, address or uuid");
	if (s->pool_start && !s->pool_size)
		wrong(section.source(), "pool_start needs pool_size");
	if (s->pool_start && s->pool_start + s->pool_size - 1 > 254)
		wrong(section.source(), "the pool ends behind EID 254");
	if (s->pool_start && s->eid >= s->pool_start && s->eid < s->pool_start + s->pool_size)
		wrong(section.source(), "the bridge's own eid is in its pool");
	for (const config_static *other = c->statics; other < s; other++) {
		for (int eid = 8; eid <= 254; eid++) {
			if (keeps(other, eid) && keeps(s, eid))
				wrong(section.source(),
				      "EID " + std::to_string(eid) + " is given twice");
		}
	}
}

void read_statics(const toml::node &node, const std::string &key, config *c)
{
	for (const toml::node &section : sections(node, key)) {
		config_static *s = grow(&c->statics, &c->n_statics);

		read_section(table(section, key), "[[static]]", static_keys, s);
		check_static(section, c, s);
	}
}

const entry<config> top_keys[] = {
	{ "role",
	  [](const toml::node &n, const std::string &k, config *c) { read_role(n, k, &c->role); } },
	{ "mctp",
	  [](const toml::node &n, const std::string &k, config *c) {
		  read_section(table(n, k), "[mctp]", mctp_keys, c);
	  } },
	{ "bus-owner",
	  [](const toml::node &n, const std::string &k, config *c) {
		  read_section(table(n, k), "[bus-owner]", bus_owner_keys, c);
	  } },
	{ "bridge",
	  [](const toml::node &n, const std::string &k, config *c) {
		  read_section(table(n, k), "[bridge]", bridge_keys, c);
	  } },
	{ "interface", read_interfaces },
	{ "static", read_statics },
};

int fail(config *c, int err, char error[CONFIG_ERROR_MAX], const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(error, CONFIG_ERROR_MAX, format, ap);
	va_end(ap);
	config_free(c);
	config_init(c);
	return err;
}

} // namespace

/**
 * config_init - what holds without a file
 */
void config_init(struct config *config)
{
	*config = {};
	config->role = ROLE_BUS_OWNER;
	config->message_timeout_ms = 300;
	config->eid_first = 8;
	config->eid_last = 254;
	config->max_pool_size = 15;
	config->discovery_interval_ms = 10000;
	config->max_requests = 4;
	config->bridge_pool_size = 15;
}

/**
 * config_free - let go of the lists
 */
void config_free(struct config *config)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		free(config->interfaces[i].addrs);
	free(config->interfaces);
	free(config->statics);
	*config = {};
}

/**
 * config_parse - read a configuration
 * @config: from config_init(); gets it
 * @text: the file's contents
 * @len: its length
 * @name: the file's name, for the error
 * @error: gets a sentence that names the line
 *
 * Return: 0; -EINVAL or -ENOMEM, and @config is as config_init() leaves it.
 */
int config_parse(struct config *config, const char *text, size_t len, const char *name,
		 char error[CONFIG_ERROR_MAX])
{
	try {
		toml::table top = toml::parse(std::string_view(text, len), std::string_view(name));

		read_section(top, "", top_keys, config);
	} catch (const toml::parse_error &e) {
		return fail(config, -EINVAL, error, "%s:%u: this is not TOML: %.*s.", name,
			    static_cast<unsigned int>(e.source().begin.line),
			    static_cast<int>(e.description().size()), e.description().data());
	} catch (const mistake &m) {
		return fail(config, -EINVAL, error, "%s:%u: %s.", name, m.line, m.sentence.c_str());
	} catch (const std::bad_alloc &) {
		return fail(config, -ENOMEM, error, "%s: out of memory.", name);
	}
	return 0;
}

/**
 * config_read - read the configuration file
 *
 * Return: as config_parse(), or the errno of opening or reading the file.
 */
int config_read(struct config *config, const char *path, char error[CONFIG_ERROR_MAX])
{
	std::ifstream file(path, std::ios::binary);

	if (!file)
		return fail(config, errno ? -errno : -EIO, error, "%s: %s.", path,
			    strerror(errno ? errno : EIO));

	std::string text;

	/* What fails behind an iterator is not noted in the stream, but thrown. */
	try {
		text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
	} catch (const std::ios_base::failure &e) {
		int err = e.code().value() > 1 ? e.code().value() : EIO;

		return fail(config, -err, error, "%s: %s.", path, strerror(err));
	} catch (const std::bad_alloc &) {
		return fail(config, -ENOMEM, error, "%s: out of memory.", path);
	}
	return config_parse(config, text.data(), text.size(), path, error);
}

/**
 * config_interface_of - the section about a link
 *
 * Return: the first whose pattern matches, or NULL.
 */
const struct config_interface *config_interface_of(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_interfaces; i++) {
		if (!fnmatch(config->interfaces[i].match, name, 0))
			return &config->interfaces[i];
	}
	return nullptr;
}
