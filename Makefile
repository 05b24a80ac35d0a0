# SPDX-License-Identifier: GPL-2.0-only
# The front door; the build itself is meson's. `make help` lists the targets.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
# Of `make eval`: see bench/evaluate.
RECORDS ?=
LABELS ?=
WORKSPACE ?=

# In CI a warning is an error.
ifneq ($(CI),)
SETUP := -Dwerror=true
endif

MESON := meson
# The sample's miniature kernel is data.
C_FILES = $(shell find src tests bench fuzz -name '*.[ch]' ! -path 'tests/sample/*' 2>/dev/null)

.PHONY: all help deps build check eval demo install format lint sanitize fuzz clean
.DEFAULT_GOAL := all

all: build

help:
	@echo 'make            install what is missing and build'
	@echo 'make deps       install what building and testing need (Debian 12)'
	@echo 'make check      build and run every test'
	@echo 'make eval       measure triage: RECORDS=FILE LABELS=FILE [WORKSPACE=DIR]'
	@echo 'make demo       build the security trees of a bundled sample in ./demo'
	@echo 'make install    install under PREFIX (/usr/local), within DESTDIR'
	@echo 'make format     put the sources into the house style'
	@echo 'make lint       clang-tidy, cppcheck, shellcheck, codespell, where they are'
	@echo 'make sanitize   run the tests with the address and undefined-behaviour sanitizers'
	@echo 'make fuzz       run each fuzzer for FUZZ_SECONDS (60)'
	@echo 'make clean      remove what was built'

deps:
	@tools/deps

$(BUILD)/build.ninja: | deps
	$(MESON) setup $(SETUP) --prefix '$(PREFIX)' '$(BUILD)'

build: deps $(BUILD)/build.ninja
ifneq ($(SETUP),)
	@$(MESON) configure $(SETUP) '$(BUILD)'
endif
	ninja -C '$(BUILD)'

check: build
	@tests/run '$(BUILD)'

eval: build
	@bench/evaluate '$(abspath $(BUILD))/src/sectree' '$(abspath $(RECORDS))' '$(abspath $(LABELS))' '$(WORKSPACE)'

demo: build
	@tools/demo '$(BUILD)/src/sectree' demo

# The prefix is compiled in, so a new one means building again.
install: build
	$(MESON) configure --prefix '$(PREFIX)' '$(BUILD)'
	ninja -C '$(BUILD)'
	DESTDIR='$(DESTDIR)' $(MESON) install -C '$(BUILD)' --no-rebuild

format:
	clang-format -i $(C_FILES)

lint: build
	@tools/lint '$(BUILD)'

sanitize: deps
	@test -f build-asan/build.ninja || $(MESON) setup -Db_sanitize=address,undefined \
		-Db_lundef=false -Doptimization=1 build-asan
	ninja -C build-asan
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 tests/run build-asan

fuzz: deps
	@tools/fuzz build-fuzz '$(FUZZ_SECONDS)'

clean:
	rm -rf '$(BUILD)' build-asan build-fuzz demo
