import Glibc

/// How many files and connections the process may have open.
enum OpenFileLimit {
    /// What the ingest port's connections, the API's and the stores' files need together, with room.
    private static let wanted: rlim_t = 65_536

    /// Raises it as far as the system allows without asking: the usual 1024 are fewer than the connections the ingest port takes, and
    /// with none left neither the API nor the stores could go on.
    static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        guard limit.rlim_cur < wanted, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        // Refused, the limit stays what it was: fewer connections are possible, and nothing else is wrong.
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
