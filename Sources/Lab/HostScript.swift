/// The shell texts that make a machine out of namespaces. Kept apart from what runs them, so that they can be read as one piece.
enum HostScript {
    /// Runs before the namespaces are made: joins the control groups `files`, which become the root of what the machine sees.
    static func enter(files: [String]) -> String {
        let joins = files.map { "echo 0 > \($0) || exit 1" }.joined(separator: "\n")
        return joins + "\n"
            + "exec unshare --net --mount --pid --cgroup --uts --ipc --fork --kill-child=KILL --propagation private "
            + "sh -c \"$1\" init \"$2\" \"$3\"\n"
    }

    /// The machine's first process: `$1` is its name, `$2` the file it announces itself in.
    ///
    /// It tells its number as the outer world counts (before `/proc` is its own), mounts what has to be its own, and then waits
    /// for the end of its standard input, which the laboratory holds open: **a machine lives as long as the laboratory does**,
    /// whatever ends that, and all that runs in it ends with it. It ignores SIGCHLD, so the kernel buries the orphans that
    /// come to it.
    static let firstProcess = """
        set -e
        read -r pid rest < /proc/self/stat
        hostname "$1"
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t tmpfs -o mode=755 tmpfs /run
        if grep -q '^[1-9]' /proc/self/cgroup; then
            mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
            while IFS=: read -r number controllers path; do
                case "$controllers" in
                '') mkdir -p /sys/fs/cgroup/unified; mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified ;;
                name=*) directory=/sys/fs/cgroup/"${controllers#name=}"; mkdir -p "$directory"
                    mount -t cgroup -o "none,$controllers" cgroup "$directory" ;;
                *) mkdir -p "/sys/fs/cgroup/$controllers"; mount -t cgroup -o "$controllers" cgroup "/sys/fs/cgroup/$controllers" ;;
                esac
            done < /proc/self/cgroup
        else
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
            mkdir -p /sys/fs/cgroup/init.scope
            echo 0 > /sys/fs/cgroup/init.scope/cgroup.procs
            for controller in cpu memory pids io; do
                echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control || true
            done
        fi
        ip link set lo up
        echo "$pid" > "$2.new"
        mv "$2.new" "$2"
        trap '' CHLD
        exec cat > /dev/null
        """

    /// Runs in the machine to start a daemon: `$1` its pid file, `$2` its log, then the command.
    static let daemon = """
        for file in /sys/fs/cgroup/*/cgroup.procs; do
            case "$file" in */user.slice/*|*/magewatch/*) ;; *) echo 0 > "$file" 2> /dev/null ;; esac
        done
        echo $$ > "$1"
        log=$2
        shift 2
        exec "$@" < /dev/null >> "$log" 2>&1
        """
}
