import Drivers
import Telemetry

/// A load balancer's figures as samples: `magewatch_lb_backend_*` by pool, `magewatch_lb_server_*` by pool and container.
enum LoadBalancerSamples {
    static func append(_ figures: [BackendStatistics], server: String, at time: Milliseconds, into batch: inout SampleBatch) {
        var writer = SampleWriter(time: time, shared: [Label("server", server)], batch: batch)
        for figure in figures {
            let pool = ("pool", figure.pool)
            // An empty value is no label, so that the whole backend has none.
            let container = ("container", figure.server ?? "")
            let prefix = figure.server == nil ? "magewatch_lb_backend_" : "magewatch_lb_server_"
            writer.add(prefix + "sessions", Double(figure.sessions), pool, container)
            writer.add(prefix + "queue", Double(figure.queue), pool, container)
            writer.add(prefix + "requests_total", Double(figure.requests), pool, container)
            writer.add(prefix + "response_errors_total", Double(figure.responseErrors), pool, container)
            writer.add(prefix + "up", figure.isUp ? 1.0 : 0.0, pool, container)
        }
        batch = writer.batch
    }
}
