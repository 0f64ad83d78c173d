// Runs the OWASP Core Rule Set over an access log in combined format: libmodsecurity's rule engine by itself, without a web server.
//
//   cc -O2 crs.c -lmodsecurity -o crs && ./crs RULES.conf LOG MAXIMUM-LINES
//
// Prints `requests N flagged N seconds S`: processor seconds of the requests alone, the rules' loading left out.
#include <modsecurity/modsecurity.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void quiet(void *data, const void *message) { (void)data; (void)message; }

// The next text between quotes; the cursor moves behind it.
static char *quoted(char **cursor) {
    char *start = strchr(*cursor, '"');
    if (!start) return NULL;
    char *end = ++start;
    while (*end && *end != '"') end += *end == '\\' && end[1] ? 2 : 1;
    if (!*end) return NULL;
    *end = 0;
    *cursor = end + 1;
    return start;
}

static void header(Transaction *transaction, const char *name, const char *value) {
    msc_add_request_header(transaction, (const unsigned char *)name, (const unsigned char *)value);
}

// Whether the rules would have refused it; -1 where the line is no request.
static int judge(ModSecurity *engine, RulesSet *rules, char *line) {
    char *cursor = line, *client = strsep(&cursor, " ");
    if (!cursor) return -1;
    char *request = quoted(&cursor), *referer = quoted(&cursor), *agent = quoted(&cursor);
    if (!request) return -1;
    char *method = strsep(&request, " "), *uri = strsep(&request, " "), *version = request ? strsep(&request, " ") : NULL;
    if (!uri || !version || strncmp(version, "HTTP/", 5)) return -1;
    Transaction *transaction = msc_new_transaction(engine, rules, NULL);
    msc_process_connection(transaction, client, 12345, "192.0.2.1", 80);
    msc_process_uri(transaction, uri, method, version + 5);
    header(transaction, "Host", "shop.example");
    header(transaction, "Accept", "*/*");
    if (agent && strcmp(agent, "-")) header(transaction, "User-Agent", agent);
    if (referer && strcmp(referer, "-")) header(transaction, "Referer", referer);
    msc_process_request_headers(transaction);
    msc_process_request_body(transaction);
    ModSecurityIntervention intervention = {.status = 200};
    int refused = msc_intervention(transaction, &intervention) != 0;
    free(intervention.url);
    free(intervention.log);
    msc_transaction_cleanup(transaction);
    return refused;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "crs RULES.conf LOG MAXIMUM-LINES\n");
        return 2;
    }
    ModSecurity *engine = msc_init();
    msc_set_log_cb(engine, quiet);
    RulesSet *rules = msc_create_rules_set();
    const char *error = NULL;
    if (msc_rules_add_file(rules, arguments[1], &error) < 0) {
        fprintf(stderr, "%s: %s\n", arguments[1], error ? error : "unreadable");
        return 1;
    }
    FILE *log = fopen(arguments[2], "r");
    if (!log) {
        perror(arguments[2]);
        return 1;
    }
    long maximum = atol(arguments[3]), requests = 0, flagged = 0;
    char *line = NULL;
    size_t size = 0;
    double before = seconds();
    while (requests < maximum && getline(&line, &size, log) > 0) {
        int refused = judge(engine, rules, line);
        if (refused < 0) continue;
        requests++;
        flagged += refused;
    }
    printf("requests %ld flagged %ld seconds %.3f\n", requests, flagged, seconds() - before);
    return 0;
}
