import Drivers
import Foundation
import Telemetry
import TestKit
import Testing

@testable import Agent

@Suite("Collectors")
struct CollectorTests {
    @Test("Processor time is in seconds by mode, over all processors")
    func statistics() {
        let found = ProcessFiles.statistics(
            "cpu  100 0 250 1000 5 0 1 2 0 0\ncpu0 50 0 1 1 1 1 1 1\ncpu1 50 0 1 1 1 1 1 1\nctxt 9\nbtime 17\nprocesses 33\n")
        #expect(found.seconds.map(\.mode) == ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"])
        #expect(found.seconds.map(\.seconds) == [1, 0, 2.5, 10, 0.05, 0, 0.01, 0.02])
        #expect(found.processors == 2 && found.forks == 33 && found.bootTime == 17)
    }

    @Test("Broken files give nothing, and never a guess")
    func broken() {
        for text in ["", "cpu", "cpu x y", "\u{0}\n\n:::", String(repeating: "9", count: 5000)] {
            #expect(ProcessFiles.statistics(text).seconds.isEmpty)
            #expect(ProcessFiles.load(text) == nil)
            #expect(ProcessFiles.pressure(text).isEmpty)
            #expect(ProcessFiles.interfaces(text).isEmpty)
            #expect(ProcessFiles.disks(text).isEmpty)
            #expect(ControlGroupUsage.groups(text).count <= 1)
        }
    }

