#pragma once
// A plain C face of RE2 (linear-time regular expressions), as Swift can't import its C++ one.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cre2_pattern cre2_pattern;

/// Compiles `pattern`; NULL on a syntax error, whose text is then written to `error` (NUL-terminated, cut at `error_capacity`).
/// `max_memory` bounds the automaton's memory in bytes.
cre2_pattern *cre2_compile(const char *pattern, size_t length, bool latin1, bool case_insensitive, int64_t max_memory,
                           char *error, size_t error_capacity);
void cre2_free(cre2_pattern *pattern);
/// True if the pattern matches: the whole text if `anchored`, else anywhere in it.
bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length, bool anchored);
/// Finds the first match at or after `start`. Writes begin and end offsets of the whole match and its groups to `bounds`
/// (2 x `group_capacity` values; -1 where a group took no part). Returns false if there is none.
bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start, bool anchored, int64_t *bounds,
               int group_capacity);
int cre2_group_count(const cre2_pattern *pattern);
/// The name of group `index` (1-based), or NULL where it has none. Lives as long as the pattern.
const char *cre2_group_name(const cre2_pattern *pattern, int index);

#ifdef __cplusplus
}
#endif
