// Made by scripts/embed-defaults from alerts/ and dashboards/; edit those.

/// The shipped rules and dashboard pages, carried in the binary.
package enum EmbeddedDefaults {
    /// The text of a shipped file, for instance `alerts/saturation.yaml`; nil where there is none of that name.
    package static func file(_ name: String) -> String? { files.first { $0.name == name }?.text }

    /// Every shipped file.
    package static let files: [(name: String, text: String)] = [
        (
            "alerts/attacks.yaml",
            #"""
            # Sources of attacks. `action: ban` orders a ban at the load balancers.
            groups:
              - name: offenders
                interval: 5s
                rules:
                  - alert: OffenderFound
                    expr: max by (address) (magewatch_waf_offender_score) >= 100
                    labels:
                      action: ban
                      severity: warning
                    annotations:
                      summary: "{{ $labels.address }} attacks, score {{ $value }}"
              - name: attack-analysis
                interval: 30s
                rules:
                  - alert: BanIneffective
                    expr: increase(magewatch_waf_passed_bans_total[2m]) > 5
                    labels:
                      severity: critical
                    annotations:
                      summary: "{{ $value | humanize }} requests of banned addresses were answered in 2 minutes; look at the load balancers' ban maps"
                  - alert: AccessLogsUnparsed
                    expr: |
                      sum by (app) (rate(magewatch_access_lines_total{parsed="no"}[10m]))
                        / sum by (app) (rate(magewatch_access_lines_total[10m])) > 0.05
                    for: 10m
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $value | humanizePercentage }} of the access lines of {{ $labels.app }} do not parse; see magewatch waf unparsed"
                  - alert: AttackAnalysisBehind
                    expr: increase(magewatch_waf_unjudged_total[5m]) > 0
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $value | humanize }} records came faster than they could be judged"
            """#
        ),
        (
            "alerts/databases.yaml",
            #"""
            # Replicated databases: their primary, and the replicas that it waits for. Every order rests on two witnesses at least.
            groups:
              - name: databases
                interval: 2s
                rules:
                  # Neither its agent answers nor does a replica hear it. The monitor asks the agent once more, and each replica before it ceases to listen.
                  - alert: DatabaseServerLost
                    expr: |
                      magewatch_inventory_container{kind="active", state="running"}
                        and on (server) up{job="agent"} == 0
                        and on (role) (
                          magewatch_inventory_container{kind="backup", state="running"}
                            and on (container, server) magewatch_database_receiving == 0
                        )
                    labels:
                      action: failover
                      lost: server
                      severity: critical
                    annotations:
                      summary: "the agent of {{ $labels.server }} does not answer, and a replica does not hear {{ $labels.container }}"
                  # The agent says that it does not answer, or that it came back and takes no writes.
                  - alert: DatabaseLost
                    expr: |
                      magewatch_inventory_container{kind="active", state="running"}
                        and on (container, server) (magewatch_database_up == 0 or magewatch_database_writable == 0)
                    for: 3s
                    labels:
                      action: failover
                      severity: critical
                    annotations:
                      summary: "{{ $labels.container }} on {{ $labels.server }} should be the primary and takes no writes"
                  # Its primary would wait for it for ever.
                  - alert: DatabaseReplicaLost
                    expr: |
                      magewatch_inventory_container{kind="backup", state="running"}
                        unless on (container, server) magewatch_database_receiving == 1
                        and on (role) (
                          magewatch_inventory_container{kind="active", state="running"}
                            * on (container, server) group_left magewatch_database_replicas
                            < on (role) count by (role) (magewatch_inventory_container{kind="backup", state="running"})
                        )
                        and on (role) (
                          magewatch_inventory_container{kind="active", state="running"}
                            and on (container, server) magewatch_database_writable == 1
                        )
                    for: 3s
                    labels:
                      action: failover
                      severity: warning
                    annotations:
                      summary: "the replica {{ $labels.container }} on {{ $labels.server }} does not follow its primary"
                  # A former primary, or a replica that was away, joins again.
                  - alert: DatabaseReplicaMissing
                    expr: |
                      magewatch_inventory_container{kind="backup", state=~"failed|starting"}
                        and on (server) up{job="agent"} == 1
                        and on (role) (
                          magewatch_inventory_container{kind="active", state="running"}
                            and on (container, server) magewatch_database_writable == 1
                        )
                    for: 5s
                    labels:
                      action: rebalance
                      severity: warning
                    annotations:
                      summary: "{{ $labels.container }} on {{ $labels.server }} is not its primary's replica"
                  - alert: DatabaseBehind
                    expr: magewatch_database_lag_seconds > 30
                    for: 1m
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $labels.container }} on {{ $labels.server }} applies {{ $value }} s after its primary"
                  - alert: DatabaseDoesNotApply
                    expr: magewatch_database_applying == 0
                    for: 15s
                    labels:
                      severity: critical
                    annotations:
                      summary: "{{ $labels.container }} on {{ $labels.server }} does not apply what its primary sends; it can't take over"
                  - alert: DatabaseWithoutReplica
                    expr: |
                      magewatch_inventory_container{kind="active", state="running"}
                        and on (container, server) magewatch_database_requires_replica == 0
                    for: 5m
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $labels.container }} on {{ $labels.server }} has no replica: what it acknowledges is on one server alone"
            """#
        ),
        (
            "alerts/saturation.yaml",
            #"""
            # Which role runs out of what it can give. Alerts with `action: scale` are orders to the planner.
            groups:
              - name: role-utilisation
                interval: 15s
                rules:
                  - record: magewatch:role_cpu:ratio
                    expr: |
                      sum by (role) (rate(magewatch_container_cpu_usage_seconds_total[1m]))
                        / sum by (role) (magewatch_container_cpu_limit_cores)
                  # What part of the time that requests took was an attack's; the web servers' by the load balancers' logs where they ship none.
                  - record: magewatch:role_attack:ratio
                    expr: |
                      clamp_max(sum by (role) (rate(magewatch_waf_attack_seconds_total[1m]))
                        / sum by (role) (rate(magewatch_http_request_duration_seconds_sum[1m])) >= 0, 1)
                  - record: magewatch:role_attack:ratio
                    expr: label_replace(magewatch:role_attack:ratio{role="lb"}, "role", "web", "", "") unless on (role) sum by (role) (rate(magewatch_http_request_duration_seconds_sum{role="web"}[1m]))
                  # Demand: attacks are banned, not scaled out for. Both sides see the same minute.
                  - record: magewatch:role_utilisation:ratio
                    expr: |
                      magewatch:role_cpu:ratio * on (role) (1 - magewatch:role_attack:ratio)
                        or on (role) magewatch:role_cpu:ratio
                  # The net under the forecast: a role that is busy now, whatever was foreseen.
                  - alert: RoleSaturated
                    expr: magewatch:role_utilisation:ratio > 0.85
                    for: 30s
                    labels:
                      action: scale
                      severity: critical
                    annotations:
                      summary: "{{ $labels.role }} uses {{ $value | humanizePercentage }} of what it can give"
                  # Whoever is asked why a busy role is not scaled out finds it here.
                  - alert: RoleBusyWithAttacks
                    expr: magewatch:role_cpu:ratio > 0.85 and on (role) magewatch:role_attack:ratio > 0.5
                    for: 30s
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $labels.role }} is busy with attacks; they are no demand, and nothing is scaled out for them"
              - name: role-sizing
                interval: 15s
                rules:
                  # What the role's shadow fleets ask for before it is needed. The value is the utilisation now; the planner knows the size.
                  - alert: RoleWillBeShort
                    expr: |
                      magewatch:role_utilisation:ratio
                        and on (role) (magewatch_scaler_launch_containers > on (role) magewatch_scaler_containers)
                    labels:
                      action: scale
                      severity: warning
                    annotations:
                      summary: "{{ $labels.role }} at {{ $value | humanizePercentage }} will soon need more containers than it has"
              - name: role-forecast
                interval: 30s
                rules:
                  # Told, and not acted on: a server is there faster than this looks ahead.
                  - alert: ForecastSaturation
                    expr: max by (role) (magewatch_forecast{signal="utilisation", quantile="0.9", lead=~"1m|5m|15m"}) > 0.85
                    for: 1m
                    keep_firing_for: 1m
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $labels.role }} is forecast to use {{ $value | humanizePercentage }} within 15 minutes"
              - name: role-resources
                interval: 15s
                rules:
                  - record: magewatch:role_resource_utilisation:ratio
                    expr: |
                      max by (role) (magewatch_container_memory_usage_bytes / (magewatch_container_memory_limit_bytes > 0))
                    labels: { resource: memory }
              - name: role-capacity
                interval: 15s
                rules:
                  # What was asked for, how long it took and how many served: what capacity is learned from. The web servers' by the load balancers'
                  # logs where they ship none.
                  - record: magewatch:role_requests:rate
                    expr: sum by (role) (rate(magewatch_http_requests_total[1m]))
                  - record: magewatch:role_requests:rate
                    expr: label_replace(magewatch:role_requests:rate{role="lb"}, "role", "web", "", "") unless on (role) sum by (role) (rate(magewatch_http_requests_total{role="web"}[1m]))
                  - record: magewatch:role_latency_seconds:p95
                    expr: histogram_quantile(0.95, sum by (role, le) (rate(magewatch_http_request_duration_seconds_bucket[1m])))
                  - record: magewatch:role_latency_seconds:p95
                    expr: label_replace(magewatch:role_latency_seconds:p95{role="lb"}, "role", "web", "", "") unless on (role) sum by (role) (rate(magewatch_http_requests_total{role="web"}[1m]))
                  - record: magewatch:role_serving:count
                    expr: count by (role) (magewatch_inventory_container{kind="active", state="running"})
            """#
        ),
        (
            "alerts/self.yaml",
            #"""
            # The monitor about itself.
            groups:
              - name: monitor
                interval: 30s
                rules:
                  - alert: IngestRefuses
                    expr: sum by (reason) (rate(magewatch_ingest_refused_total[5m])) > 0
                    for: 5m
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $value | humanize }} lines or samples a second are refused: {{ $labels.reason }}"
                  - alert: StoreErrors
                    expr: increase(magewatch_log_store_write_errors_total[5m]) > 0
                    labels:
                      severity: critical
                    annotations:
                      summary: "the log store can't write; look at the disk it stands on"
                  - alert: RulesFail
                    expr: sum by (group, rule) (increase(magewatch_rule_failures_total[10m])) > 0
                    labels:
                      severity: warning
                    annotations:
                      summary: "the rule {{ $labels.rule }} of {{ $labels.group }} can't be evaluated"
                  - alert: PlanFailed
                    expr: sum by (purpose) (increase(magewatch_plans_total{outcome="failed"}[1h])) > 0
                    labels:
                      severity: critical
                    annotations:
                      summary: "a {{ $labels.purpose }} plan failed and could not be taken back; see magewatch plan list"
                  - alert: ScalerStoodDown
                    expr: max by (role, cause) (magewatch_scaler_stood_down) > 0
                    labels:
                      severity: critical
                    annotations:
                      summary: "the scaler has stood down from {{ $labels.role }} as its {{ $labels.cause }} went wrong; see magewatch scaler status"
                  - alert: ScalerBudgetSpent
                    expr: |
                      max by (window) (magewatch_scaler_cost) >= on (window) (max by (window) (magewatch_scaler_cost_limit) > 0)
                        or max by (window) (magewatch_scaler_leases) >= on (window) (max by (window) (magewatch_scaler_leases_limit) > 0)
                    labels:
                      severity: warning
                    annotations:
                      summary: "nothing more is leased: what the {{ $labels.window }} allows is spent; see magewatch scaler status"
            """#
        ),
        (
            "alerts/servers.yaml",
            #"""
            # The machines: lost ones are failed over, full ones are told.
            groups:
              - name: servers-down
                interval: 5s
                rules:
                  - alert: ServerDown
                    expr: up{job="agent"} == 0
                    # Three scrapes in a row at the default interval: one that is lost moves nothing.
                    for: 40s
                    labels:
                      action: failover
                      severity: critical
                    annotations:
                      summary: "the agent of {{ $labels.server }} does not answer"
              - name: strays
                interval: 5s
                rules:
                  # A server that was cut off comes back with containers whose work others do by now. What an operator drained, or a plan is starting,
                  # runs where it belongs.
                  - alert: ContainerStray
                    expr: |
                      magewatch_container_up == 1
                        and on (container) magewatch_inventory_container
                        unless on (container, server) magewatch_inventory_container{state=~"running|draining|starting"}
                    labels:
                      action: rebalance
                      severity: warning
                    annotations:
                      summary: "{{ $labels.container }} runs on {{ $labels.server }}, where the inventory does not have it"
              - name: servers
                interval: 1m
                rules:
                  - alert: DiskFilling
                    expr: |
                      predict_linear(magewatch_host_filesystem_free_bytes[6h], 24 * 3600) < 0
                        and magewatch_host_filesystem_free_bytes / magewatch_host_filesystem_size_bytes < 0.4
                    for: 30m
                    labels:
                      severity: warning
                    annotations:
                      summary: "{{ $labels.mount }} on {{ $labels.server }} will be full within a day"
                  - alert: DiskFull
                    expr: magewatch_host_filesystem_free_bytes / magewatch_host_filesystem_size_bytes < 0.05
                    for: 5m
                    labels:
                      severity: critical
                    annotations:
                      summary: "{{ $labels.mount }} on {{ $labels.server }} has {{ $value | humanizePercentage }} left"
                  - alert: MemoryLow
                    expr: magewatch_host_memory_available_bytes / magewatch_host_memory_total_bytes < 0.05
                    for: 5m
                    labels:
                      severity: critical
                    annotations:
                      summary: "{{ $labels.server }} has {{ $value | humanizePercentage }} of its memory left"
                  - alert: PressureHigh
                    expr: rate(magewatch_host_pressure_seconds_total{kind="some"}[5m]) > 0.6
                    for: 10m
                    labels:
                      severity: warning
                    annotations:
                      summary: "work on {{ $labels.server }} waits for {{ $labels.resource }} {{ $value | humanizePercentage }} of the time"
            """#
        ),
        (
            "alerts/sites.yaml",
            #"""
            # Services and sites as the checks see them.
            groups:
              - name: checks
                interval: 15s
                rules:
                  - alert: CheckFailing
                    expr: magewatch_check_up == 0
                    for: 1m
                    labels:
                      severity: critical
                    annotations:
                      summary: "the check {{ $labels.check }} fails"
                  - alert: CertificateExpires
                    expr: magewatch_check_certificate_expires_seconds - time() < 14 * 86400
                    for: 1h
                    labels:
                      severity: warning
                    annotations:
                      summary: "the certificate behind {{ $labels.check }} expires in {{ $value | humanizeDuration }}"
            """#
        ),
        (
            "alerts/utilisation.yaml",
            #"""
            # What the dashboard shows, the forecasts foresee and the scaler acts on: shares of what there is, 1 being all of it.
            groups:
              - name: utilisation
                interval: 5s
                rules:
                  - record: magewatch:container_utilisation:ratio
                    expr: |
                      rate(magewatch_container_cpu_usage_seconds_total[1m])
                        / on (container, server) group_left () magewatch_container_cpu_limit_cores
                  - record: magewatch:server_utilisation:ratio
                    expr: 1 - sum by (server) (rate(magewatch_host_cpu_seconds_total{mode=~"idle|iowait"}[1m])) / on (server) sum by (server) (magewatch_host_cpu_cores)
                  - record: magewatch:host_utilisation:ratio
                    expr: 1 - sum by (server) (rate(magewatch_host_cpu_seconds_total{mode=~"idle|iowait"}[1m])) / on (server) sum by (server) (magewatch_host_cpu_cores)
                    labels: { resource: cpu }
                  - record: magewatch:host_utilisation:ratio
                    expr: 1 - magewatch_host_memory_available_bytes / magewatch_host_memory_total_bytes
                    labels: { resource: memory }
                  - record: magewatch:host_utilisation:ratio
                    expr: rate(magewatch_host_pressure_seconds_total{resource="cpu",kind="some"}[1m])
                    labels: { resource: cpu pressure }
                  - record: magewatch:host_utilisation:ratio
                    expr: max by (server) (1 - magewatch_host_filesystem_free_bytes / magewatch_host_filesystem_size_bytes)
                    labels: { resource: disk }
            """#
        ),
        (
            "dashboards/overview.yaml",
            #"""
            title: Overview
            rows:
              - height: 8
                widgets:
                  - { kind: placement, title: Servers and roles, width: 3 }
                  - { kind: series, title: This machine, width: 2, query: 'magewatch:host_utilisation:ratio', range: 30m, unit: percent, legend: resource }
              - height: 6
                widgets:
                  - { kind: series, title: Utilisation by role, query: 'magewatch:role_utilisation:ratio', range: 30m, unit: percent, legend: role }
                  - { kind: forecast, title: Forecast }
              - height: 6
                widgets:
                  - { kind: series, title: Requests a second, query: 'sum by (role) (rate(magewatch_http_requests_total[1m]))', range: 30m, unit: short, legend: role }
                  - { kind: series, title: Log lines a second, query: 'sum by (protocol) (rate(magewatch_ingest_entries_total[1m]))', range: 30m, unit: short, legend: protocol }
              - height: 7
                widgets:
                  - { kind: alerts, title: Alerts }
                  - { kind: decisions, title: Latest decisions }
              - height: 8
                widgets:
                  - { kind: logs, title: Newest log lines, query: '{host=~".+"}' }
            """#
        ),
    ]
}
