/// Two machines that share an address by VRRP: keepalived on each, and a program that has to run where the address is.
///
/// Keepalived learns of the program's death from a file that the program's keeper writes, so the address moves within tenths of a second and not
/// with the next time that a script looks. Three adverts that stay away, 0.3 s, do the same for a machine's death.
package enum AddressPair {
    /// What a keeper writes into the file that keepalived watches: all is well, or the instance is to be given up.
    static let well = "0"
    static let given = "-254"

    /// Keepalived's configuration.
    /// - Parameters:
    ///   - onMaster: command that runs when the machine has the address; `onLoss`: when it has not any more.
    package static func keepalived(
        router: Int, address: String, interface: String, isFirst: Bool, trackFile: String, onMaster: String? = nil,
        onLoss: String? = nil
    ) -> String {
        var notices = ""
        if let onMaster { notices += "\n    notify_master \"\(onMaster)\"" }
        if let onLoss {
            notices += "\n    notify_backup \"\(onLoss)\"\n    notify_fault \"\(onLoss)\"\n    notify_stop \"\(onLoss)\""
        }
        return """
            global_defs {
                router_id magewatch
                vrrp_version 3
                script_user root
                vrrp_garp_master_delay 1
            }
            track_file program {
                file \(trackFile)
                weight 1
            }
            vrrp_instance shared {
                state BACKUP
                nopreempt
                interface \(interface)
                virtual_router_id \(router)
                priority \(isFirst ? 150 : 100)
                advert_int 0.1
                virtual_ipaddress {
                    \(address)/24
                }
                track_file {
                    program
                }\(notices)
            }

            """
    }

    package static func command(configuration: String) -> [String] {
        ["keepalived", "-n", "-P", "-l", "-f", configuration, "-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"]
    }

    /// The shell text that keeps a program: `$1` is the watched file, `$2` where the program's number is written, then its command. A program
    /// that ends is started anew after a pause in which the other machine has long taken over.
    static let keeper = """
        track=$1
        pid=$2
        shift 2
        while true; do
            echo \(well) > "$track"
            "$@" &
            echo $! > "$pid"
            wait $! || true
            echo \(given) > "$track"
            sleep 3
        done
        """

    /// The shell text that runs a program only where the address is: `$1` is the watched file, `$2` where its number is written, `$3` its log, then
    /// its command. When it dies the address goes to the other machine, and it is not started here before it comes back.
    static let starter = """
        track=$1
        pid=$2
        log=$3
        shift 3
        (
            "$@" < /dev/null >> "$log" 2>&1 &
            echo $! > "$pid"
            wait $! || true
            echo \(given) > "$track"
            sleep 3
            echo \(well) > "$track"
        ) > /dev/null 2>&1 &
        """
}
