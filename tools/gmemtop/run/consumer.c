// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/consumer.h"

#include <errno.h>

int consumer_apply(struct consumer *p, const struct gmem_hdr *rec)
{
	int err = gmem_model_apply(p->model, rec);

	if (err && err != -EINVAL)
		return err;
	if (rec->kind != GMEM_SYNC)
		return 0;
	p->syncs++;
	if (p->model->now_ns > CONSUMER_LINGER_NS)
		gmem_model_forget(p->model, p->model->now_ns - CONSUMER_LINGER_NS);
	return p->ui && !ui_collect(p->ui, p->model) ? -ENOMEM : 0;
}
