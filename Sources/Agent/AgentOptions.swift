package import AgentContract
package import Drivers

/// How an agent is run: what the command line says, as plain values.
package struct AgentOptions: Sendable, Equatable {
    /// The server's name in the stack.
    package var name: String
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Where the agent keeps containers, answers and positions.
    package var dataDirectory: String
    package var imagesDirectory: String
    /// The bridge containers are connected to; without one the server runs none.
    package var bridge: String?
    /// For containers whose specification names none.
    package var gateway: String?
    /// What a caller has to show to have steps done, where the agent has not joined: then the monitor's certificate is what counts.
    package var token: String
    /// HAProxy's runtime socket, where this server has a load balancer.
    package var haproxySocket: String?
    /// nginx as the load balancer of this server, where that is no HAProxy.
    package var nginx: NginxBalancer.Options? = nil
    /// The map files of bans, as HAProxy's configuration names them.
    package var banMaps: BanMaps
    /// Whether banned addresses are dropped by nftables, too.
    package var bansByNftables = false
    /// Where logs are shipped to, for instance `http://10.0.0.1:7100`; nil for nowhere.
    package var shipTo: String?
    /// Shown to the monitor when shipping, where it asks for a token.
    package var shipToken: String?
    /// Log files to follow.
    package var logPaths: [String]
    /// The `app` label of a log file, by its path; the file's name without ending where there is none.
    package var logApps: [String: String] = [:]
    /// File with what services want to be shown; nil where all let root in.
    package var serviceCredentials: String?
    /// Shared files to mount when the agent starts.
    package var sharedFiles: [SharedFiles]

    package init(
        name: String, host: String = "127.0.0.1", port: Int = 7102, dataDirectory: String, imagesDirectory: String,
        bridge: String? = nil, gateway: String? = nil, token: String, haproxySocket: String? = nil,
        banMaps: BanMaps = BanMaps(), shipTo: String? = nil, shipToken: String? = nil, logPaths: [String] = [],
        sharedFiles: [SharedFiles] = []
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.dataDirectory = dataDirectory
        self.imagesDirectory = imagesDirectory
        self.bridge = bridge
        self.gateway = gateway
        self.token = token
        self.haproxySocket = haproxySocket
        self.banMaps = banMaps
        self.shipTo = shipTo
        self.shipToken = shipToken
        self.logPaths = logPaths
        self.sharedFiles = sharedFiles
    }
}
