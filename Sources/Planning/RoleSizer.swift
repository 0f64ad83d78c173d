/// Sizes a running role: ``ShadowScaler`` on the demand of its containers, one decision a tick.
///
/// Demand is measured in cores and handed on in containers' worth: what one container can give until it counts as saturated. Cores add up
/// whatever runs where, so a scale-out does not change the demand that was there before it.
package struct RoleSizer: Sendable {
    /// Measured utilisation from which on the measure is at its end and says nothing about how much more is asked for.
    package static let clippedUtilisation = 0.95
    /// How much more is then assumed.
    package static let clippedFactor = 1.25
    /// Missed ticks that are made up for as unchanged, at most: an hour's at the usual tick.
    package static let maximumMissedTicks = 240

    /// Cores that one container gives until it is saturated.
    package let unitCores: Double
    private let containerCores: Double
    private var scaler: ShadowScaler
    private var decision: ShadowScaler.Decision?
    private var ticks = 0
    private let learningTicks: Int

    /// - Parameters:
    ///   - rules: `ownedServers` counts the containers on the stack's own servers.
    ///   - containerCores: cores that a container may use.
    ///   - saturation: utilisation that counts as saturated.
    package init(rules: FleetRules, containerCores: Double, saturation: Double, options: ShadowScaler.Options = .init()) {
        let cores = containerCores * saturation
        let isSound = cores.isFinite && cores > 0
        unitCores = isSound ? cores : 1
        self.containerCores = isSound ? containerCores : 1
        scaler = ShadowScaler(rules: rules, options: options)
        learningTicks = rules.ticksPerDay / 2
    }

    /// Demand in cores from a measured utilisation of `cores`; nil where it is not known.
    package static func demandCores(utilisation: Double?, cores: Double) -> Double? {
        guard let utilisation, utilisation.isFinite, utilisation >= 0, cores.isFinite, cores > 0 else { return nil }
        return cores * utilisation * (utilisation >= clippedUtilisation ? clippedFactor : 1)
    }

    /// Learns from demand that was recorded tick by tick, in cores; NaN where it is not known.
    package mutating func learn(_ demandCores: [Double]) {
        for demand in demandCores {
            _ = decision ?? scaler.decide()
            scaler.observe(demand: demand / unitCores, readyServers: nil)
            decision = nil
            ticks += 1
        }
    }

    /// Takes the demand of the tick just gone and the cores of the containers that served it, and decides for the next one.
    package mutating func tick(demandCores: Double?, readyCores: Double, missed: Int = 0) -> RoleSizing {
        for _ in 0..<min(max(0, missed), RoleSizer.maximumMissedTicks) { learn([.nan]) }
        if decision != nil {
            // Rounded down: half a container is none that the shadow fleets know.
            let ready = Int(min(1e6, max(0, readyCores / containerCores + 1e-6)))
            scaler.observe(demand: (demandCores ?? .nan) / unitCores, readyServers: demandCores == nil ? nil : ready)
            ticks += 1
        }
        let next = scaler.decide()
        decision = next
        return RoleSizing(
            launchContainers: next.launchBound, keepContainers: next.keepBound,
            demandContainers: demandCores.map { $0 / unitCores }, pricePeriods: next.price, sizing: next.sizing,
            isLearning: ticks < learningTicks)
    }
}
