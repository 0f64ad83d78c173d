/// Sphinx and Manticore: worker threads saturate (`maxed_out` counts who was turned away), and the memory of the indexes.
struct SphinxCollector: ServiceCollector {
    /// Most indexes that are asked about one by one.
    static let maximumIndexes = 100

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let connection = try connect(access)
        var reading = Self.reading(status: try connection.query("SHOW STATUS"))
        var memory = 0.0
        for name in try connection.query("SHOW TABLES").compactMap({ $0["index"] ?? $0["table"] }).prefix(Self.maximumIndexes) {
            // Goes into a question.
            guard name.utf8.allSatisfy({ $0 == 95 || 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 }) else { continue }
            do throws(ServiceError) {
                memory += Self.add(try connection.query("SHOW INDEX \(name) STATUS"), of: name, to: &reading)
            } catch  where error.reason == .refused {
                continue
            }
        }
        let path = access.service.arguments.split(separator: " ").drop { $0 != "-c" && $0 != "--config" }.dropFirst().first
        let settings = Self.settings(access.files.text(path.map(String.init) ?? "/etc/sphinxsearch/sphinx.conf") ?? "")
        // Its own question is one.
        let threads = Double(max(0, try connection.query("SHOW THREADS").count - 1))
        reading.add("sphinx_threads_count", threads)
        reading.use("workers", threads, of: settings["max_children"].flatMap { Double($0) })
        reading.use("index_memory", memory, of: access.service.scope.memoryLimitBytes)
        return reading
    }

    /// Which of its listeners speaks MySQL's protocol is seen by asking; the usual port first.
    private func connect(_ access: ServiceAccess) throws(ServiceError) -> MySQLConnection {
        let addresses = access.service.listeners.sorted { left, _ in left.port == 9306 }
        var last = ServiceError(
            .notConfigured, "searchd has no listener for SQL; put 'listen = 9306:mysql41' in its configuration")
        for address in addresses {
            do throws(ServiceError) {
                return try MySQLConnection(
                    over: try access.connect(address), login: access.credentials.login(for: access.service))
            } catch {
                last = error
            }
        }
        throw last
    }

    static func reading(status: MySQLConnection.Rows) -> ServiceReading {
        var reading = ServiceReading()
        reading.add("sphinx_up", 1)
        for row in status {
            guard let name = row["counter"] ?? row["variable_name"], let value = row["value"] ?? row["variable_value"] else {
                continue
            }
            reading.add("sphinx_\(name.lowercased())", Double(value))
        }
        return reading
    }

    /// Adds an index' figures and returns the memory it takes.
    static func add(_ rows: MySQLConnection.Rows, of index: String, to reading: inout ServiceReading) -> Double {
        let values = MariaDBCollector.table(rows)
        for (field, name) in [
            ("indexed_documents", "sphinx_indexed_documents"), ("indexed_bytes", "sphinx_indexed_bytes"),
            ("ram_bytes", "sphinx_index_ram_bytes"), ("disk_bytes", "sphinx_index_disk_bytes"),
        ] {
            reading.add(name, values[field].flatMap { Double($0) }, ["index": index])
        }
        return values["ram_bytes"].flatMap { Double($0) } ?? 0
    }

    /// `name = value` lines of the configuration.
    static func settings(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let sides = line.split(separator: "=", maxSplits: 1).map {
                $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
            if sides.count == 2, !sides[0].hasPrefix("#") { values[sides[0]] = sides[1] }
        }
        return values
    }
}
