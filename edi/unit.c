/* SPDX-License-Identifier: ISC */
#include "edi/unit.h"

#include "edi/edifact.h"
#include "edi/tradacoms.h"
#include "edi/x12.h"

/* Several codes of a list for one thing stand one behind the other: the first is the one that is written. */
static const struct unit {
	const char *word;
	const char *code[UNIT_LISTS];
} units[] = {
	/*	     X12	EDIFACT		Rec. 20, 21 */
	{ "pcs",   { "EA",	"EA",		"EA" } },
	{ "pcs",   { "PC",	"PCE H87",	"H87" } },
	{ "pcs",   { "UN",	"C62",		"C62" } },
	{ "pair",  { "PR",	"PR",		"PR" } },
	{ "set",   { "ST",	"SET",		"SET" } },
	{ "doz",   { "DZ",	"DZN",		"DZN" } },
	{ "grs",   { "GS",	"GRO",		"GRO" } },
	{ "100",   { "HC",	"CEN",		"CEN" } },
	{ "1000",  { "TH",	"MIL",		"MIL" } },
	{ "case",  { "CA",	"CS XCS",	"XCS" } },
	{ "ctn",   { "CT",	"CT XCT",	"XCT" } },
	{ "box",   { "BX",	"BX XBX",	"XBX" } },
	{ "bag",   { "BG",	"BG XBG",	"XBG" } },
	{ "btl",   { "BO",	"BO XBO",	"XBO" } },
	{ "can",   { "CN",	"CA XCA",	"XCA" } },
	{ "pack",  { "PK",	"PK XPK",	"XPK" } },
	{ "plt",   { "PF PL",	"PF XPX",	"XPX" } },
	{ "roll",  { "RO",	"RO XRO",	"XRO" } },
	{ "drum",  { "DR",	"DR XDR",	"XDR" } },
	{ "sht",   { "SH",	"ST",		"ST" } },
	{ "kg",    { "KG",	"KGM",		"KGM" } },
	{ "g",     { "GR",	"GRM",		"GRM" } },
	{ "mg",    { "ME",	"MGM",		"MGM" } },
	{ "t",     { "MP",	"TNE",		"TNE" } },
	{ "lb",    { "LB",	"LBR",		"LBR" } },
	{ "oz",    { "OZ",	"ONZ",		"ONZ" } },
	{ "ston",  { "TN",	"STN",		"STN" } },
	{ "cwt",   { "CW",	"CWA",		"CWA" } },
	{ "l",     { "LT",	"LTR",		"LTR" } },
	{ "ml",    { "ML",	"MLT",		"MLT" } },
	{ "gal",   { "GA",	"GLL",		"GLL" } },
	{ "qt",    { "QT",	"QT",		"QT" } },
	{ "pt",    { "PT",	"PT",		"PT" } },
	{ "floz",  { "FO",	"OZA",		"OZA" } },
	{ "m",     { "MR",	"MTR",		"MTR" } },
	{ "cm",    { "CM",	"CMT",		"CMT" } },
	{ "mm",    { "MM",	"MMT",		"MMT" } },
	{ "km",    { "DK",	"KMT KTM",	"KMT" } },
	{ "ft",    { "FT",	"FOT",		"FOT" } },
	{ "in",    { "IN",	"INH",		"INH" } },
	{ "yd",    { "YD",	"YRD",		"YRD" } },
	{ "mi",    { "DH",	"SMI",		"SMI" } },
	{ "m\xc2\xb2",  { "SM",	"MTK",		"MTK" } },
	{ "sqft",  { "SF",	"FTK",		"FTK" } },
	{ "sqyd",  { "SY",	"YDK",		"YDK" } },
	{ "m\xc2\xb3",  { "CR",	"MTQ",		"MTQ" } },
	{ "cuft",  { "CF",	"FTQ",		"FTQ" } },
	{ "cuyd",  { "CY",	"YDQ",		"YDQ" } },
	{ "s",     { "03",	"SEC",		"SEC" } },
	{ "min",   { "MJ",	"MIN",		"MIN" } },
	{ "h",     { "HR",	"HUR",		"HUR" } },
	{ "day",   { "DA",	"DAY",		"DAY" } },
	{ "week",  { "WK",	"WEE",		"WEE" } },
	{ "mon",   { "MO",	"MON",		"MON" } },
	{ "year",  { "YR",	"ANN",		"ANN" } },
	{ "kWh",   { "KH",	"KWH",		"KWH" } },
	{ "%",     { "P1",	"P1",		"P1" } },
};

/* Is code one of those? first: the one that is written. */
static bool
among(const char *codes, struct str code, struct str *first)
{
	struct str rest = str_of(codes), one;
	bool found = false, more;

	*first = S("");
	do {
		more = str_cut(&rest, ' ', &one);
		if (first->n == 0)
			*first = one;
		found |= str_eq(one, code);
	} while (more);
	return found;
}

static const struct unit *
find(struct str code, enum unit_list list)
{
	struct str first;

	for (size_t i = 0; i < N(units); i++)
		if (among(units[i].code[list], code, &first))
			return &units[i];
	return NULL;
}

enum unit_list
unit_list_of(const struct edi_format *f)
{
	if (f == &edi_x12)
		return UNIT_X12;
	return f == &edi_edifact || f == &edi_tradacoms ? UNIT_EDIFACT : UNIT_UN;
}

bool
unit_translate(struct str code, enum unit_list from, enum unit_list to, struct str *out)
{
	const struct unit *u = find(code, from);

	*out = code;
	if (u == NULL)
		return false;
	if (among(u->code[to], code, out))
		*out = code;	/* it means the same there */
	return true;
}

const char *
unit_word(struct str code, enum unit_list list)
{
	const struct unit *u = find(code, list);

	return u == NULL ? NULL : u->word;
}
