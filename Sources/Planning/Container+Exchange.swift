import Topology

extension Container {
    /// An active container and its backup after they changed places: the backup has the address and the work, this one stands behind it.
    func exchanged(with backup: Container, leaving state: State) -> (active: Container, retired: Container) {
        var active = backup
        active.kind = .active
        active.state = .running
        active.backupOf = nil
        active.address = address
        var retired = self
        retired.kind = .backup
        retired.state = state
        retired.backupOf = active.name
        return (active, retired)
    }
}
