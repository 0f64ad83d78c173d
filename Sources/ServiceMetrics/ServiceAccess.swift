import Foundation

/// How a collector reaches its service: connections, files and processes of its container, all within a deadline.
struct ServiceAccess {
    /// Most bytes of all answers of one connection.
    static let maximumAnswerBytes = 8 << 20

    let service: FoundService
    let processes: ProcessTable
    let sockets: SocketTable
    let credentials: ServiceCredentials
    let deadline: ContinuousClock.Instant
    /// Seconds since 1970.
    let now: Double

    /// The files of the service's container.
    var files: RootedFiles { RootedFiles(process: service.process, processRoot: processes.root) }

    /// Asks another service than the first: connects to an address of the container.
    func connect(_ address: ServiceAddress) throws(ServiceError) -> ServiceStream {
        try ServiceStream.connect(
            to: address.reachable, files: files, deadline: deadline, maximumBytes: ServiceAccess.maximumAnswerBytes)
    }

    /// Connects to where the service is asked.
    func connect() throws(ServiceError) -> ServiceStream {
        guard let address = service.preferred else {
            throw ServiceError(.unreachable, "\(service.kind.rawValue): process \(service.process) listens nowhere")
        }
        return try connect(address)
    }

    /// The processes that belong to the service.
    var members: [ProcessTable.Process] { processes.descendants(of: service.process) }

    /// Those of the same program.
    var workers: [ProcessTable.Process] {
        let name = processes.processes[service.process]?.name
        return members.filter { $0.name == name }
    }

    /// Seconds that a process has been running.
    func age(of process: ProcessTable.Process) -> Double {
        max(0, (processes.uptimeSeconds ?? 0) - Double(process.startTicks) / 100)
    }

    /// What a program of this server writes. It is killed at the deadline.
    func output(of program: String, _ arguments: [String]) throws(ServiceError) -> [UInt8] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardOutput = pipe
        do {
            try process.run()
        } catch {
            throw ServiceError(.notConfigured, "\(program) can't be run on this server: \(error.localizedDescription)")
        }
        try? pipe.fileHandleForWriting.close()
        let stream = ServiceStream(
            descriptor: dup(pipe.fileHandleForReading.fileDescriptor), name: program, deadline: deadline,
            maximumBytes: ServiceAccess.maximumAnswerBytes)
        defer {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        return try stream.readAll()
    }
}
