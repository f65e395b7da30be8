# edigate - see README.md. `make help` lists the targets.
# One line per program below says what it links: that line is its attack surface.
VARIANT  ?= opt
B        ?= build/$(VARIANT)
CC       := gcc
PREFIX   ?= /usr/local
LIBEXEC  ?= $(PREFIX)/libexec/edigate
CFLAGS   ?= -O2 -g
VERSION  := 0.1.0
V        ?= 0
.DEFAULT_GOAL := all
FUZZ_SECONDS ?= 60
N        ?= 2000
CASES    ?= 1000000
SEED     ?= 1
Q        := $(if $(filter 1,$(V)),,@)
WERROR   ?=

IS_CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null | head -n 1))
WARN     := -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wshadow -Wundef -Wvla -Walloca -Wcast-qual \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wpointer-arith -Wdate-time
WARN_GCC := -Wlogical-op -Wduplicated-cond -Wjump-misses-init -Wimplicit-fallthrough=5 -Wbidi-chars=any -Wtrampolines
HARDEN   := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
            -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen,--as-needed
REPRO    := -ffile-prefix-map=$(CURDIR)=.
ifneq ($(IS_CLANG),)
WARN_GCC := -Wimplicit-fallthrough -Wno-unused-command-line-argument
HARDEN   := $(HARDEN:-ftrivial-auto-var-init=zero=-ftrivial-auto-var-init=pattern)	# clang 14 has no zero
HARDEN   += -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
endif
ifneq ($(filter asan cover fuzz,$(VARIANT)),)
HARDEN   := -fPIE
LDHARDEN := -pie
endif
ifeq ($(VARIANT),asan)
CFLAGS   := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS  += -fsanitize=address,undefined
endif
ifeq ($(VARIANT),cover)
CFLAGS   := -O0 -g --coverage
LDFLAGS  += --coverage
endif
ifeq ($(VARIANT),fuzz)
CFLAGS   := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
LDFLAGS  += -fsanitize=fuzzer-no-link,address,undefined
endif
# What is compiled in: objects are made anew when it changes (make install PREFIX=/usr after a plain make).
STAMP    := $(B)/settings
ifeq ($(filter clean help top,$(MAKECMDGOALS)),)
$(shell mkdir -p $(B) && { printf '%s\n' '$(VERSION) $(LIBEXEC)' | cmp -s - $(STAMP) || \
        printf '%s\n' '$(VERSION) $(LIBEXEC)' >$(STAMP); })
endif
XML2_INC := $(shell pkg-config --cflags-only-I libxml-2.0 2>/dev/null)
COMPILE   = $(CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARN) $(WARN_GCC) $(WERROR) $(HARDEN) $(REPRO) $(CPPFLAGS) $(CFLAGS) \
            -DEDIGATE_VERSION='"$(VERSION)"' -DEDIGATE_LIBEXEC='"$(LIBEXEC)"' -MMD -MP -c -o $@ $<

