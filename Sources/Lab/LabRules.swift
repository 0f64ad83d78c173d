/// The alert rules of the laboratory: the shipped ones with seconds where those have minutes.
package enum LabRules {
    package static let forecastAlert = "RoleWillSaturate"
    package static let reactiveAlert = "RoleSaturated"

    package static let file = """
        groups:
          - name: recording
            interval: 500ms
            rules:
              - record: magewatch:role_utilisation:ratio
                expr: >-
                  sum by (role) (rate(magewatch_container_cpu_usage_seconds_total[5s]))
                  / sum by (role) (magewatch_container_cpu_limit_cores)
          - name: saturation
            interval: 500ms
            rules:
              - alert: \(forecastAlert)
                expr: max by (role) (magewatch_forecast{signal="utilisation", role="web", quantile="0.5"}) > 0.85
                for: 3s
                labels: { action: scale, severity: warning }
                annotations: { summary: "{{ $labels.role }} is forecast to reach {{ $value }} of its capacity" }
              - alert: \(reactiveAlert)
                expr: magewatch:role_utilisation:ratio{role="web"} > 0.9
                for: 2s
                labels: { action: scale, severity: critical }
                annotations: { summary: "{{ $labels.role }} uses {{ $value }} of its capacity" }
          - name: servers
            interval: 500ms
            rules:
              - alert: ServerDown
                expr: up{server!=""} == 0
                for: 1s
                labels: { action: failover, severity: critical }
                annotations: { summary: "{{ $labels.server }} does not answer" }
          - name: strays
            interval: 500ms
            rules:
              - alert: ContainerStray
                expr: >-
                  magewatch_container_up == 1 and on (container) magewatch_inventory_container
                  unless on (container, server) magewatch_inventory_container{state=~"running|draining|starting"}
                labels: { action: rebalance, severity: warning }
                annotations: { summary: "{{ $labels.container }} runs on {{ $labels.server }}, where it should not" }
          - name: attacks
            interval: 500ms
            rules:
              - alert: Attack
                expr: magewatch_waf_offender_score >= 100
                labels: { action: ban, severity: warning }
                annotations: { summary: "{{ $labels.address }}: {{ $labels.family }}" }

        """
}
