// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/picture.h"

#include <errno.h>

int picture_take(struct picture *p, const struct gmem_hdr *rec)
{
	int err = gmem_model_apply(p->model, rec);

	if (err && err != -EINVAL)
		return err;
	if (rec->kind != GMEM_SYNC)
		return 0;
	p->syncs++;
	if (p->model->now_ns > PICTURE_LINGER_NS)
		gmem_model_forget(p->model, p->model->now_ns - PICTURE_LINGER_NS);
	return p->ui && !ui_collect(p->ui, p->model) ? -ENOMEM : 0;
}
