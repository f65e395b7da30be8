/* SPDX-License-Identifier: ISC */
/* x12_set.c - what is known of transaction sets without a dictionary: their number's place, their group's GS01. */
#include "edi/x12.h"

static const struct x12_set sets[] = {
	{ 204, SEG_TAG('B', '2', ' '), 4, "SM" },
	{ 210, SEG_TAG('B', '3', ' '), 2, "IM" },
	{ 214, SEG_TAG('B', '1', '0'), 2, "QM" },
	{ 270, SEG_TAG('B', 'H', 'T'), 3, "HS" },
	{ 271, SEG_TAG('B', 'H', 'T'), 3, "HB" },
	{ 276, SEG_TAG('B', 'H', 'T'), 3, "HR" },
	{ 277, SEG_TAG('B', 'H', 'T'), 3, "HN" },
	{ 278, SEG_TAG('B', 'H', 'T'), 3, "HI" },
	{ 810, SEG_TAG('B', 'I', 'G'), 2, "IN" },
	{ 820, SEG_TAG('T', 'R', 'N'), 2, "RA" },
	{ 824, SEG_TAG('B', 'G', 'N'), 2, "AG" },
	{ 830, SEG_TAG('B', 'F', 'R'), 2, "PS" },
	{ 832, SEG_TAG('B', 'C', 'T'), 2, "SC" },
	{ 834, SEG_TAG('B', 'G', 'N'), 2, "BE" },
	{ 835, SEG_TAG('T', 'R', 'N'), 2, "HP" },
	{ 837, SEG_TAG('B', 'H', 'T'), 3, "HC" },
	{ 840, SEG_TAG('B', 'Q', 'T'), 2, "RQ" },
	{ 843, SEG_TAG('B', 'Q', 'R'), 2, "RR" },
	{ 846, SEG_TAG('B', 'I', 'A'), 3, "IB" },
	{ 850, SEG_TAG('B', 'E', 'G'), 3, "PO" },
	{ 855, SEG_TAG('B', 'A', 'K'), 3, "PR" },
	{ 856, SEG_TAG('B', 'S', 'N'), 2, "SH" },
	{ 857, SEG_TAG('B', 'H', 'T'), 3, "BS" },
	{ 860, SEG_TAG('B', 'C', 'H'), 3, "PC" },
	{ 861, SEG_TAG('B', 'R', 'A'), 1, "RC" },
	{ 862, SEG_TAG('B', 'S', 'S'), 2, "SS" },
	{ 865, SEG_TAG('B', 'C', 'A'), 3, "CA" },
	{ 867, SEG_TAG('B', 'P', 'T'), 2, "PT" },
	{ 875, SEG_TAG('G', '5', '0'), 3, "OG" },
	{ 880, SEG_TAG('G', '0', '1'), 2, "GP" },
	{ 894, SEG_TAG('G', '8', '2'), 2, "DX" },
	{ 940, SEG_TAG('W', '0', '5'), 2, "OW" },
	{ 943, SEG_TAG('W', '0', '6'), 2, "AR" },
	{ 944, SEG_TAG('W', '1', '7'), 3, "RE" },
	{ 945, SEG_TAG('W', '0', '6'), 2, "SW" },
	{ 990, SEG_TAG('B', '1', ' '), 2, "GF" },
	{ 997, SEG_TAG('A', 'K', '1'), 2, "FA" },
	{ 999, SEG_TAG('A', 'K', '1'), 2, "FA" },
};

const struct x12_set *
x12_set_find(struct str type)
{
	uint64_t n;

	if (str_u64(type, 999, &n) == -1)
		return NULL;
	for (size_t i = 0; i < N(sets); i++)
		if (sets[i].type == n)
			return &sets[i];
	return NULL;
}
