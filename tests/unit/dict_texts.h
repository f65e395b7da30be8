/* SPDX-License-Identifier: ISC */
/*
 * dict_texts.h - a directory of our own, D.24Z, in the forms that the UN gives to its texts: one message, with groups
 * within groups, seven segments, three composites, two code lists. Not a word of it is the UN's.
 */
#ifndef EDIGATE_TESTS_UNIT_DICT_TEXTS_H
#define EDIGATE_TESTS_UNIT_DICT_TEXTS_H

#define DICT_RULE "----------------------------------------------------------------------\r\n"

#define DICT_MESSAGE                                                                                                  \
	"4.3.1  Table of what belongs where\r\n\r\nPos     Tag Name                                     S   R\r\n\r\n"  \
	"00010   UNH Head                                     M   1                \r\n"                              \
	"00020   AAA First thing                              M   1                \r\n"                              \
	"00030 * BBB Second thing                             C   2                \r\n"                              \
	"\r\n"                                                                                                        \
	"00040       ---- Segment group 1  ------------------ C   2----------------+\r\n"                             \
	"00050   CCC Somebody                                 M   1                |\r\n"                             \
	"00060   DDD Some words                               C   1                |\r\n"                             \
	"                                                                          |\r\n"                             \
	"00070       ---- Segment group 2------------------- C   3---------------+|\r\n"                              \
	"00080   EEE A number                                 M   1               ||\r\n"                             \
	"00090   FFF Four numbers                             M   1---------------++\r\n"                             \
	"\r\n"                                                                                                        \
	"00100 + +   ---- Segment group 3  ------------------ M   9----------------+\r\n"                             \
	"00110   GGG A line                                   M   1                |\r\n"                             \
	"00120   BBB Second thing                             C   1----------------+\r\n"                             \
	"00130   UNT Tail                                     M   1                \r\n"

#define DICT_SEGMENTS_TEXT                                                                                            \
	"What these are: 1234 is no row, for no rule came yet.\r\n" DICT_RULE                                           \
	"\r\n       AAA  FIRST THING\r\n\r\n       Function: To be the first.\r\n                 4321 is a number in prose.\r\n" \
	"\r\n010    C901 THE NAME OF A THING                       M    1\r\n"                                           \
	"       9001  A code of it                             C      an..3\r\n"                                       \
	"       9002  Its name                                 C      an..8\r\n"                                       \
	"\r\n020    9003 HOW THE FIRST THING IS TO BE\r\n            TAKEN                                    C    1 an..3\r\n\r\n" \
	DICT_RULE "\r\n  +    BBB  SECOND THING\r\n\r\n010    C902 A DATE                                   M    1\r\n\r\n"   \
	DICT_RULE "\r\n       CCC  SOMEBODY\r\n\r\n010    9004 WHO                                      M    1 an2\r\n"       \
	"020    C901 THE NAME OF A THING                       C    2\r\n\r\n"                                        \
	DICT_RULE "\r\n       DDD  SOME WORDS\r\n\r\n010    9005 WORD                                     C    3 a..5\r\n\r\n" \
	DICT_RULE "\r\n       EEE  A NUMBER\r\n\r\n010    9006 NUMBER                                   M    1 n..4\r\n\r\n"    \
	DICT_RULE "\r\n*      FFF  FOUR NUMBERS\r\n\r\n010 X  9006 NUMBER                                   C    4 n..4\r\n\r\n" \
	DICT_RULE "\r\n       GGG  A LINE\r\n\r\n010    9006 NUMBER                                   M    1 n..4\r\n\r\n"

#define DICT_COMPOSITES_TEXT                                                                                          \
	"Of composites\r\n" DICT_RULE                                                                                  \
	"\r\n       C901 THE NAME OF A THING\r\n\r\n       Desc: What a thing is called.\r\n\r\n"                        \
	"010    9001  A code of it                             C      an..3\r\n"                                       \
	"020    1131  Whose code list                          C      an..17\r\n"                                      \
	"030    3055  Who keeps it                             C      an..3\r\n"                                       \
	"040    9002  Its name as it stands on the label\r\n             of the thing                             C      an..8\r\n\r\n" \
	DICT_RULE "\r\n       C902 A DATE\r\n\r\n010    9007  Which date                               M      an..3\r\n"     \
	"020    9008  The date                                 C      an..8\r\n"

#define DICT_CODES_TEXT                                                                                               \
	"Of codes\r\n" DICT_RULE                                                                                       \
	"\r\n     9001  A code of a thing                                         [C]\r\n\r\n     Desc: Says what it is.\r\n" \
	"\r\n     Repr: an..3\r\n\r\n     1     One thing\r\n              It is one.\r\n\r\n"                               \
	"+    ZZZ   Another thing\r\n              Whatever it is.\r\n\r\n     Note:\r\n          Not a code.\r\n\r\n"       \
	DICT_RULE "\r\n*    9007  Which date\r\n\r\n     Repr: an..3\r\n\r\n     137   Today\r\n              The day it is.\r\n"

#endif
