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
                interval: 1s
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
                        unless on (container, server) (magewatch_database_receiving == 1 and magewatch_database_acknowledging == 1)
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
                      summary: "the replica {{ $labels.container }} on {{ $labels.server }} does not follow its primary, or acknowledges nothing"
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
            "alerts/roles.yaml",
            #"""
            # What saturates in the services of each role, and what is wrong with them, from the figures that agents collect by themselves.
            # Where more containers help, the scaler acts by magewatch:role_utilisation:ratio (saturation.yaml); nothing here orders anything.
            groups:
              - name: service-utilisation
                interval: 15s
                rules:
                  - record: magewatch:service_utilisation:ratio
                    expr: magewatch_service_used / (magewatch_service_limit > 0)
                  # Forecast for every role. Caches that are full by design foretell nothing.
                  - record: magewatch:role_resource_utilisation:ratio
                    expr: |
                      max by (role, resource) (label_join(
                        max by (role, service, resource) (
                          magewatch:service_utilisation:ratio{role!=""}
                            unless magewatch:service_utilisation:ratio{service=~"memcached|varnish", resource="memory"}),
                        "resource", " ", "service", "resource"))
              - name: services
                interval: 15s
                rules:
                  - alert: ServiceDown
                    expr: magewatch_service_up == 0
                    # Twelve rounds of asking: neither a restart nor one slow answer.
                    for: 1m
                    labels: { severity: critical }
                    annotations:
                      summary: "{{ $labels.service }} at {{ $labels.endpoint }} on {{ $labels.container }} {{ $labels.server }} does not answer"
                      description: "See its log and restart it. magewatch_service_collect_failures_total tells the reason, the agent's log the words."
                  - alert: ServiceUnreadable
                    expr: increase(magewatch_service_collect_failures_total{reason=~"denied|not_configured|too_large|malformed"}[15m]) > 0
                    for: 15m
                    labels: { severity: info }
                    annotations:
                      summary: "{{ $labels.service }} on {{ $labels.container }} {{ $labels.server }} runs, and its figures can't be had: {{ $labels.reason }}"
                      description: "The agent's log says what to turn on, or which login to give it with --service-credentials."
                  # An empty queue is the rule: a service that accepts at all does so within microseconds.
                  - alert: ConnectionsWait
                    expr: min_over_time(magewatch_service_listen_queue[1m]) > 0
                    for: 1m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $value }} connections wait for {{ $labels.service }} on {{ $labels.container }} {{ $labels.server }} to accept them"
                      description: "It has no worker or no processor time left; look at its workers, then at the container's cores."
                  # Told, and not acted on: another container would not give it more.
                  - alert: ResourceWillBeShort
                    expr: max by (role, signal) (magewatch_forecast{signal!="utilisation", quantile="0.9", lead="15m"}) > 0.95
                    for: 5m
                    keep_firing_for: 5m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $labels.signal }} of {{ $labels.role }} is forecast to be {{ $value | humanizePercentage }} used within 15 minutes"
                      description: "Raise its limit, or find out who takes it, before it is all used."
              - name: role-lb
                interval: 15s
                rules:
                  # At the limit HAProxy leaves connections in the kernel's queue: all sites at once become slow.
                  - alert: LoadBalancerConnectionsShort
                    expr: magewatch:service_utilisation:ratio{service="haproxy", resource=~"connections|tls_connections"} > 0.8
                    for: 1m
                    labels: { severity: critical }
                    annotations:
                      summary: "HAProxy on {{ $labels.container }} {{ $labels.server }} uses {{ $value | humanizePercentage }} of its {{ $labels.resource }}"
                      description: "Raise maxconn (its memory allows about 30,000 a GiB), or shorten timeouts; see magewatch waf top for a flood."
                  - alert: BackendQueueGrows
                    expr: min_over_time(magewatch_lb_backend_queue[1m]) > 0
                    for: 1m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $value }} requests wait for a server of {{ $labels.pool }}"
                      description: "All its servers are at their maxconn; the scaler adds some where the role is busy."
                  - alert: CacheThreadsShort
                    expr: |
                      magewatch:service_utilisation:ratio{service="varnish", resource="threads"} > 0.9
                        or increase(varnish_main_threads_limited[5m]) > 0
                    for: 1m
                    labels: { severity: warning }
                    annotations:
                      summary: "Varnish on {{ $labels.container }} {{ $labels.server }} has no threads left for more connections"
                      description: "Raise thread_pool_max, or find what makes the backends slow: a thread is kept as long as a backend takes."
                  # What is thrown out before it expires would have been a hit; ten a second are no accident.
                  - alert: CacheTooSmall
                    expr: rate(varnish_main_n_lru_nuked[15m]) > 10
                    for: 30m
                    labels: { severity: warning }
                    annotations:
                      summary: "Varnish on {{ $labels.container }} {{ $labels.server }} throws out {{ $value | humanize }} objects a second to make room"
                      description: "Give its storage more memory (-s malloc)."
                  - alert: AddressUnheld
                    expr: max by (iname, vrid) (keepalived_vrrp_state) < 2
                    # An election takes three advertisements, seconds at most.
                    for: 15s
                    labels: { severity: critical }
                    annotations:
                      summary: "nobody holds the address of {{ $labels.iname }}"
                      description: "Look at keepalived's log on both load balancers; the agent's claimAddress step takes it by hand."
                  - alert: AddressHeldTwice
                    expr: count by (iname, vrid) (keepalived_vrrp_state == 2) > 1
                    for: 30s
                    labels: { severity: critical }
                    annotations:
                      summary: "{{ $value }} load balancers hold the address of {{ $labels.iname }}"
                      description: "They don't hear each other: let VRRP (protocol 112) through between them."
              - name: role-web
                interval: 15s
                rules:
                  # The scaler sees the same workers by role; this names the pool, which may be one of many.
                  - alert: WebWorkersBusy
                    expr: magewatch:service_utilisation:ratio{service="php-fpm", resource="workers"} > 0.9
                    for: 2m
                    labels: { severity: warning }
                    annotations:
                      summary: "pool {{ $labels.pool }} on {{ $labels.container }} {{ $labels.server }} has {{ $value | humanizePercentage }} of its workers busy"
                      description: "Where the role's processor has room, raise pm.max_children as memory allows; else the scaler adds containers."
                  - alert: WebRequestsWait
                    expr: min_over_time(phpfpm_listen_queue[1m]) > 0
                    for: 30s
                    labels: { severity: critical }
                    annotations:
                      summary: "{{ $value }} requests wait for a worker of pool {{ $labels.pool }} on {{ $labels.container }} {{ $labels.server }}"
                      description: "Every worker is busy. Look for slow queries and outside services first, then raise pm.max_children."
                  - alert: WebConnectionsShort
                    expr: magewatch:service_utilisation:ratio{service="nginx", resource="connections"} > 0.8
                    for: 2m
                    labels: { severity: warning }
                    annotations:
                      summary: "nginx on {{ $labels.container }} {{ $labels.server }} uses {{ $value | humanizePercentage }} of its connections"
                      description: "A request to a backend takes a second one: raise worker_connections (and worker_rlimit_nofile with it)."
              - name: role-db
                interval: 15s
                rules:
                  # Each connection may ask at any moment; at the limit, all others get an error at once.
                  - alert: DatabaseConnectionsShort
                    expr: magewatch:service_utilisation:ratio{service="mariadb", resource="connections"} > 0.8
                    for: 2m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $labels.container }} {{ $labels.server }} uses {{ $value | humanizePercentage }} of its database connections"
                      description: "SHOW PROCESSLIST tells who holds them. More web containers make it worse; raise max_connections as memory allows."
                  - alert: DatabaseRefuses
                    expr: increase(mysql_global_status_connection_errors_total{error="max_connections"}[5m]) > 0
                    labels: { severity: critical }
                    annotations:
                      summary: "{{ $labels.container }} {{ $labels.server }} refused {{ $value | humanize }} connections in 5 minutes: too many"
                      description: "Raise max_connections now (SET GLOBAL max_connections), then find who holds them."
                  - alert: ReplicationStopped
                    expr: mysql_slave_status_slave_io_running == 0 or mysql_slave_status_slave_sql_running == 0
                    for: 1m
                    labels: { severity: critical }
                    annotations:
                      summary: "{{ $labels.container }} {{ $labels.server }} no longer follows {{ $labels.master_host }}"
                      description: "SHOW ALL SLAVES STATUS tells the error. Until it runs, losing the primary loses what came since."
                  # What a failover would lose, or wait for; a minute is far above what an import of prices makes.
                  - alert: ReplicationBehind
                    expr: mysql_slave_status_seconds_behind_master > 60
                    for: 5m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $labels.container }} {{ $labels.server }} is {{ $value | humanizeDuration }} behind {{ $labels.master_host }}"
                      description: "One long statement, or a disk slower than the primary's. Raise slave_parallel_threads where it is many small ones."
                  - alert: DatabaseMemoryShort
                    expr: |
                      rate(mysql_global_status_innodb_buffer_pool_reads[15m]) > 200
                        and rate(mysql_global_status_innodb_buffer_pool_reads[15m]) > 0.02 * rate(mysql_global_status_innodb_buffer_pool_read_requests[15m])
                    for: 30m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $labels.container }} {{ $labels.server }} reads {{ $value | humanize }} pages a second from disk: its buffer pool is too small"
                      description: "Raise innodb_buffer_pool_size, up to about 70 % of the container's memory."
                  - alert: RedisMemoryShort
                    expr: magewatch:service_utilisation:ratio{service="redis", resource="memory"} > 0.9
                    for: 5m
                    labels: { severity: warning }
                    annotations:
                      summary: "Redis {{ $labels.endpoint }} on {{ $labels.container }} {{ $labels.server }} uses {{ $value | humanizePercentage }} of its memory"
                      description: "A cache evicts from here on, sessions are lost or writes refused: raise maxmemory, or look for keys without expiry."
                  - alert: RedisConnectionsShort
                    expr: |
                      magewatch:service_utilisation:ratio{service="redis", resource="connections"} > 0.8
                        or increase(redis_rejected_connections_total[5m]) > 0
                    for: 1m
                    labels: { severity: critical }
                    annotations:
                      summary: "Redis {{ $labels.endpoint }} on {{ $labels.container }} {{ $labels.server }} runs out of connections"
                      description: "Raise maxclients; connections that are never given back come from the application."
                  - alert: RedisReplicaCutOff
                    expr: redis_master_link_up == 0
                    for: 1m
                    labels: { severity: critical }
                    annotations:
                      summary: "Redis {{ $labels.endpoint }} on {{ $labels.container }} {{ $labels.server }} has lost its master"
                      description: "Look at the master, and at repl-backlog-size where it comes and goes."
                  - alert: RedisNotSaved
                    expr: redis_rdb_last_bgsave_status == 0 or redis_aof_last_write_status == 0
                    for: 5m
                    labels: { severity: critical }
                    annotations:
                      summary: "Redis {{ $labels.endpoint }} on {{ $labels.container }} {{ $labels.server }} can't save to disk"
                      description: "Its disk is full or not writable, or there is no memory for a fork (vm.overcommit_memory=1)."
                  - alert: MemcachedConnectionsShort
                    expr: |
                      magewatch:service_utilisation:ratio{service="memcached", resource="connections"} > 0.8
                        or increase(memcached_connections_listener_disabled_total[5m]) > 0
                    for: 1m
                    labels: { severity: warning }
                    annotations:
                      summary: "Memcached on {{ $labels.container }} {{ $labels.server }} runs out of connections"
                      description: "Raise -c; each PHP worker holds one."
              - name: role-mail
                interval: 30s
                rules:
                  # These queues are passed in seconds; ten minutes mean that nothing leaves.
                  - alert: MailStuck
                    expr: postfix_queue_oldest_age_seconds{queue=~"maildrop|incoming|active"} > 600
                    for: 5m
                    labels: { severity: critical }
                    annotations:
                      summary: "mail has waited {{ $value | humanizeDuration }} in the {{ $labels.queue }} queue of {{ $labels.container }} {{ $labels.server }}"
                      description: "postqueue -p tells where to; see whether qmgr and the resolver work and port 25 is open outwards."
                  # A first refusal (greylisting) is over within the hour; customers miss an order's confirmation after four.
                  - alert: MailDelayed
                    expr: postfix_queue_oldest_age_seconds{queue="deferred"} > 4 * 3600
                    for: 10m
                    labels: { severity: warning }
                    annotations:
                      summary: "mail has been refused or unreachable for {{ $value | humanizeDuration }} on {{ $labels.container }} {{ $labels.server }}"
                      description: "postqueue -p tells the reason for each. One domain: its matter; many: see whether this address is on a block list."
                  - alert: MailQueueGrows
                    expr: postfix_queue_messages{queue="deferred"} > 500 and deriv(postfix_queue_messages{queue="deferred"}[30m]) > 0
                    for: 30m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $value }} messages wait on {{ $labels.container }} {{ $labels.server }}, and become more"
                      description: "See who sends them (a form that spammers found?), and whether others refuse this address."
                  - alert: MailDeliveryShort
                    expr: magewatch:service_utilisation:ratio{service="postfix"} > 0.9
                    for: 10m
                    labels: { severity: warning }
                    annotations:
                      summary: "Postfix on {{ $labels.container }} {{ $labels.server }} uses {{ $value | humanizePercentage }} of its {{ $labels.resource }}"
                      description: "Raise default_process_limit, or lower smtp_connect_timeout where one slow domain takes all processes."
              - name: role-search
                interval: 15s
                rules:
                  - alert: SearchWorkersBusy
                    expr: |
                      magewatch:service_utilisation:ratio{service="sphinx", resource="workers"} > 0.9
                        or increase(sphinx_maxed_out[5m]) > 0
                    for: 1m
                    labels: { severity: critical }
                    annotations:
                      summary: "Sphinx on {{ $labels.container }} {{ $labels.server }} turns searches away: all its workers are busy"
                      description: "Raise max_children where the container's processor has room; else look for slow queries (query_log)."
                  # Indexes that leave no room are read from disk again and again, or end the container.
                  - alert: SearchMemoryShort
                    expr: |
                      magewatch:service_utilisation:ratio{service="sphinx", resource="index_memory"} > 0.8
                        or magewatch:service_utilisation:ratio{service="solr", resource="memory"} > 0.92
                    for: 10m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $labels.service }} on {{ $labels.container }} {{ $labels.server }} uses {{ $value | humanizePercentage }} of its memory"
                      description: "Give the container more memory (Solr: -Xmx as well), or take attributes out of the index."
              - name: role-queue
                interval: 15s
                rules:
                  - alert: QueueWithoutConsumers
                    expr: rabbitmq_queue_messages_ready > 0 and rabbitmq_queue_consumers == 0
                    for: 5m
                    labels: { severity: critical }
                    annotations:
                      summary: "{{ $value }} messages of {{ $labels.queue }} wait, and nobody takes them"
                      description: "Start its consumers (Magento: bin/magento queue:consumers:list, and cron_consumers_runner); more containers don't help."
                  # Below a hundred it is a burst; a quarter of an hour of growth is not.
                  - alert: QueueGrows
                    expr: |
                      rabbitmq_queue_messages_ready > 100 and deriv(rabbitmq_queue_messages_ready[15m]) > 0
                        and rabbitmq_queue_consumers > 0
                    for: 15m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $labels.queue }} has {{ $value }} messages waiting and gets more than its consumers take"
                      description: "The scaler adds consumers where the role may grow; see also whether one of them hangs (messages_unacked)."
                  # From its limit on it blocks everybody who publishes.
                  - alert: BrokerShort
                    expr: magewatch:service_utilisation:ratio{service="rabbitmq"} > 0.8
                    for: 2m
                    labels: { severity: warning }
                    annotations:
                      summary: "RabbitMQ on {{ $labels.container }} {{ $labels.server }} uses {{ $value | humanizePercentage }} of its {{ $labels.resource }}"
                      description: "Let consumers empty its queues, or give it more; at all of it publishers are blocked."
                  - alert: BrokerBlocks
                    expr: rabbitmq_alarms_memory_used_watermark == 1 or rabbitmq_alarms_free_disk_space_watermark == 1
                    labels: { severity: critical }
                    annotations:
                      summary: "RabbitMQ on {{ $labels.container }} {{ $labels.server }} takes no messages: memory or disk is used up"
                      description: "rabbitmqctl status tells which. Orders wait in the web role until it goes on."
              - name: role-acc
                interval: 15s
                rules:
                  # sshd refuses at random from its first figure on (10 of 100 by default) and all at the last.
                  - alert: LoginsShort
                    expr: magewatch:service_utilisation:ratio{service="sshd", resource="startups"} > 0.5
                    for: 1m
                    labels: { severity: warning }
                    annotations:
                      summary: "sshd on {{ $labels.container }} {{ $labels.server }} has {{ $value | humanizePercentage }} of the logins under way that it takes"
                      description: "Somebody guesses passwords: see magewatch waf top --log any auth.log. Lower LoginGraceTime before raising MaxStartups."
                  # The longest nightly job of a shop (a full index) ends within hours; what runs longer hangs, and holds locks.
                  - alert: CronOverruns
                    expr: cron_oldest_job_seconds > 6 * 3600
                    for: 5m
                    labels: { severity: warning }
                    annotations:
                      summary: "a cron job on {{ $labels.container }} {{ $labels.server }} has been running for {{ $value | humanizeDuration }}"
                      description: "ps --forest tells which. End it, and give it a limit (timeout 2h COMMAND)."
                  - alert: CronPilesUp
                    expr: min_over_time(cron_jobs_running[10m]) > 20
                    for: 5m
                    labels: { severity: warning }
                    annotations:
                      summary: "{{ $value }} cron jobs run at the same time on {{ $labels.container }} {{ $labels.server }}"
                      description: "A job that takes longer than its interval is started again and again: put flock -n before it."
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
                  # Workers of the application, where more containers bring more of them: web's can all wait for a database with the processor idle.
                  - record: magewatch:role_workers:ratio
                    expr: |
                      sum by (role) (magewatch_service_used{resource="workers", role="web"} and magewatch_service_limit)
                        / sum by (role) (magewatch_service_limit{resource="workers", role="web"})
                  # Messages that wait, as part of what the consumers take in five minutes; more of them help only where there are some.
                  - record: magewatch:role_backlog:ratio
                    expr: |
                      clamp_max(
                        sum by (role) (rabbitmq_queue_messages_ready{role="queue"} and on (server, container, queue, vhost) rabbitmq_queue_consumers > 0)
                          / (sum by (role) (rate(rabbitmq_global_messages_acknowledged_total{role="queue"}[5m])) * 300 > 0), 2)
                  # The scarcest of what more containers give more of. Connections of a database and memory of a cache are not among it.
                  - record: magewatch:role_busy:ratio
                    expr: |
                      max by (role) (
                        magewatch:role_cpu:ratio
                          or label_replace(magewatch:role_workers:ratio, "resource", "workers", "", "")
                          or label_replace(magewatch:role_backlog:ratio, "resource", "backlog", "", ""))
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
                      magewatch:role_busy:ratio * on (role) (1 - magewatch:role_attack:ratio)
                        or on (role) magewatch:role_busy:ratio
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
                    expr: magewatch:role_busy:ratio > 0.85 and on (role) magewatch:role_attack:ratio > 0.5
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
            "dashboards/attacks.yaml",
            #"""
            title: Attacks
            rows:
              - height: 6
                widgets:
                  - { kind: attacks, title: 'Attacks by kind', width: 3, range: 48h }
                  - { kind: bans, title: Bans, width: 2 }
              - height: 9
                widgets:
                  - { kind: offenders, title: Offenders }
              - height: 7
                widgets:
                  - { kind: review, title: 'Left to an operator', width: 3 }
                  - { kind: unparsed, title: 'Lines that no parser takes', width: 2 }
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
