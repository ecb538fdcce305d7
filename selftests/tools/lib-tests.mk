# SPDX-License-Identifier: GPL-2.0-only
# Unit tests of libgmem, without BPF. Included after tools/tools.mk.
#   make lib-check             make lib-check SAN=1             make lib-check-valgrind

LIB_TEST_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard selftests/tools/lib_test*.c selftests/tools/recording_make.c))
# The flight recorder belongs to gmemtrace, and is tested together with the state that it keeps.
LIB_TEST_FLIGHT := $(B)/tools/gmemtrace/record/flight.o
LIB_TEST_WRAP := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=clock_gettime

CHECKS += $(B)/lib_test

$(LIB_TEST_OBJ): $(B)/%.o: %.c selftests/tools/lib-tests.mk
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -Itools/gmemtrace -MMD -MP -c $< -o $@

$(B)/lib_test: $(LIB_TEST_OBJ) $(LIB_TEST_FLIGHT) $(B)/libgmem.a
	$(CC) $(LDFLAGS) $(LIB_TEST_WRAP) -o $@ $^ -lcmocka $(LIB_LIBS)

.PHONY: lib-check lib-check-valgrind
ifdef SAN
LIB_TEST_SAN := -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all
# Separate folder: objects with and without sanitizers must not mix.
lib-check:
	+$(MAKE) SAN= B=$(B)/san CFLAGS='-O1 -g -fno-omit-frame-pointer $(LIB_TEST_SAN)' \
		LDFLAGS='$(LIB_TEST_SAN)' lib-check
else
lib-check: $(B)/lib_test
	$(B)/lib_test
	selftests/tools/layering.py
endif

lib-check-valgrind: $(B)/lib_test
	valgrind -q --leak-check=full --error-exitcode=1 $(B)/lib_test

-include $(LIB_TEST_OBJ:.o=.d)
