/// The description of every endpoint of the API port, OpenAPI 3.1.
enum OpenAPIDocument {
    /// All endpoints, those of the same path one after the other.
    static let operations = own + scaler + prometheus + server + loki + alertmanager + bouncers

    /// The document.
    static let json: [UInt8] = {
        var writer = JSONWriter(reserving: 64 << 10)
        writer.object { writer in
            writer.key("openapi")
            writer.string("3.1.0")
            writer.key("info")
            writer.map([("title", "Magewatch"), ("version", "1"), ("description", description)])
            writer.key("paths")
            writer.object { writer in
                for path in paths {
                    writer.key(path.path)
                    writer.object { writer in
                        for (method, operation) in path.operations {
                            writer.key(method)
                            writer.operation(operation, method: method)
                        }
                    }
                }
            }
            writer.key("components")
            writer.raw(components.utf8)
        }
        return writer.bytes
    }()

    private static let description =
        "The APIs of Prometheus, Loki and Alertmanager, and the monitor's own state: the stack, plans and their journal, "
        + "forecasts, bans. Times of the own API are milliseconds since 1970-01-01 UTC. POST takes parameters as a form, too."

    /// Operations by path, in the order of the tables.
    private static let paths: [(path: String, operations: [(String, APIOperation)])] = {
        var paths: [(path: String, operations: [(String, APIOperation)])] = []
        for operation in operations {
            let index = paths.firstIndex { $0.path == operation.path } ?? paths.count
            if index == paths.count { paths.append((operation.path, [])) }
            paths[index].operations += operation.methods.map { ($0, operation) }
        }
        return paths
    }()

