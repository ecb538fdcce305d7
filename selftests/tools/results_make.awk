#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Writes results of 50 commits and 10 scenarios into -v DIR=, a file each: awk -v DIR=.. -f results_make.awk
# Commit 30 makes to_shared of scenario-3 10 % slower, commit 40 makes throughput of scenario-5 20 % higher. Of
# scenario-7 one run is an outlier. The others have noise of 1 %.

function noise(  i, sum)
{
	for (i = 0; i < 12; i++)
		sum += rand()
	return 1 + 0.01 * (sum - 6)
}

function series(name, unit, better, level,  i, run, values)
{
	run = noise()
	for (i = 0; i < 5; i++)
		values = values (i ? "," : "") sprintf("%.6g", level * run * (1 + (noise() - 1) / 5))
	return sprintf("{\"name\":\"%s\",\"unit\":\"%s\",\"better\":\"%s\",\"values\":[%s]%s}", name, unit, better, values,
		name == "to_shared" ? ",\"histogram\":[[1000,2000,3],[2000,4000,90],[4000,8000,7]],\"recording\":\"rec/a b.gmem\"" : "")
}

function level(s, c)
{
	return (20000 + 3000 * s) * (s == 3 && c >= 30 ? 1.1 : 1) * (s == 7 && c == 25 ? 2 : 1)
}

BEGIN {
	srand(7)
	for (c = 0; c < 50; c++) {
		for (s = 0; s < 10; s++) {
			h = (c + 1) * 40503 % 65536
			file = sprintf("%s/%02d-%d.json", DIR, c, s)
			printf("{\"schema\":\"gmem.results/1\",\"time\":\"2026-%02d-%02dT12:00:00Z\",\"commit\":\"%04x%04x%032x\",\"kernel\":\"%s\"," \
				"\"variant\":\"full\",\"config\":\"c0ffee\",\"tool\":\"gmemtrace 0.1\",\"machine\":{\"cpus\":2},\"suite\":\"bench\"," \
				"\"scenario\":\"scenario-%d\",\"parameters\":{\"size\":\"4K\"},\"repeats\":5,\"series\":[%s,%s,%s,%s]}\n",
				9 + int(c / 28), 1 + c % 28, h, h * 7919 % 65536, c, c < 25 ? "6.12.40" : "6.12.41", s,
				series("to_shared", "ns", "lower", level(s, c)), series("to_private", "ns", "lower", 31000),
				series("stall", "ns", "lower", 52000),
				series("throughput", "MiB/s", "higher", 800 * (s == 5 && c >= 40 ? 1.2 : 1))) > file
			close(file)
		}
	}
}
