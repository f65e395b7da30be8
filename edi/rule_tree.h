/* SPDX-License-Identifier: ISC */
/*
 * rule_tree.h - an XML document as a tree, for rules that look at several places at once. Elements have a name (a small
 * number for namespace and local name), their own text, attributes, and a place in the document.
 * All of it is the arena's.
 */
#ifndef EDIGATE_EDI_RULE_TREE_H
#define EDIGATE_EDI_RULE_TREE_H

#include "edi/xml.h"

#define RULE_NODES_MAX 1000000u
#define RULE_NAMES_MAX 4096u
#define RULE_NONE      0u	/* no node: node 0 stands above the root */
#define RULE_BYTES_MAX (16u << 20)	/* of a document */
#define RULE_ARENA_MAX ((size_t)768 << 20)	/* for the tree of such a document and all rules */

struct rule_attribute {
	uint32_t name, next;
	struct str value;
};

struct rule_node {
	uint32_t name;
	uint32_t parent, first, last, next;	/* node numbers */
	uint32_t same;		/* the next node of that name in the document */
	uint32_t attributes;	/* the first of its list, RULE_NONE: none */
	struct str text;
};

struct rule_tree {
	struct arena *a;
	struct rule_node *nodes;
	struct rule_attribute *attributes;
	struct str *names;	/* "cbc:ID"; "" is no name; of a namespace without prefix "?:ID" */
	uint32_t *heads, *tails;	/* by name: the first and last node */
	uint32_t n_nodes, n_attributes, n_names;
	uint32_t *table;	/* hash of names */
	const struct xml_ns *namespaces;
};

/* Read in with these prefixes. 0; -1 with ERR_INPUT when it is no XML for us, or over a limit. */
int rule_tree_read(struct arena *a, struct str in, const struct xml_ns *namespaces,
    struct rule_tree *out, struct err *e);

/* The number of a name, 0 when no element or attribute of the document has it. Attributes: "@currencyID". */
uint32_t rule_name(const struct rule_tree *t, struct str name);

/* "/Invoice/cac:InvoiceLine[2]/cbc:ID": where a node is, for people. */
struct str rule_place(struct arena *a, const struct rule_tree *t, uint32_t node);

#endif
