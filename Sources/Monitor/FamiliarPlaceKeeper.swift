import Foundation
import StateStore
import Synchronization
import WAF

/// Keeps where accounts came from in the state store, so that a login from a new country is told after a restart, too.
final class FamiliarPlaceKeeper: Sendable {
    /// Seconds between two looks at whether there is something to keep.
    static let intervalSeconds = 30.0
    private static let setting = "waf.familiar-places"

    private let detector: Detector
    private let state: StateStore
    private let kept = Mutex(PlaceMemory())

    /// Takes up what was kept; what can't be read is told and begun anew.
    init(detector: Detector, state: StateStore, onProblem: (String) -> Void) throws {
        self.detector = detector
        self.state = state
        guard let text = try state.setting(FamiliarPlaceKeeper.setting) else { return }
        do {
            let memory = try JSONDecoder().decode(PlaceMemory.self, from: Data(text.utf8))
            detector.restore(memory)
            kept.withLock { $0 = memory }
        } catch {
            onProblem("where accounts logged in from is begun anew, as what was kept can't be read: \(error)")
        }
    }

    /// Keeps what has changed.
    func keep() throws {
        let memory = detector.placeMemory()
        guard kept.withLock({ $0 != memory }) else { return }
        let text = String(decoding: try JSONEncoder().encode(memory), as: UTF8.self)
        try state.set(FamiliarPlaceKeeper.setting, to: text)
        kept.withLock { $0 = memory }
    }
}
