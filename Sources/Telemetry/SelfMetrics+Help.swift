extension SelfMetrics {
    /// What a metric tells; its name in words where nobody wrote it down.
    package static func help(of name: String) -> String {
        helpTexts[name] ?? "Magewatch's own \(name.replacing("magewatch_", with: "").replacing("_", with: " "))."
    }

    private static let helpTexts: [String: String] = [
        // The API and the ingest port.
        "magewatch_api_requests_total": "Requests to the API by path pattern and status.",
        "magewatch_store_orders_total": "Orders to delete or copy series that were carried out.",
        "magewatch_ingest_samples_total": "Samples taken, by protocol.",
        "magewatch_ingest_entries_total": "Log entries taken, by protocol.",
        "magewatch_ingest_refused_total": "What was not taken, by reason and source.",
        "magewatch_ingest_cut_lines_total": "Lines cut at the limit, by source.",
        "magewatch_ingest_redated_total": "Pushed entries whose time was too far ahead to be believed, by source.",
        "magewatch_ingest_retries_total": "Times that an overloaded store was asked again, by protocol.",
        "magewatch_scrapes_total": "Scrapes, by job and result.",
        "magewatch_scrapes_missed_total": "Scrapes that were due while the one before still ran, by job.",
        "magewatch_http_series_overflow_total": "Requests counted as other, as there were too many sites, backends or servers.",
        // The WAF.
        "magewatch_waf_queue_records": "Records that wait to be judged.",
        "magewatch_waf_unjudged_total": "Records stored and not judged, as the queue was full.",
        "magewatch_agent_ban_kind": "Kinds of bans that the agent's load balancer is set up for.",
        "magewatch_ban_reviews_total": "Bans replayed against the past before they were made, by result.",
        // The stores.
        "magewatch_metric_store_appended_samples_total": "Samples written to the metric store.",
        "magewatch_metric_store_refused_samples_total": "Samples the metric store refused, by reason.",
        "magewatch_metric_store_commits_total": "Groups of batches synced to the metric store's log.",
        "magewatch_metric_store_commit_seconds_total": "Seconds spent on committing to the metric store.",
        "magewatch_metric_store_corrupt_total": "Damaged parts of the metric store that were set aside.",
        "magewatch_metric_store_torn_total": "Records cut short by a crash and dropped on replay.",
        "magewatch_metric_store_write_errors_total": "Writes of the metric store that failed.",
        "magewatch_metric_store_downsampled_blocks_total": "Blocks of condensed samples that were made, by resolution.",
        "magewatch_metric_store_series": "Series in memory.",
        "magewatch_metric_store_head_samples": "Samples in memory.",
        "magewatch_metric_store_blocks": "Blocks of the metric store.",
        "magewatch_metric_store_block_bytes": "Bytes of the metric store's blocks.",
        "magewatch_metric_store_wal_bytes": "Bytes of the metric store's write-ahead log.",
        "magewatch_metric_store_disk_bytes": "Bytes of the metric store on disk.",
        "magewatch_log_store_lines_total": "Lines written to the log store.",
        "magewatch_log_store_bytes_total": "Bytes of lines written to the log store.",
        "magewatch_log_store_refused_total": "Entries the log store refused, by reason.",
        "magewatch_log_store_duplicates_total": "Entries sent again and kept once.",
        "magewatch_log_store_corrupt_total": "Damaged parts of the log store that were set aside.",
        "magewatch_log_store_write_errors_total": "Writes of the log store that failed.",
        "magewatch_log_store_disk_bytes": "Bytes of the log store on disk.",
        // What watches and acts.
        "magewatch_rule_evaluations_total": "Rules evaluated.",
        "magewatch_rule_failures_total": "Rules that could not be evaluated.",
        "magewatch_rule_write_failures_total": "Results of rules that could not be stored.",
        "magewatch_notifications_total": "Notifications sent, by receiver and result.",
        "magewatch_reload_failures_total": "Rule files that could not be used when they were read again.",
        "magewatch_forecast_runs_total": "Forecasts made, by result.",
        "magewatch_forecast_signals_refused_total": "Signals that were not forecast, as there were too many.",
        "magewatch_check_probes_total": "Probes of checks.",
        "magewatch_check_results_lost_total": "Results of checks that could not be stored.",
        "magewatch_plans_total": "Plans, by purpose and state.",
        "magewatch_plan_stalls_total": "Plans that could not go on.",
        "magewatch_planner_refusals_total": "Times that the planner found no plan, by reason.",
        "magewatch_steps_total": "Steps of plans, by kind and outcome.",
        "magewatch_step_duration_seconds": "How long steps of plans took.",
        "magewatch_service_turns_total": "Turns of periodic services.",
        "magewatch_service_failures_total": "Turns of periodic services that failed.",
        "magewatch_service_seconds_total": "Seconds that periodic services worked.",
        "magewatch_self_metrics_dropped_total": "Series of this list that were dropped, as there were too many.",
        // Agents.
        "magewatch_agent_steps_total": "Steps that the agent carried out, by kind and result.",
        "magewatch_agent_step_duration_seconds": "How long the agent's steps took.",
        "magewatch_agent_requests_refused_total": "Requests the agent refused, by reason.",
        "magewatch_agent_driver_errors_total": "Failures of the agent's drivers.",
        "magewatch_agent_log_lines_shipped_total": "Log lines that the agent sent.",
        "magewatch_agent_log_push_failures_total": "Pushes of log lines that failed.",
    ]
}
