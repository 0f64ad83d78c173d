import Drivers
import Foundation

extension RoleStack {
    /// Writes what the programs of the stack are configured with, and makes the database.
    package func writeFiles() async throws {
        for name in ["seed", "cache", "rabbitmq", "mail", "acc"] { try run.makeDirectory("storage/\(name)") }
        try run.makeDirectory("world-mail")
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: worldMail)
        try run.write(token + "\n", to: "token")
        try run.write(token + "\n", to: "database.password")
        try writePages()
        for image in images { try image.write(to: run) }
        for machine in RoleMachine.loadBalancers { try writeLoadBalancer(machine) }
        try run.write(LoadBalancerRole.varnish, to: "varnish.vcl")
        for machine in RoleMachine.servers {
            let spool = try run.makeDirectory("hosts/\(machine.rawValue)/spool")
            try run.write(
                LogShipping.render(spool: spool, monitor: RoleMachine.monitorAddress),
                to: "hosts/\(machine.rawValue)/rsyslog.conf")
        }
        try run.write(RoleRules.file, to: "alerts/lab.yaml")
        let configuration = RoleMonitorConfiguration(
            dataDirectory: run.file("monitor"), tokenFile: run.file("token"), sharedSource: sharedSource,
            rulesDirectory: run.file("alerts"), databasePassword: databasePassword)
        try run.write(configuration.render(), to: "magewatch.yaml")
        for machine in RoleMachine.monitors { try writeMonitor(machine) }
        try await makeKeys()
        try await makeDatabase()
    }

    private var images: [RoleImage] {
        [
            WebRole.image(), DatabaseRole.image(seed: storage("seed")), CacheRole.image(data: storage("cache")),
            SearchRole.image(files: sharedSource), QueueRole.broker(data: storage("rabbitmq")),
            QueueRole.worker(files: sharedSource), MailRole.image(data: storage("mail")),
            AccessRole.image(data: storage("acc"), keys: run.file("keys")),
        ]
    }

    private func writePages() throws {
        try run.write(WebRole.nginx, to: "shared/nginx.conf")
        try run.write(ShopPages.common, to: "shared/common.php")
        try run.write(ShopPages.page, to: "shared/site/shop.php")
        try run.write(ShopPages.order, to: "shared/site/order.php")
        try run.write(ShopPages.worker, to: "shared/worker.php")
        try run.write("<h1>kept by Varnish</h1>\n", to: "shared/site/kept/index.html")
        try run.write(Catalogue.tabSeparated, to: "shared/products.tsv")
    }

    private func writeLoadBalancer(_ machine: RoleMachine) throws {
        for file in ["bans", "sessions", "limits"] { try run.write("", to: "\(machine.rawValue)-\(file).map") }
        try run.write(
            LoadBalancerRole.haproxy(socket: loadBalancerSocket(machine), bans: banMaps(machine)),
            to: "\(machine.rawValue)/haproxy.cfg")
        try run.write(AddressPair.well, to: "\(machine.rawValue)/track")
        try run.write(
            AddressPair.keepalived(
                router: 51, address: RoleMachine.shopAddress, interface: machine.interface, isFirst: machine == .lb1,
                trackFile: trackFile(machine)), to: "\(machine.rawValue)/keepalived.conf")
    }

    private func writeMonitor(_ machine: RoleMachine) throws {
        let name = machine.rawValue
        try run.write(AddressPair.well, to: "\(name)/track")
        let begin = try run.write(
            "#!/bin/sh\nset -- '\(trackFile(machine))' '\(monitorProcessFile(machine))' '\(monitorLog(machine))' "
                + "'\(program)' serve --config '\(run.file("magewatch.yaml"))'\n\(AddressPair.starter)\n", to: "\(name)/begin")
        let end = try run.write("#!/bin/sh\nkill -9 $(cat '\(monitorProcessFile(machine))')\n", to: "\(name)/end")
        for script in [begin, end] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        }
        try run.write(
            AddressPair.keepalived(
                router: 52, address: RoleMachine.monitorAddress, interface: machine.interface, isFirst: machine == .mon1,
                trackFile: trackFile(machine), onMaster: begin, onLoss: end), to: "\(name)/keepalived.conf")
    }

    /// The host key of `acc`, which stays the same wherever it runs, and the customer's.
    private func makeKeys() async throws {
        try run.makeDirectory("keys")
        for key in ["host_key", "customer"] {
            try await command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", run.file("keys/\(key)")], "key \(key)")
        }
    }

    private func makeDatabase() async throws {
        let data = storage("seed")
        try await command(DatabaseRole.installation(data: data), "the database")
        let schema = try run.write(DatabaseRole.schema(memberPassword: token), to: "schema.sql")
        try await command(DatabaseRole.bootstrap(data: data, input: schema), "the shop's tables")
    }

    private func command(_ words: [String], _ what: String) async throws {
        let result = try await CommandRunner().run(words[0], Array(words.dropFirst()), timeout: .seconds(60))
        guard result.succeeded else { throw LabError(.construction, "\(what) can't be made: \(result.complaint)") }
    }
}
