internal import Glibc

/// The forecast of one lead: simple predictors and regressions, weighed by how wrong each was lately.
///
/// Every member's forecast is remembered until its truth is known; then its error, discounted with time, decides its weight. The naive
/// forecast is always a member. Intervals are quantiles of the pool's own signed errors, with a level that adapts until the
/// coverage is right (Gibbs and Candes, "Adaptive conformal inference under distribution shift", 2021).
struct LeadPool: Sendable {
    let lead: Int
    private let day: Int
    private var regressions: [LeadRegression]
    private var profile: [Double]
    private var profileVisits: [Int]
    private var losses: [Double]
    private var lossWeight = 0.0
    private var pending: [Pending] = []
    private var pendingStart = 0
    private(set) var intervals: AdaptiveIntervals
    /// Mean absolute error of the pool and of the naive forecast, discounted.
    private(set) var error = 0.0
    private(set) var naiveError = 0.0
    private var known = 0
    private var trustWeight = 0.0
    private var recentError = 0.0

    private struct Pending: Sendable {
        var members: [Double]
        var features: [Double]
        var scale: Double
        var pooled: Double
        var forecast: Double
        /// The bounds of the 95 % interval, to see whether it held.
        var bounds: ClosedRange<Double>
    }

    /// Half-life of losses, in days; sharpness of the weights.
    static let lossHalfLifeDays = 3.0
    static let sharpness = 6.0
    /// Half-life of what the pool is trusted by, in days; error against naive from which on, and over which, it is followed.
    static let trustHalfLifeDays = 4.0
    static let trustFrom = 1.0
    static let trustWidth = 0.1
    static let doubt = 0.3
    /// Recent error against the usual one at which the pool is dropped, and the steps that are recent.
    static let shiftRatio = 6.0
    static let recentSteps = 24.0

    init(lead: Int, day: Int) {
        self.lead = lead
        self.day = day
        let naive = LeadPool.naivePrior
        let every = max(6, min(48, lead))
        regressions = [
            LeadRegression(prior: naive, halfLife: 7 * Double(day), penalty: 1e-3, solveEvery: every),
            LeadRegression(prior: naive, halfLife: 2 * Double(day), penalty: 1e-2, solveEvery: every),
            LeadRegression(prior: naive, halfLife: .infinity, penalty: 1e-4, solveEvery: every),
        ]
        profile = [Double](repeating: .nan, count: day)
        profileVisits = [Int](repeating: 0, count: day)
        losses = []
        intervals = AdaptiveIntervals(lead: lead, day: day)
    }

    // MARK: Features

    static let featureCount = 17
    private static let naivePrior: [Double] = [0, 1] + [Double](repeating: 0, count: featureCount - 2)

    /// What regressions see, in units of the signal's scale.
    static func features(_ window: SignalWindow, lead: Int) -> [Double] {
        let day = window.day
        let scale = max(window.scale, 1e-140)
        var features: [Double] = [1, window[0] / scale, window[1] / scale, window[2] / scale]
        for index in window.windows.indices { features.append(window.mean(index) / scale) }
        for season in [day, 2 * day, 7 * day] {
            // Seasons that are shorter than the lead are taken as often as needed.
            let seasons = season * ((lead + season - 1) / season)
            let back = window.knows(seasons + 1) ? seasons : day * ((lead + day - 1) / day)
            let then = window[back - lead]
            let near = (window[back - lead + 1] + then + window[max(0, back - lead - 1)]) / 3
            features += [then / scale, near / scale, window[back] / scale]
        }
        return features
    }

    // MARK: Members

    private func members(_ window: SignalWindow, _ features: [Double]) -> [Double] {
        let scale = max(window.scale, 1e-140)
        let last = window[0]
        var members = [last, window.mean(0), window.mean(1), window.mean(2), window.mean(3)]
        let season = day * ((lead + day - 1) / day)
        let week = 7 * day * ((lead + 7 * day - 1) / (7 * day))
        let yesterday = window[season - lead]
        members += [
            yesterday, yesterday + (last - window[season]) * decay(0.98), window.knows(week) ? window[week - lead] : yesterday,
        ]
        let usual = profile[(window.count - 1 + lead) % day]
        let now = profile[(window.count - 1) % day]
        if usual.isFinite, now.isFinite {
            members += [0.9, 0.98, 0.995].map { usual + (last - now) * decay($0) } + [usual]
        } else {
            members += [Double](repeating: last, count: 4)
        }
        for regression in regressions { members.append(regression.predict(features) * scale) }
        return members
    }

