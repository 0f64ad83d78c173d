import Foundation

/// The laboratory's own measure of how busy `web` is, read from the control groups and not from what the monitor says.
struct UtilisationMeter {
    /// Time that one value is the mean of.
    static let window = 2.0

    private struct Reading {
        var time: Double
        var seconds: [String: Double]
    }

    private let stack: LabStack
    private var readings: [Reading] = []

    init(stack: LabStack) { self.stack = stack }

    /// Processor time used by all `web` containers over what their limits allow; nil until a window is full.
    mutating func read(at time: Double) -> Double? {
        readings.append(Reading(time: time, seconds: usage()))
        guard let first = readings.firstIndex(where: { time - $0.time <= UtilisationMeter.window * 1000 }), first > 0 else {
            return nil
        }
        readings.removeFirst(first - 1)
        return UtilisationMeter.utilisation(
            from: readings[0].seconds, to: readings[readings.count - 1].seconds, over: (time - readings[0].time) / 1000,
            coresEach: MonitorConfiguration.webCores)
    }

    /// Of the containers that were there at both times.
    static func utilisation(
        from before: [String: Double], to after: [String: Double], over seconds: Double, coresEach: Double
    ) -> Double? {
        let used = after.compactMap { name, value in before[name].map { max(0, value - $0) } }
        guard !used.isEmpty, seconds > 0 else { return nil }
        return used.reduce(0, +) / seconds / (Double(used.count) * coresEach)
    }

    private func usage() -> [String: Double] {
        var usage: [String: Double] = [:]
        for machine in AddressPlan.Machine.servers where stack.hosts[machine]?.isOn == true {
            for container in stack.groups.containers(machine: machine.rawValue) where container.hasPrefix("web") {
                usage["\(machine.rawValue)/\(container)"] = stack.groups.processorSeconds(
                    machine: machine.rawValue, container: container)
            }
        }
        return usage
    }
}