# ---- what the folders build: one archive each, so that a program takes only the objects it needs
ROLES    := ledger watch keys pack send listen unpack hook probe
MAINS    := $(patsubst %,$(B)/gateway/%.o,main $(ROLES))
folder    = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard $(1)/*.c)))
BASE     := $(B)/base.a
EDI      := $(B)/edi.a
MIME     := $(B)/mime.a
SMTP     := $(B)/smtp.a
SPOOL    := $(B)/spool.a
DB       := $(B)/db.a
SHARED   := $(B)/gateway.a
$(BASE):   $(call folder,gateway/base)
$(EDI):    $(call folder,edi) $(B)/edi/x12_facts.o
$(MIME):   $(call folder,mime)
$(SMTP):   $(call folder,gateway/smtp)
$(SPOOL):  $(call folder,spool)
$(DB):     $(call folder,db) $(B)/db/schema_sql.o
$(SHARED): $(filter-out $(MAINS),$(call folder,gateway)) $(B)/gateway/verify_sh.o
ARCHIVES := $(BASE) $(EDI) $(MIME) $(SMTP) $(SPOOL) $(DB) $(SHARED)

# ---- programs
PROGRAMS := $(B)/edigate $(patsubst %,$(B)/edigate-%,$(ROLES))

all: $(PROGRAMS) $(B)/edigate-token
$(B)/edigate-token: gateway/token.py
	$(Q)install -m 755 $< $@
$(B)/edigate:        $(B)/gateway/main.o $(SHARED) $(EDI) $(MIME) $(SPOOL) $(DB) $(BASE)
$(B)/edigate:        LDLIBS := -lcrypto -lxml2 -lsqlite3 -ljansson -lz
$(B)/edigate-ledger: $(B)/gateway/ledger.o $(SHARED) $(SPOOL) $(DB) $(BASE)
$(B)/edigate-ledger: LDLIBS := -lsqlite3 -ljansson
$(B)/edigate-hook:   $(B)/gateway/hook.o $(SHARED) $(SPOOL) $(BASE)
$(B)/edigate-watch:  $(B)/gateway/watch.o $(SHARED) $(SPOOL) $(EDI) $(BASE)
$(B)/edigate-watch:  LDLIBS := -linotifytools
$(B)/edigate-pack:   $(B)/gateway/pack.o $(SHARED) $(EDI) $(MIME) $(SMTP) $(SPOOL) $(BASE)
$(B)/edigate-pack:   LDLIBS := -lcrypto -lxml2 -ljansson -lz
$(B)/edigate-unpack: $(B)/gateway/unpack.o $(SHARED) $(EDI) $(MIME) $(SMTP) $(SPOOL) $(BASE)
$(B)/edigate-unpack: LDLIBS := -lcrypto -lxml2 -lz
$(B)/edigate-keys:   $(B)/gateway/keys.o $(SHARED) $(MIME) $(BASE)
$(B)/edigate-keys:   LDLIBS := -lcrypto
$(B)/edigate-send:   $(B)/gateway/send.o $(SHARED) $(SMTP) $(SPOOL) $(BASE)
$(B)/edigate-send:   LDLIBS := -lssl -lcrypto -lresolv
$(B)/edigate-probe:  $(B)/gateway/probe.o $(SHARED) $(SMTP) $(SPOOL) $(BASE)
$(B)/edigate-probe:  LDLIBS := -lssl -lcrypto -lresolv
$(B)/edigate-listen: $(B)/gateway/listen.o $(SHARED) $(SMTP) $(SPOOL) $(BASE)
$(B)/edigate-listen: LDLIBS := -lssl -lcrypto

link = $(Q)$(CC) $(CFLAGS) $(LDHARDEN) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)
$(PROGRAMS):
	@echo "  LINK  $@"
	$(link)
$(ARCHIVES):
	$(Q)rm -f $@ && ar Dcr $@ $^
$(B)/edi/xml.o $(B)/edi/xml_schema.o: CPPFLAGS += $(XML2_INC)
# db/schema/NNNN_what.sql, in their order, as strings
SCHEMA   := $(sort $(wildcard db/schema/*.sql))
$(B)/db/schema_sql.c: $(SCHEMA)
	@mkdir -p $(@D)
	$(Q){ echo '#include "db/backend.h"'; echo 'const char *const db_schema[] = {'; for f in $^; do \
	sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $$f; echo ,; done; echo 'NULL };'; } > $@
$(B)/db/schema_sql.o: $(B)/db/schema_sql.c
	$(Q)$(COMPILE)
# what is built in of X12 sets, as a string
$(B)/edi/x12_facts.c: edi/x12.facts
	@mkdir -p $(@D)
	$(Q){ echo '#include "edi/dict_build.h"'; echo 'const char dict_x12_facts[] ='; \
	sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $<; echo ';'; } > $@
$(B)/edi/x12_facts.o: $(B)/edi/x12_facts.c
	$(Q)$(COMPILE)
# what goes into every evidence, as a string
$(B)/gateway/verify_sh.c: gateway/verify.sh
	@mkdir -p $(@D)
	$(Q){ echo '#include "gateway/evidence.h"'; echo 'const char evidence_verify_sh[] ='; \
	sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $<; echo ';'; } > $@
$(B)/gateway/verify_sh.o: $(B)/gateway/verify_sh.c
	$(Q)$(COMPILE)
$(B)/%.o: %.c $(STAMP)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE)

# ---- tests link the archives of the folders that they include, and base
LIBRARIES := $(EDI) $(MIME) $(SMTP) $(SPOOL) $(DB)
ARCHIVE_edi := $(EDI)
ARCHIVE_mime := $(MIME)
ARCHIVE_gateway/smtp := $(SMTP)
ARCHIVE_spool := $(SPOOL)
ARCHIVE_db := $(DB)
ARCHIVE_gateway := $(SHARED) $(LIBRARIES)
INCLUDES := $(shell grep -HoE '^\#include "(edi|mime|gateway/smtp|spool|db|gateway|tests/[a-z]+)/[a-z0-9_]+\.h"' tests/*/*.[ch] | \
            sed 's/:\#include "/:/; s/"$$//; /:tests/!s,/[a-z0-9_]*\.h$$,,' | sort -u)
