import Foundation
import Glibc
import TestKit
import Testing

/// A small file system of a test's own.
private final class SmallDisk {
    let directory: TemporaryDirectory

    init(megabytes: Int) async throws {
        directory = try TemporaryDirectory("disk")
        let mounted = try await ChildProcess.run(
            "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", directory.path])
        guard mounted.status == 0 else { throw NeverHappened(description: "\(mounted)") }
    }

    deinit { unsafe umount2(directory.path, Int32(MNT_DETACH)) }

    private var filler: String { directory.path + "/filler" }

    /// Takes every byte that is free.
    func fill() async throws {
        let filled = try await ChildProcess.run("/usr/bin/dd", ["if=/dev/zero", "of=\(filler)", "bs=4096"])
        #expect(filled.errors.contains("No space left"), "\(filled)")
    }

    func free() throws { try FileManager.default.removeItem(atPath: filler) }
}

@Suite("A full disk", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct FullDiskTests {
    @Test(
        "Senders are told 503, questions are answered, writing goes on by itself, and nothing acknowledged is lost",
        .enabled(if: getuid() == 0, "needs root to mount a small file system"))
    func full() async throws {
        let disk = try await SmallDisk(megabytes: 24)
        let monitor = try await MonitorProcess(keepsPorts: true, data: disk.directory.path + "/data")
        let address = monitor.address
        var kept: [String] = []
        #expect(try await push("before", to: address) == 204)
        kept.append("before")
        #expect(try await write(1, to: address) == 204)

        try await disk.fill()
        // What was set aside before may still take some.
        for attempt in 0..<200 {
            let line = "full \(attempt) " + String(repeating: "y", count: 4000)
            let status = try await push(line, to: address)
            if status == 503 { break }
            #expect(status == 204)
            kept.append(line)
        }
        #expect(try await push("refused", to: address) == 503)
        try await eventually("samples to be refused") { try await write(2, to: address) == 503 ? true : nil }
        let sender = try LineSender(port: address.ingestPort)
        try sender.send(#"{"host":"plain","message":"refused"}"# + "\n")
        #expect(sender.finish().isEmpty)
        #expect(try await address.counter("magewatch_ingest_refused_total", "reason=\"unavailable\"") == 1)
        #expect(try await address.counter("magewatch_log_store_write_errors_total") >= 1)
        #expect(try await address.counter("magewatch_metric_store_write_errors_total") >= 1)
        #expect(monitor.errors.contains("No space left on device") && monitor.errors.contains("free"), "\(monitor.errors)")
        #expect(try await Set(address.lines("{job=\"disk\"}")) == Set(kept))

        try disk.free()
        try await eventually("lines to be taken again") { try await push("after", to: address) == 204 ? true : nil }
        kept.append("after")
        try await eventually("samples to be taken again") { try await write(3, to: address) == 204 ? true : nil }

        try await monitor.crash()
        try await monitor.start()
        #expect(try await Set(address.lines("{job=\"disk\"}")) == Set(kept))
        #expect(try await address.value("last_over_time(disk_number[1h])") == 3)
        try await monitor.stop()
    }

    private func push(_ line: String, to address: MonitorAddress) async throws -> Int {
        let time = "\(Int(Date().timeIntervalSince1970 * 1000))000000"
        let body = #"{"streams":[{"stream":{"job":"disk"},"values":[["\#(time)","\#(line)"]]}]}"#
        return try await address.post(address.ingest + "/loki/api/v1/push", Array(body.utf8)).status
    }

    private func write(_ number: Int, to address: MonitorAddress) async throws -> Int {
        let time = Int(Date().timeIntervalSince1970 * 1000)
        let body = RemoteWrite.body(["__name__": "disk_number"], value: Double(number), milliseconds: time)
        return try await address.post(
            address.ingest + "/api/v1/write", body, type: RemoteWrite.type, headers: RemoteWrite.headers
        ).status
    }
}
