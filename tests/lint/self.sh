#!/bin/sh
# SPDX-License-Identifier: ISC
# self - the lint finds what it is there to find: a small tree with one fault of each kind.
. "$(dirname "$0")/../lib.sh"
lint=$PWD/$(dirname "$0")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
mkdir -p gateway/base gateway/smtp edi mime spool db

echo 'int base(void);' >gateway/base/base.h
printf '#include "gateway/base/base.h"\n#include "edi/edi.h"\nint base(void) { return 1; }\n' >gateway/base/base.c
echo 'struct nothing;' >edi/edi.h
printf '#include <string.h>\n#include <stdlib.h>\n#include <time.h>\nlong edi(char *p, const char *q);\n' >edi/first.c
printf 'long edi(char *p, const char *q) { strcpy(p, q); return time(NULL) + atoi(q); }\n' >>edi/first.c
printf '#include "mime/mime.h"\n#include <sqlite3.h>\n' >mime/mime.c
echo 'struct part part(void);' >mime/mime.h
printf '#include <sys/socket.h>\nint spool(void);\nint spool(void) { return socket(1, 1, 0); }\n' >spool/spool.c
printf '#include "mime/mime.h"\n' >gateway/smtp/client.c
printf '#include <libxml/parser.h>\n' >gateway/web.c

"$lint/layers.sh" >layers 2>&1 && not_ok "layers fails" || ok "layers fails"
for fault in 'gateway/base/base.c:2:#include "edi/edi.h"' 'mime/mime.c:2:#include <sqlite3.h>' 'spool/spool.c:1:#include <sys/socket.h>' \
    'gateway/smtp/client.c:1:#include "mime/mime.h"' 'gateway/web.c:1:#include <libxml/parser.h>'; do
	grep -qF "$fault" layers && ok "layers names $fault" || not_ok "layers names $fault"
done
mkdir -p b/edi b/spool
gcc -O2 -c -o b/edi/first.o edi/first.c && gcc -O2 -c -o b/spool/spool.o spool/spool.c
"$lint/symbols.sh" b >symbols 2>&1 && not_ok "symbols fails" || ok "symbols fails"
for fault in 'edi/first.o strcpy' 'edi/first.o strtol' 'edi/first.o time' 'spool/spool.o socket'; do
	grep -qF "$fault" symbols && ok "symbols names $fault" || not_ok "symbols names $fault"
done
done_testing
