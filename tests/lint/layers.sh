#!/bin/sh
# SPDX-License-Identifier: ISC
# layers - who may include whom: the picture on top of docs/ARCHITECTURE.md, read from the #include lines.
. "$(dirname "$0")/../lib.sh"

bad() {	# what, lines found
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "$2"
	fi
}

includes() {	# folder: "file:line:#include ..." of every file in it
	for source in "$1"/*.[ch]; do
		[ -e "$source" ] && grep -nHE '^[[:space:]]*#[[:space:]]*include' "$source"
	done
}

# Folder; folders it may include from; system headers it may not include, besides those with an only-place below.
layer() {
	bad "$1 includes only $(echo "$2" | tr '|' ' ')" "$(includes "$1" | grep 'include "' | grep -vE "\"($2)/[a-z0-9_]+\.h\"")"
	[ -z "$3" ] || bad "$1 includes nothing impure" "$(includes "$1" | grep -E "[<\"]($3)")"
}
pure='sys/(socket|stat|file|un|wait|mman)|netdb|netinet/|arpa/|fcntl|unistd|poll|signal|sys/time|stdio_ext|dirent|syslog|pthread|ctype|gateway/base/(log|io|loop|ipc|sandbox|ini)\.h'
layer gateway/base 'gateway/base' 'ctype'
layer edi          'edi|gateway/base' "$pure"
layer mime         'mime|gateway/base' "$pure"
layer spool        'spool|gateway/base' 'sys/socket|netdb|ctype'
layer db           'db|gateway/base' 'sys/socket|netdb|ctype'
layer gateway      'gateway|gateway/smtp|gateway/base|edi|mime|spool|db' 'ctype'
bad "gateway/smtp includes only gateway/smtp gateway/base" \
    "$(includes gateway/smtp | grep 'include "' | grep -vE '"(gateway/smtp|gateway/base)/[a-z0-9_]+\.h"')"
bad "gateway/smtp includes nothing impure, but for net*.c and resolve.c" \
    "$(includes gateway/smtp | grep -vE '^gateway/smtp/(net[a-z_]*|resolve)\.[ch]:' | grep -E "[<\"]($pure)")"

# Libraries have one place each.
only() {	# library, headers, files that may include them
	bad "$1 only in $(echo "$3" | tr '|' ' ')" "$(for folder in gateway gateway/base gateway/smtp edi mime spool db; do
		includes "$folder"; done | grep -E "<($2)" | grep -vE "^($3):")"
}
only libxml2        'libxml/'              'edi/xml(_schema)?\.c'
only libsqlite3     'sqlite3'              'db/sqlite[a-z_]*\.[ch]'
only libpq          'libpq'                'db/pgsql[a-z_]*\.c'
only libinotifytools 'inotifytools/'       'gateway/watch\.c'
only jansson        'jansson'              'gateway/[a-z_]+\.[ch]'
only libssl         'openssl/ssl'          'gateway/smtp/net[a-z_]*\.[ch]'
only libcrypto      'openssl/'             'mime/(cms|mic|cert)[a-z_]*\.[ch]|gateway/keystore[a-z_]*\.c|gateway/smtp/(net[a-z_]*|sasl_hash)\.[ch]'
only zlib           'zlib'                 'edi/pdf_flate\.c|mime/[a-z_]+\.c|gateway/(cmd_[a-z_]+|unzip)\.c'

# (Clocks are read by functions, not by headers: symbols.sh looks for those.)
# A header that includes what it needs can be included first; its own .c does so and proves it.
first=
for source in gateway/*.c gateway/base/*.c gateway/smtp/*.c edi/*.c mime/*.c spool/*.c db/*.c; do
	header=${source%.c}.h
	[ -e "$source" ] && [ -e "$header" ] || continue
	line=$(grep -m1 -E '^[[:space:]]*#[[:space:]]*include' "$source")
	case $line in "#include \"$(dirname "$source")/"*) ;; *) first="$first$source begins with $line
" ;; esac
done
bad "every file includes its own header, or one that does, first" "$first"
alone=
for header in gateway/*.h gateway/base/*.h gateway/smtp/*.h edi/*.h mime/*.h spool/*.h db/*.h; do
	[ -e "$header" ] || continue
	said=$(printf '#include "%s"\n' "$header" |
	    ${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -I. $(pkg-config --cflags-only-I libxml-2.0 2>/dev/null) -fsyntax-only -xc - 2>&1) ||
	    alone="$alone$said
"
done
bad "every header compiles alone" "$alone"
done_testing
