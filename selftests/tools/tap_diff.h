/* SPDX-License-Identifier: GPL-2.0-only */
/* Comments in the TAP that cmocka prints: every line begins with "# ", so that no line is taken for a result. */
#ifndef TAP_DIFF_H
#define TAP_DIFF_H

/* Prints a text as comments. */
void tap_comment(const char *text);

/* Prints the lines that differ, with their numbers: "# 3- " as wanted, "# 3+ " as they are. */
void tap_diff(const char *wanted, const char *got);

#endif /* TAP_DIFF_H */