    private static let components = #"""
        {
          "responses": { "Error": { "description": "What went wrong.", "content": { "application/json": { "schema": { "type": "object",
            "properties": { "status": { "const": "error" }, "errorType": { "type": "string" }, "error": { "type": "string" } } } } } } },
          "schemas": {
            "Success": { "type": "object", "required": ["status"], "properties": { "status": { "const": "success" },
              "warnings": { "type": "array", "items": { "type": "string" } }, "infos": { "type": "array", "items": { "type": "string" } } } },
            "Stack": { "type": "object", "required": ["name", "servers", "containers", "leases"], "properties": {
              "name": { "type": "string" }, "servers": { "type": "array", "items": { "type": "object" } },
              "containers": { "type": "array", "items": { "type": "object" } }, "leases": { "type": "array", "items": { "type": "object" } } } },
            "PlanReport": { "type": "object", "required": ["plan", "state", "steps"], "properties": {
              "plan": { "type": "object" },
              "state": { "enum": ["waiting", "running", "done", "failed", "undone", "proposed", "cancelled", "planned"] },
              "startedAt": { "type": "integer" }, "finishedAt": { "type": "integer" },
              "steps": { "type": "array", "items": { "type": "object", "properties": { "index": { "type": "integer" }, "summary": { "type": "string" },
                "outcome": { "type": "string" }, "message": { "type": "string" }, "startedAt": { "type": "integer" }, "finishedAt": { "type": "integer" } } } } } },
            "Forecast": { "type": "object", "properties": { "signal": { "type": "string" }, "role": { "type": "string" }, "madeAt": { "type": "integer" },
              "leadsSeconds": { "type": "array", "items": { "type": "number" } },
              "paths": { "type": "array", "items": { "type": "object", "properties": { "quantile": { "type": "number" }, "values": { "type": "array", "items": { "type": "number" } } } } },
              "model": { "type": "string" }, "recentError": { "type": "number" }, "secondsToSaturation": { "type": "number" }, "secondsToSaturationEarly": { "type": "number" },
              "events": { "type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" }, "start": { "type": "integer" },
                "end": { "type": "integer" }, "lift": { "type": "number" }, "low": { "type": "number" }, "high": { "type": "number" }, "times": { "type": "integer" } } } },
              "weights": { "type": "array", "items": { "type": "object", "properties": { "layer": { "enum": ["young", "short", "long"] }, "model": { "type": "string" },
                "weight": { "type": "number" } } } },
              "records": { "type": "array", "items": { "type": "object", "properties": { "leadSeconds": { "type": "number" },
                "meanAbsoluteError": { "type": "number" }, "coverage": { "type": "number" }, "recentCoverage": { "type": "number" },
                "count": { "type": "integer" } } } } } },
            "Capacity": { "type": "object", "required": ["role", "bounds"], "properties": { "role": { "type": "string" }, "madeAt": { "type": "integer" },
              "load": { "type": "number" }, "highestLoad": { "type": "number" }, "containers": { "type": "number" }, "steps": { "type": "integer" },
              "bounds": { "type": "array", "items": { "type": "object", "properties": { "resource": { "type": "string" }, "limit": { "type": "number" },
                "isExtrapolated": { "type": "boolean" }, "requestsPerSecond": { "type": "object", "properties": { "median": { "type": "number" },
                "low": { "type": "number" }, "high": { "type": "number" } } } } } } } },
            "ScalerStatus": { "type": "object", "required": ["mode", "roles", "rails", "freezes"], "properties": { "mode": { "enum": ["observe", "ask", "act"] },
              "currency": { "type": "string" }, "roles": { "type": "array", "items": { "type": "object" } },
              "rails": { "type": "array", "items": { "type": "object", "properties": { "key": { "type": "string" }, "used": { "type": "number" },
                "limit": { "type": "number" }, "unit": { "type": "string" } } } },
              "freezes": { "type": "array", "items": { "type": "object" } }, "proposed": { "type": "array", "items": { "type": "string" } } } },
            "ScalerReport": { "type": "object", "required": ["from", "until", "roles"], "properties": { "from": { "type": "integer" }, "until": { "type": "integer" },
              "billedPeriodSeconds": { "type": "number" }, "pricePerServerHour": { "type": "number" }, "currency": { "type": "string" },
              "billedPeriods": { "type": "integer" }, "money": { "type": "number" },
              "roles": { "type": "array", "items": { "type": "object", "properties": { "role": { "type": "string" }, "days": { "type": "number" },
                "policies": { "type": "array", "items": { "type": "object" } }, "decisions": { "type": "array", "items": { "type": "object" } } } } } } },
            "Schedule": { "type": "object", "properties": { "name": { "type": "string" }, "schedule": { "type": "string" },
              "isConfigured": { "type": "boolean" }, "start": { "type": "integer" }, "end": { "type": "integer" } } },
            "AttackSummary": { "type": "object", "properties": { "requests": { "type": "integer" }, "attacks": { "type": "integer" },
              "offenders": { "type": "integer" }, "unparsed": { "type": "integer" },
              "rules": { "type": "object", "additionalProperties": { "type": "integer" } },
              "countries": { "type": "object", "additionalProperties": { "type": "integer" } },
              "systems": { "type": "object", "additionalProperties": { "type": "integer" } },
              "timeline": { "type": "array", "items": { "type": "object", "properties": { "start": { "type": "integer" },
                "families": { "type": "object", "additionalProperties": { "type": "integer" } } } } } } },
            "Offender": { "type": "object", "required": ["address", "score", "evidence"], "properties": { "address": { "type": "string" },
              "score": { "type": "integer" }, "attacks": { "type": "integer" }, "requests": { "type": "integer" }, "bytes": { "type": "integer" },
              "busySeconds": { "type": "number" }, "family": { "type": "string" }, "firstSeen": { "type": "integer" }, "lastSeen": { "type": "integer" },
              "country": { "type": "string" }, "system": { "type": "integer" }, "organization": { "type": "string" },
              "evidence": { "type": "array", "items": { "type": "object", "properties": { "time": { "type": "integer" }, "family": { "type": "string" },
                "rule": { "type": "string" }, "reason": { "type": "string" }, "detail": { "type": "string" }, "request": { "type": "string" } } } } } },
            "Campaign": { "type": "object", "properties": { "addresses": { "type": "array", "items": { "type": "string" } },
              "rules": { "type": "array", "items": { "type": "string" } }, "family": { "type": "string" }, "attacks": { "type": "integer" },
              "firstSeen": { "type": "integer" }, "lastSeen": { "type": "integer" }, "growthPerHour": { "type": "number" } } },
            "HeldOrder": { "type": "object", "properties": { "id": { "type": "string" }, "order": { "type": "object" }, "role": { "type": "string" },
              "containers": { "type": "array", "items": { "type": "string" } }, "from": { "type": "integer" }, "until": { "type": "integer" } } },
            "AuditLine": { "type": "object", "properties": { "sequence": { "type": "integer" }, "time": { "type": "integer" }, "actor": { "type": "string" },
              "kind": { "type": "string" }, "subject": { "type": "string" }, "detail": { "type": "string" }, "hash": { "type": "string" } } },
            "AuditFinding": { "type": "object", "required": ["lines", "head"], "properties": { "lines": { "type": "integer" }, "head": { "type": "string" },
              "problem": { "type": "string" } } },
            "Decision": { "type": "object", "required": ["duration", "id", "origin", "scenario", "scope", "type", "uuid", "value"], "properties": {
              "duration": { "type": "string" }, "id": { "type": "integer" }, "origin": { "type": "string" }, "scenario": { "type": "string" },
              "scope": { "type": "string" }, "type": { "type": "string" }, "uuid": { "type": "string" }, "value": { "type": "string" } } },
            "DecisionStream": { "type": "object", "required": ["new", "deleted"], "properties": {
              "new": { "type": "array", "items": { "$ref": "#/components/schemas/Decision" } },
              "deleted": { "type": "array", "items": { "$ref": "#/components/schemas/Decision" } } } },
            "Ban": { "type": "object", "properties": { "address": { "type": "string" }, "reason": { "type": "string" }, "from": { "type": "integer" }, "until": { "type": "integer" } } }
          }
        }
        """#
}