included  = $(patsubst $(1):%,%,$(filter $(1):%,$(INCLUDES)))
archives  = $(sort $(foreach i,$(call included,$(1)),$(ARCHIVE_$(i)) $(if $(filter tests/%,$(i)),$(call archives,$(i))))) $(BASE)
TEST_LDLIBS := -lssl -lcrypto -lxml2 -lsqlite3 -ljansson -lz -lresolv
define link_test
@mkdir -p $(@D)
@echo "  LINK  $@"
$(Q)$(CC) $(CFLAGS) $(LDHARDEN) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS) $(TEST_LDLIBS)
endef

# ---- unit tests: tests/unit/test_NAME.c, each a program
UNIT     := $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
$(foreach u,$(UNIT),$(eval $(u): $(call archives,tests/unit/$(notdir $(u)).c)))
$(UNIT): LDLIBS := -lcmocka
$(UNIT): $(B)/unit/%: $(B)/tests/unit/%.o
	$(link_test)
units: $(UNIT)

# ---- fuzz targets: tests/fuzz/fuzz_NAME.c; libFuzzer with clang, and the seeds replayed as tests with any compiler
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
$(foreach f,$(FUZZ),$(eval $(f): $(call archives,tests/fuzz/$(notdir $(f)).c)))
$(FUZZ): LDFLAGS += $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer)
$(FUZZ): $(B)/fuzz/%: $(B)/tests/fuzz/%.o $(if $(filter fuzz,$(VARIANT)),,$(B)/tests/fuzz/replay.o)
	$(link_test)
fuzzers: $(FUZZ)