    private func decay(_ factor: Double) -> Double { pow(factor, Double(lead)) }

    // MARK: Time

    /// Takes the window with its newest value, learns from what has become known, and forecasts.
    mutating func advance(_ window: SignalWindow) -> Double {
        learn(window)
        let features = LeadPool.features(window, lead: lead)
        let members = members(window, features)
        let pooled = combine(members)
        let forecast = members[0] + trust * (pooled - members[0])
        pending.append(
            Pending(
                members: members, features: features, scale: max(window.scale, 1e-140), pooled: pooled, forecast: forecast,
                bounds: intervals.bounds(around: forecast)))
        return forecast
    }

    private mutating func learn(_ window: SignalWindow) {
        let truth = window[0]
        let place = (window.count - 1) % day
        if profile[place].isNaN {
            profile[place] = truth
        } else {
            profile[place] += max(0.2, 1 / Double(profileVisits[place] + 1)) * (truth - profile[place])
        }
        profileVisits[place] += 1
        guard pending.count - pendingStart >= lead else { return }
        let past = pending[pendingStart]
        pendingStart += 1
        if pendingStart > 2 * lead + 64 {
            pending.removeFirst(pendingStart)
            pendingStart = 0
        }
        if losses.isEmpty { losses = [Double](repeating: 0, count: past.members.count) }
        let fade = 1 - 0.693 / (LeadPool.lossHalfLifeDays * Double(day))
        for index in losses.indices {
            losses[index] = fade * losses[index] + min(abs(truth - past.members[index]) / past.scale, 1e6)
        }
        lossWeight = fade * lossWeight + 1
        let slow = 1 - 0.693 / (LeadPool.trustHalfLifeDays * Double(day))
        error = slow * error + min(abs(truth - past.pooled) / past.scale, 1e6)
        naiveError = slow * naiveError + min(abs(truth - past.members[0]) / past.scale, 1e6)
        known += 1
        trustWeight = slow * trustWeight + 1
        recentError += (min(abs(truth - past.pooled) / past.scale, 1e6) - recentError) / LeadPool.recentSteps
        intervals.learn(error: truth - past.forecast, wasInside: past.bounds.contains(truth))
        for index in regressions.indices { regressions[index].learn(past.features, truth / past.scale) }
    }

    /// How far the pool is followed away from the naive forecast: not before it has been better for a day, and only as far as it has
    /// been better lately.
    private var trust: Double {
        guard known >= day / 4, naiveError > 0 else { return 0 }
        // Errors of overlapping forecasts are one error: so many independent ones have been seen.
        let margin = LeadPool.doubt * (Double(lead) / Double(known)).squareRoot()
        // Errors of several times the usual size all at once are a shift of level, which the naive forecast has taken already.
        let mean = error / (trustWeight + 1e-9)
        let shift = mean > 0 ? min(1, max(0, (LeadPool.shiftRatio - recentError / mean) / 3)) : 1
        return shift * min(1, max(0, (LeadPool.trustFrom - margin - error / naiveError) / LeadPool.trustWidth))
    }

    /// Share of each member in the forecast, trust in the pool counted; the last value alone before anything is known.
    var shares: [Double] {
        guard let losses = memberWeights() else { return [1] }
        let total = losses.reduce(0, +)
        var shares = losses.map { total > 0 ? trust * $0 / total : 0 }
        shares[0] += 1 - shares.reduce(0, +)
        return shares
    }

    /// What the members are called, in their order.
    var memberNames: [String] {
        let windows = SignalWindow.shortWindows.map { "mean of \($0) steps" } + ["mean of a day"]
        return ["last value"] + windows + [
            "yesterday", "yesterday and today's deviation", "last week", "usual course, deviation dying fast",
            "usual course, deviation dying slowly", "usual course, deviation lasting", "usual course",
            "regression of a week", "regression of two days", "regression of all",
        ]
    }

    /// Each member by its error to minus a power; nil before anything is known.
    private func memberWeights() -> [Double]? {
        guard lossWeight > 0, let best = losses.min() else { return nil }
        let dust = 1e-9 * lossWeight
        return losses.map { pow((best + dust) / ($0 + dust), LeadPool.sharpness) }
    }

    private func combine(_ members: [Double]) -> Double {
        guard let weights = memberWeights() else { return members[0] }
        var sum = 0.0
        var total = 0.0
        for (member, weight) in zip(members, weights) where member.isFinite {
            sum += weight * member
            total += weight
        }
        return total > 0 ? sum / total : members[0]
    }
}
