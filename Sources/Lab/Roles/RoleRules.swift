/// The alert rules of the stack of all roles: the shipped ones with parts of a second where those have minutes. What services say of themselves comes by
/// the names that the agent gives it.
package enum RoleRules {
    package static let containerAlert = "ContainerDown"
    package static let hangAlert = "ContainerHangs"
    package static let busyAlert = "RoleSaturated"
    package static let queueAlert = "QueueFills"
    package static let mailAlert = "MailWaits"
    package static let databaseAlert = "DatabaseConnectionsUsedUp"
    package static let accessAlert = "LoginsQueue"
    package static let balancerAlert = "LoadBalancerFull"
    package static let monitorAlert = "IngestRefuses"

    package static var file: String {
        """
        groups:
          - name: recording
            interval: 500ms
            rules:
              - record: magewatch:role_utilisation:ratio
                expr: >-
                  sum by (role) (rate(magewatch_container_cpu_usage_seconds_total[4s]))
                  / sum by (role) (magewatch_container_cpu_limit_cores)
          - name: containers
            interval: 250ms
            rules:
              - alert: \(containerAlert)
                # Without the label `server`: it is the container that is lost, and its server answers.
                expr: >-
                  max by (container, role) (magewatch_container_up == 0
                  and on (container, server) magewatch_inventory_container{kind="active", state="running"})
                labels: { action: failover, severity: critical }
                annotations: { summary: "{{ $labels.container }} does not run" }
              - alert: \(hangAlert)
                # Two witnesses: its server says that it runs, and at its address nobody says who he is.
                expr: >-
                  max by (container, role) (magewatch_container_up == 1
                  and on (container, server) magewatch_inventory_container{kind="active", state="running"}
                  and on (role) magewatch_check_up{check=~"mail|acc"} == 0)
                for: 1s
                labels: { action: failover, severity: critical }
                annotations: { summary: "{{ $labels.container }} runs and does not answer" }
          - name: servers
            interval: 500ms
            rules:
              - alert: ServerDown
                expr: up{server!="", job="agent"} == 0
                for: 1500ms
                labels: { action: failover, severity: critical }
                annotations: { summary: "{{ $labels.server }} does not answer" }
              - alert: ContainerStray
                expr: >-
                  magewatch_container_up == 1 and on (container) magewatch_inventory_container
                  unless on (container, server) magewatch_inventory_container{state=~"running|draining|starting"}
                for: 5s
                labels: { action: rebalance, severity: warning }
                annotations: { summary: "{{ $labels.container }} runs on {{ $labels.server }}, where it should not" }
        \(databases)
          - name: saturation
            interval: 500ms
            rules:
              - alert: \(busyAlert)
                expr: magewatch:role_utilisation:ratio{role=~"web|search"} > 0.9
                for: 1500ms
                labels: { action: scale, severity: critical }
                annotations: { summary: "{{ $labels.role }} uses {{ $value }} of its capacity" }
              - alert: \(queueAlert)
                expr: max(rabbitmq_queue_messages_ready{queue="\(QueueRole.queue)"}) / \(QueueRole.fullQueue) > 1
                for: 1s
                labels: { action: scale, role: queue, severity: critical }
                annotations: { summary: "{{ $value }} times as many orders wait as may" }
              - alert: \(mailAlert)
                expr: max by (role) (postfix_queue_oldest_age_seconds{queue=~"active|deferred"}) > \(mailAgeSeconds)
                labels: { severity: warning }
                annotations: { summary: "mail has waited for {{ $value }} s" }
              - alert: \(databaseAlert)
                expr: max by (role) (mysql_global_status_threads_connected / mysql_global_variables_max_connections) > 0.9
                labels: { severity: critical }
                annotations: { summary: "{{ $value }} of the database's connections are in use" }
              - alert: \(accessAlert)
                expr: max by (role) (magewatch_service_used{service="sshd"} / magewatch_service_limit{service="sshd"}) > 0.8
                labels: { severity: warning }
                annotations: { summary: "{{ $value }} of the logins that sshd lets begin are under way" }
              - alert: \(monitorAlert)
                expr: sum by (reason) (rate(magewatch_ingest_refused_total[4s])) > 0
                for: 500ms
                labels: { role: monitor, severity: warning }
                annotations: { summary: "{{ $value }} records a second are refused: {{ $labels.reason }}" }
              - alert: \(balancerAlert)
                expr: max by (server) (haproxy_process_current_connections / haproxy_process_max_connections) > 0.8
                labels: { role: lb, severity: critical }
                annotations: { summary: "{{ $value }} of the load balancer's connections are in use" }

        """
    }

    /// Those of `alerts/databases.yaml`, a few times as fast.
    private static let databases = """
          - name: databases
            interval: 250ms
            rules:
              - alert: DatabaseServerLost
                expr: >-
                  magewatch_inventory_container{kind="active", state="running"} and on (server) up{job="agent"} == 0
                  and on (role) (magewatch_inventory_container{kind="backup", state="running"}
                  and on (container, server) magewatch_database_receiving == 0)
                labels: { action: failover, lost: server, severity: critical }
                annotations: { summary: "{{ $labels.server }} does not answer, and a replica does not hear {{ $labels.container }}" }
              - alert: DatabaseLost
                expr: >-
                  magewatch_inventory_container{kind="active", state="running"}
                  and on (container, server) (magewatch_database_up == 0 or magewatch_database_writable == 0)
                for: 1s
                labels: { action: failover, severity: critical }
                annotations: { summary: "{{ $labels.container }} should be the primary and takes no writes" }
              - alert: DatabaseReplicaLost
                expr: >-
                  magewatch_inventory_container{kind="backup", state="running"}
                  unless on (container, server) (magewatch_database_receiving == 1 and magewatch_database_acknowledging == 1)
                  and on (role) (magewatch_inventory_container{kind="active", state="running"}
                  * on (container, server) group_left magewatch_database_replicas
                  < on (role) count by (role) (magewatch_inventory_container{kind="backup", state="running"}))
                  and on (role) (magewatch_inventory_container{kind="active", state="running"}
                  and on (container, server) magewatch_database_writable == 1)
                for: 2s
                labels: { action: failover, severity: warning }
                annotations: { summary: "the replica {{ $labels.container }} does not follow its primary" }
              - alert: DatabaseReplicaMissing
                expr: >-
                  magewatch_inventory_container{kind="backup", state=~"failed|starting"} and on (server) up{job="agent"} == 1
                  and on (role) (magewatch_inventory_container{kind="active", state="running"}
                  and on (container, server) magewatch_database_writable == 1)
                for: 2s
                labels: { action: rebalance, severity: warning }
                annotations: { summary: "{{ $labels.container }} on {{ $labels.server }} is not its primary's replica" }
        """

    /// Mail that has waited so long is told of.
    package static let mailAgeSeconds = 4
}
