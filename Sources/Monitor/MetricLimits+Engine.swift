import PromQL
import StackConfiguration

extension MagewatchConfiguration.MetricLimits {
    /// What a PromQL query may use.
    var queryOptions: PromQLEngine.Options {
        var options = PromQLEngine.Options()
        options.maximumSamples = maximumQuerySamples
        options.maximumBytes = maximumQueryBytes
        options.maximumMemoryBytes = maximumQueryMemoryBytes
        options.deadline = .seconds(maximumQuerySeconds)
        options.allowsExperimental = allowsExperimental
        return options
    }
}
