import AgentContract
import Drivers
import Foundation
import ServiceMetrics
import Telemetry
import Topology

/// Figures of the role containers on this server.
struct ContainerCollector: Sendable {
    let containers: any ContainerRuntime
    var processRoot = "/proc"
    var controlGroupRoot = ControlGroups.root

    func collect(into writer: inout SampleWriter) {
        guard let all = try? containers.list() else {
            writer.add("magewatch_agent_collector_up", 0.0, ("collector", "containers"))
            return
        }
        writer.add("magewatch_agent_collector_up", 1.0, ("collector", "containers"))
        for container in all { collect(container, into: &writer) }
    }

    /// The containers that run, for services to be found in.
    func scopes() -> [ServiceScope] {
        let running = (try? containers.list()) ?? []
        return running.compactMap { container in
            guard let process = container.processID else { return nil }
            return ServiceScope(
                container: container.specification.name, role: container.specification.role, firstProcess: process,
                memoryLimitBytes: usage(of: process).memoryLimitBytes)
        }
    }

    private func collect(_ container: ManagedContainer, into writer: inout SampleWriter) {
        let specification = container.specification
        let name = ("container", specification.name)
        let role = ("role", specification.role.rawValue)
        func add(_ metric: String, _ value: Double?) {
            if let value { writer.add("magewatch_container_" + metric, value, name, role) }
        }
        add("up", container.isRunning ? 1 : 0)
        guard let process = container.processID else { return }
        add("start_time_seconds", Double(container.startedAt) / 1000)
        let usage = usage(of: process)
        add("cpu_usage_seconds_total", usage.cpuSeconds)
        add("cpu_limit_cores", usage.cpuLimitCores ?? Double(ProcessInfo.processInfo.processorCount))
        add("memory_usage_bytes", usage.memoryBytes)
        add("memory_limit_bytes", usage.memoryLimitBytes)
        add("cpu_pressure_seconds_total", usage.cpuPressureSeconds)
        add("memory_pressure_seconds_total", usage.memoryPressureSeconds)
        add("io_pressure_seconds_total", usage.ioPressureSeconds)
        add("throttled_seconds_total", usage.throttledSeconds)
        add("processes", usage.processes)
        add("oom_kills_total", usage.outOfMemoryKills)
        guard let devices = text("\(processRoot)/\(process)/net/dev") else { return }
        for device in ProcessFiles.interfaces(devices) where device.name == "eth0" {
            add("network_receive_bytes_total", Double(device.receivedBytes))
            add("network_transmit_bytes_total", Double(device.sentBytes))
            add("network_receive_packets_total", Double(device.receivedPackets))
            add("network_transmit_packets_total", Double(device.sentPackets))
            add("network_dropped_packets_total", Double(device.receiveDrops) + Double(device.sendDrops))
        }
    }

    private func usage(of process: Int32) -> ControlGroupUsage {
        let version = ControlGroups.version(root: controlGroupRoot)
        let groups = ControlGroupUsage.groups(text("\(processRoot)/\(process)/cgroup") ?? "")
        return ControlGroupUsage(version: version) { controller, file in
            guard let group = groups[controller], group != "/" else { return nil }
            let hierarchy = version == .two ? controlGroupRoot : "\(controlGroupRoot)/\(controller)"
            return text("\(hierarchy)\(group)/\(file)")
        }
    }

    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
