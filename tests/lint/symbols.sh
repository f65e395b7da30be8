#!/bin/sh
# SPDX-License-Identifier: ISC
# symbols - what objects and programs really call, from nm and readelf: banned functions, purity, libraries, hardening.
# usage: symbols.sh BUILD	(a build by gcc without sanitizers)
. "$(dirname "$0")/../lib.sh"
b=${1:-build/opt}

bad() {	# what, lines found
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "$2"
	fi
}

# "object symbol" of everything undefined, as the source calls it: __sprintf_chk and __isoc99_sscanf have their own names back.
undefined() {	# objects...
	nm -A -u "$@" 2>/dev/null | awk '{
		object = $1; sub(/:$/, "", object)
		symbol = $NF; sub(/@.*/, "", symbol)
		if (symbol ~ /_chk$/) { sub(/_chk$/, "", symbol); sub(/^__/, "", symbol) }
		sub(/^__isoc99_/, "", symbol); sub(/^__isoc23_/, "", symbol)
		print object, symbol
	}'
}
calls() {	# pattern, objects...
	pattern=$1
	shift
	[ $# = 0 ] || undefined "$@" | awk -v want="^($pattern)\$" '$2 ~ want'
}
objects() {	# folder: its objects of which the source still exists
	for source in "$1"/*.c; do
		[ ! -e "$b/${source%.c}.o" ] || echo "$b/${source%.c}.o"
	done
}

product="$(objects gateway/base) $(objects gateway/smtp) $(objects edi) $(objects mime) $(objects spool) $(objects db) $(objects gateway)"
case $product in *[!\ ]*) ;; *) not_ok "objects in $b"; done_testing ;; esac

# Unbounded writes, numbers without errors, static buffers, a shell, the locale.
banned='strcpy|stpcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|sscanf|vsscanf|fscanf|scanf|strtok|atoi|atol|atoll|atof|strto(l|ul|ll|ull|d|imax|umax)'
banned="$banned|gmtime|localtime|ctime|asctime|mktime|strftime_l|system|popen|tmpnam|tempnam|mktemp|rand|srand|random|srandom|alloca"
banned="$banned|__ctype_(b|tolower|toupper)_loc|is(alpha|digit|alnum|space|upper|lower|print|punct|cntrl|graph|xdigit)|to(upper|lower)|setlocale"
bad "no banned function anywhere" "$(calls "$banned" $product)"
bad "tests call no shell through C either" "$(calls 'system|popen|gets|tmpnam|mktemp' $(find "$b/tests" -name '*.o' 2>/dev/null))"

# Code that meets hostile bytes has nothing to open: no files, sockets, clock, environment, log, exit.
impure='open(at|64|at64)?|creat|fopen(64)?|fdopen|freopen|opendir|fdopendir|stat|lstat|fstat(at)?|access|unlink(at)?|rename(at2?)?|mkdir(at)?|link(at)?'
impure="$impure|read|pread(64)?|readv|write|pwrite(64)?|writev|fread|fwrite|fputs|puts|printf|fprintf|vfprintf|perror|stdin|stdout|stderr"
impure="$impure|socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|getaddrinfo|poll|ppoll|select|epoll_[a-z0-9]+"
impure="$impure|time|clock_gettime|gettimeofday|clock|sleep|usleep|nanosleep|getenv|secure_getenv|setenv|getrandom|getpid|getuid|exit|_exit"
impure="$impure|fork|vfork|execve?|posix_spawn|kill|signal|sigaction|syslog|err|errx|warn|warnx|mmap(64)?|dlopen|pthread_[a-z_]+"
impure="$impure|log_[a-z_]+|clock_(wall|mono)_ms|io_[a-z_]+|loop_[a-z_]+|ipc_[a-z_]+|BIO_new_(file|fd|fp|socket|connect)|PEM_read_[A-Z][A-Za-z0-9_]*"
impure="$impure|X509_cmp_current_time|X509_time_adj|X509_gmtime_adj|xmlReadFile|xmlReadFd|xmlParseFile|xmlTextReaderFilename|xmlNewTextReaderFilename"
bad "edi is pure" "$(calls "$impure" $(objects edi) | grep -vE '/edi/none\.o ')"
bad "mime is pure" "$(calls "$impure" $(objects mime))"
bad "gateway/smtp is pure, but for net*.o and resolve.o" \
    "$(calls "$impure" $(objects gateway/smtp | grep -vE '/(net[a-z_]*|resolve)\.o$'))"
bad "spool and db open no socket" "$(calls 'socket|connect|bind|listen|accept4?|getaddrinfo' $(objects spool) $(objects db))"
bad "only supervisor, hooks, secrets and name look-ups fork" "$(calls 'fork|vfork|exec[lv]?[pe]*|fexecve|posix_spawnp?' $product |
    grep -vE "/gateway/(cert_watch|children|hookrun|online|conf_secret|send_secret|route)\.o ")"

# Each program links what its line in the Makefile says, and no more.
needed() { readelf -d "$b/$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE '^(libc\.so|ld-linux)' | sort | tr '\n' ' '; }
links() {	# program, libraries it may need
	if [ ! -x "$b/$1" ]; then
		skip "$1 links no more than it says" "not built"
		return
	fi
	bad "$1 links only libc ${2:+and $2}" "$(for library in $(needed "$1"); do
		case " $2 " in *" ${library%%.so*} "*) ;; *) echo "$1 needs $library" ;; esac; done)"
}
links edigate        "libcrypto libxml2 libsqlite3 libjansson libz"
links edigate-ledger "libsqlite3 libjansson"
links edigate-watch  "libinotifytools"
links edigate-keys   "libcrypto"
links edigate-pack   "libcrypto libxml2 libjansson libz"
links edigate-unpack "libcrypto libxml2 libz"
links edigate-send   "libssl libcrypto libresolv"
links edigate-probe  "libssl libcrypto libresolv"
links edigate-listen "libssl libcrypto"
links edigate-hook   ""
# What is mapped in the end, through other libraries too. (GPL-2 and Apache-2.0 may not meet in one process.)
maps() {	# program, libraries it may not map
	if [ -x "$b/$1" ]; then
		bad "$1 maps no $(echo "$2" | tr '|' ' ')" "$(ldd "$b/$1" | grep -E "$2")"
	fi
}
maps edigate-watch  'libssl|libcrypto|libxml2|libsqlite3|libjansson'
maps edigate-listen 'libxml2|libsqlite3|libinotifytools|libjansson'
maps edigate-send   'libxml2|libsqlite3|libinotifytools|libjansson'
maps edigate-ledger 'libssl|libcrypto|libxml2|libinotifytools'
for program in edigate-keys edigate-pack edigate-unpack edigate-watch; do
	[ ! -x "$b/$program" ] || bad "$program cannot make a socket" \
	    "$(calls 'socket|connect|bind|listen|accept4?|getaddrinfo|socketpair' "$b/$program")"
done

# Only the keys role, the command line, and what does TLS with a key of its own, can read a private key or compute with it.
private='PEM_read[a-z_]*_PrivateKey|PEM_read[a-z_]*_PKCS8[A-Za-z0-9_]*|d2i_[A-Za-z0-9_]*Private[A-Za-z0-9_]*|d2i_PKCS8[A-Za-z0-9_]*|d2i_PKCS12[a-z_]*'
private="$private|OSSL_STORE_[a-z0-9_]+|OSSL_DECODER_[A-Za-z0-9_]+|EVP_PKEY_sign(_init)?|EVP_DigestSign[A-Za-z]*|EVP_PKEY_decrypt(_init)?"
for program in edigate-ledger edigate-watch edigate-pack edigate-unpack edigate-send edigate-hook; do
	[ ! -x "$b/$program" ] || bad "$program can read no private key, and compute with none" "$(calls "$private" "$b/$program")"
done
[ ! -x "$b/edigate-keys" ] || is "edigate-keys can (so the rule above finds what it is there to find)" \
    "$(calls 'OSSL_STORE_open|EVP_PKEY_sign|EVP_PKEY_decrypt' "$b/edigate-keys" | wc -l)" 3

# The linker did what it was asked: position independent, everything bound and read-only, stack not executable.
for program in edigate edigate-ledger edigate-watch edigate-keys edigate-pack edigate-unpack edigate-send edigate-listen edigate-hook; do
	[ -x "$b/$program" ] || continue
	said=$(readelf -Wldh "$b/$program")
	lacks=
	echo "$said" | grep -q 'Type: *DYN' || lacks="$lacks PIE"
	echo "$said" | grep -q 'NOW' || lacks="$lacks BIND_NOW"
	echo "$said" | grep -q 'GNU_RELRO' || lacks="$lacks RELRO"
	echo "$said" | grep 'GNU_STACK' | grep -q 'RWE' && lacks="$lacks NX"
	undefined "$b/$program" | grep -q ' __stack_chk_fail$' || lacks="$lacks stack-protector"
	is "$program is hardened" "lacks:$lacks" "lacks:"
done
done_testing
