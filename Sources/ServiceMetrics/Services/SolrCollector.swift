import Foundation

/// Solr: the memory of its Java machine saturates.
struct SolrCollector: ServiceCollector {
    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        func page(_ path: String) throws(ServiceError) -> [UInt8] {
            try HTTPExchange.get(
                path, host: "localhost", login: access.credentials.login(for: access.service), over: try access.connect())
        }
        return try Self.reading(
            system: try page("/solr/admin/info/system?wt=json"), cores: try page("/solr/admin/cores?action=STATUS&wt=json"))
    }

    static func reading(system: [UInt8], cores: [UInt8]) throws(ServiceError) -> ServiceReading {
        func object(_ bytes: [UInt8]) -> [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
        }
        let machine = object(system)["jvm"] as? [String: Any]
        guard let raw = (machine?["memory"] as? [String: Any])?["raw"] as? [String: Any] else {
            throw ServiceError(.malformed, "Solr's page about its system is not what it should be")
        }
        func number(_ value: Any?) -> Double? { (value as? NSNumber)?.doubleValue }
        var reading = ServiceReading()
        reading.add("solr_up", 1)
        reading.add("solr_jvm_memory_used_bytes", number(raw["used"]))
        reading.add("solr_jvm_memory_max_bytes", number(raw["max"]))
        reading.use("memory", number(raw["used"]), of: number(raw["max"]))
        for (name, value) in object(cores)["status"] as? [String: Any] ?? [:] {
            let index = (value as? [String: Any])?["index"] as? [String: Any]
            reading.add("solr_core_documents", number(index?["numDocs"]), ["core": name])
            reading.add("solr_core_size_bytes", number(index?["sizeInBytes"]), ["core": name])
        }
        return reading
    }
}
