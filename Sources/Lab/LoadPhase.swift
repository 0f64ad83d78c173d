/// A load to be offered: how many requests a second over what time, from how many connections.
package struct LoadPhase: Sendable, Equatable {
    package var label: String
    package var fromRate: Double
    package var toRate: Double
    /// The rate changes evenly over this time, then stays.
    package var rampSeconds: Double
    package var seconds: Int
    package var connections: Int
    /// What is asked for; a number is appended, the same one again after fifty.
    package var path = "/?page="

    /// Most requests a second that the laboratory ever offers: it shares its machine with what it loads.
    package static let maximumRate = 400.0

    package init(
        _ label: String, from fromRate: Double, to toRate: Double, rampSeconds: Double, seconds: Int, connections: Int = 48
    ) {
        self.label = label
        self.fromRate = min(fromRate, LoadPhase.maximumRate)
        self.toRate = min(toRate, LoadPhase.maximumRate)
        self.rampSeconds = max(rampSeconds, 0.001)
        self.seconds = seconds
        self.connections = connections
    }

    /// A constant rate.
    package init(_ label: String, rate: Double, seconds: Int, connections: Int = 48) {
        self.init(label, from: rate, to: rate, rampSeconds: 1, seconds: seconds, connections: connections)
    }

    /// The rate at a moment since the beginning.
    package func rate(at second: Double) -> Double {
        fromRate + (toRate - fromRate) * min(1, max(0, second / rampSeconds))
    }

    /// wrk's script. Each request waits for the next free slot of a timetable, so the offered rate does not depend on how fast
    /// answers come; slots missed while all connections wait are not made up for.
    package var script: String {
        """
        local ffi = require("ffi")
        ffi.cdef[[
        typedef struct { long seconds; long nanoseconds; } lab_time;
        int clock_gettime(int clock, lab_time *time);
        ]]
        local moment = ffi.new("lab_time")
        local function now()
            ffi.C.clock_gettime(1, moment)
            return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
        end
        local begin = now()
        local slot = begin
        function delay()
            local time = now()
            local share = math.min(1, (time - begin) / \(rampSeconds))
            local rate = \(fromRate) + (\(toRate) - \(fromRate)) * share
            slot = math.max(slot + 1 / rate, time)
            return math.floor((slot - time) * 1000)
        end
        local count = 0
        function request()
            count = count + 1
            return wrk.format("GET", "\(path)" .. (count % 50), { ["Host"] = "shop.lab", ["Accept-Encoding"] = "gzip" })
        end
        \(LoadSummary.script)
        """
    }
}
