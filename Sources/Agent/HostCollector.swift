package import Drivers
import Foundation
package import ServiceMetrics
package import Telemetry

/// Figures of the machine and of the role containers on it, read from `/proc` and the control groups at the moment of asking.
///
/// The agent renders them for scrapes; a monitor takes those of its own machine directly.
package struct HostCollector: Sendable {
    /// Most processes looked at for their state.
    package static let maximumProcesses = 50_000
    /// Most interfaces, disks and file systems reported, each.
    package static let maximumDevices = 256

    private let server: String
    private let containers: ContainerCollector?
    private let services: ServiceWatch?
    private let root: String

    /// - Parameters:
    ///   - server: the `server` label of all samples.
    ///   - containers: whose containers to report; nil for none.
    ///   - services: the services to report, which are asked elsewhere; nil for none.
    ///   - processRoot: where the kernel's files are.
    package init(
        server: String, containers: (any ContainerRuntime)? = nil, services: ServiceWatch? = nil, processRoot: String = "/proc"
    ) {
        self.server = server
        self.containers = containers.map { ContainerCollector(containers: $0, processRoot: processRoot) }
        self.services = services
        root = processRoot
    }

    /// Adds all figures of this moment.
    package func collect(at time: Milliseconds, into batch: inout SampleBatch) {
        var writer = SampleWriter(time: time, shared: [Label("server", server)], batch: batch)
        processorAndLoad(&writer)
        memory(&writer)
        pressure(&writer)
        disks(&writer)
        fileSystems(&writer)
        network(&writer)
        processes(&writer)
        containers?.collect(into: &writer)
        batch = writer.batch
        services?.append(to: &batch, at: time)
    }

    private func processorAndLoad(_ writer: inout SampleWriter) {
        if let text = text("stat") {
            let statistics = ProcessFiles.statistics(text)
            for (mode, seconds) in statistics.seconds {
                writer.add("magewatch_host_cpu_seconds_total", seconds, ("mode", mode))
            }
            writer.add("magewatch_host_cpu_cores", Double(statistics.processors))
            if let value = statistics.contextSwitches { writer.add("magewatch_host_context_switches_total", value) }
            if let value = statistics.forks { writer.add("magewatch_host_forks_total", value) }
            if let value = statistics.bootTime { writer.add("magewatch_host_boot_time_seconds", value) }
        }
        if let load = text("loadavg").flatMap(ProcessFiles.load) {
            for (minutes, value) in zip(["1", "5", "15"], load) { writer.add("magewatch_host_load\(minutes)", value) }
        }
        if let uptime = text("uptime").flatMap({ $0.split(separator: " ").first.flatMap { Double($0) } }) {
            writer.add("magewatch_host_uptime_seconds", uptime)
        }
    }

    private func memory(_ writer: inout SampleWriter) {
        guard let text = text("meminfo") else { return }
        let values = ProcessFiles.memory(text)
        let names: [(Substring, String)] = [
            ("MemTotal", "memory_total"), ("MemAvailable", "memory_available"), ("MemFree", "memory_free"),
            ("Buffers", "memory_buffers"), ("Cached", "memory_cached"), ("SwapTotal", "swap_total"),
            ("SwapFree", "swap_free"), ("Dirty", "memory_dirty"),
        ]
        for (key, name) in names { if let value = values[key] { writer.add("magewatch_host_\(name)_bytes", value) } }
    }

    private func pressure(_ writer: inout SampleWriter) {
        for resource in ["cpu", "memory", "io"] {
            guard let text = text("pressure/\(resource)") else { continue }
            for (kind, seconds) in ProcessFiles.pressure(text) {
                writer.add("magewatch_host_pressure_seconds_total", seconds, ("resource", resource), ("kind", kind))
            }
        }
    }

    private func disks(_ writer: inout SampleWriter) {
        guard let text = text("diskstats") else { return }
        for disk in ProcessFiles.disks(text).prefix(HostCollector.maximumDevices) {
            let device = ("device", disk.name)
            writer.add("magewatch_host_disk_reads_total", disk.reads, device)
            writer.add("magewatch_host_disk_writes_total", disk.writes, device)
            writer.add("magewatch_host_disk_read_bytes_total", disk.readBytes, device)
            writer.add("magewatch_host_disk_written_bytes_total", disk.writtenBytes, device)
            writer.add("magewatch_host_disk_busy_seconds_total", disk.busySeconds, device)
            writer.add("magewatch_host_disk_weighted_seconds_total", disk.weightedSeconds, device)
        }
    }

    private func fileSystems(_ writer: inout SampleWriter) {
        guard let text = text("self/mountinfo") else { return }
        var seen: Set<String> = []
        let onDisk = MountTable(parsing: text).mounts.filter { $0.source.hasPrefix("/dev/") || $0.fileSystem.hasPrefix("fuse.") }
        // The first mount of a device is the whole of it; later ones are binds of parts.
        for mount in onDisk where seen.insert(mount.device).inserted && seen.count <= HostCollector.maximumDevices {
            var space = statvfs()
            guard unsafe statvfs(mount.target, &space) == 0, space.f_blocks > 0 else { continue }
            let labels = [("mount", mount.target), ("device", mount.source), ("type", mount.fileSystem)]
            let block = Double(space.f_frsize)
            let figures = [
                ("size_bytes", Double(space.f_blocks) * block), ("free_bytes", Double(space.f_bfree) * block),
                ("available_bytes", Double(space.f_bavail) * block), ("files", Double(space.f_files)),
                ("files_free", Double(space.f_ffree)),
            ]
            for (name, value) in figures {
                writer.add("magewatch_host_filesystem_\(name)", value, labels[0], labels[1], labels[2])
            }
        }
    }

    private func network(_ writer: inout SampleWriter) {
        // "self": the agent's own network namespace is the server's.
        guard let text = text("self/net/dev") else { return }
        // The server's ends of its containers' cables have a new random name each start; containers are measured inside.
        let interfaces = ProcessFiles.interfaces(text).filter { !$0.name.hasPrefix("veth") }
        for interface in interfaces.prefix(HostCollector.maximumDevices) {
            let label = ("interface", interface.name)
            writer.add("magewatch_host_network_receive_bytes_total", interface.receivedBytes, label)
            writer.add("magewatch_host_network_receive_packets_total", interface.receivedPackets, label)
            writer.add("magewatch_host_network_receive_errors_total", interface.receiveErrors, label)
            writer.add("magewatch_host_network_receive_dropped_total", interface.receiveDrops, label)
            writer.add("magewatch_host_network_transmit_bytes_total", interface.sentBytes, label)
            writer.add("magewatch_host_network_transmit_packets_total", interface.sentPackets, label)
            writer.add("magewatch_host_network_transmit_errors_total", interface.sendErrors, label)
            writer.add("magewatch_host_network_transmit_dropped_total", interface.sendDrops, label)
        }
    }

    private func processes(_ writer: inout SampleWriter) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        var counts: [String: Int] = [:]
        for name in names.lazy.filter({ $0.utf8.first.map { $0 >= 49 && $0 <= 57 } ?? false })
            .prefix(HostCollector.maximumProcesses)
        {
            // One that ended between listing and reading is simply not counted.
            guard let stat = FileManager.default.contents(atPath: "\(root)/\(name)/stat"),
                let state = ProcessFiles.state(stat)
            else { continue }
            counts[ProcessFiles.stateName(state), default: 0] += 1
        }
        for (state, count) in counts { writer.add("magewatch_host_processes", Double(count), ("state", state)) }
    }

    private func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(root)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }
}