    @Test("Memory, pressure, interfaces and disks are read")
    func others() throws {
        #expect(ProcessFiles.memory("MemTotal:  10 kB\nHugePages: 3\n") == ["MemTotal": 10240, "HugePages": 3])
        let pressure = ProcessFiles.pressure("some avg10=0.1 avg60=0 total=2500000\nfull avg10=0.0 total=5\n")
        #expect(pressure.map(\.kind) == ["some", "full"] && pressure.map(\.seconds) == [2.5, 0.000005])
        let interface = try #require(
            ProcessFiles.interfaces("Inter-| x\n face |b\n  eth0:1 2 3 4 0 0 0 0 9 8 7 6 0 0 0 0\n").first)
        #expect(interface.name == "eth0" && interface.receivedBytes == 1 && interface.sentBytes == 9)
        #expect(interface.receiveDrops == 4 && interface.sendErrors == 7)
        let disks = ProcessFiles.disks(
            "254 0 vda 10 0 4 0 20 0 8 0 0 1500 2500 0\n7 0 loop0 1 0 1 0 1 0 1 0 0 0 0\n254 16 vdb 0 0 0 0 0 0 0 0 0 0 0\n")
        #expect(disks.count == 1)
        #expect(disks[0].readBytes == 2048 && disks[0].writtenBytes == 4096 && disks[0].busySeconds == 1.5)
        #expect(ProcessFiles.state(Array("1 (a) R) D 1".utf8)) == "D")
        #expect(ProcessFiles.state(Array("1 (a)".utf8)) == nil)
    }

    static let versionOne = [
        "cpuacct/cpuacct.usage": "2500000000\n", "cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n",
        "cpu/cpu.stat": "nr_periods 1\nnr_throttled 1\nthrottled_time 1500000000\n",
        "memory/memory.usage_in_bytes": "3000\n", "memory/memory.stat": "cache 5\ntotal_inactive_file 1000\n",
        "memory/memory.limit_in_bytes": "4096\n", "memory/memory.oom_control": "under_oom 0\noom_kill 2\n",
        "pids/pids.current": "7\n", "unified/cpu.pressure": "some avg10=0 total=4000000\n",
    ]
    static let versionTwo = [
        "unified/cpu.stat": "usage_usec 2500000\nthrottled_usec 1500000\n", "unified/cpu.max": "50000 100000\n",
        "unified/memory.current": "3000\n", "unified/memory.stat": "inactive_file 1000\n", "unified/memory.max": "4096\n",
        "unified/memory.events": "oom_kill 2\n", "unified/pids.current": "7\n",
        "unified/cpu.pressure": "some avg10=0 total=4000000\n",
    ]

    @Test(
        "Both versions of control groups tell the same",
        arguments: [(ControlGroups.Version.one, versionOne), (.two, versionTwo)])
    func controlGroups(version: ControlGroups.Version, files: [String: String]) {
        let usage = ControlGroupUsage(version: version) { files["\($0)/\($1)"] }
        #expect(usage.cpuSeconds == 2.5 && usage.cpuLimitCores == 0.5 && usage.throttledSeconds == 1.5)
        #expect(usage.memoryBytes == 2000 && usage.memoryLimitBytes == 4096 && usage.outOfMemoryKills == 2)
        #expect(usage.processes == 7 && usage.cpuPressureSeconds == 4 && usage.ioPressureSeconds == nil)
    }

    @Test(
        "No limit is no limit",
        arguments: [
            (
                ControlGroups.Version.one,
                ["cpu/cpu.cfs_quota_us": "-1\n", "memory/memory.limit_in_bytes": "9223372036854771712\n"]
            ),
            (.two, ["unified/cpu.max": "max 100000\n", "unified/memory.max": "max\n"]),
        ])
    func unlimited(version: ControlGroups.Version, files: [String: String]) {
        let usage = ControlGroupUsage(version: version) { files["\($0)/\($1)"] }
        #expect(usage.cpuLimitCores == nil && usage.memoryLimitBytes == nil && usage.cpuSeconds == nil)
    }

    @Test("A process' groups are read for joined controllers and the unified hierarchy")
    func groups() {
        let groups = ControlGroupUsage.groups("4:memory:/a\n1:cpu,cpuacct:/b:c\n9:name=systemd:/x\n0::/d\n")
        #expect(groups == ["memory": "/a", "cpu": "/b:c", "cpuacct": "/b:c", "name=systemd": "/x", "unified": "/d"])
    }

    @Test("The text format groups by metric, types by name and escapes values")
    func text() {
        var batch = SampleBatch()
        batch.append(["__name__": "b_total", "x": "a\"b\\\n"], 1.5, at: 0)
        batch.append(["__name__": "a"], .infinity, at: 0)
        batch.append(["__name__": "b_total"], 3, at: 0)
        let expected = "# TYPE a gauge\na +Inf\n# TYPE b_total counter\nb_total 3\nb_total{x=\"a\\\"b\\\\\\n\"} 1.5\n"
        #expect(String(decoding: PrometheusText.render(batch), as: UTF8.self) == expected)
    }

    @Test("This machine is described, with every sample at the time asked for")
    func thisMachine() {
        var batch = SampleBatch()
        HostCollector(server: "here").collect(at: 42, into: &batch)
        #expect(batch.refused.isEmpty)
        #expect(batch.timestamps.allSatisfy { $0 == 42 })
        let names = Set(batch.series.compactMap { batch.labels(of: $0).metricName })
        for name in [
            "host_cpu_seconds_total", "host_load1", "host_memory_available_bytes", "host_processes", "host_uptime_seconds",
        ] {
            #expect(names.contains("magewatch_" + name), "\(name)")
        }
        #expect(batch.series.allSatisfy { batch.labels(of: $0)["server"] == "here" })
    }

    @Test("A load balancer's figures carry pool and container")
    func loadBalancer() {
        var batch = SampleBatch()
        let figures = [
            BackendStatistics(pool: "be", server: nil, sessions: 1, queue: 2, requests: 3, responseErrors: 4, status: "UP"),
            BackendStatistics(pool: "be", server: "w1", sessions: 1, queue: 0, requests: 3, responseErrors: 0, status: "DOWN"),
        ]
        LoadBalancerSamples.append(figures, server: "lb1", at: 1, into: &batch)
        let text = String(decoding: PrometheusText.render(batch), as: UTF8.self)
        #expect(text.contains("magewatch_lb_backend_queue{pool=\"be\",server=\"lb1\"} 2\n"))
        #expect(text.contains("magewatch_lb_server_up{container=\"w1\",pool=\"be\",server=\"lb1\"} 0\n"))
    }
}
