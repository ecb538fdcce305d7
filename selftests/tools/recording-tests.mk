# SPDX-License-Identifier: GPL-2.0-only
# Generator of recordings for tests. Included after tools-tests.mk.
#   build/recording_fixture selftests/tools/recordings/v2.gmem     for a new version of the format
#   build/recording_fixture --seeds selftests/fuzz/corpus

CHECKS += selftests/tools/print.sh

RECORDING_FIXTURE_OBJ := $(B)/selftests/tools/recording_fixture.o

$(RECORDING_FIXTURE_OBJ): $(B)/%.o: %.c selftests/tools/recording-tests.mk
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/recording_fixture: $(RECORDING_FIXTURE_OBJ) $(B)/selftests/tools/synth.o $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

-include $(RECORDING_FIXTURE_OBJ:.o=.d)
