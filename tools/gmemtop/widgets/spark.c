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

static float most_of(const float *values, int n)
{
	float most = 0;

	for (int i = 0; i < n; i++)
		most = values[i] > most ? values[i] : most;
	return most;
}

static const char *sign(const struct glyphs *g, float value, float most)
{
	int l = level(value, most);

	return l ? g->level[l] : " ";
}

void spark_draw(struct canvas *c, int y, int x, enum canvas_attr attr, const float *values, int n)
{
	float most = most_of(values, n);

	for (int i = 0; i < n; i++)
		canvas_put(c, y, x + i, attr, sign(glyphs(c->ascii), values[i], most));
}

void spark_text(char *buf, const float *values, int n, bool ascii)
{
	float most = most_of(values, n);

	*buf = '\0';
	for (int i = 0; i < n; i++)
		strcat(buf, sign(glyphs(ascii), values[i], most));
}
