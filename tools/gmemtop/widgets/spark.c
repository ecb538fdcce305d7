// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "widgets/spark.h"

#include <string.h>

#include "terminal/glyphs.h"

static int level(float value, float most)
{
	int l;

	if (!(value > 0))
		return 0;
	l = (int)(value / most * LEVEL_PRIVATE + 0.5f);
	return l < 1 ? 1 : l > LEVEL_PRIVATE ? LEVEL_PRIVATE : l;
}

void spark_text(char *buf, const float *values, int n, bool ascii)
{
	float most = 0;

	for (int i = 0; i < n; i++)
		most = values[i] > most ? values[i] : most;
	*buf = '\0';
	for (int i = 0; i < n; i++) {
		int l = level(values[i], most);

		strcat(buf, l ? glyphs(ascii)->level[l] : " ");
	}
}
