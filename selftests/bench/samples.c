// SPDX-License-Identifier: GPL-2.0-only
/* Parser of in-vm.sh's output. */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

static bool get_text(struct json_object *line, const char *key, char *text, size_t size)
{
	struct json_object *value;

	if (!json_object_object_get_ex(line, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return false;
	snprintf(text, size, "%s", json_object_get_string(value));
	return true;
}

static bool get_number(struct json_object *line, const char *key, double *number)
{
	struct json_object *value;

	if (!json_object_object_get_ex(line, key, &value) ||
	    (!json_object_is_type(value, json_type_double) &&
	     !json_object_is_type(value, json_type_int)))
		return false;
	*number = json_object_get_double(value);
	return *number >= 0;
}

static int add_remark(struct samples *s, struct json_object *line)
{
	struct remark r = { 0 };
	struct remark *more;

	r.skipped = get_text(line, "skipped", r.text, sizeof(r.text));
	if ((!r.skipped && !get_text(line, "remark", r.text, sizeof(r.text))) ||
	    !get_text(line, "variant", r.variant, sizeof(r.variant)) ||
	    !get_text(line, "observer", r.observer, sizeof(r.observer)))
		return -EBADMSG;
	more = realloc(s->remark, (s->remarks + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	s->remark = more;
	s->remark[s->remarks++] = r;
	return 0;
}

static int add_sample(struct samples *s, struct json_object *line)
{
	struct sample new = { 0 };
	struct sample *more;
	double boot;

	if (!get_text(line, "variant", new.variant, sizeof(new.variant)) ||
	    !get_text(line, "observer", new.observer, sizeof(new.observer)) ||
	    !get_text(line, "op", new.op, sizeof(new.op)) ||
	    !get_number(line, "boot", &boot) || boot > 1000000 ||
	    !get_number(line, "best_ns_per_op", &new.best_ns) ||
	    !get_number(line, "ns_per_op", &new.mean_ns) ||
	    !get_number(line, "beside_ns_per_op", &new.beside_ns) || new.best_ns == 0)
		return -EBADMSG;
	new.boot = (int)boot;
	more = realloc(s->sample, (s->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	s->sample = more;
	s->sample[s->count++] = new;
	return 0;
}

static int add_line(struct samples *s, const char *text)
{
	struct json_object *line = json_tokener_parse(text);
	int err = -EBADMSG;

	if (json_object_is_type(line, json_type_object))
		err = json_object_object_get_ex(line, "op", NULL) ? add_sample(s, line) :
								    add_remark(s, line);
	json_object_put(line);
	return err;
}

int samples_read(struct samples *s, FILE *in, unsigned int *line)
{
	char *text = NULL;
	size_t size = 0;
	int err = 0;

	*line = 0;
	while (!err && getline(&text, &size, in) >= 0) {
		++*line;
		err = add_line(s, text);
	}
	free(text);
	return err;
}

void samples_free(struct samples *s)
{
	free(s->sample);
	free(s->remark);
	*s = (struct samples){ 0 };
}
