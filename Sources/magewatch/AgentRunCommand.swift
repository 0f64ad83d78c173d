import Agent
import AgentContract
import ArgumentParser
import Drivers
import Foundation
import Logging
import ServiceLifecycle
import Telemetry
import UnixSignals

/// `magewatch agent run`, or `magewatch agent` with options.
struct AgentRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the agent of a server: metrics, logs, and the hands that start containers.",
        discussion: """
            The agent needs root to start containers, mount shared files and move addresses. It stops on SIGTERM; \
            containers keep running.

            EXAMPLES
              A web server that joined its stack ("magewatch agent join"):
                magewatch agent --name s1 --listen 10.0.0.5:7102 --bridge br0 --gateway 10.77.0.1

              One that has not, which does what whoever shows its token says:
                magewatch agent --name s1 --listen 10.0.0.5:7102 --bridge br0 \\
                  --gateway 10.77.0.1 --token-file /etc/magewatch/agent.token

              The server with the load balancer, which ships HAProxy's log as well:
                magewatch agent --name lb1 --haproxy-socket /run/haproxy/admin.sock \\
                  --haproxy-map /etc/haproxy/bans.map --haproxy-session-map /etc/haproxy/sessions.map \\
                  --haproxy-limit-map /etc/haproxy/limits.map \\
                  --ship-to http://10.0.0.2:7100 --log /var/log/haproxy.log

              Try a step by hand, with an agent that has not joined:
                curl -H "Authorization: Bearer $(cat agent.token)" \\
                  -d @step.json http://10.0.0.5:7102/v1/steps
            """)

    @Option(help: "The server's name in the stack.")
    var name: String = ProcessInfo.processInfo.hostName

    @Option(help: "Address and port to answer on.")
    var listen: String = "127.0.0.1:7102"

    @Option(help: "Directory for containers, answers and positions.")
    var data: String = "/var/lib/magewatch/agent"

    @Option(help: "Directory of container images, one folder each with an image.conf.")
    var images: String = "/var/lib/magewatch/images"

    @Option(help: "Bridge that containers are connected to; without it the server runs none.")
    var bridge: String?

    @Option(help: "Gateway of containers whose order names none.")
    var gateway: String?

    @Option(
        help: "File with the token callers have to show, where the agent has not joined. Without it one is made in DATA/token.")
    var tokenFile: String?

    @Option(help: "HAProxy's runtime socket, where this server has a load balancer.")
    var haproxySocket: String?

    @Option(help: "Map file of banned addresses, exactly as HAProxy's configuration names it.")
    var haproxyMap: String?

    @Option(help: "Map file of banned sessions, where HAProxy's configuration consults one.")
    var haproxySessionMap: String?

    @Option(help: "Map file of paths limited for a client, where HAProxy's configuration consults one.")
    var haproxyLimitMap: String?

    @Flag(help: "Drop what banned addresses send by nftables, before or without HAProxy (table inet magewatch_bans).")
    var nftablesBans = false

    @Option(help: "Directory of the files that nginx includes, where this server's load balancer is nginx.")
    var nginxDirectory: String?

    @Option(help: "nginx's configuration, tested before each change.")
    var nginxConfiguration = "/etc/nginx/nginx.conf"

    @Option(help: "The file with nginx's process number.")
    var nginxPid = "/run/nginx.pid"

    @Option(help: "Where logs go: the monitor's ingest port, for instance http://10.0.0.2:7100.")
    var shipTo: String?

    @Option(help: "File with the token the monitor asks for when logs are pushed.")
    var shipTokenFile: String?

    @Option(help: ArgumentHelp("Log file to follow; repeat for more. APP=PATH sets its app label.", valueName: "path"))
    var log: [String] = []

    @Option(
        help: ArgumentHelp(
            "File (mode 600) with logins for services that don't let root in by themselves: lines SERVICE[@CONTAINER] USER PASSWORD.",
            valueName: "path"))
    var serviceCredentials: String?

    @Option(help: ArgumentHelp("Shared files to mount at the start; repeat for more.", valueName: "source:target"))
    var shared: [String] = []

    func run() async throws {
        let options = try options()
        let logger = Logger(label: "magewatch.agent")
        let service = try AgentService(options: options, logger: logger)
        let group = ServiceGroup(
            configuration: .init(services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    private func options() throws -> AgentOptions {
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]) else {
            throw ValidationError("--listen '\(listen)' has to be HOST:PORT, for instance 127.0.0.1:7102")
        }
        let hasJoined = try AgentIdentity.load(dataDirectory: data) != nil
        var options = AgentOptions(
            name: name, host: String(listen[..<colon]), port: Int(port), dataDirectory: data, imagesDirectory: images,
            bridge: bridge, gateway: gateway,
            token: hasJoined ? "" : try AgentToken.load(file: tokenFile, dataDirectory: data),
            haproxySocket: haproxySocket,
            banMaps: BanMaps(address: haproxyMap, session: haproxySessionMap, limit: haproxyLimitMap), shipTo: shipTo,
            shipToken: try shipTokenFile.map { try AgentToken.load(file: $0, dataDirectory: data) })
        if let nginxDirectory {
            guard haproxySocket == nil else {
                throw ValidationError("--haproxy-socket and --nginx-directory are two load balancers; a server has one")
            }
            var nginx = NginxBalancer.Options(directory: nginxDirectory)
            nginx.configurationPath = nginxConfiguration
            nginx.pidPath = nginxPid
            options.nginx = nginx
        }
        for item in log {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            // Only a word without a slash before the sign is a label; paths may hold the sign too.
            if parts.count == 2, !parts[0].contains("/") {
                options.logPaths.append(parts[1])
                options.logApps[parts[1]] = parts[0]
            } else {
                options.logPaths.append(item)
            }
        }
        options.serviceCredentials = serviceCredentials
        options.bansByNftables = nftablesBans
        options.sharedFiles = try shared.map { item in
            let parts = item.split(separator: ":").map(String.init)
            guard parts.count == 2 else { throw ValidationError("--shared '\(item)' has to be SOURCE:TARGET") }
            return SharedFiles(source: parts[0], target: parts[1])
        }
        return options
    }
}
