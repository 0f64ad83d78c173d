#include "CRE2.h"

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <re2/re2.h>

struct cre2_pattern {
    std::unique_ptr<RE2> expression;
    std::map<int, std::string> names;
};

extern "C" cre2_pattern *cre2_compile(const char *pattern, size_t length, bool latin1, bool case_insensitive,
                                      int64_t max_memory, char *error, size_t error_capacity) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(latin1 ? RE2::Options::EncodingLatin1 : RE2::Options::EncodingUTF8);
    options.set_case_sensitive(!case_insensitive);
    options.set_dot_nl(true);
    options.set_max_mem(max_memory);
    auto expression = std::make_unique<RE2>(re2::StringPiece(pattern, length), options);
    if (!expression->ok()) {
        if (error != nullptr && error_capacity > 0) {
            std::strncpy(error, expression->error().c_str(), error_capacity - 1);
            error[error_capacity - 1] = '\0';
        }
        return nullptr;
    }
    auto *result = new cre2_pattern;
    result->names = expression->CapturingGroupNames();
    result->expression = std::move(expression);
    return result;
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }

extern "C" bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length, bool anchored) {
    return pattern->expression->Match(re2::StringPiece(text, length), 0, length,
                                      anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, nullptr, 0);
}

extern "C" bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start, bool anchored,
                          int64_t *bounds, int group_capacity) {
    std::vector<re2::StringPiece> groups(group_capacity);
    if (!pattern->expression->Match(re2::StringPiece(text, length), start, length,
                                    anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, groups.data(), group_capacity)) {
        return false;
    }
    for (int i = 0; i < group_capacity; i++) {
        if (groups[i].data() == nullptr) {
            bounds[2 * i] = bounds[2 * i + 1] = -1;
        } else {
            bounds[2 * i] = groups[i].data() - text;
            bounds[2 * i + 1] = bounds[2 * i] + static_cast<int64_t>(groups[i].size());
        }
    }
    return true;
}

extern "C" int cre2_group_count(const cre2_pattern *pattern) { return pattern->expression->NumberOfCapturingGroups(); }

extern "C" const char *cre2_group_name(const cre2_pattern *pattern, int index) {
    auto found = pattern->names.find(index);
    return found == pattern->names.end() ? nullptr : found->second.c_str();
}