# ---- tools of the tests: one file, one program (a fake peer, the corpus runner, the bench's limit)
TOOLS    := $(patsubst tests/%.c,$(B)/tool/%,$(sort $(wildcard tests/fake/*.c tests/golden/*.c tests/corpus/*.c \
            tests/bench/*.c tests/sys/*.c tests/crash/*_crash.c)))
$(foreach t,$(TOOLS),$(eval $(t): $(call archives,$(t:$(B)/tool/%=tests/%.c))))
$(TOOLS): $(B)/tool/%: $(B)/tests/%.o
	$(link_test)
tools: $(TOOLS) $(patsubst tests/%.c,$(B)/tool/%.so,$(wildcard tests/crash/shim.c tests/crash/readable.c tests/crash/resolver.c))
$(B)/tool/crash/%.so: tests/crash/%.c $(STAMP)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARN) $(WARN_GCC) $(WERROR) $(REPRO) -O2 -g -fPIC -shared -o $@ $< -ldl

# ---- checks. tests/run builds what it needs and ends with "N passed, N failed, N skipped"
check:
	$(Q)tests/run
lint asan sys:
	$(Q)tests/run $@
cover:
	$(Q)$(MAKE) --no-print-directory VARIANT=cover B=build/cover units fuzzers
	$(Q)tests/cover build/cover
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang VARIANT=fuzz B=build/fuzz fuzzers
	$(Q)tests/fuzz/run build/fuzz $(FUZZ_SECONDS)
golden: tools
	$(Q)tests/golden/run --write $(B)
corpus: all tools
	$(Q)tests/as-nobody $(B) tests/corpus/run $(B) $(abspath $(CORPUS))
bench: all tools
	$(Q)tests/as-nobody $(B) tests/bench/run $(B)
fidelity: tools
	$(Q)$(B)/tool/corpus/fidelity $(CASES) $(SEED)
stress: all tools
	$(Q)tests/as-nobody $(B) tests/sys/stress $(B) $(N)
kill-every-byte: all tools
	$(Q)KILL_STEP=1 KILL_WAYS=all KILL_WAIT=86400 tests/as-nobody $(B) tests/sys/47-kill-listen.sh $(B)
	$(Q)KILL_STEP=1 KILL_WAYS=all KILL_WAIT=86400 tests/as-nobody $(B) tests/sys/48-kill-send.sh $(B)
repro:
	$(Q)tests/repro
top:
	$(Q)tests/lint/top
format:
	$(Q)clang-format -i $$(git diff --name-only --diff-filter=AM HEAD -- '*.[ch]')

# ---- install: DESTDIR for packagers, PREFIX for the place
BINDIR   := $(DESTDIR)$(PREFIX)/bin
SHAREDIR := $(DESTDIR)$(PREFIX)/share
UNITDIR  := $(DESTDIR)$(PREFIX)/lib
install: all
	install -d $(BINDIR) $(DESTDIR)$(LIBEXEC) $(SHAREDIR)/doc/edigate
	install -m 755 $(B)/edigate $(B)/edigate-token $(BINDIR)/
	install -m 755 $(patsubst %,$(B)/edigate-%,$(ROLES)) $(DESTDIR)$(LIBEXEC)/
	install -m 644 README.md LICENSE config.example.ini docs/*.md $(SHAREDIR)/doc/edigate/
	install -D -m 644 docs/json/document.schema.json $(SHAREDIR)/doc/edigate/json/document.schema.json
	for page in docs/man/*.[158]; do install -D -m 644 "$$page" "$(SHAREDIR)/man/man$${page##*.}/$${page##*/}" || exit 1; done
	install -d $(UNITDIR)/systemd/system
	sed 's,/usr/local/bin,$(PREFIX)/bin,' docs/systemd/edigate.service >$(UNITDIR)/systemd/system/edigate.service
	install -D -m 644 docs/systemd/edigate.sysusers $(UNITDIR)/sysusers.d/edigate.conf
clean:
	rm -rf build
help:
	@sed -n 's/^#: //p' Makefile
#: make           the programs, in build/opt               make check     everything, with gcc, clang and sanitizers
#: make units     unit tests, not run                      make lint      layers, symbols, man pages, licences
#: make asan      unit tests under address and undefined   make sys       end-to-end scripts
#: make fuzz      each fuzzer FUZZ_SECONDS=60 with clang   make cover     lines reached by the unit tests
#: make golden    rewrite tests/golden/*/*.want            make corpus    CORPUS=DIR: real documents end to end
#: make fidelity  CASES=1000000 SEED=1: random documents in every transfer encoding and shape, byte for byte
#: make bench     documents a second, beside the limit     make stress    N=2000 documents while roles are killed
#: make kill-every-byte   SMTP sessions of listener and sender, killed and cut behind every byte; an hour
#: make top       the ten largest files and functions      make repro     two builds in two folders, compared
#: make format    clang-format what you changed
#: make install   DESTDIR= PREFIX=/usr/local               make clean     remove build/
#: V=1 shows commands; CC=clang; VARIANT=opt|asan|cover|fuzz; B=FOLDER for objects

.SECONDARY:
.PHONY: all units fuzzers tools check lint asan sys cover fuzz golden corpus bench fidelity stress kill-every-byte repro top format install clean help
-include $(shell find $(B) -name '*.d' 2>/dev/null)
