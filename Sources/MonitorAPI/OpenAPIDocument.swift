/// The description of Magewatch's own endpoints, OpenAPI 3.1. The Prometheus, Loki and Alertmanager endpoints are described by
/// those projects.
enum OpenAPIDocument {
    static let json = #"""
        {
          "openapi": "3.1.0",
          "info": { "title": "Magewatch", "version": "1",
            "description": "The monitor's own state: the stack, plans and their journal, forecasts, bans. Times are milliseconds since 1970-01-01 UTC." },
          "paths": {
            "/api/magewatch/v1/stack": { "get": { "summary": "Servers, containers and leases as the monitor knows them.",
              "responses": { "200": { "description": "The stack.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Stack" } } } } } } },
            "/api/magewatch/v1/plans": { "get": { "summary": "Plans, the newest first, each with its decision and journal.",
              "parameters": [ { "name": "limit", "in": "query", "schema": { "type": "integer", "default": 100 } } ],
              "responses": { "200": { "description": "Plans.", "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/PlanReport" } } } } } } } },
            "/api/magewatch/v1/plans/{id}": { "get": { "summary": "One plan.",
              "parameters": [ { "$ref": "#/components/parameters/id" } ],
              "responses": { "200": { "description": "The plan.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/PlanReport" } } } }, "404": { "$ref": "#/components/responses/Error" } } } },
            "/api/magewatch/v1/plans/{id}/approve": { "post": { "summary": "Lets a proposed plan run (scaler mode ask).",
              "parameters": [ { "$ref": "#/components/parameters/id" } ],
              "responses": { "200": { "description": "The plan.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/PlanReport" } } } }, "404": { "$ref": "#/components/responses/Error" } } } },
            "/api/magewatch/v1/forecasts": { "get": { "summary": "The latest forecast of each signal and role, whole paths.",
              "parameters": [ { "name": "role", "in": "query", "schema": { "type": "string" } } ],
              "responses": { "200": { "description": "Forecasts.", "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Forecast" } } } } } } } },
            "/api/magewatch/v1/bans": { "get": { "summary": "Bans in force.",
              "responses": { "200": { "description": "Bans.", "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Ban" } } } } } } } },
            "/health": { "get": { "summary": "Answers while the process serves.", "responses": { "200": { "description": "ok" } } } },
            "/metrics": { "get": { "summary": "The monitor's own metrics, Prometheus text format.", "responses": { "200": { "description": "Metrics." } } } }
          },
          "components": {
            "parameters": { "id": { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } } },
            "responses": { "Error": { "description": "What went wrong.", "content": { "application/json": { "schema": { "type": "object",
              "properties": { "status": { "const": "error" }, "errorType": { "type": "string" }, "error": { "type": "string" } } } } } } },
            "schemas": {
              "Stack": { "type": "object", "required": ["name", "servers", "containers", "leases"], "properties": {
                "name": { "type": "string" }, "servers": { "type": "array", "items": { "type": "object" } },
                "containers": { "type": "array", "items": { "type": "object" } }, "leases": { "type": "array", "items": { "type": "object" } } } },
              "PlanReport": { "type": "object", "required": ["plan", "state", "steps"], "properties": {
                "plan": { "type": "object" },
                "state": { "enum": ["waiting", "running", "done", "failed", "undone", "proposed", "cancelled"] },
                "startedAt": { "type": "integer" }, "finishedAt": { "type": "integer" },
                "steps": { "type": "array", "items": { "type": "object", "properties": { "index": { "type": "integer" }, "summary": { "type": "string" },
                  "outcome": { "type": "string" }, "message": { "type": "string" }, "startedAt": { "type": "integer" }, "finishedAt": { "type": "integer" } } } } } },
              "Forecast": { "type": "object", "properties": { "signal": { "type": "string" }, "role": { "type": "string" }, "madeAt": { "type": "integer" },
                "leadsSeconds": { "type": "array", "items": { "type": "number" } },
                "paths": { "type": "array", "items": { "type": "object", "properties": { "quantile": { "type": "number" }, "values": { "type": "array", "items": { "type": "number" } } } } },
                "model": { "type": "string" }, "recentError": { "type": "number" }, "secondsToSaturation": { "type": "number" }, "secondsToSaturationEarly": { "type": "number" } } },
              "Ban": { "type": "object", "properties": { "address": { "type": "string" }, "reason": { "type": "string" }, "from": { "type": "integer" }, "until": { "type": "integer" } } }
            }
          }
        }
        """#
}
