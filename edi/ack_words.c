/* SPDX-License-Identifier: ISC */
/* ack_words.c - what the codes of acknowledgements mean, in our words: those that we write, and others that partners send. */
#include "edi/ack.h"

struct word {
	const char *code, *text;
};

static const struct word interchange[] = {	/* TA105 */
	{ "001", "control number of header and trailer differ" }, { "004", "segment terminator" },
	{ "005", "qualifier of the sender" }, { "006", "sender" }, { "007", "qualifier of the receiver" }, { "008", "receiver" },
	{ "009", "unknown receiver" }, { "014", "date" }, { "015", "time" }, { "016", "repetition separator or standard" },
	{ "017", "version" }, { "018", "control number" }, { "019", "whether an acknowledgement is wanted" },
	{ "020", "test indicator" }, { "021", "count of groups" }, { "022", "control structure" }, { "023", "ends too early" },
	{ "024", "content" }, { "025", "number used before" }, { "026", "data element separator" }, { "027", "component separator" },
	{ NULL, NULL },
};

static const struct word group[] = {		/* AK905 */
	{ "1", "function not supported" }, { "2", "version not supported" }, { "3", "trailer missing" },
	{ "4", "control number of header and trailer differ" }, { "5", "count of sets" }, { "6", "control number" }, { NULL, NULL },
};

static const struct word set[] = {		/* AK502 */
	{ "1", "set not supported" }, { "2", "trailer missing" }, { "3", "control number of header and trailer differ" },
	{ "4", "count of segments" }, { "5", "segments in error" }, { "6", "identifier" }, { "7", "control number" },
	{ "23", "control number used before" }, { NULL, NULL },
};

static const struct word segment[] = {		/* AK304 */
	{ "1", "unknown segment" }, { "2", "unexpected segment" }, { "3", "mandatory segment missing" }, { "4", "too many loops" },
	{ "5", "too many times" }, { "6", "not in this set" }, { "7", "not in its place" }, { "8", "elements in error" }, { NULL, NULL },
};

static const struct word element[] = {		/* AK403 */
	{ "1", "mandatory element missing" }, { "2", "element missing that another asks for" }, { "3", "too many elements" },
	{ "4", "too short" }, { "5", "too long" }, { "6", "invalid character" }, { "7", "invalid code" }, { "8", "invalid date" },
	{ "9", "invalid time" }, { "10", "element excluded by another" }, { "12", "too many repetitions" },
	{ "13", "too many components" }, { NULL, NULL },
};

static const struct word syntax[] = {		/* 0085 */
	{ "2", "syntax version not supported" }, { "7", "recipient is another" }, { "12", "invalid value" }, { "13", "missing" },
	{ "14", "value not supported here" }, { "15", "not supported here" }, { "16", "too many parts" }, { "17", "no agreement" },
	{ "18", "error not specified" }, { "19", "decimal mark" }, { "20", "character used as a sign" },
	{ "21", "invalid character" }, { "22", "service characters" }, { "23", "unknown sender" }, { "24", "too old" },
	{ "25", "test not supported" }, { "26", "number used before" }, { "27", "control count" },
	{ "28", "references of header and trailer differ" }, { "29", "count is not what came" },
	{ "30", "groups and messages mixed" }, { "32", "lower level empty" }, { "33", "outside of message or group" },
	{ "35", "too many repetitions" }, { "36", "too many groups" }, { "37", "invalid type of characters" },
	{ "39", "too long" }, { "40", "too short" }, { "46", "character set not supported" }, { NULL, NULL },
};

static const char *
find(const struct word *list, struct str code)
{
	while (list->code != NULL && !str_eq(code, str_of(list->code)))
		list++;
	return list->text;
}

const char *
ack_error_words(enum ack_kind kind, const struct ack_error *e, bool of_message)
{
	const struct word *list = syntax;

	if (kind == ACK_TA1)
		list = interchange;
	else if (kind != ACK_CONTRL)
		list = e->element > 0 ? element : e->segment > 0 ? segment : of_message ? set : group;
	return find(list, e->code);
}
